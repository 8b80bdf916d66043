# SPDX-License-Identifier: AGPL-3.0-or-later
"""OPRF(ristretto255, SHA-512) in mode 0x00 (RFC 9497): the relay evaluates what it cannot see."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final

from crypto_core.opaque.group import (
    Element,
    RandomBytes,
    Scalar,
    hash_to_element,
    hash_to_scalar,
    invert,
    multiply,
    multiply_generator,
    random_scalar,
)

_CONTEXT: Final = b"OPRFV1-\x00-ristretto255-SHA512"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A private scalar and its public element."""

    private: Scalar = field(repr=False)
    public: Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Blinding:
    """A client's input with the scalar that hides it; `element` is all that leaves the client."""

    secret_input: bytes = field(repr=False)
    blind: Scalar = field(repr=False)
    element: Element


def derive_key_pair(seed: bytes, info: bytes) -> KeyPair:
    """DeriveKeyPair (RFC 9497 §3.2.1); `seed` is 32 random bytes."""
    material = seed + with_length(info)
    tag = b"DeriveKeyPair" + _CONTEXT
    # The RFC tries 256 counters; already the second one is never needed in practice.
    candidates = (hash_to_scalar(material + bytes([counter]), tag) for counter in range(256))
    private = Scalar(next(filter(any, candidates)))
    return KeyPair(private=private, public=multiply_generator(private))


def blind(secret_input: bytes, random_bytes: RandomBytes) -> Blinding:
    """Blind (RFC 9497 §3.3.1), with a blind from 64 random bytes. Inputs have at most 65,535 bytes."""
    scalar = random_scalar(random_bytes)
    element = multiply(scalar, hash_to_element(secret_input, b"HashToGroup-" + _CONTEXT))
    return Blinding(secret_input=secret_input, blind=scalar, element=element)


def evaluate(key: Scalar, blinded: Element) -> Element:
    """BlindEvaluate (RFC 9497 §3.3.1)."""
    return multiply(key, blinded)


def finalize(blinding: Blinding, evaluated: Element) -> bytes:
    """Finalize (RFC 9497 §3.3.1): 64 bytes that only key and input determine."""
    unblinded = multiply(invert(blinding.blind), evaluated)
    return hashlib.sha512(
        with_length(blinding.secret_input) + with_length(unblinded) + b"Finalize"
    ).digest()


def with_length(octets: bytes) -> bytes:
    """Return the length in two bytes, big-endian, and the bytes: I2OSP of both RFCs."""
    return len(octets).to_bytes(2, "big") + octets
