# SPDX-License-Identifier: AGPL-3.0-or-later
"""Works off what waits for the index: letters of before it, new names, and the texts of documents.

A letter is indexed in the transaction that stores it, unless many come at once; this is for the rest. Every step is a small transaction of its
own that also says what is left, so whenever the process ends it goes on where it was.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from app.engine.ports.documents import MAX_CONTENT_BYTES
from app.engine.ports.files import FileError
from app.engine.ports.search import MAX_DOCUMENT_CHARACTERS, DocumentText
from app.engine.ports.vault import DiskFullError
from app.interface.documents import DocumentKind

if TYPE_CHECKING:
    from app.engine.ports.documents import DocumentReaders
    from app.engine.ports.search import DueDocument
    from app.engine.session import Session

LETTERS_A_STEP: Final = 20
"""Some twenty milliseconds of the store's time."""
MOST_ATTEMPTS: Final = 5
"""A document at which the whole program ended as often, by a lock too, is not read again."""
_DISK_FULL_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


class Indexing:
    """The index of one unlocked account. Without readers, documents wait."""

    def __init__(self, session: Session, readers: DocumentReaders | None) -> None:
        self._session = session
        self._readers = readers

    async def run(self) -> None:
        """Work until cancelled."""
        bell = self._session.wakes.indexing
        while True:
            bell.clear()
            try:
                await self.catch_up()
            except DiskFullError:
                await asyncio.sleep(_DISK_FULL_SECONDS)
                continue
            await bell.wait()

    async def catch_up(self) -> None:
        """Work until nothing is left that can be done. Raises VaultError."""
        while True:
            await self._give_way()
            if await self._index_letters() or await self._read_document():
                continue
            return

    async def _give_way(self) -> None:
        """Wait while letters are received or sent."""
        for lock in (self._session.locks.inbox, self._session.locks.outbox):
            async with lock:
                pass

    async def _index_letters(self) -> bool:
        done = await self._session.vault.run(lambda store: store.search.index_due(LETTERS_A_STEP))
        return done > 0

    async def _read_document(self) -> bool:
        vault = self._session.vault
        if self._readers is None:
            return False
        due = await vault.run(lambda store: store.search.next_document())
        if due is None:
            return False
        text = await self._text(due, self._readers)
        await vault.run(lambda store: store.search.keep_text(due, text))
        return True

    async def _text(self, due: DueDocument, readers: DocumentReaders) -> DocumentText:
        if due.attempts > MOST_ATTEMPTS or due.size > MAX_CONTENT_BYTES:
            return _UNREADABLE
        try:
            content = await asyncio.to_thread(
                self._session.machine.files.load,
                due.blob,
                key=due.key,
                size=due.size,
                sha256=due.sha256,
            )
        except FileError:
            _log.warning("a document cannot be indexed: its file is missing or damaged")
            return _UNREADABLE
        read = await readers.text(content, name=due.name)
        return DocumentText(
            text=read.text[:MAX_DOCUMENT_CHARACTERS],
            kind=read.kind,
            is_readable=read.is_readable and len(read.text) <= MAX_DOCUMENT_CHARACTERS,
            has_abnormal=read.has_abnormal,
        )


_UNREADABLE: Final = DocumentText(
    text="", kind=DocumentKind.UNKNOWN, is_readable=False, has_abnormal=False
)
