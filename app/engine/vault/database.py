# SPDX-License-Identifier: AGPL-3.0-or-later
"""SQLCipher itself: how a store is opened, and which of its errors mean what (DESKTOP notes in app/design)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlcipher3 import dbapi2

from app.engine.ports.vault import DiskFullError, VaultDamagedError, VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlcipher3.dbapi2 import Connection

PAGE_BYTES: Final = 8192
CACHE_KIB: Final = 64 * 1024

# Primary result codes (https://sqlite.org/rescode.html).
_SQLITE_IOERR: Final = 10
_SQLITE_CORRUPT: Final = 11
_SQLITE_FULL: Final = 13
_SQLITE_CANTOPEN: Final = 14
_SQLITE_NOTADB: Final = 26


def connect(path: Path, key: bytes | None) -> Connection:
    """Open a store with a raw 32-byte key. Without a key nothing is encrypted: for measurements only.

    Nothing is read yet, so a wrong key shows at the first query.
    """
    # Autocommit: transactions are begun and ended by name, in one place.
    connection = dbapi2.connect(str(path), isolation_level=None, check_same_thread=True)
    # SQLCipher would write about failures to standard error.
    connection.execute("pragma cipher_log_level = none")
    if key is not None:
        if len(key) != 32:
            raise ValueError("a raw key has 32 bytes")
        # Given apart from any SQL text, the key shows in no trace and no error.
        connection.set_key(f"x'{key.hex()}'")
        connection.execute(f"pragma cipher_page_size = {PAGE_BYTES}")
    else:
        connection.execute(f"pragma page_size = {PAGE_BYTES}")
    return connection


def configure(connection: Connection) -> None:
    """Set what holds for every connection; the first statement that reads the file."""
    connection.execute("pragma foreign_keys = on")
    connection.execute(f"pragma cache_size = -{CACHE_KIB}")
    connection.execute("pragma journal_mode = wal")
    # A commit is on the disk before anybody is told that something is kept.
    connection.execute("pragma synchronous = full")
    # What is deleted for good is overwritten, also for whoever has the key.
    connection.execute("pragma secure_delete = on")


@contextmanager
def database_errors(has_written: Callable[[], bool]) -> Iterator[None]:
    """Turn the database's errors into those of the port; errors of our own SQL stay what they are.

    The library only tells primary codes, so a disk error is one of writing if something was written: a quota
    or a limit on file sizes shows as such, where a full disk has a code of its own.
    """
    try:
        yield
    except dbapi2.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:
            raise
        primary = code & 0xFF
        if primary == _SQLITE_FULL or (primary == _SQLITE_IOERR and has_written()):
            raise DiskFullError("there is no room for the store") from error
        if primary in {_SQLITE_CORRUPT, _SQLITE_NOTADB, _SQLITE_CANTOPEN}:
            raise VaultDamagedError("the store cannot be read") from error
        if primary == _SQLITE_IOERR:
            raise VaultError("the store's disk does not work") from error
        raise
