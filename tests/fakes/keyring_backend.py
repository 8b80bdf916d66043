# SPDX-License-Identifier: AGPL-3.0-or-later
"""The system's secret store, in memory; imports keyring only."""

from __future__ import annotations

from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """A secret store that lives and dies with the object."""

    # keyring chooses among its backends by this; below one, it is never chosen by itself.
    priority: ClassVar[float] = 0

    def __init__(self) -> None:
        # The base class would only read settings from the surroundings, which a fake must not heed.
        self._passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return what was stored, or None."""
        return self._passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store, or replace what was stored."""
        self._passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget what was stored; raises PasswordDeleteError if there was nothing."""
        try:
            del self._passwords[service, username]
        except KeyError:
            raise PasswordDeleteError(service) from None
