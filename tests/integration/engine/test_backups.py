# SPDX-License-Identifier: AGPL-3.0-or-later
"""Backups: made, rotated, stopped, and brought back on another computer, with the real profile."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import stat
import sys
import tarfile
import time
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from app.engine.backups import Backups
from app.engine.ports.vault import BackupCancelledError, BackupUnreadableError
from app.engine.vault import backup_files
from app.interface.commands import (
    BackUp,
    BeginRestore,
    CancelBackup,
    ChooseBackupFolder,
    FinishRestore,
    RehearseKit,
    ShowKit,
)
from app.interface.events import Progress
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import BackupMade, BackupTrouble, Rehearsal
from crypto_core.keys.backup import BackupSource, seal_backup
from crypto_core.keys.vault import VaultKeys
from crypto_core.wire.enrolment import format_enrolment
from crypto_core.wire.ids import UnixMillis
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.full_mailbox import session_of
from tests.fakes.key_events import KIT
from tests.fakes.machine import FakeClock
from tests.fakes.people import NOW, SeededBytes
from tests.fakes.practice import PASSPHRASE, Practice, failure_of, settle
from tests.integration.engine.test_correspondence import befriend
from tests.integration.engine.test_kits import confirm, safety_of
from tests.integration.engine.test_receiving import inbox_of, letter

VAULT, TAG = bytes(16), "00000000"
Scene: TypeAlias = Callable[[Practice, Practice, str, Path], Coroutine[Any, Any, None]]


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
            (tmp_path / f"uhealthsec-2026-{month:02}-{day:02}-{TAG}.backup").touch()
    (tmp_path / f"uhealthsec-2026-99-01-{TAG}.backup").touch()
    # Of another computer, or of a colleague, on the same disk.
    (tmp_path / "uhealthsec-2026-01-01-ffffffff.backup").touch()
    (tmp_path / "mine.backup").touch()

    backup_files.let_go(tmp_path, VAULT)

    # Sunday 1 March ends the fourth week before; the newest of the week that goes on is Saturday the 21st.
    days = ("03-01", "03-08", "03-15", *(f"03-{day}" for day in range(21, 29)))
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "mine.backup",
        "uhealthsec-2026-01-01-ffffffff.backup",
        *(f"uhealthsec-2026-{day}-{TAG}.backup" for day in days),
        f"uhealthsec-2026-99-01-{TAG}.backup",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="a process there has no time zone of its own")
def test_days_are_those_of_utc_also_when_the_clocks_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    try:
        # Midnight in Paris; midnight of UTC; the hour that Paris has twice; and the one that it does not have.
        for moment, name in (
            ("2026-10-23T22:30", "2026-10-23"),
            ("2026-10-23T23:59", "2026-10-23"),
            ("2026-10-24T00:00", "2026-10-24"),
            ("2026-10-25T00:30", "2026-10-25"),
            ("2026-10-25T01:30", "2026-10-25"),
            ("2026-03-29T01:30", "2026-03-29"),
        ):
            at = UnixMillis(int(datetime.fromisoformat(f"{moment}+00:00").timestamp() * 1000))
            assert write(tmp_path, at=at).name == f"uhealthsec-{name}-{TAG}.backup"
    finally:
        monkeypatch.undo()
        time.tzset()
    # One a day, however many were made.
    assert len(list(tmp_path.glob("*"))) == 4


def test_a_cancelled_backup_leaves_the_one_before(tmp_path: Path) -> None:
    made = write(tmp_path, at=NOW)
    before, told = made.read_bytes(), []

    with pytest.raises(BackupCancelledError):
        write(
            tmp_path,
            at=NOW,
            report=lambda *done: told.append(done),
            is_cancelled=lambda: len(told) > 2,
        )

    assert list(tmp_path.iterdir()) == [made]
    assert made.read_bytes() == before


def content_of(made: BackupMade) -> bytes:
    return Path(made.path).read_bytes()


def put(made: BackupMade, content: bytes) -> None:
    Path(made.path).write_bytes(content)


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def write(
    folder: Path,
    *,
    at: UnixMillis,
    vault: bytes = VAULT,
    report: Callable[[int, int], None] = lambda _done, _total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """Write a backup of a store of two megabytes."""
    store = folder.with_name(f"{folder.name} store")
    store.write_bytes(bytes(2_000_000))
    source = BackupSource(
        account=KIT.account,
        vault=vault,
        keys=VaultKeys(bytes(32)),
        kit_public_keys=(KIT.public_key,),
        created_at=at,
    )
    return backup_files.write_backup(
        folder,
        source,
        {"vault.db": store},
        random_bytes=SeededBytes("backup"),
        report=report,
        is_cancelled=is_cancelled,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="pipes with a name are of the other systems")
def test_a_backup_that_somebody_cancels_ends_and_says_so(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del boris, card
        made = await anne.do(BackUp(folder=str(disk)))
        before = content_of(made)
        files = anne.directory / "files"
        (files / f"{0:032x}").write_bytes(bytes(3_000_000))
        # Reading stops here until somebody opens the other end.
        stop = files / f"{15:032x}"
        os.mkfifo(stop)
        anne.events.clear()
        running = asyncio.create_task(anne.do(BackUp(folder=str(disk))))
        await anne.until(lambda: any(isinstance(each, Progress) for each in anne.events))

        assert await failure_of(anne, BackUp(folder=str(disk))) == Failure.BACKUP_RUNNING
        await anne.do(CancelBackup())
        other_end = asyncio.create_task(asyncio.to_thread(lambda: stop.open("wb").close()))
        with pytest.raises(CommandError) as raised:
            await running
        # Cancelled before it came so far, perhaps: then nobody else opens this end.
        os.close(os.open(stop, os.O_RDONLY | os.O_NONBLOCK))
        await other_end
        assert raised.value.failure is Failure.BACKUP_CANCELLED
        assert names_in(disk) == [Path(made.path).name]
        assert content_of(made) == before
        assert not (anne.directory / "vault.db.copy").exists()
        found = await safety_of(anne)
        assert (found.backup_at, found.backup_trouble) == (made.at, BackupTrouble.CANCELLED)

    play(tmp_path, scene)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are of the other systems")
def test_a_full_disk_is_said_and_the_backups_that_are_there_stay(tmp_path: Path) -> None:
    import resource  # noqa: PLC0415 - not there on Windows

    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del boris, card
        made = await anne.do(BackUp(folder=str(disk)))
        before = content_of(made)
        (anne.directory / "files" / f"{0:032x}").write_bytes(bytes(6_000_000))
        anne.clock.advance(days=1)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, limits[1]))
        try:
            failure = await failure_of(anne, BackUp(folder=str(disk)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        assert failure == Failure.DISK_FULL
        assert names_in(disk) == [Path(made.path).name]
        assert content_of(made) == before
        assert not (anne.directory / "vault.db.copy").exists()
        found = await safety_of(anne)
        assert (found.backup_at, found.backup_trouble) == (made.at, BackupTrouble.DISK_FULL)
        # Once there is room, it is made, and the trouble is over.
        again = await anne.do(BackUp(folder=str(disk)))
        found = await safety_of(anne)
        assert (found.backup_at, found.backup_trouble) == (again.at, None)
        assert len(names_in(disk)) == 2

    play(tmp_path, scene)


def test_one_a_day_is_made_by_itself_also_after_the_computer_slept(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del boris
        usb = disk / "usb"
        usb.mkdir()
        await anne.do(ChooseBackupFolder(folder=str(usb)))
        backups = Backups(session_of(anne), anne.profile, look_seconds=0.01)
        looking = asyncio.create_task(backups.run())

        async def made(count: int) -> None:
            await anne.until(lambda: len(list(usb.glob("*.backup"))) == count)
            assert (await safety_of(anne)).backup_trouble is None

        try:
            await made(1)
            assert not await backups._is_due()
            anne.clock.advance(seconds=23 * 3600)
            assert not await backups._is_due()
            # The lid was closed for two nights.
            anne.clock.advance(days=2)
            await made(2)
            # A day later the disk is in a drawer: that is said, and how old the last one is.
            last = (await safety_of(anne)).backup_at
            usb.rename(disk / "drawer")
            anne.clock.advance(days=1)
            while (await safety_of(anne)).backup_trouble is not BackupTrouble.FOLDER_MISSING:
                await anne.next_event()
            assert (await safety_of(anne)).backup_at == last
            gone = await anne.do(RehearseKit(kit=card))
            assert gone == Rehearsal(backup_at=None, backup_trouble=BackupTrouble.FOLDER_MISSING)
            (disk / "drawer").rename(usb)
            await made(3)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    play(tmp_path, scene)


def test_a_rehearsal_opens_the_newest_backup_too(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del boris
        assert await anne.do(RehearseKit(kit=card)) == Rehearsal(backup_at=None)
        await anne.do(ChooseBackupFolder(folder=str(disk)))
        assert await anne.do(RehearseKit(kit=card)) == Rehearsal(backup_at=None)
        made = await anne.do(BackUp())

        assert await anne.do(RehearseKit(kit=card)) == Rehearsal(backup_at=made.at)

        # Its first chunk is looked at as well, not the head alone.
        content = bytearray(content_of(made))
        content[8000] ^= 1
        put(made, bytes(content))
        damaged = Rehearsal(backup_at=None, backup_trouble=BackupTrouble.UNREADABLE)
        assert await anne.do(RehearseKit(kit=card)) == damaged
        put(made, b"something else")
        assert await anne.do(RehearseKit(kit=card)) == damaged

    play(tmp_path, scene)


def test_one_backup_on_two_computers_makes_two_computers_and_no_copies(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        await boris.do(letter(anne, "before"))
        await settle([anne, boris])
        made = await anne.do(BackUp(folder=str(disk)))
        await anne.stop()

        def computer(name: str) -> Practice:
            directory = disk.parent / name
            return Practice(name, directory, anne.relay, clock=anne.clock, has_real_profile=True)

        async with computer("first") as first, computer("second") as second:
            for new in (first, second):
                await new.do(begin(new, card, made.path))
                new.take_over(await new.do(FinishRestore()))
                await new.sign_in()
                await new.synchronise()
            owners = [session_of(each).owner for each in (first, second)]
            assert owners[0].device != owners[1].device
            assert owners[0].device_seed != owners[1].device_seed
            # The second one took the first one's place, which says so and stays readable.
            with pytest.raises(CommandError) as raised:
                await first.synchronise()
            assert raised.value.failure is Failure.DEVICE_REMOVED
            assert [each.text for each in await inbox_of(first)] == ["before"]
            await settle([second, boris])

    play(tmp_path, scene)


def begin(new: Practice, card: str, backup: str) -> BeginRestore:
    return BeginRestore(
        enrolment=format_enrolment(new.relay.enrolment),
        kit=card,
        account=None,
        passphrase=PASSPHRASE,
        backup=backup,
    )


def test_several_computers_share_one_disk(tmp_path: Path) -> None:
    own, other = write(tmp_path, at=NOW), write(tmp_path, at=NOW, vault=b"v" * 16)
    assert own != other
    assert backup_files.newest(tmp_path, VAULT) == own
    assert backup_files.newest(tmp_path, b"v" * 16) == other
    assert backup_files.newest(tmp_path, b"w" * 16) is None


@pytest.mark.skipif(sys.platform == "win32", reason="modes are of the other systems")
def test_nobody_else_on_the_computer_reads_a_backup(tmp_path: Path) -> None:
    assert stat.S_IMODE(write(tmp_path, at=NOW).stat().st_mode) == 0o600


def archived(*members: tuple[str, bytes]) -> bytes:
    """A tar archive."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


@pytest.mark.parametrize(
    "name", ["../outside", "/outside", "files/../../outside", "files/x", "vault.key", "files"]
)
def test_an_archive_with_foreign_names_writes_nothing(tmp_path: Path, name: str) -> None:
    """Only who has the kit can make one; a thief of the kit shall not write where he likes all the same."""
    source = BackupSource(
        account=KIT.account,
        vault=VAULT,
        keys=VaultKeys(bytes(32)),
        kit_public_keys=(KIT.public_key,),
        created_at=NOW,
    )
    plaintext = archived((name, b"content"))
    backup = tmp_path / "disk" / "evil.backup"
    profile = tmp_path / "place" / "profile"
    backup.parent.mkdir()
    (profile / "files").mkdir(parents=True)
    backup.write_bytes(b"".join(seal_backup(source, [plaintext], random_bytes=SeededBytes("x"))))
    with pytest.raises(BackupUnreadableError):
        backup_files.extract(backup_files.open_file(backup, KIT), profile)
    left = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert left == [backup]
