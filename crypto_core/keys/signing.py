# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hybrid signing pairs (Ed25519 and ML-DSA-65), the recovery code's keys, and signed objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from crypto_core.errors import KeyStateError
from crypto_core.keys.derivation import derive
from crypto_core.trust.signatures import account_of
from crypto_core.wire.codec import encode
from crypto_core.wire.devices import AccountCertificate
from crypto_core.wire.labels import CERTIFICATE, KIT_ACCOUNT_SECRET, KIT_ROOT
from crypto_core.wire.signed import HybridSignature, Signed, SigningPublicKey

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId, UnixMillis

SIGNING_SEED_BYTES = 64
"""Ed25519 seed (32), then ML-DSA-65 seed (32)."""
KIT_CODE_BYTES = 32


@dataclass(frozen=True, slots=True)
class SigningPair:
    """Private signing pair; the seed is its storage form."""

    seed: bytes = field(repr=False)
    _ed25519: Ed25519PrivateKey = field(repr=False, compare=False)
    _ml_dsa_65: MLDSA65PrivateKey = field(repr=False, compare=False)
    public: SigningPublicKey

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningPair:
        """Rebuild the pair from its 64-byte seed. Raises KeyStateError on another length."""
        if len(seed) != SIGNING_SEED_BYTES:
            raise KeyStateError("a signing seed has 64 bytes")
        ed25519 = Ed25519PrivateKey.from_private_bytes(seed[:32])
        ml_dsa_65 = MLDSA65PrivateKey.from_seed_bytes(seed[32:])
        public = SigningPublicKey(
            ed25519=ed25519.public_key().public_bytes_raw(),
            ml_dsa_65=ml_dsa_65.public_key().public_bytes_raw(),
        )
        return cls(seed, ed25519, ml_dsa_65, public)

    def sign(self, label: bytes, body: bytes) -> HybridSignature:
        """Sign label ‖ body with both keys."""
        message = label + body
        return HybridSignature(
            ed25519=self._ed25519.sign(message), ml_dsa_65=self._ml_dsa_65.sign(message)
        )

    def sign_ed25519(self, message: bytes) -> bytes:
        """Sign with the classical key alone, for formats of others that know no hybrid signature.

        The caller sees to it that the message cannot be one of ours: none of our labels begins as it does.
        """
        return self._ed25519.sign(message)

    def sign_object(self, label: bytes, value: object) -> Signed:
        """Encode `value` and sign it. Raises WireError when it is out of bounds."""
        body = encode(value)
        return Signed(body=body, signature=self.sign(label, body))


@dataclass(frozen=True, slots=True)
class RecoverySecrets:
    """What the 256-bit code of the recovery kit derives: the root pair and the account secret (`crypto_core/spec/keys.md` §2)."""

    root: SigningPair
    account_secret: bytes = field(repr=False)

    @property
    def account(self) -> AccountId:
        """The account id, which is the hash of the root key."""
        return account_of(self.root.public)


def recovery_secrets(code: bytes) -> RecoverySecrets:
    """Derive root pair and account secret from the kit's 32 random bytes. Raises KeyStateError on another length."""
    if len(code) != KIT_CODE_BYTES:
        raise KeyStateError("a recovery code has 32 bytes")
    return RecoverySecrets(
        SigningPair.from_seed(derive(code, KIT_ROOT, length=SIGNING_SEED_BYTES)),
        derive(code, KIT_ACCOUNT_SECRET),
    )


def certify_identity(
    root: SigningPair, identity: SigningPublicKey, *, sequence: int, issued_at: UnixMillis
) -> Signed:
    """Let the root key name the account's identity key."""
    return root.sign_object(
        CERTIFICATE,
        AccountCertificate(
            version=1,
            account=account_of(root.public),
            root=root.public,
            identity=identity,
            sequence=sequence,
            issued_at=issued_at,
        ),
    )
