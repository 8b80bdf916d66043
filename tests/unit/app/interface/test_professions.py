# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list to choose from, and the check digit of the national register."""

from __future__ import annotations

import pytest

from app.interface.professions import PROFESSIONS, is_plausible_rpps, profession_named


def test_a_profession_is_found_in_either_language() -> None:
    found = profession_named(" masseur-Kinésithérapeute ")
    assert found is not None
    assert (found.code, found.has_rpps) == ("70", True)
    assert profession_named("Physiotherapist") == found
    assert profession_named("Étiopathe") is None


def test_practitioners_outside_the_national_lists_have_no_number_to_give() -> None:
    found = profession_named("Naturopathe")
    assert found is not None
    assert not found.has_rpps


def test_no_profession_stands_in_the_list_twice() -> None:
    for texts in (
        [each.french for each in PROFESSIONS],
        [each.english for each in PROFESSIONS],
        [each.code for each in PROFESSIONS if each.code],
    ):
        assert len(set(texts)) == len(texts)


# The number is that of the national agency's published test identity.
@pytest.mark.parametrize("number", ["99700218896"])
def test_a_number_of_the_register_is_plausible(number: str) -> None:
    assert is_plausible_rpps(number)
    for place in range(11):
        other = str((int(number[place]) + 1) % 10)
        assert not is_plausible_rpps(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize("number", ["", "9970021889", "997002188960", "9970021889a", "٩٩٧٠٠٢١٨٨٩٦"])
def test_anything_else_is_not(number: str) -> None:
    assert not is_plausible_rpps(number)
