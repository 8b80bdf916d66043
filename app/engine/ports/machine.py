# SPDX-License-Identifier: AGPL-3.0-or-later
"""Clock, randomness and the operating system's secret store, injected so that tests can choose them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from crypto_core.wire.ids import UnixMillis, UtcOffsetMinutes


class Clock(Protocol):
    """The computer's clock, which may be wrong."""

    def now(self) -> UnixMillis:
        """Wall-clock time."""

    def utc_offset(self) -> UtcOffsetMinutes:
        """Local time minus UTC at this moment."""

    def monotonic(self) -> float:
        """Seconds since some moment; never runs backwards."""


class RandomBytes(Protocol):
    """Cryptographically secure randomness."""

    def __call__(self, count: int, /) -> bytes:
        """Return `count` random bytes."""


class SecretStoreError(Exception):
    """The operating system has a secret store, but it did not answer, or is locked."""


class SecretStore(Protocol):
    """The operating system's secret store (Windows Credential Manager, macOS Keychain, Secret Service)."""

    def is_available(self) -> bool:
        """Whether there is one that encrypts; plain-file backends do not count."""

    def read(self, name: str) -> bytes | None:
        """Return a secret, None if there is none. Raises SecretStoreError."""

    def write(self, name: str, secret: bytes) -> None:
        """Store a secret of at most 64 bytes. Raises SecretStoreError."""

    def remove(self, name: str) -> None:
        """Forget a secret; harmless if absent. Raises SecretStoreError."""
