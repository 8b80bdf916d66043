# SPDX-License-Identifier: AGPL-3.0-or-later
"""The recovery kit: everything its 32 bytes derive, and what is sealed to its public key (`crypto_core/spec/recovery.md`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crypto_core.errors import DecryptionError, KeyStateError
from crypto_core.keys.derivation import derive
from crypto_core.keys.prekeys import KemPair, seal_to
from crypto_core.keys.signing import SigningPair, recovery_secrets
from crypto_core.keys.vault import DEK_BYTES, VaultKeys
from crypto_core.trust.recovery import kit_id_of, kit_proof_body
from crypto_core.trust.signatures import account_of
from crypto_core.wire.kit import MAX_KITS, KitId, KitSealed
from crypto_core.wire.labels import KIT_KEM, KIT_PROOF, KIT_VAULT
from crypto_core.wire.suites import KEM_SEED_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.signed import HybridSignature


@dataclass(frozen=True, slots=True)
class Kit:
    """The keys of a kit while its owner has typed the code; nothing of it but `public_key` is ever stored."""

    root: SigningPair = field(repr=False)
    account_secret: bytes = field(repr=False)
    _kem: KemPair = field(repr=False)

    @classmethod
    def from_code(cls, code: bytes) -> Kit:
        """Derive a kit's keys from its 32 bytes. Raises KeyStateError on another length."""
        secrets = recovery_secrets(code)
        kem = KemPair.from_seed(derive(code, KIT_KEM, length=KEM_SEED_BYTES))
        return cls(secrets.root, secrets.account_secret, kem)

    @property
    def account(self) -> AccountId:
        """The account that this kit began: the hash of its root. A later kit belongs to an earlier account."""
        return account_of(self.root.public)

    @property
    def public_key(self) -> bytes:
        """What devices keep, to seal things to the kit while it lies in a drawer (1216 bytes)."""
        return self._kem.public_key

    @property
    def kit(self) -> KitId:
        """The name of the kit in what is sealed to it."""
        return kit_id_of(self.public_key)

    def prove(self, auth_session: str, *, thumbprint: bytes) -> HybridSignature:
        """Sign that the kit is at hand in this sign-in, for the request key of this JWK thumbprint (32 bytes)."""
        return self.root.sign(KIT_PROOF, kit_proof_body(auth_session, thumbprint))

    def open(self, sealed: KitSealed, label: bytes, context: bytes) -> bytes:
        """Undo `seal_to_kit`. Raises KeyStateError if it was sealed to another kit, DecryptionError."""
        if sealed.kit != self.kit:
            raise KeyStateError("this belongs to another recovery kit")
        return self._kem.open(sealed.sealed, info=label + context)

    def open_any(self, slots: Sequence[KitSealed], label: bytes, context: bytes) -> bytes:
        """Open what was sealed to several kits. Raises as `open` does, KeyStateError if this is none of them."""
        for sealed in slots:
            if sealed.kit == self.kit:
                return self.open(sealed, label, context)
        raise KeyStateError("this belongs to another recovery kit")


def seal_to_kit(public_key: bytes, plaintext: bytes, label: bytes, context: bytes) -> KitSealed:
    """Seal something that only the printed code will open; at most some hundred bytes. Raises KeyStateError."""
    sealed = seal_to(public_key, plaintext, info=label + context)
    return KitSealed(version=1, kit=kit_id_of(public_key), sealed=sealed)


def seal_to_kits(
    public_keys: Sequence[bytes], plaintext: bytes, label: bytes, context: bytes
) -> tuple[KitSealed, ...]:
    """Seal the same to the kit in force and, if one is announced, to that. Raises KeyStateError."""
    if not 1 <= len(public_keys) <= MAX_KITS:
        raise KeyStateError("there is one kit in force, and at most one that was announced")
    return tuple(seal_to_kit(each, plaintext, label, context) for each in public_keys)


def seal_vault_key(
    public_keys: Sequence[bytes], vault: bytes, keys: VaultKeys
) -> tuple[KitSealed, ...]:
    """Seal a vault's DEK to kits, for the day the passphrase or the system's secret store is gone.

    `vault` is the number in the vault's header. Raises KeyStateError on a bad key.
    """
    return seal_to_kits(public_keys, keys.dek, KIT_VAULT, vault)


def open_vault_key(kit: Kit, vault: bytes, slots: Sequence[KitSealed]) -> VaultKeys:
    """Undo `seal_vault_key`. Raises KeyStateError for another kit, DecryptionError for another vault or damage."""
    dek = kit.open_any(slots, KIT_VAULT, vault)
    if len(dek) != DEK_BYTES:
        raise DecryptionError("what is sealed to the kit is no vault's key")
    return VaultKeys(dek)
