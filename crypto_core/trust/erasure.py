# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names an erasure certificate as the journal does (`crypto_core/spec/erasure.md`)."""

from __future__ import annotations

from crypto_core.trust.signatures import sha256
from crypto_core.wire.limits import CERTIFICATE_NUMBER_BYTES


def certificate_number(encoded_certificate: bytes) -> bytes:
    """Return the 16 bytes by which an entry of the journal names a certificate: the beginning of its SHA-256."""
    return sha256(encoded_certificate)[:CERTIFICATE_NUMBER_BYTES]
