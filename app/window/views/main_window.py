# SPDX-License-Identifier: AGPL-3.0-or-later
"""The window: the pages of each account, of which one is shown, and the way from one to another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMessageBox, QPushButton, QStackedWidget

from app.profiles import FIRST, MOST
from app.window.shortcuts import Shortcut, ShortcutNames, account_key, keys
from app.window.viewmodels.session import LockReason
from app.window.views.components.rooms import resize_within
from app.window.views.unlock import PRODUCT

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QMenu

    from app.window.viewmodels.accounts import AccountList
    from app.window.views.account_pages import AccountPages
    from app.window.views.first_run import FirstRunPage
    from app.window.views.kit_page import KitPage
    from app.window.views.mail import MailPage
    from app.window.views.registration import RegistrationPage
    from app.window.views.second_factor import SecondFactorPage
    from app.window.views.unlock import TroublePage, UnlockPage

MINIMUM: Final = (640, 480)
INITIAL: Final = (1280, 800)


class MainWindow(QMainWindow):
    """Holds the pages of every account that was opened; what one calls its parts are those of the account shown.

    Signals:
        language_chosen(Language): from the menu.
        appearance_chosen(Appearance): from the menu.
        text_scale_chosen(float): from the menu.
        leaving(): the window closes for good.
        settings_asked(): from the menu.
    """

    language_chosen = Signal(object)
    appearance_chosen = Signal(object)
    text_scale_chosen = Signal(float)
    leaving = Signal()
    settings_asked = Signal()

    def __init__(self, accounts: AccountList) -> None:
        super().__init__()
        self._accounts = accounts
        self._may_close = False
        self._may_leave_waiting = False
        self._of_number: dict[int, AccountPages] = {}
        self._unkept: list[AccountPages] = []
        self.setMinimumSize(*MINIMUM)
        resize_within(self, *INITIAL)
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self._ways = self._make_ways()
        accounts.changed.connect(self._show_state)
        self._show_state()

    # One account after the other

    def add(self, pages: AccountPages) -> None:
        """Take the pages of an account; the first ones are shown."""
        self._of_number[pages.mailbox.own.number] = pages
        self._stack.addWidget(pages)
        pages.offer(self._ways.values())
        pages.language_chosen.connect(self.language_chosen)
        pages.appearance_chosen.connect(self.appearance_chosen)
        pages.text_scale_chosen.connect(self.text_scale_chosen)
        pages.settings_asked.connect(self.settings_asked)
        pages.lock_asked.connect(self.lock)
        pages.quit_asked.connect(self.close)

    def turn_to(self, number: int) -> None:
        """Show another account; the one before it stays as it is, out of sight."""
        pages = self._of_number[number]
        if pages is not self.shown:
            self.shown.put_by()
            self._stack.setCurrentWidget(pages)
            pages.take_up()

    def drop(self, number: int) -> None:
        """Forget the pages of an account that has left the window."""
        pages = self._of_number.pop(number)
        pages.forget_secrets()
        self._stack.removeWidget(pages)
        pages.hide()
        pages.deleteLater()

    def has(self, number: int) -> bool:
        """Whether the pages of an account are here."""
        return number in self._of_number

    def pages_of(self, number: int) -> AccountPages:
        """Return the pages of an account that was opened."""
        return self._of_number[number]

    @property
    def shown(self) -> AccountPages:
        """The pages that are shown."""
        pages: AccountPages = self._stack.currentWidget()  # type: ignore[assignment]
        return pages

    @property
    def pages(self) -> QStackedWidget:
        """The pages of the account shown."""
        return self.shown.pages

    @property
    def menu(self) -> QMenu:
        """The menu of the account shown."""
        return self.shown.menu

    @property
    def mail(self) -> MailPage:
        """The mail of the account shown."""
        return self.shown.mail

    @property
    def unlock(self) -> UnlockPage:
        """The unlock page of the account shown."""
        return self.shown.unlock

    @property
    def first_run(self) -> FirstRunPage:
        """The first run of the account shown."""
        return self.shown.first_run

    @property
    def registration(self) -> RegistrationPage:
        """The registration of the account shown."""
        return self.shown.first_run.registration

    @property
    def second_factor(self) -> SecondFactorPage:
        """The second factor of the account shown."""
        return self.shown.second_factor

    @property
    def kit(self) -> KitPage:
        """The kit of the account shown."""
        return self.shown.kit

    @property
    def trouble(self) -> TroublePage:
        """What is wrong with the account shown."""
        return self.shown.trouble

    def show_help(self) -> None:
        """Show the help beside what is there, or bring it to the front."""
        self.shown.show_help()

    def _make_ways(self) -> dict[Shortcut, QAction]:
        accounts, names = self._accounts, ShortcutNames()
        ways: dict[Shortcut, Callable[[], None]] = {
            Shortcut.NEXT_ACCOUNT: lambda: accounts.turn_by(1),
            Shortcut.PREVIOUS_ACCOUNT: lambda: accounts.turn_by(-1),
        }
        for number in range(FIRST, MOST + 1):
            ways[account_key(number)] = partial(accounts.turn_to, number)
        made = {}
        for shortcut, go in ways.items():
            action = QAction(names.name(shortcut), self)
            action.setShortcut(keys(shortcut))
            action.triggered.connect(lambda _=False, go=go: go())
            # A key works only for an action that a widget has.
            self.addAction(action)
            action.setShortcutVisibleInContextMenu(True)
            made[shortcut] = action
        return made

    def _show_state(self) -> None:
        """Say in the title how much is unread in all accounts that are open, and which one is shown."""
        accounts = self._accounts
        rows = {account_key(row.number): row for row in accounts.rows}
        for shortcut, action in self._ways.items():
            is_step = shortcut in {Shortcut.NEXT_ACCOUNT, Shortcut.PREVIOUS_ACCOUNT}
            action.setVisible(accounts.is_several and (is_step or shortcut in rows))
            if shortcut in rows:
                action.setText(rows[shortcut].name.replace("&", "&&"))
        title = PRODUCT
        if accounts.is_several:
            title = f"{accounts.row(accounts.shown).name} – {PRODUCT}"
        self.setWindowTitle(f"({accounts.unread}) {title}" if accounts.unread else title)

    # Locking and closing

    def lock(self, reason: LockReason = LockReason.ASKED) -> None:
        """Lock every account. Letters that are being written, and codes that are not on paper, are kept."""
        for pages in self._of_number.values():
            pages.mailbox.lock(reason)

    def retire(self) -> None:
        """Go away because another window has taken this one's place."""
        self._may_close = True
        self.forget_secrets()
        self.hide()
        self.deleteLater()

    def forget_secrets(self) -> None:
        """Keep nothing that is shown once, neither in this window nor on the clipboard."""
        for pages in self._of_number.values():
            pages.forget_secrets()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, once the letters of all accounts are kept and nobody thinks that the sent ones have left."""
        waiting = sum(_waiting(pages) for pages in self._of_number.values())
        if waiting and not (self._may_close or self._may_leave_waiting):
            event.ignore()
            self._ask(
                self.tr("%n letter(s) have not left yet.", "", waiting),
                self.tr("They leave when this mailbox is next unlocked on this computer."),
                (self.tr("Quit all the same"), self.tr("Stay open")),
                self._leave_waiting,
            )
            return
        self._unkept = [pages for pages in self._of_number.values() if _is_writing(pages)]
        if self._may_close or not self._unkept:
            # What was copied for a minute does not outlive the window.
            self.forget_secrets()
            self.leaving.emit()
            event.accept()
            return
        event.ignore()
        self._keep_next()

    def _leave_waiting(self) -> None:
        self._may_leave_waiting = True
        self.close()

    def _keep_next(self) -> None:
        if not self._unkept:
            self._may_close = True
            self.close()
            return
        pages = self._unkept.pop()
        pages.mailbox.composer.keep(self._keep_next, lambda: self._ask_about_letter(pages))

    def _ask_about_letter(self, pages: AccountPages) -> None:
        self._accounts.turn_to(pages.mailbox.own.number)
        keep = self._ask(
            self.tr("A letter is not sent yet."),
            self.tr("It cannot be kept on this computer: send it first, or lose it."),
            (self.tr("Quit and throw the letter away"), self.tr("Go back to the letter")),
            self._keep_next,
        )
        keep.clicked.connect(pages.mail.go_on_writing)

    def _ask(
        self, what: str, why: str, choices: tuple[str, str], action: Callable[[], None]
    ) -> QPushButton:
        """Ask before something is lost; return the button that keeps it."""
        dialog = QMessageBox(self)
        dialog.setTextFormat(Qt.TextFormat.PlainText)
        dialog.setWindowTitle(PRODUCT)
        dialog.setText(what)
        dialog.setInformativeText(why)
        throw = dialog.addButton(choices[0], QMessageBox.ButtonRole.DestructiveRole)
        keep = dialog.addButton(choices[1], QMessageBox.ButtonRole.RejectRole)
        dialog.setDefaultButton(keep)
        dialog.setEscapeButton(keep)
        throw.clicked.connect(action)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return keep


def _waiting(pages: AccountPages) -> int:
    """How many letters have still to leave."""
    status = pages.mailbox.standing.status
    return status.outbox_count if pages.mailbox.session.is_open and status is not None else 0


def _is_writing(pages: AccountPages) -> bool:
    return pages.mailbox.session.is_open and pages.mailbox.composer.is_unkept
