# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of correspondents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.interface.shown import person_name, said_name, shown_line
from app.interface.snapshots import Comparison, ContactRow, ContactState, Trust
from crypto_core.trust.assurance import Assurance
from crypto_core.wire.assurance import AssuranceLevel, DocumentKind
from crypto_core.wire.ids import AccountId, UnixMillis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlcipher3.dbapi2 import Connection

_SELECT = (
    "select account, name, profession, place, note, state, since, trust, compared,"
    " accepts_unverified, exists (select 1 from key_news where key_news.account = contact.account"
    " and is_blocking = 1 and is_settled = 0), remark from contact"
)


class SqlContactStore:
    """Implements `ContactStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, account: AccountId) -> ContactRow | None:
        row = self._db.execute(f"{_SELECT} where account = ?", (account,)).fetchone()
        return None if row is None else _contact(row)

    def put(self, contact: ContactRow) -> None:
        # What is known of who they are is written by the methods below, and stays. Not as one statement: what an
        # upsert does about a conflict is done in its triggers as well.
        values = (
            shown_line(said_name(contact.account, contact.name)),
            shown_line(contact.profession),
            shown_line(contact.place),
            shown_line(contact.note),
            int(contact.state),
            contact.since,
            contact.account,
        )
        updated = self._db.execute(
            "update contact set name = ?, profession = ?, place = ?, note = ?, state = ?, since = ?"
            " where account = ?",
            values,
        )
        if not updated.rowcount:
            self._db.execute(
                "insert into contact (name, profession, place, note, state, since, account)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                values,
            )

    def compare(self, account: AccountId, how: Comparison, at: UnixMillis | None) -> None:
        self._db.execute(
            "update contact set compared = ?, compared_at = ? where account = ?",
            (int(how), at, account),
        )

    def compared_at(self, account: AccountId) -> UnixMillis | None:
        return self._moment(account, "compared_at")

    def accept_unverified(self, accounts: Sequence[AccountId]) -> None:
        self._db.executemany(
            "update contact set accepts_unverified = 1 where account = ?",
            [(account,) for account in accounts],
        )

    def block(self, account: AccountId) -> None:
        self._db.execute(
            "update contact set state_before = state, state = ? where account = ? and state <> ?",
            (int(ContactState.BLOCKED), account, int(ContactState.BLOCKED)),
        )

    def unblock(self, account: AccountId) -> None:
        self._db.execute(
            "update contact set state = state_before, state_before = null"
            " where account = ? and state_before is not null",
            (account,),
        )

    def note(self, account: AccountId, remark: str) -> None:
        self._db.execute("update contact set remark = ? where account = ?", (remark, account))

    def put_assurances(
        self, account: AccountId, trust: Trust, standing: Sequence[Assurance], at: UnixMillis
    ) -> None:
        self._db.execute("delete from assurance where account = ?", (account,))
        self._db.executemany(
            "insert into assurance (account, position, level, log_index, voucher, document, since,"
            " expires_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    account,
                    position,
                    int(each.level),
                    each.log_index,
                    each.voucher,
                    None if each.document is None else int(each.document),
                    each.since,
                    each.expires_at,
                )
                for position, each in enumerate(standing)
            ],
        )
        self._db.execute(
            "update contact set trust = ?, assured_at = ? where account = ?",
            (int(trust), at, account),
        )

    def assurances(self, account: AccountId) -> tuple[Assurance, ...]:
        return tuple(
            Assurance(
                level=AssuranceLevel(level),
                log_index=log_index,
                voucher=None if voucher is None else AccountId(voucher),
                document=None if document is None else DocumentKind(document),
                since=UnixMillis(since),
                expires_at=None if expires_at is None else UnixMillis(expires_at),
            )
            for level, log_index, voucher, document, since, expires_at in self._db.execute(
                "select level, log_index, voucher, document, since, expires_at from assurance"
                " where account = ? order by position",
                (account,),
            )
        )

    def assured_at(self, account: AccountId) -> UnixMillis | None:
        return self._moment(account, "assured_at")

    def _moment(self, account: AccountId, column: str) -> UnixMillis | None:
        row = self._db.execute(
            f"select {column} from contact where account = ?", (account,)
        ).fetchone()
        return None if row is None or row[0] is None else UnixMillis(row[0])

    def all(self) -> tuple[ContactRow, ...]:
        rows = self._db.execute(f"{_SELECT} order by name = '', name collate nocase, account")
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


def _contact(row: tuple[Any, ...]) -> ContactRow:
    (
        account,
        name,
        profession,
        place,
        note,
        state,
        since,
        trust,
        compared,
        accepts_unverified,
        is_blocked,
        remark,
    ) = row
    return ContactRow(
        account=AccountId(account),
        name=person_name(AccountId(account), name),
        profession=profession,
        place=place,
        note=note,
        state=ContactState(state),
        trust=Trust(trust),
        since=UnixMillis(since),
        compared=Comparison(compared),
        is_blocked=bool(is_blocked),
        is_accepted_unverified=bool(accepts_unverified),
        remark=remark,
    )
