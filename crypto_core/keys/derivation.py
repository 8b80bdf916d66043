# SPDX-License-Identifier: AGPL-3.0-or-later
"""Key derivation: HKDF-SHA256 (RFC 5869) with a label, and Argon2id (RFC 9106) for passphrases."""

from __future__ import annotations

import nacl.pwhash.argon2id
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from nacl.exceptions import CryptoError

from crypto_core.errors import StretchError


def derive(secret: bytes, label: bytes, context: bytes = b"", *, length: int = 32) -> bytes:
    """HKDF-SHA256 with an empty salt and `info` = label ‖ context; `secret` may be non-uniform."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=label + context).derive(secret)


def expand(key: bytes, label: bytes, context: bytes = b"", *, length: int = 32) -> bytes:
    """HKDF-Expand only: `key` is already 32 uniformly random bytes."""
    return HKDFExpand(algorithm=SHA256(), length=length, info=label + context).derive(key)


def stretch(passphrase: str, *, salt: bytes, memory_bytes: int, passes: int) -> bytes:
    """Argon2id v1.3 with one lane over the UTF-8 form of `passphrase`; 32 bytes.

    Takes about 0.2 s at 128 MiB and three passes: never on a thread that must stay responsive.
    Raises StretchError when the parameters are not admissible or the memory is not there.
    """
    try:
        secret = passphrase.encode()
    except UnicodeError:
        # The library's own error quotes the passphrase.
        raise StretchError("the passphrase is not a text") from None
    return stretch_bytes(secret, salt=salt, memory_bytes=memory_bytes, passes=passes, length=32)


def stretch_bytes(
    secret: bytes, *, salt: bytes, memory_bytes: int, passes: int, length: int
) -> bytes:
    """Argon2id v1.3 with one lane; `length` bytes. Raises StretchError, as `stretch` does."""
    try:
        return nacl.pwhash.argon2id.kdf(
            length, secret, salt, opslimit=passes, memlimit=memory_bytes
        )
    except (CryptoError, ValueError, TypeError) as error:
        raise StretchError("the secret cannot be stretched with these parameters") from error
