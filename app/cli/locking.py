# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asks the window of a profile to lock. Imports `app.paths` only."""

from __future__ import annotations

import time
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from app.paths import lock_request, window_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_STEP_SECONDS: Final = 0.05
_STEPS: Final = 300


class Locked(Enum):
    """What came of it."""

    DONE = auto()
    NOTHING_OPEN = auto()
    NO_ANSWER = auto()


def lock_window(profile: Path, *, wait: Callable[[float], None] = time.sleep) -> Locked:
    """Ask, and wait up to 15 seconds for the answer: a letter that is being written is kept first."""
    if not window_lock(profile).exists():
        return Locked.NOTHING_OPEN
    request = lock_request(profile)
    request.touch(mode=0o600)
    for _ in range(_STEPS):
        if not request.exists():
            return Locked.DONE
        wait(_STEP_SECONDS)
    request.unlink(missing_ok=True)
    return Locked.NO_ANSWER
