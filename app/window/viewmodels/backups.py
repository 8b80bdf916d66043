# SPDX-License-Identifier: AGPL-3.0-or-later
"""Backups in a folder: where, the last one, and one now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.commands import BackUp, CancelBackup, ChooseBackupFolder

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.snapshots import BackupFolder, BackupMade, Safety
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session
    from app.window.viewmodels.standing import Standing


class Backups(QObject):
    """Chooses the folder and makes a backup.

    Signals:
        changed(): `safety` or `is_running` is another one.
        progress(int, int): bytes written, and in all.
        made(BackupMade): one is complete.
        failed(Failure, str): it is not, or the folder was not taken.
    """

    changed = Signal()
    progress = Signal(object, object)
    made = Signal(object)
    failed = Signal(object, str)

    def __init__(
        self, bridge: Bridge, session: Session, standing: Standing, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._standing = standing
        self.is_running = False
        standing.changed.connect(self.changed)
        session.closed.connect(lambda _: self._set_running(is_running=False))

    @property
    def safety(self) -> Safety | None:
        """What stands ready, as last heard."""
        status = self._standing.status
        return None if status is None else status.safety

    def choose(self, folder: str) -> None:
        """Keep a daily backup in a folder, and make the first one; an empty text makes no more."""
        command = ChooseBackupFolder(folder=folder)

        def chosen(_answer: BackupFolder) -> None:
            if folder:
                self.run()

        self._bridge.request(self, command, chosen, self._fail)

    def run(self) -> None:
        """Make one now."""
        if not self.is_running:
            self._set_running(is_running=True)
            self._bridge.request(self, BackUp(), self._tell_made, self._fail, self._tell_progress)

    def cancel(self) -> None:
        """Stop the one that is being made."""
        self._bridge.request(self, CancelBackup(), lambda _: None, lambda *_: None)

    def _tell_progress(self, done: int, total: int) -> None:
        self.progress.emit(done, total)

    def _tell_made(self, made: BackupMade) -> None:
        self._set_running(is_running=False)
        self.made.emit(made)

    def _fail(self, failure: Failure, detail: str) -> None:
        self._set_running(is_running=False)
        self.failed.emit(failure, detail)

    def _set_running(self, *, is_running: bool) -> None:
        if is_running is not self.is_running:
            self.is_running = is_running
            self.changed.emit()
