# SPDX-License-Identifier: AGPL-3.0-or-later
"""AES-256-GCM: NIST CAVS 14.0, as `cryptography_vectors` carries it."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.vectors.official.response_files import read_records


def usable(path: str) -> list[dict[str, bytes | None]]:
    """Return the records with the nonce and tag lengths that we use: 96 and 128 bits."""
    return [
        {
            name: None if name == "fail" else bytes.fromhex(value)
            for name, value in record.items()
            if name != "count"
        }
        for record in read_records(path)
        if len(record["iv"]) == 24 and len(record["tag"]) == 32
    ]


def test_encrypt() -> None:
    records = usable("ciphers/AES/GCM/gcmEncryptExtIV256.rsp")
    assert len(records) == 375
    for record in records:
        cipher = AESGCM(record["key"] or b"")
        sealed = cipher.encrypt(record["iv"] or b"", record["pt"] or b"", record["aad"])
        assert sealed == (record["ct"] or b"") + (record["tag"] or b"")


def test_decrypt() -> None:
    records = usable("ciphers/AES/GCM/gcmDecrypt256.rsp")
    assert len(records) == 375
    failures = 0
    for record in records:
        cipher = AESGCM(record["key"] or b"")
        sealed = (record["ct"] or b"") + (record["tag"] or b"")
        if "fail" in record:
            failures += 1
            with pytest.raises(InvalidTag):
                cipher.decrypt(record["iv"] or b"", sealed, record["aad"])
        else:
            opened = cipher.decrypt(record["iv"] or b"", sealed, record["aad"])
            assert opened == (record["pt"] or b"")
    assert 0 < failures < len(records)
