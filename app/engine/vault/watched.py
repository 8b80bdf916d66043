# SPDX-License-Identifier: AGPL-3.0-or-later
"""The folders of practice software on the disk: nothing is followed out of them, nothing of others is replaced.

```
to-send/            what software drops, also within a folder that bears a contact's name
sent/ refused/      one folder for each letter, and beside it its result (and the reason)
received/           documents, and beside each its result
.u-healthsec/DESK/  this computer's desk: `out/UNIT/` was taken to be sent, `in/UNIT/` is about to be delivered
```
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine.ports.files import DirectoryUnwritableError, FileUnreadableError, NoSpaceError
from app.engine.ports.folders import (
    MAX_NOTE_BYTES,
    NOTE_ENDING,
    RECEIVED,
    REFUSED,
    RESULT_ENDING,
    SENT,
    TO_SEND,
    Claim,
    Dropped,
    FolderInvalidError,
    FolderMissingError,
    Watched,
)
from app.engine.vault.durable import FULL, make_private_directory, sync_directory
from app.engine.vault.files import safe_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_DESKS: Final = ".u-healthsec"
_OUT: Final = "out"
_IN: Final = "in"
_FROM: Final = ".from"
"""On the desk: the folder that something was taken from. Hidden, so that no taken file is called so."""
_UNFINISHED: Final = (
    ".tmp",
    ".temp",
    ".part",
    ".partial",
    ".filepart",
    ".crdownload",
    ".download",
    ".opdownload",
    ".lock",
    ".lck",
    ".swp",
    "~",
)
_BEING_SAVED: Final = re.compile(r"\.sb-[0-9a-f]{8}-\w+$")
"""What macOS calls a document that a program is saving anew."""
_OF_THE_SYSTEM: Final = frozenset(
    {
        "desktop.ini",
        "thumbs.db",
        "ehthumbs.db",
        "icon\r",
        "@eadir",
        "#recycle",
        "$recycle.bin",
        "lost+found",
    }
)
"""What Windows, macOS and network drives put into any folder."""
_MOST_NAMESAKES: Final = 100_000
_MAX_RESULT_BYTES: Final = 512 * 1024
# A pipe would keep whoever opens it waiting, a link would lead elsewhere.
_READ: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


class FoldersOnDisk:
    """Implements `WatchedFolders`. The profile's own directory is never watched."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile

    def prepare(self, at: Watched) -> None:
        """See the port."""
        root = Path(at.folder)
        try:
            if not root.is_absolute() or not root.is_dir():
                raise FolderInvalidError(at.folder)
            inside, own = root.resolve(), self._profile.resolve()
        except (OSError, ValueError):
            raise FolderInvalidError(at.folder) from None
        if inside == own or own in inside.parents or inside in own.parents:
            raise FolderInvalidError(at.folder)
        with _writing(at):
            for name in (TO_SEND, SENT, REFUSED, RECEIVED, _DESKS):
                _make(root / name)
            # Last, because it says that all of this was done.
            _make(self._desk(at))
            sync_directory(root)

    def require(self, at: Watched) -> None:
        """See the port."""
        if not _is_directory(self._desk(at)):
            raise FolderMissingError(at.folder)
        with _writing(at):
            for name in (TO_SEND, SENT, REFUSED, RECEIVED):
                _make(Path(at.folder) / name)

    def look(self, at: Watched) -> tuple[tuple[Dropped, ...], tuple[str, ...]]:
        """See the port."""
        root = Path(at.folder) / TO_SEND
        found: list[Dropped] = []
        unreadable: list[str] = []
        with _writing(at):
            for thing, entry in _things(root, ""):
                if not entry.is_dir(follow_symlinks=False):
                    found.append(thing)
                    continue
                try:
                    found += [inner for inner, _ in _things(root / entry.name, entry.name)]
                except OSError:
                    # One folder that somebody else made is no reason to leave all the others.
                    unreadable.append(entry.name)
        return tuple(found), tuple(unreadable)

    def read_note(self, at: Watched, note: Dropped) -> bytes:
        """See the port."""
        return _content(Path(at.folder) / TO_SEND / note.place / note.name, MAX_NOTE_BYTES)

    def begin(self, at: Watched, unit: str, place: str) -> None:
        """See the port."""
        with _writing(at):
            claim = self._out(at, unit)
            make_private_directory(claim)
            (claim / _FROM).write_bytes(os.fsencode(place))
            sync_directory(claim.parent)

    def take(self, at: Watched, unit: str, thing: Dropped) -> bool:
        """See the port."""
        place = Path(at.folder) / TO_SEND / thing.place
        claim = self._out(at, unit)
        with _writing(at):
            try:
                (place / thing.name).rename(claim / thing.name)
            except FileNotFoundError:
                return False
            # Were the store to know of it, and the disk not, it would be sent again.
            sync_directory(claim)
            # Somebody may have renamed the place since.
            with suppress(FileNotFoundError):
                sync_directory(place)
        return True

    def claims(self, at: Watched) -> tuple[Claim, ...]:
        """See the port."""
        found = []
        with _writing(at):
            out = self._desk(at) / _OUT
            for claim in sorted(out.iterdir()) if out.is_dir() else ():
                place = _origin(claim)
                things = tuple(thing for thing, _ in _things(claim, place, is_desk=True))
                if things:
                    found.append(Claim(unit=claim.name, place=place, files=things))
                else:
                    # It was begun, and nothing was taken.
                    shutil.rmtree(claim, ignore_errors=True)
        return tuple(found)

    def read_claimed(self, at: Watched, unit: str, name: str) -> bytes:
        """See the port."""
        return _content(self._out(at, unit) / name, MAX_NOTE_BYTES)

    def path_of(self, at: Watched, unit: str, name: str) -> str:
        """See the port."""
        return str(self._out(at, unit) / name)

    def give_back(self, at: Watched, unit: str) -> None:
        """See the port."""
        claim = self._out(at, unit)
        with _writing(at):
            place = Path(at.folder) / TO_SEND / _origin(claim)
            for thing, _ in _things(claim, "", is_desk=True):
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
                target = place / thing.name
                if not os.path.lexists(target):
                    (claim / thing.name).rename(target)
                sync_directory(place)
            if not _things(claim, "", is_desk=True):
                shutil.rmtree(claim, ignore_errors=True)

    def write(
        self, at: Watched, into: str, name: str, content: bytes, *, only_again: bool = False
    ) -> None:
        """See the port."""
        target = Path(at.folder) / into / name
        with _writing(at):
            if only_again and not target.exists():
                return
            # On the desk first, so that nobody sees half of it.
            temporary = self._desk(at) / "writing"
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
            sync_directory(target.parent)

    def put_away(self, at: Watched, unit: str, into: str, label: str) -> None:
        """See the port."""
        claim = self._out(at, unit)
        with _writing(at):
            if not claim.is_dir():
                return
            (claim / _FROM).unlink(missing_ok=True)
            claim.rename(Path(at.folder) / into / label)
            sync_directory(Path(at.folder) / into)
            sync_directory(claim.parent)

    def arrival_folder(self, at: Watched, unit: str) -> str:
        """See the port."""
        folder = self._desk(at) / _IN / unit
        with _writing(at):
            shutil.rmtree(folder, ignore_errors=True)
            make_private_directory(folder)
        return str(folder)

    def free_name(self, at: Watched, path: str) -> str:
        """See the port."""
        received = Path(at.folder) / RECEIVED
        wanted = Path(path).name
        if wanted.casefold().endswith((RESULT_ENDING, NOTE_ENDING)):
            # No correspondent writes what looks like a result, or like a note once it is put into `to-send`.
            wanted += ".txt"
        stem, ending = os.path.splitext(wanted)  # noqa: PTH122 - of a name that is not a path yet
        for number in range(1, _MOST_NAMESAKES):
            name = wanted if number == 1 else f"{stem} ({number}){ending}"
            if not any(
                os.path.lexists(received / each) for each in (name, f"{name}{RESULT_ENDING}")
            ):
                return name
        raise DirectoryUnwritableError(at.folder)

    def deliver(self, at: Watched, unit: str, name: str) -> bool:
        """See the port."""
        folder = self._desk(at) / _IN / unit
        target = Path(at.folder) / RECEIVED / name
        with _writing(at):
            waiting = [thing for thing, _ in _things(folder, "", is_desk=True)]
            if waiting:
                if os.path.lexists(target):
                    return False
                # One step, after which nothing is left here: so it is never done twice, whoever takes it away.
                (folder / waiting[0].name).rename(target)
                sync_directory(target.parent)
                sync_directory(folder)
        return True

    def forget_arrivals(self, at: Watched, keeping: frozenset[str]) -> None:
        """See the port."""
        folder = self._desk(at) / _IN
        with _writing(at):
            for each in folder.iterdir() if folder.is_dir() else ():
                if each.name not in keeping:
                    shutil.rmtree(each, ignore_errors=True)

    def safe_name(self, name: str) -> str:
        """See the port."""
        return safe_name(name)

    def read_beside(self, path: str, name: str) -> tuple[int, bytes] | None:
        """See the port."""
        result = Path(path)
        if name in {"", ".", ".."} or "/" in name or "\\" in name:
            return None
        # What was sent lies in a folder beside its result, what was received is beside it itself.
        label = result.name.removesuffix(RESULT_ENDING)
        for place in (result.parent / name, result.parent / label / name):
            try:
                with os.fdopen(os.open(place, _READ), "rb") as file:
                    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                        continue
                    digest = hashlib.file_digest(file, "sha256").digest()
                    return os.fstat(file.fileno()).st_size, digest
            except (OSError, ValueError):
                continue
        return None

    def read_result(self, path: str) -> bytes:
        """See the port."""
        return _content(Path(path), _MAX_RESULT_BYTES)

    # --- inside ------------------------------------------------------------------------------

    def _desk(self, at: Watched) -> Path:
        return Path(at.folder) / _DESKS / at.desk

    def _out(self, at: Watched, unit: str) -> Path:
        return self._desk(at) / _OUT / unit


def _make(folder: Path) -> None:
    """Make a folder of this person alone; a link in its place is none."""
    if not _is_directory(folder):
        folder.mkdir(mode=0o700)
    if sys.platform != "win32" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        folder.chmod(0o700)


def _is_directory(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _things(
    folder: Path, place: str, *, is_desk: bool = False
) -> list[tuple[Dropped, os.DirEntry[str]]]:
    found = []
    try:
        entries = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    with entries:
        for entry in entries:
            if entry.name.startswith(".") or (not is_desk and is_unfinished(entry.name)):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if not is_desk and is_hidden(status):
                continue
            # On Windows only the open file tells how many names it has.
            thing = Dropped(
                place=place,
                name=entry.name,
                is_file=stat.S_ISREG(status.st_mode) and status.st_nlink <= 1,
                size=status.st_size,
                version=(status.st_size, status.st_mtime_ns, entry.inode()),
            )
            found.append((thing, entry))
    return sorted(found, key=lambda each: each[0].name)


def is_unfinished(name: str) -> bool:
    """Whether programs call what they are still writing so, or what is no document: locks, pictures of contents."""
    small = name.casefold()
    return (
        small.startswith("~$")
        or small.endswith(_UNFINISHED)
        or small in _OF_THE_SYSTEM
        or _BEING_SAVED.search(small) is not None
    )


def is_hidden(status: object) -> bool:
    """Whether Windows or macOS keep a file from the eyes of people, as Word does with its locks."""
    attributes = getattr(status, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_HIDDEN
    flags = getattr(status, "st_flags", 0) & getattr(stat, "UF_HIDDEN", 0x8000)
    return bool(attributes or flags)


def _origin(claim: Path) -> str:
    try:
        place = os.fsdecode((claim / _FROM).read_bytes())
    except OSError:
        return ""
    return "" if place in {".", ".."} or "/" in place or "\\" in place else place


def _content(path: Path, most: int) -> bytes:
    """Read a plain file, one byte more at most than it may have."""
    try:
        with os.fdopen(os.open(path, _READ), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FileUnreadableError(path.name)
            return file.read(most + 1)
    except (OSError, ValueError):
        raise FileUnreadableError(path.name) from None


@contextmanager
def _writing(at: Watched) -> Iterator[None]:
    """Turn what the system answers into the port's errors."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoSpaceError(at.folder) from error
        if not Path(at.folder, _DESKS, at.desk).is_dir() and error.errno in {
            errno.ENOENT,
            errno.ENOTDIR,
            errno.ENODEV,
            errno.EIO,
        }:
            raise FolderMissingError(at.folder) from error
        raise DirectoryUnwritableError(at.folder) from error
    except ValueError as error:
        raise DirectoryUnwritableError(at.folder) from error
