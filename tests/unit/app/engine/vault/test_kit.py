# SPDX-License-Identifier: AGPL-3.0-or-later
"""The system's secret is gone, or the profile stands on another computer: the recovery kit opens it again."""

from __future__ import annotations

import asyncio
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from app.engine.ports.vault import (
    DiskFullError,
    KitMissingError,
    KitOtherError,
    OsSecretMissingError,
    Setting,
    VaultDamagedError,
    VaultMissingError,
)
from app.engine.vault import profile as profile_module
from app.engine.vault.profile import HEADER, KIT, STORE, ProfileDirectory
from crypto_core.errors import WrongPassphraseError
from crypto_core.keys.kit import Kit
from tests.fakes.machine import FakeClock, FakeSecretStore

if TYPE_CHECKING:
    from pathlib import Path

CODE, OTHER_CODE = bytes(range(32)), bytes(32)
PASSPHRASE = "correct horse battery staple"


def profile(directory: Path, secrets: FakeSecretStore) -> ProfileDirectory:
    return ProfileDirectory(
        directory, secret_store=secrets, random_bytes=os.urandom, clock=FakeClock()
    )


async def make(directory: Path, secrets: FakeSecretStore) -> None:
    made = profile(directory, secrets)
    vault = await made.create(PASSPHRASE)
    await made.seal_to_kits([Kit.from_code(CODE).public_key])
    await vault.run(lambda store: store.identity.put_setting(Setting.PREKEY_NUMBER, b"kept"))
    await made.confirm()
    await made.close()


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, FakeSecretStore]:
    """A profile bound to a system, made once."""
    directory, secrets = tmp_path_factory.mktemp("master") / "profile", FakeSecretStore()
    asyncio.run(make(directory, secrets))
    return directory, secrets


@pytest.fixture
def directory(master: tuple[Path, FakeSecretStore], tmp_path: Path) -> Path:
    """A copy of it, as on another computer: without the secret."""
    return shutil.copytree(master[0], tmp_path / "profile")


async def opens_with(opened: ProfileDirectory, passphrase: str) -> None:
    try:
        vault = await opened.open(passphrase)
        number = await vault.run(lambda store: store.identity.setting(Setting.PREKEY_NUMBER))
        assert number == b"kept"
    finally:
        await opened.close()


async def use_kit(
    directory: Path, secrets: FakeSecretStore, code: bytes = CODE, passphrase: str = PASSPHRASE
) -> ProfileDirectory:
    opened = profile(directory, secrets)
    try:
        await opened.open_with_kit(code, passphrase)
    finally:
        await opened.close()
    return opened


@pytest.mark.parametrize("is_present", [True, False], ids=["another keyring", "no keyring"])
def test_the_kit_opens_the_vault_and_binds_it_to_this_system(
    directory: Path, is_present: bool
) -> None:
    secrets = FakeSecretStore(is_present=is_present)

    async def story() -> None:
        with pytest.raises(OsSecretMissingError):
            await opens_with(profile(directory, secrets), PASSPHRASE)
        opened = await use_kit(directory, secrets)
        assert opened.is_bound_to_os() is is_present
        assert bool(secrets.secrets) is is_present
        # From now on as on any day; and the kit is not used up.
        await opens_with(profile(directory, secrets), PASSPHRASE)
        secrets.secrets.clear()
        await use_kit(directory, secrets)

    asyncio.run(story())


def test_another_secret_under_the_same_name_is_in_nobodys_way(directory: Path) -> None:
    secrets = FakeSecretStore()

    async def story() -> None:
        name = f"vault-{profile(directory, secrets)._read_header(HEADER).vault.hex()}"
        secrets.secrets[name] = b"a secret of another computer 32b"
        with pytest.raises(WrongPassphraseError):
            await opens_with(profile(directory, secrets), PASSPHRASE)
        await use_kit(directory, secrets)
        assert not profile(directory, secrets).wait_seconds()
        assert secrets.secrets[name] == b"a secret of another computer 32b"
        await opens_with(profile(directory, secrets), PASSPHRASE)

    asyncio.run(story())


def test_interrupted_before_the_header_everything_is_as_before(
    master: tuple[Path, FakeSecretStore], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = shutil.copytree(master[0], tmp_path / "profile")
    secrets = FakeSecretStore()
    secrets.secrets.update(master[1].secrets)

    def refuse(_path: Path, _content: bytes) -> None:
        raise OSError(28, "no space")

    async def story() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(profile_module, "write_atomically", refuse)
            with pytest.raises(DiskFullError):
                await use_kit(directory, secrets, passphrase="another passphrase")
        # A fresh secret stands beside the old one, and the old passphrase opens all the same.
        assert len(secrets.secrets) == 2
        await opens_with(profile(directory, secrets), PASSPHRASE)
        await use_kit(directory, secrets, passphrase="another passphrase")
        await opens_with(profile(directory, secrets), "another passphrase")

    asyncio.run(story())


def test_another_kit_opens_nothing_and_changes_nothing(directory: Path) -> None:
    secrets = FakeSecretStore()
    before = (directory / HEADER).read_bytes()
    with pytest.raises(KitOtherError):
        asyncio.run(use_kit(directory, secrets, OTHER_CODE))
    assert (directory / HEADER).read_bytes() == before
    assert not secrets.secrets


@pytest.mark.parametrize("position", [0, 5, 200, -1])
def test_what_was_sealed_to_the_kit_cannot_be_forged(directory: Path, position: int) -> None:
    content = bytearray((directory / KIT).read_bytes())
    content[position] ^= 1
    (directory / KIT).write_bytes(content)
    with pytest.raises(KitOtherError):
        asyncio.run(use_kit(directory, FakeSecretStore()))


def test_the_key_of_another_vault_of_the_same_kit_does_not_serve(
    directory: Path, tmp_path: Path
) -> None:
    async def story() -> None:
        other = tmp_path / "other"
        await make(other, FakeSecretStore(is_present=False))
        shutil.copy(other / KIT, directory / KIT)
        with pytest.raises(KitOtherError):
            await use_kit(directory, FakeSecretStore())

    asyncio.run(story())


def test_a_store_that_the_kit_does_not_fit_is_not_given_another_header(directory: Path) -> None:
    before = (directory / HEADER).read_bytes()
    (directory / STORE).write_bytes(os.urandom(65_536))
    with pytest.raises(VaultDamagedError):
        asyncio.run(use_kit(directory, FakeSecretStore()))
    assert (directory / HEADER).read_bytes() == before


def test_without_a_kit_or_a_profile_it_says_so(directory: Path, tmp_path: Path) -> None:
    (directory / KIT).unlink()
    with pytest.raises(KitMissingError):
        asyncio.run(use_kit(directory, FakeSecretStore()))
    with pytest.raises(VaultMissingError):
        asyncio.run(use_kit(tmp_path / "none", FakeSecretStore()))


def test_two_kits_open_the_vault_until_one_is_void(directory: Path) -> None:
    secrets = FakeSecretStore(is_present=False)

    async def story() -> None:
        opened = profile(directory, secrets)
        await opened.open_with_kit(CODE, PASSPHRASE)
        await opened.seal_to_kits([Kit.from_code(code).public_key for code in (CODE, OTHER_CODE)])
        await opened.close()
        for code in (CODE, OTHER_CODE):
            await use_kit(directory, secrets, code)

        await opened.open(PASSPHRASE)
        await opened.seal_to_kits([Kit.from_code(OTHER_CODE).public_key])
        await opened.close()
        await use_kit(directory, secrets, OTHER_CODE)
        with pytest.raises(KitOtherError):
            await use_kit(directory, secrets)

    asyncio.run(story())
