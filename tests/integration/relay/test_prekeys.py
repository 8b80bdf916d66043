# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prekeys on real PostgreSQL: nobody is given a key that somebody else was given."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crypto_core.trust.prekeys import PrekeyNumbers, choose_slot_target
from crypto_core.wire.limits import SIGNED_PREKEY_LIFE_SECONDS
from crypto_core.wire.relay_api import ProblemCode
from relay_server.clock import to_datetime
from relay_server.prekeys import store
from relay_server.prekeys.service import ONE_TIME_KEYS_A_DAY
from tests.integration.relay.in_process import Device, RefusedError, relay_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from pathlib import Path

    from crypto_core.wire.prekeys import PrekeyBundle
    from crypto_core.wire.relay_api import PrekeyUpload
    from relay_server.database.pool import Session
    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import RunningRelay

pytestmark = pytest.mark.anyio


@pytest.fixture
async def relay(database: TestDatabase, tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with relay_over(database.login, tmp_path) as running:
        yield running


def one_time_keys(bundles: Iterable[PrekeyBundle]) -> list[bytes]:
    return [
        each.one_time.key.public_key
        for bundle in bundles
        for each in bundle.devices
        if each.one_time is not None
    ]


async def test_two_senders_never_get_the_same_key(relay: RunningRelay) -> None:
    """Sixty claims at once for forty keys: each key goes to one, the others get the signed prekey."""
    owner = await relay.device()
    senders = [await relay.device() for _ in range(6)]
    await owner.upload_prekeys(owner.caller.prekeys(1, one_time=40))
    bundles = await asyncio.gather(*(sender.claim(owner) for sender in senders for _ in range(10)))
    keys = one_time_keys(bundles)
    assert len(keys) == len(set(keys)) == 40
    assert all(bundle.devices[0].signed == bundles[0].devices[0].signed for bundle in bundles)
    status = await owner.prekey_status()
    assert (status.one_time_left, status.signed_fallbacks) == (0, 20)


async def test_who_claims_at_the_same_moment_gets_the_next_key_and_does_not_wait(
    relay: RunningRelay,
) -> None:
    """One claim is held before its end: the other one neither waits for it nor goes without a key."""
    owner, first, second = [await relay.device() for _ in range(3)]
    await owner.upload_prekeys(owner.caller.prekeys(1, one_time=2))
    now = to_datetime(relay.clock.now())

    async def claim(session: Session, sender: Device) -> bytes:
        (claimed,) = await store.claim(
            session,
            claimer=sender.caller.account,
            devices=[owner.caller.device],
            one_time=True,
            now=now,
            today=now.date(),
            allowance=ONE_TIME_KEYS_A_DAY,
        )
        assert claimed.key is not None
        return claimed.key

    async with relay.database.session() as held, held.transaction():
        key = await claim(held, first)
        async with relay.database.session() as session, session.transaction():
            # Whoever has to wait fails.
            await session.execute("SET LOCAL lock_timeout = '1ms'")
            assert await claim(session, second) != key
    assert (await owner.prekey_status()).one_time_left == 0


async def test_what_is_handed_out_verifies_from_the_first_key_to_the_last(
    relay: RunningRelay,
) -> None:
    owner, sender = await relay.device(), await relay.device()
    await owner.upload_prekeys(owner.caller.prekeys(1, one_time=7))
    await owner.upload_prekeys(owner.caller.prekeys(2, one_time=3))
    seen = PrekeyNumbers()
    numbers = []
    for _ in range(11):
        bundle = await sender.claim(owner)
        target, seen = choose_slot_target(
            owner.caller.account,
            owner.caller.entry,
            bundle.devices[0],
            seen=seen,
            now=relay.clock.now(),
        )
        numbers.append(seen.batch if target.is_one_time else None)
    # Older batches first, so that the number a sender sees never falls.
    assert numbers == [1] * 7 + [2] * 3 + [None]


async def test_one_sender_cannot_drain_a_device(relay: RunningRelay) -> None:
    owner, greedy, other = [await relay.device() for _ in range(3)]
    for number in (1, 2):
        await owner.upload_prekeys(owner.caller.prekeys(number, one_time=ONE_TIME_KEYS_A_DAY))
    bundles = [await greedy.claim(owner) for _ in range(ONE_TIME_KEYS_A_DAY + 5)]
    assert len(one_time_keys(bundles)) == ONE_TIME_KEYS_A_DAY
    status = await owner.prekey_status()
    # Not for want of keys, so not counted as such.
    assert (status.one_time_left, status.signed_fallbacks) == (ONE_TIME_KEYS_A_DAY, 0)
    assert len(one_time_keys([await other.claim(owner)])) == 1
    relay.clock.advance(days=1)
    assert len(one_time_keys([await greedy.claim(owner)])) == 1


async def test_keys_past_their_time_are_not_handed_out(relay: RunningRelay) -> None:
    owner, sender = await relay.device(), await relay.device()
    await owner.upload_prekeys(owner.caller.prekeys(1, one_time=3))
    relay.clock.advance(seconds=SIGNED_PREKEY_LIFE_SECONDS + 1)
    # Of all that is swept only what sign-in needs every day.
    await relay.relay.sign_in.sessions.forget()
    assert (await sender.claim(owner)).devices == ()
    await owner.upload_prekeys(owner.caller.prekeys(2))
    bundle = await sender.claim(owner)
    assert bundle.devices[0].one_time is None
    status = await owner.prekey_status()
    assert (status.one_time_left, status.signed_fallbacks) == (0, 1)
    await relay.relay.sweep()
    assert (await owner.prekey_status()).batch_number == 0


async def test_uploads_that_are_not_what_they_say_are_refused(relay: RunningRelay) -> None:
    owner = await relay.device()
    good = owner.caller.prekeys(1, one_time=3)
    other = owner.caller.prekeys(1, one_time=3)
    for bad in (
        replace(good, keys=good.keys[:2]),
        replace(good, keys=()),
        replace(good, keys=tuple(reversed(good.keys))),
        replace(good, keys=other.keys),
        replace(good, batch=None),
        replace(good, keys=(*good.keys[:2], replace(good.keys[2], number=2))),
    ):
        assert await code_of(owner, bad) is ProblemCode.MALFORMED
    assert (await owner.prekey_status()).signed_number == 0
    relay.clock.advance(seconds=SIGNED_PREKEY_LIFE_SECONDS + 1)
    assert await code_of(owner, good) is ProblemCode.EXPIRED


async def test_numbers_only_grow(relay: RunningRelay) -> None:
    owner = await relay.device()
    uploads = [owner.caller.prekeys(number, one_time=2) for number in (1, 2, 3)]
    results = await asyncio.gather(
        *(owner.upload_prekeys(each) for each in uploads), return_exceptions=True
    )
    codes = {each.code for each in results if isinstance(each, RefusedError)}
    assert codes <= {ProblemCode.CONFLICT}
    assert (await owner.prekey_status()).signed_number == 3
    another = owner.caller.prekeys(3, one_time=2)
    assert await code_of(owner, another) is ProblemCode.CONFLICT


async def test_an_unknown_account_has_no_prekeys(relay: RunningRelay) -> None:
    sender, nobody = await relay.device(), relay.invent()
    with pytest.raises(RefusedError) as caught:
        await sender.claim(nobody)
    assert caught.value.code is ProblemCode.NOT_FOUND


async def code_of(device: Device, upload: PrekeyUpload) -> ProblemCode:
    with pytest.raises(RefusedError) as caught:
        await device.upload_prekeys(upload)
    return caught.value.code
