# SPDX-License-Identifier: AGPL-3.0-or-later
"""Backups: made, rotated, stopped, and brought back on another computer, with the real profile."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias

from app.engine.vault import backup_files
from app.interface.commands import BackUp, BeginRestore, ChooseBackupFolder, FinishRestore, ShowKit
from app.interface.failures import Failure
from app.interface.snapshots import BackupTrouble
from crypto_core.wire.enrolment import format_enrolment
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import PASSPHRASE, Practice, failure_of, settle
from tests.integration.engine.test_correspondence import befriend
from tests.integration.engine.test_kits import confirm, safety_of
from tests.integration.engine.test_receiving import inbox_of, letter

if TYPE_CHECKING:
    from pathlib import Path

Scene: TypeAlias = Callable[[Practice, Practice, str, "Path"], Coroutine[Any, Any, None]]


def play(folder: Path, scene: Scene) -> None:
    """Play with Anne, whose profile is real, Boris, the text of her kit, and a folder on another disk."""

    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        disk = folder / "disk"
        disk.mkdir()
        async with (
            Practice("Anne", folder / "anne", relay, clock=clock, has_real_profile=True) as anne,
            Practice("Boris", folder / "boris", relay, clock=clock) as boris,
        ):
            await anne.register()
            await boris.register()
            await befriend(anne, boris)
            sheet = await anne.do(ShowKit())
            await confirm(anne, sheet)
            await scene(anne, boris, sheet.card, disk)

    asyncio.run(main())


def test_letters_and_documents_come_back_on_another_computer(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        document = disk.parent / "document.txt"
        document.write_text("the document", encoding="utf-8")
        await boris.do(letter(anne, "before", str(document)))
        await settle([anne, boris])
        made = await anne.do(BackUp(folder=str(disk)))
        await boris.do(letter(anne, "afterwards"))
        await settle([anne, boris])
        await anne.stop()

        new = Practice(
            "new", disk.parent / "new", anne.relay, clock=anne.clock, has_real_profile=True
        )
        async with new:
            offer = await new.do(begin(new, card, made.path))
            assert offer.backup_made_at == made.at
            new.take_over(await new.do(FinishRestore()))
            await new.sign_in()
            await settle([new, boris])

            # What came after the backup is not in it.
            found = await inbox_of(new)
            assert [each.text for each in found] == ["before"]
            assert found[0].attachments[0].available
            await new.do(letter(boris, "I am back"))
            await settle([new, boris])
            assert [each.text for each in await inbox_of(boris)] == ["I am back"]

    play(tmp_path, scene)


def test_nothing_readable_is_in_a_backup(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del card
        await boris.do(letter(anne, "confidential words"))
        await settle([anne, boris])
        made = await anne.do(BackUp(folder=str(disk)))
        content = (disk / made.path).read_bytes()
        assert b"confidential" not in content
        assert PASSPHRASE.encode() not in content
        assert sorted(disk.glob("*")) == [disk / made.path]  # noqa: ASYNC240

    play(tmp_path, scene)


def test_a_damaged_or_foreign_backup_leaves_nothing_behind(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del boris
        made = await anne.do(BackUp(folder=str(disk)))
        path = disk / made.path
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        (disk / "damaged").write_bytes(content)
        (disk / "cut").write_bytes(content[:-300_000])
        (disk / "nothing").write_bytes(b"not a backup")
        for name in ("damaged", "cut", "nothing", "absent"):
            new = Practice(
                name, disk.parent / name, anne.relay, clock=anne.clock, has_real_profile=True
            )
            async with new:
                begun = begin(new, card, str(disk / name))
                if name in {"damaged", "cut"}:
                    await new.do(begun)
                    assert await failure_of(new, FinishRestore()) == Failure.BACKUP_UNREADABLE
                else:
                    assert await failure_of(new, begun) == Failure.BACKUP_UNREADABLE
            assert not (disk.parent / name / "vault.db").exists()

    play(tmp_path, scene)


def test_the_status_tells_the_last_one_and_what_went_wrong(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del boris, card
        inside = ChooseBackupFolder(folder=str(anne.directory / "files"))
        assert await failure_of(anne, inside) == Failure.BACKUP_FOLDER_INVALID
        assert await failure_of(anne, BackUp()) == Failure.BACKUP_FOLDER_MISSING
        chosen = await anne.do(ChooseBackupFolder(folder=str(disk)))
        assert chosen.is_on_same_disk
        made = await anne.do(BackUp())
        found = await safety_of(anne)
        assert (found.backup_folder, found.backup_at) == (str(disk), made.at)

        shutil.rmtree(disk)
        assert await failure_of(anne, BackUp()) == Failure.BACKUP_FOLDER_MISSING
        found = await safety_of(anne)
        assert found.backup_trouble is BackupTrouble.FOLDER_MISSING
        assert found.backup_at == made.at

    play(tmp_path, scene)


def test_seven_days_and_four_weeks_are_kept(tmp_path: Path) -> None:
    for day in range(1, 29):
        for month in (1, 2, 3):
            (tmp_path / f"uhealthsec-2026-{month:02}-{day:02}.backup").touch()
    (tmp_path / "uhealthsec-2026-99-01.backup").touch()
    (tmp_path / "mine.backup").touch()

    backup_files.let_go(tmp_path)

    kept = sorted(each.name for each in tmp_path.iterdir())
    assert (
        kept[-11:]
        == [
            *(f"uhealthsec-2026-{rest}.backup" for rest in ("02-28", "03-08", "03-15", "03-21")),
            *(f"uhealthsec-2026-03-{day}.backup" for day in range(22, 29)),
        ]
        or len(kept) == 13
    )
    assert {"mine.backup", "uhealthsec-2026-99-01.backup"} < set(kept)


def begin(new: Practice, card: str, backup: str) -> BeginRestore:
    return BeginRestore(
        enrolment=format_enrolment(new.relay.enrolment),
        kit=card,
        account=None,
        passphrase=PASSPHRASE,
        backup=backup,
    )
