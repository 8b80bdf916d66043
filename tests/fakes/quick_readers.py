# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads documents in the test's own process: the real formats, without the process and its confinement."""

from __future__ import annotations

import importlib
from io import BytesIO
from typing import TYPE_CHECKING

from app.engine.documents import reader, taking
from app.engine.documents.drawn import NoPageError
from app.engine.documents.fitting import fitted
from app.engine.documents.formats import codes
from app.engine.documents.formats.kinds import kind_of
from app.engine.ports.documents import PageUnreadableError, ReaderGoneError
from app.interface.documents import PageImage, PageText

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from app.engine.ports.documents import OpenDocument, ReadDocument, ReadLetter, ReadText
    from app.interface.codes import CodeText


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

    async def code(self, content: bytes) -> CodeText:
        """See the port."""
        return reader._code(_read(content), codes)

    def mail(self) -> QuickLetters:
        """See the port."""
        return QuickLetters()

    async def close(self) -> None:
        """See the port."""
        for document in self.opened:
            await document.close()


class QuickLetters:
    """Implements `LetterReader`, for files that fit into memory."""

    def __init__(self) -> None:
        self._read: Callable[[int, int], Awaitable[bytes]] | None = None
        self._letters: Iterator[taking.Taken] | None = None
        self._last: taking.Taken | None = None

    def begin(self, read: Callable[[int, int], Awaitable[bytes]]) -> None:
        """See the port."""
        self._read, self._letters, self._last = read, None, None

    async def next(self) -> ReadLetter | None:
        """See the port."""
        if self._letters is None:
            assert self._read is not None
            feed = _Feed(await self._read(0, 2**31))
            self._letters = taking.letters(feed, offset=0, is_skipping=False)
        self._last = next(self._letters, None)
        return None if self._last is None else self._last.letter

    async def part(self, index: int) -> bytes | None:
        """See the port."""
        return None if self._last is None else self._last.parts[index]

    async def close(self) -> None:
        """See the port."""


class _Feed(BytesIO):
    def start(self, size: int) -> bytes:
        """See `taking.Feed`."""
        return self.getvalue()[:size]


def _read(content: bytes) -> reader._Reading:
    kind = kind_of(content)
    module = importlib.import_module(f"app.engine.documents.formats.{reader._FORMATS[kind]}")
    return reader._reading(kind, module, content)[0]
