# SPDX-License-Identifier: AGPL-3.0-or-later
"""Blocks of a document into a text document: every text is written as a text, nothing is read as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextListFormat,
    QTextTableFormat,
)

from app.interface.documents import BlockKind, Flag
from app.window.theme.typography import Role

if TYPE_CHECKING:
    from PySide6.QtGui import QTextDocument

    from app.interface.documents import Block, Cell
    from app.window.i18n.documents import DocumentWords
    from app.window.theme.tokens import Tokens
    from app.window.theme.typography import Typography

_FLAG_COLOURS: Final = {
    Flag.LOW: "warning",
    Flag.HIGH: "warning",
    Flag.ABNORMAL: "warning",
    Flag.CRITICAL: "danger",
}
_SIGNS: Final = {Flag.LOW: "▼", Flag.HIGH: "▲", Flag.ABNORMAL: "△", Flag.CRITICAL: "✕"}
_HEADINGS: Final = (Role.TITLE, Role.TITLE, Role.HEAD)


class BlockWriter:
    """Writes blocks where a cursor stands, in the colours and sizes of a screen or of paper."""

    def __init__(
        self,
        document: QTextDocument,
        tokens: Tokens,
        typography: Typography,
        words: DocumentWords,
    ) -> None:
        document.clear()
        document.setDefaultFont(typography.font(Role.TEXT))
        self._tokens = tokens
        self._typography = typography
        self._words = words
        self._cursor = QTextCursor(document)
        self._is_first = True

    def write(self, blocks: tuple[Block, ...]) -> None:
        """Write all blocks."""
        self._cursor.beginEditBlock()
        for block in blocks:
            if block.kind is BlockKind.TABLE:
                self._table(block)
            else:
                self._paragraph(block)
        self._cursor.endEditBlock()

    def _paragraph(self, block: Block) -> None:
        spacing = QTextBlockFormat()
        spacing.setBottomMargin(self._typography.space(8))
        plain = QTextCharFormat()
        if block.kind is BlockKind.HEADING:
            spacing.setHeadingLevel(max(block.level, 1))
            spacing.setTopMargin(self._typography.space(14))
            role = _HEADINGS[block.level] if block.level < len(_HEADINGS) else Role.STRONG
            plain.setFont(self._typography.font(role))
        elif block.kind is BlockKind.CODE:
            font = QFont("monospace")
            font.setStyleHint(QFont.StyleHint.Monospace)
            font.setPixelSize(self._typography.pixels(Role.SECONDARY))
            plain.setFont(font)
        elif block.kind is BlockKind.RULE:
            spacing.setProperty(
                QTextBlockFormat.Property.BlockTrailingHorizontalRulerWidth,
                QTextLength(QTextLength.Type.PercentageLength, 100),
            )
        self._begin(spacing, plain)
        if block.kind is BlockKind.ENTRY:
            style = QTextListFormat()
            style.setIndent(max(block.level, 1))
            style.setStyle(
                QTextListFormat.Style.ListDecimal
                if block.number
                else QTextListFormat.Style.ListDisc
            )
            if block.number:
                # Each entry says its own number: what stood between two may have been left out.
                style.setProperty(QTextListFormat.Property.ListStart, block.number)
            self._cursor.createList(style)
        strong = QTextCharFormat(plain)
        strong.setFontWeight(QFont.Weight.DemiBold)
        at = 0
        for mark in block.marks:
            self._cursor.insertText(block.text[at : mark.start], plain)
            self._cursor.insertText(block.text[mark.start : mark.end], strong)
            at = max(at, mark.end)
        self._cursor.insertText(block.text[at:], plain)

    def _begin(self, spacing: QTextBlockFormat, plain: QTextCharFormat) -> None:
        if self._is_first:
            self._cursor.setBlockFormat(spacing)
            self._cursor.setBlockCharFormat(plain)
            self._is_first = False
        else:
            self._cursor.movePosition(QTextCursor.MoveOperation.End)
            self._cursor.insertBlock(spacing, plain)

    def _table(self, block: Block) -> None:
        columns = max((sum(cell.columns for cell in row) for row in block.rows), default=0)
        if not columns:
            return
        self._begin(QTextBlockFormat(), QTextCharFormat())
        style = QTextTableFormat()
        style.setBorder(1)
        style.setBorderBrush(QBrush(self._colour("line")))
        style.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        style.setBorderCollapse(True)
        style.setCellPadding(self._typography.space(6))
        style.setCellSpacing(0)
        style.setBottomMargin(self._typography.space(12))
        table = self._cursor.insertTable(len(block.rows), columns, style)
        taken: set[tuple[int, int]] = set()
        for number, row in enumerate(block.rows):
            column = 0
            for cell in row:
                while (number, column) in taken:
                    column += 1
                if column >= columns:
                    break
                wide = min(cell.columns, columns - column)
                high = min(cell.rows, len(block.rows) - number)
                taken |= {
                    (number + down, column + right) for down in range(high) for right in range(wide)
                }
                if wide > 1 or high > 1:
                    table.mergeCells(number, column, high, wide)
                self._cell(table.cellAt(number, column).firstCursorPosition(), cell)
                column += wide
        self._cursor.movePosition(QTextCursor.MoveOperation.End)

    def _cell(self, cursor: QTextCursor, cell: Cell) -> None:
        style = QTextCharFormat()
        text = cell.text
        if cell.is_head:
            style.setFontWeight(QFont.Weight.DemiBold)
            style.setForeground(self._colour("secondary"))
        if cell.flag is not Flag.NONE:
            style.setFontWeight(QFont.Weight.DemiBold)
            style.setForeground(self._colour(_FLAG_COLOURS[cell.flag]))
            # Shape and word say it too, for who does not see the colour.
            text = f"{_SIGNS[cell.flag]} {text} ({self._words.flag(cell.flag)})"
        cursor.insertText(text, style)
        quiet = QTextCharFormat()
        quiet.setFontItalic(True)
        quiet.setForeground(self._colour("warning"))
        for remark in cell.remarks:
            # Never the look of an ordinary value: whoever skims the column stops here.
            space = " " if text else ""
            cursor.insertText(f"{space}({self._words.remark(remark)})", quiet)

    def _colour(self, name: str) -> QColor:
        return QColor(getattr(self._tokens, name))
