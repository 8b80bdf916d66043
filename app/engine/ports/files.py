# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files as the use cases see them: the user's own, and encrypted ones beside the store.

Every method blocks, so it is called on a thread. `report` is called with bytes done so far.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from crypto_core.wire.ids import Hash

if TYPE_CHECKING:
    from crypto_core.wire.ids import BlobId

Report: TypeAlias = Callable[[int], None]


class FileError(Exception):
    """A file cannot be read or written; `name` says which, for the message."""

    def __init__(self, name: str = "") -> None:
        super().__init__(type(self).__name__)
        self.name = name


class FileUnreadableError(FileError):
    """Not there, not a plain file, or no permission."""


class FileIsFolderError(FileUnreadableError):
    """A folder; what is in it can be taken file by file."""


class FileTooLargeError(FileError):
    """Larger than an attachment may be."""


class FileChangedError(FileError):
    """The file changed while it was read; nothing of it was kept."""


class DirectoryUnwritableError(FileError):
    """Nothing can be written there."""


class NoSpaceError(FileError):
    """There is no room to write."""


class SealedFileDamagedError(FileError):
    """An encrypted file does not open, or is not the one it should be."""


class SealedFileMissingError(FileError):
    """An encrypted file is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file the user chose. `size` in bytes."""

    path: Path
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file that was sealed: size and SHA-256 of what was read and of what was written."""

    size: int
    sha256: Hash
    sealed_size: int
    sealed_sha256: Hash


class Files(Protocol):
    """The user's files and the encrypted ones. All methods raise FileError."""

    def inspect(self, path: str) -> SourceFile:
        """Name, kind and size of a file the user chose."""

    def seal(
        self, source: SourceFile, blob: BlobId, *, key: bytes, prefix: bytes, report: Report
    ) -> SealedFile:
        """Seal a user's file into a new encrypted file, which is on the disk when this returns."""

    def media_type_of(self, name: str) -> str:
        """What a name says about its file."""

    def seal_again(
        self,
        old: BlobId,
        blob: BlobId,
        *,
        old_key: bytes,
        size: int,
        sha256: Hash,
        key: bytes,
        prefix: bytes,
        report: Report,
    ) -> SealedFile:
        """Seal what an encrypted file holds into another one, verified to its last byte, under another key."""

    def put_sealed(self, blob: BlobId, sealed: bytes) -> None:
        """Keep bytes that are sealed already."""

    def read_sealed(self, blob: BlobId, *, offset: int, length: int) -> bytes:
        """Part of an encrypted file; shorter only at its end."""

    def received(self, blob: BlobId) -> int:
        """How many bytes of an encrypted file have been fetched so far."""

    def append(self, blob: BlobId, part: bytes) -> None:
        """Add fetched bytes to an encrypted file that is not complete."""

    def drop_partial(self, blob: BlobId) -> None:
        """Forget fetched bytes."""

    def finish(self, blob: BlobId, *, key: bytes, size: int, sha256: Hash) -> None:
        """Verify a fetched file to its last byte and keep it. Raises SealedFileDamagedError."""

    def save(
        self,
        blob: BlobId,
        *,
        key: bytes,
        size: int,
        sha256: Hash,
        name: str,
        directory: str,
        report: Report,
    ) -> Path:
        """Open an encrypted file into a directory, under its own name made safe and unique.

        The file appears there complete and verified, or not at all.
        """

    def load(self, blob: BlobId, *, key: bytes, size: int, sha256: Hash) -> bytes:
        """Open an encrypted file in memory, complete and verified."""

    def place(self, content: bytes, *, name: str, directory: str) -> Path:
        """Write bytes into a directory of the user's, as `save` does."""

    def remove(self, blob: BlobId) -> None:
        """Delete an encrypted file; harmless if absent."""

    def destroy(self, blob: BlobId) -> None:
        """Overwrite the beginning of an encrypted file and delete it; harmless if absent."""

    def stored(self) -> frozenset[BlobId]:
        """Every encrypted file, complete or not."""


class Copies(Protocol):
    """Readable copies for other programs, until they are forgotten. All methods block."""

    def make_folder(self, size: int) -> str:
        """Make a folder of this person alone, with room for `size` bytes. Raises FileError."""

    def protect(self, path: str) -> None:
        """Let nobody change a copy, so that work is not lost in a file that is removed."""

    def are_left(self) -> bool:
        """Whether there may be any, also of an earlier process."""

    def forget(self) -> bool:
        """Remove all copies, also those of an earlier process; False if another program holds one."""
