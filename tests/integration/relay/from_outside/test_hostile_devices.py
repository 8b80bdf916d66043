# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registered devices that mean no good, or are many at once; nothing here needs a forged signature."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from app.engine.network.dpop import HEADER
from crypto_core.trust.audit import ChainHead
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import EnvelopeAccepted, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import BlobId, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.relay_api import (
    OCTETS,
    PATH_ACCOUNTS,
    PATH_BLOB,
    PATH_BLOB_COMPLETE,
    PATH_BLOBS,
    PATH_DIRECTORY,
    PATH_DIRECTORY_ENTRY,
    PROBLEM,
    BlobStatus,
    CreateBlobRequest,
    DirectoryPage,
    LogReceipt,
    PostEnvelopeRequest,
    ProblemCode,
)
from relay_server.accounts.invitations import invite
from tests.integration.relay.in_process import RefusedError, relay_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from pathlib import Path

    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import Device, RunningRelay

pytestmark = pytest.mark.anyio

MANY: Final = 20
HIGHEST: Final = 2**31 - 1


@pytest.fixture
async def relay(database: TestDatabase, tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with relay_over(database.login, tmp_path / "data") as running:
        yield running


async def code_of(act: Awaitable[object]) -> ProblemCode | None:
    """Return why an act is refused, None if it is not."""
    try:
        await act
    except RefusedError as refused:
        return refused.code
    return None


async def register_with(device: Device, code: str) -> LogReceipt:
    """Register with a code."""
    return await device.send("POST", PATH_ACCOUNTS, device.caller.registration(code), LogReceipt)


# --- accounts ------------------------------------------------------------------------------------


async def test_one_invitation_admits_one_of_many_at_once(relay: RunningRelay) -> None:
    code = await invite(relay.database, life=timedelta(days=1), clock=relay.clock)
    crowd = [relay.invent() for _ in range(MANY)]
    outcomes = await asyncio.gather(*(code_of(register_with(each, code)) for each in crowd))
    assert Counter(outcomes) == {None: 1, ProblemCode.INVITATION_INVALID: MANY - 1}
    # Who was refused is nobody, and can become somebody with a code of its own.
    refused = crowd[outcomes.index(ProblemCode.INVITATION_INVALID)]
    with pytest.raises(RefusedError):
        await refused.mailbox()
    refused.caller.chain = relay.invent().caller.chain
    await refused.register()


async def test_one_key_serves_one_of_many_accounts_at_once(relay: RunningRelay) -> None:
    """Each has an invitation and an identity of its own, but the request key of the same device."""
    crowd = [relay.invent() for _ in range(8)]
    for each in crowd[1:]:
        each.caller.request_key = crowd[0].caller.request_key
        each.caller.lists.clear()
        each.caller.lists.append(each.caller.next_list())
    outcomes = await asyncio.gather(*(code_of(each.register()) for each in crowd))
    assert Counter(outcomes) == {None: 1, ProblemCode.KEY_IN_USE: len(crowd) - 1}


async def test_a_code_is_read_as_people_type_it(relay: RunningRelay) -> None:
    code = await invite(relay.database, life=timedelta(days=1), clock=relay.clock)
    await register_with(relay.invent(), f"  {code.upper()} ")


async def test_a_search_takes_no_character_for_a_pattern(relay: RunningRelay) -> None:
    device = await relay.device()
    name = f"Zoé {secrets.token_hex(4)}"
    entry = device.caller.directory_entry(name, "Kinésithérapeute", "L'Haÿ-les-Roses")
    own = PATH_DIRECTORY_ENTRY.format(account=device.caller.account.hex())
    await device.ask("PUT", own, content=encode(entry))

    async def found(query: str) -> bool:
        answer = await device.ask("GET", PATH_DIRECTORY, query={"q": query})
        return entry in decode(DirectoryPage, answer.content).entries

    for query in (name, "zoe KINESI", "l'hay roses", "Zoé", "zo\u0065\u0301", ""):
        assert await found(query), query
    for query in ("zoe'--", "zoe%"):
        # What stands between words does not count.
        assert await found(query), query
    for query in ("%", "x%", "z_x", "_", "\\", "zoe\x00x", "zoe ' OR true", "\u202e"):
        assert not await found(query), query


# --- letters -------------------------------------------------------------------------------------


async def stated(
    device: Device, to: Device, *, at: int, sequence: int | None = None
) -> PostEnvelopeRequest:
    """Return a letter whose statement says something odd, well signed."""
    envelope, envelope_bytes = device.caller.envelope(to.caller)
    before = device.caller.chain
    if sequence is not None:
        device.caller.chain = ChainHead(next_sequence=sequence, previous=before.previous)
    statement = device.caller.state(
        Verb.ENVELOPE_ACCEPTED,
        EnvelopeAccepted(
            envelope=envelope,
            envelope_sha256=sha256(envelope_bytes),
            at=UnixMillis(at),
            utc_offset=UtcOffsetMinutes(0),
        ),
    )
    return PostEnvelopeRequest(envelope=envelope_bytes, statement=statement)


@pytest.mark.parametrize("sequence", [0, 3, 2**31, 2**53])
async def test_a_sequence_out_of_turn_disturbs_nobody(relay: RunningRelay, sequence: int) -> None:
    alice, bob = await relay.device(), await relay.device()
    await alice.post_to(bob)
    chain = alice.caller.chain
    request = await stated(alice, bob, at=relay.clock(), sequence=sequence)
    with pytest.raises(RefusedError) as refused:
        await alice.post(request)
    assert refused.value.code is ProblemCode.CHAIN_BROKEN
    assert refused.value.problem["expected_sequence"] == chain.next_sequence
    alice.caller.chain = chain
    await alice.post_to(bob)
    assert len((await bob.mailbox()).items) == 2


@pytest.mark.parametrize("at", [0, 2**53])
async def test_a_device_may_be_wrong_about_the_time(relay: RunningRelay, at: int) -> None:
    """What it says is its own word; the relay's time stands beside it."""
    alice, bob = await relay.device(), await relay.device()
    await alice.post(await stated(alice, bob, at=at))
    assert len((await bob.mailbox()).items) == 1


async def test_a_crowd_of_guilty_letters_refuses_no_innocent_one(relay: RunningRelay) -> None:
    recipient, stranger = await relay.device(), relay.invent()
    innocent = [await relay.device() for _ in range(6)]
    guilty = [await relay.device() for _ in range(6)]
    acts = [each.post_to(recipient) for each in innocent]
    acts += [each.post_to(stranger) for each in guilty]
    outcomes = await asyncio.gather(*(code_of(each) for each in acts))
    assert outcomes == [None] * 6 + [ProblemCode.UNKNOWN_RECIPIENT] * 6
    assert len((await recipient.mailbox()).items) == 6


async def test_prekeys_may_bear_the_highest_number(relay: RunningRelay) -> None:
    device = await relay.device()
    status = await device.upload_prekeys(device.caller.prekeys(HIGHEST, one_time=1))
    assert (status.signed_number, status.batch_number) == (HIGHEST, HIGHEST)


# --- blobs ---------------------------------------------------------------------------------------


async def announce(device: Device, content: bytes) -> CreateBlobRequest:
    """Announce an upload."""
    request = device.caller.blob(content)
    await device.send("POST", PATH_BLOBS, request, BlobStatus)
    return request


async def put(device: Device, blob: BlobId, part: bytes, *, offset: int = 0) -> BlobStatus:
    """Add a part."""
    path = PATH_BLOB.format(blob=blob.hex())
    answer = await device.ask("PUT", path, content=part, kind=OCTETS, query={"offset": offset})
    return decode(BlobStatus, answer.content)


async def upload(device: Device, content: bytes) -> BlobId:
    """Store a blob."""
    request = await announce(device, content)
    await put(device, request.blob, content)
    await device.ask("POST", PATH_BLOB_COMPLETE.format(blob=request.blob.hex()))
    return request.blob


async def test_of_many_parts_for_one_place_one_is_taken(relay: RunningRelay) -> None:
    device = await relay.device()
    content = secrets.token_bytes(100_000)
    request = await announce(device, content)
    outcomes = await asyncio.gather(
        *(code_of(put(device, request.blob, content)) for _ in range(8))
    )
    assert Counter(outcomes) == {None: 1, ProblemCode.BLOB_OFFSET: 7}
    await device.ask("POST", PATH_BLOB_COMPLETE.format(blob=request.blob.hex()))
    path = PATH_BLOB.format(blob=request.blob.hex())
    assert (await device.ask("GET", path)).content == content


async def test_a_deleted_upload_leaves_no_file_whoever_wins(relay: RunningRelay) -> None:
    """A part that comes while its upload is deleted would else fill the disk outside every quota."""
    device = await relay.device()
    for _ in range(30):
        request = await announce(device, bytes(50_000))
        path = PATH_BLOB.format(blob=request.blob.hex())
        await asyncio.gather(
            code_of(put(device, request.blob, bytes(50_000))),
            code_of(device.ask("DELETE", path)),
            code_of(put(device, request.blob, bytes(50_000))),
        )
        await code_of(device.ask("DELETE", path))
    left = [each for each in relay.folder.blobs.rglob("*") if each.is_file()]
    assert left == []


async def test_a_complete_blob_never_changes(relay: RunningRelay) -> None:
    device = await relay.device()
    blob = await upload(device, b"as it is")
    path = PATH_BLOB.format(blob=blob.hex())
    for offset in (0, 3, 8):
        with pytest.raises(RefusedError) as refused:
            await put(device, blob, b"x", offset=offset)
        assert refused.value.code in {ProblemCode.BLOB_OFFSET, ProblemCode.BLOB_MISMATCH}
    assert (await device.ask("GET", path)).content == b"as it is"


async def test_more_than_was_announced_is_not_taken(relay: RunningRelay) -> None:
    device = await relay.device()
    request = await announce(device, b"four")
    for part, offset in ((b"fives", 0), (b"x", 2**32)):
        with pytest.raises(RefusedError):
            await put(device, request.blob, part, offset=offset)
    assert not [each for each in relay.folder.blobs.rglob("*") if each.is_file()]


async def test_uploads_at_once_share_one_quota(database: TestDatabase, tmp_path: Path) -> None:
    async with relay_over(database.login, tmp_path, quota_bytes=1000) as relay:
        device = await relay.device()
        acts = (announce(device, secrets.token_bytes(300)) for _ in range(8))
        outcomes = await asyncio.gather(*(code_of(each) for each in acts))
        assert Counter(outcomes) == {None: 3, ProblemCode.QUOTA_EXCEEDED: 5}


async def test_parts_of_a_blob_can_be_fetched(relay: RunningRelay) -> None:
    device = await relay.device()
    content = secrets.token_bytes(10_000)
    path = PATH_BLOB.format(blob=(await upload(device, content)).hex())
    for asked, expected in (
        ("bytes=0-9", content[:10]),
        ("bytes=9990-", content[9990:]),
        ("bytes=-5", content[-5:]),
        ("bytes=9000-20000", content[9000:]),
    ):
        answer = await device.ask("GET", path, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, expected)


async def test_many_ranges_cost_no_more_than_the_blob(relay: RunningRelay) -> None:
    """A short request must not make the relay send or compute out of all proportion."""
    device = await relay.device()
    content = secrets.token_bytes(10_000)
    path = PATH_BLOB.format(blob=(await upload(device, content)).hex())
    for asked in (
        ",".join(["0-"] * 2000),
        ",".join(f"{start}-{start}" for start in range(0, 5000, 2)),
        ",".join(f"{start}-" for start in range(2000)),
    ):
        answer = await device.ask("GET", path, headers={"Range": f"bytes={asked}"})
        assert len(answer.content) <= 2 * len(content), asked[:30]


async def test_a_range_that_is_none_is_a_problem(relay: RunningRelay) -> None:
    device = await relay.device()
    path = PATH_BLOB.format(blob=(await upload(device, b"short")).hex())
    for asked in ("bytes=5-", "bytes=9-3", "bytes=x", "bytes=-0", "bytes="):
        async with relay.client() as client:
            answer = await client.get(
                path,
                headers={
                    "Range": asked,
                    HEADER: device.proof("GET", path),
                    "Authorization": f"DPoP {device.access_token}",
                },
            )
        assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM), asked
        assert answer.json()["code"] == ProblemCode.MALFORMED


async def test_a_range_in_other_units_is_ignored(relay: RunningRelay) -> None:
    """RFC 9110 §14.2."""
    device = await relay.device()
    path = PATH_BLOB.format(blob=(await upload(device, b"short")).hex())
    for asked in ("lines=0-1", "x", "=0-1", "bytess=0-1"):
        answer = await device.ask("GET", path, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (200, b"short"), asked


# --- replicas ------------------------------------------------------------------------------------


async def test_what_one_relay_accepts_is_read_at_another(
    database: TestDatabase, tmp_path: Path
) -> None:
    """Two relays over one database; the second has never written anything."""
    async with relay_over(database.login, tmp_path / "one") as one:
        (tmp_path / "two").mkdir()
        for shared in (one.folder.log_key, one.folder.sign_in_key):
            (tmp_path / "two" / shared.name).write_bytes(shared.read_bytes())
        async with relay_over(database.login, tmp_path / "two", clock=one.clock) as two:
            alice, bob = await one.device(), await one.device()
            await alice.post_to(bob)
            bob.relay = two
            assert len((await bob.mailbox()).items) == 1
