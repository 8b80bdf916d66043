# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters of another mail program on their way into the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.importing import CancelImport, ImportMail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.failures import Failure
    from app.interface.importing import ImportReport
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session


class Importing(QObject):
    """Takes letters over, one import at a time; it goes on while its page is closed.

    Signals:
        changed(): `is_running` or `chosen` is another one.
        progress(int, int): bytes done, and in all.
        done(ImportReport): it is over, or was stopped.
        failed(Failure, str): there was nothing to take, or it broke off.
    """

    changed = Signal()
    progress = Signal(object, object)
    done = Signal(object)
    failed = Signal(object, str)

    def __init__(self, bridge: Bridge, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.is_running = False
        self.chosen: tuple[str, ...] = ()
        """Files and folders that wait for a word."""
        self.own_addresses: tuple[str, ...] = ()
        """As they were given last, until the lock."""
        session.closed.connect(lambda _: self._forget())

    def choose(self, paths: Sequence[str]) -> None:
        """Mean these files and folders; nothing is taken yet."""
        if not self.is_running:
            self.chosen = tuple(paths)
            self.changed.emit()

    def run(self, own_addresses: Sequence[str]) -> None:
        """Take over what is chosen."""
        if self.is_running or not self.chosen:
            return
        self.own_addresses = tuple(own_addresses)
        command = ImportMail(paths=self.chosen, own_addresses=self.own_addresses)
        self._set_running(is_running=True)
        self._bridge.request(self, command, self._tell, self._fail, self._tell_progress)

    def cancel(self) -> None:
        """Stop; what is here stays."""
        self._bridge.request(self, CancelImport(), lambda _: None, lambda *_: None)

    def _tell_progress(self, done: int, total: int) -> None:
        self.progress.emit(done, total)

    def _tell(self, report: ImportReport) -> None:
        if not report.is_cancelled:
            self.chosen = ()
        self._set_running(is_running=False)
        self.done.emit(report)

    def _fail(self, failure: Failure, detail: str) -> None:
        self._set_running(is_running=False)
        self.failed.emit(failure, detail)

    def _forget(self) -> None:
        self.chosen = self.own_addresses = ()
        self._set_running(is_running=False)

    def _set_running(self, *, is_running: bool) -> None:
        self.is_running = is_running
        self.changed.emit()
