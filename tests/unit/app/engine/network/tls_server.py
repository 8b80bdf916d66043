# SPDX-License-Identifier: AGPL-3.0-or-later
"""A server on loopback with a certificate of its own that answers each connection with prepared bytes."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from crypto_core.wire.enrolment import Enrolment
from crypto_core.wire.ids import Hash

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A certificate with its key, in files as the ssl module wants them."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    path: Path

    @classmethod
    def make(cls, folder: Path, name: str, *, authority: Identity | None = None) -> Identity:
        """Make a certificate for localhost, signed by itself or by an authority."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(tz=UTC)
        signer = authority.key if authority else key
        signer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        own_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        signs = authority is None
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority.certificate.subject if authority else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=signs, path_length=None), critical=True)
            # What Python 3.13 wants to see of whoever is checked against authorities (RFC 5280 §4.2.1).
            .add_extension(signer_id, critical=False)
            .add_extension(own_id, critical=False)
            .add_extension(_usage(signs=signs), critical=True)
            .sign(signer, hashes.SHA256())
        )
        path = folder / f"{name}.pem"
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        return cls(certificate=certificate, key=key, path=path)

    @property
    def pin(self) -> Hash:
        """What an enrolment string carries of it."""
        info = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return Hash(hashlib.sha256(info).digest())

    def context(self) -> ssl.SSLContext:
        """Return the server's settings."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context


@dataclass(slots=True)
class TlsServer:
    """Says `answer` to whoever has finished a request's head, then closes unless `stays_open`.

    What is in `first` is said before, once each.
    """

    answer: bytes = b""
    first: list[bytes] = field(default_factory=list)
    stays_open: bool = False
    speaks_first: bool = False
    drips: bool = False
    """Whether another byte follows every now and then, for ever."""
    requests: list[bytes] = field(default_factory=list)
    port: int = 0

    def enrolment(self, pin: Hash) -> Enrolment:
        """Return where it is, with a pin."""
        url = f"https://localhost:{self.port}"
        return Enrolment(version=1, url=url, spki_sha256=pin, log_keys=("a", "b"))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        try:
            if self.speaks_first:
                writer.write(self.answer)
            while True:
                received = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(received)
                writer.write(self.first.pop(0) if self.first else self.answer)
                await writer.drain()
                while self.drips and not await _leaves(reader):
                    writer.write(b"x")
                    await writer.drain()
                if not self.stays_open:
                    break
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def running(self, context: ssl.SSLContext | None) -> AsyncIterator[TlsServer]:
        """Listen, with TLS if settings are given."""
        server = await asyncio.start_server(
            self.serve, "127.0.0.1", 0, ssl=context, ssl_handshake_timeout=20 if context else None
        )
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()


async def _leaves(reader: asyncio.StreamReader) -> bool:
    """Whether the other side ends the connection within a moment."""
    try:
        async with asyncio.timeout(0.005):
            return not await reader.read(1)
    except TimeoutError:
        return False


def http(
    body: bytes, *, kind: str, status: str = "200 OK", length: int | None = None, **headers: str
) -> bytes:
    """Return an HTTP answer; the announced length is the true one unless another is given."""
    lines = [
        f"HTTP/1.1 {status}",
        "Connection: close",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body) if length is None else length}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body
