# SPDX-License-Identifier: AGPL-3.0-or-later
"""Remembers the proofs of a window of time, so that none of them counts twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.wire.relay_api import ProblemCode
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from relay_server.clock import Clock

_MAX_REMEMBERED: Final = 500_000


class SeenProofs:
    """Names of proofs in two generations, each as old as a proof can get; the older one is then dropped."""

    def __init__(self, *, window_seconds: int, clock: Clock) -> None:
        self._window_ms = window_seconds * 1000
        self._clock = clock
        self._since = clock()
        self._current: set[bytes] = set()
        self._previous: set[bytes] = set()

    def require_new(self, name: bytes) -> None:
        """Remember a proof. Raises ProblemError when it was seen before, or when there are too many."""
        now = self._clock()
        if not 0 <= now - self._since < self._window_ms:
            self._previous, self._current, self._since = self._current, set(), now
        if name in self._current or name in self._previous:
            raise ProblemError(ProblemCode.PROOF_REPLAYED, "the DPoP proof was used before")
        if len(self._current) >= _MAX_REMEMBERED:
            raise ProblemError(ProblemCode.UNAVAILABLE, "too many requests to keep apart")
        self._current.add(name)
