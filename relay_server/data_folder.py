# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay's data folder: what lies where, for one relay at a time."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from relay_server.errors import StartError


class DataFolderInUseError(StartError):
    """Another relay works on the data folder."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Names of what a relay keeps outside its database; all of it private to the relay's user."""

    path: Path

    @classmethod
    def prepare(cls, path: Path) -> DataFolder:
        """Make the folder if needed and close it to other users. Raises StartError if that is not possible."""
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.name == "posix" and path.stat().st_uid == os.geteuid():
                path.chmod(0o700)
        except OSError as error:
            raise StartError(f"cannot use the data folder: {error}") from error
        return cls(path.resolve())

    @property
    def postgresql(self) -> Path:
        """Folder of the embedded PostgreSQL."""
        return self.path / "postgresql"

    @property
    def database_login(self) -> Path:
        """Where the database is, and the password of the relay's own role there."""
        return self.path / "database-login"

    @property
    def certificate(self) -> Path:
        """TLS certificate."""
        return self.path / "tls-certificate.pem"

    @property
    def certificate_key(self) -> Path:
        """Private key of the TLS certificate."""
        return self.path / "tls-key.pem"

    @property
    def log_key(self) -> Path:
        """Origin and private keys of the transparency log."""
        return self.path / "log-key"

    @property
    def sign_in_key(self) -> Path:
        """Secrets that every credential depends on."""
        return self.path / "sign-in-key"

    @property
    def checkpoint(self) -> Path:
        """The last signed checkpoint: what a rolled-back database is compared with."""
        return self.path / "checkpoint"

    @property
    def blobs(self) -> Path:
        """Folder of the blobs."""
        return self.path / "blobs"

    def lock(self) -> IO[bytes]:
        """Return an open file that keeps other relays out until it is closed or we end.

        Raises DataFolderInUseError.
        """
        descriptor = os.open(self.path / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
        file = os.fdopen(descriptor, "ab")
        try:
            if sys.platform == "win32":
                import msvcrt  # noqa: PLC0415 - Windows only

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl  # noqa: PLC0415 - not on Windows

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise DataFolderInUseError(
                f"another relay already uses the data folder {self.path}"
            ) from None
        return file
