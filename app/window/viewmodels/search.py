# SPDX-License-Identifier: AGPL-3.0-or-later
"""Search over everything on this computer: what is typed, what is let through, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from app.interface.documents import DocumentKind
from app.interface.organising import Act
from app.interface.searching import ListUnread, Search
from crypto_core.wire.ids import AccountId, PatientId, UnixMillis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.interface.failures import Failure
    from app.interface.searching import Coverage, Hit, SearchPage, Unread
    from app.interface.snapshots import ConversationRow
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session

PAGE: Final = 50
TYPING_MILLISECONDS: Final = 120
"""So long somebody may go on typing before the engine is asked."""
HIT_ROLE: Final = Qt.ItemDataRole.UserRole
_ROOT: Final = QModelIndex()
_MAX_QUERY: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What letters must be, besides having the words."""

    person: AccountId | None = None
    patient: PatientId | None = None
    since: UnixMillis | None = None
    until: UnixMillis | None = None
    has_documents: bool = False
    kind: DocumentKind | None = None


NO_FILTERS: Final = Filters()


class Finder(QAbstractListModel):
    """What was found, newest first, fetched page by page.

    Signals:
        changed(): another answer is here; `coverage` says what it covers.
        failed(Failure, str): there is none.
        unread(Unread): the documents that search does not cover.
    """

    changed = Signal()
    failed = Signal(object, str)
    unread = Signal(object)

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        *,
        speak: Callable[[Hit], str],
        typing_milliseconds: int = TYPING_MILLISECONDS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._speak = speak
        self.query = ""
        self.filters = NO_FILTERS
        self.coverage: Coverage | None = None
        self.is_waiting = False
        """Whether an answer to what is typed is on its way."""
        self._hits: list[Hit] = []
        self._more = False
        self._generation = 0
        self._pause = QTimer(self, singleShot=True, interval=typing_milliseconds)
        self._pause.timeout.connect(lambda: self._ask(None))
        session.closed.connect(self.forget)

    @property
    def is_asked(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.query.strip()) or self.filters != NO_FILTERS

    def look_for(self, query: str) -> None:
        """Look for other words, once the typing rests."""
        self.query = query[:_MAX_QUERY]
        self._begin()

    def let_through(self, filters: Filters) -> None:
        """Look for the same words among other letters."""
        self.filters = filters
        self._begin()

    def refresh(self) -> None:
        """Look again: letters have come, or were put away."""
        if self.is_asked:
            self._ask(None)

    def expect(self, rows: Sequence[ConversationRow], act: Act) -> None:
        """Show already that conversations are being removed; what is only archived is still found."""
        if act not in {Act.REMOVE, Act.REMOVE_FILED}:
            return
        gone = {row.conversation for row in rows}
        for position in reversed(range(len(self._hits))):
            if self._hits[position].conversation in gone:
                self.beginRemoveRows(_ROOT, position, position)
                del self._hits[position]
                self.endRemoveRows()
        self.changed.emit()

    def list_unread(self) -> None:
        """Ask for the documents that search does not cover."""
        self._bridge.request(self, ListUnread(limit=PAGE), self._tell_unread, self.failed.emit)

    def forget(self) -> None:
        """Keep neither words nor letters."""
        self._pause.stop()
        self._generation += 1
        self.query, self.filters = "", NO_FILTERS
        self.coverage = None
        self._replace((), more=False)

    def hit_at(self, position: int) -> Hit:
        """Return what was found at a position."""
        return self._hits[position]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return how many are here."""
        return 0 if parent.isValid() else len(self._hits)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a hit, its subject, or its spoken form."""
        if not index.isValid() or index.row() >= len(self._hits):
            return None
        hit = self._hits[index.row()]
        if role == HIT_ROLE:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.subject
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._speak(hit)
        return None

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Return whether there are older ones."""
        return not parent.isValid() and self._more and not self.is_waiting

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        """Ask for the next page."""
        if self.canFetchMore(parent) and self._hits:
            self._ask(self._hits[-1])

    def _begin(self) -> None:
        self._generation += 1
        if not self.is_asked:
            self._pause.stop()
            self.is_waiting = False
            self.coverage = None
            self._replace((), more=False)
            return
        self.is_waiting = True
        self._pause.start()

    def _ask(self, last: Hit | None) -> None:
        self._generation += 1
        generation = self._generation
        self.is_waiting = True
        filters = self.filters
        command = Search(
            query=self.query,
            person=filters.person,
            patient=filters.patient,
            since=filters.since,
            until=filters.until,
            has_documents=filters.has_documents,
            kind=filters.kind,
            before=None if last is None else last.message,
            limit=PAGE,
        )

        def take(page: SearchPage) -> None:
            if generation != self._generation:
                return
            self.is_waiting = False
            self.coverage = page.coverage
            if last is None:
                self._replace(page.hits, more=page.more)
                return
            self._more = page.more
            if page.hits:
                first = len(self._hits)
                self.beginInsertRows(_ROOT, first, first + len(page.hits) - 1)
                self._hits.extend(page.hits)
                self.endInsertRows()
            self.changed.emit()

        def fail(failure: Failure, detail: str) -> None:
            if generation == self._generation:
                self.is_waiting = False
                self.failed.emit(failure, detail)

        self._bridge.request(self, command, take, fail)

    def _replace(self, hits: tuple[Hit, ...], *, more: bool) -> None:
        self.beginResetModel()
        self._hits = list(hits)
        self._more = more
        self.endResetModel()
        self.changed.emit()

    def _tell_unread(self, unread: Unread) -> None:
        self.unread.emit(unread)
