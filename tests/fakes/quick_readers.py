# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads documents in the test's own process: the real formats, without the process and its confinement."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from app.engine.documents import reader
from app.engine.documents.drawn import NoPageError
from app.engine.documents.fitting import fitted
from app.engine.documents.formats.kinds import kind_of
from app.engine.ports.documents import PageUnreadableError, ReaderGoneError
from app.interface.documents import PageImage, PageText

if TYPE_CHECKING:
    from app.engine.ports.documents import OpenDocument, ReadDocument, ReadText


class QuickDocument:
    """Implements `OpenDocument`."""

    def __init__(self, reading: reader._Reading) -> None:
        drawn = reading.drawn
        self.reading = reading
        self.is_closed = False
        self.document: ReadDocument = fitted(
            reading.parsed,
            pages=0 if drawn is None else drawn.pages,
            first_page_size=(0, 0) if drawn is None else drawn.first_page_size,
        )

    async def page(self, page: int, width: int) -> PageImage:
        """See the port."""
        self._require_open()
        if self.reading.drawn is None:
            raise PageUnreadableError
        try:
            pixels = self.reading.drawn.draw(page, width)
        except NoPageError:
            raise PageUnreadableError from None
        return PageImage(page=page, width=pixels.width, height=pixels.height, pixels=pixels.rgb)

    async def letters(self, page: int) -> PageText:
        """See the port."""
        self._require_open()
        if self.reading.drawn is None:
            raise PageUnreadableError
        try:
            letters = self.reading.drawn.letters(page)
        except NoPageError:
            raise PageUnreadableError from None
        return PageText(page=page, text=letters.text, boxes=letters.boxes)

    async def part(self, index: int) -> bytes:
        """See the port."""
        self._require_open()
        if not 0 <= index < len(self.document.parts):
            raise ReaderGoneError
        return self.reading.parsed.parts[index].content

    async def close(self) -> None:
        """See the port."""
        self.is_closed = True

    def _require_open(self) -> None:
        if self.is_closed:
            raise ReaderGoneError


class QuickReaders:
    """Implements `DocumentReaders`; `opened` is everything that was opened."""

    def __init__(self) -> None:
        self.opened: list[QuickDocument] = []

    async def open(self, content: bytes, *, name: str) -> OpenDocument:
        """See the port."""
        del name
        document = QuickDocument(_read(content))
        self.opened.append(document)
        return document

    async def text(self, content: bytes, *, name: str) -> ReadText:
        """See the port, of the document itself only."""
        del name
        return reader._text(_read(content))

    async def close(self) -> None:
        """See the port."""
        for document in self.opened:
            await document.close()


def _read(content: bytes) -> reader._Reading:
    kind = kind_of(content)
    module = importlib.import_module(f"app.engine.documents.formats.{reader._FORMATS[kind]}")
    return reader._reading(kind, module, content)[0]
