# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relays that the contract is tested on."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import socket
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

import pytest

from app.engine.main import SystemClock
from app.engine.network.http_relay import HttpRelays
from crypto_core.wire.enrolment import Enrolment
from relay_server.accounts.invitations import invite
from relay_server.audit.timestamping import Timestamper
from relay_server.config import AuthorityConfig, ListenAddress, RelayConfig
from relay_server.data_folder import DataFolder
from relay_server.database.access import ensure_database, prepare
from relay_server.database.embedded import (
    SUPERUSER,
    EmbeddedPostgres,
    ServerAddress,
    bundled_programs,
)
from relay_server.database.pool import open_database
from relay_server.relay import running_relay as relay_of
from relay_server.tls import prepare_certificate, server_context
from relay_server.web.server import RelayServer
from tests.contract.practitioner import Practitioner
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.machine import FakeClock
from tests.fakes.timestamp_authority import LyingAuthority, served
from tests.integration.relay_process import RelayProcess, running_relay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from app.engine.ports.machine import Clock
    from app.engine.ports.relay import Caller, Relay
    from crypto_core.wire.ids import UnixMillis

    HaveTimestamped: TypeAlias = Callable[[LyingAuthority], Awaitable[None]]


class RelayUnderTest(Protocol):
    """A relay, and what its administrator can do."""

    @property
    def enrolment(self) -> Enrolment:
        """Where it is, and its pins."""

    @property
    def clock(self) -> Clock:
        """The clock of devices."""

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

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._relay = FakeRelay(now=self.now, random_bytes=self.random_bytes)

    @property
    def enrolment(self) -> Enrolment:
        return self._relay.enrolment

    @property
    def clock(self) -> Clock:
        return self._clock

    def invite(self) -> str:
        return self._relay.invite()

    def connect(self, caller: Caller) -> Relay:
        return self._relay.connect(self.enrolment, caller)

    async def have_timestamped(self, authority: LyingAuthority) -> None:
        """Have an outside authority timestamp the log as it is."""
        self._relay.stamp(authority, at=datetime.fromtimestamp(self.now() / 1000, UTC))

    def now(self) -> UnixMillis:
        return self._clock.now()

    def random_bytes(self, count: int, /) -> bytes:
        return secrets.token_bytes(count)


class RelayOverTheWire:
    """The real one, in a process of its own, spoken to by the adapter of the product."""

    def __init__(self, process: RelayProcess) -> None:
        self._process = process
        self._clock = SystemClock()
        self._factory = HttpRelays(clock=self._clock, random_bytes=secrets.token_bytes)

    @property
    def enrolment(self) -> Enrolment:
        return self._process.enrolment

    @property
    def clock(self) -> Clock:
        return self._clock

    def invite(self) -> str:
        return self._process.invite()

    def connect(self, caller: Caller) -> Relay:
        return self._factory(self.enrolment, caller)

    def now(self) -> UnixMillis:
        return self._clock.now()

    def random_bytes(self, count: int, /) -> bytes:
        return secrets.token_bytes(count)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOfThisProcess:
    """The real one in this process, over a real socket and database, with a clock that a test moves."""

    enrolment: Enrolment
    clock: FakeClock
    factory: HttpRelays
    invitations: list[str]
    timestamper: Timestamper

    async def have_timestamped(self, _: LyingAuthority) -> None:
        """Have the configured authority timestamp the log as it is."""
        assert await self.timestamper.stamp() == 1

    def invite(self) -> str:
        return self.invitations.pop()

    def connect(self, caller: Caller) -> Relay:
        return self.factory(self.enrolment, caller)

    def now(self) -> UnixMillis:
        return self.clock.now()

    def random_bytes(self, count: int, /) -> bytes:
        return secrets.token_bytes(count)


@asynccontextmanager
async def relay_of_this_process(
    server: ServerAddress, data: Path, clock: FakeClock, authority: AuthorityConfig | None = None
) -> AsyncIterator[RelayOfThisProcess]:
    """Serve a relay from here over a fresh database."""
    name = f"contract_{secrets.token_hex(6)}"
    ensure_database(server.url(SUPERUSER), name)
    login = prepare(server.url(name), password=secrets.token_hex(16))
    folder = DataFolder.prepare(data)
    config = RelayConfig(
        data=data, listen=ListenAddress(host="127.0.0.1", port=0), timestamps=authority
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        pin = prepare_certificate(folder, host="127.0.0.1", clock=SystemClock().now)
        async with (
            open_database(login) as database,
            relay_of(config, folder, database, public_url=url, clock=clock.now) as relay,
        ):
            ready = asyncio.Event()
            serving = RelayServer(
                relay.application,
                context=server_context(folder),
                on_ready=ready.set,
                on_stop=relay.events.close,
            )
            task = asyncio.create_task(serving.serve([listening]))
            await ready.wait()
            life = timedelta(days=365)
            yield RelayOfThisProcess(
                enrolment=Enrolment(
                    version=1, url=url, spki_sha256=pin, log_keys=relay.log.log_keys
                ),
                clock=clock,
                factory=HttpRelays(clock=clock, random_bytes=secrets.token_bytes),
                invitations=[await invite(database, life=life, clock=clock.now) for _ in range(6)],
                timestamper=relay.timestamper,
            )
            serving.should_exit = True
            await task


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[ServerAddress]:
    """A database server for the relays of this process."""
    folder = Path(tempfile.mkdtemp(prefix="contract-"))
    server = EmbeddedPostgres(folder / "postgresql", programs=bundled_programs())
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder)


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


@pytest.fixture
def clock() -> FakeClock:
    """The clock of relay and devices, where a test has to let time pass; it begins now."""
    return FakeClock(SystemClock().now())


@pytest.fixture(params=["in memory", "over the wire"])
async def people_in_time(
    request: pytest.FixtureRequest, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Iterator[Practitioner]]:
    """An endless supply of practitioners at a relay whose clock the test moves."""
    if request.param == "in memory":
        async with endless_people(RelayInMemory(clock)) as supply:
            yield supply
        return
    server = request.getfixturevalue("postgres_server")
    async with (
        relay_of_this_process(server, tmp_path / "data", clock) as relay,
        endless_people(relay) as supply,
    ):
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


@pytest.fixture(params=["in memory", "over the wire"])
async def people_and_authority(
    request: pytest.FixtureRequest, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[tuple[Iterator[Practitioner], LyingAuthority, HaveTimestamped]]:
    """Practitioners at a relay that an outside authority timestamps when the test says so."""
    authority = LyingAuthority()
    if request.param == "in memory":
        fake = RelayInMemory(clock)
        async with endless_people(fake) as supply:
            yield supply, authority, fake.have_timestamped
        return
    server = request.getfixturevalue("postgres_server")
    now = datetime.fromtimestamp(clock.now() / 1000, UTC)
    with served(lambda asked: authority.answer(asked, at=now)) as url:
        config = AuthorityConfig(url=url, certificates=authority.authorities)
        async with (
            relay_of_this_process(server, tmp_path / "data", clock, config) as relay,
            endless_people(relay) as supply,
        ):
            yield supply, authority, relay.have_timestamped
