# SPDX-License-Identifier: AGPL-3.0-or-later
"""The local store as the use cases see it: rows, transactions, and the profile that keeps them locked.

`Vault.run` executes a plain function inside one transaction on the store's own thread, so no `await` can
stand inside a transaction. The methods of `Store` only make sense inside such a function. Bytes named
`encoded_…` are wire objects in their canonical encoding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from app.engine.ports.importing import ImportedLetter
from app.interface.snapshots import (
    AlarmKind,
    Comparison,
    ContactRow,
    ContactState,
    ConversationPage,
    ConversationRow,
    KeyNewsKind,
    KeyNewsRow,
    MessagePage,
    MessageView,
    Place,
    Problem,
    ProfileState,
    ReceiptRow,
    Trust,
)
from app.interface.writing import DraftContent, DraftId, Template, TemplateId
from crypto_core.wire.content import LetterDetails, ReceiptState, RefusalReason
from crypto_core.wire.envelope import LogView, MessageKind, Urgency
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    DeviceId,
    EnvelopeId,
    Hash,
    MessageId,
    PatientId,
    PrekeyId,
    UnixMillis,
    UtcOffsetMinutes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from app.engine.ports.absence import AbsenceStore
    from app.engine.ports.decisions import DecisionStore
    from app.engine.ports.erasing import ErasureStore
    from app.engine.ports.folders import FolderStore
    from app.engine.ports.importing import ImportedStore
    from app.engine.ports.journal import JournalStore
    from app.engine.ports.marks import MarkStore
    from app.engine.ports.organising import OrganisingStore, PatientStore
    from app.engine.ports.search import SearchStore
    from crypto_core.keys.kit import Kit
    from crypto_core.trust.assurance import Assurance
    from crypto_core.trust.key_history import KeyHistory, RecordedEvent
    from crypto_core.trust.prekeys import PrekeyNumbers
    from crypto_core.wire.devices import KeyEvent
    from crypto_core.wire.key_map import MapEntry

T = TypeVar("T")


class VaultError(Exception):
    """The store cannot do what was asked; nothing of the transaction remains."""


class VaultDamagedError(VaultError):
    """The store, or the header that holds its wrapped key, cannot be read though it should."""


class VaultNewerError(VaultError):
    """Written by a newer program that this one must not touch."""


class VaultInUseError(VaultError):
    """Another engine has this profile open."""


class VaultMissingError(VaultError):
    """There is no account in this profile yet."""


class DiskFullError(VaultError):
    """There is no room to write."""


class OsSecretMissingError(VaultError):
    """The vault is bound to a secret of the operating system that is gone, locked or does not answer."""


class TooManyTriesError(VaultError):
    """After wrong passphrases, the next one has to wait."""

    def __init__(self, seconds: int = 0) -> None:
        super().__init__("the next passphrase has to wait")
        self.seconds = seconds


class KitMissingError(VaultError):
    """Nothing of this profile was ever sealed to a recovery kit."""


class KitOtherError(VaultError):
    """The profile was sealed to another recovery kit than the one given, or what was sealed is damaged."""


class BackupCancelledError(VaultError):
    """Somebody does not want the backup any more; nothing of it remains."""


class BackupUnreadableError(VaultError):
    """Not a backup of this kit, damaged, or cut off."""


class Setting(StrEnum):
    """Single values that have no row of their own."""

    LAST_SYNCHRONISED = "last-synchronised"
    JOURNAL_KEYS = "journal-keys"
    """What entries of the journal are sealed under: `app.engine.journal.keys`."""
    JOURNAL_READ_TO = "journal-read-to"
    """The last leaf of the log that was read for the journal, as decimal digits."""
    JOURNAL_ERASED_BEFORE = "journal-erased-before"
    """Up to when the relay has erased what it held of the journal, in Unix milliseconds."""
    LATEST_TIME = "latest-time"
    """The latest time that anything was asked at, as decimal digits: `app.engine.decisions`."""
    LOG_CHECKED_AT = "log-checked-at"
    """When the newest checkpoint was last held against everything seen before."""
    SENDING_STOPPED = "sending-stopped"
    PENDING_PREKEYS = "pending-prekeys"
    PREKEY_NUMBER = "prekey-number"
    PREKEYS_SIGNED_AT = "prekeys-signed-at"
    REFRESH_TOKEN = "refresh-token"  # noqa: S105 - a name
    RENEWAL_STARTED = "renewal-started"
    """The refresh token was sent and no answer has been committed: the relay may know it as used."""
    SESSION_ENDED = "session-ended"
    """Why there is no refresh token any more: a word of `app.engine.tokens.Ended`."""
    RPPS = "rpps"
    """The owner's number in the national register, if it was given."""
    EPOCH = "epoch"
    """What the last sign-in left, and the next one shows; see `app.engine.epochs`."""
    NEXT_EPOCH = "next-epoch"
    """What a sign-in that has begun leaves: the relay may have it already."""
    NEW_TOTP = "new-totp"
    """The secret of a telephone that has not shown a code yet, and its name."""
    NEW_RECOVERY_CODES = "new-recovery-codes"
    """Recovery codes that the relay may have taken without our hearing of it."""
    LINK_CONFIRMED = "link-confirmed"
    """The grant for a new computer that the owner has confirmed, until the relay has it; `app.engine.linking`."""
    LINK_UNFINISHED = "link-unfinished"
    """A computer that was listed and got no grant in time: it has to be removed again."""
    JOINED = "joined"
    """This profile came from another computer, and no passphrase was shown to the relay yet."""
    HISTORY_TOTAL = "history-total"
    """How many letters go to another computer in all, as decimal digits."""
    ALARMS_ACKNOWLEDGED = "alarms-acknowledged"
    """The numbers of the alarms that somebody has read, eight bytes each."""
    DRAFT = "draft"
    """The one letter that earlier programs kept unsent, until it is a draft: `app.engine.kept_draft`."""
    SIGNATURE = "signature"
    """What stands under every new letter: an encoded `app.interface.writing.Signature`."""
    KIT_PUBLIC_KEY = "kit-public-key"
    """What things are sealed to, so that only the recovery kit opens them."""
    KIT_ROOT = "kit-root"
    """SHA-256 of the encoded root of the kit that `KIT_PUBLIC_KEY` is of."""
    KIT_MADE_AT = "kit-made-at"
    """When the kit that is shown was drawn, in Unix milliseconds."""
    KIT_REHEARSED_AT = "kit-rehearsed-at"
    """When somebody last showed that the kit can be read; when it was confirmed, at first."""
    BACKUP_FOLDER = "backup-folder"
    BACKUP_SAME_DISK = "backup-same-disk"
    BACKUP_MADE_AT = "backup-made-at"
    BACKUP_KITS = "backup-kits"
    """SHA-256 of the public keys of the kits that open the newest backup."""
    BACKUP_FAILED = "backup-failed"
    """When the newest attempt failed, a blank, and the number of a BackupTrouble; gone once one succeeds."""
    NEXT_IDENTITY = "next-identity"
    """The seed of an identity key that the kit certifies, until the log has it."""
    NEW_KIT = "new-kit"
    """The code of a new kit whose root is not announced yet, and when it was drawn (8 bytes)."""
    NEXT_KIT = "next-kit"
    """A kit that takes another one's place: `app.engine.known_kits.NextKit`."""
    NEXT_SECRET_STORED = "next-secret-stored"  # noqa: S105 - a name
    """SHA-256 of the account secret with which the relay has the passphrase beside the one in use."""
    EARLIER_SECRET = "earlier-secret"  # noqa: S105 - a name
    """The account secret of before a new kit: names of second factors were sealed under it."""
    SEALED_KITS = "sealed-kits"
    """SHA-256 of the public keys of the kits that open this profile."""
    PACKAGE = "package"
    """The recovery package that was made last, sealed to the kit: what a rehearsal opens."""
    PACKAGE_STATE = "package-state"
    """Its number (4 bytes), when it was made (8), SHA-256 of what counts in it, 1 byte: whether the relay has it."""
    RECOVERY = "recovery"
    """The request by which the account is being brought back to this computer, until the relay has confirmed it."""
    PASSPHRASE_CHANGE = "passphrase-change"  # noqa: S105 - a name
    """SHA-256 of the header that a change of the passphrase puts in place; see `Profile.is_confirmation_due`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactors:
    """The secret of the one-time codes and the bytes of the recovery codes, as they were drawn."""

    totp_secret: bytes = field(repr=False)
    """Empty once the telephone has shown a code."""
    recovery_codes: tuple[bytes, ...] = field(repr=False)
    """Empty once they are on paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose vault this is, with every private key that lives as long as the device."""

    account: AccountId
    device: DeviceId
    name: str
    profession: str
    place: str
    is_listed: bool
    identity_seed: bytes = field(repr=False)
    device_seed: bytes = field(repr=False)
    request_seed: bytes = field(repr=False)
    pending_recovery_code: bytes | None = field(repr=False)
    """The recovery kit's code, kept only until the kit has been printed."""
    account_secret: bytes = field(repr=False)
    """What the kit's code also derives: every sign-in needs it beside the passphrase."""
    second_factors: SecondFactors | None
    """What the authenticator and the printed list hold, each kept until it is known to be there."""
    encoded_certificate: bytes = field(repr=False)
    enrolment: str
    encoded_registration: bytes | None = field(repr=False)
    """The request by which the account is being registered, None once the relay has confirmed it."""


class PrekeyKind(IntEnum):
    """How a private prekey ends: at its time, or when it is used."""

    SIGNED = 1
    ONE_TIME = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivatePrekey:
    """The private half of a published prekey."""

    prekey: PrekeyId
    kind: PrekeyKind
    seed: bytes = field(repr=False)
    not_after: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheckpoint:
    """A verified checkpoint of the log; `note` is kept where evidence needs it."""

    size: int
    root: Hash
    signed_at_seconds: int
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GossipView:
    """The largest log a correspondent's device said it saw."""

    device: DeviceId
    account: AccountId
    view: LogView
    failing_since: UnixMillis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlarm:
    """Something a person must be told, with the contradicting notes if there are any."""

    kind: AlarmKind
    detail: str
    at: UnixMillis
    first_note: str | None = None
    second_note: str | None = None
    is_acknowledged: bool = False


class StatementState(IntEnum):
    """Where one of our own statements stands."""

    PENDING = 1
    LOGGED = 2
    WITHDRAWN = 3
    """Refused by the relay for good; its number was used again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """A signed statement of this device: about an envelope, a key event, another account (a vouch), or an act.

    What proves that an act is in the log stands in the journal, not here.
    """

    row: int
    sequence: int
    encoded_statement: bytes = field(repr=False)
    encoded_signature: bytes = field(repr=False)
    envelope: EnvelopeId | None
    encoded_key_event: bytes | None = field(repr=False)
    state: StatementState
    proof: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAttachment:
    """An encrypted file beside the store; `is_available` False while it has to be fetched."""

    blob: BlobId
    key: bytes = field(repr=False)
    name: str
    media_type: str
    size: int
    sha256: Hash
    is_available: bool
    sealed_sha256: Hash | None
    """Of the sealed file; known for what this device sealed itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLetter:
    """A letter to be shown, sent or received. Lists grow in the order of `at`."""

    message: MessageId
    conversation: ConversationId
    is_sent: bool
    sender: AccountId
    sender_device: DeviceId
    subject: str
    text: str = field(repr=False)
    at: UnixMillis
    sent_at: UnixMillis
    utc_offset: UtcOffsetMinutes
    received_at: UnixMillis | None
    accepted_at: UnixMillis | None
    """Of a received letter: when the relay had it for all its recipients."""
    urgency: Urgency
    in_reply_to: MessageId | None
    recipients: tuple[AccountId, ...]
    attachments: tuple[StoredAttachment, ...]
    details: LetterDetails | None = field(default=None, repr=False)
    """What its sender said beyond the text."""
    problem: Problem = Problem.NONE
    is_brought: bool = False
    """It came from the owner's other computer, as a letter of the past."""
    is_read: bool = False
    """Of a brought letter: it was read there."""
    is_automatic: bool = False
    """Its sender's program answered by itself; its sender gets no receipt."""
    imported: ImportedLetter | None = None
    """It comes from another mail program, and into the archive; it has neither sender nor recipients, and is a
    brought one, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDraft:
    """A draft, with its documents in their order; all of them are encrypted here."""

    draft: DraftId
    content: DraftContent
    documents: tuple[StoredAttachment, ...]
    changed_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """What the list of drafts needs of one."""

    draft: DraftId
    to: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    beginning: str = field(repr=False)
    """Of its text."""
    patient: PatientId | None
    documents: int
    changed_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedLetter:
    """A letter that the relay does not have for everybody. Bytes are those of its documents, as they travel."""

    message: MessageId
    conversation: ConversationId
    to: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    queued_at: UnixMillis
    not_before: UnixMillis | None
    uploads: tuple[Upload, ...]
    is_begun: bool
    """It is in an envelope that the relay may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What proves a received letter: the bytes that were signed, and their acceptance in the log."""

    envelope: EnvelopeId
    outer_header: bytes = field(repr=False)
    outer_header_hash: Hash
    signed_message: bytes = field(repr=False)
    signed_message_hash: Hash
    leaf: bytes = field(repr=False)
    log_index: int
    path: tuple[Hash, ...] = field(repr=False)
    checkpoint_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What answering, reading and refusing a letter needs to know about it."""

    message: MessageId
    conversation: ConversationId
    is_sent: bool
    sender: AccountId
    is_read: bool
    problem: Problem
    evidence: Evidence | None
    is_automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedReceipt:
    """A verified receipt of a recipient's device, with the bytes that device signed."""

    message: MessageId
    account: AccountId
    device: DeviceId
    envelope: EnvelopeId
    state: ReceiptState
    reason: RefusalReason | None
    comment: str = field(repr=False)
    at: UnixMillis
    signed_message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to be sealed, now and whenever a device asks again; `contents` are wire content objects."""

    message: MessageId
    kind: MessageKind
    conversation: ConversationId
    in_reply_to: MessageId | None
    sent_at: UnixMillis
    utc_offset: UtcOffsetMinutes
    urgency: Urgency
    contents: tuple[object, ...] = field(repr=False)
    not_before: UnixMillis | None = None
    """It waits for this moment; None once it has begun to go."""


class SlotState(IntEnum):
    """Where an outbox row stands."""

    WAITING = 1
    """To be sealed."""
    SEALED = 2
    """In an envelope that the relay has not confirmed."""
    ACCEPTED = 3
    FAILED = 4
    """Given up; the row's problem says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One recipient of one outgoing message: a device, or all devices of an account while they are not known."""

    row: int
    outgoing: int
    account: AccountId
    device: DeviceId | None
    state: SlotState
    problem: Problem
    attempts: int
    next_attempt_at: UnixMillis
    is_repeated: bool
    """Asked for again by a device that could not open what it got."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRow:
    """A sealed envelope. Its bytes are kept until the relay has them, so that every retry sends the same."""

    envelope: EnvelopeId
    outgoing: int
    message: MessageId
    kind: MessageKind
    outer_header_hash: Hash
    signed_message_hash: Hash
    envelope_bytes: bytes | None = field(repr=False)
    blobs: tuple[BlobId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A sealed file that the relay must have before an envelope may name it."""

    blob: BlobId
    size: int
    sha256: Hash
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unopened:
    """An envelope that does not open, kept as it came."""

    envelope: EnvelopeId
    message: MessageId
    sender: AccountId
    sender_device: DeviceId
    envelope_bytes: bytes = field(repr=False)
    failed_check: int
    at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Numbers for the status line."""

    outbox: int
    unread: int


class IdentityStore(Protocol):
    """The owner and single values."""

    def owner(self) -> Owner | None:
        """The owner, None in a store just made."""

    def create(self, owner: Owner) -> None:
        """Write the owner of a new store."""

    def confirm_registration(self) -> None:
        """Forget the registration request: the relay knows the account."""

    def put_pending_recovery_code(self, code: bytes | None) -> None:
        """Keep the code of a kit that is not on paper yet; None once it is."""

    def begin_anew(self) -> None:
        """Forget what belongs to the device that a backup was made on: its chain, its prekeys, its session."""

    def put_identity(self, seed: bytes, encoded_certificate: bytes) -> None:
        """Put another identity key, and its certificate, in the place of the one before."""

    def put_account_secret(self, secret: bytes) -> None:
        """Put the account secret of another kit in the place of the one before."""

    def put_second_factors(self, factors: SecondFactors | None) -> None:
        """Keep what is still to be taken over; None when nothing is."""

    def device_names(self) -> Mapping[DeviceId, str]:
        """What the owner's computers are called on this one."""

    def name_device(self, device: DeviceId, name: str) -> None:
        """Call one of them something; an empty name forgets it."""

    def setting(self, name: Setting) -> bytes | None:
        """A single value."""

    def put_setting(self, name: Setting, value: bytes | None) -> None:
        """Write a single value, or forget it."""

    def add_alarm(self, alarm: StoredAlarm) -> bool:
        """Keep an alarm; False if the same one is kept already."""

    def alarms(self) -> tuple[StoredAlarm, ...]:
        """All alarms, oldest first."""

    def acknowledge_alarm(self, kind: AlarmKind, detail: str) -> bool:
        """Somebody has read an alarm; False if there is no such one."""


class TrustStore(Protocol):
    """What was verified about other accounts and about the log."""

    def histories(self, accounts: Sequence[AccountId]) -> Mapping[AccountId, KeyHistory]:
        """Key histories as they were verified when stored; nothing for an account without any."""

    def key_events(self, account: AccountId) -> tuple[KeyEvent, ...]:
        """The events of one history, in order."""

    def proven_key_events(self, account: AccountId) -> tuple[tuple[KeyEvent, str], ...]:
        """The same, each with the receipt of the leaf that records it."""

    def add_key_event(
        self, account: AccountId, number: int, recorded: RecordedEvent, *, proof: str
    ) -> None:
        """Keep a verified event; one that is kept already stays."""

    def complete_to(self, account: AccountId) -> int:
        """The size of the log up to which the relay was asked for all key events of an account."""

    def note_complete(self, account: AccountId, complete_to: int) -> None:
        """Remember how far an account's events are complete."""

    def proven_at(self, account: AccountId) -> UnixMillis:
        """The relay's time of the newest map of keys that agreed with a history, 0 before the first."""

    def note_proven(self, account: AccountId, at: UnixMillis) -> None:
        """A map of that time agrees with the history."""

    def pin(self, account: AccountId) -> MapEntry | None:
        """What the owner's other computer, or the recovery package, knew of a history, until it has come true."""

    def put_pin(self, account: AccountId, pin: MapEntry | None) -> None:
        """Keep such a word, or forget it."""

    def add_news(
        self, account: AccountId, kind: KeyNewsKind, at: UnixMillis, *, is_blocking: bool
    ) -> None:
        """Keep a sentence about a person's keys."""

    def news(self, account: AccountId, limit: int) -> tuple[KeyNewsRow, ...]:
        """The newest sentences about a person's keys, newest first."""

    def settle_news(self, account: AccountId) -> bool:
        """The owner has looked at what blocks; False if nothing did."""

    def is_blocked(self, account: AccountId) -> bool:
        """Whether something has to be looked at before anything is sent to a person."""

    def prekey_numbers(self, device: DeviceId) -> PrekeyNumbers:
        """The highest prekey numbers seen from a device."""

    def put_prekey_numbers(self, account: AccountId, device: DeviceId, seen: PrekeyNumbers) -> None:
        """Remember the highest prekey numbers of a device."""

    def key_owner(self, fingerprint: Hash) -> AccountId | None:
        """Under which account a public key was seen, by its SHA-256."""

    def claim_key(self, fingerprint: Hash, account: AccountId) -> None:
        """Remember under which account a public key was seen."""

    def latest_checkpoint(self) -> StoredCheckpoint | None:
        """The largest verified checkpoint."""

    def checkpoint(self, size: int) -> StoredCheckpoint | None:
        """The verified checkpoint of one size."""

    def checkpoints(self) -> tuple[StoredCheckpoint, ...]:
        """All verified checkpoints by size."""

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """Keep a checkpoint proven consistent with the latest one; a note once kept stays."""

    def add_gossip(self, account: AccountId, device: DeviceId, view: LogView) -> None:
        """Remember what a device saw, if it is more than before."""

    def unchecked_gossip(self) -> tuple[GossipView, ...]:
        """Views that were not connected to our own yet."""

    def agreeing(self, origin: str) -> int:
        """How many correspondents have shown a log of this name that this device has connected with its own."""

    def settle_gossip(self, device: DeviceId, size: int) -> None:
        """A view was connected to ours."""

    def fail_gossip(self, device: DeviceId, since: UnixMillis) -> None:
        """A view could not be connected; the first time counts."""


class PrekeyStore(Protocol):
    """Private halves of published prekeys."""

    def add(self, prekeys: Sequence[PrivatePrekey]) -> None:
        """Keep new ones."""

    def find(self, prekeys: Sequence[PrekeyId]) -> Mapping[PrekeyId, PrivatePrekey]:
        """Those that exist."""

    def consume(self, prekey: PrekeyId) -> None:
        """Erase a one-time prekey that was used; a signed one stays."""

    def erase_older(self, moment: UnixMillis) -> int:
        """Erase all whose `not_after` lies before a moment, and return how many."""


class ContactStore(Protocol):
    """Correspondents."""

    def get(self, account: AccountId) -> ContactRow | None:
        """One correspondent."""

    def put(self, contact: ContactRow) -> None:
        """Add or replace a correspondent."""

    def compare(self, account: AccountId, how: Comparison, at: UnixMillis | None) -> None:
        """Note how the owner made sure who a correspondent is."""

    def compared_at(self, account: AccountId) -> UnixMillis | None:
        """When that was, None if it never was."""

    def accept_unverified(self, accounts: Sequence[AccountId]) -> None:
        """The owner chose to write to them though nobody has said who they are."""

    def block(self, account: AccountId) -> None:
        """The owner wants nothing of a correspondent any more."""

    def unblock(self, account: AccountId) -> None:
        """They are what they were before they were blocked."""

    def note(self, account: AccountId, remark: str) -> None:
        """Keep what the owner notes about a correspondent."""

    def put_assurances(
        self, account: AccountId, trust: Trust, standing: Sequence[Assurance], at: UnixMillis
    ) -> None:
        """Keep who stands up for a correspondent, in the place of what was known."""

    def assurances(self, account: AccountId) -> tuple[Assurance, ...]:
        """Who stood up for a correspondent when the relay was last asked."""

    def assured_at(self, account: AccountId) -> UnixMillis | None:
        """When that was."""

    def all(self) -> tuple[ContactRow, ...]:
        """All of them, by name."""

    def states(self, accounts: Sequence[AccountId]) -> Mapping[AccountId, ContactState]:
        """How the correspondence with some accounts stands."""


class MessageStore(Protocol):
    """Letters and the conversations they form."""

    def add(
        self, letter: NewLetter, evidence: Evidence | None = None, *, is_searchable_now: bool = True
    ) -> None:
        """Keep a letter; it replaces a line that stood for it because it did not open.

        Unless it has to be searchable now, it waits for the index, and `SearchStore.coverage` says so.
        """

    def remove_stand_in(self, message: MessageId) -> ConversationId | None:
        """Remove the line that stood for a message that did not open; its conversation, if there was one."""

    def facts(self, message: MessageId) -> LetterFacts | None:
        """What is known about a letter, None if there is none."""

    def set_problem(self, message: MessageId, problem: Problem) -> None:
        """Show a problem with a letter."""

    def mark_read(self, message: MessageId, *, is_told: bool = True) -> bool:
        """Note that the owner opened a letter; True if its sender is to be told, which happens once."""

    def view(self, message: MessageId) -> MessageView | None:
        """A letter as it is shown."""

    def page(
        self, conversation: ConversationId, *, before: MessageId | None, limit: int
    ) -> MessagePage | None:
        """A page of a conversation, None if there is no such conversation."""

    def conversation(self, conversation: ConversationId) -> ConversationRow | None:
        """One line of the lists, None for one that is not there or was removed."""

    def conversations(
        self,
        place: Place,
        *,
        before: ConversationId | None = None,
        after: ConversationId | None = None,
        patient: PatientId | None = None,
        limit: int,
    ) -> ConversationPage | None:
        """A page of a list, newest first: the rows below `before`, or those just above `after`.

        With a patient only what is filed under them.

        `more` says whether there are others beyond in the same direction. None if the edge is unknown.
        """

    def letter(self, message: MessageId) -> NewLetter | None:
        """A letter as it was stored, to be brought to another computer of the owner."""

    def conversation_of(self, message: MessageId) -> ConversationId | None:
        """Where a letter stands."""

    def take_back(self, message: MessageId) -> None:
        """Delete a letter of the owner's that nobody has, and its conversation if nothing else is in it."""

    def conversations_with(self, account: AccountId) -> tuple[ConversationId, ...]:
        """Those in which somebody wrote a letter or got one."""

    def written_to(self, accounts: Sequence[AccountId]) -> frozenset[AccountId]:
        """Whom of these the owner has written letters to."""

    def attachment(self, message: MessageId, index: int) -> StoredAttachment | None:
        """One document of a letter."""

    def missing_attachments(self, message: MessageId) -> tuple[StoredAttachment, ...]:
        """Documents of a letter that still have to be fetched."""

    def waiting_for(self, blobs: Sequence[BlobId]) -> MessageId | None:
        """A letter of which one of these documents still has to be fetched, and may be there to be fetched."""

    def incomplete(self) -> tuple[MessageId, ...]:
        """Letters with documents that still have to be fetched, and may be there to be fetched."""

    def attachment_stored(self, blob: BlobId, *, is_available: bool = True) -> bool:
        """A document's file is complete, or has vanished; False if no letter has such a one."""

    def stored_blobs(self) -> frozenset[BlobId]:
        """The files of documents that are complete."""

    def blobs(self) -> frozenset[BlobId]:
        """Every file that some letter or upload needs."""

    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence of all received letters."""

    def counts(self) -> Counts:
        """Numbers for the status line."""


class DraftStore(Protocol):
    """What is not sent yet: drafts with their documents, and templates."""

    def put(self, draft: DraftId, content: DraftContent, at: UnixMillis) -> None:
        """Make a draft, or write it anew; its documents stay."""

    def get(self, draft: DraftId) -> StoredDraft | None:
        """A draft that is not thrown away."""

    def page(self, *, offset: int, limit: int) -> tuple[DraftLine, ...]:
        """Drafts that are not thrown away, the one changed last first."""

    def count(self) -> int:
        """How many there are."""

    def remove(self, drafts: Sequence[DraftId], at: UnixMillis) -> None:
        """Throw drafts away, for now."""

    def restore(self, draft: DraftId) -> bool:
        """Take a draft back; False if it is gone for good."""

    def forget(self, draft: DraftId) -> None:
        """Delete a draft's rows; its documents' files are others' by now, or are to be removed."""

    def forget_removed(self, until: UnixMillis | None) -> tuple[BlobId, ...]:
        """Delete for good what was thrown away until a moment, or at all; return the files that nobody needs now."""

    def first_removed_at(self) -> UnixMillis | None:
        """When the first of those that can be taken back was thrown away, None without any."""

    def add_document(self, draft: DraftId, document: StoredAttachment, at: UnixMillis) -> None:
        """Put a document behind those that a draft has."""

    def remove_document(self, draft: DraftId, blob: BlobId, at: UnixMillis) -> bool:
        """Take a document out of a draft; False if it has no such one."""

    def blobs(self) -> frozenset[BlobId]:
        """Every file that some draft needs, thrown away or not."""

    def templates(self) -> tuple[Template, ...]:
        """All of them, by name."""

    def put_template(self, template: Template) -> None:
        """Make a template, or write it anew."""

    def remove_template(self, template: TemplateId) -> bool:
        """Delete a template; False if there is none."""


class InboxStore(Protocol):
    """What has arrived, and what waits for a decision."""

    def opened_before(self, messages: Sequence[MessageId]) -> Mapping[MessageId, Hash]:
        """SHA-256 of the OuterHeaders under which messages were committed."""

    def mark_opened(self, message: MessageId, outer_header_hash: Hash) -> None:
        """Remember a committed message."""

    def hold(self, envelope: EnvelopeId, sender: AccountId) -> None:
        """Remember that an envelope of somebody who is no correspondent waits at the relay."""

    def held(self) -> Mapping[EnvelopeId, AccountId]:
        """The envelopes held back, with their senders."""

    def release(self, envelope: EnvelopeId) -> None:
        """Forget that an envelope was held back."""

    def add_unopened(self, unopened: Unopened) -> bool:
        """Keep an envelope that does not open; False if it is kept already."""

    def unopened(self) -> tuple[Unopened, ...]:
        """All of them, oldest first."""

    def unopened_since(self, sender: AccountId, moment: UnixMillis) -> int:
        """How many of an account did not open since a moment."""

    def add_receipt(self, receipt: ReceivedReceipt) -> None:
        """Keep a receipt and let its letter climb the ladder."""

    def receipts(self, message: MessageId) -> tuple[ReceiptRow, ...]:
        """Everything that proves where a letter stands, lowest rung first."""


class OutboxStore(Protocol):
    """What is to be sent, in which order, and the chain of statements that goes with it."""

    def queue(
        self, outgoing: Outgoing, recipients: Sequence[tuple[AccountId, DeviceId | None]]
    ) -> None:
        """Keep a message for good, with a row per recipient."""

    def requeue(self, envelope: EnvelopeId, account: AccountId, device: DeviceId) -> bool:
        """Let the message of an envelope be sealed again for one of its devices.

        False if the envelope was never sealed to it, or a later sealing for it exists already.
        """

    def due(self, now: UnixMillis) -> tuple[OutboxRow, ...]:
        """The waiting rows of the first message that has any due and whose files are uploaded.

        Receipts come after everything else.
        """

    def next_attempt_at(self) -> UnixMillis | None:
        """When the earliest waiting row is due, None without any."""

    def outgoing(self, row: int) -> Outgoing:
        """A message to be sealed."""

    def say_instead(self, row: int, contents: Sequence[object]) -> None:
        """Let a message that nobody has yet say this."""

    def postpone(self, rows: Sequence[int], problem: Problem, *, until: UnixMillis) -> None:
        """Try rows again later, showing why they wait."""

    def fail(self, rows: Sequence[int], problem: Problem) -> None:
        """Give rows up."""

    def waiting_to(self, account: AccountId) -> tuple[OutboxRow, ...]:
        """The rows of an account that are in no envelope yet."""

    def is_waiting(self, rows: Sequence[int]) -> bool:
        """Whether rows are still to be sealed: their letter may have been made a draft again meanwhile."""

    def hurry(self) -> None:
        """Make all waiting rows due, those of letters that wait for their moment at it."""

    def send_now(self, message: MessageId, at: UnixMillis) -> None:
        """Let a letter wait for its moment no longer: it is sent at this one."""

    def take_back(self, message: MessageId) -> bool:
        """Delete a message that is in no envelope, with its uploads; False if it is in one, or was never queued."""

    def letters(self, limit: int) -> tuple[QueuedLetter, ...]:
        """Letters that the relay does not have for everybody, in the order they will go."""

    def documents_of(self, blob: BlobId) -> tuple[MessageId, tuple[Upload, ...]] | None:
        """The letter a file belongs to, with all its files; None if it belongs to none."""

    def add_sealed(
        self,
        sealed: SealedRow,
        slots: Sequence[tuple[int, AccountId, DeviceId]],
        *,
        waiting: Sequence[tuple[AccountId, DeviceId, Problem, UnixMillis]] = (),
    ) -> None:
        """Keep a sealed envelope. `slots` names the outbox row each slot fulfils.

        A row that stood for all devices of an account becomes one row per device; `waiting` are devices of
        the same message that could not be sealed to yet.
        """

    def sealed(self, envelope: EnvelopeId) -> SealedRow | None:
        """A sealed envelope."""

    def envelopes_of(self, message: MessageId) -> tuple[SealedRow, ...]:
        """All sealings of a message."""

    def slot_accounts(self, envelope: EnvelopeId) -> tuple[tuple[AccountId, DeviceId], ...]:
        """The devices an envelope was sealed to."""

    def accepted(self, envelope: EnvelopeId, *, proof: str, log_index: int, at: UnixMillis) -> None:
        """The relay has an envelope: its rows climb, its bytes are no longer needed."""

    def withdraw(
        self, envelope: EnvelopeId, problem: Problem | None, *, until: UnixMillis | None = None
    ) -> None:
        """Undo a sealing that the relay refused; its rows fail with the problem.

        Without a problem they wait again; with a moment they wait until then, showing the problem.
        """

    def count_attempt(self, envelope: EnvelopeId) -> None:
        """Count that an envelope has to be tried once more."""

    def attempts(self, envelope: EnvelopeId) -> int:
        """How often the rows of an envelope were tried in vain."""

    def expired(self, envelope: EnvelopeId, devices: Sequence[DeviceId], at: UnixMillis) -> None:
        """The relay ended an envelope's life before some devices fetched it."""

    def readdress(self, envelope: EnvelopeId, device: DeviceId) -> None:
        """A device is no more and did not fetch an envelope: its message goes to the devices that its account has now."""

    def last_statement(self) -> StatementRow | None:
        """The end of the own chain, withdrawn statements left out."""

    def add_statement(
        self,
        sequence: int,
        *,
        encoded_statement: bytes,
        encoded_signature: bytes,
        envelope: EnvelopeId | None,
        encoded_key_event: bytes | None,
    ) -> None:
        """Keep the next statement of the chain."""

    def first_pending(self) -> StatementRow | None:
        """The statement the relay must be given next."""

    def statement_logged(self, row: int, *, proof: str | None) -> None:
        """A statement stands in the log."""

    def withdraw_statement(self, row: int) -> None:
        """Undo the last statement, which the relay refused for good: its number is used again."""

    def pending(self) -> tuple[StatementRow, ...]:
        """All that are signed and not in the log, in order."""

    def has_pending_key_event(self) -> bool:
        """Whether one of these is about a key event."""

    def key_event_statements(self) -> frozenset[bytes]:
        """Every statement of this device about a key event, as it was encoded."""

    def statement(self, sequence: int) -> StatementRow | None:
        """The statement in force with this number."""

    def statements(self, *, after: int = -1, limit: int = 500) -> tuple[StatementRow, ...]:
        """The own chain in order, above a number, withdrawn statements left out."""

    def add_upload(self, upload: Upload, message: MessageId) -> None:
        """Keep a file that the relay must be given before a message of ours is posted."""

    def next_upload(self, now: UnixMillis) -> Upload | None:
        """The first file of a message with due rows that the relay does not have, None without any."""

    def waiting_for(self, blob: BlobId) -> tuple[OutboxRow, ...]:
        """The waiting rows of the message a file belongs to."""

    def uploads(self, blobs: Sequence[BlobId]) -> tuple[Upload, ...]:
        """How far uploads are, in the order asked."""

    def upload_completed(self, blob: BlobId, *, is_complete: bool = True) -> None:
        """The relay has a file, or has lost it."""

    def add_receipt_due(self, account: AccountId, encoded_receipt: bytes) -> None:
        """Keep a receipt to be sent; receipts for one account travel together."""

    def take_receipts_due(self, limit: int) -> tuple[AccountId, tuple[bytes, ...]] | None:
        """Remove and return the oldest receipts for one account, None without any."""

    def add_history(self, device: DeviceId, since: UnixMillis) -> int:
        """Let the letters since a moment go to another computer of the owner, newest first; how many."""

    def next_history(self, limit: int) -> tuple[DeviceId, tuple[MessageId, ...]] | None:
        """The next letters that have to go to another computer, None without any."""

    def history_queued(self, device: DeviceId, messages: Sequence[MessageId]) -> None:
        """These letters are in the outbox for it, or cannot go."""

    def history_left(self) -> int:
        """How many letters still have to be queued for other computers."""

    def is_history_waiting(self) -> bool:
        """Whether a part with such letters is queued and not accepted yet."""

    def stop_history(self, device: DeviceId | None = None) -> None:
        """Let no more letters of the past go to a computer, or to any."""

    def prune(self, before: UnixMillis) -> None:
        """Forget sent receipts and requests that nobody can ask to have sealed again."""


class Store(Protocol):
    """Everything in the vault, inside one transaction."""

    @property
    def identity(self) -> IdentityStore:
        """The owner and single values."""

    @property
    def trust(self) -> TrustStore:
        """What was verified about others."""

    @property
    def prekeys(self) -> PrekeyStore:
        """Private prekeys."""

    @property
    def contacts(self) -> ContactStore:
        """Correspondents."""

    @property
    def messages(self) -> MessageStore:
        """Letters."""

    @property
    def search(self) -> SearchStore:
        """The words of letters and documents."""

    @property
    def decisions(self) -> DecisionStore:
        """What patients have decided."""

    @property
    def imported(self) -> ImportedStore:
        """Letters of other mail programs."""

    @property
    def organising(self) -> OrganisingStore:
        """What the owner does with letters."""

    @property
    def patients(self) -> PatientStore:
        """Patients."""

    @property
    def marks(self) -> MarkStore:
        """What the owner's computers tell each other of letters."""

    @property
    def drafts(self) -> DraftStore:
        """What is not sent yet."""

    @property
    def absences(self) -> AbsenceStore:
        """Who is away."""

    @property
    def folders(self) -> FolderStore:
        """What went through the folders of practice software."""

    @property
    def inbox(self) -> InboxStore:
        """What arrived."""

    @property
    def outbox(self) -> OutboxStore:
        """What is to be sent."""

    @property
    def erasures(self) -> ErasureStore:
        """What is erased for good."""

    @property
    def journal(self) -> JournalStore:
        """What was done."""


class Vault(Protocol):
    """An open store."""

    async def run(self, work: Callable[[Store], T]) -> T:
        """Execute `work` in one transaction on the store's thread; it commits when `work` returns.

        Raises what `work` raises, after rolling back, and VaultError. The commit is on the disk when this
        returns. A cancelled caller does not stop a transaction that has begun.
        """

    async def read(self, work: Callable[[Store], T]) -> T:
        """Execute `work`, which only reads, beside what `run` does: it sees what was committed and delays nobody.

        Raises as `run` does.
        """

    async def close(self) -> None:
        """Finish what was begun and close the store."""


class Profile(Protocol):
    """A profile directory: at most one account, locked by a passphrase. One engine at a time opens it."""

    def state(self) -> ProfileState:
        """What is there, without opening it."""

    def alone(self) -> AbstractContextManager[bool]:
        """Keep other engines out for a moment; false within it if one has the profile already."""

    def is_bound_to_os(self) -> bool:
        """Whether the vault also needs a secret of the operating system."""

    async def create(self, passphrase: str) -> Vault:
        """Make an empty store for an account that is being registered; it does not count until `confirm`.

        Raises VaultError, and VaultKeyError when there is no memory for the passphrase.
        """

    async def resume(self, passphrase: str) -> Vault | None:
        """Open the store of an unfinished registration; None if there is none that this passphrase opens."""

    async def confirm(self) -> None:
        """The account exists: from now on the profile is this account's."""

    async def discard(self) -> None:
        """Remove an unfinished registration without a trace. The store must be closed."""

    async def open(self, passphrase: str) -> Vault:
        """Open the account's store.

        Raises WrongPassphraseError, VaultError (TooManyTriesError too soon after a wrong passphrase), and
        VaultKeyError when there is no memory.
        """

    def refused(self) -> int:
        """How many wrong passphrases there were before the one that opened it, until they are forgotten."""

    def forget_refused(self) -> None:
        """They are in the journal."""

    def wait_seconds(self) -> int:
        """How long the next passphrase has to wait after wrong ones; 0 if it need not."""

    async def rewrap(self, passphrase: str) -> None:
        """Have another passphrase open the open store, from one moment to the next.

        Whenever this process ends, exactly one of the two passphrases opens it. Afterwards
        `is_confirmation_due` until `confirm_passphrase`. Raises VaultError, and VaultKeyError when there is
        no memory.
        """

    async def is_passphrase(self, passphrase: str) -> bool:
        """Whether a passphrase opens the open store; a wrong one counts as at `open`. Raises VaultError."""

    async def rekey(self, passphrase: str, kit_public_keys: Sequence[bytes]) -> Vault:
        """Write the open store anew under a fresh key, wrapped for this passphrase and these kits, and open it.

        Afterwards nothing opens a page, a log or a header of before, the system's secret of then included.
        Whenever this process ends, the profile opens with the passphrase, as it was or under the fresh key, and an
        erasure is past `GONE` exactly in the latter case. The vault that was open is closed; if this fails, another
        one is `current`. Raises VaultError, WrongPassphraseError, and VaultKeyError when there is no memory.
        """

    def current(self) -> Vault | None:
        """The open store."""

    def destroy_backup(self, path: Path, account: AccountId) -> bool:
        """Overwrite the beginning of a backup of this account, where its keys are, and remove it.

        True if it is gone, or nothing of this account lies there; False while its disk is not there, or does not let
        it be removed.
        """

    def backups_in(self, folder: Path) -> tuple[Path, ...]:
        """The backups of the open vault in a folder; none if it is not there."""

    async def seal_to_kits(self, public_keys: Sequence[bytes]) -> None:
        """Have the recovery kits of these public keys open the store, and no other kit any more.

        Raises VaultError, and KeyStateError when one is no such key.
        """

    async def open_with_kit(self, code: bytes, passphrase: str) -> Vault:
        """Open the store by the kit's code, and bind it to `passphrase` and this system's secret store.

        The code alone opens it: nothing here can tell whether the passphrase is the account's. Whenever
        this process ends, the kit opens the store again. Raises KitMissingError, KitOtherError and as
        `open` does.
        """

    def may_hold_backups(self, folder: Path) -> bool:
        """Whether a folder exists and is not inside the profile."""

    def is_on_same_disk(self, folder: Path) -> bool:
        """Whether a folder is on the disk that the profile is on."""

    async def back_up(
        self,
        folder: Path,
        *,
        account: AccountId,
        kit_public_keys: tuple[bytes, ...],
        at: UnixMillis,
        report: Callable[[int, int], None],
        is_cancelled: Callable[[], bool],
    ) -> tuple[Path, int]:
        """Write a backup of the open store and its files; return where it is and its size in bytes.

        `report` is told what is done of how much, from another thread. Older ones are let go (seven days, four
        weeks). Raises VaultError, OSError; then nothing of it remains, and the older ones do.
        """

    async def adopt(self, passphrase: str, backup: Path, kit: Kit) -> Vault:
        """Put a backup in the place of an empty store; it does not count until `confirm`.

        Raises BackupUnreadableError, VaultError, VaultKeyError.
        """

    def rehearse_backup(self, folder: Path, account: AccountId, kit: Kit) -> UnixMillis | None:
        """Open the newest backup of a folder as far as its first chunk; return when it was made, None without any.

        Raises BackupUnreadableError when the kit does not open it, OSError when the folder cannot be read.
        """

    def backup_made_at(self, backup: Path) -> UnixMillis:
        """When a backup says it was made. Raises BackupUnreadableError."""

    async def is_confirmation_due(self) -> bool:
        """Whether the passphrase of the open store was changed and the relay may not know it yet."""

    async def confirm_passphrase(self) -> None:
        """The relay knows the passphrase that opens the store."""
