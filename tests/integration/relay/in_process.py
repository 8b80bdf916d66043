# SPDX-License-Identifier: AGPL-3.0-or-later
"""A relay inside the test's process, over a real database, with a clock that the test sets."""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx

from app.engine.network.dpop import HEADER, ProofMaker
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import UnixMillis, UtcOffsetMinutes
from crypto_core.wire.prekeys import PrekeyBundle
from crypto_core.wire.relay_api import (
    CBOR,
    PATH_ACCOUNTS,
    PATH_ACKNOWLEDGE,
    PATH_ENVELOPES,
    PATH_MAILBOX,
    PATH_PREKEY_CLAIM,
    PATH_PREKEYS,
    AcknowledgeRequest,
    LogReceipt,
    MailboxPage,
    PostEnvelopeRequest,
    PrekeyClaimRequest,
    PrekeyStatus,
    PrekeyUpload,
    ProblemCode,
)
from relay_server.accounts.invitations import invite
from relay_server.clock import system_clock
from relay_server.config import ListenAddress, RelayConfig
from relay_server.data_folder import DataFolder
from relay_server.database.pool import Database, open_database
from relay_server.limits import RateLimits
from relay_server.relay import Relay, running_relay
from tests.contract.relay_callers import RelayCaller
from tests.integration.signed_in_device import SignedInDevice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from relay_server.config import AuthorityConfig
    from relay_server.database.access import DatabaseLogin

T = TypeVar("T")

URL: Final = "https://relay.example"


@dataclass(slots=True)
class SetClock:
    """A clock that stands still until the test moves it; it begins at the present."""

    moment: int = field(default_factory=system_clock)

    def __call__(self) -> UnixMillis:
        return UnixMillis(self.moment)

    def now(self) -> UnixMillis:
        """Return the time, as the client's port calls it."""
        return UnixMillis(self.moment)

    def utc_offset(self) -> UtcOffsetMinutes:
        """Return no difference."""
        return UtcOffsetMinutes(0)

    def monotonic(self) -> float:
        """Return the time in seconds."""
        return self.moment / 1000

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Let time pass."""
        self.moment += int((days * 86_400 + seconds) * 1000)


class RefusedError(Exception):
    """The relay answered with a problem."""

    def __init__(self, response: httpx.Response) -> None:
        problem: dict[str, Any] = response.json()
        super().__init__(problem)
        self.status = response.status_code
        self.code = ProblemCode(problem["code"])
        self.problem = problem


@dataclass(slots=True)
class RunningRelay:
    """A relay, its database and its clock."""

    relay: Relay
    database: Database
    clock: SetClock
    folder: DataFolder

    def client(self) -> httpx.AsyncClient:
        """Return a client of the application, without a socket in between."""
        transport = httpx.ASGITransport(self.relay.application)
        return httpx.AsyncClient(transport=transport, base_url=URL)

    def invent(self) -> Device:
        """Return a device that is not registered."""
        caller = RelayCaller.invent(now=self.clock.now, random_bytes=os.urandom)
        return Device(relay=self, caller=caller)

    async def device(self) -> Device:
        """Return a registered device with an account of its own."""
        device = self.invent()
        await device.register()
        return device


@dataclass(slots=True)
class Device:
    """A device and what it asks of the relay."""

    relay: RunningRelay
    caller: RelayCaller
    sign_in: SignedInDevice | None = None
    """What it signs in with, once it is registered."""
    signing_in: asyncio.Lock = field(default_factory=asyncio.Lock)

    def proof(self, method: str, path: str) -> str:
        """Return the value of a DPoP header, for the access token if there is one."""
        maker = ProofMaker(
            caller=self.caller.caller, clock=self.relay.clock, random_bytes=os.urandom
        )
        return maker.prove(method, URL + path, access_token=self.access_token)

    def credentials(self, method: str, path: str) -> dict[str, str]:
        """Return the headers that show who asks: a proof, and the access token if there is one."""
        shown = {HEADER: self.proof(method, path)}
        if self.access_token is not None:
            shown["Authorization"] = f"DPoP {self.access_token}"
        return shown

    @property
    def access_token(self) -> str | None:
        """The newest access token."""
        return None if self.sign_in is None else self.sign_in.access_token

    async def ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        kind: str = CBOR,
        headers: dict[str, str] | None = None,
        query: dict[str, str | int] | None = None,
    ) -> httpx.Response:
        """Make a request with a proof, in a session that is begun anew when it is over. Raises RefusedError."""
        token = self.access_token
        try:
            return await self._ask(method, path, content, kind, headers or {}, query)
        except RefusedError as refused:
            if refused.code is not ProblemCode.SIGN_IN_NEEDED or self.sign_in is None:
                raise
        async with self.signing_in:
            if token == self.access_token:
                await self.sign_in.sign_in()
        return await self._ask(method, path, content, kind, headers or {}, query)

    async def _ask(
        self,
        method: str,
        path: str,
        content: bytes | None,
        kind: str,
        headers: dict[str, str],
        query: dict[str, str | int] | None,
    ) -> httpx.Response:
        sent = self.credentials(method, path)
        if content is not None:
            sent["Content-Type"] = kind
        async with self.relay.client() as client:
            response = await client.request(
                method, path, content=content, headers=sent | headers, params=query
            )
        if not response.is_success:
            raise RefusedError(response)
        return response

    async def send(self, method: str, path: str, request: object, answer: type[T]) -> T:
        """Make a request with an encoded body and decode the answer. Raises RefusedError."""
        response = await self.ask(method, path, content=encode(request))
        return decode(answer, response.content)

    async def register(self) -> LogReceipt:
        """Create the account, and sign in to it: three leaves in the log, one of them about the map of keys."""
        code = await invite(self.relay.database, life=timedelta(days=1), clock=self.relay.clock)
        sign_in = SignedInDevice(
            http=self.relay.client(), public_url=URL, clock=self.relay.clock, caller=self.caller
        )
        request = self.caller.registration(code, sign_in=await sign_in.set_up(code))
        receipt = await self.send("POST", PATH_ACCOUNTS, request, LogReceipt)
        await sign_in.sign_in()
        self.sign_in = sign_in
        return receipt

    async def post(self, request: PostEnvelopeRequest) -> LogReceipt:
        """Hand over an envelope."""
        return await self.send("POST", PATH_ENVELOPES, request, LogReceipt)

    async def post_to(self, *recipients: Device, life_seconds: int = 86_400) -> LogReceipt:
        """Hand over a new envelope."""
        return await self.post(self.letter_to(*recipients, life_seconds=life_seconds))

    def letter_to(self, *recipients: Device, life_seconds: int = 86_400) -> PostEnvelopeRequest:
        """Return a request with a new envelope, and count its statement as made."""
        callers = [each.caller for each in recipients]
        return self.caller.posting(*self.caller.envelope(*callers, life_seconds=life_seconds))

    async def mailbox(self, *, after: int = 0, limit: int = 100) -> MailboxPage:
        """Read what waits."""
        response = await self.ask("GET", PATH_MAILBOX, query={"after": after, "limit": limit})
        return decode(MailboxPage, response.content)

    async def acknowledge(self, *cursors: int) -> None:
        """Say what is committed."""
        content = encode(AcknowledgeRequest(cursors=cursors))
        await self.ask("POST", PATH_ACKNOWLEDGE, content=content)

    async def upload_prekeys(self, upload: PrekeyUpload) -> PrekeyStatus:
        """Publish prekeys."""
        return await self.send("PUT", PATH_PREKEYS, upload, PrekeyStatus)

    async def prekey_status(self) -> PrekeyStatus:
        """Read what is left of the prekeys."""
        return decode(PrekeyStatus, (await self.ask("GET", PATH_PREKEYS)).content)

    async def claim(self, other: Device, *, one_time: bool = True) -> PrekeyBundle:
        """Take prekeys of another account."""
        path = PATH_PREKEY_CLAIM.format(account=other.caller.account.hex())
        request = PrekeyClaimRequest(one_time=one_time, devices=())
        return await self.send("POST", path, request, PrekeyBundle)


@contextlib.asynccontextmanager
async def relay_over(
    login: DatabaseLogin,
    folder: Path,
    *,
    clock: SetClock | None = None,
    rates: RateLimits | None = None,
    quota_bytes: int = 2**30,
    timestamps: AuthorityConfig | None = None,
) -> AsyncIterator[RunningRelay]:
    """Run a relay over a database, in a folder, until the end of the block."""
    clock = clock or SetClock()
    config = RelayConfig(
        data=folder,
        listen=ListenAddress(host="127.0.0.1", port=0),
        rates=rates or RateLimits(),
        blob_quota_bytes=quota_bytes,
        timestamps=timestamps,
    )
    data = DataFolder.prepare(folder)
    async with (
        open_database(login) as database,
        running_relay(config, data, database, public_url=URL, clock=clock) as relay,
    ):
        yield RunningRelay(relay, database, clock, data)
