# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ed25519: the authors' own vectors (ed25519.cr.yp.to, sign.input), as `cryptography_vectors` carries them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.vectors.official.response_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator


def cases() -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Yield seed, public key, message and signature."""
    for line in read_text("asymmetric/Ed25519/sign.input").splitlines():
        private, public, message, signed, _ = line.split(":")
        yield (
            bytes.fromhex(private)[:32],
            bytes.fromhex(public),
            bytes.fromhex(message),
            bytes.fromhex(signed)[:64],
        )


def test_sign_and_verify() -> None:
    count = 0
    for seed, public, message, signature in cases():
        key = Ed25519PrivateKey.from_private_bytes(seed)
        assert key.public_key().public_bytes_raw() == public
        assert key.sign(message) == signature
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        count += 1
    assert count == 1024


def test_a_changed_signature_or_message_is_refused() -> None:
    for _, public, message, signature in cases():
        key = Ed25519PublicKey.from_public_bytes(public)
        changed = bytes([signature[0] ^ 1]) + signature[1:]
        with pytest.raises(InvalidSignature):
            key.verify(changed, message)
        with pytest.raises(InvalidSignature):
            key.verify(signature, message + b"\x00")


def test_the_scalar_has_one_encoding() -> None:
    """RFC 8032 §5.1.7: adding the group order to S gives the same equation, and must be refused."""
    order = 2**252 + 27742317777372353535851937790883648493
    _, public, message, signature = next(cases())
    scalar = int.from_bytes(signature[32:], "little") + order
    malleated = signature[:32] + scalar.to_bytes(32, "little")
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(malleated, message)
