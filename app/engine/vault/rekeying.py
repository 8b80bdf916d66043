# SPDX-License-Identifier: AGPL-3.0-or-later
"""Another key for a whole profile, so that nothing of what was deleted can be read with the one before.

What is there is written anew, row by row, into a fresh store under the fresh key: no free page, no leftover of a
page and no write-ahead log comes along. The fresh header appearing is the one moment of the change: before it the
profile is what it was, after it every step needs no key and is gone on from by whoever opens the profile next.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

from app.engine.vault.database import configure, connect, database_errors
from app.engine.vault.durable import sync_directory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlcipher3.dbapi2 import Connection

SHREDDED_BYTES: Final = 256 * 1024
"""So much of a file's beginning is overwritten: more than what holds keys, and the salt of every store."""
_BLOCK: Final = 64 * 1024
_LOOK: Final = 64


def write_anew(
    store: Path, key: bytes, fresh: Path, fresh_key: bytes, *, change: Callable[[Connection], None]
) -> None:
    """Write a closed store's rows into a fresh one, let `change` do its part there, and put it on the disk.

    Raises VaultError (DiskFullError among them); then nothing of it counts.
    """
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    with database_errors(lambda: True):
        source = connect(store, key)
        try:
            configure(source)
            source.execute(
                "attach database ? as fresh key ?", (str(fresh), f"x'{fresh_key.hex()}'")
            )
            source.execute("pragma fresh.cipher_page_size = 8192")
            source.execute("select sqlcipher_export('fresh')").fetchall()
            source.execute("detach database fresh")
        finally:
            source.close()
        made = connect(fresh, fresh_key)
        try:
            configure(made)
            made.execute("begin")
            change(made)
            made.execute("commit")
            # One file, without a log beside it.
            made.execute("pragma journal_mode = delete")
        finally:
            made.close()
    sync_file(fresh)


def sync_file(path: Path) -> None:
    """Put a file's contents on the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def shred(path: Path, *, is_synced: bool = True) -> None:
    """Overwrite a file's beginning where it lies, and remove it; one that is not there is gone already.

    What a solid-state disk or a copying file system keeps elsewhere is out of reach: there the destroyed key counts.
    Raises OSError.
    """
    with contextlib.suppress(FileNotFoundError):
        overwrite(path, is_synced=is_synced)
        path.unlink()


def is_shredded(path: Path) -> bool:
    """Whether a file begins as `overwrite` leaves it. Raises OSError."""
    with path.open("rb") as file:
        return file.read(_LOOK) == bytes(_LOOK)


def overwrite(path: Path, *, is_synced: bool = True) -> None:
    """Overwrite a file's beginning where it lies. Raises OSError."""
    left = min(path.stat().st_size, SHREDDED_BYTES)
    with path.open("rb+", buffering=0) as file:
        while left > 0:
            left -= file.write(bytes(min(left, _BLOCK)))
        if is_synced:
            os.fsync(file.fileno())


def take_place(fresh: Path, old: Path) -> None:
    """Destroy a file and put a fresh one in its place; done already if there is no fresh one."""
    if not fresh.exists():
        return
    with contextlib.suppress(FileNotFoundError):
        overwrite(old)
    fresh.replace(old)
    sync_directory(old.parent)
