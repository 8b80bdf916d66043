# SPDX-License-Identifier: AGPL-3.0-or-later
"""What timestamps and evidence records look like in DER: RFC 3161, RFC 5652, RFC 5816, RFC 4998.

Read and written by `cryptography.hazmat.asn1`, which takes DER and nothing looser. Only what authorities use is here:
anything else cannot be read, and is refused for that. Imports nothing of ours.
"""

from __future__ import annotations

from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1

SIGNED_DATA: Final = x509.ObjectIdentifier("1.2.840.113549.1.7.2")
TST_INFO: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE_V2: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.16.2.47")


@asn1.sequence
class AlgorithmIdentifier:
    """RFC 5280 §4.1.1.2, of algorithms without parameters."""

    algorithm: x509.ObjectIdentifier
    parameters: asn1.Null | None


# --- RFC 3161 ------------------------------------------------------------------------------------


@asn1.sequence
class MessageImprint:
    """RFC 3161 §2.4.1."""

    algorithm: AlgorithmIdentifier
    hashed: bytes


@asn1.sequence
class Extension:
    """RFC 5280 §4.1."""

    type: x509.ObjectIdentifier
    is_critical: Annotated[bool, asn1.Default(value=False)]
    value: bytes


@asn1.sequence
class TimeStampReq:
    """RFC 3161 §2.4.1."""

    version: int
    imprint: MessageImprint
    policy: x509.ObjectIdentifier | None
    nonce: int | None
    wants_certificate: Annotated[bool, asn1.Default(value=False)]


@asn1.sequence
class Accuracy:
    """RFC 3161 §2.4.2."""

    seconds: int | None
    millis: Annotated[int | None, asn1.Implicit(0)]
    micros: Annotated[int | None, asn1.Implicit(1)]


@asn1.sequence
class TSTInfo:
    """RFC 3161 §2.4.2."""

    version: int
    policy: x509.ObjectIdentifier
    imprint: MessageImprint
    serial: int
    gen_time: asn1.GeneralizedTime
    accuracy: Accuracy | None
    ordering: Annotated[bool, asn1.Default(value=False)]
    nonce: int | None
    authority: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    extensions: Annotated[list[Extension] | None, asn1.Implicit(1)]


# --- RFC 5652, RFC 5816 --------------------------------------------------------------------------


@asn1.sequence
class Attribute:
    """RFC 5652 §5.3."""

    type: x509.ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class IssuerAndSerialNumber:
    """RFC 5652 §10.2.4; also IssuerSerial of RFC 5035, whose issuer is another sequence."""

    issuer: list[asn1.TLV]
    serial: int


@asn1.sequence
class ESSCertIDv2:
    """RFC 5035 §4; without an algorithm it is SHA-256."""

    algorithm: AlgorithmIdentifier | None
    hashed: bytes
    issuer: IssuerAndSerialNumber | None


@asn1.sequence
class SigningCertificateV2:
    """RFC 5035 §3, RFC 5816 §2.2.1."""

    certificates: list[ESSCertIDv2]
    policies: list[asn1.TLV] | None


@asn1.sequence
class SignerInfo:
    """RFC 5652 §5.3, of a signer named by issuer and serial number."""

    version: int
    signer: IssuerAndSerialNumber
    digest: AlgorithmIdentifier
    attributes: Annotated[asn1.SetOf[Attribute], asn1.Implicit(0)]
    algorithm: AlgorithmIdentifier
    signature: bytes
    unsigned: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


@asn1.sequence
class EncapsulatedContent:
    """RFC 5652 §5.2."""

    type: x509.ObjectIdentifier
    content: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class SignedData:
    """RFC 5652 §5.1. Certificates are read as they come: authorities do not all sort them."""

    version: int
    digests: asn1.SetOf[AlgorithmIdentifier]
    content: EncapsulatedContent
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    revocations: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[SignerInfo]


@asn1.sequence
class TimeStampToken:
    """ContentInfo of RFC 5652 §3 with SignedData, which is what a token is (RFC 3161 §2.4.2)."""

    type: x509.ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


@asn1.sequence
class PKIStatusInfo:
    """RFC 3161 §2.4.2."""

    status: int
    texts: list[str] | None
    failure: asn1.BitString | None


@asn1.sequence
class TimeStampResp:
    """RFC 3161 §2.4.2."""

    status: PKIStatusInfo
    token: TimeStampToken | None


# --- RFC 4998 ------------------------------------------------------------------------------------


@asn1.sequence
class ArchiveTimeStamp:
    """RFC 4998 §4.1."""

    digest: Annotated[AlgorithmIdentifier | None, asn1.Implicit(0)]
    attributes: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    reduced_hash_tree: Annotated[list[list[bytes]] | None, asn1.Implicit(2)]
    token: TimeStampToken


@asn1.sequence
class EvidenceRecord:
    """RFC 4998 §3.1; the last field is an ArchiveTimeStampSequence, of ArchiveTimeStampChains (§5.1)."""

    version: int
    digests: list[AlgorithmIdentifier]
    crypto_infos: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    encryption: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    chains: list[list[ArchiveTimeStamp]]
