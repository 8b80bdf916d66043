# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters on their way out: a draft becomes one, waits for its moment, is called back, is sent at once.

A letter can be called back while it is in no envelope. Whether it is, is asked in the same transaction that
makes it a draft again; the outbox asks in the transaction that puts it into one whether it is still there.
Either comes first, never both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine import attachments, decisions, drafts, gatekeeping, recipients
from app.engine.journal.noting import note_letter
from app.engine.outbox import new_message_id, queue
from app.engine.ports.vault import NewLetter
from app.engine.session import Session, tell_conversations
from app.interface.failures import CommandError, Failure
from app.interface.shown import person_name
from app.interface.snapshots import Done, DraftRecipient, Queued
from app.interface.writing import DraftContent, DraftId, DraftView, QueueRow, SendQueue
from crypto_core.wire.content import Attachment, Letter, PatientIdentity
from crypto_core.wire.envelope import MessageKind
from crypto_core.wire.ids import ConversationId
from crypto_core.wire.journal import Action
from crypto_core.wire.letters import details_of
from crypto_core.wire.limits import MAX_SUBJECT_BYTES, MAX_TEXT_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.ports.vault import Store, StoredAttachment
    from app.interface.commands import SendLetter
    from app.interface.writing import CancelSending, ListQueue, SendDraft, SendNow
    from crypto_core.wire.ids import AccountId, PatientId, UnixMillis

LONGEST_WAIT_MILLIS: Final = 366 * 86_400_000


async def send_draft(session: Session, command: SendDraft) -> Queued:
    """Make a draft a letter for good and queue it: one transaction, and the draft is gone. Raises CommandError."""
    if session.attaching.is_running(command.draft):
        raise CommandError(Failure.STILL_ATTACHING)

    def send(store: Store) -> Queued:
        draft = drafts.required(store, command.draft)
        conversation = None
        if draft.content.in_reply_to is not None:
            # What it answers may have been removed since; it then begins a conversation of its own here.
            conversation = store.messages.conversation_of(draft.content.in_reply_to)
        _require(
            store,
            session,
            draft.content,
            conversation=conversation,
            send_at=command.send_at,
            accepts_unverified=command.accepts_unverified,
            emergency=command.emergency,
        )
        queued = _post(
            store,
            session,
            draft.content,
            draft.documents,
            conversation=conversation,
            send_at=command.send_at,
            accepts_unverified=command.accepts_unverified,
            emergency=command.emergency,
        )
        store.drafts.forget(command.draft)
        return queued

    queued = await session.vault.run(send)
    ring(session, queued)
    return queued


async def send_letter(session: Session, command: SendLetter, *, request: int) -> Queued:
    """Send a letter without a draft, its documents from files. Raises CommandError, FileError."""
    content = DraftContent(
        to=tuple(
            DraftRecipient(account=account, name="", profession="")
            for account in dict.fromkeys(command.to)
        ),
        subject=command.subject,
        text=command.text,
        urgency=command.urgency,
        patient=command.patient,
        is_answer_wanted=command.is_answer_wanted,
        in_reply_to=command.in_reply_to,
    )

    def check(store: Store) -> ConversationId | None:
        conversation = None
        if command.in_reply_to is not None:
            conversation = store.messages.conversation_of(command.in_reply_to)
            if conversation is None:
                raise CommandError(Failure.UNKNOWN_MESSAGE)
        _require(
            store,
            session,
            content,
            conversation=conversation,
            send_at=command.send_at,
            accepts_unverified=command.accepts_unverified,
            emergency=command.emergency,
        )
        return conversation

    # Before a possibly large file is read, and again in the transaction that sends it.
    await session.vault.run(check)
    documents = await attachments.seal_documents(session, command.attachments, request=request)

    def send(store: Store) -> Queued:
        conversation = check(store)
        return _post(
            store,
            session,
            content,
            documents,
            conversation=conversation,
            send_at=command.send_at,
            accepts_unverified=command.accepts_unverified,
            emergency=command.emergency,
        )

    try:
        queued = await session.vault.run(send)
    except Exception:
        # Not when this task is cancelled: the letter may be kept already. If not, unlocking removes the files.
        await attachments.discard(session, documents)
        raise
    ring(session, queued)
    return queued


def queue_letter(
    store: Store,
    session: Session,
    content: DraftContent,
    documents: Sequence[StoredAttachment],
) -> Queued:
    """Send a letter to verified recipients, inside a transaction; `ring` when it is over. Raises CommandError."""
    _require(
        store,
        session,
        content,
        conversation=None,
        send_at=None,
        accepts_unverified=False,
        emergency="",
    )
    return _post(
        store,
        session,
        content,
        documents,
        conversation=None,
        send_at=None,
        accepts_unverified=False,
        emergency="",
    )


async def cancel(session: Session, command: CancelSending) -> DraftView:
    """Make a letter that nobody can have a draft again, with its documents. Raises CommandError."""
    draft = DraftId(session.random(16))

    def take_back(store: Store) -> tuple[DraftView, ConversationId]:
        letter = store.messages.letter(command.message)
        conversation = store.messages.conversation_of(command.message)
        if letter is None or conversation is None:
            raise CommandError(Failure.UNKNOWN_MESSAGE)
        if not letter.is_sent or not store.outbox.take_back(command.message):
            raise CommandError(Failure.ALREADY_SENT)
        note_letter(store, session, Action.CALLED_BACK, command.message)
        store.messages.take_back(command.message)
        now = session.now()
        store.drafts.put(draft, _content(store, letter), now)
        for document in letter.attachments:
            store.drafts.add_document(draft, document, now)
        return drafts.view(store, draft), conversation

    view, conversation = await session.vault.run(take_back)
    tell_conversations(session, [conversation])
    return view


async def send_now(session: Session, command: SendNow) -> Done:
    """Let a letter wait for its moment no longer. Raises CommandError."""

    def hurry(store: Store) -> ConversationId:
        conversation = store.messages.conversation_of(command.message)
        if conversation is None:
            raise CommandError(Failure.UNKNOWN_MESSAGE)
        store.outbox.send_now(command.message, session.now())
        return conversation

    conversation = await session.vault.run(hurry)
    ring(session, Queued(message=command.message, conversation=conversation))
    return Done()


async def list_queue(session: Session, command: ListQueue) -> SendQueue:
    """What waits to be sent, in the order it will go."""
    waiting = await session.vault.run(lambda store: store.outbox.letters(command.limit + 1))
    rows = []
    for letter in waiting[: command.limit]:
        uploaded, total = attachments.uploaded_of(session, letter.uploads)
        rows.append(
            QueueRow(
                message=letter.message,
                conversation=letter.conversation,
                to=letter.to,
                subject=letter.subject,
                queued_at=letter.queued_at,
                send_at=letter.not_before,
                uploaded=uploaded,
                total=total,
                can_cancel=not letter.is_begun,
            )
        )
    return SendQueue(rows=tuple(rows), more=len(waiting) > command.limit)


# --- inside a transaction ------------------------------------------------------------------------


def _require(
    store: Store,
    session: Session,
    content: DraftContent,
    *,
    conversation: ConversationId | None,
    send_at: UnixMillis | None,
    accepts_unverified: bool,
    emergency: str,
) -> None:
    """Refuse what cannot be sent. Raises CommandError."""
    recipients.require(
        store, session.owner.account, _accounts(content), accepts_unverified=accepts_unverified
    )
    if (
        len(content.subject.encode()) > MAX_SUBJECT_BYTES
        or len(content.text.encode()) > MAX_TEXT_BYTES
    ):
        raise CommandError(Failure.TEXT_TOO_LONG)
    now = session.now()
    if send_at is not None and not now < send_at <= now + LONGEST_WAIT_MILLIS:
        raise CommandError(Failure.SEND_TIME_INVALID)
    _identity(store, content.patient)
    about = gatekeeping.subject(store, content.patient, conversation)
    if about is not None and not emergency.strip():
        gatekeeping.require(store, session, about, _accounts(content))


def _post(
    store: Store,
    session: Session,
    content: DraftContent,
    documents: Sequence[StoredAttachment],
    *,
    conversation: ConversationId | None,
    send_at: UnixMillis | None,
    accepts_unverified: bool,
    emergency: str,
) -> Queued:
    """Keep a letter that may be sent, and queue it."""
    if accepts_unverified:
        store.contacts.accept_unverified(_accounts(content))
    about = gatekeeping.subject(store, content.patient, conversation)
    is_new = conversation is None
    if conversation is None:
        conversation = ConversationId(session.random(16))
    message = new_message_id(session)
    to = _accounts(content)
    now = session.now()
    # Whoever gets it later reads when it was to go, not when it was written.
    sent_at = now if send_at is None else send_at
    details = details_of(
        content.text,
        content.marks,
        _identity(store, content.patient),
        is_answer_wanted=content.is_answer_wanted,
    )
    store.messages.add(
        NewLetter(
            message=message,
            conversation=conversation,
            is_sent=True,
            sender=session.owner.account,
            sender_device=session.owner.device,
            subject=content.subject,
            text=content.text,
            at=now,
            sent_at=sent_at,
            utc_offset=session.machine.clock.utc_offset(),
            received_at=None,
            accepted_at=None,
            urgency=content.urgency,
            in_reply_to=content.in_reply_to,
            recipients=to,
            attachments=tuple(documents),
            details=details,
        )
    )
    if is_new and content.patient is not None:
        store.patients.file(conversation, content.patient)
    queue(
        store,
        session,
        MessageKind.LETTER,
        (
            Letter(version=1, subject=content.subject, text=content.text),
            *(() if details is None else (details,)),
            *(_section(each) for each in documents),
        ),
        to=to,
        message=message,
        conversation=conversation,
        in_reply_to=content.in_reply_to,
        urgency=content.urgency,
        sent_at=sent_at,
        not_before=send_at,
    )
    for each in documents:
        store.outbox.add_upload(attachments.upload_of(each), message)
    note_letter(store, session, Action.COMPOSED, message)
    if emergency.strip() and about is not None:
        decisions.keep_emergency(
            store, session, about, letter=message, accounts=to, reason=emergency
        )
    return Queued(message=message, conversation=conversation)


def _section(document: StoredAttachment) -> Attachment:
    return Attachment(
        version=1,
        blob=document.blob,
        key=document.key,
        name=document.name,
        media_type=document.media_type,
        size=document.size,
        sha256=document.sha256,
    )


def _accounts(content: DraftContent) -> tuple[AccountId, ...]:
    return tuple(dict.fromkeys(each.account for each in content.to))


def _identity(store: Store, patient: PatientId | None) -> PatientIdentity | None:
    """Whom a letter is about, as it is told. Raises CommandError."""
    if patient is None:
        return None
    row = store.patients.get(patient)
    if row is None:
        raise CommandError(Failure.UNKNOWN_PATIENT)
    return PatientIdentity(
        patient=patient,
        family_name=row.family_name,
        given_name=row.given_name,
        birth_date=row.birth_date,
    )


def _content(store: Store, letter: NewLetter) -> DraftContent:
    """What was written of a letter."""
    details = letter.details
    known = {account: store.contacts.get(account) for account in letter.recipients}
    return DraftContent(
        to=tuple(
            DraftRecipient(
                account=account,
                name=person_name(account, "" if row is None else row.name),
                profession="" if row is None else row.profession,
            )
            for account, row in known.items()
        ),
        subject=letter.subject,
        text=letter.text,
        marks=() if details is None else details.marks,
        urgency=letter.urgency,
        patient=None if details is None or details.patient is None else details.patient.patient,
        is_answer_wanted=details is not None and details.is_answer_wanted,
        in_reply_to=letter.in_reply_to,
    )


def ring(session: Session, queued: Queued) -> None:
    """Say that a letter is queued, and send it."""
    tell_conversations(session, [queued.conversation])
    session.wakes.uploads.set()
    session.wakes.outbox.set()
    session.wakes.connection.set()
