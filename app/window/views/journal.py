# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal: how the whole stands, what was done, and for each act its proof in three steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import QDesktopServices, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QListView,
    QMenu,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.interface.failures import Failure
from app.interface.journal import (
    DeedKind,
    JournalState,
    ReportForm,
    ReportReader,
    Standing,
    TimestampStanding,
)
from app.window.i18n.journal import JournalWords, is_to_look_at
from app.window.theme.tokens import CARD_WIDTH, HEADER_HEIGHT, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.journal import ENTRY_ROLE, NO_FILTERS
from app.window.viewmodels.marks import Mark
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton
from app.window.views.components.chips import chip_width, paint_chip
from app.window.views.components.layouts import Card, Column, EmptyState, FlowLayout, clear
from app.window.views.components.texts import Text, show_if
from app.window.views.limits import Limit, days, patients, people
from app.window.views.period import PeriodDialog
from app.window.views.unlock import busy_bar
from crypto_core.wire.limits import MAX_AUTHORITIES, MAX_AUTHORITY_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent

    from app.interface.journal import (
        ExportedEvidence,
        JournalProof,
        JournalRow,
        JournalTimestamp,
        WrittenReport,
    )
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.contacts import ContactBook
    from app.window.viewmodels.journal import Journal
    from app.window.viewmodels.patients import PatientList
    from crypto_core.wire.ids import MessageId, UnixMillis

MARGIN: Final = 16
_OTHER_DAYS: Final = "other days"
MAX_LINES: Final = 3
"""Of a sentence in the list; the proof beside it has all of it."""
_TONES: Final = {
    JournalState.INTACT: Tone.GOOD,
    JournalState.WAITING: Tone.GOOD,
    JournalState.NOT_CHECKED: Tone.NEUTRAL,
    JournalState.DAMAGED: Tone.DANGER,
}


class ActDelegate(QStyledItemDelegate):
    """Paints the day above its first act, then when and what, and beneath it about whom."""

    def __init__(
        self, journal: Journal, words: JournalWords, view: QListView, around: Surroundings
    ) -> None:
        super().__init__(view)
        self._journal = journal
        self._words = words
        self._view = view
        self._around = around
        self.shows_focus = False

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of the sentence at the present width."""
        row: JournalRow = index.data(ENTRY_ROLE)
        theme = self._around.theme
        height = self._sentence_height(row) + theme.space(18) + self._day_height(index)
        if self._words.beneath(row):
            height += QFontMetrics(theme.font(Role.SMALL)).height() + theme.space(2)
        if is_to_look_at(row):
            height += self._chip_height() + theme.space(4)
        return QSize(0, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a line."""
        row: JournalRow = index.data(ENTRY_ROLE)
        theme = self._around.theme
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        day_height = self._day_height(index)
        if day_height:
            self._line(
                painter,
                QRect(area.left() + MARGIN, area.top(), area.width() - 2 * MARGIN, day_height),
                self._around.formats.day(row.at),
                Role.BADGE,
                "secondary",
            )
            area = area.adjusted(0, day_height, 0, 0)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.colour("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.colour("background"))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), theme.colour("line"))
        top = area.top() + theme.space(9)
        left, width = self._column(area)
        line = QFontMetrics(theme.font(Role.TEXT)).height()
        when = QRect(area.left() + MARGIN, top, left - area.left() - MARGIN, line)
        self._line(painter, when, self._around.formats.time(row.at), Role.SECONDARY, "secondary")
        height = self._sentence_height(row)
        painter.setFont(theme.font(Role.TEXT))
        painter.setPen(theme.colour("text"))
        painter.drawText(QRect(left, top, width, height), _WRAPPED, self._words.sentence(row))
        top += height + theme.space(2)
        beneath = self._words.beneath(row)
        if beneath:
            line = QFontMetrics(theme.font(Role.SMALL)).height()
            self._line(painter, QRect(left, top, width, line), beneath, Role.SMALL, "secondary")
            top += line + theme.space(2)
        if is_to_look_at(row):
            mark = Mark(text=self._words.to_look_at(), tone=Tone.WARNING)
            needed = chip_width(mark, QFontMetrics(theme.font(Role.SMALL)), theme)
            chip = QRectF(left, top + 2, min(needed, width), self._chip_height())
            paint_chip(painter, chip, mark, theme)
        if state & QStyle.StateFlag.State_HasFocus and self.shows_focus:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(1, 1, -1, -2))
        painter.restore()

    def _column(self, area: QRect) -> tuple[int, int]:
        """Return where sentences begin, and how wide they may be."""
        metrics = QFontMetrics(self._around.theme.font(Role.SECONDARY))
        left = (
            area.left() + MARGIN + metrics.horizontalAdvance("00:00") + self._around.theme.space(12)
        )
        return left, area.right() - MARGIN - left

    def _sentence_height(self, row: JournalRow) -> int:
        metrics = QFontMetrics(self._around.theme.font(Role.TEXT))
        _, width = self._column(self._view.viewport().rect())
        wanted = metrics.boundingRect(
            QRect(0, 0, max(width, 1), 10_000), _WRAPPED, self._words.sentence(row)
        )
        return min(wanted.height(), MAX_LINES * metrics.lineSpacing())

    def _day_height(self, index: QModelIndex | QPersistentModelIndex) -> int:
        formats = self._around.formats
        if not self._journal.begins_day(
            index.row(), lambda one, other: formats.date_of(one.at) == formats.date_of(other.at)
        ):
            return 0
        theme = self._around.theme
        return QFontMetrics(theme.font(Role.BADGE)).height() + theme.space(16)

    def _chip_height(self) -> int:
        theme = self._around.theme
        return QFontMetrics(theme.font(Role.SMALL)).height() + theme.space(6)

    def _line(self, painter: QPainter, area: QRect, text: str, role: Role, colour: str) -> None:
        font = self._around.theme.font(role)
        painter.setFont(font)
        painter.setPen(self._around.theme.colour(colour))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(
            area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown
        )


_WRAPPED: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(
    Qt.TextFlag.TextWordWrap
)


class ActList(QListView):
    """What was done.

    Signals:
        chosen(JournalRow): the line on which the arrow keys stop, or a click.
        entered_line(JournalRow): Enter, or a click.
    """

    chosen = Signal(object)
    entered_line = Signal(object)

    def __init__(self, journal: Journal, words: JournalWords, around: Surroundings) -> None:
        super().__init__()
        self.delegate = ActDelegate(journal, words, self, around)
        self.setModel(journal)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(self.tr("Acts"))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.clicked.connect(lambda _: self._tell(is_entered=True))
        around.theme.changed.connect(self.scheduleDelayedItemsLayout)

    def currentChanged(  # noqa: N802 - Qt calls it
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Show the act on which the arrow keys stop."""
        super().currentChanged(current, previous)
        if self.hasFocus():
            self._tell(is_entered=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let sentences have other heights at another width, as when the scroll bar comes."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the proof."""
        self.delegate.shows_focus = True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._tell(is_entered=True)
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame when Tab led here."""
        by_tab = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        self.delegate.shows_focus = self.delegate.shows_focus or event.reason() in by_tab
        super().focusInEvent(event)

    def _tell(self, *, is_entered: bool) -> None:
        index = self.currentIndex()
        if index.isValid():
            (self.entered_line if is_entered else self.chosen).emit(index.data(ENTRY_ROLE))


class JournalPane(QWidget):
    """How the whole stands, what narrows it down, and the acts.

    Signals:
        chosen(JournalRow): its proof is wanted beside the list.
        entered_line(JournalRow): the same, and somebody goes there.
    """

    chosen = Signal(object)
    entered_line = Signal(object)

    def __init__(
        self,
        journal: Journal,
        contacts: ContactBook,
        known: PatientList,
        around: Surroundings,
    ) -> None:
        super().__init__()
        self._journal = journal
        self._around = around
        self._words = JournalWords(around.words, around.formats)
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(around.theme.space(240))
        self.state = Banner()
        self.banner = Banner()
        self.show_folder = Button(self.tr("Show folder"))
        self.show_folder.clicked.connect(lambda _=False: self._open_folder())
        self._folder = ""
        self.news = Banner(self.show_folder)
        self.busy = busy_bar(self.tr("Writing the file"))
        self.busy.hide()
        self.report = Button(self.tr("Export"))
        self.report.setAccessibleName(self.tr("Export the journal"))
        self._report_menu = QMenu(self.report)
        self._report_menu.setAccessibleName(self.tr("Export the journal"))
        self._report_menu.aboutToShow.connect(self._fill_reports)
        self.report.setMenu(self._report_menu)
        self._days: int | None = None
        self.period = Limit(self.tr("Date"), self._periods)
        self.person = Limit(self.tr("Person"), people(self.tr("Anyone"), contacts))
        self.patient = Limit(self.tr("Patient"), patients(self.tr("Any patient"), known))
        self.kind = Limit(self.tr("Kind of act"), self._kinds)
        self._subject = ""
        self.letter = Limit(self.tr("Letter"), self._letters)
        self.list = ActList(journal, self._words, around)
        self.empty = EmptyState("", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        self._lay_out()
        self.period.chosen.connect(self._choose_period)
        self.person.chosen.connect(lambda person: self._limit(person=person))
        self.patient.chosen.connect(lambda patient: self._limit(patient=patient))
        self.kind.chosen.connect(lambda kind: self._limit(kind=kind))
        self.letter.chosen.connect(lambda letter: self._limit(letter=letter))
        self.list.chosen.connect(self.chosen)
        self.list.entered_line.connect(self.entered_line)
        journal.changed.connect(self._show)
        journal.failed.connect(self._fail)
        journal.written.connect(self._tell_written)
        journal.exported.connect(self._tell_exported)
        journal.unwritten.connect(self._tell_unwritten)
        self._show()

    def appear(self) -> None:
        """Look at what there is now."""
        self.news.silence()
        self._journal.watch(is_watched=True)
        self.list.setFocus()

    def _lay_out(self) -> None:
        theme = self._around.theme
        strip = QWidget()
        strip.setFixedHeight(theme.space(HEADER_HEIGHT))
        inside = QHBoxLayout(strip)
        inside.setContentsMargins(MARGIN, 0, MARGIN, 0)
        inside.addWidget(Text(self.tr("Journal"), Role.TITLE))
        inside.addStretch(1)
        inside.addWidget(self.report)
        limits = FlowLayout(6)
        for button in (self.period, self.person, self.patient, self.kind, self.letter):
            limits.addWidget(button)
        below = QHBoxLayout()
        below.setContentsMargins(14, 10, 14, 10)
        below.addLayout(limits)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        above = QVBoxLayout()
        above.setContentsMargins(14, 0, 14, 0)
        above.addWidget(self.state)
        column.addWidget(strip)
        column.addLayout(above)
        column.addLayout(below)
        told = QVBoxLayout()
        told.setContentsMargins(14, 0, 14, 0)
        told.addWidget(self.news)
        told.addWidget(self.busy)
        column.addLayout(told)
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)

    def trace(self, letter: MessageId, subject: str) -> None:
        """Narrow the list down to what was done with one letter, by anybody."""
        self._subject = subject or self._around.words.no_subject()
        self._journal.narrow(replace(NO_FILTERS, letter=letter))
        self._name_limits()
        self.list.setFocus()

    def _letters(self) -> list[tuple[str, object] | None]:
        letter = self._journal.filters.letter
        named = [] if letter is None else [(self._subject, letter)]
        return [(self.tr("Any letter"), None), *named]

    def _kinds(self) -> list[tuple[str, object] | None]:
        return [
            (self.tr("All acts"), None),
            *((self._words.kind(kind), kind) for kind in DeedKind),
        ]

    def _fill_reports(self) -> None:
        """Offer the acts that are shown now; a patient's report needs to know whose it is."""
        menu = self._report_menu
        menu.clear()
        has_patient = self._journal.filters.patient is not None
        of_patient = (
            self.tr("For the patient")
            if has_patient
            else self.tr("For a patient: choose one below")
        )
        for reader, name in (
            (ReportReader.PATIENT, of_patient),
            (ReportReader.INSPECTION, self.tr("For an inspection")),
            (ReportReader.COURT, self.tr("For a court, with what verifies it")),
        ):
            forms = menu.addMenu(name)
            forms.setAccessibleName(name)
            forms.setEnabled(reader is not ReportReader.PATIENT or has_patient)
            for form, kind in (
                (ReportForm.PDF, self.tr("To read or print (PDF)")),
                (ReportForm.CSV, self.tr("For a spreadsheet (CSV)")),
            ):
                forms.addAction(kind).triggered.connect(
                    lambda _=False, reader=reader, form=form: self._choose_folder(
                        self.tr("Save the report in"),
                        lambda folder: self.write_report(folder, reader, form),
                    )
                )

        menu.addSeparator()
        menu.addAction(self.tr("Evidence file, for an expert")).triggered.connect(
            lambda _=False: self._choose_folder(
                self.tr("Save the evidence in"), self.export_evidence
            )
        )

    def _choose_folder(self, title: str, write: Callable[[str], None]) -> None:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(write)
        dialog.open()

    def export_evidence(self, folder: str) -> None:
        """Write what proves the acts of the period that is let through now into a folder."""
        self._begin(self.tr("The evidence is being gathered"))
        self._journal.export_evidence(folder, self.tr("evidence") + ".zip")

    def write_report(self, folder: str, reader: ReportReader, form: ReportForm) -> None:
        """Write a report of the acts that are let through now into a folder."""
        self._begin(self.tr("The report is being written"))
        self._journal.write_report(
            folder,
            self.tr("journal") + (".pdf" if form is ReportForm.PDF else ".csv"),
            reader=reader,
            form=form,
            language=self._around.word_language,
        )

    def _begin(self, what: str) -> None:
        self._end()
        self.report.setEnabled(False)
        self.busy.show()
        self.news.say(Tone.NEUTRAL, what)
        self._show()

    def _end(self, folder: str = "") -> None:
        self.report.setEnabled(True)
        self.busy.hide()
        self._folder = folder
        self.show_folder.setVisible(bool(folder))

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder))

    def _tell_written(self, report: WrittenReport) -> None:
        self._tell_saved(
            report.path, self.tr("%n act(s). This file is not encrypted.", "", report.acts)
        )

    def _tell_exported(self, evidence: ExportedEvidence) -> None:
        self._tell_saved(
            evidence.path,
            self.tr("%n act(s) with their proofs, without any name.", "", evidence.acts),
        )

    def _tell_saved(self, path: str, what: str) -> None:
        file = PurePath(path)
        self._end(str(file.parent))
        self.news.say(Tone.GOOD, self.tr("Saved as “{name}”").format(name=file.name), what)

    def _tell_unwritten(self, failure: Failure, detail: str) -> None:
        self._end()
        self.news.explain(self._around.errors.failure(failure, detail))

    def _limit(self, **changes: object) -> None:
        self._journal.narrow(replace(self._journal.filters, **changes))  # type: ignore[arg-type]
        self._name_limits()

    def _periods(self) -> list[tuple[str, object] | None]:
        names = (
            self.tr("At any time"),
            self.tr("In the last 7 days"),
            self.tr("In the last month"),
            self.tr("In the last year"),
        )
        between = self._between
        chosen = [] if between is None else [(self._spoken(*between), between)]
        return [*days(names)(), None, *chosen, (self.tr("Between two days…"), _OTHER_DAYS)]

    @property
    def _between(self) -> tuple[UnixMillis, UnixMillis] | None:
        filters = self._journal.filters
        if filters.since is None or filters.until is None:
            return None
        return filters.since, filters.until

    def _spoken(self, first: UnixMillis, last: UnixMillis) -> str:
        formats = self._around.formats
        return self.tr("{first} to {last}").format(first=formats.day(first), last=formats.day(last))

    def _choose_period(self, chosen: object) -> None:
        if chosen is _OTHER_DAYS:
            dialog = PeriodDialog(self._between, self._around, self)
            dialog.chosen.connect(lambda first, last: self._limit(since=first, until=last))
            dialog.open()
        elif isinstance(chosen, int):
            self._days = chosen
            self._limit(since=self._around.formats.days_ago(chosen), until=None)
        elif chosen is None:
            self._limit(since=None, until=None)

    def _name_limits(self) -> None:
        filters = self._journal.filters
        if filters.since is None or filters.until is not None:
            self._days = None
        self.period.point_at(self._between or self._days)
        self.person.point_at(filters.person)
        self.patient.point_at(filters.patient)
        self.kind.point_at(filters.kind)
        if filters.letter is None:
            self._subject = ""
            self.letter.menu().clear()
        self.letter.point_at(filters.letter)
        self.letter.setVisible(filters.letter is not None)

    def _show(self) -> None:
        self.banner.silence()
        self._name_limits()
        summary = self._journal.summary
        is_alarming = summary is not None and summary.state is JournalState.DAMAGED
        if summary is None or (self.news.is_speaking and not is_alarming):
            # One thing at a time: both would leave no room for the acts on a small screen.
            self.state.silence()
        else:
            title, sentence = self._words.state(summary)
            self.state.say(_TONES[summary.state], title, sentence)
        self._stack.setCurrentWidget(self.list if self._journal.rowCount() else self.empty)
        if summary is None:
            self.empty.say("", "")
        elif self._journal.filters == NO_FILTERS:
            self.empty.say(
                self.tr("Nothing recorded yet"),
                self.tr(
                    "What you read, send, print or search for will stand here, with its proof."
                ),
            )
        else:
            self.empty.say(
                self.tr("Nothing of this kind"), self.tr("Choose another date, person or kind.")
            )

    def _fail(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail))


class ProofPane(QWidget):
    """The proof of one act: a sentence, the facts, and on demand the bytes.

    Signals:
        left(): the way back to the list, in a narrow window.
        letter_asked(ConversationId): the letter that the act is about is wanted.
    """

    left = Signal()
    letter_asked = Signal(object)

    def __init__(self, journal: Journal, around: Surroundings) -> None:
        super().__init__()
        self._journal = journal
        self._around = around
        self._words = JournalWords(around.words, around.formats)
        self.row: JournalRow | None = None
        self._timestamp: Text | None = None
        self._certificate: Text | None = None
        self.setProperty("ground", "background")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back = LinkButton(self.tr("Back to the journal"))
        self.banner = Banner()
        self._title = Text("", Role.TITLE, wraps=True)
        self._sentence = Text("", Role.TEXT, wraps=True, is_selectable=True)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(20)
        self._facts.setVerticalSpacing(12)
        self._facts.setColumnStretch(1, 1)
        self.letter = Button(self.tr("Open the letter"))
        self.compare = LinkButton(self.tr("Compare with the authority’s certificate…"))
        self.whole = LinkButton(self.tr("Show the whole proof"))
        self._bytes = QWidget()
        self._parts = QVBoxLayout(self._bytes)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.setSpacing(4)
        self._lay_out()
        self.back.clicked.connect(self.left)
        self.letter.clicked.connect(self._ask_letter)
        self.whole.clicked.connect(self._toggle)
        journal.proven.connect(self._show_proof)
        journal.unproven.connect(self._fail)
        self.compare.clicked.connect(self._choose_certificate)
        journal.timestamped.connect(self._show_timestamp)

    def show_act(self, row: JournalRow) -> None:
        """Show an act; its proof follows as soon as it is verified."""
        self.row = row
        self._timestamp = self._certificate = None
        self.banner.silence()
        self._title.setText(self._words.sentence(row))
        self._sentence.setText(self._told(row))
        clear(self._facts)
        self._bytes.hide()
        clear(self._parts)
        self.whole.hide()
        self.compare.hide()
        show_if(self.letter, is_wanted=row.conversation is not None)
        self._journal.prove(row)

    def forget(self) -> None:
        """Keep nothing of an act."""
        self.row = None
        self._timestamp = self._certificate = None
        for text in (self._title, self._sentence):
            text.clear()
        clear(self._facts)
        clear(self._parts)

    def _lay_out(self) -> None:
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(24, 20, 24, 20)
        inside.setSpacing(12)
        inside.addWidget(self._title)
        inside.addWidget(self._sentence)
        inside.addWidget(self.banner)
        inside.addLayout(self._facts)
        foot = FlowLayout(12)
        foot.addWidget(self.letter)
        foot.addWidget(self.compare)
        foot.addWidget(self.whole)
        inside.addLayout(foot)
        inside.addWidget(self._bytes)
        column = Column(
            width=self._around.theme.space(CARD_WIDTH + 120), margin=24, is_centred=False
        )
        column.content.addWidget(self.back)
        column.content.addWidget(card)
        column.content.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column)
        self.back.hide()

    def _told(self, row: JournalRow) -> str:
        formats = self._around.formats
        at = formats.in_sentence(row.at)
        if row.standing is Standing.WAITING:
            return self.tr(
                "Noted {at} on this computer. It goes into the relay’s record as soon as there is a connection."
            ).format(at=at)
        if row.standing is Standing.TOLD:
            return self.tr("Told {at} by their computer, in a receipt that it has signed.").format(
                at=at
            )
        if not row.computer or row.logged_at is None:
            return self.tr("Recorded by the relay {at}.").format(at=at)
        return self.tr(
            "Done {at} on “{computer}”. The relay recorded it ({logged}) without knowing what it was."
        ).format(at=at, computer=row.computer, logged=formats.moment_after(row.logged_at, row.at))

    def _show_proof(self, proof: JournalProof) -> None:
        row = self.row
        if row is None or proof.row.entry != row.entry:
            return
        clear(self._facts)
        for name, value in self._lines(proof):
            self._add_fact(name, value)
        self._timestamp = self._certificate = None
        self._write_bytes(proof)
        if proof.leaf_index is not None:
            self._journal.ask_timestamp(row)
        show_if(self.whole, is_wanted=bool(proof.leaf or proof.receipt))
        if False in {proof.signature_holds, proof.inclusion_holds}:
            self.banner.say(
                Tone.DANGER,
                self.tr("This act is not proven"),
                self.tr("Keep this computer as it is, and show this page to the relay’s operator."),
            )

    def _add_fact(self, name: str, value: str) -> Text:
        line = self._facts.count() // 2
        shown = Text(value, Role.TEXT, wraps=True, is_selectable=True)
        self._facts.addWidget(Text(name, Role.SECONDARY), line, 0, Qt.AlignmentFlag.AlignTop)
        self._facts.addWidget(shown, line, 1)
        return shown

    def _show_timestamp(self, entry: int, found: JournalTimestamp) -> None:
        if self.row is None or self.row.entry != entry:
            return
        said = self._words.timestamp(found)
        if self._timestamp is None:
            self._timestamp = self._add_fact(self.tr("Timestamp"), said)
        else:
            self.banner.silence()
            self._timestamp.setText(said)
        show_if(self.compare, is_wanted=found.standing is TimestampStanding.RELAYS_AUTHORITY)
        if found.certificate is None:
            return
        if self._certificate is None:
            self._certificate = self._add_bytes(
                self.tr("SHA-256 of the authority’s certificate"), found.certificate.hex()
            )
        else:
            self._certificate.setText(_breaking(found.certificate.hex()))

    def _choose_certificate(self) -> None:
        dialog = QFileDialog(self, self.tr("The authority’s certificate"))
        dialog.setNameFilters(
            [
                self.tr("Certificates") + " (*.pem *.cer *.crt *.der)",
                self.tr("All files") + " (*)",
            ]
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.take_certificate(Path(name)))
        dialog.open()

    def take_certificate(self, path: Path) -> None:
        """Have the timestamp verified by the certificates of a file."""
        if self.row is None:
            return
        try:
            with path.open("rb") as file:
                found = file.read(_MOST_CERTIFICATES + 1)
        except OSError:
            found = b""
        if not 0 < len(found) <= _MOST_CERTIFICATES:
            self._fail(Failure.CERTIFICATE_UNREADABLE, "")
            return
        self._journal.ask_timestamp(self.row, found)

    def _lines(self, proof: JournalProof) -> list[tuple[str, str]]:
        number = self._around.formats.number
        lines = []
        if proof.signature_holds is not None:
            who = proof.row.computer or self.tr("the relay")
            if proof.row.standing is Standing.TOLD:
                who = ", ".join(proof.row.people)
            lines.append(
                (
                    self.tr("Signature"),
                    self._checked(who, holds=proof.signature_holds),
                )
            )
        if proof.inclusion_holds is not None and proof.leaf_index is not None:
            place = self.tr("Entry {index} of a record of {size}").format(
                index=number(proof.leaf_index + 1), size=number(proof.log_size or 0)
            )
            lines.append((self.tr("Inclusion"), self._checked(place, holds=proof.inclusion_holds)))
        if proof.sequence is not None and proof.signature_holds:
            follows = (
                self.tr("Follows act {n} of this computer").format(n=number(proof.sequence))
                if proof.sequence
                else self.tr("First act of this computer")
            )
            lines.append((self.tr("Order"), self._checked(follows, holds=True)))
        delay = 0 if proof.row.logged_at is None else proof.row.logged_at - proof.row.at
        if delay >= _SHOWN_DELAY_MILLIS and proof.row.computer:
            lines.append(
                (self.tr("Delay"), self.tr("Noted without a connection, and recorded later"))
            )
        return lines

    def _checked(self, text: str, *, holds: bool) -> str:
        return f"✓ {text}" if holds else f"✕ {text}"

    def _write_bytes(self, proof: JournalProof) -> None:
        clear(self._parts)
        for name, content in (
            (self.tr("Leaf"), proof.leaf.hex()),
            (
                self.tr("SHA-256 of the leaf"),
                "" if proof.leaf_hash is None else proof.leaf_hash.hex(),
            ),
            (self.tr("Salt"), proof.salt.hex()),
            (self.tr("Entry"), proof.encoded_entry.hex()),
            (self.tr("Signed checkpoint"), proof.checkpoint),
            (self.tr("Signed receipt"), proof.receipt.hex()),
        ):
            if content:
                self._add_bytes(name, content)

    def _add_bytes(self, name: str, content: str) -> Text:
        shown = Text(_breaking(content), Role.SMALL, wraps=True, is_selectable=True)
        self._parts.addWidget(Text(name, Role.BADGE))
        self._parts.addWidget(shown)
        return shown

    def _toggle(self) -> None:
        is_shown = self._bytes.isHidden()
        self._bytes.setVisible(is_shown)
        self.whole.setText(
            self.tr("Hide the whole proof") if is_shown else self.tr("Show the whole proof")
        )

    def _ask_letter(self) -> None:
        if self.row is not None and self.row.conversation is not None:
            self.letter_asked.emit(self.row.conversation)

    def _fail(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail))


def _breaking(content: str) -> str:
    """Return bytes as a text whose long numbers break, at spaces of no width."""
    return content if "\n" in content else "\u200b".join(content)


_SHOWN_DELAY_MILLIS: Final = 60_000
_MOST_CERTIFICATES: Final = MAX_AUTHORITIES * MAX_AUTHORITY_BYTES
