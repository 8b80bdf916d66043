# SPDX-License-Identifier: AGPL-3.0-or-later
"""Envelopes on real PostgreSQL: repetition, refusal inside a batch, expiry with notice, what is kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crypto_core.errors import SignatureError
from crypto_core.trust.audit import read_expiry
from crypto_core.trust.checkpoints import verify_checkpoint
from crypto_core.trust.merkle import leaf_hash, verify_inclusion
from crypto_core.trust.tlog_proof import parse_proof
from crypto_core.wire.codec import decode
from crypto_core.wire.envelope import Envelope, OuterHeader
from crypto_core.wire.limits import ENVELOPE_LIFE_SECONDS, MAX_ENVELOPE_BYTES
from crypto_core.wire.relay_api import (
    OCTETS,
    PATH_BLOB,
    PATH_BLOB_COMPLETE,
    PATH_BLOBS,
    PATH_LOG_PROOF,
    BlobStatus,
    InclusionAnswer,
    ProblemCode,
)
from relay_server.audit.keys import load_signers
from tests.integration.relay.in_process import Device, RefusedError, relay_over

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from crypto_core.wire.ids import BlobId
    from crypto_core.wire.relay_api import PostEnvelopeRequest
    from tests.integration.relay.conftest import TestDatabase

pytestmark = pytest.mark.anyio


def header_of(request: PostEnvelopeRequest) -> OuterHeader:
    return decode(OuterHeader, decode(Envelope, request.envelope).header)


async def code_of(attempt: Awaitable[object]) -> ProblemCode:
    with pytest.raises(RefusedError) as caught:
        await attempt
    return caught.value.code


async def upload(device: Device, content: bytes) -> BlobId:
    announced = device.caller.blob(content)
    await device.send("POST", PATH_BLOBS, announced, BlobStatus)
    path = PATH_BLOB.format(blob=announced.blob.hex())
    await device.ask("PUT", path, content=content, kind=OCTETS, query={"offset": 0})
    await device.ask("POST", PATH_BLOB_COMPLETE.format(blob=announced.blob.hex()))
    return announced.blob


async def test_a_repetition_gives_the_same_receipt_whatever_happened_since(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender, recipient = await relay.device(), await relay.device()
        request = sender.letter_to(recipient)
        first = parse_proof((await sender.post(request)).proof)
        again = parse_proof((await sender.post(request)).proof)
        assert (again.index, again.extra) == (first.index, first.extra)
        (item,) = (await recipient.mailbox()).items
        await recipient.acknowledge(item.cursor)
        after = parse_proof((await sender.post(request)).proof)
        assert (after.index, after.extra) == (first.index, first.extra)
        assert (await recipient.mailbox()).items == ()


async def test_one_bad_envelope_spoils_no_other(database: TestDatabase, tmp_path: Path) -> None:
    """All of these arrive together, and share batches."""
    async with relay_over(database.login, tmp_path) as relay:
        recipient = await relay.device()
        good = [await relay.device() for _ in range(8)]
        forger, repeater, stranger = [await relay.device() for _ in range(3)]
        nobody = relay.invent()
        known = repeater.letter_to(recipient)
        await repeater.post(known)
        other_bytes = replace(
            forger.caller.posting(
                header_of(known).envelope,
                forger.caller.envelope(recipient.caller)[1],
            )
        )
        results = await asyncio.gather(
            *(each.post_to(recipient) for each in good),
            repeater.post(known),
            stranger.post_to(nobody),
            forger.post(other_bytes),
            return_exceptions=True,
        )
        assert not [each for each in results[:9] if isinstance(each, BaseException)]
        refusals = [each.code for each in results[9:] if isinstance(each, RefusedError)]
        assert refusals == [ProblemCode.UNKNOWN_RECIPIENT, ProblemCode.MALFORMED]
        assert len((await recipient.mailbox()).items) == 9


async def test_two_envelopes_with_one_id_in_one_batch(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender, recipient = await relay.device(), await relay.device()
        envelope, envelope_bytes = sender.caller.envelope(recipient.caller)
        changed = envelope_bytes[:-1] + bytes([envelope_bytes[-1] ^ 1])
        first = sender.caller.posting(envelope, envelope_bytes)
        second = sender.caller.posting(envelope, changed)
        results = await asyncio.gather(
            sender.post(first), sender.post(second), return_exceptions=True
        )
        codes = [each.code for each in results if isinstance(each, RefusedError)]
        assert codes in ([ProblemCode.CONFLICT], [ProblemCode.CHAIN_BROKEN])
        assert len((await recipient.mailbox()).items) == 1


async def test_an_envelope_names_each_recipient_and_blob_once(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender, recipient = await relay.device(), await relay.device()
        assert (
            await code_of(sender.post(sender.letter_to(recipient, recipient)))
            is ProblemCode.MALFORMED
        )


async def test_a_life_beyond_the_limit_is_refused(database: TestDatabase, tmp_path: Path) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender = await relay.device()
        await sender.post_to(sender, life_seconds=ENVELOPE_LIFE_SECONDS)
        too_long = sender.letter_to(sender, life_seconds=ENVELOPE_LIFE_SECONDS + 3600)
        assert await code_of(sender.post(too_long)) is ProblemCode.MALFORMED


async def test_what_nobody_fetched_ends_with_a_signed_notice(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender, reader, absent = [await relay.device() for _ in range(3)]
        request = sender.letter_to(reader, absent, life_seconds=3600)
        await sender.post(request)
        (item,) = (await reader.mailbox()).items
        await reader.acknowledge(item.cursor)
        assert await relay.relay.mailbox.expire() == 0
        relay.clock.advance(seconds=3601)
        assert await relay.relay.mailbox.expire() == 1
        assert await relay.relay.mailbox.expire() == 0

        assert (await absent.mailbox()).items == ()
        page = await sender.mailbox()
        (notice,) = page.items
        assert notice.envelope is None
        identity = load_signers(relay.folder.log_key, clock=relay.clock).identity
        expired = read_expiry(notice.proof.leaf, log_key=identity.ed25519.public_key)
        assert expired.envelope == header_of(request).envelope
        assert expired.undelivered == (absent.caller.device,)
        checkpoint = verify_checkpoint(page.checkpoint, log=identity).checkpoint
        verify_inclusion(
            leaf_hash=leaf_hash(notice.proof.leaf),
            index=notice.proof.index,
            size=checkpoint.size,
            path=notice.proof.path,
            root=checkpoint.root,
        )
        with pytest.raises(SignatureError):
            read_expiry(notice.proof.leaf, log_key=bytes(31) + b"\1")
        await sender.acknowledge(notice.cursor)
        assert (await sender.mailbox()).items == ()
        assert await code_of(sender.post(request)) is ProblemCode.EXPIRED


async def test_the_notice_of_a_removed_device_goes_to_the_others_of_its_account(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender, absent = await relay.device(), await relay.device()
        await sender.post_to(absent, life_seconds=3600)
        successor = relay.invent()
        with database.as_superuser() as connection:
            # What a device list without the sender leaves in the tables.
            connection.execute(
                "UPDATE relay.device SET is_listed = false WHERE device = %s",
                [sender.caller.device],
            )
            connection.execute(
                "INSERT INTO relay.device VALUES (%s, %s, %s, %s, %s)",
                [
                    successor.caller.device,
                    sender.caller.account,
                    bytes(16),
                    successor.caller.caller.request_key,
                    bytes(10),
                ],
            )
        relay.clock.advance(seconds=3601)
        assert await relay.relay.mailbox.expire() == 1
        assert await relay.relay.mailbox.newest_cursor(sender.caller.device) == 0
        assert await relay.relay.mailbox.newest_cursor(successor.caller.device) > 0


async def test_expired_envelopes_are_forgotten_a_week_later(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender, recipient = await relay.device(), await relay.device()
        await sender.post_to(recipient, life_seconds=3600)
        await sender.post_to(recipient, life_seconds=3600)
        (item, _) = (await recipient.mailbox()).items
        await recipient.acknowledge(item.cursor)
        counted = []
        for days in (0, 1, 7):
            relay.clock.advance(days=days)
            await relay.relay.sweep()
            with database.as_superuser() as connection:
                counted.append(
                    connection.execute(
                        "SELECT count(*), count(body) FROM relay.envelope"
                    ).fetchone()
                )
        assert counted == [(2, 1), (2, 0), (0, 0)]


async def test_a_body_is_gone_when_the_last_recipient_has_it(
    database: TestDatabase, tmp_path: Path
) -> None:
    """Two devices acknowledge the last two copies at the same moment, many times."""
    async with relay_over(database.login, tmp_path) as relay:
        sender, one, two = [await relay.device() for _ in range(3)]
        for _ in range(15):
            await sender.post_to(one, two)
        first, second = (await one.mailbox()).items, (await two.mailbox()).items
        await asyncio.gather(
            *(one.acknowledge(item.cursor) for item in first),
            *(two.acknowledge(item.cursor) for item in second),
        )
        with database.as_superuser() as connection:
            left = connection.execute("SELECT count(body) FROM relay.envelope").fetchone()
        assert left == (0,)


async def test_acknowledging_while_expiring_loses_nothing(
    database: TestDatabase, tmp_path: Path
) -> None:
    """Either the recipient was in time, or the sender is told; never neither, never both."""
    async with relay_over(database.login, tmp_path) as relay:
        sender, recipient = await relay.device(), await relay.device()
        for _ in range(10):
            await sender.post_to(recipient, life_seconds=3600)
        items = (await recipient.mailbox()).items
        relay.clock.advance(seconds=3601)
        await asyncio.gather(
            relay.relay.mailbox.expire(),
            *(recipient.acknowledge(item.cursor) for item in items[:5]),
        )
        await relay.relay.mailbox.expire()
        assert (await recipient.mailbox()).items == ()
        notices = (await sender.mailbox()).items
        assert 5 <= len(notices) <= 10
        with database.as_superuser() as connection:
            left = connection.execute("SELECT count(body) FROM relay.envelope").fetchone()
        assert left == (0,)


async def test_pages_are_bounded_in_bytes(database: TestDatabase, tmp_path: Path) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender, recipient = await relay.device(), await relay.device()
        body = bytes(MAX_ENVELOPE_BYTES - 2000)
        for _ in range(34):
            await sender.post(
                sender.caller.posting(*sender.caller.envelope(recipient.caller, body=body))
            )
        page = await recipient.mailbox()
        assert len(page.items) == 32
        assert page.more
        rest = await recipient.mailbox(after=page.items[-1].cursor)
        assert (len(rest.items), rest.more) == (2, False)


async def test_proofs_are_for_the_accounts_devices_and_the_recipients(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender, recipient, stranger = [await relay.device() for _ in range(3)]
        request = sender.letter_to(recipient)
        await sender.post(request)
        query: dict[str, str | int] = {"envelope": header_of(request).envelope.hex()}
        for device in (sender, recipient):
            answer = await device.ask("GET", PATH_LOG_PROOF, query=query)
            assert decode(InclusionAnswer, answer.content).proof
        assert (
            await code_of(stranger.ask("GET", PATH_LOG_PROOF, query=query)) is ProblemCode.NOT_FOUND
        )


async def blob_rows(database: TestDatabase) -> int:
    with database.as_superuser() as connection:
        found = connection.execute("SELECT count(*) FROM relay.blob").fetchone()
    assert found is not None
    return int(found[0])


async def test_blobs_live_as_long_as_an_envelope_that_names_them_waits(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender, recipient = await relay.device(), await relay.device()
        shared, expiring = await upload(sender, b"shared"), await upload(sender, b"expiring")
        for blobs in ((shared,), (shared, expiring)):
            request = sender.caller.letter_to(recipient.caller, blobs=blobs)
            await sender.post(request)
        first, second = (await recipient.mailbox()).items
        await recipient.acknowledge(first.cursor)
        await relay.relay.sweep()
        assert await blob_rows(database) == 2
        path = PATH_BLOB.format(blob=shared.hex())
        assert (await recipient.ask("GET", path)).content == b"shared"
        assert await code_of(sender.ask("DELETE", path)) is ProblemCode.CONFLICT
        await recipient.acknowledge(second.cursor)
        await relay.relay.sweep()
        assert await blob_rows(database) == 0
        assert not [each for each in relay.folder.blobs.glob("*/*") if each.is_file()]


async def test_uploads_that_no_envelope_names_are_forgotten(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender = await relay.device()
        await upload(sender, b"never sent")
        relay.clock.advance(days=6.9)
        await relay.relay.sweep()
        assert await blob_rows(database) == 1
        relay.clock.advance(days=0.2)
        await relay.relay.sweep()
        assert await blob_rows(database) == 0


async def test_an_account_has_a_quota(database: TestDatabase, tmp_path: Path) -> None:
    async with relay_over(database.login, tmp_path, quota_bytes=1000) as relay:
        sender, other = await relay.device(), await relay.device()
        first = await upload(sender, bytes(600))
        too_much = sender.caller.blob(bytes(401))
        assert (
            await code_of(sender.send("POST", PATH_BLOBS, too_much, BlobStatus))
            is ProblemCode.QUOTA_EXCEEDED
        )
        await upload(other, bytes(1000))
        await sender.ask("DELETE", PATH_BLOB.format(blob=first.hex()))
        await upload(sender, bytes(1000))


async def test_a_spoiled_upload_may_start_again(database: TestDatabase, tmp_path: Path) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender = await relay.device()
        announced = sender.caller.blob(b"right")
        await sender.send("POST", PATH_BLOBS, announced, BlobStatus)
        path = PATH_BLOB.format(blob=announced.blob.hex())
        complete = PATH_BLOB_COMPLETE.format(blob=announced.blob.hex())
        for content, code in ((b"wrong", ProblemCode.BLOB_MISMATCH), (b"right", None)):
            await sender.ask("PUT", path, content=content, kind=OCTETS, query={"offset": 0})
            if code is None:
                await sender.ask("POST", complete)
            else:
                assert await code_of(sender.ask("POST", complete)) is code
        assert (await sender.ask("GET", path)).content == b"right"
        again = sender.ask("PUT", path, content=b"more", kind=OCTETS, query={"offset": 0})
        assert await code_of(again) is ProblemCode.BLOB_OFFSET


async def test_files_without_a_row_are_removed_at_the_start(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender = await relay.device()
        kept = await upload(sender, b"kept")
        clock = relay.clock
    orphan = relay.folder.blobs / "ab" / ("ab" * 16)
    orphan.write_bytes(b"left behind")
    orphan.with_suffix(".part").write_bytes(b"left behind")
    async with relay_over(database.login, tmp_path, clock=clock) as relay:
        left = [each.name for each in relay.folder.blobs.glob("*/*")]
    assert left == [kept.hex()]


async def test_the_relay_says_when_there_is_no_database(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        device = await relay.device()
        with database.as_superuser() as connection:
            connection.execute(f"ALTER ROLE {database.login.role} NOLOGIN".encode())
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s",
                [database.login.role],
            )
        with pytest.raises(RefusedError) as caught:
            await device.mailbox()
        assert (caught.value.status, caught.value.code) == (503, ProblemCode.UNAVAILABLE)
        with database.as_superuser() as connection:
            connection.execute(f"ALTER ROLE {database.login.role} LOGIN".encode())
        await device.post_to(device)
