# SPDX-License-Identifier: AGPL-3.0-or-later
"""The token endpoint: a code begins a session, a refresh token renews it once (PROTOCOL section 5)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from crypto_core.trust.signatures import pseudonym_of
from crypto_core.wire.audit import (
    FactorChange,
    FactorsChanged,
    SignInAttempt,
    SignInResult,
    Verb,
)
from crypto_core.wire.codec import encode
from crypto_core.wire.oauth import (
    ACCESS_TOKEN_SECONDS,
    REASON_COPIED,
    REASON_REMOVED,
    REASON_REUSED,
    SCOPE,
    SCOPE_RECOVERY,
    SESSION_ABSOLUTE_SECONDS,
    SESSION_IDLE_SECONDS,
)
from crypto_core.wire.sign_in import FactorKind
from relay_server.audit.sequencer import RelayAct, Sequencer
from relay_server.authentication.proof import base64url
from relay_server.clock import Clock, to_datetime
from relay_server.database.pool import Database
from relay_server.sessions import store
from relay_server.sessions.access_tokens import AccessClaims, AccessTokens
from relay_server.sessions.challenge import hash_of_token, new_token
from relay_server.sessions.effects import (
    AlreadyDoneError,
    CopiedError,
    Epochs,
    NewCode,
    StartRecovery,
    StartSession,
)
from relay_server.sessions.endings import Endings
from relay_server.sessions.journal import Journal
from relay_server.sessions.key_ring import KeyRing
from relay_server.sessions.living import LivingSessions
from relay_server.sessions.oauth import invalid_grant
from relay_server.sessions.store import Attempt, Outcome
from relay_server.sessions.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crypto_core.wire.ids import DeviceId, Hash
    from relay_server.database.pool import Session
    from relay_server.sessions.callers import Applicant
    from relay_server.sessions.store import FamilyRow

_FAMILY_BYTES: Final = 16
_IDLE: Final = timedelta(seconds=SESSION_IDLE_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Tokens of a session and how many seconds each of them, and the session, lasts.

    In recovery there is no refresh token, and the session lasts as long as the access token.
    """

    scope: str
    access_token: str = field(repr=False)
    expires_in: int
    refresh_token: str | None = field(repr=False)
    session_expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Sessions from their beginning to their end."""

    database: Database
    sequencer: Sequencer
    access_tokens: AccessTokens
    ring: KeyRing
    throttle: Throttle
    living: LivingSessions
    endings: Endings
    journal: Journal
    clock: Clock

    async def redeem(
        self, applicant: Applicant, *, code: str, verifier: str, epochs: Epochs
    ) -> Granted:
        """Begin the session, or the recovery, that a code stands for. Raises OAuthRefusalError, ProblemError."""
        now = to_datetime(self.clock())
        code_hash = hash_of_token(code)
        async with self.database.session() as session:
            found = await store.code(session, code_hash, applicant.thumbprint, now)
        if found is None:
            await self._end_of_replayed(applicant, code_hash)
            raise invalid_grant("the code is not valid")
        # RFC 7636 §4.6.
        shown = hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest()
        if not hmac.compare_digest(shown, found.code_challenge) or (
            applicant.device_of(found.account) != found.device
        ):
            await self._spoil(found, SignInResult.REFUSED_CODE)
            raise invalid_grant("the code is not valid")
        if found.device is None:
            return await self._recover(applicant, found, now)
        return await self._begin(applicant, found, found.device, epochs, now)

    async def _begin(
        self,
        applicant: Applicant,
        code: NewCode,
        device: DeviceId,
        epochs: Epochs,
        now: datetime,
    ) -> Granted:
        family, refresh_token = secrets.token_bytes(_FAMILY_BYTES), new_token()
        expires_at = now + timedelta(seconds=SESSION_ABSOLUTE_SECONDS)
        replaced = FactorsChanged(
            account=code.account,
            device=pseudonym_of(device),
            kind=FactorKind.PASSPHRASE,
            change=FactorChange.REPLACED,
        )
        effect = StartSession(
            now=now,
            code_hash=code.code_hash,
            family=family,
            token_hash=hash_of_token(refresh_token),
            expires_at=expires_at,
            subject=self.throttle.subject_of(device),
            epochs=epochs,
            replaced=encode(replaced),
        )
        attempt = SignInAttempt(
            account=code.account,
            device=pseudonym_of(device),
            result=SignInResult.ACCEPTED,
            factors=code.factors,
        )
        act = RelayAct(verb=Verb.SIGN_IN, content=encode(attempt))
        try:
            await self.sequencer.append(act, effect)
        except AlreadyDoneError as error:
            await self._end_of_replayed(applicant, code.code_hash)
            raise invalid_grant("the code is not valid") from error
        except CopiedError as error:
            await self._spoil(code, SignInResult.REFUSED_COPIED)
            raise invalid_grant(
                "another computer has signed in as this one", reason=REASON_COPIED
            ) from error
        self.journal.wake()
        claims = AccessClaims(
            account=code.account,
            device=device,
            scope=SCOPE,
            session=family,
            authenticated_at=int(now.timestamp()),
        )
        return await self._grant(applicant, claims, refresh_token, expires_at)

    async def _spoil(self, code: NewCode, result: SignInResult) -> None:
        """Use up a code that begins nothing, and have it told why."""
        async with self.database.session() as session, session.transaction():
            if await store.delete_code(session, code.code_hash):
                await store.add_report(
                    session,
                    Attempt(
                        account=code.account, actor=code.actor, result=result, factors=code.factors
                    ),
                )
        self.journal.wake()

    async def _recover(self, applicant: Applicant, code: NewCode, now: datetime) -> Granted:
        recovery = secrets.token_bytes(_FAMILY_BYTES)
        expires_at = now + timedelta(seconds=ACCESS_TOKEN_SECONDS)
        attempt = SignInAttempt(
            account=code.account,
            device=applicant.pseudonym,
            result=SignInResult.ACCEPTED,
            factors=code.factors,
        )
        effect = StartRecovery(
            now=now, code_hash=code.code_hash, session=recovery, expires_at=expires_at
        )
        try:
            await self.sequencer.append(
                RelayAct(verb=Verb.SIGN_IN, content=encode(attempt)), effect
            )
        except AlreadyDoneError as error:
            raise invalid_grant("the code is not valid") from error
        claims = AccessClaims(
            account=code.account,
            device=None,
            scope=SCOPE_RECOVERY,
            session=recovery,
            authenticated_at=int(now.timestamp()),
        )
        return await self._grant(applicant, claims, None, expires_at)

    async def refresh(self, applicant: Applicant, *, refresh_token: str) -> Granted:
        """Renew a session: of all uses of a refresh token only the first succeeds, and the second ends it.

        Raises OAuthRefusalError, ProblemError.
        """
        new = new_token()
        async with self.database.session() as session:
            came = await store.refresh(
                session,
                now=to_datetime(self.clock()),
                token_hash=hash_of_token(refresh_token),
                thumbprint=applicant.thumbprint,
                new_hash=hash_of_token(new),
                idle=_IDLE,
                pseudonym=applicant.pseudonym,
            )
            signed_in_at = (
                await store.signed_in_at(session, came.family)
                if came.outcome is Outcome.OK and came.family is not None
                else None
            )
        if came.outcome is Outcome.REUSED:
            self.living.forget()
            self.journal.wake()
            raise invalid_grant(
                "the session was ended: a token was used twice", reason=REASON_REUSED
            )
        if came.outcome is Outcome.OTHER_KEY:
            self.journal.wake()
        if came.outcome is Outcome.OVER and applicant.device is None:
            raise invalid_grant("the device is not listed any more", reason=REASON_REMOVED)
        if (
            came.outcome is not Outcome.OK
            or came.family is None
            or came.account is None
            or came.device is None
            or came.expires_at is None
            or signed_in_at is None
        ):
            raise invalid_grant("the session is over")
        claims = AccessClaims(
            account=came.account,
            device=came.device,
            scope=SCOPE,
            session=came.family,
            authenticated_at=int(signed_in_at.timestamp()),
        )
        return await self._grant(applicant, claims, new, came.expires_at)

    async def revoke(self, applicant: Applicant, *, refresh_token: str) -> None:
        """End the session of a refresh token of this key, if there is one (RFC 7009). Raises ProblemError."""
        token_hash = hash_of_token(refresh_token)

        async def choose(session: Session) -> Sequence[FamilyRow]:
            found = await store.family_of_token(session, token_hash, applicant.thumbprint)
            return [] if found is None else [found]

        await self.endings.end(choose, by=applicant.pseudonym)

    async def _end_of_replayed(self, applicant: Applicant, code_hash: Hash) -> None:
        """End the session that a code has begun when it is shown again (RFC 6749 §4.1.2)."""

        async def choose(session: Session) -> Sequence[FamilyRow]:
            found = await store.family_of_code(session, code_hash, applicant.thumbprint)
            return [] if found is None else [found]

        await self.endings.end(choose, by=applicant.pseudonym)

    async def _grant(
        self,
        applicant: Applicant,
        claims: AccessClaims,
        refresh_token: str | None,
        expires_at: datetime,
    ) -> Granted:
        left = int((expires_at - to_datetime(self.clock())).total_seconds())
        life = max(1, min(ACCESS_TOKEN_SECONDS, left))
        return Granted(
            scope=claims.scope,
            access_token=self.access_tokens.issue(
                claims,
                key=await self.ring.current(),
                thumbprint=base64url(applicant.thumbprint),
                life=life,
            ),
            expires_in=life,
            refresh_token=refresh_token,
            session_expires_in=max(1, left),
        )
