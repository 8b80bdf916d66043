# SPDX-License-Identifier: AGPL-3.0-or-later
"""Looking at documents: read by a process without secrets, saved, or opened in another program."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.engine import attachments, letters
from app.engine.journal.noting import note_letter
from app.engine.ports.documents import (
    MAX_CONTENT_BYTES,
    PageUnreadableError,
    ReadDocument,
    ReaderGoneError,
)
from app.engine.ports.files import SealedFileDamagedError, SealedFileMissingError
from app.engine.ports.vault import StoredAttachment
from app.interface.documents import (
    CloseDocument,
    DocumentHandle,
    DocumentKind,
    DocumentPreview,
    DocumentProblem,
    DocumentSource,
    DocumentView,
    FactKind,
    ForgetCopies,
    OpenDocument,
    OpenElsewhere,
    PreviewDocument,
    ReadPage,
    SavePart,
    ShowPage,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import Done, SavedFile
from app.interface.writing import DraftId
from crypto_core.wire.journal import Action
from crypto_core.wire.limits import MIB

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.documents import OpenDocument as OpenedDocument
    from app.engine.session import Session
    from app.interface.documents import PageImage, PageText


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a source names: a sealed file, or a part of one that was taken out of it."""

    name: str = field(repr=False)
    media_type: str
    size: int
    sealed: StoredAttachment | None
    content: bytes | None = field(repr=False)


_PROGRAMS: Final = frozenset(
    {
        *("action", "app", "appimage", "appref", "application", "bash", "bat", "bin"),
        *("chm", "cmd", "com", "command", "cpl", "deb", "desktop", "dll", "dmg", "exe"),
        *("hta", "img", "iso", "jar", "js", "jse", "lnk", "msc", "msi", "msix", "msp"),
        *("mst", "pif", "pkg", "ps1", "psm1", "py", "pyw", "reg", "rpm", "run", "scf"),
        *("scr", "sct", "settingcontent", "sh", "sys", "terminal", "tool", "url", "vb"),
        *("vbe", "vbs", "vhd", "vhdx", "webloc", "workflow", "ws", "wsc", "wsf", "wsh"),
        "xll",
    }
)
"""Endings of what systems run, or follow, when a person only wants to look."""


_MAX_PREVIEW_BYTES: Final = 32 * MIB
"""What is attached should not cost what only looking at it should."""


async def open_document(session: Session, command: OpenDocument) -> DocumentView:
    """Have a document read and keep its process. Raises CommandError, RelayError, FileError."""
    source = command.source
    found = await _find(session, source)
    if found.size > MAX_CONTENT_BYTES:
        # What it is says only its content, which is not looked at.
        too_large = ReadDocument(kind=DocumentKind.UNKNOWN, problems=(DocumentProblem.TOO_LARGE,))
        handle, document = session.viewed.add(source, None), too_large
    else:
        content = await _content(session, found)
        opened = await session.machine.documents.open(content, name=found.name)
        handle, document = session.viewed.add(source, opened), opened.document
    if source.message is not None:
        await letters.mark_read(session, source.message)
    await _note(session, Action.DOCUMENT_SHOWN, source)
    return DocumentView(
        handle=handle,
        kind=document.kind,
        name=found.name,
        media_type=found.media_type,
        size=found.size,
        facts=document.facts,
        patient=document.patient,
        blocks=document.blocks,
        pages=document.pages,
        first_page_width=document.first_page_width,
        first_page_height=document.first_page_height,
        parts=document.parts,
        problems=document.problems,
        has_abnormal=document.has_abnormal,
    )


async def show_page(session: Session, command: ShowPage) -> PageImage:
    """Draw a page. Raises CommandError."""
    opened = session.viewed.get(command.handle)
    if opened is None:
        raise CommandError(Failure.DOCUMENT_CLOSED)
    try:
        return await opened.page(command.page, command.width)
    except ReaderGoneError:
        raise CommandError(Failure.DOCUMENT_CLOSED) from None
    except PageUnreadableError:
        raise CommandError(Failure.PAGE_UNREADABLE) from None


async def read_page(session: Session, command: ReadPage) -> PageText:
    """Return what is written on a page. Raises CommandError."""
    opened = session.viewed.get(command.handle)
    if opened is None:
        raise CommandError(Failure.DOCUMENT_CLOSED)
    try:
        return await opened.letters(command.page)
    except ReaderGoneError:
        raise CommandError(Failure.DOCUMENT_CLOSED) from None
    except PageUnreadableError:
        raise CommandError(Failure.PAGE_UNREADABLE) from None


async def preview_document(session: Session, command: PreviewDocument) -> DocumentPreview:
    """Glance at a document of a draft. Raises CommandError."""
    source = DocumentSource(draft=command.draft, document=command.document)
    found = await _find(session, source)
    if found.size > _MAX_PREVIEW_BYTES:
        too_large = ReadDocument(kind=DocumentKind.UNKNOWN, problems=(DocumentProblem.TOO_LARGE,))
        return _preview(too_large, None)
    opened = await session.machine.documents.open(await _content(session, found), name=found.name)
    try:
        return _preview(opened.document, await _first_page(opened, command.width))
    finally:
        await opened.close()


async def close_document(session: Session, handle: DocumentHandle) -> Done:
    """End a document's process."""
    opened = session.viewed.remove(handle)
    if opened is not None:
        await opened.close()
    return Done()


async def save_part(session: Session, command: SavePart, *, request: int) -> SavedFile:
    """Write a document, or a part of one, into a directory. Raises CommandError, RelayError, FileError."""
    saved = await _save(session, command.source, command.directory, request)
    await _note(session, Action.DOCUMENT_SAVED, command.source)
    return saved


async def open_elsewhere(session: Session, command: OpenElsewhere, *, request: int) -> SavedFile:
    """Write a copy that only this person can read, and nobody change. Raises as `save_part` does."""
    copies = session.machine.copies
    found = await _find(session, command.source)
    if _is_program(found.name):
        raise CommandError(Failure.DOCUMENT_RUNS, found.name)
    folder = await asyncio.to_thread(copies.make_folder, found.size)
    saved = await _save(session, command.source, folder, request, found=found)
    await asyncio.to_thread(copies.protect, saved.path)
    await _note(session, Action.DOCUMENT_HANDED_ON, command.source)
    return saved


async def forget_copies(session: Session) -> Done:
    """Remove the copies that other programs were given."""
    await asyncio.to_thread(session.machine.copies.forget)
    return Done()


# --- inside --------------------------------------------------------------------------------------


async def _note(session: Session, action: Action, source: DocumentSource) -> None:
    """Note what was done with a letter's document, or with a part of it; a draft's is the owner's own."""
    message = source.message
    if message is not None:
        await session.vault.run(
            lambda store: note_letter(store, session, action, message, document=source.index)
        )


async def _first_page(opened: OpenedDocument, width: int) -> PageImage | None:
    if not opened.document.pages:
        return None
    try:
        return await opened.page(0, width)
    except (PageUnreadableError, ReaderGoneError):
        return None


def _preview(document: ReadDocument, image: PageImage | None) -> DocumentPreview:
    titles = (fact.text for fact in document.facts if fact.kind is FactKind.TITLE)
    return DocumentPreview(
        kind=document.kind,
        title=next(titles, ""),
        patient=document.patient,
        pages=document.pages,
        problems=document.problems,
        image=image,
    )


def _is_program(name: str) -> bool:
    """Whether a name ends as a program's does, once everything is left out that is not seen."""
    plain = re.sub(r"[^a-z0-9.]", "", name.lower()).rstrip(".")
    return plain.rpartition(".")[2] in _PROGRAMS


async def _save(
    session: Session,
    source: DocumentSource,
    directory: str,
    request: int,
    *,
    found: _Found | None = None,
) -> SavedFile:
    found = found or await _find(session, source)
    files, sealed = session.machine.files, found.sealed
    if sealed is None:
        path = await asyncio.to_thread(
            files.place, found.content or b"", name=found.name, directory=directory
        )
        return SavedFile(path=str(path), size=found.size)
    report = attachments.reporter(session, request, 0, sealed.size)
    try:
        path = await asyncio.to_thread(
            files.save,
            sealed.blob,
            key=sealed.key,
            size=sealed.size,
            sha256=sealed.sha256,
            name=sealed.name,
            directory=directory,
            report=report,
        )
    except SealedFileMissingError:
        raise CommandError(Failure.ATTACHMENT_UNAVAILABLE) from None
    except SealedFileDamagedError:
        raise CommandError(Failure.ATTACHMENT_DAMAGED) from None
    return SavedFile(path=str(path), size=sealed.size)


async def _find(session: Session, source: DocumentSource) -> _Found:
    """Find what a source names, going into documents as deep as its path. Raises CommandError, RelayError, FileError."""
    sealed = await _sealed(session, source)
    found = _Found(
        name=sealed.name,
        media_type=sealed.media_type,
        size=sealed.size,
        sealed=sealed,
        content=None,
    )
    for depth, index in enumerate(source.path):
        found = await _part(session, source, depth, index, found)
    return found


async def _part(
    session: Session, source: DocumentSource, depth: int, index: int, around: _Found
) -> _Found:
    """Take a part out of a document, from the process that shows it if there is one."""
    shown = session.viewed.showing(source, depth)
    opened = shown
    if opened is None:
        content = await _content(session, around)
        opened = await session.machine.documents.open(content, name=around.name)
    try:
        if index >= len(opened.document.parts):
            raise CommandError(Failure.UNKNOWN_ATTACHMENT)
        part = opened.document.parts[index]
        content = await opened.part(index)
    except ReaderGoneError:
        if shown is None:
            raise CommandError(Failure.ATTACHMENT_DAMAGED) from None
        session.viewed.forget(shown)
        return await _part(session, source, depth, index, around)
    finally:
        if shown is None:
            await opened.close()
    return _Found(
        name=part.name,
        media_type=session.machine.files.media_type_of(part.name),
        size=len(content),
        sealed=None,
        content=content,
    )


async def _content(session: Session, found: _Found) -> bytes:
    """Return the plaintext, which is in memory only. Raises CommandError."""
    sealed = found.sealed
    if sealed is None:
        return found.content or b""
    if sealed.size > MAX_CONTENT_BYTES:
        raise CommandError(Failure.FILE_TOO_LARGE, found.name)
    try:
        return await asyncio.to_thread(
            session.machine.files.load,
            sealed.blob,
            key=sealed.key,
            size=sealed.size,
            sha256=sealed.sha256,
        )
    except SealedFileMissingError:
        raise CommandError(Failure.ATTACHMENT_UNAVAILABLE) from None
    except SealedFileDamagedError:
        raise CommandError(Failure.ATTACHMENT_DAMAGED) from None


async def _sealed(session: Session, source: DocumentSource) -> StoredAttachment:
    """Find the sealed file of a letter or of a draft. Raises CommandError, RelayError, FileError."""
    if source.message is not None:
        return await attachments.ready(session, source.message, source.index)
    document = source.document
    if source.draft is None or document is None:
        raise CommandError(Failure.INVALID)
    draft = DraftId(source.draft)
    stored = await session.vault.run(lambda store: store.drafts.get(draft))
    if stored is None:
        raise CommandError(Failure.UNKNOWN_DRAFT)
    for each in stored.documents:
        if each.blob == document:
            return each
    raise CommandError(Failure.UNKNOWN_ATTACHMENT)


HANDLERS: Final[Handlers] = {
    OpenDocument: lambda session, command, _: open_document(session, command),
    ShowPage: lambda session, command, _: show_page(session, command),
    ReadPage: lambda session, command, _: read_page(session, command),
    PreviewDocument: lambda session, command, _: preview_document(session, command),
    CloseDocument: lambda session, command, _: close_document(session, command.handle),
    SavePart: lambda session, command, number: save_part(session, command, request=number),
    OpenElsewhere: lambda session, command, number: open_elsewhere(
        session, command, request=number
    ),
    ForgetCopies: lambda session, _, __: forget_copies(session),
}
