# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a scripted engine shows documents: by what a test says they contain. Imports the interface only."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

from app.engine import codes
from app.interface.codes import ReadCode
from app.interface.documents import (
    WHOLE_PAGE,
    CloseDocument,
    DocumentHandle,
    DocumentKind,
    DocumentPreview,
    DocumentSource,
    DocumentView,
    ForgetCopies,
    OpenDocument,
    OpenElsewhere,
    PageImage,
    PageText,
    PreviewDocument,
    ReadPage,
    SavePart,
    ShowPage,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import Done, SavedFile
from app.interface.writing import DraftId
from tests.fakes.quick_readers import QuickReaders

if TYPE_CHECKING:
    from tests.fakes.scripted_engine import Practice
    from tests.fakes.scripted_owner import Handler

NOTHING = DocumentView(
    handle=DocumentHandle(1),
    kind=DocumentKind.UNKNOWN,
    name="",
    media_type="application/octet-stream",
    size=0,
    facts=(),
    patient=None,
    blocks=(),
    pages=0,
    first_page_width=0,
    first_page_height=0,
    parts=(),
    problems=(),
    has_abnormal=False,
)


LINES, COLUMNS = 40, 80
"""What fits on a scripted page: letters of one size, with a margin around."""


def typed(page: int, text: str) -> PageText:
    """Return a page on which a text is typed, line by line."""
    boxes = bytearray()
    line, column = 3, 8
    for letter in text:
        sides = (column / COLUMNS, line / LINES, (column + 1) / COLUMNS, (line + 0.7) / LINES)
        boxes += struct.pack(">4H", *(round(side * WHOLE_PAGE) for side in sides))
        line, column = (line + 1, 8) if letter == "\n" else (line, column + 1)
    return PageText(page=page, text=text, boxes=bytes(boxes))


class ScriptedDocuments:
    """What documents contain, by the name of the attachment and the way into it."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.views: dict[tuple[str, tuple[int, ...]], DocumentView] = {}
        self.texts: dict[str, tuple[str, ...]] = {}
        """What is written on the pages of a document, by its name."""
        self.open: dict[int, DocumentView] = {}
        self.copies: list[str] = []

    def handlers(self) -> dict[type, Handler]:
        """Return what answers which command."""
        return {
            OpenDocument: lambda c, _p: self._open(c),
            ShowPage: lambda c, _p: self._draw(c),
            ReadPage: lambda c, _p: self._read(c),
            PreviewDocument: lambda c, _p: self._preview(c),
            CloseDocument: lambda c, _p: self._close(c),
            SavePart: lambda c, _p: SavedFile(path=f"{c.directory}/{self._name(c.source)}", size=1),
            OpenElsewhere: lambda c, _p: self._copy(c),
            ForgetCopies: lambda _c, _p: self._forget(),
            # By the real formats: what is in a picture cannot be scripted.
            ReadCode: lambda c, _p: asyncio.run(codes.read(QuickReaders(), c)),
        }

    def _name(self, source: DocumentSource) -> str:
        if source.message is None:
            view = self._practice.writing.drafts[DraftId(source.draft or b"")]
            return next(each.name for each in view.documents if each.document == source.document)
        return self._practice.find(source.message).attachments[source.index].name

    def _open(self, command: OpenDocument) -> DocumentView:
        source, size = command.source, 1
        name = self._name(source)
        if source.message is not None:
            row = self._practice.find(source.message).attachments[source.index]
            size = row.size
            if not row.available:
                raise CommandError(Failure.ATTACHMENT_UNAVAILABLE, row.name)
        handle = DocumentHandle(len(self._practice.commands) + 1)
        shown = self.views.get((name, source.path), NOTHING)
        view = replace(shown, handle=handle, name=shown.name or name, size=size)
        self.open[handle] = view
        return view

    def _draw(self, command: ShowPage) -> PageImage:
        view = self.open.get(command.handle)
        if view is None:
            raise CommandError(Failure.INVALID)
        return self._drawn(view, command.page, command.width)

    def _drawn(self, view: DocumentView, page: int, width: int) -> PageImage:
        texts = self.texts.get(view.name, ())
        if page < len(texts):
            return _typewritten(typed(page, texts[page]), width, view)
        height = max(1, width * view.first_page_height // max(view.first_page_width, 1))
        # A sheet of paper with a grey line where its words would be.
        line, paper = b"\x9a\xa6\xa3" * width, b"\xff\xff\xff" * width
        rows = [
            line if height // 12 < y < height * 11 // 12 and y % 24 < 3 else paper
            for y in range(height)
        ]
        return PageImage(page=page, width=width, height=height, pixels=b"".join(rows))

    def _read(self, command: ReadPage) -> PageText:
        view = self.open.get(command.handle)
        if view is None:
            raise CommandError(Failure.DOCUMENT_CLOSED)
        texts = self.texts.get(view.name, ())
        return typed(command.page, texts[command.page] if command.page < len(texts) else "")

    def _preview(self, command: PreviewDocument) -> DocumentPreview:
        name = self._name(DocumentSource(draft=command.draft, document=command.document))
        view = replace(self.views.get((name, ()), NOTHING), name=name)
        return DocumentPreview(
            kind=view.kind,
            title="",
            patient=view.patient,
            pages=view.pages,
            problems=view.problems,
            image=self._drawn(view, 0, command.width) if view.pages else None,
        )

    def _close(self, command: CloseDocument) -> Done:
        self.open.pop(command.handle, None)
        return Done()

    def _copy(self, command: OpenElsewhere) -> SavedFile:
        path = f"/nowhere/{self._name(command.source)}"
        self.copies.append(path)
        return SavedFile(path=path, size=1)

    def _forget(self) -> Done:
        self.copies.clear()
        return Done()


def _typewritten(text: PageText, width: int, view: DocumentView) -> PageImage:
    """Draw every letter as a small bar where it stands."""
    height = max(1, width * view.first_page_height // max(view.first_page_width, 1))
    pixels = bytearray(b"\xff" * (3 * width * height))
    for letter, box in zip(text.text, struct.iter_unpack(">4H", text.boxes), strict=True):
        if letter.isspace():
            continue
        left, right = (round(side * width / WHOLE_PAGE) for side in (box[0], box[2]))
        top, bottom = (round(side * height / WHOLE_PAGE) for side in (box[1], box[3]))
        for y in range(top + (bottom - top) // 3, bottom):
            begin = 3 * (y * width + left)
            length = 3 * max(right - left - 1, 1)
            pixels[begin : begin + length] = b"\x55" * length
    return PageImage(page=text.page, width=width, height=height, pixels=bytes(pixels))
