# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `decisions/*.json`: what a record is, and by which salt the journal commits to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from crypto_core.errors import WireError
from crypto_core.trust.audit import record_salt
from crypto_core.trust.decisions import stated
from crypto_core.wire.signed import HybridSignature, Signed
from crypto_core.wire.suites import ED25519_SIGNATURE_BYTES, ML_DSA_65_SIGNATURE_BYTES
from tests.vectors.cases import differences
from tests.vectors.generate_decisions import FOLDER, SOURCE, cases

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final = sorted(FOLDER.glob("*.json"))
UNSIGNED: Final = HybridSignature(
    ed25519=bytes(ED25519_SIGNATURE_BYTES), ml_dsa_65=bytes(ML_DSA_65_SIGNATURE_BYTES)
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    encoded = bytes.fromhex(vector["input"]["decision"])
    record = Signed(body=encoded, signature=UNSIGNED)
    if vector["expect"] == "wire":
        with pytest.raises(WireError):
            stated(record)
        return
    stated(record)
    nonce = bytes.fromhex(vector["input"]["nonce"])
    assert record_salt(nonce, encoded).hex() == vector["output"]


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(FOLDER, SOURCE, cases()) == []
