# SPDX-License-Identifier: AGPL-3.0-or-later
"""Marks stand where the words are, in the text as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.search.highlights import (
    MOST_HIGHLIGHTS,
    SNIPPET_CHARACTERS,
    Highlighter,
    highlights,
    snippet,
)
from app.engine.search.queries import parse
from app.interface.searching import Highlight
from crypto_core.abks.french import Normaliser

NORMALISER = Normaliser()
WORDS = st.sampled_from(
    [
        "douleur",
        "Douleurs",
        "œdème",
        "OEDEME",
        "cœur",
        "l’examen",
        "d'examens",
        "compte-rendu",
        "A.V.C.",
        "10mg",
        "été",
        "ETE\n",
        "-\n",
        "inflam-\nmatoire",
        "été",
        "mg",
        "x",
        "12/03/2024",
        "oé",
        "noël",
        "æ",
        "N'Guyen",
        "«",
        "_a_b",
    ]
)
TEXTS = st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=25).map(" ".join)


def marked(query: str, text: str) -> list[str]:
    found = highlights(Highlighter(parse(query, NORMALISER), NORMALISER).matches(text))
    return [text[each.start : each.end] for each in found]


@pytest.mark.parametrize(
    ("query", "text", "pieces"),
    [
        ("douleur ", "Une douleur, des DOULEURS.", ["douleur", "DOULEURS"]),
        ("hema", "Hématurie et hémostase", ["Hématurie"]),
        ("oedeme ", "Œdèmes 😀 œdème", ["Œdèmes", "œdème"]),
        ("examen ", "😀 L’examen d’hier", ["examen"]),
        ('"compte rendu"', "le compte-rendu joint", ["compte-rendu"]),
        ("10mg", "10 mg puis 10mg", ["10 mg", "10mg"]),
        ("coeur ", "Le cœur", ["cœur"]),
        ("ete ", "e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("rien ", "ici", []),
    ],
)
def test_what_is_marked(query: str, text: str, pieces: list[str]) -> None:
    assert marked(query, text) == pieces


@settings(deadline=None)
@given(WORDS, TEXTS)
def test_reading_where_words_begin_finds_what_reading_everything_finds(
    query: str, text: str
) -> None:
    highlighter = Highlighter(parse(query, NORMALISER), NORMALISER)
    assert highlighter.matches(text) == highlighter._matches_in(text)


@settings(deadline=None)
@given(WORDS, TEXTS)
def test_a_snippet_is_short_and_its_marks_lie_in_it(query: str, text: str) -> None:
    matches = Highlighter(parse(query, NORMALISER), NORMALISER).matches(text)
    shown = snippet(text, matches)
    assert len(shown.text) <= SNIPPET_CHARACTERS + 2
    assert len(shown.highlights) <= MOST_HIGHLIGHTS
    last = 0
    for each in shown.highlights:
        assert last <= each.start < each.end <= len(shown.text)
        last = each.end
    assert bool(matches) == bool(shown.highlights)


def test_a_snippet_is_taken_where_most_of_the_words_stand() -> None:
    text = f"genou au début. {'Rien à signaler. ' * 60}Le genou gauche : entorse.{' Suite.' * 60}"
    matches = Highlighter(parse("genou entorse ", NORMALISER), NORMALISER).matches(text)
    shown = snippet(text, matches)
    pieces = [shown.text[each.start : each.end] for each in shown.highlights]
    assert pieces == ["genou", "entorse"]
    assert shown.text.startswith("…")
    assert shown.text.endswith("…")


def test_a_snippet_is_one_line() -> None:
    text = "Bonjour,\n\n\n  voici  le genou\nfin"
    shown = snippet(text, Highlighter(parse("genou ", NORMALISER), NORMALISER).matches(text))
    assert shown.text == "Bonjour, voici le genou fin"
    assert shown.highlights == (Highlight(start=18, end=23),)


def test_marks_that_touch_are_one() -> None:
    assert highlights([(0, 3, 0), (3, 5, 1), (4, 9, 0), (12, 13, 0)]) == (
        Highlight(start=0, end=9),
        Highlight(start=12, end=13),
    )
