# SPDX-License-Identifier: AGPL-3.0-or-later
"""A round sign with the initials of a name; decoration, silent for screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.theme.typography import Role

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPaintEvent

    from app.window.theme.theme import Theme

_TITLES: Final = {"dr", "dr.", "pr", "pr.", "m.", "mme", "me"}
SIDE: Final = 32


def initials(name: str) -> str:
    """Return one or two capital letters of a name, without titles; "" when it has no letter."""
    parts = [part for part in name.split() if part.lower() not in _TITLES] or name.split()
    letters = [next((sign for sign in part if sign.isalpha()), "") for part in parts]
    letters = [letter for letter in letters if letter]
    return "".join([*letters[:1], *letters[1:][-1:]]).upper()


def paint_avatar(painter: QPainter, rectangle: QRect, name: str, theme: Theme) -> None:
    """Paint the sign into a square."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent"))
    painter.drawEllipse(rectangle)
    painter.setFont(theme.font(Role.BADGE))
    painter.setPen(theme.colour("on_accent"))
    painter.drawText(rectangle, int(Qt.AlignmentFlag.AlignCenter), initials(name))


class Avatar(QWidget):
    """The sign as a widget."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._name = name
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_name(self, name: str) -> None:
        """Show another name's initials."""
        self._name = name
        self.update()

    def sizeHint(self) -> QSize:
        """Return the side at the present text size."""
        side = self._theme.space(SIDE)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sign."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_avatar(painter, self.rect(), self._name, self._theme)
        painter.end()
