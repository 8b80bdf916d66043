# SPDX-License-Identifier: AGPL-3.0-or-later
"""Marks on conversations, and letters that are hidden and then deleted for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.interface.snapshots import Problem
from crypto_core.wire.ids import BlobId, MessageId, UnixMillis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlcipher3.dbapi2 import Connection

    from crypto_core.wire.ids import ConversationId

_OF: Final = "(select id from conversation where conversation = ?)"
_DOOMED: Final = "from message where removed_at is not null and is_queued = 0"

_DUE: Final = f"{_DOOMED} and (? is null or removed_at <= ? or removed_at > ?) order by removed_at, id limit ?"


class SqlOrganisingStore:
    """Implements `OrganisingStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def is_shown(self, conversation: ConversationId) -> bool:
        return self._has(conversation, "in_all = 1")

    def is_sending(self, conversation: ConversationId) -> bool:
        return self._has(conversation, "queued_count > 0")

    def archive(self, conversation: ConversationId, *, is_archived: bool) -> None:
        self._db.execute(
            "update conversation set is_archived = ? where conversation = ?",
            (int(is_archived), conversation),
        )

    def flag(self, conversation: ConversationId) -> None:
        self._db.execute(
            "update conversation set is_flagged = 1 where conversation = ?", (conversation,)
        )

    def unflag(self, conversation: ConversationId) -> None:
        self._db.execute(
            "update conversation set is_flagged = 0, is_answer_wanted = 0, settled_to ="
            " (select max(m.id) from message m where m.conversation = conversation.id)"
            " where conversation = ?",
            (conversation,),
        )

    def mark_read(self, conversation: ConversationId) -> None:
        if not self._has(conversation, "unread_count > 0"):
            return
        self._db.execute(
            f"update message set is_marked_read = 0 where conversation = {_OF} and is_marked_read = 1",
            (conversation,),
        )
        self._db.execute(
            "update message set is_read = 1, is_marked_read = 1"
            f" where conversation = {_OF} and removed_at is null and is_read = 0",
            (conversation,),
        )

    def mark_unread(self, conversation: ConversationId) -> None:
        newest = self._db.execute(
            f"select id, conversation, is_marked_read from message where conversation = {_OF}"
            " and removed_at is null and is_sent = 0 order by at desc, id desc limit 1",
            (conversation,),
        ).fetchone()
        if newest is None or self._has(conversation, "unread_count > 0"):
            return
        row, of, is_marked = newest
        self._db.execute(
            "update message set is_read = 0, is_marked_read = 0"
            " where conversation = ? and removed_at is null and (id = ? or (? and is_marked_read = 1))",
            (of, row, is_marked),
        )

    def remove(self, conversation: ConversationId, at: UnixMillis) -> None:
        self._db.execute(
            f"update message set removed_at = ? where conversation = {_OF} and removed_at is null",
            (at, conversation),
        )

    def restore(self, conversation: ConversationId) -> bool:
        restored = self._db.execute(
            f"update message set removed_at = null where conversation = {_OF} and removed_at ="
            f" (select max(removed_at) from message where conversation = {_OF})",
            (conversation, conversation),
        )
        return bool(restored.rowcount)

    def removed_since(self) -> UnixMillis | None:
        row = self._db.execute(f"select min(removed_at) {_DOOMED}").fetchone()
        return None if row[0] is None else UnixMillis(row[0])

    def doomed(
        self, before: UnixMillis | None, limit: int, *, ahead: UnixMillis | None = None
    ) -> tuple[MessageId, ...]:
        rows = self._db.execute(f"select message {_DUE}", (before, before, ahead, limit))
        return tuple(MessageId(message) for (message,) in rows)

    def erase(
        self, before: UnixMillis | None, limit: int, *, ahead: UnixMillis | None = None
    ) -> tuple[int, tuple[BlobId, ...]]:
        rows = self._db.execute(
            f"select id {_DUE}",
            (before, before, ahead, limit),
        ).fetchall()
        return len(rows), self.delete([row for (row,) in rows])

    def delete(self, letters: Sequence[int]) -> tuple[BlobId, ...]:
        """Delete letters with all that hangs on them; return the files that nobody needs any more."""
        rows = [
            (row, *found)
            for row in letters
            if (
                found := self._db.execute(
                    "select message, conversation, problem from message where id = ?", (row,)
                ).fetchone()
            )
        ]
        files: set[BlobId] = set()
        for row, message, _, problem in rows:
            files |= self._files_of(row, message)
            for table in ("history_due", "receipt", "outgoing"):
                self._db.execute(f"delete from {table} where message = ?", (message,))
            # That it came, or was taken from a folder, is kept, so that it is not so a second time; no more of it is.
            self._db.execute(
                "update unopened set envelope_bytes = x'' where message = ?", (message,)
            )
            self._db.execute(
                "update folder_unit set label = '', name = '', files = '', detail = ''"
                " where message = ? and is_put_away = 1",
                (message,),
            )
            if problem != Problem.CANNOT_OPEN:
                self._db.execute("insert or ignore into removed (message) values (?)", (message,))
            self._db.execute("delete from message where id = ?", (row,))
        for conversation in {row[2] for row in rows}:
            self._db.execute(
                "delete from participant where conversation = ? and account not in"
                " (select sender from message where conversation = ? union"
                "  select r.account from recipient r join message m on m.id = r.message"
                "  where m.conversation = ?)",
                (conversation, conversation, conversation),
            )
        return tuple(blob for blob in files if not self._is_needed(blob))

    def is_erased(self, message: MessageId) -> bool:
        return self._found(
            "select 1 from removed where message = ?1 union all select 1 from erased where number = ?1",
            message,
        )

    # --- inside ------------------------------------------------------------------------------

    def _has(self, conversation: ConversationId, what: str) -> bool:
        return self._found(
            f"select 1 from conversation where conversation = ? and {what}", conversation
        )

    def _files_of(self, row: int, message: bytes) -> set[BlobId]:
        return {
            BlobId(blob)
            for (blob,) in self._db.execute(
                "select blob from attachment where message = ? union select u.blob from upload u"
                " join outgoing g on g.id = u.outgoing where g.message = ?",
                (row, message),
            )
        }

    def _is_needed(self, blob: BlobId) -> bool:
        return self._found(
            "select 1 from attachment where blob = ?1 union all select 1 from upload where blob = ?1"
            " union all select 1 from draft_document where blob = ?1",
            blob,
        )

    def _found(self, query: str, *parameters: object) -> bool:
        return self._db.execute(query, parameters).fetchone() is not None
