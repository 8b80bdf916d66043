# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registering both factors, signing in with them, and the sessions that come of it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hashlib
from typing import TYPE_CHECKING, Final

import pyotp

from app.engine.ports.relay import RelayAnswerError, RelayError
from app.engine.ports.vault import SecondFactors
from app.engine.tokens import Ended
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import Registered, SessionList, SessionView, SignedIn
from crypto_core.errors import SignInError, WireError
from crypto_core.opaque.client import start_login, start_registration
from crypto_core.trust.signatures import sha256
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.labels import RECOVERY_CODE
from crypto_core.wire.oauth import Step
from crypto_core.wire.sign_in import (
    RECOVERY_CODE_BYTES,
    RECOVERY_CODES,
    TOTP_DIGITS,
    TOTP_PERIOD_SECONDS,
    TOTP_SECRET_BYTES,
    SignInRegistrationRequest,
    SignInSetup,
)

if TYPE_CHECKING:
    from app.engine.ports.machine import RandomBytes
    from app.engine.ports.relay import Relay
    from app.engine.ports.vault import Owner, Store
    from app.engine.session import Session
    from app.interface.commands import SignIn

ISSUER: Final = "U-HealthSec"
_VERIFIER_BYTES: Final = 32
_GROUP: Final = 4


# --- both factors of a new account ---------------------------------------------------------------


def invent_second_factors(random_bytes: RandomBytes) -> SecondFactors:
    """Draw the secret of the one-time codes and the recovery codes."""
    return SecondFactors(
        totp_secret=random_bytes(TOTP_SECRET_BYTES),
        recovery_codes=tuple(random_bytes(RECOVERY_CODE_BYTES) for _ in range(RECOVERY_CODES)),
    )


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
        recovery_hashes=tuple(
            sha256(RECOVERY_CODE + owner.account + code) for code in factors.recovery_codes
        ),
    )


def registered(owner: Owner, factors: SecondFactors, *, os_secret_store: bool) -> Registered:
    """Return what the owner of a new account has to take over."""
    totp = pyotp.TOTP(
        _base32(factors.totp_secret),
        digits=TOTP_DIGITS,
        interval=TOTP_PERIOD_SECONDS,
        name=owner.name,
        issuer=ISSUER,
    )
    return Registered(
        account=owner.account,
        os_secret_store=os_secret_store,
        totp_uri=totp.provisioning_uri(),
        recovery_codes=tuple(_grouped(_base32(code)) for code in factors.recovery_codes),
    )


async def show_second_factors(session: Session, *, os_secret_store: bool) -> Registered:
    """Return the answer of the registration once more, as long as nothing shows that it was received."""
    owner = await session.vault.run(lambda store: store.identity.owner())
    if owner is None or owner.second_factors is None:
        raise CommandError(Failure.SECOND_FACTORS_GONE)
    return registered(owner, owner.second_factors, os_secret_store=os_secret_store)


# --- signing in ----------------------------------------------------------------------------------


async def sign_in(session: Session, command: SignIn) -> SignedIn:
    """Show both factors, and begin a session; the one before it, if it lives, is ended.

    Raises CommandError, SignInRefusedError, RelayError, CryptoCoreError.
    """
    step, value = _second_factor(command.code)
    owner, random_bytes, relay = session.owner, session.machine.random_bytes, session.relay
    verifier = _base64url(random_bytes(_VERIFIER_BYTES))
    login = start_login(
        command.passphrase,
        account=owner.account,
        account_secret=owner.account_secret,
        random_bytes=random_bytes,
    )
    async with session.locks.sign_in:
        challenge = await relay.start_sign_in(
            owner.account,
            ke1=login.ke1,
            code_challenge=_base64url(hashlib.sha256(verifier.encode("ascii")).digest()),
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
        needed = await relay.prove_passphrase(challenge.auth_session, ke3=finished.ke3)
        if step not in needed.steps:
            raise CommandError(Failure.SECOND_FACTOR_REFUSED)
        code = await relay.prove_second_factor(needed.auth_session, step, value)
        grant = await relay.redeem_code(code.code, code_verifier=verifier)

        def keep(store: Store) -> None:
            if step is Step.TOTP:
                store.identity.forget_second_factors()

        before = await session.tokens.begin(grant, keep)
    session.wakes.signed_in.set()
    session.wakes.status.set()
    if before is not None:
        # Nobody has this session any more; if it cannot be ended now, it ends by itself.
        with contextlib.suppress(RelayError):
            await relay.revoke(before)
    return SignedIn(
        session_ends_at=UnixMillis(session.now() + grant.session_expires_in * 1000),
        recovery_codes_left=code.recovery_codes_left if step is Step.RECOVERY_CODE else None,
    )


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


def _second_factor(text: str) -> tuple[Step, str]:
    """Tell a one-time code from a recovery code as people type them. Raises CommandError."""
    typed = "".join(each for each in text if each.isalnum()).upper()
    if len(typed) == TOTP_DIGITS and typed.isascii() and typed.isdigit():
        return Step.TOTP, typed
    try:
        is_recovery_code = len(base64.b32decode(typed)) == RECOVERY_CODE_BYTES
    except (binascii.Error, ValueError):
        is_recovery_code = False
    if not is_recovery_code:
        raise CommandError(Failure.SECOND_FACTOR_REFUSED)
    return Step.RECOVERY_CODE, typed


def _grouped(text: str) -> str:
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii")


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
