# SPDX-License-Identifier: AGPL-3.0-or-later
"""Key derivation: HKDF-SHA256 (RFC 5869) with a label, and Argon2id (RFC 9106) for passphrases."""

from __future__ import annotations

import unicodedata

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
    """Argon2id v1.3 with one lane over `passphrase_bytes(passphrase)`; 32 bytes.

    Takes about 0.2 s at 128 MiB and three passes: never on a thread that must stay responsive.
    Raises StretchError when the parameters are not admissible or the memory is not there.
    """
    return stretch_bytes(
        passphrase_bytes(passphrase),
        salt=salt,
        memory_bytes=memory_bytes,
        passes=passes,
        length=32,
    )


def stretch_bytes(
    secret: bytes, *, salt: bytes, memory_bytes: int, passes: int, length: int
) -> bytes:
    """Argon2id v1.3 with one lane; `length` bytes. Raises StretchError, as `stretch` does."""
    try:
        return nacl.pwhash.argon2id.kdf(
            length, secret, salt, opslimit=passes, memlimit=memory_bytes
        )
    except (CryptoError, ValueError, TypeError):
        # Not chained: what the libraries say of a secret may repeat a part of it.
        raise StretchError("the secret cannot be stretched with these parameters") from None


def passphrase_bytes(passphrase: str) -> bytes:
    """Return the one spelling, in UTF-8, of all that looks the same (RFC 8265 §4.2.1).

    Keyboards write é and blanks in several ways. Raises StretchError when it is not a text.
    """
    blanks = (" " if unicodedata.category(each) == "Zs" else each for each in passphrase)
    try:
        return unicodedata.normalize("NFC", "".join(blanks)).encode()
    except UnicodeError:
        # Not chained: the library's error quotes the passphrase.
        raise StretchError("the passphrase is not a text") from None
