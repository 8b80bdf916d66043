# SPDX-License-Identifier: AGPL-3.0-or-later
"""A QR picture, painted in black on white in light and dark surroundings alike: cameras expect it so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.window.theme.theme import Theme

SIDE: Final = 220
QUIET: Final = 4
"""Squares of white around the picture, as ISO/IEC 18004 asks for."""

Squares = tuple[bytes, ...]


def squares_of(text: str) -> Squares:
    """Return the rows of a QR picture, 1 for a dark square; damage of about 15 % can be read over."""
    # The first page does not wait for what the second one needs.
    import segno  # noqa: PLC0415

    return tuple(bytes(row) for row in segno.make_qr(text, error="m").matrix)


def paint_squares(painter: QPainter, rectangle: QRect, squares: Squares, ratio: float) -> None:
    """Paint a picture with its white margin into a square.

    `ratio` is the number of device pixels to a unit: every square gets the same whole number of them, so
    that none is wider than its neighbour.
    """
    painter.fillRect(rectangle, Qt.GlobalColor.white)
    pixels = int(rectangle.width() * ratio) // (len(squares) + 2 * QUIET)
    unit = pixels / ratio
    start = (rectangle.width() - unit * len(squares)) / 2
    painter.save()
    painter.translate(
        rectangle.x() + int(start * ratio) / ratio, rectangle.y() + int(start * ratio) / ratio
    )
    painter.scale(unit, unit)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.black)
    for y, row in enumerate(squares):
        for x, is_dark in enumerate(row):
            if is_dark:
                painter.drawRect(x, y, 1, 1)
    painter.restore()


class QrPicture(QWidget):
    """A text for a camera."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._squares: Squares = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def squares(self) -> Squares:
        """What is shown; empty when nothing is."""
        return self._squares

    def show_text(self, text: str) -> None:
        """Show a text; an empty one leaves the ground white."""
        self._squares = squares_of(text) if text else ()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the side at the present text size."""
        side = self._theme.space(SIDE)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the squares."""
        painter = QPainter(self)
        if self._squares:
            paint_squares(painter, self.rect(), self._squares, self.devicePixelRatioF())
        else:
            painter.fillRect(self.rect(), Qt.GlobalColor.white)
        painter.end()
