# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign-in and sessions of the relay in memory: real OPAQUE, real one-time codes, real single use.

`FakeRelay` holds one and reports what it says to the log; `tests/contract` holds it to the promises that
the real relay keeps too.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pyotp

from app.engine.ports.relay import (
    AuthorizationCode,
    Challenge,
    Grant,
    RelayRefusedError,
    SecondFactorNeeded,
    SignInNeededError,
    SignInRefusedError,
)
from crypto_core.errors import SignInError, WireError
from crypto_core.opaque.server import (
    PendingLogin,
    ServerSetup,
    answer_login,
    answer_registration,
    check_credential,
)
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import SignInResult
from crypto_core.wire.ids import AccountId, DeviceId, UnixMillis
from crypto_core.wire.labels import RECOVERY_CODE
from crypto_core.wire.oauth import (
    ACCESS_TOKEN_SECONDS,
    CHALLENGE_SECONDS,
    CODE_SECONDS,
    REASON_REUSED,
    OAuthError,
    Step,
)
from crypto_core.wire.relay_api import ProblemCode, SessionRow, Sessions
from crypto_core.wire.sign_in import (
    TOTP_PERIOD_SECONDS,
    FactorKind,
    SignInRegistrationAnswer,
    SignInSetup,
)

if TYPE_CHECKING:
    from collections.abc import Callable


FREE_FAILURES: Final = 5
LONGEST_WAIT_SECONDS: Final = 900
A_YEAR_SECONDS: Final = 366 * 86_400


@dataclass(slots=True, kw_only=True)
class _Factors:
    setup: SignInSetup
    last_step: int = 0
    recovery_hashes: set[bytes] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    """A sign-in between two steps, or a code before it is redeemed."""

    account: AccountId
    request_key: bytes
    code_challenge: str
    expires_at: UnixMillis
    login: bytes = b""
    factors: tuple[FactorKind, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Family:
    number: bytes
    account: AccountId
    device: DeviceId
    request_key: bytes
    signed_in_at: UnixMillis
    refreshed_at: UnixMillis
    has_ended: bool = False
    is_reused: bool = False


@dataclass(slots=True, kw_only=True)
class _Failures:
    count: int = 0
    blocked_until: int = 0


@dataclass(slots=True, kw_only=True)
class SignInState:
    """All that a restart of the relay would keep."""

    setup: ServerSetup
    factors: dict[AccountId, _Factors] = field(default_factory=dict)
    challenges: dict[str, _Pending] = field(default_factory=dict)
    codes: dict[str, _Pending] = field(default_factory=dict)
    families: dict[bytes, _Family] = field(default_factory=dict)
    refresh_tokens: dict[str, tuple[bytes, bool]] = field(default_factory=dict)
    """Token → its family, and whether it was used."""
    access_tokens: dict[str, tuple[bytes, UnixMillis]] = field(default_factory=dict)
    failures: dict[bytes, _Failures] = field(default_factory=dict)
    reports: list[tuple[AccountId, SignInResult, tuple[FactorKind, ...]]] = field(
        default_factory=list
    )


class FakeSignIn:
    """The relay's side of sign-in."""

    def __init__(
        self,
        *,
        now: Callable[[], UnixMillis],
        random_bytes: Callable[[int], bytes],
        absolute_seconds: int,
        idle_seconds: int,
    ) -> None:
        self._now = now
        self._random_bytes = random_bytes
        self.absolute_seconds = absolute_seconds
        self.idle_seconds = idle_seconds
        self.state = SignInState(setup=ServerSetup.generate(random_bytes))

    # --- registration ------------------------------------------------------------------------

    def answer_registration(self, account: AccountId, request: bytes) -> SignInRegistrationAnswer:
        """Take the relay's part; nothing is kept."""
        try:
            return SignInRegistrationAnswer(
                response=answer_registration(self.state.setup, account, request)
            )
        except WireError:
            raise RelayRefusedError(ProblemCode.MALFORMED) from None

    def check(self, setup: SignInSetup) -> None:
        """Refuse what no sign-in could ever fit."""
        try:
            check_credential(setup.credential)
        except WireError:
            raise RelayRefusedError(ProblemCode.MALFORMED) from None
        if len(set(setup.recovery_hashes)) != len(setup.recovery_hashes):
            raise RelayRefusedError(ProblemCode.MALFORMED)

    def enrol(self, account: AccountId, setup: SignInSetup) -> None:
        """Keep both factors of a new account."""
        self.state.factors[account] = _Factors(
            setup=setup, recovery_hashes=set(setup.recovery_hashes)
        )

    # --- the three steps ---------------------------------------------------------------------

    def start(
        self,
        account: AccountId,
        request_key: bytes,
        ke1: bytes,
        code_challenge: str,
        *,
        is_listed: bool,
    ) -> Challenge:
        """First step: counts as failed until the last one succeeds.

        A key that is no listed device of the account is answered like one whose passphrase is wrong.
        """
        self._count_failure(account, request_key)
        known = self.state.factors.get(account) if is_listed else None
        try:
            answer, pending = answer_login(
                self.state.setup,
                account,
                None if known is None else known.setup.credential,
                ke1,
                random_bytes=self._random_bytes,
            )
        except WireError:
            raise SignInRefusedError(OAuthError.INVALID_REQUEST) from None
        session = self._remember(
            self.state.challenges,
            _Pending(
                account=account,
                request_key=request_key,
                code_challenge=code_challenge,
                expires_at=self._in(CHALLENGE_SECONDS),
                login=pending.to_bytes(),
            ),
        )
        return Challenge(auth_session=session, answer=answer)

    def prove_passphrase(
        self, auth_session: str, request_key: bytes, ke3: bytes
    ) -> SecondFactorNeeded:
        """Second step."""
        pending = self._take(self.state.challenges, auth_session, request_key)
        if pending is None or not pending.login:
            raise SignInRefusedError(OAuthError.INVALID_SESSION)
        try:
            PendingLogin.parse(pending.login).finish(ke3)
        except (SignInError, WireError):
            self._report(pending.account, SignInResult.REFUSED_PASSPHRASE)
            raise SignInRefusedError(OAuthError.INVALID_SESSION) from None
        known = self.state.factors[pending.account]
        session = self._remember(
            self.state.challenges,
            _Pending(
                account=pending.account,
                request_key=request_key,
                code_challenge=pending.code_challenge,
                expires_at=pending.expires_at,
                factors=(FactorKind.PASSPHRASE,),
            ),
        )
        steps = {Step.TOTP, Step.RECOVERY_CODE} if known.recovery_hashes else {Step.TOTP}
        return SecondFactorNeeded(auth_session=session, steps=frozenset(steps))

    def prove_second_factor(
        self, auth_session: str, request_key: bytes, step: Step, value: str
    ) -> AuthorizationCode:
        """Third step."""
        pending = self._take(self.state.challenges, auth_session, request_key)
        if pending is None or not pending.factors:
            raise SignInRefusedError(OAuthError.INVALID_SESSION)
        known, left = self.state.factors[pending.account], None
        if step is Step.TOTP:
            kind, is_right = FactorKind.TOTP, self._is_new_code(known, value)
        else:
            kind, is_right = FactorKind.RECOVERY_CODE, self._use_up(pending.account, value)
            left = len(known.recovery_hashes)
        if not is_right:
            self._report(
                pending.account, SignInResult.REFUSED_SECOND_FACTOR, (FactorKind.PASSPHRASE,)
            )
            raise SignInRefusedError(OAuthError.INVALID_SESSION)
        if kind is FactorKind.RECOVERY_CODE:
            self.end_all(pending.account)
        code = self._remember(
            self.state.codes,
            _Pending(
                account=pending.account,
                request_key=request_key,
                code_challenge=pending.code_challenge,
                expires_at=self._in(CODE_SECONDS),
                factors=(FactorKind.PASSPHRASE, kind),
            ),
        )
        return AuthorizationCode(code=code, recovery_codes_left=left)

    # --- sessions ----------------------------------------------------------------------------

    def redeem(
        self, code: str, request_key: bytes, verifier: str, device: DeviceId | None
    ) -> Grant:
        """Begin a session of a listed device."""
        pending = self._take(self.state.codes, code, request_key)
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if (
            pending is None
            or device is None
            or digest.rstrip(b"=").decode() != pending.code_challenge
        ):
            raise SignInRefusedError(OAuthError.INVALID_GRANT)
        family = _Family(
            number=self._random_bytes(16),
            account=pending.account,
            device=device,
            request_key=request_key,
            signed_in_at=self._now(),
            refreshed_at=self._now(),
        )
        self.state.families[family.number] = family
        self.state.failures.pop(request_key, None)
        self._report(pending.account, SignInResult.ACCEPTED, pending.factors)
        return self._grant(family)

    def refresh(self, token: str, request_key: bytes) -> Grant:
        """Exchange a refresh token; a second use ends the family."""
        number, was_used = self.state.refresh_tokens.get(token, (b"", False))
        family = self.state.families.get(number)
        if family is None or family.request_key != request_key:
            raise SignInRefusedError(OAuthError.INVALID_GRANT)
        if was_used and not family.has_ended:
            family.has_ended = family.is_reused = True
            self._report(family.account, SignInResult.REFUSED_REFRESH_REUSED)
        if family.is_reused:
            raise SignInRefusedError(OAuthError.INVALID_GRANT, reason=REASON_REUSED)
        if was_used or not self._is_living(family):
            raise SignInRefusedError(OAuthError.INVALID_GRANT)
        self.state.refresh_tokens[token] = (number, True)
        family.refreshed_at = self._now()
        return self._grant(family)

    def revoke(self, token: str, request_key: bytes) -> None:
        """End a family; harmless when there is none (RFC 7009 §2.2)."""
        family = self.state.families.get(self.state.refresh_tokens.get(token, (b"", False))[0])
        if family is not None and family.request_key == request_key:
            family.has_ended = True

    def end_all(self, account: AccountId) -> int:
        """End all living sessions of an account."""
        living = self._living(account)
        for family in living:
            family.has_ended = True
        return len(living)

    def sessions(self, account: AccountId, access_token: str) -> Sessions:
        """Return the living sessions of an account."""
        current = self.state.access_tokens[access_token][0]
        return Sessions(
            rows=tuple(
                SessionRow(
                    session=family.number,
                    device=family.device,
                    signed_in_at=family.signed_in_at,
                    refreshed_at=family.refreshed_at,
                    is_current=family.number == current,
                )
                for family in self._living(account)
            )
        )

    def require_access(self, token: str | None, request_key: bytes) -> None:
        """Refuse a request whose token is missing, over, ended, or of another key."""
        number, expires_at = self.state.access_tokens.get(token or "", (b"", UnixMillis(0)))
        family = self.state.families.get(number)
        if (
            family is None
            or family.request_key != request_key
            or expires_at <= self._now()
            or family.has_ended
        ):
            raise SignInNeededError

    # --- inside ------------------------------------------------------------------------------

    def _in(self, seconds: float) -> UnixMillis:
        return UnixMillis(self._now() + int(seconds * 1000))

    def _token(self) -> str:
        return self._random_bytes(32).hex()

    def _remember(self, where: dict[str, _Pending], pending: _Pending) -> str:
        token = self._token()
        where[token] = pending
        return token

    def _take(self, where: dict[str, _Pending], token: str, request_key: bytes) -> _Pending | None:
        pending = where.get(token)
        if pending is None or pending.request_key != request_key:
            return None
        del where[token]
        return pending if pending.expires_at > self._now() else None

    def _is_living(self, family: _Family) -> bool:
        now = self._now()
        return (
            not family.has_ended
            and now < family.signed_in_at + self.absolute_seconds * 1000
            and now < family.refreshed_at + self.idle_seconds * 1000
        )

    def _living(self, account: AccountId) -> list[_Family]:
        return [
            family
            for family in self.state.families.values()
            if family.account == account and self._is_living(family)
        ]

    def _grant(self, family: _Family) -> Grant:
        access, refresh = self._token(), self._token()
        left = (family.signed_in_at - self._now()) // 1000 + self.absolute_seconds
        lasts = min(ACCESS_TOKEN_SECONDS, left)
        self.state.access_tokens[access] = (family.number, self._in(lasts))
        self.state.refresh_tokens[refresh] = (family.number, False)
        return Grant(
            access_token=access, expires_in=lasts, refresh_token=refresh, session_expires_in=left
        )

    def _is_new_code(self, known: _Factors, value: str) -> bool:
        totp = pyotp.TOTP(base64.b32encode(known.setup.totp_secret).decode())
        present = self._now() // 1000 // TOTP_PERIOD_SECONDS
        for step in (present - 1, present, present + 1):
            if step > known.last_step and totp.at(step * TOTP_PERIOD_SECONDS) == value:
                known.last_step = step
                return True
        return False

    def _use_up(self, account: AccountId, value: str) -> bool:
        try:
            code = base64.b32decode(value)
        except ValueError:
            return False
        hashes = self.state.factors[account].recovery_hashes
        digest = sha256(RECOVERY_CODE + account + code)
        if digest not in hashes:
            return False
        hashes.remove(digest)
        return True

    def _count_failure(self, account: AccountId, request_key: bytes) -> None:
        """Count per key: an unknown computer cannot lock out the owner's."""
        failures = self.state.failures.setdefault(request_key, _Failures())
        if failures.blocked_until > self._now():
            self._report(account, SignInResult.REFUSED_THROTTLED)
            raise SignInRefusedError(
                OAuthError.TEMPORARILY_UNAVAILABLE,
                retry_after_seconds=(failures.blocked_until - self._now()) / 1000,
            )
        failures.count += 1
        if failures.count >= FREE_FAILURES:
            wait = min(LONGEST_WAIT_SECONDS, 2 ** (failures.count - FREE_FAILURES))
            failures.blocked_until = self._in(wait)

    def _report(
        self, account: AccountId, result: SignInResult, factors: tuple[FactorKind, ...] = ()
    ) -> None:
        if account in self.state.factors:
            self.state.reports.append((account, result, factors))
