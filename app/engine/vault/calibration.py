# SPDX-License-Identifier: AGPL-3.0-or-later
"""How much memory this computer can afford for Argon2id: never less than the least, more where it is quick."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from crypto_core.keys.derivation import stretch
from crypto_core.wire.limits import MIB, STRETCH_LEAST_MEMORY_BYTES, STRETCH_LEAST_PASSES

if TYPE_CHECKING:
    from app.engine.ports.machine import Clock

TARGET_SECONDS: Final = 0.6
"""What unlocking may take; a person waits for it many times a day."""
MOST_MEMORY_BYTES: Final = 1024 * MIB
SHARE_OF_MEMORY: Final = 16
"""At most this part of the computer's memory, so that a vault made on an idle day opens on a busy one."""
_SALT: Final = bytes(16)


def affordable_memory(clock: Clock) -> int:
    """Measure one stretch with the least parameters and return the bytes to ask for. Takes as long as that.

    Raises StretchError when not even the least is there.
    """
    began = clock.monotonic()
    # Of nothing secret: only the time counts.
    stretch("", salt=_SALT, memory_bytes=STRETCH_LEAST_MEMORY_BYTES, passes=STRETCH_LEAST_PASSES)
    return memory_for(clock.monotonic() - began, physical_bytes=physical_memory())


def memory_for(least_seconds: float, *, physical_bytes: int | None) -> int:
    """Return the largest doubling of the least memory that stays within the target and the computer.

    `least_seconds` is what the least takes; `physical_bytes` is None where it is not known.
    """
    ceiling = MOST_MEMORY_BYTES
    if physical_bytes is not None:
        ceiling = min(ceiling, physical_bytes // SHARE_OF_MEMORY)
    memory, seconds = STRETCH_LEAST_MEMORY_BYTES, least_seconds
    # A clock that did not move says nothing.
    while seconds > 0 and 2 * seconds <= TARGET_SECONDS and 2 * memory <= ceiling:
        memory, seconds = 2 * memory, 2 * seconds
    return memory


def physical_memory() -> int | None:
    """Bytes of memory of this computer, None where the system does not say in this way (Windows)."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
