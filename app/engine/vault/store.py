# SPDX-License-Identifier: AGPL-3.0-or-later
"""The vault's one thread: it alone touches the database, one transaction per piece of work."""

from __future__ import annotations

import asyncio
import logging
import queue
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from app.engine.ports.vault import Store, VaultDamagedError, VaultError
from app.engine.vault.absence import SqlAbsenceStore
from app.engine.vault.contacts import SqlContactStore
from app.engine.vault.database import configure, connect, database_errors
from app.engine.vault.decisions import SqlDecisionStore
from app.engine.vault.drafts import SqlDraftStore
from app.engine.vault.erasing import SqlErasureStore
from app.engine.vault.folders import SqlFolderStore
from app.engine.vault.identity import SqlIdentityStore
from app.engine.vault.imported import SqlImportedStore
from app.engine.vault.inbox import SqlInboxStore
from app.engine.vault.journal import SqlJournalStore
from app.engine.vault.marks import SqlMarkStore
from app.engine.vault.messages import SqlMessageStore
from app.engine.vault.migrations import migrate
from app.engine.vault.organising import SqlOrganisingStore
from app.engine.vault.outbox import SqlOutboxStore
from app.engine.vault.patients import SqlPatientStore
from app.engine.vault.prekeys import SqlPrekeyStore
from app.engine.vault.search import SqlSearchStore
from app.engine.vault.trust import SqlTrustStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlcipher3.dbapi2 import Connection

T = TypeVar("T")

_log = logging.getLogger(__name__)


class SqlStore:
    """Implements `Store` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self.identity = SqlIdentityStore(connection)
        self.trust = SqlTrustStore(connection)
        self.prekeys = SqlPrekeyStore(connection)
        self.contacts = SqlContactStore(connection)
        self.search = SqlSearchStore(connection)
        self.messages = SqlMessageStore(connection, self.search)
        self.imported = SqlImportedStore(connection, self.search)
        self.organising = SqlOrganisingStore(connection)
        self.patients = SqlPatientStore(connection)
        self.drafts = SqlDraftStore(connection)
        self.absences = SqlAbsenceStore(connection)
        self.folders = SqlFolderStore(connection)
        self.inbox = SqlInboxStore(connection)
        self.outbox = SqlOutboxStore(connection)
        self.journal = SqlJournalStore(connection)
        self.erasures = SqlErasureStore(connection, organising=self.organising, outbox=self.outbox)
        self.marks = SqlMarkStore(
            connection,
            patients=self.patients,
            contacts=self.contacts,
            drafts=self.drafts,
            identity=self.identity,
            erasures=self.erasures,
        )
        self.decisions = SqlDecisionStore(connection)


def transact(connection: Connection, store: Store, work: Callable[[Store], T]) -> T:
    """Execute `work` in one transaction: it commits when `work` returns, and leaves nothing when it raises."""
    changes = connection.total_changes
    with database_errors(lambda: connection.total_changes > changes):
        connection.execute("begin")
        try:
            result = work(store)
            connection.execute("commit")
        except BaseException:
            # After some errors, a full disk for one, the database has rolled back by itself.
            if connection.in_transaction:
                connection.execute("rollback")
            raise
        return result


def transact_whole(connection: Connection, store: SqlStore, work: Callable[[Store], T]) -> T:
    """As `transact`; when only the index of words is damaged, it begins anew and `work` is done once more."""
    try:
        return transact(connection, store, work)
    except VaultDamagedError:
        if not mend_index(connection, store):
            raise
    return transact(connection, store, work)


def mend_index(connection: Connection, store: SqlStore) -> bool:
    """Let a damaged index of words be made again; False if it is not the index that is damaged."""
    if not store.search.is_damaged():
        return False
    transact(connection, store, lambda _: store.search.begin_anew())
    _log.warning("the search index was damaged and is being made anew")
    return True


class SqlVault:
    """Implements `Vault`: a queue of work and the thread that does it, and another one for what only reads."""

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Callable[[Connection, SqlStore], None] | None] = (
            queue.SimpleQueue()
        )
        self._reading: queue.SimpleQueue[Callable[[Connection, SqlStore], None] | None] = (
            queue.SimpleQueue()
        )
        self._thread: threading.Thread | None = None
        self._reader: threading.Thread | None = None
        self._path = Path()
        # A copy is whole only while nobody reads an older state of the store.
        self._copying = threading.Lock()

    @classmethod
    async def open(cls, path: Path, key: bytes, *, is_new: bool) -> SqlVault:
        """Open or, with `is_new`, make a store, and bring it up to date.

        Raises VaultError; a store that is missing or unreadable is never replaced by an empty one.
        """
        vault = cls()
        vault._path = path
        opened = asyncio.get_running_loop().create_future()
        vault._thread = threading.Thread(
            target=vault._serve,
            args=(path, key, is_new, asyncio.get_running_loop(), opened),
            name="vault",
            daemon=True,
        )
        vault._thread.start()
        try:
            await asyncio.shield(opened)
            readable = asyncio.get_running_loop().create_future()
            vault._reader = threading.Thread(
                target=vault._serve_readers,
                args=(path, key, asyncio.get_running_loop(), readable),
                name="vault-reader",
                daemon=True,
            )
            vault._reader.start()
            await asyncio.shield(readable)
        except BaseException:
            await vault.close()
            raise
        return vault

    async def run(self, work: Callable[[Store], T]) -> T:
        """See the port."""
        if self._thread is None:
            raise VaultError("the vault is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def execute(connection: Connection, store: SqlStore) -> None:
            try:
                result = transact_whole(connection, store, work)
            except Exception as error:  # noqa: BLE001 - handed to whoever awaits the work
                _tell(loop, done, error=error)
            else:
                _tell(loop, done, result=result)

        self._work.put(execute)
        return await done

    async def read(self, work: Callable[[Store], T]) -> T:
        """See the port."""
        try:
            return await self._read(work)
        except VaultDamagedError:
            if not await self._mend():
                raise
        return await self._read(work)

    async def _read(self, work: Callable[[Store], T]) -> T:
        if self._reader is None:
            raise VaultError("the vault is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def execute(connection: Connection, store: SqlStore) -> None:
            try:
                with self._copying:
                    result = transact(connection, store, work)
            except Exception as error:  # noqa: BLE001 - handed to whoever awaits the work
                _tell(loop, done, error=error)
            else:
                _tell(loop, done, result=result)

        self._reading.put(execute)
        return await done

    async def _mend(self) -> bool:
        if self._thread is None:
            raise VaultError("the vault is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bool] = loop.create_future()

        def execute(connection: Connection, store: SqlStore) -> None:
            try:
                with database_errors(lambda: True):
                    is_mended = mend_index(connection, store)
            except Exception as error:  # noqa: BLE001 - handed to whoever awaits the work
                _tell(loop, done, error=error)
            else:
                _tell(loop, done, result=is_mended)

        self._work.put(execute)
        return await done

    async def copy_to(self, path: Path) -> None:
        """Copy the store, encrypted as it is, while nothing else is done with it. Raises OSError, VaultError."""
        if self._thread is None:
            raise VaultError("the vault is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def execute(connection: Connection, _store: SqlStore) -> None:
            try:
                with self._copying:
                    # Everything that was committed is in the one file afterwards.
                    connection.execute("pragma wal_checkpoint(truncate)").fetchall()
                    shutil.copyfile(self._path, path)
            except Exception as error:  # noqa: BLE001 - handed to whoever awaits the work
                _tell(loop, done, error=error)
            else:
                _tell(loop, done, result=None)

        self._work.put(execute)
        await done

    async def close(self) -> None:
        """See the port."""
        reader, self._reader = self._reader, None
        thread, self._thread = self._thread, None
        # The one that writes closes last, and leaves one file.
        for each, its_queue in ((reader, self._reading), (thread, self._work)):
            if each is not None:
                its_queue.put(None)
                await asyncio.to_thread(each.join)

    def _serve(
        self,
        path: Path,
        key: bytes,
        is_new: bool,  # noqa: FBT001 - the arguments of a thread are positional
        loop: asyncio.AbstractEventLoop,
        opened: asyncio.Future[None],
    ) -> None:
        try:
            connection = _open(path, key, is_new=is_new)
        except Exception as error:  # noqa: BLE001 - handed to whoever awaits the opening
            _tell(loop, opened, error=error)
            return
        try:
            store = SqlStore(connection)
            _tell(loop, opened, result=None)
            while (execute := self._work.get()) is not None:
                execute(connection, store)
        finally:
            connection.close()

    def _serve_readers(
        self,
        path: Path,
        key: bytes,
        loop: asyncio.AbstractEventLoop,
        opened: asyncio.Future[None],
    ) -> None:
        try:
            with database_errors(lambda: False):
                connection = connect(path, key)
                configure(connection)
                connection.execute("pragma query_only = on")
        except Exception as error:  # noqa: BLE001 - handed to whoever awaits the opening
            _tell(loop, opened, error=error)
            return
        try:
            store = SqlStore(connection)
            _tell(loop, opened, result=None)
            while (execute := self._reading.get()) is not None:
                execute(connection, store)
        finally:
            connection.close()


def _open(path: Path, key: bytes, *, is_new: bool) -> Connection:
    if not is_new and (not path.exists() or not path.stat().st_size):
        # The database would quietly begin anew in an empty file.
        raise VaultDamagedError("the store is missing or empty")
    if is_new:
        if path.exists():
            raise VaultError("a store is there already")
        # Made before the database opens it, so that it is private from its first byte.
        path.touch(mode=0o600)
    with database_errors(lambda: is_new):
        connection = connect(path, key)
        try:
            configure(connection)
            migrate(connection, is_new=is_new)
            _renew_index(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _renew_index(connection: Connection) -> None:
    """Make an index that is missing, or made by other rules of words, anew."""
    store = SqlStore(connection)
    if store.search.is_usable():
        return
    is_new = transact(connection, store, lambda _: store.search.adopt_rules())
    if not (is_new and store.search.is_usable()):
        transact(connection, store, lambda _: store.search.begin_anew())
        _log.warning("the search index is being made anew")


def _tell(
    loop: asyncio.AbstractEventLoop,
    future: asyncio.Future[Any],
    *,
    result: object = None,
    error: Exception | None = None,
) -> None:
    """Settle a future of another thread's loop; harmless when nobody waits any more."""

    def settle() -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:
        # The loop has ended, and with it everybody who could have waited.
        return
