# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is written into a text document is read from it again, sign by sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextDocument

from app.window.marked_text import MarkedText, marked
from app.window.views.components.marked_documents import insert_marked, read_marked, show_marked
from crypto_core.wire.content import Mark, MarkKind

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

SIGNS = st.sampled_from("abé\n\t 🦴😀\u00a0\u202f\u200d<&{")


@st.composite
def marked_texts(draw: st.DrawFn) -> MarkedText:
    text = draw(st.text(alphabet=SIGNS, max_size=40))
    places = st.integers(0, len(text))
    marks = st.builds(Mark, kind=st.sampled_from(MarkKind), start=places, end=places)
    return MarkedText(text=text, marks=tuple(draw(st.lists(marks, max_size=8)))).settled()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(marked_texts())
def test_what_is_shown_is_read_again(qapp: QApplication, letter: MarkedText) -> None:
    assert qapp is not None
    document = QTextDocument()
    document.setPlainText("something else")
    show_marked(document, letter)
    assert read_marked(document) == letter


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=30))
def test_any_text_can_be_shown(qapp: QApplication, text: str) -> None:
    assert qapp is not None
    letter = MarkedText(text=text).settled()
    document = QTextDocument()
    show_marked(document, letter)
    assert read_marked(document) == letter


@pytest.mark.usefixtures("qapp")
def test_a_piece_is_written_into_a_line_that_is_there() -> None:
    document = QTextDocument()
    show_marked(document, MarkedText(text="Bonjour "))
    cursor = QTextCursor(document)
    cursor.movePosition(QTextCursor.MoveOperation.End)
    insert_marked(cursor, marked("**Léa**\n- un\n- deux"))
    assert read_marked(document) == marked("Bonjour **Léa**\n- un\n- deux")
    assert document.isUndoAvailable()
    document.undo()
    assert read_marked(document).text == "Bonjour "
