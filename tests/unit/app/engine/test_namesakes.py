# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest

from app.engine.namesakes import are_alike


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Dr Anne Lefèvre", "anne LEFEVRE"),
        ("Lefèvre Anne", "Pr Anne Lefèvre"),
        ("Jean-Pierre Martin", "Martin Jean Pierre"),
        ("Jean-Pierre Martin", "Jean Martin"),
        ("J. Martin", "Jean Martin"),
        ("Lucie Durand", "Lucie Durant"),
        ("Lucie Durand", "Luice Durand"),
        ("Lucie Durand", "Lucie Durrand"),
        ("Mme Cœur", "Coeur"),
        ("Docteur", "docteur"),
    ],
)
def test_names_that_are_taken_for_each_other(first: str, second: str) -> None:
    assert are_alike(first, second)
    assert are_alike(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Anne Martin", "Paul Martin"),
        ("Anne Martin", "Martin"),
        ("Anne Roy", "Anne Rey"),
        ("Anne Martin", "Paule Lucie Martin"),
        ("Anna Martin", "Anne Marlin"),
        ("", "Anne Martin"),
        ("", ""),
        ("Dr. A. B.", "Dr. A. C."),
        ("J. Martin", "Paul Martin"),
    ],
)
def test_names_that_are_two(first: str, second: str) -> None:
    assert not are_alike(first, second)
    assert not are_alike(second, first)
