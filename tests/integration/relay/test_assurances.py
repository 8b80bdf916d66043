# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who somebody is: what the operator orders and colleagues state becomes leaves that anybody can check."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import asyncpg
import pytest

from crypto_core.trust.audit import read_relay_leaf
from crypto_core.trust.checkpoints import verify_checkpoint
from crypto_core.trust.merkle import leaf_hash, verify_inclusion
from crypto_core.wire.assurance import (
    AssuranceGiven,
    AssuranceLevel,
    AssuranceRevoked,
    DocumentKind,
    RevocationReason,
    Vouched,
    VouchWithdrawn,
)
from crypto_core.wire.audit import AuditLeaf, AuditStatement, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import AccountId, Hash, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.relay_api import (
    PATH_ASSURANCES,
    Assurances,
    LogReceipt,
    ProblemCode,
    VouchRequest,
)
from relay_server.assurances import desk, store
from relay_server.database.pool import open_database
from relay_server.errors import StartError
from tests.integration.relay.in_process import RefusedError, SetClock, relay_over
from tests.integration.relay.key_reader import log_of, publish, read_history

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import Device, RunningRelay

pytestmark = pytest.mark.anyio

REASON = RevocationReason.NO_LONGER_PRACTISES


@pytest.fixture
async def relay(database: TestDatabase, tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with relay_over(database.login, tmp_path) as running:
        yield running


async def order(relay: RunningRelay, account: AccountId) -> tuple[int, ...]:
    return await desk.verify(
        relay.database,
        account,
        document=DocumentKind.DIPLOMA,
        checked_at=relay.clock(),
        expires_at=None,
    )


async def verify(relay: RunningRelay, account: AccountId) -> None:
    assert await desk.is_logged(relay.database, await order(relay, account))


async def revoke(relay: RunningRelay, account: AccountId) -> None:
    orders = await desk.revoke(relay.database, account, reason=REASON)
    assert await desk.is_logged(relay.database, orders)


async def leaves_about(reader: Device, account: AccountId) -> list[bytes]:
    """Return the leaves about an account, each proven to be in the log."""
    path = PATH_ASSURANCES.format(account=account.hex())
    page = decode(Assurances, (await reader.ask("GET", path)).content)
    if not page.leaves:
        return []
    tree = verify_checkpoint(page.checkpoint, log=log_of(reader.relay)).checkpoint
    for each in page.leaves:
        verify_inclusion(
            leaf_hash=leaf_hash(each.leaf),
            index=each.index,
            size=tree.size,
            path=each.path,
            root=tree.root,
        )
    assert not page.more
    return [each.leaf for each in page.leaves]


def verb_of(leaf: bytes) -> Verb:
    return decode(AuditStatement, decode(AuditLeaf, leaf).statement).verb


async def vouching(
    device: Device, account: AccountId, changes: dict[str, object] | None = None
) -> VouchRequest:
    history = await read_history(device, account)
    said = {
        "voucher": device.caller.account,
        "voucher_device": device.caller.device,
        "account": account,
        "number": history.number,
        "head": history.head,
        "at": device.relay.clock(),
        "utc_offset": UtcOffsetMinutes(120),
    } | (changes or {})
    return VouchRequest(statement=device.caller.state(Verb.VOUCHED, Vouched(**said)))  # type: ignore[arg-type]


def withdrawal(device: Device, account: AccountId) -> VouchRequest:
    content = VouchWithdrawn(
        voucher=device.caller.account,
        voucher_device=device.caller.device,
        account=account,
        at=device.relay.clock(),
        utc_offset=UtcOffsetMinutes(120),
    )
    return VouchRequest(statement=device.caller.state(Verb.VOUCH_WITHDRAWN, content))


async def state(device: Device, account: AccountId, request: VouchRequest) -> str:
    path = PATH_ASSURANCES.format(account=account.hex())
    return (await device.send("POST", path, request, LogReceipt)).proof.split("\n")[1]


async def refused(device: Device, account: AccountId, request: VouchRequest) -> ProblemCode:
    before = device.caller.chain
    with pytest.raises(RefusedError) as caught:
        await state(device, account, request)
    device.caller.chain = before
    return caught.value.code


async def test_what_the_operator_has_seen_is_for_all_to_check(relay: RunningRelay) -> None:
    anne, bruno = await relay.device(), await relay.device()
    account = anne.caller.account
    assert await leaves_about(bruno, account) == []
    await verify(relay, account)
    (leaf,) = await leaves_about(bruno, account)
    key = log_of(relay).ed25519.public_key
    given, _ = read_relay_leaf(AssuranceGiven, leaf, verb=Verb.ASSURANCE_GIVEN, log_key=key)
    assert given == AssuranceGiven(
        account=account,
        level=AssuranceLevel.VERIFIED,
        document=DocumentKind.DIPLOMA,
        checked_at=UnixMillis(relay.clock()),
        expires_at=None,
    )
    await revoke(relay, account)
    first, second = await leaves_about(bruno, account)
    assert first == leaf
    revoked, _ = read_relay_leaf(AssuranceRevoked, second, verb=Verb.ASSURANCE_REVOKED, log_key=key)
    assert (revoked.account, revoked.reason) == (account, REASON)
    assert await leaves_about(bruno, bruno.caller.account) == []


async def test_an_unknown_account_is_not_verified(relay: RunningRelay) -> None:
    await relay.device()
    unknown = AccountId(os.urandom(20))
    with pytest.raises(StartError, match="no account with this address"):
        await order(relay, unknown)
    with pytest.raises(StartError, match="no account with this address"):
        await desk.revoke(relay.database, unknown, reason=REASON)
    with pytest.raises(RefusedError) as caught:
        await leaves_about(await relay.device(), unknown)
    assert caught.value.code is ProblemCode.NOT_FOUND


async def test_nothing_is_revoked_twice(relay: RunningRelay) -> None:
    anne = await relay.device()
    with pytest.raises(StartError, match="nothing to revoke"):
        await desk.revoke(relay.database, anne.caller.account, reason=REASON)
    # Two documents, both taken back by one command.
    await verify(relay, anne.caller.account)
    await verify(relay, anne.caller.account)
    await revoke(relay, anne.caller.account)
    with pytest.raises(StartError, match="nothing to revoke"):
        await desk.revoke(relay.database, anne.caller.account, reason=REASON)
    assert len(await leaves_about(anne, anne.caller.account)) == 4
    # Who is verified again can be revoked again.
    await verify(relay, anne.caller.account)
    await revoke(relay, anne.caller.account)


async def test_a_command_that_comes_late_revokes_nothing(relay: RunningRelay) -> None:
    anne = await relay.device()
    account = anne.caller.account
    await verify(relay, account)
    async with relay.database.session() as session, session.transaction():
        # It has read what stands; before it writes, another one revokes, and the relay logs that.
        (index,) = await store.standing(session, account)
        await revoke(relay, account)
        revoked = AssuranceRevoked(account=account, leaf_index=index, reason=REASON)
        with pytest.raises(asyncpg.UniqueViolationError):
            await store.add_order(
                session, account, Verb.ASSURANCE_REVOKED, encode(revoked), revokes=index
            )
    # The log goes on.
    await verify(relay, account)
    assert len(await leaves_about(anne, account)) == 3


async def test_of_several_commands_at_once_one_revokes(relay: RunningRelay) -> None:
    anne = await relay.device()
    await verify(relay, anne.caller.account)
    results = await asyncio.gather(
        *(desk.revoke(relay.database, anne.caller.account, reason=REASON) for _ in range(5)),
        return_exceptions=True,
    )
    orders = [each for each in results if isinstance(each, tuple)]
    assert len(orders) == 1
    assert all(isinstance(each, tuple | StartError) for each in results)
    assert await desk.is_logged(relay.database, orders[0])


async def test_orders_wait_for_a_relay_that_does_not_run(
    database: TestDatabase, tmp_path: Path
) -> None:
    clock = SetClock()
    async with relay_over(database.login, tmp_path, clock=clock) as relay:
        anne = await relay.device()
    async with open_database(database.login) as without_relay:
        orders = await desk.verify(
            without_relay,
            anne.caller.account,
            document=DocumentKind.DIPLOMA,
            checked_at=clock(),
            expires_at=None,
        )
        assert not await desk.is_logged(without_relay, orders, patience_seconds=0.2)
        with pytest.raises(StartError, match="start the relay"):
            await desk.revoke(without_relay, anne.caller.account, reason=REASON)
    async with relay_over(database.login, tmp_path, clock=clock) as relay:
        anne.relay = relay
        assert await desk.is_logged(relay.database, orders)
        (leaf,) = await leaves_about(anne, anne.caller.account)
        assert verb_of(leaf) is Verb.ASSURANCE_GIVEN


async def test_two_relays_log_an_order_once(database: TestDatabase, tmp_path: Path) -> None:
    clock = SetClock()
    async with relay_over(database.login, tmp_path / "one", clock=clock) as one:
        (tmp_path / "two").mkdir()
        for shared in (one.folder.log_key, one.folder.sign_in_key):
            (tmp_path / "two" / shared.name).write_bytes(shared.read_bytes())
        async with relay_over(database.login, tmp_path / "two", clock=clock):
            anne = await one.device()
            for _ in range(6):
                await verify(one, anne.caller.account)
            assert len(await leaves_about(anne, anne.caller.account)) == 6


async def test_a_colleague_vouches_and_takes_it_back(relay: RunningRelay) -> None:
    anne, bruno = await relay.device(), await relay.device()
    account = anne.caller.account
    request = await vouching(bruno, account)
    assert await state(bruno, account, request) == await state(bruno, account, request)
    await state(bruno, account, withdrawal(bruno, account))
    leaves = await leaves_about(anne, account)
    assert [verb_of(each) for each in leaves] == [Verb.VOUCHED, Verb.VOUCH_WITHDRAWN]
    assert await refused(bruno, account, withdrawal(bruno, account)) is ProblemCode.CONFLICT


async def test_older_keys_of_the_account_may_be_vouched_for(relay: RunningRelay) -> None:
    """They are the account's; whether they still tell something is for the reader to decide."""
    anne, bruno = await relay.device(), await relay.device()
    request = await vouching(bruno, anne.caller.account)
    await publish(anne, anne.caller.publishing(anne.caller.next_list()))
    await state(bruno, anne.caller.account, request)


async def test_what_nobody_may_state_of_an_account_is_refused(relay: RunningRelay) -> None:
    anne, bruno, clara = [await relay.device() for _ in range(3)]
    account = anne.caller.account
    # For oneself.
    own = await vouching(anne, account)
    assert await refused(anne, account, own) is ProblemCode.FORBIDDEN
    cases: tuple[tuple[dict[str, object], ProblemCode], ...] = (
        ({"head": Hash(os.urandom(32))}, ProblemCode.CONFLICT),
        ({"number": 2}, ProblemCode.CONFLICT),
        ({"account": clara.caller.account}, ProblemCode.MALFORMED),
        ({"voucher": clara.caller.account}, ProblemCode.MALFORMED),
        ({"voucher_device": clara.caller.device}, ProblemCode.MALFORMED),
    )
    for changes, code in cases:
        before = bruno.caller.chain
        request = await vouching(bruno, account, changes)
        assert await refused(bruno, account, request) is code
        bruno.caller.chain = before
    # By another one's device, about nobody, or of another kind.
    request = await vouching(clara, account)
    assert await refused(bruno, account, request) is ProblemCode.FORBIDDEN
    before = bruno.caller.chain
    request = withdrawal(bruno, nobody := AccountId(os.urandom(20)))
    assert await refused(bruno, nobody, request) is ProblemCode.NOT_FOUND
    bruno.caller.chain = before
    given = AssuranceGiven(
        account=account,
        level=AssuranceLevel.VERIFIED,
        document=DocumentKind.DIPLOMA,
        checked_at=relay.clock(),
        expires_at=None,
    )
    request = VouchRequest(statement=bruno.caller.state(Verb.ASSURANCE_GIVEN, given))
    assert await refused(bruno, account, request) is ProblemCode.FORBIDDEN
    assert await leaves_about(bruno, account) == []
