# SPDX-License-Identifier: AGPL-3.0-or-later
"""Token buckets, with a clock that the test moves."""

from __future__ import annotations

import pytest

from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.relay_api import ProblemCode
from relay_server import limits
from relay_server.errors import ProblemError
from relay_server.limits import Rate, RateLimiter


class SetClock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.moment = 1_000_000

    def __call__(self) -> UnixMillis:
        return UnixMillis(self.moment)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


def granted(limiter: RateLimiter, key: str, tries: int) -> int:
    """Return how many of `tries` requests are let through."""
    count = 0
    for _ in range(tries):
        try:
            limiter.require(key)
        except ProblemError:
            continue
        count += 1
    return count


def test_a_burst_is_let_through_and_no_more(clock: SetClock) -> None:
    limiter = RateLimiter(Rate(per_second=2, burst=5), clock=clock)
    assert granted(limiter, "one", 9) == 5
    assert granted(limiter, "other", 9) == 5


def test_what_is_used_comes_back_with_time(clock: SetClock) -> None:
    limiter = RateLimiter(Rate(per_second=2, burst=5), clock=clock)
    granted(limiter, "one", 5)
    for milliseconds, expected in ((499, 0), (1, 1), (1000, 2), (3_600_000, 5)):
        clock.moment += milliseconds
        assert granted(limiter, "one", 9) == expected


def test_the_refusal_says_when_to_come_again(clock: SetClock) -> None:
    limiter = RateLimiter(Rate(per_second=0.1, burst=1), clock=clock)
    limiter.require("one")
    with pytest.raises(ProblemError) as caught:
        limiter.require("one")
    assert caught.value.code is ProblemCode.TOO_MANY_REQUESTS
    wait_seconds = caught.value.members["retry_after"]
    clock.moment += wait_seconds * 1000
    limiter.require("one")


def test_a_clock_that_is_set_back_takes_nothing_away(clock: SetClock) -> None:
    limiter = RateLimiter(Rate(per_second=1, burst=3), clock=clock)
    limiter.require("one")
    clock.moment -= 500_000
    assert granted(limiter, "one", 9) == 2
    clock.moment += 1000
    assert granted(limiter, "one", 9) == 1


def test_the_least_lately_used_is_forgotten_first(
    clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_MAX_KEYS", 2)
    limiter = RateLimiter(Rate(per_second=0.001, burst=1), clock=clock)
    for key in ("one", "two"):
        limiter.require(key)
    assert granted(limiter, "one", 1) == 0
    limiter.require("three")
    assert granted(limiter, "one", 1) == 0
    assert granted(limiter, "two", 1) == 1
