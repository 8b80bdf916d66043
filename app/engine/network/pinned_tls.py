# SPDX-License-Identifier: AGPL-3.0-or-later
"""TLS 1.3 to whoever holds the enrolled key: the certificate's public key is pinned, no authority is asked.

The check is part of the handshake of every connection, so no library above it can send a byte before it,
or come to another connection than the one that was checked.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ssl
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.engine.network.key_agreement import (
    HANDSHAKE,
    SERVER_HELLO,
    KeyAgreement,
    read_key_agreement,
)
from app.engine.ports.relay import ConnectionFacts
from crypto_core.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crypto_core.wire.ids import Hash


class PinMismatchError(ssl.SSLError):
    """The handshake was with somebody who does not hold the enrolled key."""


def pinned_context(spki_sha256: Hash, tell: Callable[[ConnectionFacts], None]) -> ssl.SSLContext:
    """Return client settings that admit only the key with this digest; `tell` hears of every handshake."""

    class PinnedConnection(ssl.SSLObject):
        """A connection whose handshake fails unless it is with the holder of the key."""

        key_agreement: KeyAgreement | None = None

        def do_handshake(self) -> None:
            """Finish the handshake, then look whom it was with. Raises PinMismatchError."""
            super().do_handshake()
            # In TLS 1.3 the server has by now signed the handshake with the certificate's key.
            certificate = self.getpeercert(binary_form=True)
            digest = b"" if certificate is None else spki_digest(certificate)
            if not hmac.compare_digest(digest, spki_sha256):
                raise PinMismatchError("the certificate does not have the enrolled key")
            tell(_facts_of(self, self.key_agreement))

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # The pin takes the place of names and authorities: a certificate for the right name, by whichever
    # authority this computer trusts, is refused like any other.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.sslobject_class = PinnedConnection
    # Without an official name, though it has been there since 3.8. Where it is missing, nothing is told.
    if hasattr(context, "_msg_callback"):
        context._msg_callback = _hear  # noqa: SLF001 - see above
    return context


def spki_digest(certificate: bytes) -> bytes:
    """Return SHA-256 of a DER certificate's public key info, nothing if it cannot be read."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
        info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        return b""
    return hashlib.sha256(info).digest()


def _hear(connection: object, direction: str, *message: object) -> None:
    """Note what the relay's part of the handshake chooses; the other messages say nothing that is shown."""
    _, record, kind, content = message
    if (direction, record, kind) == ("read", HANDSHAKE, SERVER_HELLO) and isinstance(
        content, bytes
    ):
        with contextlib.suppress(WireError):
            vars(connection)["key_agreement"] = read_key_agreement(content)


def _facts_of(connection: ssl.SSLObject, group: KeyAgreement | None) -> ConnectionFacts:
    cipher = connection.cipher()
    return ConnectionFacts(
        tls_version=connection.version() or "",
        tls_cipher=cipher[0] if cipher else "",
        tls_group="" if group is None else group.name,
        is_post_quantum=group is not None and group.is_post_quantum,
    )
