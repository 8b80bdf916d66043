# SPDX-License-Identifier: AGPL-3.0-or-later
"""A wire between clients and relay that counts bytes and lets something happen at an exact one."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class Wire:
    """Forwards TCP connections from a fixed port to wherever the relay is now. It sees only TLS."""

    def __init__(self) -> None:
        self.relay_port: int | None = None
        """Where the relay listens; None while there is none."""
        self.sent = 0
        """Bytes from clients to relay."""
        self.received = 0
        """Bytes from relay to clients."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._limit: tuple[str, int, Callable[[], None]] | None = None

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"https://127.0.0.1:{self._listener.getsockname()[1]}"

    def at(self, direction: str, count: int, act: Callable[[], None]) -> None:
        """Call `act` once, after `count` more bytes in a direction ("sent" or "received"), then cut the wire.

        What was under way is lost, as when somebody trips over a cable.
        """
        with self._lock:
            self._limit = (direction, getattr(self, direction) + count, act)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Waking the accepting thread needs more than close() on some systems.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._cut()
        for thread in self._threads:
            thread.join()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                if self.relay_port is None:
                    raise ConnectionRefusedError
                relay = socket.create_connection(("127.0.0.1", self.relay_port))
            except OSError:
                client.close()
                continue
            with self._lock:
                self._open += [client, relay]
            self._start(self._forward, client, relay, "sent")
            self._start(self._forward, relay, client, "received")

    def _forward(self, source: socket.socket, target: socket.socket, direction: str) -> None:
        with contextlib.suppress(OSError):
            while part := source.recv(65_536):
                act = self._count(direction, len(part))
                if act is not None:
                    act()
                    self._cut()
                    return
                target.sendall(part)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _count(self, direction: str, length: int) -> Callable[[], None] | None:
        with self._lock:
            total = getattr(self, direction) + length
            setattr(self, direction, total)
            if self._limit is None or self._limit[0] != direction or total < self._limit[1]:
                return None
            act, self._limit = self._limit[2], None
            return act

    def _cut(self) -> None:
        with self._lock:
            ends, self._open = self._open, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
