# SPDX-License-Identifier: AGPL-3.0-or-later
"""One box over all mail: results while typing, what they are limited to, and what they cover."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.interface.documents import DocumentKind
from app.interface.searching import Found
from app.interface.snapshots import Direction
from app.window.i18n.documents import DocumentWords
from app.window.theme.tokens import CARD_WIDTH, HEADER_HEIGHT, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.marks import Mark
from app.window.viewmodels.search import HIT_ROLE
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, InlineButton
from app.window.views.components.chips import chip_width, paint_chip
from app.window.views.components.layouts import Column, EmptyState, FlowLayout
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Text
from app.window.views.conversation_list import CHIP_GAP, MARGIN
from app.window.views.limits import Limit, days, people
from app.window.views.limits import patients as limit_patients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QKeyEvent

    from app.interface.failures import Failure
    from app.interface.searching import Highlight, Hit, Unread
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.accounts import OwnAccount
    from app.window.viewmodels.contacts import ContactBook
    from app.window.viewmodels.patients import PatientList
    from app.window.viewmodels.search import Finder

SNIPPET_LINES: Final = 2
_ANY_KIND: Final = DocumentKind.UNKNOWN
"""Stands for a document of whatever kind."""
_KINDS: Final = (
    DocumentKind.PDF,
    DocumentKind.PICTURE,
    DocumentKind.HPRIM,
    DocumentKind.CDA,
    DocumentKind.XDM,
    DocumentKind.DICOM,
)


class HitDelegate(QStyledItemDelegate):
    """Paints who, when, subject and the piece that matches, with the words that do."""

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around
        self._theme = around.theme
        self.shows_focus = False
        self._theme.changed.connect(self._measure)
        self._measure()

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return one of two heights: with chips and without."""
        hit: Hit = index.data(HIT_ROLE)
        chips = self._chip_height + 2 * self._gap if self._marks(hit) else 0
        return QSize(0, self._height + chips)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a line."""
        hit: Hit = index.data(HIT_ROLE)
        theme = self._theme
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.colour("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.colour("background"))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), theme.colour("line"))
        left, width = area.left() + MARGIN, area.width() - 2 * MARGIN
        top = area.top() + self._padding
        when = self._around.formats.in_list(hit.at)
        when_width = self._small.horizontalAdvance(when)
        painter.setFont(theme.font(Role.SMALL))
        painter.setPen(theme.colour("secondary"))
        painter.drawText(
            QRect(left + width - when_width, top, when_width + 1, self._name.height()),
            int(Qt.AlignmentFlag.AlignVCenter),
            when,
        )
        names = self._around.words.names_in_row(hit.people)
        if hit.direction is Direction.SENT:
            names = self.tr("To: {names}").format(names=names)
        room = QRect(left, top, width - when_width - 12, 0)
        metrics = QFontMetrics(theme.font(Role.TEXT))
        names = metrics.elidedText(names, Qt.TextElideMode.ElideRight, room.width())
        self._text(painter, room, names, (), Role.TEXT)
        top += self._name.height() + self._gap
        subject = hit.subject or self._around.words.no_subject()
        highlights = hit.subject_highlights if hit.subject else ()
        self._text(painter, QRect(left, top, width, 0), subject, highlights, Role.STRONG)
        top += self._name.height() + self._gap
        self._text(
            painter,
            QRect(left, top, width, 0),
            hit.snippet,
            hit.snippet_highlights,
            Role.SECONDARY,
            lines=SNIPPET_LINES,
        )
        top += SNIPPET_LINES * self._snippet.lineSpacing() + 2 * self._gap
        x = left
        for mark in self._marks(hit):
            needed = min(chip_width(mark, self._small, theme), left + width - x)
            if needed < theme.space(40):
                break
            paint_chip(painter, QRectF(x, top, needed, self._chip_height), mark, theme)
            x += needed + CHIP_GAP
        if state & QStyle.StateFlag.State_HasFocus and self.shows_focus:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(1, 1, -1, -2))
        painter.restore()

    def _marks(self, hit: Hit) -> tuple[Mark, ...]:
        marks = []
        if hit.patient is not None:
            # What was found beside it has its room, too.
            patient = self._around.words.patient(hit.patient)
            room = self._theme.space(_PATIENT_WIDTH)
            shown = self._small.elidedText(patient, Qt.TextElideMode.ElideRight, room)
            marks.append(Mark(text=shown))
        if Found.DOCUMENT in hit.found and hit.document_name:
            marks.append(Mark(text=self._cut(hit.document_name), tone=Tone.ACCENT))
        elif hit.documents:
            marks.append(Mark(text=self._around.words.documents(hit.documents)))
        return tuple(marks)

    def _cut(self, name: str) -> str:
        return self._small.elidedText(name, Qt.TextElideMode.ElideMiddle, self._theme.space(180))

    def _text(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        highlights: Sequence[Highlight],
        role: Role,
        *,
        lines: int = 1,
    ) -> None:
        """Paint a text with the pieces that match; what has no room is left out after an ellipsis."""
        theme = self._theme
        font = theme.font(role)
        # One line for the eye; as many characters as before, so that places stay what they are.
        text = text.translate(_BREAKS)
        layout = QTextLayout(text, font)
        option = QTextOption()
        option.setWrapMode(
            QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
            if lines > 1
            else QTextOption.WrapMode.NoWrap
        )
        layout.setTextOption(option)
        places = _utf16_places(text)
        ranges = []
        for highlight in highlights:
            span = QTextLayout.FormatRange()
            span.start = places[min(highlight.start, len(text))]
            span.length = places[min(highlight.end, len(text))] - span.start
            style = QTextCharFormat()
            style.setFontWeight(QFont.Weight.DemiBold)
            style.setForeground(theme.colour("accent"))
            style.setFontUnderline(True)
            span.format = style
            ranges.append(span)
        layout.setFormats(ranges)
        layout.beginLayout()
        top = 0.0
        for _ in range(lines):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(area.width())
            line.setPosition(QPointF(0, top))
            top += line.height()
        layout.endLayout()
        painter.setPen(theme.colour("secondary" if role is Role.SECONDARY else "text"))
        painter.save()
        painter.setClipRect(QRectF(area.left(), area.top(), area.width(), top))
        layout.draw(painter, QPointF(area.topLeft()))
        painter.restore()

    def _measure(self) -> None:
        theme = self._theme
        self._name = QFontMetrics(theme.font(Role.STRONG))
        self._snippet = QFontMetrics(theme.font(Role.SECONDARY))
        self._small = QFontMetrics(theme.font(Role.SMALL))
        self._padding = theme.space(12)
        self._gap = theme.space(4)
        self._chip_height = self._small.height() + theme.space(6)
        self._height = (
            2 * self._padding
            + 2 * self._name.height()
            + SNIPPET_LINES * self._snippet.lineSpacing()
            + 3 * self._gap
        )


_PATIENT_WIDTH: Final = 150
_BREAKS: Final = dict.fromkeys((10, 13, 9, 8232, 8233), " ")


def _utf16_places(text: str) -> list[int]:
    """Return where each code point begins in Qt's count, which takes two for some."""
    places, place = [], 0
    for character in text:
        places.append(place)
        place += 2 if ord(character) > 0xFFFF else 1
    places.append(place)
    return places


class HitList(QListView):
    """What was found.

    Signals:
        entered_line(Hit): it is wanted.
    """

    entered_line = Signal(object)

    def __init__(self, finder: Finder, around: Surroundings) -> None:
        super().__init__()
        self.delegate = HitDelegate(around, self)
        self.setModel(finder)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(self.tr("Letters found"))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.clicked.connect(self._tell)
        self.activated.connect(self._tell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        self.delegate.shows_focus = True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._tell(self.currentIndex())
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame when Tab led here."""
        by_tab = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        self.delegate.shows_focus = self.delegate.shows_focus or event.reason() in by_tab
        super().focusInEvent(event)

    def _tell(self, index: QModelIndex) -> None:
        if index.isValid():
            self.entered_line.emit(index.data(HIT_ROLE))


class SearchPane(QWidget):
    """The box, what limits it, what was found, and what that covers.

    Signals:
        opened(Hit): a letter is wanted.
        left(): nothing is looked for any more.
    """

    opened = Signal(object)
    left = Signal()

    def __init__(
        self,
        finder: Finder,
        contacts: ContactBook,
        patients: PatientList,
        own: OwnAccount,
        around: Surroundings,
    ) -> None:
        super().__init__()
        self._finder = finder
        self._own = own
        self._around = around
        self._kinds = DocumentWords()
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(around.theme.space(240))
        self.box = QLineEdit()
        self.box.setPlaceholderText(self.tr("Search all mail"))
        self.box.setAccessibleName(self.tr("Search all mail"))
        self.box.setClearButtonEnabled(True)
        periods = (
            self.tr("At any time"),
            self.tr("In the last 7 days"),
            self.tr("In the last month"),
            self.tr("In the last year"),
        )
        self._days: int | None = None
        self.period = Limit(self.tr("Date"), days(periods))
        self.person = Limit(self.tr("Person"), people(self.tr("Anyone"), contacts))
        self.patient = Limit(self.tr("Patient"), limit_patients(self.tr("Any patient"), patients))
        self.kind = Limit(self.tr("Documents"), self._kind_entries)
        self.period.chosen.connect(self._choose_period)
        self.person.chosen.connect(lambda person: self._limit(person=person))
        self.patient.chosen.connect(lambda patient: self._limit(patient=patient))
        self.kind.chosen.connect(self._choose_kind)
        self.banner = Banner()
        self.list = HitList(finder, around)
        self.empty = EmptyState("", "")
        self.coverage = Text("", Role.SMALL, wraps=True)
        self.account = Text("", Role.SMALL, wraps=True)
        self.unread = InlineButton(self.tr("Documents that were not read"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        self._lay_out()
        self.box.textEdited.connect(finder.look_for)
        self.box.returnPressed.connect(self._to_list)
        self.list.entered_line.connect(self.opened)
        self.unread.clicked.connect(lambda _=False: finder.list_unread())
        finder.changed.connect(self._show)
        own.changed.connect(self._show_account)
        self._show_account()
        finder.failed.connect(self._fail)
        finder.unread.connect(self._show_unread)
        self._show()

    def appear(self) -> None:
        """Put the keyboard into the box, its words chosen."""
        if self.box.text() != self._finder.query:
            self.box.setText(self._finder.query)
        self.box.setFocus()
        self.box.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes from the box into the list."""
        if event.key() == Qt.Key.Key_Down and self.box.hasFocus():
            self._to_list()
        else:
            super().keyPressEvent(event)

    def step_back(self) -> None:
        """Clear the box, and leave when it is clear."""
        if self._finder.is_asked:
            self.box.clear()
            self._finder.forget()
            self.box.setFocus()
        else:
            self.left.emit()

    def _lay_out(self) -> None:
        theme = self._around.theme
        strip = QWidget()
        strip.setFixedHeight(theme.space(HEADER_HEIGHT))
        inside = QVBoxLayout(strip)
        inside.setContentsMargins(14, 0, 14, 0)
        inside.addWidget(self.box)
        limits = FlowLayout(6)
        below = QHBoxLayout()
        below.setContentsMargins(14, 0, 14, 10)
        below.addLayout(limits)
        for button in (self.period, self.person, self.patient, self.kind):
            limits.addWidget(button)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 10)
        foot.setSpacing(2)
        foot.addWidget(self.account)
        foot.addWidget(self.coverage)
        foot.addWidget(self.unread)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addLayout(below)
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)

    def _to_list(self) -> None:
        if self._finder.rowCount():
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self._finder.index(0))

    # What limits it

    def _limit(self, **changes: object) -> None:
        self._finder.let_through(replace(self._finder.filters, **changes))  # type: ignore[arg-type]
        self._name_limits()

    def _kind_entries(self) -> list[tuple[str, object] | None]:
        return [
            (self.tr("With or without documents"), None),
            (self.tr("With documents"), _ANY_KIND),
            None,
            *((self._kinds.kind(kind), kind) for kind in _KINDS),
        ]

    def _choose_period(self, count: int | None) -> None:
        self._days = count
        self._limit(since=None if count is None else self._around.formats.days_ago(count))

    def _choose_kind(self, kind: DocumentKind | None) -> None:
        self._limit(has_documents=kind is not None, kind=None if kind is _ANY_KIND else kind)

    def _name_limits(self) -> None:
        filters = self._finder.filters
        if filters.since is None:
            self._days = None
        self.period.point_at(self._days)
        self.person.point_at(filters.person)
        self.patient.point_at(filters.patient)
        any_kind = _ANY_KIND if filters.has_documents else None
        self.kind.point_at(any_kind if filters.kind is None else filters.kind)

    # What was found

    def _show(self) -> None:
        finder = self._finder
        self.banner.silence()
        self._name_limits()
        if not finder.is_asked and self.box.text():
            self.box.clear()
        self._stack.setCurrentWidget(self.list if finder.rowCount() else self.empty)
        if not finder.is_asked:
            self.empty.say(
                self.tr("Find any letter"),
                self.tr(
                    "By words of its subject, its text and its documents, by a name or a patient. "
                    "Accents and plurals do not matter."
                ),
            )
        elif not finder.rowCount() and not finder.is_waiting:
            self.empty.say(
                self.tr("Nothing found"),
                self.tr("Try fewer words, or another spelling."),
            )
        self._show_coverage()

    def _show_account(self) -> None:
        """Say that each account is searched by itself, where there are several."""
        name = self._own.name
        self.account.setText(
            self.tr("Only in “{name}”: each account is searched by itself.").format(name=name)
            if name
            else ""
        )
        self.account.setVisible(bool(name))

    def _show_coverage(self) -> None:
        coverage = self._finder.coverage
        self.coverage.setVisible(coverage is not None)
        self.unread.setVisible(coverage is not None and coverage.unreadable > 0)
        if coverage is None:
            return
        formats = self._around.formats
        if coverage.is_rebuilding:
            text = self.tr("△ The index is being made anew: older letters follow.")
        elif coverage.waiting:
            text = self.tr("△ {n} letters and documents are not in the index yet.").format(
                n=formats.number(coverage.waiting)
            )
        elif coverage.complete_since is None:
            text = self.tr("Everything on this computer was searched.")
        else:
            text = self.tr("Complete since {day}.").format(day=formats.day(coverage.complete_since))
        self.coverage.setText(text)
        self.unread.setText(self.tr("%n document(s) could not be read", "", coverage.unreadable))
        self.unread.setAccessibleName(self.unread.text())

    def _show_unread(self, unread: Unread) -> None:
        UnreadDialog(unread, self._around, self).open()

    def _fail(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail))


class UnreadDialog(QDialog):
    """The documents that search does not cover."""

    def __init__(self, unread: Unread, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Documents that were not read"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        resize_within(self, around.theme.space(CARD_WIDTH), around.theme.space(420))
        column = Column(width=around.theme.space(CARD_WIDTH), margin=24, is_centred=False)
        content = column.content
        content.addWidget(Text(self.tr("Documents that were not read"), Role.TITLE))
        content.addWidget(
            Text(
                self.tr(
                    "No text can be taken out of them, or not all of it: scanned pages, pictures, damaged "
                    "files. They are found by their names and by the letters they came with."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        for row in unread.rows:
            content.addWidget(
                Text(f"{row.name}, {around.formats.day(row.at)}", Role.TEXT, wraps=True)
            )
        if unread.more:
            content.addWidget(Text(self.tr("… and older ones"), Role.SECONDARY))
        content.addStretch(1)
        shut = Button(self.tr("Close"))
        shut.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.addStretch(1)
        foot.addWidget(shut)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column, 1)
        layout.addLayout(foot)
