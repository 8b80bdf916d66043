# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words are found as a person means them, and their places are those of the text as it is written."""

from __future__ import annotations

import pytest

from app.window.folded import Folded


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("Rééducation de l’épaule", "reeducation", ["Rééducation"]),
        ("Rééducation de l’épaule", "L'EPAULE", ["l’épaule"]),
        ("le cœur, le CŒUR", "coeur", ["cœur", "CŒUR"]),
        ("cœur", "co", ["cœ"]),
        ("deux \n lignes", "Deux lignes", ["deux \n lignes"]),
        ("réédu\u00ad\ncation", "reeducation", ["réédu\u00ad\ncation"]),
        ("e\u0301tat", "état", ["e\u0301tat"]),
        ("\ufb01n", "fin", ["\ufb01n"]),
        ("1\u202f234 mg", "1 234", ["1\u202f234"]),
        ("anana", "ana", ["ana"]),
        ("rien", "quelque chose", []),
        ("rien", "  ", []),
        ("", "rien", []),
    ],
)
def test_accents_capitals_and_line_ends_make_no_difference(
    text: str, query: str, found: list[str]
) -> None:
    places = Folded(text).places_of(query, 10)
    assert [text[start:end] for start, end in places] == found


def test_no_more_places_are_told_than_were_wanted() -> None:
    assert len(Folded("a" * 50).places_of("a", 7)) == 7


def test_places_are_counted_as_qt_counts_them_where_that_is_wanted() -> None:
    assert Folded("\U0001d538 été", is_utf16=True).places_of("ete", 2) == [(3, 6)]
    assert Folded("\U0001d538 été").places_of("ete", 2) == [(2, 5)]
