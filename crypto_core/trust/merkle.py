# SPDX-License-Identifier: AGPL-3.0-or-later
"""Merkle trees of RFC 6962: hashes, proofs and their verification, and the growing right edge of a log.

Imports `crypto_core.errors` and `crypto_core.wire` (ids). `crypto_core/spec/transparency-log.md` §2-§4 describes it.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from crypto_core.errors import ProofError
from crypto_core.wire.ids import Hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HASH_BYTES: Final = 32
MAX_TREE_SIZE: Final = 2**63 - 1
"""Sizes fit a signed 64-bit integer, as in Go's tlog and in PostgreSQL's bigint."""

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT

_LEAF_PREFIX: Final = b"\x00"
_NODE_PREFIX: Final = b"\x01"

EMPTY_ROOT: Final = Hash(sha256(b"").digest())
"""Root of the tree without leaves."""


def leaf_hash(leaf: bytes) -> Hash:
    """Return the hash of a log entry (RFC 6962 §2.1)."""
    return Hash(sha256(_LEAF_PREFIX + leaf).digest())


def node_hash(left: bytes, right: bytes) -> Hash:
    """Return the hash of an inner node (RFC 6962 §2.1)."""
    return Hash(sha256(_NODE_PREFIX + left + right).digest())


# These three are tuples, and not dataclasses like everything else, because building a proof makes
# dozens of them within its ten microseconds.
class NodeId(NamedTuple):
    """A complete subtree: it covers the leaves from `position << level` to `(position + 1) << level`."""

    level: int
    position: int


class CompletedNode(NamedTuple):
    """A subtree that an append has just completed, at a level that is stored (8, 16, 24, …)."""

    level: int
    position: int
    hash: Hash


class RowRange(NamedTuple):
    """Consecutive stored hashes of one level: 0 for leaf hashes, else a multiple of 8; `end` is excluded."""

    level: int
    start: int
    end: int


NodeReader = Callable[[NodeId], Hash]
"""Returns the hash of a complete subtree; what it raises passes through to the caller of the proof."""


def verify_inclusion(
    *, leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Check that the tree of `size` leaves under `root` has `leaf_hash` at `index` (RFC 9162 §2.1.3.2).

    Raises ProofError.
    """
    if not 0 <= index < size <= MAX_TREE_SIZE:
        raise ProofError("the index is outside the tree")
    _require_hashes(leaf_hash, root, *path)
    digest = leaf_hash
    for sibling, is_left in _climb(index, size - 1, path):
        # `node_hash` without the call, which costs as much as the hash.
        pair = sibling + digest if is_left else digest + sibling
        digest = sha256(_NODE_PREFIX + pair).digest()
    if digest != root:
        raise ProofError("the inclusion proof does not lead to the root")


def verify_consistency(
    *,
    first_size: int,
    second_size: int,
    first_root: bytes,
    second_root: bytes,
    path: Sequence[bytes],
) -> None:
    """Check that the first tree is the beginning of the second one (RFC 9162 §2.1.4.2).

    Two trees of one size must be equal, and the empty tree is the beginning of every tree; both proofs
    are empty. Raises ProofError.
    """
    if not 0 <= first_size <= second_size <= MAX_TREE_SIZE:
        raise ProofError("the first tree is larger than the second")
    _require_hashes(first_root, second_root, *path)
    if first_size == 0 and first_root != EMPTY_ROOT:
        raise ProofError("the root is not that of the empty tree")
    if first_size in {0, second_size}:
        if path or (first_size == second_size and first_root != second_root):
            raise ProofError("trees of the same size differ, or need no proof")
        return
    if not path:
        raise ProofError("the consistency proof is empty")
    # The proof starts from the last complete subtree of the first tree, which is the first tree itself
    # if its size is a power of two.
    level = (first_size & -first_size).bit_length() - 1
    start, *siblings = path if first_size & (first_size - 1) else (first_root, *path)
    first = second = start
    for sibling, is_left in _climb((first_size - 1) >> level, (second_size - 1) >> level, siblings):
        if is_left:
            first = node_hash(sibling, first)
        second = node_hash(sibling, second) if is_left else node_hash(second, sibling)
    if first != first_root or second != second_root:
        raise ProofError("the consistency proof does not lead to the roots")


def inclusion_nodes(index: int, size: int) -> tuple[NodeId, ...]:
    """Return the subtrees that `inclusion_path` reads. Raises ProofError if `index` is outside the tree."""
    below, edge, above = _inclusion_siblings(index, size)
    return (*below, *edge, *above)


def inclusion_path(index: int, size: int, read: NodeReader) -> tuple[Hash, ...]:
    """Return the inclusion proof of leaf `index` in the tree of `size` leaves (RFC 9162 §2.1.3.1).

    Raises ProofError if `index` is outside the tree.
    """
    return _build(_inclusion_siblings(index, size), read)


def consistency_nodes(first: int, second: int) -> tuple[NodeId, ...]:
    """Return the subtrees that `consistency_path` reads. Raises ProofError if `first` exceeds `second`."""
    start, (below, edge, above) = _consistency_siblings(first, second)
    return (*start, *below, *edge, *above)


def consistency_path(first: int, second: int, read: NodeReader) -> tuple[Hash, ...]:
    """Return the proof that the tree of `first` leaves begins the tree of `second` (RFC 9162 §2.1.4.1).

    Raises ProofError if `first` exceeds `second`.
    """
    start, siblings = _consistency_siblings(first, second)
    return (*map(read, start), *_build(siblings, read))


def root_nodes(size: int) -> tuple[NodeId, ...]:
    """Return the subtrees that make up the tree of `size` leaves, from left to right. Raises ProofError."""
    if not 0 <= size <= MAX_TREE_SIZE:
        raise ProofError("no tree has this size")
    return tuple(_complete_subtrees(0, size))


def root_hash(size: int, read: NodeReader) -> Hash:
    """Return the root of the tree of `size` leaves. Raises ProofError."""
    nodes = root_nodes(size)
    return _join([read(node) for node in nodes]) if nodes else EMPTY_ROOT


def subtree_hash(hashes: Sequence[Hash]) -> Hash:
    """Return the root over all nodes of one level of a complete subtree. Raises ProofError."""
    row = list(hashes)
    if not row or len(row) & (len(row) - 1):
        raise ProofError("a complete subtree has a power of two of nodes at each level")
    while len(row) > 1:
        row = _parents(row)
    return row[0]


def edge_rows(size: int) -> tuple[RowRange, ...]:
    """Return the stored hashes that `TreeEdge.load` needs: per level, the open tile and the one before.

    Raises ProofError.
    """
    if not 0 <= size <= MAX_TREE_SIZE:
        raise ProofError("no tree has this size")
    return tuple(
        RowRange(level, _first_kept(level, size), size >> level)
        for level in range(0, size.bit_length(), TILE_HEIGHT)
    )


class TreeEdge:
    """The right edge of a growing tree, in memory: appends leaves, yields the root, serves recent proofs.

    It keeps every complete subtree of the last two 256-wide tiles of each level: at most 64 kB for a
    million leaves. A failed batch is undone by dropping a `copy` on which it was tried.
    """

    __slots__ = ("_rows", "_size", "_starts")

    def __init__(self) -> None:
        self._size = 0
        self._rows: list[list[Hash]] = []
        self._starts: list[int] = []

    @classmethod
    def load(cls, size: int, rows: Sequence[Sequence[Hash]]) -> TreeEdge:
        """Rebuild the edge of a stored tree from the hashes of `edge_rows(size)`, in that order.

        Raises ProofError if a row is missing or too long, or a stored subtree hash contradicts the level below.
        """
        ranges = edge_rows(size)
        if [len(row) for row in rows] != [end - start for _, start, end in ranges]:
            raise ProofError("the stored hashes do not match the size of the tree")
        edge = cls()
        edge._size = size
        for (level, start, _), stored in zip(ranges, rows, strict=True):
            _require_hashes(*stored)
            below = edge._rows[-1] if edge._rows else []
            row = list(stored)
            # The level below ends with the tiles that the last hashes of this level stand for.
            computed = _parents(below)
            if computed and row[-len(computed) :] != computed:
                raise ProofError("a stored subtree hash contradicts the level below it")
            for height in range(min(TILE_HEIGHT, size.bit_length() - level)):
                edge._starts.append(start >> height)
                edge._rows.append(row)
                row = _parents(row)
        return edge

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    def copy(self) -> TreeEdge:
        """Return an independent copy, in a few microseconds."""
        twin = TreeEdge()
        twin._size = self._size
        twin._rows = [row.copy() for row in self._rows]
        twin._starts = self._starts.copy()
        return twin

    def extend(self, leaf_hashes: Iterable[Hash]) -> tuple[CompletedNode, ...]:
        """Append leaves and return the subtrees of stored levels that they complete, in order of completion.

        Raises ProofError, and appends nothing, if one of them is not a hash.
        """
        leaves = tuple(leaf_hashes)
        _require_hashes(*leaves)
        if len(leaves) > MAX_TREE_SIZE - self._size:
            raise ProofError("the tree is full")
        self._forget()
        rows, completed = self._rows, []
        for index, leaf in enumerate(leaves, self._size):
            level, position, digest = 0, index, leaf
            while True:
                if level == len(rows):
                    rows.append([])
                    self._starts.append(0)
                row = rows[level]
                row.append(digest)
                if not position & 1:
                    break
                digest = Hash(sha256(_NODE_PREFIX + row[-2] + digest).digest())
                position >>= 1
                level += 1
                if level % TILE_HEIGHT == 0:
                    completed.append(CompletedNode(level, position, digest))
        self._size += len(leaves)
        return tuple(completed)

    def root(self) -> Hash:
        """Return the root of the whole tree."""
        return root_hash(self._size, self.read)

    def read(self, node: NodeId) -> Hash:
        """Return the hash of a complete subtree, as a `NodeReader`.

        Everything that a proof for a leaf of the latest `extend` reads is there, and what belongs to the
        two tiles before it. Raises ProofError for what is no longer kept, so that the caller can read it
        from storage instead.
        """
        level, position = node
        if 0 <= level < len(self._rows):
            offset = position - self._starts[level]
            if 0 <= offset < len(self._rows[level]):
                return self._rows[level][offset]
        raise ProofError("the edge does not keep this subtree")

    def _forget(self) -> None:
        """Drop what lies before the last two tiles of each level."""
        for level, row in enumerate(self._rows):
            start = _first_kept(level, self._size)
            if start > self._starts[level]:
                del row[: start - self._starts[level]]
                self._starts[level] = start


def _climb(position: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each sibling on the way from a node to the root, and whether it stands to the left.

    `last` is the position of the last node of the same level. Raises ProofError unless the path is as
    long as the way.
    """
    for sibling in path:
        if last == 0:
            raise ProofError("the proof is too long")
        is_left = position == last or position % 2 == 1
        yield sibling, is_left
        if is_left:
            # A last node without a partner stands unchanged on the levels above.
            while position and position % 2 == 0:
                position >>= 1
                last >>= 1
        position >>= 1
        last >>= 1
    if last:
        raise ProofError("the proof is too short")


Siblings = tuple[list[NodeId], list[NodeId], list[NodeId]]
"""Nodes of a proof: one each below the right edge, those joined into the edge's one hash, one each above."""


def _inclusion_siblings(index: int, size: int) -> Siblings:
    if not 0 <= index < size <= MAX_TREE_SIZE:
        raise ProofError("the index is outside the tree")
    return _siblings(0, index, size)


def _consistency_siblings(first: int, second: int) -> tuple[list[NodeId], Siblings]:
    if not 0 <= first <= second <= MAX_TREE_SIZE:
        raise ProofError("the first tree is larger than the second")
    if first in {0, second}:
        return [], ([], [], [])
    # The proof starts from the last complete subtree of the first tree.
    level = (first & -first).bit_length() - 1
    index = (first - 1) >> level
    return [NodeId(level, index)] if index else [], _siblings(level, index, second)


def _siblings(level: int, index: int, size: int) -> Siblings:
    """Return what stands beside the way from a complete subtree up to the root."""
    last = (size - 1) >> level
    split = (index ^ last).bit_length()
    below: list[NodeId] = []
    edge: list[NodeId] = []
    if split:
        # Below the node where the ways of `index` and of the last leaf part, every sibling is complete;
        # the sibling just under that node is the right edge, however many subtrees it has.
        below = [NodeId(level + height, (index >> height) ^ 1) for height in range(split - 1)]
        edge = _complete_subtrees(((index >> (split - 1)) ^ 1) << (level + split - 1), size)
    above = [
        NodeId(level + height, (index >> height) - 1)
        for height in range(split, index.bit_length())
        if (index >> height) & 1
    ]
    return below, edge, above


def _complete_subtrees(start: int, end: int) -> list[NodeId]:
    """Cut the leaves from `start` (aligned to the largest piece) to `end` into complete subtrees."""
    nodes: list[NodeId] = []
    width = end - start
    while width:
        level = width.bit_length() - 1
        nodes.append(NodeId(level, start >> level))
        start += 1 << level
        width -= 1 << level
    return nodes


def _build(siblings: Siblings, read: NodeReader) -> tuple[Hash, ...]:
    below, edge, above = siblings
    path = [read(node) for node in below]
    if edge:
        path.append(_join([read(node) for node in edge]))
    path += [read(node) for node in above]
    return tuple(path)


def _join(hashes: list[Hash]) -> Hash:
    """Return the root over complete subtrees of falling size."""
    digest = hashes[-1]
    for left in reversed(hashes[:-1]):
        digest = node_hash(left, digest)
    return digest


def _parents(row: Sequence[Hash]) -> list[Hash]:
    """Return the hashes of the complete pairs of a row that starts at an even index."""
    return [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)]


def _first_kept(level: int, size: int) -> int:
    """Return the first index of a level that an edge of `size` leaves keeps: the tile before the open one."""
    height = TILE_HEIGHT - level % TILE_HEIGHT
    return max(0, (size >> (level + height)) - 1) << height


def _require_hashes(*hashes: bytes) -> None:
    if set(map(len, hashes)) - {HASH_BYTES}:
        raise ProofError("a hash has 32 bytes")
