# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first page of all, with the three ways to one's mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.window.theme.tokens import FORM_WIDTH
from app.window.theme.typography import Role
from app.window.viewmodels.newcomer import Joined
from app.window.viewmodels.session import Screen
from app.window.views.components.buttons import Button, PrimaryButton
from app.window.views.components.layouts import Card, Column
from app.window.views.components.texts import Text
from app.window.views.joining import JoinPage
from app.window.views.registration import RegistrationPage
from app.window.views.restoring import RestorePage
from app.window.views.unlock import PRODUCT, menu_bar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.first_run import Notes
    from app.window.viewmodels.mailbox import Mailbox

_STARTED = ("enrolment", "name", "profession")


class StartPage(QWidget):
    """Three cards.

    Signals:
        chosen(QWidget): the button of a way was pressed.
    """

    chosen = Signal(object)

    def __init__(self, around: Surroundings, menu: QMenu) -> None:
        super().__init__()
        self.begin = PrimaryButton(self.tr("Create my account"))
        self.link = Button(self.tr("Add this computer to my account"))
        self.restore = Button(self.tr("Find my account again"))
        column = Column(width=around.theme.space(FORM_WIDTH), margin=24, is_centred=True)
        content = column.content
        content.setSpacing(16)
        content.addSpacing(24)
        welcome = self.tr("Welcome to {product}").format(product=PRODUCT)
        content.addWidget(Text(welcome, Role.TITLE, wraps=True))
        ways = (
            (
                self.begin,
                self.tr("I am new here"),
                self.tr(
                    "You have an invitation from whoever runs your relay. It takes ten minutes."
                ),
            ),
            (
                self.link,
                self.tr("My mail is on another computer"),
                self.tr("Have that computer at hand: it shows a picture and a few words."),
            ),
            (
                self.restore,
                self.tr("My computer is lost, stolen or broken"),
                self.tr("Have your recovery kit on paper and your passphrase at hand."),
            ),
        )
        for button, what, why in ways:
            card = Card()
            texts = QVBoxLayout(card)
            texts.setContentsMargins(20, 16, 20, 16)
            texts.setSpacing(6)
            texts.addWidget(Text(what, Role.HEAD, wraps=True))
            texts.addWidget(Text(why, Role.SECONDARY, wraps=True))
            texts.addSpacing(6)
            texts.addWidget(button)
            content.addWidget(card)
            button.clicked.connect(lambda _=False, button=button: self.chosen.emit(button))
        content.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(menu_bar(menu, around))
        layout.addWidget(column)


class FirstRunPage(QWidget):
    """The starting page, and the three ways behind it."""

    def __init__(self, mailbox: Mailbox, around: Surroundings, menu: QMenu, notes: Notes) -> None:
        super().__init__()
        self._mailbox = mailbox
        self._notes = notes
        self.start = StartPage(around, menu)
        self.registration = RegistrationPage(mailbox.session, around, menu, notes)
        self.join = JoinPage(mailbox.joining, mailbox.session, around, menu)
        self.restore = RestorePage(mailbox.restoring, around, menu, notes)
        self.pages = QStackedWidget()
        for page in (self.start, self.registration, self.join, self.restore):
            self.pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)
        self.start.chosen.connect(self._choose)
        self.registration.relay.link_found.connect(self.show_join)
        self.restore.relay.link_found.connect(self.show_join)
        for way in (self.registration, self.join, self.restore):
            way.left.connect(self.show_start)
        mailbox.session.opened.connect(self._leave)
        # A window made anew shows what the one before it showed.
        self.appear()

    def appear(self) -> None:
        """Go on where the last attempt was left, or offer the three ways."""
        if self._mailbox.restoring.offer is not None:
            self.pages.setCurrentWidget(self.restore)
            self.restore.appear()
        elif self._mailbox.joining.state is not Joined.ASKING:
            self.pages.setCurrentWidget(self.join)
            self.join.appear()
        elif any(self._notes.get(name) for name in _STARTED):
            self.show_registration()
        else:
            self.show_start()

    def show_start(self) -> None:
        """Offer the three ways; what was begun in one of them is forgotten, but for the notes."""
        self._forget_ways()
        self.pages.setCurrentWidget(self.start)
        self.start.begin.setFocus()

    def show_registration(self) -> None:
        """Create an account."""
        self.pages.setCurrentWidget(self.registration)
        self.registration.appear()

    def show_join(self, text: str = "") -> None:
        """Add this computer to an account."""
        self.pages.setCurrentWidget(self.join)
        self.join.begin(text)

    def show_restore(self) -> None:
        """Bring an account back."""
        self.pages.setCurrentWidget(self.restore)
        self.restore.begin()

    def forget(self) -> None:
        """Keep nothing of what was typed or shown but the notes."""
        self.registration.forget()
        self._forget_ways()

    def _choose(self, button: QWidget) -> None:
        if button is self.start.begin:
            self.show_registration()
        elif button is self.start.link:
            self.show_join()
        else:
            self.show_restore()

    def _leave(self) -> None:
        if self._mailbox.session.screen is not Screen.LINKED:
            self._forget_ways()

    def _forget_ways(self) -> None:
        self.join.forget()
        self.restore.forget()
