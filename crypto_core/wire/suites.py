# SPDX-License-Identifier: AGPL-3.0-or-later
"""The numbered sets of algorithms; an unknown number is refused by the codec, never guessed."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Suite(IntEnum):
    """Suite of an envelope or key."""

    V1 = 1
    """HPKE base mode MLKEM768-X25519 (KEM 0x647A), HKDF-SHA256, AES-256-GCM; STREAM over AES-256-GCM;
    HKDF-SHA256; SHA-256; Ed25519 and ML-DSA-65, both required."""


ED25519_PUBLIC_BYTES: Final = 32
ED25519_SIGNATURE_BYTES: Final = 64
ML_DSA_65_PUBLIC_BYTES: Final = 1952
ML_DSA_65_SIGNATURE_BYTES: Final = 3309
KEM_PUBLIC_BYTES: Final = 1216  # ML-KEM-768 encapsulation key (1184), then X25519 (32)
KEM_SEED_BYTES: Final = 96  # ML-KEM-768 seed (64), then X25519 private key (32)
HPKE_ENCAPSULATED_BYTES: Final = 1120
CONTENT_KEY_BYTES: Final = 32
SLOT_BYTES: Final = HPKE_ENCAPSULATED_BYTES + CONTENT_KEY_BYTES + 16
