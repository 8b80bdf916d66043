# SPDX-License-Identifier: AGPL-3.0-or-later
"""What our log signs and proves, verified by an implementation that is not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crypto_core.trust.checkpoints import format_note, format_verifier_key, parse_note
from crypto_core.trust.evidence import examine, receipt_of
from crypto_core.trust.merkle import TreeEdge, inclusion_nodes, leaf_hash
from crypto_core.trust.tiles import TileId, encode_tile, format_tile_path, tile_at, tiles_for
from crypto_core.wire.codec import decode
from crypto_core.wire.evidence import EvidenceCheckpoints, EvidenceConsistencies
from tests.fakes.sample_log import SampleLog, sample_signers
from tests.integration.engine.test_evidence import evidence_of_a_letter
from tests.integration.independent_log.verifier import Consistency, IndependentVerifier

if TYPE_CHECKING:
    from pathlib import Path

LOG = SampleLog(b"leaf %d" % index for index in range(700))
VERIFIER_KEY, ML_DSA_KEY = LOG.log_keys


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> IndependentVerifier:
    return IndependentVerifier.build(tmp_path_factory.mktemp("independent-log"))


def tiles_of(size: int) -> dict[str, bytes]:
    """Return every tile of the log at a size, by its path."""
    edge = TreeEdge()
    rows = {0: [leaf_hash(leaf) for leaf in LOG.leaves[:size]]}
    for level, _, digest in edge.extend(rows[0]):
        rows.setdefault(level, []).append(digest)
    tiles: list[TileId] = []
    for level, row in rows.items():
        count = (len(row) + 255) // 256
        tiles += [tile_at(level=level // 8, index=index, size=size) for index in range(count)]
    return {
        format_tile_path(tile): encode_tile(rows[tile.rows.level][tile.rows.start : tile.rows.end])
        for tile in tiles
    }


def test_receipts_of_every_leaf_of_many_trees(go: IndependentVerifier) -> None:
    receipts = [
        LOG.receipt(index, size=size) for size in (1, 2, 3, 7, 8, 9, 33) for index in range(size)
    ]
    receipts += [LOG.receipt(index) for index in range(0, 700, 7)]
    assert go.check_receipts(VERIFIER_KEY, receipts) == [""] * len(receipts)


def test_consistency_of_many_pairs(go: IndependentVerifier) -> None:
    sizes = (1, 2, 3, 4, 5, 8, 13, 32, 255, 256, 257, 699, 700)
    notes = {size: LOG.note(size) for size in sizes}
    proofs = [
        Consistency(first=notes[first], second=notes[second], path=LOG.consistency(first, second))
        for second in sizes
        for first in sizes
        if first <= second
    ]
    assert go.check_consistency(VERIFIER_KEY, proofs) == [""] * len(proofs)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 700])
def test_leaves_proven_from_tiles_alone(go: IndependentVerifier, size: int) -> None:
    leaves = dict(enumerate(LOG.leaves[:size]))
    refusals = go.check_leaves(
        VERIFIER_KEY, checkpoint=LOG.note(size), tiles=tiles_of(size), leaves=leaves
    )
    assert refusals == dict.fromkeys(leaves, "")


def test_it_needs_no_tile_that_we_would_not_read(go: IndependentVerifier) -> None:
    """A client reads the tiles of its proof and, to check them, those of the right edge."""
    needed = {format_tile_path(tile) for tile in tiles_for(inclusion_nodes(3, 700), size=700)}
    refusals = go.check_leaves(
        VERIFIER_KEY,
        checkpoint=LOG.note(),
        tiles={path: content for path, content in tiles_of(700).items() if path in needed},
        leaves={3: LOG.leaves[3]},
    )
    assert refusals == {3: ""}


def test_the_ml_dsa_line_is_ignored_not_refused(go: IndependentVerifier) -> None:
    """The receipts above all carry it; without the Ed25519 line the same program refuses."""
    receipt = LOG.receipt(5)
    head, note = receipt.split("\n\n", 1)
    parsed = parse_note(note)
    assert len(parsed.signatures) == 2
    only_ml_dsa = format_note(type(parsed)(text=parsed.text, signatures=parsed.signatures[1:]))
    (accepted, refused) = go.check_receipts(VERIFIER_KEY, [receipt, f"{head}\n\n{only_ml_dsa}"])
    assert accepted == ""
    assert "no verifiable signatures" in refused


def test_it_refuses_what_is_wrong(go: IndependentVerifier) -> None:
    """Otherwise its agreement would mean nothing."""
    receipt = LOG.receipt(5)
    other_key = SampleLog(LOG.leaves, signers=sample_signers(seed=2))
    wrong = [
        receipt.replace("index 5", "index 6"),
        receipt.replace("extra bGVhZiA1", "extra bGVhZiA2"),
        other_key.receipt(5),
    ]
    assert all(go.check_receipts(VERIFIER_KEY, wrong))
    path = LOG.consistency(5, 700)
    assert all(
        go.check_consistency(
            VERIFIER_KEY,
            [
                Consistency(first=LOG.note(5), second=LOG.note(), path=path[1:]),
                Consistency(first=LOG.note(6), second=LOG.note(), path=path),
                Consistency(first=LOG.note(5), second=LOG.note(699), path=path),
            ],
        )
    )
    tiles = tiles_of(700)
    tiles["tile/0/000"] = tiles["tile/0/000"][:32] + bytes(32) + tiles["tile/0/000"][64:]
    refusals = go.check_leaves(
        VERIFIER_KEY, checkpoint=LOG.note(), tiles=tiles, leaves={0: LOG.leaves[0]}
    )
    assert refusals[0]


def test_receipts_and_connections_of_an_evidence_file(
    go: IndependentVerifier, tmp_path: Path
) -> None:
    """What an owner hands to a court is proven to a program that is not ours as well."""
    found = evidence_of_a_letter(tmp_path)
    examined = examine(found.members)
    assert examined.log is not None
    key = format_verifier_key(examined.log.ed25519)
    receipts = [receipt_of(found.members, act.index) or "" for act in examined.acts]
    assert len(receipts) > 4
    assert go.check_receipts(key, receipts) == [""] * len(receipts)
    notes = {
        int(each.note.split("\n")[1]): each.note
        for each in decode(EvidenceCheckpoints, found.members["checkpoints/0000.cbor"]).checkpoints
    }
    proofs = [
        Consistency(first=notes[each.first], second=notes[each.second], path=each.path)
        for each in decode(EvidenceConsistencies, found.members["consistency/0000.cbor"]).proofs
    ]
    assert go.check_consistency(key, proofs) == [""] * len(proofs)
