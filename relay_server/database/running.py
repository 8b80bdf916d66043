# SPDX-License-Identifier: AGPL-3.0-or-later
"""A prepared database for as long as the relay runs: the embedded one, or the one an operator provides."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from relay_server.database.access import DatabaseLogin, ensure_database, prepare
from relay_server.database.embedded import SUPERUSER, EmbeddedPostgres, bundled_programs
from relay_server.errors import StartError
from relay_server.files import write_private
from relay_server.logs import LOGGER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relay_server.data_folder import DataFolder

_DATABASE: Final = "relay"
_LOOK_SECONDS: Final = 0.2
_PAUSE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningDatabase:
    """A database that can be logged in to, and its server if it is ours."""

    login: DatabaseLogin
    server: EmbeddedPostgres | None

    async def keep_running(self) -> None:
        """Start our server again whenever it ends, until cancelled; somebody else's is not ours to start."""
        while self.server is not None:
            await asyncio.sleep(_LOOK_SECONDS)
            if not self.server.is_running():
                LOGGER.error("PostgreSQL has ended and is started again")
                try:
                    await asyncio.to_thread(self.server.start)
                except (StartError, OSError) as error:
                    # For want of space, perhaps: what ends one day.
                    LOGGER.error("PostgreSQL does not start", exc_info=error)
                    await asyncio.sleep(_PAUSE_SECONDS)


@contextlib.contextmanager
def running_database(folder: DataFolder, database_url: str | None) -> Iterator[RunningDatabase]:
    """Yield the database, ready for this version; the caller holds the folder's lock. Raises StartError."""
    known = stored_login(folder)
    password = secrets.token_urlsafe(32) if known is None else known.password
    if database_url is not None:
        login = prepare(database_url, password=password)
        _store_login(folder, login, is_embedded=False)
        yield RunningDatabase(login=login, server=None)
        return
    server = EmbeddedPostgres(folder.postgresql, programs=bundled_programs())
    try:
        address = server.start()
        ensure_database(address.url(SUPERUSER), _DATABASE)
        login = prepare(address.url(_DATABASE), password=password)
        _store_login(folder, login, is_embedded=True)
        yield RunningDatabase(login=login, server=server)
    finally:
        server.stop()


def stored_login(folder: DataFolder) -> DatabaseLogin | None:
    """Return the login of the last start, None before the first. Raises StartError if it is damaged."""
    found = _read(folder)
    return None if found is None else found[0]


def is_embedded(folder: DataFolder) -> bool:
    """Return whether the relay of this folder runs, or would run, its own PostgreSQL."""
    found = _read(folder)
    return found is None or found[1]


def _read(folder: DataFolder) -> tuple[DatabaseLogin, bool] | None:
    try:
        stored = json.loads(folder.database_login.read_bytes())
        login = DatabaseLogin(url=stored["url"], role=stored["role"], password=stored["password"])
        return login, bool(stored["is_embedded"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise StartError(f"{folder.database_login.name} is damaged; remove it") from error


def _store_login(folder: DataFolder, login: DatabaseLogin, *, is_embedded: bool) -> None:
    content = json.dumps(asdict(login) | {"is_embedded": is_embedded}).encode()
    try:
        is_known = folder.database_login.read_bytes() == content
    except FileNotFoundError:
        is_known = False
    if not is_known:
        write_private(folder.database_login, content)
