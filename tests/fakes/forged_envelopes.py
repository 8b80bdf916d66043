# SPDX-License-Identifier: AGPL-3.0-or-later
"""A dishonest sealer: builds envelopes as the specification says, with one step replaced by an attacker's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crypto_core.keys.derivation import expand
from crypto_core.keys.prekeys import seal_to
from crypto_core.keys.streams import seal_bytes
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import encode
from crypto_core.wire.content import CONTENT_TYPES, Letter
from crypto_core.wire.envelope import (
    Envelope,
    MessageKind,
    OuterHeader,
    Recipient,
    Section,
    SectionDigest,
    SignedHeader,
    SignedMessage,
    Urgency,
)
from crypto_core.wire.ids import (
    BlobId,
    ConversationId,
    EnvelopeId,
    Hash,
    MessageId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.labels import BODY, COMMIT, MESSAGE, SECTION, SLOT
from crypto_core.wire.signed import HybridSignature
from crypto_core.wire.suites import Suite
from tests.fakes.people import NOW, Person

if TYPE_CHECKING:
    from crypto_core.trust.prekeys import SlotTarget

CONTENT_KEY = bytes(range(32))
MESSAGE_ID = MessageId(b"m" * 16)
LETTER = Letter(
    version=1, subject="Bilan de fin de rééducation", text="Bonjour,\n\nLa flexion atteint 120°.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """What an attacker changes; everything left out is done honestly."""

    slot_keys: tuple[bytes, ...] = ()
    commitment: Hash | None = None
    body: bytes | None = None
    signed_message: bytes | None = None
    outer_header_hash: Hash | None = None
    signature: HybridSignature | None = None
    signer: Person | None = None
    sections: tuple[Section, ...] | None = None
    recipients: tuple[Recipient, ...] | None = None
    body_blob: BlobId | None = None


def section(content: object = LETTER) -> Section:
    return Section(
        salt=bytes(16), content_type=CONTENT_TYPES[type(content)], content=encode(content)
    )


def forge(sender: Person, targets: tuple[SlotTarget, ...], forgery: Forgery = Forgery()) -> bytes:
    """Return the encoded envelope."""
    recipients = tuple(
        Recipient(account=target.account, device=target.device, prekey=target.prekey)
        for target in targets
    )
    keys = forgery.slot_keys or (CONTENT_KEY,) * len(targets)
    header = OuterHeader(
        version=1,
        suite=Suite.V1,
        message=MESSAGE_ID,
        envelope=EnvelopeId(b"e" * 16),
        sender=sender.account,
        sender_device=sender.device,
        expires_at=UnixMillis(NOW + 1000),
        recipients=forgery.recipients or recipients,
        commitment=forgery.commitment or Hash(expand(keys[0], COMMIT)),
        blobs=() if forgery.body_blob is None else (forgery.body_blob,),
        body_blob=forgery.body_blob,
    )
    outer = encode(header)
    outer_hash = sha256(outer)
    signed = forgery.signed_message or _sign(sender, outer_hash, forgery)
    plaintext = len(signed).to_bytes(8, "big") + signed
    body = forgery.body or seal_bytes(expand(keys[0], BODY, header.message), b"prefix7", plaintext)
    slots = tuple(
        seal_to(target.public_key, key, info=SLOT + outer_hash + slot.device + slot.prekey)
        for target, key, slot in zip(targets, keys, header.recipients, strict=True)
    )
    return encode(
        Envelope(
            header=outer, slots=slots, body=body if forgery.body_blob is None else sha256(body)
        )
    )


def signed_message(sender: Person, outer_hash: Hash, forgery: Forgery = Forgery()) -> bytes:
    """Return the encoded SignedMessage an honest sender would put under this header."""
    return _sign(sender, outer_hash, forgery)


def _sign(sender: Person, outer_hash: Hash, forgery: Forgery) -> bytes:
    honest = (section(),)
    header = encode(
        SignedHeader(
            version=1,
            kind=MessageKind.LETTER,
            outer_header_hash=forgery.outer_header_hash or outer_hash,
            conversation=ConversationId(b"c" * 16),
            in_reply_to=None,
            sent_at=NOW,
            utc_offset=UtcOffsetMinutes(60),
            patient=None,
            urgency=Urgency.NORMAL,
            log_view=None,
            sections=tuple(
                SectionDigest(content_type=part.content_type, digest=sha256(SECTION, encode(part)))
                for part in honest
            ),
        )
    )
    signature = (forgery.signer or sender).keys.signing.sign(MESSAGE, header)
    if forgery.signature is not None:
        signature = replace(
            signature,
            ed25519=forgery.signature.ed25519
            if any(forgery.signature.ed25519)
            else signature.ed25519,
            ml_dsa_65=forgery.signature.ml_dsa_65
            if any(forgery.signature.ml_dsa_65)
            else signature.ml_dsa_65,
        )
    return encode(
        SignedMessage(header=header, sections=forgery.sections or honest, signature=signature)
    )
