# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters as their owner handles them: listed, read, refused, proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine import patients
from app.engine.journal.noting import note_letter
from app.engine.outbox import stamp_marks
from app.engine.people import is_blocked
from app.engine.session import Session, tell_conversations
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import (
    ConversationPage,
    ConversationRow,
    DeliveryState,
    Done,
    MessagePage,
    MessageView,
    ReceiptRow,
    Receipts,
)
from crypto_core.trust.tlog_proof import TlogProof, format_proof
from crypto_core.wire.audit import AuditLeaf
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.content import Receipt, ReceiptState, RefusalReason
from crypto_core.wire.journal import Action

if TYPE_CHECKING:
    from app.engine.ports.vault import Evidence, LetterFacts, Store
    from app.interface.commands import (
        ListConversations,
        ReadConversation,
        RefuseMessage,
    )
    from crypto_core.wire.ids import AccountId, ConversationId, MessageId


# --- reading -------------------------------------------------------------------------------------


async def conversation(session: Session, wanted: ConversationId) -> ConversationRow:
    """One line of the lists. Raises CommandError."""
    row = await session.vault.run(lambda store: store.messages.conversation(wanted))
    if row is None:
        raise CommandError(Failure.UNKNOWN_CONVERSATION)
    return row


async def conversations(session: Session, command: ListConversations) -> ConversationPage:
    """A page of a list. Raises CommandError."""
    if command.before is not None and command.after is not None:
        raise CommandError(Failure.INVALID)
    if command.patient is not None:
        wanted = command.patient
        await session.vault.run(lambda store: patients.required(store, wanted))
    page = await session.vault.run(
        lambda store: store.messages.conversations(
            command.place,
            before=command.before,
            after=command.after,
            patient=command.patient,
            limit=command.limit,
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
    """Note that a letter was opened; its sender gets one receipt of it. Raises CommandError."""

    def note(store: Store) -> LetterFacts:
        facts = _facts(store, message)
        # Who is blocked hears nothing; once they are not any more, opening it again tells them.
        is_told = not is_blocked(store, facts.sender)
        if store.messages.mark_read(message, is_told=is_told):
            add_receipt(store, session, facts, ReceiptState.READ)
        note_letter(store, session, Action.READ, message)
        stamp_marks(store, session)
        return facts

    facts = await session.vault.run(note)
    _ring(session, facts)
    return Done()


async def refuse(session: Session, command: RefuseMessage) -> Done:
    """Tell a letter's sender that it is refused, and why. Raises CommandError."""

    def note(store: Store) -> LetterFacts:
        facts = _facts(store, command.message)
        if facts.is_sent or facts.evidence is None or facts.is_automatic:
            raise CommandError(Failure.INVALID)
        if is_blocked(store, facts.sender):
            raise CommandError(Failure.CONTACT_BLOCKED)
        store.messages.mark_read(command.message)
        add_receipt(store, session, facts, ReceiptState.REFUSED, command.reason, command.comment)
        note_letter(store, session, Action.REFUSED, command.message, number=int(command.reason))
        stamp_marks(store, session)
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
