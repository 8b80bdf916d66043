# SPDX-License-Identifier: AGPL-3.0-or-later
"""Long lists put on a page bit by bit, so that the window answers meanwhile."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDeadlineTimer, QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE: Final = 8
"""About as many as are in sight."""
STEP_MILLISECONDS: Final = 15
"""How long is worked at a time before the window may paint again."""


class Steps(QObject):
    """Work that is done in bits: `begin` does the first ones at once, the others follow."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Iterator[object] = iter(())
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    def begin(self, work: Iterator[object]) -> None:
        """Begin something else, in place of what is not finished; each item asked of `work` is one bit of it."""
        self._timer.stop()
        self._work = work
        if len(list(islice(work, AT_ONCE))) == AT_ONCE:
            self._timer.start()

    def _go_on(self) -> None:
        until = QDeadlineTimer(STEP_MILLISECONDS)
        for _ in self._work:
            if until.hasExpired():
                return
        self._timer.stop()
