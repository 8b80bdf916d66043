# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents: sealed once when a letter is sent, uploaded, fetched, verified, saved."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from app.engine.journal.noting import note_letter
from app.engine.ports.files import SealedFileDamagedError, SealedFileMissingError
from app.engine.ports.relay import RelayRefusedError, RelayUnreachableError
from app.engine.ports.vault import StoredAttachment, Upload
from app.engine.session import CONNECTION_REFUSALS, tell_conversations
from app.interface.events import Progress, UploadProgress
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import Problem, SavedFile
from crypto_core.wire.ids import BlobId
from crypto_core.wire.journal import Action
from crypto_core.wire.limits import MAX_UPLOAD_PART_BYTES, STREAM_PREFIX_BYTES
from crypto_core.wire.padding import sealed_length
from crypto_core.wire.relay_api import BlobStatus, CreateBlobRequest, ProblemCode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.engine.ports.files import SealedFile, SourceFile
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from app.interface.commands import SaveAttachment
    from crypto_core.wire.ids import MessageId

_PROGRESS_STEP_BYTES: Final = 1024 * 1024
_KEY_BYTES: Final = 32
_DOWNLOAD_ATTEMPTS: Final = 2

_log = logging.getLogger(__name__)


def upload_of(document: StoredAttachment) -> Upload:
    """What the relay is given of a document that this device has sealed."""
    if document.sealed_sha256 is None:
        raise ValueError("not sealed here")
    return Upload(
        blob=document.blob,
        size=sealed_length(document.size),
        sha256=document.sealed_sha256,
        is_complete=False,
    )


async def seal_documents(
    session: Session, paths: Sequence[str], *, request: int
) -> tuple[StoredAttachment, ...]:
    """Seal files into encrypted ones, each under its own key; none remains if one fails. Raises FileError."""
    files = session.machine.files
    sources = [await asyncio.to_thread(files.inspect, path) for path in paths]
    total = sum(source.size for source in sources)
    documents: list[StoredAttachment] = []
    before = 0
    try:
        for source in sources:
            documents.append(
                await _seal(session, source, reporter(session, request, before, total))
            )
            before += source.size
    except BaseException:
        await discard(session, documents)
        raise
    return tuple(documents)


async def discard(session: Session, documents: Sequence[StoredAttachment]) -> None:
    """Delete sealed files that no letter will name."""
    for document in documents:
        await asyncio.to_thread(session.machine.files.remove, document.blob)


async def _seal(
    session: Session, source: SourceFile, report: Callable[[int], None]
) -> StoredAttachment:
    blob = BlobId(session.random(16))
    key = session.random(_KEY_BYTES)
    prefix = session.random(STREAM_PREFIX_BYTES)

    def work() -> SealedFile:
        return session.machine.files.seal(source, blob, key=key, prefix=prefix, report=report)

    sealed = await asyncio.to_thread(work)
    return StoredAttachment(
        blob=blob,
        key=key,
        name=source.name,
        media_type=source.media_type,
        size=sealed.size,
        sha256=sealed.sha256,
        is_available=True,
        sealed_sha256=sealed.sealed_sha256,
    )


async def upload(session: Session, wanted: Upload) -> None:
    """Give the relay a sealed file, from where an earlier attempt stopped. Raises RelayError, FileError."""
    relay = session.relay
    status = await relay.create_blob(
        CreateBlobRequest(blob=wanted.blob, size=wanted.size, sha256=wanted.sha256)
    )
    try:
        await _upload_parts(session, wanted, status)
    finally:
        session.uploading.pop(wanted.blob, None)
    await session.vault.run(lambda store: store.outbox.upload_completed(wanted.blob))
    await tell_upload(session, wanted.blob)


async def _upload_parts(session: Session, wanted: Upload, status: BlobStatus) -> None:
    relay = session.relay
    received = status.received
    while not status.complete and received < wanted.size:
        part = await asyncio.to_thread(
            session.machine.files.read_sealed,
            wanted.blob,
            offset=received,
            length=MAX_UPLOAD_PART_BYTES,
        )
        if not part:
            raise SealedFileDamagedError
        try:
            status = await relay.upload_part(wanted.blob, offset=received, part=part)
            received = status.received
        except RelayRefusedError as error:
            # An earlier answer was lost: the relay says where the upload really stands.
            stands_at = error.fields.get("received_bytes")
            if error.code is not ProblemCode.BLOB_OFFSET or not isinstance(stands_at, int):
                raise
            if stands_at == received:
                raise
            received = stands_at
        session.uploading[wanted.blob] = received
        await tell_upload(session, wanted.blob)
    if not status.complete:
        await relay.complete_blob(wanted.blob)


async def tell_upload(session: Session, blob: BlobId) -> None:
    """Say how far the documents of the letter are that a file belongs to; nothing for what is no document."""
    found = await session.vault.run(lambda store: store.outbox.documents_of(blob))
    if found is not None:
        message, files = found
        uploaded, total = uploaded_of(session, files)
        session.publish(UploadProgress(message=message, uploaded=uploaded, total=total))


def uploaded_of(session: Session, files: Sequence[Upload]) -> tuple[int, int]:
    """How many bytes of files the relay has, and how many there are."""
    done = sum(
        each.size if each.is_complete else min(each.size, session.uploading.get(each.blob, 0))
        for each in files
    )
    return done, sum(each.size for each in files)


async def fetch(session: Session, attachment: StoredAttachment) -> bool:
    """Fetch and verify a document, from where an earlier attempt stopped; False if the relay has none that is right.

    Raises RelayError, FileError.
    """
    files = session.machine.files
    sealed_size = sealed_length(attachment.size)
    for _ in range(_DOWNLOAD_ATTEMPTS):
        received = await asyncio.to_thread(files.received, attachment.blob)
        if received > sealed_size:
            await asyncio.to_thread(files.drop_partial, attachment.blob)
            received = 0
        try:
            if received < sealed_size:
                await _download(session, attachment.blob, received, sealed_size)
            await asyncio.to_thread(
                files.finish,
                attachment.blob,
                key=attachment.key,
                size=attachment.size,
                sha256=attachment.sha256,
            )
        except RelayRefusedError as error:
            if error.code in CONNECTION_REFUSALS:
                raise
            return False
        except (SealedFileDamagedError, SealedFileMissingError):
            # Perhaps only the transport failed: once more, from the beginning.
            await asyncio.to_thread(files.drop_partial, attachment.blob)
            continue
        return True
    return False


async def fetch_or_miss(session: Session, message: MessageId, attachment: StoredAttachment) -> bool:
    """Fetch a letter's document and note that it is here, or that nobody has it. Raises as `fetch`."""
    if await fetch(session, attachment):
        is_needed = await session.vault.run(
            lambda store: store.messages.attachment_stored(attachment.blob)
        )
        if not is_needed:
            # Its letter was deleted while it came.
            await asyncio.to_thread(session.machine.files.remove, attachment.blob)
        return True
    await session.vault.run(
        lambda store: store.messages.set_problem(message, Problem.ATTACHMENT_MISSING)
    )
    return False


async def _fetch_again(session: Session, message: MessageId, index: int) -> None:
    """Fetch a document that should be here and is not. Raises CommandError, RelayError, FileError."""
    async with session.locks.documents:
        attachment = await _attachment(session, message, index)
        if attachment.blob in await asyncio.to_thread(session.machine.files.stored):
            # It came while this waited.
            return
        await session.vault.run(
            lambda store: store.messages.attachment_stored(attachment.blob, is_available=False)
        )
        try:
            is_here = await fetch_or_miss(session, message, attachment)
        except RelayUnreachableError:
            raise CommandError(Failure.ATTACHMENT_UNAVAILABLE) from None
        finally:
            conversation = await session.vault.run(
                lambda store: store.messages.conversation_of(message)
            )
            if conversation is not None:
                tell_conversations(session, [conversation])
    if not is_here:
        raise CommandError(Failure.ATTACHMENT_GONE)


async def _download(session: Session, blob: BlobId, received: int, sealed_size: int) -> None:
    async for part in session.relay.download_blob(blob, offset=received):
        received += len(part)
        if received > sealed_size:
            raise SealedFileDamagedError
        await asyncio.to_thread(session.machine.files.append, blob, part)


async def fetch_bytes(session: Session, blob: BlobId, *, at_most: int) -> bytes | None:
    """Fetch a body that travels as a blob; None if the relay has none within the limit. Raises RelayError."""
    content = bytearray()
    try:
        async for part in session.relay.download_blob(blob, offset=0):
            content += part
            if len(content) > at_most:
                return None
    except RelayRefusedError as error:
        if error.code in CONNECTION_REFUSALS:
            raise
        return None
    return bytes(content)


async def save(session: Session, command: SaveAttachment, *, request: int) -> SavedFile:
    """Write a document into a directory of the user's; fetch it again if its file has vanished.

    Raises CommandError, FileError, RelayError.
    """
    attachment = await ready(session, command.message, command.index)
    report = reporter(session, request, 0, attachment.size)
    try:
        path = await asyncio.to_thread(
            session.machine.files.save,
            attachment.blob,
            key=attachment.key,
            size=attachment.size,
            sha256=attachment.sha256,
            name=attachment.name,
            directory=command.directory,
            report=report,
        )
    except SealedFileMissingError:
        raise CommandError(Failure.ATTACHMENT_UNAVAILABLE) from None
    except SealedFileDamagedError:
        raise CommandError(Failure.ATTACHMENT_DAMAGED) from None
    await session.vault.run(
        lambda store: note_letter(
            store, session, Action.DOCUMENT_SAVED, command.message, document=command.index
        )
    )
    return SavedFile(path=str(path), size=attachment.size)


async def ready(session: Session, message: MessageId, index: int) -> StoredAttachment:
    """Return a letter's document once it is here; fetch it again if its file has vanished.

    Raises CommandError, FileError, RelayError.
    """
    attachment = await _attachment(session, message, index)
    stored = await asyncio.to_thread(session.machine.files.stored)
    if not attachment.is_available or attachment.blob not in stored:
        await _fetch_again(session, message, index)
    return attachment


async def _attachment(session: Session, message: MessageId, index: int) -> StoredAttachment:
    attachment, is_known = await session.vault.run(
        lambda store: (
            store.messages.attachment(message, index),
            store.messages.conversation_of(message) is not None,
        )
    )
    if attachment is None:
        raise CommandError(Failure.UNKNOWN_ATTACHMENT if is_known else Failure.UNKNOWN_MESSAGE)
    return attachment


def reporter(session: Session, request: int, before: int, total: int) -> Callable[[int], None]:
    """Turn bytes done on a thread into events on the loop, at most one a step."""
    loop = asyncio.get_running_loop()
    told = 0

    def report(done: int) -> None:
        nonlocal told
        if done - told < _PROGRESS_STEP_BYTES and before + done < total:
            return
        told = done
        event = Progress(request=request, done=before + done, total=total)
        loop.call_soon_threadsafe(session.publish, event)

    return report


async def tidy(session: Session) -> None:
    """Delete encrypted files that no letter needs, left by a crash before its transaction; note vanished ones."""
    needed, complete = await session.vault.run(
        lambda store: (
            store.messages.blobs() | store.drafts.blobs(),
            store.messages.stored_blobs(),
        )
    )

    def remove() -> frozenset[BlobId]:
        stored = session.machine.files.stored()
        for blob in stored - needed:
            session.machine.files.remove(blob)
        return complete - stored

    vanished = await asyncio.to_thread(remove)

    def note(store: Store) -> None:
        for blob in vanished:
            store.messages.attachment_stored(blob, is_available=False)

    if vanished:
        _log.warning("%d files of documents have vanished from the profile", len(vanished))
        await session.vault.run(note)
