# SPDX-License-Identifier: AGPL-3.0-or-later
"""One document that is open: what it contains, its pages one by one, and the parts inside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.interface.documents import (
    CloseDocument,
    DocumentSource,
    OpenDocument,
    OpenElsewhere,
    ReadPage,
    SavePart,
    ShowPage,
)
from app.interface.journal import NotePrinted
from app.window.viewmodels.page_letters import PageLetters

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.documents import DocumentView, PageImage, PageText
    from app.interface.failures import Failure
    from app.window.bridge import Bridge


MOST_LETTERS: Final = 3_000_000
"""Of all pages together, so many are kept while a document is searched."""


class Viewer(QObject):
    """Leads from a document into its parts and back; keeps nothing once it is left.

    Signals:
        opening(): another document, or part of it, is being read.
        opened(): `view` is there.
        failed(Failure, str): it cannot be had.
        page(PageImage): a page that was asked for.
        page_failed(int): it cannot be drawn.
        letters(int): `letters_of` knows what is written on a page.
        letters_failed(int): that cannot be told.
        saved(SavedFile): it was written where the person wants it.
        copied(SavedFile): a readable copy for another program is there.
        not_saved(Failure, str): neither.
    """

    opening = Signal()
    opened = Signal()
    failed = Signal(object, str)
    page = Signal(object)
    page_failed = Signal(int)
    letters = Signal(int)
    letters_failed = Signal(int)
    saved = Signal(object)
    copied = Signal(object)
    not_saved = Signal(object, str)

    def __init__(
        self, bridge: Bridge, source: DocumentSource, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.source = source
        self.titles: tuple[str, ...] = ()
        """What the documents are called that contain the one that is shown, the outermost first."""
        self.view: DocumentView | None = None
        self._drawing: set[int] = set()
        self._next: dict[int, int] = {}
        """Pages that are wanted in another width than the one they are being drawn in."""
        self._letters: dict[int, PageLetters] = {}
        self._reading: set[int] = set()
        self._is_left = False

    def note_printed(self) -> None:
        """Have the journal say that a document of a letter was printed; a draft's is nobody's yet."""
        source = self.source
        if source.message is not None:
            command = NotePrinted(message=source.message, document=source.index)
            self._bridge.request(self, command, _ignore, _ignore)

    def open(self) -> None:
        """Have the document read."""
        self._close()
        self.opening.emit()
        source = self.source

        def take(view: DocumentView) -> None:
            if source != self.source or self._is_left:
                # Somebody has gone on meanwhile.
                self._bridge.request(self, CloseDocument(handle=view.handle), _ignore, _ignore)
                return
            self.view = view
            self.opened.emit()

        def fail(failure: Failure, detail: str) -> None:
            if source == self.source:
                self.failed.emit(failure, detail)

        self._bridge.request(self, OpenDocument(source=source), take, fail)

    def enter(self, part: int) -> None:
        """Show a part of the document."""
        if self.view is None:
            return
        self.titles = (*self.titles, self.view.name)
        self.source = replace(self.source, path=(*self.source.path, part))
        self.open()

    def step_out(self) -> None:
        """Show again what contains the part."""
        if self.titles:
            self.titles = self.titles[:-1]
            self.source = replace(self.source, path=self.source.path[:-1])
            self.open()

    def draw(self, page: int, width: int) -> None:
        """Have a page drawn, once at a time and in the width that was wanted last; `page` or `page_failed` follows."""
        view = self.view
        if view is None:
            return
        if page in self._drawing:
            self._next[page] = width
            return
        self._drawing.add(page)

        def take(image: PageImage) -> None:
            if self.view is not view:
                return
            self._drawing.discard(page)
            self.page.emit(image)
            if page in self._next:
                self.draw(page, self._next.pop(page))

        def fail(*_: object) -> None:
            if self.view is view:
                self._drawing.discard(page)
                self._next.pop(page, None)
                self.page_failed.emit(page)

        command = ShowPage(handle=view.handle, page=page, width=width)
        self._bridge.request(self, command, take, fail)

    def letters_of(self, page: int) -> PageLetters | None:
        """Return what is written on a page, None if it was not read, or not kept."""
        return self._letters.get(page)

    def read(self, page: int) -> None:
        """Have the letters of a page read; `letters` or `letters_failed` follows."""
        view = self.view
        if view is None or page in self._reading:
            return
        self._reading.add(page)

        def take(told: PageText) -> None:
            if self.view is not view:
                return
            self._reading.discard(page)
            self._letters.pop(page, None)
            room = MOST_LETTERS - len(told.text)
            while self._letters and sum(each.count for each in self._letters.values()) > room:
                del self._letters[next(iter(self._letters))]
            self._letters[page] = PageLetters(told)
            self.letters.emit(page)

        def fail(*_: object) -> None:
            if self.view is view:
                self._reading.discard(page)
                self.letters_failed.emit(page)

        self._bridge.request(self, ReadPage(handle=view.handle, page=page), take, fail)

    def draw_for_paper(
        self, page: int, width: int, take: Callable[[PageImage], None], fail: Callable[[], None]
    ) -> None:
        """Have a page drawn to be printed."""
        view = self.view
        if view is None:
            fail()
            return
        command = ShowPage(handle=view.handle, page=page, width=width)
        self._bridge.request(self, command, take, lambda *_: fail())

    def save(self, directory: str) -> None:
        """Write the document into a directory."""
        command = SavePart(source=self.source, directory=directory)
        self._bridge.request(self, command, self.saved.emit, self.not_saved.emit)

    def open_elsewhere(self) -> None:
        """Make a copy that another program can read."""
        command = OpenElsewhere(source=self.source)
        self._bridge.request(self, command, self.copied.emit, self.not_saved.emit)

    def leave(self) -> None:
        """Show nothing any more, and end what reads it."""
        self._is_left = True
        self._close()

    def _close(self) -> None:
        view, self.view = self.view, None
        self._drawing.clear()
        self._next.clear()
        self._letters.clear()
        self._reading.clear()
        if view is not None:
            self._bridge.request(self, CloseDocument(handle=view.handle), _ignore, _ignore)


def _ignore(*_: object) -> None:
    """An end that nobody waits for."""
