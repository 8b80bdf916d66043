# SPDX-License-Identifier: AGPL-3.0-or-later
"""A vault that lives in memory and forgets: the same rows and SQL, without file, key and thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.engine.ports.vault import VaultError
from app.engine.vault.database import configure, connect
from app.engine.vault.migrations import migrate
from app.engine.vault.store import SqlStore, transact_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.ports.vault import Store

T = TypeVar("T")


class MemoryVault:
    """Implements `Vault`."""

    def __init__(self) -> None:
        self._connection = connect(Path(":memory:"), None)
        configure(self._connection)
        migrate(self._connection, is_new=True)
        self._store = SqlStore(self._connection)
        self._is_open = True

    async def run(self, work: Callable[[Store], T]) -> T:
        """See the port."""
        if not self._is_open:
            raise VaultError("the vault is closed")
        return transact_whole(self._connection, self._store, work)

    async def read(self, work: Callable[[Store], T]) -> T:
        """See the port."""
        return await self.run(work)

    async def close(self) -> None:
        """See the port."""
        if self._is_open:
            self._is_open = False
            self._connection.close()
