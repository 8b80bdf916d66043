# SPDX-License-Identifier: AGPL-3.0-or-later
"""Patients: the list, one patient with what is filed under them, and the form that makes or corrects one."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.interface.snapshots import PatientTag, Place
from app.window.shortcuts import Shortcut, hint
from app.window.theme.icons import Icon
from app.window.theme.tokens import FORM_WIDTH, HEADER_HEIGHT
from app.window.theme.typography import Role
from app.window.viewmodels.conversations import DRAGGED, ListState
from app.window.viewmodels.patients import PATIENT_ROLE, tag_of
from app.window.views.components.avatars import Avatar, paint_avatar
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, IconButton, LinkButton, PrimaryButton
from app.window.views.components.choices import Choices
from app.window.views.components.fields import Field
from app.window.views.components.layouts import EmptyState, FlowLayout, scrolling
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Rule, Text, show_if
from app.window.views.conversation_list import MailList, dragged_rows
from app.window.views.patient_card import CardForm, DoneCard, FactsCard, cards_page, times_line
from app.window.views.patient_rights import RightsCard

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QDragEnterEvent,
        QDragLeaveEvent,
        QDragMoveEvent,
        QDropEvent,
        QFocusEvent,
        QKeyEvent,
        QMouseEvent,
    )

    from app.interface.failures import Failure
    from app.interface.patients import PatientRecord, PatientRow
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.contacts import ContactBook
    from app.window.viewmodels.conversations import ConversationList
    from app.window.viewmodels.patients import PatientList, Patients
    from app.window.viewmodels.rights import Rights
    from crypto_core.wire.ids import PatientId

MARGIN: Final = 16
SIDE: Final = 40
MAX_NAME_LETTERS: Final = 100
MAX_QUERY_LETTERS: Final = 50
TYPING_MILLISECONDS: Final = 120
"""After the last letter typed, the list is asked for."""


class PatientDelegate(QStyledItemDelegate):
    """Paints the sign, the name, the date of birth, and how much is filed."""

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around
        self.shows_focus = False
        """Whether the keyboard is in use: the pointer shows by itself where it is."""
        self.drop_row = -1
        """Over which line conversations are held."""

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the one height of all lines."""
        theme = self._around.theme
        lines = sum(QFontMetrics(theme.font(role)).height() for role in (Role.TEXT, Role.SECONDARY))
        return QSize(0, lines + theme.space(26))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a line."""
        row: PatientRow = index.data(PATIENT_ROLE)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        theme = self._around.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.colour("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.colour("background"))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), theme.colour("line"))
        side = theme.space(32)
        sign = QRect(area.left() + MARGIN, area.center().y() - side // 2, side, side)
        paint_avatar(painter, sign, full_name(row), theme)
        left = sign.right() + 13
        width = area.right() - MARGIN - left
        top = area.top() + theme.space(11)
        height = QFontMetrics(theme.font(Role.TEXT)).height()
        words = self._around.words
        self._line(painter, QRect(left, top, width, height), words.patient(row), Role.TEXT, "text")
        top += height + theme.space(2)
        height = QFontMetrics(theme.font(Role.SECONDARY)).height()
        second = self._second_line(row)
        self._line(painter, QRect(left, top, width, height), second, Role.SECONDARY, "secondary")
        is_target = index.row() == self.drop_row
        if is_target or (state & QStyle.StateFlag.State_HasFocus and self.shows_focus):
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(1, 1, -1, -2))
        painter.restore()

    def _second_line(self, row: PatientRow) -> str:
        words, formats = self._around.words, self._around.formats
        parts = []
        if row.birth_date:
            parts.append(formats.birth_date(row.birth_date))
        if row.conversations:
            parts.append(words.conversations(row.conversations))
        return ", ".join(parts) or self.tr("Nothing filed yet")

    def _line(self, painter: QPainter, area: QRect, text: str, role: Role, colour: str) -> None:
        font = self._around.theme.font(role)
        painter.setFont(font)
        painter.setPen(self._around.theme.colour(colour))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(
            area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown
        )


class PatientListView(QListView):
    """The list of patients; conversations can be dropped onto one.

    Signals:
        chosen(PatientRow): the line on which the arrow keys stop, or a click.
        entered_line(PatientRow): Enter, or a click.
        dropped(PatientTag, object): the chosen rows of this list were dropped onto a patient.
    """

    chosen = Signal(object)
    entered_line = Signal(object)
    dropped = Signal(object, object)

    def __init__(self, patients: PatientList, around: Surroundings) -> None:
        super().__init__()
        self._patients = patients
        self.delegate = PatientDelegate(around, self)
        self.setModel(patients)
        self.setItemDelegate(self.delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Patients"))
        self.clicked.connect(lambda _: self._tell(is_entered=True))
        around.theme.changed.connect(self.scheduleDelayedItemsLayout)

    def currentChanged(  # noqa: N802 - Qt calls it
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Show the patient on whom the arrow keys stop."""
        super().currentChanged(current, previous)
        if self.hasFocus():
            self._tell(is_entered=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses."""
        self.delegate.shows_focus = True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._tell(is_entered=True)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:  # noqa: N802 - Qt calls it
        """Do nothing: the field above searches all patients, not only those in memory."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave out the frame around the line in use."""
        self.delegate.shows_focus = False
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame when Tab led here."""
        by_tab = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        self.delegate.shows_focus = self.delegate.shows_focus or event.reason() in by_tab
        super().focusInEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take conversations of our own lists only."""
        event.setAccepted(event.mimeData().hasFormat(DRAGGED) and dragged_rows(event) != ())

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show on whom they would be dropped."""
        index = self.indexAt(event.position().toPoint())
        self._mark_target(index.row() if index.isValid() else -1)
        event.setAccepted(index.isValid())

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Point at nobody any more."""
        self._mark_target(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell on whom they were dropped."""
        index = self.indexAt(event.position().toPoint())
        rows = dragged_rows(event)
        self._mark_target(-1)
        if index.isValid() and rows:
            event.acceptProposedAction()
            self.dropped.emit(tag_of(index.data(PATIENT_ROLE)), rows)

    def _mark_target(self, row: int) -> None:
        if row != self.delegate.drop_row:
            self.delegate.drop_row = row
            self.viewport().update()

    def _tell(self, *, is_entered: bool) -> None:
        index = self.currentIndex()
        if index.isValid():
            (self.entered_line if is_entered else self.chosen).emit(index.data(PATIENT_ROLE))


def full_name(row: PatientRow | PatientTag) -> str:
    """Return a name as one says it: "Jeanne Duval"."""
    return f"{row.given_name} {row.family_name}".strip()


class PatientSearch(QWidget):
    """A field and the patients that match what is typed into it."""

    def __init__(self, patients: PatientList, around: Surroundings, *, empty: EmptyState) -> None:
        super().__init__()
        self._patients = patients
        self._empty = empty
        self.query = QLineEdit()
        self.query.setMaxLength(MAX_QUERY_LETTERS)
        self.query.setPlaceholderText(self.tr("Search for a patient"))
        self.query.setAccessibleName(self.tr("Search for a patient"))
        self.query.setClearButtonEnabled(True)
        # A window in the place of another one shows the same list, for the same words.
        self.query.setText(patients.query)
        self.list = PatientListView(patients, around)
        self._nobody = EmptyState(
            "", self.tr("Look at how the name is written, or add the patient.")
        )
        self._stack = QStackedWidget()
        for widget in (self.list, self._empty, self._nobody):
            self._stack.addWidget(widget)
        self._pause = QTimer(self, singleShot=True, interval=TYPING_MILLISECONDS)
        self._pause.timeout.connect(self._search)
        self.query.textChanged.connect(lambda _: self._pause.start())
        self.query.returnPressed.connect(self._enter)
        patients.changed.connect(self._show)
        field = QHBoxLayout()
        field.setContentsMargins(14, 0, 14, 10)
        field.addWidget(self.query)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(field)
        column.addWidget(Rule())
        column.addWidget(self._stack, 1)
        self._show()

    def forget(self) -> None:
        """Search for nobody."""
        self._pause.stop()
        with QSignalBlocker(self.query):
            self.query.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow down leads from the field into the list."""
        if event.key() == Qt.Key.Key_Down and self._patients.rowCount():
            self.list.setFocus()
            self.list.setCurrentIndex(self._patients.index(0))
            return
        super().keyPressEvent(event)

    def _search(self) -> None:
        self._patients.search(self.query.text())

    def _enter(self) -> None:
        """Choose the first one, once the answer to what was typed is here."""
        if self._pause.isActive():
            self._pause.stop()
            self._search()
        elif self._patients.rowCount():
            self.list.setCurrentIndex(self._patients.index(0))
            self.list.entered_line.emit(self._patients.patient_at(0))

    def _show(self) -> None:
        is_empty = self._patients.is_loaded and not self._patients.rowCount()
        if is_empty and self._patients.query:
            self._nobody.say(
                self.tr("No patient of this name"),
                self.tr("Look at how the name is written, or add the patient."),
            )
            self._stack.setCurrentWidget(self._nobody)
        else:
            self._stack.setCurrentWidget(self._empty if is_empty else self.list)


class PatientListPane(QWidget):
    """The list with its button above and its empty state.

    Signals:
        add_asked(): a new patient is wanted.
    """

    add_asked = Signal()

    def __init__(self, patients: Patients, around: Surroundings) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(around.theme.space(240))
        self.button = Button(self.tr("Add a patient"))
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(lambda _=False: self.add_asked.emit())
        self.search = PatientSearch(
            patients.list,
            around,
            empty=EmptyState(
                self.tr("No patients yet"),
                self.tr(
                    "Whoever a letter is about is added here when you file it, or with the button above. "
                    "Names stay on this computer."
                ),
            ),
        )
        self.list = self.search.list
        strip = QWidget()
        strip.setFixedHeight(around.theme.space(HEADER_HEIGHT))
        row = QVBoxLayout(strip)
        row.setContentsMargins(14, 0, 14, 0)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(self.search, 1)


class View(Enum):
    """What a patient's page shows below the name."""

    LETTERS = "letters"
    CARD = "card"


class PatientPane(QWidget):
    """One patient, and the conversations filed under them.

    Signals:
        write_asked(PatientTag): a letter about the patient is wanted.
        correct_asked(PatientRow): the names or the date are to be corrected.
        erase_asked(PatientRow): everything is to be erased for good, or to be seen why not.
        back_asked(): a narrow window is to show its list again.
    """

    write_asked = Signal(object)
    correct_asked = Signal(object)
    erase_asked = Signal(object)
    back_asked = Signal()

    def __init__(
        self,
        patients: Patients,
        filed: ConversationList,
        rights: Rights,
        contacts: ContactBook,
        around: Surroundings,
    ) -> None:
        super().__init__()
        self._patients = patients
        self._filed = filed
        self._around = around
        self.row: PatientRow | None = None
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back = IconButton(Icon.BACK, self.tr("Back to the list"), around.theme)
        self.back.setToolTip(hint(self.tr("Back to the list"), Shortcut.BACK))
        self.back.clicked.connect(lambda _=False: self.back_asked.emit())
        self._avatar = Avatar("", around.theme)
        self._name = Text("", Role.TITLE, wraps=True, is_selectable=True)
        self._born = Text("", Role.SECONDARY, wraps=True)
        self.write = PrimaryButton(self.tr("Write about this patient"))
        self.correct = Button(self.tr("Correct…"))
        self.remove = LinkButton(self.tr("Remove this patient"))
        self.erase = LinkButton(self.tr("Erase for good…"))
        self.merge = LinkButton(self.tr("Same person as…"))
        self.merge.setToolTip(self.tr("Let two cards of one person become one"))
        self.separate = LinkButton(self.tr("Separate again"))
        self.separate.hide()
        self._record: PatientRecord | None = None
        self._times = Text("", Role.SECONDARY, wraps=True)
        self._times.hide()
        self.facts = FactsCard(around)
        self.done = DoneCard(around)
        self.view = Choices(
            self.tr("What to show"),
            {View.LETTERS: self.tr("Letters"), View.CARD: self.tr("Card")},
            View.LETTERS,
            self._look_at,
        )
        self._view, self.banner = View.LETTERS, Banner()
        self.list = MailList(filed, around)
        self.list.delegate.is_of_one_patient = True
        self.list.delegate.place = Place.ALL
        self.list.delegate.margin = SIDE
        self.empty = EmptyState(
            self.tr("Nothing filed here yet"),
            self.tr("Drag letters onto this patient, or choose “File under a patient”."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        self.rights = RightsCard(rights, contacts, around)
        self._cards = cards_page((self.rights, self.facts, self.done))
        self._stack.addWidget(self._cards)
        self.write.clicked.connect(lambda _=False: self._tell_write())
        self.correct.clicked.connect(lambda _=False: self.correct_asked.emit(self.row))
        self.remove.clicked.connect(lambda _=False: self._remove())
        self.erase.clicked.connect(lambda _=False: self.erase_asked.emit(self.row))
        self.merge.clicked.connect(lambda _=False: self._merge())
        self.separate.clicked.connect(lambda _=False: self._separate())
        self._lay_out()
        filed.state_changed.connect(self._show_list)
        patients.saved.connect(self._take)
        patients.list.changed.connect(self._refresh)
        patients.failed.connect(self._failed)

    def show_patient(self, row: PatientRow) -> None:
        """Show a patient."""
        is_other = self.row is None or self.row.patient != row.patient
        self.row = row
        self._name.setText(full_name(row))
        self._avatar.show_name(full_name(row))
        self._born.setText(self._born_text(row))
        self._born.setVisible(bool(row.birth_date))
        if is_other:
            self._show_card(None)
        self.rights.show_patient(row)
        self._patients.show(row.patient, self._take_card)
        if is_other:
            self.banner.silence()
            self._filed.show_place(Place.ALL, row.patient)
        self._show_list()

    def forget(self) -> None:
        """Show nobody."""
        self.row = None
        self._show_card(None)
        self.rights.show_patient(None)
        self._name.clear()
        self._born.clear()
        self._avatar.show_name("")
        self.banner.silence()
        self.list.forget()

    def _lay_out(self) -> None:
        who = QVBoxLayout()
        who.setSpacing(2)
        who.addWidget(self._name)
        who.addWidget(self._born)
        who.addWidget(self._times)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(who, 1)
        buttons = FlowLayout(8)
        for button in (
            *(self.write, self.correct, self.merge, self.separate),
            *(self.remove, self.erase),
        ):
            buttons.addWidget(button)
        above = QVBoxLayout()
        above.setContentsMargins(SIDE, 24, SIDE, 16)
        above.setSpacing(16)
        above.addLayout(head)
        above.addLayout(buttons)
        above.addWidget(self.banner)
        above.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addWidget(Rule())
        column.addWidget(self._stack, 1)

    def _born_text(self, row: PatientRow) -> str:
        formats = self._around.formats
        age = formats.age(row.birth_date)
        day = formats.long_birth_date(row.birth_date)
        if age is None:
            return self.tr("Date of birth: {date}").format(date=day)
        return self.tr("Date of birth: {date}, {age}").format(
            date=day, age=self.tr("%n year(s) old", "", age)
        )

    def _show_list(self) -> None:
        is_empty = self._filed.state is ListState.EMPTY
        letters = self.empty if is_empty else self.list
        self._stack.setCurrentWidget(self._cards if self._view is View.CARD else letters)
        self.remove.setVisible(is_empty)
        self.erase.setVisible(not is_empty)

    def _look_at(self, view: View) -> None:
        self._view = view
        self._show_list()

    def _take(self, row: PatientRow) -> None:
        if self.row is not None and self.row.patient == row.patient:
            self.show_patient(row)

    def _refresh(self) -> None:
        if self.row is not None:
            position = self._patients.list.row_of(self.row.patient)
            if position is not None:
                self.show_patient(self._patients.list.patient_at(position))

    def _take_card(self, record: PatientRecord) -> None:
        if self.row is not None and self.row.patient == record.row.patient:
            self._show_card(record)

    def _show_card(self, record: PatientRecord | None) -> None:
        self._record = record
        times = "" if record is None else times_line(record, self._around)
        self._times.setText(times)
        self._times.setVisible(bool(times))
        self.facts.show_record(record)
        self.done.show_acts(())
        if record is not None:
            self._patients.acts_of(record.row.patient, self.done.show_acts)
        merge = None if record is None else record.merge
        self.separate.setVisible(merge is not None)
        if merge is not None:
            name = f"{merge.given_name} {merge.family_name}".strip()
            self.separate.setText(self.tr("Separate again from {name}").format(name=name))

    def _merge(self) -> None:
        if self.row is None:
            return
        kept = self.row.patient
        chooser = PatientChooser(
            self._patients,
            self._around,
            self,
            is_filed=False,
            title=self.tr("Who is the same person?"),
        )

        def merge(tag: PatientTag) -> None:
            if tag.patient is not None and tag.patient != kept:
                self._patients.merge(kept, tag.patient)

        chooser.chosen.connect(merge)
        chooser.open()

    def _separate(self) -> None:
        if self._record is not None and self._record.merge is not None:
            self._patients.separate(self._record.merge.merge)

    def _tell_write(self) -> None:
        if self.row is not None:
            self.write_asked.emit(tag_of(self.row))

    def _remove(self) -> None:
        if self.row is not None:
            self._patients.remove(self.row.patient)

    def _failed(self, failure: Failure, detail: str) -> None:
        if self.isVisible():
            self.banner.explain(self._around.errors.failure(failure, detail))


class PatientDialog(QDialog):
    """Names and date of birth of a patient who is new, or to be corrected.

    Signals:
        saved(PatientRow): it was stored.
    """

    saved = Signal(object)

    def __init__(
        self,
        patients: Patients,
        around: Surroundings,
        parent: QWidget,
        *,
        patient: PatientId | None,
        given: PatientTag | PatientRow | None = None,
    ) -> None:
        super().__init__(parent)
        self._patients = patients
        self._around = around
        self._patient = patient
        title = self.tr("Add a patient") if patient is None else self.tr("Correct a patient")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.family_name = Field(self.tr("Family name"), self._line())
        self.given_name = Field(self.tr("Given name"), self._line())
        self.birth_date = Field(
            self.tr("Date of birth"),
            self._line(),
            hint=self.tr("For example 12/03/1961. It tells people of the same name apart."),
        )
        self.banner = Banner()
        self.save = PrimaryButton(self.tr("Add") if patient is None else self.tr("Save"))
        self.save.setDefault(True)
        self.shut = Button(self.tr("Cancel"))
        if given is not None:
            self._fill(given)
        self.card: CardForm | None = None
        """Once the card is here; what is not shown stays as it is."""
        self._lay_out(title)
        if patient is not None:
            patients.show(patient, self._take_card)
        self.save.clicked.connect(lambda _=False: self._save())
        self.shut.clicked.connect(self.reject)
        patients.failed.connect(self._failed)

    def _line(self) -> QLineEdit:
        line = QLineEdit()
        line.setMaxLength(MAX_NAME_LETTERS)
        return line

    def _fill(self, given: PatientTag | PatientRow) -> None:
        texts = (
            (self.family_name, given.family_name),
            (self.given_name, given.given_name),
            (self.birth_date, self._around.formats.birth_date(given.birth_date)),
        )
        for field, text in texts:
            if isinstance(field.answer, QLineEdit):
                field.answer.setText(text)

    def _lay_out(self, title: str) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.save)
        foot.addWidget(self.shut)
        foot.addStretch(1)
        self._fields = QVBoxLayout()
        self._fields.setContentsMargins(24, 20, 24, 0)
        self._fields.setSpacing(14)
        self._fields.addWidget(Text(title, Role.TITLE, wraps=True))
        for widget in (self.banner, self.family_name, self.given_name, self.birth_date):
            self._fields.addWidget(widget)
        content = QWidget()
        content.setLayout(self._fields)
        below = QVBoxLayout()
        below.setContentsMargins(24, 12, 24, 20)
        below.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if self._patient is None:
            column.addWidget(content, 1)
        else:
            column.addWidget(scrolling(content), 1)
            column.addWidget(Rule())
            theme = self._around.theme
            resize_within(self, theme.space(FORM_WIDTH), theme.space(640))
        column.addLayout(below)
        self.setMinimumWidth(self._around.theme.space(FORM_WIDTH) * 3 // 4)

    def _take_card(self, record: PatientRecord) -> None:
        self.card = CardForm(self._around)
        self.card.fill(record.card)
        self._fields.addWidget(self.card)

    def _save(self) -> None:
        birth_date = self._around.formats.read_birth_date(self.birth_date.text)
        self.family_name.set_wrong("" if self.family_name.text else self.tr("A name is needed."))
        self.birth_date.set_wrong(
            self.tr("This is not a date of birth. Write it as 12/03/1961.")
            if birth_date is None
            else ""
        )
        if not self.family_name.text or birth_date is None:
            wrong = self.birth_date if self.family_name.text else self.family_name
            wrong.answer.setFocus()
            return
        card = None
        if self.card is not None:
            card = self.card.read()
            if card is None:
                return
        self.save.setEnabled(False)

        def on_saved(row: PatientRow) -> None:
            self.saved.emit(row)
            self.accept()

        self._patients.save(
            self._patient,
            family_name=self.family_name.text,
            given_name=self.given_name.text,
            birth_date=birth_date,
            card=card,
            on_saved=on_saved,
        )

    def _failed(self, failure: Failure, detail: str) -> None:
        self.save.setEnabled(True)
        self.banner.explain(self._around.errors.failure(failure, detail))


class PatientChooser(QDialog):
    """Under whom conversations are to be filed: typed, found, chosen with Enter.

    Signals:
        chosen(PatientTag): under this patient; None under nobody.
    """

    chosen = Signal(object)

    def __init__(
        self,
        patients: Patients,
        around: Surroundings,
        parent: QWidget,
        *,
        is_filed: bool,
        given: PatientTag | None = None,
        title: str = "",
    ) -> None:
        super().__init__(parent)
        self._patients = patients
        self._around = around
        self._given = given
        is_for_filing = not title
        title = title or self.tr("File under a patient")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        resize_within(self, around.theme.space(420), around.theme.space(480))
        self.model = patients.search_list(self)
        self.search = PatientSearch(
            self.model,
            around,
            empty=EmptyState(self.tr("No patients yet"), self.tr("Add the first one below.")),
        )
        self.add = Button(self.tr("Add a patient…"))
        show_if(self.add, is_wanted=is_for_filing)
        self.nobody = LinkButton(self.tr("Under nobody"))
        self.nobody.setVisible(is_filed)
        self.shut = LinkButton(self.tr("Cancel"))
        self._lay_out(title)
        self.search.list.entered_line.connect(lambda row: self._choose(tag_of(row)))
        self.add.clicked.connect(lambda _=False: self._add())
        self.nobody.clicked.connect(lambda _=False: self._choose(None))
        self.shut.clicked.connect(self.reject)
        self.model.search("")
        self.search.query.setFocus()

    def _lay_out(self, title: str) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(16, 16, 16, 12)
        head.addWidget(Text(title, Role.TITLE, wraps=True))
        foot = FlowLayout(8)
        foot.setContentsMargins(0, 0, 0, 0)
        for button in (self.add, self.nobody, self.shut):
            foot.addWidget(button)
        below = QVBoxLayout()
        below.setContentsMargins(14, 12, 14, 14)
        below.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.search, 1)
        column.addWidget(Rule())
        column.addLayout(below)

    def _choose(self, tag: PatientTag | None) -> None:
        self.chosen.emit(tag)
        self.accept()

    def _add(self) -> None:
        typed = self.search.query.text().split()
        given = self._given
        if typed:
            given = PatientTag(
                patient=None,
                family_name=typed[0],
                given_name=" ".join(typed[1:]),
                birth_date="",
            )
        dialog = PatientDialog(self._patients, self._around, self, patient=None, given=given)
        dialog.saved.connect(lambda row: self._choose(tag_of(row)))
        dialog.open()
