# SPDX-License-Identifier: AGPL-3.0-or-later
"""Argon2id v1.3: libsodium's known answers for PyNaCl, which has one lane, and RFC 9106 by a second implementation.

The vector of RFC 9106 §5.3 has four lanes, a secret and associated data, which libsodium does not offer. So
`cryptography` (OpenSSL) is held to it, and PyNaCl to `cryptography` where both can.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nacl.pwhash.argon2id
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from crypto_core.keys.derivation import stretch
from tests.vectors.official.response_files import read_records

LIBSODIUM = json.loads(Path(__file__).with_name("argon2id_libsodium.json").read_text("utf-8"))
KIB = 1024


@pytest.mark.parametrize("case", LIBSODIUM["cases"], ids=lambda case: case["name"])
def test_known_answers_of_libsodium(case: dict[str, Any]) -> None:
    expected = bytes.fromhex(case["output"])
    derived = nacl.pwhash.argon2id.kdf(
        len(expected),
        bytes.fromhex(case["password"]),
        bytes.fromhex(case["salt"]),
        opslimit=case["passes"],
        memlimit=case["memory_bytes"],
    )
    assert derived == expected


def test_known_answers_of_rfc_9106() -> None:
    records = [record for record in read_records("KDF/argon2id.txt") if record]
    assert len(records) == 6
    for record in records:
        secret, associated = record.get("secret"), record.get("ad")
        derived = Argon2id(
            salt=bytes.fromhex(record["salt"]),
            length=int(record["length"]),
            iterations=int(record["iter"]),
            lanes=int(record["lanes"]),
            memory_cost=int(record["memcost"]),
            secret=None if secret is None else bytes.fromhex(secret),
            ad=None if associated is None else bytes.fromhex(associated),
        ).derive(bytes.fromhex(record["pass"]))
        assert derived.hex() == record["output"]


@pytest.mark.parametrize(
    ("passphrase", "memory_kib", "passes"),
    [
        ("correct horse battery staple", 8 * KIB, 3),
        ("", 64, 1),
        ("clé à retenir — 2026", 1 * KIB, 4),
    ],
)
def test_both_implementations_agree(passphrase: str, memory_kib: int, passes: int) -> None:
    salt = bytes(range(16))
    ours = stretch(passphrase, salt=salt, memory_bytes=memory_kib * KIB, passes=passes)
    theirs = Argon2id(
        salt=salt, length=32, iterations=passes, lanes=1, memory_cost=memory_kib
    ).derive(passphrase.encode())
    assert ours == theirs
