# SPDX-License-Identifier: AGPL-3.0-or-later
"""The column at the left: who we are, the places, and how things stand with the relay."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from app.interface.snapshots import ConnectionState
from app.window.shortcuts import Shortcut, ShortcutNames, hint
from app.window.theme.icons import Icon, icon
from app.window.theme.tokens import NAVIGATION_WIDTH
from app.window.theme.typography import Role
from app.window.viewmodels.conversations import DRAGGED
from app.window.views.account_switch import AccountSwitch
from app.window.views.components.avatars import Avatar
from app.window.views.components.texts import Text, plain_tip, set_property
from app.window.views.conversation_list import dragged_rows

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtGui import (
        QDragEnterEvent,
        QDragLeaveEvent,
        QDropEvent,
        QPaintEvent,
        QResizeEvent,
    )
    from PySide6.QtWidgets import QMenu

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.accounts import OwnAccount
    from app.window.viewmodels.contacts import ContactBook
    from app.window.viewmodels.places import PlaceCounts
    from app.window.viewmodels.standing import Standing


class Destination(Enum):
    """Where the navigation leads."""

    INBOX = auto()
    TO_DO = auto()
    SENT = auto()
    DRAFTS = auto()
    OUTBOX = auto()
    ARCHIVE = auto()
    PATIENTS = auto()
    CONTACTS = auto()
    SEARCH = auto()
    JOURNAL = auto()


LETTERS: Final = (
    Destination.INBOX,
    Destination.TO_DO,
    Destination.SENT,
    Destination.DRAFTS,
    Destination.OUTBOX,
    Destination.ARCHIVE,
)
PRACTICE: Final = (
    Destination.PATIENTS,
    Destination.CONTACTS,
    Destination.SEARCH,
    Destination.JOURNAL,
)

SHORTCUTS: Final[dict[Destination, Shortcut]] = {
    Destination.INBOX: Shortcut.MAIL,
    Destination.TO_DO: Shortcut.TO_DO,
    Destination.SENT: Shortcut.SENT,
    Destination.DRAFTS: Shortcut.DRAFTS,
    Destination.OUTBOX: Shortcut.TO_SEND,
    Destination.ARCHIVE: Shortcut.ARCHIVES,
    Destination.PATIENTS: Shortcut.PATIENTS,
    Destination.CONTACTS: Shortcut.CORRESPONDENTS,
    Destination.SEARCH: Shortcut.FIND,
    Destination.JOURNAL: Shortcut.JOURNAL,
}

DROPS: Final = frozenset(
    {Destination.INBOX, Destination.TO_DO, Destination.ARCHIVE, Destination.PATIENTS}
)
"""Where conversations can be dropped."""


_CONNECTION_COLOURS: Final = {
    ConnectionState.ONLINE: "good",
    ConnectionState.SYNCHRONISING: "accent",
    ConnectionState.CONNECTING: "secondary",
    ConnectionState.OFFLINE: "secondary",
    ConnectionState.REFUSED: "danger",
    ConnectionState.UNTRUSTED: "danger",
    ConnectionState.SIGN_IN_NEEDED: "warning",
    ConnectionState.PROFILE_COPIED: "danger",
    ConnectionState.DEVICE_REMOVED: "danger",
    ConnectionState.CLOCK_WRONG: "warning",
}


MARGIN: Final = 12


class PlaceButton(QPushButton):
    """A place with the number of things that wait there.

    Signals:
        dropped(object): these conversations were dropped onto it.
    """

    dropped = Signal(object)

    def __init__(self, text: str, around: Surroundings, *, takes_drops: bool = False) -> None:
        super().__init__(text)
        self.setAcceptDrops(takes_drops)
        self._text = text
        self._around = around
        self._count = 0
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setProperty("kind", "place")
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_count(self, count: int, spoken: str) -> None:
        """Show a number, none for 0; `spoken` is what a screen reader says for it."""
        self._count = count
        self.setAccessibleName(f"{self._text}, {spoken}" if count else self._text)
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take conversations of our own lists, and show it."""
        if event.mimeData().hasFormat(DRAGGED) and dragged_rows(event):
            set_property(self, "drop", "true")
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Look as before."""
        set_property(self, "drop", "false")

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell what was dropped."""
        set_property(self, "drop", "false")
        event.acceptProposedAction()
        self.dropped.emit(dragged_rows(event))

    def sizeHint(self) -> QSize:
        """Return room for the text in bold and the number."""
        theme = self._around.theme
        metrics = QFontMetrics(theme.font(Role.STRONG))
        return QSize(
            metrics.horizontalAdvance(self._text) + theme.space(56),
            max(super().sizeHint().height(), theme.space(34)),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, then the number at its right end."""
        super().paintEvent(event)
        if self._count:
            theme = self._around.theme
            painter = QPainter(self)
            font = theme.font(Role.SMALL)
            font.setWeight(font.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(theme.colour("accent"))
            painter.drawText(
                self.rect().adjusted(0, 0, -theme.space(10), 0),
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                self._around.formats.number(self._count),
            )
            painter.end()


class ProfileButton(QPushButton):
    """Who we are; pressing it opens the menu."""

    def __init__(self, around: Surroundings, menu: QMenu) -> None:
        super().__init__()
        self._around = around
        self.setProperty("kind", "profile")
        self.setAutoDefault(False)
        self.setMenu(menu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._avatar = Avatar("", around.theme)
        self._name = Text("", Role.STRONG, wraps=True)
        """What tells the accounts apart where there are several, else the person."""
        self._profession = Text("", Role.SECONDARY, wraps=True)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._name)
        texts.addWidget(self._profession)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(6, 6, 18, 6)
        self._row.setSpacing(10)
        self._row.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(texts, 1)
        for text in (self._name, self._profession):
            text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.show_person("", "")

    def show_person(self, name: str, profession: str, account: str = "") -> None:
        """Show a name and what it stands for; with several accounts, first of all which one this is."""
        self._avatar.show_name(name)
        below = ", ".join(filter(None, (name, profession))) if account else profession
        self._name.setText(account or name)
        self._profession.setText(below)
        self._profession.setVisible(bool(below))
        menu = self.tr("Menu")
        self.setAccessibleName(", ".join(filter(None, (menu, account, name))))
        self.setToolTip(plain_tip(menu))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the height of the texts at the present width."""
        margins = self._row.contentsMargins()
        width = self.minimumWidth()
        inner = width - margins.left() - margins.right() - self._avatar.sizeHint().width() - 10
        height = self._name.heightForWidth(inner)
        if not self._profession.isHidden():
            height += self._profession.heightForWidth(inner)
        height = max(height, self._avatar.sizeHint().height())
        return QSize(width, height + margins.top() + margins.bottom())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, then a mark that says that there is more."""
        super().paintEvent(event)
        theme = self._around.theme
        painter = QPainter(self)
        side = theme.space(12)
        more = icon(Icon.MORE, theme.tokens.secondary)
        more.paint(painter, self.width() - side - 3, theme.space(8), side, side)
        painter.end()


class ConnectionLine(QPushButton):
    """One small sentence about the relay; pressing it shows the facts behind it."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._state = ConnectionState.OFFLINE
        self.setProperty("kind", "status")
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._line = Text("", Role.SMALL, wraps=True)
        self._line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(24, 6, 8, 6)
        self._row.addWidget(self._line)

    def show_standing(self, standing: Standing) -> None:
        """Say how things stand."""
        status = standing.status
        if status is None:
            self._line.clear()
            return
        self._state = status.connection
        words = self._around.words
        line = words.connection(status, self._around.formats)
        if status.outbox_count:
            line = f"{line}\n{words.outbox(status.outbox_count)}"
        self._line.setText(line)
        self.setAccessibleName(line.replace("\n", ", "))
        self.setToolTip(self.tr("Show the facts about the connection"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of the sentence at the present width."""
        margins = self._row.contentsMargins()
        width = self.width()
        inner = width - margins.left() - margins.right()
        height = max(self._line.heightForWidth(inner), self._line.fontMetrics().height())
        return QSize(width, height + margins.top() + margins.bottom())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for the height that the sentence needs at another width."""
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dot: full when connected, hollow when not."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._around.theme.colour(_CONNECTION_COLOURS[self._state])
        painter.setPen(colour)
        is_full = self._state in {ConnectionState.ONLINE, ConnectionState.SYNCHRONISING}
        painter.setBrush(colour if is_full else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(10, self.height() // 2 - 4, 8, 8)
        painter.end()


class Navigation(QWidget):
    """The places and their counts.

    Signals:
        chosen(Destination): a place was pressed.
        dropped(Destination, object): conversations were dropped onto a place.
        connection_asked(): the connection line was pressed.
    """

    chosen = Signal(object)
    dropped = Signal(object, object)
    connection_asked = Signal()

    def __init__(
        self,
        standing: Standing,
        contacts: ContactBook,
        places: PlaceCounts,
        around: Surroundings,
        menu: QMenu,
        own: OwnAccount,
        *,
        destinations: Collection[Destination],
    ) -> None:
        super().__init__()
        self._standing = standing
        self._own = own
        self.accounts = AccountSwitch(own.all, around, is_line=False)
        self._counts = places
        self._contacts = contacts
        self._around = around
        self.setProperty("ground", "background")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.profile = ProfileButton(around, menu)
        self.places = {
            destination: self._button(destination)
            for destination in (*LETTERS, *PRACTICE)
            if destination in destinations
        }
        self.line = ConnectionLine(around)
        self.set_narrow(is_narrow=False)
        self.line.clicked.connect(self.connection_asked)
        self._lay_out()
        self._group = QButtonGroup(self)
        for destination, button in self.places.items():
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, to=destination: self.chosen.emit(to))
            button.dropped.connect(lambda rows, to=destination: self.dropped.emit(to, rows))
        standing.changed.connect(self._show)
        places.changed.connect(self._show)
        contacts.changed.connect(self._show)
        own.changed.connect(self._show)
        self._show()

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Take no more room than the names of the places need, or what looks well."""
        widest = max(button.sizeHint().width() for button in self.places.values())
        # Where there is so little room, the places scroll.
        least = (
            widest + self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) + 2 * MARGIN
        )
        width = least if is_narrow else max(self._around.theme.space(NAVIGATION_WIDTH), least)
        self.setFixedWidth(width)
        self.profile.setMinimumWidth(width - 2 * MARGIN)

    def point_at(self, destination: Destination) -> None:
        """Mark a place as the one shown."""
        self.places[destination].setChecked(True)

    def show_count(self, destination: Destination, count: int, spoken: str) -> None:
        """Show how much waits in a place, if the place is there."""
        if destination in self.places:
            self.places[destination].show_count(count, spoken)

    def _button(self, destination: Destination) -> PlaceButton:
        shortcut = SHORTCUTS[destination]
        name = ShortcutNames().name(shortcut)
        button = PlaceButton(name, self._around, takes_drops=destination in DROPS)
        button.setToolTip(hint(name, shortcut))
        return button

    def _lay_out(self) -> None:
        section = Text(self.tr("Practice"), Role.BADGE)
        section.setContentsMargins(10, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 14, MARGIN, 14)
        column.setSpacing(2)
        column.addWidget(self.profile)
        column.addSpacing(14)
        column.addWidget(self._scrolling(section), 1)
        column.addWidget(self.line)

    def _scrolling(self, section: Text) -> QScrollArea:
        """Return the places; in a low window or with large type they scroll."""
        ground = QWidget()
        ground.setProperty("ground", "background")
        inner = QVBoxLayout(ground)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(2)
        for destination in LETTERS:
            if destination in self.places:
                inner.addWidget(self.places[destination])
        inner.addSpacing(16)
        inner.addWidget(section)
        inner.addSpacing(4)
        for destination in PRACTICE:
            inner.addWidget(self.places[destination])
        inner.addWidget(self.accounts)
        inner.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(ground)
        return area

    def _show(self) -> None:
        status = self._standing.status
        words = self._around.words
        name = "" if status is None else status.name
        profession = "" if status is None else status.profession
        self.profile.show_person(name, profession, "" if status is None else self._own.name)
        unread = 0 if status is None else status.unread_count
        waiting = 0 if status is None else status.outbox_count
        to_do, requests = self._counts.to_do, self._contacts.waiting_count
        self.show_count(Destination.INBOX, unread, words.unread(unread))
        self.show_count(Destination.TO_DO, to_do, words.to_do(to_do))
        self.show_count(Destination.OUTBOX, waiting, words.outbox(waiting))
        self.show_count(Destination.CONTACTS, requests, words.requests(requests))
        self.line.show_standing(self._standing)
