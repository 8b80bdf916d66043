# SPDX-License-Identifier: AGPL-3.0-or-later
"""A second computer is linked, gets the past, and is removed again; who must not get in does not."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.engine import histories, outbox
from app.engine.correspondents import known_history
from app.interface.commands import (
    BeginLink,
    CancelLink,
    ConfirmLink,
    JoinLink,
    ListDevices,
    RenameDevice,
    RevokeDevice,
    SaveAttachment,
    ShowContact,
    ShowStatus,
    StopHistory,
    Unlock,
)
from app.interface.events import HistoryProgress, LinkEnded, LinkOffered
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import (
    AlarmKind,
    DraftRecipient,
    HistoryChoice,
    KeyNewsKind,
    LinkJoined,
    LinkOutcome,
    LinkShown,
    ProfileState,
)
from app.interface.writing import DraftContent, SaveDraft, SendDraft
from crypto_core.wire.content import BroughtLetter, HistoryPart, Mark, MarkKind
from crypto_core.wire.enrolment import format_enrolment
from crypto_core.wire.envelope import MessageKind
from crypto_core.wire.ids import ConversationId, MessageId, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.words import WordLanguage
from tests.fakes.crashes import CrashError
from tests.fakes.full_mailbox import session_of
from tests.fakes.practice import PASSPHRASE, Practice, failure_of, settle
from tests.integration.engine.test_receiving import alarms, inbox_of, letter, run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from app.engine.ports.vault import Store

FRENCH = WordLanguage.FRENCH


async def show_link(old: Practice) -> LinkShown:
    """Begin a link with factors shown just now."""
    await old.sign_in()
    return await old.do(BeginLink(language=FRENCH))


def joining(text: str, *, passphrase: str = PASSPHRASE, enrolment: str = "") -> JoinLink:
    return JoinLink(
        text=text, enrolment=enrolment, passphrase=passphrase, name="Portable", language=FRENCH
    )


def offered(old: Practice) -> list[LinkOffered]:
    return [each for each in old.events if isinstance(each, LinkOffered)]


def outcomes(practice: Practice) -> list[LinkOutcome]:
    return [each.outcome for each in practice.events if isinstance(each, LinkEnded)]


@asynccontextmanager
async def empty_computer(old: Practice, folder: Path) -> AsyncIterator[Practice]:
    """Yield a computer without a profile, whose owner has the same telephone."""
    async with Practice(f"Anne's {folder.name}", folder, old.relay, clock=old.clock) as new:
        yield new


BOLD = Mark(kind=MarkKind.BOLD, start=0, end=4)


async def link(
    old: Practice,
    new: Practice,
    *,
    history: HistoryChoice = HistoryChoice.ALL,
    months: int = 12,
) -> LinkJoined:
    """Link a computer, as somebody does who compares the words."""
    shown = await show_link(old)
    before = len(offered(old))
    joined = await new.do(joining(shown.text))
    await old.until(lambda: len(offered(old)) > before)
    assert offered(old)[-1].words == joined.words
    await old.do(ConfirmLink(words=joined.words, history=history, months=months))
    await new.until(lambda: bool(outcomes(new)))
    assert outcomes(new) == [LinkOutcome.DONE]
    new._authenticator = old._authenticator
    await new.sign_in()
    await new.synchronise()
    return joined


def test_a_linked_computer_gets_the_past_and_everything_from_then_on(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "compte rendu.txt"
        document.write_bytes(b"Un compte rendu.\n" * 5000)
        await boris.do(letter(anne, "Avec un document", str(document)))
        to = DraftRecipient(account=anne.account, name="Anne", profession="")
        marked = DraftContent(
            to=(to,), subject="Sujet", text="Sans document", marks=(BOLD,), is_answer_wanted=True
        )
        draft = await boris.do(SaveDraft(draft=None, content=marked))
        await boris.do(SendDraft(draft=draft.draft, accepts_unverified=True))
        await anne.do(letter(boris, "Envoyé avant"))
        await settle([anne, boris])
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop)
            await settle([anne, laptop, boris], rounds=12)
            brought = await inbox_of(laptop)
            assert {each.text for each in brought} >= {"Avec un document", "Sans document"}
            (plain,) = (each for each in brought if each.text == "Sans document")
            assert (plain.marks, plain.is_answer_wanted) == ((BOLD,), True)
            assert all(each.is_brought for each in brought)
            original = {each.message: each for each in await inbox_of(anne)}
            for each in brought:
                there = original[each.message]
                assert (each.sender, each.sent_at, each.conversation) == (
                    there.sender,
                    there.sent_at,
                    there.conversation,
                )
                assert not there.is_brought
            with_document = next(each for each in brought if each.attachments)
            saved = await laptop.do(
                SaveAttachment(
                    message=with_document.message, index=0, directory=str(tmp_path / "out")
                )
            )
            assert saved.size == document.stat().st_size
            progress = [each for each in laptop.events if isinstance(each, HistoryProgress)]
            assert progress[-1].done == progress[-1].total == 3
            # From now on both get everything, and what one sends is on the other.
            await boris.do(letter(anne, "Pour les deux"))
            await laptop.do(letter(boris, "Du portable"))
            await settle([anne, laptop, boris], rounds=12)
            for practice in (anne, laptop):
                assert "Pour les deux" in {each.text for each in await inbox_of(practice)}
            assert "Du portable" in {each.text for each in await inbox_of(boris)}
            # Boris was told in a sentence, and not alarmed.
            assert alarms(boris) == []
            assert alarms(laptop) == []

    (tmp_path / "out").mkdir()
    run(tmp_path, story)


def test_the_past_comes_once_however_often_it_is_brought(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await boris.do(letter(anne, "Une seule fois"))
        await settle([anne, boris])
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop)
            await settle([anne, laptop], rounds=12)
            session = session_of(anne)
            device = session_of(laptop).owner.device
            await session.vault.run(lambda store: store.outbox.add_history(device, UnixMillis(0)))
            await settle([anne, laptop], rounds=12)
            assert len(await inbox_of(laptop)) == 1

    run(tmp_path, story)


def test_the_past_keeps_its_documents_however_often_the_new_computer_ends(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "compte rendu.txt"
        document.write_bytes(b"Un compte rendu.\n" * 5000)
        await boris.do(letter(anne, "Avec un document", str(document)))
        await settle([anne, boris])
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop)
            await anne.synchronise()
            steps = 0
            while True:
                laptop.countdown.has_crashed, laptop.countdown.left = False, steps
                with suppress(CrashError):
                    await laptop.synchronise()
                laptop.countdown.left = None
                if not laptop.countdown.has_crashed:
                    break
                steps += 1
                await laptop.reopen()
                laptop.clock.advance(seconds=600)
                await laptop.sign_in()
            (brought,) = await inbox_of(laptop)
            saving = SaveAttachment(message=brought.message, index=0, directory=str(tmp_path))
            assert (await laptop.do(saving)).size == document.stat().st_size

    run(tmp_path, story)


def test_without_history_nothing_of_the_past_comes(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await boris.do(letter(anne, "Hier"))
        await settle([anne, boris])
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop, history=HistoryChoice.NONE)
            await settle([anne, laptop], rounds=12)
            assert await inbox_of(laptop) == []

    run(tmp_path, story)


def test_of_the_past_the_last_months_alone_can_be_chosen(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        for text, days in (("long ago", 50), ("last month", 20), ("today", 0)):
            await boris.do(letter(anne, text))
            await settle([anne, boris])
            anne.clock.advance(days=days)
            await anne.sign_in()
            await boris.sign_in()
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop, history=HistoryChoice.RECENT, months=2)
            await settle([anne, laptop], rounds=12)
            assert [each.text for each in await inbox_of(laptop)] == ["today", "last month"]

    run(tmp_path, story)


def test_twelve_words_and_the_enrolment_do_as_well(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        shown = await show_link(anne)
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            enrolment = format_enrolment(anne.relay.enrolment)
            joined = await laptop.do(joining(" ".join(shown.words), enrolment=enrolment))
            await anne.until(lambda: bool(offered(anne)))
            assert offered(anne)[-1].words == joined.words
            wrong = [*shown.words[:3], "xyzzy", *shown.words[4:]]
            with pytest.raises(CommandError) as refused:
                await laptop.do(joining(" ".join(wrong), enrolment=enrolment))
            assert (refused.value.failure, refused.value.detail) == (Failure.LINK_INVALID, "4")

    run(tmp_path, story)


def test_a_passphrase_mistyped_when_linking_does_not_stay(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        shown = await show_link(anne)
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            mistyped = joining(shown.text, passphrase="a passphrase that nobody meant to type here")
            joined = await laptop.do(mistyped)
            await anne.until(lambda: bool(offered(anne)))
            await anne.do(ConfirmLink(words=joined.words, history=HistoryChoice.NONE))
            await laptop.until(lambda: bool(outcomes(laptop)))
            laptop._authenticator = anne._authenticator
            await laptop.sign_in()
            await laptop.reopen()
            assert (await laptop.do(ShowStatus())).profile is ProfileState.UNLOCKED

    run(tmp_path, story)


# --- who must not get in -------------------------------------------------------------------------


def test_a_link_picture_photographed_by_a_third_person_lets_nobody_in(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        shown = await show_link(anne)
        async with (
            empty_computer(anne, tmp_path / "thief") as thief,
            empty_computer(anne, tmp_path / "laptop") as laptop,
        ):
            seen = await thief.do(joining(shown.text))
            await anne.until(lambda: bool(offered(anne)))
            # The owner's own computer is refused, and shows no words at all.
            assert await failure_of(laptop, joining(shown.text)) == Failure.LINK_TAKEN
            assert offered(anne)[-1].words == seen.words
            # Words that are not on the owner's screen are not confirmed.
            others = ConfirmLink(
                words=("abaisser", "abandon", "abdiquer"), history=HistoryChoice.ALL
            )
            assert await failure_of(anne, others) == Failure.LINK_OTHER_WORDS
            await anne.do(CancelLink())
            assert outcomes(anne) == [LinkOutcome.CANCELLED]
            assert len((await anne.do(ListDevices())).rows) == 1
            assert await failure_of(anne, others) == Failure.LINK_NOT_OFFERED
            thief.clock.advance(seconds=700)
            await thief.until(lambda: bool(outcomes(thief)))
            assert outcomes(thief) == [LinkOutcome.EXPIRED]
            assert (await thief.do(ShowStatus())).profile is ProfileState.EMPTY

    run(tmp_path, story)


def test_a_link_takes_factors_shown_just_now(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        anne.clock.advance(seconds=400)
        assert await failure_of(anne, BeginLink(language=FRENCH)) == Failure.STEP_UP_NEEDED
        shown = await show_link(anne)
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            joined = await laptop.do(joining(shown.text))
            await anne.until(lambda: bool(offered(anne)))
            anne.clock.advance(seconds=400)
            confirm = ConfirmLink(words=joined.words, history=HistoryChoice.ALL)
            assert await failure_of(anne, confirm) == Failure.STEP_UP_NEEDED
            assert len((await anne.do(ListDevices())).rows) == 1
            await anne.sign_in()
            await anne.do(confirm)
            await laptop.until(lambda: bool(outcomes(laptop)))
            assert outcomes(laptop) == [LinkOutcome.DONE]

    run(tmp_path, story)


# --- removing ------------------------------------------------------------------------------------


def test_a_removed_computer_says_so_and_stays_readable(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await boris.do(letter(anne, "Avant"))
        await settle([anne, boris])
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop)
            await settle([anne, laptop], rounds=12)
            await anne.do(RenameDevice(device=session_of(laptop).owner.device, name="Portable"))
            rows = (await anne.do(ListDevices())).rows
            assert [(row.name, row.is_current) for row in rows] == [("", True), ("Portable", False)]
            await anne.sign_in()
            await anne.do(RevokeDevice(device=rows[1].device))
            assert [row.is_current for row in (await anne.do(ListDevices())).rows] == [True]
            await boris.do(letter(anne, "Après"))
            await settle([anne, boris])
            with pytest.raises(CommandError) as refused:
                await laptop.synchronise()
            assert refused.value.failure is Failure.DEVICE_REMOVED
            assert alarms(laptop) == [AlarmKind.DEVICE_REMOVED]
            assert await failure_of(laptop, letter(boris)) == Failure.DEVICE_REMOVED
            assert [each.text for each in await inbox_of(laptop)] == ["Avant"]
            with pytest.raises(CommandError) as refused:
                await laptop.sign_in()
            assert refused.value.failure is Failure.DEVICE_REMOVED
            assert await failure_of(anne, RevokeDevice(device=rows[0].device)) == Failure.OWN_DEVICE
            assert (
                await failure_of(anne, RevokeDevice(device=rows[1].device))
                == Failure.UNKNOWN_DEVICE
            )
            # Correspondents are told by a sentence, and nothing is sealed to that computer any more.
            assert alarms(boris) == []
            told = (await boris.do(ShowContact(account=anne.account))).history
            assert [each.kind for each in told[:2]] == [
                KeyNewsKind.COMPUTER_REMOVED,
                KeyNewsKind.COMPUTER_ADDED,
            ]
            assert rows[1].device not in anne.relay._state.prekeys

    run(tmp_path, story)


# --- crashes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", range(0, 44, 4))
def test_an_end_of_the_old_computer_while_confirming_leaves_nothing_half_made(
    tmp_path: Path, steps: int
) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        shown = await show_link(anne)
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            joined = await laptop.do(joining(shown.text))
            await anne.until(lambda: bool(offered(anne)))
            anne.countdown.left = steps
            with suppress(CrashError):
                await anne.do(ConfirmLink(words=joined.words, history=HistoryChoice.ALL))
            anne.countdown.left = None
            await anne.reopen()
            await anne.synchronise()
            history = await known_history(session_of(anne), anne.account)
            assert history is not None
            is_in = len(history.lists[-1].devices.devices) == 2
            if not is_in:
                laptop.clock.advance(seconds=700)
            await laptop.until(lambda: bool(outcomes(laptop)))
            expected = LinkOutcome.DONE if is_in else LinkOutcome.EXPIRED
            assert outcomes(laptop) == [expected]
            status = await laptop.do(ShowStatus())
            assert status.profile is (ProfileState.UNLOCKED if is_in else ProfileState.EMPTY)
            if is_in:
                laptop._authenticator = anne._authenticator
                await laptop.sign_in()
                await laptop.synchronise()
                assert alarms(laptop) == []

    run(tmp_path, story)


@pytest.mark.parametrize("steps", range(6))
def test_an_end_of_the_new_computer_while_its_profile_is_written_leaves_none(
    tmp_path: Path, steps: int
) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        shown = await show_link(anne)
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            joined = await laptop.do(joining(shown.text))
            await anne.until(lambda: bool(offered(anne)))
            laptop.countdown.left = steps
            await anne.do(ConfirmLink(words=joined.words, history=HistoryChoice.NONE))
            while not (laptop.countdown.has_crashed or outcomes(laptop)):
                await laptop.until_idle()
            await laptop.stop()
            laptop.countdown.left = None
            await laptop.start()
            if laptop.profile.state() is ProfileState.EMPTY:
                # Linked again, it gets in; the first attempt is a name in the list, to be removed.
                await link(anne, laptop, history=HistoryChoice.NONE)
            else:
                await laptop.do(Unlock(passphrase=PASSPHRASE))
                laptop._authenticator = anne._authenticator
                await laptop.sign_in()
                await laptop.synchronise()

    run(tmp_path, story)


def test_a_grant_for_another_relay_makes_no_profile(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        shown = await show_link(anne)
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            joined = await laptop.do(joining(shown.text))
            await anne.until(lambda: bool(offered(anne)))
            other = replace(anne.relay.enrolment, url="https://other.example")
            # An honest computer never grants this.
            object.__setattr__(session_of(anne).owner, "enrolment", format_enrolment(other))
            await anne.do(ConfirmLink(words=joined.words, history=HistoryChoice.NONE))
            await laptop.until(lambda: bool(outcomes(laptop)))

            assert outcomes(laptop) == [LinkOutcome.FAILED]
            assert (await laptop.do(ShowStatus())).profile is ProfileState.EMPTY

    run(tmp_path, story)


def test_another_offer_that_took_the_place_of_ours_is_told(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        shown = await show_link(anne)
        async with (
            empty_computer(anne, tmp_path / "thief") as thief,
            empty_computer(anne, tmp_path / "laptop") as laptop,
        ):
            await laptop.do(joining(shown.text))
            # A dishonest relay forgets our offer and takes another one while we cannot reach it.
            found = next(iter(anne.relay._state.links.values()))
            found.offer, found.offered_by = None, b""
            await thief.do(joining(shown.text))
            anne.relay.interrupt("link_answer", has_acted=False, times=2)
            await laptop.until(lambda: bool(outcomes(laptop)))
            assert outcomes(laptop) == [LinkOutcome.TAKEN]
            assert (await laptop.do(ShowStatus())).profile is ProfileState.EMPTY

    run(tmp_path, story)


def test_history_can_be_stopped_and_what_has_arrived_stays(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        for number in range(3):
            document = tmp_path / f"{number}.txt"
            document.write_bytes(bytes([number]) * 5000)
            await boris.do(letter(anne, f"Lettre {number}", str(document)))
        await settle([anne, boris])
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            shown = await show_link(anne)
            joined = await laptop.do(joining(shown.text))
            await anne.until(lambda: bool(offered(anne)))
            await anne.do(ConfirmLink(words=joined.words, history=HistoryChoice.ALL))
            await laptop.until(lambda: bool(outcomes(laptop)))
            laptop._authenticator = anne._authenticator
            await laptop.sign_in()
            await laptop.synchronise()
            session = session_of(anne)
            assert await histories.queue_next(session)
            await anne.do(StopHistory())
            await settle([anne, laptop], rounds=12)
            # The newest letter was on its way already.
            assert [each.text for each in await inbox_of(laptop)] == ["Lettre 2"]

    run(tmp_path, story)


def test_letters_of_the_past_are_taken_from_the_own_computers_only(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        session = session_of(boris)
        forged = BroughtLetter(
            version=1,
            message=MessageId(b"a forged letter."),
            conversation=ConversationId(b"a conversation.."),
            in_reply_to=None,
            is_sent=False,
            is_read=False,
            sender=anne.account,
            sender_device=session_of(anne).owner.device,
            recipients=(anne.account,),
            subject="Faux",
            text="Je n’ai jamais écrit cela.",
            at=session.now(),
            sent_at=session.now(),
            utc_offset=UtcOffsetMinutes(0),
            received_at=None,
            accepted_at=None,
            is_urgent=False,
            details=None,
            documents=0,
            is_automatic=False,
        )
        part = HistoryPart(version=1, done=1, total=1)

        def queue(store: Store) -> None:
            outbox.queue(
                store,
                session,
                MessageKind.HISTORY,
                (part, forged),
                to=[anne.account],
                message=MessageId(b"a forged message"),
            )

        await session.vault.run(queue)
        await settle([anne, boris])
        assert await inbox_of(anne) == []
        assert not [each for each in anne.events if isinstance(each, HistoryProgress)]

    run(tmp_path, story)
