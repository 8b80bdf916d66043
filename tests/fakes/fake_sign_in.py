# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign-in and sessions of the relay in memory: real OPAQUE, real one-time codes, real single use.

`FakeRelay` holds one and reports what it says to the log; `tests/contract` holds it to the promises that
the real relay keeps too.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pyotp
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)

from app.engine.ports.relay import (
    AuthorizationCode,
    Challenge,
    Grant,
    RecoveryGrant,
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
from crypto_core.wire.ids import AccountId, DeviceId, FactorId, UnixMillis
from crypto_core.wire.labels import RECOVERY_CODE
from crypto_core.wire.oauth import (
    ACCESS_TOKEN_SECONDS,
    CHALLENGE_SECONDS,
    CODE_SECONDS,
    EARLIER_PASSPHRASE_SECONDS,
    EARLIER_PASSPHRASES,
    REASON_COPIED,
    REASON_REMOVED,
    REASON_REUSED,
    STEP_UP_SECONDS,
    OAuthError,
    Step,
)
from crypto_core.wire.relay_api import ProblemCode, SessionRow, Sessions
from crypto_core.wire.sign_in import (
    MAX_FACTORS,
    TOTP_PERIOD_SECONDS,
    AddSecurityKeyRequest,
    AddTotpRequest,
    FactorKind,
    FactorRow,
    Factors,
    LoginCredential,
    SecurityKeyOptions,
    SignInRegistrationAnswer,
    SignInSetup,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.ports.relay import EpochStep


FREE_FAILURES: Final = 5
LONGEST_WAIT_SECONDS: Final = 900
A_YEAR_SECONDS: Final = 366 * 86_400
RELYING_PARTY: Final = "relay.example"


@dataclass(slots=True, kw_only=True)
class _Factor:
    number: FactorId
    kind: FactorKind
    added_at: UnixMillis
    last_used_at: UnixMillis | None = None
    sealed_name: bytes = b""
    totp_secret: bytes = b""
    last_step: int = 0
    security_key: AttestedCredentialData | None = None
    counter: int = 0

    @property
    def row(self) -> FactorRow:
        return FactorRow(
            factor=self.number,
            kind=self.kind,
            added_at=self.added_at,
            last_used_at=self.last_used_at,
            sealed_name=self.sealed_name,
        )


@dataclass(slots=True, kw_only=True)
class _Factors:
    credential: LoginCredential
    pending: LoginCredential | None = None
    earlier: list[tuple[LoginCredential, UnixMillis]] = field(default_factory=list)
    """What was replaced, and when."""
    factors: list[_Factor] = field(default_factory=list)
    recovery_hashes: set[bytes] = field(default_factory=set)
    key_challenge: object | None = None
    """State of the registration of a security key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    """A sign-in between two steps, or a code before it is redeemed."""

    account: AccountId
    request_key: bytes
    code_challenge: str
    expires_at: UnixMillis
    expected: tuple[tuple[bytes, LoginCredential | None], ...] = ()
    """Proofs that would do, each with the credential that it would be by."""
    credential: LoginCredential | None = None
    """What the passphrase was checked with."""
    key_challenge: object | None = None
    factor: FactorId | None = None
    factors: tuple[FactorKind, ...] = ()
    is_recovery: bool = False


@dataclass(slots=True, kw_only=True)
class _Family:
    number: bytes
    account: AccountId
    device: DeviceId
    request_key: bytes
    factor: FactorId | None
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
    epochs: dict[DeviceId, bytes] = field(default_factory=dict)
    removed: set[DeviceId] = field(default_factory=set)
    recoveries: dict[str, tuple[_Pending, UnixMillis]] = field(default_factory=dict)
    """Tokens that bring an account back: what they came of, until when."""
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
        self._keys = Fido2Server(
            PublicKeyCredentialRpEntity(name="U-HealthSec", id=RELYING_PARTY),
            verify_origin=f"https://{RELYING_PARTY}".__eq__,
        )

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
            credential=setup.credential,
            factors=[self._new(FactorKind.TOTP, totp_secret=setup.totp_secret)],
            recovery_hashes=set(setup.recovery_hashes),
        )

    def store_pending(self, account: AccountId, credential: LoginCredential) -> None:
        """Keep another passphrase, which is not the account's yet."""
        try:
            check_credential(credential)
        except WireError:
            raise RelayRefusedError(ProblemCode.MALFORMED) from None
        if len(self._kept_earlier(account)) >= EARLIER_PASSPHRASES:
            raise RelayRefusedError(ProblemCode.QUOTA_EXCEEDED)
        self.state.factors[account].pending = credential

    def _kept_earlier(self, account: AccountId) -> list[LoginCredential]:
        """Return the former passphrases that still begin a recovery, the newest first."""
        since = self._now() - EARLIER_PASSPHRASE_SECONDS * 1000
        known = self.state.factors.get(account)
        earlier = [] if known is None else known.earlier
        return [credential for credential, replaced_at in reversed(earlier) if replaced_at > since]

    # --- factors -----------------------------------------------------------------------------

    def list_factors(self, account: AccountId) -> Factors:
        """Say what there is."""
        known = self.state.factors[account]
        return Factors(
            rows=tuple(each.row for each in known.factors),
            recovery_codes_left=len(known.recovery_hashes),
        )

    def add_totp(self, account: AccountId, request: AddTotpRequest) -> FactorRow:
        """Take another authenticator."""
        self._require_room(account)
        added = self._new(
            FactorKind.TOTP, totp_secret=request.secret, sealed_name=request.sealed_name
        )
        if not self._is_new_code(added, request.code):
            raise RelayRefusedError(ProblemCode.SIGNATURE_INVALID)
        added.last_used_at = None
        known = self.state.factors[account].factors
        if any(each.totp_secret == request.secret for each in known):
            raise RelayRefusedError(ProblemCode.KEY_IN_USE)
        known.append(added)
        return added.row

    def security_key_options(self, account: AccountId) -> SecurityKeyOptions:
        """Say what a security key has to sign."""
        self._require_room(account)
        known = self.state.factors[account]
        options, known.key_challenge = self._keys.register_begin(
            PublicKeyCredentialUserEntity(
                name="U-HealthSec", id=sha256(account)[:16], display_name="U-HealthSec"
            ),
            _security_keys(known),
            user_verification=UserVerificationRequirement.DISCOURAGED,
        )
        return SecurityKeyOptions(options=json.dumps(dict(options.public_key)))

    def add_security_key(self, account: AccountId, request: AddSecurityKeyRequest) -> FactorRow:
        """Take another security key."""
        self._require_room(account)
        known = self.state.factors[account]
        challenge, known.key_challenge = known.key_challenge, None
        if challenge is None:
            raise RelayRefusedError(ProblemCode.EXPIRED)
        try:
            registered = self._keys.register_complete(
                challenge, RegistrationResponse.from_dict(json.loads(request.response))
            )
        except (ValueError, TypeError, KeyError):
            raise RelayRefusedError(ProblemCode.SIGNATURE_INVALID) from None
        added = self._new(
            FactorKind.FIDO2,
            security_key=registered.credential_data,
            counter=registered.counter,
            sealed_name=request.sealed_name,
        )
        known.factors.append(added)
        return added.row

    def remove_factor(self, account: AccountId, number: FactorId) -> FactorKind:
        """Take one away; the last one stays."""
        known = self.state.factors[account]
        found = next((each for each in known.factors if each.number == number), None)
        if found is None:
            raise RelayRefusedError(ProblemCode.NOT_FOUND)
        if len(known.factors) == 1:
            raise RelayRefusedError(ProblemCode.CONFLICT)
        known.factors.remove(found)
        for family in self._living(account):
            # The session that asks for it as well, if it was begun with this one.
            family.has_ended = family.factor == number
        return found.kind

    def renew_recovery_codes(self, account: AccountId, hashes: tuple[bytes, ...]) -> None:
        """Put these codes in the place of all there were."""
        if len(set(hashes)) != len(hashes):
            raise RelayRefusedError(ProblemCode.MALFORMED)
        self.state.factors[account].recovery_hashes = set(hashes)

    def require_step_up(self, access_token: str | None) -> None:
        """Refuse a session whose factors were shown too long ago."""
        family = self.state.families[self.state.access_tokens[access_token or ""][0]]
        if self._now() > family.signed_in_at + STEP_UP_SECONDS * 1000:
            raise RelayRefusedError(ProblemCode.STEP_UP_NEEDED)

    def _new(
        self,
        kind: FactorKind,
        *,
        totp_secret: bytes = b"",
        security_key: AttestedCredentialData | None = None,
        counter: int = 0,
        sealed_name: bytes = b"",
    ) -> _Factor:
        return _Factor(
            number=FactorId(self._random_bytes(16)),
            kind=kind,
            added_at=self._now(),
            totp_secret=totp_secret,
            security_key=security_key,
            counter=counter,
            sealed_name=sealed_name,
        )

    def _require_room(self, account: AccountId) -> None:
        if len(self.state.factors[account].factors) >= MAX_FACTORS:
            raise RelayRefusedError(ProblemCode.QUOTA_EXCEEDED)

    # --- the three steps ---------------------------------------------------------------------

    def start(
        self,
        account: AccountId,
        request_key: bytes,
        ke1: bytes,
        code_challenge: str,
        *,
        is_listed: bool,
        is_pending: bool,
        is_recovery: bool = False,
        has_kit: bool = False,
    ) -> Challenge:
        """First step: counts as failed until the last one succeeds.

        A key that is no listed device of the account is answered like one whose passphrase is wrong.
        """
        # Unknown computers count by key, so that none locks out the owner's; those that recover share two counts.
        who = (b"kit" if has_kit else b"strangers") + account if is_recovery else request_key
        self._count_failure(account, who)
        known = self.state.factors.get(account) if is_listed else None
        candidates: list[LoginCredential | None] = [None]
        if known is not None:
            # Without one that waits the other one answers: the last sign-in may have put it in place.
            candidates = [(known.pending if is_pending else None) or known.credential]
        if is_recovery:
            # The passphrase of a new kit waits beside the other one.
            waiting = [] if known is None or known.pending is None else [known.pending]
            kept = [*waiting, *self._kept_earlier(account)]
            candidates += [*kept, *[None] * (EARLIER_PASSPHRASES - len(kept))]
        try:
            answered = [
                answer_login(self.state.setup, account, each, ke1, random_bytes=self._random_bytes)
                for each in candidates
            ]
        except WireError:
            raise SignInRefusedError(OAuthError.INVALID_REQUEST) from None
        session = self._remember(
            self.state.challenges,
            _Pending(
                account=account,
                request_key=request_key,
                code_challenge=code_challenge,
                expires_at=self._in(CHALLENGE_SECONDS),
                expected=tuple(
                    (login.to_bytes(), credential)
                    for (_, login), credential in zip(answered, candidates, strict=True)
                ),
                is_recovery=is_recovery,
            ),
        )
        answer, *earlier = (each for each, _ in answered)
        return Challenge(auth_session=session, answer=answer, earlier=tuple(earlier))

    def prove_passphrase(
        self, auth_session: str, request_key: bytes, ke3: bytes
    ) -> SecondFactorNeeded:
        """Second step."""
        pending = self._take(self.state.challenges, auth_session, request_key)
        if pending is None or not pending.expected:
            raise SignInRefusedError(OAuthError.INVALID_SESSION)
        credential = None
        for proof, candidate in pending.expected:
            with contextlib.suppress(SignInError, WireError):
                PendingLogin.parse(proof).finish(ke3)
                credential = candidate
        if credential is None:
            self._report(pending.account, SignInResult.REFUSED_PASSPHRASE)
            raise SignInRefusedError(OAuthError.INVALID_SESSION)
        known = self.state.factors[pending.account]
        steps, options, challenge = {Step.TOTP}, "", None
        if not any(each.kind is FactorKind.TOTP for each in known.factors):
            steps = set()
        if known.recovery_hashes:
            steps.add(Step.RECOVERY_CODE)
        keys = _security_keys(known)
        if keys:
            steps.add(Step.WEBAUTHN)
            asked, challenge = self._keys.authenticate_begin(
                keys, user_verification=UserVerificationRequirement.DISCOURAGED
            )
            options = json.dumps(dict(asked.public_key))
        if pending.is_recovery:
            steps, options, challenge = {Step.RECOVERY_KIT}, "", None
        session = self._remember(
            self.state.challenges,
            _Pending(
                account=pending.account,
                request_key=request_key,
                code_challenge=pending.code_challenge,
                expires_at=pending.expires_at,
                credential=credential,
                key_challenge=challenge,
                factors=(FactorKind.PASSPHRASE,),
                is_recovery=pending.is_recovery,
            ),
        )
        return SecondFactorNeeded(
            auth_session=session, steps=frozenset(steps), security_key_options=options
        )

    def prove_second_factor(
        self,
        auth_session: str,
        request_key: bytes,
        step: Step,
        value: str,
        *,
        is_kit: Callable[[AccountId, str, str], bool],
    ) -> AuthorizationCode:
        """Third step; `is_kit` says whether the kit of an account signed this sign-in."""
        pending = self._take(self.state.challenges, auth_session, request_key)
        if pending is None or not pending.factors:
            raise SignInRefusedError(OAuthError.INVALID_SESSION)
        known, left = self.state.factors[pending.account], None
        factor: FactorId | None = None
        if pending.is_recovery or step is Step.RECOVERY_KIT:
            kind = FactorKind.RECOVERY_KIT
            is_right = pending.is_recovery and is_kit(pending.account, auth_session, value)
        elif step is Step.TOTP:
            kind = FactorKind.TOTP
            factor = next(
                (
                    each.number
                    for each in known.factors
                    if each.kind is FactorKind.TOTP and self._is_new_code(each, value)
                ),
                None,
            )
            is_right = factor is not None
        elif step is Step.WEBAUTHN:
            kind = FactorKind.FIDO2
            factor = self._touched(pending, known, value)
            is_right = factor is not None
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
                credential=pending.credential,
                factor=factor,
                factors=(FactorKind.PASSPHRASE, kind),
                is_recovery=pending.is_recovery,
            ),
        )
        return AuthorizationCode(code=code, recovery_codes_left=left)

    # --- sessions ----------------------------------------------------------------------------

    def redeem(
        self,
        code: str,
        request_key: bytes,
        verifier: str,
        device: DeviceId | None,
        epoch: EpochStep,
    ) -> Grant:
        """Begin a session of a listed device."""
        pending = self._take(self.state.codes, code, request_key)
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if (
            pending is None
            or device is None
            or pending.is_recovery
            or digest.rstrip(b"=").decode() != pending.code_challenge
        ):
            if pending is not None:
                self._report(pending.account, SignInResult.REFUSED_CODE, pending.factors)
            raise SignInRefusedError(OAuthError.INVALID_GRANT)
        stored = self.state.epochs.get(device)
        if stored is not None and stored not in {epoch.held, epoch.following}:
            self._report(pending.account, SignInResult.REFUSED_COPIED, pending.factors)
            raise SignInRefusedError(OAuthError.INVALID_GRANT, reason=REASON_COPIED)
        known = self.state.factors[pending.account]
        if pending.credential != known.credential:
            if pending.credential is None or pending.credential != known.pending:
                raise SignInRefusedError(OAuthError.INVALID_GRANT)
            known.earlier.append((known.credential, self._now()))
            known.credential, known.pending = pending.credential, None
        self.state.epochs[device] = epoch.following
        family = _Family(
            number=self._random_bytes(16),
            account=pending.account,
            device=device,
            request_key=request_key,
            factor=pending.factor,
            signed_in_at=self._now(),
            refreshed_at=self._now(),
        )
        self.state.families[family.number] = family
        self.state.failures.pop(request_key, None)
        self._report(pending.account, SignInResult.ACCEPTED, pending.factors)
        return self._grant(family)

    def redeem_recovery(self, code: str, request_key: bytes, verifier: str) -> RecoveryGrant:
        """Give a token that brings an account back."""
        pending = self._take(self.state.codes, code, request_key)
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if (
            pending is None
            or not pending.is_recovery
            or digest.rstrip(b"=").decode() != pending.code_challenge
        ):
            raise SignInRefusedError(OAuthError.INVALID_GRANT)
        token = self._token()
        self.state.recoveries[token] = (pending, self._in(ACCESS_TOKEN_SECONDS))
        self._report(pending.account, SignInResult.ACCEPTED, pending.factors)
        return RecoveryGrant(access_token=token, expires_in=ACCESS_TOKEN_SECONDS)

    def require_recovery(self, token: str | None, request_key: bytes) -> AccountId:
        """Return whose account a token brings back."""
        if token in self.state.access_tokens:
            self.require_access(token, request_key)
            raise RelayRefusedError(ProblemCode.FORBIDDEN)
        pending, expires_at = self.state.recoveries.get(token or "", (None, UnixMillis(0)))
        if pending is None or pending.request_key != request_key or expires_at <= self._now():
            raise SignInNeededError
        return pending.account

    def recover(
        self, token: str | None, totp_secret: bytes, hashes: tuple[bytes, ...]
    ) -> tuple[FactorKind, ...]:
        """Replace what was signed in with and end all sessions; return the kinds that are gone."""
        pending, _ = self.state.recoveries[token or ""]
        account, known = pending.account, self.state.factors[pending.account]
        if pending.credential is not None:
            known.credential = pending.credential
        known.pending = None
        known.earlier.clear()
        gone = tuple(each.kind for each in known.factors)
        known.factors = [self._new(FactorKind.TOTP, totp_secret=totp_secret)]
        known.recovery_hashes = set(hashes)
        self.end_all(account)
        return gone

    def refresh(self, token: str, request_key: bytes) -> Grant:
        """Exchange a refresh token; a second use ends the family."""
        number, was_used = self.state.refresh_tokens.get(token, (b"", False))
        family = self.state.families.get(number)
        if family is None or family.request_key != request_key:
            raise SignInRefusedError(OAuthError.INVALID_GRANT)
        if family.device in self.state.removed:
            raise SignInRefusedError(OAuthError.INVALID_GRANT, reason=REASON_REMOVED)
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

    def end_removed(self, device: DeviceId) -> None:
        """End the sessions of a device that is listed no more."""
        self.state.removed.add(device)
        for family in self.state.families.values():
            if family.device == device:
                family.has_ended = True

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
        if token in self.state.recoveries:
            self.require_recovery(token, request_key)
            raise RelayRefusedError(ProblemCode.FORBIDDEN)
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

    def _touched(self, pending: _Pending, known: _Factors, value: str) -> FactorId | None:
        keys = _security_keys(known)
        if pending.key_challenge is None or not keys:
            return None
        try:
            response = AuthenticationResponse.from_dict(json.loads(value))
            used = self._keys.authenticate_complete(pending.key_challenge, keys, response)
        except (ValueError, TypeError, KeyError):
            return None
        factor = next(each for each in known.factors if each.security_key == used)
        counter = response.response.authenticator_data.counter
        if counter <= factor.counter and (counter or factor.counter):
            self._report(pending.account, SignInResult.REFUSED_COUNTER)
            return None
        factor.counter, factor.last_used_at = counter, self._now()
        return factor.number

    def _is_new_code(self, known: _Factor, value: str) -> bool:
        totp = pyotp.TOTP(base64.b32encode(known.totp_secret).decode())
        present = self._now() // 1000 // TOTP_PERIOD_SECONDS
        for step in (present - 1, present, present + 1):
            if step > known.last_step and totp.at(step * TOTP_PERIOD_SECONDS) == value:
                known.last_step, known.last_used_at = step, self._now()
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

    def _count_failure(self, account: AccountId, who: bytes) -> None:
        failures = self.state.failures.setdefault(who, _Failures())
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


def _security_keys(known: _Factors) -> list[AttestedCredentialData]:
    return [each.security_key for each in known.factors if each.security_key is not None]
