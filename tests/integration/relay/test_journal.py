# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts that devices seal for their account: into the log once each, in their order, and back to its computers only."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import cbor2
import pytest

from crypto_core.trust.checkpoints import verify_checkpoint
from crypto_core.trust.merkle import leaf_hash, verify_inclusion
from crypto_core.trust.signatures import pseudonym_of
from crypto_core.wire.audit import AuditLeaf, AuditStatement, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import Hash
from crypto_core.wire.labels import STATEMENT
from crypto_core.wire.limits import MAX_JOURNAL_ACTS, MAX_SEALED_ENTRY_BYTES
from crypto_core.wire.relay_api import (
    PATH_JOURNAL,
    AppendJournalRequest,
    JournalAct,
    JournalPage,
    JournalReceipts,
    ProblemCode,
    SignedStatement,
)
from tests.integration.relay.in_process import RefusedError, relay_over
from tests.integration.relay.key_reader import second_computer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import Device, RunningRelay

pytestmark = pytest.mark.anyio


def acts(device: Device, count: int, verb: Verb = Verb.SEALED) -> AppendJournalRequest:
    """Return the next acts of a device."""
    return AppendJournalRequest(
        acts=tuple(
            JournalAct(
                statement=device.caller.state_sealed(Hash(os.urandom(32)), verb=verb),
                sealed=os.urandom(256),
            )
            for _ in range(count)
        )
    )


async def append(device: Device, request: AppendJournalRequest) -> JournalReceipts:
    return await device.send("POST", PATH_JOURNAL, request, JournalReceipts)


async def read(device: Device, *, after: int | None = None, limit: int = 100) -> JournalPage:
    query: dict[str, str | int] = {"limit": limit}
    if after is not None:
        query["after"] = after
    response = await device.ask("GET", PATH_JOURNAL, query=query)
    return decode(JournalPage, response.content)


def statement_in(leaf: bytes) -> AuditStatement:
    return decode(AuditStatement, decode(AuditLeaf, leaf).statement)


def assert_proven(relay: RunningRelay, page: JournalPage) -> None:
    identity = relay.relay.log._identity
    checkpoint = verify_checkpoint(page.checkpoint, log=identity).checkpoint
    for item in page.items:
        verify_inclusion(
            leaf_hash=leaf_hash(item.proof.leaf),
            index=item.proof.index,
            size=checkpoint.size,
            path=item.proof.path,
            root=checkpoint.root,
        )


async def refusal(device: Device, request: AppendJournalRequest) -> ProblemCode:
    with pytest.raises(RefusedError) as caught:
        await append(device, request)
    return caught.value.code


async def test_both_computers_of_an_account_read_what_either_did_and_nobody_else_does(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne, mallory = await relay.device(), await relay.device()
        portable = await second_computer(anne)
        first, second = acts(anne, 3), acts(portable, 2)
        receipts = await append(anne, first)
        await append(portable, second)
        assert [decode(AuditLeaf, each.leaf).statement for each in receipts.proofs] == [
            each.statement.statement for each in first.acts
        ]
        for reader in (anne, portable):
            page = await read(reader)
            assert_proven(relay, page)
            sealed = [each.sealed for each in page.items if each.sealed]
            assert sealed == [each.sealed for each in (*first.acts, *second.acts)]
        others = await read(mallory)
        assert not [each for each in others.items if each.sealed]
        own = {pseudonym_of(each.caller.device) for each in (anne, portable)}
        assert not own & {statement_in(each.proof.leaf).actor for each in others.items}


async def test_the_journal_has_what_the_relay_says_about_the_account(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne, paul = await relay.device(), await relay.device()
        await anne.post_to(paul, life_seconds=60)
        relay.clock.advance(seconds=61)
        await relay.relay.mailbox.expire()
        verbs = [statement_in(each.proof.leaf).verb for each in (await read(anne)).items]
        assert verbs[0] is Verb.DEVICE_LIST_PUBLISHED
        assert {Verb.SIGN_IN, Verb.ENVELOPE_ACCEPTED, Verb.ENVELOPE_EXPIRED} <= set(verbs)
        verbs = [statement_in(each.proof.leaf).verb for each in (await read(paul)).items]
        assert Verb.ENVELOPE_EXPIRED not in verbs


async def test_it_is_read_page_by_page_from_where_one_was(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        await append(anne, acts(anne, MAX_JOURNAL_ACTS))
        whole = await read(anne)
        seen, after, more = [], None, True
        while more:
            page = await read(anne, after=after, limit=7)
            assert_proven(relay, page)
            seen += [each.proof.index for each in page.items]
            after, more = seen[-1], page.more
        assert seen == [each.proof.index for each in whole.items]
        assert (await read(anne, after=seen[-1])).items == ()


async def test_a_repetition_after_a_lost_answer_gives_the_same_leaves(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        request = acts(anne, 4)
        first = await append(anne, request)
        await append(anne, acts(anne, 1))
        again = await append(anne, request)
        assert [(each.index, each.leaf) for each in again.proofs] == [
            (each.index, each.leaf) for each in first.proofs
        ]
        assert len([each for each in (await read(anne)).items if each.sealed]) == 5


async def test_what_is_in_the_log_is_not_replaced_by_another_entry(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        request = acts(anne, 1)
        await append(anne, request)
        (act,) = request.acts
        await append(anne, AppendJournalRequest(acts=(replace(act, sealed=os.urandom(256)),)))
        (kept,) = [each.sealed for each in (await read(anne)).items if each.sealed]
        assert kept == act.sealed


async def test_an_act_that_is_not_the_devices_own_is_refused(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne, mallory = await relay.device(), await relay.device()
        assert await refusal(mallory, acts(anne, 1)) is ProblemCode.FORBIDDEN
        (act,) = acts(mallory, 1).acts
        forged = replace(act.statement.signature, ed25519=bytes(64))
        signed = replace(act.statement, signature=forged)
        request = AppendJournalRequest(acts=(replace(act, statement=signed),))
        assert await refusal(mallory, request) is ProblemCode.SIGNATURE_INVALID
        assert not [each for each in (await read(mallory)).items if each.sealed]


async def test_an_act_behind_a_gap_is_refused_and_none_after_it_is_accepted(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        request = acts(anne, 3)
        with_gap = AppendJournalRequest(acts=request.acts[1:])
        assert await refusal(anne, with_gap) is ProblemCode.CHAIN_BROKEN
        swapped = AppendJournalRequest(acts=(request.acts[1], request.acts[0], request.acts[2]))
        assert await refusal(anne, swapped) is ProblemCode.CHAIN_BROKEN


async def test_nothing_but_sealed_commitments_comes_in_here(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        readable = acts(anne, 1, verb=Verb.ENVELOPE_ACCEPTED)
        assert await refusal(anne, readable) is ProblemCode.FORBIDDEN
        long = encode(
            replace(
                decode(AuditStatement, readable.acts[0].statement.statement),
                verb=Verb.SEALED,
                content=bytes(33),
            )
        )
        signed = SignedStatement(
            statement=long, signature=anne.caller.signing.sign(STATEMENT, long)
        )
        request = AppendJournalRequest(acts=(replace(readable.acts[0], statement=signed),))
        assert await refusal(anne, request) is ProblemCode.MALFORMED


async def test_an_entry_of_another_size_is_refused(database: TestDatabase, tmp_path: Path) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        (act,) = acts(anne, 1).acts
        request = cbor2.loads(encode(AppendJournalRequest(acts=(act,))))
        for size in (0, 255, MAX_SEALED_ENTRY_BYTES + 1):
            request[0][0][1] = bytes(size)
            wrong = cbor2.dumps(request, canonical=True)
            with pytest.raises(RefusedError) as caught:
                await anne.ask("POST", PATH_JOURNAL, content=wrong)
            assert caught.value.code is ProblemCode.MALFORMED


async def test_the_relays_role_changes_no_entry(database: TestDatabase, tmp_path: Path) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        await append(anne, acts(anne, 1))
    with database.as_superuser() as connection:
        for statement in (
            "UPDATE relay.journal_entry SET sealed = NULL",
            "DELETE FROM relay.journal_entry",
            "TRUNCATE relay.journal_entry",
        ):
            with pytest.raises(Exception, match="only ever appended to"):
                connection.execute(statement.encode())
    with database.as_relay() as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(b"DELETE FROM relay.journal_entry")
