# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures of the mailbox as it is: both languages, both appearances; then the program ends."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app.window.i18n.catalogues import Language
from app.window.theme.theme import Appearance
from app.window.viewmodels.conversations import ROW_ROLE, ListState

if TYPE_CHECKING:
    from pathlib import Path

    from app.window.desk import Desk

SIZE: Final = (1280, 800)
PAUSE_MILLISECONDS: Final = 300
"""Time for the engine to speak and the window to paint, before it is asked whether all is quiet."""


class Photographer(QObject):
    """Waits until the mailbox is shown and nothing is under way, then takes the pictures.

    Signals:
        done(): all pictures are written.
        failed(str): a picture, by its name, could not be written.
    """

    done = Signal()
    failed = Signal(str)

    def __init__(self, desk: Desk, folder: Path) -> None:
        super().__init__()
        self._desk = desk
        self._folder = folder
        self._jobs = deque(
            (language, appearance)
            for language in (Language.FRENCH, Language.ENGLISH)
            for appearance in (Appearance.LIGHT, Appearance.DARK)
        )
        self._timer = QTimer(self, interval=PAUSE_MILLISECONDS)
        self._timer.timeout.connect(self._look)
        self._is_posed = False
        desk.mailbox.session.opened.connect(self._timer.start)

    def _look(self) -> None:
        """Take the next step of the next picture, once the one before has come to rest."""
        mailbox = self._desk.mailbox
        if not mailbox.bridge.is_quiet or mailbox.conversations.state is ListState.LOADING:
            return
        if not self._jobs:
            self._timer.stop()
            self.done.emit()
            return
        if not self._is_posed:
            self._pose(*self._jobs[0])
            return
        self._take(*self._jobs.popleft())

    def _pose(self, language: Language, appearance: Appearance) -> None:
        self._is_posed = True
        self._desk.show_as(language=language, appearance=appearance)
        window = self._desk.window
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(*SIZE)
        model = self._desk.mailbox.conversations
        if model.rowCount():
            window.mail.conversations.point_at(0)
            window.mail.conversations.list.entered_line.emit(model.index(0).data(ROW_ROLE))

    def _take(self, language: Language, appearance: Appearance) -> None:
        self._is_posed = False
        QApplication.sendPostedEvents()
        name = f"mail-{language}-{appearance}.png"
        if not self._desk.window.grab().save(str(self._folder / name)):
            self._timer.stop()
            self.failed.emit(name)
