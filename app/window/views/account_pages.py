# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the window shows of one account: the page that is due, the menu, and the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QDialog, QMenu, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.window.i18n.catalogues import Language
from app.window.shortcuts import Shortcut, ShortcutNames, keys
from app.window.theme.theme import Appearance
from app.window.theme.typography import SCALES
from app.window.viewmodels.session import LockReason, Screen
from app.window.views.account_switch import AccountSwitch
from app.window.views.first_run import FirstRunPage
from app.window.views.help import HelpWindow
from app.window.views.kit_page import KitPage
from app.window.views.mail import MailPage
from app.window.views.second_factor import SecondFactorPage
from app.window.views.unlock import TroublePage, UnlockPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.first_run import Notes
    from app.window.viewmodels.mailbox import Mailbox

Choice = TypeVar("Choice")
_PAGES: Final = (UnlockPage, FirstRunPage, SecondFactorPage, KitPage, TroublePage, MailPage)


class AccountPages(QWidget):
    """One account in one language; stays as it is while another account is shown.

    Signals:
        language_chosen(Language): from the menu.
        appearance_chosen(Appearance): from the menu.
        text_scale_chosen(float): from the menu.
        settings_asked(): from the menu.
        lock_asked(): everything is to be locked, the other accounts too.
        quit_asked(): the program is to end.
    """

    language_chosen = Signal(object)
    appearance_chosen = Signal(object)
    text_scale_chosen = Signal(float)
    settings_asked = Signal()
    lock_asked = Signal()
    quit_asked = Signal()

    def __init__(
        self, mailbox: Mailbox, around: Surroundings, language: Language, notes: Notes
    ) -> None:
        super().__init__()
        self.mailbox = mailbox
        self._around = around
        self._own = mailbox.own
        self._names = ShortcutNames()
        self._put_by: list[tuple[QDialog, bool]] = []
        """Windows of this account that are hidden while another one is shown, and whether they stood before it."""
        self.menu = QMenu(self)
        self.menu.setAccessibleName(self.tr("Menu"))
        self.unlock = UnlockPage(mailbox, around, self.menu)
        self._notes = notes
        self._first_run: FirstRunPage | None = None
        self.kit = KitPage(mailbox.paper_kit, around, self.menu)
        self.trouble = TroublePage(mailbox.session, around, self.menu)
        self.mail = MailPage(mailbox, around, self.menu)
        self.second_factor = SecondFactorPage(
            mailbox.second_factor, mailbox.session, mailbox.standing, around, self.menu
        )
        self._starting = QWidget()
        self.pages = QStackedWidget()
        for page in (
            self._starting,
            self.unlock,
            self.second_factor,
            self.kit,
            self.trouble,
            self.mail,
        ):
            self.pages.addWidget(page)
        # The mail has the accounts in its navigation.
        self.switch = AccountSwitch(self._own.all, around, is_line=True)
        self._strip = QWidget()
        self._strip.setProperty("ground", "panel")
        self._strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip = QVBoxLayout(self._strip)
        strip.setContentsMargins(0, 0, 0, 0)
        strip.addWidget(self.switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._strip)
        column.addWidget(self.pages, 1)
        self._make_actions(language)
        mailbox.session.screen_changed.connect(self._show_screen)
        mailbox.session.closed.connect(self._forget)
        self._own.changed.connect(self._name_locks)
        # Pages made anew show what those before them showed: their maker says what that was.
        self._show_page(mailbox.session.screen)

    @property
    def first_run(self) -> FirstRunPage:
        """The first run; made when it is wanted, which for most accounts is never."""
        if self._first_run is None:
            self._first_run = FirstRunPage(self.mailbox, self._around, self.menu, self._notes)
            self.pages.addWidget(self._first_run)
        return self._first_run

    def put_by(self) -> None:
        """Make way for another account: no window of this one stays on the screen, nor a passphrase half typed."""
        if not self.mailbox.session.is_busy:
            self.unlock.field.forget()
        self._put_by = [
            (dialog, dialog.isModal())
            for dialog in self.findChildren(QDialog)
            if dialog.isVisible()
        ]
        for dialog, _ in self._put_by:
            dialog.hide()

    def offer(self, ways: Iterable[QAction]) -> None:
        """Have the ways to the other accounts in the menu."""
        for way in ways:
            self._accounts_menu.addAction(way)

    def take_up(self) -> None:
        """Show the windows again that were put by."""
        for dialog, was_modal in self._put_by:
            if isValid(dialog):
                dialog.open() if was_modal else dialog.show()
        self._put_by = []

    def show_help(self) -> None:
        """Show the help beside what is there, or bring it to the front."""
        assistance = self.findChild(HelpWindow) or HelpWindow(self._around, self, self._own.all)
        assistance.show()
        assistance.activateWindow()

    def forget_secrets(self) -> None:
        """Keep nothing that is shown once, neither in this window nor on the clipboard."""
        self.second_factor.forget()
        self.kit.forget()
        if self._first_run is not None:
            self._first_run.forget()

    def _forget(self) -> None:
        for dialog, _ in self._put_by:
            if isValid(dialog):
                # Closing what is hidden would not tell it to forget.
                dialog.reject()
        self._put_by = []
        self.mail.forget()
        self.forget_secrets()
        for dialog in self.findChildren(QDialog):
            dialog.close()

    def _show_screen(self, screen: Screen) -> None:
        page = self._show_page(screen)
        if screen in {Screen.SECOND_FACTOR, Screen.KIT}:
            # What led to the page, such as the settings, is done.
            for dialog in self.findChildren(QDialog):
                dialog.close()
        if isinstance(page, _PAGES):
            page.appear()

    def _show_page(self, screen: Screen) -> QWidget:
        pages: dict[Screen, QWidget] = {
            Screen.STARTING: self._starting,
            Screen.UNLOCK: self.unlock,
            Screen.SECOND_FACTOR: self.second_factor,
            Screen.KIT: self.kit,
            Screen.MAIL: self.mail,
            Screen.DAMAGED: self.trouble,
            Screen.NEWER: self.trouble,
            Screen.STOPPED: self.trouble,
        }
        page = pages.get(screen) or self.first_run
        self.pages.setCurrentWidget(page)
        self._strip.setVisible(screen is not Screen.MAIL)
        for action in self._mail_actions:
            action.setEnabled(screen is Screen.MAIL)
        self._name_locks()
        return page

    def _make_actions(self, language: Language) -> None:
        write = self._keyed(Shortcut.WRITE, self.mail.write)
        lock = self._keyed(Shortcut.LOCK, self.lock_asked.emit)
        back = self._keyed(Shortcut.BACK, self.mail.step_back)
        facts = self._action(self.tr("Connection…"), self.mail.show_connection)
        sessions = self._action(self.tr("Open sessions…"), self.mail.show_sessions)
        settings = self._keyed(Shortcut.SETTINGS, self.settings_asked.emit)
        assistance = self._keyed(Shortcut.HELP, self.show_help)
        leave = self._keyed(Shortcut.QUIT, self.quit_asked.emit)
        letter = self._letter_menu()
        self._accounts_menu = QMenu(self.tr("Accounts"), self)
        self._accounts_menu.setAccessibleName(self._accounts_menu.title())
        places = self._places_menu()
        self._mail_actions = (
            *(write, back, facts, sessions),
            *(letter.menuAction(), places.menuAction()),
        )
        self._lock_action = lock
        self._lock_own = self._action(
            self.tr("Lock this account only"), lambda: self.mailbox.lock(LockReason.ASKED)
        )
        for action in (write, back, self.mail.undo):
            self.menu.addAction(action)
        self.menu.addMenu(letter)
        self.menu.addMenu(places)
        self.menu.addMenu(self._accounts_menu)
        self.menu.addSeparator()
        self.menu.addMenu(self._language_menu(language))
        self.menu.addMenu(self._appearance_menu())
        self.menu.addMenu(self._size_menu())
        self.menu.addAction(settings)
        self.menu.addAction(facts)
        self.menu.addAction(sessions)
        self.menu.addSeparator()
        self.menu.addAction(assistance)
        self.menu.addAction(lock)
        self.menu.addAction(self._lock_own)
        self.menu.addAction(leave)

    def _name_locks(self) -> None:
        """With several accounts, the one key locks all of them, also from an account that is locked."""
        accounts, is_open = self._own.all, self.mailbox.session.is_open
        is_several = accounts.is_several
        self._lock_action.setText(
            self.tr("Lock all accounts") if is_several else self._names.name(Shortcut.LOCK)
        )
        self._lock_action.setEnabled(is_open or accounts.is_any_open)
        self._lock_own.setVisible(is_several)
        self._accounts_menu.menuAction().setVisible(is_several)
        self._lock_own.setEnabled(is_open)

    def _letter_menu(self) -> QMenu:
        """Return what can be done with the letter that is open, or with those chosen."""
        menu = QMenu(self.tr("Letter"), self)
        menu.setAccessibleName(menu.title())
        menu.aboutToShow.connect(lambda: self.mail.actions_of_letters.fill(menu))
        return menu

    def _places_menu(self) -> QMenu:
        menu = QMenu(self.tr("Go to"), self)
        menu.setAccessibleName(menu.title())
        for action in self.mail.place_actions:
            menu.addAction(action)
        return menu

    def _keyed(self, shortcut: Shortcut, slot: Callable[[], object]) -> QAction:
        action = self._action(self._names.name(shortcut), slot)
        action.setShortcut(keys(shortcut))
        action.setShortcutVisibleInContextMenu(True)
        return action

    def _action(self, text: str, slot: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda _=False: slot())
        # A key works only for an action that a widget has.
        self.addAction(action)
        return action

    def _language_menu(self, chosen: Language) -> QMenu:
        menu = QMenu(self.tr("Language"), self)
        # Each language names itself, for who does not read the other one.
        names = {
            Language.SYSTEM: self.tr("As the system"),
            Language.FRENCH: "Français",
            Language.ENGLISH: "English",
        }
        self._choices(menu, names, chosen, self.language_chosen.emit)
        return menu

    def _appearance_menu(self) -> QMenu:
        menu = QMenu(self.tr("Appearance"), self)
        names = {
            Appearance.SYSTEM: self.tr("As the system"),
            Appearance.LIGHT: self.tr("Light"),
            Appearance.DARK: self.tr("Dark"),
        }
        self._choices(menu, names, self._around.theme.appearance, self.appearance_chosen.emit)
        return menu

    def _size_menu(self) -> QMenu:
        menu = QMenu(self.tr("Size of text"), self)
        names = {scale: self.tr("{n} %").format(n=round(scale * 100)) for scale in SCALES}
        self._choices(menu, names, self._around.theme.text_scale, self.text_scale_chosen.emit)
        return menu

    def _choices(
        self,
        menu: QMenu,
        names: dict[Choice, str],
        chosen: Choice,
        choose: Callable[[Choice], None],
    ) -> None:
        group = QActionGroup(menu)
        for choice, name in names.items():
            action = QAction(name, menu)
            action.setCheckable(True)
            action.setChecked(choice == chosen)
            action.triggered.connect(lambda _=False, choice=choice: choose(choice))
            group.addAction(action)
            menu.addAction(action)
