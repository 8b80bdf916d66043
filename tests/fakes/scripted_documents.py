# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a scripted engine shows documents: by what a test says they contain. Imports the interface only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.interface.documents import (
    CloseDocument,
    DocumentHandle,
    DocumentKind,
    DocumentSource,
    DocumentView,
    ForgetCopies,
    OpenDocument,
    OpenElsewhere,
    PageImage,
    SavePart,
    ShowPage,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import Done, SavedFile

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


class ScriptedDocuments:
    """What documents contain, by the name of the attachment and the way into it."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.views: dict[tuple[str, tuple[int, ...]], DocumentView] = {}
        self.open: dict[int, DocumentView] = {}
        self.copies: list[str] = []

    def handlers(self) -> dict[type, Handler]:
        """Return what answers which command."""
        return {
            OpenDocument: lambda c, _p: self._open(c),
            ShowPage: lambda c, _p: self._draw(c),
            CloseDocument: lambda c, _p: self._close(c),
            SavePart: lambda c, _p: SavedFile(path=f"{c.directory}/{self._name(c.source)}", size=1),
            OpenElsewhere: lambda c, _p: self._copy(c),
            ForgetCopies: lambda _c, _p: self._forget(),
        }

    def _name(self, source: DocumentSource) -> str:
        assert source.message is not None
        return self._practice.find(source.message).attachments[source.index].name

    def _open(self, command: OpenDocument) -> DocumentView:
        source = command.source
        assert source.message is not None
        row = self._practice.find(source.message).attachments[source.index]
        if not row.available:
            raise CommandError(Failure.ATTACHMENT_UNAVAILABLE, row.name)
        handle = DocumentHandle(len(self._practice.commands) + 1)
        shown = self.views.get((row.name, source.path), NOTHING)
        view = replace(shown, handle=handle, name=shown.name or row.name, size=row.size)
        self.open[handle] = view
        return view

    def _draw(self, command: ShowPage) -> PageImage:
        view = self.open.get(command.handle)
        if view is None:
            raise CommandError(Failure.INVALID)
        height = max(1, command.width * view.first_page_height // max(view.first_page_width, 1))
        # A sheet of paper with a grey line where its words would be.
        line, paper = b"\x9a\xa6\xa3" * command.width, b"\xff\xff\xff" * command.width
        rows = [
            line if height // 12 < y < height * 11 // 12 and y % 24 < 3 else paper
            for y in range(height)
        ]
        return PageImage(
            page=command.page, width=command.width, height=height, pixels=b"".join(rows)
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
