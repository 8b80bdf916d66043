# SPDX-License-Identifier: AGPL-3.0-or-later
"""The log's mathematics and its post-quantum signature, against vectors of other implementations."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from crypto_core.errors import SignatureError
from crypto_core.trust.checkpoints import (
    SignatureType,
    cosigned_message,
    format_verifier_key,
    parse_note,
    parse_verifier_key,
)
from crypto_core.trust.cosignatures import verify_cosignature
from crypto_core.trust.merkle import leaf_hash, verify_consistency, verify_inclusion
from tests.fakes.sample_log import SampleLog

HERE = Path(__file__).parent


def load(name: str) -> dict[str, Any]:
    return dict(json.loads((HERE / name).read_text("utf-8")))


TREE = load("ct_merkle_tree.json")
LOG = SampleLog(bytes.fromhex(leaf) for leaf in TREE["input"]["leaves"])
ROOTS = [bytes.fromhex(root) for root in TREE["output"]["roots"]]


def test_roots() -> None:
    assert [LOG.checkpoint(size).root for size in range(9)] == ROOTS


def test_inclusion_proofs() -> None:
    for case in TREE["output"]["inclusion"]:
        index, size = case["index"], case["size"]
        path = [bytes.fromhex(digest) for digest in case["path"]]
        assert list(LOG.inclusion(index, size)) == path
        verify_inclusion(
            leaf_hash=leaf_hash(LOG.leaves[index]),
            index=index,
            size=size,
            path=path,
            root=ROOTS[size],
        )


def test_consistency_proofs() -> None:
    for case in TREE["output"]["consistency"]:
        first, second = case["first"], case["second"]
        path = [bytes.fromhex(digest) for digest in case["path"]]
        assert list(LOG.consistency(first, second)) == path
        verify_consistency(
            first_size=first,
            second_size=second,
            first_root=ROOTS[first],
            second_root=ROOTS[second],
            path=path,
        )


def test_ml_dsa_44_cosignature() -> None:
    """Key id, verifier key, line, time and signed message are as another implementation makes them."""
    vector = load("c2sp_ml_dsa_44_cosignature.json")
    asked = vector["input"]
    key = parse_verifier_key(asked["verifier_key"])
    assert key.type is SignatureType.ML_DSA_44
    assert format_verifier_key(key) == asked["verifier_key"]
    (line,) = parse_note(f"text\n\n{asked['signature_line']}\n").signatures
    assert (line.name, line.key_id) == (key.name, key.key_id)
    timestamp = int.from_bytes(line.signature[:8], "big")
    assert timestamp == vector["output"]["timestamp"]
    message = cosigned_message(
        name=key.name,
        timestamp=timestamp,
        origin=asked["origin"],
        start=asked["start"],
        end=asked["end"],
        root=base64.b64decode(asked["root"]),
    )
    MLDSA44PublicKey.from_public_bytes(key.public_key).verify(line.signature[8:], message)


def test_ed25519_cosignature() -> None:
    """A public witness's line under a public log's checkpoint verifies, at its time and for nothing else."""
    vector = load("c2sp_ed25519_cosignature.json")
    note, key = vector["input"]["note"], parse_verifier_key(vector["input"]["verifier_key"])
    assert key.type is SignatureType.ED25519_COSIGNATURE
    assert format_verifier_key(key) == vector["input"]["verifier_key"]
    assert verify_cosignature(note, key=key) == vector["output"]["timestamp"]
    with pytest.raises(SignatureError):
        verify_cosignature(note.replace("185550722", "185550723", 1), key=key)
