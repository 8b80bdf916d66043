# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relays that the contract is tested on."""

from __future__ import annotations

import secrets
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

import pytest

from app.engine.main import SystemClock
from app.engine.network.http_relay import HttpRelays
from crypto_core.wire.ids import UnixMillis
from tests.contract.practitioner import Practitioner
from tests.fakes.fake_relay import FakeRelay
from tests.integration.relay_process import RelayProcess, running_relay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

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


class RelayOverTheWire:
    """The real one, in a process of its own, spoken to by the adapter of the product."""

    def __init__(self, process: RelayProcess) -> None:
        self._process = process
        self._factory = HttpRelays(clock=SystemClock(), random_bytes=secrets.token_bytes)

    @property
    def enrolment(self) -> Enrolment:
        return self._process.enrolment

    def invite(self) -> str:
        return self._process.invite()

    def connect(self, caller: Caller) -> Relay:
        return self._factory(self.enrolment, caller)

    def now(self) -> UnixMillis:
        return UnixMillis(time.time_ns() // 1_000_000)

    def random_bytes(self, count: int, /) -> bytes:
        return secrets.token_bytes(count)


@pytest.fixture(scope="session")
def relay_process() -> Iterator[RelayProcess]:
    """One real relay for all tests of the contract; each brings accounts of its own."""
    with running_relay() as process:
        yield process


@pytest.fixture(params=["in memory", "over the wire"])
def relay_under_test(request: pytest.FixtureRequest) -> RelayUnderTest:
    """Every relay there is, one after the other."""
    if request.param == "in memory":
        return RelayInMemory()
    return RelayOverTheWire(request.getfixturevalue("relay_process"))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def endless_people(relay: RelayUnderTest) -> AsyncIterator[Iterator[Practitioner]]:
    """Yield practitioners, not registered yet, as many as are asked for."""
    made: list[Practitioner] = []

    def supply() -> Iterator[Practitioner]:
        while True:
            made.append(Practitioner(relay))
            yield made[-1]

    yield supply()
    for practitioner in made:
        await practitioner.close()


@pytest.fixture
async def people(relay_under_test: RelayUnderTest) -> AsyncIterator[Iterator[Practitioner]]:
    """An endless supply of practitioners, not registered yet."""
    async with endless_people(relay_under_test) as supply:
        yield supply


@pytest.fixture(params=["in memory", "over the wire"])
async def people_alone(
    request: pytest.FixtureRequest,
) -> AsyncIterator[Iterator[Practitioner]]:
    """The same at a relay of their own: strangers behind one address are slowed down together."""
    if request.param == "in memory":
        async with endless_people(RelayInMemory()) as supply:
            yield supply
        return
    with running_relay() as process:
        async with endless_people(RelayOverTheWire(process)) as supply:
            yield supply
