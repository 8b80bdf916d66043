# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters of other mail programs: which are here, and which of them belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.wire.ids import ConversationId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlcipher3.dbapi2 import Connection

    from app.engine.vault.search import SqlSearchStore
    from crypto_core.wire.ids import Hash


class SqlImportedStore:
    """Implements `ImportedStore`."""

    def __init__(self, connection: Connection, index: SqlSearchStore) -> None:
        self._db = connection
        self._index = index

    def is_known(self, digest: Hash) -> bool:
        row = self._db.execute(
            "select message from imported where digest = ?", (digest,)
        ).fetchone()
        if row is None:
            return False
        self._db.execute(
            "update message set removed_at = null where id = ? and removed_at is not null", row
        )
        return True

    def conversation_for(
        self, own: bytes | None, answered: Sequence[bytes], *, fresh: ConversationId
    ) -> tuple[ConversationId, ConversationId | None]:
        mine = None if own is None else self._of(own)
        theirs = next((row for number in reversed(answered) if (row := self._of(number))), None)
        if mine is None or theirs is None or mine == theirs:
            kept = theirs or mine
            return (fresh if kept is None else self._name_of(kept)), None
        # Its answers came before it, and what it answers came, too: both are one conversation.
        gone = self._name_of(mine)
        if not self._join(mine, theirs):
            return gone, None
        return self._name_of(theirs), gone

    def keep_numbers(self, conversation: ConversationId, numbers: Sequence[bytes]) -> None:
        self._db.executemany(
            "insert or ignore into imported_number (number, conversation)"
            " values (?, (select id from conversation where conversation = ?))",
            [(number, conversation) for number in numbers],
        )

    # --- inside ------------------------------------------------------------------------------

    def _of(self, number: bytes) -> int | None:
        row = self._db.execute(
            "select conversation from imported_number where number = ?", (number,)
        ).fetchone()
        return None if row is None else int(row[0])

    def _name_of(self, row: int) -> ConversationId:
        name = self._db.execute("select conversation from conversation where id = ?", (row,))
        return ConversationId(name.fetchone()[0])

    def _join(self, source: int, target: int) -> bool:
        """Move all letters of a conversation into another one; not out of one that somebody filed or marked."""
        is_own = self._db.execute(
            "select 1 from conversation c where c.id = ?1 and c.patient is null and c.is_flagged = 0"
            " and c.is_archived = (select is_archived from conversation where id = ?2)"
            " and not exists (select 1 from message m where m.conversation = ?1 and"
            "  (m.removed_at is not null or m.id not in (select message from imported)))",
            (source, target),
        ).fetchone()
        if is_own is None:
            return False
        moved = [
            row
            for (row,) in self._db.execute(
                "select id from message where conversation = ?", (source,)
            )
        ]
        # What a conversation counts is kept by the triggers on hiding letters and showing them again.
        self._db.execute("update message set removed_at = 0 where conversation = ?", (source,))
        for row in moved:
            self._db.execute("update message set conversation = ? where id = ?", (target, row))
            self._db.execute("update message set removed_at = null where id = ?", (row,))
            # They are found by whom their conversation is filed under.
            self._index.put(row)
        self._db.execute(
            "insert or ignore into imported_person (conversation, name)"
            " select ?, name from imported_person where conversation = ?",
            (target, source),
        )
        self._db.execute(
            "update imported_number set conversation = ? where conversation = ?", (target, source)
        )
        self._db.execute("delete from conversation where id = ?", (source,))
        return True
