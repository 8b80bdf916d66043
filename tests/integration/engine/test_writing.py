# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters before they are sent: drafts with their documents, sending now and later, calling back, templates."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.engine import attaching, drafts, kept_draft
from app.engine.outbox import send_due, upload_due
from app.engine.ports.vault import Setting
from app.interface.commands import (
    ConfirmVerified,
    ListConversations,
    ReadConversation,
    SaveAttachment,
    ShowMessage,
    Unlock,
)
from app.interface.events import Progress, UploadProgress
from app.interface.failures import CommandError, Failure
from app.interface.organising import REMOVAL_GRACE_SECONDS, REMOVED_JUST_NOW_SECONDS
from app.interface.patients import SavePatient
from app.interface.snapshots import (
    Comparison,
    ContactRow,
    ContactState,
    DeliveryState,
    DraftRecipient,
    Place,
    Trust,
)
from app.interface.writing import (
    AttachBytes,
    AttachFile,
    AttachFromLetter,
    CancelAttaching,
    CancelSending,
    CheckRecipients,
    DetachDocument,
    Doubt,
    DraftContent,
    DraftId,
    DraftView,
    ListDrafts,
    ListQueue,
    ListTemplates,
    OpenDraft,
    ReattachDocument,
    RemoveDrafts,
    RemoveTemplate,
    RestoreDrafts,
    SaveDraft,
    SaveSignature,
    SaveTemplate,
    SendDraft,
    SendNow,
    ShowSignature,
    Signature,
    Template,
    TemplateId,
)
from crypto_core.wire.codec import encode
from crypto_core.wire.content import Mark, MarkKind
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId, MessageId, PatientId, UnixMillis
from crypto_core.wire.limits import MAX_ATTACHMENTS, MAX_SLOTS, MAX_SUBJECT_BYTES, MIB
from tests.fakes.crashes import Countdown, CrashError
from tests.fakes.full_mailbox import nothing, session_of
from tests.fakes.people import SeededBytes
from tests.fakes.practice import PASSPHRASE, Practice, failure_of, settle
from tests.integration.engine.test_decisions import allow
from tests.integration.engine.test_receiving import inbox_of, letter, run

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.ports.vault import Store
    from app.interface.snapshots import Queued
    from crypto_core.wire.ids import BlobId

NOBODY = DraftId(b"no such draft...")


def content(*to: Practice, **changes: Any) -> DraftContent:  # noqa: ANN401 - the fields of DraftContent
    recipients = tuple(
        DraftRecipient(account=each.account, name=each.name, profession="") for each in to
    )
    return replace(
        DraftContent(to=recipients, subject="Sujet", text="Bonjour"),
        **changes,
    )


async def draft_of(practice: Practice, *to: Practice, **changes: Any) -> DraftView:  # noqa: ANN401 - as above
    return await practice.do(SaveDraft(draft=None, content=content(*to, **changes)))


async def send(practice: Practice, draft: DraftView, at: int | None = None) -> Queued:
    return await practice.do(
        SendDraft(
            draft=draft.draft,
            send_at=None if at is None else UnixMillis(at),
            accepts_unverified=True,
        )
    )


async def drafts_of(practice: Practice) -> tuple[DraftId, ...]:
    page = await practice.do(ListDrafts(offset=0, limit=200))
    assert page.total == len(page.rows)
    return tuple(row.draft for row in page.rows)


def files_of(practice: Practice) -> set[str]:
    folder = practice.directory / "files"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


async def named_files(practice: Practice) -> set[str]:
    def named(store: Store) -> frozenset[BlobId]:
        return store.messages.blobs() | store.drafts.blobs()

    return {blob.hex() for blob in await session_of(practice).vault.run(named)}


# --- drafts --------------------------------------------------------------------------------------


def test_a_draft_keeps_everything_and_outlives_the_program(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        row = await anne.do(
            SavePatient(
                patient=None, family_name="Durand", given_name="Lucie", birth_date="1984-02-29"
            )
        )
        written = content(
            boris,
            text="un\ndeux",
            marks=(Mark(kind=MarkKind.BULLET, start=0, end=7),),
            urgency=Urgency.URGENT,
            patient=row.patient,
            is_answer_wanted=True,
            in_reply_to=MessageId(b"some message...."),
        )
        saved = await anne.do(SaveDraft(draft=None, content=written))
        assert saved.patient is not None
        assert saved.patient.family_name == "Durand"
        anne.clock.advance(seconds=1)
        longer = replace(written, subject="s" * 3000, text="é" * 600_000)
        await anne.do(SaveDraft(draft=saved.draft, content=longer))
        other = await draft_of(anne)
        await anne.reopen()
        assert await drafts_of(anne) == (other.draft, saved.draft)
        (_, line) = (await anne.do(ListDrafts(offset=0, limit=2))).rows
        assert (line.to, len(line.subject), line.snippet) == (("Boris",), 1000, "é" * 200)
        page = await anne.do(ListDrafts(offset=1, limit=1))
        assert (page.more, page.total, len(page.rows)) == (False, 2, 1)
        assert (await anne.do(OpenDraft(draft=saved.draft))).content == longer
        unknown = SaveDraft(draft=NOBODY, content=written)
        assert await failure_of(anne, unknown) == Failure.UNKNOWN_DRAFT
        assert await failure_of(anne, OpenDraft(draft=NOBODY)) == Failure.UNKNOWN_DRAFT

    run(tmp_path, story)


def test_a_draft_that_is_thrown_away_comes_back_or_goes_with_its_files(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        first, second = await draft_of(anne), await draft_of(anne)
        for draft in (first, second):
            await anne.do(AttachBytes(draft=draft.draft, name="image.png", content=b"pixels"))
        await anne.do(RemoveDrafts(drafts=(first.draft, second.draft)))
        assert await drafts_of(anne) == ()
        assert await failure_of(anne, OpenDraft(draft=first.draft)) == Failure.UNKNOWN_DRAFT
        assert len(files_of(anne)) == 2
        await anne.do(RestoreDrafts(drafts=(first.draft,)))
        assert len((await anne.do(OpenDraft(draft=first.draft))).documents) == 1
        # Locked and unlocked at once, the other one can still be taken back.
        await anne.reopen()
        assert len(files_of(anne)) == 2
        anne.clock.advance(seconds=REMOVED_JUST_NOW_SECONDS)
        await anne.reopen()
        assert files_of(anne) == await named_files(anne)
        assert len(files_of(anne)) == 1
        gone = RestoreDrafts(drafts=(first.draft, second.draft))
        assert await failure_of(anne, gone) == Failure.UNKNOWN_DRAFT

    run(tmp_path, story)


def test_what_was_thrown_away_is_deleted_after_its_grace(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        draft = await draft_of(anne)
        await anne.do(AttachBytes(draft=draft.draft, name="image.png", content=b"pixels"))
        await anne.do(RemoveDrafts(drafts=(draft.draft,)))
        anne.clock.advance(seconds=REMOVAL_GRACE_SECONDS - 1)
        await drafts.forget_removed(session_of(anne))
        await anne.do(RestoreDrafts(drafts=(draft.draft,)))
        await anne.do(RemoveDrafts(drafts=(draft.draft,)))
        anne.clock.advance(seconds=REMOVAL_GRACE_SECONDS)
        await drafts.forget_removed(session_of(anne))
        assert files_of(anne) == set()
        back = RestoreDrafts(drafts=(draft.draft,))
        assert await failure_of(anne, back) == Failure.UNKNOWN_DRAFT

    run(tmp_path, story)


def test_the_one_draft_of_earlier_programs_becomes_one_of_many(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        here = tmp_path / "bilan.pdf"
        here.write_bytes(b"bilan")
        to = kept_draft._Recipient(account=boris.account, name="Boris", profession="Kiné")
        old = kept_draft.KeptLetter(
            to=(to,),
            subject="Sujet",
            text="Écrit hier",
            files=tuple(
                kept_draft._File(
                    path=str(path), name=path.name, media_type="application/pdf", size=5
                )
                for path in (tmp_path / "moved.pdf", here)
            ),
            is_urgent=True,
            in_reply_to=None,
            given_subject="",
            given_to=(),
            is_doubtful=False,
        )

        def keep(store: Store) -> None:
            store.identity.put_setting(Setting.DRAFT, encode(old))

        await session_of(anne).vault.run(keep)
        await anne.reopen()
        (draft,) = await drafts_of(anne)
        while not (view := await anne.do(OpenDraft(draft=draft))).documents:
            await anne.until_idle()
        assert (view.content.subject, view.content.text) == ("Sujet", "Écrit hier")
        assert view.content.urgency is Urgency.URGENT
        assert [each.name for each in view.documents] == ["bilan.pdf"]
        await anne.reopen()
        assert await drafts_of(anne) == (draft,)
        assert files_of(anne) == await named_files(anne)

    run(tmp_path, story)


# --- documents -----------------------------------------------------------------------------------


def test_a_document_is_what_it_was_when_it_was_attached(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        source = tmp_path / "bilan.pdf"
        source.write_bytes(SeededBytes("bilan")(300_000))
        draft = await draft_of(anne, boris)
        document = await anne.do(AttachFile(draft=draft.draft, path=str(source)))
        assert (document.name, document.media_type, document.size) == (
            "bilan.pdf",
            "application/pdf",
            300_000,
        )
        steps = [event for event in anne.events if isinstance(event, Progress)]
        assert [(steps[-1].done, steps[-1].total)] == [(300_000, 300_000)]
        before = source.read_bytes()
        source.unlink()
        await anne.do(AttachBytes(draft=draft.draft, name="photo.png", content=b"pixels"))
        await send(anne, draft)
        assert await drafts_of(anne) == ()
        await settle([anne, boris])
        (received,) = await inbox_of(boris)
        assert [each.name for each in received.attachments] == ["bilan.pdf", "photo.png"]
        for index, expected in enumerate((before, b"pixels")):
            saved = await boris.do(
                SaveAttachment(message=received.message, index=index, directory=str(tmp_path))
            )
            assert (tmp_path / saved.path).read_bytes() == expected
        progress = [event for event in anne.events if isinstance(event, UploadProgress)]
        assert progress[-1].uploaded == progress[-1].total

    run(tmp_path, story)


def test_a_document_is_forwarded_by_its_place_under_a_new_key(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        for folder, text in (("a", b"first"), ("b", b"second")):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "scan.pdf").write_bytes(text)
        paths = [str(tmp_path / folder / "scan.pdf") for folder in ("a", "b")]
        await anne.do(letter(boris, "deux du même nom", *paths))
        await settle([anne, boris])
        (received,) = await inbox_of(boris)
        draft = await draft_of(boris, anne)
        await boris.do(AttachFromLetter(draft=draft.draft, message=received.message, index=1))
        sent = await send(boris, draft)
        keys = await session_of(boris).vault.run(
            lambda store: {
                (each.key, each.blob)
                for message, index in (
                    (received.message, 0),
                    (received.message, 1),
                    (sent.message, 0),
                )
                if (each := store.messages.attachment(message, index)) is not None
            }
        )
        assert len({key for key, _ in keys}) == len({blob for _, blob in keys}) == 3
        await settle([boris, anne])
        (forwarded,) = await inbox_of(anne)
        saved = await anne.do(
            SaveAttachment(message=forwarded.message, index=0, directory=str(tmp_path))
        )
        assert (tmp_path / saved.path).read_bytes() == b"second"
        for message, index, failure in (
            (received.message, 2, Failure.UNKNOWN_ATTACHMENT),
            (MessageId(b"no such message."), 0, Failure.UNKNOWN_MESSAGE),
        ):
            draft = await draft_of(boris)
            command = AttachFromLetter(draft=draft.draft, message=message, index=index)
            assert await failure_of(boris, command) == failure

    run(tmp_path, story)


def test_a_damaged_document_is_not_forwarded(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        (tmp_path / "scan.pdf").write_bytes(b"x" * 1000)
        sent = await anne.do(letter(boris, "voici", str(tmp_path / "scan.pdf")))
        (name,) = files_of(anne)
        path = anne.directory / "files" / name
        sealed = bytearray(path.read_bytes())
        sealed[100] ^= 1
        path.write_bytes(sealed)
        draft = await draft_of(anne)
        command = AttachFromLetter(draft=draft.draft, message=sent.message, index=0)
        assert await failure_of(anne, command) == Failure.ATTACHMENT_DAMAGED
        assert files_of(anne) == {name}

    run(tmp_path, story)


def test_a_document_is_taken_out_again_with_its_file(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        draft = await draft_of(anne)
        made = [
            await anne.do(AttachBytes(draft=draft.draft, name=name, content=name.encode()))
            for name in ("un", "deux", "trois")
        ]
        await anne.do(DetachDocument(draft=draft.draft, document=made[1].document))
        await anne.do(AttachBytes(draft=draft.draft, name="quatre", content=b"4"))
        view = await anne.do(OpenDraft(draft=draft.draft))
        assert [each.name for each in view.documents] == ["un", "trois", "quatre"]
        anne.clock.advance(seconds=REMOVAL_GRACE_SECONDS - 1)
        await attaching.remove_detached(session_of(anne))
        back = ReattachDocument(draft=draft.draft, document=made[1].document)
        assert await anne.do(back) == made[1]
        view = await anne.do(OpenDraft(draft=draft.draft))
        assert [each.name for each in view.documents] == ["un", "trois", "quatre", "deux"]
        assert await failure_of(anne, back) == Failure.UNKNOWN_ATTACHMENT
        await anne.do(DetachDocument(draft=draft.draft, document=made[1].document))
        anne.clock.advance(seconds=REMOVAL_GRACE_SECONDS)
        await attaching.remove_detached(session_of(anne))
        assert files_of(anne) == await named_files(anne)
        assert await failure_of(anne, back) == Failure.UNKNOWN_ATTACHMENT
        again = DetachDocument(draft=draft.draft, document=made[1].document)
        assert await failure_of(anne, again) == Failure.UNKNOWN_ATTACHMENT
        other = await draft_of(anne)
        others = DetachDocument(draft=other.draft, document=made[0].document)
        assert await failure_of(anne, others) == Failure.UNKNOWN_ATTACHMENT

    run(tmp_path, story)


def test_what_cannot_be_attached_leaves_nothing(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        draft = await draft_of(anne)
        for path, failure in (
            (tmp_path / "missing", Failure.FILE_UNREADABLE),
            (tmp_path, Failure.FILE_IS_FOLDER),
        ):
            command = AttachFile(draft=draft.draft, path=str(path))
            assert await failure_of(anne, command) == failure
        nowhere = AttachBytes(draft=NOBODY, name="image.png", content=b"pixels")
        assert await failure_of(anne, nowhere) == Failure.UNKNOWN_DRAFT
        for _number in range(MAX_ATTACHMENTS):
            await anne.do(AttachBytes(draft=draft.draft, name="x", content=b"x"))
        one_more = AttachBytes(draft=draft.draft, name="x", content=b"x")
        assert await failure_of(anne, one_more) == Failure.TOO_MANY_DOCUMENTS
        assert len(files_of(anne)) == MAX_ATTACHMENTS

    run(tmp_path, story)


def test_attaching_is_called_off_and_nothing_remains(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        (tmp_path / "video.bin").write_bytes(bytes(8 * MIB))
        draft = await draft_of(anne, boris)
        command = AttachFile(draft=draft.draft, path=str(tmp_path / "video.bin"))
        attaching = asyncio.create_task(failure_of(anne, command))
        await anne.until(lambda: any(isinstance(each, Progress) for each in anne.events))
        waits = SendDraft(draft=draft.draft, accepts_unverified=True)
        assert await failure_of(anne, waits) == Failure.STILL_ATTACHING
        await anne.do(CancelAttaching(draft=draft.draft))
        assert await attaching == Failure.ATTACHING_CANCELLED
        assert files_of(anne) == set()
        assert (await anne.do(OpenDraft(draft=draft.draft))).documents == ()
        await send(anne, draft)

    run(tmp_path, story)


# --- sending -------------------------------------------------------------------------------------


def test_marks_patient_and_the_wish_for_an_answer_arrive(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        row = await anne.do(
            SavePatient(
                patient=None, family_name="Durand", given_name="Lucie", birth_date="1984-02-29"
            )
        )
        await allow(anne, row.patient, boris)
        bold = Mark(kind=MarkKind.BOLD, start=0, end=7)
        beyond = Mark(kind=MarkKind.BOLD, start=7, end=99)
        draft = await draft_of(
            anne, boris, marks=(beyond, bold), patient=row.patient, is_answer_wanted=True
        )
        sent = await send(anne, draft)
        await settle([anne, boris])
        (received,) = await inbox_of(boris)
        assert (received.marks, received.is_answer_wanted) == ((bold,), True)
        assert received.patient is not None
        assert received.patient.patient is None
        assert (received.patient.family_name, received.patient.birth_date) == (
            "Durand",
            "1984-02-29",
        )
        own = await anne.do(ShowMessage(message=sent.message))
        assert own.patient is not None
        assert (own.marks, own.patient.patient) == ((bold,), row.patient)
        page = await anne.do(ListConversations(place=Place.SENT, before=None, limit=5))
        assert page.rows[0].patient is not None
        assert page.rows[0].patient.patient == row.patient

    run(tmp_path, story)


def test_a_draft_that_cannot_be_sent_stays_as_it_is(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        now = anne.clock.now()
        stranger = DraftRecipient(account=AccountId(b"s" * 20), name="X", profession="")
        self_addressed = DraftRecipient(account=anne.account, name="Anne", profession="")
        cases: list[tuple[dict[str, Any], int | None, Failure]] = [
            ({"to": ()}, None, Failure.NO_RECIPIENT),
            ({"to": (stranger,)}, None, Failure.NOT_A_CONTACT),
            ({"to": (self_addressed,)}, None, Failure.OWN_ACCOUNT),
            (
                {
                    "to": tuple(
                        replace(stranger, account=AccountId(number.to_bytes(20, "big")))
                        for number in range(MAX_SLOTS + 1)
                    )
                },
                None,
                Failure.TOO_MANY_RECIPIENTS,
            ),
            ({"subject": "s" * (MAX_SUBJECT_BYTES + 1)}, None, Failure.TEXT_TOO_LONG),
            ({"text": "é" * (MIB // 2 + 1)}, None, Failure.TEXT_TOO_LONG),
            ({"patient": PatientId(b"unknown patient.")}, None, Failure.UNKNOWN_PATIENT),
            ({}, now, Failure.SEND_TIME_INVALID),
            ({}, now - 1, Failure.SEND_TIME_INVALID),
            ({}, now + 367 * 86_400_000, Failure.SEND_TIME_INVALID),
        ]
        for changes, at, failure in cases:
            draft = await draft_of(anne, boris, **changes)
            with pytest.raises(CommandError) as caught:
                await send(anne, draft, at)
            assert caught.value.failure is failure
            assert (await anne.do(OpenDraft(draft=draft.draft))) == draft
        assert len(await drafts_of(anne)) == len(cases)
        draft = await draft_of(anne, boris)
        assert await failure_of(anne, SendDraft(draft=draft.draft)) == Failure.UNVERIFIED_RECIPIENT
        await send(anne, draft)
        again = SendDraft(draft=draft.draft, accepts_unverified=True)
        assert await failure_of(anne, again) == Failure.UNKNOWN_DRAFT
        autosaved = SaveDraft(draft=draft.draft, content=draft.content)
        assert await failure_of(anne, autosaved) == Failure.UNKNOWN_DRAFT

    run(tmp_path, story)


# --- later, back, and at once --------------------------------------------------------------------

HOUR = 3_600_000


def test_a_letter_waits_for_its_moment_even_when_the_program_starts_anew(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        at = anne.clock.now() + 6 * HOUR
        draft = await draft_of(anne, boris)
        await anne.do(AttachBytes(draft=draft.draft, name="image.png", content=b"pixels"))
        stored = anne.relay.stored_bytes()
        sent = await send(anne, draft, at)
        await settle([anne, boris])
        await anne.reopen()
        await settle([anne, boris])
        view = await anne.do(ShowMessage(message=sent.message))
        assert (view.send_at, view.sent_at, view.can_cancel) == (at, at, True)
        assert await inbox_of(boris) == []
        assert anne.relay.stored_bytes() == stored
        (row,) = (await anne.do(ListQueue(limit=5))).rows
        assert (row.send_at, row.uploaded, row.to) == (at, 0, ("Boris",))
        # Somebody else's letter comes meanwhile.
        anne.clock.advance(seconds=3600)
        await boris.do(letter(anne, "entre-temps"))
        await settle([anne, boris])
        anne.clock.advance(seconds=5 * 3600)
        await settle([anne, boris])
        (received,) = await inbox_of(boris)
        assert received.sent_at == at
        view = await anne.do(ShowMessage(message=sent.message))
        assert (view.send_at, view.can_cancel) == (None, False)
        assert (await anne.do(ListQueue(limit=5))).rows == ()
        page = await anne.do(ListConversations(place=Place.ALL, before=None, limit=5))
        assert page.rows[0].conversation == sent.conversation

    run(tmp_path, story)


def test_a_clock_that_is_set_back_does_not_send_twice_or_hold_what_has_gone(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await send(anne, await draft_of(anne, boris), anne.clock.now() + HOUR)
        anne.clock.advance(seconds=3600)
        session = session_of(anne)
        # Sealed, and the answer of the relay lost.
        anne.relay.interrupt("post_envelope", has_acted=True)
        with pytest.raises(CommandError):
            await anne.synchronise()
        anne.clock.advance(seconds=-200)
        await settle([anne, boris])
        view = await anne.do(ShowMessage(message=sent.message))
        assert [each.state for each in view.recipients] == [DeliveryState.DELIVERED]
        assert len(await inbox_of(boris)) == 1
        assert await session.vault.run(lambda store: store.outbox.letters(5)) == ()

    run(tmp_path, story)


def test_a_letter_that_waits_is_sent_at_once(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await send(anne, await draft_of(anne, boris), anne.clock.now() + HOUR)
        anne.clock.advance(seconds=60)
        now = anne.clock.now()
        await anne.do(SendNow(message=sent.message))
        await settle([anne, boris])
        (received,) = await inbox_of(boris)
        assert received.sent_at == now
        own = await anne.do(ShowMessage(message=sent.message))
        assert (own.sent_at, own.send_at) == (now, None)
        await anne.do(SendNow(message=sent.message))
        assert (await anne.do(ShowMessage(message=sent.message))) == own
        unknown = SendNow(message=MessageId(b"no such message."))
        assert await failure_of(anne, unknown) == Failure.UNKNOWN_MESSAGE

    run(tmp_path, story)


def test_a_letter_is_called_back_as_it_was_written_and_sent_again(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        row = await anne.do(
            SavePatient(patient=None, family_name="Durand", given_name="", birth_date="")
        )
        await allow(anne, row.patient, boris)
        bold = Mark(kind=MarkKind.BOLD, start=0, end=7)
        written = await draft_of(
            anne,
            boris,
            marks=(bold,),
            patient=row.patient,
            urgency=Urgency.URGENT,
            is_answer_wanted=True,
        )
        await anne.do(AttachBytes(draft=written.draft, name="image.png", content=b"pixels"))
        written = await anne.do(OpenDraft(draft=written.draft))
        sent = await send(anne, written)
        # Part of the way is gone already: the document is at the relay.
        await upload_due(session_of(anne))
        view = await anne.do(CancelSending(message=sent.message))
        assert view.content.to[0].account == boris.account
        assert replace(view.content, to=written.content.to) == written.content
        assert view.documents == written.documents
        assert (await anne.do(ListQueue(limit=5))).rows == ()
        for place in (Place.SENT, Place.OUTBOX, Place.ALL):
            page = await anne.do(ListConversations(place=place, before=None, limit=5))
            assert (page.rows, page.total) == ((), 0)
        await settle([anne, boris])
        assert await inbox_of(boris) == []
        again = CancelSending(message=sent.message)
        assert await failure_of(anne, again) == Failure.UNKNOWN_MESSAGE
        await send(anne, view)
        await settle([anne, boris])
        (received,) = await inbox_of(boris)
        saved = await boris.do(
            SaveAttachment(message=received.message, index=0, directory=str(tmp_path))
        )
        assert (tmp_path / saved.path).read_bytes() == b"pixels"

    run(tmp_path, story)


def test_an_answer_that_is_called_back_leaves_its_conversation_as_it_was(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await boris.do(letter(anne, "question"))
        await settle([anne, boris])
        (asked,) = await inbox_of(anne)
        before = await anne.do(ListConversations(place=Place.ALL, before=None, limit=5))
        anne.clock.advance(seconds=60)
        answer = await draft_of(anne, boris, in_reply_to=asked.message)
        sent = await send(anne, answer)
        assert sent.conversation == asked.conversation
        await anne.do(CancelSending(message=sent.message))
        assert await anne.do(ListConversations(place=Place.ALL, before=None, limit=5)) == before
        page = await anne.do(
            ReadConversation(conversation=asked.conversation, before=None, limit=5)
        )
        assert len(page.messages) == 1

    run(tmp_path, story)


def test_what_somebody_may_have_is_not_called_back(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await send(anne, await draft_of(anne, boris))
        # The relay never got it, but nobody here can know that.
        anne.relay.interrupt("post_envelope", has_acted=False)
        with pytest.raises(CommandError):
            await anne.synchronise()
        back = CancelSending(message=sent.message)
        assert not (await anne.do(ShowMessage(message=sent.message))).can_cancel
        (row,) = (await anne.do(ListQueue(limit=5))).rows
        assert not row.can_cancel
        assert await failure_of(anne, back) == Failure.ALREADY_SENT
        await settle([anne, boris])
        assert await failure_of(anne, back) == Failure.ALREADY_SENT
        (received,) = await inbox_of(boris)
        others = CancelSending(message=received.message)
        assert await failure_of(boris, others) == Failure.ALREADY_SENT
        assert await drafts_of(anne) == ()

    run(tmp_path, story)


def test_a_letter_called_back_while_it_is_being_sealed_is_not_sent(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        text = "long " * 60_000
        sent = await send(anne, await draft_of(anne, boris, text=text))
        connection: Any = session_of(anne).relay
        claim = connection._relay.claim_prekeys
        views: list[DraftView] = []

        async def claim_meanwhile(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - the port's
            answer = await claim(*arguments, **options)
            if not views:
                views.append(await anne.do(CancelSending(message=sent.message)))
            return answer

        connection._relay.claim_prekeys = claim_meanwhile
        assert await send_due(session_of(anne), collect=nothing, with_receipts=False) == 0
        (view,) = views
        assert view.content.text == text
        # Nothing is left of the body that would have travelled as a file.
        assert files_of(anne) == await named_files(anne) == set()
        await settle([anne, boris])
        assert await inbox_of(boris) == []
        await send(anne, view)
        await settle([anne, boris])
        assert len(await inbox_of(boris)) == 1

    run(tmp_path, story)


def test_the_queue_says_how_far_each_letter_is(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        later = await send(anne, await draft_of(anne, boris), anne.clock.now() + HOUR)
        draft = await draft_of(anne, boris)
        await anne.do(AttachBytes(draft=draft.draft, name="a.bin", content=bytes(9 * MIB)))
        await anne.do(AttachBytes(draft=draft.draft, name="b.bin", content=b"x"))
        soon = await send(anne, draft)
        queue = await anne.do(ListQueue(limit=1))
        assert queue.more
        rows = (await anne.do(ListQueue(limit=5))).rows
        assert [row.message for row in rows] == [soon.message, later.message]
        assert (rows[0].uploaded, rows[0].total > 9 * MIB) == (0, True)
        anne.relay.interrupt("complete_blob", has_acted=False)
        with pytest.raises(Exception, match="broke"):
            await upload_due(session_of(anne))
        told = [event for event in anne.events if isinstance(event, UploadProgress)]
        assert len({event.uploaded for event in told}) >= 3
        assert {event.message for event in told} == {soon.message}
        await upload_due(session_of(anne))
        rows = (await anne.do(ListQueue(limit=5))).rows
        assert rows[0].uploaded == rows[0].total

    run(tmp_path, story)


# --- the process may end at any moment -----------------------------------------------------------


def test_wherever_the_process_ends_no_draft_is_lost_and_no_letter_is_sent_twice(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        source = tmp_path / "bilan.pdf"
        source.write_bytes(b"bilan")
        to = content(boris)
        number = 0
        while True:
            await anne.stop()
            anne.countdown = Countdown(number)
            await anne.start()
            ended = await _write_until_the_end(anne, replace(to, text=f"lettre {number}"), source)
            await anne.stop()
            anne.countdown = Countdown()
            await anne.start()
            await anne.do(Unlock(passphrase=PASSPHRASE))
            assert files_of(anne) == await named_files(anne)
            await _finish_what_is_left(anne, f"lettre {number}")
            if ended:
                break
            number += 1
        await settle([anne, boris])
        texts = [each.text for each in await inbox_of(boris)]
        assert len(texts) == len(set(texts))
        assert all(len(each.attachments) == 1 for each in await inbox_of(boris))
        assert f"lettre {number}" in texts
        assert await drafts_of(anne) == ()

    run(tmp_path, story)


async def _write_until_the_end(anne: Practice, written: DraftContent, source: Path) -> bool:
    """Write, attach, send, call back and send again; True if the process did not end before."""
    try:
        await anne.do(Unlock(passphrase=PASSPHRASE))
        draft = await anne.do(SaveDraft(draft=None, content=written))
        await anne.do(AttachFile(draft=draft.draft, path=str(source)))
        sent = await send(anne, draft)
        draft = await anne.do(CancelSending(message=sent.message))
        await send(anne, draft)
    except CrashError:
        return False
    return True


async def _finish_what_is_left(anne: Practice, text: str) -> None:
    """A draft is whole, with no document or a whole one; what it lacks is attached, and it is sent."""
    for draft in await drafts_of(anne):
        view = await anne.do(OpenDraft(draft=draft))
        assert view.content.text == text
        for document in view.documents:
            assert document.size == 5
        if not view.documents:
            await anne.do(AttachBytes(draft=draft, name="bilan.pdf", content=b"bilan"))
        await send(anne, view)


# --- who gets it ---------------------------------------------------------------------------------


def test_doubts_about_recipients_are_told_before_sending(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        twin = AccountId(b"t" * 20)
        asked = AccountId(b"a" * 20)

        def meet(store: Store) -> None:
            for account, name, state in (
                (twin, "Dr BORIS", ContactState.ACCEPTED),
                (asked, "Boris", ContactState.WAITING),
            ):
                store.contacts.put(
                    ContactRow(
                        account=account,
                        name=name,
                        profession="Ostéopathe",
                        place="Nantes",
                        note="",
                        state=state,
                        trust=Trust.SELF_DECLARED,
                        since=anne.clock.now(),
                    )
                )

        await session_of(anne).vault.run(meet)
        check = CheckRecipients(to=(boris.account, asked, AccountId(b"s" * 20)))
        row, *strangers = (await anne.do(check)).rows
        assert [(each.doubts, each.contact) for each in strangers] == [
            ((Doubt.NOT_A_CONTACT,), ContactState.WAITING),
            ((Doubt.NOT_A_CONTACT,), None),
        ]
        assert row.doubts == (Doubt.UNVERIFIED, Doubt.NAMESAKE, Doubt.NEVER_WRITTEN)
        assert [(each.account, each.place) for each in row.others] == [(twin, "Nantes")]
        # What boris sent does not count, what was sent to him does.
        await boris.do(letter(anne))
        await settle([anne, boris])
        assert Doubt.NEVER_WRITTEN in (await anne.do(check)).rows[0].doubts
        await anne.do(ConfirmVerified(account=boris.account, how=Comparison.IN_PERSON))
        await send(anne, await draft_of(anne, boris))
        row = (await anne.do(check)).rows[0]
        assert row.doubts == (Doubt.NAMESAKE,)
        assert row.compared is Comparison.IN_PERSON

    run(tmp_path, story)


# --- templates and signature ---------------------------------------------------------------------


def test_templates_and_the_signature_are_kept(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        bold = Mark(kind=MarkKind.BOLD, start=0, end=4)
        template = Template(
            template=TemplateId(bytes(16)),
            name="Réponse au prescripteur",
            subject="Votre patient {patient}",
            text="Cher {nom}",
            marks=(bold,),
            urgency=Urgency.NORMAL,
            is_answer_wanted=False,
        )
        saved = await anne.do(SaveTemplate(template=template))
        other = await anne.do(SaveTemplate(template=replace(template, name="Avis")))
        changed = replace(saved, text="Chère consœur")
        await anne.do(SaveTemplate(template=changed))
        assert (await anne.do(ShowSignature())).text == ""
        signature = Signature(text="Anne, ostéopathe", marks=(bold,))
        await anne.do(SaveSignature(signature=signature))
        await anne.reopen()
        assert (await anne.do(ListTemplates())).rows == (other, changed)
        assert await anne.do(ShowSignature()) == signature
        await anne.do(SaveSignature(signature=Signature(text="", marks=())))
        assert (await anne.do(ShowSignature())).text == ""
        await anne.do(RemoveTemplate(template=saved.template))
        for command in (
            RemoveTemplate(template=saved.template),
            SaveTemplate(template=changed),
        ):
            assert await failure_of(anne, command) == Failure.UNKNOWN_TEMPLATE

    run(tmp_path, story)
