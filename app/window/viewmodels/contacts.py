# SPDX-License-Identifier: AGPL-3.0-or-later
"""Correspondents, requests, and the relay's directory."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.interface.commands import (
    AcceptContact,
    DeclineContact,
    ListContacts,
    RequestContact,
    SearchDirectory,
)
from app.interface.people import BlockContact, NoteContact, ReconsiderContact, UnblockContact
from app.interface.snapshots import ContactState
from crypto_core.wire.names import fold, searchable

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.command import Command
    from app.interface.failures import Failure
    from app.interface.snapshots import ContactRow, Contacts, DirectoryAnswer, Done
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session
    from crypto_core.wire.ids import AccountId

CONTACT_ROLE: Final = Qt.ItemDataRole.UserRole
FOLDED_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_ROOT: Final = QModelIndex()

# Requests first, then correspondents, then what waits for others, then whom one does not want.
_ORDER: Final = {
    ContactState.WAITING: 0,
    ContactState.ACCEPTED: 1,
    ContactState.REQUESTED: 2,
    ContactState.UNKNOWN: 2,
    ContactState.BLOCKED: 3,
    ContactState.DECLINED: 4,
}


class ContactModel(QAbstractListModel):
    """Correspondents as rows; what is typed is compared with FOLDED_ROLE."""

    def __init__(self, speak: Callable[[ContactRow], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.speak = speak
        self._rows: tuple[ContactRow, ...] = ()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return the number of correspondents."""
        return 0 if parent.isValid() else len(self._rows)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a row, its name, its spoken form, or the form to compare with."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == CONTACT_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.speak(row)
        if role == FOLDED_ROLE:
            return searchable(f"{row.name} {row.profession} {row.place}")
        return None

    def contact_at(self, position: int) -> ContactRow:
        """Return a row by its position."""
        return self._rows[position]

    def row_of(self, account: AccountId) -> int | None:
        """Return where a correspondent stands."""
        return next(
            (position for position, row in enumerate(self._rows) if row.account == account), None
        )

    def replace(self, rows: tuple[ContactRow, ...]) -> None:
        """Show other rows; rows that stay keep their place in a view's selection."""
        if [row.account for row in rows] == [row.account for row in self._rows]:
            changed = [
                position
                for position, (new, old) in enumerate(zip(rows, self._rows, strict=True))
                if new != old
            ]
            self._rows = rows
            for position in changed:
                self.dataChanged.emit(self.index(position), self.index(position))
        elif rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()


class DirectoryState(Enum):
    """Where a search of the directory stands."""

    IDLE = auto()
    SEARCHING = auto()
    ANSWERED = auto()
    FAILED = auto()


class ContactBook(QObject):
    """All correspondents, and what can be done with them.

    Signals:
        changed(): correspondents or requests are others; models are up to date already.
        directory_changed(): the state or answer of the directory search is another one.
        done(AccountId): a request, acceptance or refusal is stored.
        declined(AccountId): a refusal is, which can be taken back.
        failed(AccountId, Failure, str): it is not.
    """

    changed = Signal()
    directory_changed = Signal()
    done = Signal(object)
    declined = Signal(object)
    failed = Signal(object, object, str)

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        *,
        speak: Callable[[ContactRow], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.everyone = ContactModel(speak, self)
        self.accepted = ContactModel(speak, self)
        self.is_loaded = False
        self.waiting_count = 0
        self.directory_state = DirectoryState.IDLE
        self.directory: DirectoryAnswer | None = None
        self.directory_failure: tuple[Failure, str] | None = None
        self._last_query: str | None = None
        bridge.contacts_changed.connect(self._refresh)
        session.opened.connect(self._refresh)
        session.closed.connect(self._clear)
        self._session_is_open = False
        session.opened.connect(lambda: self._set_open(is_open=True))
        session.closed.connect(lambda _: self._set_open(is_open=False))

    def search(self, query: str) -> None:
        """Ask the relay's directory."""
        self._last_query = query
        self._set_directory(DirectoryState.SEARCHING)

        def on_reply(answer: DirectoryAnswer) -> None:
            if query == self._last_query:
                self.directory = answer
                self._set_directory(DirectoryState.ANSWERED)

        def on_failure(failure: Failure, detail: str) -> None:
            if query == self._last_query:
                self.directory_failure = (failure, detail)
                self._set_directory(DirectoryState.FAILED)

        self._bridge.request(self, SearchDirectory(query=query), on_reply, on_failure)

    def forget_search(self) -> None:
        """Show no answer of the directory any more."""
        self._last_query = None
        self.directory = None
        self.directory_failure = None
        self._set_directory(DirectoryState.IDLE)

    def request(self, account: AccountId, note: str) -> None:
        """Ask someone to become a correspondent."""
        self._act(account, RequestContact(account=account, note=note))

    def accept(self, account: AccountId) -> None:
        """Accept a request."""
        self._act(account, AcceptContact(account=account))

    def decline(self, account: AccountId) -> None:
        """Decline a request; the other side is not told."""
        self._act(account, DeclineContact(account=account), lambda: self.declined.emit(account))

    def reconsider(self, account: AccountId) -> None:
        """Take a refusal back: the request waits again."""
        self._act(account, ReconsiderContact(account=account))

    def block(self, account: AccountId) -> None:
        """Want nothing of somebody any more."""
        self._act(account, BlockContact(account=account))

    def unblock(self, account: AccountId) -> None:
        """Take it back."""
        self._act(account, UnblockContact(account=account))

    def note(self, account: AccountId, remark: str) -> None:
        """Keep what the owner notes about somebody."""

        def fail(failure: Failure, detail: str) -> None:
            self.failed.emit(account, failure, detail)

        command = NoteContact(account=account, remark=remark)
        self._bridge.request(self, command, lambda _: None, fail)

    def _act(
        self,
        account: AccountId,
        command: Command[Done],
        then: Callable[[], None] = lambda: None,
    ) -> None:
        def on_reply(_done: Done) -> None:
            self.done.emit(account)
            then()
            self._refresh()
            if self._last_query is not None:
                self.search(self._last_query)

        def on_failure(failure: Failure, detail: str) -> None:
            self.failed.emit(account, failure, detail)

        self._bridge.request(self, command, on_reply, on_failure)

    def _set_open(self, *, is_open: bool) -> None:
        self._session_is_open = is_open

    def _refresh(self) -> None:
        self._bridge.request(self, ListContacts(), self._take, lambda *_: None)

    def _take(self, contacts: Contacts) -> None:
        if not self._session_is_open:
            return
        shown = sorted(contacts.rows, key=lambda row: (_ORDER[row.state], fold(row.name)))
        self.everyone.replace(tuple(shown))
        self.accepted.replace(tuple(row for row in shown if row.state is ContactState.ACCEPTED))
        self.waiting_count = sum(row.state is ContactState.WAITING for row in shown)
        self.is_loaded = True
        self.changed.emit()

    def _clear(self) -> None:
        self.everyone.replace(())
        self.accepted.replace(())
        self.waiting_count = 0
        self.is_loaded = False
        self.forget_search()
        self.changed.emit()

    def _set_directory(self, state: DirectoryState) -> None:
        self.directory_state = state
        self.directory_changed.emit()
