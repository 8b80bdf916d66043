# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sessions as the rest of the relay sees them: reading access tokens, listing and ending, tidying up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from crypto_core.wire.limits import MAX_PAGE_ITEMS
from crypto_core.wire.oauth import SCOPE, SESSION_IDLE_SECONDS
from crypto_core.wire.relay_api import SessionRow, Sessions
from relay_server.authentication.door import Ticket
from relay_server.authentication.proof import base64url
from relay_server.clock import Clock, to_datetime, to_millis
from relay_server.database.pool import Database
from relay_server.sessions import store
from relay_server.sessions.access_tokens import AccessTokens, TokenError, UnknownKeyError
from relay_server.sessions.challenge import EARLIER_KEPT
from relay_server.sessions.endings import Endings
from relay_server.sessions.journal import Journal
from relay_server.sessions.key_ring import KEY_MEMORY, KeyRing
from relay_server.sessions.living import LivingSessions
from relay_server.sessions.throttle import STOP_FAILURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.wire.ids import AccountId
    from relay_server.authentication.door import Admitted
    from relay_server.database.pool import Session
    from relay_server.sessions.access_tokens import AccessClaims
    from relay_server.sessions.store import FamilyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionService:
    """What a running session is good for."""

    database: Database
    access_tokens: AccessTokens
    ring: KeyRing
    living: LivingSessions
    endings: Endings
    journal: Journal
    clock: Clock

    async def read_token(self, token: str, thumbprint: bytes) -> Ticket | None:
        """Return what an access token says, None unless it is valid for this key and its session goes on."""
        try:
            claims = await self._claims(token, base64url(thumbprint))
        except TokenError:
            return None
        if not await self._goes_on(claims):
            return None
        return Ticket(
            account=claims.account,
            device=claims.device,
            scope=claims.scope,
            session=claims.session,
            authenticated_at=claims.authenticated_at,
        )

    async def list(self, admitted: Admitted) -> Sessions:
        """Return the living sessions of the caller's account."""
        async with self.database.session() as session:
            rows = await self._living(session, admitted.caller.account)
        return Sessions(
            rows=tuple(
                SessionRow(
                    session=row.family,
                    device=row.device,
                    signed_in_at=to_millis(row.signed_in_at),
                    refreshed_at=to_millis(row.refreshed_at),
                    is_current=row.family == admitted.session,
                )
                for row in rows[:MAX_PAGE_ITEMS]
            )
        )

    async def end_all(self, admitted: Admitted) -> None:
        """End every living session of the caller's account. Raises ProblemError."""
        account = admitted.caller.account

        async def choose(session: Session) -> Sequence[FamilyRow]:
            return await self._living(session, account)

        await self.endings.end(choose, by=admitted.caller.pseudonym)

    async def forget(self) -> None:
        """Remove what is past its time, and renew the key of access tokens when it is."""
        now = to_datetime(self.clock())
        async with self.database.session() as session:
            await store.forget(
                session,
                now=now,
                keys_before=now - KEY_MEMORY,
                earlier_before=now - EARLIER_KEPT,
                stop=STOP_FAILURES,
            )
        await self.ring.rotate()
        self.journal.wake()

    async def _goes_on(self, claims: AccessClaims) -> bool:
        if claims.scope == SCOPE:
            return await self.living.has(claims.session)
        async with self.database.session() as session:
            return await store.is_recovering(session, claims.session, now=to_datetime(self.clock()))

    async def _claims(self, token: str, thumbprint: str) -> AccessClaims:
        try:
            return self.access_tokens.read(token, find_key=self.ring.find, thumbprint=thumbprint)
        except UnknownKeyError as error:
            await self.ring.look_for(error.kid)
            return self.access_tokens.read(token, find_key=self.ring.find, thumbprint=thumbprint)

    async def _living(self, session: Session, account: AccountId) -> Sequence[FamilyRow]:
        idle = timedelta(seconds=SESSION_IDLE_SECONDS)
        return await store.living(session, account, now=to_datetime(self.clock()), idle=idle)
