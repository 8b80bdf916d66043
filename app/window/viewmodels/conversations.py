# SPDX-License-Identifier: AGPL-3.0-or-later
"""The mail list as a window of at most 400 rows that slides over what the engine has."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from app.interface.commands import ListConversations
from app.interface.organising import Act
from app.interface.snapshots import PAGE_LIMIT, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.interface.failures import Failure
    from app.interface.snapshots import ConversationPage, ConversationRow
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session
    from crypto_core.wire.ids import ConversationId, PatientId

PAGE: Final = 100
KEEP: Final = 400
"""Rows kept at most; beyond, the far end is dropped and fetched again when it is scrolled to."""

REFRESH_MILLISECONDS: Final = 100
"""Changes that come faster than this are asked for together."""

ROW_ROLE: Final = Qt.ItemDataRole.UserRole
DRAGGED: Final = "application/x-uhealthsec-conversations"
"""Conversations on their way to a place or a patient. Nothing of them is in it: another program gets nothing."""
_ROOT: Final = QModelIndex()


class ListState(Enum):
    """What the list can say of itself."""

    LOADING = auto()
    EMPTY = auto()
    FILLED = auto()
    FAILED = auto()


class ConversationList(QAbstractListModel):
    """One place at a time, or what is filed under one patient, newest first; `data()` only reads memory.

    Signals:
        state_changed(): `state` is another one.
        failed(Failure, str): a page could not be had.
    """

    state_changed = Signal()
    failed = Signal(object, str)

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        *,
        speak: Callable[[ConversationRow], str],
        place: Place = Place.INBOX,
        refresh_milliseconds: int = REFRESH_MILLISECONDS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.speak = speak
        self._home = place
        self.place = place
        self.patient: PatientId | None = None
        self.state = ListState.LOADING
        self.total = 0
        self._rows: list[ConversationRow] = []
        self._is_at_head = True
        self._has_older = False
        self._is_fetching = False
        self._is_open = False
        self._generation = 0
        self._refresh_again = False
        self._refresh_timer = QTimer(self, singleShot=True, interval=refresh_milliseconds)
        self._refresh_timer.timeout.connect(self._refresh)
        bridge.conversations_changed.connect(self._changed)
        session.opened.connect(self._open)
        session.closed.connect(self._close)

    # What Qt asks

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return the number of rows in memory."""
        return 0 if parent.isValid() else len(self._rows)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a row, its subject, or its spoken form."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.subject
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.speak(row)
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Return that a conversation can be dragged away."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        """Return what is dragged."""
        return [DRAGGED]

    def mimeData(self, _indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return a sign that conversations are dragged; which ones, the list that drags them knows."""
        data = QMimeData()
        data.setData(DRAGGED, b"")
        return data

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Return whether older rows can be had now."""
        return not parent.isValid() and self._has_older and not self._is_fetching

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        """Ask for the next older page."""
        if self.canFetchMore(parent) and self._rows:
            self._ask(self._take_older, before=self._rows[-1].conversation)

    # What a view asks

    @property
    def is_at_head(self) -> bool:
        """Whether the newest conversation is in memory."""
        return self._is_at_head

    def show_place(self, place: Place, patient: PatientId | None = None) -> None:
        """Show another place, or another patient, from the newest conversation on."""
        if (place, patient) != (self.place, self.patient):
            self.place, self.patient = place, patient
            self.reload()

    def expect(self, rows: Sequence[ConversationRow], act: Act) -> None:
        """Show what an act will have done before the engine says so; `refresh` shows how it went."""
        for row in rows:
            position = self.row_of(row.conversation)
            if position is None:
                continue
            if self._takes_out(act):
                self._remove(position, 1)
            else:
                self._update(position, _after(self._rows[position], act))
        if not self._rows and not self._has_older and self.state is ListState.FILLED:
            self._set_state(ListState.EMPTY)

    @property
    def _is_asked_for(self) -> bool:
        """Whether anybody wants to see rows: of everything there is, only what is one patient's is shown."""
        return self._is_open and (self.place is not Place.ALL or self.patient is not None)

    def refresh(self) -> None:
        """Ask again for the pages in memory."""
        if self._is_asked_for:
            self._refresh_timer.start()

    def _takes_out(self, act: Act) -> bool:
        if act in {Act.REMOVE, Act.REMOVE_FILED}:
            return True
        return {
            Act.ARCHIVE: self.place is Place.INBOX,
            Act.UNARCHIVE: self.place is Place.ARCHIVE,
            Act.UNFLAG: self.place is Place.TO_DO,
        }.get(act, False)

    def fetch_newer(self) -> None:
        """Ask for the page above the first row, if its rows were dropped."""
        if not self._is_at_head and not self._is_fetching and self._rows:
            self._ask(self._take_newer, after=self._rows[0].conversation)

    def reload(self) -> None:
        """Start again from the newest conversation."""
        self._generation += 1
        self._is_fetching = False
        self._replace((), total=0, has_older=False)
        self._set_state(ListState.LOADING)
        if self._is_asked_for:
            self._ask(self._take_first)

    def row_of(self, conversation: ConversationId) -> int | None:
        """Return where a conversation stands in memory."""
        return next(
            (
                position
                for position, row in enumerate(self._rows)
                if row.conversation == conversation
            ),
            None,
        )

    # What comes from the engine

    def _open(self) -> None:
        self._is_open = True
        self.reload()

    def _close(self) -> None:
        self._is_open = False
        self._refresh_timer.stop()
        self.place, self.patient = self._home, None
        self.reload()

    def _changed(self, conversations: frozenset[ConversationId]) -> None:
        if not self._is_asked_for:
            return
        if not self._is_at_head and any(
            row.conversation in conversations for row in self._rows[:1]
        ):
            # The row that the window hangs on has moved.
            self.reload()
        elif not self._refresh_timer.isActive():
            self._refresh_timer.start()

    def _refresh(self) -> None:
        if self._is_fetching:
            self._refresh_again = True
        elif self._is_at_head:
            limit = min(max(len(self._rows), PAGE), PAGE_LIMIT)
            self._ask(self._take_head, limit=limit)
        else:
            self._ask(self._take_middle, before=self._rows[0].conversation, limit=PAGE_LIMIT)

    def _ask(
        self,
        take: Callable[[ConversationPage], None],
        *,
        before: ConversationId | None = None,
        after: ConversationId | None = None,
        limit: int = PAGE,
    ) -> None:
        self._is_fetching = True
        generation = self._generation
        place, patient = self.place, self.patient

        def on_reply(page: ConversationPage) -> None:
            if generation == self._generation:
                self._is_fetching = False
                take(page)
                self._after_answer()

        def on_failure(failure: Failure, detail: str) -> None:
            if generation == self._generation:
                self._is_fetching = False
                if not self._rows:
                    self._set_state(ListState.FAILED)
                self.failed.emit(failure, detail)

        command = ListConversations(
            place=place, before=before, after=after, limit=limit, patient=patient
        )
        self._bridge.request(self, command, on_reply, on_failure)

    def _after_answer(self) -> None:
        self._set_state(ListState.FILLED if self._rows else ListState.EMPTY)
        if self._refresh_again:
            self._refresh_again = False
            self._refresh_timer.start()

    def _take_first(self, page: ConversationPage) -> None:
        self._replace(page.rows, total=page.total, has_older=page.more)

    def _take_older(self, page: ConversationPage) -> None:
        self._has_older = page.more
        self.total = page.total
        self._insert(len(self._rows), self._strangers(page.rows))
        excess = len(self._rows) - KEEP
        if excess > 0:
            self._remove(0, excess)
            self._is_at_head = False

    def _take_newer(self, page: ConversationPage) -> None:
        self._is_at_head = not page.more
        self.total = page.total
        self._insert(0, self._strangers(page.rows))
        excess = len(self._rows) - KEEP
        if excess > 0:
            self._remove(KEEP, excess)
            self._has_older = True

    def _take_head(self, page: ConversationPage) -> None:
        self.total = page.total
        known = {row.conversation for row in self._rows}
        if page.more and not any(row.conversation in known for row in page.rows):
            # So much is new that rows may be missing in between.
            self._replace(page.rows, total=page.total, has_older=True)
            return
        self._merge(0, page)
        if not page.more:
            self._has_older = False
        excess = len(self._rows) - KEEP
        if excess > 0:
            self._remove(KEEP, excess)
            self._has_older = True

    def _take_middle(self, page: ConversationPage) -> None:
        self.total = page.total
        self._merge(1, page)

    # Changes of the rows, as Qt wants them announced

    def _strangers(self, rows: Sequence[ConversationRow]) -> list[ConversationRow]:
        known = {row.conversation for row in self._rows}
        return [row for row in rows if row.conversation not in known]

    def _merge(self, start: int, page: ConversationPage) -> None:
        """Make the rows from `start` on equal to a page with the fewest moves; older rows stay."""
        for offset, row in enumerate(page.rows):
            position = start + offset
            is_in_place = (
                position < len(self._rows) and self._rows[position].conversation == row.conversation
            )
            at = position if is_in_place else self.row_of(row.conversation)
            if at is None:
                self._insert(position, [row])
            else:
                if at > position:
                    self._move(at, position)
                self._update(position, row)
        end = start + len(page.rows)
        oldest = page.rows[-1].latest_at if page.rows and page.more else None
        for position in range(len(self._rows) - 1, end - 1, -1):
            if oldest is None or self._rows[position].latest_at > oldest:
                self._remove(position, 1)

    def _replace(self, rows: Sequence[ConversationRow], *, total: int, has_older: bool) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self._is_at_head = True
        self._has_older = has_older
        self._refresh_again = False
        self.total = total
        self.endResetModel()

    def _insert(self, position: int, rows: Sequence[ConversationRow]) -> None:
        if rows:
            self.beginInsertRows(_ROOT, position, position + len(rows) - 1)
            self._rows[position:position] = rows
            self.endInsertRows()

    def _remove(self, position: int, count: int) -> None:
        self.beginRemoveRows(_ROOT, position, position + count - 1)
        del self._rows[position : position + count]
        self.endRemoveRows()

    def _move(self, origin: int, target: int) -> None:
        self.beginMoveRows(_ROOT, origin, origin, _ROOT, target)
        self._rows.insert(target, self._rows.pop(origin))
        self.endMoveRows()

    def _update(self, position: int, row: ConversationRow) -> None:
        if self._rows[position] != row:
            self._rows[position] = row
            index = self.index(position)
            self.dataChanged.emit(index, index)

    def _set_state(self, state: ListState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit()


def _after(row: ConversationRow, act: Act) -> ConversationRow:
    """Return a row as it will be after an act."""
    changes: dict[Act, dict[str, bool | int]] = {
        Act.ARCHIVE: {"is_archived": True},
        Act.UNARCHIVE: {"is_archived": False},
        Act.FLAG: {"is_flagged": True},
        Act.UNFLAG: {"is_flagged": False, "is_answer_wanted": False},
        Act.MARK_READ: {"unread_count": 0},
        Act.MARK_UNREAD: {"unread_count": max(row.unread_count, 1)},
    }
    return replace(row, **changes.get(act, {}))  # type: ignore[arg-type]  # fields by name
