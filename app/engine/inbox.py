# SPDX-License-Identifier: AGPL-3.0-or-later
"""Receives: a page of the mailbox is verified, opened, committed in one transaction, then acknowledged.

What does not open is shown, never dropped, and never blocks what comes after it. A letter's documents are
fetched after it was committed and before it is acknowledged, for the relay keeps them until then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.engine import (
    absence,
    attachments,
    audit,
    away,
    contacts,
    decisions,
    histories,
    new_kit,
    people,
    prekeys,
)
from app.engine.correspondents import CorrespondentUntrustedError, refresh_history
from app.engine.journal.noting import note_letter, note_told
from app.engine.letters import add_receipt_for
from app.engine.outbox import new_message_id, queue, stamp_marks
from app.engine.ports.relay import RelayRefusedError
from app.engine.ports.vault import (
    Evidence,
    NewLetter,
    PrekeyKind,
    PrivatePrekey,
    ReceivedReceipt,
    Store,
    StoredAttachment,
    StoredCheckpoint,
    Unopened,
)
from app.engine.session import Session, raise_alarm, tell_contacts, tell_conversations
from app.interface.events import HistoryProgress, RightsChanged
from app.interface.snapshots import AlarmKind, ContactState, Problem
from crypto_core.errors import AlreadyOpenedError, CryptoCoreError, OpenCheck, OpenError
from crypto_core.keys.envelopes import OpenedEnvelope, open_envelope, read_header
from crypto_core.keys.prekeys import KemPair
from crypto_core.trust.audit import read_acceptance, read_expiry, verify_statement_now
from crypto_core.trust.merkle import leaf_hash, verify_inclusion
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.absences import read_absence
from crypto_core.wire.audit import AuditLeaf, EnvelopeExpired
from crypto_core.wire.codec import decode
from crypto_core.wire.content import (
    CONTENT_TYPES,
    AbsenceNotice,
    Attachment,
    BroughtLetter,
    ContactCard,
    HistoryPart,
    OwnCards,
    OwnMarks,
    Receipt,
    ReceiptState,
    ResealRequest,
)
from crypto_core.wire.decisions import OwnDecisions
from crypto_core.wire.envelope import Envelope, MessageKind, OuterHeader, Urgency
from crypto_core.wire.ids import (
    AccountId,
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
from crypto_core.wire.journal import Action
from crypto_core.wire.kit import KitKeys
from crypto_core.wire.letters import LetterParts, read_answer, read_letter
from crypto_core.wire.limits import MAX_BODY_BYTES, MAX_PAGE_ITEMS
from crypto_core.wire.padding import sealed_length
from crypto_core.wire.relay_api import AcknowledgeRequest, Delivery, MailboxPage, ProblemCode
from crypto_core.wire.signed import HybridSignature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.engine.ports.marks import Applied
    from crypto_core.trust.key_history import KeyHistory

RESEAL_REQUESTS_A_DAY: Final = 500
"""More unreadable envelopes of one account than this are shown, but not asked for again: two broken
clients must not keep each other busy."""

_DAY_MILLIS: Final = 86_400_000
_NO_ACCOUNT: Final = AccountId(bytes(20))
_NO_DEVICE: Final = DeviceId(bytes(16))
_DECIDED: Final = frozenset({ContactState.ACCEPTED, ContactState.BLOCKED})
"""What was held back of these need not be any more: it is taken in, or let go."""
_FEW: Final = 20
"""Of so many letters that come at once, each can be found as soon as it is there. More of them wait for the index,
which takes about as long as everything else that is done with a letter: receiving goes first."""
_LETTERS: Final = frozenset({MessageKind.LETTER, MessageKind.AUTOMATIC_ANSWER})
_TYPES: Final = {content_type: cls for cls, content_type in CONTENT_TYPES.items()}
_ALLOWED: Final = {
    MessageKind.CONTACT_REQUEST: (ContactCard,),
    MessageKind.CONTACT_ACCEPTANCE: (ContactCard,),
    MessageKind.RECEIPT: (Receipt,),
    MessageKind.RESEAL_REQUEST: (ResealRequest,),
    MessageKind.KIT: (KitKeys,),
    MessageKind.HISTORY: (HistoryPart, BroughtLetter, Attachment, OwnMarks),
    MessageKind.OWN_MARKS: (OwnMarks, OwnCards),
    MessageKind.DECISIONS: (OwnDecisions,),
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """What one pass through the mailbox did."""

    received: int = 0
    unreadable: int = 0

    def plus(self, other: Drained | _Outcome) -> Drained:
        """The sum with another pass, or with a page."""
        return Drained(
            received=self.received + other.received,
            unreadable=self.unreadable + other.unreadable,
        )


@dataclass(slots=True, kw_only=True)
class _Item:
    """One delivery on its way through the checks."""

    cursor: int
    envelope_bytes: bytes
    leaf: bytes
    log_index: int
    path: tuple[Hash, ...]
    outer: OuterHeader | None = None
    body: bytes | None = None
    opened: OpenedEnvelope | None = None
    contents: tuple[object, ...] = ()
    letter: LetterParts | None = None
    failed: OpenCheck | None = None
    is_repeated: bool = False
    is_senseless: bool = False
    """It was opened and verified, and what its sender signed is no message of its kind: sealing it again is no help."""
    is_attested: bool = False
    """Whether the sender's device signed the acceptance of exactly these bytes."""


@dataclass(slots=True, kw_only=True)
class _Outcome:
    """What a page's transaction did, told once it is committed."""

    decided: list[PatientId] = field(default_factory=list)
    """Of whom another computer has told decisions."""
    received: int = 0
    unreadable: int = 0
    done: list[int] = field(default_factory=list)
    with_documents: dict[int, MessageId] = field(default_factory=dict)
    conversations: list[ConversationId] = field(default_factory=list)
    history: HistoryProgress | None = None
    has_contacts: bool = False
    has_absences: bool = False
    has_replies: bool = False
    has_kit: bool = False
    has_removals: bool = False
    has_erasures: bool = False
    is_crowded: bool = False
    """So many letters came at once that they wait for the index."""
    reused: list[MessageId] = field(default_factory=list)
    false_receipts: list[EnvelopeId] = field(default_factory=list)

    def take_marks(self, store: Store, applied: Applied) -> None:
        """Note what marks of another computer have changed, and do what follows of blocks."""
        self.conversations += applied.conversations
        self.has_removals |= applied.has_removals
        self.has_erasures |= applied.has_erasures
        self.has_contacts |= applied.has_contacts
        for account in applied.blocked:
            self.conversations += people.settle_block(store, account)


class _State:
    """What the device knows while it opens one page: implements `OpeningState` without asking the vault."""

    def __init__(
        self,
        session: Session,
        privates: Mapping[PrekeyId, PrivatePrekey],
        opened: Mapping[MessageId, Hash],
        histories: Mapping[AccountId, KeyHistory],
    ) -> None:
        self._owner = session.owner
        self._privates = dict(privates)
        self._opened = dict(opened)
        self._histories = histories
        self._pairs: dict[PrekeyId, KemPair] = {}
        self._new: dict[MessageId, tuple[Hash, PrekeyId]] = {}

    @property
    def account(self) -> AccountId:
        return self._owner.account

    @property
    def device(self) -> DeviceId:
        return self._owner.device

    def prekey(self, prekey: PrekeyId) -> KemPair | None:
        private = self._privates.get(prekey)
        if private is None:
            return None
        if prekey not in self._pairs:
            self._pairs[prekey] = KemPair.from_seed(private.seed)
        return self._pairs[prekey]

    def opened_before(self, message: MessageId) -> Hash | None:
        return self._opened.get(message)

    def history(self, account: AccountId) -> KeyHistory | None:
        return self._histories.get(account)

    def remember(self, opened: OpenedEnvelope) -> None:
        """Let what follows see what was opened, as if it were committed."""
        self._new[opened.outer.message] = (opened.outer_header_hash, opened.prekey)
        self._apply(opened.outer.message, opened.outer_header_hash, opened.prekey)

    def continue_from(self, before: _State) -> None:
        """Take over what the page before has opened and perhaps not committed yet."""
        for message, (outer_header_hash, prekey) in before._new.items():
            self._apply(message, outer_header_hash, prekey)

    def _apply(self, message: MessageId, outer_header_hash: Hash, prekey: PrekeyId) -> None:
        self._opened[message] = outer_header_hash
        private = self._privates.get(prekey)
        if private is not None and private.kind is PrekeyKind.ONE_TIME:
            del self._privates[prekey]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page of the mailbox, opened and ready to be committed."""

    items: Sequence[_Item]
    notices: Sequence[tuple[int, EnvelopeExpired, UnixMillis]]
    checkpoint: StoredCheckpoint
    state: _State
    last_cursor: int
    has_more: bool


class Inbox:
    """One device's mailbox. It remembers how far it read; a new start begins at the beginning."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cursor = 0
        self._awaiting: dict[int, MessageId] = {}
        self._has_awaiting = asyncio.Event()

    def start_over(self) -> None:
        """Read the mailbox from its beginning: somebody was accepted, or something could not be finished."""
        self._cursor = 0
        # Documents whose files vanished here are asked for again as well.
        self._has_awaiting.set()

    async def drain(self) -> Drained:
        """Receive everything that waits. Raises RelayError, VaultError, and CryptoCoreError on a false log."""
        total = Drained()
        async with self._session.locks.inbox:
            if self._session.wakes.released.is_set():
                self._session.wakes.released.clear()
                self.start_over()
            # While one page is committed, the next one is fetched and opened.
            preparing = asyncio.create_task(self._prepare(self._cursor, None))
            try:
                while (page := await preparing) is not None:
                    preparing = asyncio.create_task(self._prepare(page.last_cursor, page))
                    outcome = await self._finish(page)
                    total = total.plus(outcome)
                    self._cursor = max(self._cursor, page.last_cursor)
            finally:
                preparing.cancel()
                await asyncio.gather(preparing, return_exceptions=True)
        return total

    async def fetch_documents(self) -> None:
        """Fetch the documents of committed letters, then acknowledge each letter. Raises RelayError, FileError."""
        async with self._session.locks.documents:
            while self._awaiting:
                cursor, message = next(iter(self._awaiting.items()))
                await self._fetch_documents_of(message)
                await self._session.relay.acknowledge(AcknowledgeRequest(cursors=(cursor,)))
                del self._awaiting[cursor]
            for message in await self._session.vault.run(lambda store: store.messages.incomplete()):
                await self._fetch_documents_of(message)
            self._has_awaiting.clear()

    async def wait_for_documents(self) -> None:
        """Return when there are documents to fetch."""
        await self._has_awaiting.wait()

    async def _fetch_documents_of(self, message: MessageId) -> None:
        session = self._session
        for wanted in await session.vault.run(
            lambda store: store.messages.missing_attachments(message)
        ):
            await attachments.fetch_or_miss(session, message, wanted)
        conversation = await session.vault.run(
            lambda store: store.messages.conversation_of(message)
        )
        if conversation is not None:
            tell_conversations(session, [conversation])

    # --- one page ----------------------------------------------------------------------------

    async def _prepare(self, after: int, before: _Page | None) -> _Page | None:
        """Fetch a page, verify and open it; None when nothing is left. `before` may not be committed yet."""
        session = self._session
        if before is not None and not before.has_more:
            return None
        page = await session.relay.mailbox(after=after, limit=MAX_PAGE_ITEMS)
        if not page.items:
            return None
        checkpoint = await audit.see_checkpoint(session, page.checkpoint)
        items, notices, is_false = await asyncio.to_thread(_proven, session, page, checkpoint)
        if is_false:
            # Not acknowledged: what the relay cannot prove to be in the log does not exist for us.
            await raise_alarm(session, AlarmKind.PROOF_INVALID, f"mailbox {checkpoint.size}")
        held = await session.vault.run(lambda store: self._still_held(store, items))
        items = [item for item in items if item.cursor not in held]
        await self._learn_senders(items, checkpoint)
        await self._learn_recipients(notices)
        for item in items:
            if item.outer is not None and item.outer.body_blob is not None:
                item.body = await attachments.fetch_bytes(
                    session, item.outer.body_blob, at_most=sealed_length(MAX_BODY_BYTES)
                )
        state = await session.vault.run(lambda store: _load(store, session, items))
        if before is not None:
            state.continue_from(before.state)
        await asyncio.to_thread(_open_all, items, state)
        return _Page(
            items=items,
            notices=notices,
            checkpoint=checkpoint,
            state=state,
            last_cursor=page.items[-1].cursor,
            has_more=page.more,
        )

    async def _finish(self, page: _Page) -> _Outcome:
        """Commit a page, then acknowledge it, then say what happened."""
        outcome = await self._session.vault.run(
            lambda store: self._commit(store, page.items, page.notices, page.checkpoint)
        )
        await self._tell(outcome)
        return outcome

    def _still_held(self, store: Store, items: Sequence[_Item]) -> frozenset[int]:
        """The cursors of envelopes held back whose senders are still nobody's correspondents."""
        held = store.inbox.held()
        if not held:
            return frozenset()
        states = store.contacts.states(list(set(held.values())))
        return frozenset(
            item.cursor
            for item in items
            if item.outer is not None
            and item.outer.envelope in held
            and states.get(held[item.outer.envelope]) not in _DECIDED
        )

    async def _learn_senders(self, items: Sequence[_Item], checkpoint: StoredCheckpoint) -> None:
        """Make sure that every sender's device lists are known up to the envelopes' places in the log."""
        session = self._session
        latest: dict[AccountId, int] = {}
        for item in items:
            if item.outer is not None:
                sender = item.outer.sender
                latest[sender] = max(latest.get(sender, 0), item.log_index)
        complete = await session.vault.run(
            lambda store: {sender: store.trust.complete_to(sender) for sender in latest}
        )
        for sender, index in latest.items():
            if complete[sender] > index:
                continue
            try:
                await refresh_history(session, sender, complete_to=checkpoint.size)
            except CorrespondentUntrustedError:
                # Its envelopes fail the check of the sender's devices, and are shown as such.
                _log.warning("the device lists of a sender do not verify")
            except RelayRefusedError as error:
                if error.code is not ProblemCode.NOT_FOUND:
                    raise

    async def _learn_recipients(
        self, notices: Sequence[tuple[int, EnvelopeExpired, UnixMillis]]
    ) -> None:
        """Learn whether what was not fetched was for devices that are no more."""
        session = self._session
        accounts: set[AccountId] = set()
        for _, expired, _ in notices:
            slots = await session.vault.run(_slots_of(expired.envelope))
            accounts |= {account for account, device in slots if device in expired.undelivered}
        for account in accounts:
            try:
                await refresh_history(session, account)
            except CorrespondentUntrustedError:
                _log.warning("the keys of a recipient do not verify")
            except RelayRefusedError as error:
                if error.code is not ProblemCode.NOT_FOUND:
                    raise

    def _commit(
        self,
        store: Store,
        items: Sequence[_Item],
        notices: Sequence[tuple[int, EnvelopeExpired, UnixMillis]],
        checkpoint: StoredCheckpoint,
    ) -> _Outcome:
        outcome = _Outcome(is_crowded=len(items) > _FEW)
        # Evidence rests on this checkpoint, so its note stays.
        store.trust.add_checkpoint(checkpoint)
        for cursor, expired, at in notices:
            removed = _removed(store, expired)
            for device in removed:
                # Waiting mail of a lost computer is sealed anew for those that took its place.
                store.outbox.readdress(expired.envelope, device)
                outcome.has_replies = True
            rest = tuple(each for each in expired.undelivered if each not in removed)
            store.outbox.expired(expired.envelope, rest, at)
            sealed = store.outbox.sealed(expired.envelope)
            conversation = (
                None if sealed is None else store.messages.conversation_of(sealed.message)
            )
            if conversation is not None:
                outcome.conversations.append(conversation)
            outcome.done.append(cursor)
        stamp_marks(store, self._session)
        unreadable: dict[tuple[AccountId, DeviceId], list[ResealRequest]] = {}
        for item in items:
            if item.is_repeated:
                self._repeated(store, item, outcome)
            elif item.opened is None:
                self._show_unreadable(store, item, outcome, unreadable)
            else:
                self._keep(store, item, item.opened, checkpoint, outcome)
        for (account, device), requests in unreadable.items():
            queue(
                store,
                self._session,
                MessageKind.RESEAL_REQUEST,
                tuple(requests),
                to=[(account, device)],
                message=new_message_id(self._session),
            )
            outcome.has_replies = True
        if outcome.conversations or outcome.has_contacts:
            # Perhaps another computer has told of a letter before it came here, or of whoever asks.
            outcome.take_marks(store, store.marks.catch_up(self._session.now()))
        return outcome

    async def _tell(self, outcome: _Outcome) -> None:  # noqa: C901 - one line per thing that may have happened
        """Acknowledge what is committed, then say what happened."""
        session = self._session
        if outcome.done:
            await session.relay.acknowledge(AcknowledgeRequest(cursors=tuple(outcome.done)))
        if outcome.with_documents:
            self._awaiting |= outcome.with_documents
            self._has_awaiting.set()
        tell_conversations(session, outcome.conversations)
        for patient in dict.fromkeys(outcome.decided):
            session.publish(RightsChanged(patient=patient))
        if outcome.history is not None:
            session.publish(outcome.history)
        if outcome.has_kit:
            session.wakes.status.set()
        if outcome.has_erasures:
            session.wakes.erasing.set()
        if outcome.has_removals:
            session.wakes.erasures.set()
        if outcome.has_absences:
            session.wakes.absences.set()
            session.wakes.status.set()
            tell_contacts(session)
        if outcome.has_contacts:
            tell_contacts(session)
            session.wakes.released.set()
        if outcome.has_replies:
            session.wakes.outbox.set()
        for message in outcome.reused:
            await raise_alarm(session, AlarmKind.MESSAGE_ID_REUSED, message.hex())
        for envelope in outcome.false_receipts:
            await raise_alarm(session, AlarmKind.PROOF_INVALID, f"receipt {envelope.hex()}")

    # --- one item, inside the transaction ----------------------------------------------------

    def _repeated(self, store: Store, item: _Item, outcome: _Outcome) -> None:
        """Committed before; perhaps its documents are still missing."""
        outer = item.outer
        if outer is None or not store.inbox.opened_before([outer.message]):
            # Opened on this page but held back: the repetition waits with it.
            return
        # A part of the past is no letter itself; whose documents it brought is known by their files.
        waiting = store.messages.waiting_for(outer.blobs)
        if waiting is None:
            outcome.done.append(item.cursor)
        else:
            outcome.with_documents[item.cursor] = waiting

    def _keep(  # noqa: C901, PLR0912, PLR0915 - one case per kind of message
        self,
        store: Store,
        item: _Item,
        opened: OpenedEnvelope,
        checkpoint: StoredCheckpoint,
        outcome: _Outcome,
    ) -> None:
        session = self._session
        outer, header = opened.outer, opened.header
        sender = outer.sender
        is_own = sender == session.owner.account
        state = store.contacts.states([sender]).get(sender)
        is_known = is_own or state is ContactState.ACCEPTED
        is_blocked = state is ContactState.BLOCKED
        if is_blocked and header.kind is not MessageKind.RECEIPT:
            # Taken from the relay unread: nothing of it is kept, and nothing tells them.
            store.inbox.release(outer.envelope)
            store.inbox.mark_opened(outer.message, opened.outer_header_hash)
            store.prekeys.consume(opened.prekey)
            outcome.done.append(item.cursor)
            return
        if header.kind in _LETTERS and not is_known:
            # It stays at the relay, unacknowledged; accepting its sender brings it in, and otherwise the
            # sender is told in the end that it was not delivered.
            store.inbox.hold(outer.envelope, sender)
            return
        store.inbox.release(outer.envelope)
        store.inbox.mark_opened(outer.message, opened.outer_header_hash)
        store.prekeys.consume(opened.prekey)
        if not is_own:
            audit.note_view(store, sender, outer.sender_device, header.log_view)
        stood_in = store.messages.remove_stand_in(outer.message)
        if stood_in is not None:
            outcome.conversations.append(stood_in)
        outcome.received += 1
        match header.kind:
            case MessageKind.LETTER:
                self._keep_letter(store, item, opened, checkpoint, outcome)
                return
            case MessageKind.CONTACT_REQUEST | MessageKind.CONTACT_ACCEPTANCE if is_own:
                contacts.receive_own(store, session, header.kind, outer)
                outcome.has_contacts = True
            case MessageKind.CONTACT_REQUEST:
                card = item.contents[0]
                if isinstance(card, ContactCard):
                    contacts.receive_request(store, session, sender, card, session.now())
                    outcome.has_contacts = outcome.has_replies = True
            case MessageKind.CONTACT_ACCEPTANCE:
                card = item.contents[0]
                if isinstance(card, ContactCard):
                    outcome.has_contacts |= contacts.receive_acceptance(
                        store, sender, card, session.now()
                    )
                    # Perhaps the owner is away, which a new contact is told.
                    outcome.has_replies = True
            case MessageKind.RECEIPT:
                self._keep_receipts(store, item, opened, outcome)
            case MessageKind.RESEAL_REQUEST:
                self._seal_again(store, item, opened, outcome)
            case MessageKind.KIT:
                kit = item.contents[0]
                if isinstance(kit, KitKeys) and is_own:
                    new_kit.receive(store, session, kit)
                    outcome.has_kit = True
            case MessageKind.ABSENCE:
                self._keep_absence(store, item, outcome, is_own=is_own)
            case MessageKind.AUTOMATIC_ANSWER if is_own:
                absence.note_own_answer(store, session, outer, header.in_reply_to)
                outcome.has_absences = True
            case MessageKind.AUTOMATIC_ANSWER:
                self._keep_letter(store, item, opened, checkpoint, outcome)
                return
            case MessageKind.OWN_MARKS:
                self._keep_marks(store, item, outcome, is_own=is_own)
            case MessageKind.DECISIONS:
                self._keep_decisions(store, item, outcome, is_own=is_own)
            case MessageKind.HISTORY:
                self._keep_history(store, item, outcome, is_own=is_own)
                return
        outcome.done.append(item.cursor)

    def _keep_letter(
        self,
        store: Store,
        item: _Item,
        opened: OpenedEnvelope,
        checkpoint: StoredCheckpoint,
        outcome: _Outcome,
    ) -> None:
        session = self._session
        outer, header = opened.outer, opened.header
        if item.letter is None:
            raise TypeError("checked when the contents were read")
        if store.organising.is_erased(outer.message):
            # Erased on another computer before it came to this one.
            outcome.done.append(item.cursor)
            return
        letter, documents = item.letter.letter, item.letter.attachments
        evidence = Evidence(
            envelope=outer.envelope,
            outer_header=decode(Envelope, item.envelope_bytes).header,
            outer_header_hash=opened.outer_header_hash,
            signed_message=opened.signed_message,
            signed_message_hash=opened.signed_message_hash,
            leaf=item.leaf,
            log_index=item.log_index,
            path=item.path,
            checkpoint_size=checkpoint.size,
        )
        is_own = outer.sender == session.owner.account
        is_automatic = header.kind is MessageKind.AUTOMATIC_ANSWER
        now = session.now()
        # Blobs the envelope does not name would not be kept for us, so they do not exist.
        missing = any(each.blob not in outer.blobs for each in documents)
        accounts = dict.fromkeys(each.account for each in outer.recipients)
        kept = NewLetter(
            message=outer.message,
            conversation=header.conversation,
            is_sent=is_own,
            sender=outer.sender,
            sender_device=outer.sender_device,
            subject=letter.subject,
            text=letter.text,
            at=header.sent_at if is_own else now,
            sent_at=header.sent_at,
            utc_offset=header.utc_offset,
            received_at=now,
            accepted_at=decode(AuditLeaf, item.leaf).relay_time,
            urgency=header.urgency,
            in_reply_to=header.in_reply_to,
            recipients=tuple(each for each in accounts if not is_own or each != outer.sender),
            attachments=tuple(
                StoredAttachment(
                    blob=each.blob,
                    key=each.key,
                    name=each.name,
                    media_type=each.media_type,
                    size=each.size,
                    sha256=each.sha256,
                    is_available=False,
                    sealed_sha256=None,
                )
                for each in documents
            ),
            details=item.letter.details,
            problem=Problem.ATTACHMENT_MISSING if missing else Problem.NONE,
            is_automatic=is_automatic,
        )
        store.messages.add(kept, evidence, is_searchable_now=not outcome.is_crowded)
        if not is_own:
            note_letter(store, session, Action.RECEIVED, outer.message)
        if not (is_own or is_automatic):
            add_receipt_for(
                store, session, outer.sender, outer.message, evidence, ReceiptState.DELIVERED
            )
            absence.answer(store, session, kept)
            outcome.has_replies = True
        outcome.conversations.append(header.conversation)
        if documents:
            outcome.with_documents[item.cursor] = outer.message
        else:
            outcome.done.append(item.cursor)

    def _keep_absence(self, store: Store, item: _Item, outcome: _Outcome, *, is_own: bool) -> None:
        notice = item.contents[0]
        if not isinstance(notice, AbsenceNotice) or item.outer is None:
            raise TypeError("checked when the contents were read")
        session, outer = self._session, item.outer
        if is_own:
            is_news = absence.receive_own(store, session, outer.sender_device, notice)
        else:
            is_news = away.receive(store, session, outer.sender, notice)
        outcome.has_absences |= is_news

    def _keep_history(self, store: Store, item: _Item, outcome: _Outcome, *, is_own: bool) -> None:
        """Take letters of the past from another computer of the owner; nobody else's word counts."""
        added: list[NewLetter] = []
        if is_own:
            progress, added = histories.receive(store, item.contents)
            outcome.history = progress or outcome.history
            self._keep_marks(store, item, outcome, is_own=True)
            store.marks.catch_up(self._session.now(), [letter.message for letter in added])
        outcome.conversations += [letter.conversation for letter in added]
        with_documents = [letter.message for letter in added if letter.attachments]
        if with_documents:
            outcome.with_documents[item.cursor] = with_documents[0]
        else:
            outcome.done.append(item.cursor)

    def _keep_marks(self, store: Store, item: _Item, outcome: _Outcome, *, is_own: bool) -> None:
        """Let hold here what was done on another computer of the owner; nobody else's word counts."""
        if not is_own:
            return
        session = self._session
        for each in item.contents:
            if isinstance(each, OwnMarks):
                # What was done here in the meantime comes before it.
                stamp_marks(store, session)
                outcome.take_marks(store, store.marks.receive(each.marks, session.now()))
                outcome.has_replies |= stamp_marks(store, session)
            elif isinstance(each, OwnCards):
                stamp_marks(store, session)
                store.marks.receive_cards(each.cards)

    def _keep_decisions(
        self, store: Store, item: _Item, outcome: _Outcome, *, is_own: bool
    ) -> None:
        """Keep what patients have decided on another computer of the owner; nobody else's word counts."""
        if not is_own:
            return
        account = self._session.owner.account
        history = store.trust.histories([account]).get(account)
        for each in item.contents:
            if isinstance(each, OwnDecisions):
                outcome.decided += decisions.receive(store, self._session, each, history)

    def _keep_receipts(
        self, store: Store, item: _Item, opened: OpenedEnvelope, outcome: _Outcome
    ) -> None:
        outer = opened.outer
        for receipt in item.contents:
            if not isinstance(receipt, Receipt):
                continue
            envelope = _receipted(store, outer, receipt)
            if envelope is None:
                is_erased = store.organising.is_erased(receipt.message)
                is_known = bool(store.outbox.envelopes_of(receipt.message))
                if is_known or not (is_erased or self._has_siblings(store)):
                    outcome.false_receipts.append(outer.envelope)
                # Else it is of what the owner has removed for good, or of what another computer of this
                # account has sent, and that one judges it.
                continue
            store.inbox.add_receipt(
                ReceivedReceipt(
                    message=receipt.message,
                    account=outer.sender,
                    device=outer.sender_device,
                    envelope=envelope,
                    state=receipt.state,
                    reason=receipt.reason,
                    comment=receipt.comment,
                    at=receipt.at,
                    signed_message=opened.signed_message,
                )
            )
            note_told(store, receipt.message, outer.sender, receipt, opened.header.utc_offset)
            conversation = store.messages.conversation_of(receipt.message)
            if conversation is not None:
                outcome.conversations.append(conversation)

    def _has_siblings(self, store: Store) -> bool:
        """Whether the account has, or had, other devices than this one."""
        owner = self._session.owner
        own = store.trust.histories([owner.account]).get(owner.account)
        return own is not None and any(
            entry.device != owner.device for logged in own.lists for entry in logged.devices.devices
        )

    def _seal_again(
        self, store: Store, item: _Item, opened: OpenedEnvelope, outcome: _Outcome
    ) -> None:
        outer = opened.outer
        for request in item.contents:
            if not isinstance(request, ResealRequest):
                continue
            sealed = store.outbox.sealed(request.envelope)
            if sealed is None or sealed.outer_header_hash != request.outer_header_hash:
                continue
            if store.outbox.requeue(request.envelope, outer.sender, outer.sender_device):
                outcome.has_replies = True
                conversation = store.messages.conversation_of(sealed.message)
                if conversation is not None:
                    outcome.conversations.append(conversation)

    def _show_unreadable(
        self,
        store: Store,
        item: _Item,
        outcome: _Outcome,
        requests: dict[tuple[AccountId, DeviceId], list[ResealRequest]],
    ) -> None:
        """Keep an envelope that does not open, show a line for it, and ask its sender to seal it again."""
        session = self._session
        outer, now = item.outer, session.now()
        digest = sha256(item.envelope_bytes)
        message = MessageId(digest[:16]) if outer is None else outer.message
        sender = _NO_ACCOUNT if outer is None else outer.sender
        device = _NO_DEVICE if outer is None else outer.sender_device
        outcome.done.append(item.cursor)
        contact = store.contacts.states([sender]).get(sender)
        if contact is ContactState.BLOCKED:
            return
        recent = store.inbox.unopened_since(sender, UnixMillis(max(0, now - _DAY_MILLIS)))
        is_new = store.inbox.add_unopened(
            Unopened(
                envelope=EnvelopeId(digest[:16]) if outer is None else outer.envelope,
                message=message,
                sender=sender,
                sender_device=device,
                envelope_bytes=item.envelope_bytes,
                failed_check=int(item.failed or OpenCheck.CODEC),
                at=now,
            )
        )
        if not is_new:
            return
        outcome.unreadable += 1
        if item.failed is OpenCheck.PREKEY:
            # Perhaps this vault is an old copy: what is published may be lost as well.
            prekeys.make_due(store)
        if item.failed is OpenCheck.REPLAY:
            outcome.reused.append(message)
            conversation = store.messages.conversation_of(message)
            if conversation is not None:
                store.messages.set_problem(message, Problem.MESSAGE_ID_REUSED)
                outcome.conversations.append(conversation)
            return
        is_shown = contact is not ContactState.DECLINED and (contact is not None or recent == 0)
        is_here = store.messages.conversation_of(message) is not None
        if is_shown and not is_here and not store.organising.is_erased(message):
            store.messages.add(_stand_in(session, message, sender, device, now))
            outcome.conversations.append(ConversationId(message))
        is_hopeful = item.is_attested and not item.is_senseless
        if outer is not None and is_hopeful and recent < RESEAL_REQUESTS_A_DAY:
            requests.setdefault((sender, device), []).append(
                ResealRequest(
                    version=1,
                    message=message,
                    envelope=outer.envelope,
                    outer_header_hash=sha256(decode(Envelope, item.envelope_bytes).header),
                )
            )


def _slots_of(
    envelope: EnvelopeId,
) -> Callable[[Store], tuple[tuple[AccountId, DeviceId], ...]]:
    return lambda store: store.outbox.slot_accounts(envelope)


def _removed(store: Store, expired: EnvelopeExpired) -> frozenset[DeviceId]:
    """Return which devices did not fetch an envelope because they are none of their account's any more."""
    slots = store.outbox.slot_accounts(expired.envelope)
    histories = store.trust.histories(tuple({account for account, _ in slots}))
    gone = set()
    for account, device in slots:
        history = histories.get(account)
        newest = None if history is None else history.newest
        is_listed = newest is None or any(each.device == device for each in newest.devices)
        if device in expired.undelivered and not is_listed:
            gone.add(device)
    return frozenset(gone)


# --- steps that need neither vault nor network ---------------------------------------------------


def _proven(
    session: Session, page: MailboxPage, checkpoint: StoredCheckpoint
) -> tuple[list[_Item], list[tuple[int, EnvelopeExpired, UnixMillis]], bool]:
    """Check 0 of opening, first half: each item's leaf is in the log. Also read the clear headers."""
    items: list[_Item] = []
    notices: list[tuple[int, EnvelopeExpired, UnixMillis]] = []
    is_false = False
    for delivery in page.items:
        try:
            verify_inclusion(
                leaf_hash=leaf_hash(delivery.proof.leaf),
                index=delivery.proof.index,
                size=checkpoint.size,
                path=delivery.proof.path,
                root=checkpoint.root,
            )
            if delivery.envelope is None:
                expired = read_expiry(delivery.proof.leaf, log_key=session.log.ed25519.public_key)
                at = decode(AuditLeaf, delivery.proof.leaf).relay_time
                notices.append((delivery.cursor, expired, at))
            else:
                items.append(_item(delivery, delivery.envelope))
        except CryptoCoreError:
            is_false = True
    return items, notices, is_false


def _item(delivery: Delivery, envelope_bytes: bytes) -> _Item:
    item = _Item(
        cursor=delivery.cursor,
        envelope_bytes=envelope_bytes,
        leaf=delivery.proof.leaf,
        log_index=delivery.proof.index,
        path=delivery.proof.path,
    )
    try:
        item.outer = read_header(envelope_bytes)
    except OpenError as error:
        item.failed = error.check
        return item
    # Second half of check 0: the leaf is about these bytes and this sender's device.
    read_acceptance(
        delivery.proof.leaf,
        actor=pseudonym_of(item.outer.sender_device),
        envelope=item.outer.envelope,
        envelope_bytes=envelope_bytes,
    )
    return item


def _load(store: Store, session: Session, items: Sequence[_Item]) -> _State:
    headers = [item.outer for item in items if item.outer is not None]
    named = [
        each.prekey
        for outer in headers
        for each in outer.recipients
        if each.device == session.owner.device
    ]
    return _State(
        session,
        store.prekeys.find(named),
        store.inbox.opened_before([outer.message for outer in headers]),
        store.trust.histories(list({outer.sender for outer in headers})),
    )


def _open_all(items: Sequence[_Item], state: _State) -> None:
    """Open one envelope after the other; what one of them lacks is its own affair."""
    for item in items:
        if item.outer is None:
            continue
        try:
            _verify_attestation(item, item.outer, state)
            opened = open_envelope(
                item.envelope_bytes,
                state=state,
                accepted_at=item.log_index,
                body_blob=item.body,
            )
        except AlreadyOpenedError:
            item.is_repeated = True
            continue
        except OpenError as error:
            item.failed = error.check
            continue
        except CryptoCoreError:
            item.failed = OpenCheck.BODY
            continue
        try:
            _read(item, opened)
        except CryptoCoreError:
            item.failed, item.is_senseless = OpenCheck.BODY, True
            continue
        item.opened = opened
        state.remember(opened)


def _read(item: _Item, opened: OpenedEnvelope) -> None:
    """Read what an opened envelope holds, as its kind has it. Raises CryptoCoreError."""
    match opened.header.kind:
        case MessageKind.LETTER:
            item.letter = read_letter(opened.sections, patient=opened.header.patient)
        case MessageKind.AUTOMATIC_ANSWER:
            item.letter = read_answer(opened.sections)
        case MessageKind.ABSENCE:
            item.contents = (read_absence(opened.sections),)
        case _:
            item.contents = _contents(opened)


def _verify_attestation(item: _Item, outer: OuterHeader, state: _State) -> None:
    """Check that the sender's device signed the statement in the leaf: the half that the relay accepts by.

    Who wrote the envelope is proven by both signatures inside it; the other half here is verified by
    whoever audits the log, `VerifyAudit` included.
    """
    history = state.history(outer.sender)
    key = None if history is None else history.signing_key(outer.sender_device)
    if key is None:
        raise OpenError(OpenCheck.SENDER_LISTED)
    leaf = decode(AuditLeaf, item.leaf)
    verify_statement_now(key, leaf.statement, decode(HybridSignature, leaf.signature))
    item.is_attested = True


def _contents(opened: OpenedEnvelope) -> tuple[object, ...]:
    """Read the sections and hold them to what their kind of message may carry."""
    allowed = _ALLOWED[opened.header.kind]
    contents: list[object] = []
    for section in opened.sections:
        cls = _TYPES.get(section.content_type)
        if cls is None or not issubclass(cls, allowed):
            raise OpenError(OpenCheck.BODY)
        contents.append(decode(cls, section.content))
    card = contents[0]
    if isinstance(card, ContactCard) and card.account != opened.outer.sender:
        raise OpenError(OpenCheck.BODY)
    return tuple(contents)


def _receipted(store: Store, outer: OuterHeader, receipt: Receipt) -> EnvelopeId | None:
    """The envelope a receipt is about, if it was sealed to the device that gives the receipt.

    The evidence of a letter that another computer of this account has sent says the same of its envelope.
    """
    for sealed in store.outbox.envelopes_of(receipt.message):
        if (sealed.outer_header_hash, sealed.signed_message_hash) == (
            receipt.outer_header_hash,
            receipt.signed_message_hash,
        ) and (outer.sender, outer.sender_device) in store.outbox.slot_accounts(sealed.envelope):
            return sealed.envelope
    facts = store.messages.facts(receipt.message)
    copy = None if facts is None or not facts.is_sent else facts.evidence
    if copy is not None and (copy.outer_header_hash, copy.signed_message_hash) == (
        receipt.outer_header_hash,
        receipt.signed_message_hash,
    ):
        sealed_to = decode(OuterHeader, copy.outer_header).recipients
        if any(
            (each.account, each.device) == (outer.sender, outer.sender_device) for each in sealed_to
        ):
            return copy.envelope
    return None


def _stand_in(
    session: Session, message: MessageId, sender: AccountId, device: DeviceId, now: UnixMillis
) -> NewLetter:
    """The line that stands for a message while it cannot be opened."""
    return NewLetter(
        message=message,
        conversation=ConversationId(message),
        is_sent=False,
        sender=sender,
        sender_device=device,
        subject="",
        text="",
        at=now,
        sent_at=now,
        utc_offset=UtcOffsetMinutes(0),
        received_at=now,
        accepted_at=None,
        urgency=Urgency.NORMAL,
        in_reply_to=None,
        recipients=(session.owner.account,),
        attachments=(),
        problem=Problem.CANNOT_OPEN,
    )
