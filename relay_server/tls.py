# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay's own certificate, pinned by clients through the enrolment string, and TLS 1.3 around it."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from crypto_core.trust.signatures import sha256
from relay_server.clock import Clock, to_datetime
from relay_server.errors import StartError
from relay_server.files import read_or_create, write_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

    from crypto_core.wire.ids import Hash
    from relay_server.data_folder import DataFolder

# The pin is the public key, which stays; the certificate around it is renewed at a start when half has passed.
_CERTIFICATE_LIFE: Final = timedelta(days=825)
_CLOCK_DIFFERENCE: Final = timedelta(days=1)


def prepare_certificate(folder: DataFolder, *, host: str, clock: Clock) -> Hash:
    """Make key and certificate when missing or due, and return the pin: SHA-256 of the public key info.

    Raises StartError when the key on disk cannot be read.
    """
    try:
        key = load_pem_private_key(read_or_create(folder.certificate_key, _new_key), password=None)
    except ValueError as error:
        raise StartError(f"{folder.certificate_key.name} is not a private key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise StartError(f"{folder.certificate_key.name} is not a key of the relay's kind")
    if not _is_usable(folder, key, host=host, clock=clock):
        certificate = _self_signed(key, host=host, clock=clock)
        write_private(folder.certificate, certificate.public_bytes(Encoding.PEM))
    return sha256(_public_info(key))


def server_context(folder: DataFolder) -> ssl.SSLContext:
    """Return the TLS settings: version 1.3 only, and the groups that OpenSSL itself prefers.

    From OpenSSL 3.5 on these begin with X25519MLKEM768; older ones agree on X25519.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(folder.certificate, folder.certificate_key)
    return context


def _new_key() -> bytes:
    # Not Ed25519: the TLS libraries of some platforms do not accept it in certificates.
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public_info(key: CertificateIssuerPrivateKeyTypes) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _is_usable(
    folder: DataFolder, key: CertificateIssuerPrivateKeyTypes, *, host: str, clock: Clock
) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(folder.certificate.read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    renewal = certificate.not_valid_after_utc - _CERTIFICATE_LIFE / 2
    return info == _public_info(key) and _name(host) in names and to_datetime(clock()) < renewal


def _self_signed(key: ec.EllipticCurvePrivateKey, *, host: str, clock: Clock) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "U-HealthSec relay")])
    now = to_datetime(clock())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_DIFFERENCE)
        .not_valid_after(now + _CERTIFICATE_LIFE)
        .add_extension(x509.SubjectAlternativeName([_name(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
