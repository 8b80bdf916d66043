# SPDX-License-Identifier: AGPL-3.0-or-later
"""HPKE with MLKEM768-X25519 and HKDF-SHA256: the vectors of draft-ietf-hpke-pq, from `cryptography_vectors`.

They are for ChaCha20-Poly1305 and with associated data, which our suite does not use. So the key schedule
(RFC 9180 §5.1) is written out here, is held to the official vector, and then says what AES-256-GCM has to give
for the official encapsulated key: the library must open it. No vector can be made to test encapsulation itself,
which is random; it is tested by opening.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from crypto_core.errors import DecryptionError
from crypto_core.keys.prekeys import KemPair, seal_to
from tests.vectors.official.response_files import read_json

KEM_ID, KDF_ID, CHACHA20_POLY1305, AES_256_GCM = 0x647A, 0x0001, 0x0003, 0x0002


def official_vector() -> dict[str, Any]:
    (vector,) = (
        each
        for each in read_json("HPKE/hpke-pq-test-vectors.json")
        if (each["mode"], each["kem_id"], each["kdf_id"], each["aead_id"])
        == (0, KEM_ID, KDF_ID, CHACHA20_POLY1305)
    )
    return vector


VECTOR = official_vector()
INFO = bytes.fromhex(VECTOR["info"])
ENCAPSULATED_KEY = bytes.fromhex(VECTOR["enc"])


def key_pair() -> KemPair:
    """Expand the official decapsulation key as X-Wing does: SHAKE256 to both seeds."""
    return KemPair.from_seed(hashlib.shake_256(bytes.fromhex(VECTOR["skRm"])).digest(96))


def key_schedule(aead: int) -> tuple[bytes, bytes]:
    """Return key and base nonce (RFC 9180 §5.1, base mode)."""
    suite = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (KEM_ID, KDF_ID, aead))

    def extract(salt: bytes, label: bytes, secret: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + secret, "sha256")

    def expand(key: bytes, label: bytes, context: bytes, length: int) -> bytes:
        info = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return HKDFExpand(algorithm=SHA256(), length=length, info=info).derive(key)

    context = b"\x00" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", INFO)
    secret = extract(bytes.fromhex(VECTOR["shared_secret"]), b"secret", b"")
    return expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)


def test_the_key_schedule_is_the_official_one() -> None:
    key, nonce = key_schedule(CHACHA20_POLY1305)
    assert key.hex() == VECTOR["key"]
    assert nonce.hex() == VECTOR["base_nonce"]
    first = VECTOR["encryptions"][0]
    sealed = ChaCha20Poly1305(key).encrypt(
        nonce, bytes.fromhex(first["pt"]), bytes.fromhex(first["aad"])
    )
    assert sealed.hex() == first["ct"]


def test_the_public_key_of_the_official_private_key() -> None:
    assert key_pair().public_key.hex() == VECTOR["pkRm"]


def test_opening_what_the_official_vector_says() -> None:
    key, nonce = key_schedule(AES_256_GCM)
    sealed = ENCAPSULATED_KEY + AESGCM(key).encrypt(nonce, b"a content key", None)
    assert key_pair().open(sealed, info=INFO) == b"a content key"


def test_opening_what_we_seal_to_the_official_public_key() -> None:
    sealed = seal_to(bytes.fromhex(VECTOR["pkRm"]), b"a content key", info=INFO)
    assert len(sealed) == len(ENCAPSULATED_KEY) + 13 + 16
    assert key_pair().open(sealed, info=INFO) == b"a content key"


def test_anything_else_does_not_open() -> None:
    key, nonce = key_schedule(AES_256_GCM)
    good = ENCAPSULATED_KEY + AESGCM(key).encrypt(nonce, b"a content key", None)
    # The first byte belongs to ML-KEM, the one at -62 to X25519, the last to the tag.
    for at in (0, len(ENCAPSULATED_KEY) - 1, len(ENCAPSULATED_KEY), len(good) - 1):
        wrong = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
        with pytest.raises(DecryptionError):
            key_pair().open(wrong, info=INFO)
    with pytest.raises(DecryptionError):
        key_pair().open(good, info=INFO + b"\x00")
