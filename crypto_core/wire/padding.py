# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sizes of padded and sealed streams: Padmé (Nikitin et al., PETS 2019, §4) and chunk overhead."""

from __future__ import annotations

from crypto_core.wire.limits import CHUNK_BYTES, GCM_TAG_BYTES, STREAM_PREFIX_BYTES


def padded_length(length: int) -> int:
    """Smallest Padmé length holding `length` bytes: at most 12 % more, leaking O(log log n) bits of the size."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (length + mask) & ~mask


def sealed_length(length: int) -> int:
    """Bytes of the sealed stream of `length` plaintext bytes, padding, nonce prefix and tags included."""
    padded = padded_length(length)
    chunks = max(1, -(-padded // CHUNK_BYTES))
    return STREAM_PREFIX_BYTES + padded + chunks * GCM_TAG_BYTES


def unsealed_length(sealed: int) -> int:
    """Padded plaintext bytes of a sealed stream of `sealed` bytes; -1 when no stream has that length."""
    framed = sealed - STREAM_PREFIX_BYTES
    chunks = max(1, -(-framed // (CHUNK_BYTES + GCM_TAG_BYTES)))
    padded = framed - chunks * GCM_TAG_BYTES
    return padded if padded >= 0 and sealed_length(padded) == sealed else -1
