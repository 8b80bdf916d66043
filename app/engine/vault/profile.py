# SPDX-License-Identifier: AGPL-3.0-or-later
"""The profile directory: lock file, header with the wrapped key, store, and encrypted files."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import cbor2

from app.engine.ports.machine import SecretStoreError
from app.engine.ports.vault import (
    BackupUnreadableError,
    DiskFullError,
    KitMissingError,
    KitOtherError,
    OsSecretMissingError,
    Setting,
    TooManyTriesError,
    VaultDamagedError,
    VaultError,
    VaultInUseError,
    VaultMissingError,
    VaultNewerError,
)
from app.engine.vault import backup_files, rekeying
from app.engine.vault.calibration import affordable_memory
from app.engine.vault.durable import (
    make_private_directory,
    no_room,
    sync_directory,
    write_atomically,
)
from app.engine.vault.erasing import note_rekeyed
from app.engine.vault.store import SqlVault
from app.engine.vault.tries import WrongTries
from app.interface.snapshots import ProfileState
from crypto_core.errors import (
    DecryptionError,
    KeyStateError,
    WireError,
    WrongPassphraseError,
)
from crypto_core.keys.backup import BackupSource
from crypto_core.keys.kit import Kit, open_vault_key, seal_vault_key
from crypto_core.keys.vault import (
    KeySource,
    StretchParameters,
    VaultHeader,
    VaultKeys,
    create_vault,
    renew_vault,
    rewrap_vault,
    unlock_vault,
)
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.kit import VaultKits
from crypto_core.wire.limits import STRETCH_LEAST_MEMORY_BYTES, STRETCH_LEAST_PASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from app.engine.ports.machine import Clock, RandomBytes, SecretStore
    from crypto_core.wire.ids import AccountId, UnixMillis

HEADER: Final = "vault.header"
PENDING_HEADER: Final = "vault.header.pending"
STORE: Final = "vault.db"
LOCK: Final = "engine.lock"
TRIES: Final = "vault.tries"
KIT: Final = "vault.kit"
"""The vault's key, sealed to the recovery kit in force, and to one that was announced."""
FILES: Final = "files"
COPY: Final = "vault.db.copy"
NEXT_HEADER: Final = "vault.header.next"
"""While it is there, store and header of the profile are being replaced by those of another key."""
NEXT_STORE: Final = "vault.db.next"
NEXT_KIT: Final = "vault.kit.next"
_CHECK_BYTES: Final = 32
_MAX_HEADER_BYTES: Final = 4096
_MAX_KIT_BYTES: Final = 16_384
_OS_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class _Unlocked:
    """What opened the store, kept as long as it is open to wrap its key anew."""

    header: VaultHeader
    keys: VaultKeys
    os_secret: bytes | None = field(repr=False)


class ProfileDirectory:
    """Implements `Profile` on a directory that only its owner can read."""

    def __init__(
        self,
        directory: Path,
        *,
        secret_store: SecretStore,
        random_bytes: RandomBytes,
        clock: Clock,
    ) -> None:
        self.directory = directory
        self._secret_store = secret_store
        self._random_bytes = random_bytes
        self._clock = clock
        self._tries = WrongTries(directory / TRIES, clock)
        self._lock: int | None = None
        self._vault: SqlVault | None = None
        self._unlocked: _Unlocked | None = None

    @property
    def files_directory(self) -> Path:
        """Where encrypted files lie."""
        return self.directory / FILES

    def state(self) -> ProfileState:
        """See the port."""
        if not (self.directory / self._header_in_force()).exists():
            is_orphan = (self.directory / STORE).exists() and not (
                self.directory / PENDING_HEADER
            ).exists()
            # A store without its header can never be opened, but it is not nothing.
            return ProfileState.DAMAGED if is_orphan else ProfileState.EMPTY
        try:
            self._read_header(self._header_in_force())
        except VaultNewerError:
            return ProfileState.NEWER
        except VaultError:
            return ProfileState.DAMAGED
        return ProfileState.LOCKED if self._vault is None else ProfileState.UNLOCKED

    def is_bound_to_os(self) -> bool:
        """See the port."""
        name = self._header_in_force()
        if not (self.directory / name).exists():
            name = PENDING_HEADER
        try:
            return self._read_header(name).source is KeySource.PASSPHRASE_AND_OS_SECRET
        except VaultError:
            return False

    async def create(self, passphrase: str) -> SqlVault:
        """See the port."""
        with no_room():
            make_private_directory(self.directory)
            make_private_directory(self.files_directory)
        self._take_lock()
        if self.state() is not ProfileState.EMPTY:
            raise VaultError("the profile has an account")
        await self.discard()
        os_secret = await asyncio.to_thread(self._usable_os_secret)
        memory_bytes = await asyncio.to_thread(affordable_memory, self._clock)
        header, keys = await asyncio.to_thread(
            create_vault,
            passphrase,
            os_secret=os_secret,
            random_bytes=self._random_bytes,
            memory_bytes=memory_bytes,
        )
        if os_secret is not None:
            try:
                await asyncio.to_thread(
                    self._secret_store.write, _secret_names(header)[0], os_secret
                )
            except SecretStoreError as error:
                raise OsSecretMissingError("the secret could not be stored") from error
        with no_room():
            self._write_header(PENDING_HEADER, header)
        self._vault = await SqlVault.open(self.directory / STORE, keys.store_key, is_new=True)
        self._unlocked = _Unlocked(header, keys, os_secret)
        return self._vault

    async def resume(self, passphrase: str) -> SqlVault | None:
        """See the port."""
        if not (self.directory / PENDING_HEADER).exists():
            return None
        self._take_lock()
        try:
            return await self._open(PENDING_HEADER, passphrase)
        except (VaultDamagedError, OsSecretMissingError, WrongPassphraseError):
            return None

    async def confirm(self) -> None:
        """See the port."""
        with no_room():
            (self.directory / PENDING_HEADER).replace(self.directory / HEADER)
            sync_directory(self.directory)

    async def discard(self) -> None:
        """See the port."""
        await self._close_store()
        if (self.directory / HEADER).exists():
            return
        try:
            header = self._read_header(PENDING_HEADER)
        except VaultError:
            header = None
        if header is not None and header.source is KeySource.PASSPHRASE_AND_OS_SECRET:
            # If it fails, a secret that unlocks nothing any more is all that stays behind.
            with contextlib.suppress(SecretStoreError):
                await asyncio.to_thread(self._secret_store.remove, _secret_names(header)[0])
        # Sealed documents of a backup that was not brought back whole: nothing opens them any more.
        for each in self.files_directory.glob("*"):
            each.unlink(missing_ok=True)
        # The header goes last: while it is there, the store beside it is known to be unfinished.
        for name in (f"{STORE}-wal", f"{STORE}-shm", STORE, KIT, PENDING_HEADER):
            (self.directory / name).unlink(missing_ok=True)

    async def open(self, passphrase: str) -> SqlVault:
        """See the port."""
        state = self.state()
        if state is ProfileState.EMPTY:
            raise VaultMissingError("there is no account in this profile")
        # Before the count is looked at, so that two engines cannot try two passphrases in one wait.
        self._take_lock()
        wait = self._tries.wait_seconds()
        if wait:
            raise TooManyTriesError(wait)
        await asyncio.to_thread(self._finish_rekey)
        try:
            vault = await self._open(HEADER, passphrase)
        except WrongPassphraseError:
            self._tries.add()
            raise
        self._tries.settle()
        if self._unlocked is not None:
            await asyncio.to_thread(self._forget_other_secret, self._unlocked)
        return vault

    def wait_seconds(self) -> int:
        """See the port."""
        return self._tries.wait_seconds()

    def refused(self) -> int:
        """See the port."""
        return self._tries.settled()

    def forget_refused(self) -> None:
        """See the port."""
        self._tries.forget()

    async def rewrap(self, passphrase: str) -> None:
        """See the port."""
        vault, unlocked = self._require_open()
        memory_bytes = await asyncio.to_thread(affordable_memory, self._clock)
        header = await asyncio.to_thread(
            rewrap_vault,
            unlocked.header,
            unlocked.keys,
            passphrase,
            os_secret=unlocked.os_secret,
            random_bytes=self._random_bytes,
            memory_bytes=memory_bytes,
        )
        # The note first: it speaks of a header that does not exist until the file below is in its place.
        note = _digest(header)
        await vault.run(lambda store: store.identity.put_setting(Setting.PASSPHRASE_CHANGE, note))
        with no_room():
            self._write_header(HEADER, header)
        self._unlocked = _Unlocked(header, unlocked.keys, unlocked.os_secret)

    async def is_passphrase(self, passphrase: str) -> bool:
        """See the port."""
        _, unlocked = self._require_open()
        wait = self._tries.wait_seconds()
        if wait:
            raise TooManyTriesError(wait)
        try:
            await asyncio.to_thread(
                unlock_vault, unlocked.header, passphrase, os_secret=unlocked.os_secret
            )
        except WrongPassphraseError:
            self._tries.add()
            return False
        self._tries.settle()
        return True

    async def rekey(self, passphrase: str, kit_public_keys: Sequence[bytes]) -> SqlVault:
        """See the port."""
        _, old = self._require_open()
        is_due = await self.is_confirmation_due()
        await self._close_store()
        try:
            unlocked = await asyncio.to_thread(
                self._prepare_rekey, old, passphrase, kit_public_keys, is_due=is_due
            )
            await asyncio.to_thread(self._finish_rekey)
        except BaseException:
            if not (self.directory / NEXT_HEADER).exists():
                self._vault = await SqlVault.open(
                    self.directory / STORE, old.keys.store_key, is_new=False
                )
                self._unlocked = old
            raise
        self._vault = await SqlVault.open(
            self.directory / STORE, unlocked.keys.store_key, is_new=False
        )
        self._unlocked = unlocked
        await asyncio.to_thread(self._forget_other_secret, unlocked)
        return self._vault

    def destroy_backup(self, path: Path, account: AccountId) -> bool:
        """See the port."""
        try:
            if not path.parent.is_dir():
                return False
            if not path.exists():
                return True
            try:
                is_ours = backup_files.header_of(path).account == account
            except BackupUnreadableError:
                # Overwritten before this program was ended, or somebody else's file.
                is_ours = rekeying.is_shredded(path)
            if is_ours:
                rekeying.shred(path)
        except OSError:
            return False
        return True

    def backups_in(self, folder: Path) -> tuple[Path, ...]:
        """See the port."""
        _, unlocked = self._require_open()
        try:
            return backup_files.all_of(folder, unlocked.header.vault)
        except OSError:
            return ()

    def current(self) -> SqlVault | None:
        """See the port."""
        return self._vault

    def _prepare_rekey(
        self, old: _Unlocked, passphrase: str, kits: Sequence[bytes], *, is_due: bool
    ) -> _Unlocked:
        """Write everything that takes the old one's place; the last of it is the header, by which it counts."""
        # Before anything is wrapped for it: a wrong one would lock its owner out.
        unlock_vault(old.header, passphrase, os_secret=old.os_secret)
        os_secret = None if old.os_secret is None else self._random_bytes(_OS_SECRET_BYTES)
        if os_secret is not None:
            first, second = _secret_names(old.header)
            is_first_taken = self._secret_store.read(first) == old.os_secret
            self._secret_store.write(second if is_first_taken else first, os_secret)
        header, keys = renew_vault(
            old.header,
            passphrase,
            os_secret=os_secret,
            random_bytes=self._random_bytes,
            memory_bytes=affordable_memory(self._clock),
        )
        with no_room():
            rekeying.write_anew(
                self.directory / STORE,
                old.keys.store_key,
                self.directory / NEXT_STORE,
                keys.store_key,
                change=lambda fresh: note_rekeyed(fresh, _digest(header) if is_due else None),
            )
            if (self.directory / KIT).exists():
                slots = seal_vault_key(kits, header.vault, keys)
                write_atomically(
                    self.directory / NEXT_KIT, encode(VaultKits(version=1, slots=slots))
                )
            self._write_header(NEXT_HEADER, header)
        return _Unlocked(header, keys, os_secret)

    def _finish_rekey(self) -> None:
        """Put what a change of the key has prepared in its place, or let go what never came to count."""
        header, store = self.directory / NEXT_HEADER, self.directory / NEXT_STORE
        if not header.exists():
            for name in (NEXT_STORE, f"{NEXT_STORE}-wal", f"{NEXT_STORE}-shm", NEXT_KIT):
                (self.directory / name).unlink(missing_ok=True)
            return
        with no_room():
            if store.exists():
                # A copy is what a backup that was ended has left.
                for name in (f"{STORE}-wal", f"{STORE}-shm", COPY):
                    rekeying.shred(self.directory / name)
                rekeying.take_place(store, self.directory / STORE)
            rekeying.take_place(self.directory / NEXT_KIT, self.directory / KIT)
            rekeying.take_place(header, self.directory / HEADER)

    def _forget_other_secret(self, unlocked: _Unlocked) -> None:
        """Remove the system's secret that opens nothing any more; if it fails, the next unlocking tries again."""
        if unlocked.os_secret is None:
            return
        with contextlib.suppress(SecretStoreError):
            for name in _secret_names(unlocked.header):
                if self._secret_store.read(name) not in {None, unlocked.os_secret}:
                    self._secret_store.remove(name)

    def _header_in_force(self) -> str:
        return NEXT_HEADER if (self.directory / NEXT_HEADER).exists() else HEADER

    async def seal_to_kits(self, public_keys: Sequence[bytes]) -> None:
        """See the port."""
        _, unlocked = self._require_open()
        slots = seal_vault_key(public_keys, unlocked.header.vault, unlocked.keys)
        with no_room():
            write_atomically(self.directory / KIT, encode(VaultKits(version=1, slots=slots)))

    async def open_with_kit(self, code: bytes, passphrase: str) -> SqlVault:
        """See the port."""
        if self.state() is ProfileState.EMPTY:
            raise VaultMissingError("there is no account in this profile")
        self._take_lock()
        await self._close_store()
        await asyncio.to_thread(self._finish_rekey)
        old = self._read_header(HEADER)
        keys = self._keys_by_kit(old, code)
        # What the kit opened must open the store before anything that worked is given up for it.
        vault = await SqlVault.open(self.directory / STORE, keys.store_key, is_new=False)
        try:
            header, os_secret = await asyncio.to_thread(self._bind, old, keys, passphrase)
            with no_room():
                self._write_header(HEADER, header)
        except BaseException:
            await vault.close()
            raise
        self._tries.settle()
        self._vault, self._unlocked = vault, _Unlocked(header, keys, os_secret)
        return vault

    def _keys_by_kit(self, header: VaultHeader, code: bytes) -> VaultKeys:
        try:
            with (self.directory / KIT).open("rb") as file:
                sealed = decode(VaultKits, file.read(_MAX_KIT_BYTES))
            return open_vault_key(Kit.from_code(code), header.vault, sealed.slots)
        except FileNotFoundError:
            raise KitMissingError("nothing was sealed to a kit") from None
        except OSError as error:
            raise VaultDamagedError("what was sealed to the kit cannot be read") from error
        except (WireError, KeyStateError, DecryptionError):
            raise KitOtherError("this kit does not open the vault") from None

    def _bind(
        self, old: VaultHeader, keys: VaultKeys, passphrase: str
    ) -> tuple[VaultHeader, bytes | None]:
        """Wrap the key anew, with a fresh secret of the system if it has a store that answers.

        The old secret stays until a header that does not need it is in its place.
        """
        os_secret = self._usable_os_secret()
        if os_secret is not None:
            try:
                self._secret_store.write(self._vacant_name(old), os_secret)
            except SecretStoreError:
                # A store that cannot be written to protects nothing; the passphrase alone does then.
                os_secret = None
        header = rewrap_vault(
            old,
            keys,
            passphrase,
            os_secret=os_secret,
            random_bytes=self._random_bytes,
            memory_bytes=affordable_memory(self._clock),
        )
        return header, os_secret

    def _vacant_name(self, header: VaultHeader) -> str:
        """Of the two names for a vault's secret the one that is free, the second one if none is."""
        first, second = _secret_names(header)
        return first if self._secret_store.read(first) is None else second

    def may_hold_backups(self, folder: Path) -> bool:
        """See the port."""
        if not folder.is_absolute() or not folder.is_dir():
            return False
        inside = folder.resolve()
        own = self.directory.resolve()
        return own != inside and own not in inside.parents

    def is_on_same_disk(self, folder: Path) -> bool:
        """See the port."""
        return folder.stat().st_dev == self.directory.stat().st_dev

    async def back_up(
        self,
        folder: Path,
        *,
        account: AccountId,
        kit_public_keys: tuple[bytes, ...],
        at: UnixMillis,
        report: Callable[[int, int], None],
        is_cancelled: Callable[[], bool],
    ) -> tuple[Path, int]:
        """See the port."""
        vault, unlocked = self._require_open()
        copy = self.directory / COPY
        source = BackupSource(
            account=account,
            vault=unlocked.header.vault,
            keys=unlocked.keys,
            kit_public_keys=kit_public_keys,
            created_at=at,
        )

        def write() -> tuple[Path, int]:
            contents = {backup_files.STORE_NAME: copy}
            for each in sorted(self.files_directory.iterdir()):
                contents[f"{backup_files.FILES_NAME}/{each.name}"] = each
            path = backup_files.write_backup(
                folder,
                source,
                contents,
                random_bytes=self._random_bytes,
                report=report,
                is_cancelled=is_cancelled,
            )
            backup_files.let_go(folder, source.vault)
            return path, path.stat().st_size

        try:
            with no_room():
                copy.touch(mode=0o600)
                await vault.copy_to(copy)
            return await asyncio.to_thread(write)
        finally:
            copy.unlink(missing_ok=True)

    async def adopt(self, passphrase: str, backup: Path, kit: Kit) -> SqlVault:
        """See the port."""
        with no_room():
            make_private_directory(self.directory)
            make_private_directory(self.files_directory)
        self._take_lock()
        if self.state() is not ProfileState.EMPTY:
            raise VaultError("the profile has an account")
        await self.discard()
        opened = await asyncio.to_thread(backup_files.open_file, backup, kit)
        old = VaultHeader(
            version=1,
            # Another number: this is another vault than the one that was lost, and has secrets of its own.
            vault=self._random_bytes(16),
            source=KeySource.PASSPHRASE,
            stretch=StretchParameters(
                salt=self._random_bytes(16),
                memory_bytes=STRETCH_LEAST_MEMORY_BYTES,
                passes=STRETCH_LEAST_PASSES,
            ),
            wrapped=b"",
        )
        header, os_secret = await asyncio.to_thread(self._bind, old, opened.keys, passphrase)
        with no_room():
            self._write_header(PENDING_HEADER, header)
            await asyncio.to_thread(backup_files.extract, opened, self.directory)
        self._vault = await SqlVault.open(
            self.directory / STORE, opened.keys.store_key, is_new=False
        )
        self._unlocked = _Unlocked(header, opened.keys, os_secret)
        return self._vault

    def rehearse_backup(self, folder: Path, account: AccountId, kit: Kit) -> UnixMillis | None:
        """See the port."""
        _, unlocked = self._require_open()
        newest = backup_files.newest(folder, unlocked.header.vault)
        return None if newest is None else backup_files.rehearse(newest, account, kit)

    def backup_made_at(self, backup: Path) -> UnixMillis:
        """See the port."""
        return backup_files.created_at(backup)

    async def is_confirmation_due(self) -> bool:
        """See the port."""
        vault, unlocked = self._require_open()
        note = await vault.run(lambda store: store.identity.setting(Setting.PASSPHRASE_CHANGE))
        # The note of a change that never came to the header speaks of another one.
        return note == _digest(unlocked.header)

    async def confirm_passphrase(self) -> None:
        """See the port."""
        vault, _ = self._require_open()
        await vault.run(lambda store: store.identity.put_setting(Setting.PASSPHRASE_CHANGE, None))

    async def close(self) -> None:
        """Close the store and let another engine have the profile."""
        await self._close_store()
        self._leave_lock()

    # --- inside ------------------------------------------------------------------------------

    async def _open(self, header_name: str, passphrase: str) -> SqlVault:
        # Left open by an attempt that failed later.
        await self._close_store()
        header = self._read_header(header_name)
        keys, os_secret = await asyncio.to_thread(self._unlock, header, passphrase)
        self._vault = await SqlVault.open(self.directory / STORE, keys.store_key, is_new=False)
        self._unlocked = _Unlocked(header, keys, os_secret)
        return self._vault

    async def _close_store(self) -> None:
        if self._vault is not None:
            await self._vault.close()
        self._vault = self._unlocked = None

    def _require_open(self) -> tuple[SqlVault, _Unlocked]:
        if self._vault is None or self._unlocked is None:
            raise VaultError("the store is not open")
        return self._vault, self._unlocked

    def _usable_os_secret(self) -> bytes | None:
        return self._random_bytes(_OS_SECRET_BYTES) if self._secret_store.is_available() else None

    def _unlock(self, header: VaultHeader, passphrase: str) -> tuple[VaultKeys, bytes | None]:
        """Try the secret under each of its two names: an interrupted renewal leaves both."""
        if header.source is KeySource.PASSPHRASE:
            return unlock_vault(header, passphrase, os_secret=None), None
        try:
            stored = [self._secret_store.read(name) for name in _secret_names(header)]
        except SecretStoreError as error:
            raise OsSecretMissingError("the secret store does not answer") from error
        secrets = [secret for secret in stored if secret is not None]
        if not secrets:
            raise OsSecretMissingError("the secret is gone")
        for secret in secrets[:-1]:
            with contextlib.suppress(WrongPassphraseError):
                return unlock_vault(header, passphrase, os_secret=secret), secret
        return unlock_vault(header, passphrase, os_secret=secrets[-1]), secrets[-1]

    def _write_header(self, name: str, header: VaultHeader) -> None:
        encoded = encode(header)
        write_atomically(self.directory / name, encoded + hashlib.sha256(encoded).digest())

    def _read_header(self, name: str) -> VaultHeader:
        """Read a header. Its check sum tells damage apart from a wrong passphrase; it authenticates nothing."""
        try:
            with (self.directory / name).open("rb") as file:
                raw = file.read(_MAX_HEADER_BYTES)
        except OSError as error:
            raise VaultDamagedError("the header cannot be read") from error
        encoded, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
        if not hmac.compare_digest(hashlib.sha256(encoded).digest(), check):
            raise VaultDamagedError("the header was changed")
        try:
            return decode(VaultHeader, encoded)
        except WireError as error:
            if _version_of(encoded) > 1:
                raise VaultNewerError("the header was written by a newer program") from error
            raise VaultDamagedError("the header is not a header") from error

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """See the port."""
        has_it_already = self._lock is not None
        try:
            self._take_lock()
        except VaultError:
            yield False
            return
        try:
            yield True
        finally:
            if not has_it_already:
                self._leave_lock()

    def _leave_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_lock(self) -> None:
        """Keep other engines out until this process ends, however it ends."""
        if self._lock is not None:
            return
        try:
            handle = os.open(self.directory / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DiskFullError("the lock file cannot be made") from error
        try:
            _lock_exclusively(handle)
        except OSError as error:
            os.close(handle)
            raise VaultInUseError("another engine has this profile open") from error
        self._lock = handle


if sys.platform == "win32":
    import msvcrt

    def _lock_exclusively(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock_exclusively(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _digest(header: VaultHeader) -> bytes:
    return hashlib.sha256(encode(header)).digest()


def _secret_names(header: VaultHeader) -> tuple[str, str]:
    """Where the system's secret is, and where a fresh one goes while the first name is taken."""
    name = f"vault-{header.vault.hex()}"
    return name, f"{name}-2"


def _version_of(encoded: bytes) -> int:
    """The version a header of any format names first; 0 if it names none."""
    try:
        first = cbor2.loads(encoded)[0]
    except (cbor2.CBORError, ValueError, TypeError, LookupError):
        return 0
    return first if type(first) is int else 0
