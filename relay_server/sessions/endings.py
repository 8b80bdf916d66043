# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ends sessions, together with the leaf that says how many and who ended them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crypto_core.wire.audit import SessionsEnded, Verb
from crypto_core.wire.codec import encode
from crypto_core.wire.relay_api import ProblemCode
from relay_server.audit.sequencer import RelayAct, Sequencer
from relay_server.clock import Clock, to_datetime
from relay_server.database.pool import Database
from relay_server.errors import ProblemError
from relay_server.sessions.effects import AlreadyDoneError, EndSessions
from relay_server.sessions.living import LivingSessions
from relay_server.sessions.store import FamilyRow

if TYPE_CHECKING:
    from crypto_core.wire.ids import DevicePseudonym
    from relay_server.database.pool import Session

_TRIES: Final = 5

Choose = Callable[["Session"], Awaitable[Sequence[FamilyRow]]]
"""Finds the sessions to end, all of one account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """Ends what is chosen, and looks again when something has changed meanwhile."""

    database: Database
    sequencer: Sequencer
    living: LivingSessions
    clock: Clock

    async def end(self, choose: Choose, *, by: DevicePseudonym) -> None:
        """End the chosen sessions, if there are any. Raises ProblemError."""
        for _ in range(_TRIES):
            async with self.database.session() as session:
                rows = await choose(session)
            if not rows:
                return
            content = SessionsEnded(account=rows[0].account, device=by, count=len(rows))
            effect = EndSessions(
                now=to_datetime(self.clock()), families=tuple(each.family for each in rows)
            )
            try:
                await self.sequencer.append(
                    RelayAct(verb=Verb.SESSIONS_ENDED, content=encode(content)), effect
                )
            except AlreadyDoneError:
                continue
            # The announcement reaches other relays in a moment; here it takes effect at once.
            self.living.forget()
            return
        raise ProblemError(ProblemCode.UNAVAILABLE, "the sessions are changing; try again")
