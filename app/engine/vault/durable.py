# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing files so that they are whole after a crash, and private from their first byte."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.engine.ports.vault import DiskFullError, VaultError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a disk without room, a quota, or a limit on file sizes answers."""


def make_private_directory(directory: Path) -> None:
    """Make a directory only its owner can enter; one that exists is closed to others."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32":
        directory.chmod(0o700)


def write_atomically(path: Path, content: bytes) -> None:
    """Put a file in its place complete and on the disk, or not at all."""
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Put names, not only contents, on the disk; Windows does so by itself."""
    if sys.platform == "win32":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def no_room() -> Iterator[None]:
    """Turn the system's refusal to write into the port's errors."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFullError("there is no room for the profile") from error
        raise VaultError("the profile directory cannot be written") from error
