# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal, narrowed down and page by page; and the proof of one act."""

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

from app.interface.journal import (
    DeedKind,
    ExportEvidence,
    ListJournal,
    NoteSetting,
    ShowProof,
    ShowTimestamp,
    WriteReport,
)
from crypto_core.wire.ids import AccountId, MessageId, PatientId, UnixMillis

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.failures import Failure
    from app.interface.journal import (
        ExportedEvidence,
        JournalPage,
        JournalProof,
        JournalRow,
        JournalSummary,
        ReportForm,
        ReportReader,
        WrittenReport,
    )
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session
    from crypto_core.wire.journal import JournalledSetting
    from crypto_core.wire.words import WordLanguage

PAGE: Final = 50
REFRESH_MILLISECONDS: Final = 1000
"""What is noted within so short a time is shown together."""
ENTRY_ROLE: Final = Qt.ItemDataRole.UserRole
_ROOT: Final = QModelIndex()


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFilters:
    """What acts must be about."""

    person: AccountId | None = None
    patient: PatientId | None = None
    letter: MessageId | None = None
    kind: DeedKind | None = None
    since: UnixMillis | None = None
    until: UnixMillis | None = None
    """The last millisecond."""


NO_FILTERS: Final = JournalFilters()


class Journal(QAbstractListModel):
    """Acts, newest first; asked for only while somebody looks.

    Signals:
        changed(): another answer is here.
        failed(Failure, str): there is none.
        proven(JournalProof): the proof of the act that was chosen.
        unproven(Failure, str): there is none.
        timestamped(int, JournalTimestamp): what an outside authority says of an act, by the act's entry.
        written(WrittenReport): a report is where somebody wanted it.
        exported(ExportedEvidence): an evidence file is where somebody wanted it.
        unwritten(Failure, str): neither is there, and nothing of it.
    """

    changed = Signal()
    failed = Signal(object, str)
    proven = Signal(object)
    unproven = Signal(object, str)
    timestamped = Signal(int, object)
    written = Signal(object)
    exported = Signal(object)
    unwritten = Signal(object, str)

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        *,
        speak: Callable[[JournalRow], str],
        refresh_milliseconds: int = REFRESH_MILLISECONDS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._speak = speak
        self.filters = NO_FILTERS
        self.summary: JournalSummary | None = None
        self.is_waiting = False
        self._rows: list[JournalRow] = []
        self._more = False
        self._generation = 0
        self._is_watched = False
        self._pause = QTimer(self, singleShot=True, interval=refresh_milliseconds)
        self._pause.timeout.connect(self.refresh)
        bridge.journal_changed.connect(self._hear)
        session.closed.connect(self.forget)

    def watch(self, *, is_watched: bool) -> None:
        """Somebody looks at the journal, or no longer does."""
        self._is_watched = is_watched
        if is_watched:
            self.refresh()
        else:
            self._pause.stop()

    def narrow(self, filters: JournalFilters) -> None:
        """Show other acts."""
        self.filters = filters
        self._ask(None)

    def refresh(self) -> None:
        """Ask again."""
        self._ask(None)

    def prove(self, row: JournalRow) -> None:
        """Have an act verified anew, and be told with what."""
        self._bridge.request(self, ShowProof(entry=row.entry), self._tell_proof, self.unproven.emit)

    def ask_timestamp(self, row: JournalRow, certificates: bytes = b"") -> None:
        """Ask what an outside authority says of an act, by certificates from a file if the owner has one."""
        self._bridge.request(
            self,
            ShowTimestamp(entry=row.entry, certificates=certificates),
            lambda found: self.timestamped.emit(row.entry, found),
            self.unproven.emit,
        )

    def write_report(
        self,
        directory: str,
        name: str,
        *,
        reader: ReportReader,
        form: ReportForm,
        language: WordLanguage,
    ) -> None:
        """Have a report written of the acts that are let through now."""
        filters = self.filters
        command = WriteReport(
            directory=directory,
            name=name,
            reader=reader,
            form=form,
            language=language,
            person=filters.person,
            patient=filters.patient,
            letter=filters.letter,
            kind=filters.kind,
            since=filters.since,
            until=filters.until,
        )
        self._bridge.request(self, command, self._tell_written, self.unwritten.emit)

    def export_evidence(self, directory: str, name: str) -> None:
        """Have what proves the acts written into a file: of the period or the letter that is let through now."""
        filters = self.filters
        command = ExportEvidence(
            directory=directory,
            name=name,
            since=filters.since,
            until=None if filters.until is None else UnixMillis(filters.until + 1),
            letter=filters.letter,
        )
        self._bridge.request(self, command, self._tell_exported, self.unwritten.emit)

    def note_setting(self, setting: JournalledSetting) -> None:
        """Have the journal say that a setting was changed which only the window keeps."""
        if self._session.is_open:
            self._bridge.request(self, NoteSetting(setting=setting), _ignore, _ignore)

    def forget(self) -> None:
        """Keep nothing."""
        self._pause.stop()
        self._is_watched = False
        self._generation += 1
        self.is_waiting = False
        self.filters, self.summary = NO_FILTERS, None
        self._replace((), more=False)

    def row_at(self, position: int) -> JournalRow:
        """Return an act."""
        return self._rows[position]

    def begins_day(self, position: int, same_day: Callable[[JournalRow, JournalRow], bool]) -> bool:
        """Return whether the act is the first one shown of its day."""
        return not position or not same_day(self._rows[position - 1], self._rows[position])

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return how many are here."""
        return 0 if parent.isValid() else len(self._rows)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return an act, or its spoken form."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ENTRY_ROLE:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._speak(row)
        return None

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Return whether there are older ones."""
        return not parent.isValid() and self._more and not self.is_waiting

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        """Ask for the next page."""
        if self.canFetchMore(parent) and self._rows:
            self._ask(self._rows[-1])

    def _hear(self) -> None:
        if self._is_watched:
            self._pause.start()

    def _ask(self, last: JournalRow | None) -> None:
        self._generation += 1
        generation = self._generation
        self.is_waiting = True
        filters = self.filters
        command = ListJournal(
            before=None if last is None else last.entry,
            limit=PAGE,
            person=filters.person,
            patient=filters.patient,
            letter=filters.letter,
            kind=filters.kind,
            since=filters.since,
            until=filters.until,
        )

        def take(page: JournalPage) -> None:
            if generation != self._generation:
                return
            self.is_waiting = False
            self.summary = page.summary
            if last is None:
                self._replace(page.rows, more=page.more)
                return
            self._more = page.more
            if page.rows:
                first = len(self._rows)
                self.beginInsertRows(_ROOT, first, first + len(page.rows) - 1)
                self._rows.extend(page.rows)
                self.endInsertRows()
            self.changed.emit()

        def fail(failure: Failure, detail: str) -> None:
            if generation == self._generation:
                self.is_waiting = False
                self.failed.emit(failure, detail)

        self._bridge.request(self, command, take, fail)

    def _replace(self, rows: tuple[JournalRow, ...], *, more: bool) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self._more = more
        self.endResetModel()
        self.changed.emit()

    def _tell_exported(self, evidence: ExportedEvidence) -> None:
        self.exported.emit(evidence)

    def _tell_written(self, report: WrittenReport) -> None:
        self.written.emit(report)

    def _tell_proof(self, proof: JournalProof) -> None:
        self.proven.emit(proof)


def _ignore(*_: object) -> None:
    """Whether the journal took it changes nothing here."""
