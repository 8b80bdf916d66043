# SPDX-License-Identifier: AGPL-3.0-or-later
"""One AES-GCM ciphertext that is genuine under two keys (Dodis et al., CRYPTO 2018, section 3.1).

AES-GCM does not commit to its key: both tags are polynomials in the ciphertext blocks, so one free block
solves for equal tags. It exists to prove that the envelope's commitment is what stops it.
"""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

_REDUCTION = 0xE1 << 120


def collide(keys: tuple[bytes, bytes], nonce: bytes, *, blocks: int) -> bytes:
    """Return ciphertext ‖ tag of `blocks` 16-byte blocks that decrypts under both keys with a 12-byte nonce."""
    hash_keys = [_encrypt_block(key, bytes(16)) for key in keys]
    masks = [_encrypt_block(key, nonce + b"\x00\x00\x00\x01") for key in keys]
    ciphertext = [int.from_bytes(os.urandom(16), "big") for _ in range(blocks)]
    ciphertext[0] = 0
    lengths = blocks * 128
    tags = [_ghash(h, ciphertext, lengths) ^ mask for h, mask in zip(hash_keys, masks, strict=True)]
    weight = _power(hash_keys[0], blocks + 1) ^ _power(hash_keys[1], blocks + 1)
    ciphertext[0] = _multiply(tags[0] ^ tags[1], _power(weight, 2**128 - 2))
    tag = _ghash(hash_keys[0], ciphertext, lengths) ^ masks[0]
    return b"".join(block.to_bytes(16, "big") for block in [*ciphertext, tag])


def _encrypt_block(key: bytes, block: bytes) -> int:
    encryptor = Cipher(AES(key), ECB()).encryptor()  # noqa: S305 - one block of the GCM definition
    return int.from_bytes(encryptor.update(block) + encryptor.finalize(), "big")


def _ghash(hash_key: int, blocks: list[int], lengths: int) -> int:
    total = 0
    for block in [*blocks, lengths]:
        total = _multiply(total ^ block, hash_key)
    return total


def _power(base: int, exponent: int) -> int:
    result = 1 << 127  # the one of GF(2^128) in GCM's bit order
    while exponent:
        if exponent & 1:
            result = _multiply(result, base)
        base = _multiply(base, base)
        exponent >>= 1
    return result


def _multiply(left: int, right: int) -> int:
    """Product in GF(2^128) as NIST SP 800-38D §6.3 defines it."""
    product = 0
    for bit in range(127, -1, -1):
        if left >> bit & 1:
            product ^= right
        right = right >> 1 ^ (_REDUCTION if right & 1 else 0)
    return product
