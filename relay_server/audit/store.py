# SPDX-License-Identifier: AGPL-3.0-or-later
"""The log's tables: append a batch, read the tree's stored hashes, the leaves and the heads of chains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto_core.trust.audit import CHAIN_START, ChainHead
from crypto_core.trust.merkle import HASH_BYTES, RowRange
from crypto_core.trust.tiles import TileReader, encode_tile, tiles_for
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId, DevicePseudonym, Hash
from relay_server.audit.effects import Call

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from crypto_core.trust.merkle import CompletedNode, NodeId
    from crypto_core.wire.audit import SignatureInvalid
    from relay_server.audit.subjects import Subject
    from relay_server.database.pool import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLeaf:
    """An encoded leaf and where its statement stands in its actor's chain."""

    leaf: bytes
    actor: DevicePseudonym
    sequence: int
    previous: Hash
    statement_hash: Hash


async def append(
    session: Session,
    *,
    size: int,
    leaves: Sequence[NewLeaf],
    completed: Sequence[CompletedNode],
    root: Hash,
    calls: Iterable[Call],
) -> None:
    """Append leaves to the tree of `size` leaves and make the calls: one statement, one transaction.

    Raises asyncpg.PostgresError: UH001 when the tree has grown, UH002 on a broken chain, and what the
    called functions raise; nothing is changed then.
    """
    everything = [
        _append_call(size=size, leaves=leaves, completed=completed, root=root),
        *calls,
    ]
    arguments: list[object] = []
    parts: list[str] = []
    for call in everything:
        numbers = range(len(arguments) + 1, len(arguments) + len(call.arguments) + 1)
        parts.append(f"{call.function}({', '.join(f'${number}' for number in numbers)})")
        arguments += call.arguments
    await session.execute(f"SELECT {', '.join(parts)}", *arguments)


def journal_call(
    indexes: Sequence[int],
    actors: Sequence[DevicePseudonym],
    subjects: Sequence[Subject],
    sealed: Sequence[bytes],
) -> Call:
    """Return the call that notes whom leaves are about: the subject that is given, or else the actor's account."""
    return Call(
        "journal_note",
        (
            list(indexes),
            actors,
            [each.account for each in subjects],
            [each.envelope for each in subjects],
            [each or None for each in sealed],
        ),
    )


def _append_call(
    *, size: int, leaves: Sequence[NewLeaf], completed: Sequence[CompletedNode], root: Hash
) -> Call:
    return Call(
        "audit_append",
        (
            size,
            [new.leaf for new in leaves],
            [new.actor for new in leaves],
            [new.sequence for new in leaves],
            [new.previous for new in leaves],
            [new.statement_hash for new in leaves],
            [node.level for node in completed],
            [node.position for node in completed],
            [node.hash for node in completed],
            root,
        ),
    )


async def tree_size(session: Session) -> int:
    """Return the number of leaves."""
    size: int = await session.fetchval("SELECT coalesce(max(leaf_index) + 1, 0) FROM audit_leaf")
    return size


async def leaf_hash(session: Session, index: int) -> Hash | None:
    """Return the hash of a leaf, None where the tree has none."""
    found: Hash | None = await session.fetchval(
        "SELECT leaf_hash FROM audit_leaf WHERE leaf_index = $1", index
    )
    return found


async def root_at(session: Session, size: int) -> Hash | None:
    """Return the root that was stored with the batch that made the tree this large, None if none did."""
    found: Hash | None = await session.fetchval("SELECT root FROM audit_root WHERE size = $1", size)
    return found


async def roots(session: Session, sizes: Collection[int], *, most: int) -> list[tuple[int, Hash]]:
    """Return the roots noted for those of the sizes that ended a batch, none above `most`, by size."""
    rows = await session.fetch(
        "SELECT size, root FROM audit_root WHERE size = ANY($1) AND size <= $2 ORDER BY size",
        list(sizes),
        most,
    )
    return [(row["size"], Hash(row["root"])) for row in rows]


async def chain_heads(
    session: Session, actors: Iterable[DevicePseudonym]
) -> dict[DevicePseudonym, ChainHead]:
    """Return where the chain of each actor stands; a chain not begun stands at its start."""
    heads = {actor: ChainHead(next_sequence=0, previous=CHAIN_START) for actor in actors}
    rows = await session.fetch(
        """
        SELECT actor, last.actor_sequence, last.statement_hash
        FROM unnest($1::bytea[]) AS actor, LATERAL (
            SELECT actor_sequence, statement_hash FROM audit_entry
            WHERE audit_entry.actor = actor.actor ORDER BY actor_sequence DESC LIMIT 1
        ) AS last
        """,
        list(heads),
    )
    return heads | {
        DevicePseudonym(row["actor"]): ChainHead(
            next_sequence=row["actor_sequence"] + 1, previous=Hash(row["statement_hash"])
        )
        for row in rows
    }


async def read_rows(
    session: Session, ranges: Iterable[RowRange]
) -> Mapping[RowRange, tuple[Hash, ...]]:
    """Return stored hashes; a range beyond the tree's edge comes back shorter."""
    wanted = list(dict.fromkeys(ranges))
    rows = await session.fetch(
        """
        SELECT place, string_agg(hash, '' ORDER BY position) AS hashes
        FROM unnest($1::smallint[], $2::bigint[], $3::bigint[])
            WITH ORDINALITY AS wanted (level, first, last, place),
        LATERAL (
            SELECT leaf_index AS position, leaf_hash AS hash FROM audit_leaf
            WHERE wanted.level = 0 AND leaf_index >= first AND leaf_index < last
            UNION ALL
            SELECT position, hash FROM audit_node
            WHERE audit_node.level = wanted.level AND position >= first AND position < last
        ) AS stored
        GROUP BY place
        """,
        [each.level for each in wanted],
        [each.start for each in wanted],
        [each.end for each in wanted],
    )
    found = {row["place"]: row["hashes"] for row in rows}
    return {each: _split(found.get(place, b"")) for place, each in enumerate(wanted, 1)}


async def read_tiles(session: Session, nodes: Iterable[NodeId], *, size: int) -> TileReader:
    """Return a reader of the subtrees that proofs in the tree of `size` leaves need."""
    tiles = tiles_for(nodes, size=size)
    rows = await read_rows(session, [tile.rows for tile in tiles])
    contents = {tile: encode_tile(rows[tile.rows]) for tile in tiles}
    return TileReader(size=size, contents=contents)


async def leaves(session: Session, indexes: Iterable[int]) -> dict[int, bytes]:
    """Return encoded leaves by index; what has been erased is missing."""
    rows = await session.fetch(
        "SELECT leaf_index, leaf FROM audit_entry WHERE leaf_index = ANY ($1)", list(indexes)
    )
    return {row["leaf_index"]: row["leaf"] for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class UncheckedLeaf:
    """A leaf whose second signature has not been checked, with its device's encoded key and account.

    Both are None for the relay.
    """

    index: int
    leaf: bytes
    signing_key: bytes | None
    account: AccountId | None


async def unchecked_leaves(session: Session, limit: int) -> list[UncheckedLeaf]:
    """Return the next leaves for the auditor, oldest first."""
    rows = await session.fetch(
        """
        SELECT leaf_index, leaf, signing_key, account
        FROM audit_entry LEFT JOIN device ON device.pseudonym = audit_entry.actor
        WHERE leaf_index >= (SELECT next_index FROM audit_progress)
        ORDER BY leaf_index LIMIT $1
        """,
        limit,
    )
    return [
        UncheckedLeaf(
            index=row["leaf_index"],
            leaf=row["leaf"],
            signing_key=row["signing_key"],
            account=row["account"],
        )
        for row in rows
    ]


async def mark_checked(
    session: Session, next_index: int, incidents: Sequence[SignatureInvalid]
) -> None:
    """Note that every leaf below `next_index` has been checked, and what the log is to say of them."""
    await session.execute(
        "SELECT audit_checked($1, $2)", next_index, [encode(each) for each in incidents]
    )


def _split(hashes: bytes) -> tuple[Hash, ...]:
    return tuple(Hash(hashes[at : at + HASH_BYTES]) for at in range(0, len(hashes), HASH_BYTES))
