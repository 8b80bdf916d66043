# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words that people compare or type: three of them large, or twelve with their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.window.theme.typography import Role
from app.window.views.components.layouts import FlowLayout, clear
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.window.surroundings import Surroundings

_LARGE = 28
_WORD_WIDTH = 130


class BigWords(QWidget):
    """Three words, one under the other, to be read from a distance."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self.words: tuple[str, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(6)

    def show_words(self, words: Sequence[str]) -> None:
        """Show words, or none."""
        self.words = tuple(words)
        clear(self._column)
        font = QFont(self._around.theme.font(Role.TITLE))
        font.setPixelSize(self._around.theme.space(_LARGE))
        for word in words:
            text = Text(word, Role.TITLE)
            # The style sheet has no size for what is read across a desk.
            text.setStyleSheet(f"font-size: {font.pixelSize()}px")
            self._column.addWidget(text)
        self.setAccessibleName(", ".join(words))


class NumberedWords(QWidget):
    """Twelve words with their numbers, for reading aloud and for typing."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self.words: tuple[str, ...] = ()
        self._flow = FlowLayout(8)
        self.setLayout(self._flow)

    def show_words(self, words: Sequence[str]) -> None:
        """Show words, or none."""
        self.words = tuple(words)
        clear(self._flow)
        for number, word in enumerate(words, 1):
            self._flow.addWidget(self._cell(number, word))
        self.setAccessibleName(", ".join(words))
        self.updateGeometry()

    def _cell(self, number: int, word: str) -> QWidget:
        cell = QWidget()
        row = QHBoxLayout(cell)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        place = Text(str(number), Role.SMALL)
        place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        place.setMinimumWidth(self._around.theme.space(18))
        row.addWidget(place)
        row.addWidget(Text(word, Role.STRONG))
        row.addStretch(1)
        cell.setMinimumWidth(self._around.theme.space(_WORD_WIDTH))
        cell.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return cell
