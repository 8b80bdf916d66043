# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which sessions have not been ended: asked for with every request, so remembered between them."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from relay_server.sessions import store

if TYPE_CHECKING:
    from relay_server.database.pool import Database

CHANNEL: Final = "sessions"
_MAX_REMEMBERED: Final = 50_000


class LivingSessions:
    """Answers like the table: every end of a session, here or at another relay, empties the memory.

    It is a `Listener` of the channel on which the database announces ends, and remembers nothing while it
    cannot hear them. What has ended is never remembered as living, whatever order things come in.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._living: OrderedDict[bytes, None] = OrderedDict()
        self._is_listening = False
        self._changes = 0

    async def has(self, family: bytes) -> bool:
        """Return whether a session goes on. Raises ProblemError without a database."""
        if family in self._living:
            return True
        changes = self._changes
        async with self._database.session() as session:
            is_living = await store.is_living(session, family)
        if is_living and self._is_listening and changes == self._changes:
            self._living[family] = None
            if len(self._living) > _MAX_REMEMBERED:
                self._living.popitem(last=False)
        return is_living

    def forget(self) -> None:
        """Forget everything: some session has ended."""
        self._changes += 1
        self._living.clear()

    def announced(self, payload: str) -> None:
        """A session ended somewhere."""
        del payload
        self.forget()

    def connected(self) -> None:
        """Remember from now on."""
        self.forget()
        self._is_listening = True

    def disconnected(self) -> None:
        """Remember nothing until announcements come again."""
        self._is_listening = False
        self.forget()
