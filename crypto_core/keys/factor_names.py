# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the owner calls a second factor, sealed so that the relay that keeps it can neither read nor measure it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto_core.errors import DecryptionError, WireError
from crypto_core.keys.derivation import expand
from crypto_core.wire.labels import FACTOR_NAME

if TYPE_CHECKING:
    from crypto_core.keys.envelopes import RandomBytes
    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.sign_in import FactorKind

MAX_NAME_BYTES: Final = 127
"""In UTF-8."""
_PADDED_BYTES: Final = 1 + MAX_NAME_BYTES
_NONCE_BYTES: Final = 12
SEALED_BYTES: Final = _NONCE_BYTES + _PADDED_BYTES + 16


def seal_factor_name(
    name: str,
    *,
    account: AccountId,
    account_secret: bytes,
    kind: FactorKind,
    random_bytes: RandomBytes,
) -> bytes:
    """Return nonce ‖ AES-256-GCM of the padded name; always `SEALED_BYTES` long.

    The account and the kind are authenticated, so that the relay cannot put the name of a telephone on a
    security key. Raises WireError when the name is too long or no text.
    """
    try:
        raw = name.encode("utf-8")
    except UnicodeEncodeError:
        raise WireError("the name of the factor is no text") from None
    if len(raw) > MAX_NAME_BYTES:
        raise WireError("the name of the factor is too long")
    nonce = random_bytes(_NONCE_BYTES)
    padded = (bytes([len(raw)]) + raw).ljust(_PADDED_BYTES, b"\0")
    return nonce + _cipher(account_secret).encrypt(nonce, padded, _about(account, kind))


def open_factor_name(
    sealed: bytes, *, account: AccountId, account_secret: bytes, kind: FactorKind
) -> str:
    """Return the name. Raises DecryptionError when it is not one that this account gave this kind of factor."""
    if len(sealed) != SEALED_BYTES:
        raise DecryptionError("the name of the factor does not open")
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        padded = _cipher(account_secret).decrypt(nonce, ciphertext, _about(account, kind))
    except InvalidTag:
        raise DecryptionError("the name of the factor does not open") from None
    length, rest = padded[0], padded[1:]
    if length > MAX_NAME_BYTES or any(rest[length:]):
        raise DecryptionError("the name of the factor is not padded as it should")
    try:
        return rest[:length].decode("utf-8")
    except UnicodeDecodeError:
        raise DecryptionError("the name of the factor is no text") from None


def _cipher(account_secret: bytes) -> AESGCM:
    return AESGCM(expand(account_secret, FACTOR_NAME))


def _about(account: AccountId, kind: FactorKind) -> bytes:
    return FACTOR_NAME + account + bytes([kind])
