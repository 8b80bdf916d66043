# SPDX-License-Identifier: AGPL-3.0-or-later
"""What client and relay compute alike in OPAQUE-3DH (RFC 9807 §4, §6.4.2): HKDF-SHA512, HMAC-SHA512, SHA-512."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from crypto_core.opaque.messages import MASKED_RESPONSE_BYTES
from crypto_core.opaque.oprf import KeyPair, derive_key_pair, with_length

if TYPE_CHECKING:
    from crypto_core.opaque.group import Element
    from crypto_core.opaque.messages import KE1, CredentialResponse

SEED_BYTES: Final = 32
HASH_BYTES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What both sides know without sending it; the exchange fails when they do not mean the same.

    An identity that is None is the public key of that side.
    """

    context: bytes
    client_identity: bytes | None = None
    server_identity: bytes | None = None

    def identities(self, *, client_public_key: bytes, server_public_key: bytes) -> Identities:
        """Return the identities with the public keys in the place of missing ones (RFC 9807 §4)."""
        return Identities(
            client=client_public_key if self.client_identity is None else self.client_identity,
            server=server_public_key if self.server_identity is None else self.server_identity,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """Both identities, as they stand in the envelope and in the transcript."""

    client: bytes
    server: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """The proofs of both sides and their common key; with equal inputs both sides compute the same."""

    server_mac: bytes = field(repr=False)
    client_mac: bytes = field(repr=False)
    session_key: bytes = field(repr=False)


def extract(material: bytes) -> bytes:
    """HKDF-Extract with an empty salt; 64 bytes."""
    return hmac.digest(bytes(HASH_BYTES), material, "sha512")


def expand(key: bytes, info: bytes, length: int = HASH_BYTES) -> bytes:
    """HKDF-Expand."""
    return HKDFExpand(algorithm=SHA512(), length=length, info=info).derive(key)


def authenticate(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA512; 64 bytes."""
    return hmac.digest(key, message, "sha512")


def derive_dh_key_pair(seed: bytes) -> KeyPair:
    """DeriveDiffieHellmanKeyPair (RFC 9807 §6.4.1.1); `seed` is 32 random bytes."""
    return derive_key_pair(seed, b"OPAQUE-DeriveDiffieHellmanKeyPair")


def mask(masking_key: bytes, masking_nonce: bytes, response: bytes) -> bytes:
    """Mask relay key and envelope, or unmask them (RFC 9807 §6.3.2): 128 bytes."""
    pad = expand(masking_key, masking_nonce + b"CredentialResponsePad", MASKED_RESPONSE_BYTES)
    return bytes(one ^ other for one, other in zip(pad, response, strict=True))


def prove(
    shared: tuple[Element, Element, Element],
    *,
    context: bytes,
    identities: Identities,
    ke1: KE1,
    credential: CredentialResponse,
    server_nonce: bytes,
    server_keyshare: Element,
) -> Proofs:
    """Derive the proofs and the session key from three Diffie-Hellman values and the transcript (§6.4.2)."""
    preamble = (
        b"OPAQUEv1-"
        + with_length(context)
        + with_length(identities.client)
        + ke1.to_bytes()
        + with_length(identities.server)
        + credential.to_bytes()
        + server_nonce
        + server_keyshare
    )
    transcript = hashlib.sha512(preamble).digest()
    root = extract(b"".join(shared))
    handshake = _derive_secret(root, b"HandshakeSecret", transcript)
    server_mac = authenticate(_derive_secret(handshake, b"ServerMAC", b""), transcript)
    client_mac = authenticate(
        _derive_secret(handshake, b"ClientMAC", b""), hashlib.sha512(preamble + server_mac).digest()
    )
    return Proofs(
        server_mac=server_mac,
        client_mac=client_mac,
        session_key=_derive_secret(root, b"SessionKey", transcript),
    )


def _derive_secret(secret: bytes, label: bytes, transcript: bytes) -> bytes:
    name = b"OPAQUE-" + label
    info = HASH_BYTES.to_bytes(2, "big") + bytes([len(name)]) + name
    return expand(secret, info + bytes([len(transcript)]) + transcript)
