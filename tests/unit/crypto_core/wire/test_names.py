# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is found by what is typed."""

from __future__ import annotations

import pytest

from crypto_core.wire.names import fold, is_found, searchable, typed_words


def test_accents_case_and_apostrophes_do_not_count() -> None:
    assert fold("Élise ŒUVRARD") == fold("elise œuvrard")
    assert fold("Sinéad O\u2019Connor") == fold("sinead o'connor") == fold("sinead oconnor")
    assert fold("Cœur") == fold("coeur")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Dr Hervé Le Goff", "legoff"),
        ("Dr Hervé Le Goff", "le goff herve"),
        ("Hôpital Saint-Antoine", "st antoine"),
        ("Hôpital Saint-Antoine", "saint antoine"),
        ("Hôpital Saint-Antoine", "st-antoine"),
        ("Clinique St Antoine", "saint-antoine"),
        ("Clinique St. Antoine", "st antoine"),
        ("Ste-Anne", "sainte anne"),
        ("Jean-Pierre Martin", "jeanpierre"),
        ("Jean-Pierre Martin", "jean pierre mart"),
        ("Stéphane Marin", "st"),
        ("Stéphane Marin", "ste"),
        ("Étienne d\u2019Arc", "darc"),
        ("Étienne d\u2019Arc", "d'arc"),
        ("Нина Иванова", "иванова"),
        ("Le Goff", ""),
    ],
)
def test_who_is_meant_is_found(name: str, typed: str) -> None:
    assert is_found(typed_words(typed), searchable(name))


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Le Goff", "legof f x"), ("Saint-Antoine", "antonin"), ("Martin", "st"), ("Martin", "%")],
)
def test_who_is_not_meant_is_not(name: str, typed: str) -> None:
    assert not is_found(typed_words(typed), searchable(name))
