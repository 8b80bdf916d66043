# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a profile directory says when something about it is wrong, and what it never does."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cbor2
import pytest

from app.engine.ports.vault import (
    OsSecretMissingError,
    Setting,
    VaultDamagedError,
    VaultError,
    VaultInUseError,
    VaultMissingError,
    VaultNewerError,
)
from app.engine.vault.database import connect
from app.engine.vault.migrations import SCHEMA
from app.engine.vault.profile import HEADER, PENDING_HEADER, STORE, TRIES, ProfileDirectory
from app.interface.snapshots import ProfileState
from crypto_core.errors import WrongPassphraseError
from crypto_core.keys.vault import VaultHeader, unlock_vault
from crypto_core.wire.codec import decode
from tests.fakes.machine import FakeClock, FakeSecretStore

if TYPE_CHECKING:
    from collections.abc import Coroutine

PASSPHRASE = "correct horse battery staple"
VALUE = b"something to find again"


def profile(directory: Path, secret_store: FakeSecretStore | None = None) -> ProfileDirectory:
    return ProfileDirectory(
        directory,
        secret_store=secret_store or FakeSecretStore(is_present=False),
        random_bytes=os.urandom,
        clock=FakeClock(),
    )


async def make(directory: Path, secret_store: FakeSecretStore | None = None) -> None:
    made = profile(directory, secret_store)
    vault = await made.create(PASSPHRASE)
    await vault.run(lambda store: store.identity.put_setting(Setting.PREKEY_NUMBER, VALUE))
    await made.confirm()
    await made.close()


async def read(directory: Path, secret_store: FakeSecretStore | None = None) -> bytes | None:
    opened = profile(directory, secret_store)
    try:
        vault = await opened.open(PASSPHRASE)
        return await vault.run(lambda store: store.identity.setting(Setting.PREKEY_NUMBER))
    finally:
        await opened.close()


def run(story: Coroutine[object, object, None]) -> None:
    asyncio.run(story)


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile made once, because stretching a passphrase takes its time."""
    directory = tmp_path_factory.mktemp("master") / "profile"
    asyncio.run(make(directory))
    return directory


@pytest.fixture
def directory(master: Path, tmp_path: Path) -> Path:
    """A profile of this test's own."""
    return shutil.copytree(master, tmp_path / "profile")


def test_what_was_written_is_read_again(directory: Path) -> None:
    assert asyncio.run(read(directory)) == VALUE


def test_only_the_owner_can_enter(directory: Path) -> None:
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert {mode for name, mode in modes.items() if name != "files"} == {0o600}
    assert modes["files"] == 0o700


def test_an_empty_profile_is_empty_and_stays_so(tmp_path: Path) -> None:
    empty = profile(tmp_path)
    assert empty.state() is ProfileState.EMPTY
    with pytest.raises(VaultMissingError):
        asyncio.run(empty.open(PASSPHRASE))
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_passphrase_is_no_damage(directory: Path) -> None:
    before = (directory / STORE).read_bytes()

    async def story() -> None:
        opened = profile(directory)
        with pytest.raises(WrongPassphraseError):
            await opened.open("another passphrase")
        await opened.close()

    run(story())
    assert (directory / STORE).read_bytes() == before
    (directory / TRIES).unlink()
    assert asyncio.run(read(directory)) == VALUE


@pytest.mark.parametrize("position", [0, 1, 40, -1])
def test_a_changed_header_is_damage_and_no_wrong_passphrase(directory: Path, position: int) -> None:
    header = bytearray((directory / HEADER).read_bytes())
    header[position] ^= 1
    (directory / HEADER).write_bytes(header)
    assert profile(directory).state() is ProfileState.DAMAGED
    with pytest.raises(VaultDamagedError):
        asyncio.run(read(directory))


def test_weakened_parameters_do_not_open_even_with_a_new_check_sum(directory: Path) -> None:
    fields = cbor2.loads((directory / HEADER).read_bytes()[:-32])
    fields[3][1] *= 2
    encoded = cbor2.dumps(fields, canonical=True)
    (directory / HEADER).write_bytes(encoded + hashlib.sha256(encoded).digest())
    with pytest.raises(WrongPassphraseError):
        asyncio.run(read(directory))


def test_a_header_of_a_newer_program_is_left_alone(directory: Path) -> None:
    fields = cbor2.loads((directory / HEADER).read_bytes()[:-32])
    fields[0] = 2
    encoded = cbor2.dumps([*fields, "new"], canonical=True)
    (directory / HEADER).write_bytes(encoded + hashlib.sha256(encoded).digest())
    assert profile(directory).state() is ProfileState.NEWER
    with pytest.raises(VaultNewerError):
        asyncio.run(read(directory))


def store_key(directory: Path) -> bytes:
    header = decode(VaultHeader, (directory / HEADER).read_bytes()[:-32])
    return unlock_vault(header, PASSPHRASE, os_secret=None).store_key


@pytest.mark.parametrize(("compatible_from", "opens"), [(SCHEMA, True), (SCHEMA + 1, False)])
def test_a_store_of_a_newer_program_opens_only_if_that_program_said_so(
    directory: Path, compatible_from: int, opens: bool
) -> None:
    connection = connect(directory / STORE, store_key(directory))
    connection.execute(
        "update store_version set schema = ?, compatible_from = ?", (SCHEMA + 1, compatible_from)
    )
    connection.close()
    before = (directory / STORE).read_bytes()
    if opens:
        assert asyncio.run(read(directory)) == VALUE
        return
    with pytest.raises(VaultNewerError):
        asyncio.run(read(directory))
    assert (directory / STORE).read_bytes() == before


@pytest.mark.parametrize("damage", ["flipped", "cut", "emptied", "removed", "plain"])
def test_a_damaged_store_is_said_to_be_damaged_and_never_replaced(
    directory: Path, damage: str
) -> None:
    path = directory / STORE
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[100] ^= 1
        path.write_bytes(content)
    elif damage == "cut":
        path.write_bytes(content[: len(content) // 2 + 7])
    elif damage == "emptied":
        path.write_bytes(b"")
    elif damage == "removed":
        path.unlink()
    else:
        path.unlink()
        plain = connect(path, None)
        plain.execute("create table store_version (only_row, schema, compatible_from)")
        plain.close()
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(VaultDamagedError):
        asyncio.run(read(directory))
    assert (path.read_bytes() if path.exists() else None) == before


def test_a_store_without_its_header_is_damage(directory: Path) -> None:
    (directory / HEADER).unlink()
    lonely = profile(directory)
    assert lonely.state() is ProfileState.DAMAGED

    async def story() -> None:
        with pytest.raises(VaultError):
            await lonely.create(PASSPHRASE)
        await lonely.close()

    run(story())
    assert (directory / STORE).exists()


def test_one_engine_at_a_time(directory: Path) -> None:

    async def story() -> None:
        first, second = profile(directory), profile(directory)
        await first.open(PASSPHRASE)
        with pytest.raises(VaultInUseError):
            await second.open(PASSPHRASE)
        with second.alone() as is_alone:
            assert not is_alone
        await first.close()
        with second.alone() as is_alone:
            assert is_alone
            with pytest.raises(VaultInUseError):
                await first.open(PASSPHRASE)
        await second.open(PASSPHRASE)
        await second.close()

    run(story())


# Opens a profile and keeps it, in a process of its own.
HOLDER = """\
import asyncio, sys
from pathlib import Path
from tests.fakes.quick_argon2id import quick_argon2id
from tests.unit.app.engine.vault.test_profile import PASSPHRASE, profile
with quick_argon2id():
    asyncio.run(profile(Path(sys.argv[1])).open(PASSPHRASE))
print("open", flush=True)
sys.stdin.read()
"""


def test_the_lock_of_a_killed_engine_is_free(directory: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[5],
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(VaultInUseError):
            asyncio.run(read(directory))
        holder.kill()
        holder.wait()
    assert asyncio.run(read(directory)) == VALUE


# --- unfinished registrations --------------------------------------------------------------------


def test_an_unfinished_registration_is_resumed_by_its_passphrase_only(tmp_path: Path) -> None:
    async def story() -> None:
        begun = profile(tmp_path)
        vault = await begun.create(PASSPHRASE)
        await vault.run(lambda store: store.identity.put_setting(Setting.PREKEY_NUMBER, VALUE))
        await begun.close()
        again = profile(tmp_path)
        assert again.state() is ProfileState.EMPTY
        assert await again.resume("another passphrase") is None
        resumed = await again.resume(PASSPHRASE)
        assert resumed is not None
        number = await resumed.run(lambda store: store.identity.setting(Setting.PREKEY_NUMBER))
        assert number == VALUE
        await again.confirm()
        await again.close()
        assert again.state() is ProfileState.LOCKED

    run(story())


def test_a_discarded_registration_leaves_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        secrets = FakeSecretStore()
        begun = profile(tmp_path, secrets)
        await begun.create(PASSPHRASE)
        assert (tmp_path / PENDING_HEADER).exists()
        assert secrets.secrets
        await begun.discard()
        assert not secrets.secrets
        await begun.close()

    run(story())
    assert {path.name for path in tmp_path.iterdir()} == {"engine.lock", "files"}


# --- the operating system's secret ---------------------------------------------------------------


def test_the_vault_is_bound_to_the_secret_store_where_there_is_one(tmp_path: Path) -> None:
    secrets = FakeSecretStore()
    asyncio.run(make(tmp_path, secrets))
    assert profile(tmp_path, secrets).is_bound_to_os()
    assert asyncio.run(read(tmp_path, secrets)) == VALUE
    (secret,) = secrets.secrets.values()
    assert len(secret) == 32


def test_without_a_secret_store_the_passphrase_alone_serves(tmp_path: Path) -> None:
    asyncio.run(make(tmp_path))
    assert not profile(tmp_path).is_bound_to_os()


@pytest.mark.parametrize("loss", ["wiped", "locked"])
def test_a_lost_secret_is_no_wrong_passphrase(tmp_path: Path, loss: str) -> None:
    secrets = FakeSecretStore()
    asyncio.run(make(tmp_path, secrets))
    if loss == "wiped":
        secrets.secrets.clear()
    else:
        secrets.is_locked = True
    with pytest.raises(OsSecretMissingError):
        asyncio.run(read(tmp_path, secrets))


def test_another_secret_opens_nothing(tmp_path: Path) -> None:
    secrets = FakeSecretStore()
    asyncio.run(make(tmp_path, secrets))
    (name,) = secrets.secrets
    secrets.secrets[name] = bytes(32)
    with pytest.raises(WrongPassphraseError):
        asyncio.run(read(tmp_path, secrets))
