# SPDX-License-Identifier: AGPL-3.0-or-later
"""Drill 2: the kit is lost, and the computer is at hand. A new kit, a week, and then the old one is void."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.interface.commands import CreateKit, RevokeWithKit, ShowKit, VetoKit
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import KitState
from crypto_core.wire.kit import format_kit_card
from tests.fakes.crashes import CrashError
from tests.fakes.full_mailbox import session_of
from tests.fakes.practice import Practice, failure_of, settle
from tests.integration.engine.test_kits import confirm, safety_of
from tests.integration.engine.test_own_devices import second_computer
from tests.integration.engine.test_restore import begin, new_computer, play, restore

if TYPE_CHECKING:
    from pathlib import Path

    from app.interface.snapshots import KitSheet

A_WEEK_SECONDS = 7 * 86_400 + 60


async def made(anne: Practice) -> KitSheet:
    """Make a new kit as a person does, and put it on paper."""
    await anne.sign_in()
    sheet = await anne.do(CreateKit())
    await confirm(anne, sheet)
    return sheet


async def let_it_count(anne: Practice) -> None:
    anne.clock.advance(seconds=A_WEEK_SECONDS)
    await anne.sign_in()
    await anne.synchronise()
    await anne.sign_in()
    await anne.sign_in()
    anne.clock.advance(seconds=3601)
    await anne.synchronise()


def test_a_week_later_the_new_kit_restores_and_the_old_one_does_not(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        account = anne.account
        sheet = await made(anne)
        assert sheet.counts_at is not None
        found = await safety_of(anne)
        assert (found.kit, found.kit_counts_at) == (KitState.ANNOUNCED, sheet.counts_at)

        await let_it_count(anne)

        assert (await safety_of(anne)).kit is KitState.IN_USE
        await anne.stop()
        async with await new_computer(anne) as new:
            assert await failure_of(new, begin(new, card)) == Failure.KIT_REFUSED
            assert await restore(new, sheet.card) == account

    play(tmp_path, scene)


def test_until_then_the_old_one_still_restores(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        await made(anne)
        await anne.synchronise()
        await anne.stop()
        async with await new_computer(anne) as new:
            await restore(new, card)

    play(tmp_path, scene)


def test_the_old_kit_calls_a_new_one_off(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        sheet = await made(anne)
        assert await failure_of(anne, VetoKit(kit=sheet.card)) == Failure.KIT_OTHER

        await anne.do(VetoKit(kit=card))

        assert (await safety_of(anne)).kit is KitState.IN_USE
        assert await failure_of(anne, VetoKit(kit=card)) == Failure.NO_KIT_CHANGE
        await let_it_count(anne)
        await anne.stop()
        async with await new_computer(anne) as new:
            assert await failure_of(new, begin(new, sheet.card)) == Failure.KIT_REFUSED
            await restore(new, card)

    play(tmp_path, scene)


def test_without_factors_shown_just_now_nothing_is_announced(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris, card
        assert await failure_of(anne, CreateKit()) == Failure.STEP_UP_NEEDED
        assert await failure_of(anne, ShowKit()) == Failure.KIT_GONE
        assert (await safety_of(anne)).kit is KitState.IN_USE

    play(tmp_path, scene)


def test_one_kit_at_a_time(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris, card
        await made(anne)
        assert await failure_of(anne, CreateKit()) == Failure.KIT_PENDING

    play(tmp_path, scene)


def test_making_one_can_end_at_every_step(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        sheet: KitSheet | None = None
        for steps in range(60):
            if steps % 4 == 0:
                await anne.sign_in()
            anne.countdown.left = steps
            try:
                sheet = await anne.do(CreateKit())
            except CrashError:
                anne.countdown.left = None
                await anne.reopen()
                continue
            except CommandError:
                # It was done before the end; only the answer was missing.
                anne.countdown.left = None
                sheet = await anne.do(ShowKit())
            break
        anne.countdown.left = None
        assert sheet is not None
        assert sheet.card != card
        await confirm(anne, sheet)
        await let_it_count(anne)
        await anne.stop()
        async with await new_computer(anne) as new:
            await restore(new, sheet.card)

    play(tmp_path, scene)


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

    play(tmp_path, story)
