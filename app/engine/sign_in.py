# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registering both factors, signing in with them, and the sessions that come of it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from app.engine import epochs, new_kit, second_factors
from app.engine.ports.relay import (
    RelayAnswerError,
    RelayError,
    SecondFactorNeeded,
    SignInRefusedError,
)
from app.engine.tokens import Ended
from app.engine.touch import touched
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import Registered, SessionList, SessionView, SignedIn
from crypto_core.errors import SignInError, WireError
from crypto_core.opaque.client import start_login, start_registration
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.oauth import REASON_COPIED, Step
from crypto_core.wire.sign_in import SignInRegistrationRequest, SignInSetup

if TYPE_CHECKING:
    from app.engine.ports.machine import RandomBytes
    from app.engine.ports.relay import AuthorizationCode, Grant, Relay
    from app.engine.ports.vault import Owner, Profile, SecondFactors, Store
    from app.engine.session import Session
    from app.interface.commands import SignIn, SignInWithSecurityKey

_VERIFIER_BYTES: Final = 32

_Show: TypeAlias = Callable[[SecondFactorNeeded], Awaitable[tuple[Step, str]]]
"""Returns the second factor that is shown. Raises CommandError, SecurityKeyError."""


# --- both factors of a new account ---------------------------------------------------------------


async def set_up(
    owner: Owner,
    factors: SecondFactors,
    relay: Relay,
    *,
    passphrase: str,
    invitation: str,
    random_bytes: RandomBytes,
) -> SignInSetup:
    """Register the passphrase, which the relay does not learn, and return what it is to store.

    Nothing is kept at the relay before the account itself is registered. Raises RelayError, CryptoCoreError.
    """
    registration = start_registration(
        passphrase,
        account=owner.account,
        account_secret=owner.account_secret,
        random_bytes=random_bytes,
    )
    answer = await relay.register_sign_in(
        SignInRegistrationRequest(
            invitation=invitation, account=owner.account, request=registration.request
        )
    )
    try:
        credential = await asyncio.to_thread(
            registration.finish, answer.response, random_bytes=random_bytes
        )
    except WireError as error:
        raise RelayAnswerError("the relay's part of the registration is malformed") from error
    return SignInSetup(
        credential=credential,
        totp_secret=factors.totp_secret,
        recovery_hashes=second_factors.hashes_of(owner.account, factors.recovery_codes),
    )


async def show_second_factors(session: Session, *, os_secret_store: bool) -> Registered:
    """Return what nobody has taken over yet: the telephone's secret, the recovery codes. Raises CommandError."""
    owner = await session.vault.run(lambda store: store.identity.owner())
    if owner is None or owner.second_factors is None:
        raise CommandError(Failure.SECOND_FACTORS_GONE)
    pending = owner.second_factors
    uri = second_factors.totp_uri(owner, pending.totp_secret) if pending.totp_secret else ""
    return Registered(
        account=owner.account,
        os_secret_store=os_secret_store,
        totp_uri=uri,
        recovery_codes=second_factors.printed(pending.recovery_codes),
    )


# --- signing in ----------------------------------------------------------------------------------


async def sign_in(session: Session, profile: Profile, command: SignIn) -> SignedIn:
    """Show passphrase and code, and begin a session; the one before it, if it lives, is ended.

    Raises CommandError, SignInRefusedError, RelayError, CryptoCoreError.
    """
    step, value = second_factors.read(command.code)

    async def show(needed: SecondFactorNeeded) -> tuple[Step, str]:
        if step not in needed.steps:
            raise CommandError(Failure.SECOND_FACTOR_REFUSED)
        return step, value

    return await _sign_in(session, profile, command.passphrase, show)


async def sign_in_with_security_key(
    session: Session, profile: Profile, command: SignInWithSecurityKey
) -> SignedIn:
    """Show passphrase and security key, and begin a session. Raises SecurityKeyError besides the above."""

    async def show(needed: SecondFactorNeeded) -> tuple[Step, str]:
        if Step.WEBAUTHN not in needed.steps:
            raise CommandError(Failure.SECURITY_KEY_UNKNOWN)
        keys = session.machine.security_keys
        said = await touched(session, keys.sign_in, needed.security_key_options, pin=command.pin)
        return Step.WEBAUTHN, said

    return await _sign_in(session, profile, command.passphrase, show)


async def list_sessions(session: Session) -> SessionList:
    """Return where the account is signed in. Raises RelayError."""
    found = await session.relay.sessions()
    return SessionList(
        rows=tuple(
            SessionView(
                device=row.device,
                signed_in_at=row.signed_in_at,
                refreshed_at=row.refreshed_at,
                is_current=row.is_current,
            )
            for row in found.rows
        )
    )


async def end_sessions(session: Session) -> None:
    """Sign out everywhere, here too. Raises RelayError; then this session lives on."""
    async with session.locks.sign_in:
        await session.relay.end_sessions()
        await session.tokens.end(Ended.SIGNED_OUT)


# --- inside --------------------------------------------------------------------------------------


async def _sign_in(session: Session, profile: Profile, passphrase: str, show: _Show) -> SignedIn:
    verifier = _base64url(session.random(_VERIFIER_BYTES))
    async with session.locks.sign_in:
        # A passphrase that was changed is the relay's from its first sign-in on.
        is_pending = await profile.is_confirmation_due()
        needed, secret = await _shown(session, passphrase, verifier, is_pending=is_pending)
        step, value = await show(needed)
        code = await session.relay.prove_second_factor(needed.auth_session, step, value)
        grant, before = await _begin(session, code, verifier, step)
        if secret.is_pending and not secret.is_of_next_kit:
            await profile.confirm_passphrase()
        await session.vault.run(lambda store: new_kit.go_over(store, secret))
        await new_kit.register_passphrase(session, passphrase)
    session.wakes.signed_in.set()
    session.wakes.status.set()
    if before is not None:
        # Nobody has this session any more; if it cannot be ended now, it ends by itself.
        with contextlib.suppress(RelayError):
            await session.relay.revoke(before)
    return SignedIn(
        session_ends_at=UnixMillis(session.now() + grant.session_expires_in * 1000),
        recovery_codes_left=code.recovery_codes_left if step is Step.RECOVERY_CODE else None,
    )


async def _shown(
    session: Session, passphrase: str, verifier: str, *, is_pending: bool
) -> tuple[SecondFactorNeeded, new_kit.Secret]:
    """Show the passphrase with one secret after the other; return which one was right."""
    *others, last = await new_kit.secrets(session, is_pending=is_pending)
    for secret in others:
        try:
            return await _show_passphrase(session, passphrase, verifier, secret), secret
        except CommandError as error:
            if error.failure is not Failure.WRONG_PASSPHRASE:
                raise
    return await _show_passphrase(session, passphrase, verifier, last), last


async def _show_passphrase(
    session: Session, passphrase: str, verifier: str, secret: new_kit.Secret
) -> SecondFactorNeeded:
    login = start_login(
        passphrase,
        account=session.owner.account,
        account_secret=secret.value,
        random_bytes=session.machine.random_bytes,
    )
    challenge = await session.relay.start_sign_in(
        session.owner.account,
        ke1=login.ke1,
        code_challenge=_base64url(hashlib.sha256(verifier.encode("ascii")).digest()),
        is_pending=secret.is_pending,
    )
    try:
        finished = await asyncio.to_thread(login.finish, challenge.answer)
    except SignInError:
        # Seen here, and not told to the relay: it could not be anything else, for the relay holds the
        # enrolled key, and the account secret is in the vault.
        raise CommandError(Failure.WRONG_PASSPHRASE) from None
    except WireError as error:
        # Malformed, or the relay wants passphrases to be stretched less than they were: a downgrade.
        raise RelayAnswerError("the relay's answer to the sign-in is not acceptable") from error
    return await session.relay.prove_passphrase(challenge.auth_session, ke3=finished.ke3)


async def _begin(
    session: Session, code: AuthorizationCode, verifier: str, step: Step
) -> tuple[Grant, str | None]:
    """Redeem the code; return the session's tokens and the refresh token of the one before it."""
    epoch = await epochs.prepare(session)
    try:
        grant = await session.relay.redeem_code(code.code, code_verifier=verifier, epoch=epoch)
    except SignInRefusedError as error:
        if error.reason != REASON_COPIED:
            raise
        await session.tokens.end(Ended.COPIED)
        # Whoever waits for a sign-in learns that there will be none.
        session.wakes.signed_in.set()
        raise CommandError(Failure.PROFILE_COPIED) from error

    def keep(store: Store) -> None:
        epochs.accept(store, epoch)
        owner = store.identity.owner()
        pending = None if owner is None else owner.second_factors
        if step is Step.TOTP and pending is not None:
            # The telephone works, so nobody else may take its secret over; the codes wait for paper.
            rest = replace(pending, totp_secret=b"")
            store.identity.put_second_factors(rest if rest.recovery_codes else None)

    return grant, await session.tokens.begin(grant, keep)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
