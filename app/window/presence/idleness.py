# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notices that nobody has touched the window for a while, also while the computer slept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication, QWindow

LOOK_MILLISECONDS: Final = 2_000
"""How often it is looked whether the time is over."""
_SECONDS: Final = 60

_TOUCHES: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
        QEvent.Type.DragMove,
        QEvent.Type.Drop,
    }
)


class Stopwatch(Protocol):
    """Two clocks, in seconds: one that may be set but goes on during sleep, one the other way round."""

    def wall(self) -> float:
        """Wall-clock time."""

    def monotonic(self) -> float:
        """Seconds since some moment; may stand still while the computer sleeps."""


class SystemStopwatch:
    """This computer's clocks."""

    def wall(self) -> float:
        """Wall-clock time."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()


class Idleness(QObject):
    """Watches one program's keys and pointer, where they come in: at its windows of the windowing system.

    Not at the application, where every event of every widget would pass: thousands for one change of style, each
    with a way through Python, also of widgets that are about to go.

    The longer of both clocks counts: the monotonic one cannot be set back, the other one shows on every
    system that the computer has slept. A clock set forward ends the time early, which harms nobody.

    Signals:
        over(): the time is over; said once, until something is touched again.
        touched(): a key or the pointer, in any window of the program.
    """

    over = Signal()
    touched = Signal()

    def __init__(
        self, application: QGuiApplication, stopwatch: Stopwatch, minutes: int, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._stopwatch = stopwatch
        self._limit = minutes * _SECONDS
        self._has_said = False
        self._touched_wall = self._touched_monotonic = 0.0
        self.touch()
        self._timer = QTimer(self, interval=LOOK_MILLISECONDS)
        self._timer.timeout.connect(self.look)
        # A window that opens has the focus, or is found at the next look.
        self._timer.timeout.connect(self._watch)
        application.focusWindowChanged.connect(self._watch_focused)
        self._timer.start()
        self._watch()

    def set_minutes(self, minutes: int) -> None:
        """Let the time be another one from now on."""
        self._limit = minutes * _SECONDS
        self.touch()

    def touch(self) -> None:
        """Begin the time anew."""
        self._touched_wall = self._stopwatch.wall()
        self._touched_monotonic = self._stopwatch.monotonic()
        self._has_said = False

    def look(self) -> None:
        """Say so if the time is over."""
        passed = max(
            self._stopwatch.wall() - self._touched_wall,
            self._stopwatch.monotonic() - self._touched_monotonic,
        )
        if passed >= self._limit and not self._has_said:
            self._has_said = True
            self.over.emit()

    def stop(self) -> None:
        """Watch no longer."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        self._application.focusWindowChanged.disconnect(self._watch_focused)
        for window in self._application.allWindows():
            window.removeEventFilter(self)

    def _watch(self) -> None:
        for window in self._application.allWindows():
            self._watch_focused(window)

    def _watch_focused(self, window: QWindow | None) -> None:
        # Only the one that is named: others may be going at this moment. Of one filter, Qt keeps one.
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Notice a touch, but first what happened before it: it may be the one that ended the sleep."""
        if event.type() in _TOUCHES and event.spontaneous():
            self.look()
            self.touch()
            self.touched.emit()
        return False
