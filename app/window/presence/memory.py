# SPDX-License-Identifier: AGPL-3.0-or-later
"""When this process frees memory: cycles between events, and everything, overwritten, at a lock."""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPixmapCache

from app.allocation import fill_gaps

COLLECT_MILLISECONDS: Final = 1_000


class Collector(QObject):
    """Collects Python's cycles between events, in the thread of the window, and nowhere else.

    By itself Python collects wherever something is allocated: in a thread that speaks with the engine, which
    must not end widgets, or while Qt goes through a list of widgets that would then be gone.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=COLLECT_MILLISECONDS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due, as Python would have done."""
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if any(due):
            gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))


def give_back() -> None:
    """Free what nobody needs any more, drawn pictures included, and overwrite it (`app/allocation.py`)."""
    QPixmapCache.clear()
    gc.collect()
    fill_gaps()
