# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hybrid public keys and signatures, and the wrapper in which every signed object travels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from crypto_core.wire.codec import Size
from crypto_core.wire.suites import (
    ED25519_PUBLIC_BYTES,
    ED25519_SIGNATURE_BYTES,
    ML_DSA_65_PUBLIC_BYTES,
    ML_DSA_65_SIGNATURE_BYTES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPublicKey:
    """Public half of a signing pair; a signature counts only if both algorithms verify."""

    ed25519: Annotated[bytes, Size.exactly(ED25519_PUBLIC_BYTES)]
    ml_dsa_65: Annotated[bytes, Size.exactly(ML_DSA_65_PUBLIC_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridSignature:
    """Ed25519 (RFC 8032) and ML-DSA-65 (FIPS 204, empty context) over the same label and bytes."""

    ed25519: Annotated[bytes, Size.exactly(ED25519_SIGNATURE_BYTES)]
    ml_dsa_65: Annotated[bytes, Size.exactly(ML_DSA_65_SIGNATURE_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An encoded object and the signature over its domain label and exactly these bytes."""

    body: Annotated[bytes, Size(1, 64 * 1024)]
    signature: HybridSignature
