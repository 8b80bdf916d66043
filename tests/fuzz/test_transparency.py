# SPDX-License-Identifier: AGPL-3.0-or-later
"""The log's parsers and verifiers on anything at all: only the declared errors come out."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_core.errors import ProofError, SignatureError, WireError
from crypto_core.trust.checkpoints import (
    decode_base64,
    format_checkpoint,
    format_note,
    parse_checkpoint,
    parse_decimal,
    parse_log_identity,
    parse_note,
    parse_verifier_key,
    verify_checkpoint,
)
from crypto_core.trust.merkle import (
    TreeEdge,
    consistency_nodes,
    edge_rows,
    inclusion_nodes,
    root_nodes,
    verify_consistency,
    verify_inclusion,
)
from crypto_core.trust.tiles import TileId, decode_tile, parse_tile_path, tile_at, tiles_for
from crypto_core.trust.tlog_proof import format_proof, parse_proof, verify_tlog_proof
from crypto_core.wire.ids import Hash
from tests.fakes.sample_log import SampleLog

SAMPLE = SampleLog([b"leaf %d" % index for index in range(5)])
LOG = SAMPLE.signers.identity
RECEIPT = SAMPLE.receipt(3)

# Surrogates included: a text from elsewhere may hold them.
any_text = st.text(st.characters())

# Pieces of the real thing in any order, so that the deeper checks are reached too.
pieces = st.sampled_from(
    [*RECEIPT.split("\n"), *SAMPLE.log_keys, "", "\n", "\n\n", "— ", "+", " ", "0", "tile/0/x001/"]
)
near_text = st.lists(pieces | any_text, max_size=12).flatmap(
    lambda parts: st.sampled_from(["\n", "", " "]).map(lambda between: between.join(parts))
)


@st.composite
def edited_receipts(draw: st.DrawFn) -> str:
    """Return the real receipt with a stretch replaced."""
    start = draw(st.integers(0, len(RECEIPT)))
    end = draw(st.integers(start, min(len(RECEIPT), start + 80)))
    return RECEIPT[:start] + draw(any_text) + RECEIPT[end:]


@settings(max_examples=200)
@given(any_text | near_text | edited_receipts())
def test_texts(text: str) -> None:
    for parse in (parse_verifier_key, parse_decimal, parse_tile_path, decode_base64):
        with contextlib.suppress(WireError):
            parse(text)
    for keys in ((text, text), (SAMPLE.log_keys[0], text)):
        with contextlib.suppress(WireError):
            parse_log_identity(keys)
    with contextlib.suppress(WireError):
        assert format_note(parse_note(text)) == text
    with contextlib.suppress(WireError):
        assert format_checkpoint(parse_checkpoint(text)) == text
    with contextlib.suppress(WireError):
        assert format_proof(parse_proof(text)) == text
    with contextlib.suppress(WireError, ProofError, SignatureError):
        verify_checkpoint(text, log=LOG)
    for leaf in (None, b"leaf 3"):
        with contextlib.suppress(WireError, ProofError, SignatureError):
            assert verify_tlog_proof(text, log=LOG, leaf=leaf).leaf == b"leaf 3"


numbers = st.integers(-2, 40) | st.integers()
hashes = st.binary(max_size=33) | st.binary(min_size=32, max_size=32)


@settings(max_examples=200)
@given(numbers, numbers, hashes, hashes, st.lists(hashes, max_size=70))
def test_numbers_and_hashes(
    first: int, second: int, one: bytes, other: bytes, path: list[bytes]
) -> None:
    with contextlib.suppress(ProofError):
        verify_inclusion(leaf_hash=one, index=first, size=second, path=path, root=other)
    with contextlib.suppress(ProofError):
        verify_consistency(
            first_size=first, second_size=second, first_root=one, second_root=other, path=path
        )
    for ask in (inclusion_nodes, consistency_nodes):
        with contextlib.suppress(ProofError):
            tiles_for(ask(first, second), size=second)
    for describe in (root_nodes, edge_rows):
        with contextlib.suppress(ProofError):
            describe(first)
    with contextlib.suppress(ProofError):
        TreeEdge.load(min(first, 300), [[Hash(each) for each in path]])
    with contextlib.suppress(ProofError):
        tile_at(level=first, index=second, size=5)
    with contextlib.suppress(WireError):
        decode_tile(TileId(level=0, index=0, width=2), one + other)
