# SPDX-License-Identifier: AGPL-3.0-or-later
"""Correspondents: the list, one person, and the search for new ones in the relay's directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.interface.failures import Failure
from app.interface.snapshots import Comparison, ContactRow, ContactState
from app.window.theme.icons import Icon
from app.window.theme.tokens import HEADER_HEIGHT, READING_MARGIN, READING_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.contacts import CONTACT_ROLE, FOLDED_ROLE, DirectoryState
from app.window.viewmodels.marks import SHAPES, compared_mark, contact_mark, trust_mark
from app.window.views.cards import OwnCard, TheirCard, is_card
from app.window.views.components.avatars import Avatar, paint_avatar
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import (
    Button,
    IconButton,
    LinkButton,
    NamedButton,
    PrimaryButton,
)
from app.window.views.components.chips import Chip
from app.window.views.components.layouts import Card, Column, EmptyState, FlowLayout, clear
from app.window.views.components.texts import ElidedText, Rule, Text
from app.window.views.conversation_list import header
from app.window.views.trust import TrustPanel
from app.window.views.unlock import busy_bar
from crypto_core.errors import WireError
from crypto_core.wire.ids import ADDRESS_SCHEME, format_address, parse_address
from crypto_core.wire.names import is_found, typed_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

    from app.interface.snapshots import DirectoryRow
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.acquaintance import Acquaintance
    from app.window.viewmodels.contacts import ContactBook
    from app.window.viewmodels.standing import Standing
    from crypto_core.wire.ids import AccountId

MARGIN: Final = 16
MOST_KNOWN: Final = 20
MAX_NOTE_LETTERS: Final = 250
MAX_QUERY_LETTERS: Final = 50
MAX_CARD_LETTERS: Final = 4096
MAX_REMARK: Final = 1000
REMARK_MILLISECONDS: Final = 800


class ContactDelegate(QStyledItemDelegate):
    """Paints the sign, the name, the profession, and where the correspondence stands."""

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around
        self.shows_focus = False
        """Whether the keyboard is in use: the pointer shows by itself where it is."""

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
        row: ContactRow = index.data(CONTACT_ROLE)
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
        paint_avatar(
            painter,
            QRect(area.left() + MARGIN, area.center().y() - side // 2, side, side),
            row.name,
            theme,
        )
        left = area.left() + MARGIN + side + 12
        width = area.right() - MARGIN - left
        role = Role.STRONG if row.state is ContactState.WAITING else Role.TEXT
        name_height = QFontMetrics(theme.font(role)).height()
        top = area.top() + theme.space(11)
        self._line(painter, QRect(left, top, width, name_height), row.name, role, "text")
        second = self._around.words.at_place(row.profession, row.place)
        colour = "secondary"
        if row.state in {ContactState.WAITING, ContactState.REQUESTED, ContactState.UNKNOWN}:
            mark = contact_mark(row.state, self._around.words)
            second = mark.shown
            colour = "warning" if row.state is ContactState.WAITING else "secondary"
        elif row.away is not None and row.away.is_now:
            absent = self._around.words.away(row.away, self._around.formats)
            second, colour = f"{SHAPES[Tone.WARNING]} {absent}", "warning"
        top += name_height + theme.space(2)
        height = QFontMetrics(theme.font(Role.SECONDARY)).height()
        self._line(painter, QRect(left, top, width, height), second, Role.SECONDARY, colour)
        if state & QStyle.StateFlag.State_HasFocus and self.shows_focus:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(1, 1, -1, -2))
        painter.restore()

    def _line(self, painter: QPainter, area: QRect, text: str, role: Role, colour: str) -> None:
        font = self._around.theme.font(role)
        painter.setFont(font)
        painter.setPen(self._around.theme.colour(colour))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(
            area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown
        )


class ContactListView(QListView):
    """The list of correspondents.

    Signals:
        chosen(ContactRow): a click, Enter, or the arrow keys on a line.
    """

    chosen = Signal(object)

    def __init__(self, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self.setModel(contacts.everyone)
        self.delegate = ContactDelegate(around, self)
        self.setItemDelegate(self.delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Correspondents"))
        self.clicked.connect(lambda _: self._tell())
        around.theme.changed.connect(self.scheduleDelayedItemsLayout)

    def currentChanged(  # noqa: N802 - Qt calls it
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Show the person on whom the arrow keys stop."""
        super().currentChanged(current, previous)
        if self.hasFocus():
            self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses."""
        self.delegate.shows_focus = True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._tell()
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

    def _tell(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.chosen.emit(index.data(CONTACT_ROLE))


class ContactListPane(QWidget):
    """The list with its button above and its empty state.

    Signals:
        add_asked(): someone new is wanted.
    """

    add_asked = Signal()

    def __init__(self, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self._contacts = contacts
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(around.theme.space(240))
        self.button = Button(self.tr("Add a correspondent"))
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.add_asked)
        self.list = ContactListView(contacts, around)
        self.empty = EmptyState(
            self.tr("No correspondents yet"),
            self.tr("Find colleagues in the directory, or give them your address."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header(self.button, around))
        column.addWidget(self._stack, 1)
        contacts.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        is_empty = self._contacts.is_loaded and not self._contacts.everyone.rowCount()
        self._stack.setCurrentWidget(self.empty if is_empty else self.list)


class RemarkField(QWidget):
    """What the owner notes about somebody; it is kept when the typing rests, and when one looks elsewhere."""

    def __init__(self, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self._contacts = contacts
        self._account: AccountId | None = None
        self._kept = ""
        self.edit = QPlainTextEdit()
        self.edit.setAccessibleName(self.tr("My notes about this person"))
        self.edit.setPlaceholderText(self.tr("Days, telephone, who to ask for…"))
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(around.theme.space(72))
        self._pause = QTimer(self, singleShot=True, interval=REMARK_MILLISECONDS)
        self._pause.timeout.connect(self._keep)
        title = Text(self.tr("My notes"), Role.STRONG)
        title.setBuddy(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(title)
        column.addWidget(self.edit)
        column.addWidget(Text(self.tr("Only you see them."), Role.SMALL))
        self.edit.textChanged.connect(self._pause.start)

    def show_for(self, row: ContactRow) -> None:
        """Show the notes about somebody; what was typed about another one is kept first."""
        if row.account != self._account:
            self._keep()
            self._account = row.account
        elif self._pause.isActive():
            # Somebody is typing: what is there is newer than what was kept.
            return
        if self.edit.toPlainText() != row.remark:
            self.edit.setPlainText(row.remark)
        self._kept = row.remark
        self._pause.stop()

    def forget(self) -> None:
        """Show nothing; what was typed is kept if it still can be."""
        self._keep()
        self._account = None
        self._kept = ""
        self.edit.clear()
        self._pause.stop()

    def _keep(self) -> None:
        self._pause.stop()
        text = self.edit.toPlainText()[:MAX_REMARK]
        if self._account is not None and text != self._kept:
            self._kept = text
            self._contacts.note(self._account, text)


class AwayCard(Card):
    """What a correspondent said about their absence, and the way to who replaces them.

    Signals:
        write_asked(ContactRow): a letter to the replacement is wanted.
    """

    write_asked = Signal(object)

    def __init__(self, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self._contacts = contacts
        self._around = around
        self._account: AccountId | None = None
        self._when = Text("", Role.HEAD, wraps=True, tone=Tone.WARNING)
        self._who = Text("", Role.TEXT, wraps=True)
        self._said = Text("", Role.SECONDARY, wraps=True, is_selectable=True)
        self.write = NamedButton(self.tr("Write to {name}").format(name="…"))
        self.write.clicked.connect(lambda _=False: self._write())
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        for text in (self._when, self._who, self._said):
            column.addWidget(text)
        actions = FlowLayout(8)
        actions.addWidget(self.write)
        column.addLayout(actions)
        self.hide()

    def show_for(self, row: ContactRow) -> None:
        """Show it for somebody who is, or will be, away; nothing for anybody else."""
        away, words = row.away, self._around.words
        self.setVisible(away is not None)
        if away is None:
            self._account = None
            return
        self._account = None if away.replacement is None else away.replacement.account
        self._when.setText(f"△ {words.away(away, self._around.formats)}")
        who = words.replaced(away)
        self._who.setText(who)
        self._who.setVisible(bool(who))
        self._said.setText(away.text)
        self._said.setVisible(bool(away.text))
        named = away.replacement
        self.write.setVisible(away.is_contact and named is not None)
        if named is not None:
            self.write.say(self.tr("Write to {name}"), named.name)
        else:
            self.write.say("", "")

    def _write(self) -> None:
        everyone = self._contacts.everyone
        position = None if self._account is None else everyone.row_of(self._account)
        if position is not None:
            self.write_asked.emit(everyone.contact_at(position))


class PersonPane(QWidget):
    """One correspondent, or one request to answer.

    Signals:
        write_asked(ContactRow): a letter to this person is wanted.
        gone(): the person shown is no longer in the list, as after declining.
    """

    write_asked = Signal(object)
    gone = Signal()

    def __init__(
        self, contacts: ContactBook, acquaintance: Acquaintance, around: Surroundings
    ) -> None:
        super().__init__()
        self._contacts = contacts
        self._around = around
        self.row: ContactRow | None = None
        self.trust = TrustPanel(acquaintance, around)
        self._avatar = Avatar("", around.theme)
        self._name = Text("", Role.TITLE, wraps=True, is_selectable=True)
        self._who = Text("", Role.SECONDARY, wraps=True)
        self._marks = FlowLayout(8)
        self._note_title = Text(self.tr("Their note to you"), Role.HEAD)
        self._note = Text("", Role.TEXT, wraps=True, is_selectable=True)
        self._advice = Text("", Role.SECONDARY, wraps=True)
        self._address = Text("", Role.SECONDARY, wraps=True, is_selectable=True)
        self.banner = Banner()
        self.accept = PrimaryButton(self.tr("Accept"))
        self.decline = Button(self.tr("Decline"))
        self.reconsider = Button(self.tr("Take the refusal back"))
        self.write = PrimaryButton(self.tr("Write a letter"))
        self.block = LinkButton(self.tr("Block…"))
        self.unblock = Button(self.tr("Unblock"))
        self.block_now = Button(self.tr("Block"))
        self.keep = Button(self.tr("Keep as correspondent"))
        self.question = Banner(self.block_now, self.keep)
        self.remark = RemarkField(contacts, around)
        self.away = AwayCard(contacts, around)
        self.away.write_asked.connect(self.write_asked)
        self.accept.clicked.connect(lambda: self._act(contacts.accept))
        self.decline.clicked.connect(lambda: self._act(contacts.decline))
        self.reconsider.clicked.connect(lambda: self._act(contacts.reconsider))
        self.write.clicked.connect(lambda: self.write_asked.emit(self.row))
        self.block.clicked.connect(self._ask_to_block)
        self.keep.clicked.connect(self.question.silence)
        self.block_now.clicked.connect(self._block)
        self.unblock.clicked.connect(lambda: self._act(contacts.unblock))
        self._lay_out()
        contacts.changed.connect(self._refresh)
        contacts.failed.connect(self._failed)

    def show_person(self, row: ContactRow) -> None:
        """Show a correspondent."""
        if self.row is None or self.row.account != row.account:
            self.question.silence()
        self.row = row
        self.remark.show_for(row)
        words = self._around.words
        self._avatar.show_name(row.name)
        self._name.setText(row.name)
        self._who.setText(words.at_place(row.profession, row.place))
        clear(self._marks)
        if row.state is not ContactState.ACCEPTED:
            self._marks.addWidget(Chip(contact_mark(row.state, words)))
        self._marks.addWidget(Chip(trust_mark(row.trust, words)))
        if row.compared is not Comparison.NEVER:
            self._marks.addWidget(Chip(compared_mark(row.compared, words)))
        self.away.show_for(row)
        self.trust.show_person(row)
        has_note = bool(row.note)
        self._note_title.setVisible(has_note and row.state is ContactState.WAITING)
        self._note.setVisible(has_note and row.state is ContactState.WAITING)
        self._note.setText(row.note)
        self._advice.setText(self._advice_text(row))
        self._address.setText(format_address(row.account))
        self.accept.setVisible(row.state is ContactState.WAITING)
        self.decline.setVisible(row.state is ContactState.WAITING)
        self.reconsider.setVisible(row.state is ContactState.DECLINED)
        self.write.setVisible(row.state is ContactState.ACCEPTED)
        is_blocked = row.state is ContactState.BLOCKED
        self.unblock.setVisible(is_blocked)
        self.block.setVisible(row.state in {ContactState.ACCEPTED, ContactState.WAITING})
        for button in (self.accept, self.decline, self.reconsider, self.unblock):
            button.setEnabled(True)
        self.banner.silence()

    def forget(self) -> None:
        """Show nobody."""
        self.row = None
        for text in (self._name, self._who, self._note, self._address):
            text.clear()
        self.remark.forget()
        self.question.silence()
        self._avatar.show_name("")
        self.trust.forget()

    def _lay_out(self) -> None:
        column = Column(
            width=self._around.theme.space(READING_WIDTH), margin=READING_MARGIN, is_centred=False
        )
        content = column.content
        content.setSpacing(14)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        who = QVBoxLayout()
        who.setSpacing(2)
        who.addWidget(self._name)
        who.addWidget(self._who)
        head.addLayout(who, 1)
        content.addLayout(head)
        content.addLayout(self._marks)
        content.addWidget(self.away)
        content.addWidget(self._note_title)
        content.addWidget(self._note)
        content.addWidget(self._advice)
        content.addWidget(self.banner)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        for button in (self.accept, self.decline, self.reconsider, self.write, self.unblock):
            actions.addWidget(button)
        actions.addStretch(1)
        actions.addWidget(self.block)
        content.addLayout(actions)
        content.addWidget(self.question)
        content.addWidget(self.remark)
        content.addSpacing(8)
        content.addWidget(Rule())
        content.addWidget(self.trust)
        content.addWidget(Rule())
        content.addWidget(Text(self.tr("Address"), Role.STRONG))
        content.addWidget(self._address)
        content.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column)

    def _advice_text(self, row: ContactRow) -> str:
        since = self._around.formats.in_sentence(row.since)
        return {
            ContactState.WAITING: self.tr(
                "Asked {when}. Name and profession are what they wrote themselves: accept only "
                "someone you know, or ask them by telephone. They are not told if you decline."
            ),
            ContactState.REQUESTED: self.tr(
                "You asked {when}. You can write to each other once they accept."
            ),
            ContactState.ACCEPTED: self.tr("Correspondent since {when}."),
            ContactState.DECLINED: self.tr(
                "You declined {when}, and they were not told. Their letters are not shown. Taken back, "
                "their request waits for your answer again."
            ),
            ContactState.BLOCKED: self.tr(
                "You blocked them. What they send is let go unread, and nothing goes to them; they are "
                "not told."
            ),
            ContactState.UNKNOWN: self.tr(
                "Nobody at your relay has this address, as it turned out {when}. Ask for it again, "
                "by telephone."
            ),
        }[row.state].format(when=since)

    def _act(self, action: Callable[[AccountId], None]) -> None:
        if self.row is not None:
            for button in (self.accept, self.decline, self.reconsider, self.unblock):
                button.setEnabled(False)
            action(self.row.account)

    def _refresh(self) -> None:
        if self.row is None:
            return
        position = self._contacts.everyone.row_of(self.row.account)
        if position is None:
            self.forget()
            self.gone.emit()
        else:
            self.show_person(self._contacts.everyone.contact_at(position))

    def _failed(self, account: AccountId, failure: Failure, detail: str) -> None:
        if self.row is not None and account == self.row.account:
            self.banner.explain(self._around.errors.failure(failure, detail))
            for button in (self.accept, self.decline, self.reconsider, self.unblock):
                button.setEnabled(True)

    def _ask_to_block(self) -> None:
        if self.row is not None:
            self.question.say(
                Tone.WARNING,
                self.tr("Block {name}?").format(name=self.row.name),
                self.tr(
                    "You receive nothing from them any more, and they are not told. Letters that wait for "
                    "them stay here. What you have of each other stays too, and you can unblock them."
                ),
            )
            self.keep.setFocus()

    def _block(self) -> None:
        self.question.silence()
        self._act(self._contacts.block)


class Candidate(Card):
    """Someone who could become a correspondent.

    Signals:
        requested(str): a contact request with a note is wanted.
    """

    requested = Signal(str)

    def __init__(
        self, name: str, detail: str, state: ContactState | None, around: Surroundings
    ) -> None:
        super().__init__()
        self.ask = Button(self.tr("Ask…"))
        self.ask.setAccessibleName(self.tr("Ask {name} for contact").format(name=name))
        self.note = QLineEdit()
        self.note.setMaxLength(MAX_NOTE_LETTERS)
        self.note.setPlaceholderText(self.tr("Who you are and why you write (optional)"))
        self.note.setAccessibleName(self.tr("Note to {name}").format(name=name))
        self.confirm = PrimaryButton(self.tr("Send the request"))
        self._form = QWidget()
        self._form.hide()
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(ElidedText(name, Role.STRONG))
        texts.addWidget(Text(detail, Role.SECONDARY, wraps=True))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Avatar(name, around.theme))
        row.addLayout(texts, 1)
        if state in {None, ContactState.DECLINED, ContactState.UNKNOWN}:
            row.addWidget(self.ask)
        else:
            self.ask.setParent(self)
            self.ask.hide()
            row.addWidget(Chip(contact_mark(state, around.words)))
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addWidget(self.note)
        form.addWidget(self.confirm)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addLayout(row)
        column.addWidget(self._form)
        self.ask.clicked.connect(self._open)
        self.confirm.clicked.connect(self._request)
        self.note.returnPressed.connect(self._request)

    def _open(self) -> None:
        self.ask.hide()
        self._form.show()
        self.note.setFocus()

    def _request(self) -> None:
        self.confirm.setEnabled(False)
        self.requested.emit(self.note.text())


class DirectoryPane(QWidget):
    """Looks for people in the relay's directory, or takes an address; shows one's own."""

    def __init__(
        self,
        contacts: ContactBook,
        acquaintance: Acquaintance,
        standing: Standing,
        around: Surroundings,
    ) -> None:
        super().__init__()
        self._contacts = contacts
        self._standing = standing
        self._around = around
        self.own_card = OwnCard(acquaintance, around)
        self.their_card = TheirCard(acquaintance, around)
        self.query = QLineEdit()
        # A card that is pasted is longer than any name.
        self.query.setMaxLength(MAX_CARD_LETTERS)
        self.query.setPlaceholderText(self.tr("Name, profession, town, an address or a card uhs:…"))
        self.query.setAccessibleName(self.tr("Name, profession, town, an address or a card uhs:…"))
        self.search_button = PrimaryButton(self.tr("Find"))
        self.banner = Banner()
        self.candidates: list[Candidate] = []
        self._progress = busy_bar(self.tr("Searching"))
        self._results = QVBoxLayout()
        self._results.setSpacing(10)
        self._count = Text("", Role.SECONDARY, wraps=True)
        self._own = Text("", Role.TEXT, wraps=True, is_selectable=True)
        self.copy = LinkButton(self.tr("Copy"))
        self.copy.setAccessibleName(self.tr("Copy your address"))
        self._lay_out()
        self.query.returnPressed.connect(self._search)
        self.search_button.clicked.connect(self._search)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._own.text()))
        contacts.directory_changed.connect(self._show)
        contacts.failed.connect(self._failed)
        contacts.done.connect(self._address_done)
        standing.changed.connect(self._show_own)
        self._asked_address: AccountId | None = None
        self._show()
        self._show_own()

    def appear(self) -> None:
        """Get ready to be typed into."""
        self.query.setFocus()

    def forget(self) -> None:
        """Keep nothing of a search."""
        self.query.clear()
        self._asked_address = None
        self._own.clear()
        self.own_card.forget()
        self.their_card.forget()

    def _lay_out(self) -> None:
        column = Column(
            width=self._around.theme.space(READING_WIDTH), margin=READING_MARGIN, is_centred=False
        )
        content = column.content
        content.setSpacing(12)
        content.addWidget(Text(self.tr("Find a correspondent"), Role.TITLE))
        content.addWidget(
            Text(
                self.tr(
                    "The directory of your relay shows who wished to be found there. It learns what "
                    "you search for. Names and professions are not verified."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.query, 1)
        line.addWidget(self.search_button)
        content.addLayout(line)
        content.addWidget(self.their_card)
        content.addWidget(self._progress)
        content.addWidget(self.banner)
        content.addWidget(self._count)
        content.addLayout(self._results)
        content.addSpacing(12)
        content.addWidget(Rule())
        content.addWidget(Text(self.tr("Your address"), Role.STRONG))
        content.addWidget(
            Text(
                self.tr("Give it to colleagues who cannot find you in the directory."),
                Role.SECONDARY,
                wraps=True,
            )
        )
        own = QHBoxLayout()
        own.addWidget(self._own, 1)
        own.addWidget(self.copy)
        content.addLayout(own)
        content.addWidget(self.own_card)
        content.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column)

    def _search(self) -> None:
        typed = self.query.text().strip()
        self.banner.silence()
        self._asked_address = None
        if is_card(typed):
            self._contacts.forget_search()
            self.query.clear()
            self.their_card.take(typed)
            return
        self.their_card.forget()
        if typed.lower().startswith(ADDRESS_SCHEME):
            self._contacts.forget_search()
            try:
                account = parse_address(typed)
            except WireError:
                self.banner.say(
                    Tone.DANGER,
                    self.tr("This address is not complete."),
                    self.tr("It has “uhs:” and 32 small letters and digits after it."),
                )
                return
            self._offer_address(account, typed)
            return
        self._contacts.search(typed[:MAX_QUERY_LETTERS])

    def _offer_address(self, account: AccountId, address: str) -> None:
        self._asked_address = account
        position = self._contacts.everyone.row_of(account)
        state = None if position is None else self._contacts.everyone.contact_at(position).state
        card = Candidate(self.tr("Correspondent with this address"), address, state, self._around)
        card.requested.connect(lambda note: self._contacts.request(account, note))
        self._fill([card])

    def _address_done(self) -> None:
        if self._asked_address is not None:
            self._fill([])
            self._asked_address = None
            self.query.clear()
            self.banner.say(
                Tone.GOOD,
                self.tr("The request is on its way"),
                self.tr("You can write once it is accepted."),
            )

    def _show(self) -> None:
        state = self._contacts.directory_state
        self._progress.setVisible(state is DirectoryState.SEARCHING)
        answer = self._contacts.directory
        if state is DirectoryState.FAILED and self._contacts.directory_failure is not None:
            self._show_failure(*self._contacts.directory_failure)
        elif state is DirectoryState.ANSWERED and answer is not None:
            self.banner.silence()
            self._fill([self._candidate(row, row.contact) for row in answer.rows])
            if not answer.rows:
                self._count.setText(
                    self.tr("Nobody found. Check the spelling, or ask for an address.")
                )
            elif answer.more:
                self._count.setText(self.tr("There are more: make the search narrower."))
            else:
                self._count.setText(self.tr("%n person(s) found", "", len(answer.rows)))
        elif state is DirectoryState.IDLE:
            self._fill([])

    def _show_failure(self, failure: Failure, detail: str) -> None:
        """Say why the directory does not answer; without a connection one's own correspondents are shown."""
        explanation = self._around.errors.failure(failure, detail)
        if failure is not Failure.RELAY_UNREACHABLE:
            self._fill([])
            self.banner.explain(explanation)
            return
        words = typed_words(self.query.text())
        everyone = self._contacts.everyone
        known = [
            everyone.contact_at(at)
            for at in range(everyone.rowCount())
            if words and is_found(words, everyone.index(at).data(FOLDED_ROLE))
        ]
        self._fill([self._candidate(row, row.state) for row in known[:MOST_KNOWN]])
        self.banner.explain(explanation, Tone.NEUTRAL)

    def _candidate(self, row: DirectoryRow | ContactRow, state: ContactState | None) -> Candidate:
        detail = self._around.words.at_place(row.profession, row.place)
        card = Candidate(row.name, detail, state, self._around)
        card.requested.connect(
            lambda note, account=row.account: self._contacts.request(account, note)
        )
        return card

    def _fill(self, candidates: list[Candidate]) -> None:
        clear(self._results)
        self._count.clear()
        self.candidates = candidates
        for candidate in candidates:
            self._results.addWidget(candidate)

    def _show_own(self) -> None:
        status = self._standing.status
        account = None if status is None else status.account
        self._own.setText("" if account is None else format_address(account))

    def _failed(self, _account: AccountId, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail))
        for candidate in self.candidates:
            candidate.confirm.setEnabled(True)


class ContactsPane(QWidget):
    """The content beside the list of correspondents: a person, or the directory.

    Signals:
        back_asked(): a narrow window is to show its list again.
    """

    back_asked = Signal()

    def __init__(
        self,
        contacts: ContactBook,
        acquaintance: Acquaintance,
        standing: Standing,
        around: Surroundings,
    ) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.person = PersonPane(contacts, acquaintance, around)
        self.directory = DirectoryPane(contacts, acquaintance, standing, around)
        self.back = IconButton(Icon.BACK, self.tr("Back to the list"), around.theme)
        self.back.setToolTip(self.tr("Back to the list (Esc)"))
        self.back.clicked.connect(self.back_asked)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.directory)
        self._stack.addWidget(self.person)
        self.person.gone.connect(self._person_gone)
        self._bar = QWidget()
        self._bar.setMinimumHeight(around.theme.space(HEADER_HEIGHT) - 1)
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(24, 8, 24, 8)
        row.addWidget(self.back)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)

    def show_person(self, row: ContactRow) -> None:
        """Show a correspondent."""
        self.person.show_person(row)
        self._stack.setCurrentWidget(self.person)

    def show_directory(self) -> None:
        """Show the search."""
        self._stack.setCurrentWidget(self.directory)

    def _person_gone(self) -> None:
        self.show_directory()
        self.back_asked.emit()

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Offer the way back only where the list is folded away."""
        self._bar.setVisible(is_narrow)

    def forget(self) -> None:
        """Show nobody and keep nothing."""
        self.person.forget()
        self.directory.forget()
        self.show_directory()
