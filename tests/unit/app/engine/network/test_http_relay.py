# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import socket
import ssl
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.engine.network.dpop import ProofMaker
from app.engine.network.http_relay import HttpRelay
from app.engine.ports.relay import (
    Caller,
    RelayAnswerError,
    RelayRefusedError,
    RelayUnreachableError,
    RelayUntrustedError,
    SignInNeededError,
)
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId, BlobId, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.limits import MAX_NOTE_BYTES, MAX_RESPONSE_BYTES
from crypto_core.wire.relay_api import CBOR, PrekeyStatus, ProblemCode
from relay_server.authentication.proof import read_proof
from tests.unit.app.engine.network.tls_server import Identity, TlsServer, http

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from app.engine.ports.relay import Relay

pytestmark = pytest.mark.anyio

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
STATUS = PrekeyStatus(one_time_left=3, signed_number=2, batch_number=1, signed_fallbacks=0)
PROBLEM = "application/problem+json"


class FixedClock:
    def now(self) -> UnixMillis:
        return UnixMillis(1_790_000_000_999)

    def utc_offset(self) -> UtcOffsetMinutes:
        return UtcOffsetMinutes(0)

    def monotonic(self) -> float:
        return 0.0


class Counting:
    """Bytes that are never the same, and no secret."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, count: int, /) -> bytes:
        self._count += 1
        return hashlib.sha256(self._count.to_bytes(8, "big")).digest()[:count]


def proof_maker() -> ProofMaker:
    caller = Caller(request_key=KEY.public_key().public_bytes_raw(), sign=KEY.sign)
    return ProofMaker(caller=caller, clock=FixedClock(), random_bytes=Counting())


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    return Identity.make(tmp_path, "relay")


@asynccontextmanager
async def answering(
    identity: Identity, answer: bytes, *, heartbeat_seconds: float = 30, stays_open: bool = False
) -> AsyncIterator[tuple[HttpRelay, TlsServer]]:
    """Yield a connection to a genuine server that says `answer` to everything."""
    server = TlsServer(answer, stays_open=stays_open)
    async with server.running(identity.context()):
        relay = HttpRelay(
            server.enrolment(identity.pin), proof_maker(), heartbeat_seconds=heartbeat_seconds
        )
        try:
            yield relay, server
        finally:
            await relay.close()


# --- who is there --------------------------------------------------------------------------------


async def test_the_enrolled_key_is_spoken_to_and_facts_are_told(identity: Identity) -> None:
    async with answering(identity, http(encode(STATUS), kind=CBOR)) as (relay, _):
        assert relay.facts() is None
        assert await relay.prekey_status() == STATUS
        facts = relay.facts()
    assert facts is not None
    assert facts.tls_version == "TLSv1.3"
    assert facts.tls_cipher.startswith("TLS_")
    assert facts.tls_group in {"x25519", "X25519MLKEM768"}
    # Never claimed without the name of the group as a proof.
    assert facts.is_post_quantum == (facts.tls_group == "X25519MLKEM768")


async def test_the_key_agreement_is_told_that_the_server_insists_on(identity: Identity) -> None:
    server = TlsServer(http(encode(STATUS), kind=CBOR))
    context = identity.context()
    context.set_ecdh_curve("secp384r1")
    async with server.running(context):
        relay = HttpRelay(server.enrolment(identity.pin), proof_maker())
        await relay.prekey_status()
        facts = relay.facts()
        await relay.close()
    assert facts is not None
    assert (facts.tls_group, facts.is_post_quantum) == ("secp384r1", False)


async def test_another_key_gets_not_one_byte(identity: Identity, tmp_path: Path) -> None:
    other = Identity.make(tmp_path, "other")
    server = TlsServer(http(encode(STATUS), kind=CBOR))
    async with server.running(other.context()):
        relay = HttpRelay(server.enrolment(identity.pin), proof_maker())
        with pytest.raises(RelayUntrustedError):
            await relay.prekey_status()
        with pytest.raises(RelayUntrustedError):
            async for _ in relay.events():
                pass
        assert relay.facts() is None
        await relay.close()
    assert server.requests == []


async def test_a_certificate_of_a_trusted_authority_changes_nothing(
    identity: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Identity.make(tmp_path, "authority")
    interceptor = Identity.make(tmp_path, "localhost", authority=authority)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    server = TlsServer(http(encode(STATUS), kind=CBOR))
    async with server.running(interceptor.context()):
        relay = HttpRelay(server.enrolment(identity.pin), proof_maker())
        with pytest.raises(RelayUntrustedError):
            await relay.prekey_status()
        await relay.close()
    assert server.requests == []
    # The certificate is indeed good for whoever asks authorities.
    trusting = ssl.create_default_context()
    server = TlsServer(http(encode(STATUS), kind=CBOR))
    async with server.running(interceptor.context()):
        _, writer = await asyncio.open_connection("localhost", server.port, ssl=trusting)
        writer.close()


async def test_a_key_that_was_right_does_not_excuse_a_later_one(
    identity: Identity, tmp_path: Path
) -> None:
    server = TlsServer(http(encode(STATUS), kind=CBOR))
    relay: HttpRelay
    async with server.running(identity.context()):
        enrolment = server.enrolment(identity.pin)
        relay = HttpRelay(enrolment, proof_maker())
        assert await relay.prekey_status() == STATUS
    impostor = TlsServer(http(encode(STATUS), kind=CBOR))
    other = Identity.make(tmp_path, "other")
    async with impostor.running(other.context()):
        relay._origin = f"https://localhost:{impostor.port}"
        with pytest.raises(RelayUntrustedError):
            await relay.prekey_status()
    await relay.close()
    assert impostor.requests == []


async def test_an_older_tls_is_not_spoken(identity: Identity) -> None:
    old = identity.context()
    old.maximum_version = ssl.TLSVersion.TLSv1_2

    def shake_hands(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, pytest.raises(ssl.SSLError):
            old.wrap_socket(connection, server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = TlsServer(port=listener.getsockname()[1])
        relay = HttpRelay(server.enrolment(identity.pin), proof_maker())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(asyncio.to_thread(shake_hands, listener))
            with pytest.raises(RelayUntrustedError):
                await relay.prekey_status()
        await relay.close()


async def test_no_tls_is_not_spoken(identity: Identity) -> None:
    server = TlsServer(http(encode(STATUS), kind=CBOR), speaks_first=True)
    async with server.running(None):
        relay = HttpRelay(server.enrolment(identity.pin), proof_maker())
        with pytest.raises(RelayUntrustedError):
            await relay.prekey_status()
        await relay.close()
    assert server.requests == []


async def test_nobody_there_is_unreachable(identity: Identity) -> None:
    server = TlsServer()
    async with server.running(identity.context()):
        pass
    relay = HttpRelay(server.enrolment(identity.pin), proof_maker())
    with pytest.raises(RelayUnreachableError):
        await relay.describe()
    with pytest.raises(RelayUnreachableError):
        await anext(relay.events())
    with pytest.raises(RelayUnreachableError):
        await anext(relay.download_blob(BlobId(bytes(16)), offset=0))
    await relay.close()


async def test_surroundings_name_no_proxy(
    identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with answering(identity, http(encode(STATUS), kind=CBOR)) as (relay, _):
        assert await relay.prekey_status() == STATUS


# --- who asks ------------------------------------------------------------------------------------


def proof_in(request: bytes) -> str:
    lines = request.decode().split("\r\n")
    return next(line.removeprefix("DPoP: ") for line in lines if line.lower().startswith("dpop:"))


async def test_each_request_carries_a_proof_of_its_own(identity: Identity) -> None:
    answer = http(b"", kind="", status="204 No Content")
    async with answering(identity, answer.replace(b"Content-Type: \r\n", b"")) as (relay, server):
        account = AccountId(bytes(20))
        await relay.publish_directory_entry(account, None)
        await relay.publish_directory_entry(account, None)
    proofs = [read_proof(proof_in(request)) for request in server.requests]
    assert len({proof.identifier for proof in proofs}) == 2
    for proof in proofs:
        assert proof.key == KEY.public_key().public_bytes_raw()
        assert proof.method == "DELETE"
        assert proof.url == f"https://localhost:{server.port}/v1/directory/{'00' * 20}"
        assert proof.issued_at_seconds == 1_790_000_000


async def test_queries_are_not_part_of_the_proven_address(identity: Identity) -> None:
    async with answering(identity, http(b"\x80", kind=CBOR)) as (relay, server):
        with pytest.raises(RelayAnswerError):
            await relay.search_directory("é & ?")
    (request,) = server.requests
    assert request.startswith(b"GET /v1/directory?q=%C3%A9")
    assert read_proof(proof_in(request)).url == f"https://localhost:{server.port}/v1/directory"


# --- in a session --------------------------------------------------------------------------------

SIGN_IN_NEEDED = http(b'{"code":"sign-in-needed"}', kind=PROBLEM, status="401 Unauthorized")


class Wallet:
    """Access tokens that a test prepared: the first is held, the others come with renewals."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.refused: list[str | None] = []

    def access_token(self) -> str | None:
        return self.tokens[0] or None

    async def renew(self, relay: Relay, *, refused: str | None) -> str:
        assert isinstance(relay, HttpRelay)
        self.refused.append(refused)
        if len(self.tokens) == 1:
            raise SignInNeededError("over")
        self.tokens.pop(0)
        return self.tokens[0]


@asynccontextmanager
async def in_session(
    identity: Identity, wallet: Wallet, *first: bytes, answer: bytes
) -> AsyncIterator[tuple[HttpRelay, TlsServer]]:
    """Yield a connection that shows the wallet's tokens."""
    server = TlsServer(answer, first=list(first))
    async with server.running(identity.context()):
        maker = proof_maker()
        maker = replace(maker, caller=replace(maker.caller, tokens=wallet))
        relay = HttpRelay(server.enrolment(identity.pin), maker)
        try:
            yield relay, server
        finally:
            await relay.close()


def shown_in(request: bytes) -> tuple[str | None, str | None]:
    """Return the access token of a request, and the hash of one that its proof names."""
    lines = request.decode().split("\r\n")
    shown = [line.partition(": ")[2] for line in lines if line.lower().startswith("authorization")]
    return (shown[0] if shown else None), read_proof(proof_in(request)).token_hash


def named(token: str) -> tuple[str, str]:
    digest = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest())
    return f"DPoP {token}", digest.rstrip(b"=").decode()


async def test_a_request_shows_the_token_and_its_proof_names_it(identity: Identity) -> None:
    wallet = Wallet("v4.local.one")
    answer = http(encode(STATUS), kind=CBOR)
    async with in_session(identity, wallet, answer=answer) as (relay, server):
        assert await relay.prekey_status() == STATUS
    assert [shown_in(request) for request in server.requests] == [named("v4.local.one")]
    assert wallet.refused == []


async def test_a_refused_token_is_renewed_once_and_the_request_repeated(
    identity: Identity,
) -> None:
    wallet = Wallet("old", "new", "never")
    answer = http(encode(STATUS), kind=CBOR)
    async with in_session(identity, wallet, SIGN_IN_NEEDED, answer=answer) as (relay, server):
        assert await relay.prekey_status() == STATUS
    assert [shown_in(request) for request in server.requests] == [named("old"), named("new")]
    assert wallet.refused == ["old"]


async def test_a_relay_that_refuses_every_token_is_asked_twice_at_most(identity: Identity) -> None:
    wallet = Wallet("old", "new", "never")
    async with in_session(identity, wallet, answer=SIGN_IN_NEEDED) as (relay, server):
        with pytest.raises(SignInNeededError):
            await relay.prekey_status()
    assert len(server.requests) == 2
    assert wallet.tokens == ["new", "never"]


async def test_without_a_token_nothing_is_asked_before_there_is_one(identity: Identity) -> None:
    wallet = Wallet("", "fresh")
    answer = http(encode(STATUS), kind=CBOR)
    async with in_session(identity, wallet, answer=answer) as (relay, server):
        await relay.prekey_status()
    assert [shown_in(request) for request in server.requests] == [named("fresh")]


async def test_when_only_a_sign_in_helps_nothing_is_sent(identity: Identity) -> None:
    async with in_session(identity, Wallet(""), answer=SIGN_IN_NEEDED) as (relay, server):
        with pytest.raises(SignInNeededError) as needed:
            await relay.prekey_status()
        with pytest.raises(SignInNeededError):
            await anext(relay.events())
    assert needed.value.reason == "over"
    assert server.requests == []


async def test_what_is_public_is_asked_for_without_a_token(identity: Identity) -> None:
    note = http(b"note", kind="text/plain")
    async with in_session(identity, Wallet("secret"), answer=note) as (relay, server):
        assert await relay.checkpoint() == "note"
    assert [shown_in(request) for request in server.requests] == [(None, None)]


# --- signing in ----------------------------------------------------------------------------------


async def test_a_step_is_a_form_with_a_proof_and_no_token(identity: Identity) -> None:
    grant = {
        "access_token": "v4.local.a",
        "token_type": "DPoP",
        "expires_in": 600,
        "refresh_token": "r",
        "session_expires_in": 43_200,
    }
    answer = http(json.dumps(grant).encode(), kind="application/json")
    async with in_session(identity, Wallet("secret"), answer=answer) as (relay, server):
        found = await relay.refresh("a token")
    assert (found.access_token, found.refresh_token) == ("v4.local.a", "r")
    (request,) = server.requests
    assert request.startswith(b"POST /oauth/token HTTP/1.1")
    assert b"application/x-www-form-urlencoded" in request
    assert shown_in(request) == (None, None)
    assert "v4.local.a" not in repr(found)


@pytest.mark.parametrize(
    "answer",
    [
        http(b"<html>portal</html>", kind="text/html"),
        http(b"<html>bad gateway</html>", kind="text/html", status="502 Bad Gateway"),
        http(b"", kind="application/json"),
        http(b"{}", kind="application/json", Content_Encoding="gzip"),
        http(b"", kind="application/json", status="302 Found", Location="https://elsewhere/"),
        http(b"[" * 9_000, kind="application/json"),
        http(b'"' + b"x" * 20_000 + b'"', kind="application/json"),
        http(b'{"code":"of-a-later-version"}', kind=PROBLEM, status="500 Oops"),
    ],
)
async def test_what_is_no_answer_to_a_step_is_a_bad_answer(
    identity: Identity, answer: bytes
) -> None:
    async with answering(identity, answer) as (relay, _):
        with pytest.raises(RelayAnswerError):
            await relay.refresh("token")


async def test_a_clock_that_is_off_is_told_at_sign_in_too(identity: Identity) -> None:
    refusal = b'{"error":"invalid_dpop_proof","reason":"clock-skew"}'
    for answer in (
        http(refusal, kind="application/json", status="400 Bad Request"),
        http(b'{"code":"clock-skew"}', kind=PROBLEM, status="401 Unauthorized"),
    ):
        async with answering(identity, answer) as (relay, _):
            with pytest.raises(RelayRefusedError) as caught:
                await relay.refresh("token")
        assert caught.value.code is ProblemCode.CLOCK_SKEW


# --- what it answers -----------------------------------------------------------------------------


async def test_a_refusal_has_its_code_and_fields(identity: Identity) -> None:
    problem = {
        "type": "about:blank",
        "status": 409,
        "title": "Conflict",
        "code": "chain-broken",
        "expected_sequence": 7,
    }
    answer = http(
        json.dumps(problem).encode(), kind=PROBLEM, status="409 Conflict", Retry_After="12"
    )
    async with answering(identity, answer) as (relay, _):
        with pytest.raises(RelayRefusedError) as caught:
            await relay.prekey_status()
    assert caught.value.code is ProblemCode.CHAIN_BROKEN
    assert caught.value.fields == {"expected_sequence": 7}
    assert caught.value.retry_after_seconds == 12


async def test_a_clock_that_is_off_is_told_as_such(identity: Identity) -> None:
    answer = http(b'{"code":"clock-skew"}', kind=PROBLEM, status="401 Unauthorized")
    async with answering(identity, answer) as (relay, _):
        with pytest.raises(RelayRefusedError) as caught:
            await relay.prekey_status()
    assert caught.value.code is ProblemCode.CLOCK_SKEW


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"code":7}',
        b'{"code":"of-a-later-version"}',
        b"\xff",
        b"[" * 30_000,
        b'{"code":"internal","filler":"' + b"x" * 70_000 + b'"}',
    ],
)
async def test_other_refusals_are_bad_answers(identity: Identity, body: bytes) -> None:
    answer = http(body, kind=PROBLEM, status="500 Internal Server Error")
    async with answering(identity, answer) as (relay, _):
        with pytest.raises(RelayAnswerError):
            await relay.prekey_status()


@pytest.mark.parametrize(
    "answer",
    [
        http(b"<html>portal</html>", kind="text/html"),
        http(b"<html>portal</html>", kind="text/html", status="502 Bad Gateway"),
        http(b"", kind=CBOR, status="302 Found", Location="https://elsewhere.example/"),
        http(encode(STATUS), kind="application/json"),
        http(encode(STATUS), kind=CBOR, Content_Encoding="gzip"),
        http(encode(STATUS) + b"\x00", kind=CBOR),
        http(encode(STATUS)[:-1], kind=CBOR),
        http(b"", kind=CBOR),
    ],
)
async def test_what_is_not_the_answer_is_a_bad_answer(identity: Identity, answer: bytes) -> None:
    async with answering(identity, answer) as (relay, _):
        with pytest.raises(RelayAnswerError):
            await relay.prekey_status()


@pytest.mark.parametrize(
    "answer",
    [
        http(encode(STATUS), kind=CBOR, length=1000),
        http(encode(STATUS), kind=CBOR)[:30],
        b"",
        b"\x00\x01\x02 not http\r\n\r\n",
    ],
)
async def test_a_broken_answer_is_an_unknown_outcome(identity: Identity, answer: bytes) -> None:
    async with answering(identity, answer) as (relay, _):
        with pytest.raises(RelayUnreachableError):
            await relay.prekey_status()


async def test_an_answer_without_end_is_given_up(identity: Identity) -> None:
    too_long = MAX_RESPONSE_BYTES + 1
    async with answering(identity, http(bytes(too_long), kind=CBOR)) as (relay, _):
        with pytest.raises(RelayAnswerError):
            await relay.prekey_status()
    note = http(b"x" * (MAX_NOTE_BYTES + 1), kind="text/plain")
    async with answering(identity, note) as (relay, _):
        with pytest.raises(RelayAnswerError):
            await relay.checkpoint()


@pytest.mark.parametrize(
    "answer",
    [
        http(b"", kind=CBOR, length=100_000),
        http(b"", kind="application/octet-stream", length=100_000),
        http(b"", kind="application/problem+json", status="409 Conflict", length=100_000),
        b"HTTP/1.1 200 OK\r\nServer: ",
    ],
)
async def test_a_relay_that_drips_bytes_for_ever_is_left(identity: Identity, answer: bytes) -> None:
    server = TlsServer(answer, drips=True)
    async with server.running(identity.context()):
        relay = HttpRelay(server.enrolment(identity.pin), proof_maker(), exchange_seconds=0.3)
        asked = fetched(relay) if b"octet-stream" in answer else relay.prekey_status()
        with pytest.raises(RelayUnreachableError):
            await asked
        await relay.close()


async def fetched(relay: HttpRelay) -> bytes:
    parts = [part async for part in relay.download_blob(BlobId(bytes(16)), offset=0)]
    return b"".join(parts)


async def test_a_part_that_was_not_asked_for_is_refused(identity: Identity) -> None:
    whole = http(b"0123456789", kind="application/octet-stream")
    async with answering(identity, whole) as (relay, _):
        assert await fetched(relay) == b"0123456789"
        with pytest.raises(RelayAnswerError):
            await anext(relay.download_blob(BlobId(bytes(16)), offset=5))


# --- events --------------------------------------------------------------------------------------

STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    b"Connection: close\r\n\r\n"
)


async def test_events_are_read_and_unknown_ones_ignored(identity: Identity) -> None:
    stream = (
        b": welcome\n\n"
        b"event: mailbox\ndata: 3\nid: 3\n\n"
        b": still here\n\n"
        b"event: resync\ndata: {}\n\n"
        b"event: of-a-later-version\ndata: 99\n\n"
        b"event: mailbox\ndata: 5\nid: 5\n\n"
    )
    async with answering(identity, STREAM + stream) as (relay, _):
        events = relay.events()
        assert [await anext(events), await anext(events)] == [3, 5]
        with pytest.raises(RelayUnreachableError):
            await anext(events)


async def test_a_silent_stream_is_dead(identity: Identity) -> None:
    async with answering(
        identity, STREAM + b": welcome\n\n", heartbeat_seconds=0.1, stays_open=True
    ) as (relay, _):
        with pytest.raises(RelayUnreachableError):
            await anext(relay.events())


@pytest.mark.parametrize(
    "stream", [b"data: " + b"x" * 100_000, b"data: x\n" * 20_000, b"event: mailbox\ndata: -1\n\n"]
)
async def test_events_that_make_no_sense_end_the_stream(identity: Identity, stream: bytes) -> None:
    async with answering(identity, STREAM + stream) as (relay, _):
        with pytest.raises(RelayAnswerError):
            await anext(relay.events())


async def test_a_stream_of_another_kind_is_refused(identity: Identity) -> None:
    async with answering(identity, http(b"data: 1\n\n", kind="text/plain")) as (relay, _):
        with pytest.raises(RelayAnswerError):
            await anext(relay.events())


# --- traces --------------------------------------------------------------------------------------


async def test_nothing_about_requests_is_in_our_log_or_errors(
    identity: Identity, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with answering(identity, http(b"\x80", kind=CBOR)) as (relay, _):
        with pytest.raises(RelayAnswerError) as caught:
            await relay.search_directory("Madame-Durand-canary")
    assert "canary" not in str(caught.value)
