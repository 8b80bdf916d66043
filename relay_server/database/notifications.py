# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the database announces (LISTEN/NOTIFY), for all of this relay over one connection.

An announcement may be missed while there is no connection, so every listener is also told when listening
begins anew, and asks the tables then.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final, Protocol

from relay_server.errors import ProblemError
from relay_server.logs import LOGGER

if TYPE_CHECKING:
    from relay_server.database.pool import Database

_PAUSE_SECONDS: Final = 0.5


class Listener(Protocol):
    """Who wants to know what is announced on a channel."""

    def announced(self, payload: str) -> None:
        """Take in one announcement."""

    def connected(self) -> None:
        """Announcements come from now on; what happened before may have gone unheard."""

    def disconnected(self) -> None:
        """No announcements come from now on."""


class Notifications:
    """Listens as long as it runs, again and again when the connection breaks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[str, Listener] = {}

    def add(self, channel: str, listener: Listener) -> None:
        """Tell a listener what is announced on a channel; to be called before `run`."""
        self._listeners[channel] = listener

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen()
            except ProblemError as problem:
                LOGGER.warning("no announcements for now", extra={"code": problem.code.value})
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _listen(self) -> None:
        connection = await self._database.connect()
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            for channel in self._listeners:
                await connection.add_listener(channel, self._heard)
            for listener in self._listeners.values():
                listener.connected()
            await lost.wait()
        finally:
            for listener in self._listeners.values():
                listener.disconnected()
            with contextlib.suppress(OSError, TimeoutError):
                await connection.close(timeout=1)

    def _heard(self, *notification: object) -> None:
        _, _, channel, payload = notification
        self._listeners[str(channel)].announced(str(payload))
