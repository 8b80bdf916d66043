# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sessions of the relay's own database role, and the end of the road for the driver's errors.

A session is taken for one piece of work and given back, never kept: after PostgreSQL has been restarted the
next piece of work finds a new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from typing import TYPE_CHECKING, Final

import asyncpg

from crypto_core.wire.relay_api import ProblemCode
from relay_server.errors import ProblemError, StartError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from asyncpg.pool import PoolConnectionProxy

    from crypto_core.wire.ids import DeviceId
    from relay_server.database.access import DatabaseLogin

    Session = PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]

_MAX_SESSIONS: Final = 16
_PATIENCE_SECONDS: Final = 5.0
_FIRST_ATTEMPTS: Final = 24

_LOST: Final = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,  # what the driver makes of a session that was ended while it was idle
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
_GONE: Final = (
    *_LOST,
    asyncpg.OperatorInterventionError,  # starting up, statement over its time
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.TooManyConnectionsError,
)
_FULL: Final = (asyncpg.DiskFullError, asyncpg.OutOfMemoryError)
# For these two of the system's errors PostgreSQL has no state of its own, only their texts.
_FULL_TEXTS: Final = tuple(os.strerror(each) for each in (errno.EFBIG, errno.EDQUOT))


class Database:
    """A pool of sessions, and a new one after PostgreSQL has been restarted."""

    def __init__(self, pool: Pool, login: DatabaseLogin) -> None:
        self._pool = pool
        self._login = login

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """Yield a session; each statement commits by itself. Raises ProblemError when there is no database."""
        pool = self._pool
        with refusals():
            async with pool.acquire(timeout=_PATIENCE_SECONDS) as session:
                try:
                    yield session
                except _LOST:
                    # One session that was lost tells about the others.
                    await self._replace(pool)
                    raise
                except AttributeError as error:
                    if not _was_terminated(error):
                        raise
                    raise ConnectionAbortedError("the session was ended with its pool") from error

    async def _replace(self, lost: Pool) -> None:
        if self._pool is lost:
            self._pool = await _new_pool(self._login)
            lost.terminate()

    def terminate(self) -> None:
        """End all sessions at once."""
        self._pool.terminate()

    @contextlib.asynccontextmanager
    async def mailbox(self, device: DeviceId) -> AsyncIterator[Session]:
        """Yield a session in a transaction that sees the mailbox of one device, and no other."""
        async with self.session() as session, session.transaction():
            await session.execute("SELECT set_config('relay.mailbox', $1, true)", device.hex())
            yield session

    async def connect(self) -> asyncpg.Connection[asyncpg.Record]:
        """Open a connection outside the pool, for who listens as long as it lasts; the caller closes it."""
        with refusals():
            return await asyncpg.connect(
                self._login.url,
                user=self._login.role,
                password=self._login.password,
                timeout=_PATIENCE_SECONDS,
            )


@contextlib.asynccontextmanager
async def open_database(login: DatabaseLogin) -> AsyncIterator[Database]:
    """Open the pool, and end its sessions afterwards. Raises StartError when there is no database."""
    database = Database(await _new_pool(login), login)
    try:
        await _first_session(database)
        yield database
    finally:
        database.terminate()


async def _first_session(database: Database) -> None:
    """Open a session, with more patience than a request has: the machine may be busy with our start."""
    for attempts_left in reversed(range(_FIRST_ATTEMPTS)):
        try:
            async with database.session():
                return
        except ProblemError as problem:
            if not attempts_left or not isinstance(problem.__cause__, TimeoutError):
                raise StartError(str(problem)) from problem


async def _new_pool(login: DatabaseLogin) -> Pool:
    """Return a pool that connects when it is used."""
    return await asyncpg.create_pool(
        login.url,
        user=login.role,
        password=login.password,
        min_size=0,
        max_size=_MAX_SESSIONS,
        timeout=_PATIENCE_SECONDS,
        # Settings end with their transactions here, so there is nothing to reset after each piece of work.
        reset=_leave_as_it_is,
    )


async def _leave_as_it_is(_: asyncpg.Connection[asyncpg.Record]) -> None:
    """Spare the round trip of a reset."""


def _was_terminated(error: AttributeError) -> bool:
    """Whether it is the driver that met its session without a protocol, for which it has no error of its own.

    So it is between two steps of one call, such as looking up a type, when the pool is terminated just then.
    """
    return error.obj is None and hasattr(asyncpg.protocol.Protocol, str(error.name))


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Turn what only says that the database cannot serve just now into the problem that clients understand."""
    try:
        yield
    except _FULL as error:
        raise _storage_full() from error
    except asyncpg.InternalServerError as error:
        if not str(error.args[0]).endswith(_FULL_TEXTS):
            raise
        raise _storage_full() from error
    except _GONE as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # Giving back a session that has ended raises in place of the cancellation.
            raise asyncio.CancelledError from error
        raise ProblemError(
            ProblemCode.UNAVAILABLE, "the relay's database is not available"
        ) from error


def _storage_full() -> ProblemError:
    return ProblemError(ProblemCode.STORAGE_FULL, "the relay's storage is full")
