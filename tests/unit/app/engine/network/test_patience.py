# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from app.engine.network.patience import (
    EVENT_STREAM,
    SLOWEST_BYTES_PER_SECOND,
    PatientTransport,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECONDS = 0.2
PAUSE = 3 * SECONDS
"""A pause that no exchange has time for that carries nothing."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Pausing(httpx.AsyncBaseTransport):
    """Answers with some bytes, makes a pause, and says one more byte."""

    def __init__(self, first: bytes) -> None:
        self._first = first

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=_Parts(self._first))


class _Parts(httpx.AsyncByteStream):
    def __init__(self, first: bytes) -> None:
        self._first = first

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._first
        done = asyncio.Event()
        asyncio.get_running_loop().call_later(PAUSE, done.set)
        await done.wait()
        yield b"!"


async def length_of(
    first: bytes, *, sent: bytes = b"", accept: str = "*/*", reader_pause: float = 0
) -> int:
    transport = PatientTransport(Pausing(first), seconds=SECONDS)
    received = 0
    async with (
        httpx.AsyncClient(transport=transport) as client,
        client.stream("PUT", "https://relay", content=sent, headers={"Accept": accept}) as answer,
    ):
        async for part in answer.aiter_raw():
            received += len(part)
            if reader_pause:
                done = asyncio.Event()
                asyncio.get_running_loop().call_later(reader_pause, done.set)
                await done.wait()
    return received


MUCH = bytes(2 * SLOWEST_BYTES_PER_SECOND)


@pytest.mark.anyio
async def test_time_grows_with_what_is_received_and_sent() -> None:
    with pytest.raises(TimeoutError):
        await length_of(b"little")
    assert await length_of(MUCH) == len(MUCH) + 1
    assert await length_of(b"little", sent=MUCH) == 7


@pytest.mark.anyio
async def test_the_readers_own_time_does_not_count() -> None:
    assert await length_of(MUCH[: len(MUCH) // 2], reader_pause=PAUSE) == len(MUCH) // 2 + 1


@pytest.mark.anyio
async def test_a_stream_of_events_has_no_end() -> None:
    assert await length_of(b"data", accept=f"{EVENT_STREAM}, application/problem+json") == 5
