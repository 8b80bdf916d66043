# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wakes event streams when the database announces something new in their mailbox.

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

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from relay_server.mailbox.service import MailboxService

CHANNEL: Final = "mailbox"
KEEP_ALIVE_SECONDS: Final = 15.0


class MailboxEvents:
    """The streams that are open here: a `Listener` of the channel; `close` before the relay ends."""

    def __init__(self, service: MailboxService) -> None:
        self._service = service
        self._streams: dict[DeviceId, set[asyncio.Event]] = defaultdict(set)
        self._is_closed = False

    def close(self) -> None:
        """End all streams, so that their clients connect to a relay that goes on."""
        self._is_closed = True
        self._wake_all()

    async def stream(
        self, device: DeviceId, *, seen: int, may_stay: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[bytes]:
        """Yield server-sent events: the newest cursor at once, and again whenever it exceeds what was told.

        `seen` is the cursor that the client was told last. Several deliveries between two looks are one
        event. A comment shows that the connection lives. Without a database the stream ends, and the client
        comes again; it also ends when the client's session has ended, before anything more is told.
        """
        told: int | None = None
        with self._subscription(device) as woken, contextlib.suppress(ProblemError):
            while not self._is_closed:
                try:
                    async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                        await woken.wait()
                except TimeoutError:
                    if not await may_stay():
                        return
                    yield b": alive\n\n"
                    continue
                woken.clear()
                if not await may_stay():
                    return
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

    def announced(self, payload: str) -> None:
        """Wake the streams of the mailbox that the payload names."""
        for woken in self._streams.get(DeviceId(bytes.fromhex(payload)), ()):
            woken.set()

    def connected(self) -> None:
        """Let everybody look for what came unannounced."""
        self._wake_all()

    def disconnected(self) -> None:
        """Nothing to do: streams wait on, and look when announcements come again."""

    def _wake_all(self) -> None:
        for streams in self._streams.values():
            for woken in streams:
                woken.set()
