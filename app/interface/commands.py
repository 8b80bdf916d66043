# SPDX-License-Identifier: AGPL-3.0-or-later
"""What window and command line can ask of the engine; each command names the type of its answer.

A command that fails raises `app.interface.failures.CommandError`. Commands other than Register, JoinLink,
CancelLink, Unlock, UnlockWithKit, BeginRestore, FinishRestore, CancelRestore, JoinShares, ShowStatus and Lock
need an unlocked profile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from app.interface import (
    absence,
    codes,
    documents,
    erasing,
    folders,
    importing,
    journal,
    organising,
    patients,
    people,
    rights,
    searching,
    writing,
)
from app.interface.command import Command
from app.interface.rights import Emergency
from app.interface.snapshots import (
    PAGE_LIMIT,
    AddedContact,
    AlarmDetail,
    AlarmKind,
    Alarms,
    AuditReport,
    BackupFolder,
    BackupMade,
    CardText,
    Comparison,
    ConnectionDetails,
    ContactDetails,
    Contacts,
    ConversationPage,
    ConversationRow,
    Devices,
    DirectoryAnswer,
    Done,
    FactorList,
    FactorView,
    HistoryChoice,
    KitSheet,
    KitText,
    LinkJoined,
    LinkShown,
    LinkWords,
    MessagePage,
    MessageView,
    NameText,
    NewTotp,
    PathText,
    Place,
    PrintedPages,
    Queued,
    Receipts,
    RecoveryCodes,
    Registered,
    Rehearsal,
    RestoreOffer,
    SavedFile,
    SessionList,
    Shares,
    ShareText,
    SignedIn,
    Status,
    SubjectText,
    SyncReport,
    VerificationWords,
)
from crypto_core.wire.codec import Range, Size
from crypto_core.wire.content import RefusalReason
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import (
    AccountId,
    ConversationId,
    DeviceId,
    FactorId,
    MessageId,
    PatientId,
    UnixMillis,
)
from crypto_core.wire.journal import LockCause
from crypto_core.wire.limits import MAX_ATTACHMENTS, MAX_DEVICES, MAX_SLOTS, MAX_TEXT_BYTES
from crypto_core.wire.words import WordLanguage

Limit = Annotated[int, Range(1, PAGE_LIMIT)]
Passphrase = Annotated[str, Size(1, 1024)]
FactorName = Annotated[str, Size.up_to(127)]
Pin = Annotated[str, Size.up_to(255)]
"""Of a security key; empty if it was not asked for."""
KitCode = Annotated[str, Size(1, 1024)]
"""What somebody typed of a recovery kit's 14 groups, or the text of its QR picture (`uhs:kit/…`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowStatus(Command[Status]):
    """State of profile and connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Command[Registered]):
    """Create an account with this computer as its first device. Nothing half-made remains on failure."""

    enrolment: Annotated[str, Size(1, 16_384)]
    invitation: Annotated[str, Size(1, 128)] = field(repr=False)
    name: Annotated[str, Size(1, 200)]
    profession: Annotated[str, Size(1, 200)]
    place: NameText
    is_listed: bool
    """Whether name, profession and place appear in the relay's directory: only if the owner asks for it."""
    passphrase: Passphrase = field(repr=False)
    """Refused with PASSPHRASE_WEAK below the CNIL's 80 bits (2022-100)."""
    rpps: Annotated[str, Size.up_to(11)] = ""
    """Number in the national register, for the directory; empty for who has none or does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock(Command[Status]):
    """Open the vault; takes a second or so. Sending and receiving start by themselves afterwards."""

    passphrase: Passphrase = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Command[SignedIn]):
    """Open a session at the relay with passphrase and a second factor: six digits, or a recovery code."""

    passphrase: Passphrase = field(repr=False)
    code: Annotated[str, Size(1, 64)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInWithSecurityKey(Command[SignedIn]):
    """Open a session at the relay with passphrase and security key; TouchAwaited says when to touch it."""

    passphrase: Passphrase = field(repr=False)
    pin: Pin = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpSecurityKey(Command[Done]):
    """Nobody wants to touch the key any more: what waits for it fails with SECURITY_KEY_UNTOUCHED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSecondFactors(Command[Registered]):
    """What of Register's answer nobody has taken over yet: the telephone's secret, the recovery codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRecoveryCodes(Command[Done]):
    """The recovery codes are on paper; they are forgotten here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFactors(Command[FactorList]):
    """What this account can be signed in with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginTotp(Command[NewTotp]):
    """Draw the secret for another telephone. It waits for ConfirmTotp; another BeginTotp takes its place."""

    name: FactorName


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmTotp(Command[FactorView]):
    """Take the telephone that shows this code. Needs factors shown just now, as all commands down to ChangePassphrase."""

    code: Annotated[str, Size(1, 64)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSecurityKey(Command[FactorView]):
    """Take a security key; TouchAwaited says when to touch it."""

    name: FactorName
    pin: Pin = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFactor(Command[Done]):
    """Take a telephone or a security key away; the last one stays."""

    factor: FactorId


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewRecoveryCodes(Command[RecoveryCodes]):
    """Put ten new recovery codes in the place of all old ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassphrase(Command[Done]):
    """Put another passphrase in the place of the one that unlocks and signs in. Needs the relay.

    Refused with PASSPHRASE_WEAK as Register is. From now on only the new one unlocks, and the next sign-in takes it.
    """

    passphrase: Passphrase = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowKit(Command[KitSheet]):
    """The recovery kit that nobody has confirmed yet. Fails with KIT_GONE once it is on paper, or never was here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintKit(Command[PrintedPages]):
    """The same as one page of A4, to be printed; no file of it is made here."""

    language: WordLanguage


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmKit(Command[Done]):
    """The kit is on paper: `group` is what stands there as its group number `asked_group`.

    The code is then erased here for good, and no one can show it again; only the public key stays.
    """

    group: Annotated[str, Size(1, 64)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateKit(Command[KitSheet]):
    """Make a new kit because the old one is lost. Needs factors shown just now.

    It counts a week later, unless the old one calls it off (VetoKit); until then the old one, should it be found,
    still restores. Until ConfirmKit the same sheet can be shown again. Broken off, the same command takes up where
    it was. Fails with KIT_PENDING while the kit before is not on paper, or does not count yet.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoKit(Command[Done]):
    """Call off, with the old kit, a new one that somebody has announced.

    Where there is no profile any more, FinishRestore does so too: what the kit's root certifies outranks it.
    """

    kit: KitCode = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeWithKit(Command[Done]):
    """Remove a stolen computer and all it could do: a new identity key, which the kit certifies.

    Other computers of the owner, if there are any beside this one and the stolen one, are to be linked again.
    Needs factors shown just now.
    """

    device: DeviceId
    kit: KitCode = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginRestore(Command[RestoreOffer]):
    """New computer, with an empty profile: open with kit and passphrase what the relay keeps of an account.

    Changes nothing yet. What it opened is good for ten minutes; then FinishRestore fails with RESTORE_ENDED.
    """

    enrolment: Annotated[str, Size(1, 16_384)]
    """Which relay."""
    kit: KitCode = field(repr=False)
    account: AccountId | None
    """Whose kit, as its page says: needed with a typed code of a second or later kit; the picture says so itself."""
    passphrase: Passphrase = field(repr=False)
    """The account's; it will unlock here too."""
    backup: Annotated[str, Size.up_to(4096)] = ""
    """A backup file whose letters and documents come back as well; empty without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishRestore(Command[Registered]):
    """Make this the account's computer: new keys, a new telephone, new recovery codes; all old ones are void.

    The profile is unlocked afterwards, and SignIn with the new telephone's code is next. Broken off, BeginRestore
    and FinishRestore go on where it was.
    """

    keep: Annotated[tuple[DeviceId, ...], Size.up_to(MAX_DEVICES)] = ()
    """Computers of the offer that the owner has at hand and goes on with; their identity key is void.

    They read and write on, and publish no list of computers until they are removed and linked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRestore(Command[Done]):
    """Forget what BeginRestore opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockWithKit(Command[Status]):
    """Open the vault where the passphrase alone does not: the system's secret store was wiped, or is another's.

    The vault is then bound to this system's store, and to the passphrase that is given: the account's.
    """

    kit: KitCode = field(repr=False)
    passphrase: Passphrase = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearseKit(Command[Rehearsal]):
    """Try the kit as on the day it is needed: it opens a sealed sample and the newest backup's head."""

    kit: KitCode = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitKit(Command[Shares]):
    """Split the kit's code among people, some of whom together give it back. The kit itself stays good."""

    kit: KitCode = field(repr=False)
    threshold: Annotated[int, Range(2, 16)]
    count: Annotated[int, Range(2, 16)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintShares(Command[PrintedPages]):
    """Shares as pages of A4, one for each person."""

    shares: Annotated[tuple[ShareText, ...], Size(2, 16)] = field(repr=False)
    threshold: Annotated[int, Range(2, 16)]
    language: WordLanguage


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinShares(Command[KitText]):
    """The code that shares give back together, for BeginRestore."""

    shares: Annotated[tuple[ShareText, ...], Size(1, 16)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseBackupFolder(Command[BackupFolder]):
    """Keep a daily backup in a folder, best on another disk; empty makes no more, and leaves those there are.

    Refused with BACKUP_FOLDER_INVALID inside the profile.
    """

    folder: Annotated[str, Size.up_to(4096)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackUp(Command[BackupMade]):
    """Make a backup now. Progress events carry this request's number."""

    folder: Annotated[str, Size.up_to(4096)] = ""
    """Another one than the chosen; empty for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBackup(Command[Done]):
    """Stop the backup that is being made; the older ones stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDevices(Command[Devices]):
    """The owner's computers, as far as this one knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameDevice(Command[Done]):
    """Call one of the owner's computers something; an empty name forgets it. Known on this computer only."""

    device: DeviceId
    name: NameText


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeDevice(Command[Done]):
    """Remove another computer from the account: its sessions end, and nothing is sealed to it any more.

    Needs factors shown just now. What it holds stays there: only who has its passphrase reads that.
    """

    device: DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginLink(Command[LinkShown]):
    """Old computer: let one new computer answer within ten minutes. Needs factors shown just now.

    LinkOffered comes when one has answered; nothing is granted before ConfirmLink. A new BeginLink ends the old.
    """

    language: WordLanguage


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmLink(Command[Done]):
    """Old computer: the three words are the same on both screens. Needs factors shown just now.

    Answers when the new computer is one of the account's and has what it needs; letters of the past follow by
    themselves (HistoryProgress). `words` are those that were compared, as LinkOffered told them.
    """

    words: LinkWords
    history: HistoryChoice
    months: Annotated[int, Range(1, 1200)] = 12
    """How many with RECENT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelLink(Command[Done]):
    """End a link that is not confirmed, on either computer; without one it does nothing.

    New computer: nothing of it remains. Once confirmed, only RevokeDevice undoes it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinLink(Command[LinkJoined]):
    """New computer, with an empty profile: answer a picture or twelve words, and wait for the old computer.

    The answer comes at once with the three words to compare; LinkEnded says how it went. After DONE the profile
    is unlocked, and SignIn with the account's passphrase and second factor is next.
    """

    text: Annotated[str, Size(1, 16_384)] = field(repr=False)
    """The picture's text (`uhs:link/…`), or twelve words in French or English."""
    enrolment: Annotated[str, Size.up_to(16_384)]
    """With words: which relay; empty with a picture, which says so itself."""
    passphrase: Passphrase = field(repr=False)
    """The account's, which will unlock here too."""
    name: NameText
    """What this computer is called here."""
    language: WordLanguage
    """Of the three words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopHistory(Command[Done]):
    """Send no more letters of the past to the owner's other computer; what has arrived there stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSessions(Command[SessionList]):
    """Where this account is signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessions(Command[Done]):
    """Sign out everywhere, here too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(Command[Done]):
    """End the engine process, and every key with it."""

    cause: LockCause = LockCause.PERSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Synchronise(Command[SyncReport]):
    """Send and receive until nothing is left to do; for the command line. Fails when the relay cannot be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowConnection(Command[ConnectionDetails]):
    """Facts about the connection and the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDirectory(Command[DirectoryAnswer]):
    """Ask the relay's directory; an empty query lists its beginning."""

    query: NameText


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContacts(Command[Contacts]):
    """All correspondents and open requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContact(Command[Done]):
    """Queue a contact request, with a short note."""

    account: AccountId
    note: SubjectText


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptContact(Command[Done]):
    """Accept a request; the correspondent is told."""

    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineContact(Command[Done]):
    """Decline a request; the correspondent is not told."""

    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowContact(Command[ContactDetails]):
    """All that is known of who a person is; asks the relay who stands up for them, if it can be reached."""

    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeKeyChange(Command[Done]):
    """The owner has looked at a person's unexpected change: letters that wait for it go out."""

    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowVerificationWords(Command[VerificationWords]):
    """The twelve words that the owner and a person compare, in one language."""

    account: AccountId
    language: WordLanguage


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmVerified(Command[Done]):
    """The words were the same, or the card was theirs; NEVER takes it back. A change of keys stays to be looked at."""

    account: AccountId
    how: Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCard(Command[CardText]):
    """The owner's contact card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddByCard(Command[AddedContact]):
    """Ask the person of a contact card to be a contact; note, if it was so, that the card was theirs (BY_CARD).

    `is_from_person` says that it came from their own screen or paper; else it is an address and nothing more.
    """

    text: Annotated[str, Size(1, 4096)]
    note: SubjectText
    is_from_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouch(Command[Done]):
    """Say publicly, by name and in the log, that the owner knows whose account this is. Only once compared."""

    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawVouch(Command[Done]):
    """Take back what Vouch said."""

    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListConversations(Command[ConversationPage]):
    """A page of the mail list, newest first; `before` is the last conversation of the page above.

    `after` asks for the rows just above a conversation instead, in the same order, and `more` of the
    answer then says whether newer ones exist. At most one of the two is given.
    """

    place: Place
    before: ConversationId | None
    limit: Limit
    after: ConversationId | None = None
    patient: PatientId | None = None
    """Only what is filed under them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowConversation(Command[ConversationRow]):
    """One line of the mail list, wherever it stands. Fails with UNKNOWN_CONVERSATION."""

    conversation: ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadConversation(Command[MessagePage]):
    """The newest messages of a conversation, or those before `before`; oldest first within the page."""

    conversation: ConversationId
    before: MessageId | None
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowMessage(Command[MessageView]):
    """One message."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRead(Command[Done]):
    """The message was open for two seconds, printed or saved: its sender gets a signed read receipt."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseMessage(Command[Done]):
    """Send the message's sender a signed refusal."""

    message: MessageId
    reason: RefusalReason
    comment: SubjectText


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLetter(Command[Queued]):
    """Store a letter with its documents for good and queue it. Progress events carry this request's number."""

    to: Annotated[tuple[AccountId, ...], Size(1, MAX_SLOTS)]
    subject: SubjectText
    text: Annotated[str, Size.up_to(MAX_TEXT_BYTES)] = field(repr=False)
    attachments: Annotated[tuple[PathText, ...], Size.up_to(MAX_ATTACHMENTS)]
    urgency: Urgency
    in_reply_to: MessageId | None
    accepts_unverified: bool = False
    """Send it to people of whom nobody has said who they are; without it UNVERIFIED_RECIPIENT names them.

    Chosen once, it is not asked again for the same people.
    """
    patient: PatientId | None = None
    """Whom it is about."""
    send_at: UnixMillis | None = None
    """Not before this moment."""
    is_answer_wanted: bool = False
    emergency: Emergency = field(repr=False, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAttachment(Command[SavedFile]):
    """Write a document into a directory under its own name, made safe and unique. Never overwrites."""

    message: MessageId
    index: Annotated[int, Range(0, MAX_ATTACHMENTS - 1)]
    directory: PathText


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowReceipts(Command[Receipts]):
    """The evidence about one message."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyAudit(Command[AuditReport]):
    """Verify again all receipts, this device's own chain, and the log's consistency with everything seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAlarms(Command[Alarms]):
    """What a person had to be told. What nobody has acknowledged is told again, as events, at each unlock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeAlarm(Command[Done]):
    """Somebody has read an alarm; it stays, with its evidence."""

    kind: AlarmKind
    detail: AlarmDetail


COMMANDS: Final[dict[type, type]] = {
    ShowStatus: Status,
    Register: Registered,
    Unlock: Status,
    SignIn: SignedIn,
    SignInWithSecurityKey: SignedIn,
    GiveUpSecurityKey: Done,
    ShowSecondFactors: Registered,
    ConfirmRecoveryCodes: Done,
    ListFactors: FactorList,
    BeginTotp: NewTotp,
    ConfirmTotp: FactorView,
    AddSecurityKey: FactorView,
    RemoveFactor: Done,
    RenewRecoveryCodes: RecoveryCodes,
    ChangePassphrase: Done,
    ShowKit: KitSheet,
    PrintKit: PrintedPages,
    ConfirmKit: Done,
    CreateKit: KitSheet,
    VetoKit: Done,
    RevokeWithKit: Done,
    BeginRestore: RestoreOffer,
    FinishRestore: Registered,
    CancelRestore: Done,
    UnlockWithKit: Status,
    RehearseKit: Rehearsal,
    SplitKit: Shares,
    PrintShares: PrintedPages,
    JoinShares: KitText,
    ChooseBackupFolder: BackupFolder,
    BackUp: BackupMade,
    CancelBackup: Done,
    ListDevices: Devices,
    RenameDevice: Done,
    RevokeDevice: Done,
    BeginLink: LinkShown,
    ConfirmLink: Done,
    CancelLink: Done,
    JoinLink: LinkJoined,
    StopHistory: Done,
    ListSessions: SessionList,
    EndSessions: Done,
    Lock: Done,
    Synchronise: SyncReport,
    ShowConnection: ConnectionDetails,
    SearchDirectory: DirectoryAnswer,
    ListContacts: Contacts,
    RequestContact: Done,
    AcceptContact: Done,
    DeclineContact: Done,
    ShowContact: ContactDetails,
    AcknowledgeKeyChange: Done,
    ShowVerificationWords: VerificationWords,
    ConfirmVerified: Done,
    ShowCard: CardText,
    AddByCard: AddedContact,
    Vouch: Done,
    WithdrawVouch: Done,
    ListConversations: ConversationPage,
    ShowConversation: ConversationRow,
    ReadConversation: MessagePage,
    ShowMessage: MessageView,
    MarkRead: Done,
    RefuseMessage: Done,
    SendLetter: Queued,
    SaveAttachment: SavedFile,
    ShowReceipts: Receipts,
    VerifyAudit: AuditReport,
    ListAlarms: Alarms,
    AcknowledgeAlarm: Done,
    **absence.COMMANDS,
    **codes.COMMANDS,
    **documents.COMMANDS,
    **erasing.COMMANDS,
    **folders.COMMANDS,
    **importing.COMMANDS,
    **journal.COMMANDS,
    **organising.COMMANDS,
    **patients.COMMANDS,
    **people.COMMANDS,
    **rights.COMMANDS,
    **searching.COMMANDS,
    **writing.COMMANDS,
}
"""Every command and the type of its answer; a test keeps it equal to the classes above."""
