# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `absence/*.json`: which notices of absence are believed, and what is left of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from crypto_core.errors import WireError
from crypto_core.wire.absences import believed, read_absence
from crypto_core.wire.envelope import Section
from tests.vectors.cases import differences
from tests.vectors.generate_absence import FOLDER, SOURCE, cases, spelled

if TYPE_CHECKING:
    from pathlib import Path

    from crypto_core.wire.content import AbsenceNotice

FILES: Final = sorted(FOLDER.glob("*.json"))


def read(case: dict[str, Any]) -> AbsenceNotice:
    return read_absence(
        [
            Section(salt=bytes(16), content_type=content_type, content=bytes.fromhex(content))
            for content_type, content in case["sections"]
        ]
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    given = vector["input"]
    if vector["expect"] == "wire":
        with pytest.raises(WireError):
            read(given)
        return
    counts, away = believed(
        read(given),
        sender=bytes.fromhex(given["sender"]),  # type: ignore[arg-type] # an AccountId as written
        known=given["known"],
        now=given["now"],
    )
    assert {"counts": counts, "away": spelled(away)} == vector["output"]


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(FOLDER, SOURCE, cases()) == []
