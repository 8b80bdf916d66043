# SPDX-License-Identifier: AGPL-3.0-or-later
"""Nothing about a patient goes where it may not, on whatever path, and whatever was decided meanwhile elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.interface.commands import SendLetter
from app.interface.failures import CommandError, Failure
from app.interface.journal import Deed, ListJournal
from app.interface.patients import FileConversations, ListPatients, RemovePatient
from app.interface.snapshots import DraftRecipient, Place, Problem
from app.interface.writing import CheckRecipients, DraftContent, ListDrafts, SaveDraft, SendDraft
from crypto_core.wire.decisions import CareTie, DecisionKind
from crypto_core.wire.envelope import Urgency
from tests.fakes.practice import Practice, failure_of, settle
from tests.integration.engine.test_decisions import (
    CONSENT,
    LIFTING,
    OPPOSITION,
    WITHDRAWAL,
    allow,
    decided,
)
from tests.integration.engine.test_marks import on_two, patient, told
from tests.integration.engine.test_organising import rows, write
from tests.integration.engine.test_receiving import inbox_of, run, view_of

if TYPE_CHECKING:
    from pathlib import Path

    from app.interface.patients import PatientRow
    from app.interface.snapshots import Queued
    from crypto_core.wire.ids import ConversationId, UnixMillis
    from tests.fakes.machine import FakeClock


def about(
    who: PatientRow,
    *to: Practice,
    text: str = "Lombalgie.",
    emergency: str = "",
    send_at: UnixMillis | None = None,
) -> SendLetter:
    return SendLetter(
        to=tuple(each.account for each in to),
        subject="Suivi",
        text=text,
        attachments=(),
        urgency=Urgency.NORMAL,
        in_reply_to=None,
        accepts_unverified=True,
        patient=who.patient,
        emergency=emergency,
        send_at=send_at,
    )


async def texts(practice: Practice) -> set[str]:
    return {each.text for each in await inbox_of(practice)}


def test_a_letter_about_a_patient_goes_once_it_is_said_that_it_may(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        letter = about(who, boris)
        assert await failure_of(anne, letter) == Failure.CARE_NOT_SAID
        tie = decided(who.patient, DecisionKind.TIE, boris.account, tie=CareTie.TAKES_PART)
        await anne.do(tie)
        assert await failure_of(anne, letter) == Failure.PATIENT_NOT_INFORMED
        await anne.do(decided(who.patient, DecisionKind.INFORMED, boris.account))
        await anne.do(letter)
        # It is remembered: the next one asks nothing.
        await anne.do(about(who, boris, text="Encore."))
        await anne.do(decided(who.patient, OPPOSITION))
        assert await failure_of(anne, letter) == Failure.PATIENT_OBJECTS
        await anne.do(decided(who.patient, LIFTING))
        none = decided(who.patient, DecisionKind.TIE, boris.account, tie=CareTie.NONE)
        await anne.do(none)
        assert await failure_of(anne, letter) == Failure.CONSENT_NEEDED

    run(tmp_path, story)


def test_a_refused_draft_is_untouched_and_the_failure_names_whom_it_is_about(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        to = DraftRecipient(account=boris.account, name="Boris", profession="")
        content = DraftContent(to=(to,), subject="Suivi", text="Lombalgie.", patient=who.patient)
        draft = (await anne.do(SaveDraft(draft=None, content=content))).draft
        await anne.do(decided(who.patient, OPPOSITION, boris.account))
        with pytest.raises(CommandError) as refused:
            await anne.do(SendDraft(draft=draft, accepts_unverified=True))
        assert (refused.value.failure, refused.value.detail) == (Failure.PATIENT_OBJECTS, "Boris")
        (kept,) = (await anne.do(ListDrafts(limit=10, offset=0))).rows
        assert kept.draft == draft

    run(tmp_path, story)


def test_a_withdrawal_on_another_computer_stops_a_letter_that_was_sent_offline(
    tmp_path: Path,
) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, boris: Practice, _: ConversationId
    ) -> None:
        who = await patient(anne)
        none = decided(who.patient, DecisionKind.TIE, boris.account, tie=CareTie.NONE)
        await anne.do(none)
        await anne.do(decided(who.patient, CONSENT, boris.account))
        await told(clock, anne, laptop)
        # The laptop is offline: it queues a letter under a consent that it believes in.
        sent: Queued = await laptop.do(about(who, boris))
        await anne.do(decided(who.patient, WITHDRAWAL))
        await anne.synchronise()
        # The next thing that the laptop does is to send; it collects its own mail first.
        await laptop.synchronise()
        await settle([anne, laptop, boris])
        assert "Lombalgie." not in await texts(boris)
        assert (await view_of(laptop, sent)).problem is Problem.NOT_ALLOWED
        assert (await view_of(laptop, sent)).text == "Lombalgie."
        assert await failure_of(laptop, about(who, boris)) == Failure.CONSENT_NEEDED

    on_two(tmp_path, story)


def test_of_several_recipients_only_those_are_left_out_who_may_not_have_it(
    tmp_path: Path,
) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, boris: Practice, _: ConversationId
    ) -> None:
        who = await patient(anne)
        await allow(anne, who.patient, boris)
        sent: Queued = await anne.do(about(who, boris))
        await settle([anne, boris])
        assert (await view_of(anne, sent)).problem is Problem.NONE
        assert "Lombalgie." in await texts(boris)
        # The owner's other computer has it whatever the patient has decided about others.
        await anne.do(decided(who.patient, OPPOSITION))
        await told(clock, anne, laptop)
        assert (await view_of(laptop, sent)).text == "Lombalgie."

    on_two(tmp_path, story)


def test_a_letter_that_waits_for_its_moment_is_asked_about_when_it_leaves(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        await allow(anne, who.patient, boris)
        later = type(anne.clock.now())(anne.clock.now() + 3_600_000)
        sent = await anne.do(about(who, boris, send_at=later))
        await anne.synchronise()
        await anne.do(decided(who.patient, OPPOSITION, boris.account))
        anne.clock.advance(seconds=3_700)
        await settle([anne, boris])
        assert await texts(boris) == set()
        assert (await view_of(anne, sent)).problem is Problem.NOT_ALLOWED

    run(tmp_path, story)


def test_in_an_emergency_it_goes_with_a_reason_and_the_journal_says_so(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        await anne.do(decided(who.patient, OPPOSITION))
        assert await failure_of(anne, about(who, boris, emergency="  ")) == Failure.PATIENT_OBJECTS
        await anne.do(about(who, boris, emergency="Détresse respiratoire, patient inconscient"))
        await settle([anne, boris])
        assert "Lombalgie." in await texts(boris)
        rows = (await anne.do(ListJournal(patient=who.patient))).rows
        (row,) = [each for each in rows if each.deed is Deed.SENT_IN_EMERGENCY]
        assert row.people == ("Boris",)
        # It is for that letter alone.
        assert await failure_of(anne, about(who, boris)) == Failure.PATIENT_OBJECTS

    run(tmp_path, story)


def test_an_answer_in_a_filed_conversation_is_about_the_patient_though_it_names_nobody(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        asked = await write(boris, anne, "Votre avis ?")
        await settle([anne, boris])
        (row,) = await rows(anne, Place.INBOX)
        filed = FileConversations(conversations=(row.conversation,), patient=who.patient)
        await anne.do(filed)
        answer = replace(about(who, boris), patient=None, in_reply_to=asked.message)
        assert await failure_of(anne, answer) == Failure.CARE_NOT_SAID
        check = CheckRecipients(to=(boris.account,), in_reply_to=asked.message)
        found = await anne.do(check)
        assert found.patient is not None
        assert found.patient.patient == who.patient
        await allow(anne, who.patient, boris)
        # It waits to be sealed, and the patient objects meanwhile.
        sent = await anne.do(answer)
        await anne.do(decided(who.patient, OPPOSITION))
        await settle([anne, boris])
        view = await view_of(anne, sent)
        assert [each.problem for each in view.recipients] == [Problem.NOT_ALLOWED]
        assert not await texts(boris)

    run(tmp_path, story)


def test_a_patient_who_has_decided_something_is_not_removed_by_hand(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        await anne.do(decided(who.patient, OPPOSITION, boris.account))
        assert await failure_of(anne, RemovePatient(patient=who.patient)) == Failure.PATIENT_IN_USE
        assert (await anne.do(ListPatients(query="", limit=9))).rows == (who,)

    run(tmp_path, story)
