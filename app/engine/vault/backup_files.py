# SPDX-License-Identifier: AGPL-3.0-or-later
"""Backup files on the disk: written whole or not at all, read back, and the old ones let go.

Inside the sealed stream is a tar archive (GNU) of `vault.db`, which is encrypted as it lies in the profile, and
of the encrypted files in `files/`. Any tar reads it once the stream is opened.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import tarfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from app.engine.ports.vault import BackupCancelledError, BackupUnreadableError
from app.engine.vault.durable import sync_directory
from crypto_core.errors import CryptoCoreError, WireError
from crypto_core.keys.backup import BackupSource, open_backup, read_backup_header, seal_backup
from crypto_core.wire.limits import CHUNK_BYTES, MAX_BACKUP_HEADER_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.engine.ports.machine import RandomBytes
    from crypto_core.keys.backup import OpenedBackup
    from crypto_core.keys.kit import Kit
    from crypto_core.wire.backup import BackupHeader
    from crypto_core.wire.ids import AccountId, UnixMillis

STORE_NAME: Final = "vault.db"
FILES_NAME: Final = "files"
KEPT_DAYS: Final = 7
KEPT_WEEKS: Final = 4
_NAME: Final = re.compile(r"uhealthsec-(\d{4})-(\d\d)-(\d\d)-([0-9a-f]{8})\.backup")
_FILE: Final = re.compile(r"files/[0-9a-f]{32}(\.part)?")
_PART: Final = ".backup.part"
_BEGINNING_BYTES: Final = MAX_BACKUP_HEADER_BYTES + 64


def write_backup(
    folder: Path,
    source: BackupSource,
    contents: dict[str, Path],
    *,
    random_bytes: RandomBytes,
    report: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> Path:
    """Write today's backup in the place of an earlier one of today, and return its path.

    Days are those of UTC, everywhere: wherever the computer is and however its clock is turned with the seasons,
    a later backup never has an earlier day. The beginning of the vault's number keeps those of several computers
    on one disk apart. `contents` are names in the archive and the files behind them. Raises OSError,
    BackupCancelledError; then nothing of it remains.
    """
    day = datetime.fromtimestamp(source.created_at / 1000, tz=UTC).date()
    name = f"uhealthsec-{day.isoformat()}-{_tag(source.vault)}"
    path, temporary = folder / f"{name}.backup", folder / f"{name}{_PART}"
    total = sum(each.stat().st_size for each in contents.values())
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            done = 0
            for piece in seal_backup(source, _archive(contents), random_bytes=random_bytes):
                _require_wanted(is_cancelled)
                file.write(piece)
                done += len(piece)
                report(min(done, total), total)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(folder)
    return path


def _require_wanted(is_cancelled: Callable[[], bool]) -> None:
    if is_cancelled():
        raise BackupCancelledError("the backup was cancelled")


def let_go(folder: Path, vault: bytes) -> None:
    """Remove, of one vault's, all but the newest seven days and, of what is older, the newest of four weeks."""
    found = _backups_of(folder, vault)
    days = sorted(found, reverse=True)
    weeks: dict[tuple[int, int], date] = {}
    for day in days[KEPT_DAYS:]:
        weeks.setdefault(day.isocalendar()[:2], day)
    kept = {*days[:KEPT_DAYS], *list(weeks.values())[:KEPT_WEEKS]}
    for day in days:
        if day not in kept:
            found[day].unlink(missing_ok=True)


def all_of(folder: Path, vault: bytes) -> tuple[Path, ...]:
    """Return all backups of a vault in a folder. Raises OSError."""
    return tuple(_backups_of(folder, vault).values())


def newest(folder: Path, vault: bytes) -> Path | None:
    """Return the newest backup of a vault in a folder. Raises OSError."""
    found = _backups_of(folder, vault)
    return found[max(found)] if found else None


def rehearse(path: Path, account: AccountId, kit: Kit) -> UnixMillis:
    """Unwrap the keys of a backup and verify its first chunk; return when it was made.

    Raises BackupUnreadableError (not a backup of this account and kit, or damaged at its beginning).
    """
    opened = open_file(path, kit)
    try:
        next(opened.pieces)
    except (OSError, CryptoCoreError) as error:
        raise BackupUnreadableError("the backup is damaged") from error
    if opened.header.account != account:
        raise BackupUnreadableError("the backup is of another account")
    return opened.header.created_at


def header_of(path: Path) -> BackupHeader:
    """Return whose a backup says it is, and of when. Raises BackupUnreadableError."""
    try:
        with path.open("rb") as file:
            return read_backup_header(file.read(_BEGINNING_BYTES))
    except (OSError, WireError) as error:
        raise BackupUnreadableError("not a backup") from error


def open_file(path: Path, kit: Kit) -> OpenedBackup:
    """Open a backup. Raises BackupUnreadableError (not a backup, or another kit's)."""
    try:
        return open_backup(kit, _chunks_of(path))
    except (OSError, CryptoCoreError) as error:
        raise BackupUnreadableError("not a backup of this kit") from error


def extract(opened: OpenedBackup, profile: Path) -> None:
    """Put store and files into an empty profile. Raises BackupUnreadableError, OSError; then parts are there."""
    try:
        with tarfile.open(
            fileobj=_Stream(opened.pieces), mode="r|", format=tarfile.GNU_FORMAT
        ) as tar:
            has_store = False
            for member in tar:
                is_store = member.name == STORE_NAME
                if not member.isfile() or not (is_store or _FILE.fullmatch(member.name)):
                    raise BackupUnreadableError("the backup holds something else")
                has_store = has_store or is_store
                _place(tar, member, profile / member.name)
        for _ in opened.pieces:
            # To its last piece: only then it is complete.
            pass
    except (tarfile.TarError, CryptoCoreError, EOFError) as error:
        raise BackupUnreadableError("the backup is damaged or cut off") from error
    if not has_store:
        raise BackupUnreadableError("the backup holds no store")


def _place(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    content = tar.extractfile(member)
    if content is None:
        raise BackupUnreadableError("the backup is damaged")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        while piece := content.read(CHUNK_BYTES):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _archive(contents: dict[str, Path]) -> Iterator[bytes]:
    for name, path in contents.items():
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            info = tarfile.TarInfo(name)
            info.size, info.mode = size, 0o600
            yield info.tobuf(tarfile.GNU_FORMAT)
            left = size
            while left:
                piece = file.read(min(CHUNK_BYTES, left))
                if not piece:
                    raise OSError("a file became shorter while it was read")
                left -= len(piece)
                yield piece
            yield bytes(-size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _chunks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece


def _tag(vault: bytes) -> str:
    return vault[:4].hex()


def _backups_of(folder: Path, vault: bytes) -> dict[date, Path]:
    found = {}
    for path in folder.iterdir():
        name = _NAME.fullmatch(path.name)
        if name is None or name[4] != _tag(vault):
            continue
        with contextlib.suppress(ValueError):
            found[date(*(int(name[part]) for part in (1, 2, 3)))] = path
    return found


class _Stream(io.RawIOBase):
    """Pieces as something that can be read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._held = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, have = [self._held], len(self._held)
        while size < 0 or have < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            parts.append(piece)
            have += len(piece)
        joined = b"".join(parts)
        wanted = len(joined) if size < 0 else size
        self._held = joined[wanted:]
        return joined[:wanted]


def created_at(path: Path) -> UnixMillis:
    """Return when a backup says it was made. Raises BackupUnreadableError."""
    return header_of(path).created_at
