# SPDX-License-Identifier: AGPL-3.0-or-later
"""Encrypted files beside the store, and the user's files they come from and go to.

A sealed file is exactly the blob that the relay carries. Its key is in the vault and nowhere else. A file
that is being written or fetched ends in `.part`, and only counts when it has lost that ending.
"""

from __future__ import annotations

import errno
import mimetypes
import os
import stat
import sys
import time
import unicodedata
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from app.engine.ports.files import (
    DirectoryUnwritableError,
    FileChangedError,
    FileError,
    FileIsFolderError,
    FileTooLargeError,
    FileUnreadableError,
    NoSpaceError,
    SealedFile,
    SealedFileDamagedError,
    SealedFileMissingError,
    SourceFile,
)
from app.engine.vault.durable import FULL, make_private_directory, sync_directory
from app.engine.vault.hashing import BackgroundHash
from app.engine.vault.rekeying import shred
from crypto_core.errors import DecryptionError, KeyStateError
from crypto_core.keys.streams import SEALED_CHUNK_BYTES, open_stream, seal_stream
from crypto_core.wire.ids import BlobId, Hash
from crypto_core.wire.limits import (
    CHUNK_BYTES,
    MAX_BLOB_BYTES,
    MAX_FILE_NAME_BYTES,
    STREAM_PREFIX_BYTES,
)
from crypto_core.wire.padding import sealed_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.engine.ports.files import Report

_PART: Final = ".part"
_MEDIA_TYPES: Final = mimetypes.MimeTypes()
_MEDIA_TYPES.add_type("application/dicom", ".dcm")
_UNKNOWN_TYPE: Final = "application/octet-stream"
_SAFE_NAME_BYTES: Final = 200
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)}
)
_MAX_NAMESAKES: Final = 10_000


class SealedFiles:
    """Implements `Files` on a private directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def inspect(self, path: str) -> SourceFile:
        """See the port."""
        chosen = Path(path)
        try:
            status = chosen.stat()
            if stat.S_ISDIR(status.st_mode):
                raise FileIsFolderError(chosen.name)
            if not stat.S_ISREG(status.st_mode) or not os.access(chosen, os.R_OK):
                raise FileUnreadableError(chosen.name)
        except (OSError, ValueError):
            raise FileUnreadableError(chosen.name) from None
        if sealed_length(status.st_size) > MAX_BLOB_BYTES:
            raise FileTooLargeError(chosen.name)
        name = _cut(chosen.name, MAX_FILE_NAME_BYTES)
        return SourceFile(
            path=chosen,
            name=name,
            media_type=self.media_type_of(name),
            size=status.st_size,
        )

    def media_type_of(self, name: str) -> str:
        """See the port."""
        return _MEDIA_TYPES.guess_type(name)[0] or _UNKNOWN_TYPE

    def seal(
        self, source: SourceFile, blob: BlobId, *, key: bytes, prefix: bytes, report: Report
    ) -> SealedFile:
        """See the port."""
        part = self._part(blob)
        plain, sealed = BackgroundHash(), BackgroundHash()
        written = 0
        try:
            with plain, sealed:
                with self._reading(source) as file, self._new_file(part) as output:
                    before = os.fstat(file.fileno())
                    if before.st_size != source.size:
                        raise FileChangedError(source.name)  # noqa: TRY301 - cleaned up below
                    pieces = plain.passing(_chunks_of(file, plain), report)
                    for piece in seal_stream(key, prefix, pieces, source.size):
                        output.write(piece)
                        sealed.update(piece)
                        written += len(piece)
                    after = os.fstat(file.fileno())
                    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                        raise FileChangedError(source.name)  # noqa: TRY301 - as above
                    os.fsync(output.fileno())
                result = SealedFile(
                    size=source.size,
                    sha256=plain.digest(),
                    sealed_size=written,
                    sealed_sha256=sealed.digest(),
                )
            self._keep(blob)
        except KeyStateError:
            part.unlink(missing_ok=True)
            raise FileChangedError(source.name) from None
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _write_error(error, source.name) from error
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return result

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
        """See the port."""
        part = self._part(blob)
        digest = BackgroundHash()
        written = 0
        try:
            with digest, self._sealed(self._path(old)) as file, self._new_file(part) as output:
                pieces = _reported(_opened(file, key=old_key, size=size, sha256=sha256), report)
                for piece in seal_stream(key, prefix, pieces, size):
                    output.write(piece)
                    digest.update(piece)
                    written += len(piece)
                # The last piece comes before the check of the whole: only the end of the stream says it is right.
                for _ in pieces:
                    pass
                os.fsync(output.fileno())
                result = SealedFile(
                    size=size,
                    sha256=sha256,
                    sealed_size=written,
                    sealed_sha256=digest.digest(),
                )
            self._keep(blob)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _write_error(error, "") from error
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return result

    def put_sealed(self, blob: BlobId, sealed: bytes) -> None:
        """See the port."""
        part = self._part(blob)
        try:
            with self._new_file(part) as output:
                output.write(sealed)
                os.fsync(output.fileno())
            self._keep(blob)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _write_error(error, "") from error

    def read_sealed(self, blob: BlobId, *, offset: int, length: int) -> bytes:
        """See the port."""
        with self._sealed(self._path(blob)) as file:
            file.seek(offset)
            return file.read(length)

    def received(self, blob: BlobId) -> int:
        """See the port."""
        try:
            return self._part(blob).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, blob: BlobId, part: bytes) -> None:
        """See the port."""
        try:
            make_private_directory(self._directory)
            handle = os.open(self._part(blob), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "ab", buffering=0) as output:
                _write_all(output, part)
        except OSError as error:
            raise _write_error(error, "") from error

    def drop_partial(self, blob: BlobId) -> None:
        """See the port."""
        self._part(blob).unlink(missing_ok=True)

    def finish(self, blob: BlobId, *, key: bytes, size: int, sha256: Hash) -> None:
        """See the port."""
        part = self._part(blob)
        with self._sealed(part) as file:
            for _ in _opened(file, key=key, size=size, sha256=sha256):
                pass
        try:
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            self._keep(blob)
        except OSError as error:
            raise _write_error(error, "") from error

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
        """See the port."""
        target = Path(directory)
        temporary = target / f".{blob.hex()}{_PART}"
        with self._sealed(self._path(blob)) as file:
            chunks = _opened(file, key=key, size=size, sha256=sha256)
            return _write_new(temporary, _reported(chunks, report), target, name)

    def place(self, content: bytes, *, name: str, directory: str) -> Path:
        """See the port."""
        target = Path(directory)
        # Nobody else knows the name, and a second one of this process is another moment's.
        temporary = target / f".{os.getpid():x}-{time.monotonic_ns():x}{_PART}"
        return _write_new(temporary, (content,), target, name)

    def load(self, blob: BlobId, *, key: bytes, size: int, sha256: Hash) -> bytes:
        """See the port."""
        with self._sealed(self._path(blob)) as file:
            return b"".join(_opened(file, key=key, size=size, sha256=sha256))

    def remove(self, blob: BlobId) -> None:
        """See the port."""
        for path in (self._path(blob), self._part(blob)):
            path.unlink(missing_ok=True)

    def destroy(self, blob: BlobId) -> None:
        """See the port."""
        for path in (self._path(blob), self._part(blob)):
            # Without its key it is noise already, so nobody waits for the disk.
            shred(path, is_synced=False)

    def stored(self) -> frozenset[BlobId]:
        """See the port."""
        if not self._directory.is_dir():
            return frozenset()
        found = set()
        for path in self._directory.iterdir():
            try:
                blob = bytes.fromhex(path.name.removesuffix(_PART))
            except ValueError:
                continue
            if len(blob) == 16:
                found.add(BlobId(blob))
        return frozenset(found)

    # --- inside ------------------------------------------------------------------------------

    def _path(self, blob: BlobId) -> Path:
        return self._directory / blob.hex()

    def _part(self, blob: BlobId) -> Path:
        return self._directory / f"{blob.hex()}{_PART}"

    def _keep(self, blob: BlobId) -> None:
        self._part(blob).replace(self._path(blob))
        sync_directory(self._directory)

    @contextmanager
    def _new_file(self, path: Path) -> Iterator[_Output]:
        make_private_directory(self._directory)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb", buffering=0) as output:
            yield _Output(output)

    @contextmanager
    def _reading(self, source: SourceFile) -> Iterator[IO[bytes]]:
        try:
            file = source.path.open("rb", buffering=0)
        except OSError:
            raise FileUnreadableError(source.name) from None
        with file:
            yield file

    @contextmanager
    def _sealed(self, path: Path) -> Iterator[IO[bytes]]:
        try:
            file = path.open("rb", buffering=0)
        except FileNotFoundError:
            raise SealedFileMissingError from None
        except OSError as error:
            raise SealedFileDamagedError from error
        with file:
            yield file


class _Output:
    """An unbuffered file that writes everything it is given."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.fileno = file.fileno

    def write(self, piece: bytes) -> None:
        _write_all(self._file, piece)


def safe_name(name: str) -> str:
    """A correspondent's file name, made harmless: no path, no control or direction mark, no device name."""
    # The last part of a path of any system, for the sender may have had another one.
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(
        "_" if character in '<>:"|?*' or unicodedata.category(character)[0] == "C" else character
        for character in unicodedata.normalize("NFC", last)
    ).strip(" .")
    stem, dot, ending = visible.rpartition(".")
    if not dot:
        stem, ending = visible, ""
    if stem.split(".")[0].strip().lower() in _RESERVED:
        stem = f"_{stem}"
    ending = _cut(ending, 32)
    return _cut(stem, _SAFE_NAME_BYTES - 33) + (f".{ending}" if ending else "") or "document"


def _write_new(temporary: Path, chunks: Iterable[bytes], target: Path, name: str) -> Path:
    """Write a file that appears complete under its own name, made safe, or not at all."""
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except (OSError, ValueError) as error:
        raise _directory_error(error, str(target)) from error
    try:
        with os.fdopen(handle, "wb", buffering=0) as output:
            for chunk in chunks:
                _write_all(output, chunk)
            os.fsync(output.fileno())
        final = _place(temporary, target, safe_name(name))
        sync_directory(target)
    except OSError as error:
        raise _directory_error(error, str(target)) from error
    finally:
        temporary.unlink(missing_ok=True)
    return final


def _place(temporary: Path, directory: Path, name: str) -> Path:
    """Give a complete file its final name without ever replacing one that exists."""
    stem, ending = os.path.splitext(name)  # noqa: PTH122 - of a name that is not a path yet
    for number in range(1, _MAX_NAMESAKES):
        final = directory / (name if number == 1 else f"{stem} ({number}){ending}")
        try:
            if sys.platform == "win32":
                temporary.rename(final)
            else:
                os.link(temporary, final)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}:
                raise
            # A file system without links: the name is claimed by an empty file first.
            try:
                os.close(os.open(final, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            except FileExistsError:
                continue
            temporary.replace(final)
        return final
    raise FileExistsError(errno.EEXIST, "too many files of this name", name)


def _chunks_of(file: IO[bytes], hashing: BackgroundHash) -> Iterator[memoryview]:
    """Read a file into buffers that are used again once they have been hashed."""
    while True:
        buffer = hashing.buffer()
        filled = 0
        while filled < CHUNK_BYTES:
            count = file.readinto(buffer[filled:])  # type: ignore[attr-defined]
            if not count:
                break
            filled += count
        if filled:
            yield buffer[:filled]
        if filled < CHUNK_BYTES:
            return


def _opened(file: IO[bytes], *, key: bytes, size: int, sha256: Hash) -> Iterator[bytes]:
    """Yield the plaintext of a sealed file. Raises SealedFileDamagedError at the latest after the last piece."""
    if os.fstat(file.fileno()).st_size != sealed_length(size):
        raise SealedFileDamagedError
    with BackgroundHash() as hashing:
        try:
            for chunk in open_stream(key, _sealed_chunks(file), size):
                hashing.update(chunk)
                yield chunk
        except DecryptionError:
            raise SealedFileDamagedError from None
        except OSError as error:
            raise SealedFileDamagedError from error
        if hashing.digest() != sha256:
            raise SealedFileDamagedError


def _reported(pieces: Iterator[bytes], report: Report) -> Iterator[bytes]:
    done = 0
    for piece in pieces:
        yield piece
        done += len(piece)
        report(done)


def _sealed_chunks(file: IO[bytes]) -> Iterator[bytes | memoryview]:
    yield file.read(STREAM_PREFIX_BYTES)
    # One buffer serves all chunks: each is opened before the next is read.
    buffer = memoryview(bytearray(SEALED_CHUNK_BYTES))
    while True:
        filled = 0
        while filled < SEALED_CHUNK_BYTES:
            count = file.readinto(buffer[filled:])  # type: ignore[attr-defined]
            if not count:
                break
            filled += count
        if not filled:
            return
        yield buffer[:filled]


def _write_all(output: IO[bytes], content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[output.write(view) :]


def _cut(text: str, most: int) -> str:
    return text.encode(errors="replace")[:most].decode(errors="ignore")


def _write_error(error: OSError, name: str) -> FileError:
    return NoSpaceError(name) if error.errno in FULL else DirectoryUnwritableError(name)


def _directory_error(error: OSError | ValueError, directory: str) -> FileError:
    if isinstance(error, OSError) and error.errno in FULL:
        return NoSpaceError(directory)
    return DirectoryUnwritableError(directory)
