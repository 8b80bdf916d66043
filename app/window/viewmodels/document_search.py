# SPDX-License-Identifier: AGPL-3.0-or-later
"""Looks for words in the document that is shown: in its text first, then page by page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QThreadPool, Signal

from app.window.folded import Folded

if TYPE_CHECKING:
    from app.window.viewmodels.page_letters import PageLetters
    from app.window.viewmodels.viewer import Viewer

MOST_FINDS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """Where the words stand: in the text, or on a page; first letter, and the one behind the last."""

    page: int | None
    start: int
    end: int


class DocumentSearch(QObject):
    """Finds words while somebody types them; the pages of a long document come one by one.

    Signals:
        changed(): `finds`, `current` or `is_looking` are others.
        turned(): `current` is another one, and is to be brought into sight.
    """

    changed = Signal()
    turned = Signal()
    _folded = Signal(int, object)

    def __init__(self, viewer: Viewer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self.query = ""
        self.finds: tuple[Find, ...] = ()
        self.current = -1
        """Which of the finds is looked at, -1 without."""
        self.is_looking = False
        self.has_text = False
        """There is something that can be searched; a photograph of a page has nothing."""
        self.begins_at = 0
        """The page from which on the first find is shown."""
        self._text: Folded | None = None
        self._is_folding = False
        self._pages = 0
        self._next_page = 0
        self._generation = 0
        self._folded.connect(self._take_folded)
        viewer.letters.connect(self._take_letters)
        viewer.letters_failed.connect(self._skip)

    @property
    def is_cut(self) -> bool:
        """Whether there are more finds than are counted."""
        return len(self.finds) >= MOST_FINDS

    def begin(self, text: str, pages: int) -> None:
        """Look into another document: its text as Qt counts it, and so many pages."""
        self.forget()
        generation = self._generation
        self._pages = pages
        self.has_text = bool(text)
        self._is_folding = bool(text)
        if text:
            # A long document takes longer than a key may wait.
            QThreadPool.globalInstance().start(lambda: self._fold(generation, text))

    def forget(self) -> None:
        """Know nothing of any document."""
        self._generation += 1
        self._text = None
        self._is_folding = False
        self._pages = self._next_page = 0
        self.query = ""
        self.finds = ()
        self.current = -1
        self.is_looking = self.has_text = False
        self.changed.emit()

    def look_for(self, query: str) -> None:
        """Begin to look for words; without words, nothing is found."""
        self.query = query.strip()
        self.finds = ()
        self.current = -1
        self._next_page = 0
        self.is_looking = bool(self.query)
        if self.query and not self._is_folding:
            self._look()
        self.changed.emit()

    def step(self, by: int) -> None:
        """Turn to the next find or the one before; behind the last comes the first."""
        if self.finds:
            self.current = (self.current + by) % len(self.finds)
            self.changed.emit()
            self.turned.emit()

    def on_page(self, page: int | None) -> tuple[tuple[Find, bool], ...]:
        """Return the finds of a page, or of the text, each with whether it is the one looked at."""
        now = self.finds[self.current] if self.current >= 0 else None
        return tuple((find, find is now) for find in self.finds if find.page == page)

    def _fold(self, generation: int, text: str) -> None:
        folded = Folded(text, is_utf16=True)
        # The window may be gone meanwhile, and Qt's part of this object with it.
        with suppress(RuntimeError):
            self._folded.emit(generation, folded)

    def _take_folded(self, generation: int, folded: Folded) -> None:
        if generation != self._generation:
            return
        self._text = folded
        self._is_folding = False
        if self.query:
            self._look()
            self.changed.emit()

    def _look(self) -> None:
        if self._text is not None:
            self._add(None, self._text.places_of(self.query, MOST_FINDS))
        self._read_on()

    def _read_on(self) -> None:
        """Look into the pages that are known, and ask for the next one."""
        while self._next_page < self._pages and not self.is_cut:
            letters = self._viewer.letters_of(self._next_page)
            if letters is None:
                self._viewer.read(self._next_page)
                return
            self._look_into(letters)
        self._end()

    def _look_into(self, letters: PageLetters) -> None:
        page, self._next_page = self._next_page, self._next_page + 1
        self.has_text = self.has_text or bool(letters.text.strip())
        self._add(page, letters.places_of(self.query, MOST_FINDS - len(self.finds)))

    def _add(self, page: int | None, places: list[tuple[int, int]]) -> None:
        if not places:
            return
        self.finds += tuple(Find(page=page, start=start, end=end) for start, end in places)
        if self.current < 0 and (page is None or page >= self.begins_at):
            self.current = len(self.finds) - len(places)
            self.turned.emit()

    def _end(self) -> None:
        self.is_looking = False
        if self.finds and self.current < 0:
            # Only before where somebody was reading.
            self.current = 0
            self.turned.emit()

    def _take_letters(self, page: int) -> None:
        if self.is_looking and page == self._next_page and not self._is_folding:
            letters = self._viewer.letters_of(page)
            if letters is not None:
                self._look_into(letters)
                self._read_on()
                self.changed.emit()

    def _skip(self, page: int) -> None:
        if self.is_looking and page == self._next_page:
            self._next_page += 1
            self._read_on()
            self.changed.emit()
