# SPDX-License-Identifier: AGPL-3.0-or-later
"""Icons of the one family we use (Phosphor), tinted from the tokens."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files
from typing import Final

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_LOGO_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)


class Icon(StrEnum):
    """Names in the family."""

    ARCHIVE = "ph.archive"
    ATTACH = "ph.paperclip"
    BACK = "ph.arrow-left"
    BEFORE = "ph.arrow-up"
    BOLD = "ph.text-bolder"
    BULLETS = "ph.list-bullets"
    CLOSE = "ph.x"
    FIND = "ph.magnifying-glass"
    FLAG = "ph.flag"
    FORWARD = "ph.arrow-bend-up-right"
    MENU = "ph.dots-three-bold"
    LATER = "ph.clock"
    MORE = "ph.caret-down"
    NEXT = "ph.arrow-down"
    NUMBERS = "ph.list-numbers"
    PERSON = "ph.user"
    PRINT = "ph.printer"
    REMOVE = "ph.trash"
    LARGER = "ph.magnifying-glass-plus"
    SHOW = "ph.eye"
    SMALLER = "ph.magnifying-glass-minus"
    TEMPLATE = "ph.article"
    WRITE = "ph.pencil-simple"


def logo() -> QIcon:
    """Return the program's own icon, in the sizes that a window, a task bar and a tray show."""
    drawing = QSvgRenderer(QByteArray(files("app.window.theme").joinpath("logo.svg").read_bytes()))
    made = QIcon()
    for size in _LOGO_SIZES:
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing.render(painter)
        painter.end()
        made.addPixmap(picture)
    return made


def icon(name: Icon, colour: str) -> QIcon:
    """Return an icon in a colour."""
    # The library reads its fonts when it is imported; the first window does not wait for that.
    import qtawesome  # noqa: PLC0415

    made: QIcon = qtawesome.icon(name.value, color=colour)
    return made
