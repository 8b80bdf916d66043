# SPDX-License-Identifier: AGPL-3.0-or-later
"""An engine without processes, cryptography or network: implements EngineConnection over memory.

A `Practice` is the mailbox that survives a lock; a `ScriptedEngine` is one life of the engine over it.
What happens outside (a letter arrives, the relay is gone, a command hangs) is a method of the practice.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, overload

from app.interface.codes import ReadCode
from app.interface.commands import (
    AcceptContact,
    AcknowledgeAlarm,
    AddSecurityKey,
    BeginRestore,
    BeginTotp,
    CancelLink,
    CancelRestore,
    ChangePassphrase,
    ConfirmRecoveryCodes,
    ConfirmTotp,
    DeclineContact,
    EndSessions,
    FinishRestore,
    GiveUpSecurityKey,
    JoinLink,
    JoinShares,
    ListAlarms,
    ListContacts,
    ListConversations,
    ListFactors,
    ListSessions,
    Lock,
    MarkRead,
    ReadConversation,
    RefuseMessage,
    Register,
    RemoveFactor,
    RenewRecoveryCodes,
    RequestContact,
    SaveAttachment,
    SearchDirectory,
    ShowConnection,
    ShowConversation,
    ShowMessage,
    ShowReceipts,
    ShowSecondFactors,
    ShowStatus,
    SignIn,
    SignInWithSecurityKey,
    Synchronise,
    Unlock,
    UnlockWithKit,
    VerifyAudit,
    VetoKit,
)
from app.interface.connection import EngineGoneError, Incoming, Notice, Refusal, Reply
from app.interface.events import (
    Alarm,
    ContactsChanged,
    ConversationsChanged,
    Event,
    Progress,
    StatusChanged,
    TouchAwaited,
)
from app.interface.failures import CommandError, Failure
from app.interface.passphrases import strength_of
from app.interface.secret import Veiled
from app.interface.shown import short_address
from app.interface.snapshots import (
    AlarmKind,
    Alarms,
    AttachmentRow,
    AuditReport,
    ConnectionDetails,
    ConnectionState,
    ContactRow,
    Contacts,
    ContactState,
    ConversationPage,
    ConversationRow,
    DeliveryState,
    Direction,
    DirectoryAnswer,
    DirectoryRow,
    Done,
    FactorList,
    FactorView,
    KitState,
    MessagePage,
    MessageView,
    NewTotp,
    Place,
    Problem,
    ProfileState,
    ReceiptRow,
    Receipts,
    RecipientRow,
    RecoveryCodes,
    Registered,
    SavedFile,
    SessionList,
    SessionView,
    SignedIn,
    Status,
    SyncReport,
    Trust,
)
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import (
    AccountId,
    ConversationId,
    DeviceId,
    EnvelopeId,
    FactorId,
    Hash,
    MessageId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.sign_in import FactorKind
from tests.fakes.scripted_absence import ScriptedAbsence
from tests.fakes.scripted_documents import ScriptedDocuments
from tests.fakes.scripted_erasing import ScriptedErasing
from tests.fakes.scripted_folders import ScriptedFolders
from tests.fakes.scripted_import import ScriptedImport
from tests.fakes.scripted_journal import ScriptedJournal
from tests.fakes.scripted_owner import ScriptedOwner
from tests.fakes.scripted_people import ScriptedPeople
from tests.fakes.scripted_records import ScriptedRecords, is_waiting
from tests.fakes.scripted_rights import ScriptedRights
from tests.fakes.scripted_search import ScriptedIndex
from tests.fakes.scripted_writing import ScriptedWriting

if TYPE_CHECKING:
    from app.interface.command import Command
    from crypto_core.wire.content import RefusalReason

PASSPHRASE: Final = "cerise tunnel balcon orage ruban vallon piano"
NOW: Final = UnixMillis(1_795_352_520_000)
"""22 November 2026, 14:02 in Paris."""

TOTP_URI: Final = (
    "otpauth://totp/U-HealthSec:Claire%20Martin?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    "&issuer=U-HealthSec"
)
RECOVERY_CODES: Final = tuple(f"K4QM-TZ2A-XBWE-7{letter}NC" for letter in "ADGJMPSVYZ")
ONE_TIME_CODE: Final = "287082"
"""What the telephone shows; the same one for ever, unlike a real one."""

_MINUTE: Final = 60_000
_DAY: Final = 24 * 60 * _MINUTE


class ManyRows(Sequence[ConversationRow]):
    """A long inbox whose rows are made when they are looked at, newest first."""

    def __init__(self, count: int, newest_at: UnixMillis = NOW) -> None:
        self._count = count
        self._newest_at = newest_at

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> ConversationRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[ConversationRow]: ...
    def __getitem__(self, index: int | slice) -> ConversationRow | list[ConversationRow]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(self._count))]
        if not 0 <= index < self._count:
            raise IndexError(index)
        return ConversationRow(
            conversation=ConversationId(b"many" + index.to_bytes(12)),
            correspondents=(f"Correspondant {index}",),
            subject=f"Courrier {index}",
            snippet=f"Bonjour, voici le courrier numéro {index} de cette longue liste.",
            latest_at=UnixMillis(self._newest_at - (index + 1) * 20 * _MINUTE),
            latest_direction=Direction.RECEIVED,
            unread_count=0,
            document_count=index % 3,
            urgency=Urgency.NORMAL,
            delivery=None,
            problem=Problem.NONE,
        )

    def position_of(self, conversation: ConversationId) -> int | None:
        """Return where a conversation is, from its id alone."""
        if not conversation.startswith(b"many"):
            return None
        position = int.from_bytes(conversation[4:])
        return position if position < self._count else None


class Practice:
    """A mailbox in memory and the relay beyond it."""

    def __init__(
        self,
        *,
        profile: ProfileState = ProfileState.LOCKED,
        name: str = "Claire Martin",
        profession: str = "Ostéopathe, Valbonne",
        many: Sequence[ConversationRow] = (),
    ) -> None:
        self.lock = threading.RLock()
        self.profile = profile
        self.passphrase = PASSPHRASE
        self.name, self.profession = name, profession
        self.account = AccountId(sha256(b"me").digest()[:20])
        self.connection = ConnectionState.ONLINE
        self.since = UnixMillis(NOW - 75 * _MINUTE)
        self.now = NOW
        self.is_second_factor_taken = True
        self.are_codes_on_paper = True
        self.step_ups_wanted = 0
        """How many commands that change the door are refused until somebody signs in."""
        self.key_failure: Failure | None = None
        self.key_pin = ""
        """What the security key wants to be told first, if it does."""
        self.key_tries = 8
        self.new_totp = ""
        self.factors: list[FactorView] = [
            FactorView(
                factor=FactorId(b"the telephone 16"),
                kind=FactorKind.TOTP,
                name="",
                added_at=UnixMillis(NOW - 40 * _DAY),
                last_used_at=UnixMillis(NOW - 3 * 60 * _MINUTE),
            )
        ]
        """Whether a one-time code was accepted since the account was created."""
        self.recovery_codes = [code.replace("-", "") for code in RECOVERY_CODES]
        self.sessions = [
            SessionView(
                device=DeviceId(b"this computer 16"),
                signed_in_at=UnixMillis(NOW - 5 * _DAY),
                refreshed_at=UnixMillis(NOW - 9 * _MINUTE),
                is_current=True,
            )
        ]
        self.contacts: dict[AccountId, ContactRow] = {}
        self.directory: list[DirectoryRow] = []
        self.strangers: set[AccountId] = set()
        self.conversations: dict[ConversationId, list[MessageView]] = {}
        self.contents: dict[bytes, bytes] = {}
        self.asks_about_unverified = False
        """Whether the first letter to somebody of whom nobody has said who they are asks for a choice."""
        self.wait_seconds = 0
        """What a wrong passphrase makes the next one wait."""
        self.is_bound_to_os = False
        self.owner = ScriptedOwner(self)
        self.people = ScriptedPeople(self)
        self.absences = ScriptedAbsence(self)
        self.rights = ScriptedRights(self)
        self.folders = ScriptedFolders(self)
        self.records = ScriptedRecords(self)
        self.erasing = ScriptedErasing(self)
        self.writing = ScriptedWriting(self)
        self.documents = ScriptedDocuments(self)
        self.index = ScriptedIndex(self)
        self.journal = ScriptedJournal(self)
        self.importing = ScriptedImport(self)
        self.many = many
        self.commands: list[Command[Any]] = []
        self.engines: list[ScriptedEngine] = []
        self._held: set[type] = set()
        self._waiting: list[tuple[type, int, Callable[[], None]]] = []
        self._failures: dict[type, tuple[Failure, str]] = {}
        self._counts: Counter[str] = Counter()

    # For the window

    def connect(self) -> ScriptedEngine:
        """Start an engine over this mailbox."""
        with self.lock:
            if self.profile is ProfileState.UNLOCKED:
                self.profile = ProfileState.LOCKED
            engine = ScriptedEngine(self)
            self.engines.append(engine)
        return engine

    # For the script

    @property
    def engine(self) -> ScriptedEngine:
        """The engine of the moment."""
        return self.engines[-1]

    def asked(self, kind: type) -> list[Any]:
        """Return the commands of one kind so far."""
        with self.lock:
            return [command for command in self.commands if isinstance(command, kind)]

    def hold(self, kind: type) -> None:
        """Do not answer commands of a kind until `release`."""
        self._held.add(kind)

    def release(self) -> None:
        """Answer what was held, and hold nothing any more."""
        with self.lock:
            self._held.clear()
            waiting, self._waiting = self._waiting, []
        for _, _, answer in waiting:
            answer()

    def refuse_held(self, kind: type, failure: Failure) -> None:
        """Refuse what was held of a kind, as something that was cancelled."""
        with self.lock:
            held = [entry for entry in self._waiting if entry[0] is kind]
            self._waiting = [entry for entry in self._waiting if entry[0] is not kind]
        for _, request, _ in held:
            self.engine.say(Refusal(request=request, failure=failure, detail=""))

    def tell_progress(self, kind: type, done: int, total: int) -> None:
        """Say how far the held commands of a kind are."""
        with self.lock:
            requests = [request for held, request, _ in self._waiting if held is kind]
        for request in requests:
            self.engine.say(Notice(events=(Progress(request=request, done=done, total=total),)))

    def forget(self, view: MessageView) -> None:
        """Have never had a letter."""
        with self.lock:
            views = self.conversations[view.conversation]
            views[:] = [each for each in views if each.message != view.message]
            if not views:
                del self.conversations[view.conversation]
        self._tell_conversations([view.conversation])

    def fail_next(self, kind: type, failure: Failure, detail: str = "") -> None:
        """Refuse the next command of a kind."""
        self._failures[kind] = (failure, detail)

    def die(self) -> None:
        """End the engine without a word, as a crash does."""
        self.engine.end()

    def set_connection(self, state: ConnectionState, since: UnixMillis = NOW) -> None:
        """Change how things stand with the relay; what waits is sent when it is back."""
        with self.lock:
            self.connection, self.since = state, since
            changed = self._flush() if state is ConnectionState.ONLINE else []
        self.tell(StatusChanged(status=self.status()))
        self._tell_conversations(changed)

    def sound(self, kind: AlarmKind, detail: str = "") -> None:
        """Raise an alarm."""
        self.tell(Alarm(kind=kind, detail=detail))

    def add_contact(
        self,
        name: str,
        profession: str = "",
        place: str = "",
        *,
        state: ContactState = ContactState.ACCEPTED,
        note: str = "",
        since: UnixMillis = NOW,
        account: AccountId | None = None,
    ) -> AccountId:
        """Add a correspondent or a request."""
        account = account or AccountId(sha256(name.encode()).digest()[:20])
        with self.lock:
            self.contacts[account] = ContactRow(
                account=account,
                name=name,
                profession=profession,
                place=place,
                note=note,
                state=state,
                trust=Trust.SELF_DECLARED,
                since=since,
            )
            self._name_in_letters(account)
        self.tell(ContactsChanged())
        return account

    def add_stranger(self, name: str) -> AccountId:
        """Have somebody at the relay whom the owner does not know and the directory does not list."""
        account = AccountId(sha256(name.encode()).digest()[:20])
        self.strangers.add(account)
        return account

    def list_in_directory(self, name: str, profession: str, place: str) -> AccountId:
        """Publish someone in the relay's directory."""
        account = AccountId(sha256(name.encode()).digest()[:20])
        self.directory.append(
            DirectoryRow(
                account=account, name=name, profession=profession, place=place, contact=None
            )
        )
        return account

    def document(
        self, name: str, media_type: str, content: bytes | int, *, available: bool = True
    ) -> AttachmentRow:
        """Make a document from its content, or from its size alone when nobody will save it."""
        size = content if isinstance(content, int) else len(content)
        digest = Hash(sha256(name.encode() if isinstance(content, int) else content).digest())
        if not isinstance(content, int):
            self.contents[digest] = content
        return AttachmentRow(
            name=name, media_type=media_type, size=size, sha256=digest, available=available
        )

    def receive(
        self,
        sender: AccountId,
        subject: str,
        text: str,
        *,
        at: UnixMillis | None = None,
        attachments: Iterable[AttachmentRow] = (),
        urgency: Urgency = Urgency.NORMAL,
        is_read: bool = False,
        conversation: ConversationId | None = None,
        problem: Problem = Problem.NONE,
        others: Iterable[AccountId] = (),
        **more: Any,  # noqa: ANN401 - further fields of the letter
    ) -> MessageView:
        """Let a letter arrive; `others` have it too."""
        with self.lock:
            contact = self.contacts[sender]
            message = self._next_message()
            when = self.now if at is None else at
            view = MessageView(
                message=message,
                conversation=conversation or ConversationId(b"conv" + message[4:]),
                direction=Direction.RECEIVED,
                sender=sender,
                sender_name=contact.name,
                sender_profession=", ".join(
                    part for part in (contact.profession, contact.place) if part
                ),
                trust=contact.trust,
                subject=subject,
                text=text,
                sent_at=when,
                utc_offset=UtcOffsetMinutes(60),
                received_at=when,
                urgency=urgency,
                is_read=is_read,
                attachments=tuple(attachments),
                recipients=tuple(
                    self._recipient(other, DeliveryState.ACCEPTED, when, None, Problem.NONE)
                    for other in others
                ),
                problem=problem,
                **more,
            )
            self.records.take_out_of_archive(view.conversation)
            self._store(view)
        self._tell_conversations([view.conversation])
        return view

    def record_sent(
        self,
        recipients: Sequence[tuple[AccountId, DeliveryState]],
        subject: str,
        text: str,
        *,
        at: UnixMillis | None = None,
        attachments: Iterable[AttachmentRow] = (),
        urgency: Urgency = Urgency.NORMAL,
        conversation: ConversationId | None = None,
        reason: RefusalReason | None = None,
        problem: Problem = Problem.NONE,
    ) -> MessageView:
        """Have sent a letter before."""
        with self.lock:
            when = self.now if at is None else at
            message = self._next_message()
            view = MessageView(
                message=message,
                conversation=conversation or ConversationId(b"conv" + message[4:]),
                direction=Direction.SENT,
                sender=self.account,
                sender_name=self.name,
                sender_profession=self.profession,
                trust=Trust.SELF_DECLARED,
                subject=subject,
                text=text,
                sent_at=when,
                utc_offset=UtcOffsetMinutes(60),
                received_at=None,
                urgency=urgency,
                is_read=True,
                attachments=tuple(attachments),
                recipients=tuple(
                    self._recipient(account, state, when, reason, problem)
                    for account, state in recipients
                ),
                problem=problem,
            )
            self._store(view)
        self._tell_conversations([view.conversation])
        return view

    def advance(
        self,
        message: MessageId,
        account: AccountId,
        state: DeliveryState,
        *,
        reason: RefusalReason | None = None,
    ) -> None:
        """Let a receipt arrive."""
        with self.lock:
            view = self.find(message)
            rows = tuple(
                self._recipient(row.account, state, self.now, reason, Problem.NONE)
                if row.account == account
                else row
                for row in view.recipients
            )
            self._replace(replace(view, recipients=rows))
        self._tell_conversations([view.conversation])

    def change(self, view: MessageView, **changes: Any) -> None:  # noqa: ANN401 - as dataclasses.replace
        """Change any field of a letter."""
        with self.lock:
            self._replace(replace(view, **changes))
        self._tell_conversations([view.conversation])

    def find(self, message: MessageId) -> MessageView:
        """Return a letter. Raises CommandError."""
        for views in self.conversations.values():
            for view in views:
                if view.message == message:
                    return view
        raise CommandError(Failure.UNKNOWN_MESSAGE)

    def adopt(self, passphrase: str) -> None:
        """Have the account here from now on, with the passphrase that was given; a sign-in is next."""
        self.profile = ProfileState.UNLOCKED
        self.passphrase = passphrase
        self.connection = ConnectionState.SIGN_IN_NEEDED
        self.sessions = []
        self.tell(StatusChanged(status=self.status()))

    def say_always(self, *events: Event) -> None:
        """Send events to a window that has no account yet, too."""
        self.engine.say(Notice(events=events))

    def tell(self, *events: Event) -> None:
        """Send events to an unlocked window."""
        if self.engines and self.profile is ProfileState.UNLOCKED:
            self.engine.say(Notice(events=events))

    def status(self) -> Status:
        """Return how things stand."""
        with self.lock:
            is_open = self.profile is ProfileState.UNLOCKED
            views = [
                view
                for conversation, each in self.conversations.items()
                if not self.records.is_removed(conversation)
                for view in each
            ]
            return Status(
                profile=self.profile,
                account=self.account if is_open else None,
                name=self.name if is_open else "",
                profession=self.profession if is_open else "",
                connection=self.connection if is_open else ConnectionState.OFFLINE,
                since=self.since,
                last_synchronised_at=self.now if is_open else None,
                outbox_count=sum(is_waiting(view) for view in views) if is_open else 0,
                unread_count=sum(not view.is_read for view in views) if is_open else 0,
                os_secret_store=self.is_bound_to_os,
                wait_seconds=self.wait_seconds,
                safety=self.owner.safety if is_open else None,
                away_until=self.absences.away_until if is_open else None,
            )

    # What the engine does

    def answer(self, command: Command[Any], progress: Callable[[int, int], None]) -> object:
        """Carry out a command. Raises CommandError."""
        failure = self._failures.pop(type(command), None)
        if failure is not None:
            raise CommandError(*failure)
        always = (
            *(ShowStatus, Register, Unlock, UnlockWithKit, Lock, JoinLink, CancelLink),
            *(BeginRestore, FinishRestore, CancelRestore, VetoKit, JoinShares, ReadCode),
        )
        if self.profile is not ProfileState.UNLOCKED and not isinstance(command, always):
            raise CommandError(Failure.LOCKED)
        handlers: dict[type, Callable[[Any, Callable[[int, int], None]], object]] = {
            **self.owner.handlers(),
            **self.people.handlers(),
            **self.absences.handlers(),
            **self.rights.handlers(),
            **self.folders.handlers(),
            **self.records.handlers(),
            **self.erasing.handlers(),
            **self.writing.handlers(),
            **self.documents.handlers(),
            **self.index.handlers(),
            **self.journal.handlers(),
            **self.importing.handlers(),
            ShowStatus: lambda _c, _p: self.status(),
            Register: lambda c, _p: self._register(c),
            Unlock: lambda c, _p: self._unlock(c),
            UnlockWithKit: lambda c, _p: self._unlock_with_kit(c),
            SignIn: lambda c, _p: self._sign_in(c),
            ShowSecondFactors: lambda _c, _p: self.second_factors(),
            SignInWithSecurityKey: lambda c, _p: self._sign_in_with_key(c),
            GiveUpSecurityKey: lambda _c, _p: Done(),
            ConfirmRecoveryCodes: lambda _c, _p: self._confirm_codes(),
            ListFactors: lambda _c, _p: self._list_factors(),
            BeginTotp: lambda c, _p: self._begin_totp(c),
            ConfirmTotp: lambda c, _p: self._confirm_totp(c),
            AddSecurityKey: lambda c, _p: self._add_key(c),
            RemoveFactor: lambda c, _p: self._remove_factor(c),
            RenewRecoveryCodes: lambda _c, _p: self._renew_codes(),
            ChangePassphrase: lambda c, _p: self._change_passphrase(c),
            ListSessions: lambda _c, _p: self._list_sessions(),
            EndSessions: lambda _c, _p: self._end_sessions(),
            Lock: lambda _c, _p: Done(),
            Synchronise: lambda _c, _p: SyncReport(
                received=0, sent=0, still_waiting=0, unreadable=0
            ),
            ShowConnection: lambda _c, _p: self._details(),
            SearchDirectory: lambda c, _p: self._search(c),
            ListContacts: lambda _c, _p: Contacts(
                rows=tuple(sorted(self.contacts.values(), key=lambda row: row.name))
            ),
            RequestContact: lambda c, _p: self._request(c),
            AcceptContact: lambda c, _p: self._decide(c.account, ContactState.ACCEPTED),
            DeclineContact: lambda c, _p: self._decide(c.account, ContactState.DECLINED),
            ListConversations: lambda c, _p: self._list(c),
            ShowConversation: lambda c, _p: self._row_of(c.conversation),
            ReadConversation: lambda c, _p: self._read(c),
            ShowMessage: lambda c, _p: self.find(c.message),
            MarkRead: lambda c, _p: self._mark_read(c),
            RefuseMessage: lambda c, _p: self._refuse(c),
            SaveAttachment: self._save,
            ShowReceipts: lambda c, _p: self._receipts(c),
            ListAlarms: lambda _c, _p: Alarms(rows=()),
            AcknowledgeAlarm: lambda _c, _p: Done(),
            VerifyAudit: lambda _c, _p: AuditReport(
                origin="relay.example/log",
                log_size=94_112,
                own_statements=12,
                own_statements_logged=12,
                receipts_verified=7,
                checkpoints_verified=3,
                problems=(),
            ),
        }
        return handlers[type(command)](command, progress)

    def holds(self, command: Command[Any], request: int, answer: Callable[[], None]) -> bool:
        """Keep an answer back if its kind is held."""
        with self.lock:
            self.commands.append(command)
            if type(command) not in self._held:
                return False
            self._waiting.append((type(command), request, answer))
            return True

    def _register(self, command: Register) -> Registered:
        if self.profile is not ProfileState.EMPTY:
            raise CommandError(Failure.PROFILE_EXISTS)
        self.profile = ProfileState.UNLOCKED
        self.passphrase = command.passphrase
        self.name = command.name
        self.profession = command.profession
        self.connection = ConnectionState.SIGN_IN_NEEDED
        self.is_second_factor_taken = self.are_codes_on_paper = False
        self.owner.set_safety(kit=KitState.MISSING)
        self.sessions = []
        self.tell(StatusChanged(status=self.status()))
        return self.second_factors()

    def second_factors(self) -> Registered:
        """Return what belongs on the telephone and on paper. Raises CommandError."""
        if self.is_second_factor_taken and self.are_codes_on_paper:
            raise CommandError(Failure.SECOND_FACTORS_GONE)
        return Registered(
            account=self.account,
            os_secret_store=False,
            totp_uri="" if self.is_second_factor_taken else TOTP_URI,
            recovery_codes=() if self.are_codes_on_paper else RECOVERY_CODES,
        )

    def _confirm_codes(self) -> Done:
        self.are_codes_on_paper = True
        return Done()

    def _list_factors(self) -> FactorList:
        if self.connection is ConnectionState.SIGN_IN_NEEDED:
            raise CommandError(Failure.SIGN_IN_NEEDED, "over")
        return FactorList(
            rows=tuple(self.factors),
            recovery_codes_left=len(self.recovery_codes),
            are_codes_due=not self.are_codes_on_paper,
        )

    def _step_up(self) -> None:
        if self.step_ups_wanted:
            raise CommandError(Failure.STEP_UP_NEEDED)

    def _begin_totp(self, command: BeginTotp) -> NewTotp:
        self.new_totp = command.name
        return NewTotp(totp_uri=TOTP_URI)

    def _confirm_totp(self, command: ConfirmTotp) -> FactorView:
        self._step_up()
        if command.code != ONE_TIME_CODE:
            raise CommandError(Failure.SECOND_FACTOR_REFUSED)
        return self._add_factor(FactorKind.TOTP, self.new_totp)

    def _add_key(self, command: AddSecurityKey) -> FactorView:
        self._step_up()
        self._touch(command.pin)
        return self._add_factor(FactorKind.FIDO2, command.name)

    def _touch(self, pin: str) -> None:
        if self.key_failure is not None:
            raise CommandError(self.key_failure)
        if self.key_pin and not pin:
            raise CommandError(Failure.SECURITY_KEY_PIN_NEEDED)
        if pin != self.key_pin:
            self.key_tries -= 1
            raise CommandError(Failure.SECURITY_KEY_PIN_WRONG, str(self.key_tries))
        self.tell(TouchAwaited())

    def _add_factor(self, kind: FactorKind, name: str) -> FactorView:
        added = FactorView(
            factor=FactorId(f"factor {len(self.factors):9}".encode()),
            kind=kind,
            name=name,
            added_at=self.now,
            last_used_at=None,
        )
        self.factors.append(added)
        return added

    def _remove_factor(self, command: RemoveFactor) -> Done:
        self._step_up()
        self.factors = [row for row in self.factors if row.factor != command.factor]
        return Done()

    def _renew_codes(self) -> RecoveryCodes:
        self._step_up()
        self.recovery_codes = list(RECOVERY_CODES)
        self.are_codes_on_paper = False
        return RecoveryCodes(recovery_codes=RECOVERY_CODES)

    def _change_passphrase(self, command: ChangePassphrase) -> Done:
        self._step_up()
        if not strength_of(command.passphrase).is_enough:
            raise CommandError(Failure.PASSPHRASE_WEAK)
        self.passphrase = command.passphrase
        return Done()

    def _sign_in_with_key(self, command: SignInWithSecurityKey) -> SignedIn:
        if command.passphrase != self.passphrase:
            raise CommandError(Failure.WRONG_PASSPHRASE)
        self._touch(command.pin)
        return self._signed_in(None)

    def _sign_in(self, command: SignIn) -> SignedIn:
        if self.connection is ConnectionState.OFFLINE:
            raise CommandError(Failure.RELAY_UNREACHABLE)
        if command.passphrase != self.passphrase:
            raise CommandError(Failure.WRONG_PASSPHRASE)
        left: int | None = None
        if command.code == ONE_TIME_CODE:
            self.is_second_factor_taken = True
        elif command.code in self.recovery_codes:
            self.recovery_codes.remove(command.code)
            left = len(self.recovery_codes)
        else:
            raise CommandError(Failure.SECOND_FACTOR_REFUSED)
        return self._signed_in(left)

    def _signed_in(self, left: int | None) -> SignedIn:
        self.owner.is_fresh = True
        self.step_ups_wanted = 0
        self.sessions.append(
            SessionView(
                device=DeviceId(b"this computer 16"),
                signed_in_at=self.now,
                refreshed_at=self.now,
                is_current=True,
            )
        )
        self.set_connection(ConnectionState.ONLINE)
        return SignedIn(session_ends_at=UnixMillis(self.now + 30 * _DAY), recovery_codes_left=left)

    def _list_sessions(self) -> SessionList:
        if self.connection is ConnectionState.SIGN_IN_NEEDED:
            raise CommandError(Failure.SIGN_IN_NEEDED, "over")
        return SessionList(rows=tuple(self.sessions))

    def _end_sessions(self) -> Done:
        self.sessions.clear()
        self.set_connection(ConnectionState.SIGN_IN_NEEDED)
        return Done()

    def _unlock(self, command: Unlock) -> Status:
        if command.passphrase != self.passphrase:
            raise CommandError(
                Failure.WRONG_PASSPHRASE, str(self.wait_seconds) if self.wait_seconds else ""
            )
        self.wait_seconds = 0
        self.profile = ProfileState.UNLOCKED
        self.tell(StatusChanged(status=self.status()))
        return self.status()

    def _unlock_with_kit(self, command: UnlockWithKit) -> Status:
        if not strength_of(command.passphrase).is_enough:
            raise CommandError(Failure.PASSPHRASE_WEAK, "0")
        self.passphrase = command.passphrase
        return self._unlock(Unlock(passphrase=command.passphrase))

    def _details(self) -> ConnectionDetails:
        is_online = self.connection is ConnectionState.ONLINE
        return ConnectionDetails(
            relay_url="https://relay.example:8443",
            tls_version="TLS 1.3" if is_online else "",
            tls_cipher="AES-256-GCM" if is_online else "",
            tls_group="X25519MLKEM768" if is_online else "",
            is_post_quantum=is_online,
            log_origin="relay.example/log",
            log_size=94_112,
            log_root=Hash(sha256(b"root").digest()),
        )

    def _search(self, command: SearchDirectory) -> DirectoryAnswer:
        if self.connection is not ConnectionState.ONLINE:
            raise CommandError(Failure.RELAY_UNREACHABLE)
        wanted = command.query.casefold()
        rows = tuple(
            replace(row, contact=known.state if (known := self.contacts.get(row.account)) else None)
            for row in self.directory
            if wanted in f"{row.name} {row.profession} {row.place}".casefold()
        )
        return DirectoryAnswer(rows=rows[:50], more=len(rows) > 50)

    def _request(self, command: RequestContact) -> Done:
        if command.account == self.account:
            raise CommandError(Failure.OWN_ACCOUNT)
        found = [row for row in self.directory if row.account == command.account]
        if found:
            row = found[0]
            self.add_contact(row.name, row.profession, row.place, state=ContactState.REQUESTED)
        elif command.account in self.strangers:
            self.add_contact(
                short_address(command.account),
                state=ContactState.REQUESTED,
                account=command.account,
            )
        else:
            raise CommandError(Failure.UNKNOWN_ACCOUNT)
        return Done()

    def _name_in_letters(self, account: AccountId) -> None:
        """Letters show their recipients under the names that they have now."""
        contact = self.contacts[account]
        named = [
            view.conversation
            for views in self.conversations.values()
            for view in views
            if account in {row.account for row in view.recipients}
        ]
        self._tell_conversations(list(dict.fromkeys(named)))
        for views in self.conversations.values():
            views[:] = [
                replace(
                    view,
                    recipients=tuple(
                        replace(row, name=contact.name, profession=contact.profession)
                        if row.account == account
                        else row
                        for row in view.recipients
                    ),
                )
                for view in views
            ]

    def _decide(self, account: AccountId, state: ContactState) -> Done:
        if account not in self.contacts:
            raise CommandError(Failure.UNKNOWN_ACCOUNT)
        self.contacts[account] = replace(self.contacts[account], state=state, since=self.now)
        self.tell(ContactsChanged())
        return Done()

    def _list(self, command: ListConversations) -> ConversationPage:
        real = self.records.rows(command.place, command.patient)
        many = self.many if command.place is Place.INBOX else ()
        total = len(real) + len(many)

        def row_at(position: int) -> ConversationRow:
            return real[position] if position < len(real) else many[position - len(real)]

        def position_of(conversation: ConversationId) -> int:
            for position, row in enumerate(real):
                if row.conversation == conversation:
                    return position
            found = many.position_of(conversation) if isinstance(many, ManyRows) else None
            if found is None:
                raise CommandError(Failure.UNKNOWN_CONVERSATION)
            return len(real) + found

        if command.after is not None:
            end = position_of(command.after)
            start = max(0, end - command.limit)
            more = start > 0
        else:
            start = 0 if command.before is None else position_of(command.before) + 1
            end = min(total, start + command.limit)
            more = end < total
        return ConversationPage(
            rows=tuple(row_at(position) for position in range(start, end)), more=more, total=total
        )

    def _row_of(self, conversation: ConversationId) -> ConversationRow:
        for row in self.records.rows(Place.ALL, None):
            if row.conversation == conversation:
                return row
        raise CommandError(Failure.UNKNOWN_CONVERSATION)

    def _read(self, command: ReadConversation) -> MessagePage:
        views = self.conversations.get(command.conversation)
        if views is None:
            found = (
                self.many.position_of(command.conversation)
                if isinstance(self.many, ManyRows)
                else None
            )
            if found is None:
                raise CommandError(Failure.UNKNOWN_CONVERSATION)
            views = [_letter_of(self.many[found])]
        start = max(0, len(views) - command.limit)
        return MessagePage(messages=tuple(views[start:]), more=start > 0)

    def _mark_read(self, command: MarkRead) -> Done:
        view = self.find(command.message)
        self.change(view, is_read=True)
        self.tell(StatusChanged(status=self.status()))
        return Done()

    def _refuse(self, command: RefuseMessage) -> Done:
        view = self.find(command.message)
        own = RecipientRow(
            account=self.account,
            name=self.name,
            profession=self.profession,
            state=DeliveryState.REFUSED,
            accepted_at=view.sent_at,
            delivered_at=view.received_at,
            read_at=None,
            refused_at=self.now,
            reason=command.reason,
            problem=Problem.NONE,
        )
        self.change(view, recipients=(own,), is_read=True)
        return Done()

    def _save(self, command: SaveAttachment, progress: Callable[[int, int], None]) -> SavedFile:
        view = self.find(command.message)
        if command.index >= len(view.attachments):
            raise CommandError(Failure.UNKNOWN_ATTACHMENT)
        row = view.attachments[command.index]
        if not row.available:
            raise CommandError(Failure.ATTACHMENT_UNAVAILABLE)
        content = self.contents[row.sha256]
        target = Path(command.directory) / row.name
        number = 1
        while target.exists():
            number += 1
            target = Path(command.directory) / f"{Path(row.name).stem} ({number}){target.suffix}"
        try:
            target.write_bytes(content)
        except OSError as error:
            raise CommandError(Failure.DIRECTORY_UNWRITABLE) from error
        progress(len(content), len(content))
        return SavedFile(path=str(target), size=len(content))

    def _receipts(self, command: ShowReceipts) -> Receipts:
        view = self.find(command.message)
        rows = [
            ReceiptRow(
                account=row.account,
                device=DeviceId(bytes(16)),
                envelope=EnvelopeId(bytes(16)),
                state=state,
                at=at,
                reason=None,
                log_index=94_099 if state is DeliveryState.ACCEPTED else None,
                proof="c2sp.org/tlog-proof@v1\n" if state is DeliveryState.ACCEPTED else "",
            )
            for row in view.recipients
            for state, at in (
                (DeliveryState.ACCEPTED, row.accepted_at),
                (DeliveryState.DELIVERED, row.delivered_at),
                (DeliveryState.READ, row.read_at),
            )
            if at is not None
        ]
        return Receipts(message=command.message, rows=tuple(rows))

    # State

    def _next_message(self) -> MessageId:
        self._counts["messages"] += 1
        return MessageId(self._counts["messages"].to_bytes(16))

    def _store(self, view: MessageView) -> None:
        self.conversations.setdefault(view.conversation, []).append(view)
        self.conversations[view.conversation].sort(key=lambda each: each.sent_at)

    def _replace(self, view: MessageView) -> None:
        views = self.conversations[view.conversation]
        views[[each.message for each in views].index(view.message)] = view

    def _recipient(
        self,
        account: AccountId,
        state: DeliveryState,
        at: UnixMillis,
        reason: RefusalReason | None,
        problem: Problem,
    ) -> RecipientRow:
        contact = self.contacts.get(account)
        rank = {
            DeliveryState.ACCEPTED: 1,
            DeliveryState.DELIVERED: 2,
            DeliveryState.READ: 3,
            DeliveryState.REFUSED: 2,
        }.get(state, 0)
        is_refused = state is DeliveryState.REFUSED
        return RecipientRow(
            account=account,
            name=short_address(account) if contact is None else contact.name,
            profession="" if contact is None else contact.profession,
            state=state,
            accepted_at=at if rank >= 1 else None,
            delivered_at=at if rank >= 2 else None,
            read_at=UnixMillis(at + 15 * _MINUTE) if rank >= 3 else None,
            refused_at=at if is_refused else None,
            reason=reason if is_refused else None,
            problem=problem,
        )

    def _flush(self) -> list[ConversationId]:
        changed = []
        for conversation, views in self.conversations.items():
            for view in list(views):
                if is_waiting(view) and view.problem is Problem.NONE and view.send_at is None:
                    rows = tuple(
                        self._recipient(
                            row.account, DeliveryState.ACCEPTED, self.now, None, Problem.NONE
                        )
                        for row in view.recipients
                    )
                    self._replace(replace(view, recipients=rows))
                    changed.append(conversation)
        return changed

    def _tell_conversations(self, conversations: Sequence[ConversationId]) -> None:
        if conversations:
            self.tell(
                ConversationsChanged(conversations=tuple(conversations)),
                StatusChanged(status=self.status()),
            )


class ScriptedEngine:
    """One life of the engine: answers at once, in the thread that asks."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._spoken: queue.SimpleQueue[Incoming | None] = queue.SimpleQueue()
        self._requests = 0
        self.is_closed = False
        self.say(Notice(events=(StatusChanged(status=practice.status()),)))

    def submit(self, command: Command[Any] | Veiled[Any]) -> int:
        """Carry out a command and return its request number. Raises EngineGoneError."""
        if isinstance(command, Veiled):
            veiled = command
            command = veiled.build(*(secret.reveal() for secret in veiled.secrets))
            veiled.wipe()
        return self._submit(command)

    def _submit(self, command: Command[Any]) -> int:
        with self._practice.lock:
            if self.is_closed:
                raise EngineGoneError
            self._requests += 1
            request = self._requests
            if not self._practice.holds(command, request, lambda: self._answer(request, command)):
                self._answer(request, command)
        return request

    def receive(self) -> Incoming | None:
        """Wait for the next thing."""
        return self._spoken.get()

    def close(self) -> None:
        """End."""
        self.end()

    def say(self, incoming: Incoming) -> None:
        """Say something, unless the engine has ended."""
        if not self.is_closed:
            self._spoken.put(incoming)

    def end(self) -> None:
        """Say nothing any more."""
        with self._practice.lock:
            if not self.is_closed:
                self.is_closed = True
                if self._practice.profile is ProfileState.UNLOCKED:
                    self._practice.profile = ProfileState.LOCKED
                self._spoken.put(None)

    def _answer(self, request: int, command: Command[Any]) -> None:
        def progress(done: int, total: int) -> None:
            self.say(Notice(events=(Progress(request=request, done=done, total=total),)))

        try:
            answer = self._practice.answer(command, progress)
        except CommandError as error:
            self.say(Refusal(request=request, failure=error.failure, detail=error.detail))
            return
        self.say(Reply(request=request, answer=answer))
        if isinstance(command, Lock):
            self.end()


def _letter_of(row: ConversationRow) -> MessageView:
    return MessageView(
        message=MessageId(row.conversation),
        conversation=row.conversation,
        direction=Direction.RECEIVED,
        sender=AccountId(bytes(20)),
        sender_name=row.correspondents[0],
        sender_profession="",
        trust=Trust.SELF_DECLARED,
        subject=row.subject,
        text=row.snippet,
        sent_at=row.latest_at,
        utc_offset=UtcOffsetMinutes(60),
        received_at=row.latest_at,
        urgency=row.urgency,
        is_read=True,
        attachments=(),
        recipients=(),
        problem=Problem.NONE,
    )
