# SPDX-License-Identifier: AGPL-3.0-or-later
"""Drill 2: the kit is lost, and the computer is at hand. A new kit, a week, and then the old one is void."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from app.engine import known_kits
from app.engine.ports.vault import Setting
from app.interface.commands import (
    CancelRestore,
    ChangePassphrase,
    CreateKit,
    ListFactors,
    RehearseKit,
    RevokeWithKit,
    ShowKit,
    SignIn,
    Synchronise,
    Unlock,
    UnlockWithKit,
    VetoKit,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import AlarmKind, KitState
from crypto_core.wire.kit import format_kit_card
from tests.fakes.crashes import CrashError
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.full_mailbox import session_of
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import PASSPHRASE, Practice, failure_of, settle
from tests.integration.engine.test_correspondence import befriend
from tests.integration.engine.test_kits import confirm, safety_of
from tests.integration.engine.test_linking import empty_computer, link
from tests.integration.engine.test_own_devices import second_computer
from tests.integration.engine.test_receiving import alarms
from tests.integration.engine.test_restore import begin, new_computer, play, restore

if TYPE_CHECKING:
    from pathlib import Path

    from app.interface.snapshots import KitSheet

A_WEEK_SECONDS = 7 * 86_400 + 60
WRITES = 28
"""How often making a kit writes something, here or at the relay."""


async def announced(anne: Practice) -> KitSheet:
    """Make a new kit as a front end does: both factors are wanted for it, and then it goes on."""
    with suppress(CommandError):
        return await anne.do(CreateKit())
    await anne.sign_in()
    return await anne.do(CreateKit())


async def made(anne: Practice) -> KitSheet:
    """Make a new kit, and put it on paper."""
    sheet = await announced(anne)
    await confirm(anne, sheet)
    return sheet


async def opens(anne: Practice, card: str) -> bool:
    """Whether a kit, with the passphrase, opens what the relay keeps; nothing is changed by that."""
    name = f"{card[-8:]} {anne.clock.now()}"
    new = Practice(name, anne.directory.parent / name, anne.relay, clock=anne.clock)
    async with new:
        try:
            await new.do(begin(new, card))
        except CommandError as error:
            if error.failure is not Failure.KIT_REFUSED:
                raise
            return False
        await new.do(CancelRestore())
        return True


def test_the_old_kit_opens_for_a_week_and_the_new_one_from_then_on(tmp_path: Path) -> None:
    """With no gap, and though nobody signs in again after the new one was made."""

    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        account = anne.account
        sheet = await made(anne)
        assert sheet.counts_at is not None
        found = await safety_of(anne)
        assert (found.kit, found.kit_counts_at) == (KitState.ANNOUNCED, sheet.counts_at)
        await anne.stop()

        anne.clock.millis = sheet.counts_at - 1
        assert (await opens(anne, card), await opens(anne, sheet.card)) == (True, False)
        anne.clock.millis = sheet.counts_at
        assert (await opens(anne, card), await opens(anne, sheet.card)) == (False, True)
        async with await new_computer(anne) as new:
            assert await restore(new, sheet.card) == account

    play(tmp_path, scene)


def test_a_computer_that_stays_goes_over_by_itself(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        before = [each.name for each in (await anne.do_signed_in(ListFactors())).rows]
        sheet = await made(anne)
        anne.clock.advance(seconds=A_WEEK_SECONDS)
        await anne.sign_in()
        await anne.synchronise()

        assert (await safety_of(anne)).kit is KitState.IN_USE
        assert await failure_of(anne, RehearseKit(kit=card)) == Failure.KIT_OTHER
        await anne.do(RehearseKit(kit=sheet.card))
        # From here on the passphrase is with the new kit alone.
        await anne.sign_in()
        assert await session_of(anne).vault.run(known_kits.following) is None
        await anne.sign_in()
        assert [each.name for each in (await anne.do(ListFactors())).rows] == before
        await settle([anne, boris])
        await anne.stop()
        assert (await opens(anne, card), await opens(anne, sheet.card)) == (False, True)

    play(tmp_path, scene)


def test_the_old_one_restores_until_then_and_that_voids_the_new_one(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        sheet = await made(anne)
        await anne.stop()
        async with await new_computer(anne) as new:
            await restore(new, card)
            anne.clock.advance(seconds=A_WEEK_SECONDS)
            assert (await opens(anne, card), await opens(anne, sheet.card)) == (True, False)

    play(tmp_path, scene)


def test_both_open_this_computer_until_one_is_void(tmp_path: Path) -> None:
    """The system's secret is gone, or the passphrase: whichever kit is at hand opens the profile."""

    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris

        async def opens_here(kit: str) -> bool:
            await anne.stop()
            await anne.start()
            text = " ".join(kit.rsplit("/", 1)[1:])
            with suppress(CommandError):
                await anne.do(UnlockWithKit(kit=text, passphrase=PASSPHRASE))
                return True
            await anne.do(Unlock(passphrase=PASSPHRASE))
            return False

        sheet = await made(anne)
        assert (await opens_here(card), await opens_here(sheet.card)) == (True, True)

        await anne.do(VetoKit(kit=card))
        assert (await opens_here(card), await opens_here(sheet.card)) == (True, False)

        again = await made(anne)
        assert (await opens_here(card), await opens_here(again.card)) == (True, True)
        anne.clock.advance(seconds=A_WEEK_SECONDS)
        await anne.sign_in()
        await anne.synchronise()
        assert (await opens_here(card), await opens_here(again.card)) == (False, True)

    play(tmp_path, scene)


def test_the_old_kit_calls_a_new_one_off(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        sheet = await announced(anne)
        assert await failure_of(anne, VetoKit(kit=sheet.card)) == Failure.KIT_OTHER

        await anne.do(VetoKit(kit=card))

        # What was still shown is worth nothing, and is not shown any more.
        assert await failure_of(anne, ShowKit()) == Failure.KIT_GONE
        assert (await safety_of(anne)).kit is KitState.IN_USE
        assert await failure_of(anne, VetoKit(kit=card)) == Failure.NO_KIT_CHANGE
        anne.clock.advance(seconds=A_WEEK_SECONDS)
        await anne.sign_in()
        await anne.synchronise()
        await anne.stop()
        assert (await opens(anne, card), await opens(anne, sheet.card)) == (True, False)

    play(tmp_path, scene)


def test_without_factors_shown_for_it_nothing_is_announced(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris, card
        assert await failure_of(anne, CreateKit()) == Failure.STEP_UP_NEEDED
        assert await failure_of(anne, CreateKit()) == Failure.STEP_UP_NEEDED
        assert await failure_of(anne, ShowKit()) == Failure.KIT_GONE
        assert (await safety_of(anne)).kit is KitState.IN_USE
        # Nobody came back to it: an hour later nothing of it is here.
        anne.clock.advance(seconds=3601)
        await anne.synchronise()
        begun = await session_of(anne).vault.run(
            lambda store: store.identity.setting(Setting.NEW_KIT)
        )
        assert begun is None

    play(tmp_path, scene)


def test_one_sign_in_is_enough_also_when_the_session_was_over(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris, card
        anne.relay.sign_in.end_all(anne.account)
        assert await failure_of(anne, CreateKit()) == Failure.SIGN_IN_NEEDED
        await anne.sign_in()
        await anne.do(CreateKit())

    play(tmp_path, scene)


def test_one_kit_at_a_time(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris, card
        await made(anne)
        assert await failure_of(anne, CreateKit()) == Failure.KIT_PENDING

    play(tmp_path, scene)


def test_another_passphrase_in_that_week_goes_with_both_kits(tmp_path: Path) -> None:
    other = "some other passphrase, of eleven words that nobody would guess"

    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        sheet = await made(anne)
        await anne.do(ChangePassphrase(passphrase=other))
        await anne.do(SignIn(passphrase=other, code=anne.one_time_code()))
        await anne.stop()
        async with await new_computer(anne) as new:
            await new.do(begin(new, card, other))
            anne.clock.advance(seconds=A_WEEK_SECONDS)
            await new.do(begin(new, sheet.card, other))

    play(tmp_path, scene)


# --- other computers of the account --------------------------------------------------------------


def test_another_own_computer_gets_what_it_needs_by_itself(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop)
            await settle([anne, laptop, boris], rounds=12)
            sheet = await made(anne)
            await settle([anne, laptop], rounds=12)
            assert (await safety_of(laptop)).kit is KitState.ANNOUNCED
            assert (alarms(laptop), alarms(anne)) == ([AlarmKind.OWN_KIT_ANNOUNCED], [])

            # The one that made it is lost in that week; nobody tells the other one anything more.
            await anne.stop()
            anne.clock.advance(seconds=A_WEEK_SECONDS)
            await laptop.sign_in()
            await laptop.synchronise()
            assert (await safety_of(laptop)).kit is KitState.IN_USE
            assert await failure_of(laptop, RehearseKit(kit=card)) == Failure.KIT_OTHER
            await laptop.do(RehearseKit(kit=sheet.card))
            # Sign-ins go over when whoever is to hear of it has heard, without being linked again.
            anne.clock.advance(days=61)
            await laptop.sign_in()
            await laptop.sign_in()
            assert await session_of(laptop).vault.run(known_kits.following) is None
            await laptop.synchronise()
            await laptop.stop()
            assert (await opens(laptop, card), await opens(laptop, sheet.card)) == (False, True)

    play(tmp_path, scene)


def test_a_computer_linked_in_that_week_knows_both_kits(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        sheet = await made(anne)
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop)
            await settle([anne, laptop], rounds=12)
            found = await safety_of(laptop)
            assert (found.kit, found.kit_counts_at) == (KitState.ANNOUNCED, sheet.counts_at)
            await laptop.do(RehearseKit(kit=card))
            await laptop.do(RehearseKit(kit=sheet.card))

    play(tmp_path, scene)


def test_a_computer_that_was_not_told_leaves_the_package_to_others(tmp_path: Path) -> None:
    """It would seal it to the kit that it knows, which soon opens nothing."""

    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del card
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop)
            await settle([anne, laptop, boris], rounds=12)
            sheet = await made(anne)
            session = session_of(laptop)
            await laptop.synchronise()
            await session.vault.run(
                lambda store: store.identity.put_setting(Setting.NEXT_KIT, None)
            )
            before = await session.vault.run(
                lambda store: store.identity.setting(Setting.PACKAGE_STATE)
            )
            other = Practice("Chloé", tmp_path / "chloe", anne.relay, clock=anne.clock)
            async with other:
                await other.register()
                await befriend(laptop, other)
            anne.clock.advance(seconds=3601)
            await laptop.synchronise()
            after = await session.vault.run(
                lambda store: store.identity.setting(Setting.PACKAGE_STATE)
            )
            assert after == before
            await anne.stop()
            await laptop.stop()
            anne.clock.advance(seconds=A_WEEK_SECONDS)
            assert await opens(anne, sheet.card)

    play(tmp_path, scene)


# --- kill -9 -------------------------------------------------------------------------------------


@pytest.mark.parametrize("writes", range(WRITES + 1))
def test_making_one_can_end_after_any_write(tmp_path: Path, writes: int) -> None:
    """Nothing half-made remains: the old kit opens; the new one is made, or taken up again, and opens a week later."""

    async def story() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with Practice("Anne", tmp_path / "anne", relay, clock=clock) as anne:
            await anne.register()
            sheet = await anne.do(ShowKit())
            await confirm(anne, sheet)
            await anne.synchronise()
            card = sheet.card
            anne.countdown.left, anne.countdown.only_writes = writes, True
            has_ended = False
            try:
                await announced(anne)
            except CrashError:
                has_ended = True
            anne.countdown.left = None
            assert has_ended is (writes < WRITES)
            await anne.reopen()
            if has_ended:
                await anne.do_signed_in(Synchronise())
            session = session_of(anne)
            begun, following = await session.vault.run(
                lambda store: (
                    store.identity.setting(Setting.NEW_KIT),
                    known_kits.following(store),
                )
            )
            pending = relay._account(anne.account).history.pending
            # Announced, and then shown here; or not announced at all.
            assert (pending is None) is (following is None)
            assert pending is None or begun is None
            new = await announced(anne) if following is None else await anne.do(ShowKit())
            await confirm(anne, new)
            await anne.stop()
            assert await opens(anne, card)
            clock.advance(seconds=A_WEEK_SECONDS)
            assert await opens(anne, new.card)

    asyncio.run(story())


def test_a_stolen_computer_is_removed_with_its_power_to_list_computers(tmp_path: Path) -> None:
    """Drill 4: the laptop is stolen; another own computer and the kit are at hand."""

    async def story(anne: Practice, boris: Practice, card: str) -> None:
        await anne.sign_in()
        async with second_computer(anne, tmp_path / "second") as second:
            before = session_of(second).owner.identity_seed
            stolen = session_of(anne).owner.device
            await second.sign_in()
            other = format_kit_card(anne.account, bytes(32))
            wrong = RevokeWithKit(device=stolen, kit=other)
            assert await failure_of(second, wrong) == Failure.KIT_OTHER

            await second.do(RevokeWithKit(device=stolen, kit=card))

            assert session_of(second).owner.identity_seed != before
            await second.synchronise()
            with pytest.raises(CommandError):
                await anne.synchronise()
            await settle([second, boris])
            assert alarms(second) == []

    play(tmp_path, story)
