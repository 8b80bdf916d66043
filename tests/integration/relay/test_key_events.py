# SPDX-License-Identifier: AGPL-3.0-or-later
"""The history of an account's keys at a relay: who may continue it, and what follows for removed devices."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crypto_core.keys.signing import SigningPair
from crypto_core.trust.audit import read_expiry
from crypto_core.wire.audit import AuditLeaf, AuditStatement, SessionsEnded, Verb
from crypto_core.wire.codec import decode
from crypto_core.wire.devices import DeviceEntry, DeviceList, KeyEventKind, RootChange
from crypto_core.wire.ids import RELAY_PSEUDONYM, DeviceId, Hash
from crypto_core.wire.labels import DEVICE_LIST
from crypto_core.wire.limits import ROOT_CHANGE_SECONDS
from crypto_core.wire.relay_api import PATH_KEYS, LogReceipt, ProblemCode
from tests.integration.relay.in_process import Device, RefusedError, relay_over
from tests.integration.relay.key_reader import (
    log_of,
    page,
    publish,
    read_history,
    second_computer,
    signed_in,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from crypto_core.wire.relay_api import PublishKeyEventRequest
    from crypto_core.wire.signed import Signed
    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import RunningRelay

pytestmark = pytest.mark.anyio


@pytest.fixture
async def relay(database: TestDatabase, tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with relay_over(database.login, tmp_path) as running:
        yield running


async def refused(device: Device, request: PublishKeyEventRequest) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        await publish(device, request)
    return caught.value


def some_entry(device: Device) -> DeviceEntry:
    return DeviceEntry(
        device=DeviceId(os.urandom(16)),
        signing=SigningPair.from_seed(os.urandom(64)).public,
        request_key=os.urandom(32),
        added_at=device.relay.clock(),
    )


async def test_everybody_can_follow_an_account_to_what_the_log_commits_to(
    relay: RunningRelay,
) -> None:
    anne, bruno = await relay.device(), await relay.device()
    second = await second_computer(anne)
    history = await read_history(bruno, anne.caller.account)
    assert history.number == 2
    assert history.newest == decode(DeviceList, anne.caller.lists[-1].body)
    assert (await read_history(second, bruno.caller.account)).number == 1
    assert (await page(bruno, anne.caller.account, after=2)).events == ()


async def test_a_long_history_comes_in_pages(relay: RunningRelay) -> None:
    anne = await relay.device()
    for _ in range(21):
        following = anne.caller.next_list()
        await publish(anne, anne.caller.publishing(following))
        anne.caller.lists.append(following)
    first = await page(anne, anne.caller.account)
    assert (len(first.events), first.more) == (20, True)
    assert (await read_history(anne, anne.caller.account)).number == 22


async def test_a_repetition_after_a_lost_answer_gives_the_same_leaf(relay: RunningRelay) -> None:
    anne = await relay.device()
    request = anne.caller.publishing(anne.caller.next_list())
    assert await publish_leaf(anne, request) == await publish_leaf(anne, request)
    assert (await read_history(anne, anne.caller.account)).number == 2


async def publish_leaf(device: Device, request: PublishKeyEventRequest) -> str:
    """Return the line of the receipt that holds the leaf."""
    return (await publish(device, request)).proof.split("\n")[1]


async def test_a_list_that_only_renews_needs_no_factors(relay: RunningRelay) -> None:
    anne = await relay.device()
    relay.clock.advance(seconds=320)
    path = PATH_KEYS.format(account=anne.caller.account.hex())
    renewal = anne.caller.next_list()
    await anne.send("POST", path, anne.caller.publishing(renewal), LogReceipt)
    anne.caller.lists.append(renewal)
    before = anne.caller.chain
    for signed in (
        anne.caller.next_list(anne.caller.entry, some_entry(anne)),
        anne.caller.next_list(some_entry(anne)),
    ):
        anne.caller.chain = before
        with pytest.raises(RefusedError) as caught:
            await anne.send("POST", path, anne.caller.publishing(signed), LogReceipt)
        assert caught.value.code is ProblemCode.STEP_UP_NEEDED
    anne.caller.chain = before
    change = anne.caller.root_change(SigningPair.from_seed(os.urandom(64)))
    request = anne.caller.key_event(KeyEventKind.ROOT_CHANGE, change)
    with pytest.raises(RefusedError) as caught:
        await anne.send("POST", path, request, LogReceipt)
    assert caught.value.code is ProblemCode.STEP_UP_NEEDED


async def test_a_list_with_a_lower_number_is_refused(relay: RunningRelay) -> None:
    anne = await relay.device()
    await second_computer(anne)
    before = anne.caller.chain
    forged = anne.caller.next_list(anne.caller.entry, step=0)
    problem = await refused(anne, anne.caller.publishing(forged))
    assert problem.code is ProblemCode.CHAIN_BROKEN
    assert problem.problem["expected_sequence"] == 3
    anne.caller.chain = before
    problem = await refused(anne, anne.caller.publishing(anne.caller.next_list(step=2)))
    assert problem.code is ProblemCode.CHAIN_BROKEN


async def test_a_list_with_a_missing_link_is_refused(relay: RunningRelay) -> None:
    anne = await relay.device()
    listed = decode(DeviceList, anne.caller.next_list().body)
    for previous in (Hash(os.urandom(32)), Hash(bytes(32))):
        before = anne.caller.chain
        forged = sign_list(anne, replace(listed, previous=previous))
        problem = await refused(anne, anne.caller.publishing(forged))
        assert problem.code is ProblemCode.SIGNATURE_INVALID
        anne.caller.chain = before


def sign_list(device: Device, listed: DeviceList) -> Signed:
    return device.caller.identity.sign_object(DEVICE_LIST, listed)


async def test_a_list_for_another_account_or_by_another_identity_is_refused(
    relay: RunningRelay,
) -> None:
    anne, mallory = await relay.device(), await relay.device()
    problem = await refused(mallory, mallory.caller.publishing(anne.caller.next_list()))
    assert problem.code in {ProblemCode.FORBIDDEN, ProblemCode.MALFORMED}
    path = PATH_KEYS.format(account=anne.caller.account.hex())
    request = mallory.caller.publishing(anne.caller.next_list())
    with pytest.raises(RefusedError) as caught:
        await mallory.send("POST", path, request, LogReceipt)
    assert caught.value.code is ProblemCode.FORBIDDEN
    forged = anne.caller.next_list(by=mallory.caller.identity)
    assert (
        await refused(anne, anne.caller.publishing(forged))
    ).code is ProblemCode.SIGNATURE_INVALID


async def test_half_a_signature_does_not_continue_a_history(relay: RunningRelay) -> None:
    """Elsewhere the second half is checked later; here nobody could follow the account any more."""
    anne = await relay.device()
    request = anne.caller.publishing(anne.caller.next_list())
    signature = replace(request.statement.signature, ml_dsa_65=os.urandom(3309))
    halved = replace(request, statement=replace(request.statement, signature=signature))
    assert (await refused(anne, halved)).code is ProblemCode.SIGNATURE_INVALID
    await publish(anne, request)
    await read_history(anne, anne.caller.account)


async def test_thief_and_owner_publish_competing_lists_and_the_root_wins(
    relay: RunningRelay,
) -> None:
    """A thief with the identity key lists himself; the owner's root names another identity key."""
    anne, bruno = await relay.device(), await relay.device()
    thief = await second_computer(anne)
    alone = thief.caller.next_list(thief.caller.entry)
    await publish(thief, thief.caller.publishing(alone))
    thief.caller.lists.append(alone)
    # The owner is thrown out by the list, but whoever holds the kit certifies another identity.
    identity = SigningPair.from_seed(os.urandom(64))
    certificate = thief.caller.next_certificate(identity, by=anne.caller.root)
    owners = thief.caller.next_list(anne.caller.entry, by=identity)
    await publish(thief, thief.caller.publishing(owners, certificate))
    for each in (thief.caller, anne.caller):
        each.lists = [*thief.caller.lists, owners]
        each.certificate = certificate
    anne = await signed_in(anne, anne.caller)
    history = await read_history(bruno, anne.caller.account)
    assert [each.device for each in history.newest.devices] == [anne.caller.device]  # type: ignore[union-attr]
    # What the outranked identity signs after that counts for nobody.
    outranked = anne.caller.next_list(thief.caller.entry)
    assert (
        await refused(anne, anne.caller.publishing(outranked))
    ).code is ProblemCode.SIGNATURE_INVALID
    back = replace(anne.caller, certificate=anne.caller.certificate)
    again = back.next_certificate(anne.caller.identity)
    by_old = anne.caller.next_list(thief.caller.entry)
    before = anne.caller.chain
    anne.caller.chain = before
    problem = await refused(anne, anne.caller.publishing(by_old, again))
    assert problem.code is ProblemCode.SIGNATURE_INVALID


async def test_a_certificate_by_another_root_is_refused(relay: RunningRelay) -> None:
    anne = await relay.device()
    mallory = SigningPair.from_seed(os.urandom(64))
    certificate = anne.caller.next_certificate(mallory, by=mallory)
    forged = anne.caller.next_list(by=mallory)
    assert (
        await refused(anne, anne.caller.publishing(forged, certificate))
    ).code is ProblemCode.SIGNATURE_INVALID


async def test_a_new_root_counts_after_seven_days_and_not_before(relay: RunningRelay) -> None:
    anne, bruno = await relay.device(), await relay.device()
    root, identity = (SigningPair.from_seed(os.urandom(64)) for _ in range(2))
    change = anne.caller.root_change(root)
    await publish(anne, anne.caller.key_event(KeyEventKind.ROOT_CHANGE, change))
    assert (await relay.relay.keys.root_in_force(anne.caller.account)) == anne.caller.root.public
    relay.clock.advance(seconds=ROOT_CHANGE_SECONDS - 120)
    before = anne.caller.chain
    certificate = anne.caller.next_certificate(identity, by=root)
    request = anne.caller.publishing(anne.caller.next_list(by=identity), certificate)
    assert (await refused(anne, request)).code is ProblemCode.SIGNATURE_INVALID
    anne.caller.chain = before
    # A minute before the change even the old root waits: the leaf might get its time after it.
    relay.clock.advance(seconds=30)
    old = anne.caller.next_certificate(identity)
    request = anne.caller.publishing(anne.caller.next_list(by=identity), old)
    assert (await refused(anne, request)).code is ProblemCode.SIGNATURE_INVALID
    anne.caller.chain = before
    relay.clock.advance(seconds=120)
    assert (await relay.relay.keys.root_in_force(anne.caller.account)) == root.public
    certificate = anne.caller.next_certificate(identity, by=root)
    await publish(anne, anne.caller.publishing(anne.caller.next_list(by=identity), certificate))
    assert (await read_history(bruno, anne.caller.account)).number == 3


async def test_the_old_root_vetoes_a_new_one(relay: RunningRelay) -> None:
    anne = await relay.device()
    root = SigningPair.from_seed(os.urandom(64))
    change = anne.caller.root_change(root)
    await publish(anne, anne.caller.key_event(KeyEventKind.ROOT_CHANGE, change))
    sequence = decode(RootChange, change.body).sequence
    with pytest.raises(Exception, match="not valid"):
        await relay.relay.keys.veto(anne.caller.root_veto(by=root))
    receipts = [await relay.relay.keys.veto(veto) for veto in [anne.caller.root_veto()] * 2]
    assert receipts[0].proof.split("\n")[1] == receipts[1].proof.split("\n")[1]
    relay.clock.advance(seconds=ROOT_CHANGE_SECONDS + 1)
    assert (await relay.relay.keys.root_in_force(anne.caller.account)) == anne.caller.root.public
    await relay.device()  # a batch that changes keys says the root of the map anew
    history = await read_history(anne, anne.caller.account)
    assert (history.number, history.last_change, history.pending) == (3, sequence, None)


async def test_of_two_devices_that_publish_at_once_one_wins_and_the_other_is_told(
    relay: RunningRelay,
) -> None:
    anne = await relay.device()
    second = await second_computer(anne)
    relay.clock.advance(seconds=31)
    path = PATH_KEYS.format(account=anne.caller.account.hex())
    requests = [
        (each, each.caller.publishing(each.caller.next_list(anne.caller.entry, some_entry(each))))
        for each in (second, anne)
    ]
    # Without a second factor in between: both come in one batch.
    for each, _ in requests:
        assert each.sign_in is not None
        relay.clock.advance(seconds=31)
        await each.sign_in.sign_in()
    answers = await asyncio.gather(
        *(each.send("POST", path, request, LogReceipt) for each, request in requests),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in answers) == ["LogReceipt", "RefusedError"]
    (loser,) = [each for each in answers if isinstance(each, RefusedError)]
    # Its list follows another one now, or it was taken off the list: before its proof
    # of possession was read, or after.
    assert loser.code in {
        ProblemCode.CHAIN_BROKEN,
        ProblemCode.UNAUTHENTICATED,
        ProblemCode.FORBIDDEN,
    }
    assert (await read_history(anne, anne.caller.account)).number == 3


async def test_a_removed_device_is_out_at_once_and_its_sessions_end(
    relay: RunningRelay, database: TestDatabase
) -> None:
    anne, bruno = await relay.device(), await relay.device()
    second = await second_computer(anne)
    await second.upload_prekeys(second.caller.prekeys(1, one_time=4))
    await anne.upload_prekeys(anne.caller.prekeys(1, one_time=4))
    assert len((await bruno.claim(anne)).devices) == 2
    alone = anne.caller.next_list(anne.caller.entry)
    await publish(anne, anne.caller.publishing(alone))
    for device in (await bruno.claim(anne)).devices:
        assert device.device == anne.caller.device
    with pytest.raises(RefusedError) as caught:
        await second._ask("GET", "/v1/prekeys", None, "", {}, None)
    assert caught.value.code in {ProblemCode.UNAUTHENTICATED, ProblemCode.SIGN_IN_NEEDED}
    with database.as_superuser() as connection:
        living = connection.execute(
            "SELECT count(*) FROM relay.session_family WHERE device = %s AND ended_at IS NULL",
            [second.caller.device],
        ).fetchone()
        leaves = connection.execute(
            "SELECT leaf FROM relay.audit_entry ORDER BY leaf_index DESC LIMIT 1"
        ).fetchone()
        left = connection.execute(
            "SELECT count(*) FROM relay.one_time_prekey WHERE device = %s", [second.caller.device]
        ).fetchone()
    assert living == left == (0,)
    assert leaves is not None
    statement = decode(AuditStatement, decode(AuditLeaf, bytes(leaves[0])).statement)
    assert statement.verb is Verb.SESSIONS_ENDED
    said = decode(SessionsEnded, statement.content)
    assert (said.account, said.device, said.count) == (anne.caller.account, RELAY_PSEUDONYM, 1)


async def test_what_waits_for_a_removed_device_comes_back_to_its_sender(
    relay: RunningRelay,
) -> None:
    anne, bruno = await relay.device(), await relay.device()
    second = await second_computer(anne)
    await bruno.post_to(anne, second)
    # A notice that the device to be removed has not read, either.
    await second.post_to(bruno, life_seconds=5)
    relay.clock.advance(seconds=6)
    await relay.relay.mailbox.expire()
    assert len((await second.mailbox()).items) == 2
    before = len((await anne.mailbox()).items)

    async def may_stay() -> bool:
        return True

    told = relay.relay.events.stream(bruno.caller.device, seen=0, may_stay=may_stay)
    await anext(told)
    await publish(anne, anne.caller.publishing(anne.caller.next_list(anne.caller.entry)))
    # Without waiting for the sweep of the next minute.
    await anext(told)
    (notice,) = [each for each in (await bruno.mailbox()).items if each.envelope is None]
    expiry = read_expiry(notice.proof.leaf, log_key=log_of(relay).ed25519.public_key)
    assert expiry.undelivered == (second.caller.device,)
    # The device that stays keeps its copy, and has got the notice that the other one had not read.
    assert len((await anne.mailbox()).items) == before + 1
    await relay.relay.sweep()
    assert len([each for each in (await bruno.mailbox()).items if each.envelope is None]) == 1


async def test_a_full_mailbox_of_a_removed_device_is_given_back_at_once(
    relay: RunningRelay,
) -> None:
    anne, bruno = await relay.device(), await relay.device()
    second = await second_computer(anne)
    for _ in range(103):
        await bruno.post_to(second)
    await publish(anne, anne.caller.publishing(anne.caller.next_list(anne.caller.entry)))
    # The relay is at it by itself; whichever of the two comes first gives an envelope back.
    await relay.relay.mailbox.close_removed()
    assert await relay.relay.mailbox.close_removed() == 0
    first = await bruno.mailbox()
    rest = await bruno.mailbox(after=first.items[-1].cursor)
    assert len(first.items + rest.items) == 103
