# SPDX-License-Identifier: AGPL-3.0-or-later
"""What sign-in adds to the messages of OPAQUE (RFC 9807): the cost of guessing, and what a relay stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import AccountId, FactorId, Hash, UnixMillis
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


MAX_FACTORS: Final = 10
"""Second factors of an account, the recovery codes not counted."""
MAX_SEALED_NAME_BYTES: Final = 256
MAX_WEBAUTHN_CHARACTERS: Final = 6 * 1024


class FactorKind(IntEnum):
    """What somebody shows to sign in; two of different kinds are always needed (CNIL 2025-019, R-04)."""

    PASSPHRASE = 1
    """Something known."""
    TOTP = 2
    """Something possessed: the device that makes one-time codes (RFC 6238)."""
    RECOVERY_CODE = 3
    """Something possessed: the printed list, each code good for one sign-in."""
    FIDO2 = 4
    """Something possessed: a security key (WebAuthn level 3)."""
    RECOVERY_KIT = 5
    """Something possessed: the printed code that the root key is derived from."""


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


SealedName = Annotated[bytes, Size.up_to(MAX_SEALED_NAME_BYTES)]
"""What the owner calls a factor, sealed under the account secret: the relay cannot read it. May be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRow:
    """One second factor: TOTP or FIDO2, since when it is there and when it last served to sign in."""

    factor: FactorId
    kind: FactorKind
    added_at: UnixMillis
    last_used_at: UnixMillis | None
    sealed_name: SealedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """GET /v1/factors: the second factors of the calling account, oldest first.

    DELETE /v1/factors/{factor} → 204, with step-up; refused (conflict) for the last one, because recovery
    codes alone are not enough to go on with.
    """

    rows: Annotated[tuple[FactorRow, ...], Size.up_to(MAX_FACTORS)]
    recovery_codes_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTotpRequest:
    """POST /v1/factors/totp → FactorRow, with step-up. `code` shows that the new device has the secret."""

    secret: Annotated[bytes, Size.exactly(TOTP_SECRET_BYTES)] = field(repr=False)
    code: Annotated[str, Size(TOTP_DIGITS, TOTP_DIGITS)] = field(repr=False)
    sealed_name: SealedName


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityKeyOptions:
    """POST /v1/factors/security-key/options (empty body), with step-up.

    `options` is the text of a PublicKeyCredentialCreationOptions in JSON (WebAuthn level 3 §5.1.9); good for
    one use within `CHALLENGE_SECONDS`, and asking again voids those asked for before.
    """

    options: Annotated[str, Size(1, MAX_WEBAUTHN_CHARACTERS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSecurityKeyRequest:
    """POST /v1/factors/security-key → FactorRow, with step-up. `response` is a RegistrationResponseJSON."""

    response: Annotated[str, Size(1, MAX_WEBAUTHN_CHARACTERS)]
    sealed_name: SealedName


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewRecoveryCodesRequest:
    """PUT /v1/recovery-codes → 204, with step-up: these take the place of all codes there were."""

    recovery_hashes: Annotated[tuple[Hash, ...], Size(RECOVERY_CODES, RECOVERY_CODES)] = field(
        repr=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRequest:
    """POST /v1/sign-in/credential → SignInRegistrationAnswer, with step-up: a new passphrase begins.

    PUT /v1/sign-in/credential with the LoginCredential that comes of it → 204, with step-up: it is stored as
    pending and opens nothing but a sign-in with `credential=pending`. Another one takes its place.
    """

    request: Annotated[bytes, Size.exactly(REGISTRATION_REQUEST_BYTES)]
