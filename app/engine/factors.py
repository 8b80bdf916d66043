# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one signs in with: telephones, security keys, recovery codes, and the passphrase itself.

The relay wants both factors shown within the last minutes before it changes any of them. Then a command
fails with STEP_UP_NEEDED, having changed nothing here that a repetition would not find; the front end signs
in and repeats it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from app.engine import second_factors
from app.engine.accounts import require_strong
from app.engine.new_kit import own_secret
from app.engine.ports.relay import RelayAnswerError, RelayRefusedError
from app.engine.ports.vault import SecondFactors, Setting
from app.engine.touch import touched
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import FactorList, FactorView, NewTotp, RecoveryCodes
from crypto_core.errors import DecryptionError, WireError
from crypto_core.keys.factor_names import open_factor_name, seal_factor_name
from crypto_core.opaque.client import start_registration
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import (
    TOTP_SECRET_BYTES,
    AddSecurityKeyRequest,
    AddTotpRequest,
    CredentialRequest,
    FactorKind,
    RenewRecoveryCodesRequest,
)

if TYPE_CHECKING:
    from app.engine.ports.vault import Profile, Store
    from app.engine.session import Session
    from crypto_core.wire.ids import FactorId
    from crypto_core.wire.sign_in import FactorRow


async def list_all(session: Session) -> FactorList:
    """Return what the account can be signed in with. Raises RelayError."""
    found = await session.relay.factors()

    def are_due(store: Store) -> bool:
        owner = store.identity.owner()
        pending = None if owner is None else owner.second_factors
        is_unfinished = store.identity.setting(Setting.NEW_RECOVERY_CODES) is not None
        return is_unfinished or bool(pending and pending.recovery_codes)

    return FactorList(
        rows=tuple([await _view(session, row) for row in found.rows]),
        recovery_codes_left=found.recovery_codes_left,
        are_codes_due=await session.vault.run(are_due),
    )


# --- telephones ----------------------------------------------------------------------------------


async def begin_totp(session: Session, name: str) -> NewTotp:
    """Draw a secret for another telephone; it is kept here until the telephone has shown a code."""
    secret = session.random(TOTP_SECRET_BYTES)
    begun = secret + name.encode()
    await session.vault.run(lambda store: store.identity.put_setting(Setting.NEW_TOTP, begun))
    return NewTotp(totp_uri=second_factors.totp_uri(session.owner, secret))


async def confirm_totp(session: Session, code: str) -> FactorView:
    """Have the relay take the telephone whose code this is. Raises CommandError, RelayError."""
    begun = await session.vault.run(lambda store: store.identity.setting(Setting.NEW_TOTP))
    if begun is None:
        raise CommandError(Failure.FACTOR_NOT_BEGUN)
    digits = second_factors.digits_of(code)
    name = begun[TOTP_SECRET_BYTES:].decode()
    request = AddTotpRequest(
        secret=begun[:TOTP_SECRET_BYTES],
        code=digits,
        sealed_name=_sealed(session, name, FactorKind.TOTP),
    )
    try:
        row = await session.relay.add_totp(request)
    except RelayRefusedError as error:
        if error.code is ProblemCode.SIGNATURE_INVALID:
            raise CommandError(Failure.SECOND_FACTOR_REFUSED) from error
        if error.code is not ProblemCode.KEY_IN_USE:
            raise _meaning(error) from error
        # The relay took it before, and its answer was lost: it is the newest telephone.
        rows = (await session.relay.factors()).rows
        row = max((each for each in rows if each.kind is FactorKind.TOTP), key=_added_at)
    await session.vault.run(lambda store: store.identity.put_setting(Setting.NEW_TOTP, None))
    return await _view(session, row)


# --- security keys -------------------------------------------------------------------------------


async def add_security_key(session: Session, name: str, pin: str) -> FactorView:
    """Have a security key touched, and the relay take it. Raises CommandError, SecurityKeyError, RelayError."""
    sealed_name = _sealed(session, name, FactorKind.FIDO2)
    try:
        asked = await session.relay.security_key_options()
        response = await touched(
            session, session.machine.security_keys.register, asked.options, pin=pin
        )
        row = await session.relay.add_security_key(
            AddSecurityKeyRequest(response=response, sealed_name=sealed_name)
        )
    except RelayRefusedError as error:
        failure = _KEY_REFUSALS.get(error.code)
        if failure is not None:
            raise CommandError(failure) from error
        raise _meaning(error) from error
    return await _view(session, row)


# --- recovery codes ------------------------------------------------------------------------------


async def renew_recovery_codes(session: Session) -> RecoveryCodes:
    """Have the relay take ten new codes in the place of all old ones.

    They are in the vault before the relay hears of them, and stay there until somebody says that they are on
    paper: whatever ends in between, the codes that are good can be shown. Raises RelayError.
    """
    drawn = b"".join(second_factors.invent_codes(session.machine.random_bytes))

    def begin(store: Store) -> bytes:
        # Those that the relay may have heard of already are named again.
        begun = store.identity.setting(Setting.NEW_RECOVERY_CODES) or drawn
        store.identity.put_setting(Setting.NEW_RECOVERY_CODES, begun)
        return begun

    codes = second_factors.split_codes(await session.vault.run(begin))
    hashes = second_factors.hashes_of(session.owner.account, codes)
    await session.relay.renew_recovery_codes(RenewRecoveryCodesRequest(recovery_hashes=hashes))

    def keep(store: Store) -> None:
        owner = store.identity.owner()
        before = None if owner is None else owner.second_factors
        secret = b"" if before is None else before.totp_secret
        store.identity.put_second_factors(SecondFactors(totp_secret=secret, recovery_codes=codes))
        store.identity.put_setting(Setting.NEW_RECOVERY_CODES, None)

    await session.vault.run(keep)
    return RecoveryCodes(recovery_codes=second_factors.printed(codes))


async def confirm_recovery_codes(session: Session) -> None:
    """The codes are on paper: nobody can show them again."""

    def forget(store: Store) -> None:
        owner = store.identity.owner()
        pending = None if owner is None else owner.second_factors
        if pending is not None:
            rest = SecondFactors(totp_secret=pending.totp_secret, recovery_codes=())
            store.identity.put_second_factors(rest if pending.totp_secret else None)

    await session.vault.run(forget)


# --- taking away, and the passphrase ------------------------------------------------------------


async def remove(session: Session, factor: FactorId) -> None:
    """Have the relay forget a factor. Raises CommandError, RelayError."""
    try:
        await session.relay.remove_factor(factor)
    except RelayRefusedError as error:
        raise _meaning(error) from error


async def change_passphrase(session: Session, profile: Profile, passphrase: str) -> None:
    """Put another passphrase in the place of the one that opens the vault and signs in.

    1. The relay stores the new one beside the old one: nothing has changed. 2. The vault's header is replaced
    in one step: from now on only the new one opens the vault. 3. The next sign-in names the new one, and its
    success makes it the relay's only one. Between 2 and 3 the old one opens the vault no more, and a sign-in
    from here is only tried with the new one; so at any moment exactly one passphrase does both.
    Raises CommandError, RelayError, VaultError, CryptoCoreError.
    """
    require_strong(passphrase)
    if await profile.is_confirmation_due():
        # Two changes on their way would be one too many: a sign-in completes the first.
        raise CommandError(Failure.STEP_UP_NEEDED)
    random_bytes = session.machine.random_bytes
    async with session.locks.sign_in:
        secret = await session.vault.run(lambda store: own_secret(store, session))
        registration = start_registration(
            passphrase,
            account=session.owner.account,
            account_secret=secret,
            random_bytes=random_bytes,
        )
        answer = await session.relay.register_passphrase(
            CredentialRequest(request=registration.request)
        )
        try:
            credential = await asyncio.to_thread(
                registration.finish, answer.response, random_bytes=random_bytes
            )
        except WireError as error:
            raise RelayAnswerError("the relay's part of the registration is malformed") from error
        # The relay keeps one passphrase beside the one in use: that of a new kit goes, and comes back with the
        # sign-in that completes this.
        await session.vault.run(
            lambda store: store.identity.put_setting(Setting.NEXT_SECRET_STORED, None)
        )
        try:
            await session.relay.store_passphrase(credential)
        except RelayRefusedError as error:
            if error.code is ProblemCode.QUOTA_EXCEEDED:
                raise CommandError(Failure.PASSPHRASE_CHANGED_LATELY) from error
            raise
        await profile.rewrap(passphrase)


# --- inside --------------------------------------------------------------------------------------


def _sealed(session: Session, name: str, kind: FactorKind) -> bytes:
    owner = session.owner
    return seal_factor_name(
        name,
        account=owner.account,
        account_secret=owner.account_secret,
        kind=kind,
        random_bytes=session.machine.random_bytes,
    )


async def _view(session: Session, row: FactorRow) -> FactorView:
    # Without a name its factor can be removed all the same, which matters more than what it is called.
    name = ""
    secrets = await session.vault.run(
        lambda store: (
            own_secret(store, session),
            store.identity.setting(Setting.EARLIER_SECRET),
        )
    )
    for secret in secrets if row.sealed_name else ():
        with contextlib.suppress(DecryptionError):
            name = name or open_factor_name(
                row.sealed_name,
                account=session.owner.account,
                account_secret=secret or b"",
                kind=row.kind,
            )
    return FactorView(
        factor=row.factor,
        kind=row.kind,
        name=name,
        added_at=row.added_at,
        last_used_at=row.last_used_at,
    )


_MEANINGS = {
    ProblemCode.CONFLICT: Failure.LAST_FACTOR,
    ProblemCode.NOT_FOUND: Failure.UNKNOWN_FACTOR,
    ProblemCode.QUOTA_EXCEEDED: Failure.TOO_MANY_FACTORS,
}


_KEY_REFUSALS = {
    ProblemCode.KEY_IN_USE: Failure.SECURITY_KEY_KNOWN,
    ProblemCode.FORBIDDEN: Failure.SECURITY_KEY_UNSUPPORTED,
    ProblemCode.SIGNATURE_INVALID: Failure.SECURITY_KEY_UNUSABLE,
    ProblemCode.EXPIRED: Failure.SECURITY_KEY_UNTOUCHED,
}


def _added_at(row: FactorRow) -> int:
    return row.added_at


def _meaning(error: RelayRefusedError) -> CommandError | RelayRefusedError:
    failure = _MEANINGS.get(error.code)
    return error if failure is None else CommandError(failure)
