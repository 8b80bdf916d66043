# SPDX-License-Identifier: AGPL-3.0-or-later
"""The map of all keys that the log commits to: when it is said, and that a start compares it with the tables."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from crypto_core.errors import KeyMapMismatchError, StaleKeyMapError
from crypto_core.trust.key_map import check_key_answer
from crypto_core.wire.audit import AuditLeaf, AuditStatement, KeyMapPublished, Verb
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import AccountId, Hash
from crypto_core.wire.key_map import KEY_MAP_FRESH_SECONDS, MapEntry
from relay_server.errors import StartError
from tests.integration.relay.in_process import SetClock, relay_over
from tests.integration.relay.key_reader import (
    log_of,
    map_proof,
    page,
    publish,
    read_history,
    second_computer,
)

if TYPE_CHECKING:
    from pathlib import Path

    from crypto_core.wire.key_map import KeyMapAnswer
    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import Device

pytestmark = pytest.mark.anyio


def verbs(database: TestDatabase) -> list[Verb]:
    """Return what each leaf of the log is about."""
    with database.as_superuser() as connection:
        rows = connection.execute(
            "SELECT leaf FROM relay.audit_entry ORDER BY leaf_index"
        ).fetchall()
    return [decode(AuditStatement, decode(AuditLeaf, bytes(row[0])).statement).verb for row in rows]


def check(device: Device, answer: KeyMapAnswer, account: AccountId, shown: MapEntry) -> int:
    """Check an answer as a client does; return how many accounts the map says it has."""
    return check_key_answer(
        answer, account=account, shown=shown, log=log_of(device.relay), now=device.relay.clock()
    ).accounts


async def test_a_batch_ends_with_the_map_when_it_changes_keys_and_only_then(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        await anne.post_to(anne)
        await publish(anne, anne.caller.publishing(anne.caller.next_list()))
    assert verbs(database) == [
        Verb.DEVICE_LIST_PUBLISHED,
        Verb.KEY_MAP,
        Verb.SIGN_IN,
        Verb.ENVELOPE_ACCEPTED,
        Verb.SIGN_IN,
        Verb.DEVICE_LIST_PUBLISHED,
        Verb.KEY_MAP,
    ]


async def test_many_accounts_at_once_are_all_in_the_map(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        devices = await asyncio.gather(*(relay.device() for _ in range(12)))
        for device in devices:
            history = await read_history(devices[0], device.caller.account)
            shown = MapEntry(number=history.number, head=history.head)
            answer = await map_proof(devices[1], device.caller.account)
            assert check(device, answer, device.caller.account, shown) == 12
    # Those that came together are in one map: there are fewer leaves about it than accounts.
    assert verbs(database).count(Verb.KEY_MAP) <= 12


async def test_an_account_that_nobody_has_is_shown_to_be_absent(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        nobody = AccountId(os.urandom(20))
        answer = await map_proof(anne, nobody)
        assert answer.proof.entry is None
        with pytest.raises(KeyMapMismatchError):
            check(anne, answer, nobody, MapEntry(number=1, head=Hash(bytes(32))))


async def test_older_keys_are_not_what_the_map_holds(
    database: TestDatabase, tmp_path: Path
) -> None:
    """Named: a relay that serves an older device list."""
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        older = await read_history(anne, anne.caller.account)
        await second_computer(anne)
        answer = (await page(anne, anne.caller.account)).newest
        with pytest.raises(KeyMapMismatchError) as caught:
            check(
                anne,
                answer,
                anne.caller.account,
                MapEntry(number=older.number, head=older.head),
            )
        assert (caught.value.committed, caught.value.shown) == (2, 1)


async def test_the_map_is_said_again_before_it_is_too_old(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        history = await read_history(anne, anne.caller.account)
        shown = MapEntry(number=history.number, head=history.head)
        answer = await map_proof(anne, anne.caller.account)
        relay.clock.advance(seconds=KEY_MAP_FRESH_SECONDS + 1)
        with pytest.raises(StaleKeyMapError):
            check(anne, answer, anne.caller.account, shown)
        size = relay.relay.sequencer.latest.size
        await relay.relay.sweep()
        assert (await relay.relay.sequencer.committed_keys(size)).leaf_index == size
        check(anne, await map_proof(anne, anne.caller.account), anne.caller.account, shown)
        # A sweep a moment later has nothing to say.
        size = relay.relay.sequencer.latest.size
        await relay.relay.sweep()
        await anne.post_to(anne)
        assert relay.relay.sequencer.latest.size <= size + 2
    assert verbs(database).count(Verb.KEY_MAP) == 2


async def test_the_map_is_the_same_after_a_start(database: TestDatabase, tmp_path: Path) -> None:
    clock = SetClock()
    async with relay_over(database.login, tmp_path, clock=clock) as relay:
        anne, bruno = await relay.device(), await relay.device()
        await second_computer(anne)
        root = (await relay.relay.sequencer.committed_keys(0)).keys.root
    async with relay_over(database.login, tmp_path, clock=clock) as relay:
        anne.relay = bruno.relay = relay
        assert (await relay.relay.sequencer.committed_keys(0)).keys.root == root
        assert (await read_history(bruno, anne.caller.account)).number == 2
        await relay.device()
        assert (await relay.relay.sequencer.committed_keys(0)).keys.accounts == 3


@pytest.mark.parametrize(
    ("tampering", "message"),
    [
        ("UPDATE relay.key_event SET head = sha256('') WHERE number = 2", "other|not those"),
        ("UPDATE relay.key_event SET number = 3 WHERE number = 2", "not those"),
        ("DELETE FROM relay.key_event WHERE number = 2", "not those"),
        # Keys that are taken back as if they had never been there.
        (
            """
            DELETE FROM relay.key_event WHERE number = 2;
            DELETE FROM relay.key_map WHERE leaf_index = (SELECT max(leaf_index) FROM relay.key_map)
            """,
            "newer keys",
        ),
        ("UPDATE relay.key_map SET leaf_index = leaf_index - 1", "is not"),
    ],
)
async def test_keys_that_the_log_does_not_commit_to_are_not_served(
    database: TestDatabase, tmp_path: Path, tampering: str, message: str
) -> None:
    clock = SetClock()
    async with relay_over(database.login, tmp_path, clock=clock) as relay:
        anne = await relay.device()
        await publish(anne, anne.caller.publishing(anne.caller.next_list()))
    with database.as_superuser() as connection:
        connection.execute(tampering.encode())
    with pytest.raises(StartError, match=message):
        async with relay_over(database.login, tmp_path, clock=clock):
            pass


async def test_what_one_relay_publishes_another_one_proves(
    database: TestDatabase, tmp_path: Path
) -> None:
    """Replicas share database and log key; events and map are of one moment at each of them."""
    clock = SetClock()
    async with relay_over(database.login, tmp_path / "one", clock=clock) as one:
        (tmp_path / "two").mkdir()
        for shared in (one.folder.log_key, one.folder.sign_in_key):
            (tmp_path / "two" / shared.name).write_bytes(shared.read_bytes())
        async with relay_over(database.login, tmp_path / "two", clock=clock) as two:
            anne, bruno = await one.device(), await two.device()
            assert (await read_history(bruno, anne.caller.account)).number == 1
            following = anne.caller.next_list()
            await publish(anne, anne.caller.publishing(following))
            anne.caller.lists.append(following)
            assert (await read_history(bruno, anne.caller.account)).number == 2
            await publish(bruno, bruno.caller.publishing(bruno.caller.next_list()))
            assert (await read_history(anne, bruno.caller.account)).number == 2
            assert (await read_history(bruno, bruno.caller.account)).number == 2
    last = verbs(database).count(Verb.KEY_MAP)
    assert last == 4


async def test_the_leaf_says_root_and_number_of_accounts(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        await relay.device()
        keys = (await relay.relay.sequencer.committed_keys(0)).keys
    with database.as_superuser() as connection:
        found = connection.execute(
            "SELECT leaf FROM relay.audit_entry JOIN relay.key_map USING (leaf_index)"
        ).fetchall()
    ((leaf,),) = found
    statement = decode(AuditStatement, decode(AuditLeaf, bytes(leaf)).statement)
    assert decode(KeyMapPublished, statement.content) == KeyMapPublished(root=keys.root, accounts=1)
