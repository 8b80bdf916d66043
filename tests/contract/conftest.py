# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relays that the contract is tested on."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Protocol

import pytest

from crypto_core.wire.ids import UnixMillis
from tests.fakes.fake_relay import FakeRelay

if TYPE_CHECKING:
    from app.engine.ports.relay import Caller, Relay
    from crypto_core.wire.enrolment import Enrolment


class RelayUnderTest(Protocol):
    """A relay, and what its administrator can do."""

    @property
    def enrolment(self) -> Enrolment:
        """Where it is, and its pins."""

    def invite(self) -> str:
        """Return a fresh invitation code."""

    def connect(self, caller: Caller) -> Relay:
        """Return a connection for a device."""

    def now(self) -> UnixMillis:
        """Return the time that relay and devices agree on."""

    def random_bytes(self, count: int, /) -> bytes:
        """Return randomness."""


class RelayInMemory:
    """The fake one."""

    def __init__(self) -> None:
        self._relay = FakeRelay(now=self.now, random_bytes=self.random_bytes)

    @property
    def enrolment(self) -> Enrolment:
        return self._relay.enrolment

    def invite(self) -> str:
        return self._relay.invite()

    def connect(self, caller: Caller) -> Relay:
        return self._relay.connect(self.enrolment, caller)

    def now(self) -> UnixMillis:
        return UnixMillis(time.time_ns() // 1_000_000)

    def random_bytes(self, count: int, /) -> bytes:
        return secrets.token_bytes(count)


@pytest.fixture(params=["in memory"])
def relay_under_test(request: pytest.FixtureRequest) -> RelayUnderTest:
    """Every relay there is, one after the other."""
    del request
    return RelayInMemory()
