# SPDX-License-Identifier: AGPL-3.0-or-later
"""The places of what is not sent: the drafts, and the letters that wait to leave."""

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
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.interface.snapshots import ConnectionState, Problem
from app.window.shortcuts import Shortcut, hint, keys
from app.window.theme.icons import Icon
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.viewmodels.conversations import ROW_ROLE
from app.window.viewmodels.drafts import DRAFT_ROLE
from app.window.viewmodels.marks import Mark, mark, problem_tone
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, InlineButton, tint
from app.window.views.components.chips import Chip, chip_width, paint_chip
from app.window.views.components.layouts import Card, Column, EmptyState, FlowLayout, clear
from app.window.views.components.texts import ElidedText, Text
from app.window.views.conversation_list import header

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.interface.failures import Failure
    from app.interface.snapshots import ConversationRow
    from app.interface.writing import DraftRow, QueueRow
    from app.window.i18n.words import Words
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.conversations import ConversationList
    from app.window.viewmodels.drafts import DraftList, OutgoingQueue
    from app.window.viewmodels.standing import Standing
    from crypto_core.wire.ids import ConversationId, MessageId

MARGIN = 16


def draft_marks(row: DraftRow, words: Words) -> tuple[Mark, ...]:
    """Return the chips of a draft."""
    marks = () if row.patient is None else (Mark(text=words.patient(row.patient)),)
    return (*marks, Mark(text=words.documents(row.documents))) if row.documents else marks


class DraftDelegate(QStyledItemDelegate):
    """Paints to whom, what, when, the first words, and chips."""

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return one of two heights: with chips and without."""
        theme = self._around.theme
        heights = [self._metrics(role).height() for role in (Role.TEXT, Role.TEXT, Role.SECONDARY)]
        height = sum(heights) + theme.space(32)
        if draft_marks(index.data(DRAFT_ROLE), self._around.words):
            height += self._metrics(Role.SMALL).height() + theme.space(14)
        return QSize(0, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a line."""
        row: DraftRow = index.data(DRAFT_ROLE)
        theme, words = self._around.theme, self._around.words
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.colour("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.colour("background"))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), theme.colour("line"))
        left, width = area.left() + MARGIN, area.width() - 2 * MARGIN
        top = area.top() + theme.space(12)
        when = self._around.formats.in_list(row.changed_at)
        small = self._metrics(Role.SMALL)
        when_width = small.horizontalAdvance(when)
        line = self._metrics(Role.TEXT).height()
        self._write(
            painter, QRect(left + width - when_width, top, when_width + 1, line), when, Role.SMALL
        )
        to = words.names(row.to) if row.to else self.tr("Without recipient")
        self._write(painter, QRect(left, top, width - when_width - 12, line), to, Role.TEXT)
        top += line + theme.space(4)
        subject = row.subject or words.no_subject()
        self._write(painter, QRect(left, top, width, line), subject, Role.TEXT)
        top += line + theme.space(4)
        height = self._metrics(Role.SECONDARY).height()
        snippet = " ".join(row.snippet.split())
        self._write(painter, QRect(left, top, width, height), snippet, Role.SECONDARY)
        top += height + theme.space(8)
        x = left
        for each in draft_marks(row, words):
            needed = min(chip_width(each, small, theme), left + width - x)
            if needed > theme.space(24):
                chip = QRectF(x, top, needed, small.height() + theme.space(6))
                paint_chip(painter, chip, each, theme)
                x += needed + 6
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(1, 1, -1, -2))
        painter.restore()

    def _metrics(self, role: Role) -> QFontMetrics:
        return QFontMetrics(self._around.theme.font(role))

    def _write(self, painter: QPainter, area: QRect, text: str, role: Role) -> None:
        theme = self._around.theme
        painter.setFont(theme.font(role))
        painter.setPen(theme.colour("text" if role is Role.TEXT else "secondary"))
        shown = self._metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), shown)


class DraftView(QListView):
    """The drafts; Enter opens one, Del removes those that are selected.

    Signals:
        opened(DraftId): a draft is to be gone on with.
        removal_asked(): what is selected is to be removed.
    """

    opened = Signal(object)
    removal_asked = Signal()

    def __init__(self, drafts: DraftList, around: Surroundings) -> None:
        super().__init__()
        self.setModel(drafts)
        self.setItemDelegate(DraftDelegate(around, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Drafts"))
        self.clicked.connect(self._clicked)
        around.theme.changed.connect(self.scheduleDelayedItemsLayout)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter, remove with Del."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open()
        elif event.matches(QKeySequence.StandardKey.Delete):
            self.removal_asked.emit()
        else:
            super().keyPressEvent(event)

    def _clicked(self) -> None:
        if len(self.selectedIndexes()) == 1:
            self._open()

    def _open(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.opened.emit(index.data(DRAFT_ROLE).draft)


class DraftsPane(QWidget):
    """The place “Drafts”.

    Signals:
        write_asked(): a new letter is wanted.
        opened(DraftId): a draft is to be gone on with.
    """

    write_asked = Signal()
    opened = Signal(object)

    def __init__(self, drafts: DraftList, around: Surroundings) -> None:
        super().__init__()
        self._drafts = drafts
        self._around = around
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(around.theme.space(240))
        self.button = Button(self.tr("New letter"), shortcut=keys(Shortcut.WRITE))
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        tint(self.button, Icon.WRITE, around.theme, "text")
        self.button.clicked.connect(lambda _=False: self.write_asked.emit())
        self.banner = Banner()
        self.list = DraftView(drafts, around)
        self.list.opened.connect(self.opened)
        self.list.removal_asked.connect(self.remove)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.empty = EmptyState(
            self.tr("No draft"),
            self.tr("A letter you begin is kept here by itself, encrypted, until you send it."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header(self.button, around))
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)
        drafts.changed.connect(self._show)
        drafts.failed.connect(self._failed)
        self._show()

    def remove(self) -> None:
        """Throw away what is selected; it can be taken back for a moment."""
        chosen = [index.data(DRAFT_ROLE).draft for index in self.list.selectedIndexes()]
        self._drafts.remove(chosen)

    def _show(self) -> None:
        is_empty = self._drafts.is_loaded and not self._drafts.rowCount()
        self._stack.setCurrentWidget(self.empty if is_empty else self.list)
        self.banner.silence()

    def _show_menu(self, place: QPoint) -> None:
        index = self.list.indexAt(place)
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go_on = menu.addAction(self.tr("Go on writing"))
        go_on.triggered.connect(lambda _=False: self.opened.emit(index.data(DRAFT_ROLE).draft))
        remove = menu.addAction(hint(self.tr("Remove"), Shortcut.REMOVE))
        remove.triggered.connect(lambda _=False: self.remove())
        menu.popup(self.list.viewport().mapToGlobal(place))

    def _failed(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail))


class QueueCard(Card):
    """A letter that waits: to whom, why, how far, and what can be done about it."""

    def __init__(
        self,
        row: QueueRow,
        problem: Problem,
        queue: OutgoingQueue,
        standing: Standing,
        around: Surroundings,
    ) -> None:
        super().__init__()
        words, formats = around.words, around.formats
        to = self.tr("To: {names}").format(names=words.names(row.to))
        subject = row.subject or words.no_subject()
        self.setAccessibleName(f"{to}, {subject}")
        is_later = row.send_at is not None and formats.milliseconds_since(row.send_at) < 0
        self._around = around
        self.message = row.message
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(4)
        column.addWidget(ElidedText(to, Role.TEXT))
        column.addWidget(ElidedText(subject, Role.TEXT))
        flow = FlowLayout(8)
        self.why = Chip(self._why(row, problem, standing, around))
        flow.addWidget(self.why)
        column.addSpacing(4)
        column.addLayout(flow)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Documents sent"))
        # A bar counts in 32-bit numbers; documents may be larger.
        self.bar.setRange(0, 1000)
        self.sent = Text("", Role.SMALL)
        column.addWidget(self.bar)
        column.addWidget(self.sent)
        self._is_later = is_later
        self._show_progress(row)
        actions = FlowLayout(14)
        self.send_now = InlineButton(self.tr("Send now"))
        self.send_now.setAccessibleName(self.tr("Send now: {subject}").format(subject=subject))
        self.send_now.setVisible(is_later)
        self.send_now.clicked.connect(lambda _=False: queue.send_now(row.message))
        self.cancel = InlineButton(self.tr("Take back and change"))
        self.cancel.setAccessibleName(
            self.tr("Take back and change: {subject}").format(subject=subject)
        )
        self.cancel.setVisible(row.can_cancel)
        self.cancel.clicked.connect(lambda _=False: queue.cancel(row.message))
        self.show_letter = InlineButton(self.tr("Show"))
        self.show_letter.setAccessibleName(self.tr("Show: {subject}").format(subject=subject))
        actions.addWidget(self.show_letter)
        actions.addWidget(self.send_now)
        actions.addWidget(self.cancel)
        column.addLayout(actions)
        if not row.can_cancel:
            column.addWidget(Text(self.tr("Somebody has it already."), Role.SMALL, wraps=True))

    def tell_progress(self, row: QueueRow, problem: Problem, standing: Standing) -> None:
        """Show how far the documents are; whoever has the keyboard on this card keeps it."""
        self.why.show_mark(self._why(row, problem, standing, self._around))
        self._show_progress(row)

    def _show_progress(self, row: QueueRow) -> None:
        is_uploading = not self._is_later and 0 < row.uploaded < row.total
        for part in (self.bar, self.sent):
            part.setVisible(is_uploading)
        if is_uploading:
            formats = self._around.formats
            self.bar.setValue(1000 * row.uploaded // max(row.total, 1))
            text = self.tr("{done} of {total}").format(
                done=formats.size(row.uploaded), total=formats.size(row.total)
            )
            self.sent.setText(text)

    def _why(
        self, row: QueueRow, problem: Problem, standing: Standing, around: Surroundings
    ) -> Mark:
        """Return the chip that says why the letter is still here."""
        words, formats, status = around.words, around.formats, standing.status
        if problem is not Problem.NONE:
            return mark(words.problem(problem), problem_tone(problem))
        if row.send_at is not None and formats.milliseconds_since(row.send_at) < 0:
            return mark(words.leaves_at(formats.shortly(row.send_at)), Tone.ACCENT)
        is_online = status is not None and status.connection in {
            ConnectionState.ONLINE,
            ConnectionState.SYNCHRONISING,
        }
        if is_online and 0 < row.uploaded < row.total:
            return mark(self.tr("On its way"), Tone.ACCENT)
        text = self.tr("About to leave") if is_online else self.tr("Waits for the relay")
        return mark(text, Tone.NEUTRAL)


class QueuePane(QWidget):
    """The place “To send”.

    Signals:
        opened(ConversationId): a letter is to be shown.
    """

    opened = Signal(object)

    def __init__(
        self,
        queue: OutgoingQueue,
        conversations: ConversationList,
        standing: Standing,
        around: Surroundings,
    ) -> None:
        super().__init__()
        self._conversations = conversations
        self._queue = queue
        self._standing = standing
        self._around = around
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(around.theme.space(240))
        self.banner = Banner()
        self.cards: list[QueueCard] = []
        self.page = Column(width=around.theme.space(560), margin=MARGIN, is_centred=False)
        self._more = Text("", Role.SECONDARY, wraps=True)
        self._column = QVBoxLayout()
        self._column.setSpacing(10)
        self.page.content.addLayout(self._column)
        self.page.content.addWidget(self._more)
        self.page.content.addStretch(1)
        self.empty = EmptyState(
            self.tr("Nothing left to send"),
            self.tr(
                "Letters written offline or to be sent later wait here and leave by themselves."
            ),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.page)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)
        queue.changed.connect(self._show)
        queue.progressed.connect(self._show_progress)
        queue.failed.connect(self._failed)
        standing.changed.connect(self._show)
        conversations.modelReset.connect(self._show)
        conversations.rowsInserted.connect(self._show)
        conversations.dataChanged.connect(self._show)
        self._show()

    def _problem(self, conversation: ConversationId) -> Problem:
        """Return what keeps a letter here, as the list of conversations knows it."""
        place = self._conversations.row_of(conversation)
        if place is None:
            return Problem.NONE
        row: ConversationRow = self._conversations.index(place).data(ROW_ROLE)
        return row.problem

    def _show(self) -> None:
        had_keyboard = self.focusWidget() is not None
        clear(self._column)
        self.cards = [
            QueueCard(
                row, self._problem(row.conversation), self._queue, self._standing, self._around
            )
            for row in self._queue.rows
        ]
        for card, row in zip(self.cards, self._queue.rows, strict=True):
            card.show_letter.clicked.connect(
                lambda _=False, conversation=row.conversation: self.opened.emit(conversation)
            )
            self._column.addWidget(card)
        self._more.setVisible(self._queue.more)
        self._more.setText(self.tr("More letters wait behind these.") if self._queue.more else "")
        self._stack.setCurrentWidget(self.page if self.cards else self.empty)
        if had_keyboard and self.cards and self.isVisible():
            self.cards[0].cancel.setFocus()

    def _show_progress(self, message: MessageId) -> None:
        row = self._queue.row_of(message)
        for card in self.cards:
            if row is not None and card.message == message:
                card.tell_progress(row, self._problem(row.conversation), self._standing)

    def _failed(self, _message: MessageId, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail))
