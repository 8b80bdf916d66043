# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `erasure/*.json`: what a certificate is, and by which number the journal names it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from crypto_core.errors import WireError
from crypto_core.trust.erasure import certificate_number
from crypto_core.wire.codec import decode
from crypto_core.wire.erasure import ErasureCertificate
from tests.vectors.cases import differences
from tests.vectors.generate_erasure import FOLDER, SOURCE, cases

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    encoded = bytes.fromhex(vector["input"]["certificate"])
    if vector["expect"] == "wire":
        with pytest.raises(WireError):
            decode(ErasureCertificate, encoded)
        return
    decode(ErasureCertificate, encoded)
    assert certificate_number(encoded).hex() == vector["output"]


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(FOLDER, SOURCE, cases()) == []
