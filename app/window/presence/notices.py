# SPDX-License-Identifier: AGPL-3.0-or-later
"""Shows a notice on the desktop: by an icon in the tray, or over D-Bus where desktops have no tray.

What is said is decided elsewhere. The desktop keeps notices in lists of its own, which no lock of ours empties.
"""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSystemTrayIcon

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

SHOWN_MILLISECONDS: Final = 8_000
REPLY_SECONDS: Final = 5.0
NOTIFICATIONS: Final = "org.freedesktop.Notifications"
_PATH: Final = "/org/freedesktop/Notifications"
_log = logging.getLogger(__name__)


class Announcer(QObject):
    """One that has no way to say anything.

    Signals:
        pressed(): the person pressed what was shown: the window is wanted.
    """

    pressed = Signal()

    def announce(self, title: str, text: str) -> None:
        """Show a notice for a few seconds, in the place of the one before."""

    def stop(self) -> None:
        """Show nothing any more."""


class TrayAnnouncer(Announcer):
    """An icon in the tray, which can be pressed to come back to the window."""

    def __init__(self, icon: QIcon, tip: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tray = QSystemTrayIcon(icon, self)
        self._tray.setToolTip(tip)
        self._tray.activated.connect(lambda _: self.pressed.emit())
        self._tray.messageClicked.connect(self.pressed)
        self._tray.show()

    def announce(self, title: str, text: str) -> None:
        """See the base class."""
        self._tray.showMessage(title, text, QSystemTrayIcon.MessageIcon.NoIcon, SHOWN_MILLISECONDS)

    def stop(self) -> None:
        """See the base class."""
        self._tray.hide()


class BusAnnouncer(Announcer):
    """The notices of freedesktop.org.

    Spoken by jeepney and not by Qt: the interface wants an unsigned number, which PySide cannot send. A thread
    does it, because a desktop may take its time.
    """

    def __init__(self, address: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = address
        self._wanted: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def announce(self, title: str, text: str) -> None:
        """See the base class."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="notices", daemon=True)
            self._thread.start()
        self._wanted.put((title, text))

    def stop(self) -> None:
        """See the base class."""
        self._wanted.put(None)

    def _serve(self) -> None:
        from jeepney import DBusAddress, DBusErrorResponse, new_method_call  # noqa: PLC0415 - of one system
        from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415 - as above

        service = DBusAddress(_PATH, bus_name=NOTIFICATIONS, interface=NOTIFICATIONS)
        shown = 0
        try:
            with open_dbus_connection(self._address) as connection:
                while (wanted := self._wanted.get()) is not None:
                    call = new_method_call(
                        service,
                        "Notify",
                        "susssasa{sv}i",
                        ("U-HealthSec", shown, "", *wanted, [], {}, SHOWN_MILLISECONDS),
                    )
                    answer = connection.send_and_get_reply(call, timeout=REPLY_SECONDS)
                    shown = answer.body[0] if answer.body else 0
        except (OSError, TimeoutError, ValueError, DBusErrorResponse) as error:
            # A desktop without notices is no trouble: the window shows what has arrived.
            _log.info("no notices on this desktop: %s", type(error).__name__)


def announcer_of(icon: QIcon, tip: str) -> Announcer:
    """Return what this desktop can show notices with."""
    if QSystemTrayIcon.isSystemTrayAvailable():
        return TrayAnnouncer(icon, tip)
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if sys.platform.startswith("linux") and address:
        return BusAnnouncer(address)
    return Announcer()
