# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of private prekeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.ports.vault import PrekeyKind, PrivatePrekey
from crypto_core.wire.ids import PrekeyId, UnixMillis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlcipher3.dbapi2 import Connection


class SqlPrekeyStore:
    """Implements `PrekeyStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, prekeys: Sequence[PrivatePrekey]) -> None:
        self._db.executemany(
            "insert into prekey (prekey, kind, seed, not_after) values (?, ?, ?, ?)",
            [(each.prekey, int(each.kind), each.seed, each.not_after) for each in prekeys],
        )

    def find(self, prekeys: Sequence[PrekeyId]) -> Mapping[PrekeyId, PrivatePrekey]:
        found: dict[PrekeyId, PrivatePrekey] = {}
        for prekey in prekeys:
            row = self._db.execute(
                "select kind, seed, not_after from prekey where prekey = ?", (prekey,)
            ).fetchone()
            if row is not None:
                found[prekey] = PrivatePrekey(
                    prekey=prekey,
                    kind=PrekeyKind(row[0]),
                    seed=row[1],
                    not_after=UnixMillis(row[2]),
                )
        return found

    def consume(self, prekey: PrekeyId) -> None:
        self._db.execute(
            "delete from prekey where prekey = ? and kind = ?", (prekey, int(PrekeyKind.ONE_TIME))
        )

    def erase_older(self, moment: UnixMillis) -> int:
        return int(self._db.execute("delete from prekey where not_after < ?", (moment,)).rowcount)
