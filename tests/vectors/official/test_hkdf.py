# SPDX-License-Identifier: AGPL-3.0-or-later
"""HKDF-SHA256: RFC 5869 appendix A, as `cryptography_vectors` carries it, and our two forms of it."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from crypto_core.keys.derivation import derive, expand
from tests.vectors.official.response_files import read_records

RECORDS = [
    {name: bytes.fromhex(record[name]) for name in ("ikm", "salt", "info", "prk", "okm")}
    for record in read_records("KDF/rfc-5869-HKDF-SHA256.txt")
    if record
]


def test_known_answers() -> None:
    assert len(RECORDS) == 3
    for record in RECORDS:
        length = len(record["okm"])
        whole = HKDF(
            algorithm=SHA256(), length=length, salt=record["salt"] or None, info=record["info"]
        )
        assert whole.derive(record["ikm"]) == record["okm"]
        second_half = HKDFExpand(algorithm=SHA256(), length=length, info=record["info"])
        assert second_half.derive(record["prk"]) == record["okm"]


def test_our_expansion() -> None:
    """The label and the context are the info, one after the other."""
    for record in RECORDS:
        for cut in (0, len(record["info"]) // 2, len(record["info"])):
            label, context = record["info"][:cut], record["info"][cut:]
            assert expand(record["prk"], label, context, length=len(record["okm"])) == record["okm"]


def test_our_derivation() -> None:
    """Only test case 3 has the empty salt that we use."""
    (record,) = (record for record in RECORDS if not record["salt"])
    assert derive(record["ikm"], record["info"], length=len(record["okm"])) == record["okm"]
