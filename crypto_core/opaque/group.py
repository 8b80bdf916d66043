# SPDX-License-Identifier: AGPL-3.0-or-later
"""The group ristretto255 (RFC 9496) and hashing into it (RFC 9380): the only user of `rbcl`, which is libsodium.

An Element is never the identity and a Scalar never zero: both come from the functions below only.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NewType, TypeAlias

from crypto_core.errors import KeyStateError, WireError

if TYPE_CHECKING:
    from types import ModuleType

Element = NewType("Element", bytes)
"""Canonical encoding of a group element other than the identity."""

Scalar = NewType("Scalar", bytes)
"""Little-endian integer from 1 to the group order minus 1."""

RandomBytes: TypeAlias = Callable[[int], bytes]
"""Returns that many cryptographically random bytes."""

ELEMENT_BYTES: Final = 32
SCALAR_BYTES: Final = 32
UNIFORM_BYTES: Final = 64

_BLOCK_BYTES: Final = 128
_IDENTITY: Final = bytes(ELEMENT_BYTES)
_ZERO: Final = bytes(SCALAR_BYTES)


@functools.cache
def _libsodium() -> ModuleType:
    """Return `rbcl`, without the copy of libsodium that it unpacks for loading and leaves behind, 3 MB a process.

    Windows does not part with a library in use; there the copy stays.
    """
    # Unpacking takes a twentieth of a second, which only what signs in is to wait for.
    import rbcl  # noqa: PLC0415

    unpacked = getattr(sys.modules.get("rbcl._sodium"), "lib_path", None)
    if isinstance(unpacked, str):
        with suppress(OSError):
            os.unlink(unpacked)  # noqa: PTH108 - pathlib has no place in this package
    module: ModuleType = rbcl
    return module


def parse_element(encoded: bytes) -> Element:
    """Return the element of a canonical encoding. Raises WireError; the identity is refused as well."""
    if (
        type(encoded) is not bytes
        or len(encoded) != ELEMENT_BYTES
        # The libsodium of rbcl 1.1 ignores the highest bit, which would give elements two spellings.
        or encoded[-1] & 0x80
        or encoded == _IDENTITY
        or not _libsodium().crypto_core_ristretto255_is_valid_point(encoded)
    ):
        raise WireError("not a group element")
    return Element(encoded)


def parse_scalar(encoded: bytes) -> Scalar:
    """Return the scalar of a canonical encoding, in constant time. Raises WireError; zero is refused as well."""
    if type(encoded) is not bytes or len(encoded) != SCALAR_BYTES:
        raise WireError("not a scalar")
    reduced = _reduce(encoded + bytes(UNIFORM_BYTES - SCALAR_BYTES))
    if not hmac.compare_digest(reduced, encoded) or hmac.compare_digest(encoded, _ZERO):
        raise WireError("not a scalar")
    return Scalar(encoded)


def random_scalar(random_bytes: RandomBytes) -> Scalar:
    """Draw a scalar from 64 random bytes, so that none is likelier than another.

    Raises KeyStateError on zero, which only a broken source of randomness yields.
    """
    scalar = _reduce(random_bytes(UNIFORM_BYTES))
    if hmac.compare_digest(scalar, _ZERO):
        raise KeyStateError("the source of randomness is broken")
    return Scalar(scalar)


def invert(scalar: Scalar) -> Scalar:
    """Return the multiplicative inverse modulo the group order."""
    return Scalar(bytes(_libsodium().crypto_core_ristretto255_scalar_invert(scalar)))


def multiply(scalar: Scalar, element: Element) -> Element:
    """Return scalar times element, which is not the identity because the order is prime."""
    return Element(bytes(_libsodium().crypto_scalarmult_ristretto255(scalar, element)))


def multiply_generator(scalar: Scalar) -> Element:
    """Return scalar times the generator: the public key of a private key."""
    return Element(bytes(_libsodium().crypto_scalarmult_ristretto255_base(scalar)))


def element_from_uniform(uniform: bytes) -> Element:
    """Map 64 uniformly random bytes to an element whose discrete logarithm nobody knows (RFC 9496 §4.3.4).

    Raises WireError on the identity, which is as likely as guessing a key.
    """
    return parse_element(bytes(_libsodium().crypto_core_ristretto255_from_hash(uniform)))


def hash_to_element(message: bytes, tag: bytes) -> Element:
    """Hash to ristretto255 (RFC 9380, appendix B). Raises WireError, as `element_from_uniform` does."""
    return element_from_uniform(expand_message(message, tag, UNIFORM_BYTES))


def hash_to_scalar(message: bytes, tag: bytes) -> bytes:
    """Hash to an integer modulo the group order (RFC 9497 §4.1), which the caller tests for zero."""
    return _reduce(expand_message(message, tag, UNIFORM_BYTES))


def expand_message(message: bytes, tag: bytes, length: int) -> bytes:
    """expand_message_xmd with SHA-512 (RFC 9380 §5.3.1); tags and lengths are at most 255 bytes here."""
    suffix = tag + len(tag).to_bytes(1, "big")
    first = hashlib.sha512(
        bytes(_BLOCK_BYTES) + message + length.to_bytes(2, "big") + b"\x00" + suffix
    ).digest()
    block = hashlib.sha512(first + b"\x01" + suffix).digest()
    expanded = block
    for number in range(2, -(-length // len(first)) + 1):
        mixed = bytes(one ^ other for one, other in zip(first, block, strict=True))
        block = hashlib.sha512(mixed + number.to_bytes(1, "big") + suffix).digest()
        expanded += block
    return expanded[:length]


def _reduce(wide: bytes) -> bytes:
    """Return a 64-byte little-endian integer modulo the group order, as 32 bytes."""
    return bytes(_libsodium().crypto_core_ristretto255_scalar_reduce(wide))
