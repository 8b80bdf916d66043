# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests that no client of ours makes, byte by byte on a real connection."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import ssl
from typing import TYPE_CHECKING, Any, Final

import pytest

from app.engine.network.pinned_tls import pinned_context
from crypto_core.wire.limits import KIB, MIB
from crypto_core.wire.relay_api import PROBLEM, ProblemCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.relay.from_outside.premises import Premises

GIB: Final = 1024 * MIB
PATIENCE_SECONDS: Final = 120


class Wire:
    """A TLS connection on which a test says what it likes."""

    def __init__(self, connection: ssl.SSLSocket) -> None:
        self._connection = connection

    def say(self, data: bytes) -> None:
        """Send bytes."""
        self._connection.sendall(data)

    def say_until_cut(self, piece: bytes, *, most_bytes: int) -> int:
        """Send a piece again and again until the relay hangs up; return how much it took."""
        sent = 0
        with contextlib.suppress(OSError):
            while sent < most_bytes:
                sent += self._connection.send(piece)
        return sent

    def hear_to_the_end(self) -> bytes:
        """Return everything that comes until the relay hangs up."""
        heard = b""
        with contextlib.suppress(ConnectionResetError, ssl.SSLEOFError):
            while piece := self._connection.recv(64 * KIB):
                heard += piece
        return heard

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Read one answer with a stated length: status, headers, body."""
        with self._connection.makefile("rb") as heard:
            status = int(heard.readline().split()[1])
            headers: dict[str, str] = {}
            while line := heard.readline().strip().decode():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            return status, headers, heard.read(int(headers.get("content-length", "0")))


@contextlib.contextmanager
def wire_to(premises: Premises) -> Iterator[Wire]:
    """Connect, with the pin checked."""
    context = pinned_context(premises.relay.enrolment.spki_sha256, lambda _: None)
    context.sslsocket_class = ssl.SSLSocket
    address = ("127.0.0.1", premises.port)
    with (
        socket.create_connection(address, timeout=PATIENCE_SECONDS) as raw,
        context.wrap_socket(raw) as connection,
    ):
        yield Wire(connection)


def head(method: str, path: str, *lines: str) -> bytes:
    """Return the head of a request."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: relay", *lines, "", ""]).encode()


def problem(body: bytes) -> ProblemCode:
    """Return the code of a problem."""
    members: dict[str, Any] = json.loads(body)
    return ProblemCode(members["code"])


def test_an_endless_body_is_cut_off(shared_premises: Premises) -> None:
    """Ten gigabytes in chunks: refused after the limit, and not swallowed to the end."""
    with wire_to(shared_premises) as wire:
        wire.say(
            head(
                "POST",
                "/v1/accounts",
                "Content-Type: application/cbor",
                "Transfer-Encoding: chunked",
            )
        )
        chunk = b"%x\r\n%s\r\n" % (MIB, bytes(MIB))
        sent = wire.say_until_cut(chunk, most_bytes=10 * GIB)
    assert sent < 64 * MIB


def test_a_body_that_says_it_is_endless_is_cut_off(shared_premises: Premises) -> None:
    with wire_to(shared_premises) as wire:
        wire.say(
            head(
                "POST",
                "/v1/accounts",
                "Content-Type: application/cbor",
                f"Content-Length: {10 * GIB}",
            )
        )
        status, headers, body = wire.answer()
        assert headers["content-type"] == PROBLEM
        assert status in {401, 413}, body
        assert wire.say_until_cut(bytes(MIB), most_bytes=10 * GIB) < 64 * MIB


def test_a_connection_survives_a_refused_body_of_allowed_size(shared_premises: Premises) -> None:
    """Whoever's clock was wrong tries again on the same connection."""
    with wire_to(shared_premises) as wire:
        for _ in range(3):
            wire.say(head("PUT", "/v1/blobs/00", f"Content-Length: {MIB}") + bytes(MIB))
            status, _, body = wire.answer()
            assert (status, problem(body)) == (401, ProblemCode.UNAUTHENTICATED)


def test_an_endless_head_is_cut_off(shared_premises: Premises) -> None:
    with wire_to(shared_premises) as wire:
        wire.say(b"GET /v1/relay HTTP/1.1\r\n")
        assert wire.say_until_cut(b"X-Pad: " + b"x" * KIB + b"\r\n", most_bytes=GIB) < 64 * MIB


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET /v1/relay HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        head("POST", "/v1/accounts", "Content-Length: -1"),
        head("POST", "/v1/accounts", "Content-Length: 4", "Content-Length: 5") + b"12345",
        head("POST", "/v1/accounts", "Content-Length: 4", "Transfer-Encoding: chunked")
        + b"0\r\n\r\n",
        head("POST", "/v1/accounts", "Transfer-Encoding: chunked") + b"what?\r\n",
        head("GET", "/v1/relay", "No colon"),
    ],
)
def test_nonsense_is_refused_and_the_connection_ended(
    shared_premises: Premises, nonsense: bytes
) -> None:
    """What two parsers could read in two ways is not read at all."""
    with wire_to(shared_premises) as wire:
        wire.say(nonsense)
        heard = wire.hear_to_the_end()
    assert heard.startswith(b"HTTP/1.1 400 ")
    assert heard.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_a_method_that_a_path_does_not_know_is_answered_with_those_it_does(
    shared_premises: Premises, method: str
) -> None:
    with wire_to(shared_premises) as wire:
        for path, methods in (
            ("/v1/mailbox", "GET, HEAD"),
            ("/v1/prekeys", "GET, HEAD, PUT"),
            (f"/v1/accounts/{bytes(20).hex()}/keys", "GET, HEAD, POST"),
        ):
            wire.say(head(method, path))
            status, headers, body = wire.answer()
            assert (status, problem(body)) == (405, ProblemCode.METHOD_NOT_ALLOWED)
            assert headers["allow"] == methods
            # No page of another origin gets anything out of this.
            assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/blobs/..%2f..%2flog-key",
        "/v1/blobs/%2e%2e%2f%2e%2e%2ftls-key.pem",
        "/v1/blobs/../../log-key",
        "/v1/blobs/00%00",
        "/log/tile/../../../log-key",
        "/log/tile/0/..%2f..%2flog-key",
        "//v1/relay",
        "/v1/relay/",
        "/v1//relay",
        "/V1/RELAY",
        "/docs",
        "/redoc",
        "/static/../log-key",
        "/%ff%fe",
        "/v1/relay;x=1",
    ],
)
def test_no_path_leads_out_of_the_paths(shared_premises: Premises, path: str) -> None:
    with wire_to(shared_premises) as wire:
        wire.say(head("GET", path))
        status, headers, body = wire.answer()
    assert headers["content-type"] == PROBLEM
    assert (status, problem(body)) in {
        (404, ProblemCode.NOT_FOUND),
        (401, ProblemCode.UNAUTHENTICATED),
    }


def test_an_upgrade_is_ignored(shared_premises: Premises) -> None:
    upgrades = (
        (
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: x",
            "Sec-WebSocket-Version: 13",
        ),
        ("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABk"),
    )
    for upgrade in upgrades:
        with wire_to(shared_premises) as wire:
            wire.say(head("GET", "/v1/relay", *upgrade))
            assert wire.answer()[0] == 200


def test_requests_sent_ahead_are_answered_in_order(shared_premises: Premises) -> None:
    with wire_to(shared_premises) as wire:
        wire.say(
            head("GET", "/log/checkpoint")
            + head("GET", "/v1/mailbox")
            + head("GET", "/v1/relay", "Connection: close")
        )
        heard = wire.hear_to_the_end()
    assert re.findall(rb"HTTP/1\.1 (\d+) ", heard) == [b"200", b"401", b"200"]


def test_somebody_without_tls_hears_nothing_of_the_relay(shared_premises: Premises) -> None:
    with socket.create_connection(("127.0.0.1", shared_premises.port)) as raw:
        raw.sendall(head("GET", "/v1/relay"))
        heard = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := raw.recv(KIB):
                heard += piece
    assert b"HTTP" not in heard
