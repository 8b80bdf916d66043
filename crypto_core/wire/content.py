# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sections of a message: letter, attachment, contact card, receipt, re-seal request, marks of one's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final, NewType

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.decisions import OwnDecisions
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    DeviceId,
    EnvelopeId,
    Hash,
    MessageId,
    PatientId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.kit import KitKeys
from crypto_core.wire.limits import (
    MAX_ABSENCE_TEXT_BYTES,
    MAX_ATTACHMENTS,
    MAX_FILE_NAME_BYTES,
    MAX_MARKS,
    MAX_MEDIA_TYPE_BYTES,
    MAX_NAME_BYTES,
    MAX_OWN_CARDS,
    MAX_OWN_MARKS,
    MAX_SLOTS,
    MAX_SUBJECT_BYTES,
    MAX_TEXT_BYTES,
    MAX_WRITING_BYTES,
)
from crypto_core.wire.patients import PatientCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Subject and plain text; paragraphs are separated by line feeds."""

    version: Version1
    subject: Annotated[str, Size.up_to(MAX_SUBJECT_BYTES)] = field(repr=False)
    text: Annotated[str, Size.up_to(MAX_TEXT_BYTES)] = field(repr=False)


class MarkKind(IntEnum):
    """How a piece of a letter's text is set."""

    BOLD = 1
    BULLET = 2
    """Each line of the piece is an entry of a list."""
    NUMBERED = 3
    """As BULLET, with numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Code points `start` to `end` (exclusive) of a letter's text.

    Lists are made of whole lines, the last one's line feed left out.
    """

    kind: MarkKind
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientIdentity:
    """Whom a letter is about, as its sender writes it; nothing here is verified by anyone."""

    patient: PatientId
    """The sender's own number for the patient, so that letters about the same one are found together."""
    family_name: Annotated[str, Size(1, MAX_NAME_BYTES)] = field(repr=False)
    given_name: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)
    birth_date: Annotated[str, Size.up_to(10)] = field(repr=False)
    """As YYYY-MM-DD, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDetails:
    """What a letter says beyond its text; follows the Letter, and is left out where it says nothing.

    Marks are in the order of their starts and never run over the end of the text; bold ones do not overlap each
    other, nor lists each other. Whoever does not know how to show them has the whole letter in its text all the
    same.
    """

    version: Version1
    marks: Annotated[tuple[Mark, ...], Size.up_to(MAX_MARKS)]
    patient: PatientIdentity | None
    is_answer_wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Where an encrypted file is, its key, and what it is once opened. `size` in bytes, before padding."""

    version: Version1
    blob: BlobId
    key: Annotated[bytes, Size.exactly(32)] = field(repr=False)
    name: Annotated[str, Size(1, MAX_FILE_NAME_BYTES)] = field(repr=False)
    media_type: Annotated[str, Size(1, MAX_MEDIA_TYPE_BYTES)]
    size: int
    sha256: Hash = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """Who a correspondent says they are; nothing in it is verified by anyone."""

    version: Version1
    account: AccountId
    name: Annotated[str, Size(1, MAX_NAME_BYTES)] = field(repr=False)
    profession: Annotated[str, Size(1, MAX_NAME_BYTES)] = field(repr=False)
    note: Annotated[str, Size.up_to(MAX_SUBJECT_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """Who can be written to instead, as somebody absent says; it obliges nobody, and nobody has verified it."""

    account: AccountId
    name: Annotated[str, Size(1, MAX_NAME_BYTES)] = field(repr=False)
    profession: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """From when until when somebody is absent, who replaces them, and what they say about it."""

    since: UnixMillis
    until: UnixMillis
    replacement: Replacement | None
    text: Annotated[str, Size.up_to(MAX_ABSENCE_TEXT_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceNotice:
    """The only section of an ABSENCE message: what holds from now on; without `away`, none any more.

    Of two notices of one account the one with the later `stated_at` counts, in whatever order they come.
    """

    version: Version1
    stated_at: UnixMillis
    away: Away | None


class ReceiptState(IntEnum):
    """Rung of the receipt ladder that a recipient states."""

    DELIVERED = 1
    READ = 2
    REFUSED = 3


class RefusalReason(IntEnum):
    """Why a letter was refused (REQUIREMENTS R-18)."""

    NOT_MY_PATIENT = 1
    PATIENT_UNKNOWN = 2
    ILLEGIBLE = 3
    WRONG_RECIPIENT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A recipient's statement about one message, bound to the exact bytes that were opened."""

    version: Version1
    message: MessageId
    outer_header_hash: Hash
    signed_message_hash: Hash
    state: ReceiptState
    reason: RefusalReason | None
    comment: Annotated[str, Size.up_to(MAX_SUBJECT_BYTES)] = field(repr=False)
    at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class ResealRequest:
    """Asks the sender to seal a message again because its prekey is not, or no longer, on this device."""

    version: Version1
    message: MessageId
    envelope: EnvelopeId
    outer_header_hash: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPart:
    """First section of a part of the past, from one computer of an account to another: how far it is.

    What follows are letters, each with its attachments behind it; only the own account's devices send it, and
    nobody else's word is taken.
    """

    version: Version1
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtLetter:
    """A letter that the owner's other computer has, with its times. It is that computer's word, and no proof."""

    version: Version1
    message: MessageId
    conversation: ConversationId
    in_reply_to: MessageId | None
    is_sent: bool
    is_read: bool
    sender: AccountId
    sender_device: DeviceId
    recipients: Annotated[tuple[AccountId, ...], Size.up_to(MAX_SLOTS)]
    subject: Annotated[str, Size.up_to(MAX_SUBJECT_BYTES)] = field(repr=False)
    text: Annotated[str, Size.up_to(MAX_TEXT_BYTES)] = field(repr=False)
    at: UnixMillis
    sent_at: UnixMillis
    utc_offset: UtcOffsetMinutes
    received_at: UnixMillis | None
    accepted_at: UnixMillis | None
    is_urgent: bool
    details: LetterDetails | None
    documents: Annotated[int, Range(0, MAX_ATTACHMENTS)]
    """How many attachments follow; fewer than the letter had if some are no longer there."""
    is_automatic: bool
    """It was an AUTOMATIC_ANSWER."""


MarkSubject = NewType("MarkSubject", Annotated[bytes, Size(16, 20)])
"""The number of what a mark is about, as the field has it: an account's has 20 bytes, all others 16."""


MOST_COUNTED: Final = 2**53


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Stamp:
    """When something was done: a hybrid logical clock. It is later than every stamp its computer had seen."""

    time: UnixMillis
    count: Annotated[int, Range(0, MOST_COUNTED)]
    device: DeviceId


class MarkField(IntEnum):
    """What a mark is about, and whose number its subject is."""

    READ = 1
    """Message."""
    REMOVED = 2
    """Message."""
    ARCHIVED = 3
    """Conversation; while `other` is its newest received letter."""
    FLAGGED = 4
    """Conversation; off, nothing is to be done for the letters up to `other`."""
    FILED = 5
    """Conversation; under the patient `other`."""
    PATIENT = 6
    """Patient; off, it was forgotten."""
    CONTACT = 7
    """Account, always on; `person` says who they are and where the correspondence stands."""
    BLOCKED = 8
    """Account."""
    REMARK = 9
    """Account; on, `writing` is what is noted about them."""
    TEMPLATE = 10
    """Template; on, `writing` is what it says; off, it was removed."""
    SIGNATURE = 11
    """Sixteen zeros, for there is one; on, `writing` is what it says."""
    ERASED = 12
    """Patient, conversation or message, always on: it was erased for good when it was stamped; a message with the
    conversation `other`, or by itself."""


class Standing(IntEnum):
    """Where a correspondence stands; a block is a mark of its own, and what is beneath it goes on."""

    REQUESTED = 1
    """The owner asked; no answer yet."""
    WAITING = 2
    """They ask; no answer yet."""
    ACCEPTED = 3
    DECLINED = 4
    """The owner declined."""
    UNKNOWN = 5
    """The owner asked, and the relay knows nobody of this address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedPerson:
    """A correspondent as the owner's other computer knows them: their own words, verified by nobody."""

    name: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)
    profession: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)
    place: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)
    note: Annotated[str, Size.up_to(MAX_SUBJECT_BYTES)] = field(repr=False)
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedWriting:
    """What the owner wrote: a template has all of it, a signature text and marks, a remark a text."""

    name: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)
    subject: Annotated[str, Size.up_to(MAX_SUBJECT_BYTES)] = field(repr=False)
    text: Annotated[str, Size.up_to(MAX_WRITING_BYTES)] = field(repr=False)
    marks: Annotated[tuple[Mark, ...], Size.up_to(MAX_MARKS)]
    is_urgent: bool
    is_answer_wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMark:
    """What holds of one subject and field since a stamp. What a field does not name is empty."""

    field: MarkField
    subject: MarkSubject
    stamp: Stamp
    is_on: bool
    other: MarkSubject | None = None
    patient: PatientIdentity | None = None
    """The names, of a PATIENT that is on."""
    person: MarkedPerson | None = None
    writing: MarkedWriting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMarks:
    """A section of an OWN_MARKS or HISTORY message; only the own account's devices are believed."""

    version: Version1
    marks: Annotated[tuple[OwnMark, ...], Size(1, MAX_OWN_MARKS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCard:
    """What a patient's card says since a stamp, all of it together."""

    patient: PatientId
    stamp: Stamp
    card: PatientCard


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCards:
    """The only section of an OWN_MARKS message about cards; only the own account's devices are believed.

    No mark: a program that does not know cards goes on reading marks, and keeps this message unread.
    """

    version: Version1
    cards: Annotated[tuple[OwnCard, ...], Size(1, MAX_OWN_CARDS)]


# A new recovery kit is told to the owner's other computers by its KitKeys.
CONTENT_TYPES: Final[dict[type, str]] = {
    Letter: "application/vnd.uhs.letter+cbor",
    LetterDetails: "application/vnd.uhs.letter-details+cbor",
    Attachment: "application/vnd.uhs.attachment+cbor",
    ContactCard: "application/vnd.uhs.contact-card+cbor",
    Receipt: "application/vnd.uhs.receipt+cbor",
    ResealRequest: "application/vnd.uhs.reseal-request+cbor",
    HistoryPart: "application/vnd.uhs.history-part+cbor",
    KitKeys: "application/vnd.uhs.kit-keys+cbor",
    BroughtLetter: "application/vnd.uhs.brought-letter+cbor",
    OwnMarks: "application/vnd.uhs.own-marks+cbor",
    OwnCards: "application/vnd.uhs.own-cards+cbor",
    OwnDecisions: "application/vnd.uhs.own-decisions+cbor",
    AbsenceNotice: "application/vnd.uhs.absence-notice+cbor",
}
"""The content type under which each kind of section travels."""
