# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tiles of a log (C2SP tlog-tiles): their paths, their content, and proofs read from them.

Imports `crypto_core.errors`, `crypto_core.wire` (ids) and `crypto_core.trust.merkle`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crypto_core.errors import ProofError, WireError
from crypto_core.trust.merkle import (
    HASH_BYTES,
    MAX_TREE_SIZE,
    TILE_HEIGHT,
    TILE_WIDTH,
    RowRange,
    subtree_hash,
)
from crypto_core.wire.ids import Hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crypto_core.trust.merkle import NodeId

MAX_TILE_LEVEL: Final = 63

# 63 bits are seven groups of three digits; the count is bounded before anything is converted.
_TILE_PATH: Final = re.compile(
    r"tile/(0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6})([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TileId:
    """Up to 256 consecutive hashes of tree level `8 * level`, from `256 * index` on; fewer at the right edge."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def rows(self) -> RowRange:
        """The hashes that the tile consists of."""
        start = self.index * TILE_WIDTH
        return RowRange(self.level * TILE_HEIGHT, start, start + self.width)


def format_tile_path(tile: TileId) -> str:
    """Return the path below the log's prefix, such as `tile/0/x001/067.p/8`."""
    groups = f"{tile.index:03}"
    head = len(groups) % 3
    parts = [groups[:head]] * bool(head) + [
        groups[at : at + 3] for at in range(head, len(groups), 3)
    ]
    number = "/".join([*(f"x{part:0>3}" for part in parts[:-1]), parts[-1]])
    suffix = "" if tile.width == TILE_WIDTH else f".p/{tile.width}"
    return f"tile/{tile.level}/{number}{suffix}"


def parse_tile_path(path: str) -> TileId:
    """Read what `format_tile_path` writes; other spellings of the same numbers are refused. Raises WireError."""
    match = _TILE_PATH.fullmatch(path)
    if match is None:
        raise WireError("not the path of a tile")
    level, groups, last, width = match.groups()
    tile = TileId(
        level=int(level),
        index=int(groups.replace("x", "").replace("/", "") + last),
        width=int(width or TILE_WIDTH),
    )
    if tile.level > MAX_TILE_LEVEL or tile.index > MAX_TREE_SIZE or format_tile_path(tile) != path:
        raise WireError("not the path of a tile")
    return tile


def tile_at(*, level: int, index: int, size: int) -> TileId:
    """Return a tile as wide as it is in the tree of `size` leaves. Raises ProofError if it is empty there."""
    if not 0 <= level <= MAX_TILE_LEVEL or index < 0:
        raise ProofError("no tree has this tile")
    width = min(TILE_WIDTH, (size >> (level * TILE_HEIGHT)) - index * TILE_WIDTH)
    if width < 1:
        raise ProofError("the tree does not reach this tile")
    return TileId(level=level, index=index, width=width)


def tiles_for(nodes: Iterable[NodeId], *, size: int) -> tuple[TileId, ...]:
    """Return the tiles, without repetition, in which the tree of `size` leaves keeps these subtrees.

    Raises ProofError if the tree does not have one of them.
    """
    return tuple(dict.fromkeys(_tile_of(node, size) for node in nodes))


def encode_tile(hashes: Iterable[Hash]) -> bytes:
    """Return the content of a tile."""
    return b"".join(hashes)


def decode_tile(tile: TileId, content: bytes) -> tuple[Hash, ...]:
    """Return the hashes of a tile. Raises WireError if the content is not as long as the tile is wide."""
    if len(content) != tile.width * HASH_BYTES:
        raise WireError("the content does not have the width of the tile")
    return tuple(Hash(content[at : at + HASH_BYTES]) for at in range(0, len(content), HASH_BYTES))


class TileReader:
    """Subtree hashes of the tree of `size` leaves, from the contents of `tiles_for` their nodes.

    Contents need no trust: a proof built from wrong ones does not verify.
    """

    __slots__ = ("_rows", "_size")

    def __init__(self, *, size: int, contents: Mapping[TileId, bytes]) -> None:
        """Take the tiles as the tree of `size` has them. Raises WireError on a content of a wrong length."""
        self._size = size
        self._rows = {tile: decode_tile(tile, content) for tile, content in contents.items()}

    def read(self, node: NodeId) -> Hash:
        """Return the hash of a complete subtree, as a `NodeReader`. Raises ProofError if its tile was not given."""
        tile = _tile_of(node, self._size)
        row = self._rows.get(tile)
        if row is None:
            raise ProofError("the tile of this subtree was not given")
        width = 1 << (node.level % TILE_HEIGHT)
        start = node.position * width - tile.index * TILE_WIDTH
        return subtree_hash(row[start : start + width])


def _tile_of(node: NodeId, size: int) -> TileId:
    """Return the tile that holds what the subtree is made of, at the nearest stored level below it."""
    if not 0 <= node.position < size >> node.level:
        raise ProofError("the tree does not have this subtree")
    level, height = divmod(node.level, TILE_HEIGHT)
    return tile_at(level=level, index=node.position >> (TILE_HEIGHT - height), size=size)
