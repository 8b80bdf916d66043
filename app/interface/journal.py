# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal: what was done on the owner's computers, by others with the owner's letters, and how it is proven."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.snapshots import PAGE_LIMIT, Done, NameText, PathText, PatientTag, SubjectText
from crypto_core.wire.codec import Range, Size
from crypto_core.wire.ids import (
    AccountId,
    ConversationId,
    Hash,
    MessageId,
    PatientId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.journal import JournalledSetting
from crypto_core.wire.limits import (
    JOURNAL_SALT_BYTES,
    MAX_ATTACHMENTS,
    MAX_AUTHORITIES,
    MAX_AUTHORITY_BYTES,
    MAX_FILE_NAME_BYTES,
    MAX_LEAF_BYTES,
    MAX_NOTE_BYTES,
    MAX_SEALED_ENTRY_BYTES,
    MAX_SLOTS,
)
from crypto_core.wire.words import WordLanguage

MAX_SHOWN_RECEIPT_BYTES: Final = 64 * 1024
"""A header that names 256 sections, one of these, and two signatures."""


class Deed(StrEnum):
    """What was done; the words are those of the command line."""

    # Noted by one of the owner's computers (crypto_core.wire.journal.Action, by the same names)
    UNLOCK_REFUSED = "unlock-refused"
    UNLOCKED = "unlocked"
    LOCKED = "locked"
    KIT_SHOWN = "kit-shown"
    KIT_REHEARSED = "kit-rehearsed"
    BACKED_UP = "backed-up"
    BROUGHT_BACK = "brought-back"
    SETTING_CHANGED = "setting-changed"
    COMPOSED = "composed"
    CALLED_BACK = "called-back"
    RECEIVED = "received"
    READ = "read"
    REFUSED = "refused"
    REMOVED = "removed"
    TAKEN_BACK = "taken-back"
    ERASED = "erased"
    FILED = "filed"
    DOCUMENT_SHOWN = "document-shown"
    DOCUMENT_SAVED = "document-saved"
    DOCUMENT_HANDED_ON = "document-handed-on"
    PRINTED = "printed"
    PUT_IN_FOLDER = "put-in-folder"
    IMPORTED = "imported"
    SEARCHED = "searched"
    DIRECTORY_SEARCHED = "directory-searched"
    CONTACT_ASKED = "contact-asked"
    CONTACT_ACCEPTED = "contact-accepted"
    CONTACT_DECLINED = "contact-declined"
    CONTACT_BLOCKED = "contact-blocked"
    CONTACT_UNBLOCKED = "contact-unblocked"
    CONTACT_COMPARED = "contact-compared"
    KEY_CHANGE_SEEN = "key-change-seen"
    PATIENT_ADDED = "patient-added"
    PATIENT_CHANGED = "patient-changed"
    PATIENT_REMOVED = "patient-removed"
    PATIENT_MERGED = "patient-merged"
    PATIENT_MERGE_UNDONE = "patient-merge-undone"
    PATIENTS_IMPORTED = "patients-imported"
    ABSENCE_SAID = "absence-said"
    ABSENCE_ENDED = "absence-ended"
    JOURNAL_EXPORTED = "journal-exported"
    ENTRIES_ERASED = "entries-erased"
    ERASURE_CERTIFIED = "erasure-certified"
    CONSENT_GIVEN = "consent-given"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    OPPOSITION_STATED = "opposition-stated"
    OPPOSITION_LIFTED = "opposition-lifted"
    PATIENT_INFORMED = "patient-informed"
    CARE_STATED = "care-stated"
    SENT_IN_EMERGENCY = "sent-in-emergency"
    OF_A_LATER_PROGRAM = "of-a-later-program"
    """Noted by another own computer, whose program knows more actions than this one."""

    # Recorded with the relay's word (crypto_core.wire.audit.Verb)
    ACCEPTED_BY_RELAY = "accepted-by-relay"
    NOT_DELIVERED = "not-delivered"
    SIGNED_IN = "signed-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    SESSIONS_ENDED = "sessions-ended"
    FACTOR_CHANGED = "factor-changed"
    COMPUTERS_CHANGED = "computers-changed"
    KIT_ANNOUNCED = "kit-announced"
    KIT_CALLED_OFF = "kit-called-off"
    VOUCHED = "vouched"
    VOUCH_WITHDRAWN = "vouch-withdrawn"
    ASSURANCE_GIVEN = "assurance-given"
    ASSURANCE_REVOKED = "assurance-revoked"
    ADMINISTERED = "administered"
    SIGNATURE_INVALID = "signature-invalid"

    # Told by the computer of who got a letter of the owner's, with a signed receipt
    DELIVERED_TO = "delivered-to"
    READ_BY = "read-by"
    REFUSED_BY = "refused-by"


class DeedKind(IntEnum):
    """By what the journal can be narrowed down."""

    LETTERS = 1
    DOCUMENTS = 2
    PEOPLE = 3
    PATIENTS = 4
    ACCESS = 5
    """Locking, signing in, computers, kit."""
    OTHER = 6


class Standing(IntEnum):
    """How an entry of the journal stands with the log."""

    WAITING = 1
    """Noted here; it goes to the relay when there is a connection."""
    LOGGED = 2
    """In the log, with a proof that was verified here."""
    TOLD = 3
    """A correspondent's signed receipt; it came in a letter, and the log has its envelope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """One act. What the program no longer knows by name is empty: the entry outlives what it is about."""

    entry: int
    """What ShowProof asks for."""
    deed: Deed
    at: UnixMillis
    """At the clock of the computer where it was done; for the relay's acts, the relay's."""
    utc_offset: UtcOffsetMinutes
    standing: Standing
    logged_at: UnixMillis | None
    """The relay's time, if it is in the log."""
    computer: NameText
    """Which of the owner's computers; empty for acts of others."""
    is_here: bool
    """Done on this computer."""
    people: Annotated[tuple[NameText, ...], Size.up_to(MAX_SLOTS)]
    letter: MessageId | None
    conversation: ConversationId | None
    """Where the letter can be read, as long as it is here."""
    subject: SubjectText = field(repr=False)
    patient: PatientTag | None
    document_name: Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)] = field(repr=False)
    numbers: Annotated[tuple[int, ...], Size.up_to(3)]
    """What the deed counts or names: `Action` and `Verb` say what."""


class JournalState(IntEnum):
    """What can be said of the whole."""

    INTACT = 1
    """Each act of the own computers is there and proven; everything seen of the log fits together."""
    WAITING = 2
    """As INTACT, and some acts of this computer are not at the relay yet."""
    NOT_CHECKED = 3
    """The relay has not been reached since the program was opened."""
    DAMAGED = 4
    """Something is missing or contradicts itself: there is an alarm with the evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSummary:
    """Of the whole journal, whatever the filters let through."""

    state: JournalState
    acts: int
    waiting: int
    checked_at: UnixMillis | None
    """When the newest checkpoint was last held against everything seen before."""
    correspondents: int
    """How many have shown, in their letters, the same log as this computer sees."""
    witnesses: int
    """How many other computers of the account have cosigned it in the last week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPage:
    """Acts, newest first."""

    rows: Annotated[tuple[JournalRow, ...], Size.up_to(PAGE_LIMIT)]
    more: bool
    summary: JournalSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedEvidence:
    """An evidence file was written (`crypto_core/spec/evidence.md`)."""

    path: PathText
    size: int
    """In bytes."""
    acts: int
    waiting: int
    """Acts that are not in it, because the log does not have them yet."""
    checkpoints: int
    connected: int
    """How many of them the file proves to be of one log; fewer when the relay could not be asked."""
    has_cose: bool
    timestamps: int
    """Checkpoints in it that an outside authority has timestamped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportEvidence(Command[ExportedEvidence]):
    """Write what proves the acts of a period, of a letter, or all, into one file in a directory."""

    directory: PathText
    name: NameText
    since: UnixMillis | None = None
    until: UnixMillis | None = None
    """Not included."""
    letter: MessageId | None = None


class ReportReader(IntEnum):
    """For whom a report is: it says what they may know, and no more."""

    PATIENT = 1
    """Acts with the patient's letters and documents, in plain words; nothing names another patient."""
    INSPECTION = 2
    """Whatever was done in the period, with whom and about whom."""
    COURT = 3
    """As INSPECTION, and where the log has each act, so that an expert can hold it against the evidence file."""


class ReportForm(IntEnum):
    """What a report is written as."""

    PDF = 1
    CSV = 2
    """RFC 4180 in UTF-8 with a byte order mark; semicolons in French, as spreadsheets there expect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReport:
    """A report was written."""

    path: PathText
    size: int
    """In bytes."""
    acts: int
    waiting: int
    """How many of these acts the log does not have yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReport(Command[WrittenReport]):
    """Write acts into a file that people read, narrowed down as ListJournal does, in a directory.

    A file of that name that is there already stays as it is, and the report gets a number. Fails with UNKNOWN_PATIENT
    for a patient's report that names none, NOTHING_TO_EXPORT, TOO_MUCH_TO_EXPORT, DIRECTORY_UNWRITABLE, DISK_FULL.
    """

    directory: PathText
    name: NameText
    reader: ReportReader
    form: ReportForm
    language: WordLanguage
    person: AccountId | None = None
    patient: PatientId | None = None
    letter: MessageId | None = None
    kind: DeedKind | None = None
    since: UnixMillis | None = None
    until: UnixMillis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListJournal(Command[JournalPage]):
    """The journal, narrowed down; `letter` answers who has opened it."""

    before: int | None = None
    """`entry` of the last row of the page above."""
    limit: Annotated[int, Range(1, PAGE_LIMIT)] = 50
    person: AccountId | None = None
    patient: PatientId | None = None
    letter: MessageId | None = None
    kind: DeedKind | None = None
    since: UnixMillis | None = None
    until: UnixMillis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalProof:
    """What proves an act: facts that were verified for this answer, and the bytes to verify them with other programs.

    `signature_holds` and `inclusion_holds` are None while the act waits for the relay. What a correspondent told is signed by
    their computer, and in no log: `inclusion_holds` is None, and `receipt` has what they signed.
    """

    row: JournalRow
    signature_holds: bool | None
    inclusion_holds: bool | None
    sequence: int | None
    """Which act of that computer it is, counted from 0."""
    leaf_index: int | None
    log_size: int | None
    leaf: Annotated[bytes, Size.up_to(MAX_LEAF_BYTES)]
    leaf_hash: Hash | None
    salt: Annotated[bytes, Size.up_to(JOURNAL_SALT_BYTES)] = field(repr=False)
    encoded_entry: Annotated[bytes, Size.up_to(MAX_SEALED_ENTRY_BYTES)] = field(repr=False)
    checkpoint: Annotated[str, Size.up_to(MAX_NOTE_BYTES)]
    receipt: Annotated[bytes, Size.up_to(MAX_SHOWN_RECEIPT_BYTES)] = field(repr=False, default=b"")
    """A SignedMessage with the one section that tells of this letter (`crypto_core/spec/envelope.md`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowProof(Command[JournalProof]):
    """Verify one act anew and show with what. Fails with UNKNOWN_ENTRY when the entry is not there any more."""

    entry: int


class TimestampStanding(StrEnum):
    """What is known of an outside authority's timestamp over an act; each says no more than was checked."""

    NONE = "none"
    """No outside authority has timestamped the log with this act in it."""
    UNKNOWN = "unknown"
    """The relay cannot be asked now."""
    REFUSED = "refused"
    """What the relay gave as one does not hold, or cannot be checked: it counts for nothing."""
    RELAYS_AUTHORITY = "relays-authority"
    """It holds by the certificates that the relay itself gave: relay and authority agree, and no more."""
    KNOWN_AUTHORITY = "known-authority"
    """It holds by certificates that the owner gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalTimestamp:
    """What an outside authority says of an act; all but `standing` and `reason` are None or empty if nothing holds."""

    standing: TimestampStanding
    at: UnixMillis | None = None
    """The act was in the log by then, at the latest."""
    authority: Annotated[str, Size.up_to(1024)] = ""
    """As its certificate names it."""
    certificate: Hash | None = None
    """SHA-256 of the trusted certificate: to be compared with what the authority publishes."""
    log_size: int | None = None
    """Of the checkpoint that was timestamped."""
    renewals: int = 0
    renewed_at: UnixMillis | None = None
    valid_until: UnixMillis | None = None
    """When the certificate of the newest timestamp ends; afterwards it proves less."""
    reason: Annotated[str, Size.up_to(64)] = ""
    """Which check failed: a word of `crypto_core.errors.TimestampFault`, or `checkpoint`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTimestamp(Command[JournalTimestamp]):
    """Ask the relay for the outside authority's timestamp over an act, and verify it.

    Fails with UNKNOWN_ENTRY, and with CERTIFICATE_UNREADABLE when `certificates` (PEM or DER) holds none.
    """

    entry: int
    certificates: Annotated[bytes, Size.up_to(MAX_AUTHORITIES * MAX_AUTHORITY_BYTES)] = b""
    """Of authorities that the owner knows, from elsewhere than the relay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePrinted(Command[Done]):
    """A letter, or one of its documents, went to a printer, which no engine sees."""

    message: MessageId
    document: Annotated[int, Range(0, MAX_ATTACHMENTS - 1)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSetting(Command[Done]):
    """One of the settings that front ends keep themselves was changed."""

    setting: JournalledSetting


COMMANDS: Final[dict[type, type]] = {
    ExportEvidence: ExportedEvidence,
    WriteReport: WrittenReport,
    ListJournal: JournalPage,
    ShowProof: JournalProof,
    ShowTimestamp: JournalTimestamp,
    NotePrinted: Done,
    NoteSetting: Done,
}
