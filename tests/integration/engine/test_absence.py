# SPDX-License-Identifier: AGPL-3.0-or-later
"""Being away: contacts are told in advance, senders are answered once, and nobody speaks for anybody else."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any

from app.engine import absence, outbox
from app.interface.absence import Absence, AbsenceState, SaveAbsence, ShowAbsence
from app.interface.commands import (
    AcceptContact,
    ListContacts,
    ListConversations,
    MarkRead,
    ReadConversation,
    RefuseMessage,
    RequestContact,
    RevokeDevice,
    SendLetter,
    ShowMessage,
    ShowStatus,
)
from app.interface.failures import Failure
from app.interface.people import BlockContact, UnblockContact
from app.interface.snapshots import ContactRow, DraftRecipient, Place, Problem
from app.interface.writing import CheckRecipients, Doubt
from crypto_core.wire.content import AbsenceNotice, Away, Letter, RefusalReason, Replacement
from crypto_core.wire.envelope import MessageKind, Urgency
from crypto_core.wire.ids import MessageId, UnixMillis
from tests.fakes.crashes import CrashError
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import Practice, failure_of, settle
from tests.integration.engine.test_own_devices import second_computer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from app.interface.snapshots import MessageView
    from crypto_core.wire.ids import AccountId

DAY = 86_400_000
TEXT = "Je suis absente. Pour une urgence, appelez le 15."


def tell(tmp_path: Path, story: Callable[..., Awaitable[None]], *names: str) -> None:
    """Let practitioners, all of them Anne's correspondents, live a story; the clock goes first."""

    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with AsyncExitStack() as open_ones:
            people = [
                await open_ones.enter_async_context(
                    Practice(name, tmp_path / name.lower(), relay, clock=clock)
                )
                for name in ("Anne", *names)
            ]
            for each in people:
                await each.register()
            for other in people[1:]:
                await befriend(people[0], other)
            await story(clock, *people)

    asyncio.run(main())


async def befriend(one: Practice, other: Practice) -> None:
    await one.do(RequestContact(account=other.account, note=""))
    await settle([one, other])
    await other.do(AcceptContact(account=one.account))
    await settle([one, other])


def session_of(practice: Practice) -> Session:
    session = practice.engine._session
    assert session is not None
    return session


def absent(
    practice: Practice,
    *,
    days: tuple[float, float] = (0, 5),
    text: str = TEXT,
    replaced_by: AccountId | None = None,
) -> SaveAbsence:
    now = practice.clock.now()
    replacement = None
    if replaced_by is not None:
        replacement = DraftRecipient(account=replaced_by, name="as typed", profession="")
    return SaveAbsence(
        absence=Absence(
            since=UnixMillis(int(now + days[0] * DAY)),
            until=UnixMillis(int(now + days[1] * DAY)),
            replacement=replacement,
            text=text,
        )
    )


async def leave(practice: Practice, **details: Any) -> AbsenceState:  # noqa: ANN401 - as `absent`
    return await practice.do(absent(practice, **details))


async def write(sender: Practice, to: Practice, subject: str = "Bilan") -> MessageId:
    queued = await sender.do(
        SendLetter(
            to=(to.account,),
            subject=subject,
            text="Bonjour.",
            attachments=(),
            urgency=Urgency.NORMAL,
            in_reply_to=None,
            accepts_unverified=True,
        )
    )
    return queued.message


async def contact_of(practice: Practice, other: Practice | AccountId) -> ContactRow:
    account = other.account if isinstance(other, Practice) else other
    rows = (await practice.do(ListContacts())).rows
    return next(row for row in rows if row.account == account)


async def received(practice: Practice) -> list[MessageView]:
    page = await practice.do(ListConversations(place=Place.INBOX, before=None, limit=50))
    views: list[MessageView] = []
    for row in page.rows:
        shown = await practice.do(
            ReadConversation(conversation=row.conversation, before=None, limit=50)
        )
        views += [each for each in shown.messages if each.sender != practice.account]
    return views


async def say(
    practice: Practice,
    to: AccountId,
    kind: MessageKind,
    *contents: object,
    message: bytes = b"made by hand....",
) -> None:
    """Send what the program itself would not."""
    session = session_of(practice)

    def work(store: Store) -> None:
        outbox.queue(store, session, kind, contents, to=[to], message=MessageId(message))

    await session.vault.run(work)


async def run_in(practice: Practice, work: Callable[[Store], Any]) -> Any:  # noqa: ANN401 - what the work returns
    return await session_of(practice).vault.run(work)


# --- what contacts are told ----------------------------------------------------------------------


def test_contacts_know_in_advance_who_is_away_until_when_and_who_replaces_them(
    tmp_path: Path,
) -> None:
    async def story(clock: FakeClock, anne: Practice, boris: Practice, clara: Practice) -> None:
        await befriend(boris, clara)
        state = await leave(anne, days=(2, 7), replaced_by=clara.account)
        assert (state.contacts, state.told, state.is_now) == (2, 0, False)
        assert state.absence is not None
        assert state.absence.replacement == DraftRecipient(
            account=clara.account, name="Clara", profession="Médecin généraliste"
        )
        await settle([anne, boris, clara])
        assert (await anne.do(ShowAbsence())).told == 2
        away = (await contact_of(boris, anne)).away
        assert away is not None
        assert (away.since, away.until) == (state.absence.since, state.absence.until)
        assert away.replacement == state.absence.replacement
        assert (away.is_contact, away.is_owner, away.is_now) == (True, False, False)
        assert away.text == TEXT
        to_clara = (await contact_of(clara, anne)).away
        assert to_clara is not None
        assert (to_clara.is_contact, to_clara.is_owner) == (False, True)
        check = CheckRecipients(to=(anne.account,))
        assert Doubt.AWAY not in (await boris.do(check)).rows[0].doubts
        clock.advance(seconds=3 * 86_400)
        row = (await boris.do(check)).rows[0]
        assert Doubt.AWAY in row.doubts
        assert row.away is not None
        assert row.away.replacement == state.absence.replacement
        assert (await anne.do(ShowStatus())).away_until == state.absence.until

    tell(tmp_path, story, "Boris", "Clara")


def test_an_absence_ends_by_itself_on_both_sides(tmp_path: Path) -> None:
    async def story(clock: FakeClock, anne: Practice, boris: Practice) -> None:
        await leave(anne)
        await settle([anne, boris])
        clock.advance(seconds=5 * 86_400)
        assert (await contact_of(boris, anne)).away is None
        row = (await boris.do(CheckRecipients(to=(anne.account,)))).rows[0]
        assert (Doubt.AWAY in row.doubts, row.away) == (False, None)
        assert await anne.do(ShowAbsence()) == AbsenceState(absence=None)
        assert (await anne.do(ShowStatus())).away_until is None

    tell(tmp_path, story, "Boris")


def test_an_absence_that_is_changed_or_ended_is_so_for_contacts(tmp_path: Path) -> None:
    async def story(clock: FakeClock, anne: Practice, boris: Practice) -> None:
        await leave(anne)
        await settle([anne, boris])
        later = await leave(anne, days=(0, 9), text="")
        await settle([anne, boris])
        away = (await contact_of(boris, anne)).away
        assert later.absence is not None
        assert away is not None
        assert (away.until, away.text) == (later.absence.until, "")
        # A clock that went back makes what is said last no older.
        clock.advance(seconds=-3_600)
        assert (await anne.do(SaveAbsence(absence=None))).absence is None
        clock.advance(seconds=3_600)
        await settle([anne, boris])
        assert (await contact_of(boris, anne)).away is None

    tell(tmp_path, story, "Boris")


def test_whoever_becomes_a_contact_meanwhile_is_told_and_who_is_blocked_is_not(
    tmp_path: Path,
) -> None:
    async def story(_: FakeClock, anne: Practice, boris: Practice) -> None:
        await anne.do(BlockContact(account=boris.account))
        await leave(anne)
        await settle([anne, boris])
        assert (await contact_of(boris, anne)).away is None
        async with Practice(
            "Clara", anne.directory.parent / "clara", anne.relay, clock=anne.clock
        ) as clara:
            await clara.register()
            # Asked by Anne, and asking her: both ways lead to the same.
            await clara.do(RequestContact(account=anne.account, note=""))
            await settle([anne, clara])
            assert (await contact_of(clara, anne)).away is None
            await anne.do(AcceptContact(account=clara.account))
            await settle([anne, clara])
            assert (await contact_of(clara, anne)).away is not None
        await anne.do(UnblockContact(account=boris.account))
        await settle([anne, boris])
        assert (await contact_of(boris, anne)).away is not None

    tell(tmp_path, story, "Boris")


def test_contacts_do_not_see_each_other_in_notices(tmp_path: Path) -> None:
    async def story(_: FakeClock, anne: Practice, boris: Practice, clara: Practice) -> None:
        await leave(anne)
        await anne.synchronise()
        notices = await run_in(
            anne,
            lambda store: store.absences._db.execute(  # type: ignore[attr-defined]
                "select o.account from outbox o join outgoing g on g.id = o.outgoing"
                " where g.kind = ? group by g.id having count(*) = 1",
                (int(MessageKind.ABSENCE),),
            ).fetchall(),
        )
        assert {account for (account,) in notices} == {boris.account, clara.account}

    tell(tmp_path, story, "Boris", "Clara")


def test_days_that_are_no_absence_are_refused(tmp_path: Path) -> None:
    async def story(_: FakeClock, anne: Practice) -> None:
        for days in ((1, 1), (2, 1), (-2, 0), (0, 367), (367, 368)):
            command = absent(anne, days=days)
            assert await failure_of(anne, command) == Failure.ABSENCE_PERIOD_INVALID
        assert await anne.do(ShowAbsence()) == AbsenceState(absence=None)

    tell(tmp_path, story)


def test_only_a_contact_can_be_named_as_replacement(tmp_path: Path) -> None:
    async def story(_: FakeClock, anne: Practice, boris: Practice) -> None:
        await anne.do(BlockContact(account=boris.account))
        for account in (anne.account, boris.account):
            command = absent(anne, replaced_by=account)
            assert await failure_of(anne, command) == Failure.NOT_A_CONTACT

    tell(tmp_path, story, "Boris")


# --- notices that are not believed ---------------------------------------------------------------


def notice(at: int, *, days: tuple[int, int] = (0, 5), now: int = 0) -> AbsenceNotice:
    return AbsenceNotice(
        version=1,
        stated_at=UnixMillis(at),
        away=Away(
            since=UnixMillis(now + days[0] * DAY),
            until=UnixMillis(now + days[1] * DAY),
            replacement=None,
            text="",
        ),
    )


def test_nobody_says_that_somebody_else_is_away(tmp_path: Path) -> None:
    async def story(clock: FakeClock, anne: Practice, boris: Practice, clara: Practice) -> None:
        # A notice has no name in it: it is about whoever signed it.
        await say(clara, anne.account, MessageKind.ABSENCE, notice(1, now=clock.now()))
        await settle([anne, boris, clara])
        assert (await contact_of(anne, boris)).away is None
        assert (await contact_of(anne, clara)).away is not None

    tell(tmp_path, story, "Boris", "Clara")


def test_who_is_no_contact_is_not_heard(tmp_path: Path) -> None:
    async def story(clock: FakeClock, anne: Practice, boris: Practice) -> None:
        async with Practice("Mallory", tmp_path / "m", anne.relay, clock=clock) as mallory:
            await mallory.register()
            await mallory.do(RequestContact(account=anne.account, note=""))
            await settle([anne, mallory])
            await say(mallory, anne.account, MessageKind.ABSENCE, notice(1, now=clock.now()))
            await settle([anne, mallory])
            assert await run_in(anne, lambda store: store.absences.of_contacts()) == {}
            assert await received(anne) == []
        await anne.do(BlockContact(account=boris.account))
        await say(boris, anne.account, MessageKind.ABSENCE, notice(1, now=clock.now()))
        await settle([anne, boris])
        assert await run_in(anne, lambda store: store.absences.of_contacts()) == {}

    tell(tmp_path, story, "Boris")


def test_an_older_notice_that_comes_later_changes_nothing(tmp_path: Path) -> None:
    async def story(clock: FakeClock, anne: Practice, boris: Practice) -> None:
        now = clock.now()
        await say(boris, anne.account, MessageKind.ABSENCE, notice(8, now=now), message=b"1" * 16)
        await settle([anne, boris])
        older = notice(7, days=(0, 9), now=now)
        await say(boris, anne.account, MessageKind.ABSENCE, older, message=b"2" * 16)
        await settle([anne, boris])
        away = (await contact_of(anne, boris)).away
        assert away is not None
        assert away.until == now + 5 * DAY
        ended = AbsenceNotice(version=1, stated_at=UnixMillis(7), away=None)
        await say(boris, anne.account, MessageKind.ABSENCE, ended, message=b"3" * 16)
        await settle([anne, boris])
        assert (await contact_of(anne, boris)).away is not None

    tell(tmp_path, story, "Boris")


def test_a_notice_that_makes_no_sense_is_said_once_and_not_asked_for_again(tmp_path: Path) -> None:
    async def story(clock: FakeClock, anne: Practice, boris: Practice) -> None:
        wrong = Letter(version=1, subject="", text="Je suis absent.")
        await say(boris, anne.account, MessageKind.ABSENCE, wrong)
        for _ in range(3):
            await settle([anne, boris])
        page = await anne.do(ListConversations(place=Place.INBOX, before=None, limit=10))
        assert page.total == 1
        (view,) = await received(anne)
        assert view.problem is Problem.CANNOT_OPEN
        assert (await contact_of(anne, boris)).away is None
        # It was signed as it is: sealing it again would make no notice of it.
        asked = await run_in(
            anne,
            lambda store: store.absences._db.execute(  # type: ignore[attr-defined]
                "select count(*) from outgoing where kind = ?", (int(MessageKind.RESEAL_REQUEST),)
            ).fetchone(),
        )
        assert asked == (0,)
        # And it is in nobody's way.
        await say(
            boris, anne.account, MessageKind.ABSENCE, notice(1, now=clock.now()), message=b"2" * 16
        )
        await settle([anne, boris])
        assert (await contact_of(anne, boris)).away is not None

    tell(tmp_path, story, "Boris")


def test_a_replacement_nobody_knows_is_shown_as_such(tmp_path: Path) -> None:
    async def story(clock: FakeClock, anne: Practice, boris: Practice) -> None:
        stranger = Replacement(
            account=type(anne.account)(b"s" * 20), name="Dr Inconnu", profession="Médecin"
        )
        told = AbsenceNotice(
            version=1,
            stated_at=UnixMillis(1),
            away=Away(
                since=clock.now(),
                until=UnixMillis(clock.now() + DAY),
                replacement=stranger,
                text="",
            ),
        )
        await say(boris, anne.account, MessageKind.ABSENCE, told)
        await settle([anne, boris])
        away = (await contact_of(anne, boris)).away
        assert away is not None
        assert away.replacement is not None
        assert (away.replacement.name, away.is_contact) == ("Dr Inconnu", False)

    tell(tmp_path, story, "Boris")


# --- the automatic answer ------------------------------------------------------------------------


def test_who_writes_is_answered_once_and_the_answer_says_what_it_is(tmp_path: Path) -> None:
    async def story(clock: FakeClock, anne: Practice, boris: Practice) -> None:
        await write(anne, boris, "Premier contact")
        await settle([anne, boris])
        await leave(anne)
        first = await write(boris, anne, "Douleur lombaire")
        await settle([anne, boris])
        await write(boris, anne, "Encore")
        await settle([anne, boris])
        (answer,) = [view for view in await received(boris) if view.is_automatic]
        assert (answer.subject, answer.text) == ("Douleur lombaire", TEXT)
        asked = await boris.do(ShowMessage(message=first))
        assert answer.conversation == asked.conversation
        views = {view.subject: view for view in await received(anne)}
        assert views["Douleur lombaire"].answered_at == clock.now()
        assert views["Encore"].answered_at is None
        assert (await anne.do(ShowAbsence())).answered == 1
        # A change of the same absence answers nobody again, another absence does.
        await leave(anne, text="Toujours absente.")
        await write(boris, anne, "Trois")
        await settle([anne, boris])
        assert sum(view.is_automatic for view in await received(boris)) == 1
        await anne.do(SaveAbsence(absence=None))
        await write(boris, anne, "Quatre")
        await settle([anne, boris])
        await leave(anne)
        await write(boris, anne, "Cinq")
        await settle([anne, boris])
        assert sum(view.is_automatic for view in await received(boris)) == 2

    tell(tmp_path, story, "Boris")


def test_nothing_is_answered_before_or_after_the_absence_or_without_a_text(
    tmp_path: Path,
) -> None:
    async def story(clock: FakeClock, anne: Practice, boris: Practice) -> None:
        await write(anne, boris)
        await leave(anne, days=(1, 2))
        await write(boris, anne, "avant")
        await settle([anne, boris])
        await leave(anne, days=(0, 2), text=" \n")
        await write(boris, anne, "pendant")
        await settle([anne, boris])
        await leave(anne, days=(0, 2))
        clock.advance(seconds=2 * 86_400)
        for each in (anne, boris):
            await each.sign_in()
        await write(boris, anne, "après")
        await settle([anne, boris])
        assert not [view for view in await received(boris) if view.is_automatic]
        assert len(await received(anne)) == 3

    tell(tmp_path, story, "Boris")


def test_two_absent_people_do_not_answer_each_other_for_ever(tmp_path: Path) -> None:
    async def story(_: FakeClock, anne: Practice, boris: Practice) -> None:
        await write(anne, boris)
        await write(boris, anne)
        await settle([anne, boris])
        await leave(anne)
        await leave(boris)
        await write(boris, anne, "Question")
        for _round in range(4):
            await settle([anne, boris])
        assert [view.text for view in await received(boris) if view.is_automatic] == [TEXT]
        assert not [view for view in await received(anne) if view.is_automatic]
        assert (await boris.do(ShowAbsence())).answered == 0

    tell(tmp_path, story, "Boris")


def test_even_a_program_that_calls_its_answers_letters_is_answered_once(tmp_path: Path) -> None:
    async def story(_: FakeClock, anne: Practice, boris: Practice) -> None:
        await write(anne, boris)
        await leave(anne)
        for number in range(3):
            letter = Letter(version=1, subject=f"Auto {number}", text="Absent.")
            await say(boris, anne.account, MessageKind.LETTER, letter, message=bytes([number] * 16))
            await settle([anne, boris])
        assert sum(view.is_automatic for view in await received(boris)) == 1

    tell(tmp_path, story, "Boris")


def test_who_is_blocked_or_whom_the_owner_never_chose_to_write_to_gets_no_answer(
    tmp_path: Path,
) -> None:
    async def story(_: FakeClock, anne: Practice, boris: Practice, clara: Practice) -> None:
        await leave(anne)
        # Nobody says who Boris is, and Anne has never written to him.
        await write(boris, anne)
        await write(anne, clara)
        await anne.do(BlockContact(account=clara.account))
        await write(clara, anne)
        await settle([anne, boris, clara])
        assert not [view for view in await received(boris) if view.is_automatic]
        assert not [view for view in await received(clara) if view.is_automatic]
        assert (await anne.do(ShowAbsence())).answered == 0

    tell(tmp_path, story, "Boris", "Clara")


def test_an_automatic_answer_has_no_receipts_and_cannot_be_refused(tmp_path: Path) -> None:
    async def story(_: FakeClock, anne: Practice, boris: Practice) -> None:
        await write(anne, boris)
        await leave(anne)
        await write(boris, anne)
        await settle([anne, boris])
        (answer,) = [view for view in await received(boris) if view.is_automatic]
        await boris.do(MarkRead(message=answer.message))
        refusal = RefuseMessage(
            message=answer.message, reason=RefusalReason.WRONG_RECIPIENT, comment=""
        )
        assert await failure_of(boris, refusal) == Failure.INVALID
        due = await run_in(boris, lambda store: store.outbox.take_receipts_due(10))
        assert due is None
        await settle([anne, boris])
        assert not [event for event in anne.events if type(event).__name__ == "Alarm"]

    tell(tmp_path, story, "Boris")


def test_an_engine_that_ends_while_answering_answers_exactly_once(tmp_path: Path) -> None:
    async def story(_: FakeClock, anne: Practice, boris: Practice) -> None:
        await write(anne, boris)
        await settle([anne, boris])
        for count, step in enumerate(range(0, 30, 3), start=1):
            await anne.do(SaveAbsence(absence=None))
            await leave(anne)
            await settle([anne, boris])
            await write(boris, anne, "Question")
            await boris.synchronise()
            anne.countdown.left = step
            with suppress(CrashError):
                await anne.synchronise()
            anne.countdown.left = None
            await anne.reopen()
            await settle([anne, boris])
            assert sum(view.is_automatic for view in await received(boris)) == count, step
            assert len(await received(anne)) == count, step

    tell(tmp_path, story, "Boris")


def test_a_letter_that_wants_an_answer_still_wants_one(tmp_path: Path) -> None:
    async def story(_: FakeClock, anne: Practice, boris: Practice) -> None:
        await write(anne, boris)
        await leave(anne)
        await boris.do(
            SendLetter(
                to=(anne.account,),
                subject="Avis",
                text="Qu’en pensez-vous ?",
                attachments=(),
                urgency=Urgency.NORMAL,
                in_reply_to=None,
                accepts_unverified=True,
                is_answer_wanted=True,
            )
        )
        await settle([anne, boris])
        page = await anne.do(ListConversations(place=Place.TO_DO, before=None, limit=10))
        assert [row.subject for row in page.rows] == ["Avis"]
        # It is no letter of the owner's: nothing of it stands in a list, and nothing waits to be sent.
        sent = await anne.do(ListConversations(place=Place.SENT, before=None, limit=10))
        assert [row.subject for row in sent.rows] == ["Bilan"]
        assert (await anne.do(ShowStatus())).outbox_count == 0

    tell(tmp_path, story, "Boris")


# --- two computers of one owner ------------------------------------------------------------------


def test_a_computer_linked_in_an_absence_knows_of_it_and_one_computer_answers(
    tmp_path: Path,
) -> None:
    async def story(_: FakeClock, anne: Practice, boris: Practice, clara: Practice) -> None:
        for other in (boris, clara):
            await write(anne, other)
        state = await leave(anne)
        await settle([anne, boris, clara])
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            everybody = [anne, laptop, boris, clara]
            await settle(everybody)
            known = await laptop.do(ShowAbsence())
            assert known.absence == state.absence
            assert (known.is_here, known.told) == (False, 0)
            await write(boris, anne, "Question")
            await settle(everybody)
            assert sum(view.is_automatic for view in await received(boris)) == 1
            assert (await laptop.do(ShowAbsence())).answered == 1
            # The computer that answered is lost: the other one takes its place, and repeats nothing.
            gone = session_of(anne).owner.device
            await laptop.sign_in()
            await laptop.do(RevokeDevice(device=gone))
            assert (await laptop.do(ShowAbsence())).is_here
            for other in (boris, clara):
                await write(laptop, other)
            await write(boris, laptop, "Encore")
            await write(clara, laptop, "Question")
            await settle([laptop, boris, clara])
            assert sum(view.is_automatic for view in await received(boris)) == 1
            assert sum(view.is_automatic for view in await received(clara)) == 1

    tell(tmp_path, story, "Boris", "Clara")


def test_what_another_computer_said_before_changes_nothing(tmp_path: Path) -> None:
    async def story(clock: FakeClock, anne: Practice) -> None:
        session = session_of(anne)
        other = type(session.owner.device)(b"o" * 16)

        def work(store: Store) -> list[bool]:
            told = (notice(at, now=clock.now()) for at in (5, 4, 5))
            return [absence.receive_own(store, session, other, each) for each in told]

        assert await run_in(anne, work) == [True, False, False]

    tell(tmp_path, story)
