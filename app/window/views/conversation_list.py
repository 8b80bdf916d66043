# SPDX-License-Identifier: AGPL-3.0-or-later
"""The mail list: a painted line per conversation, a button to write, and what to say when empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QDrag, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.interface.organising import Act
from app.interface.snapshots import ConversationRow, Direction, Place, Problem
from app.window.shortcuts import Shortcut, hint, keys, shown
from app.window.theme.icons import Icon
from app.window.theme.tokens import HEADER_HEIGHT, TONES, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.conversations import ROW_ROLE, ListState
from app.window.viewmodels.marks import Mark, conversation_marks, sign_of
from app.window.views.components.action_bar import hidden_from_tab
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, IconButton, tint
from app.window.views.components.chips import chip_width, paint_chip, shortened
from app.window.views.components.layouts import EmptyState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent, QItemSelection, SignalInstance
    from PySide6.QtGui import QDropEvent, QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent

    from app.interface.failures import Failure
    from app.window.surroundings import Surroundings
    from app.window.theme.theme import Theme
    from app.window.viewmodels.conversations import ConversationList

MARGIN = 16
CHIP_GAP = 6
LEAST_CHIP = 60
"""As narrow as a patient's name may become for the sake of a warning."""
OPEN_DELAY_MILLISECONDS = 120
"""Running down the list with the arrow keys opens only where one stops."""


class ConversationDelegate(QStyledItemDelegate):
    """Paints who, what, when, the first words, and chips."""

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around
        self._theme: Theme = around.theme
        self.place = Place.INBOX
        self.margin = MARGIN
        self.is_of_one_patient = False
        """Whether who it is about needs no saying."""
        self.shows_focus = False
        """Whether the keyboard is in use: the pointer shows by itself where it is."""
        self._theme.changed.connect(self._measure)
        self._measure()

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return one of two heights: with chips and without; needs no measuring of texts."""
        row: ConversationRow = index.data(ROW_ROLE)
        has_chips = bool(self._marks(row))
        return QSize(0, self._height + (self._chip_height + self._gap * 2 if has_chips else 0))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a line."""
        row: ConversationRow = index.data(ROW_ROLE)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.colour("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.colour("background"))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), theme.colour("line"))
        left, right = area.left() + self.margin, area.right() - self.margin
        top = area.top() + self._padding
        is_unread = row.unread_count > 0
        if is_unread:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(QRectF(left - 11, top + self._name_metrics.height() / 2 - 3, 6, 6))
        when = self._around.formats.in_list(row.latest_at)
        when_width = self._small_metrics.horizontalAdvance(when)
        self._line(
            painter,
            QRect(right - when_width, top, when_width + 1, self._name_metrics.height()),
            when,
            Role.SMALL,
            "secondary",
        )
        role = Role.STRONG if is_unread else Role.TEXT
        self._name(painter, QRect(left, top, right - left - when_width - 12, 0), row, role)
        top += self._name_metrics.height() + self._gap
        width = right - left
        subject = row.subject or self._around.words.no_subject()
        self._line(
            painter, QRect(left, top, width, self._name_metrics.height()), subject, role, "text"
        )
        top += self._name_metrics.height() + self._gap
        self._line(
            painter,
            QRect(left, top, width, self._snippet_metrics.height()),
            self._snippet(row),
            Role.SECONDARY,
            "secondary",
        )
        top += self._snippet_metrics.height() + self._gap * 2
        self._chips(painter, QPoint(left, top), width, self._marks(row))
        if state & QStyle.StateFlag.State_HasFocus and self.shows_focus:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(1, 1, -1, -2))
        painter.restore()

    def _marks(self, row: ConversationRow) -> tuple[Mark, ...]:
        return conversation_marks(
            row,
            self._around.words,
            self._around.formats,
            leaves_out_patient=self.is_of_one_patient,
        )

    def _name(self, painter: QPainter, area: QRect, row: ConversationRow, role: Role) -> None:
        """Paint who it is from or to, and the small sign of how well they are known."""
        area.setHeight(self._name_metrics.height())
        names = self._around.words.names_in_row(row.correspondents)
        is_to = self.place in {Place.SENT, Place.OUTBOX} or is_only_sent(row)
        if is_to:
            names = self.tr("To: {names}").format(names=names)
        sign = None if is_to else sign_of(row)
        if sign is None:
            self._line(painter, area, names, role, "text")
            return
        shape, tone = sign
        gap = self._theme.space(6)
        shape_width = self._small_metrics.horizontalAdvance(shape)
        font_metrics = QFontMetrics(self._theme.font(role))
        # Letters end at fractions of a pixel: the exact width would cut the last one.
        width = min(font_metrics.horizontalAdvance(names) + 2, area.width() - gap - shape_width)
        self._line(painter, QRect(area.topLeft(), QSize(width, area.height())), names, role, "text")
        beside = QRect(area.left() + width + gap, area.top(), shape_width + 1, area.height())
        self._line(painter, beside, shape, Role.SMALL, TONES[tone][0])

    def _snippet(self, row: ConversationRow) -> str:
        text = " ".join(row.snippet.split())
        if not text and row.problem is not Problem.NONE:
            return self._around.errors.problem(row.problem).do
        is_told = self.place in {Place.SENT, Place.OUTBOX} or is_only_sent(row)
        if row.latest_direction is Direction.SENT and not is_told:
            return self.tr("You: {text}").format(text=text)
        return text

    def _line(self, painter: QPainter, area: QRect, text: str, role: Role, colour: str) -> None:
        font = self._theme.font(role)
        painter.setFont(font)
        painter.setPen(self._theme.colour(colour))
        cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut)

    def _chips(self, painter: QPainter, start: QPoint, width: int, marks: tuple[Mark, ...]) -> None:
        metrics, theme = self._small_metrics, self._theme
        x = start.x()
        for mark in self._fitting(marks, width):
            needed = chip_width(mark, metrics, theme)
            paint_chip(painter, QRectF(x, start.y(), needed, self._chip_height), mark, theme)
            x += needed + CHIP_GAP

    def _fitting(self, marks: tuple[Mark, ...], width: int) -> list[Mark]:
        """Return the chips for which there is room, and one that counts the others.

        The first one gives way to warnings; all are in the letter and in the spoken form of the line.
        """
        if self._chips_width(marks) <= width or not marks:
            return list(marks)
        first, *others = marks
        warnings = [mark for mark in others if mark.tone in {Tone.WARNING, Tone.DANGER}]
        others = warnings + [mark for mark in others if mark not in warnings]
        for count in range(len(others), -1, -1):
            left = len(others) - count
            behind = [*others[:count], *([Mark(text=f"+{left}")] if left else [])]
            room = width - self._chips_width(behind) - (CHIP_GAP if behind else 0)
            # A name is cut for what is pressing, not for a number of documents.
            gives_way = all(mark.tone is not Tone.NEUTRAL for mark in others[:count])
            least = self._theme.space(LEAST_CHIP) if gives_way else self._chips_width([first])
            if room >= least or not count:
                whole = self._chips_width([first]) <= room
                return [first if whole else self._cut(first, room), *behind]
        return [first]

    def _chips_width(self, marks: Sequence[Mark]) -> int:
        widths = [chip_width(mark, self._small_metrics, self._theme) for mark in marks]
        return sum(widths) + CHIP_GAP * max(len(widths) - 1, 0)

    def _cut(self, mark: Mark, room: int) -> Mark:
        return shortened(mark, room, self._small_metrics, self._theme)

    def _measure(self) -> None:
        theme = self._theme
        self._name_metrics = QFontMetrics(theme.font(Role.STRONG))
        self._snippet_metrics = QFontMetrics(theme.font(Role.SECONDARY))
        self._small_metrics = QFontMetrics(theme.font(Role.SMALL))
        self._padding = theme.space(12)
        self._gap = theme.space(4)
        self._chip_height = self._small_metrics.height() + theme.space(6)
        self._height = (
            2 * self._padding
            + 2 * self._name_metrics.height()
            + self._snippet_metrics.height()
            + 2 * self._gap
        )


class RowActions(QWidget):
    """The three things one does most, on the line under the pointer; the keyboard has keys for them.

    Signals:
        asked(Act): what is to be done with the conversation of the line.
    """

    asked = Signal(object)

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._row: ConversationRow | None = None
        self.flag = IconButton(Icon.FLAG, self.tr("To do"), around.theme)
        self.archive = IconButton(Icon.ARCHIVE, self.tr("Archive"), around.theme)
        self.remove = IconButton(Icon.REMOVE, self.tr("Remove"), around.theme)
        self.remove.setToolTip(hint(self.tr("Remove"), Shortcut.REMOVE))
        line = QHBoxLayout(self)
        line.setContentsMargins(2, 2, 2, 2)
        line.setSpacing(0)
        for button in (self.flag, self.archive, self.remove):
            line.addWidget(hidden_from_tab(button))
        self.flag.clicked.connect(lambda _=False: self._ask(Act.FLAG, Act.UNFLAG))
        self.archive.clicked.connect(lambda _=False: self._ask(Act.ARCHIVE, Act.UNARCHIVE))
        self.remove.clicked.connect(lambda _=False: self.asked.emit(Act.REMOVE))
        self.hide()

    def show_for(self, row: ConversationRow, line: QRect) -> None:
        """Stand at the end of a line."""
        self._row = row
        is_to_do = row.is_flagged or row.is_answer_wanted
        texts = (
            (self.flag, self.tr("Done") if is_to_do else self.tr("To do"), Shortcut.FLAG),
            (
                self.archive,
                self.tr("Back in the mail") if row.is_archived else self.tr("Archive"),
                Shortcut.ARCHIVE,
            ),
        )
        for button, text, shortcut in texts:
            button.setAccessibleName(text)
            button.setToolTip(hint(text, shortcut))
        size = self.sizeHint()
        self.setGeometry(
            QRect(line.right() - size.width() - 8, line.top() + 6, size.width(), size.height())
        )
        self.show()

    def _ask(self, act: Act, back: Act) -> None:
        if self._row is not None:
            is_so = (
                self._row.is_archived
                if act is Act.ARCHIVE
                else self._row.is_flagged or self._row.is_answer_wanted
            )
            self.asked.emit(back if is_so else act)


class MailList(QListView):
    """The list itself: one line is opened, several are chosen to do something with them.

    Signals:
        chosen(ConversationRow): the one line on which one stopped.
        entered_line(ConversationRow): Enter or a click on one line.
        chosen_changed(): more, fewer or other lines are chosen.
        menu_asked(QPoint): what can be done with the chosen lines is wanted, at a place of the screen.
        act_asked(ConversationRow, Act): something is to be done with one line.
    """

    chosen = Signal(object)
    entered_line = Signal(object)
    chosen_changed = Signal()
    menu_asked = Signal(QPoint)
    act_asked = Signal(object, object)

    def __init__(self, conversations: ConversationList, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self.conversations = conversations
        self._hovered: QPersistentModelIndex | None = None
        self._is_moved_by_key = False
        self.delegate = ConversationDelegate(around, self)
        self.setModel(conversations)
        self.setItemDelegate(self.delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Letters"))
        self._pause = QTimer(self, singleShot=True, interval=OPEN_DELAY_MILLISECONDS)
        self._pause.timeout.connect(lambda: self._tell(self.chosen))
        self.row_actions = RowActions(around, self.viewport())
        self.row_actions.asked.connect(self._act_on_hovered)
        self.clicked.connect(lambda _: self._tell(self.entered_line))
        self.entered.connect(self._hover)
        around.theme.changed.connect(self.scheduleDelayedItemsLayout)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    @property
    def chosen_rows(self) -> tuple[ConversationRow, ...]:
        """The chosen lines, from top to bottom."""
        indexes = sorted(self.selectionModel().selectedIndexes(), key=lambda each: each.row())
        return tuple(index.data(ROW_ROLE) for index in indexes)

    def currentChanged(  # noqa: N802 - Qt calls it
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Open the line on which the arrow keys stop; one that only moved into the place of another stays closed."""
        super().currentChanged(current, previous)
        if self._is_moved_by_key and current.isValid():
            self._pause.start()

    def selectionChanged(  # noqa: N802 - Qt calls it
        self, selected: QItemSelection, deselected: QItemSelection
    ) -> None:
        """Tell that other lines are chosen."""
        super().selectionChanged(selected, deselected)
        self.chosen_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Home goes to the newest even when it is not in memory."""
        self.delegate.shows_focus = True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._pause.stop()
            self._tell(self.entered_line)
            return
        if event.key() == Qt.Key.Key_Home and not self.conversations.is_at_head:
            self.conversations.reload()
            return
        self._is_moved_by_key = True
        super().keyPressEvent(event)
        self._is_moved_by_key = False

    def keyboardSearch(self, _search: str) -> None:  # noqa: N802 - Qt calls it
        """Do nothing: of a long list, a small part is here, and finding in that would mislead."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave out the frame around the line in use."""
        self.delegate.shows_focus = False
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the line under the pointer, or with the chosen ones."""
        is_by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if is_by_key else self.indexAt(event.pos())
        if not index.isValid():
            return
        if not self.selectionModel().isSelected(index):
            self.setCurrentIndex(index)
            self._tell(self.entered_line)
        where = self.visualRect(index).center() if is_by_key else event.pos()
        self.menu_asked.emit(self.viewport().mapToGlobal(where))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame when Tab led here."""
        by_tab = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        self.delegate.shows_focus = self.delegate.shows_focus or event.reason() in by_tab
        super().focusInEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out again: the width decides where chips end."""
        super().resizeEvent(event)
        self.row_actions.hide()
        self.scheduleDelayedItemsLayout()

    def leaveEvent(self, event: QEvent) -> None:
        """Offer nothing on a line that the pointer has left."""
        super().leaveEvent(event)
        self.row_actions.hide()

    def startDrag(self, actions: Qt.DropAction) -> None:  # noqa: N802 - Qt calls it
        """Drag a small label: a picture of the lines would hide where they can go."""
        rows = self.chosen_rows
        if rows:
            drag = QDrag(self)
            drag.setMimeData(self.conversations.mimeData([]))
            drag.setPixmap(self._label(self._around.words.conversations(len(rows))))
            drag.setHotSpot(QPoint(-8, -8))
            drag.exec(actions)

    def forget(self) -> None:
        """Open nothing that was pointed at before."""
        self._pause.stop()
        self.row_actions.hide()

    def rowsAboutToBeRemoved(  # noqa: N802 - Qt calls it
        self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int
    ) -> None:
        """Choose nothing in the place of a line that goes away: what is done next would be done with an unseen letter."""
        chosen = {index.row() for index in self.selectionModel().selectedIndexes()}
        super().rowsAboutToBeRemoved(parent, start, end)
        follower = self.currentIndex()
        if follower.isValid() and follower.row() not in chosen:
            self.selectionModel().select(follower, QItemSelectionModel.SelectionFlag.Deselect)

    def move_on(self, position: int, *, chooses: bool) -> ConversationRow | None:
        """Point at the line that took the place of one that went away, choose it if wanted, and return it."""
        count = self.conversations.rowCount()
        if not count:
            return None
        index = self.conversations.index(min(position, count - 1))
        flags = QItemSelectionModel.SelectionFlag
        change = flags.ClearAndSelect if chooses else flags.Clear
        self.selectionModel().setCurrentIndex(index, change)
        self._pause.stop()
        row: ConversationRow = index.data(ROW_ROLE)
        return row

    def _label(self, text: str) -> QPixmap:
        theme = self._around.theme
        mark = Mark(text=text, tone=Tone.ACCENT)
        metrics = QFontMetrics(theme.font(Role.SMALL))
        size = QSize(chip_width(mark, metrics, theme), metrics.height() + theme.space(10))
        ratio = self.devicePixelRatioF()
        made = QPixmap(size * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_chip(painter, QRectF(0, 0, size.width(), size.height()), mark, theme)
        painter.end()
        return made

    def _hover(self, index: QModelIndex) -> None:
        self._hovered = QPersistentModelIndex(index)
        self.row_actions.show_for(index.data(ROW_ROLE), self.visualRect(index))

    def _act_on_hovered(self, act: Act) -> None:
        self.row_actions.hide()
        if self._hovered is not None and self._hovered.isValid():
            self.act_asked.emit(self._hovered.data(ROW_ROLE), act)

    def _scrolled(self, value: int) -> None:
        self.row_actions.hide()
        if value <= self.verticalScrollBar().minimum() + self.height():
            self.conversations.fetch_newer()

    def _tell(self, signal: SignalInstance) -> None:
        index = self.currentIndex()
        is_one = len(self.selectionModel().selectedIndexes()) <= 1
        if index.isValid() and is_one:
            signal.emit(index.data(ROW_ROLE))


def is_only_sent(row: ConversationRow) -> bool:
    """Whether nobody has answered; of what came from another mail program, the newest letter tells."""
    return row.trust is None and row.latest_direction is Direction.SENT


def dragged_rows(event: QDropEvent) -> tuple[ConversationRow, ...]:
    """Return the conversations that a list of ours is dragging, none for anything else."""
    source = event.source()
    return source.chosen_rows if isinstance(source, MailList) else ()


def header(button: QWidget, around: Surroundings, *others: QWidget) -> QWidget:
    """Return the strip above a list, as high as the one above the content."""
    strip = QWidget()
    strip.setFixedHeight(around.theme.space(HEADER_HEIGHT))
    row = QHBoxLayout(strip)
    row.setContentsMargins(14, 0, 14, 0)
    row.setSpacing(6)
    row.addWidget(button, 1)
    for other in others:
        row.addWidget(other)
    return strip


class ConversationPane(QWidget):
    """The list with its button above and its empty states.

    Signals:
        write_asked(): the button was pressed.
        search_asked(): a letter is to be found.
    """

    write_asked = Signal()
    search_asked = Signal()

    def __init__(self, conversations: ConversationList, around: Surroundings) -> None:
        super().__init__()
        self._conversations = conversations
        self._around = around
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(around.theme.space(240))
        self.button = Button(self.tr("New letter"))
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        tint(self.button, Icon.WRITE, around.theme, "text")
        self.button.clicked.connect(self.write_asked)
        self.look = IconButton(
            Icon.FIND, self.tr("Search all mail"), around.theme, shortcut=keys(Shortcut.FIND)
        )
        self.look.clicked.connect(self.search_asked)
        self.banner = Banner()
        self.list = MailList(conversations, around)
        self.empty = EmptyState("", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header(self.button, around, self.look))
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)
        conversations.state_changed.connect(self._show)
        conversations.failed.connect(self._failed)
        self._show()

    def show_place(self, place: Place) -> None:
        """Show another place."""
        self.list.delegate.place = place
        self.list.forget()
        self.banner.silence()
        self._conversations.show_place(place)
        self._show()

    def add_strip(self, strip: QWidget) -> None:
        """Put something between the button and the list."""
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(1, strip)

    def point_at(self, position: int) -> None:
        """Mark a line without opening it."""
        self.list.setCurrentIndex(self._conversations.index(position))

    def show_draft(self, *, has_draft: bool) -> None:
        """Offer to go on with a letter instead of beginning one."""
        text = self.tr("Continue the letter") if has_draft else self.tr("New letter")
        self.button.setText(text)
        self.button.setAccessibleName(text)
        self.button.setToolTip(hint(text, Shortcut.WRITE))

    def _show(self) -> None:
        state = self._conversations.state
        if state is ListState.FILLED:
            self.banner.silence()
        pane = self.empty if state is ListState.EMPTY else self.list
        self._stack.setCurrentWidget(pane)
        self.empty.say(*self._empty_texts())

    def _empty_texts(self) -> tuple[str, str]:
        return {
            Place.INBOX: (
                self.tr("Nothing left to read"),
                self.tr("New letters from your correspondents appear here by themselves."),
            ),
            Place.TO_DO: (
                self.tr("Nothing to do"),
                self.tr(
                    "Letters that want an answer, and those you mark “To do” with {keys}, wait here."
                ).format(keys=shown(Shortcut.FLAG)),
            ),
            Place.SENT: (
                self.tr("Nothing sent yet"),
                self.tr("Each letter you send is kept here, with its receipts."),
            ),
            Place.OUTBOX: (
                self.tr("Nothing left to send"),
                self.tr("Letters written offline wait here and leave by themselves."),
            ),
            Place.ARCHIVE: (
                self.tr("The archives are empty"),
                self.tr(
                    "What you archive with {keys} is kept here. A new letter brings its conversation "
                    "back to the mail."
                ).format(keys=shown(Shortcut.ARCHIVE)),
            ),
            Place.ALL: (
                self.tr("Nothing filed here yet"),
                self.tr("Drag letters onto this patient, or choose “File under a patient”."),
            ),
        }[self._conversations.place]

    def _failed(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail))
