# SPDX-License-Identifier: AGPL-3.0-or-later
"""Coming back with a backup when something else is missing or broken, and opening the profile with the kit."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from app.interface.commands import (
    BackUp,
    FinishRestore,
    ListContacts,
    ShowStatus,
    UnlockWithKit,
)
from app.interface.failures import Failure
from app.interface.snapshots import ContactState, ProfileState
from tests.fakes.practice import PASSPHRASE, Practice, failure_of, settle
from tests.integration.engine import test_restore
from tests.integration.engine.test_backups import play
from tests.integration.engine.test_receiving import inbox_of, letter

if TYPE_CHECKING:
    from pathlib import Path

    from app.interface.commands import BeginRestore


def begin(new: Practice, card: str, backup: str) -> BeginRestore:
    return replace(test_restore.begin(new, card), backup=backup)


def new_computer(anne: Practice, disk: Path) -> Practice:
    return Practice("new", disk.parent / "new", anne.relay, clock=anne.clock, has_real_profile=True)


def test_a_backup_is_enough_where_the_relay_keeps_no_package(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        await boris.do(letter(anne, "before"))
        await settle([anne, boris])
        made = await anne.do(BackUp(folder=str(disk)))
        anne.relay._state.accounts[anne.account].packages.clear()
        await anne.stop()
        async with new_computer(anne, disk) as new:
            offer = await new.do(begin(new, card, made.path))
            assert (offer.made_at, offer.contacts, offer.backup_made_at) == (None, 0, made.at)
            new.take_over(await new.do(FinishRestore()))
            await new.sign_in()
            await settle([new, boris])

            # Who she is, and whom she knows, is in the backup.
            assert (await new.do(ShowStatus())).name == "Anne"
            (contact,) = (await new.do(ListContacts())).rows
            assert (contact.account, contact.state) == (boris.account, ContactState.ACCEPTED)
            assert [each.text for each in await inbox_of(new)] == ["before"]

    play(tmp_path, scene)


def test_of_a_backup_that_is_cut_nothing_stays_behind(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        document = disk.parent / "document.bin"
        document.write_bytes(os.urandom(900_000))
        await boris.do(letter(anne, "before", str(document)))
        await settle([anne, boris])
        made = await anne.do(BackUp(folder=str(disk)))
        cut = disk / "cut.backup"
        cut.write_bytes((disk / made.path).read_bytes()[:-1000])
        await anne.stop()
        async with new_computer(anne, disk) as new:
            await new.do(begin(new, card, str(cut)))
            assert await failure_of(new, FinishRestore()) == Failure.BACKUP_UNREADABLE
            assert (await new.do(ShowStatus())).profile is ProfileState.EMPTY
            left = [each for each in new.directory.rglob("*") if each.is_file()]
            assert sum(each.stat().st_size for each in left) < 1000, left

    play(tmp_path, scene)


def test_the_picture_of_the_kit_opens_the_profile_and_a_weak_passphrase_does_not_bind_it(
    tmp_path: Path,
) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del boris, disk
        await anne.stop()
        await anne.start()
        weak = UnlockWithKit(kit=card, passphrase="a")
        assert await failure_of(anne, weak) == Failure.PASSPHRASE_WEAK
        opened = await anne.do(UnlockWithKit(kit=card, passphrase=PASSPHRASE))
        assert opened.profile is ProfileState.UNLOCKED

    play(tmp_path, scene)
