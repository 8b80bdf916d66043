# SPDX-License-Identifier: AGPL-3.0-or-later
"""Knows whether what is on the clipboard was copied here, so that a lock can take it away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QClipboard, QGuiApplication

if TYPE_CHECKING:
    from collections.abc import Callable


class OwnClipboard(QObject):
    """Watches both clipboards of a desktop: the copied, and on some systems the selected.

    What changed while one of our windows had the keyboard was copied from it. Not every desktop tells
    whose the content is.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._ours: set[QClipboard.Mode] = set()
        QGuiApplication.clipboard().changed.connect(self._notice)

    def clear(self) -> None:
        """Take away what was copied here; what other programs copied is theirs."""
        clipboard = QGuiApplication.clipboard()
        owned: tuple[tuple[QClipboard.Mode, Callable[[], bool]], ...] = (
            (QClipboard.Mode.Clipboard, clipboard.ownsClipboard),
            (QClipboard.Mode.Selection, clipboard.ownsSelection),
        )
        for mode, is_owned in owned:
            if mode in self._ours or is_owned():
                clipboard.clear(mode)
        self._ours.clear()

    def _notice(self, mode: QClipboard.Mode) -> None:
        if QGuiApplication.focusWindow() is not None:
            self._ours.add(mode)
        else:
            self._ours.discard(mode)
