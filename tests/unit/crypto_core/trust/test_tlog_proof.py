# SPDX-License-Identifier: AGPL-3.0-or-later
"""Receipts: what they prove, and that no change to one survives."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import ProofError, SignatureError, WireError
from crypto_core.trust.merkle import MAX_TREE_SIZE
from crypto_core.trust.tlog_proof import (
    TlogProof,
    format_proof,
    parse_proof,
    verify_tlog_proof,
)
from crypto_core.wire.ids import Hash
from crypto_core.wire.limits import MAX_LEAF_BYTES, MAX_PROOF_BYTES, MAX_PROOF_HASHES
from tests.fakes.sample_log import SIGNED_AT, SampleLog, sample_signers
from tests.unit.crypto_core.trust.test_checkpoints import mutations

SAMPLE = SampleLog([b"leaf %d" % index for index in range(11)])
LOG = SAMPLE.signers.identity
RECEIPT = SAMPLE.receipt(4)
BARE_RECEIPT = SAMPLE.receipt(4, with_leaf=False)
PARSED = parse_proof(RECEIPT)

proofs = st.builds(
    TlogProof,
    extra=st.none() | st.binary(min_size=1, max_size=300),
    index=st.integers(0, MAX_TREE_SIZE),
    path=st.lists(st.binary(min_size=32, max_size=32).map(Hash), max_size=64).map(tuple),
    checkpoint=st.text(max_size=200),
)


class TestText:
    @given(proofs)
    def test_round_trip(self, proof: TlogProof) -> None:
        formatted = format_proof(proof)
        assert parse_proof(formatted) == proof
        assert format_proof(parse_proof(formatted)) == formatted

    def test_the_form_of_the_specification(self) -> None:
        lines = RECEIPT.split("\n")
        assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra bGVhZiA0", "index 4"]
        assert lines[3 + len(PARSED.path)] == ""
        assert RECEIPT.endswith("\n\n" + PARSED.checkpoint)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "c2sp.org/tlog-proof@v1",
            "c2sp.org/tlog-proof@v1\n\nnote",
            "c2sp.org/tlog-proof@v2\nindex 0\n\nnote",
            "c2sp.org/tlog-proof@v1\r\nindex 0\n\nnote",
            "\nc2sp.org/tlog-proof@v1\nindex 0\n\nnote",
            "c2sp.org/tlog-proof@v1\nindex 0\nnote",
            "c2sp.org/tlog-proof@v1\nindex 00\n\nnote",
            "c2sp.org/tlog-proof@v1\nindex  0\n\nnote",
            "c2sp.org/tlog-proof@v1\nindex 0 \n\nnote",
            "c2sp.org/tlog-proof@v1\nindex\n\nnote",
            "c2sp.org/tlog-proof@v1\nindex \n\nnote",
            "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\nnote",
            "c2sp.org/tlog-proof@v1\nIndex 0\n\nnote",
            "c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nnote",
            "c2sp.org/tlog-proof@v1\nextra AA\nindex 0\n\nnote",
            "c2sp.org/tlog-proof@v1\nextra AB==\nindex 0\n\nnote",
            "c2sp.org/tlog-proof@v1\nextra AA==\nextra AA==\nindex 0\n\nnote",
            "c2sp.org/tlog-proof@v1\nextra AA==\n\nnote",
            "c2sp.org/tlog-proof@v1\nindex 0\nextra AA==\n\nnote",
            "c2sp.org/tlog-proof@v1\nindex 0\nindex 0\n\nnote",
            "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nnote",
            "c2sp.org/tlog-proof@v1\nindex 0\n" + "A" * 43 + "\n\nnote",
            "c2sp.org/tlog-proof@v1\nindex 0\n" + "A" * 42 + "B=\n\nnote",
            "c2sp.org/tlog-proof@v1\nindex 0"
            + ("\n" + "A" * 43 + "=") * (MAX_PROOF_HASHES + 1)
            + "\n\nnote",
            "c2sp.org/tlog-proof@v1\nextra "
            + "AAAA" * (MAX_LEAF_BYTES // 3 + 1)
            + "\nindex 0\n\nnote",
            "c2sp.org/tlog-proof@v1\nindex 0\n\n" + "n" * MAX_PROOF_BYTES,
        ],
    )
    def test_refusals(self, text: str) -> None:
        with pytest.raises(WireError):
            parse_proof(text)

    @pytest.mark.parametrize(
        "wrong",
        [
            dataclasses.replace(PARSED, extra=b""),
            dataclasses.replace(PARSED, extra=bytes(MAX_LEAF_BYTES + 1)),
            dataclasses.replace(PARSED, index=-1),
            dataclasses.replace(PARSED, index=MAX_TREE_SIZE + 1),
            dataclasses.replace(PARSED, path=(Hash(b""),)),
            dataclasses.replace(PARSED, path=(Hash(b"short"),)),
            dataclasses.replace(PARSED, path=(Hash(bytes(32)),) * (MAX_PROOF_HASHES + 1)),
            dataclasses.replace(PARSED, checkpoint="n" * MAX_PROOF_BYTES),
        ],
    )
    def test_nothing_is_written_that_would_not_be_read(self, wrong: TlogProof) -> None:
        with pytest.raises(WireError):
            format_proof(wrong)


class TestVerify:
    @pytest.mark.parametrize("index", range(11))
    def test_every_receipt(self, index: int) -> None:
        verified = verify_tlog_proof(SAMPLE.receipt(index), log=LOG)
        assert (verified.index, verified.leaf) == (index, SAMPLE.leaves[index])
        assert verified.checkpoint.checkpoint == SAMPLE.checkpoint()
        assert verified.checkpoint.signed_at_seconds == SIGNED_AT

    def test_against_an_earlier_checkpoint(self) -> None:
        verified = verify_tlog_proof(SAMPLE.receipt(4, size=5), log=LOG)
        assert verified.checkpoint.checkpoint.size == 5

    def test_with_the_leaf_from_elsewhere(self) -> None:
        for receipt in (RECEIPT, BARE_RECEIPT):
            assert verify_tlog_proof(receipt, log=LOG, leaf=b"leaf 4").index == 4

    def test_of_another_leaf(self) -> None:
        for receipt in (RECEIPT, BARE_RECEIPT):
            with pytest.raises(ProofError):
                verify_tlog_proof(receipt, log=LOG, leaf=b"leaf 5")

    def test_without_any_leaf(self) -> None:
        with pytest.raises(ProofError):
            verify_tlog_proof(BARE_RECEIPT, log=LOG)

    def test_with_extra_data_that_are_not_the_leaf(self) -> None:
        """Extra data that are shown beside a verified leaf must be that leaf, or they would be believed."""
        mixed = format_proof(dataclasses.replace(PARSED, extra=b"leaf 5"))
        with pytest.raises(ProofError):
            verify_tlog_proof(mixed, log=LOG, leaf=b"leaf 4")

    @pytest.mark.parametrize(
        "wrong",
        [
            dataclasses.replace(PARSED, extra=b"leaf 5"),
            dataclasses.replace(PARSED, index=5),
            dataclasses.replace(PARSED, index=11),
            dataclasses.replace(PARSED, path=()),
            dataclasses.replace(PARSED, path=PARSED.path[:-1]),
        ],
    )
    def test_a_proof_that_does_not_lead_to_the_root(self, wrong: TlogProof) -> None:
        with pytest.raises(ProofError):
            verify_tlog_proof(format_proof(wrong), log=LOG)

    def test_a_proof_under_the_checkpoint_of_another_tree(self) -> None:
        other = format_proof(dataclasses.replace(PARSED, checkpoint=SAMPLE.note(10)))
        with pytest.raises(ProofError):
            verify_tlog_proof(other, log=LOG)

    def test_a_receipt_of_another_log(self) -> None:
        with pytest.raises(SignatureError):
            verify_tlog_proof(RECEIPT, log=sample_signers(seed=2).identity)
        with pytest.raises(ProofError):
            verify_tlog_proof(RECEIPT, log=sample_signers(origin="other.example").identity)


def test_no_mutation_of_a_receipt_verifies() -> None:
    for mutant in mutations(RECEIPT):
        with pytest.raises((WireError, ProofError, SignatureError)):
            verify_tlog_proof(mutant, log=LOG)


def test_no_mutation_of_a_receipt_verifies_for_its_leaf() -> None:
    for mutant in mutations(BARE_RECEIPT):
        with pytest.raises((WireError, ProofError, SignatureError)):
            verify_tlog_proof(mutant, log=LOG, leaf=b"leaf 4")
