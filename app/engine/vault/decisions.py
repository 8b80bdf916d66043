# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of what patients have decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.trust.decisions import stated
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.decisions import KeptDecision, PatientDecision
from crypto_core.wire.signed import Signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlcipher3.dbapi2 import Connection

    from crypto_core.wire.ids import PatientId


class SqlDecisionStore:
    """Implements `DecisionStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, decision: PatientDecision, kept: KeptDecision) -> bool:
        row = self._db.execute(
            "insert into decision (decision, patient, at, record, nonce) values (?, ?, ?, ?, ?)"
            " on conflict (decision) do nothing returning id",
            (decision.decision, decision.patient, decision.at, encode(kept.record), kept.nonce),
        ).fetchone()
        return row is not None

    def of(self, patient: PatientId) -> tuple[PatientDecision, ...]:
        rows = self._db.execute(
            "select record from decision where patient = ? order by id", (patient,)
        )
        return tuple(stated(decode(Signed, record)) for (record,) in rows)

    def all(self) -> Iterator[KeptDecision]:
        for record, nonce in self._db.execute("select record, nonce from decision order by id"):
            yield KeptDecision(record=decode(Signed, record), nonce=nonce)
