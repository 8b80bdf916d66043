# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real window over a real engine, for a test that looks into the memory of both: `python -m … PROFILE`.

Keys come on standard input, one byte each, so that this process never gets the passphrase in another way
than a person's fingers would give it. What has happened is said on standard output, a word a line: the
engine's process number, `open`, `kit`, `locked`. The end of the input ends it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSocketNotifier, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.allocation import overwrite_what_is_freed
from app.interface.pipe import EngineProcess
from app.window.desk import Desk
from app.window.i18n.formats import SystemClock
from app.window.preferences import Preferences
from app.window.viewmodels.session import LockReason, Screen
from tests.gui.samples import row_at

LOCK: Final = b"\x0c"
SHOW: Final = b"\x05"
"""The eye beside the passphrase."""
KIT: Final = b"\x0b"
"""The page of the recovery kit."""
_LOOK_MILLISECONDS: Final = 50


class Stage:
    """Plays one person at one window."""

    def __init__(self, application: QApplication, profile: Path) -> None:
        self._application = application
        self._profile = profile
        self._desk = Desk(application, Preferences(profile), self._start, SystemClock())
        self._desk.mailbox.session.screen_changed.connect(self._appear)
        self._keys = QSocketNotifier(0, QSocketNotifier.Type.Read)
        self._keys.activated.connect(self._press)
        self._is_read = False
        self._timer = QTimer(interval=_LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._look)
        self._engines = 0

    def run(self) -> int:
        """Show the window until the input ends."""
        self._desk.start()
        self._timer.start()
        return self._application.exec()

    def _start(self) -> EngineProcess:
        engine = EngineProcess(self._profile)
        self._engines += 1
        if self._engines == 1:
            _say(str(engine.pid))
        return engine

    def _appear(self, screen: Screen) -> None:
        if screen is Screen.UNLOCK and self._engines == 1 and not self._is_read:
            _say("unlock")

    def _press(self) -> None:
        key = os.read(0, 1)
        field = self._desk.window.unlock.field
        if not key:
            self._desk.stop()
            self._application.quit()
        elif key == LOCK:
            self._desk.lock(LockReason.IDLE)
        elif key == KIT:
            self._desk.mailbox.paper_kit.sheet_changed.connect(self._see_kit)
            self._desk.window.mail.reminders.kit_asked.emit()
        elif key == SHOW:
            field._eye.click()
        elif key == b"\n":
            QTest.keyClick(field.edit, Qt.Key.Key_Return)
        else:
            QTest.keyClicks(field.edit, key.decode())

    def _see_kit(self) -> None:
        if self._desk.mailbox.paper_kit.sheet is not None:
            # Painted, as it is before somebody's eyes.
            self._desk.window.grab()
            _say("kit")

    def _look(self) -> None:
        """Open the newest letter once the list is there; notice the end of the first engine."""
        mailbox, mail = self._desk.mailbox, self._desk.window.mail
        if not self._is_read and mailbox.conversations.rowCount():
            mail.conversations.list.entered_line.emit(row_at(mailbox.conversations, 0))
            self._is_read = True
        elif self._is_read and mail.reading.views and mailbox.session.is_open:
            _say("open")
            self._timer.timeout.disconnect()
            self._timer.timeout.connect(self._look_for_end)

    def _look_for_end(self) -> None:
        if self._engines > 1 and self._desk.bridge.is_quiet:
            self._timer.stop()
            _say("locked")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    overwrite_what_is_freed()
    sys.exit(Stage(QApplication([]), Path(sys.argv[1])).run())
