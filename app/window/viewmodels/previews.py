# SPDX-License-Identifier: AGPL-3.0-or-later
"""Glances at the documents of the draft that is open, one after the other; forgotten with it, and at the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.documents import PreviewDocument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.documents import DocumentPreview
    from app.interface.writing import DocumentId, DraftId
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session


class Previews(QObject):
    """Has each document read once, by a process that ends with its answer.

    Signals:
        seen(DocumentId): `of` knows it now.
    """

    seen = Signal(object)

    def __init__(self, bridge: Bridge, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._known: dict[DocumentId, DocumentPreview | None] = {}
        """None for one that cannot be had: it is not asked for again."""
        self._wanted: tuple[DocumentId, ...] = ()
        self._draft: DraftId | None = None
        self._width = 0
        self._asked: DocumentId | None = None
        session.closed.connect(lambda _: self.forget())

    def of(self, document: DocumentId) -> DocumentPreview | None:
        """Return what was seen of a document, None if nothing was, or not yet."""
        return self._known.get(document)

    def want(self, draft: DraftId | None, documents: Sequence[DocumentId], width: int) -> None:
        """Know these documents of a draft, their first pages this wide, and no others."""
        self._draft, self._width = draft, width
        self._wanted = tuple(documents)
        self._known = {each: seen for each, seen in self._known.items() if each in self._wanted}
        self._go_on()

    def forget(self) -> None:
        """Know nothing."""
        self._draft = None
        self._wanted = ()
        self._known.clear()

    def _go_on(self) -> None:
        due = next((each for each in self._wanted if each not in self._known), None)
        if self._asked is not None or due is None or self._draft is None:
            return
        self._asked = due

        def take(seen: DocumentPreview | None) -> None:
            self._asked = None
            if due in self._wanted:
                self._known[due] = seen
                self.seen.emit(due)
            self._go_on()

        command = PreviewDocument(draft=self._draft, document=due, width=self._width)
        # What cannot be looked at can be sent all the same; the window that opens it says why.
        self._bridge.request(self, command, take, lambda *_: take(None))
