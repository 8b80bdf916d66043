# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads an encrypted store page by page, as somebody would who has its key and the disk: no SQL, nothing left out.

SQLCipher 4 with a raw key: AES-256-CBC, an HMAC-SHA512 over each page, its key from PBKDF2 with two rounds. Free
pages and every frame of the write-ahead log are pages like any other.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE: Final = 8192
_RESERVED: Final = 80
_SALT: Final = 16
_WAL_HEADER: Final = 32
_FRAME_HEADER: Final = 24


def opened_pages(store: Path, key: bytes) -> Iterator[bytes]:
    """Yield every page of a store, and of the log beside it, that this key opens."""
    content = store.read_bytes()
    salt = content[:_SALT]
    for start in range(0, len(content), PAGE):
        yield from _opened(content[start : start + PAGE], start // PAGE + 1, key, salt)
    log = store.with_name(store.name + "-wal")
    frames = log.read_bytes()[_WAL_HEADER:] if log.exists() else b""
    for start in range(0, len(frames), _FRAME_HEADER + PAGE):
        frame = frames[start : start + _FRAME_HEADER + PAGE]
        number = int.from_bytes(frame[:4], "big")
        yield from _opened(frame[_FRAME_HEADER:], number, key, salt)


def _opened(page: bytes, number: int, key: bytes, salt: bytes) -> Iterator[bytes]:
    if len(page) != PAGE:
        return
    hmac_salt = bytes(each ^ 0x3A for each in salt)
    hmac_key = hashlib.pbkdf2_hmac("sha512", key, hmac_salt, 2, 32)
    begin = _SALT if number == 1 else 0
    sealed, vector = page[begin : PAGE - _RESERVED], page[PAGE - _RESERVED : PAGE - 64]
    signed = sealed + vector + number.to_bytes(4, "little")
    if not hmac.compare_digest(hmac.digest(hmac_key, signed, "sha512"), page[PAGE - 64 :]):
        return
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    yield decryptor.update(sealed) + decryptor.finalize()
