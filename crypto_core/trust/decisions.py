# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads a signed record of a patient's decision (`spec/decisions.md` §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.errors import WireError
from crypto_core.trust.signatures import verify
from crypto_core.wire.codec import decode
from crypto_core.wire.decisions import PatientDecision, is_sound
from crypto_core.wire.labels import PATIENT_DECISION

if TYPE_CHECKING:
    from crypto_core.wire.signed import Signed, SigningPublicKey


def stated(signed: Signed) -> PatientDecision:
    """Return what a record says, its signature not verified. Raises WireError for fields that its kind has not."""
    decision = decode(PatientDecision, signed.body)
    if not is_sound(decision):
        raise WireError("the record has other fields than its kind")
    return decision


def verify_decision(key: SigningPublicKey, signed: Signed) -> PatientDecision:
    """Verify both signatures by the device that the record names. Raises SignatureError or WireError."""
    verify(key, PATIENT_DECISION, signed.body, signed.signature)
    return stated(signed)
