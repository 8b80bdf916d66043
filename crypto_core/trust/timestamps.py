# SPDX-License-Identifier: AGPL-3.0-or-later
"""Timestamps of an outside authority (RFC 3161): what is asked for, and what is checked of the answer.

Imports `crypto_core.errors`, `crypto_core.wire` (limits) and `crypto_core.trust.timestamp_syntax`. The ordered checks
and what they prove are in `crypto_core/spec/timestamps.md`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from crypto_core.errors import TimestampError, TimestampFault, WireError
from crypto_core.trust.timestamp_syntax import (
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SIGNED_DATA,
    SIGNING_CERTIFICATE_V2,
    TST_INFO,
    AlgorithmIdentifier,
    EncapsulatedContent,
    MessageImprint,
    SigningCertificateV2,
    TimeStampReq,
    TimeStampResp,
    TimeStampToken,
    TSTInfo,
)
from crypto_core.wire.limits import (
    MAX_AUTHORITIES,
    MAX_AUTHORITY_BYTES,
    MAX_TIMESTAMP_BYTES,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crypto_core.trust.timestamp_syntax import Attribute, SignedData, SignerInfo

T = TypeVar("T")

_UNREADABLE: Final = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises about bytes that others have made."""

NONCE_BYTES: Final = 8
LEAST_RSA_BITS: Final = 2048
_GRANTED: Final = {0, 1}
_MAX_CHAIN: Final = 8
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_POLICY: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,9})){1,20}", re.ASCII)
_NO_POLICY: Final = "a policy is an object identifier, such as 0.4.0.2023.1.1"
_PEM: Final = b"-----BEGIN CERTIFICATE-----"

_SHA_2: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
_RSA: Final[Mapping[str, str | None]] = {
    "1.2.840.113549.1.1.1": None,  # of whichever digest is named beside it
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
}
_ECDSA: Final[Mapping[str, str]] = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


class ImprintHash(StrEnum):
    """What a timestamp is over; the second is for the day when the first is doubted (RFC 4998 §5.3)."""

    SHA_512 = "sha512"
    SHA3_512 = "sha3_512"

    def of(self, content: bytes) -> bytes:
        """Return the hash, 64 bytes."""
        return hashlib.new(self.value, content).digest()


_IMPRINTS: Final[Mapping[str, ImprintHash]] = {
    "2.16.840.1.101.3.4.2.3": ImprintHash.SHA_512,
    "2.16.840.1.101.3.4.2.10": ImprintHash.SHA3_512,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampRequest:
    """What an authority is asked; `encoded` is what is sent to it (RFC 3161 §3.4)."""

    hashed: bytes
    algorithm: ImprintHash
    nonce: int
    policy: str | None
    encoded: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp:
    """What an authority has signed: that somebody had the hash at this time. Times in milliseconds since 1970."""

    at: int
    accuracy: int
    """How far off the authority says that it may be; 0 when it says nothing."""
    hashed: bytes
    algorithm: ImprintHash
    policy: str
    serial: int
    nonce: int | None
    authority: str
    """How the certificate names who signed."""
    pinned: bytes
    """SHA-256 of the trusted certificate under which it was found."""
    valid_until: int
    """The first of the chain's certificates ends here: until then it has to be renewed."""
    token: bytes = field(repr=False)

    @property
    def at_the_latest(self) -> int:
        """When what was hashed existed, at the latest."""
        return self.at + self.accuracy


def make_request(
    hashed: bytes, *, nonce: int, algorithm: ImprintHash = ImprintHash.SHA_512, policy: str | None
) -> TimestampRequest:
    """Return a request for a timestamp over a hash; `nonce` is random, below 2^64.

    Raises WireError for a policy that is no object identifier, a hash of another length or a nonce out of range.
    """
    if len(hashed) != len(algorithm.of(b"")) or not 0 < nonce < 2 ** (8 * NONCE_BYTES):
        raise WireError("not what a timestamp is asked for")
    request = TimeStampReq(
        version=1,
        imprint=MessageImprint(algorithm=identifier(algorithm), hashed=hashed),
        policy=None if policy is None else _object_identifier(policy),
        nonce=nonce,
        wants_certificate=True,
    )
    return TimestampRequest(
        hashed=hashed,
        algorithm=algorithm,
        nonce=nonce,
        policy=policy,
        encoded=asn1.encode_der(request),
    )


def read_authorities(file: bytes) -> tuple[bytes, ...]:
    """Read the certificates of a PEM or DER file, each of which is then trusted; return them as DER. Raises WireError."""
    if len(file) > MAX_AUTHORITIES * MAX_AUTHORITY_BYTES:
        raise WireError("too many certificates of authorities")
    try:
        found = (
            x509.load_pem_x509_certificates(file)
            if _PEM in file
            else [x509.load_der_x509_certificate(file)]
        )
        encoded = tuple(each.public_bytes(Encoding.DER) for each in found)
    except _UNREADABLE as error:
        raise WireError("no certificates can be read in the file") from error
    _certificates(encoded)
    return encoded


def verify_answer(
    answer: bytes, request: TimestampRequest, *, authorities: Sequence[bytes]
) -> Timestamp:
    """Do all checks of an authority's answer (specification §3). Raises TimestampError, WireError for `authorities`.

    `authorities` are the trusted certificates, in DER. Left to the caller: that the time is the present.
    """
    # (1) It is an answer, within limits.
    response = _decoded(TimeStampResp, answer)
    # (2) The authority has signed something.
    if response.status.status not in _GRANTED or response.token is None:
        raise TimestampError(TimestampFault.REFUSED, "the authority gives no timestamp")
    token = asn1.encode_der(response.token)
    info = _info(response.token)
    # (3) It is the answer to this request and to no other.
    if info.nonce != request.nonce:
        raise TimestampError(TimestampFault.NONCE, "the timestamp answers another request")
    # (4) By the policy that was asked for, if one was.
    if request.policy is not None and info.policy.dotted_string != request.policy:
        raise TimestampError(TimestampFault.POLICY, "the timestamp is by another policy")
    timestamp = verify_token(token, authorities=authorities)
    require_imprint(timestamp, request.hashed, request.algorithm)
    return timestamp


def verify_timestamp(token: bytes, content: bytes, *, authorities: Sequence[bytes]) -> Timestamp:
    """Check a kept token over content, such as a checkpoint's signed note (specification §3, from 5 on).

    Raises TimestampError, WireError for `authorities`.
    """
    timestamp = verify_token(token, authorities=authorities)
    require_imprint(timestamp, timestamp.algorithm.of(content), timestamp.algorithm)
    return timestamp


def require_imprint(timestamp: Timestamp, hashed: bytes, algorithm: ImprintHash) -> None:
    """Check that a timestamp is over this hash (check 6). Raises TimestampError."""
    if timestamp.algorithm is not algorithm or timestamp.hashed != hashed:
        raise TimestampError(TimestampFault.IMPRINT, "the timestamp is over something else")


def verify_token(token: bytes, *, authorities: Sequence[bytes]) -> Timestamp:
    """Do the checks of a token but 6, which `require_imprint` does. Raises TimestampError, WireError for `authorities`."""
    trusted = _certificates(authorities)
    # (1) It is a token, within limits, of one signer, and has nothing that must be understood and is not.
    signed = _decoded(TimeStampToken, token).content
    info = _info(_decoded(TimeStampToken, token))
    signers = signed.signers.as_list()
    if len(signers) != 1:
        raise TimestampError(TimestampFault.SYNTAX, "a timestamp has one signer")
    signer = signers[0]
    # (5) Hashes and signature are of the allowed algorithms.
    algorithm = imprint_hash(info.imprint.algorithm)
    digest = _SHA_2.get(signer.digest.algorithm.dotted_string)
    if digest is None:
        raise TimestampError(TimestampFault.ALGORITHM, "the timestamp's digest is not allowed")
    # (7) The signed attributes name the certificate, which may sign timestamps and nothing else.
    attributes = _attributes(signer)
    certificates = _embedded(signed)
    certificate = _signing_certificate(attributes, certificates, signer)
    # (8) Its key signs these attributes, and they are of this content.
    _verify_signature(certificate, signer, digest, attributes, signed.content)
    # (9) It leads to a trusted certificate, each valid at the time of the timestamp.
    at = info.gen_time.as_datetime()
    if at < _EPOCH:
        raise TimestampError(TimestampFault.SYNTAX, "a timestamp of before there were any")
    chain = _chain(certificate, certificates, trusted, at)
    return Timestamp(
        at=_millis(at),
        accuracy=_accuracy(info),
        hashed=info.imprint.hashed,
        algorithm=algorithm,
        policy=info.policy.dotted_string,
        serial=info.serial,
        nonce=info.nonce,
        authority=_name(certificate),
        pinned=chain[-1].fingerprint(hashes.SHA256()),
        valid_until=min(_millis(each.not_valid_after_utc) for each in chain),
        token=token,
    )


def identifier(algorithm: ImprintHash) -> AlgorithmIdentifier:
    """Return how DER names a hash."""
    name = next(name for name, each in _IMPRINTS.items() if each is algorithm)
    return AlgorithmIdentifier(algorithm=x509.ObjectIdentifier(name), parameters=None)


def imprint_hash(algorithm: AlgorithmIdentifier) -> ImprintHash:
    """Return the hash that DER names. Raises TimestampError if it is not one of those that are asked for."""
    found = _IMPRINTS.get(algorithm.algorithm.dotted_string)
    if found is None:
        raise TimestampError(TimestampFault.ALGORITHM, "the timestamp's hash is not allowed")
    return found


def certificate_fingerprint(authority: bytes) -> bytes:
    """Return the SHA-256 of a certificate in DER, as `Timestamp.pinned` has it."""
    return hashlib.sha256(authority).digest()


# --- the parts -----------------------------------------------------------------------------------


def _decoded(kind: type[T], encoded: bytes) -> T:
    if len(encoded) > MAX_TIMESTAMP_BYTES:
        raise TimestampError(TimestampFault.SYNTAX, "the timestamp is too long")
    return decode_der(kind, encoded)


def decode_der(kind: type[T], encoded: bytes) -> T:
    """Read a structure of `timestamp_syntax`. Raises TimestampError."""
    try:
        return asn1.decode_der(kind, encoded)
    except _UNREADABLE as error:
        raise TimestampError(TimestampFault.SYNTAX, "not DER of the expected form") from error


def _info(token: TimeStampToken) -> TSTInfo:
    signed = token.content
    if token.type != SIGNED_DATA or signed.content.type != TST_INFO:
        raise TimestampError(TimestampFault.SYNTAX, "not a timestamp")
    info = decode_der(TSTInfo, signed.content.content)
    if info.version != 1 or any(each.is_critical for each in info.extensions or ()):
        raise TimestampError(TimestampFault.SYNTAX, "a timestamp of another version")
    return info


def _attributes(signer: SignerInfo) -> dict[x509.ObjectIdentifier, asn1.TLV]:
    """Return the one value of each signed attribute."""
    found = signer.attributes.as_list()
    values: dict[x509.ObjectIdentifier, asn1.TLV] = {each.type: _only(each) for each in found}
    if len(values) != len(found):
        raise TimestampError(TimestampFault.SYNTAX, "an attribute stands there twice")
    return values


def _only(attribute: Attribute) -> asn1.TLV:
    values: list[asn1.TLV] = attribute.values.as_list()
    if len(values) != 1:
        raise TimestampError(TimestampFault.SYNTAX, "an attribute has one value")
    return values[0]


def _value(
    attributes: Mapping[x509.ObjectIdentifier, asn1.TLV],
    kind: x509.ObjectIdentifier,
    python: type[T],
) -> T:
    found = attributes.get(kind)
    if found is None:
        raise TimestampError(TimestampFault.CERTIFICATE, "a signed attribute is missing")
    try:
        value: T = found.parse(python)
    except _UNREADABLE as error:
        raise TimestampError(TimestampFault.SYNTAX, "an attribute cannot be read") from error
    return value


def _embedded(signed: SignedData) -> list[x509.Certificate]:
    try:
        return [each.parse(x509.Certificate) for each in signed.certificates or ()]
    except _UNREADABLE as error:
        raise TimestampError(TimestampFault.SYNTAX, "a certificate cannot be read") from error


def _signing_certificate(
    attributes: Mapping[x509.ObjectIdentifier, asn1.TLV],
    certificates: Sequence[x509.Certificate],
    signer: SignerInfo,
) -> x509.Certificate:
    """Return the certificate whose hash the signer has signed (RFC 5816 §2.2.1), never one by its name alone."""
    named = _value(attributes, SIGNING_CERTIFICATE_V2, SigningCertificateV2).certificates
    if not named:
        raise TimestampError(TimestampFault.CERTIFICATE, "the timestamp names no certificate")
    digest = (
        hashes.SHA256()
        if named[0].algorithm is None
        else _SHA_2.get(named[0].algorithm.algorithm.dotted_string)
    )
    if digest is None:
        raise TimestampError(TimestampFault.ALGORITHM, "the certificate's hash is not allowed")
    for certificate in certificates:
        if (
            certificate.fingerprint(digest) == named[0].hashed
            and certificate.serial_number == signer.signer.serial
        ):
            _require_purpose(certificate)
            return certificate
    raise TimestampError(TimestampFault.CERTIFICATE, "the named certificate is not there")


def _require_purpose(certificate: x509.Certificate) -> None:
    """Check what RFC 3161 §2.3 wants of an authority's certificate. Raises TimestampError."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, *_UNREADABLE) as error:
        raise TimestampError(
            TimestampFault.CERTIFICATE, "the certificate is not for timestamps"
        ) from error
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TimestampError(TimestampFault.CERTIFICATE, "the certificate is not for timestamps")


def _verify_signature(
    certificate: x509.Certificate,
    signer: SignerInfo,
    digest: hashes.HashAlgorithm,
    attributes: Mapping[x509.ObjectIdentifier, asn1.TLV],
    content: EncapsulatedContent,
) -> None:
    if _value(attributes, CONTENT_TYPE, x509.ObjectIdentifier) != TST_INFO:
        raise TimestampError(TimestampFault.SIGNATURE, "the signature is of something else")
    hashed = hashlib.new(digest.name, content.content).digest()
    if _value(attributes, MESSAGE_DIGEST, bytes) != hashed:
        raise TimestampError(TimestampFault.SIGNATURE, "the signature is of another content")
    # What is signed is the set itself, with the tag of a set (RFC 5652 §5.4).
    signed = asn1.encode_der(signer.attributes)
    algorithm = signer.algorithm.algorithm.dotted_string
    try:
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey) and _RSA.get(algorithm, "") in {None, digest.name}:
            key.verify(signer.signature, signed, padding.PKCS1v15(), digest)
            return
        if isinstance(key, ec.EllipticCurvePublicKey) and _ECDSA.get(algorithm) == digest.name:
            key.verify(signer.signature, signed, ec.ECDSA(digest))
            return
    except InvalidSignature as error:
        raise TimestampError(TimestampFault.SIGNATURE, "the signature does not verify") from error
    except _UNREADABLE as error:
        raise TimestampError(TimestampFault.CERTIFICATE, "the key cannot be read") from error
    raise TimestampError(TimestampFault.ALGORITHM, "the signature's algorithm is not allowed")


def _chain(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    trusted: Sequence[x509.Certificate],
    at: datetime,
) -> list[x509.Certificate]:
    """Return the chain from the signer's certificate to a trusted one (RFC 5280 §6). Raises TimestampError.

    `cryptography` verifies signatures, times, lengths of paths and names; its rules for web servers are replaced by
    those for authorities of timestamps.
    """
    builder = verification.PolicyBuilder().store(verification.Store(list(trusted)))
    verifier = (
        builder.time(at)
        .max_chain_depth(_MAX_CHAIN)
        .extension_policies(ca_policy=_ISSUERS, ee_policy=_SIGNERS)
        .build_client_verifier()
    )
    try:
        chain = verifier.verify(certificate, [each for each in others if each != certificate]).chain
        keys = [each.public_key() for each in chain]
    except (verification.VerificationError, *_UNREADABLE) as error:
        raise TimestampError(
            TimestampFault.AUTHORITY, "no trusted authority vouches for the timestamp"
        ) from error
    if not all(map(_is_strong, keys)):
        raise TimestampError(TimestampFault.ALGORITHM, "a key of the authority is too weak")
    return chain


def _is_strong(key: object) -> bool:
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= LEAST_RSA_BITS
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES)


def _require_issuer(
    _policy: verification.Policy, _certificate: x509.Certificate, found: x509.BasicConstraints
) -> None:
    if not found.ca:
        raise ValueError("not an issuer")


def _require_no_issuer(
    _policy: verification.Policy,
    _certificate: x509.Certificate,
    found: x509.BasicConstraints | None,
) -> None:
    if found is not None and found.ca:
        raise ValueError("an issuer")


def _require_certificate_usage(
    _policy: verification.Policy, _certificate: x509.Certificate, found: x509.KeyUsage | None
) -> None:
    if found is not None and not found.key_cert_sign:
        raise ValueError("does not sign certificates")


def _require_signature_usage(
    _policy: verification.Policy, _certificate: x509.Certificate, found: x509.KeyUsage | None
) -> None:
    if found is not None and not (found.digital_signature or found.content_commitment):
        raise ValueError("does not sign")


def _require_timestamps_below(
    _policy: verification.Policy,
    _certificate: x509.Certificate,
    found: x509.ExtendedKeyUsage | None,
) -> None:
    allowed = {ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    if found is not None and not allowed & set(found):
        raise ValueError("not for timestamps")


_EITHER: Final = verification.Criticality.AGNOSTIC
_ISSUERS: Final = (
    verification.ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, _EITHER, _require_issuer)
    .may_be_present(x509.KeyUsage, _EITHER, _require_certificate_usage)
    .may_be_present(x509.ExtendedKeyUsage, _EITHER, _require_timestamps_below)
)
_SIGNERS: Final = (
    verification.ExtensionPolicy.permit_all()
    .may_be_present(x509.BasicConstraints, _EITHER, _require_no_issuer)
    .may_be_present(x509.KeyUsage, _EITHER, _require_signature_usage)
    .require_present(x509.ExtendedKeyUsage, verification.Criticality.CRITICAL, None)
)


def _certificates(authorities: Sequence[bytes]) -> list[x509.Certificate]:
    if not 0 < len(authorities) <= MAX_AUTHORITIES:
        raise WireError(f"between 1 and {MAX_AUTHORITIES} certificates of authorities")
    if any(len(each) > MAX_AUTHORITY_BYTES for each in authorities):
        raise WireError("the certificate of an authority is too long")
    try:
        return [x509.load_der_x509_certificate(each) for each in authorities]
    except _UNREADABLE as error:
        raise WireError("the certificate of an authority cannot be read") from error


def _object_identifier(text: str) -> x509.ObjectIdentifier:
    if not _POLICY.fullmatch(text):
        raise WireError(_NO_POLICY)
    try:
        return x509.ObjectIdentifier(text)
    except ValueError as error:
        raise WireError(_NO_POLICY) from error


def _accuracy(info: TSTInfo) -> int:
    """Return milliseconds, rounded up."""
    given = info.accuracy
    if given is None:
        return 0
    parts = (given.seconds or 0, given.millis or 0, given.micros or 0)
    if any(not 0 <= each < 1_000_000 for each in parts):
        raise TimestampError(TimestampFault.SYNTAX, "an accuracy out of range")
    seconds, millis, micros = parts
    return seconds * 1000 + millis + -(-micros // 1000)


def _millis(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _name(certificate: x509.Certificate) -> str:
    """Return who has signed, as its certificate says: the common name, and the organisation behind it."""
    try:
        parts = [
            str(found[0].value)
            for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
            if (found := certificate.subject.get_attributes_for_oid(kind))
        ]
    except _UNREADABLE as error:
        raise TimestampError(TimestampFault.CERTIFICATE, "the name cannot be read") from error
    told = ", ".join(parts) or certificate.subject.rfc4514_string()
    # Shown to people and written to logs: nothing that moves the text, and no essay.
    return "".join(each if each.isprintable() else " " for each in told)[:200]
