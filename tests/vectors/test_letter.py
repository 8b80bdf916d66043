# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `letter/*.json`: what is wrong with a letter's details costs the details, and the text is shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from crypto_core.errors import WireError
from crypto_core.wire.envelope import Section
from crypto_core.wire.letters import LetterParts, read_letter
from tests.vectors.cases import differences
from tests.vectors.generate_letter import FOLDER, SOURCE, cases, spelled

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final = sorted(FOLDER.glob("*.json"))


def read(case: dict[str, Any]) -> LetterParts:
    sections = [
        Section(salt=bytes(16), content_type=content_type, content=bytes.fromhex(content))
        for content_type, content in case["sections"]
    ]
    patient = case["patient"]
    return read_letter(sections, patient=None if patient is None else bytes.fromhex(patient))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    if vector["expect"] == "wire":
        with pytest.raises(WireError):
            read(vector["input"])
        return
    parts = read(vector["input"])
    assert {
        "text": parts.letter.text,
        "details": spelled(parts.details),
        "attachments": len(parts.attachments),
    } == vector["output"]


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(FOLDER, SOURCE, cases()) == []
