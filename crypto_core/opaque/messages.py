# SPDX-License-Identifier: AGPL-3.0-or-later
"""The messages of RFC 9807 (§4.1.1, §5.1, §6.1, §6.3.1) for ristretto255-SHA512: fixed sizes, no framing.

Parsing accepts exactly the right number of bytes and only elements of the group, and raises WireError.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from crypto_core.errors import WireError
from crypto_core.opaque.group import ELEMENT_BYTES, Element, parse_element

NONCE_BYTES: Final = 32
MAC_BYTES: Final = 64
MASKING_KEY_BYTES: Final = 64
ENVELOPE_BYTES: Final = NONCE_BYTES + MAC_BYTES
MASKED_RESPONSE_BYTES: Final = ELEMENT_BYTES + ENVELOPE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What proves to a client, and to nobody else, that it has recovered its key."""

    nonce: bytes
    auth_tag: bytes

    @classmethod
    def parse(cls, encoded: bytes) -> Envelope:
        """Read 96 bytes. Raises WireError."""
        nonce, auth_tag = _cut(encoded, NONCE_BYTES, MAC_BYTES)
        return cls(nonce=nonce, auth_tag=auth_tag)

    def to_bytes(self) -> bytes:
        """Return 96 bytes."""
        return self.nonce + self.auth_tag


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRequest:
    """Client to relay: the blinded password."""

    blinded: Element

    @classmethod
    def parse(cls, encoded: bytes) -> RegistrationRequest:
        """Read 32 bytes. Raises WireError."""
        (blinded,) = _cut(encoded, ELEMENT_BYTES)
        return cls(blinded=parse_element(blinded))

    def to_bytes(self) -> bytes:
        """Return 32 bytes."""
        return self.blinded


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationResponse:
    """Relay to client: the evaluation, and the relay's public key."""

    evaluated: Element
    server_public_key: Element

    @classmethod
    def parse(cls, encoded: bytes) -> RegistrationResponse:
        """Read 64 bytes. Raises WireError."""
        evaluated, server_public_key = _cut(encoded, ELEMENT_BYTES, ELEMENT_BYTES)
        return cls(
            evaluated=parse_element(evaluated), server_public_key=parse_element(server_public_key)
        )

    def to_bytes(self) -> bytes:
        """Return 64 bytes."""
        return self.evaluated + self.server_public_key


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRecord:
    """What the relay keeps. The masking key is hidden in `repr`: it reveals the envelope."""

    client_public_key: Element
    masking_key: bytes = field(repr=False)
    envelope: Envelope

    @classmethod
    def parse(cls, encoded: bytes) -> RegistrationRecord:
        """Read 192 bytes. Raises WireError."""
        client_public_key, masking_key, envelope = _cut(
            encoded, ELEMENT_BYTES, MASKING_KEY_BYTES, ENVELOPE_BYTES
        )
        return cls(
            client_public_key=parse_element(client_public_key),
            masking_key=masking_key,
            envelope=Envelope.parse(envelope),
        )

    def to_bytes(self) -> bytes:
        """Return 192 bytes."""
        return self.client_public_key + self.masking_key + self.envelope.to_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class KE1:
    """Client to relay: the blinded password, a nonce and an ephemeral key."""

    blinded: Element
    client_nonce: bytes
    client_keyshare: Element

    @classmethod
    def parse(cls, encoded: bytes) -> KE1:
        """Read 96 bytes. Raises WireError."""
        blinded, client_nonce, client_keyshare = _cut(
            encoded, ELEMENT_BYTES, NONCE_BYTES, ELEMENT_BYTES
        )
        return cls(
            blinded=parse_element(blinded),
            client_nonce=client_nonce,
            client_keyshare=parse_element(client_keyshare),
        )

    def to_bytes(self) -> bytes:
        """Return 96 bytes."""
        return self.blinded + self.client_nonce + self.client_keyshare


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialResponse:
    """The first part of KE2: the evaluation, and the masked relay key and envelope."""

    evaluated: Element
    masking_nonce: bytes
    masked: bytes

    def to_bytes(self) -> bytes:
        """Return 192 bytes."""
        return self.evaluated + self.masking_nonce + self.masked


@dataclass(frozen=True, slots=True, kw_only=True)
class KE2:
    """Relay to client: the credential response, a nonce, an ephemeral key, and the relay's proof."""

    credential: CredentialResponse
    server_nonce: bytes
    server_keyshare: Element
    server_mac: bytes

    @classmethod
    def parse(cls, encoded: bytes) -> KE2:
        """Read 320 bytes. Raises WireError."""
        evaluated, masking_nonce, masked, server_nonce, server_keyshare, server_mac = _cut(
            encoded,
            ELEMENT_BYTES,
            NONCE_BYTES,
            MASKED_RESPONSE_BYTES,
            NONCE_BYTES,
            ELEMENT_BYTES,
            MAC_BYTES,
        )
        return cls(
            credential=CredentialResponse(
                evaluated=parse_element(evaluated), masking_nonce=masking_nonce, masked=masked
            ),
            server_nonce=server_nonce,
            server_keyshare=parse_element(server_keyshare),
            server_mac=server_mac,
        )

    def to_bytes(self) -> bytes:
        """Return 320 bytes."""
        return (
            self.credential.to_bytes() + self.server_nonce + self.server_keyshare + self.server_mac
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KE3:
    """Client to relay: the client's proof."""

    client_mac: bytes

    @classmethod
    def parse(cls, encoded: bytes) -> KE3:
        """Read 64 bytes. Raises WireError."""
        (client_mac,) = _cut(encoded, MAC_BYTES)
        return cls(client_mac=client_mac)

    def to_bytes(self) -> bytes:
        """Return 64 bytes."""
        return self.client_mac


def _cut(encoded: bytes, *sizes: int) -> list[bytes]:
    """Cut bytes into pieces of these sizes, leaving nothing over. Raises WireError."""
    if type(encoded) is not bytes or len(encoded) != sum(sizes):
        raise WireError("not a message of the sign-in")
    pieces, start = [], 0
    for size in sizes:
        pieces.append(encoded[start : start + size])
        start += size
    return pieces
