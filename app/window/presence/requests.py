# SPDX-License-Identifier: AGPL-3.0-or-later
"""Other programs of this person that ask the window to lock, by a file in the profile's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal

from app.paths import lock_request

if TYPE_CHECKING:
    from pathlib import Path


class LockRequests(QObject):
    """Watches for the file; whoever can make one in there could also end the window.

    Signals:
        asked(): somebody wants it locked; `answer` says when it is.
    """

    asked = Signal()

    def __init__(self, profile: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._file = lock_request(profile)
        # Nobody waits any more for the answer to one from before.
        self.answer()
        self._watcher = QFileSystemWatcher([str(profile)], self)
        self._watcher.directoryChanged.connect(self._look)

    def answer(self) -> None:
        """Say that nothing is open."""
        self._file.unlink(missing_ok=True)

    def _look(self) -> None:
        if self._file.exists():
            self.asked.emit()
