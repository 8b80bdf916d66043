# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sealed streams: AES-256-GCM in 256 KiB chunks with counter and final flag (STREAM, Hoang et al. 2015).

Layout: 7-byte random prefix, then each chunk with its 16-byte tag. Nonce = prefix ‖ u32 chunk number,
big-endian ‖ 1 for the last chunk, else 0. The plaintext is padded with zeros to its Padmé length; its true
length travels elsewhere, authenticated. Each key seals one stream only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto_core.errors import DecryptionError, KeyStateError
from crypto_core.wire.limits import (
    CHUNK_BYTES,
    GCM_TAG_BYTES,
    MAX_STREAM_CHUNKS,
    STREAM_PREFIX_BYTES,
)
from crypto_core.wire.padding import padded_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Buffer: TypeAlias = bytes | bytearray | memoryview
SEALED_CHUNK_BYTES = CHUNK_BYTES + GCM_TAG_BYTES


class ChunkCipher:
    """Seals or opens the chunks of one stream in order; used once, in one direction."""

    __slots__ = ("_cipher", "_finished", "_number", "_prefix")

    def __init__(self, key: bytes, prefix: bytes) -> None:
        if len(key) != 32 or len(prefix) != STREAM_PREFIX_BYTES:
            raise KeyStateError("a stream takes a 32-byte key and a 7-byte prefix")
        self._cipher = AESGCM(key)
        self._prefix = prefix
        self._number = 0
        self._finished = False

    def seal(self, chunk: Buffer, *, final: bool) -> bytes:
        """Return the next chunk with its tag; all but the final one hold exactly CHUNK_BYTES."""
        if len(chunk) > CHUNK_BYTES or (not final and len(chunk) != CHUNK_BYTES):
            raise KeyStateError("only the final chunk may be short")
        return self._cipher.encrypt(self._nonce(final=final), chunk, None)

    def open(self, sealed: Buffer, *, final: bool) -> bytes:
        """Return the plaintext of the next chunk. Raises DecryptionError."""
        try:
            return self._cipher.decrypt(self._nonce(final=final), sealed, None)
        except InvalidTag as error:
            raise DecryptionError("the sealed stream does not open") from error

    def _nonce(self, *, final: bool) -> bytes:
        if self._finished or self._number >= MAX_STREAM_CHUNKS:
            raise KeyStateError("the stream has ended")
        nonce = self._prefix + self._number.to_bytes(4, "big") + (b"\x01" if final else b"\x00")
        self._number += 1
        self._finished = final
        return nonce


def seal_stream(
    key: bytes, prefix: bytes, plaintext: Iterable[Buffer], length: int
) -> Iterator[bytes]:
    """Yield the sealed stream of a plaintext of `length` bytes that arrives in pieces of any size.

    Pieces of exactly CHUNK_BYTES are sealed without being copied. Raises KeyStateError if the pieces do
    not add up to `length`: a file that changes while it is sealed must not be sent half old, half new.
    """
    cipher = ChunkCipher(key, prefix)
    yield prefix
    remaining = padded_length(length)
    for chunk in _in_chunks(plaintext, length):
        remaining -= len(chunk)
        yield cipher.seal(chunk, final=remaining == 0)


def open_stream(key: bytes, sealed: Iterable[Buffer], length: int) -> Iterator[bytes]:
    """Yield the plaintext of a sealed stream that arrives in pieces of any size.

    `length` is the authenticated plaintext length in bytes. Raises DecryptionError on any change,
    truncation, reordering or surplus; what was yielded before is genuine but incomplete, so a caller
    makes it visible only after the end.
    """
    remaining, padded = length, padded_length(length)
    pieces = _Pieces(sealed)
    cipher = ChunkCipher(key, bytes(pieces.take(STREAM_PREFIX_BYTES)))
    while True:
        share = min(padded, CHUNK_BYTES)
        padded -= share
        chunk = cipher.open(pieces.take(share + GCM_TAG_BYTES), final=padded == 0)
        if remaining < share:
            if any(chunk[remaining:]):
                raise DecryptionError("the padding of the sealed stream is not empty")
            chunk = chunk[:remaining]
        remaining -= len(chunk)
        yield chunk
        if padded == 0:
            break
    if not pieces.exhausted():
        raise DecryptionError("the sealed stream is longer than announced")


def seal_bytes(key: bytes, prefix: bytes, plaintext: bytes) -> bytes:
    """Seal a plaintext that is in memory; the result has `sealed_length(len(plaintext))` bytes."""
    view = memoryview(plaintext)
    pieces = (view[start : start + CHUNK_BYTES] for start in range(0, len(view), CHUNK_BYTES))
    return b"".join(seal_stream(key, prefix, pieces, len(plaintext)))


def open_bytes(key: bytes, sealed: bytes, length: int) -> bytes:
    """Open a sealed stream that is in memory. Raises DecryptionError."""
    view = memoryview(sealed)
    starts = range(STREAM_PREFIX_BYTES, len(view), SEALED_CHUNK_BYTES)
    pieces = [
        view[:STREAM_PREFIX_BYTES],
        *(view[start : start + SEALED_CHUNK_BYTES] for start in starts),
    ]
    return b"".join(open_stream(key, pieces, length))


def _in_chunks(plaintext: Iterable[Buffer], length: int) -> Iterator[Buffer]:
    """Cut a plaintext and its zero padding into chunks of CHUNK_BYTES, the last one possibly shorter."""
    pieces = _Pieces(plaintext)
    padded, remaining = padded_length(length), length
    while True:
        share = min(padded, CHUNK_BYTES)
        wanted = min(remaining, share)
        try:
            chunk = pieces.take(wanted)
        except DecryptionError:
            raise KeyStateError("the plaintext is shorter than announced") from None
        padded -= share
        remaining -= wanted
        yield chunk if wanted == share else bytes(chunk) + bytes(share - wanted)
        if padded == 0:
            break
    if not pieces.exhausted():
        raise KeyStateError("the plaintext is longer than announced")


class _Pieces:
    """Hands out exact lengths from pieces of any size, without copying where a piece fits."""

    __slots__ = ("_current", "_source")

    def __init__(self, source: Iterable[Buffer]) -> None:
        self._source = iter(source)
        self._current = memoryview(b"")

    def take(self, length: int) -> Buffer:
        if not self._current:
            self._refill()
        if len(self._current) >= length:
            taken, self._current = self._current[:length], self._current[length:]
            return taken
        parts: list[Buffer] = []
        while length > 0:
            if not self._current and not self._refill():
                raise DecryptionError("the sealed stream ends early")
            taken, self._current = self._current[:length], self._current[length:]
            length -= len(taken)
            parts.append(taken)
        return b"".join(parts)

    def exhausted(self) -> bool:
        return not self._current and not self._refill()

    def _refill(self) -> bool:
        for piece in self._source:
            if piece:
                self._current = memoryview(piece)
                return True
        return False
