# SPDX-License-Identifier: AGPL-3.0-or-later
"""Encryption key pairs of a device (MLKEM768-X25519): signed prekey, one-time batches, and HPKE itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from crypto_core.errors import DecryptionError, KeyStateError
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.merkle import TreeEdge, leaf_hash
from crypto_core.trust.signatures import prekey_id_of
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId, DeviceId, PrekeyId, UnixMillis
from crypto_core.wire.labels import PREKEY_BATCH, SIGNED_PREKEY
from crypto_core.wire.limits import SIGNED_PREKEY_LIFE_SECONDS
from crypto_core.wire.prekeys import OneTimePrekey, PrekeyBatch, SignedPrekey
from crypto_core.wire.suites import KEM_PUBLIC_BYTES, KEM_SEED_BYTES
from crypto_core.wire.suites import Suite as SuiteNumber

if TYPE_CHECKING:
    from crypto_core.wire.signed import Signed

_ML_KEM_PUBLIC_BYTES = 1184
_ML_KEM_SEED_BYTES = 64


@dataclass(frozen=True, slots=True)
class KemPair:
    """Private half of a prekey; the 96-byte seed is its storage form, erased when the prekey is used or old."""

    seed: bytes = field(repr=False)
    _private: MLKEM768X25519PrivateKey = field(repr=False, compare=False)
    public_key: bytes = field(repr=False)
    prekey: PrekeyId

    @classmethod
    def from_seed(cls, seed: bytes) -> KemPair:
        """Rebuild the pair from ML-KEM-768 seed (64) ‖ X25519 private key (32). Raises KeyStateError on another length."""
        if len(seed) != KEM_SEED_BYTES:
            raise KeyStateError("a prekey seed has 96 bytes")
        ml_kem = MLKEM768PrivateKey.from_seed_bytes(seed[:_ML_KEM_SEED_BYTES])
        x25519 = X25519PrivateKey.from_private_bytes(seed[_ML_KEM_SEED_BYTES:])
        public_key = ml_kem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        return cls(
            seed, MLKEM768X25519PrivateKey(ml_kem, x25519), public_key, prekey_id_of(public_key)
        )

    def open(self, sealed: bytes, *, info: bytes) -> bytes:
        """HPKE base mode, single shot. Raises DecryptionError."""
        try:
            return _hpke().decrypt(sealed, self._private, info)
        except (InvalidTag, ValueError) as error:
            raise DecryptionError("the slot does not open") from error


def seal_to(public_key: bytes, plaintext: bytes, *, info: bytes) -> bytes:
    """HPKE base mode to a 1216-byte public key: encapsulated key (1120) ‖ ciphertext. Raises KeyStateError on a bad key."""
    if len(public_key) != KEM_PUBLIC_BYTES:
        raise KeyStateError("a prekey has 1216 bytes")
    try:
        key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public_key[:_ML_KEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(public_key[_ML_KEM_PUBLIC_BYTES:]),
        )
        return _hpke().encrypt(plaintext, key, info)
    except ValueError as error:
        raise KeyStateError("not a usable prekey") from error


def _hpke() -> Suite:
    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKeys:
    """Who signs prekeys: an account's device and its signing pair."""

    account: AccountId
    device: DeviceId
    signing: SigningPair


def sign_prekey(keys: DeviceKeys, pair: KemPair, *, number: int, now: UnixMillis) -> Signed:
    """Publish `pair` as the device's signed prekey for 35 days from `now`."""
    return keys.signing.sign_object(
        SIGNED_PREKEY,
        SignedPrekey(
            version=1,
            suite=SuiteNumber.V1,
            account=keys.account,
            device=keys.device,
            number=number,
            prekey=pair.prekey,
            public_key=pair.public_key,
            created_at=now,
            not_after=_end_of_life(now),
        ),
    )


def sign_batch(
    keys: DeviceKeys, pairs: tuple[KemPair, ...], *, number: int, now: UnixMillis
) -> tuple[Signed, tuple[OneTimePrekey, ...]]:
    """Publish 1 to 128 `pairs` as one-time prekeys under one signature over their Merkle root. Raises WireError."""
    one_time = tuple(
        OneTimePrekey(number=number, index=index, public_key=pair.public_key)
        for index, pair in enumerate(pairs)
    )
    tree = TreeEdge()
    tree.extend(leaf_hash(encode(key)) for key in one_time)
    batch = PrekeyBatch(
        version=1,
        suite=SuiteNumber.V1,
        account=keys.account,
        device=keys.device,
        number=number,
        count=len(one_time),
        root=tree.root(),
        created_at=now,
        not_after=_end_of_life(now),
    )
    return keys.signing.sign_object(PREKEY_BATCH, batch), one_time


def _end_of_life(now: UnixMillis) -> UnixMillis:
    return UnixMillis(now + SIGNED_PREKEY_LIFE_SECONDS * 1000)
