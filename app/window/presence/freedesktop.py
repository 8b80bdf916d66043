# SPDX-License-Identifier: AGPL-3.0-or-later
"""Linux and its relatives: logind and the screen savers, over D-Bus.

Signals are listened to. Whoever can send them on the person's own bus can make the window lock, which is no
harm; nobody can keep it from locking by itself. One thing is asked for: that the computer waits with its sleep
until the window is locked (systemd's "Inhibitor Locks", kind delay).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import SLOT, QCoreApplication, QObject, Slot
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusPendingCallWatcher,
    QDBusUnixFileDescriptor,
)

from app.window.presence.desktop import Desktop

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

LOGIND: Final = "org.freedesktop.login1"
_MANAGER_PATH: Final = "/org/freedesktop/login1"
_MANAGER: Final = f"{LOGIND}.Manager"
SCREEN_SAVERS: Final = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)


class SleepDelay(QObject):
    """logind's promise to wait with a sleep, for five seconds unless its administrator says otherwise.

    It is a file descriptor: as long as somebody has it open, logind waits. Without logind there is none.
    """

    def __init__(self, bus: QDBusConnection, parent: QObject) -> None:
        super().__init__(parent)
        self._bus = bus
        self._descriptor: int | None = None
        self._is_wanted = False

    def take(self) -> None:
        """Ask for it; there is no need to wait for the answer."""
        self._is_wanted = True
        if self._descriptor is not None or not self._bus.isConnected():
            return
        call = QDBusMessage.createMethodCall(LOGIND, _MANAGER_PATH, _MANAGER, "Inhibit")
        why = QCoreApplication.translate("SleepDelay", "Locks your mail first")
        call.setArguments(["sleep", "U-HealthSec", why, "delay"])
        watcher = QDBusPendingCallWatcher(self._bus.asyncCall(call), self)
        watcher.finished.connect(self._keep)

    def let_go(self) -> None:
        """Let the computer sleep."""
        self._is_wanted = False
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _keep(self, watcher: QDBusPendingCallWatcher) -> None:
        answer = watcher.reply()
        given = answer.arguments()[0] if answer.arguments() else None
        # A second answer, or one that comes too late, is closed with the message.
        if isinstance(given, QDBusUnixFileDescriptor) and self._is_wanted and not self._descriptor:
            # Not handed down to any process that is started meanwhile (PEP 446).
            self._descriptor = os.dup(given.fileDescriptor())
        watcher.deleteLater()


class FreeDesktop(Desktop):
    """Listens on two buses; either may be absent, and then it is silent."""

    def __init__(
        self, system: QDBusConnection, session: QDBusConnection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        system.connect(
            LOGIND,
            _MANAGER_PATH,
            _MANAGER,
            "PrepareForSleep",
            self,
            _slot("_prepare(bool)"),
        )
        for name in SCREEN_SAVERS:
            # Desktops put it under different paths, so any path will do.
            session.connect("", "", name, "ActiveChanged", self, _slot("_cover(bool)"))
        # Of any session: on a computer of several people, one lock too many harms nobody.
        system.connect(LOGIND, "", f"{LOGIND}.Session", "Lock", self, _slot("_lock()"))
        self._delay = SleepDelay(system, self)
        self._delay.take()

    def may_sleep(self) -> None:
        """Let the computer go on falling asleep."""
        self._delay.let_go()

    def stop(self) -> None:
        """Listen no longer, and keep no computer from sleeping."""
        self._delay.let_go()
        self.deleteLater()

    @Slot(bool)
    def _prepare(self, is_beginning: bool) -> None:  # noqa: FBT001 - as D-Bus says it
        if is_beginning:
            self.sleeping.emit()
        else:
            # For the next time.
            self._delay.take()

    @Slot(bool)
    def _cover(self, is_covered: bool) -> None:  # noqa: FBT001 - as D-Bus says it
        if is_covered:
            self.left.emit()

    @Slot()
    def _lock(self) -> None:
        self.left.emit()


def _slot(signature: str) -> bytes:
    """Name a method for Qt. The stubs ask for bytes where the call itself takes nothing but text."""
    return cast("bytes", SLOT(signature))


def listen(application: QApplication) -> Desktop:
    """Return what listens to this session's buses."""
    return FreeDesktop(
        QDBusConnection.systemBus(), QDBusConnection.sessionBus(), parent=application
    )
