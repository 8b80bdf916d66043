# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new computer in the place of a lost one: what kit and passphrase bring back, and what stops a thief."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from app.interface.commands import (
    AcknowledgeKeyChange,
    BeginRestore,
    CancelRestore,
    ChangePassphrase,
    FinishRestore,
    ListContacts,
    RehearseKit,
    SendLetter,
    ShowKit,
    ShowStatus,
    SignIn,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import AlarmKind, ContactState, KitState, ProfileState
from crypto_core.wire.enrolment import format_enrolment
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import DeviceId
from crypto_core.wire.kit import format_kit_card
from tests.fakes.crashes import CrashError
from tests.fakes.practice import PASSPHRASE, Practice, failure_of, settle
from tests.integration.engine.test_kits import confirm, safety_of
from tests.integration.engine.test_receiving import alarms, inbox_of, letter, run

if TYPE_CHECKING:
    from pathlib import Path

    from app.interface.snapshots import Registered
    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.recovery import SealedPackage

Scene: TypeAlias = Callable[[Practice, Practice, str], Coroutine[Any, Any, None]]
"""Is given Anne, whom a kit exists of, Boris, with whom she corresponds, and the text of her kit's picture."""

HOUR_SECONDS = 3601


def play(folder: Path, scene: Scene) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sheet = await anne.do(ShowKit())
        await confirm(anne, sheet)
        anne.clock.advance(seconds=HOUR_SECONDS)
        await anne.synchronise()
        await scene(anne, boris, sheet.card)

    run(folder, story)


async def new_computer(lost: Practice) -> Practice:
    """Start an engine on another computer, with nothing on it."""
    count = len(list(lost.directory.parent.glob("new*")))
    name = f"new {count}"
    new = Practice(name, lost.directory.parent / name, lost.relay, clock=lost.clock)
    await new.start()
    return new


def begin(new: Practice, card: str, passphrase: str = PASSPHRASE) -> BeginRestore:
    return BeginRestore(
        enrolment=format_enrolment(new.relay.enrolment),
        kit=card,
        account=None,
        passphrase=passphrase,
    )


async def restore(new: Practice, card: str, *keep: DeviceId) -> AccountId:
    """Do all that a person does on the new computer."""
    await new.do(begin(new, card))
    answer = await new.do(FinishRestore(keep=keep))
    new.take_over(answer)
    await new.sign_in()
    await new.synchronise()
    return answer.account


def letter_to(account: AccountId, text: str) -> SendLetter:
    return SendLetter(
        to=(account,),
        subject="Sujet",
        text=text,
        attachments=(),
        urgency=Urgency.NORMAL,
        in_reply_to=None,
        accepts_unverified=True,
    )


def test_kit_and_passphrase_bring_identity_and_correspondents_back(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        account, other = anne.account, boris.account
        await anne.stop()
        async with await new_computer(anne) as new:
            offer = await new.do(begin(new, card))
            assert (offer.account, offer.name, offer.contacts) == (account, "Anne", 1)
            assert len(offer.others) == 1

            assert await restore(new, card) == account

            (contact,) = (await new.do(ListContacts())).rows
            assert (contact.account, contact.state) == (other, ContactState.ACCEPTED)
            status = await new.do(ShowStatus())
            assert (status.name, status.profile) == ("Anne", ProfileState.UNLOCKED)
            assert status.safety is not None
            assert status.safety.kit is KitState.IN_USE

    play(tmp_path, scene)


def test_letters_go_both_ways_afterwards(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        await anne.stop()
        async with await new_computer(anne) as new:
            await restore(new, card)
            await settle([new, boris])

            await new.do(replace(letter(boris, "I am back"), accepts_unverified=True))
            await settle([new, boris])

            assert [each.text for each in await inbox_of(boris)] == ["I am back"]

    play(tmp_path, scene)


def test_a_letter_that_waited_for_the_lost_computer_reaches_the_new_one(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        account = anne.account
        await anne.stop()
        await boris.do(letter_to(account, "Waiting"))
        await boris.synchronise()
        async with await new_computer(anne) as new:
            await restore(new, card)

            await settle([new, boris])
            # Her keys are new, and nobody said why: Boris asks her, and lets it go out.
            assert await inbox_of(new) == []
            await boris.do(AcknowledgeKeyChange(account=account))
            await settle([new, boris])

            assert [each.text for each in await inbox_of(new)] == ["Waiting"]

    play(tmp_path, scene)


def test_the_lost_computer_is_out(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        async with await new_computer(anne) as new:
            await restore(new, card)

            with pytest.raises(CommandError) as raised:
                await anne.synchronise()
            assert raised.value.failure in {Failure.SIGN_IN_NEEDED, Failure.DEVICE_REMOVED}
            with pytest.raises(CommandError):
                await anne.sign_in()

    play(tmp_path, scene)


def test_a_rehearsal_opens_the_package_and_is_remembered(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        anne.clock.advance(seconds=92 * 86_400)
        other = format_kit_card(anne.account, bytes(32))
        assert await failure_of(anne, RehearseKit(kit=other)) == Failure.KIT_OTHER
        assert (await safety_of(anne)).is_rehearsal_due

        await anne.do(RehearseKit(kit=card))

        assert not (await safety_of(anne)).is_rehearsal_due

    play(tmp_path, scene)


def test_a_wrong_passphrase_or_kit_opens_nothing(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        other = format_kit_card(anne.account, bytes(32))
        del boris
        async with await new_computer(anne) as new:
            wrong = begin(new, card, passphrase="not the passphrase at all")
            assert await failure_of(new, wrong) == Failure.KIT_REFUSED
            assert await failure_of(new, begin(new, other)) == Failure.KIT_REFUSED
            assert await failure_of(new, FinishRestore()) == Failure.RESTORE_ENDED
            assert (await new.do(ShowStatus())).profile is ProfileState.EMPTY
        await anne.synchronise()

    play(tmp_path, scene)


def test_looking_changes_nothing(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        async with await new_computer(anne) as new:
            await new.do(begin(new, card))
            await new.do(CancelRestore())
            assert await failure_of(new, FinishRestore()) == Failure.RESTORE_ENDED

            await new.do(begin(new, card))
            anne.clock.advance(seconds=601)
            assert await failure_of(new, FinishRestore()) == Failure.RESTORE_ENDED
            assert (await new.do(ShowStatus())).profile is ProfileState.EMPTY
        await anne.synchronise()

    play(tmp_path, scene)


def test_a_forged_package_is_not_believed(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        await anne.stop()

        def changed(package: SealedPackage) -> SealedPackage:
            return replace(package, sealed=package.sealed[:-1] + b"\x00")

        anne.relay.alter("recovery_package", changed)
        async with await new_computer(anne) as new:
            assert await failure_of(new, begin(new, card)) == Failure.RELAY_UNTRUSTED

    play(tmp_path, scene)


def test_a_computer_at_hand_can_stay(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        async with await new_computer(anne) as new:
            offer = await new.do(begin(new, card))
            await restore(new, card, offer.others[0].device)

            # Its session has ended with all others; after a sign-in it goes on.
            anne._authenticator = new._authenticator
            await anne.sign_in()
            await anne.synchronise()
            # Who has kit and passphrase did it from a computer that nobody knew: no question, an alarm.
            assert alarms(anne) == [AlarmKind.OWN_KEYS_CHANGED]

    play(tmp_path, scene)


def test_a_computer_that_is_no_more_cannot_stay(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        async with await new_computer(anne) as new:
            await new.do(begin(new, card))
            stranger = FinishRestore(keep=(DeviceId(bytes(16)),))
            assert await failure_of(new, stranger) == Failure.UNKNOWN_DEVICE

    play(tmp_path, scene)


@pytest.mark.parametrize("has_acted", [True, False])
def test_a_lost_answer_is_asked_for_again(tmp_path: Path, *, has_acted: bool) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        await anne.stop()
        async with await new_computer(anne) as new:
            anne.relay.interrupt("recover", has_acted=has_acted)
            await new.do(begin(new, card))
            assert await failure_of(new, FinishRestore()) == Failure.RELAY_UNREACHABLE
            await new.stop()
            await new.start()

            await restore(new, card)
            await settle([new, boris])

    play(tmp_path, scene)


def test_it_can_end_at_every_step(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        await anne.stop()
        async with await new_computer(anne) as new:
            answer: Registered | None = None
            steps = 0
            for steps in range(0, 60, 4):
                new.countdown.left = steps
                try:
                    await new.do(begin(new, card))
                    answer = await new.do(FinishRestore())
                    break
                except CrashError:
                    new.countdown.left = None
                    await new.stop()
                    # The relay asks to wait after several attempts that came to nothing.
                    anne.clock.advance(seconds=901)
                    await new.start()
                    assert (await new.do(ShowStatus())).profile is ProfileState.EMPTY
            else:
                raise AssertionError("it does not come to an end")
            assert answer is not None
            assert steps >= 12
            new.countdown.left = None
            new.take_over(answer)
            await new.sign_in()
            await settle([new, boris])

    play(tmp_path, scene)


def test_a_thief_who_changed_the_passphrase_is_out_and_its_owner_back(tmp_path: Path) -> None:
    """With the computer, the passphrase and the telephone: the passphrase of before and the kit still do it."""

    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        await anne.sign_in()
        thought_up = [
            f"zinc trombone pastis gondole varech lichen n° {number}" for number in range(4)
        ]
        for passphrase in thought_up:
            await anne.do(ChangePassphrase(passphrase=passphrase))
            await anne.do(SignIn(passphrase=passphrase, code=anne.one_time_code()))
        # As often as it may be: the owner's is not pushed out.
        another = ChangePassphrase(passphrase="zinc trombone pastis gondole varech lichen n° 5")
        assert await failure_of(anne, another) == Failure.PASSPHRASE_CHANGED_LATELY
        account = anne.account
        anne.clock.advance(days=6)
        async with await new_computer(anne) as new:
            assert await restore(new, card) == account
            sign_in = SignIn(passphrase=thought_up[-1], code=anne.one_time_code())
            # The computer that was stolen is no computer of the account any more.
            await failure_of(anne, sign_in)
            await anne.stop()

    play(tmp_path, scene)
