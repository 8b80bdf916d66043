# SPDX-License-Identifier: AGPL-3.0-or-later
"""A secret on the clipboard, for a minute at most."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

LIFE_MILLISECONDS: Final = 60_000

# What asks the histories of clipboards to let something pass: KDE's, and that of Windows.
_KDE: Final = ("x-kde-passwordManagerHint", b"secret")
_WINDOWS: Final = (
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"',
    b"\x01\x00\x00\x00",
)


class BriefClipboard(QObject):
    """Copies a secret, and takes it away again unless something else was copied since.

    Signals:
        cleared(): it is gone.
    """

    cleared = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._copied = ""
        self.timer = QTimer(self, singleShot=True, interval=LIFE_MILLISECONDS)
        self.timer.timeout.connect(self.clear)

    def copy(self, secret: str) -> None:
        """Put a secret on the clipboard."""
        content = QMimeData()
        content.setText(secret)
        for kind, value in (_KDE, _WINDOWS):
            content.setData(kind, value)
        QGuiApplication.clipboard().setMimeData(content)
        self._copied = secret
        self.timer.start()

    def clear(self) -> None:
        """Take the secret away, now."""
        self.timer.stop()
        copied, self._copied = self._copied, ""
        if copied and QGuiApplication.clipboard().text() == copied:
            QGuiApplication.clipboard().clear()
        self.cleared.emit()
