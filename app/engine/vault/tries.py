# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wrong passphrases, counted in a file so that a restart does not end the wait after them.

The wait keeps who looks over a shoulder, or finds the computer alone for a minute, from trying what was
half seen. It is no protection against who copies the files: that is what Argon2id is for.
"""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Final

from app.engine.vault.durable import write_atomically
from crypto_core.errors import WireError
from crypto_core.wire.codec import Range, decode, encode
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import UnixMillis

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.ports.machine import Clock

WAITS_SECONDS: Final = (1, 2, 4, 8, 60)
"""After the first, second, … wrong passphrase; the last one also after all that follow."""
_MAX_COUNT: Final = 1_000_000
_MAX_BYTES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """How many wrong passphrases were typed since the last right one, and when the last of them was."""

    version: Version1
    count: Annotated[int, Range(1, _MAX_COUNT)]
    last_at: UnixMillis


class WrongTries:
    """The count of one profile."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._settled = path.with_name(f"{path.name}.settled")
        self._clock = clock

    def wait_seconds(self) -> int:
        """How long the next passphrase has to wait, in whole seconds; 0 if it need not."""
        tries = self._read(self._path)
        if tries is None:
            return 0
        wait_millis = WAITS_SECONDS[min(tries.count, len(WAITS_SECONDS)) - 1] * 1000
        passed = self._clock.now() - tries.last_at
        # A clock that was set back must not make the wait longer than it was.
        left = wait_millis - max(0, passed)
        return max(0, math.ceil(left / 1000))

    def add(self) -> int:
        """Count one more, and return the wait after it in seconds. A full disk is no reason to complain."""
        tries = self._read(self._path)
        count = min(_MAX_COUNT, 1 if tries is None else tries.count + 1)
        # The right passphrase still opens when nothing can be written, so the count may be lost.
        with contextlib.suppress(OSError):
            write_atomically(
                self._path, encode(Tries(version=1, count=count, last_at=self._clock.now()))
            )
        return self.wait_seconds()

    def settle(self) -> None:
        """The right passphrase was typed: nobody waits any more; the count is kept until it is in the journal."""
        tries, before = self._read(self._path), self._read(self._settled)
        with contextlib.suppress(OSError):
            if tries is not None:
                count = min(_MAX_COUNT, tries.count + (0 if before is None else before.count))
                write_atomically(self._settled, encode(replace(tries, count=count)))
            self._path.unlink(missing_ok=True)

    def settled(self) -> int:
        """How many there were before the right one, and are not forgotten."""
        tries = self._read(self._settled)
        return 0 if tries is None else tries.count

    def forget(self) -> None:
        """Those before the right one are in the journal."""
        with contextlib.suppress(OSError):
            self._settled.unlink(missing_ok=True)

    def _read(self, path: Path) -> Tries | None:
        try:
            with path.open("rb") as file:
                return decode(Tries, file.read(_MAX_BYTES))
        except (OSError, WireError):
            return None
