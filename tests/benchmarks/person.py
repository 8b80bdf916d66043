# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person in front of the real window and its engine process: unlocks, reads one letter after the other, scrolls."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.interface.pipe import EngineProcess
from app.interface.secret import Secret
from app.window.desk import Desk
from app.window.i18n.formats import SystemClock
from app.window.preferences import Preferences
from app.window.presence.memory import Collector
from app.window.viewmodels.session import Screen
from app.window.views.navigation import Destination
from tests.benchmarks.morning import LINES, PAGES_SCROLLED, SWITCHES, Morning
from tests.gui.samples import row_at

if TYPE_CHECKING:
    from crypto_core.wire.ids import ConversationId


class Person(QObject):
    """Sits at one window and has a stopwatch: `moments` has when each thing was last seen."""

    def __init__(self, profile: Path) -> None:
        super().__init__()
        self._application = QApplication([])
        # As the program does, lest Python collect cycles in the midst of what Qt is at.
        self._collector = Collector(self._application)
        self._profile = profile
        self._loop = QEventLoop()
        self._wanted: ConversationId | None = None
        self.moments: dict[str, float] = {}
        self.engine_pid = 0
        self.desk = Desk(self._application, Preferences(profile), self._connect, SystemClock())
        self.conversations = self.desk.mailbox.conversations
        self.list = self.desk.window.mail.conversations.list
        self._reading = self.desk.mailbox.reading
        self._pane = self.desk.window.mail.reading
        session = self.desk.mailbox.session
        session.screen_changed.connect(self._turned)
        session.opened.connect(lambda: self._note("opened"))
        self._acts = self.desk.window.mail.journal.list
        for painted in (
            self.list.viewport(),
            self._pane.column.viewport(),
            self._acts.viewport(),
        ):
            painted.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note when the list is about to be painted, and when the letters of the wanted conversation are."""
        if event.type() == QEvent.Type.Paint:
            if watched is self.list.viewport() and self.conversations.rowCount():
                self._note("listed")
            elif watched is self._acts.viewport():
                if self.desk.mailbox.journal.rowCount():
                    self._note("told")
            elif self._pane.views and self._reading.conversation == self._wanted:
                self._note("shown")
        return False

    def unlock(self, passphrase: str) -> float:
        """Open the mailbox, wait until its list is painted, and return when that began."""
        self.desk.start()
        self._wait_for("asked")
        begun = time.perf_counter()
        self.desk.mailbox.session.unlock(Secret.of(passphrase))
        self._wait_for("listed")
        return begun

    def open(self, position: int) -> float:
        """Click on a line, wait until its letters are painted, and return the seconds until that began."""
        index = self.conversations.index(position)
        self.list.scrollTo(index)
        self._wanted = row_at(self.conversations, position).conversation
        self.moments.pop("shown", None)
        where = self.list.visualRect(index).center()
        begun = time.perf_counter()
        QTest.mouseClick(self.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
        self._wait_for("shown")
        return self.moments["shown"] - begun

    def open_journal(self) -> float:
        """Go to the journal, wait until its acts are painted, and return the seconds until that began."""
        begun = time.perf_counter()
        self.desk.window.mail.go(Destination.JOURNAL)
        self._wait_for("told")
        return self.moments["told"] - begun

    def scroll(self) -> None:
        """Go as far down as the list has come."""
        self.list.scrollToBottom()
        self._application.processEvents()
        self.settle()

    def settle(self) -> None:
        """Let everything arrive that was asked for."""
        while not self.desk.bridge.is_quiet or len(self._pane.views) < len(self._reading.letters):
            self._application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def leave(self) -> None:
        """Close the window and end its engine."""
        self.desk.stop()
        # Qt does not survive windows that go after it, in whatever order Python ends.
        self.desk.window.retire()
        self.desk.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _connect(self) -> EngineProcess:
        engine = EngineProcess(self._profile)
        self.engine_pid = engine.pid
        return engine

    def _turned(self, screen: Screen) -> None:
        if screen is Screen.UNLOCK:
            self._note("asked")

    def _note(self, moment: str) -> None:
        self.moments[moment] = time.perf_counter()
        self._loop.quit()

    def _wait_for(self, moment: str) -> None:
        while moment not in self.moments:
            self._loop.exec()


def spend_morning(profile: Path, passphrase: str) -> Morning:
    """Sit at a profile's window until the figures are there."""
    person = Person(profile)
    begun = person.unlock(passphrase)
    person.open(0)
    usable = person.moments["shown"] - begun
    person.settle()
    lines = min(LINES, person.conversations.rowCount())
    switches = []
    for number in range(1, SWITCHES + 1):
        switches.append(person.open(number % lines))
        person.settle()
    for _ in range(PAGES_SCROLLED):
        person.scroll()
    morning = Morning(
        open=person.moments["opened"] - begun,
        usable=usable,
        switches=tuple(switches),
        window_bytes=_resident_bytes(os.getpid()),
        engine_bytes=_resident_bytes(person.engine_pid),
    )
    person.leave()
    return morning


def open_journal(profile: Path, passphrase: str) -> float:
    """Sit at a profile's window, and return how many seconds its journal takes to be there."""
    person = Person(profile)
    person.unlock(passphrase)
    person.open(0)
    person.settle()
    seconds = person.open_journal()
    person.settle()
    person.leave()
    return seconds


def _resident_bytes(pid: int) -> int:
    """What of a process is in memory (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == "VmRSS":
            return 1024 * int(value.split()[0])
    raise RuntimeError("the process has no memory")
