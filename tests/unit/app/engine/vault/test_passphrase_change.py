# SPDX-License-Identifier: AGPL-3.0-or-later
"""Another passphrase for the same vault: from one moment to the next, whatever happens in between."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.engine.ports.vault import DiskFullError, Setting, VaultError
from app.engine.vault import profile as profile_module
from app.engine.vault.profile import HEADER, ProfileDirectory
from crypto_core.errors import WrongPassphraseError
from tests.fakes.interrupted_change import NEW, OLD
from tests.fakes.machine import FakeClock, FakeSecretStore

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
def test_kill_9_at_any_write_leaves_exactly_one_passphrase(tmp_path: Path) -> None:
    directory = tmp_path / "profile"
    asyncio.run(make(directory, FakeSecretStore(is_present=False)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.fakes.interrupted_change", str(directory)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert len(lines) > 4, "there is more than one write"
    assert set(lines) == {"old=1 new=0 due=0", "old=0 new=1 due=1"}
    # Once the new one opens, it is the one that stays.
    assert lines == sorted(lines, reverse=True)


def test_a_change_keeps_the_secret_of_the_os_and_waits_for_the_relay(tmp_path: Path) -> None:
    secrets = FakeSecretStore()

    async def story() -> None:
        await make(tmp_path, secrets)
        stored = dict(secrets.secrets)
        changed = profile(tmp_path, secrets)
        await changed.open(OLD)
        assert not await changed.is_confirmation_due()
        await changed.rewrap(NEW)
        assert await changed.is_confirmation_due()
        await changed.close()
        assert secrets.secrets == stored
        assert changed.is_bound_to_os()
        again = profile(tmp_path, secrets)
        vault = await again.open(NEW)
        assert await vault.run(lambda store: store.identity.setting(Setting.PREKEY_NUMBER)) == (
            b"kept"
        )
        assert await again.is_confirmation_due(), "it outlives the process"
        await again.confirm_passphrase()
        assert not await again.is_confirmation_due()
        await again.close()
        with pytest.raises(WrongPassphraseError):
            await profile(tmp_path, secrets).open(OLD)

    asyncio.run(story())


def test_a_disk_without_room_leaves_the_old_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = FakeSecretStore(is_present=False)

    def refuse(_path: Path, _content: bytes) -> None:
        raise OSError(28, "no space")

    async def story() -> None:
        await make(tmp_path, secrets)
        before = (tmp_path / HEADER).read_bytes()
        changed = profile(tmp_path, secrets)
        await changed.open(OLD)
        with monkeypatch.context() as patch:
            patch.setattr(profile_module, "write_atomically", refuse)
            with pytest.raises(DiskFullError):
                await changed.rewrap(NEW)
        assert not await changed.is_confirmation_due()
        await changed.close()
        assert (tmp_path / HEADER).read_bytes() == before
        await changed.open(OLD)
        await changed.close()

    asyncio.run(story())


def test_a_locked_profile_cannot_be_wrapped_anew(tmp_path: Path) -> None:
    with pytest.raises(VaultError):
        asyncio.run(profile(tmp_path, FakeSecretStore()).rewrap(NEW))
