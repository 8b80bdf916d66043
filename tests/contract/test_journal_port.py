# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every relay promises about the journal of an account: in memory and the real one."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crypto_core.trust.signatures import pseudonym_of
from crypto_core.wire.audit import AuditLeaf, AuditStatement, Verb
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import Hash
from crypto_core.wire.relay_api import JournalAct, ProblemCode
from tests.contract.practitioner import Practitioner, refusal, registered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crypto_core.wire.relay_api import JournalPage

pytestmark = pytest.mark.anyio


def acts(by: Practitioner, count: int) -> list[JournalAct]:
    """Return somebody's next acts."""
    return [
        JournalAct(statement=by.caller.state_sealed(Hash(os.urandom(32))), sealed=os.urandom(256))
        for _ in range(count)
    ]


def sealed(page: JournalPage) -> list[bytes]:
    return [each.sealed for each in page.items if each.sealed]


async def test_acts_come_back_in_their_order_with_what_was_sealed_beside_them(
    people: Iterator[Practitioner],
) -> None:
    (anne,) = await registered(people, 1)
    done = acts(anne, 3)
    receipts = await anne.relay.append_journal(done)
    statements = [decode(AuditLeaf, each.leaf).statement for each in receipts.proofs]
    assert statements == [each.statement.statement for each in done]
    whole = await anne.relay.read_journal(after=-1, limit=100)
    assert sealed(whole) == [each.sealed for each in done]
    last = whole.items[-1].proof.index
    assert sealed(await anne.relay.read_journal(after=last - 1, limit=100)) == [done[-1].sealed]
    first = await anne.relay.read_journal(after=-1, limit=1)
    assert first.more
    assert first.items[0] == replace(whole.items[0], proof=first.items[0].proof)
    assert not (await anne.relay.read_journal(after=last, limit=100)).items


async def test_a_journal_is_its_accounts_alone(people: Iterator[Practitioner]) -> None:
    anne, boris = await registered(people, 2)
    await anne.relay.append_journal(acts(anne, 2))
    page = await boris.relay.read_journal(after=-1, limit=100)
    assert not sealed(page)
    actors = {
        decode(AuditStatement, decode(AuditLeaf, each.proof.leaf).statement).actor
        for each in page.items
    }
    assert pseudonym_of(anne.caller.device) not in actors


async def test_the_same_acts_again_are_the_same_leaves(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    done = acts(anne, 3)
    first = await anne.relay.append_journal(done)
    again = await anne.relay.append_journal(done)
    assert [each.index for each in again.proofs] == [each.index for each in first.proofs]
    assert len(sealed(await anne.relay.read_journal(after=-1, limit=100))) == 3


async def test_nobody_writes_into_anothers_chain_or_leaves_a_gap_in_the_own(
    people: Iterator[Practitioner],
) -> None:
    anne, mallory = await registered(people, 2)
    async with refusal(ProblemCode.FORBIDDEN):
        await mallory.relay.append_journal(acts(anne, 1))
    left_out, after = acts(mallory, 2)
    async with refusal(ProblemCode.CHAIN_BROKEN):
        await mallory.relay.append_journal([after])
    forged = replace(left_out.statement.signature, ed25519=bytes(64))
    async with refusal(ProblemCode.SIGNATURE_INVALID):
        await mallory.relay.append_journal(
            [replace(left_out, statement=replace(left_out.statement, signature=forged))]
        )
    assert not sealed(await mallory.relay.read_journal(after=-1, limit=100))


async def test_only_commitments_come_in_here(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    readable = anne.caller.state_sealed(Hash(bytes(32)), verb=Verb.ENVELOPE_ACCEPTED)
    async with refusal(ProblemCode.FORBIDDEN):
        await anne.relay.append_journal([JournalAct(statement=readable, sealed=bytes(256))])
