# SPDX-License-Identifier: AGPL-3.0-or-later
"""A field for a day, perhaps with its time, that opens a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QDateTimeEdit

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.window.theme.theme import Theme


class DateField(QDateTimeEdit):
    """A date with a calendar; the sheet of styles takes Fusion's arrow away, so it has one of its own."""

    def __init__(self, name: str, theme: Theme, *, has_time: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setCalendarPopup(True)
        self.setDisplayFormat("dd/MM/yyyy  HH:mm" if has_time else "dd/MM/yyyy")
        self.setMinimumHeight(theme.space(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, and the arrow that opens the calendar."""
        super().paintEvent(event)
        side = self._theme.space(4)
        centre = QPointF(self.width() - self._theme.space(15), self.height() / 2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("secondary"), side / 2.5))
        painter.drawPolyline(
            [
                centre + QPointF(-side, -side / 2),
                centre + QPointF(0, side / 2),
                centre + QPointF(side, -side / 2),
            ]
        )
