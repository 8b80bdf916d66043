# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sends what was queued: files first, then one envelope at a time, in the order of the own chain.

What is queued is in the vault before anything is said. A sealed envelope and its statement are in the vault
before they are posted, and every retry posts the same bytes. At most one envelope is sealed and not yet
accepted, so a refusal for good can be undone without a gap in the chain.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.engine import audit, gatekeeping, histories, prekeys
from app.engine.attachments import upload
from app.engine.correspondents import CorrespondentUntrustedError, refresh_history
from app.engine.journal import posting
from app.engine.ports.files import SealedFileDamagedError, SealedFileMissingError
from app.engine.ports.relay import RelayAnswerError, RelayRefusedError
from app.engine.ports.vault import OutboxRow, Outgoing, SealedRow, Setting, Store, Upload
from app.engine.prekeys import Claimed
from app.engine.session import (
    CONNECTION_REFUSALS,
    Session,
    raise_alarm,
    tell_contacts,
    tell_conversations,
)
from app.interface.snapshots import AlarmKind, ContactState, Problem
from crypto_core.errors import CryptoCoreError
from crypto_core.keys.envelopes import Message, SealedEnvelope, seal
from crypto_core.trust.assurance import read_vouch
from crypto_core.trust.prekeys import SlotTarget
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import AuditStatement, EnvelopeAccepted, Verb
from crypto_core.wire.codec import decode
from crypto_core.wire.content import (
    AbsenceNotice,
    Attachment,
    LetterDetails,
    OwnCards,
    OwnMarks,
    Receipt,
)
from crypto_core.wire.devices import DeviceList, KeyEvent, KeyEventKind
from crypto_core.wire.envelope import MessageKind, Urgency
from crypto_core.wire.ids import ConversationId, DeviceId, EnvelopeId, MessageId, UnixMillis
from crypto_core.wire.limits import ENVELOPE_LIFE_SECONDS, MAX_OWN_CARDS, MAX_OWN_MARKS, MAX_SLOTS
from crypto_core.wire.relay_api import (
    PostEnvelopeRequest,
    ProblemCode,
    PublishKeyEventRequest,
    VouchRequest,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from app.engine.ports.vault import StatementRow
    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.wire.ids import AccountId, BlobId, PatientId

_log = logging.getLogger(__name__)

RECEIPTS_TOGETHER: Final = 100
"""How many receipts for one account travel in one message."""

NOTICES_TOGETHER: Final = 100
"""How many notices of absence are queued in one transaction, so that nobody waits long for the store."""

_FIRST_DELAY_MILLIS: Final = 30_000
_LONGEST_DELAY_MILLIS: Final = 6 * 3_600_000
_MOST_ATTEMPTS: Final = 5
"""How often an envelope may be sealed or uploaded again before its rows are given up."""

_SEAL_AGAIN: Final = frozenset({ProblemCode.UNKNOWN_RECIPIENT, ProblemCode.EXPIRED})
"""Refusals that another sealing, with what the relay knows now, may overcome."""


_FOR_GOOD: Final = frozenset(
    {
        Problem.REFUSED_BY_RELAY,
        Problem.RECIPIENT_UNKNOWN,
        Problem.RECIPIENT_BLOCKED,
        Problem.NOT_ALLOWED,
    }
)
"""What is wrong with a recipient and will not change by waiting."""


_VOUCHES: Final = frozenset({Verb.VOUCHED, Verb.VOUCH_WITHDRAWN})


def new_message_id(session: Session) -> MessageId:
    """A fresh message number."""
    return MessageId(session.random(16))


def queue(
    store: Store,
    session: Session,
    kind: MessageKind,
    contents: tuple[object, ...],
    *,
    to: Iterable[AccountId | tuple[AccountId, DeviceId]],
    message: MessageId,
    conversation: ConversationId | None = None,
    in_reply_to: MessageId | None = None,
    urgency: Urgency = Urgency.NORMAL,
    sent_at: UnixMillis | None = None,
    not_before: UnixMillis | None = None,
    is_for_own: bool = True,
) -> None:
    """Queue a message inside the transaction that decides to send it. The caller rings `wakes.outbox` after it.

    The owner's other computers get it too, unless it is not `is_for_own`.
    """
    recipients: list[tuple[AccountId, DeviceId | None]] = [
        each if isinstance(each, tuple) else (each, None) for each in to
    ]
    if is_for_own and kind is not MessageKind.HISTORY and has_other_computers(store, session):
        recipients.append((session.owner.account, None))
    store.outbox.queue(
        Outgoing(
            message=message,
            kind=kind,
            conversation=ConversationId(message) if conversation is None else conversation,
            in_reply_to=in_reply_to,
            sent_at=session.now() if sent_at is None else sent_at,
            utc_offset=session.machine.clock.utc_offset(),
            urgency=urgency,
            contents=contents,
            not_before=not_before,
        ),
        recipients,
    )


def has_other_computers(store: Store, session: Session) -> bool:
    """Whether the account has more computers than this one."""
    return len(own_computers(store, session)) > 1


def own_computers(store: Store, session: Session) -> tuple[DeviceId, ...]:
    """The account's computers, first the one that has been there longest; none before their list is known."""
    own = store.trust.histories([session.owner.account]).get(session.owner.account)
    if own is None or own.newest is None:
        return ()
    there = sorted(own.newest.devices, key=lambda each: (each.added_at, each.device))
    return tuple(each.device for each in there)


def speaks(store: Store, session: Session) -> bool:
    """Whether it is this computer that tells and answers in the owner's absence.

    It is the one on which the absence was said; if that one is none of the account's any more, the one that has
    been there longest, which all of them read alike in the list.
    """
    own, computers = store.absences.own(), own_computers(store, session)
    if own is None:
        return False
    speaker = own.device if own.device in computers or not computers else computers[0]
    return speaker == session.owner.device


# --- one pass ------------------------------------------------------------------------------------


async def upload_due(session: Session) -> int:
    """Upload the files of waiting messages and return how many. Raises RelayError, FileError."""
    count = 0
    async with session.locks.uploads:
        while True:
            wanted = await session.vault.run(lambda store: store.outbox.next_upload(session.now()))
            if wanted is None:
                return count
            try:
                await upload(session, wanted)
            except RelayRefusedError as error:
                if error.code in CONNECTION_REFUSALS:
                    raise
                if error.code is ProblemCode.QUOTA_EXCEEDED:
                    await _put_off_upload(session, wanted)
                else:
                    await _give_up_upload(session, wanted, Problem.REFUSED_BY_RELAY)
                continue
            except (SealedFileMissingError, SealedFileDamagedError):
                # Somebody has tidied the profile up. The letter cannot go out as it was written.
                await _give_up_upload(session, wanted, Problem.ATTACHMENT_MISSING)
                continue
            session.wakes.outbox.set()
            count += 1


async def _give_up_upload(session: Session, wanted: Upload, problem: Problem) -> None:
    def give_up(store: Store) -> MessageId | None:
        rows = store.outbox.waiting_for(wanted.blob)
        store.outbox.fail([row.row for row in rows], problem)
        return _message_of(store, rows)

    await _tell_message(session, await session.vault.run(give_up))


async def _put_off_upload(session: Session, wanted: Upload) -> None:
    """Let a letter wait for room at the relay, which grows whenever earlier documents have been fetched."""

    def put_off(store: Store) -> MessageId | None:
        rows = store.outbox.waiting_for(wanted.blob)
        for row in rows:
            store.outbox.postpone(
                [row.row], Problem.RELAY_FULL, until=_later(session, row.attempts)
            )
        return _message_of(store, rows)

    await _tell_message(session, await session.vault.run(put_off))


def _message_of(store: Store, rows: Sequence[OutboxRow]) -> MessageId | None:
    return store.outbox.outgoing(rows[0].outgoing).message if rows else None


async def _tell_message(session: Session, message: MessageId | None) -> None:
    if message is not None:
        await _tell(session, message)


async def send_due(
    session: Session,
    *,
    collect: Callable[[], Awaitable[object]],
    with_receipts: bool = True,
    is_hurried: bool = False,
) -> int:
    """Send everything that is due and return how many envelopes the relay accepted.

    `collect` reads the mailbox; a letter about a patient is sealed after it. With `is_hurried` acts of the journal do
    not wait for others to go with them.

    Raises RelayError when the connection, not a message, is at fault, and VaultError.
    """
    sent, has_collected = 0, False
    async with session.locks.outbox:
        while not await _is_stopped(session):
            pending = await session.vault.run(lambda store: store.outbox.first_pending())
            if pending is not None:
                sent += await _post(session, pending)
                continue
            due = await session.vault.run(lambda store: _due(store, session))
            if due is not None:
                if not has_collected and await _is_about_patient(session, due[0]):
                    # What was decided on another of the owner's computers comes before the letter.
                    await collect()
                    has_collected = True
                await _seal_rows(session, *due)
            elif not (
                (with_receipts and await _bundle_receipts(session))
                or await _queue_notices(session)
                or await session.vault.run(lambda store: queue_marks(store, session))
                or await session.vault.run(
                    lambda store: posting.sign_due(store, session, is_hurried=is_hurried)
                )
                or await histories.queue_next(session)
            ):
                break
    if sent:
        session.wakes.status.set()
    return sent


async def post_pending(session: Session, *, raises: bool = False) -> None:
    """Post statements that are signed already, the next device list for one. Raises RelayError, VaultError.

    With `raises`, also the refusal for good of a key event; nothing is left of it then.
    """
    async with session.locks.outbox:
        while not await _is_stopped(session):
            pending = await session.vault.run(lambda store: store.outbox.first_pending())
            if pending is None:
                return
            await _post(session, pending, raises=raises)


async def _is_stopped(session: Session) -> bool:
    setting = await session.vault.run(lambda store: store.identity.setting(Setting.SENDING_STOPPED))
    return setting is not None


async def _bundle_receipts(session: Session) -> bool:
    """Make one message of the receipts that are due to one account; False without any."""

    def bundle(store: Store) -> bool:
        due = store.outbox.take_receipts_due(RECEIPTS_TOGETHER)
        if due is None:
            return False
        account, receipts = due
        queue(
            store,
            session,
            MessageKind.RECEIPT,
            tuple(decode(Receipt, each) for each in receipts),
            to=[account],
            message=new_message_id(session),
        )
        return True

    return await session.vault.run(bundle)


async def _queue_notices(session: Session) -> bool:
    """Make the notices of absence that are due; False without any."""
    count = await session.vault.run(lambda store: queue_notices(store, session))
    if count:
        # How many know it is shown.
        tell_contacts(session)
    return bool(count)


def queue_notices(store: Store, session: Session) -> int:
    """Queue what contacts and the owner's other computers do not know yet of the owner's absence; return how many.

    Each gets a message of their own: an envelope shows its recipients to each other. Which contacts there are is
    looked at here, so whoever becomes one in an absence is told by the same way, whatever made them one.
    """
    own, owner = store.absences.own(), session.owner
    if own is None or not speaks(store, session):
        return 0
    if own.away is not None and own.away.until <= session.now():
        # It has ended by itself, for contacts too.
        return 0
    notice = AbsenceNotice(version=1, stated_at=own.stated_at, away=own.away)
    contacts = store.absences.to_be_told(NOTICES_TOGETHER)
    store.absences.note_told(contacts, own.stated_at)
    due: list[AccountId | tuple[AccountId, DeviceId]] = list(contacts)
    for device in own_computers(store, session):
        # One that is linked in an absence is told of it as well.
        if device != owner.device and not store.absences.is_told(device, own.stated_at):
            store.absences.note_computer_told(device, own.stated_at)
            due.append((owner.account, device))
    for each in due:
        queue(
            store,
            session,
            MessageKind.ABSENCE,
            (notice,),
            to=[each],
            message=new_message_id(session),
            is_for_own=False,
        )
    return len(due)


def stamp_marks(store: Store, session: Session) -> bool:
    """Stamp what was changed here, in the transaction that changes it. The caller rings `wakes.outbox` after it."""
    return store.marks.stamp(
        session.owner.device, session.now(), is_alone=not has_other_computers(store, session)
    )


def queue_marks(store: Store, session: Session) -> bool:
    """Tell the owner's other computers what is due of what was done with letters; False without any.

    Hundreds travel as one message. It is the state of now that is told, whatever came and went meanwhile.
    """
    stamp_marks(store, session)
    if not has_other_computers(store, session):
        return False
    marks = store.marks.take_due(session.now(), MAX_OWN_MARKS)
    # Cards follow the patients, in a message of their own: a program that knows none still reads the marks.
    cards = () if marks else store.marks.take_due_cards(session.now(), MAX_OWN_CARDS)
    if not (marks or cards):
        return False
    section = OwnMarks(version=1, marks=marks) if marks else OwnCards(version=1, cards=cards)
    queue(store, session, MessageKind.OWN_MARKS, (section,), to=[], message=new_message_id(session))
    return True


# --- sealing -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What one sealing of one message will do."""

    slots: tuple[tuple[OutboxRow, SlotTarget], ...]
    waiting: tuple[tuple[OutboxRow, DeviceId | None, Problem], ...]
    failed: tuple[tuple[OutboxRow, Problem], ...]
    claims: tuple[Claimed, ...]


def _due(store: Store, session: Session) -> tuple[Outgoing, tuple[OutboxRow, ...]] | None:
    rows = store.outbox.due(session.now())
    return (store.outbox.outgoing(rows[0].outgoing), rows) if rows else None


async def _seal_rows(session: Session, outgoing: Outgoing, rows: Sequence[OutboxRow]) -> None:
    """Seal one message to every device of its due rows that can be sealed to; say of the others why not."""
    plan = await _plan(session, outgoing, rows)
    sealed: SealedEnvelope | None = None
    if plan.slots:
        try:
            sealed = await _seal(session, outgoing, tuple(target for _, target in plan.slots))
        except CryptoCoreError:
            # Too large for the protocol, though every part was within its own limits.
            plan = replace(
                plan,
                slots=(),
                failed=(
                    *plan.failed,
                    *((row, Problem.REFUSED_BY_RELAY) for row, _ in plan.slots),
                ),
            )
    if sealed is not None and sealed.body_blob is not None:
        await asyncio.to_thread(session.machine.files.put_sealed, *sealed.body_blob)
    try:
        is_kept = await session.vault.run(
            lambda store: _keep_sealed(store, session, rows, plan, sealed)
        )
        if not is_kept and sealed is not None and sealed.body_blob is not None:
            await asyncio.to_thread(session.machine.files.remove, sealed.body_blob[0])
    except CorrespondentUntrustedError:
        # A key under two accounts, one of which is being written to for the first time right now:
        # nothing of this sealing is kept.
        await session.vault.run(
            lambda store: store.outbox.postpone(
                [row.row for row in rows],
                Problem.RECIPIENT_UNTRUSTED,
                until=_later(session, rows[0].attempts),
            )
        )
    if outgoing.kind is MessageKind.CONTACT_REQUEST and plan.failed:
        tell_contacts(session)
    await _tell(session, outgoing.message)


async def _plan(session: Session, outgoing: Outgoing, rows: Sequence[OutboxRow]) -> _Plan:
    slots: list[tuple[OutboxRow, SlotTarget]] = []
    waiting: list[tuple[OutboxRow, DeviceId | None, Problem]] = []
    failed: list[tuple[OutboxRow, Problem]] = []
    claims: list[Claimed] = []
    taken: set[DeviceId] = set()
    for row in rows:
        if len(slots) >= MAX_SLOTS:
            # The rest is due again at once and travels in the next envelope.
            break
        claimed = await _claim(session, outgoing, row)
        if claimed in _FOR_GOOD:
            failed.append((row, claimed))
            continue
        if isinstance(claimed, Problem):
            waiting.append((row, row.device, claimed))
            continue
        claims.append(claimed)
        for target in claimed.targets:
            if target.device in taken:
                # Asked for again while the first sealing was still waiting: one slot serves both.
                continue
            if len(slots) < MAX_SLOTS:
                taken.add(target.device)
                slots.append((row, target))
            else:
                waiting.append((row, target.device, Problem.NONE))
        waiting += [(row, device, Problem.RECIPIENT_AWAY) for device in claimed.away]
        waiting += [(row, device, Problem.RECIPIENT_UNTRUSTED) for device in claimed.untrusted]
        if not any(each is row for each, *_ in (*slots, *waiting)):
            # The named device is no longer one of the account's, or served by another row already, or
            # the own account has no other device.
            failed.append((row, Problem.NONE))
    return _Plan(
        slots=tuple(slots),
        waiting=tuple(waiting),
        failed=tuple(failed),
        claims=tuple(claims),
    )


async def _claim(session: Session, outgoing: Outgoing, row: OutboxRow) -> Claimed | Problem:
    """Take prekeys for one row, or say what is wrong: refused for good, or not to be trusted now."""
    states = await session.vault.run(lambda store: store.contacts.states([row.account]))
    if states.get(row.account) is ContactState.BLOCKED:
        return Problem.RECIPIENT_BLOCKED
    try:
        claimed = await prekeys.claim(
            session,
            row.account,
            devices=() if row.device is None else (row.device,),
            # A device that lost its keys has lost all one-time keys the relay may still hand out.
            one_time=outgoing.kind is not MessageKind.CONTACT_REQUEST and not row.is_repeated,
        )
    except CorrespondentUntrustedError:
        return Problem.RECIPIENT_UNTRUSTED
    except RelayRefusedError as error:
        if error.code in CONNECTION_REFUSALS:
            raise
        if error.code is ProblemCode.NOT_FOUND:
            return Problem.RECIPIENT_UNKNOWN
        return Problem.REFUSED_BY_RELAY
    held_back = await session.vault.run(lambda store: _held_back(store, session, outgoing, claimed))
    return held_back or claimed


def _held_back(
    store: Store, session: Session, outgoing: Outgoing, claimed: Claimed
) -> Problem | None:
    """Why nothing is sealed to an account now, though there are keys for it."""
    if not _may_leave(store, session, outgoing, claimed.account):
        return Problem.NOT_ALLOWED
    if claimed.conflicts(store):
        return Problem.RECIPIENT_UNTRUSTED
    if store.trust.is_blocked(claimed.account):
        return Problem.KEYS_CHANGED
    if outgoing.kind is MessageKind.CONTACT_REQUEST and not claimed.is_proven:
        return Problem.KEYS_UNPROVEN
    return None


async def _is_about_patient(session: Session, outgoing: Outgoing) -> bool:
    if outgoing.kind is not MessageKind.LETTER:
        return False
    patient = await session.vault.run(
        lambda store: gatekeeping.subject(store, _patient(outgoing.contents), outgoing.conversation)
    )
    return patient is not None


def _may_leave(store: Store, session: Session, outgoing: Outgoing, account: AccountId) -> bool:
    """Whether a letter about a patient may still go to somebody; what says it may not can have come since it was sent."""
    patient = gatekeeping.subject(store, _patient(outgoing.contents), outgoing.conversation)
    is_own = account == session.owner.account
    return (
        outgoing.kind is not MessageKind.LETTER
        or patient is None
        or is_own
        or gatekeeping.may_leave(store, session, outgoing.message, patient, account)
    )


async def _seal(
    session: Session, outgoing: Outgoing, targets: tuple[SlotTarget, ...]
) -> SealedEnvelope:
    view = await audit.log_view(session)
    message = Message(
        message=outgoing.message,
        kind=outgoing.kind,
        conversation=outgoing.conversation,
        in_reply_to=outgoing.in_reply_to,
        sent_at=outgoing.sent_at,
        utc_offset=outgoing.utc_offset,
        patient=_patient(outgoing.contents),
        urgency=outgoing.urgency,
        sections=outgoing.contents,
    )
    blobs = tuple(each.blob for each in outgoing.contents if isinstance(each, Attachment))
    expires_at = UnixMillis(session.now() + ENVELOPE_LIFE_SECONDS * 1000)
    return await asyncio.to_thread(
        lambda: seal(
            message,
            keys=session.keys,
            targets=targets,
            attachments=blobs,
            expires_at=expires_at,
            log_view=view,
            random_bytes=session.random,
        )
    )


def _patient(contents: Sequence[object]) -> PatientId | None:
    """The number that the signed header names as well."""
    for each in contents:
        if isinstance(each, LetterDetails) and each.patient is not None:
            return each.patient.patient
    return None


def _keep_sealed(
    store: Store,
    session: Session,
    rows: Sequence[OutboxRow],
    plan: _Plan,
    sealed: SealedEnvelope | None,
) -> bool:
    """Keep the envelope, its statement, and what was learned about keys: one transaction.

    False, and nothing is kept, if somebody has called the letter back meanwhile.
    """
    if not store.outbox.is_waiting([row.row for row in rows]):
        return False
    due = store.outbox.outgoing(rows[0].outgoing)
    if not all(_may_leave(store, session, due, row.account) for row, _ in plan.slots):
        # Decided in this very moment; the next look says of whom.
        return False
    served = {row.row for row, _ in plan.slots}
    if sealed is not None:
        for claimed in plan.claims:
            claimed.keep(store)
        outgoing = rows[0].outgoing
        message = store.outbox.outgoing(outgoing)
        body = [] if sealed.body_blob is None else [sealed.body_blob[0]]
        blobs = [each.blob for each in message.contents if isinstance(each, Attachment)]
        store.outbox.add_sealed(
            SealedRow(
                envelope=sealed.envelope,
                outgoing=outgoing,
                message=message.message,
                kind=message.kind,
                outer_header_hash=sealed.outer_header_hash,
                signed_message_hash=sealed.signed_message_hash,
                envelope_bytes=sealed.envelope_bytes,
                blobs=(*blobs, *body),
            ),
            [(row.row, target.account, target.device) for row, target in plan.slots],
            waiting=[
                (row.account, device, problem, _later(session, row.attempts))
                for row, device, problem in plan.waiting
                if row.row in served and device is not None
            ],
        )
        if sealed.body_blob is not None:
            blob, content = sealed.body_blob
            store.outbox.add_upload(
                Upload(blob=blob, size=len(content), sha256=sha256(content), is_complete=False),
                message.message,
            )
        audit.add_statement(
            store,
            session,
            Verb.ENVELOPE_ACCEPTED,
            EnvelopeAccepted(
                envelope=sealed.envelope,
                envelope_sha256=sha256(sealed.envelope_bytes),
                at=session.now(),
                utc_offset=session.machine.clock.utc_offset(),
            ),
            envelope=sealed.envelope,
        )
    for row, _, problem in plan.waiting:
        if row.row not in served:
            store.outbox.postpone([row.row], problem, until=_later(session, row.attempts))
    for row, problem in plan.failed:
        store.outbox.fail([row.row], problem)
        known = store.contacts.get(row.account)
        if (
            problem is Problem.RECIPIENT_UNKNOWN
            and known is not None
            and known.state is ContactState.REQUESTED
        ):
            # Asked while the relay could not be: nobody will ever answer.
            store.contacts.put(replace(known, state=ContactState.UNKNOWN, since=session.now()))
    return True


def _later(session: Session, attempts: int) -> UnixMillis:
    """When to try again: later each time, at a moment that many waiting clients do not share."""
    delay = min(_LONGEST_DELAY_MILLIS, _FIRST_DELAY_MILLIS * 2 ** min(attempts, 16))
    spread = int.from_bytes(session.random(4), "big") % (delay // 2)
    return UnixMillis(session.now() + delay // 2 + spread)


# --- posting -------------------------------------------------------------------------------------


async def _post(session: Session, statement: StatementRow, *, raises: bool = False) -> int:
    """Hand the relay the next statement of the chain with what it is about; 1 if that was an envelope it took."""
    if statement.encoded_key_event is not None:
        event = decode(KeyEvent, statement.encoded_key_event)
        await _post_key_event(session, statement, event, raises=raises)
        return 0
    if decode(AuditStatement, statement.encoded_statement).verb in _VOUCHES:
        await _post_vouch(session, statement)
        return 0
    if statement.envelope is None:
        await _post_acts(session, statement)
        return 0
    envelope: EnvelopeId = statement.envelope
    sealed, uploads = await session.vault.run(lambda store: _sealed_and_uploads(store, envelope))
    try:
        for wanted in uploads:
            if not wanted.is_complete:
                await upload(session, wanted)
        receipt = await session.relay.post_envelope(
            PostEnvelopeRequest(
                envelope=sealed.envelope_bytes or b"",
                statement=audit.signed_statement(statement),
            )
        )
    except RelayRefusedError as error:
        await _refused(session, sealed, statement, error)
        await _tell(session, sealed.message)
        return 0
    except (SealedFileMissingError, SealedFileDamagedError):
        await session.vault.run(
            lambda store: store.outbox.withdraw(envelope, Problem.ATTACHMENT_MISSING)
        )
        await _tell(session, sealed.message)
        return 0
    try:
        logged = await audit.accept_receipt(session, receipt.proof, statement)
    except CryptoCoreError as error:
        # The envelope stays as it is; whether the relay has it will be seen when it gives a valid receipt.
        raise RelayAnswerError("the relay's receipt does not verify") from error

    def keep(store: Store) -> None:
        store.outbox.statement_logged(statement.row, proof=receipt.proof)
        store.outbox.accepted(
            envelope,
            proof=receipt.proof,
            log_index=logged.log_index,
            at=UnixMillis(logged.relay_time),
        )

    await session.vault.run(keep)
    await _tell(session, sealed.message)
    return 1


def _sealed_and_uploads(store: Store, envelope: EnvelopeId) -> tuple[SealedRow, tuple[Upload, ...]]:
    sealed = store.outbox.sealed(envelope)
    if sealed is None:
        raise LookupError("a statement about an envelope that is not kept")
    return sealed, store.outbox.uploads(sealed.blobs)


async def _post_key_event(
    session: Session, statement: StatementRow, event: KeyEvent, *, raises: bool
) -> None:
    try:
        receipt = await session.relay.publish_key_event(
            session.owner.account,
            PublishKeyEventRequest(event=event, statement=audit.signed_statement(statement)),
        )
    except RelayRefusedError as error:
        if error.code in CONNECTION_REFUSALS:
            raise
        if error.code is not ProblemCode.CHAIN_BROKEN:
            # Refused for good, for instance because it was made while the clock was wrong, or because it
            # wants factors shown just now. It must not block what comes after it; another one is made when
            # it is due.
            await session.vault.run(lambda store: store.outbox.withdraw_statement(statement.row))
            _log.warning("the relay refused a key event: %s", error.code)
            if raises:
                raise
            return
        history = await refresh_history(session, session.owner.account)
        if _is_overtaken(history, event):
            # Another device of the account was faster: this one is not needed, or is made again.
            await session.vault.run(lambda store: store.outbox.withdraw_statement(statement.row))
            return
        await _chain_conflict(session, statement, error)
        return
    await _accept(session, statement, receipt.proof)


def _is_overtaken(history: KeyHistory, event: KeyEvent) -> bool:
    if event.kind is not KeyEventKind.DEVICE_LIST:
        return False
    return history.lists[-1].devices.sequence >= decode(DeviceList, event.signed.body).sequence


async def _post_acts(session: Session, statement: StatementRow) -> None:
    try:
        await posting.post(session)
    except RelayRefusedError as error:
        if error.code is not ProblemCode.CHAIN_BROKEN:
            raise
        await _chain_conflict(session, statement, error)


async def _post_vouch(session: Session, statement: StatementRow) -> None:
    vouch = read_vouch(decode(AuditStatement, statement.encoded_statement))
    try:
        receipt = await session.relay.vouch(
            vouch.account, VouchRequest(statement=audit.signed_statement(statement))
        )
    except RelayRefusedError as error:
        if error.code in CONNECTION_REFUSALS:
            raise
        if error.code is ProblemCode.CHAIN_BROKEN:
            await _chain_conflict(session, statement, error)
            return
        await session.vault.run(lambda store: store.outbox.withdraw_statement(statement.row))
        _log.warning("the relay refused a vouch: %s", error.code)
        return
    await _accept(session, statement, receipt.proof)


async def _accept(session: Session, statement: StatementRow, proof: str) -> None:
    try:
        await audit.accept_receipt(session, proof, statement)
    except CryptoCoreError as error:
        raise RelayAnswerError("the relay's receipt does not verify") from error
    await session.vault.run(lambda store: store.outbox.statement_logged(statement.row, proof=proof))


async def _refused(
    session: Session, sealed: SealedRow, statement: StatementRow, error: RelayRefusedError
) -> None:
    """Decide what a refusal means: wait, upload again, seal again, give up, or raise the alarm."""
    if error.code in CONNECTION_REFUSALS:
        raise error
    if error.code is ProblemCode.CHAIN_BROKEN:
        await _chain_conflict(session, statement, error)
        return
    if (
        error.code is ProblemCode.BLOB_MISSING
        and await _has_files(session, sealed.blobs)
        and not await _tried_too_often(session, sealed)
    ):
        # The relay dropped the files, as it does once all of an earlier envelope's recipients have them.
        await session.vault.run(lambda store: _upload_again(store, sealed))
        return
    if error.code is ProblemCode.QUOTA_EXCEEDED:
        # A long text travels as a file, for which there may be no room.
        until = _later(session, await _attempts(session, sealed))
        await session.vault.run(
            lambda store: store.outbox.withdraw(sealed.envelope, Problem.RELAY_FULL, until=until)
        )
        return
    if error.code in _SEAL_AGAIN and not await _tried_too_often(session, sealed):
        await session.vault.run(lambda store: store.outbox.withdraw(sealed.envelope, None))
        return
    await session.vault.run(
        lambda store: store.outbox.withdraw(sealed.envelope, Problem.REFUSED_BY_RELAY)
    )


async def _has_files(session: Session, blobs: Sequence[BlobId]) -> bool:
    stored = await asyncio.to_thread(session.machine.files.stored)
    return stored.issuperset(blobs)


def _upload_again(store: Store, sealed: SealedRow) -> None:
    store.outbox.count_attempt(sealed.envelope)
    for blob in sealed.blobs:
        store.outbox.upload_completed(blob, is_complete=False)


async def _tried_too_often(session: Session, sealed: SealedRow) -> bool:
    return await _attempts(session, sealed) >= _MOST_ATTEMPTS


async def _attempts(session: Session, sealed: SealedRow) -> int:
    return await session.vault.run(lambda store: store.outbox.attempts(sealed.envelope))


async def _chain_conflict(
    session: Session, statement: StatementRow, error: RelayRefusedError
) -> None:
    """The same statement was refused that would be accepted again had the relay ever had it: somebody else continued the chain."""
    expected = error.fields.get("expected_sequence")
    await session.vault.run(
        lambda store: store.identity.put_setting(Setting.SENDING_STOPPED, b"chain-conflict")
    )
    await raise_alarm(session, AlarmKind.CHAIN_CONFLICT, f"{statement.sequence} / {expected}")


async def _tell(session: Session, message: MessageId) -> None:
    conversation = await session.vault.run(lambda store: store.messages.conversation_of(message))
    if conversation is not None:
        tell_conversations(session, [conversation])
    session.wakes.status.set()
