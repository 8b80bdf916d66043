# SPDX-License-Identifier: AGPL-3.0-or-later
"""Another key for the same profile: from one moment to the next, and nothing of before opens afterwards."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.engine.ports.vault import DiskFullError, Setting, TooManyTriesError
from app.engine.vault import backup_files, rekeying
from app.engine.vault.files import SealedFiles
from app.engine.vault.profile import HEADER, NEXT_HEADER, STORE, ProfileDirectory
from crypto_core.errors import WrongPassphraseError
from crypto_core.keys.backup import BackupSource, seal_backup
from crypto_core.keys.kit import Kit
from crypto_core.keys.vault import VaultKeys, unlock_vault
from crypto_core.wire.ids import AccountId, BlobId, UnixMillis
from tests.fakes.interrupted_change import NEW, OLD
from tests.fakes.interrupted_rekey import key_of
from tests.fakes.machine import FakeClock, FakeSecretStore
from tests.fakes.store_pages import opened_pages

ROOT = Path(__file__).parents[5]


def profile(directory: Path, secret_store: FakeSecretStore) -> ProfileDirectory:
    return ProfileDirectory(
        directory, secret_store=secret_store, random_bytes=os.urandom, clock=FakeClock()
    )


async def make(directory: Path, secret_store: FakeSecretStore) -> None:
    made = profile(directory, secret_store)
    vault = await made.create(OLD)
    await vault.run(lambda store: store.identity.put_setting(Setting.PREKEY_NUMBER, b"kept"))
    await made.confirm()
    await made.close()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of the other systems")
def test_kill_9_at_any_write_leaves_the_profile_under_one_key(tmp_path: Path) -> None:
    directory = tmp_path / "profile"
    asyncio.run(make(directory, FakeSecretStore(is_present=False)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.fakes.interrupted_rekey", str(directory)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert len(lines) > 10, "there is more than one write"
    before, after = "row=1 other=0 old-opens=1 files=1", "row=1 other=1 old-opens=0 files=1"
    assert set(lines) == {before, after}
    # Once it is another key, it stays one.
    assert lines == [before] * lines.count(before) + [after] * lines.count(after)


def test_header_kit_and_secret_of_before_open_nothing_any_more(tmp_path: Path) -> None:
    secrets, kit = FakeSecretStore(), Kit.from_code(bytes(range(32)))

    async def story() -> None:
        await make(tmp_path, secrets)
        renewed = profile(tmp_path, secrets)
        await renewed.open(OLD)
        await renewed.seal_to_kits([kit.public_key])
        before, old_secrets = key_of(renewed), set(secrets.secrets.values())
        old_header = (tmp_path / HEADER).read_bytes()
        assert list(opened_pages(tmp_path / STORE, before)), "the reader reads"
        vault = await renewed.rekey(OLD, [kit.public_key])
        after = key_of(renewed)
        assert await vault.run(lambda store: store.identity.setting(Setting.PREKEY_NUMBER)) == (
            b"kept"
        )
        assert not list(opened_pages(tmp_path / STORE, before))
        assert not old_secrets & set(secrets.secrets.values())
        assert len(secrets.secrets) == 1
        await renewed.close()
        # The old header opens with the secret of then, which is gone, to a key that opens no page.
        (tmp_path / "old").mkdir()
        (tmp_path / "old" / HEADER).write_bytes(old_header)
        header = profile(tmp_path / "old", secrets)._read_header(HEADER)
        with pytest.raises(WrongPassphraseError):
            unlock_vault(header, OLD, os_secret=next(iter(secrets.secrets.values())))
        again = profile(tmp_path, secrets)
        await again.open_with_kit(bytes(range(32)), OLD)
        assert key_of(again) == after
        await again.close()

    asyncio.run(story())


def test_a_wrong_passphrase_changes_nothing(tmp_path: Path) -> None:
    secrets = FakeSecretStore()

    async def story() -> None:
        await make(tmp_path, secrets)
        opened = profile(tmp_path, secrets)
        await opened.open(OLD)
        before = key_of(opened)
        assert not await opened.is_passphrase(NEW)
        with pytest.raises(WrongPassphraseError):
            await opened.rekey(NEW, ())
        assert key_of(opened) == before
        assert opened.current() is not None
        await opened.close()
        again = profile(tmp_path, secrets)
        with pytest.raises(TooManyTriesError):
            await again.open(OLD)
        again._clock.advance(seconds=60)  # type: ignore[attr-defined] # a test's
        await again.open(OLD)
        await again.close()

    asyncio.run(story())


def test_a_full_disk_leaves_the_profile_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = FakeSecretStore()

    def full(path: Path) -> None:
        raise OSError(28, "no space", str(path))

    async def story() -> None:
        await make(tmp_path, secrets)
        opened = profile(tmp_path, secrets)
        await opened.open(OLD)
        with monkeypatch.context() as full_disk:
            full_disk.setattr(rekeying, "sync_file", full)
            with pytest.raises(DiskFullError):
                await opened.rekey(OLD, ())
        vault = opened.current()
        assert vault is not None
        assert await vault.run(lambda store: store.identity.setting(Setting.PREKEY_NUMBER))
        assert not (tmp_path / NEXT_HEADER).exists()
        await opened.close()
        # The secret that was drawn for nothing is forgotten at the next opening.
        again = profile(tmp_path, secrets)
        await again.open(OLD)
        assert len(secrets.secrets) == 1
        await again.close()

    asyncio.run(story())


def test_a_passphrase_that_the_relay_does_not_know_yet_still_waits_for_it(tmp_path: Path) -> None:
    secrets = FakeSecretStore()

    async def story() -> None:
        await make(tmp_path, secrets)
        opened = profile(tmp_path, secrets)
        await opened.open(OLD)
        await opened.rewrap(NEW)
        await opened.rekey(NEW, ())
        assert await opened.is_confirmation_due()
        await opened.close()

    asyncio.run(story())


def test_what_is_shredded_has_lost_its_beginning_before_its_name(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"k" * 300_000)
    rekeying.overwrite(path)
    assert path.read_bytes()[: rekeying.SHREDDED_BYTES] == bytes(rekeying.SHREDDED_BYTES)
    assert rekeying.is_shredded(path)
    rekeying.shred(path)
    rekeying.shred(path)
    assert not path.exists()


def test_only_backups_of_this_account_are_destroyed(tmp_path: Path) -> None:
    made = profile(tmp_path / "profile", FakeSecretStore())
    ours, theirs = AccountId(b"o" * 20), AccountId(b"t" * 20)
    disk = tmp_path / "disk"
    disk.mkdir()

    def backup_of(account: AccountId, name: str) -> Path:
        source = BackupSource(
            account=account,
            vault=bytes(16),
            keys=VaultKeys(bytes(32)),
            kit_public_keys=(Kit.from_code(bytes(range(32))).public_key,),
            created_at=UnixMillis(1),
        )
        path = disk / name
        path.write_bytes(b"".join(seal_backup(source, [b"rows"], random_bytes=os.urandom)))
        return path

    mine, other, text = backup_of(ours, "a"), backup_of(theirs, "b"), disk / "c"
    text.write_text("a letter to the tax office", encoding="utf-8")
    half = backup_of(ours, "d")
    rekeying.overwrite(half)
    for path in (mine, other, text, half, disk / "gone"):
        assert made.destroy_backup(path, ours), path
    assert sorted(each.name for each in disk.iterdir()) == ["b", "c"]
    assert backup_files.header_of(other).account == theirs
    assert text.read_text(encoding="utf-8").startswith("a letter")
    assert not made.destroy_backup(tmp_path / "no disk" / "a", ours)


def test_a_destroyed_document_has_lost_its_beginning_wherever_its_blocks_are(
    tmp_path: Path,
) -> None:
    files, blob = SealedFiles(tmp_path), BlobId(b"b" * 16)
    files.put_sealed(blob, b"sealed" * 1000)
    # Another name of the same file shows what is on the disk once the first is gone.
    other = tmp_path.parent / "other name"
    os.link(tmp_path / blob.hex(), other)
    files.destroy(blob)
    files.destroy(blob)
    assert not files.stored()
    assert other.read_bytes() == bytes(6000)
