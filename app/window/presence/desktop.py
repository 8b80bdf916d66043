# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the desktop says about the person: it goes to sleep, or somebody else is to have the screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication


class Desktop(QObject):
    """One of them for each system; this one says nothing, as on macOS.

    There, AppKit alone tells of sleep and of a locked screen, and Qt does not pass it on: the clocks of
    `idleness` notice a sleep when it is over.

    Signals:
        sleeping(): the computer goes to sleep, or has just done so; `may_sleep` says that it need not wait.
        left(): the session was locked, or another person's came to the front.
    """

    sleeping = Signal()
    left = Signal()

    def may_sleep(self) -> None:
        """Nothing is open any more: a computer that waits need not do so."""

    def stop(self) -> None:
        """Listen no longer."""


def desktop_of(application: QApplication) -> Desktop:
    """Return what listens to this computer's desktop."""
    make: Callable[[QApplication], Desktop]
    if sys.platform == "win32":
        from app.window.presence.windows import listen as make  # noqa: PLC0415 - of one system
    elif sys.platform == "darwin":
        return Desktop()
    else:
        from app.window.presence.freedesktop import listen as make  # noqa: PLC0415 - as above
    return make(application)
