# SPDX-License-Identifier: AGPL-3.0-or-later
"""Text and marks as values: settled once and for all, templates read, fields filled in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.window.marked_text import MarkedText, clean, filled, marked, open_fields
from crypto_core.wire.content import Mark, MarkKind
from crypto_core.wire.letters import valid_marks

BOLD, BULLET, NUMBERED = MarkKind


@st.composite
def marked_texts(draw: st.DrawFn) -> MarkedText:
    """Any text with any marks, sensible or not."""
    text = draw(st.text(alphabet=st.sampled_from("ab é\n\t🦴😀\u00a0"), max_size=40))
    places = st.integers(0, len(text) + 2)
    marks = st.builds(Mark, kind=st.sampled_from(MarkKind), start=places, end=places)
    return MarkedText(text=text, marks=tuple(draw(st.lists(marks, max_size=8))))


@given(marked_texts())
def test_what_is_settled_stays_as_it_is_and_is_valid_on_the_wire(given_text: MarkedText) -> None:
    settled = given_text.settled()
    assert settled.settled() == settled
    assert settled.text == given_text.text
    assert valid_marks(settled.text, settled.marks) == settled.marks


@given(st.text())
def test_clean_text_has_no_hidden_signs(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not set(cleaned) & set("\r\u2028\u2029\x00\ufffc\ufdd0")
    cleaned.encode()


def test_a_template_is_written_with_few_signs() -> None:
    template = marked("Bonjour **Léa**,\n- un\n- **deux**\n1. trois\nfin")
    assert template.text == "Bonjour Léa,\nun\ndeux\ntrois\nfin"
    assert template.marks == (
        Mark(kind=BOLD, start=8, end=11),
        Mark(kind=BULLET, start=13, end=20),
        Mark(kind=BOLD, start=16, end=20),
        Mark(kind=NUMBERED, start=21, end=26),
    )


def test_fields_are_filled_in_and_marks_move_with_them() -> None:
    template = marked("**{patient}** vu le {date} pour {motif}\n- {correspondant}")
    known = {"patient": "Mme Jeanne Duval", "date": "3 mai", "correspondant": "Dr\nBenali"}
    letter = filled(template, known.get)
    assert letter.text == "Mme Jeanne Duval vu le 3 mai pour {motif}\nDr Benali"
    assert letter.marks == (
        Mark(kind=BOLD, start=0, end=16),
        Mark(kind=BULLET, start=42, end=51),
    )
    assert open_fields(letter.text) == ("motif",)


@pytest.mark.parametrize("text", ["{}", "{a\nb}", "{{", "a { b", "{" + "x" * 61 + "}"])
def test_not_every_brace_is_a_field(text: str) -> None:
    assert open_fields(text) == ()


def test_two_texts_are_joined() -> None:
    joined = marked("a\n- b") + MarkedText(text="\n\n") + marked("**c**")
    assert joined.text == "a\nb\n\nc"
    assert joined.marks == (
        Mark(kind=BULLET, start=2, end=3),
        Mark(kind=BOLD, start=5, end=6),
    )
