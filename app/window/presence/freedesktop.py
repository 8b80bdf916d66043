# SPDX-License-Identifier: AGPL-3.0-or-later
"""Linux and its relatives: logind and the screen savers, over D-Bus.

Signals only are listened to. Whoever can send them on the person's own bus can make the window lock,
which is no harm; nobody can keep it from locking by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import SLOT, QObject, Slot
from PySide6.QtDBus import QDBusConnection

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

    def stop(self) -> None:
        """Listen no longer."""
        self.deleteLater()

    @Slot(bool)
    def _prepare(self, is_beginning: bool) -> None:  # noqa: FBT001 - as D-Bus says it
        if is_beginning:
            self.sleeping.emit()

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
