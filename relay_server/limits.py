# SPDX-License-Identifier: AGPL-3.0-or-later
"""How often somebody may ask: token buckets in memory, one per key, with an injected clock."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crypto_core.wire.relay_api import ProblemCode
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Hashable

    from relay_server.clock import Clock

_MAX_KEYS: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many requests a second in the long run, and `burst` at once."""

    per_second: float
    burst: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """The rates of this relay. A practice behind one address has several devices, each with its own rate."""

    address: Rate = Rate(per_second=200, burst=2000)
    device: Rate = Rate(per_second=50, burst=1000)
    registration: Rate = Rate(per_second=2, burst=200)
    """Attempts to register, by address."""
    sign_in: Rate = Rate(per_second=5, burst=200)
    """Requests of sign-ins and renewals, by listed device, or by address for all other keys."""
    key_change: Rate = Rate(per_second=1 / 60, burst=60)
    """Publications of key events, by account: each stays in its history for ever."""
    link_opening: Rate = Rate(per_second=1 / 60, burst=20)
    """Links that are opened, by account."""
    link: Rate = Rate(per_second=5, burst=200)
    """Requests about links without a session, by address: a computer that waits asks again and again."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: int


class RateLimiter:
    """Buckets by key; the one that was least lately used is forgotten first, and is then full again."""

    def __init__(self, rate: Rate, *, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def require(self, key: Hashable) -> None:
        """Take one token. Raises ProblemError with `retry_after` (seconds) when there is none."""
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._rate.burst, now)
            if len(self._buckets) > _MAX_KEYS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
            # A clock that is set back takes nothing away.
            elapsed_seconds = max(0, now - bucket.filled_at) / 1000
            refilled = bucket.tokens + elapsed_seconds * self._rate.per_second
            bucket.tokens = min(self._rate.burst, refilled)
            bucket.filled_at = now
        if bucket.tokens < 1:
            wait_seconds = (1 - bucket.tokens) / self._rate.per_second
            raise ProblemError(
                ProblemCode.TOO_MANY_REQUESTS,
                "too many requests",
                retry_after=int(wait_seconds) + 1,
            )
        bucket.tokens -= 1
