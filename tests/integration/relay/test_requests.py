# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is let in and what is read: proofs, bodies, rates, and the form of every refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from app.engine.network.dpop import HEADER
from crypto_core.wire.codec import encode
from crypto_core.wire.limits import (
    MAX_REQUEST_BYTES,
    MAX_UPLOAD_PART_BYTES,
)
from crypto_core.wire.relay_api import (
    CBOR,
    OCTETS,
    PATH_ACCOUNTS,
    PATH_BLOB,
    PATH_BLOBS,
    PATH_DIRECTORY,
    PATH_ENVELOPES,
    PATH_MAILBOX,
    PATH_RELAY,
    PROBLEM,
    BlobStatus,
    ProblemCode,
)
from relay_server.accounts.invitations import invite
from relay_server.limits import Rate, RateLimits
from tests.integration.relay.in_process import RefusedError, relay_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx

    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import Device, RunningRelay

pytestmark = pytest.mark.anyio


def problem_of(response: httpx.Response) -> tuple[int, ProblemCode]:
    """Return status and code of a refusal, which has the form of RFC 9457."""
    assert response.headers["content-type"] == PROBLEM
    problem: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "code"} <= problem.keys()
    assert problem["status"] == response.status_code
    return response.status_code, ProblemCode(problem["code"])


async def get_mailbox(
    relay: RunningRelay, *proofs: str, headers: dict[str, str] | None = None
) -> httpx.Response:
    """Ask with these headers, and with these proofs besides."""
    async with relay.client() as client:
        given = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        given += [(HEADER.encode(), proof.encode("latin-1")) for proof in proofs]
        return await client.get(PATH_MAILBOX, headers=given)


@pytest.fixture
async def relay(database: TestDatabase, tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with relay_over(database.login, tmp_path) as running:
        yield running


async def test_a_proof_counts_once(relay: RunningRelay) -> None:
    device = await relay.device()
    headers = device.credentials("GET", PATH_MAILBOX)
    assert (await get_mailbox(relay, headers=headers)).status_code == 200
    replayed = await get_mailbox(relay, headers=headers)
    assert problem_of(replayed) == (401, ProblemCode.PROOF_REPLAYED)
    assert replayed.headers["www-authenticate"].startswith("DPoP")


async def test_a_request_has_exactly_one_proof(relay: RunningRelay) -> None:
    device = await relay.device()
    proofs = [device.proof("GET", PATH_MAILBOX) for _ in range(2)]
    for given in ([], proofs):
        response = await get_mailbox(relay, *given)
        assert problem_of(response) == (401, ProblemCode.UNAUTHENTICATED)


async def test_a_key_that_no_device_has_opens_nothing(relay: RunningRelay) -> None:
    stranger = relay.invent()
    for method, path in (
        ("GET", PATH_MAILBOX),
        ("POST", PATH_ENVELOPES),
        ("GET", PATH_DIRECTORY),
        ("PUT", "/v1/prekeys"),
        ("GET", "/v1/events"),
        ("GET", "/v1/log/consistency"),
        ("DELETE", PATH_BLOB.format(blob="00" * 16)),
    ):
        with pytest.raises(RefusedError) as caught:
            await stranger.ask(method, path)
        assert caught.value.code is ProblemCode.SIGN_IN_NEEDED


async def test_a_device_that_left_the_list_is_out_at_once(
    relay: RunningRelay, database: TestDatabase
) -> None:
    device = await relay.device()
    await device.mailbox()
    with database.as_superuser() as connection:
        connection.execute("UPDATE relay.device SET is_listed = false")
    relay.relay.devices.forget()
    with pytest.raises(RefusedError) as caught:
        await device.mailbox()
    assert caught.value.code is ProblemCode.UNAUTHENTICATED


async def test_what_another_relay_changes_is_heard(
    relay: RunningRelay, database: TestDatabase
) -> None:
    device = await relay.device()
    await device.mailbox()
    with database.as_superuser() as connection:
        connection.execute("UPDATE relay.device SET is_listed = false")
        connection.execute("SELECT pg_notify('devices', '')")
    with pytest.raises(RefusedError) as caught:
        await _ask_until_refused(device)
    assert caught.value.code is ProblemCode.UNAUTHENTICATED


async def _ask_until_refused(device: Device) -> None:
    for _ in range(900):
        await device.mailbox()


# Bodies ---------------------------------------------------------------------------------------------


async def post(
    device: Device,
    path: str,
    *,
    content: bytes | AsyncIterator[bytes],
    headers: dict[str, str],
) -> httpx.Response:
    proven = device.credentials("POST", path) | headers
    async with device.relay.client() as client:
        return await client.post(path, headers=proven, content=content)


async def test_a_body_that_says_it_is_too_long_is_not_read(relay: RunningRelay) -> None:
    device = await relay.device()
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield bytes(65_536)

    headers = {"Content-Type": CBOR, "Content-Length": str(MAX_REQUEST_BYTES + 1)}
    response = await post(device, PATH_ENVELOPES, content=body(), headers=headers)
    assert problem_of(response) == (413, ProblemCode.TOO_LARGE)
    assert read == 0


async def test_a_body_that_grows_too_long_is_not_read_to_its_end(relay: RunningRelay) -> None:
    device = await relay.device()
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 65_536
            yield bytes(65_536)

    response = await post(device, PATH_ENVELOPES, content=body(), headers={"Content-Type": CBOR})
    assert problem_of(response) == (413, ProblemCode.TOO_LARGE)
    assert read <= MAX_REQUEST_BYTES + 2 * 65_536


async def test_a_part_has_its_own_limit(relay: RunningRelay) -> None:
    device = await relay.device()
    announced = device.caller.blob(bytes(MAX_UPLOAD_PART_BYTES + 1))
    await device.send("POST", PATH_BLOBS, announced, BlobStatus)
    path = PATH_BLOB.format(blob=announced.blob.hex())
    for size, code in (
        (MAX_UPLOAD_PART_BYTES + 1, ProblemCode.TOO_LARGE),
        (MAX_UPLOAD_PART_BYTES, None),
    ):
        request = device.ask("PUT", path, content=bytes(size), kind=OCTETS, query={"offset": 0})
        if code is None:
            await request
        else:
            with pytest.raises(RefusedError) as caught:
                await request
            assert caught.value.code is code


async def test_bodies_of_another_type_are_refused(relay: RunningRelay) -> None:
    device = await relay.device()
    for kind in ("application/json", "", "application/cbor-seq"):
        response = await post(
            device, PATH_ENVELOPES, content=b"\x80", headers={"Content-Type": kind}
        )
        assert problem_of(response) == (415, ProblemCode.UNSUPPORTED_MEDIA_TYPE)


async def test_bodies_that_are_not_what_the_path_takes_are_refused(relay: RunningRelay) -> None:
    device = await relay.device()
    for body in (b"", b"\x80", b"\xff", b"\x9f\xff", b"[" * 1000, bytes(5000)):
        for path in (PATH_ENVELOPES, PATH_BLOBS, PATH_ACCOUNTS, "/v1/mailbox/acknowledge"):
            response = await post(device, path, content=body, headers={"Content-Type": CBOR})
            assert problem_of(response) == (400, ProblemCode.MALFORMED)


OTHER_FORMS: Final[list[tuple[str, dict[str, str | int]]]] = [
    (PATH_MAILBOX, {"after": "-1"}),
    (PATH_MAILBOX, {"after": "x"}),
    (PATH_MAILBOX, {"after": "9" * 30}),
    (PATH_MAILBOX, {"after": "\u0663"}),
    (PATH_MAILBOX, {"limit": "0"}),
    (PATH_MAILBOX, {"limit": "101"}),
    (PATH_DIRECTORY, {"q": "x" * 300}),
    ("/v1/log/proof", {}),
    ("/v1/log/proof", {"envelope": "AB" * 16}),
    ("/v1/log/proof", {"envelope": "ab" * 15}),
    ("/v1/log/consistency", {"first": "1"}),
    ("/v1/accounts/00/keys", {}),
    ("/v1/accounts/" + "zz" * 20 + "/keys", {}),
    (PATH_BLOB.format(blob="AB" * 16), {}),
]


async def test_parameters_have_one_form(relay: RunningRelay) -> None:
    device = await relay.device()
    for path, query in OTHER_FORMS:
        with pytest.raises(RefusedError) as caught:
            await device.ask("GET", path, query=query)
        assert (caught.value.status, caught.value.code) == (400, ProblemCode.MALFORMED), (
            path,
            query,
        )


async def test_a_repeated_parameter_is_refused(relay: RunningRelay) -> None:
    device = await relay.device()
    async with relay.client() as client:
        response = await client.get(
            PATH_MAILBOX + "?after=0&after=1", headers=device.credentials("GET", PATH_MAILBOX)
        )
    assert problem_of(response) == (400, ProblemCode.MALFORMED)


async def test_unknown_paths_and_methods_are_problems_too(relay: RunningRelay) -> None:
    async with relay.client() as client:
        for path in ("/", "/v2/relay", "/v1/relay/", "/v1/accounts/", "/log", "/v1/blobs/x/y/z"):
            assert problem_of(await client.get(path)) == (404, ProblemCode.NOT_FOUND)
        for method, path in (
            ("PATCH", PATH_RELAY),
            ("GET", PATH_ENVELOPES),
            ("POST", PATH_MAILBOX),
        ):
            response = await client.request(method, path)
            assert problem_of(response) == (405, ProblemCode.METHOD_NOT_ALLOWED)


async def test_answers_are_kept_nowhere(relay: RunningRelay) -> None:
    device = await relay.device()
    for response in (
        await device.ask("GET", PATH_MAILBOX),
        await get_mailbox(relay),
    ):
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "server" not in response.headers


# Rates ----------------------------------------------------------------------------------------------

SLOW = Rate(per_second=0.5, burst=3)
FAST = Rate(per_second=1e6, burst=1e6)


async def test_each_device_has_its_rate(database: TestDatabase, tmp_path: Path) -> None:
    rates = RateLimits(address=FAST, device=SLOW, registration=FAST)
    async with relay_over(database.login, tmp_path, rates=rates) as relay:
        one, other = await relay.device(), await relay.device()
        for _ in range(3):
            await one.mailbox()
        with pytest.raises(RefusedError) as caught:
            await one.mailbox()
        assert (caught.value.status, caught.value.code) == (429, ProblemCode.TOO_MANY_REQUESTS)
        assert caught.value.problem["retry_after"] == 3
        await other.mailbox()
        relay.clock.advance(seconds=2)
        await one.mailbox()
        with pytest.raises(RefusedError):
            await one.mailbox()


async def test_each_address_has_its_rate(database: TestDatabase, tmp_path: Path) -> None:
    rates = RateLimits(address=SLOW, device=FAST, registration=FAST)
    async with relay_over(database.login, tmp_path, rates=rates) as relay, relay.client() as client:
        for _ in range(3):
            assert (await client.get(PATH_RELAY)).status_code == 200
        response = await client.get(PATH_RELAY)
        assert problem_of(response) == (429, ProblemCode.TOO_MANY_REQUESTS)
        assert response.headers["retry-after"] == "3"
        relay.clock.advance(seconds=2)
        assert (await client.get(PATH_RELAY)).status_code == 200


async def test_attempts_to_register_have_their_rate(database: TestDatabase, tmp_path: Path) -> None:
    rates = RateLimits(address=FAST, device=FAST, registration=SLOW)
    async with relay_over(database.login, tmp_path, rates=rates) as relay:
        for _ in range(3):
            stranger = relay.invent()
            with pytest.raises(RefusedError) as caught:
                await stranger.ask(
                    "POST", PATH_ACCOUNTS, content=encode(stranger.caller.registration("guess"))
                )
            assert caught.value.code is ProblemCode.INVITATION_INVALID
        late = relay.invent()
        with pytest.raises(RefusedError) as caught:
            await late.ask("POST", PATH_ACCOUNTS, content=encode(late.caller.registration("guess")))
        assert caught.value.code is ProblemCode.TOO_MANY_REQUESTS


async def test_invitations_end(relay: RunningRelay) -> None:
    code = await invite(relay.database, life=timedelta(days=1), clock=relay.clock)
    relay.clock.advance(days=1.01)
    late = relay.invent()
    with pytest.raises(RefusedError) as caught:
        await late.ask("POST", PATH_ACCOUNTS, content=encode(late.caller.registration(code)))
    assert caught.value.code is ProblemCode.INVITATION_INVALID
    await relay.relay.sweep()
    async with relay.database.session() as session:
        assert await session.fetchval("SELECT count(*) FROM invitation") == 0
