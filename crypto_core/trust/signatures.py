# SPDX-License-Identifier: AGPL-3.0-or-later
"""Verification of hybrid signatures, and of the objects that travel signed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey

from crypto_core.errors import SignatureError
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym, Hash, PrekeyId
from crypto_core.wire.labels import ACCOUNT_ID, DEVICE_PSEUDONYM, PREKEY_ID

if TYPE_CHECKING:
    from crypto_core.wire.signed import HybridSignature, Signed, SigningPublicKey

T = TypeVar("T")


def sha256(*parts: bytes) -> Hash:
    """SHA-256 over the concatenation of `parts`."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return Hash(digest.digest())


def account_of(root: SigningPublicKey) -> AccountId:
    """The account id that a root key proves itself."""
    return AccountId(sha256(ACCOUNT_ID, encode(root))[:20])


def prekey_id_of(public_key: bytes) -> PrekeyId:
    """The id by which slots name a prekey."""
    return PrekeyId(sha256(PREKEY_ID, public_key)[:16])


def pseudonym_of(device: DeviceId) -> DevicePseudonym:
    """The name of a device in the log: recognisable to who knows the device, to nobody else."""
    return DevicePseudonym(sha256(DEVICE_PSEUDONYM, device)[:16])


def verify_ed25519(
    key: SigningPublicKey, label: bytes, body: bytes, signature: HybridSignature
) -> None:
    """Check the classical half only, for callers that check the other half soon after. Raises SignatureError."""
    try:
        Ed25519PublicKey.from_public_bytes(key.ed25519).verify(signature.ed25519, label + body)
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("the Ed25519 signature does not verify") from error


def verify_ml_dsa(
    key: SigningPublicKey, label: bytes, body: bytes, signature: HybridSignature
) -> None:
    """Check the post-quantum half only. Raises SignatureError."""
    try:
        MLDSA65PublicKey.from_public_bytes(key.ml_dsa_65).verify(signature.ml_dsa_65, label + body)
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("the ML-DSA-65 signature does not verify") from error


def verify(key: SigningPublicKey, label: bytes, body: bytes, signature: HybridSignature) -> None:
    """Check both halves over label ‖ body. Raises SignatureError unless both verify."""
    verify_ed25519(key, label, body, signature)
    verify_ml_dsa(key, label, body, signature)


def open_signed(cls: type[T], key: SigningPublicKey, label: bytes, signed: Signed) -> T:
    """Verify both signatures, then decode. Raises SignatureError or WireError."""
    verify(key, label, signed.body, signed.signature)
    return decode(cls, signed.body)
