# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of absences: the owner's, who was told of it and answered, and those of correspondents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.engine.ports.absence import OwnAbsence
from app.interface.snapshots import ContactState
from crypto_core.wire.content import Away, Replacement
from crypto_core.wire.ids import AccountId, DeviceId, UnixMillis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlcipher3.dbapi2 import Connection

    from crypto_core.wire.content import AbsenceNotice
    from crypto_core.wire.ids import MessageId

_AWAY: Final = "since, until, replacement, replacement_name, replacement_profession, text"


class SqlAbsenceStore:
    """Implements `AbsenceStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def own(self) -> OwnAbsence | None:
        row = self._db.execute(f"select stated_at, device, {_AWAY} from absence").fetchone()
        if row is None:
            return None
        return OwnAbsence(
            stated_at=UnixMillis(row[0]), device=DeviceId(row[1]), away=_away(row[2:])
        )

    def put_own(self, own: OwnAbsence) -> None:
        self._db.execute(
            f"insert or replace into absence (only_row, stated_at, device, {_AWAY})"
            " values (1, ?, ?, ?, ?, ?, ?, ?, ?)",
            (own.stated_at, own.device, *_values(own.away)),
        )

    def to_be_told(self, limit: int) -> tuple[AccountId, ...]:
        rows = self._db.execute(
            "select c.account from absence a join contact c on c.state = ?"
            " left join absence_told t on t.account = c.account"
            " where iif(a.since is null, t.stated_at < a.stated_at,"
            "  coalesce(t.stated_at, 0) < a.stated_at)"
            " order by c.account limit ?",
            (int(ContactState.ACCEPTED), limit),
        )
        return tuple(AccountId(account) for (account,) in rows)

    def note_told(self, accounts: Sequence[AccountId], stated_at: UnixMillis) -> None:
        self._db.executemany(
            "insert or replace into absence_told (account, stated_at) values (?, ?)",
            [(account, stated_at) for account in accounts],
        )

    def told_count(self, stated_at: UnixMillis) -> int:
        row = self._db.execute(
            "select count(*) from absence_told t join contact c on c.account = t.account"
            " where t.stated_at = ? and c.state = ?",
            (stated_at, int(ContactState.ACCEPTED)),
        ).fetchone()
        return int(row[0])

    def is_told(self, device: DeviceId, stated_at: UnixMillis) -> bool:
        row = self._db.execute(
            "select 1 from absence_told_computer where device = ? and stated_at >= ?",
            (device, stated_at),
        ).fetchone()
        return row is not None

    def note_computer_told(self, device: DeviceId, stated_at: UnixMillis) -> None:
        self._db.execute(
            "insert or replace into absence_told_computer (device, stated_at) values (?, ?)",
            (device, stated_at),
        )

    def note_answered(self, account: AccountId, message: MessageId | None, at: UnixMillis) -> bool:
        added = self._db.execute(
            "insert or ignore into absence_answer (account) values (?)", (account,)
        )
        if not added.rowcount:
            return False
        self._db.execute("update message set answered_at = ? where message = ?", (at, message))
        return True

    def answered_count(self) -> int:
        return int(self._db.execute("select count(*) from absence_answer").fetchone()[0])

    def forget_answers(self) -> None:
        self._db.execute("delete from absence_answer")

    def stated_at(self, account: AccountId) -> UnixMillis | None:
        row = self._db.execute(
            "select stated_at from contact_absence where account = ?", (account,)
        ).fetchone()
        return None if row is None else UnixMillis(row[0])

    def put(self, account: AccountId, notice: AbsenceNotice) -> None:
        self._db.execute(
            f"insert or replace into contact_absence (account, stated_at, {_AWAY})"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            (account, notice.stated_at, *_values(notice.away)),
        )

    def of_contacts(self) -> Mapping[AccountId, Away]:
        rows = self._db.execute(
            f"select account, {_AWAY} from contact_absence where since is not null"
        )
        found = ((AccountId(row[0]), _away(row[1:])) for row in rows)
        return {account: away for account, away in found if away is not None}


def _values(away: Away | None) -> tuple[object, ...]:
    if away is None:
        return None, None, None, "", "", ""
    named = away.replacement
    return (
        away.since,
        away.until,
        None if named is None else named.account,
        "" if named is None else named.name,
        "" if named is None else named.profession,
        away.text,
    )


def _away(row: tuple[Any, ...]) -> Away | None:
    since, until, account, name, profession, text = row
    if since is None:
        return None
    return Away(
        since=UnixMillis(since),
        until=UnixMillis(until),
        replacement=None
        if account is None
        else Replacement(account=AccountId(account), name=name, profession=profession),
        text=text,
    )
