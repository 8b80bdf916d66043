# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bounds how long one exchange with a relay may take as a whole: httpx only bounds each of its steps.

A relay that sends one byte now and then would otherwise hold the engine for ever.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

EXCHANGE_SECONDS: Final = 90.0
"""How long an exchange may take, whatever its size."""

SLOWEST_BYTES_PER_SECOND: Final = 4096
"""How much longer it may take for what it carries: half of what the slowest mobile networks give."""

EVENT_STREAM: Final = "text/event-stream"


class PatientTransport(httpx.AsyncBaseTransport):
    """Passes requests on, each with a deadline that grows with the bytes sent and received.

    An event stream has no end, so it has no deadline either; its silence is bounded by its heartbeat. Time
    that the reader of an answer takes for itself does not count. Raises TimeoutError.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, *, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer, whose body is still to be read."""
        if EVENT_STREAM in request.headers.get("Accept", ""):
            return await self._inner.handle_async_request(request)
        patience = _Patience(self._seconds)
        patience.grow(int(request.headers.get("Content-Length", "0")))
        async with patience.tried():
            response = await self._inner.handle_async_request(request)
        if not isinstance(response.stream, httpx.AsyncByteStream):
            raise TypeError("not the stream of an asynchronous client")
        response.stream = _PatientStream(response.stream, patience)
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


class _Patience:
    """What is left of the time of one exchange."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    def grow(self, count: int) -> None:
        self._left += count / SLOWEST_BYTES_PER_SECOND

    @asynccontextmanager
    async def tried(self) -> AsyncIterator[None]:
        """Wait for the relay; what this takes is taken from what is left."""
        loop = asyncio.get_running_loop()
        begun_at = loop.time()
        async with asyncio.timeout(self._left):
            yield
        self._left -= loop.time() - begun_at


class _PatientStream(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, patience: _Patience) -> None:
        self._stream = stream
        self._patience = patience

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = aiter(self._stream)
        while True:
            async with self._patience.tried():
                part = await anext(parts, None)
            if part is None:
                return
            self._patience.grow(len(part))
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
