# SPDX-License-Identifier: AGPL-3.0-or-later
"""Records of patients' decisions for tests: each with the fields of its kind, numbered, and signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.keys.signing import SigningPair
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import encode
from crypto_core.wire.decisions import (
    Basis,
    Capacity,
    CareTie,
    Channel,
    ConsentTerms,
    DataKind,
    DecisionId,
    DecisionKind,
    Party,
    PatientDecision,
)
from crypto_core.wire.ids import (
    AccountId,
    DeviceId,
    MessageId,
    PatientId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.labels import PATIENT_DECISION
from crypto_core.wire.signed import Signed
from tests.fakes.people import SeededBytes

if TYPE_CHECKING:
    from collections.abc import Sequence

DECIDER: Final = SigningPair.from_seed(SeededBytes("decider")(64))
_NUMBERED: Final = frozenset({DecisionKind.TIE})


def decided(
    kind: DecisionKind,
    number: int,
    *accounts: AccountId,
    seen: Sequence[DecisionId] = (),
    until: UnixMillis | None = None,
    tie: CareTie = CareTie.TEAM,
) -> PatientDecision:
    """A record about accounts, without any about everybody, made at the minute of its number."""
    terms = ConsentTerms(
        purpose="Suivi de la lombalgie",
        data=(DataKind.LETTERS, DataKind.RESULTS),
        basis=Basis.EXPLICIT,
        notice=None,
        until=until,
    )
    is_emergency = kind is DecisionKind.EMERGENCY
    return PatientDecision(
        version=1,
        decision=decision_id(number),
        account=AccountId(bytes(20)),
        device=DeviceId(bytes(16)),
        patient=PatientId(bytes(16)),
        kind=kind,
        at=UnixMillis(number * 60_000),
        utc_offset=UtcOffsetMinutes(60),
        seen=tuple(seen),
        parties=tuple(
            Party(account=account, name="Dr Boris Lefèvre", profession="Médecin")
            for account in accounts
        ),
        channel=Channel.ORAL,
        capacity=Capacity.PATIENT,
        by="",
        terms=terms if kind is DecisionKind.CONSENT else None,
        evidence=None,
        number=int(tie) if kind in _NUMBERED else None,
        letter=MessageId(bytes(16)) if is_emergency else None,
        text="Détresse respiratoire" if is_emergency else "",
    )


def decision_id(number: int) -> DecisionId:
    """The id of a record's number."""
    return DecisionId(sha256(b"decision", number.to_bytes(4, "big"))[:16])


def signed(decision: PatientDecision, *, by: SigningPair = DECIDER) -> Signed:
    """A record with both signatures."""
    body = encode(decision)
    return Signed(body=body, signature=by.sign(PATIENT_DECISION, body))


def other_pair() -> SigningPair:
    """Somebody else's keys."""
    return SigningPair.from_seed(SeededBytes("somebody else")(64))
