# SPDX-License-Identifier: AGPL-3.0-or-later
"""Remembers the proofs of a window of time, so that none of them counts twice.

Devices with a token and everybody else have room of their own, and no one of either fills it alone: proofs cost a
stranger nothing, and must not take the relay from those who have a session.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crypto_core.wire.relay_api import ProblemCode
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from relay_server.clock import Clock


@dataclass(slots=True, kw_only=True)
class _Room:
    """How many proofs of a kind of caller are remembered, and by whom."""

    most: int
    most_each: int
    taken: int = 0
    by_whom: Counter[bytes | str] = field(default_factory=Counter)


_DEVICES: Final = (400_000, 32_000)
"""At most, and of each: what a device's rate allows in the window (`RateLimits.device`)."""
_STRANGERS: Final = (200_000, 8_000)
"""Of each address: more than the rates of registration, sign-in and links come to."""


class SeenProofs:
    """Names of proofs in two generations, each as old as a proof can get; the older one is then dropped."""

    def __init__(self, *, window_seconds: int, clock: Clock) -> None:
        self._window_ms = window_seconds * 1000
        self._clock = clock
        self._previous: set[bytes] = set()
        self._begin(clock())

    def require_new(self, name: bytes, *, device: bytes) -> None:
        """Remember a proof of a listed device, or of who recovers an account, by the key or number that it has.

        Raises ProblemError when it was seen before, or when there are too many.
        """
        now = self._turn_over()
        self._remember(name, device, self._devices, now)

    def require_new_of_stranger(self, name: bytes, *, network: str) -> None:
        """Remember a proof by a key that is nobody's yet, by the address that it comes from. Raises ProblemError."""
        now = self._turn_over()
        self._remember(name, network, self._strangers, now)

    def _begin(self, now: int) -> None:
        self._since = now
        self._current: set[bytes] = set()
        self._devices = _Room(most=_DEVICES[0], most_each=_DEVICES[1])
        self._strangers = _Room(most=_STRANGERS[0], most_each=_STRANGERS[1])

    def _turn_over(self) -> int:
        """Begin another generation if the last one is as old as a proof can get; return the time."""
        now = self._clock()
        if not 0 <= now - self._since < self._window_ms:
            self._previous = self._current
            self._begin(now)
        return now

    def _remember(self, name: bytes, whose: bytes | str, room: _Room, now: int) -> None:
        if name in self._current or name in self._previous:
            raise ProblemError(ProblemCode.PROOF_REPLAYED, "the DPoP proof was used before")
        if room.by_whom[whose] >= room.most_each:
            raise ProblemError(
                ProblemCode.TOO_MANY_REQUESTS,
                "too many requests to keep apart",
                retry_after=(self._window_ms - (now - self._since)) // 1000 + 1,
            )
        if room.taken >= room.most:
            raise ProblemError(ProblemCode.UNAVAILABLE, "too many requests to keep apart")
        self._current.add(name)
        room.taken += 1
        room.by_whom[whose] += 1
