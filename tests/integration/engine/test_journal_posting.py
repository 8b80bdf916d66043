# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts go to the log: in their order, once, whatever ends in between, and only what the log proves counts as there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.engine.journal.posting import REFUSED_MILLIS
from app.engine.outbox import send_due
from app.interface.commands import (
    ListSessions,
    MarkRead,
    SearchDirectory,
    Synchronise,
    Unlock,
    VerifyAudit,
)
from app.interface.events import Alarm
from app.interface.journal import Deed, JournalState, Standing
from app.interface.searching import Search
from app.interface.snapshots import AlarmKind
from crypto_core.keys.journal import first_journal_key, open_entry
from crypto_core.trust.signatures import pseudonym_of
from crypto_core.wire.audit import AuditLeaf, AuditStatement, Verb
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import Hash
from crypto_core.wire.journal import Action
from crypto_core.wire.limits import MAX_JOURNAL_ACTS
from crypto_core.wire.relay_api import JournalReceipts, ProblemCode
from tests.fakes.crashes import Countdown, CrashError
from tests.fakes.fake_relay import refuse
from tests.fakes.full_mailbox import nothing
from tests.fakes.practice import PASSPHRASE, Practice, failure_of, settle
from tests.integration.engine.test_journal import acquainted, rows, summary, unlocked_again, write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from app.engine.session import Session
    from app.interface.journal import JournalRow
    from crypto_core.wire.journal import JournalEntry
    from tests.fakes.fake_relay import FakeRelay


def session_of(practice: Practice) -> Session:
    """What an unlocked practice works with."""
    session = practice.engine._session
    assert session is not None
    return session


def logged(practice: Practice) -> list[JournalEntry]:
    """What the relay's log holds of a practice's acts, opened with the key of its account."""
    session = session_of(practice)
    state = practice.relay._state
    entries = []
    for index, sealed in sorted(state.sealed_entries.items()):
        statement = decode(AuditStatement, decode(AuditLeaf, state.leaves[index]).statement)
        if statement.actor != pseudonym_of(session.owner.device):
            continue
        assert statement.verb is Verb.SEALED
        entries.append(
            open_entry(
                sealed,
                account=session.owner.account,
                journal_key=first_journal_key(session.owner.identity_seed).key,
                committed=Hash(statement.content),
            ).entry
        )
    return entries


def noted(acts: Iterable[JournalRow]) -> list[JournalRow]:
    """Return what this computer has sealed, oldest first: beside it stands what the log says openly."""
    own = [row for row in acts if row.is_here and row.deed.name in Action.__members__]
    return sorted(own, key=lambda row: row.entry)


async def search(practice: Practice, *words: str) -> None:
    """Search, a different act each time."""
    for word in words:
        await practice.do(Search(query=word))
        practice.clock.advance(seconds=90)


def test_what_was_noted_is_in_the_log_in_its_order_and_proven(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(anne, boris)
        await settle([anne, boris])
        await boris.do(MarkRead(message=sent.message))
        await settle([anne, boris])
        for each in (anne, boris):
            acts = await rows(each)
            assert {row.standing for row in acts if row.is_here} == {Standing.LOGGED}
            assert [Deed[entry.action.name] for entry in logged(each)] == [
                row.deed for row in noted(acts)
            ]
            assert (await summary(each)).state is JournalState.INTACT
            assert (await each.do(VerifyAudit())).problems == ()
        (composed,) = (entry for entry in logged(anne) if entry.action is Action.COMPOSED)
        assert (composed.letter, composed.people) == (sent.message, (boris.account,))

    acquainted(tmp_path, story)


def test_days_without_a_connection_go_in_order_with_their_own_times(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        anne.relay.go_offline()
        begun = anne.clock.now()
        for _ in range(MAX_JOURNAL_ACTS + 8):
            await search(anne, "bilan")
            anne.clock.advance(seconds=3600)
        assert await failure_of(anne, Synchronise()) == "relay-unreachable"
        assert (await summary(anne)).waiting > MAX_JOURNAL_ACTS
        anne.relay.come_back()
        await anne.do_signed_in(Synchronise())
        await anne.synchronise()
        times = [entry.at for entry in logged(anne) if entry.action is Action.SEARCHED]
        assert len(times) == MAX_JOURNAL_ACTS + 8
        assert times == sorted(times)
        assert times[0] == begun
        first = next(row for row in await rows(anne, Deed.SEARCHED))
        assert first.logged_at is not None
        assert first.logged_at - first.at > 86_400_000

    acquainted(tmp_path, story)


def test_an_end_between_any_two_steps_leaves_every_act_in_the_log_once(tmp_path: Path) -> None:
    """The engine ends before and after each transaction and request of the posting, and goes on the next time."""

    async def story(anne: Practice, boris: Practice) -> None:
        done = 0
        for steps in range(1000):
            await write(anne, boris, f"Lettre {steps}")
            # Unlocking stands between two of them, so neither gives way to the next.
            await anne.do(Search(query=f"mot {steps}"))
            # An end in the middle of a renewal ends the session as well.
            await anne.do_signed_in(ListSessions())
            anne.countdown.left, anne.countdown.has_crashed = steps, False
            with suppress(CrashError):
                await send_due(session_of(anne), collect=nothing, is_hurried=True)
            done = 0 if anne.countdown.has_crashed else done + 1
            anne.countdown.left = 0 if anne.countdown.has_crashed else None
            await anne.stop()
            anne.countdown = Countdown()
            await anne.start()
            await anne.do(Unlock(passphrase=PASSPHRASE))
            if done:
                break
        await anne.do_signed_in(Synchronise())
        await anne.synchronise()
        acts = [row for row in await rows(anne) if row.is_here]
        assert {row.standing for row in acts} == {Standing.LOGGED}
        assert [Deed[entry.action.name] for entry in logged(anne)] == [
            row.deed for row in noted(acts)
        ]
        for deed in (Deed.COMPOSED, Deed.SEARCHED):
            assert len([row for row in acts if row.deed is deed]) == steps + 1
        report = await anne.do(VerifyAudit())
        assert report.problems == ()
        assert report.own_statements == report.own_statements_logged

    acquainted(tmp_path, story)


@pytest.mark.parametrize("has_acted", [False, True])
def test_a_lost_answer_leads_to_the_same_leaves(tmp_path: Path, *, has_acted: bool) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        await search(anne, "bilan", "cœur")
        anne.relay.interrupt("append_journal", has_acted=has_acted, times=1)
        assert await failure_of(anne, Synchronise()) == "relay-unreachable"
        await unlocked_again(anne)
        await anne.synchronise()
        assert len([each for each in logged(anne) if each.action is Action.SEARCHED]) == 2
        assert (await anne.do(VerifyAudit())).problems == ()

    acquainted(tmp_path, story)


def _of_another(receipts: JournalReceipts) -> JournalReceipts:
    return replace(receipts, proofs=receipts.proofs[::-1])


def _shorter(receipts: JournalReceipts) -> JournalReceipts:
    return replace(receipts, proofs=receipts.proofs[:-1])


def _elsewhere(receipts: JournalReceipts) -> JournalReceipts:
    first = receipts.proofs[0]
    moved = replace(first, index=first.index - 1)
    return replace(receipts, proofs=(moved, *receipts.proofs[1:]))


def _resigned(receipts: JournalReceipts) -> JournalReceipts:
    """The same statement, but not the signature that was made here."""
    first = receipts.proofs[0]
    leaf = bytearray(first.leaf)
    leaf[len(leaf) // 2] ^= 1
    return replace(receipts, proofs=(replace(first, leaf=bytes(leaf)), *receipts.proofs[1:]))


@pytest.mark.parametrize("lie", [_of_another, _shorter, _elsewhere, _resigned])
def test_receipts_that_prove_something_else_are_an_alarm_and_nothing_counts_as_logged(
    tmp_path: Path,
    lie: Any,  # noqa: ANN401 - one of the above
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        await anne.synchronise()
        before = (await summary(anne)).acts
        await search(anne, "bilan", "cœur")
        anne.relay.alter("append_journal", lie)
        assert await failure_of(anne, Synchronise()) == "relay-untrusted"
        assert any(
            event.kind is AlarmKind.PROOF_INVALID
            for event in anne.events
            if isinstance(event, Alarm)
        )
        page = await summary(anne)
        assert (page.state, page.acts, page.waiting) == (JournalState.DAMAGED, before + 2, 2)
        anne.relay.alter("append_journal", None)
        await anne.synchronise()
        assert (await summary(anne)).waiting == 0

    acquainted(tmp_path, story)


def test_a_relay_that_knows_no_journal_stops_no_letter_and_is_asked_again_later(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        def unknown(_: object) -> object:
            raise refuse(ProblemCode.NOT_FOUND)

        relay: FakeRelay = anne.relay
        honest = relay.append_journal
        relay.append_journal = lambda *_: unknown(None)  # type: ignore[method-assign, assignment]
        await search(anne, "bilan")
        await anne.synchronise()
        await write(anne, boris)
        assert (await anne.synchronise()).sent == 1
        assert (await summary(anne)).waiting
        relay.append_journal = honest  # type: ignore[method-assign]
        await anne.synchronise()
        assert (await summary(anne)).waiting
        anne.clock.advance(seconds=REFUSED_MILLIS // 1000)
        await anne.do_signed_in(Synchronise())
        await anne.synchronise()
        assert (await summary(anne)).waiting == 0
        assert (await anne.do(VerifyAudit())).problems == ()

    acquainted(tmp_path, story)


def test_a_chain_that_somebody_else_continued_is_an_alarm_and_ends_the_sending(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await search(anne, "bilan")

        def broken(*_: object) -> object:
            raise refuse(ProblemCode.CHAIN_BROKEN, expected_sequence=99)

        anne.relay.append_journal = broken  # type: ignore[method-assign, assignment]
        await anne.synchronise()
        assert any(
            event.kind is AlarmKind.CHAIN_CONFLICT
            for event in anne.events
            if isinstance(event, Alarm)
        )
        await write(anne, boris)
        assert (await anne.synchronise()).sent == 0
        assert (await summary(anne)).state is JournalState.DAMAGED

    acquainted(tmp_path, story)


def test_letters_go_before_acts_and_acts_wait_for_each_other(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.synchronise()
        leaves = anne.relay._state.leaves
        begin = len(leaves)
        await search(anne, "bilan")
        await write(anne, boris)
        await anne.synchronise()
        verbs = [
            decode(AuditStatement, decode(AuditLeaf, leaf).statement).verb
            for leaf in leaves[begin:]
        ]
        assert verbs == [Verb.ENVELOPE_ACCEPTED, Verb.SEALED, Verb.SEALED]

    acquainted(tmp_path, story)


def test_no_word_of_what_was_searched_reaches_the_relay(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        await anne.do(Search(query="tuberculose"))
        await anne.do(SearchDirectory(query="Boris"))
        await anne.synchronise()
        seen = b"".join([*anne.relay._state.leaves, *anne.relay._state.sealed_entries.values()])
        assert b"tuberculose" not in seen
        assert bytes(anne.account) not in b"".join(anne.relay._state.sealed_entries.values())

    acquainted(tmp_path, story)
