# SPDX-License-Identifier: AGPL-3.0-or-later
"""Clock and secret store that a test sets; imports the machine's port only."""

from __future__ import annotations

from app.engine.ports.machine import SecretStoreError
from crypto_core.wire.ids import UnixMillis, UtcOffsetMinutes


class FakeClock:
    """A clock that only moves when told to; `skew_millis` makes it wrong without moving the others."""

    def __init__(self, now: int = 1_790_000_000_000) -> None:
        self.millis = now

    def now(self) -> UnixMillis:
        """Wall-clock time."""
        return UnixMillis(self.millis)

    def utc_offset(self) -> UtcOffsetMinutes:
        """Summer time in Paris."""
        return UtcOffsetMinutes(120)

    def monotonic(self) -> float:
        """Seconds."""
        return self.millis / 1000

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Let time pass."""
        self.millis += int((days * 86_400 + seconds) * 1000)


class FakeSecretStore:
    """A secret store in memory that can be absent, locked, or emptied."""

    def __init__(self, *, is_present: bool = True) -> None:
        self.is_present = is_present
        self.is_locked = False
        self.secrets: dict[str, bytes] = {}

    def is_available(self) -> bool:
        """Whether there is one."""
        return self.is_present

    def read(self, name: str) -> bytes | None:
        """Return a secret."""
        self._require_open()
        return self.secrets.get(name)

    def write(self, name: str, secret: bytes) -> None:
        """Keep a secret."""
        self._require_open()
        self.secrets[name] = secret

    def remove(self, name: str) -> None:
        """Forget a secret."""
        self._require_open()
        self.secrets.pop(name, None)

    def _require_open(self) -> None:
        if self.is_locked or not self.is_present:
            raise SecretStoreError("locked")
