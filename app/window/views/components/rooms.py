# SPDX-License-Identifier: AGPL-3.0-or-later
"""The room that a window has on its screen: none is made larger, so that nothing lies where nobody can reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

FRAME: Final = QSize(16, 48)
"""What the desktop may draw around a window, in pixels; it tells only once the window is shown."""


def room_for(window: QWidget) -> QSize:
    """Return what a window may take of the screen on which it will be: that of the window it belongs to."""
    owner = window.parentWidget() or window
    return owner.screen().availableGeometry().size() - FRAME


def resize_within(window: QWidget, width: int, height: int) -> None:
    """Give a window its first size in pixels, or as much of it as there is room for."""
    window.resize(QSize(width, height).boundedTo(room_for(window)))
