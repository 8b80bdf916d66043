# SPDX-License-Identifier: AGPL-3.0-or-later
"""Patients: their list, one of them, making and correcting them, and whom a letter could be about."""

from __future__ import annotations

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

from app.interface.journal import ListJournal
from app.interface.patients import (
    ListPatients,
    MergePatients,
    PatientRow,
    RemovePatient,
    SavePatient,
    ShowPatient,
    SuggestPatients,
    UndoMerge,
)
from app.interface.snapshots import PatientTag
from crypto_core.wire.names import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.interface.failures import Failure
    from app.interface.journal import JournalPage, JournalRow
    from app.interface.patients import MergeId, PatientPage, PatientRecord
    from app.interface.snapshots import Done
    from app.window.bridge import Bridge
    from app.window.viewmodels.reading import Reading
    from app.window.viewmodels.session import Session
    from crypto_core.wire.ids import PatientId
    from crypto_core.wire.patients import PatientCard

PAGE: Final = 100
ACTS_SHOWN: Final = 8
"""On a patient's page; the journal has all of them."""
PATIENT_ROLE: Final = Qt.ItemDataRole.UserRole
_ROOT: Final = QModelIndex()


def tag_of(row: PatientRow) -> PatientTag:
    """Return a patient as letters and conversations carry them."""
    return PatientTag(
        patient=row.patient,
        family_name=row.family_name,
        given_name=row.given_name,
        birth_date=row.birth_date,
    )


def may_be_same(one: PatientTag | PatientRow, other: PatientTag | PatientRow) -> bool:
    """Whether two may be one person: the same names, and no two dates of birth that contradict each other."""
    dates = {one.birth_date, other.birth_date} - {""}
    return (
        fold(one.family_name) == fold(other.family_name)
        and fold(one.given_name) == fold(other.given_name)
        and len(dates) <= 1
    )


def match_of(rows: Sequence[PatientRow], tag: PatientTag) -> PatientRow | None:
    """Return who is meant: same names and date of birth, or the only one of that name who may be."""
    alike = [row for row in rows if may_be_same(row, tag)]
    exact = [row for row in alike if row.birth_date == tag.birth_date]
    meant = exact or alike
    return meant[0] if len(meant) == 1 else None


class PatientList(QAbstractListModel):
    """Patients that match what is typed, fetched page by page.

    Signals:
        changed(): another answer is here.
        failed(Failure, str): there is none.
    """

    changed = Signal()
    failed = Signal(object, str)

    def __init__(
        self, bridge: Bridge, *, speak: Callable[[PatientRow], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.speak = speak
        self.query = ""
        self.is_loaded = False
        self._rows: list[PatientRow] = []
        self._more = False
        self._is_fetching = False
        self._generation = 0

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return the number of patients in memory."""
        return 0 if parent.isValid() else len(self._rows)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a row, a name, or the spoken form."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == PATIENT_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{row.family_name} {row.given_name}".strip()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.speak(row)
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Return that conversations can be dropped onto a patient."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDropEnabled

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Return whether there are more patients."""
        return not parent.isValid() and self._more and not self._is_fetching

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        """Ask for the next page."""
        if self.canFetchMore(parent):
            self._ask(offset=len(self._rows), limit=PAGE)

    def search(self, query: str) -> None:
        """Show the patients of whom every word begins a name; all of them without a word."""
        self.query = " ".join(query.split())
        self.refresh()

    def refresh(self) -> None:
        """Ask again for what is shown."""
        self._ask(offset=0, limit=PAGE)

    def forget(self) -> None:
        """Keep nobody in memory."""
        self._generation += 1
        self._is_fetching = False
        self.query = ""
        self.is_loaded = False
        self._replace([], more=False)
        self.changed.emit()

    def patient_at(self, position: int) -> PatientRow:
        """Return a patient by position."""
        return self._rows[position]

    def row_of(self, patient: PatientId) -> int | None:
        """Return where a patient stands in memory."""
        return next((at for at, row in enumerate(self._rows) if row.patient == patient), None)

    def _ask(self, *, offset: int, limit: int) -> None:
        self._generation += 1
        self._is_fetching = True
        generation = self._generation

        def on_reply(page: PatientPage) -> None:
            if generation == self._generation:
                self._is_fetching = False
                self.is_loaded = True
                self._take(page, offset)

        def on_failure(failure: Failure, detail: str) -> None:
            if generation == self._generation:
                self._is_fetching = False
                self.failed.emit(failure, detail)

        command = ListPatients(query=self.query, limit=limit, offset=offset)
        self._bridge.request(self, command, on_reply, on_failure)

    def _take(self, page: PatientPage, offset: int) -> None:
        if offset:
            known = {row.patient for row in self._rows}
            rows = [row for row in page.rows if row.patient not in known]
            self._more = page.more
            if rows:
                start = len(self._rows)
                self.beginInsertRows(_ROOT, start, start + len(rows) - 1)
                self._rows += rows
                self.endInsertRows()
        elif self._begins_with(page):
            # The same people: what points at one of them goes on doing so, also further down.
            self._rows[: len(page.rows)] = page.rows
            if page.rows:
                self.dataChanged.emit(self.index(0), self.index(len(page.rows) - 1))
        else:
            self._replace(list(page.rows), more=page.more)
        self.changed.emit()

    def _begins_with(self, page: PatientPage) -> bool:
        """Whether what is in memory begins with the people of a page, and has no more than there are."""
        count = len(page.rows)
        if [row.patient for row in page.rows] != [row.patient for row in self._rows[:count]]:
            return False
        has_others = self._more or len(self._rows) > count
        return has_others is page.more

    def _replace(self, rows: list[PatientRow], *, more: bool) -> None:
        self.beginResetModel()
        self._rows = rows
        self._more = more
        self.endResetModel()


class Patients(QObject):
    """The patients of the practice.

    Signals:
        saved(PatientRow): one was made or corrected.
        removed(PatientId): one is forgotten.
        failed(Failure, str): neither happened.
    """

    saved = Signal(object)
    removed = Signal(object)
    failed = Signal(object, str)

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        *,
        speak: Callable[[PatientRow], str],
        refresh_milliseconds: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._speak = speak
        self.list = PatientList(bridge, speak=speak, parent=self)
        self._timer = QTimer(self, singleShot=True, interval=refresh_milliseconds)
        self._timer.timeout.connect(self.list.refresh)
        # What is filed under whom changes with the conversations.
        bridge.conversations_changed.connect(lambda _: self._soon())
        session.opened.connect(self.list.refresh)
        session.closed.connect(self._forget)

    def search_list(self, parent: QObject) -> PatientList:
        """Return another list of patients, for choosing one."""
        return PatientList(self._bridge, speak=self._speak, parent=parent)

    def save(
        self,
        patient: PatientId | None,
        *,
        family_name: str,
        given_name: str,
        birth_date: str,
        card: PatientCard | None = None,
        on_saved: Callable[[PatientRow], None] = lambda _: None,
    ) -> None:
        """Make a patient, or correct one; `saved` or `failed` follows."""
        command = SavePatient(
            patient=patient,
            family_name=" ".join(family_name.split()),
            given_name=" ".join(given_name.split()),
            birth_date=birth_date,
            card=card,
        )

        def on_reply(row: PatientRow) -> None:
            self.list.refresh()
            self.saved.emit(row)
            on_saved(row)

        self._bridge.request(self, command, on_reply, self.failed.emit)

    def show(self, patient: PatientId, on_shown: Callable[[PatientRecord], None]) -> None:
        """Ask for a patient's card; nothing follows for one who is forgotten meanwhile."""
        self._bridge.request(self, ShowPatient(patient=patient), on_shown, lambda *_: None)

    def acts_of(
        self, patient: PatientId, on_listed: Callable[[tuple[JournalRow, ...]], None]
    ) -> None:
        """Ask for the newest acts of the journal that are about a patient."""

        def on_reply(page: JournalPage) -> None:
            on_listed(page.rows)

        command = ListJournal(patient=patient, limit=ACTS_SHOWN)
        self._bridge.request(self, command, on_reply, lambda *_: None)

    def merge(self, kept: PatientId, gone: PatientId) -> None:
        """Let two patients be one; `saved` or `failed` follows."""

        def on_reply(record: PatientRecord) -> None:
            self.list.refresh()
            self.saved.emit(record.row)

        command = MergePatients(kept=kept, gone=gone)
        self._bridge.request(self, command, on_reply, self.failed.emit)

    def separate(self, merge: MergeId) -> None:
        """Make two of a patient again; `saved` or `failed` follows."""

        def on_reply(record: PatientRecord) -> None:
            self.list.refresh()
            self.saved.emit(record.row)

        self._bridge.request(self, UndoMerge(merge=merge), on_reply, self.failed.emit)

    def remove(self, patient: PatientId) -> None:
        """Forget a patient under whom nothing is filed; `removed` or `failed` follows."""

        def on_reply(_done: Done) -> None:
            self.list.refresh()
            self.removed.emit(patient)

        self._bridge.request(self, RemovePatient(patient=patient), on_reply, self.failed.emit)

    def note_erased(self, patient: PatientId) -> None:
        """Somebody was erased for good: `removed` follows."""
        self.list.refresh()
        self.removed.emit(patient)

    def _soon(self) -> None:
        if self._session.is_open and not self._timer.isActive():
            self._timer.start()

    def _forget(self) -> None:
        self._timer.stop()
        self.list.forget()


class FilingHint(QObject):
    """Whom the open conversation is about, by its sender's word, and who of the patients that is.

    Signals:
        changed(): `tag` or `match` is another one.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, reading: Reading, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._reading = reading
        self.tag: PatientTag | None = None
        """What the newest letter that names somebody says."""
        self.match: PatientRow | None = None
        """The patient who is meant, if there is no doubt."""
        self.is_somebody_alike = False
        """Whether anybody has these names: then nobody is added with one click."""
        self._generation = 0
        reading.opened.connect(self._follow)
        reading.letters_changed.connect(self._follow)

    def ask_again(self) -> None:
        """Ask again who it is: patients have changed."""
        tag, self.tag = self.tag, None
        self._take(tag)

    def _follow(self) -> None:
        self._take(next((each.patient for each in self._reading.letters if each.patient), None))

    def _take(self, tag: PatientTag | None) -> None:
        if tag == self.tag:
            return
        self._generation += 1
        generation = self._generation
        self.tag, self.match, self.is_somebody_alike = tag, None, False
        self.changed.emit()
        if tag is None:
            return

        def on_reply(page: PatientPage) -> None:
            if generation == self._generation:
                self.match = match_of(page.rows, tag)
                self.is_somebody_alike = any(may_be_same(row, tag) for row in page.rows)
                self.changed.emit()

        self._bridge.request(self, SuggestPatients(tag=tag), on_reply, lambda *_: None)
