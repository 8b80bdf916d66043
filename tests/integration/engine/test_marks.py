# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is done with letters on one computer of a practice holds on its other ones."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import permutations
from typing import TYPE_CHECKING, Final

from app.engine.templates import NO_TEMPLATE
from app.engine.vault.marks import MOST_WAITING
from app.interface.commands import (
    AcceptContact,
    DeclineContact,
    ListAlarms,
    ListConversations,
    MarkRead,
    ReadConversation,
    RequestContact,
    SendLetter,
    ShowMessage,
)
from app.interface.organising import REMOVAL_GRACE_SECONDS, Act, Organise
from app.interface.patients import FileConversations, ListPatients, RemovePatient, SavePatient
from app.interface.people import BlockContact, NoteContact, UnblockContact
from app.interface.snapshots import PAGE_LIMIT, ContactState, Place, Problem
from app.interface.writing import (
    ListTemplates,
    RemoveTemplate,
    SaveSignature,
    SaveTemplate,
    ShowSignature,
    Signature,
    Template,
    TemplateId,
)
from crypto_core.wire.content import (
    HistoryPart,
    Mark,
    MarkedWriting,
    MarkField,
    MarkKind,
    MarkSubject,
    OwnMark,
    OwnMarks,
    Stamp,
)
from crypto_core.wire.envelope import MessageKind, Urgency
from crypto_core.wire.ids import ConversationId, DeviceId, MessageId, UnixMillis
from tests.fakes.practice import Practice, settle
from tests.integration.engine.test_absence import (
    contact_of,
    received,
    run_in,
    say,
    tell,
    write,
)
from tests.integration.engine.test_own_devices import second_computer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from app.engine.ports.vault import Store
    from app.interface.patients import PatientRow
    from app.interface.snapshots import ConversationRow
    from crypto_core.wire.ids import AccountId
    from tests.fakes.machine import FakeClock

SOON = REMOVAL_GRACE_SECONDS + 5
"""Seconds until everything that was done is told, removals included."""


def on_two(tmp_path: Path, story: Callable[..., Awaitable[None]]) -> None:
    """Let Anne have two computers and Boris one; a letter of his is on both."""

    async def begin(clock: FakeClock, anne: Practice, boris: Practice) -> None:
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            await write(boris, anne)
            await settle([boris, anne, laptop])
            row = await row_in(anne)
            assert row is not None
            await story(clock, anne, laptop, boris, row.conversation)

    tell(tmp_path, begin, "Boris")


async def told(clock: FakeClock, *practices: Practice) -> None:
    clock.advance(seconds=SOON)
    await settle(practices)


async def row_in(practice: Practice, place: Place = Place.ALL) -> ConversationRow | None:
    rows = (await practice.do(ListConversations(place=place, before=None, limit=50))).rows
    return rows[0] if rows else None


async def message_of(practice: Practice, conversation: ConversationId) -> MessageId:
    shown = await practice.do(ReadConversation(conversation=conversation, before=None, limit=5))
    return shown.messages[0].message


async def do(practice: Practice, act: Act, conversation: ConversationId) -> None:
    await practice.do(Organise(conversations=(conversation,), act=act))


async def patient(practice: Practice, name: str = "Duval") -> PatientRow:
    return await practice.do(
        SavePatient(patient=None, family_name=name, given_name="Zoé", birth_date="1990-01-01")
    )


def test_what_was_read_flagged_archived_and_filed_here_is_so_there(tmp_path: Path) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, _: Practice, letter: ConversationId
    ) -> None:
        zoe = await patient(anne)
        await anne.do(FileConversations(conversations=(letter,), patient=zoe.patient))
        await anne.do(MarkRead(message=await message_of(anne, letter)))
        await do(anne, Act.FLAG, letter)
        await do(anne, Act.ARCHIVE, letter)
        before = await row_in(laptop)
        assert before is not None
        assert (before.unread_count, before.is_flagged, before.patient) == (1, False, None)
        # Whoever synchronises by hand does not wait.
        await settle([anne, laptop])
        assert await row_in(laptop, Place.INBOX) is None
        row = await row_in(laptop, Place.ARCHIVE)
        assert row is not None
        assert (row.unread_count, row.is_flagged) == (0, True)
        assert row.patient is not None
        assert row.patient.family_name == "Duval"
        # And back again from there, whatever its clock says.
        clock.advance(seconds=-60)
        for act in (Act.UNARCHIVE, Act.UNFLAG, Act.MARK_UNREAD):
            await do(laptop, act, letter)
        await laptop.do(FileConversations(conversations=(letter,), patient=None))
        await laptop.do(RemovePatient(patient=zoe.patient))
        await told(clock, laptop, anne)
        row = await row_in(anne, Place.INBOX)
        assert row is not None
        assert (row.unread_count, row.is_flagged, row.patient) == (1, False, None)
        assert not (await anne.do(ListPatients(query="", offset=0, limit=5))).rows

    on_two(tmp_path, story)


def test_a_removal_is_told_when_it_can_no_longer_be_taken_back(tmp_path: Path) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, _: Practice, letter: ConversationId
    ) -> None:
        await do(anne, Act.REMOVE, letter)
        clock.advance(seconds=REMOVAL_GRACE_SECONDS - 1)
        await settle([anne, laptop])
        assert await row_in(laptop) is not None
        await do(anne, Act.RESTORE, letter)
        await told(clock, anne, laptop)
        assert await row_in(laptop) is not None
        await do(anne, Act.REMOVE_FILED, letter)
        await told(clock, anne, laptop)
        assert await row_in(laptop) is None
        # There it has that computer's own grace.
        await do(laptop, Act.RESTORE, letter)
        assert await row_in(laptop) is not None

    on_two(tmp_path, story)


def test_a_letter_that_the_other_computer_had_not_seen_stays_in_the_inbox(tmp_path: Path) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, boris: Practice, letter: ConversationId
    ) -> None:
        await do(anne, Act.ARCHIVE, letter)
        # Boris goes on in the same conversation; the laptop has it first.
        await say_more(boris, anne, letter)
        clock.advance(seconds=SOON)
        await settle([boris, laptop])
        await settle([anne, laptop])
        for each in (anne, laptop):
            assert await row_in(each, Place.INBOX) is not None

    on_two(tmp_path, story)


async def say_more(sender: Practice, to: Practice, conversation: ConversationId) -> None:
    await sender.do(
        SendLetter(
            to=(to.account,),
            subject="Re",
            text="Encore.",
            attachments=(),
            urgency=Urgency.NORMAL,
            in_reply_to=await message_of(sender, conversation),
            accepts_unverified=True,
        )
    )


def mark(field: MarkField, subject: bytes, time: int, *, on: bool, device: int = 1) -> OwnMark:
    return OwnMark(
        field=field,
        subject=MarkSubject(subject),
        stamp=Stamp(time=UnixMillis(time), count=0, device=DeviceId(bytes([device] * 16))),
        is_on=on,
    )


def test_whatever_order_marks_come_in_and_how_often_the_latest_holds(tmp_path: Path) -> None:
    async def story(
        _: FakeClock, anne: Practice, laptop: Practice, __: Practice, letter: ConversationId
    ) -> None:
        message = await message_of(laptop, letter)
        marks = (
            mark(MarkField.FLAGGED, letter, 5, on=True),
            mark(MarkField.FLAGGED, letter, 7, on=False, device=1),
            mark(MarkField.FLAGGED, letter, 7, on=True, device=2),
            mark(MarkField.READ, message, 6, on=True),
            mark(MarkField.READ, message, 3, on=False, device=9),
        )
        now = anne.clock.now()

        def receive(order: tuple[OwnMark, ...]) -> Callable[[Store], None]:
            def work(store: Store) -> None:
                for each in (*order, *order[:2]):
                    store.marks.receive([each], now)
                row = store.messages.conversations(Place.ALL, limit=5)
                assert row is not None
                assert (row.rows[0].is_flagged, row.rows[0].unread_count) == (True, 0)
                raise Undone

            return work

        for order in permutations(marks):
            with suppress(Undone):
                await run_in(laptop, receive(order))

    on_two(tmp_path, story)


class Undone(Exception):  # noqa: N818 - ends a transaction, and is no error
    """Leaves nothing of a transaction."""


def test_marks_of_letters_that_come_later_wait_for_them_but_not_without_end(
    tmp_path: Path,
) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, boris: Practice, _: ConversationId
    ) -> None:
        later = await write(boris, anne)
        shown = await row_in(boris, Place.OUTBOX)
        assert shown is not None
        conversation = shown.conversation
        marks = [
            mark(MarkField.FLAGGED, conversation, 9, on=True),
            mark(MarkField.READ, later, 9, on=True),
        ]
        await say(
            anne, anne.account, MessageKind.OWN_MARKS, OwnMarks(version=1, marks=tuple(marks))
        )
        await settle([anne, laptop])
        await settle([boris, laptop])
        row = await row_in(laptop, Place.TO_DO)
        assert row is not None
        assert (row.conversation, row.unread_count) == (conversation, 0)
        flood = [
            mark(MarkField.READ, number.to_bytes(16, "big"), number, on=True)
            for number in range(1, MOST_WAITING + 11)
        ]

        def count(store: Store) -> int:
            store.marks.receive(flood, clock.now())
            found = store.marks._db.execute("select count(*) from mark where waiting is not null")  # type: ignore[attr-defined]
            return int(found.fetchone()[0])

        assert await run_in(laptop, count) == MOST_WAITING

    on_two(tmp_path, story)


def test_nobody_else_marks_ones_letters_and_what_makes_no_sense_is_settled(tmp_path: Path) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, boris: Practice, letter: ConversationId
    ) -> None:
        forged = OwnMarks(
            version=1,
            marks=(mark(MarkField.REMOVED, await message_of(anne, letter), 2**53, on=True),),
        )
        await say(boris, anne.account, MessageKind.OWN_MARKS, forged)
        await say(boris, anne.account, MessageKind.HISTORY, forged, message=b"another by hand.")
        nonsense = HistoryPart(version=1, done=1, total=1)
        await say(anne, anne.account, MessageKind.OWN_MARKS, nonsense, message=b"a third by hand.")
        await told(clock, boris, anne, laptop)
        for each in (anne, laptop):
            row = await row_in(each, Place.INBOX)
            assert row is not None
            assert not (await each.do(ListAlarms())).rows

    on_two(tmp_path, story)


def test_hundreds_of_marks_are_one_message_and_one_computer_alone_keeps_none(
    tmp_path: Path,
) -> None:
    async def story(clock: FakeClock, anne: Practice, _: Practice) -> None:
        for number in range(40):
            await patient(anne, f"Duval {number}")
        assert await run_in(anne, lambda store: store.marks.next_due()) is None
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            for number in range(40):
                await patient(anne, f"Durand {number}")
            clock.advance(seconds=SOON)
            report = await anne.synchronise()
            assert report.sent == 1
            await settle([anne, laptop])
            rows = (await laptop.do(ListPatients(query="durand", offset=0, limit=50))).rows
            assert len(rows) == 40

    tell(tmp_path, story, "Boris")


def test_a_clock_far_ahead_does_not_win_for_ever(tmp_path: Path) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, _: Practice, letter: ConversationId
    ) -> None:
        ahead = OwnMarks(version=1, marks=(mark(MarkField.FLAGGED, letter, 2**52, on=True),))
        await say(anne, anne.account, MessageKind.OWN_MARKS, ahead)
        await told(clock, anne, laptop)
        row = await row_in(laptop, Place.TO_DO)
        assert row is not None
        await do(laptop, Act.UNFLAG, letter)
        await told(clock, laptop, anne)
        for each in (anne, laptop):
            assert await row_in(each, Place.TO_DO) is None

    on_two(tmp_path, story)


# --- decisions about correspondents, and what the owner writes with ------------------------------


def test_whom_one_asks_or_accepts_here_is_a_correspondent_there(tmp_path: Path) -> None:
    async def story(clock: FakeClock, anne: Practice, _: Practice, *asking: Practice) -> None:
        chloe, denis = asking
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            for each in asking:
                await anne.do(RequestContact(account=each.account, note="Bonjour"))
            clock.advance(seconds=SOON)
            await settle([anne, *asking, laptop])
            assert (await contact_of(laptop, chloe)).state is ContactState.REQUESTED
            await chloe.do(AcceptContact(account=anne.account))
            # The laptop hears of it first.
            await settle([chloe, laptop, anne])
            for each in (anne, laptop):
                row = await contact_of(each, chloe)
                assert (row.state, row.name) == (ContactState.ACCEPTED, "Chloe")
            await write(chloe, anne, "Bonjour")
            await settle([chloe, laptop, anne])
            assert [each.subject for each in await received(laptop)] == ["Bonjour"]
            # Denis asks as well, and is accepted without a question.
            await denis.do(RequestContact(account=anne.account, note=""))
            await settle([denis, anne, laptop])
            assert (await contact_of(laptop, denis)).state is ContactState.ACCEPTED

    strangers(tmp_path, story, "Boris", "Chloe", "Denis")


def strangers(tmp_path: Path, story: Callable[..., Awaitable[None]], *names: str) -> None:
    """As `tell`, of whom only the first is a correspondent yet."""

    async def forget(clock: FakeClock, anne: Practice, *others: Practice) -> None:
        for each in others[1:]:
            for one, other in ((anne, each), (each, anne)):
                await run_in(one, partial(_forget, account=other.account))
        await story(clock, anne, *others)

    tell(tmp_path, forget, *names)


def _forget(store: Store, account: AccountId) -> None:
    store.contacts._db.execute("delete from contact where account = ?", (account,))  # type: ignore[attr-defined]


def test_a_request_that_is_declined_here_does_not_wait_there_until_it_is_accepted(
    tmp_path: Path,
) -> None:
    async def story(clock: FakeClock, anne: Practice, _: Practice, chloe: Practice) -> None:
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            await chloe.do(RequestContact(account=anne.account, note="Bonjour"))
            await settle([chloe, anne])
            await anne.do(DeclineContact(account=chloe.account))
            clock.advance(seconds=SOON)
            await anne.synchronise()
            # The laptop was off, and has both at once.
            clock.advance(seconds=3600)
            await told(clock, laptop, anne)
            for each in (anne, laptop):
                assert (await contact_of(each, chloe)).state is ContactState.DECLINED
            await laptop.do(AcceptContact(account=chloe.account))
            await told(clock, laptop, anne, chloe)
            for each in (anne, laptop, chloe):
                other = anne if each is chloe else chloe
                assert (await contact_of(each, other)).state is ContactState.ACCEPTED

    strangers(tmp_path, story, "Boris", "Chloe")


def test_who_is_blocked_here_is_blocked_there_and_what_waits_for_them_is_given_up(
    tmp_path: Path,
) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, boris: Practice, _: ConversationId
    ) -> None:
        late = await write(laptop, boris, "Trop tard")
        await anne.do(NoteContact(account=boris.account, remark="ne plus adresser"))
        await anne.do(BlockContact(account=boris.account))
        clock.advance(seconds=SOON)
        await anne.synchronise()
        await laptop.synchronise()
        row = await contact_of(laptop, boris)
        assert (row.state, row.remark) == (ContactState.BLOCKED, "ne plus adresser")
        (recipient,) = (await laptop.do(ShowMessage(message=late))).recipients
        assert recipient.problem is Problem.RECIPIENT_BLOCKED
        await laptop.do(UnblockContact(account=boris.account))
        await laptop.do(NoteContact(account=boris.account, remark=""))
        await told(clock, laptop, anne)
        row = await contact_of(anne, boris)
        assert (row.state, row.remark) == (ContactState.ACCEPTED, "")

    on_two(tmp_path, story)


def test_templates_and_the_signature_are_the_same_everywhere(tmp_path: Path) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, _: Practice, __: ConversationId
    ) -> None:
        made = await anne.do(SaveTemplate(template=TEMPLATE))
        signature = Signature(text="Dr Anne\nLyon", marks=())
        await anne.do(SaveSignature(signature=signature))
        await told(clock, anne, laptop)
        assert (await laptop.do(ListTemplates())).rows == (made,)
        assert await laptop.do(ShowSignature()) == signature
        await laptop.do(SaveTemplate(template=replace(made, text="autre")))
        await laptop.do(SaveSignature(signature=Signature(text="", marks=())))
        await told(clock, laptop, anne)
        ((row,), signed) = ((await anne.do(ListTemplates())).rows, await anne.do(ShowSignature()))
        assert (row.text, signed.text) == ("autre", "")
        await anne.do(RemoveTemplate(template=made.template))
        await told(clock, anne, laptop)
        assert (await laptop.do(ListTemplates())).rows == ()

    on_two(tmp_path, story)


TEMPLATE: Final = Template(
    template=NO_TEMPLATE,
    name="Compte rendu",
    subject="Suites",
    text="Chère consœur,\nrepos",
    marks=(Mark(kind=MarkKind.BOLD, start=0, end=5),),
    urgency=Urgency.URGENT,
    is_answer_wanted=True,
)


def test_a_new_computer_knows_who_is_blocked_what_is_noted_and_the_templates(
    tmp_path: Path,
) -> None:
    async def story(clock: FakeClock, anne: Practice, boris: Practice, _: Practice) -> None:
        await anne.do(NoteContact(account=boris.account, remark="le mardi"))
        await anne.do(BlockContact(account=boris.account))
        made = await anne.do(SaveTemplate(template=TEMPLATE))
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            # Packages know no blocking.
            await run_in(laptop, partial(_decline, account=boris.account))
            await run_in(anne, lambda store: store.marks.share(anne.clock.now()))
            await told(clock, anne, laptop)
            row = await contact_of(laptop, boris)
            assert (row.state, row.remark) == (ContactState.BLOCKED, "le mardi")
            assert (await laptop.do(ListTemplates())).rows == (made,)
            await anne.do(UnblockContact(account=boris.account))
            await told(clock, anne, laptop)
            assert (await contact_of(laptop, boris)).state is ContactState.ACCEPTED

    tell(tmp_path, story, "Boris", "Chloe")


def _decline(store: Store, account: AccountId) -> None:
    known = store.contacts.get(account)
    assert known is not None
    store.contacts.put(replace(known, state=ContactState.ACCEPTED))
    store.contacts.unblock(account)
    store.contacts.put(replace(known, state=ContactState.DECLINED, remark=""))
    store.contacts.note(account, "")
    store.marks.keep_to_oneself()


def test_templates_for_which_there_is_no_room_wait_for_it(tmp_path: Path) -> None:
    async def story(_: FakeClock, anne: Practice, __: Practice) -> None:
        def fill(store: Store) -> None:
            for number in range(PAGE_LIMIT):
                store.drafts.put_template(
                    replace(TEMPLATE, template=TemplateId(number.to_bytes(16, "big")))
                )
            late = replace(
                mark(MarkField.TEMPLATE, b"one more of them", 5, on=True),
                writing=MarkedWriting(
                    name="Tard",
                    subject="",
                    text="",
                    marks=(),
                    is_urgent=False,
                    is_answer_wanted=False,
                ),
            )
            store.marks.receive([late], anne.clock.now())
            assert len(store.drafts.templates()) == PAGE_LIMIT
            store.drafts.remove_template(TemplateId(bytes(16)))
            store.marks.catch_up(anne.clock.now())
            assert "Tard" in [each.name for each in store.drafts.templates()]

        await run_in(anne, fill)

    tell(tmp_path, story, "Boris")
