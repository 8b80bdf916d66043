# SPDX-License-Identifier: AGPL-3.0-or-later
"""Backups: one a day into the chosen folder, one now if somebody wants it, and what became of the last one."""

from __future__ import annotations

import asyncio
import errno
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine import kits, known_kits
from app.engine.journal.noting import note
from app.engine.ports.vault import BackupCancelledError, DiskFullError, Setting, VaultError
from app.interface.events import Progress
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import BackupFolder, BackupMade, BackupTrouble
from crypto_core.trust.signatures import sha256
from crypto_core.wire.journal import Action, JournalledSetting

if TYPE_CHECKING:
    from app.engine.ports.vault import Profile, Store
    from app.engine.session import Session

DAY_MILLIS: Final = 86_400_000
LOOK_SECONDS: Final = 900.0
_REPORT_BYTES: Final = 1024 * 1024
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FAILURES: Final = {
    BackupTrouble.FOLDER_MISSING: Failure.BACKUP_FOLDER_MISSING,
    BackupTrouble.FOLDER_UNWRITABLE: Failure.DIRECTORY_UNWRITABLE,
    BackupTrouble.DISK_FULL: Failure.DISK_FULL,
    BackupTrouble.UNREADABLE: Failure.PROFILE_DAMAGED,
    BackupTrouble.CANCELLED: Failure.BACKUP_CANCELLED,
}

_log = logging.getLogger(__name__)


class Backups:
    """The backups of one unlocked profile, one at a time."""

    def __init__(
        self, session: Session, profile: Profile, *, look_seconds: float = LOOK_SECONDS
    ) -> None:
        """Take the profile that is open; `run` looks so often whether a backup is due."""
        self._look_seconds = look_seconds
        self._session = session
        self._profile = profile
        self._is_running = False
        self._ended = asyncio.Event()
        self._cancelled = threading.Event()

    async def choose(self, folder: str) -> BackupFolder:
        """Keep daily backups in a folder; empty ends that. Raises CommandError."""
        is_same = False
        if folder:
            path = Path(folder)
            if not await asyncio.to_thread(self._profile.may_hold_backups, path):
                raise CommandError(Failure.BACKUP_FOLDER_INVALID)
            is_same = await asyncio.to_thread(self._profile.is_on_same_disk, path)
        kept = folder.encode() if folder else None
        same = b"1" if is_same else None

        def keep(store: Store) -> None:
            store.identity.put_setting(Setting.BACKUP_FOLDER, kept)
            store.identity.put_setting(Setting.BACKUP_SAME_DISK, same)
            store.identity.put_setting(Setting.BACKUP_FAILED, None)
            note(
                store,
                self._session,
                Action.SETTING_CHANGED,
                number=int(JournalledSetting.BACKUP_FOLDER),
            )

        await self._session.vault.run(keep)
        self._session.wakes.status.set()
        return BackupFolder(is_on_same_disk=is_same)

    async def now(self, folder: str, *, request: int = 0) -> BackupMade:
        """Make a backup. Raises CommandError."""
        if self._is_running:
            raise CommandError(Failure.BACKUP_RUNNING)
        chosen = await self._session.vault.run(
            lambda store: store.identity.setting(Setting.BACKUP_FOLDER)
        )
        target = folder or ("" if chosen is None else chosen.decode())
        if not target:
            raise CommandError(Failure.BACKUP_FOLDER_MISSING)
        if folder and not await asyncio.to_thread(self._profile.may_hold_backups, Path(folder)):
            raise CommandError(Failure.BACKUP_FOLDER_INVALID)
        self._is_running = True
        self._ended.clear()
        self._cancelled.clear()
        try:
            public_keys = await kits.public_keys(self._session)
            made = await self._make(Path(target), request, public_keys)
        except _TroubleError as error:
            await self._note_failed(error.trouble)
            raise CommandError(_FAILURES[error.trouble]) from error
        finally:
            self._is_running = False
            self._ended.set()
        at, opening = str(made.at).encode(), sha256(*public_keys)

        def keep(store: Store) -> None:
            store.identity.put_setting(Setting.BACKUP_MADE_AT, at)
            store.identity.put_setting(Setting.BACKUP_KITS, opening)
            store.identity.put_setting(Setting.BACKUP_FAILED, None)
            store.erasures.note_backup(made.path, made.at)
            note(store, self._session, Action.BACKED_UP)

        await self._session.vault.run(keep)
        self._session.wakes.status.set()
        return made

    def cancel(self) -> None:
        """Stop the one that is being made."""
        self._cancelled.set()

    async def stop(self) -> None:
        """Stop the one that is being made, and wait until nothing of it remains."""
        self.cancel()
        if self._is_running:
            await self._ended.wait()

    async def run(self) -> None:
        """Make a backup whenever the last one is a day old or opens with a former kit only, until cancelled.

        It looks again and again instead of sleeping for a day: while the computer sleeps, so do timers.
        """
        while True:
            if await self._is_due():
                try:
                    await self.now("")
                except CommandError as error:
                    _log.warning("no backup was made: %s", error.failure.value)
            await asyncio.sleep(self._look_seconds)

    async def _is_due(self) -> bool:
        folder, made_at, owner, following, kits_then, kits_now = await self._session.vault.run(
            lambda store: (
                store.identity.setting(Setting.BACKUP_FOLDER),
                store.identity.setting(Setting.BACKUP_MADE_AT),
                store.identity.owner(),
                known_kits.following(store),
                store.identity.setting(Setting.BACKUP_KITS),
                known_kits.public_keys(store),
            )
        )
        # What no paper opens would be a backup in name only; beside a new kit there is still the old one.
        is_printed = owner is not None and (
            owner.pending_recovery_code is None or following is not None
        )
        last = 0 if made_at is None else int(made_at)
        is_old = self._session.now() - last >= DAY_MILLIS or kits_then != sha256(*kits_now)
        return folder is not None and is_printed and is_old

    async def _make(self, folder: Path, request: int, public_keys: tuple[bytes, ...]) -> BackupMade:
        if not await asyncio.to_thread(folder.is_dir):
            raise _TroubleError(BackupTrouble.FOLDER_MISSING)
        loop, last = asyncio.get_running_loop(), 0

        def report(done: int, total: int) -> None:
            nonlocal last
            if request and (done - last >= _REPORT_BYTES or done == total):
                last = done
                event = Progress(request=request, done=done, total=total)
                loop.call_soon_threadsafe(self._session.publish, event)

        at = self._session.now()
        try:
            path, size = await self._profile.back_up(
                folder,
                account=self._session.owner.account,
                kit_public_keys=public_keys,
                at=at,
                report=report,
                is_cancelled=self._cancelled.is_set,
            )
        except asyncio.CancelledError:
            self._cancelled.set()
            raise
        except BackupCancelledError as error:
            raise _TroubleError(BackupTrouble.CANCELLED) from error
        except DiskFullError as error:
            raise _TroubleError(BackupTrouble.DISK_FULL) from error
        except VaultError as error:
            raise _TroubleError(BackupTrouble.UNREADABLE) from error
        except OSError as error:
            is_full = error.errno in _FULL
            trouble = BackupTrouble.DISK_FULL if is_full else BackupTrouble.FOLDER_UNWRITABLE
            raise _TroubleError(trouble) from error
        return BackupMade(path=str(path), size=size, at=at)

    async def _note_failed(self, trouble: BackupTrouble) -> None:
        noted = f"{self._session.now()} {int(trouble)}".encode()
        await self._session.vault.run(
            lambda store: store.identity.put_setting(Setting.BACKUP_FAILED, noted)
        )
        self._session.wakes.status.set()


class _TroubleError(Exception):
    def __init__(self, trouble: BackupTrouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble
