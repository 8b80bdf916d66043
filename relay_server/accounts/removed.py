# SPDX-License-Identifier: AGPL-3.0-or-later
"""What becomes of the sessions of devices that are no longer listed, and who else is to hear of it.

The door lets in listed devices only, so these sessions are of no use already; here they end, with the leaf that
says so.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crypto_core.wire.ids import RELAY_PSEUDONYM
from relay_server.accounts.store import accounts_with_removed_sessions, listed_devices
from relay_server.clock import Clock, to_datetime
from relay_server.database.pool import Database
from relay_server.sessions.endings import Endings
from relay_server.sessions.store import unended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.wire.ids import AccountId
    from relay_server.database.pool import Session
    from relay_server.sessions.store import FamilyRow

_AT_A_TIME: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedDevices:
    """Ends sessions in the relay's own name: whose list removed a device need not be signed in any more."""

    database: Database
    endings: Endings
    clock: Clock
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when some list of devices has changed: what waits for a removed one need not wait for the next sweep."""

    async def end_sessions(self, account: AccountId) -> None:
        """End the sessions of an account's removed devices, if there are any. Raises ProblemError."""

        async def choose(session: Session) -> Sequence[FamilyRow]:
            listed = await listed_devices(session, account)
            rows = await unended(session, account, now=to_datetime(self.clock()))
            return [row for row in rows if row.device not in listed]

        await self.endings.end(choose, by=RELAY_PSEUDONYM)

    async def end_left_sessions(self) -> None:
        """End what a publication was interrupted before ending. Raises ProblemError."""
        async with self.database.session() as session:
            accounts = await accounts_with_removed_sessions(
                session, to_datetime(self.clock()), _AT_A_TIME
            )
        for account in accounts:
            await self.end_sessions(account)
