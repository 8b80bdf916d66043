# SPDX-License-Identifier: AGPL-3.0-or-later
"""The folder that practice software and this program share: which, what went through it, what was refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.folders import FolderSettings, ShowFolders, WatchFolders

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.folders import FolderState
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session
    from crypto_core.wire.words import WordLanguage


class PracticeSoftware(QObject):
    """Asks only once somebody looks, and goes on until the mailbox is closed.

    Signals:
        changed(): `state` is another one.
        failed(Failure, str): the folder was not taken, or there is no answer.
    """

    changed = Signal()
    failed = Signal(object, str)

    def __init__(self, bridge: Bridge, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._is_looked_at = False
        self.state: FolderState | None = None
        bridge.folders_changed.connect(self._ask_again)
        session.closed.connect(lambda _: self._forget())

    def ask(self) -> None:
        """Ask how things stand, now and whenever they change."""
        self._is_looked_at = True
        self._bridge.request(self, ShowFolders(), self._take, self._fail)

    def watch(self, folder: str, language: WordLanguage) -> None:
        """Watch a folder; an empty text watches none."""
        before = FolderSettings(folder="") if self.state is None else self.state.settings
        self._change(replace(before, folder=folder, language=language))

    def write_received(self, *, is_on: bool) -> None:
        """Choose whether what arrives is written there."""
        if self.state is not None and self.state.settings.writes_received is not is_on:
            self._change(replace(self.state.settings, writes_received=is_on))

    def pack_cda(self, *, is_on: bool) -> None:
        """Choose whether CDA documents are written as archives."""
        if self.state is not None and self.state.settings.packs_cda is not is_on:
            self._change(replace(self.state.settings, packs_cda=is_on))

    def _change(self, settings: FolderSettings) -> None:
        self._bridge.request(self, WatchFolders(settings=settings), self._take, self._fail)

    def _ask_again(self) -> None:
        if self._is_looked_at:
            self.ask()

    def _take(self, state: FolderState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit()

    def _fail(self, failure: Failure, detail: str) -> None:
        self.failed.emit(failure, detail)

    def _forget(self) -> None:
        self._is_looked_at = False
        self.state = None
