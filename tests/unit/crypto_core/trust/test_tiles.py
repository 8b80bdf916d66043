# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tiles: the one spelling of their paths, and every proof of a tree read from nothing but its tiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import ProofError, WireError
from crypto_core.trust.merkle import (
    MAX_TREE_SIZE,
    NodeId,
    TreeEdge,
    consistency_nodes,
    consistency_path,
    inclusion_nodes,
    inclusion_path,
    leaf_hash,
)
from crypto_core.trust.tiles import (
    TileId,
    TileReader,
    decode_tile,
    encode_tile,
    format_tile_path,
    parse_tile_path,
    tile_at,
    tiles_for,
)
from tests.fakes.sample_log import SampleLog

SIZE = 70_000
LEAVES = tuple(leaf_hash(index.to_bytes(4, "big")) for index in range(SIZE))
EDGE = TreeEdge()
ROWS = {0: list(LEAVES)}
for _level, _, _digest in EDGE.extend(LEAVES):
    ROWS.setdefault(_level, []).append(_digest)

tile_ids = st.builds(
    TileId,
    level=st.integers(0, 63),
    index=st.integers(0, MAX_TREE_SIZE) | st.integers(0, 2_000),
    width=st.integers(1, 256),
)


def content(tile: TileId) -> bytes:
    level, start, end = tile.rows
    return encode_tile(ROWS[level][start:end])


def reader(nodes: tuple[NodeId, ...], size: int) -> TileReader:
    return TileReader(
        size=size, contents={tile: content(tile) for tile in tiles_for(nodes, size=size)}
    )


class TestPaths:
    @pytest.mark.parametrize(
        ("tile", "path"),
        [
            (TileId(level=0, index=0), "tile/0/000"),
            (TileId(level=0, index=999, width=1), "tile/0/999.p/1"),
            (TileId(level=1, index=1_000), "tile/1/x001/000"),
            (TileId(level=63, index=1_234_067), "tile/63/x001/x234/067"),
            (TileId(level=2, index=1_000_000, width=255), "tile/2/x001/x000/000.p/255"),
        ],
    )
    def test_known_paths(self, tile: TileId, path: str) -> None:
        assert format_tile_path(tile) == path
        assert parse_tile_path(path) == tile

    @given(tile_ids)
    def test_round_trip(self, tile: TileId) -> None:
        assert parse_tile_path(format_tile_path(tile)) == tile

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "tile/0/0",
            "tile/0/0000",
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/0/001/067",
            "tile/0/x001/x067",
            "tile/0/x000/067",
            "tile/0/x01/067",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/08",
            "tile/0/000.p/",
            "tile/0/000.p/8/",
            "tile/0/000.P/8",
            "tile/0/000\n",
            "/tile/0/000",
            "tile//000",
            "tile/entries/000",
            "tile/0/\N{ARABIC-INDIC DIGIT ZERO}00",
            "tile/0/" + "x999/" * 6 + "999",
            "tile/0/" + "x001/" * 7 + "000",
            "tile/0/" + "x999/" * 40_000 + "999",
        ],
    )
    def test_other_spellings_are_refused(self, path: str) -> None:
        with pytest.raises(WireError):
            parse_tile_path(path)


class TestContents:
    def test_widths_of_the_example_in_the_specification(self) -> None:
        """C2SP tlog-tiles, "Partial Tiles": a tree of 70,000 leaves, and one of 256."""
        assert tile_at(level=0, index=272, size=SIZE).width == 256
        assert tile_at(level=0, index=273, size=SIZE).width == 112
        assert tile_at(level=1, index=0, size=SIZE).width == 256
        assert tile_at(level=1, index=1, size=SIZE).width == 17
        assert tile_at(level=2, index=0, size=SIZE).width == 1
        assert tile_at(level=0, index=0, size=256).width == 256
        assert tile_at(level=1, index=0, size=256).width == 1

    @pytest.mark.parametrize(
        ("level", "index", "size"),
        [
            (0, 274, SIZE),
            (1, 2, SIZE),
            (3, 0, SIZE),
            (0, 0, 0),
            (64, 0, SIZE),
            (-1, 0, 9),
            (0, -1, 9),
        ],
    )
    def test_empty_tiles_do_not_exist(self, level: int, index: int, size: int) -> None:
        with pytest.raises(ProofError):
            tile_at(level=level, index=index, size=size)

    def test_round_trip(self) -> None:
        tile = TileId(level=0, index=0, width=3)
        encoded = encode_tile(LEAVES[:3])
        assert len(encoded) == 96
        assert decode_tile(tile, encoded) == LEAVES[:3]

    @pytest.mark.parametrize("length", [0, 95, 97, 64, 128])
    def test_content_of_another_width_is_refused(self, length: int) -> None:
        with pytest.raises(WireError):
            decode_tile(TileId(level=0, index=0, width=3), bytes(length))


class TestProofsFromTiles:
    @given(st.data())
    def test_inclusion(self, data: st.DataObject) -> None:
        size = data.draw(st.integers(1, SIZE) | st.sampled_from([255, 256, 257, 65_536, 65_537]))
        index = data.draw(st.integers(0, size - 1))
        nodes = inclusion_nodes(index, size)
        tiles = tiles_for(nodes, size=size)
        assert len(tiles) <= 6
        assert inclusion_path(index, size, reader(nodes, size).read) == inclusion_path(
            index, size, EDGE.read
        )

    @given(st.data())
    def test_consistency(self, data: st.DataObject) -> None:
        second = data.draw(st.integers(1, SIZE))
        first = data.draw(st.integers(0, second))
        nodes = consistency_nodes(first, second)
        assert consistency_path(first, second, reader(nodes, second).read) == consistency_path(
            first, second, EDGE.read
        )

    def test_every_subtree_of_a_small_tree(self) -> None:
        size = 600
        log = SampleLog(index.to_bytes(4, "big") for index in range(size))
        for level in range(10):
            for position in range(size >> level):
                node = NodeId(level, position)
                assert reader((node,), size).read(node) == log.read(node)

    def test_a_tile_that_was_not_given(self) -> None:
        with pytest.raises(ProofError):
            TileReader(size=300, contents={}).read(NodeId(0, 0))

    @pytest.mark.parametrize("node", [NodeId(0, 300), NodeId(8, 1), NodeId(9, 0), NodeId(0, -1)])
    def test_a_subtree_that_the_tree_does_not_have(self, node: NodeId) -> None:
        with pytest.raises(ProofError):
            tiles_for([node], size=300)

    def test_a_content_of_another_width(self) -> None:
        with pytest.raises(WireError):
            TileReader(size=300, contents={TileId(level=0, index=0): bytes(32)})
