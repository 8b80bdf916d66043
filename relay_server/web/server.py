# SPDX-License-Identifier: AGPL-3.0-or-later
"""Uvicorn as this relay runs it: TLS 1.3, bounded request heads, a clean end, nothing said about requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from crypto_core.wire.limits import KIB

if TYPE_CHECKING:
    import asyncio
    import socket
    import ssl
    from collections.abc import Callable
    from types import FrameType

    from starlette.types import ASGIApp

_MAX_HEAD_BYTES: Final = 32 * KIB
_HEAD_SECONDS: Final = 20.0
_KEEP_ALIVE_SECONDS: Final = 75
_STOP_SECONDS: Final = 5
_MAX_CONNECTIONS: Final = 4096


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose request heads are bounded in size and time; the library bounds neither."""

    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Expect the first request."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and give up on a head that is still incomplete after too many bytes."""
        super().data_received(data)
        if self._head_timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES:
                self._refuse_head()

    def on_message_begin(self) -> None:
        """Start to wait for a head, as uvicorn does."""
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        """Go on with the request."""
        self._end_head()
        super().on_headers_complete()

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_bytes = 0
            self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._refuse_head)

    def _end_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse_head(self) -> None:
        self._end_head()
        self.transport.close()


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
