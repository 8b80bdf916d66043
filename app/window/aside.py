# SPDX-License-Identifier: AGPL-3.0-or-later
"""Work that would keep the window waiting, on a thread of its own; what comes of it is heard on the main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QThreadPool, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class _Errand(QObject):
    """Something that a thread does, and who hears of it here."""

    done = Signal(object)

    def __init__(self, owner: QObject, then: Callable[[Any], None]) -> None:
        super().__init__()
        self._owner = owner
        self._then = then
        self.done.connect(self._end)
        _RUNNING.add(self)

    def _end(self, result: object) -> None:
        _RUNNING.discard(self)
        if shiboken6.isValid(self._owner):
            self._then(result)


_RUNNING: Final[set[_Errand]] = set()
"""Kept until they are done."""


def aside(work: Callable[[], T], owner: QObject, then: Callable[[T], None]) -> None:
    """Do `work`, which must not raise, on a thread, and call `then` with its result later; not when `owner` is gone."""
    errand = _Errand(owner, then)
    QThreadPool.globalInstance().start(lambda: errand.done.emit(work()))
