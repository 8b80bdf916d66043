# SPDX-License-Identifier: AGPL-3.0-or-later
"""Erases what the technical log has held for its life; hashes stay, so every proof does too (R-16, R-17).

In three steps, each a transaction: what is to go is chosen, the log says so (ENTRIES_ERASED), and only then are the
entries erased, a few at a time. An end between any two of them is gone on from. The first and the last step are the
purger's, a role of the database that can read no entry and choose none; the leaf is the relay's. Age is counted in
days on which the log was there (`relay_server/design/retention.md`).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crypto_core.wire.audit import EntriesErased
from crypto_core.wire.codec import encode
from relay_server.clock import to_millis
from relay_server.errors import ProblemError
from relay_server.logs import LOGGER

if TYPE_CHECKING:
    from collections.abc import Callable

    from relay_server.database.pool import Database

PLANNED_ENTRIES: Final = 10_000
"""How many one statement of the log is about at most."""
_AT_A_TIME: Final = 500  # some tens of milliseconds; who appends does not wait for it
_ROUND_SECONDS: Final = 3600.0
_PAUSE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Purged:
    """What a round has done; `waits` for the log to say what is to be erased next."""

    entries: int
    waits: bool


class Purger:
    """Works with the purger's login; `run` for as long as the relay runs."""

    def __init__(self, database: Database, *, announce: Callable[[], None]) -> None:
        """`announce` tells the running relay that a leaf waits."""
        self._database = database
        self._announce = announce

    async def run(self) -> None:
        """Erase every hour what has come to its end, until cancelled."""
        while True:
            try:
                purged = await self.purge()
            except ProblemError as problem:
                LOGGER.warning("the purger waits", extra={"code": problem.code.value})
                purged = Purged(0, waits=False)
            await asyncio.sleep(_PAUSE_SECONDS if purged.waits else _ROUND_SECONDS)

    async def purge(self) -> Purged:
        """Erase what the log says is erased, and have it say what is next. Raises ProblemError."""
        entries = 0
        while erased := await self._erase():
            entries += erased
            # Beside the running relay: requests go first.
            await asyncio.sleep(0)
        if entries:
            LOGGER.info("entries of the technical log were erased", extra={"entries": entries})
        waits = await self._plan()
        if waits:
            self._announce()
        return Purged(entries, waits=waits)

    async def _erase(self) -> int:
        async with self._database.session() as session:
            erased: int = await session.fetchval("SELECT audit_erase($1)", _AT_A_TIME)
        return erased

    async def _plan(self) -> bool:
        async with self._database.session() as session, session.transaction():
            await session.execute("SELECT audit_note_day()")
            erasure = await session.fetchval("SELECT audit_plan_erasure($1)", PLANNED_ENTRIES)
            if erasure is None:
                return False
            planned = await session.fetchrow(
                "SELECT below, before, entries, life_months FROM audit_erasure WHERE erasure = $1",
                erasure,
            )
            if planned is None:
                return False
            content = EntriesErased(
                before=to_millis(planned["before"]),
                below=planned["below"],
                entries=planned["entries"],
                life_months=planned["life_months"],
            )
            await session.execute("SELECT audit_announce_erasure($1, $2)", erasure, encode(content))
        return True
