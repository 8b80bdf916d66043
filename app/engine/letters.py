# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters as their owner handles them: sent, listed, read, refused, proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine import attachments
from app.engine.outbox import new_message_id, queue
from app.engine.ports.vault import LetterFacts, NewLetter, Setting
from app.engine.session import Session, tell_conversations
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import (
    Comparison,
    ContactRow,
    ContactState,
    ConversationPage,
    DeliveryState,
    Done,
    Draft,
    KeptDraft,
    MessagePage,
    MessageView,
    Queued,
    ReceiptRow,
    Receipts,
    Trust,
)
from crypto_core.errors import WireError
from crypto_core.trust.tlog_proof import TlogProof, format_proof
from crypto_core.wire.audit import AuditLeaf
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.content import Attachment, Letter, Receipt, ReceiptState, RefusalReason
from crypto_core.wire.envelope import MessageKind
from crypto_core.wire.ids import ConversationId

if TYPE_CHECKING:
    from app.engine.ports.vault import Evidence, Store
    from app.interface.commands import (
        ListConversations,
        ReadConversation,
        RefuseMessage,
        SendLetter,
    )
    from crypto_core.wire.ids import AccountId, MessageId


_NAMES: Final = 500
"""How much of the names is said."""


async def keep_draft(session: Session, draft: KeptDraft | None) -> Done:
    """Keep the letter that is being written, or forget it."""
    encoded = None if draft is None else encode(draft)
    await session.vault.run(lambda store: store.identity.put_setting(Setting.DRAFT, encoded))
    return Done()


async def draft(session: Session) -> Draft:
    """The letter that was kept. One that another version of the program wrote differently is none."""
    encoded = await session.vault.run(lambda store: store.identity.setting(Setting.DRAFT))
    if encoded is None:
        return Draft(draft=None)
    try:
        return Draft(draft=decode(KeptDraft, encoded))
    except WireError:
        return Draft(draft=None)


async def send(session: Session, command: SendLetter, *, request: int) -> Queued:
    """Store a letter with its documents for good and queue it: one transaction. Raises CommandError, FileError."""
    to = tuple(dict.fromkeys(command.to))
    in_reply_to = command.in_reply_to
    conversation = await session.vault.run(lambda store: _conversation(store, session, command))
    documents = await attachments.seal_documents(session, command.attachments, request=request)
    message = new_message_id(session)
    now = session.now()
    contents = (
        Letter(version=1, subject=command.subject, text=command.text),
        *(
            Attachment(
                version=1,
                blob=each.attachment.blob,
                key=each.attachment.key,
                name=each.attachment.name,
                media_type=each.attachment.media_type,
                size=each.attachment.size,
                sha256=each.attachment.sha256,
            )
            for each in documents
        ),
    )

    def keep(store: Store) -> None:
        if command.accepts_unverified:
            store.contacts.accept_unverified(to)
        store.messages.add(
            NewLetter(
                message=message,
                conversation=conversation,
                is_sent=True,
                sender=session.owner.account,
                sender_device=session.owner.device,
                subject=command.subject,
                text=command.text,
                at=now,
                sent_at=now,
                utc_offset=session.machine.clock.utc_offset(),
                received_at=None,
                accepted_at=None,
                urgency=command.urgency,
                in_reply_to=in_reply_to,
                recipients=to,
                attachments=tuple(each.attachment for each in documents),
            )
        )
        queue(
            store,
            session,
            MessageKind.LETTER,
            contents,
            to=to,
            message=message,
            conversation=conversation,
            in_reply_to=in_reply_to,
            urgency=command.urgency,
            sent_at=now,
        )
        for each in documents:
            store.outbox.add_upload(each.upload, message)

    try:
        await session.vault.run(keep)
    except BaseException:
        await attachments.discard(session, documents)
        raise
    tell_conversations(session, [conversation])
    session.wakes.uploads.set()
    session.wakes.outbox.set()
    session.wakes.connection.set()
    return Queued(message=message, conversation=conversation)


def _conversation(store: Store, session: Session, command: SendLetter) -> ConversationId:
    """Check the recipients and find the conversation, before a possibly large file is read."""
    if session.owner.account in command.to:
        raise CommandError(Failure.OWN_ACCOUNT)
    states = store.contacts.states(command.to)
    for account in command.to:
        if states.get(account) is not ContactState.ACCEPTED:
            raise CommandError(Failure.NOT_A_CONTACT, account.hex())
    if not command.accepts_unverified:
        rows = [store.contacts.get(account) for account in command.to]
        unknown = [row.name for row in rows if row is not None and is_unverified(row)]
        if unknown:
            raise CommandError(Failure.UNVERIFIED_RECIPIENT, ", ".join(unknown)[:_NAMES])
    if command.in_reply_to is None:
        return ConversationId(session.random(16))
    conversation = store.messages.conversation_of(command.in_reply_to)
    if conversation is None:
        raise CommandError(Failure.UNKNOWN_MESSAGE)
    return conversation


def is_unverified(row: ContactRow) -> bool:
    """Whether writing to somebody takes a choice of the owner's that was not made yet (R-01)."""
    return (
        row.trust is Trust.SELF_DECLARED
        and row.compared is Comparison.NEVER
        and not row.is_accepted_unverified
    )


# --- reading -------------------------------------------------------------------------------------


async def conversations(session: Session, command: ListConversations) -> ConversationPage:
    """A page of a list. Raises CommandError."""
    if command.before is not None and command.after is not None:
        raise CommandError(Failure.INVALID)
    page = await session.vault.run(
        lambda store: store.messages.conversations(
            command.place, before=command.before, after=command.after, limit=command.limit
        )
    )
    if page is None:
        raise CommandError(Failure.UNKNOWN_CONVERSATION)
    return page


async def read(session: Session, command: ReadConversation) -> MessagePage:
    """A page of a conversation. Raises CommandError."""
    page = await session.vault.run(
        lambda store: store.messages.page(
            command.conversation, before=command.before, limit=command.limit
        )
    )
    if page is None:
        raise CommandError(Failure.UNKNOWN_CONVERSATION)
    return page


async def show(session: Session, message: MessageId) -> MessageView:
    """One letter. Raises CommandError."""
    view = await session.vault.run(lambda store: store.messages.view(message))
    if view is None:
        raise CommandError(Failure.UNKNOWN_MESSAGE)
    return view


# --- answering with receipts ---------------------------------------------------------------------


async def mark_read(session: Session, message: MessageId) -> Done:
    """Note that a letter was read; its sender gets one receipt of it. Raises CommandError."""

    def note(store: Store) -> LetterFacts:
        facts = _facts(store, message)
        if store.messages.mark_read(message):
            add_receipt(store, session, facts, ReceiptState.READ)
        return facts

    facts = await session.vault.run(note)
    _ring(session, facts)
    return Done()


async def refuse(session: Session, command: RefuseMessage) -> Done:
    """Tell a letter's sender that it is refused, and why. Raises CommandError."""

    def note(store: Store) -> LetterFacts:
        facts = _facts(store, command.message)
        if facts.is_sent or facts.evidence is None:
            raise CommandError(Failure.INVALID)
        store.messages.mark_read(command.message)
        add_receipt(store, session, facts, ReceiptState.REFUSED, command.reason, command.comment)
        return facts

    facts = await session.vault.run(note)
    _ring(session, facts)
    return Done()


def add_receipt(
    store: Store,
    session: Session,
    facts: LetterFacts,
    state: ReceiptState,
    reason: RefusalReason | None = None,
    comment: str = "",
) -> None:
    """Keep a receipt to be sent, bound to the exact bytes that were opened, inside a transaction."""
    if facts.is_sent or facts.evidence is None:
        return
    add_receipt_for(
        store, session, facts.sender, facts.message, facts.evidence, state, reason, comment
    )


def add_receipt_for(
    store: Store,
    session: Session,
    sender: AccountId,
    message: MessageId,
    evidence: Evidence,
    state: ReceiptState,
    reason: RefusalReason | None = None,
    comment: str = "",
) -> None:
    """As `add_receipt`, for a letter that is being stored."""
    store.outbox.add_receipt_due(
        sender,
        encode(
            Receipt(
                version=1,
                message=message,
                outer_header_hash=evidence.outer_header_hash,
                signed_message_hash=evidence.signed_message_hash,
                state=state,
                reason=reason,
                comment=comment,
                at=session.now(),
            )
        ),
    )


async def receipts(session: Session, message: MessageId) -> Receipts:
    """Everything that proves where a letter stands. Raises CommandError."""

    def collect(store: Store) -> tuple[ReceiptRow, ...]:
        facts = _facts(store, message)
        rows = store.inbox.receipts(message)
        if facts.evidence is None or facts.is_sent:
            return rows
        return (_acceptance(store, session, facts.evidence), *rows)

    return Receipts(message=message, rows=await session.vault.run(collect))


def _acceptance(store: Store, session: Session, evidence: Evidence) -> ReceiptRow:
    """The relay's acceptance of a received letter, as a receipt that any log tool verifies."""
    checkpoint = store.trust.checkpoint(evidence.checkpoint_size)
    note = None if checkpoint is None else checkpoint.note
    proof = ""
    if note is not None:
        proof = format_proof(
            TlogProof(
                extra=evidence.leaf, index=evidence.log_index, path=evidence.path, checkpoint=note
            )
        )
    return ReceiptRow(
        account=session.owner.account,
        device=session.owner.device,
        envelope=evidence.envelope,
        state=DeliveryState.ACCEPTED,
        at=decode(AuditLeaf, evidence.leaf).relay_time,
        reason=None,
        log_index=evidence.log_index,
        proof=proof,
    )


def _facts(store: Store, message: MessageId) -> LetterFacts:
    facts = store.messages.facts(message)
    if facts is None:
        raise CommandError(Failure.UNKNOWN_MESSAGE)
    return facts


def _ring(session: Session, facts: LetterFacts) -> None:
    tell_conversations(session, [facts.conversation])
    session.wakes.outbox.set()
