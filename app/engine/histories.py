# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters of the past, on their way from one of the owner's computers to another: in parts, as ordinary letters.

A part is sealed to one device of the own account and to nobody else. One is on its way at a time, so that the
letters of today are not held up, and stopping is possible at every part. What has arrived is never asked for
again: a letter that is here already stays as it is.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.engine.ports.files import FileError
from app.engine.ports.vault import NewLetter, Outgoing, Setting, StoredAttachment, Upload
from app.interface.events import HistoryProgress
from app.interface.snapshots import Done, Problem
from crypto_core.wire.content import Attachment, BroughtLetter, HistoryPart, OwnMarks
from crypto_core.wire.envelope import MessageKind, Urgency
from crypto_core.wire.ids import BlobId, ConversationId, Hash, MessageId
from crypto_core.wire.letters import fitting_details
from crypto_core.wire.limits import MIB
from crypto_core.wire.padding import sealed_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from crypto_core.wire.ids import DeviceId, UnixMillis

LETTERS_A_PART: Final = 50
TEXT_BYTES_A_PART: Final = 8 * MIB
_COPY_BYTES: Final = 4 * MIB


def begin(store: Store, device: DeviceId, *, since: UnixMillis) -> None:
    """Let the letters since a moment go to another computer, inside the transaction that lets it in."""
    added = store.outbox.add_history(device, since)
    total = store.outbox.history_left() if added else 0
    store.identity.put_setting(Setting.HISTORY_TOTAL, str(total).encode())


async def stop(session: Session) -> Done:
    """Send no more of them."""

    def forget(store: Store) -> None:
        store.outbox.stop_history()
        store.identity.put_setting(Setting.HISTORY_TOTAL, None)

    await session.vault.run(forget)
    session.publish(HistoryProgress(is_sending=True, done=0, total=0))
    return Done()


async def queue_next(session: Session) -> bool:
    """Queue the next part if none is on its way; False without any. Raises VaultError."""
    chosen = await session.vault.run(_choose)
    if chosen is None:
        return False
    device, letters = chosen
    documents: list[tuple[StoredAttachment, Upload]] = []
    for letter in letters:
        for attachment in letter.attachments:
            copied = await asyncio.to_thread(_copy, session, attachment)
            if copied is not None:
                documents.append(copied)

    def queue(store: Store) -> HistoryProgress:
        following = store.outbox.next_history(LETTERS_A_PART)
        if following is None or following[0] != device:
            # Stopped, or the computer was removed, in this very moment.
            return HistoryProgress(is_sending=True, done=0, total=0)
        total = int(store.identity.setting(Setting.HISTORY_TOTAL) or 0)
        store.outbox.history_queued(device, [letter.message for letter in letters])
        done = max(0, total - store.outbox.history_left())
        message = MessageId(session.random(16))
        here = [attachment for attachment, _ in documents]
        marks = store.marks.of_letters([letter.message for letter in letters])
        contents = (
            HistoryPart(version=1, done=done, total=max(done, total)),
            *(each for letter in letters for each in _brought(letter, here)),
            *([OwnMarks(version=1, marks=marks)] if marks else []),
        )
        store.outbox.queue(
            Outgoing(
                message=message,
                kind=MessageKind.HISTORY,
                conversation=ConversationId(message),
                in_reply_to=None,
                sent_at=session.now(),
                utc_offset=session.machine.clock.utc_offset(),
                urgency=Urgency.NORMAL,
                contents=contents,
            ),
            [(session.owner.account, device)],
        )
        for _, upload in documents:
            store.outbox.add_upload(upload, message)
        return HistoryProgress(is_sending=True, done=done, total=max(done, total))

    progress = await session.vault.run(queue)
    if progress.total:
        session.publish(progress)
        session.wakes.uploads.set()
    return bool(progress.total)


def _choose(store: Store) -> tuple[DeviceId, tuple[NewLetter, ...]] | None:
    """Several letters without documents, or one with them: a letter's documents are fetched together."""
    if store.outbox.is_history_waiting():
        return None
    following = store.outbox.next_history(LETTERS_A_PART)
    if following is None:
        return None
    device, messages = following
    chosen: list[NewLetter] = []
    size = 0
    for message in messages:
        letter = store.messages.letter(message)
        if letter is None:
            store.outbox.history_queued(device, [message])
            continue
        size += len(letter.text.encode()) + 4096
        if chosen and (letter.attachments or size > TEXT_BYTES_A_PART):
            break
        chosen.append(letter)
        if letter.attachments:
            break
    return (device, tuple(chosen)) if chosen else None


def _copy(session: Session, attachment: StoredAttachment) -> tuple[StoredAttachment, Upload] | None:
    """Copy a sealed document under a new name; None if it is not here.

    The relay may still have it under the old one, as somebody else's.
    """
    files = session.machine.files
    blob = BlobId(session.random(16))
    digest, size = hashlib.sha256(), sealed_length(attachment.size)
    try:
        for offset in range(0, size, _COPY_BYTES):
            part = files.read_sealed(attachment.blob, offset=offset, length=_COPY_BYTES)
            digest.update(part)
            files.append(blob, part)
        files.finish(blob, key=attachment.key, size=attachment.size, sha256=attachment.sha256)
    except FileError:
        files.drop_partial(blob)
        return None
    sealed = Hash(digest.digest())
    copied = replace(attachment, blob=blob, is_available=True, sealed_sha256=sealed)
    return copied, Upload(blob=blob, size=size, sha256=sealed, is_complete=False)


def _brought(letter: NewLetter, here: Sequence[StoredAttachment]) -> tuple[object, ...]:
    documents = [
        each
        for each in here
        if any((each.key, each.sha256) == (own.key, own.sha256) for own in letter.attachments)
    ]
    return (
        BroughtLetter(
            version=1,
            message=letter.message,
            conversation=letter.conversation,
            in_reply_to=letter.in_reply_to,
            is_sent=letter.is_sent,
            is_read=letter.is_read,
            sender=letter.sender,
            sender_device=letter.sender_device,
            recipients=letter.recipients,
            subject=letter.subject,
            text=letter.text,
            at=letter.at,
            sent_at=letter.sent_at,
            utc_offset=letter.utc_offset,
            received_at=letter.received_at,
            accepted_at=letter.accepted_at,
            is_urgent=letter.urgency is Urgency.URGENT,
            details=letter.details,
            documents=len(documents),
            is_automatic=letter.is_automatic,
        ),
        *(
            Attachment(
                version=1,
                blob=each.blob,
                key=each.key,
                name=each.name,
                media_type=each.media_type,
                size=each.size,
                sha256=each.sha256,
            )
            for each in documents
        ),
    )


# --- on the other computer -----------------------------------------------------------------------


def receive(
    store: Store, contents: Sequence[object]
) -> tuple[HistoryProgress | None, list[NewLetter]]:
    """Keep the letters of a part that are not here yet, inside the transaction that commits it.

    Returns how far the whole is, and what was added.
    """
    progress: HistoryProgress | None = None
    added: list[NewLetter] = []
    for index, each in enumerate(contents):
        if isinstance(each, HistoryPart):
            progress = HistoryProgress(is_sending=False, done=each.done, total=each.total)
        if not isinstance(each, BroughtLetter) or store.messages.facts(each.message) is not None:
            continue
        erased_at = store.erasures.erased_at(each.conversation)
        if store.organising.is_erased(each.message) or (erased_at or 0) >= each.sent_at:
            # The owner has removed it here, or erased what it was part of.
            continue
        behind = contents[index + 1 : index + 1 + each.documents]
        documents = [section for section in behind if isinstance(section, Attachment)]
        letter = _letter(each, documents)
        store.messages.add(letter)
        added.append(letter)
    return progress, added


def _letter(brought: BroughtLetter, documents: Sequence[Attachment]) -> NewLetter:
    return NewLetter(
        message=brought.message,
        conversation=brought.conversation,
        is_sent=brought.is_sent,
        sender=brought.sender,
        sender_device=brought.sender_device,
        subject=brought.subject,
        text=brought.text,
        at=brought.at,
        sent_at=brought.sent_at,
        utc_offset=brought.utc_offset,
        received_at=brought.received_at,
        accepted_at=brought.accepted_at,
        urgency=Urgency.URGENT if brought.is_urgent else Urgency.NORMAL,
        in_reply_to=brought.in_reply_to,
        recipients=brought.recipients,
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
        details=None if brought.details is None else fitting_details(brought.text, brought.details),
        problem=Problem.NONE,
        is_brought=True,
        is_read=brought.is_read,
        is_automatic=brought.is_automatic,
    )
