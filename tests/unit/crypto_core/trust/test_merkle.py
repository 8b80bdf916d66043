# SPDX-License-Identifier: AGPL-3.0-or-later
"""Merkle trees: against the definitions of the RFC, for every small size and for random large ones."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import ProofError
from crypto_core.trust.merkle import (
    EMPTY_ROOT,
    MAX_TREE_SIZE,
    NodeId,
    TreeEdge,
    consistency_nodes,
    consistency_path,
    edge_rows,
    inclusion_nodes,
    inclusion_path,
    leaf_hash,
    root_hash,
    root_nodes,
    subtree_hash,
    verify_consistency,
    verify_inclusion,
)
from crypto_core.wire.ids import Hash
from tests.fakes.sample_log import SampleLog
from tests.unit.crypto_core.trust.naive_tree import NaiveTree

SMALL = 70
LARGE = 5_000
LEAVES = tuple(index.to_bytes(3, "big") for index in range(LARGE))
HASHES = tuple(leaf_hash(leaf) for leaf in LEAVES)
NAIVE = NaiveTree(LEAVES)
LOG = SampleLog(LEAVES)

sizes = st.integers(1, LARGE)


def flip(digest: bytes) -> bytes:
    return bytes([digest[0] ^ 1]) + digest[1:]


@st.composite
def index_and_size(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(sizes)
    return draw(st.integers(0, size - 1)), size


@st.composite
def two_sizes(draw: st.DrawFn) -> tuple[int, int]:
    second = draw(sizes)
    return draw(st.integers(0, second)), second


def check_inclusion(index: int, size: int) -> None:
    path = inclusion_path(index, size, LOG.read)
    assert list(path) == NAIVE.path(index, 0, size)
    verify_inclusion(
        leaf_hash=HASHES[index], index=index, size=size, path=path, root=NAIVE.mth(0, size)
    )


def check_consistency(first: int, second: int) -> None:
    path = consistency_path(first, second, LOG.read)
    assert list(path) == NAIVE.proof(first, second)
    verify_consistency(
        first_size=first,
        second_size=second,
        first_root=NAIVE.mth(0, first),
        second_root=NAIVE.mth(0, second),
        path=path,
    )


class TestProofsAgainstDefinition:
    def test_every_root_of_a_small_tree(self) -> None:
        for size in range(SMALL):
            assert root_hash(size, LOG.read) == NAIVE.mth(0, size)

    def test_every_inclusion_proof_of_a_small_tree(self) -> None:
        for size in range(1, SMALL):
            for index in range(size):
                check_inclusion(index, size)

    def test_every_consistency_proof_of_a_small_tree(self) -> None:
        for second in range(SMALL):
            for first in range(second + 1):
                check_consistency(first, second)

    @given(sizes)
    def test_root_of_a_large_tree(self, size: int) -> None:
        assert root_hash(size, LOG.read) == NAIVE.mth(0, size)

    @given(index_and_size())
    def test_inclusion_in_a_large_tree(self, case: tuple[int, int]) -> None:
        check_inclusion(*case)

    @given(two_sizes())
    def test_consistency_of_large_trees(self, case: tuple[int, int]) -> None:
        check_consistency(*case)

    @given(st.data())
    def test_huge_trees_need_only_the_nodes_they_name(self, data: st.DataObject) -> None:
        """No tree of 2^63 leaves can be built: here every node is a distinct made-up hash."""

        def read(node: NodeId) -> Hash:
            return leaf_hash(repr(node).encode())

        size = data.draw(st.integers(1, MAX_TREE_SIZE))
        index = data.draw(st.integers(0, size - 1))
        first = data.draw(st.integers(1, size))
        assert all(
            (node.position + 1) << node.level <= size for node in inclusion_nodes(index, size)
        )
        assert len(inclusion_path(index, size, read)) <= 63
        assert all(
            (node.position + 1) << node.level <= size for node in consistency_nodes(first, size)
        )
        assert len(consistency_path(first, size, read)) <= 64
        covered = [(node.position << node.level, 1 << node.level) for node in root_nodes(size)]
        assert covered[0][0] == 0
        assert all(left[0] + left[1] == right[0] for left, right in pairwise(covered))
        assert sum(covered[-1]) == size

    @given(index_and_size(), two_sizes())
    def test_the_announced_nodes_are_the_ones_read(
        self, place: tuple[int, int], two: tuple[int, int]
    ) -> None:
        read: list[NodeId] = []

        def remember(node: NodeId) -> Hash:
            read.append(node)
            return LOG.read(node)

        inclusion_path(*place, remember)
        assert tuple(read) == inclusion_nodes(*place)
        read.clear()
        consistency_path(*two, remember)
        assert tuple(read) == consistency_nodes(*two)


class TestRefusals:
    @given(index_and_size(), st.data())
    def test_a_changed_inclusion_proof(self, case: tuple[int, int], data: st.DataObject) -> None:
        index, size = case
        good = [bytes(digest) for digest in LOG.inclusion(index, size)]
        other_index = data.draw(st.integers(0, size - 1))
        bad_paths = [[*good, bytes(32)], good[:-1], good[1:], [*good, *good[-1:]]]
        bad_paths += [[*good[:at], flip(good[at]), *good[at + 1 :]] for at in range(len(good))]
        root = NAIVE.mth(0, size)
        for path in bad_paths:
            if path != good:
                with pytest.raises(ProofError):
                    verify_inclusion(
                        leaf_hash=HASHES[index], index=index, size=size, path=path, root=root
                    )
        for leaf, place, wrong_root in (
            (flip(HASHES[index]), index, root),
            (HASHES[index], index, flip(root)),
            *(((HASHES[index], other_index, root),) if other_index != index else ()),
        ):
            with pytest.raises(ProofError):
                verify_inclusion(leaf_hash=leaf, index=place, size=size, path=good, root=wrong_root)

    @given(two_sizes())
    def test_a_changed_consistency_proof(self, case: tuple[int, int]) -> None:
        first, second = case
        good = [bytes(digest) for digest in LOG.consistency(first, second)]
        roots = NAIVE.mth(0, first), NAIVE.mth(0, second)
        bad: list[tuple[list[bytes], bytes, bytes]] = [
            ([*good, bytes(32)], *roots),
            (good, flip(roots[0]), roots[1]),
        ]
        if good:
            bad += [(good[:-1], *roots), (good[1:], *roots), ([], *roots)]
        if first:
            bad.append((good, roots[0], flip(roots[1])))
        bad += [([*good[:at], flip(good[at]), *good[at + 1 :]], *roots) for at in range(len(good))]
        for path, first_root, second_root in bad:
            with pytest.raises(ProofError):
                verify_consistency(
                    first_size=first,
                    second_size=second,
                    first_root=first_root,
                    second_root=second_root,
                    path=path,
                )

    def test_a_leaf_is_never_an_inner_node(self) -> None:
        """Without the prefixes, two leaf hashes side by side would pass for a leaf of their own."""
        forged = leaf_hash(HASHES[0] + HASHES[1])
        with pytest.raises(ProofError):
            verify_inclusion(
                leaf_hash=forged, index=0, size=2, path=[HASHES[2]], root=NAIVE.mth(0, 3)
            )

    @pytest.mark.parametrize(
        ("index", "size"), [(0, 0), (1, 1), (5, 3), (-1, 3), (0, -1), (0, MAX_TREE_SIZE + 1)]
    )
    def test_places_outside_the_tree(self, index: int, size: int) -> None:
        with pytest.raises(ProofError):
            inclusion_nodes(index, size)
        with pytest.raises(ProofError):
            inclusion_path(index, size, LOG.read)
        with pytest.raises(ProofError):
            verify_inclusion(leaf_hash=HASHES[0], index=index, size=size, path=[], root=HASHES[0])

    @pytest.mark.parametrize(
        ("first", "second"), [(2, 1), (-1, 1), (-2, -1), (1, MAX_TREE_SIZE + 1)]
    )
    def test_sizes_in_the_wrong_order(self, first: int, second: int) -> None:
        with pytest.raises(ProofError):
            consistency_nodes(first, second)
        with pytest.raises(ProofError):
            consistency_path(first, second, LOG.read)
        with pytest.raises(ProofError):
            verify_consistency(
                first_size=first,
                second_size=second,
                first_root=HASHES[0],
                second_root=HASHES[0],
                path=[],
            )

    @pytest.mark.parametrize("length", [0, 31, 33, 64])
    def test_hashes_of_another_length(self, length: int) -> None:
        wrong = bytes(length)
        with pytest.raises(ProofError):
            verify_inclusion(
                leaf_hash=HASHES[0], index=0, size=2, path=[wrong], root=NAIVE.mth(0, 2)
            )
        with pytest.raises(ProofError):
            verify_inclusion(leaf_hash=wrong, index=0, size=1, path=[], root=wrong)
        with pytest.raises(ProofError):
            verify_consistency(
                first_size=1, second_size=1, first_root=wrong, second_root=wrong, path=[]
            )

    @pytest.mark.parametrize("count", [0, 3, 5, 6])
    def test_a_subtree_that_is_not_complete(self, count: int) -> None:
        with pytest.raises(ProofError):
            subtree_hash(HASHES[:count])

    @pytest.mark.parametrize("size", [-1, MAX_TREE_SIZE + 1])
    def test_impossible_sizes(self, size: int) -> None:
        for ask in (root_nodes, edge_rows):
            with pytest.raises(ProofError):
                ask(size)
        with pytest.raises(ProofError):
            root_hash(size, LOG.read)


class StoredTree:
    """What a relay stores: leaf hashes, and the subtrees of levels 8, 16, … that `extend` reported."""

    def __init__(self) -> None:
        self.rows: dict[int, list[Hash]] = {0: []}

    def extend(self, edge: TreeEdge, leaves: tuple[Hash, ...]) -> None:
        self.rows[0] += leaves
        for level, position, digest in edge.extend(leaves):
            row = self.rows.setdefault(level, [])
            assert position == len(row), "subtrees of a level are completed in order"
            row.append(digest)

    def load(self, size: int) -> TreeEdge:
        return TreeEdge.load(
            size, [self.rows[level][start:end] for level, start, end in edge_rows(size)]
        )


def edge_reads(edge: TreeEdge) -> dict[NodeId, Hash]:
    return {
        NodeId(level, edge._starts[level] + at): digest
        for level, row in enumerate(edge._rows)
        for at, digest in enumerate(row)
    }


batches = st.lists(st.integers(0, 700), max_size=7)


class TestTreeEdge:
    def test_grows_leaf_by_leaf(self) -> None:
        edge = TreeEdge()
        assert edge.root() == EMPTY_ROOT
        for size, leaf in enumerate(HASHES[:SMALL], 1):
            assert edge.extend([leaf]) == ()
            assert edge.size == size
            assert edge.root() == NAIVE.mth(0, size)

    @given(batches)
    def test_grows_in_batches_and_proves_each_latest_leaf(self, counts: list[int]) -> None:
        edge, stored = TreeEdge(), StoredTree()
        for count in counts:
            before = edge.size
            stored.extend(edge, HASHES[before : before + count])
            size = edge.size
            assert edge.root() == NAIVE.mth(0, size)
            for index in range(before, size, 37):
                assert list(inclusion_path(index, size, edge.read)) == NAIVE.path(index, 0, size)
        assert len(stored.rows.get(8, [])) == edge.size >> 8

    @given(batches)
    def test_everything_it_keeps_is_right(self, counts: list[int]) -> None:
        edge = TreeEdge()
        for count in counts:
            edge.extend(HASHES[edge.size : edge.size + count])
        for (level, position), digest in edge_reads(edge).items():
            assert digest == NAIVE.mth(position << level, (position + 1) << level)

    @given(batches)
    def test_loads_what_was_stored(self, counts: list[int]) -> None:
        edge, stored = TreeEdge(), StoredTree()
        for count in counts:
            stored.extend(edge, HASHES[edge.size : edge.size + count])
        loaded = stored.load(edge.size)
        assert loaded.size == edge.size
        assert loaded.root() == edge.root()
        more = HASHES[edge.size : edge.size + 300]
        assert loaded.extend(more) == edge.extend(more)
        assert loaded.root() == edge.root()
        kept = edge_reads(edge)
        assert all(kept[node] == digest for node, digest in edge_reads(loaded).items())

    def test_completes_subtrees_of_two_stored_levels(self) -> None:
        leaves = tuple(leaf_hash(index.to_bytes(4, "big")) for index in range(70_000))
        edge, stored = TreeEdge(), StoredTree()
        for start in range(0, len(leaves), 1_000):
            stored.extend(edge, leaves[start : start + 1_000])
        assert {level: len(row) for level, row in stored.rows.items()} == {
            0: 70_000,
            8: 273,
            16: 1,
        }
        assert stored.rows[8][7] == subtree_hash(leaves[7 * 256 : 8 * 256])
        assert stored.rows[16][0] == subtree_hash(stored.rows[8][:256])
        assert stored.load(70_000).root() == edge.root()
        # Two tiles a level, whatever the size of the tree.
        edge.extend(())
        assert sum(map(len, edge._rows)) <= 3 * 2 * 512

    def test_a_copy_is_independent(self) -> None:
        edge = TreeEdge()
        edge.extend(HASHES[:300])
        root = edge.root()
        trial = edge.copy()
        trial.extend(HASHES[300:900])
        assert (edge.size, edge.root()) == (300, root)
        assert trial.root() == NAIVE.mth(0, 900)
        edge.extend(HASHES[300:900])
        assert edge.root() == trial.root()

    def test_refuses_what_is_no_hash_and_appends_nothing(self) -> None:
        edge = TreeEdge()
        edge.extend(HASHES[:3])
        with pytest.raises(ProofError):
            edge.extend([HASHES[3], Hash(b"short")])
        assert (edge.size, edge.root()) == (3, NAIVE.mth(0, 3))

    def test_refuses_to_read_what_it_has_dropped_or_never_had(self) -> None:
        edge = TreeEdge()
        edge.extend(HASHES[:1_000])
        edge.extend(HASHES[1_000:1_001])
        for node in (NodeId(0, 0), NodeId(0, 1_001), NodeId(40, 0), NodeId(-1, 0), NodeId(8, 3)):
            with pytest.raises(ProofError):
                edge.read(node)

    @pytest.mark.parametrize("size", [1, 255, 256, 257, 1_000])
    def test_refuses_stored_rows_that_do_not_fit(self, size: int) -> None:
        edge, stored = TreeEdge(), StoredTree()
        stored.extend(edge, HASHES[:size])
        rows = [stored.rows[level][start:end] for level, start, end in edge_rows(size)]
        for wrong in (rows[:-1], [*rows, []], [rows[0][1:], *rows[1:]], [[*rows[0], HASHES[0]]]):
            with pytest.raises(ProofError):
                TreeEdge.load(size, wrong)

    def test_refuses_a_stored_subtree_that_contradicts_its_leaves(self) -> None:
        edge, stored = TreeEdge(), StoredTree()
        stored.extend(edge, HASHES[:1_000])
        stored.rows[8][-1] = HASHES[0]
        with pytest.raises(ProofError):
            stored.load(1_000)

    def test_refuses_to_outgrow_the_largest_tree(self) -> None:
        edge = TreeEdge()
        edge._size = MAX_TREE_SIZE
        with pytest.raises(ProofError):
            edge.extend(HASHES[:1])
