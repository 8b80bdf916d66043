# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which leaves are about an account, and what it has sealed beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.wire.ids import AccountId, DevicePseudonym, Hash
    from relay_server.database.pool import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """A leaf about an account; `sealed` is empty beside those that the relay can read."""

    leaf_index: int
    sealed: bytes


async def page(session: Session, account: AccountId, *, after: int, limit: int) -> list[JournalRow]:
    """Return the account's leaves above an index, oldest first, and not those that were erased."""
    rows = await session.fetch(
        """
        SELECT leaf_index, coalesce(sealed, '') AS sealed
        FROM journal_entry JOIN audit_entry USING (leaf_index)
        WHERE account = $1 AND leaf_index > $2 ORDER BY leaf_index LIMIT $3
        """,
        account,
        after,
        limit,
    )
    return [JournalRow(**row) for row in rows]


async def newest_erasure(session: Session) -> int | None:
    """Return the newest leaf that says what was erased, None if nothing ever was."""
    newest: int | None = await session.fetchval("SELECT max(leaf_index) FROM audit_erasure")
    return newest


async def places(
    session: Session, actor: DevicePseudonym, statements: Sequence[tuple[int, Hash]]
) -> dict[int, int]:
    """Return where those statements of an actor stand in the log that are there with exactly these hashes."""
    rows = await session.fetch(
        """
        SELECT actor_sequence, leaf_index FROM audit_entry
        JOIN unnest($2::bigint[], $3::bytea[]) AS given (actor_sequence, statement_hash)
            USING (actor_sequence, statement_hash)
        WHERE actor = $1
        """,
        actor,
        [sequence for sequence, _ in statements],
        [statement for _, statement in statements],
    )
    return {row["actor_sequence"]: row["leaf_index"] for row in rows}
