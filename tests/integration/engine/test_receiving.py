# SPDX-License-Identifier: AGPL-3.0-or-later
"""What arrives in another way than it should: nothing is lost, nothing is silent, nothing blocks the rest."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.engine.ports.vault import PrekeyKind
from app.engine.session import raise_alarm
from app.interface.commands import (
    AcceptContact,
    AcknowledgeAlarm,
    DeclineContact,
    ListAlarms,
    ListContacts,
    ListConversations,
    MarkRead,
    ReadConversation,
    RefuseMessage,
    RequestContact,
    SendLetter,
    ShowMessage,
    ShowReceipts,
    Synchronise,
    VerifyAudit,
)
from app.interface.events import Alarm
from app.interface.failures import CommandError, Failure
from app.interface.people import ReconsiderContact
from app.interface.snapshots import (
    AlarmKind,
    ContactState,
    DeliveryState,
    MessageView,
    Place,
    Problem,
)
from crypto_core.wire.content import RefusalReason
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.full_mailbox import befriend, fill_mailbox, session_of
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import Practice, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from app.engine.ports.vault import Store
    from app.interface.snapshots import Queued
    from crypto_core.wire.relay_api import MailboxPage


def run(
    folder: Path,
    story: Callable[[Practice, Practice], Coroutine[Any, Any, None]],
    *,
    acquainted: bool = True,
) -> None:
    """Let two registered practices, correspondents unless told otherwise, live a story."""

    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with (
            Practice("Anne", folder / "anne", relay, clock=clock) as anne,
            Practice("Boris", folder / "boris", relay, clock=clock) as boris,
        ):
            await anne.register()
            await boris.register()
            if acquainted:
                await befriend(anne, boris)
            await story(anne, boris)

    asyncio.run(main())


def letter(to: Practice, text: str = "Bonjour", *paths: str) -> SendLetter:
    return SendLetter(
        to=(to.account,),
        subject="Sujet",
        text=text,
        attachments=paths,
        urgency=Urgency.NORMAL,
        in_reply_to=None,
        accepts_unverified=True,
    )


async def inbox_of(practice: Practice) -> list[MessageView]:
    page = await practice.do(ListConversations(place=Place.INBOX, before=None, limit=200))
    found: list[MessageView] = []
    for row in page.rows:
        read = await practice.do(
            ReadConversation(conversation=row.conversation, before=None, limit=200)
        )
        found += read.messages
    return found


async def view_of(practice: Practice, sent: Queued) -> MessageView:
    return await practice.do(ShowMessage(message=sent.message))


async def forget_prekeys(practice: Practice) -> None:
    """Lose every private prekey, as a vault restored from an old copy has."""

    def forget(store: Store) -> None:
        store.prekeys._db.execute("delete from prekey")  # type: ignore[attr-defined]

    await session_of(practice).vault.run(forget)


def alarms(practice: Practice) -> list[AlarmKind]:
    return [event.kind for event in practice.events if isinstance(event, Alarm)]


def change_envelopes(change: Callable[[bytes], bytes]) -> Callable[[MailboxPage], MailboxPage]:
    def changed(page: MailboxPage) -> MailboxPage:
        return replace(
            page,
            items=tuple(
                item if item.envelope is None else replace(item, envelope=change(item.envelope))
                for item in page.items
            ),
        )

    return changed


def test_what_cannot_be_opened_is_shown_asked_for_again_and_then_replaced(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await anne.do(letter(boris))
        await anne.synchronise()
        await forget_prekeys(boris)
        report = await boris.synchronise()
        assert report.unreadable == 1
        (shown,) = await inbox_of(boris)
        assert (shown.problem, shown.text) == (Problem.CANNOT_OPEN, "")
        assert shown.sender_name == "Anne"
        await settle([boris, anne])
        (opened,) = await inbox_of(boris)
        assert (opened.problem, opened.text) == (Problem.NONE, "Bonjour")
        assert [each.state for each in (await view_of(anne, sent)).recipients] == [
            DeliveryState.DELIVERED
        ]

    run(tmp_path, story)


def test_no_name_or_subject_looks_like_something_else(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        program = tmp_path / "bilan \u202efdp.exe"
        program.write_bytes(b"MZ")
        sent = letter(boris, "voir \u202esnart\u202c", str(program))
        await anne.do(replace(sent, subject="Bilan\u2067 de\u200f Mme Duval"))
        await settle([anne, boris])
        (view,) = await inbox_of(boris)
        assert view.subject == "Bilan de Mme Duval"
        assert [each.name for each in view.attachments] == ["bilan fdp.exe"]
        assert "\u202e" not in view.text

    run(tmp_path, story)


def test_a_one_time_prekey_is_erased_when_it_was_used(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        def one_time(store: Store) -> int:
            rows = store.prekeys._db.execute(  # type: ignore[attr-defined]
                "select count(*) from prekey where kind = ?", (int(PrekeyKind.ONE_TIME),)
            )
            return int(rows.fetchone()[0])

        before = await session_of(boris).vault.run(one_time)
        await anne.do(letter(boris))
        await anne.synchronise()
        await boris.synchronise()
        assert await session_of(boris).vault.run(one_time) == before - 1

    run(tmp_path, story)


def test_an_envelope_the_relay_changed_is_not_acknowledged_and_raises_the_alarm(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(letter(boris, "eins"))
        await anne.synchronise()

        def flip(envelope: bytes) -> bytes:
            return envelope[:-1] + bytes([envelope[-1] ^ 1])

        boris.relay.alter("mailbox", change_envelopes(flip))
        await boris.synchronise()
        assert await inbox_of(boris) == []
        assert AlarmKind.PROOF_INVALID in alarms(boris)
        boris.relay.alter("mailbox", None)
        await boris.synchronise()
        assert [each.text for each in await inbox_of(boris)] == ["eins"]

    run(tmp_path, story)


def test_a_false_inclusion_proof_is_refused(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(letter(boris))
        await anne.synchronise()

        def other_place(page: MailboxPage) -> MailboxPage:
            return replace(
                page,
                items=tuple(
                    replace(item, proof=replace(item.proof, index=item.proof.index - 1))
                    for item in page.items
                ),
            )

        boris.relay.alter("mailbox", other_place)
        await boris.synchronise()
        assert await inbox_of(boris) == []
        assert AlarmKind.PROOF_INVALID in alarms(boris)

    run(tmp_path, story)


def test_a_bad_envelope_does_not_block_those_behind_it(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(letter(boris, "un"))
        await anne.synchronise()
        await forget_prekeys(boris)
        await boris.do(Synchronise())
        for text in ("deux", "trois"):
            await anne.do(letter(boris, text))
        await settle([anne, boris], rounds=12)
        assert {each.text for each in await inbox_of(boris)} == {"un", "deux", "trois"}

    run(tmp_path, story)


def test_letters_of_strangers_wait_at_the_relay_until_they_are_accepted(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(RequestContact(account=boris.account, note="Bonjour"))
        await settle([anne, boris])
        # Anne's program believes that Boris has accepted, which he has not.
        await _pretend_accepted(anne, boris)
        await anne.do(letter(boris, "sans accord"))
        await settle([anne, boris])
        assert await inbox_of(boris) == []
        # Nothing was acknowledged, so nothing is lost; a new start finds it again and holds it again.
        await boris.reopen()
        await boris.synchronise()
        assert await inbox_of(boris) == []
        await boris.do(AcceptContact(account=anne.account))
        await settle([anne, boris])
        assert [each.text for each in await inbox_of(boris)] == ["sans accord"]

    run(tmp_path, story, acquainted=False)


async def _pretend_accepted(practice: Practice, other: Practice) -> None:
    def pretend(store: Store) -> None:
        known = store.contacts.get(other.account)
        assert known is not None
        store.contacts.put(replace(known, state=ContactState.ACCEPTED))

    await session_of(practice).vault.run(pretend)


def test_who_is_declined_is_not_told_and_not_heard(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(RequestContact(account=boris.account, note="Bonjour"))
        await settle([anne, boris])
        await boris.do(DeclineContact(account=anne.account))
        await settle([anne, boris])
        (row,) = (await anne.do(ListContacts())).rows
        assert row.state is ContactState.REQUESTED
        await _pretend_accepted(anne, boris)
        sent = await anne.do(letter(boris))
        await settle([anne, boris])
        assert await inbox_of(boris) == []
        anne.clock.advance(days=61)
        anne.relay.expire()
        await settle([boris, anne])
        recipient = (await view_of(anne, sent)).recipients[0]
        assert recipient.state is DeliveryState.NOT_DELIVERED
        assert recipient.problem is Problem.EXPIRED

    run(tmp_path, story, acquainted=False)


def test_a_refusal_can_be_taken_back(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(RequestContact(account=boris.account, note="Bonjour"))
        await settle([anne, boris])
        await boris.do(DeclineContact(account=anne.account))
        await boris.do(ReconsiderContact(account=anne.account))
        (row,) = (await boris.do(ListContacts())).rows
        assert (row.state, row.note) == (ContactState.WAITING, "Bonjour")
        await boris.do(AcceptContact(account=anne.account))
        # Who is a correspondent stays one.
        await boris.do(ReconsiderContact(account=anne.account))
        await settle([anne, boris])
        (row,) = (await anne.do(ListContacts())).rows
        assert row.state is ContactState.ACCEPTED
        with pytest.raises(CommandError) as caught:
            await boris.do(ReconsiderContact(account=AccountId(bytes(20))))
        assert caught.value.failure is Failure.UNKNOWN_ACCOUNT

    run(tmp_path, story, acquainted=False)


def test_two_who_ask_each_other_are_correspondents(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(RequestContact(account=boris.account, note=""))
        await boris.do(RequestContact(account=anne.account, note=""))
        await settle([anne, boris])
        for practice in (anne, boris):
            (row,) = (await practice.do(ListContacts())).rows
            assert row.state is ContactState.ACCEPTED

    run(tmp_path, story, acquainted=False)


def test_a_refusal_reaches_the_sender_with_its_reason(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await anne.do(letter(boris))
        await settle([anne, boris])
        await boris.do(
            RefuseMessage(
                message=sent.message, reason=RefusalReason.WRONG_RECIPIENT, comment="Pas à moi"
            )
        )
        await settle([anne, boris])
        (recipient,) = (await view_of(anne, sent)).recipients
        assert recipient.state is DeliveryState.REFUSED
        assert recipient.reason is RefusalReason.WRONG_RECIPIENT

    run(tmp_path, story)


def test_reading_twice_is_receipted_once(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await anne.do(letter(boris))
        await settle([anne, boris])
        for _ in range(2):
            await boris.do(MarkRead(message=sent.message))
            await settle([anne, boris])
        rows = (await anne.do(ShowReceipts(message=sent.message))).rows
        assert [row.state for row in rows] == [
            DeliveryState.ACCEPTED,
            DeliveryState.DELIVERED,
            DeliveryState.READ,
        ]

    run(tmp_path, story)


def test_many_pages_of_waiting_letters_arrive(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await fill_mailbox(anne, boris, 600)
        report = await boris.synchronise()
        assert (report.received, report.unreadable) == (600, 0)
        page = await boris.do(ListConversations(place=Place.INBOX, before=None, limit=200))
        assert page.total == 60
        # Receipts travel together: they do not double the traffic.
        assert report.sent == 6
        audit = await boris.do(VerifyAudit())
        assert audit.problems == ()
        assert audit.receipts_verified >= 600

    run(tmp_path, story)


# --- the log -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "surplus", [pytest.param(0, id="as long as before"), pytest.param(9, id="longer")]
)
def test_a_forked_log_raises_the_alarm_and_keeps_both_notes(tmp_path: Path, surplus: int) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        fork = boris.relay.fork()
        await anne.do(letter(boris))
        await anne.synchronise()
        await boris.synchronise()
        number = 0
        while len(fork._state.leaves) < len(boris.relay._state.leaves) + surplus:
            fork.append_foreign_leaf(b"another truth %d" % number)
            number += 1
        connection: Any = session_of(boris).relay
        connection._relay.relay = fork
        with pytest.raises(CommandError, match="relay-untrusted"):
            await boris.synchronise()
        assert AlarmKind.SPLIT_VIEW in alarms(boris)
        kept = await session_of(boris).vault.run(lambda store: store.identity.alarms())
        (split,) = (each for each in kept if each.kind is AlarmKind.SPLIT_VIEW)
        assert split.first_note
        assert split.second_note
        assert split.first_note != split.second_note

    run(tmp_path, story)


def test_an_alarm_is_told_at_each_unlock_until_somebody_has_read_it(tmp_path: Path) -> None:
    async def story(anne: Practice, _boris: Practice) -> None:
        await raise_alarm(session_of(anne), AlarmKind.SPLIT_VIEW, "7 / 7", first_note="one note")
        await raise_alarm(session_of(anne), AlarmKind.LOG_SHORTENED, "9 > 8")
        for _ in range(2):
            anne.events.clear()
            await anne.reopen()
            assert alarms(anne) == [AlarmKind.SPLIT_VIEW, AlarmKind.LOG_SHORTENED]
        await anne.do(AcknowledgeAlarm(kind=AlarmKind.SPLIT_VIEW, detail="7 / 7"))
        anne.events.clear()
        await anne.reopen()
        assert alarms(anne) == [AlarmKind.LOG_SHORTENED]
        rows = (await anne.do(ListAlarms())).rows
        assert [(row.is_acknowledged, row.first_note) for row in rows] == [
            (True, "one note"),
            (False, None),
        ]
        with pytest.raises(CommandError) as caught:
            await anne.do(AcknowledgeAlarm(kind=AlarmKind.SPLIT_VIEW, detail="8 / 8"))
        assert caught.value.failure is Failure.INVALID

    run(tmp_path, story)


def test_a_shortened_log_raises_the_alarm(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(letter(boris))
        await settle([anne, boris])
        boris.relay.forget_leaves(8)
        with pytest.raises(CommandError, match="relay-untrusted"):
            await boris.synchronise()
        assert AlarmKind.LOG_SHORTENED in alarms(boris)

    run(tmp_path, story)


def test_an_old_checkpoint_that_is_shown_again_raises_the_alarm_with_both_notes(
    tmp_path: Path,
) -> None:
    """The log has not become shorter: the relay, or somebody before it, keeps what is newer from Boris."""

    async def story(anne: Practice, boris: Practice) -> None:
        await boris.synchronise()
        old = boris.relay.checkpoint()
        await anne.do(letter(boris))
        await settle([anne, boris])
        assert not alarms(boris)
        boris.relay.alter("checkpoint", lambda _: old)
        with pytest.raises(CommandError, match="relay-untrusted"):
            await boris.synchronise()
        assert AlarmKind.LOG_SHORTENED in alarms(boris)
        shown = (await boris.do(ListAlarms())).rows[-1]
        assert shown.second_note == old
        assert shown.first_note not in {None, "", old}

    run(tmp_path, story)


def test_what_a_correspondent_saw_of_another_log_is_an_alarm(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        def lie(store: Store) -> None:
            store.trust._db.execute(  # type: ignore[attr-defined]
                "insert into gossip (device, account, origin, size, root) values (?, ?, ?, 3, ?)",
                (bytes(16), anne.account, session_of(boris).log.origin, bytes(32)),
            )

        await session_of(boris).vault.run(lie)
        await boris.synchronise()
        if AlarmKind.SPLIT_VIEW not in alarms(boris):
            # No checkpoint of that very size was seen: a day is given to find the connection.
            boris.clock.advance(days=1.1)
            await boris.synchronise()
        assert AlarmKind.SPLIT_VIEW in alarms(boris)

    run(tmp_path, story)


def test_honest_correspondents_agree_about_the_log(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        for _ in range(3):
            await anne.do(letter(boris))
            await settle([anne, boris])
        for practice in (anne, boris):
            assert alarms(practice) == []
            unchecked = await session_of(practice).vault.run(
                lambda store: store.trust.unchecked_gossip()
            )
            assert all(each.failing_since is None for each in unchecked)

    run(tmp_path, story)
