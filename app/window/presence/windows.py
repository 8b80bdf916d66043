# SPDX-License-Identifier: AGPL-3.0-or-later
"""Windows: messages about power and sessions, which its windows get before Qt does.

`WM_WTSSESSION_CHANGE` comes only to a window that was registered for it, so an invisible one is.
"""

from __future__ import annotations

import ctypes
import sys
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray
from PySide6.QtGui import QWindow

from app.window.presence.desktop import Desktop

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

WM_POWERBROADCAST: Final = 0x0218
WM_WTSSESSION_CHANGE: Final = 0x02B1
PBT_APMSUSPEND: Final = 4
WTS_CONSOLE_DISCONNECT: Final = 2
WTS_REMOTE_DISCONNECT: Final = 4
WTS_SESSION_LOGOFF: Final = 6
WTS_SESSION_LOCK: Final = 7
_THIS_SESSION: Final = 0


class Meaning(Enum):
    """What a message says to us."""

    SLEEPING = auto()
    LEFT = auto()


def meaning_of(message: int, word: int) -> Meaning | None:
    """Return what a window message with its first parameter says, None for all others."""
    if message == WM_POWERBROADCAST and word == PBT_APMSUSPEND:
        return Meaning.SLEEPING
    lefts = {WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT, WTS_SESSION_LOGOFF, WTS_SESSION_LOCK}
    if message == WM_WTSSESSION_CHANGE and word in lefts:
        return Meaning.LEFT
    return None


class _Message(ctypes.Structure):
    """The beginning of Windows' MSG; a handle and a WPARAM are as wide as a pointer."""

    _fields_ = (
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("word", ctypes.c_size_t),
    )


class _Filter(QAbstractNativeEventFilter):
    def __init__(self, desktop: WindowsDesktop) -> None:
        super().__init__()
        self._desktop = desktop

    def nativeEventFilter(  # noqa: N802 - Qt calls it
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> object:
        """Look at a message and let it pass."""
        if QByteArray(kind) == b"windows_generic_MSG":
            read = _Message.from_address(int(message))
            self._desktop.hear(meaning_of(read.message, read.word or 0))
        return False, 0


class WindowsDesktop(Desktop):
    """Listens with an invisible window of its own, as long as the program runs."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._window = QWindow()
        self._window.create()
        self._filter = _Filter(self)
        application.installNativeEventFilter(self._filter)
        self._register(is_wanted=True)

    def hear(self, meaning: Meaning | None) -> None:
        """Take what a message says."""
        if meaning is Meaning.SLEEPING:
            self.sleeping.emit()
        elif meaning is Meaning.LEFT:
            self.left.emit()

    def stop(self) -> None:
        """Listen no longer."""
        self._application.removeNativeEventFilter(self._filter)
        self._register(is_wanted=False)
        self._window.destroy()

    def _register(self, *, is_wanted: bool) -> None:
        if sys.platform == "win32":
            library = ctypes.windll.wtsapi32
            handle = ctypes.c_void_p(int(self._window.winId()))
            # When it fails, the clocks and the sleep are left, and the person's own Ctrl+L.
            if is_wanted:
                library.WTSRegisterSessionNotification(handle, _THIS_SESSION)
            else:
                library.WTSUnRegisterSessionNotification(handle)


def listen(application: QApplication) -> Desktop:
    """Return what listens to this session."""
    return WindowsDesktop(application)
