# SPDX-License-Identifier: AGPL-3.0-or-later
"""One section of a signed message, shown without the others: what its sender has signed proves it all the same.

Imports `crypto_core.errors`, `crypto_core.wire` and `crypto_core.trust.signatures`. The bytes are in
`crypto_core/spec/envelope.md` §1.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crypto_core.errors import SignatureError, WireError
from crypto_core.trust.signatures import sha256, verify
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.envelope import Section, SectionDigest, SignedHeader, SignedMessage
from crypto_core.wire.labels import MESSAGE, SECTION

if TYPE_CHECKING:
    from crypto_core.wire.signed import SigningPublicKey


def section_digest(section: Section) -> SectionDigest:
    """Return what the header names a section by; the salt inside hides what is not shown."""
    return SectionDigest(content_type=section.content_type, digest=sha256(SECTION, encode(section)))


def only_section(signed_message: bytes, place: int) -> bytes:
    """Return a SignedMessage with one of its sections, counted from 0. Raises WireError."""
    message = decode(SignedMessage, signed_message)
    if not 0 <= place < len(message.sections):
        raise WireError("the message has no such section")
    return encode(replace(message, sections=(message.sections[place],)))


def verify_section(shown: bytes, key: SigningPublicKey) -> tuple[SignedHeader, Section]:
    """Check what `only_section` returns: the key has signed the header, and the header names the section.

    Raises WireError, SignatureError.
    """
    message = decode(SignedMessage, shown)
    verify(key, MESSAGE, message.header, message.signature)
    header = decode(SignedHeader, message.header)
    section, *others = message.sections
    if others or section_digest(section) not in header.sections:
        raise SignatureError("the section is not one of the signed ones")
    return header, section
