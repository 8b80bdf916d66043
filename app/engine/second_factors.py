# SPDX-License-Identifier: AGPL-3.0-or-later
"""Secrets of one-time codes and recovery codes: drawn, hashed for the relay, and written for people."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

import pyotp

from app.engine.ports.vault import SecondFactors
from app.interface.failures import CommandError, Failure
from crypto_core.trust.signatures import sha256
from crypto_core.wire.labels import RECOVERY_CODE
from crypto_core.wire.oauth import Step
from crypto_core.wire.sign_in import (
    RECOVERY_CODE_BYTES,
    RECOVERY_CODES,
    TOTP_DIGITS,
    TOTP_PERIOD_SECONDS,
    TOTP_SECRET_BYTES,
)

if TYPE_CHECKING:
    from app.engine.ports.machine import RandomBytes
    from app.engine.ports.vault import Owner
    from crypto_core.wire.ids import AccountId, Hash

ISSUER: Final = "U-HealthSec"
_GROUP: Final = 4


def invent(random_bytes: RandomBytes) -> SecondFactors:
    """Draw the secret of the one-time codes and the recovery codes."""
    return SecondFactors(
        totp_secret=random_bytes(TOTP_SECRET_BYTES), recovery_codes=invent_codes(random_bytes)
    )


def invent_codes(random_bytes: RandomBytes) -> tuple[bytes, ...]:
    """Draw recovery codes."""
    return tuple(random_bytes(RECOVERY_CODE_BYTES) for _ in range(RECOVERY_CODES))


def split_codes(joined: bytes) -> tuple[bytes, ...]:
    """Return recovery codes that were stored one after the other."""
    starts = range(0, len(joined), RECOVERY_CODE_BYTES)
    return tuple(joined[start : start + RECOVERY_CODE_BYTES] for start in starts)


def hashes_of(account: AccountId, codes: tuple[bytes, ...]) -> tuple[Hash, ...]:
    """Return what the relay stores of recovery codes."""
    return tuple(sha256(RECOVERY_CODE + account + code) for code in codes)


def totp_uri(owner: Owner, secret: bytes) -> str:
    """Return the `otpauth:` address that an authenticator takes over."""
    totp = pyotp.TOTP(
        _base32(secret),
        digits=TOTP_DIGITS,
        interval=TOTP_PERIOD_SECONDS,
        name=owner.name,
        issuer=ISSUER,
    )
    return totp.provisioning_uri()


def printed(codes: tuple[bytes, ...]) -> tuple[str, ...]:
    """Return recovery codes as people read them: groups of four."""
    return tuple(_grouped(_base32(code)) for code in codes)


def digits_of(text: str) -> str:
    """Return the digits of a one-time code as people type it. Raises CommandError."""
    step, typed = read(text)
    if step is not Step.TOTP:
        raise CommandError(Failure.SECOND_FACTOR_REFUSED)
    return typed


def read(text: str) -> tuple[Step, str]:
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
