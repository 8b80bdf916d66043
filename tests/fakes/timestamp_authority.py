# SPDX-License-Identifier: AGPL-3.0-or-later
"""Authorities of timestamps: OpenSSL's as a process, one of our own that can lie about anything, and HTTP before them."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from crypto_core.trust import timestamp_syntax as syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POLICY: Final = "1.2.3.4.1"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_ECDSA_SHA256: Final = "1.2.840.10045.4.3.2"
_RSA_SHA256: Final = "1.2.840.113549.1.1.11"
_CONFIGURATION: Final = f"""\
[tsa]
default_tsa = authority
[authority]
serial = serial
signer_digest = sha256
default_policy = {POLICY}
digests = sha512, sha3-512
accuracy = secs:1
ess_cert_id_alg = sha256
"""

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def new_key() -> ec.EllipticCurvePrivateKey:
    """Return a key of P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def certificate(
    name: str,
    key: Key,
    issuer: tuple[x509.Certificate, Key] | None,
    *,
    since: datetime,
    until: datetime,
    purposes: Sequence[x509.ObjectIdentifier] = (),
    is_critical: bool = True,
    digest: hashes.SHA224 | hashes.SHA256 | None = None,
) -> x509.Certificate:
    """Return a certificate: of an issuer without purposes, of somebody who signs with."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Horodatage"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer[0].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=not purposes, path_length=None), critical=True)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=is_critical)
    return builder.sign(key if issuer is None else issuer[1], digest or hashes.SHA256())


@dataclass(slots=True)
class LyingAuthority:
    """Signs whatever it is told to, at whatever time; without lies its answers are as good as OpenSSL's."""

    since: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    until: datetime = datetime(2040, 1, 1, tzinfo=UTC)
    name: str = "Authority 1"
    purposes: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.TIME_STAMPING,)
    is_critical: bool = True
    key: Key = field(default_factory=new_key)
    issuer: tuple[x509.Certificate, Key] | None = None
    issuer_until: datetime = datetime(2060, 1, 1, tzinfo=UTC)
    digest: hashes.SHA224 | hashes.SHA256 = field(default_factory=hashes.SHA256)
    """By which the issuer signs the certificate."""
    certificate: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        if self.issuer is None:
            key = new_key()
            root = certificate("Root", key, None, since=self.since, until=self.issuer_until)
            self.issuer = (root, key)
        self.certificate = certificate(
            self.name,
            self.key,
            self.issuer,
            since=self.since,
            until=self.until,
            purposes=self.purposes,
            is_critical=self.is_critical,
            digest=self.digest,
        )

    @property
    def authorities(self) -> tuple[bytes, ...]:
        """What has to be trusted, in DER."""
        assert self.issuer is not None
        return (self.issuer[0].public_bytes(Encoding.DER),)

    @property
    def file(self) -> bytes:
        """The same as a PEM file."""
        assert self.issuer is not None
        return self.issuer[0].public_bytes(Encoding.PEM)

    def answer(
        self,
        request: bytes,
        *,
        at: datetime | None = None,
        hashed: bytes | None = None,
        algorithm: str | None = None,
        nonce: int | None = None,
        accuracy: int = 1,
        policy: str = POLICY,
        status: int = 0,
        named: x509.Certificate | None = None,
        serial: int | None = None,
        signs: Callable[[bytes], bytes] = lambda signed: signed,
        has_certificate: bool = True,
        besides: Sequence[x509.Certificate] = (),
        ess: bool = True,
        critical_extension: bool = False,
    ) -> bytes:
        """Return an answer to a request; each argument but `at` is a lie or a fault."""
        asked = asn1.decode_der(syntax.TimeStampReq, request)
        info = syntax.TSTInfo(
            version=1,
            policy=x509.ObjectIdentifier(policy),
            imprint=syntax.MessageImprint(
                algorithm=_algorithm(algorithm)
                if algorithm is not None
                else asked.imprint.algorithm,
                hashed=asked.imprint.hashed if hashed is None else hashed,
            ),
            serial=2**100,
            gen_time=asn1.GeneralizedTime((at or datetime.now(UTC)).replace(microsecond=0)),
            accuracy=syntax.Accuracy(seconds=accuracy, millis=None, micros=None),
            ordering=False,
            nonce=asked.nonce if nonce is None else nonce,
            authority=None,
            extensions=[
                syntax.Extension(
                    type=x509.ObjectIdentifier("1.2.3.4.9"), is_critical=True, value=b""
                )
            ]
            if critical_extension
            else None,
        )
        content = asn1.encode_der(info)
        attributes = asn1.SetOf(
            [
                _attribute(syntax.CONTENT_TYPE, _ObjectIdentifier(value=syntax.TST_INFO)),
                _attribute(syntax.MESSAGE_DIGEST, _Octets(value=_sha256(content))),
                *([self._signing_certificate(named or self.certificate)] if ess else []),
            ]
        )
        signed = signs(asn1.encode_der(attributes))
        if isinstance(self.key, rsa.RSAPrivateKey):
            signature = self.key.sign(signed, PKCS1v15(), hashes.SHA256())
            name = _RSA_SHA256
        else:
            signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
            name = _ECDSA_SHA256
        encoded = self.certificate.public_bytes(Encoding.DER)
        token = syntax.TimeStampToken(
            type=syntax.SIGNED_DATA,
            content=syntax.SignedData(
                version=3,
                digests=asn1.SetOf([_algorithm(_SHA256)]),
                content=syntax.EncapsulatedContent(type=syntax.TST_INFO, content=content),
                certificates=[
                    _tlv(each)
                    for each in (encoded, *(one.public_bytes(Encoding.DER) for one in besides))
                ]
                if has_certificate
                else None,
                revocations=None,
                signers=asn1.SetOf(
                    [
                        syntax.SignerInfo(
                            version=1,
                            signer=syntax.IssuerAndSerialNumber(
                                issuer=_parts(self.certificate.issuer),
                                serial=self.certificate.serial_number if serial is None else serial,
                            ),
                            digest=_algorithm(_SHA256),
                            attributes=attributes,
                            algorithm=_algorithm(name),
                            signature=signature,
                            unsigned=None,
                        )
                    ]
                ),
            ),
        )
        response = syntax.TimeStampResp(
            status=syntax.PKIStatusInfo(status=status, texts=None, failure=None),
            token=token if status in {0, 1} else None,
        )
        return asn1.encode_der(response)

    def token(self, hashed: bytes, *, at: datetime, algorithm: str = "") -> bytes:
        """Return a token over a hash, without a request."""
        request = syntax.TimeStampReq(
            version=1,
            imprint=syntax.MessageImprint(
                algorithm=_algorithm(algorithm or "2.16.840.1.101.3.4.2.3"), hashed=hashed
            ),
            policy=None,
            nonce=1,
            wants_certificate=True,
        )
        return token_of(self.answer(asn1.encode_der(request), at=at))

    def _signing_certificate(self, named: x509.Certificate) -> syntax.Attribute:
        return _attribute(
            syntax.SIGNING_CERTIFICATE_V2,
            syntax.SigningCertificateV2(
                certificates=[
                    syntax.ESSCertIDv2(
                        algorithm=None, hashed=named.fingerprint(hashes.SHA256()), issuer=None
                    )
                ],
                policies=None,
            ),
        )


def token_of(answer: bytes) -> bytes:
    """Return the token of an answer."""
    return asn1.encode_der(asn1.decode_der(syntax.TimeStampResp, answer).token)


@asn1.sequence
class _ObjectIdentifier:
    value: x509.ObjectIdentifier


@asn1.sequence
class _Octets:
    value: bytes


@asn1.sequence
class _Anything:
    value: asn1.TLV


@asn1.sequence
class _Several:
    values: list[asn1.TLV]


def _algorithm(name: str) -> syntax.AlgorithmIdentifier:
    return syntax.AlgorithmIdentifier(algorithm=x509.ObjectIdentifier(name), parameters=None)


def _sha256(content: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(content)
    return digest.finalize()


def _attribute(
    kind: x509.ObjectIdentifier, value: _ObjectIdentifier | _Octets | syntax.SigningCertificateV2
) -> syntax.Attribute:
    encoded = asn1.encode_der(value)
    if not isinstance(value, syntax.SigningCertificateV2):
        encoded = encoded[2:]
    return syntax.Attribute(type=kind, values=asn1.SetOf([_tlv(encoded)]))


def _tlv(encoded: bytes) -> asn1.TLV:
    return asn1.decode_der(_Anything, _in_sequence(encoded)).value


def _parts(name: x509.Name) -> list[asn1.TLV]:
    return asn1.decode_der(_Several, _in_sequence(name.public_bytes())).values


def _in_sequence(encoded: bytes) -> bytes:
    length = len(encoded)
    head = bytes([0x30, length]) if length < 128 else b"\x30\x82" + length.to_bytes(2, "big")
    return head + encoded


@dataclass(frozen=True, slots=True)
class OpensslAuthority:
    """`openssl ts` with a certificate of its own, in a folder."""

    folder: Path
    file: bytes
    """What has to be trusted, as a PEM file."""

    @classmethod
    def make(cls, folder: Path) -> OpensslAuthority:
        """Make keys and certificates. Skips the test where OpenSSL is not installed, except where UHS_CI is set."""
        if shutil.which("openssl") is None:
            missing = "needs the Debian package openssl"
            if os.environ.get("UHS_CI"):
                pytest.fail(missing)
            pytest.skip(missing)
        now = datetime.now(UTC)
        signer = LyingAuthority(
            since=now - timedelta(days=1),
            until=now + timedelta(days=400),
            issuer_until=now + timedelta(days=4000),
            key=rsa.generate_private_key(65537, 2048),
        )
        (folder / "openssl.cnf").write_text(_CONFIGURATION)
        (folder / "serial").write_text("01")
        (folder / "signer.pem").write_bytes(signer.certificate.public_bytes(Encoding.PEM))
        (folder / "key.pem").write_bytes(
            signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        return cls(folder, signer.file)

    def answer(self, request: bytes) -> bytes:
        """Return OpenSSL's answer to a request."""
        (self.folder / "request").write_bytes(request)
        self._run(
            *("-reply", "-config", "openssl.cnf", "-queryfile", "request"),
            *("-signer", "signer.pem", "-inkey", "key.pem", "-out", "answer"),
        )
        return (self.folder / "answer").read_bytes()

    def verifies(self, token: bytes, hashed: bytes, authorities: bytes) -> bool:
        """Whether OpenSSL finds that a token is over a hash, and by an authority of a PEM file."""
        (self.folder / "token").write_bytes(token)
        (self.folder / "authorities.pem").write_bytes(authorities)
        verified = self._run(
            *("-verify", "-digest", hashed.hex(), "-in", "token", "-token_in"),
            *("-CAfile", "authorities.pem"),
            must_succeed=False,
        )
        return verified.returncode == 0

    def _run(
        self, *arguments: str, must_succeed: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["openssl", "ts", *arguments],
            cwd=self.folder,
            capture_output=True,
            check=must_succeed,
        )


@contextmanager
def served(
    answer: Callable[[bytes], bytes],
    *,
    status: int = 200,
    kind: str = "application/timestamp-reply",
    elsewhere: str = "",
) -> Iterator[str]:
    """Put an authority behind HTTP on this machine, and yield its address (RFC 3161 §3.4)."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            content = answer(asked)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if elsewhere:
                self.send_header("Location", elsewhere)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            # Whoever asked may have gone.
            with suppress(ConnectionError):
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    running = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    running.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        running.join()
