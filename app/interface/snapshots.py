# SPDX-License-Identifier: AGPL-3.0-or-later
"""Immutable rows that the engine hands to window and command line; no key, no path of a store, no I/O.

Texts are as correspondents wrote them: whoever shows them escapes them. Times are Unix milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated

from crypto_core.wire.assurance import DocumentKind
from crypto_core.wire.codec import Size
from crypto_core.wire.content import Mark, RefusalReason
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import (
    AccountId,
    ConversationId,
    DeviceId,
    EnvelopeId,
    FactorId,
    Hash,
    MessageId,
    PatientId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.kit import KIT_GROUPS
from crypto_core.wire.limits import (
    MAX_ABSENCE_TEXT_BYTES,
    MAX_ATTACHMENTS,
    MAX_DEVICES,
    MAX_FILE_NAME_BYTES,
    MAX_MARKS,
    MAX_MEDIA_TYPE_BYTES,
    MAX_NAME_BYTES,
    MAX_NOTE_BYTES,
    MAX_SLOTS,
    MAX_SUBJECT_BYTES,
    MAX_TEXT_BYTES,
    MIB,
)
from crypto_core.wire.sign_in import MAX_FACTORS, RECOVERY_CODES, FactorKind

NameText = Annotated[str, Size.up_to(MAX_NAME_BYTES)]
SubjectText = Annotated[str, Size.up_to(MAX_SUBJECT_BYTES)]
PathText = Annotated[str, Size(1, 4096)]
WordText = Annotated[str, Size(1, 64)]
LinkWords = Annotated[tuple[WordText, ...], Size(3, 3)]
ShareText = Annotated[str, Size(1, 1024)]
PAGE_LIMIT = 200
ConversationIds = Annotated[tuple[ConversationId, ...], Size(1, PAGE_LIMIT)]
ASSURANCE_LIMIT = 500
AlarmDetail = Annotated[str, Size.up_to(2000)]
ALARM_LIMIT = 200
MAX_DRAFT_BYTES = 4 * MAX_TEXT_BYTES
"""A letter that is too long to be sent is kept all the same, so that it can be shortened."""


RecoveryCodeTexts = Annotated[tuple[Annotated[str, Size(1, 32)], ...], Size.up_to(RECOVERY_CODES)]


class ProfileState(IntEnum):
    """What the engine found in the profile directory."""

    EMPTY = 1
    """No account yet: Register is the only thing to do."""
    LOCKED = 2
    UNLOCKED = 3
    DAMAGED = 4
    """The store cannot be read though it should; nothing was changed."""
    NEWER = 5
    """Written by a newer version of the program; nothing was changed."""


class ConnectionState(IntEnum):
    """How things stand with the relay."""

    OFFLINE = 1
    CONNECTING = 2
    SYNCHRONISING = 3
    ONLINE = 4
    REFUSED = 5
    """The relay answers but does not accept this device."""
    UNTRUSTED = 6
    """What answers at the relay's address is not the relay that was enrolled with."""
    SIGN_IN_NEEDED = 8
    """The session at the relay has ended: it takes a second factor. Reading and composing go on."""
    PROFILE_COPIED = 9
    """This profile is a copy, or was put back from a backup: the relay does not serve it any more."""
    DEVICE_REMOVED = 10
    """Another computer of the owner has removed this one from the account: what is here stays readable."""
    CLOCK_WRONG = 7
    """The relay refuses because this computer's clock is far off."""


class Trust(IntEnum):
    """How much is known about who a correspondent is (R-01); a higher number is more."""

    SELF_DECLARED = 1
    """The person says so, and nobody else."""
    VOUCHED = 2
    """A colleague says so, who is named in the contact's details."""
    VERIFIED = 3
    """The relay's operator has seen a document."""


class Comparison(IntEnum):
    """How the owner made sure that an address is this person's; stands beside `Trust`, and apart from it."""

    NEVER = 0
    IN_PERSON = 1
    """The twelve words were compared face to face."""
    BY_PHONE = 2
    """The twelve words were compared on the telephone, with a voice that the owner knows."""
    BY_CARD = 3
    """The contact card was taken from the person's own screen or paper."""


class KeyNewsKind(IntEnum):
    """A step in what is known of a person's keys, to be told as a sentence about the person."""

    FIRST_SEEN = 1
    """Their keys were fetched for the first time."""
    COMPUTER_ADDED = 2
    """One of their computers has added another one: expected."""
    COMPUTER_REMOVED = 3
    RESTORED = 4
    """They, or who has their recovery kit, have started again with new keys."""
    ALL_COMPUTERS_NEW = 5
    """Not one of their computers is left; all are new."""
    KIT_CHANGE_ANNOUNCED = 6
    """They have announced a new recovery kit, which counts a week later."""
    KIT_CHANGE_VETOED = 7
    """They have called it off, with the old kit."""
    CONTRADICTED = 8
    """The relay showed keys that its own log contradicts: see the alarm."""
    COMPARED = 9
    """The owner compared words, or took the card."""
    ACKNOWLEDGED = 10
    """The owner looked at an unexpected change and lets letters go out again."""


class HistoryChoice(IntEnum):
    """How much of the letters a new computer gets from the old one."""

    NONE = 0
    RECENT = 1
    """Those of the last months."""
    ALL = 2


class LinkOutcome(IntEnum):
    """How linking a computer ended."""

    DONE = 1
    """The new computer is one of the account's, and has all it needs."""
    CANCELLED = 2
    EXPIRED = 3
    """Ten minutes have passed."""
    TAKEN = 4
    """New computer: another one has answered this picture first. Nobody must confirm on the old one."""
    FAILED = 5
    """The relay, or the other computer, does not do what it should; nothing has changed."""


class KitState(IntEnum):
    """What is known of the recovery kit."""

    MISSING = 1
    """Nobody has said that it is on paper: lose this computer now, and the account is lost."""
    IN_USE = 2
    ANNOUNCED = 3
    """A new kit was made; until it counts, the old one can call it off."""


class BackupTrouble(IntEnum):
    """Why the last backup was not made."""

    FOLDER_MISSING = 1
    """The folder is not there: a disk that is not plugged in, for example."""
    FOLDER_UNWRITABLE = 2
    DISK_FULL = 3
    """There is no room in the folder; the older backups are still there."""
    UNREADABLE = 4
    """Something of the profile could not be read."""
    CANCELLED = 5


class ContactState(IntEnum):
    """Where a correspondence stands."""

    REQUESTED = 1
    """We asked; no answer yet."""
    WAITING = 2
    """They ask; we have not answered."""
    ACCEPTED = 3
    DECLINED = 4
    """We declined; they are not told."""
    UNKNOWN = 5
    """We asked, but the relay knows nobody of this address."""
    BLOCKED = 6
    """The owner wants nothing of them: what they send is let go unread, and they are not told."""


class Place(IntEnum):
    """The lists of the mail screen."""

    INBOX = 1
    SENT = 2
    OUTBOX = 3
    """Conversations with something not yet accepted by the relay for every recipient."""
    TO_DO = 4
    """What waits for the owner: flagged, or an answer is wanted and not given."""
    ARCHIVE = 5
    ALL = 6
    """Every conversation that is not removed; of one patient, with `patient`."""


class Direction(IntEnum):
    """Who wrote a message."""

    RECEIVED = 1
    SENT = 2


class DeliveryState(IntEnum):
    """Rungs of the receipt ladder, lowest first; a message shows the lowest of its recipients."""

    QUEUED = 1
    """Composed and stored here; not yet at the relay."""
    ACCEPTED = 2
    """The relay has it and gave a receipt."""
    DELIVERED = 3
    READ = 4
    REFUSED = 5
    NOT_DELIVERED = 6
    """Given up: see `Problem`, or never fetched before the envelope's end of life."""


class Problem(IntEnum):
    """Why a message cannot be shown or sent as it should."""

    NONE = 0
    CANNOT_OPEN = 1
    """Genuine or not, it does not open; the sender was asked to send it again."""
    MESSAGE_ID_REUSED = 2
    """Two different messages carry one number: possible tampering."""
    ATTACHMENT_MISSING = 3
    RECIPIENT_AWAY = 4
    """All published keys of a recipient have expired: waits until their computer has been online again."""
    RECIPIENT_UNTRUSTED = 5
    """What the relay handed out for a recipient does not verify; sending is held back."""
    REFUSED_BY_RELAY = 6
    NOT_A_CONTACT = 7
    EXPIRED = 8
    RELAY_FULL = 9
    """The relay has no room for the sender's documents now: waits until others have been fetched."""
    RECIPIENT_UNKNOWN = 10
    """The relay knows nobody of this address."""
    KEYS_CHANGED = 11
    """A recipient's keys changed in a way that has to be looked at: waits for AcknowledgeKeyChange."""
    KEYS_UNPROVEN = 12
    """First contact: the relay does not prove that a recipient's keys are today's. Waits until it does."""
    RECIPIENT_BLOCKED = 13
    """The owner has blocked the recipient before the letter went: it does not go to them."""
    NOT_ALLOWED = 14
    """By what the patient has decided meanwhile it may not go to the recipient any more: it does not."""


class AlarmKind(IntEnum):
    """Things a person must be told."""

    SPLIT_VIEW = 1
    """The relay showed two contradictory logs; both signed notes are kept as evidence."""
    LOG_SHORTENED = 2
    PROOF_INVALID = 3
    MESSAGE_ID_REUSED = 4
    KEYS_CHANGED = 5
    CHAIN_CONFLICT = 6
    """The relay has statements of this device that this profile does not know: a copied or restored profile."""
    SESSION_COPIED = 7
    """Somebody used a copy of this computer's session at the relay, which has therefore ended it."""
    OWN_KEYS_CHANGED = 8
    """The owner's own keys changed, and no computer that was the account's before did it.

    Detail, here and with the five below: the number of the key event, a blank, and the word of a KeyNewsKind in
    lower case.
    """
    KEY_MAP_CONTRADICTED = 9
    """What the relay showed of an account's keys contradicts its own log. Detail: the account in hexadecimal."""
    KEY_MAP_OLD = 10
    """The relay has not proven for a day that it shows the newest keys. Detail: the day (UTC) of its last proof."""
    DEVICE_REMOVED = 11
    """This computer was removed from the account. Detail: when, in Unix milliseconds."""
    OWN_COMPUTER_ADDED = 12
    """Another computer of the owner has added one. No alarm if it was the owner: it asks whether it was."""
    OWN_COMPUTER_REMOVED = 13
    OWN_KIT_ANNOUNCED = 14
    """Another computer of the owner has announced a new recovery kit; the old one can call it off."""
    OWN_KIT_CALLED_OFF = 15
    """Whoever has the recovery kit has called off a new one."""
    OWN_KEYS_REPLACED = 16
    """Another computer of the owner has replaced the keys with the recovery kit, as after a theft."""
    JOURNAL_CONTRADICTED = 17
    """What the log has of the owner's computers is not what they did. Detail: the word of a `Contradiction`
    (app/engine/journal/fetching.py), then the number of the leaf; the checkpoint that has it is kept."""


QUESTIONS = frozenset(
    {
        AlarmKind.OWN_COMPUTER_ADDED,
        AlarmKind.OWN_COMPUTER_REMOVED,
        AlarmKind.OWN_KIT_ANNOUNCED,
        AlarmKind.OWN_KIT_CALLED_OFF,
        AlarmKind.OWN_KEYS_REPLACED,
    }
)
"""What the owner has probably done on another computer: told with the question whether it was so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What stands ready for the day this computer is lost."""

    kit: KitState
    kit_counts_at: UnixMillis | None = None
    """With ANNOUNCED: when the new kit counts, and the old one is void."""
    package_at: UnixMillis | None = None
    """When contacts and keys were last put at the relay, sealed to the kit; None before the first time."""
    rehearsed_at: UnixMillis | None = None
    is_rehearsal_due: bool = False
    """For three months nobody has tried whether the kit can be read and opens what it should."""
    backup_folder: Annotated[str, Size.up_to(4096)] = ""
    """Empty while backups are not wanted."""
    is_backup_on_same_disk: bool = False
    """A backup there is lost with the computer."""
    backup_at: UnixMillis | None = None
    backup_failed_at: UnixMillis | None = None
    """When the newest attempt failed; None if it did not."""
    backup_trouble: BackupTrouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """State of profile and connection. `since` is when the connection took its present state."""

    profile: ProfileState
    account: AccountId | None
    name: NameText
    profession: NameText
    connection: ConnectionState
    since: UnixMillis
    last_synchronised_at: UnixMillis | None
    outbox_count: int
    unread_count: int
    os_secret_store: bool
    """Whether the vault is also bound to the operating system's secret store."""
    wait_seconds: int = 0
    """While locked: how long the next passphrase has to wait after wrong ones."""
    safety: Safety | None = None
    """Known while the profile is unlocked."""
    away_until: UnixMillis | None = None
    """The owner is away now, until this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDetails:
    """Facts about the relay for those who ask. `tls_group` is empty when not connected or not known."""

    relay_url: Annotated[str, Size.up_to(255)]
    tls_version: NameText
    tls_cipher: NameText
    tls_group: NameText
    is_post_quantum: bool
    log_origin: Annotated[str, Size.up_to(255)]
    log_size: int
    log_root: Hash | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRecipient:
    """Someone an unsent letter is addressed to, as the composer showed them."""

    account: AccountId
    name: NameText
    profession: NameText


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayRow:
    """What a correspondent said about an absence that is not over. `is_now` False while it is to come."""

    since: UnixMillis
    until: UnixMillis
    is_now: bool
    text: Annotated[str, Size.up_to(MAX_ABSENCE_TEXT_BYTES)] = field(repr=False)
    replacement: DraftRecipient | None
    """Who replaces them; under the name the owner knows, or else the one the correspondent gave."""
    is_contact: bool = False
    """The replacement can be written to."""
    is_owner: bool = False
    """The replacement is the owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """A correspondent, as they describe themselves."""

    account: AccountId
    name: NameText
    profession: NameText
    place: NameText
    note: SubjectText
    """Of a request: what they wrote with it."""
    state: ContactState
    trust: Trust
    since: UnixMillis
    compared: Comparison = Comparison.NEVER
    is_blocked: bool = False
    """Their keys changed unexpectedly: letters wait until AcknowledgeKeyChange."""
    is_accepted_unverified: bool = False
    """The owner has once chosen to write to them though nobody has said who they are."""
    remark: Annotated[str, Size.up_to(4096)] = field(default="", repr=False)
    """What the owner noted about them; nobody else sees it."""
    away: AwayRow | None = None
    """They said that they are, or will be, absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssuranceRow:
    """One thing that stands for a person: how much, who says so, since when, and until when if not for ever.

    `voucher` is None for the relay's operator, who alone has seen a `document`; `voucher_name` is empty for
    somebody whom the owner does not know.
    """

    level: Trust
    voucher: AccountId | None
    voucher_name: NameText
    is_own: bool
    """It is the owner's own word, which WithdrawVouch takes back."""
    document: DocumentKind | None
    since: UnixMillis
    expires_at: UnixMillis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNewsRow:
    """A sentence about a person's keys: what happened, when by the relay's clock, and whether it stops letters."""

    kind: KeyNewsKind
    at: UnixMillis
    is_blocking: bool
    """It has to be looked at before anything is sent to them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDetails:
    """All that is known of who a person is. Both lists have the newest first."""

    contact: ContactRow
    computers: int
    """How many computers the person has now, 0 before their keys are known."""
    compared_at: UnixMillis | None
    assurances: Annotated[tuple[AssuranceRow, ...], Size.up_to(ASSURANCE_LIMIT)]
    assured_at: UnixMillis | None
    """When the relay was last asked who stands up for them."""
    history: Annotated[tuple[KeyNewsRow, ...], Size.up_to(PAGE_LIMIT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationWords:
    """What two people compare. They are the same on both screens, and stay the same for ever."""

    words: Annotated[tuple[WordText, ...], Size(12, 12)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """The owner's contact card: `uhs:contact/…`, as QR picture, file or text."""

    text: Annotated[str, Size(1, 4096)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedContact:
    """Whom a contact card was about."""

    account: AccountId
    name: NameText
    profession: NameText
    state: ContactState


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """One of the owner's computers. `name` is kept on this computer only, and empty until it is given one."""

    device: DeviceId
    name: NameText
    added_at: UnixMillis
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """The owner's computers, oldest first, and those that another list of this account still has to remove."""

    rows: Annotated[tuple[DeviceRow, ...], Size.up_to(MAX_DEVICES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkShown:
    """What the old computer shows for ten minutes: a picture, and the same secret as words to type."""

    text: Annotated[str, Size(1, 16_384)] = field(repr=False)
    words: Annotated[tuple[WordText, ...], Size(12, 12)] = field(repr=False)
    ends_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkJoined:
    """What the new computer shows: the old one shows the same three words, or somebody else is answering."""

    words: LinkWords
    ends_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryRow:
    """An entry of the relay's directory; all self-declared. `contact` is None for a stranger."""

    account: AccountId
    name: NameText
    profession: NameText
    place: NameText
    contact: ContactState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientTag:
    """Whom a letter or conversation is about. `patient` is None for one of whom only the sender's words are known."""

    patient: PatientId | None
    family_name: NameText = field(repr=False)
    given_name: NameText = field(repr=False)
    birth_date: Annotated[str, Size.up_to(10)] = field(repr=False)
    """As YYYY-MM-DD, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """One line of the mail list."""

    conversation: ConversationId
    correspondents: Annotated[tuple[NameText, ...], Size.up_to(MAX_SLOTS)]
    subject: SubjectText
    snippet: Annotated[str, Size.up_to(400)]
    latest_at: UnixMillis
    latest_direction: Direction
    unread_count: int
    document_count: int
    urgency: Urgency
    delivery: DeliveryState | None
    """Of the latest message when it was sent, None when it was received."""
    problem: Problem
    patient: PatientTag | None = None
    """Under whom it is filed; else whom its latest letter that names somebody is about."""
    is_flagged: bool = False
    is_archived: bool = False
    is_answer_wanted: bool = False
    """A letter asks for an answer, and none was given since."""
    has_abnormal: bool = False
    """A laboratory's value in one of its documents is marked as abnormal."""
    trust: Trust | None = None
    """Of whoever wrote the latest received message; None without one."""
    compared: Comparison = Comparison.NEVER
    send_at: UnixMillis | None = None
    """The latest message waits for this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationPage:
    """Conversations, newest first. `more` says whether older ones exist."""

    rows: Annotated[tuple[ConversationRow, ...], Size.up_to(PAGE_LIMIT)]
    more: bool
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRow:
    """A document of a message. `available` is False while it still has to be fetched from the relay."""

    name: Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)]
    media_type: Annotated[str, Size.up_to(MAX_MEDIA_TYPE_BYTES)]
    size: int
    sha256: Hash
    available: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    """How one recipient stands on the ladder of one message. Times are None for rungs not reached."""

    account: AccountId
    name: NameText
    profession: NameText
    state: DeliveryState
    accepted_at: UnixMillis | None
    delivered_at: UnixMillis | None
    read_at: UnixMillis | None
    refused_at: UnixMillis | None
    reason: RefusalReason | None
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedHead:
    """The head of a letter of another mail program, as it was written there. Nobody has verified any of it."""

    sender: Annotated[str, Size.up_to(4096)] = field(repr=False)
    recipients: Annotated[str, Size.up_to(4096)] = field(repr=False)
    date: Annotated[str, Size.up_to(4096)]
    is_dated: bool
    """It says when it was written, in a way that can be read; else `sent_at` is the time of its file."""
    is_encrypted: bool
    """Some of it is encrypted for the other program, and cannot be read here."""
    is_cut: bool
    """It was longer, or had more documents, than is taken over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message with everything the reading pane shows."""

    message: MessageId
    conversation: ConversationId
    direction: Direction
    sender: AccountId
    sender_name: NameText
    sender_profession: NameText
    trust: Trust
    subject: SubjectText
    text: Annotated[str, Size.up_to(MAX_TEXT_BYTES)] = field(repr=False)
    sent_at: UnixMillis
    utc_offset: UtcOffsetMinutes
    received_at: UnixMillis | None
    urgency: Urgency
    is_read: bool
    attachments: Annotated[tuple[AttachmentRow, ...], Size.up_to(MAX_ATTACHMENTS)]
    recipients: Annotated[tuple[RecipientRow, ...], Size.up_to(MAX_SLOTS)]
    problem: Problem
    is_brought: bool = False
    """It was brought over from the owner's other computer, whose word alone it is; no receipt is here."""
    imported: ImportedHead | None = None
    """It was taken over from another mail program: nothing about it is proven, and `sender` is all zeros."""
    marks: Annotated[tuple[Mark, ...], Size.up_to(MAX_MARKS)] = ()
    """How its text is set."""
    patient: PatientTag | None = None
    """Whom its sender says it is about."""
    is_answer_wanted: bool = False
    send_at: UnixMillis | None = None
    """It waits for this moment."""
    can_cancel: bool = False
    """Nothing of it has been accepted by the relay yet."""
    is_automatic: bool = False
    """Its sender's program answered by itself, in an absence."""
    answered_at: UnixMillis | None = None
    """This computer answered it by itself, in an absence of the owner's."""
    is_unopened: bool = False
    """It counts as read because somebody said so: opening it still tells its sender, by MarkRead."""

    @property
    def is_imported(self) -> bool:
        """Whether it comes from another mail program."""
        return self.imported is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """Messages of a conversation, oldest first; `more` says whether still older ones exist."""

    messages: Annotated[tuple[MessageView, ...], Size.up_to(PAGE_LIMIT)]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRow:
    """Evidence about one message for one recipient device: acceptance in the log, or a signed receipt."""

    account: AccountId
    device: DeviceId
    envelope: EnvelopeId
    state: DeliveryState
    at: UnixMillis | None
    reason: RefusalReason | None
    log_index: int | None
    proof: Annotated[str, Size.up_to(128 * 1024)]
    """C2SP tlog-proof@v1 of the acceptance, empty for other rungs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """All receipts of a message, oldest rung first."""

    message: MessageId
    rows: Annotated[tuple[ReceiptRow, ...], Size.up_to(4096)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """Something a person had to be told, with the contradicting signed notes if there are any."""

    kind: AlarmKind
    detail: AlarmDetail
    at: UnixMillis
    is_acknowledged: bool
    first_note: Annotated[str, Size.up_to(MAX_NOTE_BYTES)] | None
    second_note: Annotated[str, Size.up_to(MAX_NOTE_BYTES)] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """The newest alarms, oldest first."""

    rows: Annotated[tuple[AlarmRow, ...], Size.up_to(ALARM_LIMIT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """Result of re-verifying everything this device can verify about the log."""

    origin: Annotated[str, Size.up_to(255)]
    log_size: int
    own_statements: int
    own_statements_logged: int
    receipts_verified: int
    checkpoints_verified: int
    problems: Annotated[tuple[Annotated[str, Size.up_to(500)], ...], Size.up_to(100)]
    """Stable codes with details, empty when all is well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one synchronisation did."""

    received: int
    sent: int
    still_waiting: int
    unreadable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A new account exists here and at the relay."""

    account: AccountId
    os_secret_store: bool
    totp_uri: Annotated[str, Size.up_to(1024)] = field(repr=False)
    """`otpauth://` address for an authenticator, as QR picture and text; empty once it has shown a code."""
    recovery_codes: RecoveryCodeTexts = field(repr=False)
    """One sign-in each without the authenticator; empty once they are on paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The relay accepted both factors. `recovery_codes_left` is None when a one-time code was used."""

    session_ends_at: UnixMillis
    recovery_codes_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KitSheet:
    """What stands on the page of a recovery kit; it is a secret as a whole."""

    account: AccountId
    name: NameText
    relay: Annotated[str, Size.up_to(255)]
    made_at: UnixMillis
    groups: Annotated[tuple[Annotated[str, Size(5, 5)], ...], Size(KIT_GROUPS, KIT_GROUPS)] = field(
        repr=False
    )
    """The code, as it is written and read."""
    card: Annotated[str, Size(1, 256)] = field(repr=False)
    """The text of the QR picture: whose kit, and its code."""
    asked_group: int
    """The group, counted from 1, that ConfirmKit wants to have read from the paper."""
    counts_at: UnixMillis | None
    """Of a new kit: from when on it counts, and the old one no longer; None for a first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPages:
    """A document to be printed."""

    pdf: Annotated[bytes, Size(1, 4 * MIB)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnComputer:
    """A computer of the account, as its key history lists it."""

    device: DeviceId
    added_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOffer:
    """What kit and passphrase have opened; nothing has changed yet."""

    account: AccountId
    name: NameText
    profession: NameText
    place: NameText
    made_at: UnixMillis | None
    """When the package was last renewed: contacts of later are not in it. None if the relay has none that the kit
    opens: name and contacts come from the backup then, or not at all."""
    contacts: int
    backup_made_at: UnixMillis | None
    """With a backup: letters up to then are here again, later ones are not."""
    others: Annotated[tuple[OwnComputer, ...], Size.up_to(MAX_DEVICES)]
    """The computers that the account has now; all are removed but those that FinishRestore keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """A recovery code in shares of 33 English words, one for each person."""

    threshold: int
    texts: Annotated[tuple[ShareText, ...], Size(2, 16)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KitText:
    """A recovery code as it is written: 14 groups with blanks between."""

    text: Annotated[str, Size(1, 128)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What the kit has opened in a rehearsal: the recovery package, and with a folder for backups the newest one."""

    backup_at: UnixMillis | None
    """When the backup was made whose keys and beginning it has opened; None without any."""
    backup_trouble: BackupTrouble | None = None
    """FOLDER_MISSING: the disk is not plugged in. UNREADABLE: this kit does not open the newest backup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFolder:
    """Where backups go."""

    is_on_same_disk: bool
    """The folder is on the disk that the profile is on: both are lost together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade:
    """A backup is complete and on the disk. `size` in bytes."""

    path: PathText
    size: int
    at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorView:
    """A telephone or a security key that the account can be signed in with; the name is the owner's."""

    factor: FactorId
    kind: FactorKind
    name: NameText
    added_at: UnixMillis
    last_used_at: UnixMillis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorList:
    """All second factors, oldest first."""

    rows: Annotated[tuple[FactorView, ...], Size.up_to(MAX_FACTORS)]
    recovery_codes_left: int
    are_codes_due: bool
    """Codes are here that nobody has said to be on paper, or their making broke off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTotp:
    """What another telephone takes over; it counts once its first code is confirmed."""

    totp_uri: Annotated[str, Size(1, 1024)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodes:
    """The codes that are good from now on; all older ones are void."""

    recovery_codes: RecoveryCodeTexts = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """One session of the account at the relay."""

    device: DeviceId
    signed_in_at: UnixMillis
    refreshed_at: UnixMillis
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionList:
    """All living sessions of the account."""

    rows: Annotated[tuple[SessionView, ...], Size.up_to(100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A message is stored here for good and will be sent by itself."""

    message: MessageId
    conversation: ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFile:
    """Where a document was written."""

    path: PathText
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """All correspondents, by name."""

    rows: Annotated[tuple[ContactRow, ...], Size.up_to(10_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryAnswer:
    """Directory entries found; `more` asks for a narrower search."""

    rows: Annotated[tuple[DirectoryRow, ...], Size.up_to(200)]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The command was carried out and has nothing to say."""
