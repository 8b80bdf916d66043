# SPDX-License-Identifier: AGPL-3.0-or-later
"""What sign-in adds to the messages of OPAQUE (RFC 9807): the cost of guessing, and what a relay stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import AccountId, Hash
from crypto_core.wire.limits import (
    LOGIN_STRETCH_MOST_MEMORY_BYTES,
    LOGIN_STRETCH_MOST_PASSES,
    STRETCH_LEAST_MEMORY_BYTES,
    STRETCH_LEAST_PASSES,
)

# Messages of RFC 9807 for ristretto255-SHA512: no framing, each has one size.
REGISTRATION_REQUEST_BYTES: Final = 32
REGISTRATION_RESPONSE_BYTES: Final = 64
REGISTRATION_RECORD_BYTES: Final = 192
KE1_BYTES: Final = 96
KE2_BYTES: Final = 320
KE3_BYTES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginStretch:
    """Cost of Argon2id v1.3 with one lane, memory in bytes; cheaper or far dearer ones are refused."""

    memory_bytes: Annotated[int, Range(STRETCH_LEAST_MEMORY_BYTES, LOGIN_STRETCH_MOST_MEMORY_BYTES)]
    passes: Annotated[int, Range(STRETCH_LEAST_PASSES, LOGIN_STRETCH_MOST_PASSES)]


LOGIN_STRETCH: Final = LoginStretch(
    memory_bytes=STRETCH_LEAST_MEMORY_BYTES, passes=STRETCH_LEAST_PASSES
)
"""What this version registers with, and what a relay names for an account that it does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginCredential:
    """What the relay stores of a passphrase: its cost, and the RegistrationRecord of RFC 9807 §5.1."""

    version: Version1
    stretch: LoginStretch
    record: Annotated[bytes, Size.exactly(REGISTRATION_RECORD_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAnswer:
    """The relay's answer to KE1: the cost that the account registered with, and KE2 (RFC 9807 §6.1)."""

    version: Version1
    stretch: LoginStretch
    ke2: Annotated[bytes, Size.exactly(KE2_BYTES)]


TOTP_SECRET_BYTES: Final = 20
TOTP_DIGITS: Final = 6
TOTP_PERIOD_SECONDS: Final = 30
RECOVERY_CODES: Final = 10
RECOVERY_CODE_BYTES: Final = 10
"""80 random bits; as text 16 characters of base32 in four groups."""


class FactorKind(IntEnum):
    """What somebody shows to sign in; two of different kinds are always needed (CNIL 2025-019, R-04)."""

    PASSPHRASE = 1
    """Something known."""
    TOTP = 2
    """Something possessed: the device that makes one-time codes (RFC 6238)."""
    RECOVERY_CODE = 3
    """Something possessed: the printed list, each code good for one sign-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRegistrationRequest:
    """POST /v1/sign-in/registration → SignInRegistrationAnswer, before the account exists.

    With a proof by the first device's request key. The invitation is checked but not used up.
    """

    invitation: Annotated[str, Size(1, 128)] = field(repr=False)
    account: AccountId
    request: Annotated[bytes, Size.exactly(REGISTRATION_REQUEST_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRegistrationAnswer:
    """The relay's RegistrationResponse of RFC 9807."""

    response: Annotated[bytes, Size.exactly(REGISTRATION_RESPONSE_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSetup:
    """Both factors of a new account: the relay stores the TOTP secret encrypted and the hashes keyed.

    A recovery hash is SHA-256(label RECOVERY_CODE ‖ account ‖ 10 code bytes).
    """

    credential: LoginCredential
    totp_secret: Annotated[bytes, Size.exactly(TOTP_SECRET_BYTES)] = field(repr=False)
    recovery_hashes: Annotated[tuple[Hash, ...], Size(RECOVERY_CODES, RECOVERY_CODES)] = field(
        repr=False
    )
