# SPDX-License-Identifier: AGPL-3.0-or-later
"""Uvicorn as this relay runs it: TLS 1.3, bounded request heads, a clean end, nothing said about requests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from crypto_core.wire.limits import KIB, MAX_UPLOAD_PART_BYTES

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable
    from types import FrameType

    from starlette.types import ASGIApp

_MAX_HEAD_BYTES: Final = 32 * KIB
_MAX_UNREAD_BYTES: Final = MAX_UPLOAD_PART_BYTES
_REQUEST_SECONDS: Final = 60.0
_KEEP_ALIVE_SECONDS: Final = 75
_STOP_SECONDS: Final = 5
_MAX_CONNECTIONS: Final = 4096


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose requests are bounded in the size of their heads and in time; uvicorn bounds neither.

    A request that comes whole in one piece, as nearly all do, costs no timer.
    """

    _head_bytes = 0
    _unread_bytes = 0
    _is_in_head = True
    _is_in_request = True
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Expect the first request."""
        super().connection_made(_JoinedWrites(cast("asyncio.Transport", transport), self.loop))
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse; give up on a head that is still incomplete after too many bytes."""
        super().data_received(data)
        if not self._is_in_request:
            self._stop_timer()
            return
        self._start_timer()
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES:
                self.transport.abort()

    def on_message_begin(self) -> None:
        """Expect a head."""
        super().on_message_begin()
        self._is_in_head = self._is_in_request = True
        self._head_bytes = self._unread_bytes = 0

    def on_headers_complete(self) -> None:
        """Expect a body."""
        self._is_in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take in a part of the body; give up on one that goes on and on although it is already refused."""
        if self.cycle.response_complete:
            self._unread_bytes += len(body)
            if self._unread_bytes > _MAX_UNREAD_BYTES:
                self.transport.abort()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect nothing more for now."""
        self._is_in_request = False
        super().on_message_complete()

    def _start_timer(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(_REQUEST_SECONDS, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _JoinedWrites(asyncio.Transport):
    """Sends what is written in one turn of the loop at once: uvicorn writes head and body separately."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hold the bytes until the end of this turn."""
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(bytes(data))

    def _send(self) -> None:
        held, self._held = self._held, []
        if held and not self._transport.is_closing():
            self._transport.write(held[0] if len(held) == 1 else b"".join(held))

    def close(self) -> None:
        """Send what is held, then close."""
        self._send()
        self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    def is_closing(self) -> bool:
        """Return whether the connection is closing or closed."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Stop taking in bytes."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take in bytes again."""
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: object = None) -> object:
        """Return what the connection knows of itself."""
        return self._transport.get_extra_info(name, default)


class RelayServer(uvicorn.Server):
    """Serves one application until SIGTERM or SIGINT, and then returns instead of dying of the signal."""

    def __init__(
        self,
        application: ASGIApp,
        *,
        context: ssl.SSLContext,
        on_ready: Callable[[], None],
        on_stop: Callable[[], None],
    ) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                http=BoundedProtocol,
                ws="none",
                lifespan="off",
                loop="none",
                ssl_context_factory=lambda _config, _default: context,
                proxy_headers=False,
                server_header=False,
                access_log=False,
                log_config=None,
                limit_concurrency=_MAX_CONNECTIONS,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )
        self._on_ready = on_ready
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept connections, and say so."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what would not end by itself, then wait for what does."""
        self._on_stop()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop in good order; a second signal does not wait for open requests."""
        del sig, frame
        self.force_exit = self.should_exit
        self.should_exit = True
