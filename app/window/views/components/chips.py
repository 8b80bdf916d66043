# SPDX-License-Identifier: AGPL-3.0-or-later
"""Chips: a shape, a word and a colour; as widgets and as painted in lists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.window.theme.tokens import RADIUS_CHIP, TONES, Tone
from app.window.theme.typography import Role

if TYPE_CHECKING:
    from app.window.theme.theme import Theme
    from app.window.viewmodels.marks import Mark


BORDER_ALPHA: Final = 56


class Chip(QLabel):
    """A short statement about what it stands beside."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_mark(mark)

    def show_mark(self, mark: Mark) -> None:
        """Show another statement."""
        self.setText(mark.shown)
        self.setAccessibleName(mark.text)
        self.setProperty("chip", mark.tone.value)
        self.style().unpolish(self)
        self.style().polish(self)


def chip_width(mark: Mark, metrics: QFontMetrics, theme: Theme) -> int:
    """Return how wide a painted chip is."""
    return metrics.horizontalAdvance(mark.shown) + 2 * theme.space(8)


def shortened(mark: Mark, width: float, metrics: QFontMetrics, theme: Theme) -> Mark:
    """Return a mark with as much of its text as a chip of a width has room for; the shape stays."""
    lacking = chip_width(mark, metrics, theme) - width
    if lacking < 1:
        return mark
    room = int(metrics.horizontalAdvance(mark.text) - lacking)
    text = metrics.elidedText(mark.text, Qt.TextElideMode.ElideRight, max(0, room))
    return replace(mark, text=text)


def paint_chip(painter: QPainter, rectangle: QRectF, mark: Mark, theme: Theme) -> None:
    """Paint a chip into a rectangle, as much of its text as there is room for behind the shape."""
    text, ground = (QColor(getattr(theme.tokens, name)) for name in TONES[mark.tone])
    border = theme.colour("line") if mark.tone is Tone.NEUTRAL else QColor(text)
    if mark.tone is not Tone.NEUTRAL:
        # On a chosen line, its ground alone would not stand out.
        border.setAlpha(BORDER_ALPHA)
    painter.setPen(QPen(border, 1))
    painter.setBrush(ground)
    half = QPointF(0.5, 0.5)
    painter.drawRoundedRect(
        QRectF(rectangle.topLeft() + half, rectangle.bottomRight() - half), RADIUS_CHIP, RADIUS_CHIP
    )
    painter.setFont(theme.font(Role.SMALL))
    painter.setPen(text)
    fitting = shortened(mark, rectangle.width(), QFontMetrics(theme.font(Role.SMALL)), theme)
    painter.drawText(rectangle, int(Qt.AlignmentFlag.AlignCenter), fitting.shown)
