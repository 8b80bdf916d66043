# SPDX-License-Identifier: AGPL-3.0-or-later
"""A whole relay inside the test process, over a real PostgreSQL, with a clock that the test moves."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import httpx
import psycopg

from crypto_core.wire.audit import (
    AuditLeaf,
    AuditStatement,
    FactorsChanged,
    SessionsEnded,
    SignInAttempt,
    Verb,
)
from crypto_core.wire.codec import decode
from relay_server.accounts.invitations import invite
from relay_server.config import ListenAddress, RelayConfig
from relay_server.data_folder import DataFolder
from relay_server.database.access import DatabaseLogin, ensure_database, prepare
from relay_server.database.embedded import SUPERUSER
from relay_server.database.pool import Database, open_database
from relay_server.limits import Rate, RateLimits
from relay_server.relay import Relay, running_relay
from tests.fakes.machine import FakeClock
from tests.integration.signed_in_device import SignedInDevice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from relay_server.database.embedded import ServerAddress

Said: TypeAlias = SignInAttempt | SessionsEnded | FactorsChanged
"""What the relay's own chain says about an account."""

PUBLIC_URL: Final = "https://relay.example"
_NO_LIMIT: Final = Rate(per_second=1e9, burst=1e9)
_WITHOUT_LIMITS: Final = RateLimits(
    address=_NO_LIMIT, device=_NO_LIMIT, registration=_NO_LIMIT, sign_in=_NO_LIMIT
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a relay keeps what outlives it: a data folder and a database of its own."""

    folder: DataFolder
    login: DatabaseLogin
    superuser_url: str

    @contextlib.asynccontextmanager
    async def open(self, clock: FakeClock) -> AsyncIterator[Bench]:
        """Run a relay, or one more of them: replicas share the site."""
        config = RelayConfig(
            data=self.folder.path,
            listen=ListenAddress(host="127.0.0.1", port=0),
            rates=_WITHOUT_LIMITS,
        )
        async with (
            open_database(self.login) as database,
            running_relay(
                config, self.folder, database, public_url=PUBLIC_URL, clock=clock.now
            ) as relay,
        ):
            yield Bench(relay=relay, database=database, clock=clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A running relay, and its clock."""

    relay: Relay
    database: Database
    clock: FakeClock

    def http(self, address: str = "192.0.2.1") -> httpx.AsyncClient:
        """Return a client at an address."""
        transport = httpx.ASGITransport(self.relay.application, client=(address, 50_000))
        return httpx.AsyncClient(transport=transport)

    async def invite(self) -> str:
        """Return an invitation code."""
        return await invite(self.database, life=timedelta(days=1), clock=self.clock.now)

    def stranger(self, address: str = "192.0.2.1") -> SignedInDevice:
        """Return a device that is not registered."""
        return SignedInDevice.invent(self.http(address), PUBLIC_URL, self.clock)

    async def member(self, address: str = "192.0.2.1") -> SignedInDevice:
        """Return a registered device that has not signed in."""
        device = self.stranger(address)
        response = await device.register(await self.invite())
        assert response.status_code == 200, response.text
        return device

    async def guest(self) -> SignedInDevice:
        """Return a device that has signed in."""
        device = await self.member()
        await device.sign_in()
        return device

    async def said(self, device: SignedInDevice) -> list[Said]:
        """Return what the relay's chain says about an account, in order, once nothing waits any more."""
        await self.relay.sign_in.journal.report_waiting()
        async with self.database.session() as session:
            rows = await session.fetch("SELECT leaf FROM audit_entry ORDER BY leaf_index")
        said: list[Said] = []
        for row in rows:
            statement = decode(AuditStatement, decode(AuditLeaf, row["leaf"]).statement)
            if statement.verb is Verb.SIGN_IN:
                said.append(decode(SignInAttempt, statement.content))
            elif statement.verb is Verb.SESSIONS_ENDED:
                said.append(decode(SessionsEnded, statement.content))
            elif statement.verb is Verb.FACTORS_CHANGED:
                said.append(decode(FactorsChanged, statement.content))
        return [each for each in said if each.account == device.caller.account]


def new_site(postgres: ServerAddress, folder: Path) -> Site:
    """Return a fresh data folder and database."""
    name = f"sign_in_{secrets.token_hex(6)}"
    ensure_database(postgres.url(SUPERUSER), name)
    url = postgres.url(name)
    login = prepare(url, password=secrets.token_hex(16))
    return Site(folder=DataFolder.prepare(folder), login=login, superuser_url=url)


def rows_of(site: Site, query: str) -> list[tuple[Any, ...]]:
    """Return what a superuser reads in the relay's tables."""
    with psycopg.connect(site.superuser_url) as connection:
        connection.execute("SET search_path = relay")
        return connection.execute(query.encode()).fetchall()
