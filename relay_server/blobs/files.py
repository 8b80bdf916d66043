# SPDX-License-Identifier: AGPL-3.0-or-later
"""Blobs as files: an upload grows part by part, each on the disk before it is confirmed, and is then sealed.

All functions block; the service calls them in threads.
"""

from __future__ import annotations

import errno
import hashlib
import os
from typing import TYPE_CHECKING, Final

from crypto_core.wire.ids import BlobId, Hash
from crypto_core.wire.limits import MIB
from crypto_core.wire.relay_api import ProblemCode
from relay_server.errors import ProblemError
from relay_server.files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UPLOAD_SUFFIX: Final = ".part"
_READ_BYTES: Final = MIB


class BlobFiles:
    """The blobs below one folder, in 256 sub-folders by the first byte of their id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for each in (folder, *(folder / f"{first:02x}" for first in range(256))):
            each.mkdir(mode=0o700, exist_ok=True)

    def path(self, blob: BlobId) -> Path:
        """Return where a complete blob lies."""
        return self._folder / blob.hex()[:2] / blob.hex()

    def received(self, blob: BlobId) -> int:
        """Return how many bytes of a blob there are."""
        for path in (self.path(blob), self._upload(blob)):
            try:
                return path.stat().st_size
            except FileNotFoundError:
                continue
        return 0

    def append(self, blob: BlobId, part: bytes, *, offset: int) -> None:
        """Add a part at `offset`, where the upload stands. Raises ProblemError when the disk is full."""
        path = self._upload(blob)
        is_new = not path.exists()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            try:
                file.seek(offset)
                rest = memoryview(part)
                while rest:
                    rest = rest[file.write(rest) :]
                os.fsync(file.fileno())
            except OSError as error:
                file.truncate(offset)
                if error.errno in _FULL:
                    raise ProblemError(
                        ProblemCode.STORAGE_FULL, "the relay's storage is full"
                    ) from error
                raise
        if is_new:
            sync_folder(path.parent)

    def seal(self, blob: BlobId, *, blob_hash: Hash) -> bool:
        """Make an upload the blob, if it has this hash; otherwise throw it away and return False."""
        final, upload = self.path(blob), self._upload(blob)
        path = final if final.exists() else upload
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_READ_BYTES):
                digest.update(block)
        if digest.digest() != blob_hash:
            path.unlink()
            return False
        if path is upload:
            upload.replace(final)
            sync_folder(final.parent)
        return True

    def remove(self, blob: BlobId) -> None:
        """Remove a blob and its upload."""
        self.path(blob).unlink(missing_ok=True)
        self._upload(blob).unlink(missing_ok=True)

    def all(self) -> Iterator[BlobId]:
        """Yield every blob and upload there is."""
        for path in self._folder.glob("??/*"):
            try:
                yield BlobId(bytes.fromhex(path.name.removesuffix(_UPLOAD_SUFFIX)))
            except ValueError:
                continue

    def _upload(self, blob: BlobId) -> Path:
        return self.path(blob).with_suffix(_UPLOAD_SUFFIX)
