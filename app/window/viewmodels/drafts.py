# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is not sent: the drafts, and the letters that wait to leave."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.interface.snapshots import PAGE_LIMIT
from app.interface.writing import (
    CancelSending,
    ListDrafts,
    ListQueue,
    RemoveDrafts,
    RestoreDrafts,
    SendNow,
)
from app.window.viewmodels.acts import Deed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.interface.failures import Failure
    from app.interface.snapshots import Done
    from app.interface.writing import DraftId, DraftPage, DraftRow, DraftView, QueueRow, SendQueue
    from app.window.bridge import Bridge
    from app.window.viewmodels.acts import Acts
    from app.window.viewmodels.session import Session
    from crypto_core.wire.ids import MessageId

DRAFT_ROLE: Final = Qt.ItemDataRole.UserRole
PAGE: Final = 100
_ROOT: Final = QModelIndex()


class DraftList(QAbstractListModel):
    """Letters that were begun, the one changed last first.

    Signals:
        changed(): rows or `total` are others.
        removed(frozenset[DraftId]): drafts were thrown away.
        failed(Failure, str): something was not fetched, removed or taken back.
    """

    changed = Signal()
    removed = Signal(object)
    failed = Signal(object, str)

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        acts: Acts,
        *,
        speak: Callable[[DraftRow], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._acts = acts
        self._speak = speak
        self._rows: tuple[DraftRow, ...] = ()
        self._more = False
        self._generation = 0
        self.total = 0
        self.is_loaded = False
        session.opened.connect(self.refresh)
        session.closed.connect(self._forget)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return the number of drafts in memory."""
        return 0 if parent.isValid() else len(self._rows)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a row, or its spoken form."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == DRAFT_ROLE:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._speak(row)
        return None

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Return whether there are older drafts."""
        return not parent.isValid() and self._more

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        """Ask for older drafts."""
        if self.canFetchMore(parent):
            self._more = False
            self._ask(len(self._rows), PAGE)

    def row_at(self, position: int) -> DraftRow:
        """Return a draft by position."""
        return self._rows[position]

    def place_of(self, draft: DraftId) -> int | None:
        """Return where a draft stands in memory."""
        return next((at for at, row in enumerate(self._rows) if row.draft == draft), None)

    def refresh(self) -> None:
        """Ask again for what is in memory."""
        if self._session.is_open:
            self._ask(0, min(max(PAGE, len(self._rows)), PAGE_LIMIT))

    def remove(self, drafts: Sequence[DraftId]) -> None:
        """Throw drafts away; they can be taken back for a moment."""
        chosen = tuple(drafts)[:PAGE_LIMIT]
        if not chosen:
            return

        def on_reply(_done: Done) -> None:
            self.removed.emit(frozenset(chosen))
            self.refresh()
            self._acts.offer(Deed.DRAFTS_REMOVED, len(chosen), lambda: self._restore(chosen))

        self._bridge.request(self, RemoveDrafts(drafts=chosen), on_reply, self.failed.emit)

    def _restore(self, drafts: tuple[DraftId, ...]) -> None:
        command = RestoreDrafts(drafts=drafts)
        self._bridge.request(self, command, lambda _: self.refresh(), self.failed.emit)

    def _ask(self, offset: int, limit: int) -> None:
        self._generation += 1
        generation = self._generation

        def on_reply(page: DraftPage) -> None:
            if generation == self._generation and self._session.is_open:
                self._take(page, offset)

        command = ListDrafts(offset=offset, limit=limit)
        self._bridge.request(self, command, on_reply, self.failed.emit)

    def _take(self, page: DraftPage, offset: int) -> None:
        rows = (*self._rows[:offset], *page.rows)
        self._more = page.more
        self.total = page.total
        self.is_loaded = True
        if [row.draft for row in rows] == [row.draft for row in self._rows]:
            # The same drafts: what points at one of them goes on doing so.
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
        elif rows[: len(self._rows)] == self._rows:
            self.beginInsertRows(_ROOT, len(self._rows), len(rows) - 1)
            self._rows = rows
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        self.changed.emit()

    def _forget(self) -> None:
        self._generation += 1
        self.beginResetModel()
        self._rows = ()
        self._more = False
        self.total = 0
        self.is_loaded = False
        self.endResetModel()
        self.changed.emit()


class OutgoingQueue(QObject):
    """Letters that the relay does not have for everybody yet, in the order they will go.

    Signals:
        changed(): `rows` are others.
        progressed(MessageId): more of a letter's documents is at the relay; `row_of` knows how much.
        cancelled(DraftView): a letter is a draft again.
        failed(MessageId, Failure, str): a letter was not cancelled, or not sent at once.
    """

    changed = Signal()
    progressed = Signal(object)
    cancelled = Signal(object)
    failed = Signal(object, object, str)

    def __init__(self, bridge: Bridge, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self.rows: tuple[QueueRow, ...] = ()
        self.more = False
        self.is_watched = False
        bridge.upload_progress.connect(self._take_progress)
        bridge.conversations_changed.connect(lambda _: self.refresh())
        bridge.status_changed.connect(lambda _: self.refresh())
        session.closed.connect(self._forget)

    def watch(self, *, is_watched: bool) -> None:
        """Keep the rows up to date while somebody looks at them."""
        self.is_watched = is_watched
        self.refresh()

    def refresh(self) -> None:
        """Ask again for what is shown."""
        if self.is_watched and self._session.is_open:
            self._bridge.request(self, ListQueue(limit=PAGE), self._take, lambda *_: None)

    def row_of(self, message: MessageId) -> QueueRow | None:
        """Return the line of a letter, None if it does not wait, or not among those that are shown."""
        return next((row for row in self.rows if row.message == message), None)

    def cancel(self, message: MessageId) -> None:
        """Make a letter a draft again; `cancelled` or `failed` follows."""

        def on_reply(view: DraftView) -> None:
            self.refresh()
            self.cancelled.emit(view)

        command = CancelSending(message=message)
        self._bridge.request(self, command, on_reply, self._failing(message))

    def send_now(self, message: MessageId) -> None:
        """Do not wait for the moment a letter was to wait for."""
        command = SendNow(message=message)
        self._bridge.request(self, command, lambda _: self.refresh(), self._failing(message))

    def _failing(self, message: MessageId) -> Callable[[Failure, str], None]:
        def on_failure(failure: Failure, detail: str) -> None:
            self.refresh()
            self.failed.emit(message, failure, detail)

        return on_failure

    def _take(self, queue: SendQueue) -> None:
        if not self._session.is_open:
            return
        if queue.rows != self.rows or queue.more is not self.more:
            self.rows, self.more = queue.rows, queue.more
            self.changed.emit()

    def _take_progress(self, message: MessageId, uploaded: int, total: int) -> None:
        row = self.row_of(message)
        if row is None or not self._session.is_open:
            return
        told = replace(row, uploaded=uploaded, total=total)
        self.rows = tuple(told if each is row else each for each in self.rows)
        self.progressed.emit(message)

    def _forget(self) -> None:
        self.is_watched = False
        self.rows, self.more = (), False
        self.changed.emit()
