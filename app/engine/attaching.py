# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents come into drafts: each is encrypted under its own key when it is attached, and never read again.

The file is on the disk before the draft names it. A crash in between leaves an encrypted file that nobody names,
which the next unlocking removes; a draft never names half a document.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.engine import attachments
from app.engine.ports.vault import StoredAttachment
from app.engine.session import Detached
from app.interface.failures import CommandError, Failure
from app.interface.organising import REMOVAL_GRACE_SECONDS
from app.interface.snapshots import Done
from app.interface.writing import DocumentId, DraftDocument
from crypto_core.keys.streams import seal_bytes
from crypto_core.trust.signatures import sha256
from crypto_core.wire.ids import BlobId
from crypto_core.wire.limits import MAX_ATTACHMENTS, STREAM_PREFIX_BYTES

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from app.engine.ports.files import Report, SealedFile
    from app.engine.ports.vault import Store, StoredDraft
    from app.engine.session import Session
    from app.interface.writing import (
        AttachBytes,
        AttachFile,
        AttachFromLetter,
        CancelAttaching,
        DetachDocument,
        DraftId,
        ReattachDocument,
    )

_KEY_BYTES: Final = 32


class _CancelledError(Exception):
    """Nobody wants the document any more."""


async def attach_file(session: Session, command: AttachFile, *, request: int) -> DraftDocument:
    """Encrypt a file into a draft. Raises CommandError, FileError."""
    with _attaching(session, command.draft) as cancelled:
        await session.vault.run(lambda store: _require_room(store, command.draft))
        files = session.machine.files
        source = await asyncio.to_thread(files.inspect, command.path)
        report = attachments.reporter(session, request, 0, source.size)
        blob, key, prefix = _drawn(session)
        sealed = await _sealing(
            session,
            blob,
            lambda: files.seal(
                source, blob, key=key, prefix=prefix, report=_stoppable(report, cancelled)
            ),
        )
        document = _document(blob, key, source.name, source.media_type, sealed)
        return await _keep(session, command.draft, document, cancelled)


async def attach_bytes(session: Session, command: AttachBytes) -> DraftDocument:
    """Encrypt what is no file. Raises CommandError, FileError."""
    with _attaching(session, command.draft) as cancelled:
        await session.vault.run(lambda store: _require_room(store, command.draft))
        files = session.machine.files
        blob, key, prefix = _drawn(session)

        def seal() -> StoredAttachment:
            sealed = seal_bytes(key, prefix, command.content)
            files.put_sealed(blob, sealed)
            return StoredAttachment(
                blob=blob,
                key=key,
                name=command.name,
                media_type=files.media_type_of(command.name),
                size=len(command.content),
                sha256=sha256(command.content),
                is_available=True,
                sealed_sha256=sha256(sealed),
            )

        return await _keep(session, command.draft, await asyncio.to_thread(seal), cancelled)


async def attach_from_letter(
    session: Session, command: AttachFromLetter, *, request: int
) -> DraftDocument:
    """Encrypt a letter's document anew, under another key and name. Raises CommandError, FileError, RelayError."""
    with _attaching(session, command.draft) as cancelled:
        await session.vault.run(lambda store: _require_room(store, command.draft))
        files = session.machine.files
        source = await attachments.ready(session, command.message, command.index)
        report = attachments.reporter(session, request, 0, source.size)
        blob, key, prefix = _drawn(session)
        sealed = await _sealing(
            session,
            blob,
            lambda: files.seal_again(
                source.blob,
                blob,
                old_key=source.key,
                size=source.size,
                sha256=source.sha256,
                key=key,
                prefix=prefix,
                report=_stoppable(report, cancelled),
            ),
        )
        document = _document(blob, key, source.name, source.media_type, sealed)
        return await _keep(session, command.draft, document, cancelled)


async def cancel(session: Session, command: CancelAttaching) -> Done:
    """Stop what is being attached to a draft."""
    session.attaching.cancel(command.draft)
    return Done()


async def detach(session: Session, command: DetachDocument) -> Done:
    """Take a document out of a draft; its file goes after the grace. Raises CommandError."""
    blob = BlobId(command.document)

    def take_out(store: Store) -> StoredAttachment:
        found = store.drafts.get(command.draft)
        if found is None:
            raise CommandError(Failure.UNKNOWN_DRAFT)
        if not store.drafts.remove_document(command.draft, blob, session.now()):
            raise CommandError(Failure.UNKNOWN_ATTACHMENT)
        return next(each for each in found.documents if each.blob == blob)

    document = await session.vault.run(take_out)
    session.attaching.detached[blob] = Detached(
        draft=command.draft, document=document, at=session.now()
    )
    session.wakes.detached.set()
    return Done()


async def reattach(session: Session, command: ReattachDocument) -> DraftDocument:
    """Take that back. Raises CommandError."""
    # Taken out of reach of who removes the files before anything is waited for.
    found = session.attaching.detached.pop(BlobId(command.document), None)
    if found is None or found.draft != command.draft:
        if found is not None:
            session.attaching.detached[found.document.blob] = found
        raise CommandError(Failure.UNKNOWN_ATTACHMENT)

    def put_back(store: Store) -> None:
        _require_room(store, command.draft)
        store.drafts.add_document(command.draft, found.document, session.now())

    try:
        await session.vault.run(put_back)
    except CommandError:
        session.attaching.detached[found.document.blob] = found
        session.wakes.detached.set()
        raise
    return row_of(found.document)


async def remove_detached(session: Session) -> None:
    """Delete the files of documents that were taken out long enough ago."""
    before = session.now() - REMOVAL_GRACE_SECONDS * 1000
    detached = session.attaching.detached
    for blob in [blob for blob, each in detached.items() if each.at <= before]:
        del detached[blob]
        await asyncio.to_thread(session.machine.files.remove, blob)


async def keep_removing_detached(session: Session) -> None:
    """Delete these files, until cancelled. Those of a session that ends before are removed at the next unlocking."""
    bell = session.wakes.detached
    while True:
        bell.clear()
        await remove_detached(session)
        if session.attaching.detached:
            await asyncio.sleep(REMOVAL_GRACE_SECONDS + 1.0)
        else:
            await bell.wait()


# --- inside --------------------------------------------------------------------------------------


def row_of(document: StoredAttachment) -> DraftDocument:
    """What the composer shows of a document."""
    return DraftDocument(
        document=DocumentId(document.blob),
        name=document.name,
        media_type=document.media_type,
        size=document.size,
    )


@contextmanager
def _attaching(session: Session, draft: DraftId) -> Iterator[threading.Event]:
    with session.attaching.begun(draft) as cancelled:
        try:
            yield cancelled
        except _CancelledError:
            raise CommandError(Failure.ATTACHING_CANCELLED) from None


def _require_room(store: Store, draft: DraftId) -> StoredDraft:
    found = store.drafts.get(draft)
    if found is None:
        raise CommandError(Failure.UNKNOWN_DRAFT)
    if len(found.documents) >= MAX_ATTACHMENTS:
        raise CommandError(Failure.TOO_MANY_DOCUMENTS)
    return found


def _drawn(session: Session) -> tuple[BlobId, bytes, bytes]:
    """Draw the name of an encrypted file, its key and its prefix."""
    return (
        BlobId(session.random(16)),
        session.random(_KEY_BYTES),
        session.random(STREAM_PREFIX_BYTES),
    )


def _stoppable(report: Report, cancelled: threading.Event) -> Report:
    """Let a report end what it reports on, as soon as somebody called it off."""

    def stop_or_report(done: int) -> None:
        if cancelled.is_set():
            raise _CancelledError
        report(done)

    return stop_or_report


async def _sealing(session: Session, blob: BlobId, seal: Callable[[], SealedFile]) -> SealedFile:
    try:
        return await asyncio.to_thread(seal)
    except _CancelledError:
        await asyncio.to_thread(session.machine.files.remove, blob)
        raise


def _document(
    blob: BlobId, key: bytes, name: str, media_type: str, sealed: SealedFile
) -> StoredAttachment:
    return StoredAttachment(
        blob=blob,
        key=key,
        name=name,
        media_type=media_type,
        size=sealed.size,
        sha256=sealed.sha256,
        is_available=True,
        sealed_sha256=sealed.sealed_sha256,
    )


async def _keep(
    session: Session, draft: DraftId, document: StoredAttachment, cancelled: threading.Event
) -> DraftDocument:
    """Let the draft name the file; without a draft, or called off, nothing of it remains."""

    def keep(store: Store) -> None:
        if cancelled.is_set():
            raise _CancelledError
        _require_room(store, draft)
        store.drafts.add_document(draft, document, session.now())

    try:
        await session.vault.run(keep)
    except Exception:
        # Not when this task is cancelled: the draft may name the file already. If not, unlocking removes it.
        await asyncio.to_thread(session.machine.files.remove, document.blob)
        raise
    return row_of(document)
