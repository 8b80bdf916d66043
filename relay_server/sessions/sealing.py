# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps small secrets in the database that only this relay's data folder can read (AES-256-GCM)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Callable

_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"


class SealError(Exception):
    """What is stored was not sealed by this relay in this place."""


class Sealing:
    """Seals and opens; `place` says where a secret is stored, so that none can be moved to another row."""

    def __init__(self, key: bytes, *, random_bytes: Callable[[int], bytes]) -> None:
        self._cipher = AESGCM(key)
        self._random_bytes = random_bytes

    def seal(self, secret: bytes, *, place: bytes) -> bytes:
        """Return the form to store: version, random nonce, ciphertext with tag."""
        nonce = self._random_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, secret, _VERSION + place)

    def open(self, sealed: bytes, *, place: bytes) -> bytes:
        """Return what was sealed in this place. Raises SealError."""
        start = len(_VERSION) + _NONCE_BYTES
        try:
            return self._cipher.decrypt(
                sealed[len(_VERSION) : start], sealed[start:], sealed[: len(_VERSION)] + place
            )
        except (InvalidTag, ValueError) as error:
            raise SealError("a sealed secret does not open") from error
