# SPDX-License-Identifier: AGPL-3.0-or-later
"""What practitioners do is in their journal, once, and nothing else is: by commands, over a relay in memory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from app.interface.absence import Absence, SaveAbsence
from app.interface.commands import (
    AcceptContact,
    ConfirmVerified,
    DeclineContact,
    Lock,
    MarkRead,
    RefuseMessage,
    RequestContact,
    SaveAttachment,
    SearchDirectory,
    SendLetter,
    ShowKit,
    Unlock,
)
from app.interface.documents import DocumentSource, OpenDocument, OpenElsewhere, SavePart
from app.interface.events import JournalChanged
from app.interface.failures import CommandError, Failure
from app.interface.journal import (
    Deed,
    JournalRow,
    JournalState,
    JournalSummary,
    ListJournal,
    NotePrinted,
    NoteSetting,
    Standing,
)
from app.interface.organising import REMOVED_JUST_NOW_SECONDS, Act, Organise
from app.interface.patients import FileConversations, RemovePatient, SavePatient
from app.interface.people import BlockContact, UnblockContact
from app.interface.searching import Search
from app.interface.snapshots import Comparison
from crypto_core.wire.content import RefusalReason
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId, MessageId, PatientId, UnixMillis
from crypto_core.wire.journal import JournalledSetting, LockCause
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import PASSPHRASE, Practice, failure_of, settle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from app.interface.command import Command
    from app.interface.snapshots import Queued


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


async def write(sender: Practice, reader: Practice, subject: str = "Bilan") -> Queued:
    return await sender.do(
        SendLetter(
            to=(reader.account,),
            subject=subject,
            text="Bonjour",
            attachments=(),
            urgency=Urgency.NORMAL,
            in_reply_to=None,
            accepts_unverified=True,
        )
    )


async def rows(practice: Practice, *deeds: Deed) -> list[JournalRow]:
    """The journal, oldest act first; only these deeds if there are any."""
    page = await practice.do(ListJournal(limit=200))
    found = list(page.rows)
    while page.more:
        page = await practice.do(ListJournal(limit=200, before=found[-1].entry))
        found += page.rows
    return [row for row in reversed(found) if not deeds or row.deed in deeds]


async def summary(practice: Practice) -> JournalSummary:
    return (await practice.do(ListJournal())).summary


async def unlocked_again(practice: Practice) -> None:
    await practice.stop()
    await practice.start()
    await practice.do(Unlock(passphrase=PASSPHRASE))


def test_a_letter_that_is_written_read_and_printed_is_three_acts(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(anne, boris)
        (composed,) = await rows(anne, Deed.COMPOSED)
        assert (composed.letter, composed.subject) == (sent.message, "Bilan")
        assert (composed.people, composed.numbers, composed.is_here) == (("Boris",), (0,), True)
        assert composed.standing is Standing.WAITING
        await settle([anne, boris])
        await boris.do(MarkRead(message=sent.message))
        await boris.do(NotePrinted(message=sent.message))
        read, printed = await rows(boris, Deed.READ, Deed.PRINTED)
        assert (read.deed, printed.deed) == (Deed.READ, Deed.PRINTED)
        assert read.people == printed.people == ("Anne",)
        assert (
            await failure_of(boris, NotePrinted(message=MessageId(bytes(16)))) == "unknown-message"
        )

    acquainted(tmp_path, story)


def test_a_letter_looked_at_again_soon_is_one_act_and_later_another_one(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(anne, boris)
        await settle([anne, boris])
        for _ in range(3):
            await boris.do(MarkRead(message=sent.message))
            boris.clock.advance(seconds=60)
        assert len(await rows(boris, Deed.READ)) == 1
        boris.clock.advance(seconds=600)
        await boris.do(MarkRead(message=sent.message))
        assert len(await rows(boris, Deed.READ)) == 2

    acquainted(tmp_path, story)


def test_a_search_is_one_act_however_it_is_typed_and_paged(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await write(anne, boris, "Thyroïde")
        for typed in ("t", "thy", "thyr"):
            await anne.do(Search(query=typed))
            anne.clock.advance(seconds=1)
        (searched,) = await rows(anne, Deed.SEARCHED)
        assert searched.subject == ""
        assert searched.letter is None
        await anne.do(Search(query=""))
        anne.clock.advance(seconds=100)
        await anne.do(Search(query="autre"))
        assert len(await rows(anne, Deed.SEARCHED)) == 2

    acquainted(tmp_path, story)


def test_locking_and_unlocking_are_noted_with_their_cause(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        await anne.do(Lock(cause=LockCause.IDLE))
        await unlocked_again(anne)
        await unlocked_again(anne)
        locks = await rows(anne, Deed.LOCKED, Deed.UNLOCKED)
        assert [(row.deed, row.numbers) for row in locks] == [
            (Deed.LOCKED, (LockCause.IDLE,)),
            (Deed.UNLOCKED, (0,)),
            (Deed.LOCKED, (LockCause.CLOSED,)),
            (Deed.UNLOCKED, (0,)),
        ]

    acquainted(tmp_path, story)


def test_an_engine_that_was_killed_leaves_no_word_of_locking(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        anne.countdown.left = 0
        await anne.stop()
        anne.countdown.left = None
        await anne.start()
        await anne.do(Unlock(passphrase=PASSPHRASE))
        assert [row.deed for row in await rows(anne, Deed.LOCKED, Deed.UNLOCKED)] == [Deed.UNLOCKED]

    acquainted(tmp_path, story)


def test_wrong_passphrases_are_noted_once_the_right_one_is_typed(tmp_path: Path) -> None:
    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        path = tmp_path / "anne"
        async with Practice("Anne", path, relay, clock=clock, has_real_profile=True) as anne:
            await anne.register()
            await anne.stop()
            await anne.start()
            for _ in range(2):
                with pytest.raises(CommandError) as refused:
                    await anne.do(Unlock(passphrase="not the one that it was before"))
                assert refused.value.failure is Failure.WRONG_PASSPHRASE
                clock.advance(seconds=60)
            await anne.do(Unlock(passphrase=PASSPHRASE))
            await unlocked_again(anne)
            refusals = await rows(anne, Deed.UNLOCK_REFUSED)
            assert [row.numbers for row in refusals] == [(2,)]

    asyncio.run(main())


def test_what_is_noted_is_told_and_the_state_says_how_it_stands(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        assert (await summary(anne)).state in {JournalState.INTACT, JournalState.WAITING}
        await unlocked_again(anne)
        assert (await summary(anne)).state is JournalState.NOT_CHECKED
        anne.events.clear()
        await write(anne, boris)
        await anne.until(lambda: JournalChanged() in anne.events)

    acquainted(tmp_path, story)


async def last(practice: Practice) -> JournalRow:
    """The act that was noted last."""
    return max((await practice.do(ListJournal(limit=200))).rows, key=lambda row: row.entry)


def test_what_is_done_with_letters_is_noted_for_each_letter(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        patient = (
            await boris.do(
                SavePatient(
                    patient=None, family_name="Marin", given_name="Zoé", birth_date="1990-01-01"
                )
            )
        ).patient
        sent = await write(anne, boris)
        await settle([anne, boris])
        received = (await rows(boris, Deed.RECEIVED))[-1]
        assert (received.letter, received.people) == (sent.message, ("Anne",))
        chosen = (sent.conversation,)
        await boris.do(FileConversations(conversations=chosen, patient=patient))
        filed = await last(boris)
        assert filed.deed is Deed.FILED
        assert filed.patient is not None
        assert filed.patient.family_name == "Marin"
        await boris.do(
            RefuseMessage(message=sent.message, reason=RefusalReason.NOT_MY_PATIENT, comment="")
        )
        refused = await last(boris)
        assert (refused.deed, refused.numbers) == (
            Deed.REFUSED,
            (int(RefusalReason.NOT_MY_PATIENT),),
        )
        await boris.do(Organise(conversations=chosen, act=Act.REMOVE_FILED))
        assert (await last(boris)).deed is Deed.REMOVED
        await boris.do(Organise(conversations=chosen, act=Act.RESTORE))
        assert (await last(boris)).deed is Deed.TAKEN_BACK
        await boris.do(Organise(conversations=chosen, act=Act.REMOVE_FILED))
        boris.clock.advance(seconds=REMOVED_JUST_NOW_SECONDS + 1)
        await unlocked_again(boris)
        (erased,) = await rows(boris, Deed.ERASED)
        assert (erased.letter, erased.subject, erased.conversation) == (sent.message, "", None)
        about = await boris.do(ListJournal(letter=sent.message))
        assert [row.deed for row in about.rows] == [
            Deed.ERASED,
            Deed.REMOVED,
            Deed.TAKEN_BACK,
            Deed.REMOVED,
            Deed.REFUSED,
            Deed.FILED,
            Deed.RECEIVED,
        ]
        assert len((await boris.do(ListJournal(patient=patient))).rows) == 7

    acquainted(tmp_path, story)


def test_what_is_done_with_documents_is_noted_but_not_for_drafts(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        bilan = tmp_path / "bilan.txt"
        bilan.write_text("Glycémie 5,1")
        sent = await anne.do(
            SendLetter(
                to=(boris.account,),
                subject="Bilan",
                text="",
                attachments=(str(bilan),),
                urgency=Urgency.NORMAL,
                in_reply_to=None,
                accepts_unverified=True,
            )
        )
        await settle([anne, boris])
        source = DocumentSource(message=sent.message, index=0)
        await boris.do(OpenDocument(source=source))
        target = tmp_path / "out"
        target.mkdir()
        await boris.do(SavePart(source=source, directory=str(target)))
        await boris.do(SaveAttachment(message=sent.message, index=0, directory=str(target)))
        await boris.do(OpenElsewhere(source=source))
        await boris.do(NotePrinted(message=sent.message, document=0))
        deeds = [row.deed for row in await rows(boris) if row.document_name == "bilan.txt"]
        assert deeds == [
            Deed.DOCUMENT_SHOWN,
            Deed.DOCUMENT_SAVED,
            Deed.DOCUMENT_SAVED,
            Deed.DOCUMENT_HANDED_ON,
            Deed.PRINTED,
        ]
        (composed,) = await rows(anne, Deed.COMPOSED)
        assert composed.numbers == (1,)

    acquainted(tmp_path, story)


def test_what_is_decided_about_people_patients_and_oneself_is_noted(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        assert [row.people for row in await rows(anne, Deed.CONTACT_ASKED)] == [("Boris",)]
        assert [row.people for row in await rows(boris, Deed.CONTACT_ACCEPTED)] == [("Anne",)]
        before = len(await rows(anne))
        now = anne.clock.now()
        added = await anne.do(
            SavePatient(patient=None, family_name="Marin", given_name="Zoé", birth_date="")
        )
        commands: tuple[Command[Any], ...] = (
            SavePatient(
                patient=added.patient,
                family_name="Marin",
                given_name="Zoé",
                birth_date="1990-01-01",
            ),
            RemovePatient(patient=added.patient),
            SearchDirectory(query="Boris"),
            ConfirmVerified(account=boris.account, how=Comparison.BY_PHONE),
            ConfirmVerified(account=boris.account, how=Comparison.NEVER),
            BlockContact(account=boris.account),
            UnblockContact(account=boris.account),
            DeclineContact(account=boris.account),
            SaveAbsence(
                absence=Absence(
                    since=now,
                    until=UnixMillis(now + 86_400_000),
                    replacement=None,
                    text="",
                )
            ),
            SaveAbsence(absence=None),
            ShowKit(),
            NoteSetting(setting=JournalledSetting.AUTOMATIC_LOCK),
        )
        for command in commands:
            await anne.do(command)
        noted = await rows(anne)
        assert [row.deed for row in noted[before:]] == [
            Deed.PATIENT_ADDED,
            Deed.PATIENT_CHANGED,
            Deed.PATIENT_REMOVED,
            Deed.DIRECTORY_SEARCHED,
            Deed.CONTACT_COMPARED,
            Deed.CONTACT_BLOCKED,
            Deed.CONTACT_UNBLOCKED,
            Deed.CONTACT_DECLINED,
            Deed.ABSENCE_SAID,
            Deed.ABSENCE_ENDED,
            Deed.KIT_SHOWN,
            Deed.SETTING_CHANGED,
        ]
        assert {row.people for row in noted if row.deed is Deed.CONTACT_BLOCKED} == {("Boris",)}
        assert [row.entry for row in (await anne.do(ListJournal(person=boris.account))).rows]

    acquainted(tmp_path, story)


def test_what_fails_is_not_noted(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        before = len(await rows(anne))
        unknown = MessageId(bytes(16))
        for command in (
            MarkRead(message=unknown),
            SendLetter(
                to=(AccountId(bytes(20)),),
                subject="",
                text="",
                attachments=(),
                urgency=Urgency.NORMAL,
                in_reply_to=None,
                accepts_unverified=True,
            ),
            BlockContact(account=AccountId(bytes(20))),
            RemovePatient(patient=PatientId(bytes(16))),
        ):
            assert await failure_of(anne, command)
        assert len(await rows(anne)) == before
        del boris

    acquainted(tmp_path, story)
