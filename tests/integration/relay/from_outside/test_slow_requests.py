# SPDX-License-Identifier: AGPL-3.0-or-later
"""Connections on which time passes: a loop whose clock the test moves on, and real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from app.engine.network.pinned_tls import pinned_context
from crypto_core.wire.limits import KIB
from relay_server.clock import system_clock
from relay_server.tls import prepare_certificate, server_context
from relay_server.web.server import BoundedProtocol, RelayServer
from tests.integration.relay.from_outside.visitor import until
from tests.integration.relay.in_process import RunningRelay, relay_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import Device

pytestmark = pytest.mark.anyio

REQUEST_SECONDS: Final = 60
KEEP_ALIVE_SECONDS: Final = 75
SIGN_OF_LIFE_SECONDS: Final = 15


class MovableLoop(asyncio.SelectorEventLoop):
    """A loop that believes that time has passed."""

    _moved = 0.0

    def time(self) -> float:
        return super().time() + self._moved

    def move(self, seconds: float) -> None:
        """Let time pass for everything that waits in this loop."""
        self._moved += seconds


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": MovableLoop}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A relay behind a real socket in this process."""

    relay: RunningRelay
    server: RelayServer
    address: tuple[str, int]
    context: ssl.SSLContext

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Open a connection, and make sure that the relay has noticed."""
        before = set(self.server.server_state.connections)
        reader, writer = await asyncio.open_connection(*self.address, ssl=self.context)
        await until_true(lambda: len(self.server.server_state.connections - before) == 1)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    def protocol(self) -> BoundedProtocol:
        """Return the relay's side of the one connection."""
        (found,) = self.server.server_state.connections
        assert isinstance(found, BoundedProtocol)
        return found


async def until_true(look: Callable[[], object]) -> None:
    """Look until it is so."""

    async def is_so() -> bool:
        return bool(look())

    await until(is_so)


@pytest.fixture
async def served(database: TestDatabase, tmp_path: Path) -> AsyncIterator[Served]:
    """One relay."""
    async with relay_over(database.login, tmp_path) as relay:
        pin = prepare_certificate(relay.folder, host="127.0.0.1", clock=system_clock)
        ready = asyncio.Event()
        server = RelayServer(
            relay.relay.application,
            context=server_context(relay.folder),
            on_ready=ready.set,
            on_stop=relay.relay.events.close,
        )
        with socket.create_server(("127.0.0.1", 0)) as listening:
            serving = asyncio.create_task(server.serve([listening]))
            await ready.wait()
            yield Served(
                relay=relay,
                server=server,
                address=listening.getsockname(),
                context=pinned_context(pin, lambda _: None),
            )
            server.should_exit = True
            await serving


def move(seconds: float) -> None:
    """Let time pass."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, MovableLoop)
    loop.move(seconds)


async def heard_to_the_end(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the relay hangs up."""
    heard = b""
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(64 * KIB):
            heard += piece
    return heard


async def test_a_head_that_never_ends_is_not_waited_for(served: Served) -> None:
    async with served.connection() as (reader, writer):
        writer.write(b"GET /v1/relay HTTP/1.1\r\nHost: relay\r\n")
        await until_true(lambda: served.protocol()._head_bytes)
        move(REQUEST_SECONDS + 1)
        assert await heard_to_the_end(reader) == b""


async def test_a_body_that_never_ends_is_not_waited_for(served: Served) -> None:
    async with served.connection() as (reader, writer):
        device = await served.relay.device()
        writer.write(
            b"POST /v1/envelopes HTTP/1.1\r\nHost: relay\r\nContent-Length: 100\r\n"
            b"Content-Type: application/cbor\r\n"
            + "".join(
                f"{name}: {value}\r\n"
                for name, value in device.credentials("POST", "/v1/envelopes").items()
            ).encode()
            + b"\r\n"
            + b"a few bytes"
        )
        await until_true(lambda: not served.protocol()._is_in_head)
        move(REQUEST_SECONDS + 1)
        assert await heard_to_the_end(reader) == b""


async def test_a_connection_on_which_nothing_is_said_is_closed(served: Served) -> None:
    async with served.connection() as (reader, _):
        move(REQUEST_SECONDS + 1)
        assert await heard_to_the_end(reader) == b""


async def test_an_idle_connection_is_kept_for_the_next_request_and_not_for_ever(
    served: Served,
) -> None:
    async with served.connection() as (reader, writer):
        for _ in range(2):
            writer.write(b"GET /v1/relay HTTP/1.1\r\nHost: relay\r\n\r\n")
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200")
            await reader.readexactly(int(re.findall(rb"content-length: (\d+)", answer)[0]))
            await until_true(lambda: served.protocol().timeout_keep_alive_task is not None)
            move(REQUEST_SECONDS + 1)
        move(KEEP_ALIVE_SECONDS)
        assert await heard_to_the_end(reader) == b""


def listen(device: Device, writer: asyncio.StreamWriter, *, last_event: str | None = None) -> None:
    """Ask for events."""
    lines = [
        "GET /v1/events HTTP/1.1",
        "Host: relay",
        *(f"{name}: {value}" for name, value in device.credentials("GET", "/v1/events").items()),
    ]
    if last_event is not None:
        lines.append(f"Last-Event-ID: {last_event}")
    writer.write("\r\n".join([*lines, "", ""]).encode())


async def event(reader: asyncio.StreamReader) -> list[str]:
    """Return the lines of the next event or comment."""
    length = int(await reader.readline(), 16)
    chunk = await reader.readexactly(length + 2)
    return chunk.decode().split()


async def test_a_silent_stream_shows_that_it_lives(served: Served) -> None:
    device = await served.relay.device()
    async with served.connection() as (reader, writer):
        listen(device, writer)
        await reader.readuntil(b"\r\n\r\n")
        assert await event(reader) == ["id:", "0", "event:", "mailbox", "data:", "0"]
        for _ in range(6):
            # Longer than any request may take, and yet it goes on.
            move(SIGN_OF_LIFE_SECONDS + 1)
            assert await event(reader) == [":", "alive"]


async def test_a_stream_ends_with_its_session(served: Served) -> None:
    device = await served.relay.device()
    async with served.connection() as (reader, writer):
        listen(device, writer)
        await reader.readuntil(b"\r\n\r\n")
        await event(reader)
        await device.ask("DELETE", "/v1/sessions")
        move(SIGN_OF_LIFE_SECONDS + 1)
        assert await reader.readline() == b"0\r\n"


async def test_several_letters_between_two_looks_are_one_event(served: Served) -> None:
    alice, bob = await served.relay.device(), await served.relay.device()
    async with served.connection() as (reader, writer):
        listen(bob, writer)
        await reader.readuntil(b"\r\n\r\n")
        await event(reader)
        told: list[int] = []
        for _ in range(5):
            await alice.post_to(bob)
        newest = (await bob.mailbox()).items[-1].cursor
        while not told or told[-1] < newest:
            told.append(int((await event(reader))[1]))
        assert told == sorted(set(told))
        assert len(told) <= 5
        # After that there is nothing more to say.
        move(SIGN_OF_LIFE_SECONDS + 1)
        assert await event(reader) == [":", "alive"]


async def test_who_comes_back_is_told_how_things_stand(served: Served) -> None:
    """Whatever it was told last, and also when its mailbox is empty now or the number is nonsense."""
    alice, bob = await served.relay.device(), await served.relay.device()
    await alice.post_to(bob)
    cursor = (await bob.mailbox()).items[0].cursor
    for last, expected in (
        ("0", cursor),
        (str(cursor), cursor),
        ("-1", cursor),
        ("9" * 30, cursor),
    ):
        async with served.connection() as (reader, writer):
            listen(bob, writer, last_event=last)
            await reader.readuntil(b"\r\n\r\n")
            assert (await event(reader))[1] == str(expected)
        await until_true(lambda: not served.server.server_state.connections)
    await bob.acknowledge(cursor)
    async with served.connection() as (reader, writer):
        listen(bob, writer, last_event=str(cursor))
        await reader.readuntil(b"\r\n\r\n")
        assert (await event(reader))[1] == str(cursor)


async def test_a_letter_that_came_while_nobody_listened_is_told_afterwards(
    served: Served, database: TestDatabase
) -> None:
    """The connection for announcements is lost, and a letter comes before there is another one."""
    alice, bob = await served.relay.device(), await served.relay.device()
    async with served.connection() as (reader, writer):
        listen(bob, writer)
        await reader.readuntil(b"\r\n\r\n")
        assert (await event(reader))[1] == "0"
        with database.as_superuser() as superuser:
            ended = superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            ).fetchall()
        assert ended == [(True,)]
        await alice.post_to(bob)
        cursor = (await bob.mailbox()).items[0].cursor
        # The relay looks for another connection after half a second.
        move(1)
        assert (await event(reader))[1] == str(cursor)
