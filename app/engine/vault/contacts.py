# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of correspondents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.interface.snapshots import ContactRow, ContactState, Trust
from crypto_core.wire.ids import AccountId, UnixMillis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlcipher3.dbapi2 import Connection

_SELECT = "select account, name, profession, place, note, state, since from contact"


class SqlContactStore:
    """Implements `ContactStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, account: AccountId) -> ContactRow | None:
        row = self._db.execute(f"{_SELECT} where account = ?", (account,)).fetchone()
        return None if row is None else _contact(row)

    def put(self, contact: ContactRow) -> None:
        self._db.execute(
            "insert or replace into contact (account, name, profession, place, note, state, since)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                contact.account,
                contact.name,
                contact.profession,
                contact.place,
                contact.note,
                int(contact.state),
                contact.since,
            ),
        )

    def all(self) -> tuple[ContactRow, ...]:
        rows = self._db.execute(f"{_SELECT} order by name collate nocase, account")
        return tuple(_contact(row) for row in rows)

    def states(self, accounts: Sequence[AccountId]) -> Mapping[AccountId, ContactState]:
        found: dict[AccountId, ContactState] = {}
        for account in accounts:
            row = self._db.execute(
                "select state from contact where account = ?", (account,)
            ).fetchone()
            if row is not None:
                found[account] = ContactState(row[0])
        return found


def _contact(row: tuple[bytes, str, str, str, str, int, int]) -> ContactRow:
    account, name, profession, place, note, state, since = row
    return ContactRow(
        account=AccountId(account),
        name=name,
        profession=profession,
        place=place,
        note=note,
        state=ContactState(state),
        trust=Trust.SELF_DECLARED,
        since=UnixMillis(since),
    )
