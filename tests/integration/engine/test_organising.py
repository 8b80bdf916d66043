# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters put away, filed and removed, people blocked: by commands, over a relay in memory, with crashes between."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from app.engine import organising, restoring
from app.engine.organising import erase_removed
from app.interface.commands import (
    AcceptContact,
    AddByCard,
    DeclineContact,
    ListContacts,
    ListConversations,
    MarkRead,
    ReadConversation,
    RefuseMessage,
    RequestContact,
    SendLetter,
    ShowCard,
    ShowMessage,
    VerifyAudit,
)
from app.interface.events import Alarm
from app.interface.organising import (
    REMOVAL_GRACE_SECONDS,
    REMOVED_JUST_NOW_SECONDS,
    UNDOES,
    Act,
    Organise,
)
from app.interface.patients import (
    FileConversations,
    ListPatients,
    RemovePatient,
    SavePatient,
    SuggestPatients,
)
from app.interface.people import BlockContact, NoteContact, UnblockContact
from app.interface.snapshots import (
    ContactState,
    DeliveryState,
    PatientTag,
    Place,
    Problem,
)
from crypto_core.wire.content import RefusalReason
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import ConversationId, MessageId
from crypto_core.wire.recovery import PinState
from tests.fakes.crashes import CrashError
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import Practice, failure_of, settle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from app.engine.session import Session
    from app.interface.patients import PatientRow
    from app.interface.snapshots import ConversationRow, Queued


def acquainted(tmp_path: Path, story: Callable[[Practice, Practice], Awaitable[None]]) -> None:
    """Let Anne and Boris be correspondents, and tell the story."""

    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with (
            Practice("Anne", tmp_path / "anne", relay, clock=clock) as anne,
            Practice("Boris", tmp_path / "boris", relay, clock=clock) as boris,
        ):
            for each in (anne, boris):
                await each.register()
            await anne.do(RequestContact(account=boris.account, note=""))
            await settle([anne, boris])
            await boris.do(AcceptContact(account=anne.account))
            await settle([anne, boris])
            await story(anne, boris)

    asyncio.run(main())


def session_of(practice: Practice) -> Session:
    session = practice.engine._session
    assert session is not None
    return session


async def write(
    sender: Practice,
    to: Practice,
    subject: str,
    *,
    document: Path | None = None,
    answers: MessageId | None = None,
    is_answer_wanted: bool = False,
) -> Queued:
    return await sender.do(
        SendLetter(
            to=(to.account,),
            subject=subject,
            text=f"Lettre : {subject}",
            attachments=() if document is None else (str(document),),
            urgency=Urgency.NORMAL,
            in_reply_to=answers,
            accepts_unverified=True,
            is_answer_wanted=is_answer_wanted,
        )
    )


async def rows(practice: Practice, place: Place, **options: Any) -> tuple[ConversationRow, ...]:  # noqa: ANN401
    page = await practice.do(ListConversations(place=place, before=None, limit=50, **options))
    assert page.total == len(page.rows)
    return page.rows


async def subjects(practice: Practice, place: Place) -> list[str]:
    return [row.subject for row in await rows(practice, place)]


async def state_at(sender: Practice, message: MessageId) -> DeliveryState:
    view = await sender.do(ShowMessage(message=message))
    return view.recipients[0].state


def alarms(practice: Practice) -> list[Alarm]:
    return [event for event in practice.events if isinstance(event, Alarm)]


def files(practice: Practice) -> frozenset[bytes]:
    return frozenset(session_of(practice).machine.files.stored())


async def traces(practice: Practice, word: str) -> list[str]:
    """The tables of the store in which a word stands."""
    session = session_of(practice)

    def look(store: Any) -> list[str]:  # noqa: ANN401 - the rows themselves
        database = store.identity._db
        tables = database.execute(
            "select name from sqlite_schema where type = 'table' and sql not like 'create virtual%'"
        ).fetchall()
        return [
            name
            for (name,) in tables
            if any(
                _holds(each, word)
                for row in database.execute(f"select * from {name}")  # noqa: S608
                for each in row
            )
        ]

    return await session.vault.run(look)


def _holds(value: object, word: str) -> bool:
    return (
        word in value
        if isinstance(value, str)
        else isinstance(value, bytes) and word.encode() in value
    )


def waiting_for(practice: Practice) -> int:
    """How many envelopes the relay keeps for a practice."""
    device = session_of(practice).owner.device
    return len(practice.relay._state.mailboxes[device])


async def remove_for_good(practice: Practice, *conversations: ConversationId) -> None:
    await practice.do(Organise(conversations=conversations, act=Act.REMOVE))
    practice.clock.advance(seconds=REMOVAL_GRACE_SECONDS)
    await erase_removed(session_of(practice))


# --- acts ----------------------------------------------------------------------------------------


def test_every_act_is_taken_back_by_the_one_beside_it(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(anne, boris, "radio", is_answer_wanted=True)
        await settle([anne, boris])
        (before,) = await rows(boris, Place.ALL)
        assert before.is_answer_wanted
        for act, undo in UNDOES.items():
            if act in {Act.UNARCHIVE, Act.UNFLAG, Act.MARK_UNREAD}:
                # These change nothing here; their opposites stand in the list as well.
                continue
            await boris.do(Organise(conversations=(sent.conversation,), act=act))
            assert await rows(boris, Place.ALL) != (before,)
            await boris.do(Organise(conversations=(sent.conversation,), act=undo))
            if act is Act.FLAG:
                # Who says that nothing is to be done means the answer as well.
                assert await rows(boris, Place.TO_DO) == ()
                await boris.do(Organise(conversations=(sent.conversation,), act=Act.FLAG))
                assert await subjects(boris, Place.TO_DO) == ["radio"]
                await boris.do(Organise(conversations=(sent.conversation,), act=Act.UNFLAG))
                (before,) = await rows(boris, Place.ALL)
            assert await rows(boris, Place.ALL) == (before,)

    acquainted(tmp_path, story)


def test_an_act_is_done_with_all_conversations_or_with_none(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(anne, boris, "radio")
        await settle([anne, boris])
        unknown = ConversationId(bytes(16))
        for act in Act:
            both = Organise(conversations=(sent.conversation, unknown), act=act)
            assert await failure_of(boris, both) == "unknown-conversation"
        (row,) = await rows(boris, Place.INBOX)
        assert not row.is_flagged
        assert row.unread_count == 1
        # A letter that is still to be sent is cancelled, not removed.
        unsent = await write(boris, anne, "réponse")
        both = Organise(conversations=(sent.conversation, unsent.conversation), act=Act.REMOVE)
        assert await failure_of(boris, both) == "still-sending"
        assert await subjects(boris, Place.INBOX) == ["radio"]

    acquainted(tmp_path, story)


def test_marking_read_tells_nobody_until_the_letter_is_opened(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(anne, boris, "radio")
        await settle([anne, boris])
        await boris.do(Organise(conversations=(sent.conversation,), act=Act.MARK_READ))
        assert (await rows(boris, Place.INBOX))[0].unread_count == 0
        await settle([anne, boris])
        assert await state_at(anne, sent.message) is DeliveryState.DELIVERED
        view = await boris.do(ShowMessage(message=sent.message))
        assert (view.is_read, view.is_unopened) == (True, True)
        await boris.do(MarkRead(message=sent.message))
        view = await boris.do(ShowMessage(message=sent.message))
        assert (view.is_read, view.is_unopened) == (True, False)
        await boris.do(Organise(conversations=(sent.conversation,), act=Act.MARK_UNREAD))
        await boris.do(MarkRead(message=sent.message))
        await settle([anne, boris])
        assert await state_at(anne, sent.message) is DeliveryState.READ
        stored = await session_of(anne).vault.run(
            lambda store: len(store.inbox.receipts(sent.message))
        )
        assert stored == 3

    acquainted(tmp_path, story)


# --- removed for good ----------------------------------------------------------------------------


def test_what_was_removed_is_gone_for_good_after_the_grace(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bilan.txt"
        document.write_bytes(b"bilan " * 100)
        sent = await write(anne, boris, "Xylophone", document=document)
        await settle([anne, boris])
        other = await write(anne, boris, "autre", document=document)
        await settle([anne, boris])
        assert len(files(boris)) == 2
        await boris.do(Organise(conversations=(sent.conversation,), act=Act.REMOVE_FILED))
        boris.clock.advance(seconds=REMOVAL_GRACE_SECONDS - 1)
        await erase_removed(session_of(boris))
        await boris.do(Organise(conversations=(sent.conversation,), act=Act.RESTORE))
        assert sorted(await subjects(boris, Place.INBOX)) == ["Xylophone", "autre"]
        assert await traces(boris, "Xylophone") != []
        await remove_for_good(boris, sent.conversation)
        assert await traces(boris, "Xylophone") == []
        assert len(files(boris)) == 1
        restore = Organise(conversations=(sent.conversation,), act=Act.RESTORE)
        assert await failure_of(boris, restore) == "unknown-conversation"
        # Whoever writes on in the same conversation is heard; what was removed stays gone.
        again = await write(anne, boris, "suite", answers=sent.message)
        await settle([anne, boris])
        page = await boris.do(
            ReadConversation(conversation=again.conversation, before=None, limit=9)
        )
        assert [each.subject for each in page.messages] == ["suite"]
        # The sender removes theirs as well; a late receipt of it is no alarm.
        await boris.do(MarkRead(message=other.message))
        await remove_for_good(anne, sent.conversation, other.conversation)
        assert await traces(anne, "Xylophone") == []
        assert files(anne) == frozenset()
        await settle([anne, boris])
        assert alarms(anne) == alarms(boris) == []
        for each in (anne, boris):
            report = await each.do(VerifyAudit())
            assert report.problems == ()

    acquainted(tmp_path, story)


def test_unlocking_deletes_what_was_removed_before(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(anne, boris, "Xylophone")
        await settle([anne, boris])
        await boris.do(Organise(conversations=(sent.conversation,), act=Act.REMOVE))
        await boris.reopen()
        await boris.do(Organise(conversations=(sent.conversation,), act=Act.RESTORE))
        await boris.do(Organise(conversations=(sent.conversation,), act=Act.REMOVE))
        # Locked in the middle of the morning, it can be taken back once more.
        boris.clock.advance(seconds=REMOVED_JUST_NOW_SECONDS - 1)
        await boris.reopen()
        await boris.do(Organise(conversations=(sent.conversation,), act=Act.RESTORE))
        await boris.do(Organise(conversations=(sent.conversation,), act=Act.REMOVE))
        boris.clock.advance(seconds=REMOVED_JUST_NOW_SECONDS)
        await boris.reopen()
        assert await traces(boris, "Xylophone") == []

    acquainted(tmp_path, story)


def test_what_was_removed_under_a_clock_that_was_ahead_is_not_kept_until_then(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(anne, boris, "Xylophone")
        await settle([anne, boris])
        boris.clock.advance(seconds=365 * 86_400)
        await boris.do(Organise(conversations=(sent.conversation,), act=Act.REMOVE))
        boris.clock.advance(seconds=-365 * 86_400)
        await boris.reopen()
        assert await traces(boris, "Xylophone") == []

    acquainted(tmp_path, story)


def test_wherever_deleting_ends_nothing_of_it_remains_and_nothing_else_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(organising, "ERASED_TOGETHER", 1)

    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bilan.txt"
        document.write_bytes(b"bilan")
        kept = await write(anne, boris, "gardée", document=document)
        for steps in range(14):
            first = await write(anne, boris, "Xylophone", document=document)
            await settle([anne, boris])
            await write(boris, anne, "Xylophone 2", document=document, answers=first.message)
            await settle([anne, boris])
            await boris.do(Organise(conversations=(first.conversation,), act=Act.REMOVE))
            boris.clock.advance(seconds=REMOVAL_GRACE_SECONDS)
            boris.countdown.left = steps
            with suppress(CrashError):
                await erase_removed(session_of(boris))
            boris.countdown.left = None
            boris.clock.advance(seconds=REMOVED_JUST_NOW_SECONDS)
            await boris.reopen()
            assert await traces(boris, "Xylophone") == []
            assert len(files(boris)) == 1
            assert await subjects(boris, Place.ALL) == ["gardée"]
        view = await boris.do(ShowMessage(message=kept.message))
        assert view.attachments[0].available

    acquainted(tmp_path, story)


def test_a_document_that_comes_after_its_letter_was_deleted_is_let_go(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bilan.txt"
        document.write_bytes(b"bilan")
        sent = await write(anne, boris, "radio", document=document)
        await settle([anne])
        session = session_of(boris)
        relay, download = session.relay, session.relay.download_blob

        async def remove_meanwhile(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - as the port
            async for part in download(*args, **options):
                yield part
            # Its file goes with it, so it is fetched a second time.
            if await rows(boris, Place.ALL):
                await boris.do(Organise(conversations=(sent.conversation,), act=Act.REMOVE))
                boris.clock.advance(seconds=REMOVAL_GRACE_SECONDS)
                await erase_removed(session)

        object.__setattr__(session, "relay", _Overridden(relay, download_blob=remove_meanwhile))
        await boris.synchronise()
        assert await rows(boris, Place.ALL) == ()
        assert files(boris) == frozenset()
        assert waiting_for(boris) == 0

    acquainted(tmp_path, story)


class _Overridden:
    """A port, one of whose methods is another one."""

    def __init__(self, port: Any, **methods: Any) -> None:  # noqa: ANN401 - any port
        self._port = port
        self._methods = methods

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method
        return self._methods.get(name) or getattr(self._port, name)


# --- patients ------------------------------------------------------------------------------------


async def save(practice: Practice, family: str, given: str = "", born: str = "") -> PatientRow:
    return await practice.do(
        SavePatient(patient=None, family_name=family, given_name=given, birth_date=born)
    )


def test_letters_are_filed_under_patients(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(anne, boris, "radio")
        await settle([anne, boris])
        marin = await save(boris, "  Marin ", "Hélène", "1980-02-29")
        assert (marin.family_name, marin.conversations) == ("Marin", 0)
        await boris.do(FileConversations(conversations=(sent.conversation,), patient=marin.patient))
        (row,) = await rows(boris, Place.ALL, patient=marin.patient)
        assert row.patient is not None
        assert row.patient.given_name == "Hélène"
        assert await failure_of(boris, RemovePatient(patient=marin.patient)) == "patient-in-use"
        corrected = await boris.do(
            SavePatient(patient=marin.patient, family_name="Marin", given_name="Ève", birth_date="")
        )
        assert corrected.conversations == 1
        await boris.do(FileConversations(conversations=(sent.conversation,), patient=None))
        await boris.do(RemovePatient(patient=marin.patient))
        page = await boris.do(ListPatients(query="", limit=9))
        assert page.rows == ()
        for command in (
            RemovePatient(patient=marin.patient),
            FileConversations(conversations=(sent.conversation,), patient=marin.patient),
            SavePatient(patient=marin.patient, family_name="M", given_name="", birth_date=""),
            ListConversations(place=Place.ALL, before=None, limit=9, patient=marin.patient),
        ):
            assert await failure_of(boris, command) == "unknown-patient"
        nowhere = FileConversations(conversations=(ConversationId(bytes(16)),), patient=None)
        assert await failure_of(boris, nowhere) == "unknown-conversation"

    acquainted(tmp_path, story)


@pytest.mark.parametrize(
    "born",
    ["1980-02-30", "80-02-03", "29/02/1980", "1980-2-9", "19800229", "9999-01-01", "0000-01-01"],
)
def test_a_date_of_birth_is_a_day_that_was(tmp_path: Path, born: str) -> None:
    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with Practice("Anne", tmp_path, relay, clock=clock) as anne:
            await anne.register_only()
            wrong = SavePatient(patient=None, family_name="Marin", given_name="", birth_date=born)
            assert await failure_of(anne, wrong) == "invalid"
            nameless = SavePatient(patient=None, family_name=" ", given_name="", birth_date="")
            assert await failure_of(anne, nameless) == "invalid"

    asyncio.run(main())


def test_who_is_meant_is_suggested_the_likeliest_first(tmp_path: Path) -> None:
    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with Practice("Anne", tmp_path, relay, clock=clock) as anne:
            await anne.register_only()
            for family, given, born in (
                ("Marin", "Hélène", "1990-01-01"),
                ("Helene", "MARIN", "1980-02-29"),
                ("Marin", "Hélène", ""),
                ("Petit-Marin", "Zoé", "1980-02-29"),
                ("Leroy", "Hélène", "1980-02-29"),
                ("Marin", "", ""),
                ("Marin", "Éric", "1980-02-28"),
                ("Noël", "Anne", "1980-02-29"),
            ):
                await save(anne, family, given, born)
            tag = PatientTag(
                patient=None, family_name="MARIN", given_name="Hélène", birth_date="1980-02-29"
            )
            page = await anne.do(SuggestPatients(tag=tag))
            found = [f"{row.family_name} {row.given_name} {row.birth_date}" for row in page.rows]
            assert found[:2] == ["Helene MARIN 1980-02-29", "Marin Hélène "]
            assert set(found[2:4]) == {"Petit-Marin Zoé 1980-02-29", "Leroy Hélène 1980-02-29"}
            assert found[4:] == ["Marin Hélène 1990-01-01", "Marin  "]
            assert not page.more

    asyncio.run(main())


# --- people --------------------------------------------------------------------------------------


async def contact_of(practice: Practice, other: Practice) -> ContactState:
    contacts = await practice.do(ListContacts())
    (row,) = (row for row in contacts.rows if row.account == other.account)
    return row.state


def test_what_a_blocked_person_sends_is_let_go_and_they_are_not_told(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        before = await write(anne, boris, "avant")
        await settle([anne, boris])
        await boris.do(BlockContact(account=anne.account))
        assert await contact_of(boris, anne) is ContactState.BLOCKED
        document = tmp_path / "bilan.txt"
        document.write_bytes(b"bilan")
        sent = await write(anne, boris, "Xylophone", document=document)
        await settle([anne, boris])
        # It has left the relay, nothing of it is here, and to its sender it is as if nobody had come.
        assert waiting_for(boris) == 0
        assert await traces(boris, "Xylophone") == []
        assert files(boris) == frozenset()
        assert await state_at(anne, sent.message) is DeliveryState.ACCEPTED
        assert await subjects(boris, Place.INBOX) == ["avant"]
        # Opening what is there tells them nothing either, until they are blocked no more.
        await boris.do(MarkRead(message=before.message))
        await settle([anne, boris])
        assert await state_at(anne, before.message) is DeliveryState.DELIVERED
        await boris.do(UnblockContact(account=anne.account))
        assert await contact_of(boris, anne) is ContactState.ACCEPTED
        await boris.do(MarkRead(message=before.message))
        await write(anne, boris, "après")
        await settle([anne, boris])
        assert await state_at(anne, before.message) is DeliveryState.READ
        assert sorted(await subjects(boris, Place.INBOX)) == ["après", "avant"]

    acquainted(tmp_path, story)


def test_nothing_is_sent_to_somebody_blocked(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        received = await write(anne, boris, "avant")
        await settle([anne, boris])
        boris.relay.go_offline()
        queued = await write(boris, anne, "encore là")
        await boris.do(BlockContact(account=anne.account))
        boris.relay.come_back()
        await settle([anne, boris])
        view = await boris.do(ShowMessage(message=queued.message))
        assert view.recipients[0].state is DeliveryState.NOT_DELIVERED
        assert view.problem is Problem.RECIPIENT_BLOCKED
        assert await rows(boris, Place.OUTBOX) == ()
        assert await subjects(anne, Place.INBOX) == []
        card = await anne.do(ShowCard())
        for command, failure in (
            (
                RefuseMessage(
                    message=received.message, reason=RefusalReason.WRONG_RECIPIENT, comment=""
                ),
                "contact-blocked",
            ),
            (RequestContact(account=anne.account, note=""), "contact-blocked"),
            (AddByCard(text=card.text, note="", is_from_person=True), "contact-blocked"),
            (AcceptContact(account=anne.account), "contact-blocked"),
            (DeclineContact(account=anne.account), "contact-blocked"),
        ):
            assert await failure_of(boris, command) == failure
        with pytest.raises(Exception, match="not-a-contact"):
            await write(boris, anne, "non")
        # What failed is removed like any other letter.
        await remove_for_good(boris, queued.conversation)
        assert await traces(boris, "encore là") == []

    acquainted(tmp_path, story)


def test_what_waits_of_somebody_who_asked_goes_when_they_are_blocked(tmp_path: Path) -> None:
    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with (
            Practice("Anne", tmp_path / "anne", relay, clock=clock) as anne,
            Practice("Boris", tmp_path / "boris", relay, clock=clock) as boris,
        ):
            for each in (anne, boris):
                await each.register()
            await boris.do(RequestContact(account=anne.account, note=""))
            await settle([anne, boris])
            await anne.do(AcceptContact(account=boris.account))
            await settle([anne, boris])
            # Boris has declined meanwhile; what Anne writes is held back at the relay.
            await boris.do(DeclineContact(account=anne.account))
            await write(anne, boris, "radio")
            await settle([anne, boris])
            assert waiting_for(boris) == 1
            await boris.do(BlockContact(account=anne.account))
            await settle([anne, boris])
            assert waiting_for(boris) == 0
            await boris.do(UnblockContact(account=anne.account))
            assert await contact_of(boris, anne) is ContactState.DECLINED

    asyncio.run(main())


def test_blocking_travels_as_declining_and_remarks_stay_here(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await boris.do(NoteContact(account=anne.account, remark=" préfère le matin "))
        (row,) = (await boris.do(ListContacts())).rows
        assert row.remark == "préfère le matin"
        await boris.do(BlockContact(account=anne.account))
        session = session_of(boris)
        package = await session.vault.run(lambda store: restoring.gather(store, session, number=1))
        assert [pin.state for pin in package.contacts] == [PinState.DECLINED]

    acquainted(tmp_path, story)


def test_only_somebody_known_and_else_is_blocked_or_noted_about(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        stranger = type(anne.account)(bytes(20))
        for command, failure in (
            (BlockContact(account=stranger), "unknown-account"),
            (UnblockContact(account=stranger), "unknown-account"),
            (NoteContact(account=stranger, remark="x"), "unknown-account"),
            (BlockContact(account=anne.account), "own-account"),
        ):
            assert await failure_of(anne, command) == failure
        await anne.do(UnblockContact(account=boris.account))
        assert await contact_of(anne, boris) is ContactState.ACCEPTED

    acquainted(tmp_path, story)
