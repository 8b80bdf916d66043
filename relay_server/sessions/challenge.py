# SPDX-License-Identifier: AGPL-3.0-or-later
"""The challenge endpoint's three steps: who it is, the passphrase, a second factor of another kind.

Between the steps the client holds a token, single use and bound to its key; the state behind it is sealed. A
step that fails ends the sign-in, and nothing tells which of account, device or passphrase was wrong.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from crypto_core.errors import SignInError, WireError
from crypto_core.opaque.server import PENDING_BYTES, PendingLogin, answer_login
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import SessionsEnded, SignInResult, Verb
from crypto_core.wire.codec import Size, decode, encode
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import AccountId, DeviceId, FactorId, Hash
from crypto_core.wire.oauth import (
    CHALLENGE_SECONDS,
    CODE_SECONDS,
    EARLIER_PASSPHRASE_SECONDS,
    EARLIER_PASSPHRASES,
    SESSION_IDLE_SECONDS,
    OAuthError,
    Step,
)
from crypto_core.wire.sign_in import FactorKind, LoginAnswer, LoginCredential
from relay_server.audit.sequencer import RelayAct, Sequencer
from relay_server.authentication.proof import base64url
from relay_server.clock import Clock, to_datetime
from relay_server.database.pool import Database
from relay_server.sessions import factor_rows, store
from relay_server.sessions.effects import AlreadyDoneError, NewCode, Recover
from relay_server.sessions.factors import Available, KeyUse, SecondFactors
from relay_server.sessions.journal import Journal
from relay_server.sessions.key_file import SignInKeys
from relay_server.sessions.living import LivingSessions
from relay_server.sessions.oauth import OAuthRefusalError
from relay_server.sessions.roots import IsRootInForce, RootInForce, proves_kit
from relay_server.sessions.sealing import SealError
from relay_server.sessions.security_keys import CHALLENGE_BYTES
from relay_server.sessions.store import Attempt
from relay_server.sessions.throttle import Throttle

if TYPE_CHECKING:
    from datetime import datetime

    from relay_server.database.pool import Session
    from relay_server.sessions.callers import Applicant
    from relay_server.sessions.roots import KitShown

T = TypeVar("T")

_PLACE: Final = b"uhs/1/relay/challenge\x00"
_TOKEN_LABEL: Final = b"uhs/1/relay/token\x00"
_TOKEN_BYTES: Final = 32
_RECOVERY_TRIES: Final = 3
EARLIER_KEPT: Final = timedelta(seconds=EARLIER_PASSPHRASE_SECONDS)
"""How long a passphrase that was changed still begins a recovery."""
_RESULT_OF_KEY: Final = {
    KeyUse.ACCEPTED: SignInResult.ACCEPTED,
    KeyUse.REFUSED: SignInResult.REFUSED_SECOND_FACTOR,
    KeyUse.COUNTED_BACK: SignInResult.REFUSED_COUNTER,
}

Check = Callable[["Session", "ChallengeState"], Awaitable[tuple[SignInResult, FactorId | None]]]
"""Looks at a second factor, and says which one it is."""


class Purpose(IntEnum):
    """What somebody signs in for."""

    MAIL = 1
    RECOVERY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A proof that would do, and SHA-256 of the credential that it would be by."""

    credential_hash: Hash
    proof: Annotated[bytes, Size.exactly(PENDING_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeState:
    """What the relay knows of a sign-in under way; stored sealed."""

    version: Version1
    account: AccountId
    purpose: Purpose
    device: DeviceId | None
    """None in recovery, and when the key is no listed device's."""
    is_known: bool
    """Whether this can succeed at all: there is such an account, and for mail the device is listed."""
    code_challenge: Hash
    expected: Annotated[tuple[Expected, ...], Size.up_to(1 + EARLIER_PASSPHRASES)] = field(
        repr=False
    )
    """One for each answer to KE1; none once one has come."""
    credential_hash: Hash | None
    """SHA-256 of the credential that the passphrase was checked with, once it was."""
    webauthn: Annotated[bytes, Size.exactly(CHALLENGE_BYTES)] | None = field(repr=False)
    """What a security key has to sign, if the account has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherStep:
    """What the client has to show next. Answers come with the first step only, `webauthn` with the second."""

    auth_session: str = field(repr=False)
    steps: tuple[Step, ...]
    answer: LoginAnswer | None = None
    earlier: tuple[LoginAnswer, ...] = ()
    """With the first step of a recovery: as many as are kept at most, whether they are or not."""
    webauthn: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGiven:
    """The sign-in has succeeded. `recovery_codes_left` is None when none was used."""

    code: str = field(repr=False)
    recovery_codes_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenges:
    """Sign-ins under way."""

    database: Database
    sequencer: Sequencer
    keys: SignInKeys
    factors: SecondFactors
    throttle: Throttle
    living: LivingSessions
    journal: Journal
    root_in_force: RootInForce
    is_root_in_force: IsRootInForce
    clock: Clock

    async def begin(
        self,
        applicant: Applicant,
        *,
        account: AccountId,
        purpose: Purpose,
        is_pending: bool,
        code_challenge: Hash,
        ke1: bytes,
        kit: KitShown | None = None,
    ) -> FurtherStep:
        """Answer KE1. An unknown account or device is answered like a known one.

        With `is_pending` from the passphrase that waits, if one does. Who shows the `kit` already here is not
        counted among strangers; one that shows nothing is no `kit`. Raises OAuthRefusalError, and WireError when
        KE1 is malformed.
        """
        device = applicant.device_of(account)
        if purpose is Purpose.RECOVERY and device is not None:
            raise OAuthRefusalError(OAuthError.INVALID_SCOPE, "a listed device needs no recovery")
        has_kit = kit is not None and await self._shows_kit(applicant, account, ke1, kit)
        async with self.database.session() as session:
            try:
                await self.throttle.begin(
                    session,
                    account=account,
                    actor=applicant.pseudonym,
                    device=device,
                    network=applicant.network,
                    has_kit=has_kit,
                )
            except OAuthRefusalError:
                self.journal.wake()
                raise
            row = await store.credential(session, account)
            earlier: list[bytes] = []
            if purpose is Purpose.RECOVERY:
                earlier = await store.earlier_credentials(
                    session, account, since=self._now() - EARLIER_KEPT, limit=EARLIER_PASSPHRASES
                )
        if purpose is Purpose.MAIL and device is None:
            row = None
        # Without one that waits the other one answers: it may have been put in place by the last sign-in.
        waiting = None if row is None or not is_pending else row.pending
        candidates = [None if row is None else waiting or row.credential]
        if purpose is Purpose.RECOVERY:
            # The passphrase of a new kit waits beside the other one. With it they are never more, for another
            # one waits only while there is room.
            earlier = [*([row.pending] if row is not None and row.pending else []), *earlier]
            # Always as many, so that nobody learns by asking whether a passphrase was changed.
            candidates += [*earlier, *[None] * (EARLIER_PASSPHRASES - len(earlier))]
        answered = [self._answer(account, each, ke1) for each in candidates]
        state = ChallengeState(
            version=1,
            account=account,
            purpose=purpose,
            device=device,
            is_known=row is not None,
            code_challenge=code_challenge,
            expected=tuple(expected for _, expected in answered),
            credential_hash=None,
            webauthn=None,
        )
        async with self.database.session() as session:
            auth_session = await self._keep(session, applicant, state)
        answer, *others = (each for each, _ in answered)
        return FurtherStep(
            auth_session=auth_session, steps=(Step.OPAQUE,), answer=answer, earlier=tuple(others)
        )

    async def _shows_kit(
        self, applicant: Applicant, account: AccountId, ke1: bytes, kit: KitShown
    ) -> bool:
        """Return whether the kit was shown with this KE1; who has not signed costs one verification, and no more."""
        return proves_kit(
            kit.root, kit.signature, text=base64url(ke1), thumbprint=applicant.thumbprint
        ) and await self.is_root_in_force(account, kit.root)

    def _answer(
        self, account: AccountId, encoded: bytes | None, ke1: bytes
    ) -> tuple[LoginAnswer, Expected]:
        """Answer KE1 from a credential, or as if there were one. Raises WireError."""
        credential = None if encoded is None else decode(LoginCredential, encoded)
        answer, pending = answer_login(
            self.keys.setup, account, credential, ke1, random_bytes=secrets.token_bytes
        )
        expected = Expected(credential_hash=sha256(encoded or b""), proof=pending.to_bytes())
        return answer, expected

    async def prove_passphrase(
        self, applicant: Applicant, *, auth_session: str, ke3: bytes
    ) -> FurtherStep:
        """Check KE3 and ask for the second factor. Raises OAuthRefusalError."""
        further: FurtherStep | None = None
        # One transaction: that a failure is written down takes no longer than that it is not.
        async with self.database.session() as session, session.transaction():
            state = await self._take(session, applicant, auth_session)
            proven_by = None if state is None else _proven_by(state, ke3)
            if state is not None and proven_by is not None:
                available = (
                    Available(steps=(Step.RECOVERY_KIT,))
                    if state.purpose is Purpose.RECOVERY
                    else await self.factors.available(session, state.account)
                )
                proven = replace(
                    state,
                    expected=(),
                    credential_hash=proven_by,
                    webauthn=available.challenge,
                )
                further = FurtherStep(
                    auth_session=await self._keep(session, applicant, proven),
                    steps=available.steps,
                    webauthn=available.options,
                )
            elif state is not None:
                await store.add_report(session, _abandoned(state, applicant))
        return self._passed(further)

    async def prove_totp(self, applicant: Applicant, *, auth_session: str, code: str) -> CodeGiven:
        """Check a one-time code and give the authorization code. Raises OAuthRefusalError."""

        async def check(
            session: Session, state: ChallengeState
        ) -> tuple[SignInResult, FactorId | None]:
            used = await self.factors.use_totp(session, state.account, code)
            if used is None:
                return SignInResult.REFUSED_SECOND_FACTOR, None
            return SignInResult.ACCEPTED, used

        return await self._prove(applicant, auth_session, FactorKind.TOTP, check)

    async def prove_security_key(
        self, applicant: Applicant, *, auth_session: str, response: str
    ) -> CodeGiven:
        """Check a security key's answer and give the authorization code. Raises OAuthRefusalError."""

        async def check(
            session: Session, state: ChallengeState
        ) -> tuple[SignInResult, FactorId | None]:
            if state.webauthn is None:
                return SignInResult.REFUSED_SECOND_FACTOR, None
            came, used = await self.factors.use_security_key(
                session, state.account, response, challenge=state.webauthn
            )
            return _RESULT_OF_KEY[came], used

        return await self._prove(applicant, auth_session, FactorKind.FIDO2, check)

    async def prove_kit(
        self, applicant: Applicant, *, auth_session: str, signature: bytes
    ) -> CodeGiven:
        """Check a proof by the account's root and give a code for recovery. Raises OAuthRefusalError."""
        given: CodeGiven | None = None
        async with self.database.session() as session:
            state = await self._take(session, applicant, auth_session)
        if state is None:
            return self._passed(given)
        credential = _proven(state, Purpose.RECOVERY)
        root = None if credential is None else await self.root_in_force(state.account)
        is_right = root is not None and proves_kit(
            root, signature, text=auth_session, thumbprint=applicant.thumbprint
        )
        async with self.database.session() as session:
            if is_right and credential is not None:
                text, new = self._new_code(applicant, state, FactorKind.RECOVERY_KIT, credential)
                await store.add_code(session, new)
                given = CodeGiven(code=text, recovery_codes_left=None)
            else:
                await store.add_report(session, _abandoned(state, applicant))
        return self._passed(given)

    async def _prove(
        self,
        applicant: Applicant,
        auth_session: str,
        kind: FactorKind,
        check: Check,
    ) -> CodeGiven:
        """Use up a step that asks for a second factor; give the code if it is right, report it if not."""
        given: CodeGiven | None = None
        async with self.database.session() as session, session.transaction():
            state = await self._take(session, applicant, auth_session)
            credential = None if state is None else _proven(state, Purpose.MAIL)
            result, factor = SignInResult.REFUSED_SECOND_FACTOR, None
            if state is not None and credential is not None:
                result, factor = await check(session, state)
            if state is not None and credential is not None and result is SignInResult.ACCEPTED:
                text, new = self._new_code(applicant, state, kind, credential, factor)
                await store.add_code(session, new)
                given = CodeGiven(code=text, recovery_codes_left=None)
            elif state is not None:
                attempt = _abandoned(state, applicant)
                if result is SignInResult.REFUSED_COUNTER:
                    attempt = replace(attempt, result=result)
                await store.add_report(session, attempt)
        return self._passed(given)

    async def prove_recovery_code(
        self, applicant: Applicant, *, auth_session: str, code: str
    ) -> CodeGiven:
        """Use up a recovery code, end all other sessions, give the authorization code.

        Raises OAuthRefusalError, ProblemError.
        """
        given: CodeGiven | None = None
        async with self.database.session() as session:
            state = await self._take(session, applicant, auth_session)
        credential = None if state is None else _proven(state, Purpose.MAIL)
        if state is not None and credential is not None:
            keyed_hash = self.factors.read_recovery_code(state.account, code)
            if keyed_hash is not None:
                given = await self._recover(applicant, state, keyed_hash, credential)
        if state is not None and given is None:
            async with self.database.session() as session:
                await store.add_report(session, _abandoned(state, applicant))
        return self._passed(given)

    async def _recover(
        self, applicant: Applicant, state: ChallengeState, keyed_hash: bytes, credential: Hash
    ) -> CodeGiven | None:
        text, new = self._new_code(applicant, state, FactorKind.RECOVERY_CODE, credential)
        for _ in range(_RECOVERY_TRIES):
            now = self._now()
            async with self.database.session() as session:
                if not await factor_rows.recovery_code_exists(session, state.account, keyed_hash):
                    return None
                rows = await store.living(
                    session, state.account, now=now, idle=timedelta(seconds=SESSION_IDLE_SECONDS)
                )
            content = SessionsEnded(
                account=state.account, device=applicant.pseudonym, count=len(rows)
            )
            families = tuple(each.family for each in rows)
            effect = Recover(now=now, keyed_hash=keyed_hash, families=families, code=new)
            try:
                await self.sequencer.append(
                    RelayAct(verb=Verb.SESSIONS_ENDED, content=encode(content)), effect
                )
            except AlreadyDoneError:
                # Either the code was used meanwhile, or a session ended: another look tells.
                continue
            self.living.forget()
            async with self.database.session() as session:
                left = await factor_rows.recovery_codes_left(session, state.account)
            return CodeGiven(code=text, recovery_codes_left=left)
        return None

    def _passed(self, result: T | None) -> T:
        self.journal.wake()
        if result is None:
            raise OAuthRefusalError(OAuthError.INVALID_SESSION, "the sign-in has to begin anew")
        return result

    async def _keep(self, session: Session, applicant: Applicant, state: ChallengeState) -> str:
        """Store a state under a new token, and return that."""
        token = new_token()
        token_hash = hash_of_token(token)
        await store.add_challenge(
            session,
            token_hash=token_hash,
            thumbprint=applicant.thumbprint,
            sealed_state=self.keys.sealing.seal(
                encode(state), place=_PLACE + token_hash + applicant.thumbprint
            ),
            abandoned=_abandoned(state, applicant),
            expires_at=self._now() + timedelta(seconds=CHALLENGE_SECONDS),
        )
        return token

    async def _take(
        self, session: Session, applicant: Applicant, auth_session: str
    ) -> ChallengeState | None:
        token_hash = hash_of_token(auth_session)
        sealed = await store.take_challenge(session, token_hash, applicant.thumbprint, self._now())
        if sealed is None:
            return None
        try:
            place = _PLACE + token_hash + applicant.thumbprint
            return decode(ChallengeState, self.keys.sealing.open(sealed, place=place))
        except (SealError, WireError):
            return None

    def _new_code(
        self,
        applicant: Applicant,
        state: ChallengeState,
        second: FactorKind,
        credential_hash: Hash,
        factor: FactorId | None = None,
    ) -> tuple[str, NewCode]:
        text = new_token()
        return text, NewCode(
            code_hash=hash_of_token(text),
            thumbprint=applicant.thumbprint,
            code_challenge=state.code_challenge,
            account=state.account,
            device=state.device,
            factors=(FactorKind.PASSPHRASE, second),
            expires_at=self._now() + timedelta(seconds=CODE_SECONDS),
            credential_hash=credential_hash,
            actor=applicant.pseudonym,
            factor=factor,
        )

    def _now(self) -> datetime:
        return to_datetime(self.clock())


def new_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hash_of_token(token: str) -> Hash:
    """Return what is stored of a token, which has too many bits to be found from it."""
    return sha256(_TOKEN_LABEL, token.encode("utf-8", "surrogatepass"))


def _proven_by(state: ChallengeState, ke3: bytes) -> Hash | None:
    """Return SHA-256 of the credential that a proof is by, None if it is by none that there is."""
    found: Hash | None = None
    for each in state.expected:
        # All of them, so that the time does not tell which one it was.
        with contextlib.suppress(SignInError, WireError):
            PendingLogin.parse(each.proof).finish(ke3)
            found = each.credential_hash
    return found if state.is_known else None


def _proven(state: ChallengeState, purpose: Purpose) -> Hash | None:
    """Return with which credential the passphrase was proven for this purpose, None if it was not."""
    return state.credential_hash if state.purpose is purpose else None


def _abandoned(state: ChallengeState, applicant: Applicant) -> Attempt:
    """Return how a sign-in is reported that fails at the step that `state` waits for."""
    is_proven = state.credential_hash is not None
    return Attempt(
        account=state.account,
        actor=applicant.pseudonym,
        result=SignInResult.REFUSED_SECOND_FACTOR if is_proven else SignInResult.REFUSED_PASSPHRASE,
        factors=(FactorKind.PASSPHRASE,) if is_proven else (),
    )
