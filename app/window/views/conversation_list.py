# SPDX-License-Identifier: AGPL-3.0-or-later
"""The mail list: a painted line per conversation, a button to write, and what to say when empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
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
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.interface.snapshots import ConversationRow, Direction, Place, Problem
from app.window.theme.icons import Icon
from app.window.theme.tokens import HEADER_HEIGHT
from app.window.theme.typography import Role
from app.window.viewmodels.conversations import ROW_ROLE, ListState
from app.window.viewmodels.marks import conversation_marks
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, tint
from app.window.views.components.chips import chip_width, paint_chip
from app.window.views.components.layouts import EmptyState

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent

    from app.interface.failures import Failure
    from app.window.surroundings import Surroundings
    from app.window.theme.theme import Theme
    from app.window.viewmodels.conversations import ConversationList
    from app.window.viewmodels.marks import Mark

MARGIN = 16
OPEN_DELAY_MILLISECONDS = 120
"""Running down the list with the arrow keys opens only where one stops."""


class ConversationDelegate(QStyledItemDelegate):
    """Paints who, what, when, the first words, and chips."""

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around
        self._theme: Theme = around.theme
        self.place = Place.INBOX
        self.shows_focus = False
        """Whether the keyboard is in use: the pointer shows by itself where it is."""
        self._theme.changed.connect(self._measure)
        self._measure()

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return one of two heights: with chips and without; needs no measuring of texts."""
        row: ConversationRow = index.data(ROW_ROLE)
        has_chips = bool(conversation_marks(row, self._around.words))
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
        left, right = area.left() + MARGIN, area.right() - MARGIN
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
        names = self._around.words.names(row.correspondents)
        if self.place is not Place.INBOX:
            names = self.tr("To: {names}").format(names=names)
        self._line(
            painter,
            QRect(left, top, right - left - when_width - 12, self._name_metrics.height()),
            names,
            role,
            "text",
        )
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
        self._chips(painter, QPoint(left, top), width, conversation_marks(row, self._around.words))
        if state & QStyle.StateFlag.State_HasFocus and self.shows_focus:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(1, 1, -1, -2))
        painter.restore()

    def _snippet(self, row: ConversationRow) -> str:
        text = " ".join(row.snippet.split())
        if not text and row.problem is not Problem.NONE:
            return self._around.errors.problem(row.problem).do
        if row.latest_direction is Direction.SENT and self.place is Place.INBOX:
            return self.tr("You: {text}").format(text=text)
        return text

    def _line(self, painter: QPainter, area: QRect, text: str, role: Role, colour: str) -> None:
        font = self._theme.font(role)
        painter.setFont(font)
        painter.setPen(self._theme.colour(colour))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(
            area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown
        )

    def _chips(self, painter: QPainter, start: QPoint, width: int, marks: tuple[Mark, ...]) -> None:
        x = start.x()
        for mark in marks:
            needed = chip_width(mark, self._small_metrics, self._theme)
            if x + needed > start.x() + width:
                # What does not fit is in the letter itself and in the spoken form of the line.
                break
            paint_chip(painter, QRectF(x, start.y(), needed, self._chip_height), mark, self._theme)
            x += needed + 6

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


class MailList(QListView):
    """The list itself.

    Signals:
        chosen(ConversationRow): the line on which one stopped.
        entered_line(ConversationRow): Enter or a click on a line.
    """

    chosen = Signal(object)
    entered_line = Signal(object)

    def __init__(self, conversations: ConversationList, around: Surroundings) -> None:
        super().__init__()
        self._conversations = conversations
        self.delegate = ConversationDelegate(around, self)
        self.setModel(conversations)
        self.setItemDelegate(self.delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Letters"))
        self._pause = QTimer(self, singleShot=True, interval=OPEN_DELAY_MILLISECONDS)
        self._pause.timeout.connect(lambda: self._tell(self.chosen))
        self.clicked.connect(lambda _: self._tell(self.entered_line))
        around.theme.changed.connect(self.scheduleDelayedItemsLayout)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def currentChanged(  # noqa: N802 - Qt calls it
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Open the line on which the arrow keys stop."""
        super().currentChanged(current, previous)
        if self.hasFocus() and current.isValid():
            self._pause.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Home goes to the newest even when it is not in memory."""
        self.delegate.shows_focus = True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._pause.stop()
            self._tell(self.entered_line)
            return
        if event.key() == Qt.Key.Key_Home and not self._conversations.is_at_head:
            self._conversations.reload()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave out the frame around the line in use."""
        self.delegate.shows_focus = False
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame when Tab led here."""
        by_tab = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        self.delegate.shows_focus = self.delegate.shows_focus or event.reason() in by_tab
        super().focusInEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out again: the width decides where chips end."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def forget(self) -> None:
        """Open nothing that was pointed at before."""
        self._pause.stop()

    def _scrolled(self, value: int) -> None:
        if value <= self.verticalScrollBar().minimum() + self.height():
            self._conversations.fetch_newer()

    def _tell(self, signal: SignalInstance) -> None:
        index = self.currentIndex()
        if index.isValid():
            signal.emit(index.data(ROW_ROLE))


def header(button: QWidget, around: Surroundings) -> QWidget:
    """Return the strip above a list, as high as the one above the content."""
    strip = QWidget()
    strip.setFixedHeight(around.theme.space(HEADER_HEIGHT))
    row = QVBoxLayout(strip)
    row.setContentsMargins(14, 0, 14, 0)
    row.addWidget(button)
    return strip


class ConversationPane(QWidget):
    """The list with its button above and its empty states.

    Signals:
        write_asked(): the button was pressed.
    """

    write_asked = Signal()

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
        self.banner = Banner()
        self.list = MailList(conversations, around)
        self.empty = EmptyState("", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header(self.button, around))
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

    def point_at(self, position: int) -> None:
        """Mark a line without opening it."""
        self.list.setCurrentIndex(self._conversations.index(position))

    def show_draft(self, *, has_draft: bool) -> None:
        """Offer to go on with a letter instead of beginning one."""
        text = self.tr("Continue the letter") if has_draft else self.tr("New letter")
        self.button.setText(text)
        self.button.setAccessibleName(text)
        self.button.setToolTip(f"{text} (Ctrl+N)")

    def _show(self) -> None:
        state = self._conversations.state
        if state is ListState.FILLED:
            self.banner.silence()
        shown = self.empty if state is ListState.EMPTY else self.list
        self._stack.setCurrentWidget(shown)
        self.empty.say(*self._empty_texts())

    def _empty_texts(self) -> tuple[str, str]:
        return {
            Place.INBOX: (
                self.tr("No mail yet"),
                self.tr("Letters from your correspondents appear here by themselves."),
            ),
            Place.SENT: (
                self.tr("Nothing sent yet"),
                self.tr("Each letter you send is kept here, with its receipts."),
            ),
            Place.OUTBOX: (
                self.tr("Nothing left to send"),
                self.tr("Letters written offline wait here and leave by themselves."),
            ),
        }[self._conversations.place]

    def _failed(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail))
