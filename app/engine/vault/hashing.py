# SPDX-License-Identifier: AGPL-3.0-or-later
"""SHA-256 on a thread of its own, so that a file is hashed while it is sealed or opened."""

from __future__ import annotations

import hashlib
import queue
import threading
from typing import TYPE_CHECKING, Final, Self

from crypto_core.wire.ids import Hash
from crypto_core.wire.limits import CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from app.engine.ports.files import Report

_DEPTH: Final = 8
"""Chunks that may wait for their turn: 2 MiB, enough to even out the two threads."""


class BackgroundHash:
    """Hashes pieces in order on another thread; a full queue slows the giver down, so memory stays bounded."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._pieces: queue.Queue[bytes | memoryview | None] = queue.Queue(maxsize=_DEPTH)
        self._free: queue.SimpleQueue[memoryview] = queue.SimpleQueue()
        self._made = 0
        self._thread = threading.Thread(target=self._work, name="hash", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def update(self, piece: bytes | memoryview) -> None:
        """Add a piece, which must not change until it has been hashed."""
        self._pieces.put(piece)

    def passing(self, pieces: Iterable[memoryview], report: Report) -> Iterator[memoryview]:
        """Hash pieces on their way to somebody else, and report how many bytes have passed."""
        done = 0
        for piece in pieces:
            # The buffer is free again only when both have had it: the consumer, who asks for the next
            # piece when it is done with this one, and then the hash.
            yield piece
            self.update(piece)
            done += len(piece)
            report(done)

    def buffer(self) -> memoryview:
        """A buffer of CHUNK_BYTES that nobody uses any more."""
        if self._made < _DEPTH:
            self._made += 1
            return memoryview(bytearray(CHUNK_BYTES))
        return self._free.get()

    def digest(self) -> Hash:
        """Wait for the last piece and return the hash; nothing can be added afterwards."""
        self._end()
        return Hash(self._digest.digest())

    def _end(self) -> None:
        if self._thread.is_alive():
            self._pieces.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._digest.update(piece)
            if isinstance(piece, memoryview) and isinstance(piece.obj, bytearray):
                self._free.put(memoryview(piece.obj))
