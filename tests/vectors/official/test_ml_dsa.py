# SPDX-License-Identifier: AGPL-3.0-or-later
"""ML-DSA-44 and ML-DSA-65 (FIPS 204): known answers of the pure, deterministic form.

Our own signatures are hedged, so what is known is: the key of a seed, and that a given signature verifies.
"""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA44PublicKey,
    MLDSA65PrivateKey,
    MLDSA65PublicKey,
)

from tests.vectors.official.response_files import read_records

Family = tuple[
    str,
    int,
    type[MLDSA44PrivateKey] | type[MLDSA65PrivateKey],
    type[MLDSA44PublicKey] | type[MLDSA65PublicKey],
]

FAMILIES: list[Family] = [
    ("44", 2420, MLDSA44PrivateKey, MLDSA44PublicKey),
    ("65", 3309, MLDSA65PrivateKey, MLDSA65PublicKey),
]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: f"ML-DSA-{family[0]}")
def test_known_answers(family: Family) -> None:
    number, signature_bytes, private_class, public_class = family
    records = list(read_records(f"asymmetric/MLDSA/kat_MLDSA_{number}_det_pure.rsp"))
    assert len(records) == 100
    for record in records:
        message, context = bytes.fromhex(record["msg"]), bytes.fromhex(record["ctx"])
        signed = bytes.fromhex(record["sm"])
        signature = signed[:signature_bytes]
        assert signed[signature_bytes:] == message
        private = private_class.from_seed_bytes(bytes.fromhex(record["xi"]))
        assert private.public_key().public_bytes_raw().hex() == record["pk"]
        public = public_class.from_public_bytes(bytes.fromhex(record["pk"]))
        public.verify(signature, message, context)
        public.verify(private.sign(message, context), message, context)
        wrong = bytes([signature[0] ^ 1]) + signature[1:]
        for refused in ((wrong, message, context), (signature, message + b"\x00", context)):
            with pytest.raises(InvalidSignature):
                public.verify(*refused)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: f"ML-DSA-{family[0]}")
def test_a_signature_made_with_a_context_is_none_without(family: Family) -> None:
    """We sign with the empty context; nobody can pass off what was signed for another purpose."""
    number, signature_bytes, _, public_class = family
    record = next(
        record
        for record in read_records(f"asymmetric/MLDSA/kat_MLDSA_{number}_det_pure.rsp")
        if record["ctx"]
    )
    signature = bytes.fromhex(record["sm"])[:signature_bytes]
    with pytest.raises(InvalidSignature):
        public_class.from_public_bytes(bytes.fromhex(record["pk"])).verify(
            signature, bytes.fromhex(record["msg"])
        )
