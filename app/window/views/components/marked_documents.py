# SPDX-License-Identifier: AGPL-3.0-or-later
"""Marked text into a text document and back; a letter looks the same where it is written and where it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import (
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextListFormat,
)

from app.window.marked_text import Line, MarkedText, clean, join_lines, split_lines
from crypto_core.wire.content import MarkKind

if TYPE_CHECKING:
    from PySide6.QtGui import QTextBlock, QTextDocument, QTextList

_STYLES: Final = {
    MarkKind.BULLET: QTextListFormat.Style.ListDisc,
    MarkKind.NUMBERED: QTextListFormat.Style.ListDecimal,
}
_KINDS: Final = {style: kind for kind, style in _STYLES.items()}


def show_marked(document: QTextDocument, marked: MarkedText) -> None:
    """Show a text and its marks in a document, in place of what it has; nothing of that can be undone."""
    is_undoable = document.isUndoRedoEnabled()
    document.setUndoRedoEnabled(False)
    document.clear()
    insert_marked(QTextCursor(document), marked)
    document.setUndoRedoEnabled(is_undoable)


def insert_marked(cursor: QTextCursor, marked: MarkedText) -> None:
    """Write a text and its marks where a cursor stands, in place of what it has selected."""
    cursor.beginEditBlock()
    cursor.removeSelectedText()
    plain, strong = QTextCharFormat(), QTextCharFormat()
    strong.setFontWeight(QFont.Weight.Bold)
    lines = split_lines(marked)
    present: QTextList | None = None
    for number, line in enumerate(lines):
        if number:
            cursor.insertBlock(QTextBlockFormat(), plain)
        # The first line goes on in the paragraph that is there, the others are as they were written.
        is_new = number > 0 or not cursor.block().text()
        if line.kind is None:
            present = None
        elif is_new:
            if present is not None and present.format().style() is _STYLES[line.kind]:
                present.add(cursor.block())
            else:
                present = begin_list(cursor, line.kind)
        place = 0
        for first, last in line.bold:
            cursor.insertText(line.text[place:first], plain)
            cursor.insertText(line.text[first:last], strong)
            place = last
        cursor.insertText(line.text[place:], plain)
    cursor.endEditBlock()


def begin_list(cursor: QTextCursor, kind: MarkKind) -> QTextList:
    """Make the paragraphs of a cursor a list of their own."""
    form = QTextListFormat()
    form.setStyle(_STYLES[kind])
    form.setIndent(1)
    return cursor.createList(form)


def kind_of(block: QTextBlock) -> MarkKind | None:
    """Return what kind of entry a paragraph is, None when it is none."""
    # The stubs do not know that a paragraph may be in no list.
    entries: QTextList | None = block.textList()
    return None if entries is None else _KINDS.get(entries.format().style(), MarkKind.BULLET)


def read_marked(document: QTextDocument) -> MarkedText:
    """Return what a document says."""
    lines: list[Line] = []
    block = document.begin()
    while block.isValid():
        lines += _lines_of(block)
        block = block.next()
    return join_lines(lines)


def _lines_of(block: QTextBlock) -> list[Line]:
    """Return a paragraph as lines: Qt may hold several in one."""
    made = [Line(kind=kind_of(block))]
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        is_bold = fragment.charFormat().fontWeight() > QFont.Weight.Medium
        for number, piece in enumerate(clean(fragment.text()).split("\n")):
            if number:
                made.append(Line(kind=made[-1].kind))
            line = made[-1]
            start, end = len(line.text), len(line.text) + len(piece)
            bold = (*line.bold, (start, end)) if is_bold and piece else line.bold
            made[-1] = Line(text=line.text + piece, kind=line.kind, bold=bold)
        iterator += 1
    return made
