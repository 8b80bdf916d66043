# SPDX-License-Identifier: AGPL-3.0-or-later
"""Envelope: what the relay carries (OuterHeader, slots, sealed body) and what is inside (SignedMessage)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated

from crypto_core.wire.codec import Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    DeviceId,
    EnvelopeId,
    Hash,
    MessageId,
    PrekeyId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.limits import (
    KIB,
    MAX_BLOBS,
    MAX_BODY_BYTES,
    MAX_ENVELOPE_BYTES,
    MAX_MEDIA_TYPE_BYTES,
    MAX_SECTIONS,
    MAX_SLOTS,
)
from crypto_core.wire.signed import HybridSignature
from crypto_core.wire.suites import Suite


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One recipient device and the prekey its slot is sealed to."""

    account: AccountId
    device: DeviceId
    prekey: PrekeyId


@dataclass(frozen=True, slots=True, kw_only=True)
class OuterHeader:
    """The clear part: all the relay sees besides size and time.

    `envelope` is new at each sealing and is the idempotency key; `message` stays the same when a message
    is sealed again. `commitment` binds every slot to one content key. `blobs` names the blobs whose life
    depends on this envelope; when the body itself travels as a blob, `body_blob` is one of them.
    """

    version: Version1
    suite: Suite
    message: MessageId
    envelope: EnvelopeId
    sender: AccountId
    sender_device: DeviceId
    expires_at: UnixMillis
    recipients: Annotated[tuple[Recipient, ...], Size(1, MAX_SLOTS)]
    commitment: Hash
    blobs: Annotated[tuple[BlobId, ...], Size.up_to(MAX_BLOBS)]
    body_blob: BlobId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Encoded OuterHeader, one HPKE slot per recipient in its order, and the sealed body.

    When the body travels as a blob, `body` is the SHA-256 of the sealed blob: what one recipient is sent
    is what every recipient is sent. This wrapper, and version and suite as the first two fields of the header, are the same for every suite.
    """

    header: Annotated[bytes, Size(1, MAX_ENVELOPE_BYTES)]
    slots: Annotated[tuple[Annotated[bytes, Size(1, 4 * KIB)], ...], Size(1, MAX_SLOTS)]
    body: Annotated[bytes, Size(1, MAX_ENVELOPE_BYTES)]


class MessageKind(IntEnum):
    """What a message is for; it decides what a client does with it, its sections say the content."""

    LETTER = 1
    CONTACT_REQUEST = 2
    CONTACT_ACCEPTANCE = 3
    RECEIPT = 4
    RESEAL_REQUEST = 5
    HISTORY = 6
    """Letters of the past, from one computer of an account to another of the same."""
    KIT = 7
    """A new recovery kit, from the computer that announced it to the account's others."""
    ABSENCE = 8
    """When its sender is away, and who replaces them; the newest one counts."""
    AUTOMATIC_ANSWER = 9
    """What a program answers while its owner is away. It is a letter without receipts, and nothing answers it."""
    OWN_MARKS = 10
    """What was done with letters, from one computer of an account to its others."""
    DECISIONS = 11
    """What patients have decided, from one computer of an account to its others."""


class Urgency(IntEnum):
    """Urgency as the sender judged it."""

    NORMAL = 1
    URGENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionDigest:
    """Type and salted hash of one section, so that one can be shown in evidence without the others."""

    content_type: Annotated[str, Size(1, MAX_MEDIA_TYPE_BYTES)]
    digest: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """A checkpoint the sender had verified when sealing; recipients compare it with their own view."""

    origin: Annotated[str, Size(1, 255)]
    size: int
    root: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHeader:
    """What the sender's device signs (label MESSAGE ‖ these bytes)."""

    version: Version1
    kind: MessageKind
    outer_header_hash: Hash
    conversation: ConversationId
    in_reply_to: MessageId | None
    sent_at: UnixMillis
    utc_offset: UtcOffsetMinutes
    patient: Annotated[bytes, Size.exactly(16)] | None = field(repr=False)
    urgency: Urgency
    log_view: LogView | None
    sections: Annotated[tuple[SectionDigest, ...], Size(1, MAX_SECTIONS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a message; its digest is SHA-256(label SECTION ‖ encoded Section)."""

    salt: Annotated[bytes, Size.exactly(16)] = field(repr=False)
    content_type: Annotated[str, Size(1, MAX_MEDIA_TYPE_BYTES)]
    content: Annotated[bytes, Size.up_to(MAX_BODY_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """The sealed part: encoded SignedHeader, the sections in its order, and the device's signature."""

    header: Annotated[bytes, Size(1, MAX_BODY_BYTES)] = field(repr=False)
    sections: Annotated[tuple[Section, ...], Size(1, MAX_SECTIONS)] = field(repr=False)
    signature: HybridSignature
