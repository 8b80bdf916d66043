# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cosignatures of checkpoints by witnesses: an account's own computers (C2SP tlog-cosignature, `cosignature/v1`).

Imports `crypto_core.trust.checkpoints`. The bytes and the ordered checks are in
`crypto_core/spec/transparency-log.md` §12; what a witness has to do before it signs is the caller's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crypto_core.errors import SignatureError
from crypto_core.trust.checkpoints import (
    MAX_TIMESTAMP,
    SignatureType,
    VerifierKey,
    only_signature,
    parse_note,
)
from crypto_core.trust.signatures import pseudonym_of

if TYPE_CHECKING:
    from crypto_core.wire.ids import DeviceId
    from crypto_core.wire.signed import SigningPublicKey

TIME_BYTES: Final = 8
_SIGNATURE_BYTES: Final = 64


def witness_key(origin: str, device: DeviceId, key: SigningPublicKey) -> VerifierKey:
    """Return the key by which a computer cosigns the checkpoints of a log. Raises WireError for an impossible origin.

    It is the classical half of the key that signs the computer's statements; no label begins as a cosignature does.
    """
    return VerifierKey(
        name=f"{origin}/{pseudonym_of(device).hex()}",
        type=SignatureType.ED25519_COSIGNATURE,
        public_key=key.ed25519,
    )


def verify_cosignature(note: str, *, key: VerifierKey) -> int:
    """Return when a witness cosigned, in seconds since 1970 by its own clock (specification §12).

    Raises WireError for what is no note, SignatureError unless there is exactly one line of this key and it verifies.
    """
    signed = parse_note(note)
    signature = only_signature(signed, key)
    seconds = int.from_bytes(signature[:TIME_BYTES], "big")
    # Zero is a witness that does not say when.
    if len(signature) != TIME_BYTES + _SIGNATURE_BYTES or not 0 < seconds <= MAX_TIMESTAMP:
        raise SignatureError("the cosignature states no time")
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(
            signature[TIME_BYTES:], cosigned_text(signed.text, seconds)
        )
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("the cosignature does not verify") from error
    return seconds


def cosigned_text(text: str, seconds: int) -> bytes:
    """Return what is signed of a note's text."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
