# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wakes event streams when their mailbox has something new: one LISTEN for all of them.

A stream is only ever told to look. What it then says comes from the table, so a lost or doubled
notification costs nothing; after a broken connection everyone looks.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from crypto_core.wire.ids import DeviceId
from relay_server.errors import ProblemError
from relay_server.logs import LOGGER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from relay_server.database.pool import Database
    from relay_server.mailbox.service import MailboxService

_CHANNEL: Final = "mailbox"
_PAUSE_SECONDS: Final = 0.5
KEEP_ALIVE_SECONDS: Final = 15.0


class MailboxEvents:
    """The streams that are open here; `run` for as long as the relay runs, `close` before it ends."""

    def __init__(self, *, database: Database, service: MailboxService) -> None:
        self._database = database
        self._service = service
        self._streams: dict[DeviceId, set[asyncio.Event]] = defaultdict(set)
        self._is_closed = False

    async def run(self) -> None:
        """Listen until cancelled, again and again when the connection breaks."""
        while True:
            try:
                await self._listen()
            except ProblemError as problem:
                LOGGER.warning("no notifications for now", extra={"code": problem.code.value})
            await asyncio.sleep(_PAUSE_SECONDS)

    def close(self) -> None:
        """End all streams, so that their clients connect to a relay that goes on."""
        self._is_closed = True
        self._wake_all()

    async def stream(self, device: DeviceId, *, seen: int) -> AsyncIterator[bytes]:
        """Yield server-sent events: the newest cursor at once, and again whenever it exceeds what was told.

        `seen` is the cursor that the client was told last. Several deliveries between two looks are one
        event. A comment shows that the connection lives. Without a database the stream ends, and the client
        comes again.
        """
        told: int | None = None
        with self._subscription(device) as woken, contextlib.suppress(ProblemError):
            while not self._is_closed:
                try:
                    async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                        await woken.wait()
                except TimeoutError:
                    yield b": alive\n\n"
                    continue
                woken.clear()
                newest = await self._service.newest_cursor(device)
                if told is None or newest > told:
                    told = max(newest, told or seen)
                    yield f"id: {told}\nevent: mailbox\ndata: {told}\n\n".encode()

    @contextlib.contextmanager
    def _subscription(self, device: DeviceId) -> Iterator[asyncio.Event]:
        woken = asyncio.Event()
        woken.set()
        self._streams[device].add(woken)
        try:
            yield woken
        finally:
            self._streams[device].discard(woken)
            if not self._streams[device]:
                del self._streams[device]

    async def _listen(self) -> None:
        connection = await self._database.connect()
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.add_listener(_CHANNEL, self._heard)
            # What came while nobody listened.
            self._wake_all()
            await lost.wait()
        finally:
            with contextlib.suppress(OSError, TimeoutError):
                await connection.close(timeout=1)

    def _heard(self, *notification: object) -> None:
        device = DeviceId(bytes.fromhex(str(notification[-1])))
        for woken in self._streams.get(device, ()):
            woken.set()

    def _wake_all(self) -> None:
        for streams in self._streams.values():
            for woken in streams:
                woken.set()
