# SPDX-License-Identifier: AGPL-3.0-or-later
"""POST /v1/envelopes of 4 KiB over 64 connections, against pgbench inserting the same rows one commit each.

Load, relay and PostgreSQL share the machine, as do pgbench and PostgreSQL; there is no TLS on either side.
Every request is made before its round, with real signatures, proofs and tokens; what is timed is the
exchange. On the complete path the relay checks access token (PASETO), proof (DPoP) and leaf of each request.
Each round stands between two of pgbench and is compared with their mean, so that a machine that changes its
pace changes it for both; a first round of everything is not counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import httpx
import psycopg
import uvloop
from psycopg.conninfo import conninfo_to_dict

from app.engine.main import SystemClock
from app.engine.network.dpop import HEADER
from crypto_core.wire.codec import encode
from crypto_core.wire.relay_api import CBOR, PATH_ENVELOPES
from relay_server.accounts.invitations import hash_of_code
from relay_server.database.embedded import bundled_programs
from tests.benchmarks.relay_under_load import CALLER_HEADER, PATH_CHECKED, PUBLIC_URL
from tests.benchmarks.result import Result, at_least
from tests.contract.relay_callers import RelayCaller
from tests.integration.signed_in_device import SignedInDevice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crypto_core.wire.ids import AccountId

ROOT: Final = Path(__file__).resolve().parents[2]
CONNECTIONS: Final = 64
ROUNDS: Final = 5
REQUESTS_A_ROUND: Final = 40
"""By each connection."""
PGBENCH_SECONDS: Final = 2
ENVELOPE_BYTES: Final = 4096
LEAF_BYTES: Final = 3515
"""An encoded leaf: the statement with both signatures."""

REACH_CHECKED: Final = 0.6
REACH_COMPLETE: Final = 0.2

_LOGIN_OPTIONS: Final = {"host": "host", "port": "port", "username": "user"}
_TRANSACTION: Final = r"""
\set one random(1, 9000000000000000000)
\set two random(1, 9000000000000000000)
WITH place AS (
    SELECT nextval('baseline_leaf') AS leaf_index, int8send(:one) || int8send(:two) AS id
), leaf AS (
    INSERT INTO relay.audit_leaf SELECT leaf_index, sha256(id) FROM place
), entry AS (
    INSERT INTO relay.audit_entry SELECT leaf_index, id, 0, sha256(id), :leaf::bytea FROM place
), envelope AS (
    INSERT INTO relay.envelope
    SELECT id, device, sha256(id), :body::bytea, leaf_index, now() + interval '60 days'
    FROM place, relay.device
)
INSERT INTO relay.delivery (mailbox, envelope, leaf_index) SELECT device, id, leaf_index FROM place, relay.device;
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running relay under load: its port, and a superuser's connection URL by database."""

    port: int
    urls: dict[str, str]


def measure() -> list[Result]:
    """Return the ratios of throughput, each the median over rounds in which both sides were measured."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server:
        prepare_baseline(server)
        load = Load(server)
        load.register()
        for path in (PATH_CHECKED, PATH_ENVELOPES):
            load.round(path)
        pgbench(server, Path(folder))
        before = pgbench(server, Path(folder))
        checked: list[float] = []
        complete: list[float] = []
        rates: list[tuple[float, float, float]] = []
        for _ in range(ROUNDS):
            first = load.round(PATH_CHECKED)
            second = load.round(PATH_ENVELOPES)
            after = pgbench(server, Path(folder))
            base = (before + after) / 2
            before = after
            rates.append((base, first, second))
            checked.append(first / base)
            complete.append(second / base)
    base, first, second = (statistics.median(column) for column in zip(*rates, strict=True))
    return [
        at_least(
            "relay: envelopes, already checked",
            statistics.median(checked),
            REACH_CHECKED,
            f"{first:.0f}/s against {base:.0f}/s of pgbench, {CONNECTIONS} connections, no TLS",
        ),
        at_least(
            "relay: envelopes, complete path",
            statistics.median(complete),
            REACH_COMPLETE,
            f"{second:.0f}/s against {base:.0f}/s of pgbench, {CONNECTIONS} connections, no TLS",
        ),
    ]


@contextlib.contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """Run the relay as a process, and end it with its standard input."""
    command = [sys.executable, "-m", "tests.benchmarks.relay_under_load", str(folder / "data")]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        ready = json.loads(process.stdout.readline().decode().removeprefix("READY "))
        yield Server(ready["port"], ready["urls"])
        process.stdin.close()
        process.wait()


def prepare_baseline(server: Server) -> None:
    """Give pgbench's database what its rows refer to: the same tables, one account, one device."""
    with psycopg.connect(server.urls["baseline"]) as connection:
        connection.execute("CREATE SEQUENCE baseline_leaf MINVALUE 0")
        connection.execute(
            "INSERT INTO relay.account (account, certificate, registered_at, device_list)"
            " VALUES (%s, %s, now(), %s)",
            [bytes(20), b"certificate", b"list"],
        )
        connection.execute(
            "INSERT INTO relay.device (device, account, pseudonym, request_key, signing_key)"
            " VALUES (%s, %s, %s, %s, %s)",
            [bytes(16), bytes(20), bytes(16), bytes(32), b"signing key"],
        )


def pgbench(server: Server, folder: Path) -> float:
    """Return how many transactions a second pgbench reaches."""
    script = folder / "transaction.sql"
    script.write_text(_TRANSACTION, encoding="ascii")
    command = [str(bundled_programs() / "pgbench"), "--no-vacuum", "--protocol=prepared"]
    command += [f"--client={CONNECTIONS}", "--jobs=2", f"--time={PGBENCH_SECONDS}"]
    command += [f"--file={script}", rf"--define=body=\x{os.urandom(ENVELOPE_BYTES).hex()}"]
    command += [rf"--define=leaf=\x{os.urandom(LEAF_BYTES).hex()}"]
    login = conninfo_to_dict(server.urls["baseline"])
    command += [f"--{name}={login[key]}" for name, key in _LOGIN_OPTIONS.items()]
    environment = os.environ | {"PGPASSWORD": str(login["password"])}
    done = subprocess.run(
        [*command, str(login["dbname"])],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    assert found is not None, done.stderr
    return float(found[1])


class ToServer(httpx.AsyncHTTPTransport):
    """Brings requests for the relay's public address to its port."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return await super().handle_async_request(request)


class Load:
    """Devices that send to one mailbox, each over a connection of its own, one request after the other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._devices: dict[AccountId, SignedInDevice] = {}
        clock = SystemClock()
        everyone = [
            RelayCaller.invent(now=clock.now, random_bytes=os.urandom)
            for _ in range(CONNECTIONS + 1)
        ]
        self._clock = clock
        self._recipient, *self._senders = everyone

    def register(self) -> None:
        """Create the accounts, and sign in to them."""
        everyone = [self._recipient, *self._senders]
        with psycopg.connect(self._server.urls["relay"]) as connection:
            for caller in everyone:
                connection.execute(
                    "INSERT INTO relay.invitation VALUES (%s, now() + interval '1 day')",
                    [hash_of_code(caller.account.hex())],
                )
        uvloop.run(self._sign_in(everyone))

    async def _sign_in(self, everyone: Sequence[RelayCaller]) -> None:
        async with httpx.AsyncClient(transport=ToServer(self._server.port), timeout=60) as http:
            for caller in everyone:
                device = SignedInDevice(
                    http=http, public_url=PUBLIC_URL, clock=self._clock, caller=caller
                )
                response = await device.register(caller.account.hex())
                assert response.status_code == 200, response.text
                await device.sign_in()
                self._devices[caller.account] = device

    def round(self, path: str) -> float:
        """Return how many envelopes a second are accepted."""
        requests = [
            [self._posting(sender, path) for _ in range(REQUESTS_A_ROUND)]
            for sender in self._senders
        ]
        seconds = uvloop.run(exchange(self._server.port, requests))
        return CONNECTIONS * REQUESTS_A_ROUND / seconds

    def _posting(self, sender: RelayCaller, path: str) -> bytes:
        least = len(sender.envelope(self._recipient, body=b"x")[1])
        envelope, envelope_bytes = sender.envelope(
            self._recipient, body=os.urandom(ENVELOPE_BYTES - least - 1)
        )
        return self._request(sender, path, encode(sender.posting(envelope, envelope_bytes)))

    def _request(self, caller: RelayCaller, path: str, body: bytes) -> bytes:
        head = [
            f"POST {path} HTTP/1.1",
            "Host: relay.example",
            f"Content-Type: {CBOR}",
            f"Content-Length: {len(body)}",
        ]
        if path == PATH_CHECKED:
            head.append(f"{CALLER_HEADER}: {caller.caller.request_key.hex()}")
        else:
            device = self._devices[caller.account]
            token = device.access_token
            head.append(f"{HEADER}: {device.prove('POST', path, token=token)}")
            head.append(f"Authorization: {HEADER} {token}")
        return ("\r\n".join(head) + "\r\n\r\n").encode("ascii") + body


class Connection(asyncio.Protocol):
    """Sends prepared requests, each when the answer to the one before is complete."""

    def __init__(self, requests: Sequence[bytes], done: asyncio.Future[None]) -> None:
        self._requests = iter(requests)
        self._done = done
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast("asyncio.Transport", transport)
        self._send_next()

    def data_received(self, data: bytes) -> None:
        """Gather an answer; refuse to measure anything but success."""
        self._received += data
        head, blank, body = self._received.partition(b"\r\n\r\n")
        if not blank:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        if not head.startswith(b"HTTP/1.1 200 "):
            self._done.set_exception(AssertionError(self._received.decode(errors="replace")))
            return
        self._received = b""
        self._send_next()

    def _send_next(self) -> None:
        assert self._transport is not None
        request = next(self._requests, None)
        if request is not None:
            self._transport.write(request)
        elif not self._done.done():
            self._transport.close()
            self._done.set_result(None)


def _itself(connection: Connection) -> Connection:
    return connection


async def exchange(port: int, requests: Sequence[Sequence[bytes]]) -> float:
    """Send each list over a connection of its own; return the seconds until the last answer."""
    loop = asyncio.get_running_loop()
    ends = [loop.create_future() for _ in requests]
    start = time.perf_counter()
    for prepared, done in zip(requests, ends, strict=True):
        connection = Connection(prepared, done)
        await loop.create_connection(partial(_itself, connection), "127.0.0.1", port)
    await asyncio.gather(*ends)
    return time.perf_counter() - start
