# SPDX-License-Identifier: AGPL-3.0-or-later
"""The window: the page that is due, the menu, and the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QDialog,
    QMainWindow,
    QMenu,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from app.window.i18n.catalogues import Language
from app.window.shortcuts import Shortcut, ShortcutNames, keys
from app.window.theme.theme import Appearance
from app.window.theme.typography import SCALES
from app.window.viewmodels.session import LockReason, Screen
from app.window.views.first_run import FirstRunPage
from app.window.views.help import HelpWindow
from app.window.views.kit_page import KitPage
from app.window.views.mail import MailPage
from app.window.views.second_factor import SecondFactorPage
from app.window.views.unlock import PRODUCT, TroublePage, UnlockPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.first_run import Notes
    from app.window.viewmodels.mailbox import Mailbox

Choice = TypeVar("Choice")
_PAGES: Final = (UnlockPage, FirstRunPage, SecondFactorPage, KitPage, TroublePage, MailPage)
MINIMUM: Final = (640, 480)
INITIAL: Final = (1280, 800)


class MainWindow(QMainWindow):
    """One language and one set of view models; a change of language makes another window.

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

    def __init__(
        self, mailbox: Mailbox, around: Surroundings, language: Language, notes: Notes
    ) -> None:
        super().__init__()
        self._mailbox = mailbox
        self._around = around
        self._may_close = False
        self._names = ShortcutNames()
        self.setWindowTitle(PRODUCT)
        self.setMinimumSize(*MINIMUM)
        self.resize(*INITIAL)
        self.menu = QMenu(self)
        self.menu.setAccessibleName(self.tr("Menu"))
        self.unlock = UnlockPage(mailbox.session, mailbox.passphrase_change, around, self.menu)
        self.first_run = FirstRunPage(mailbox, around, self.menu, notes)
        self.registration = self.first_run.registration
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
            self.first_run,
            self.second_factor,
            self.kit,
            self.trouble,
            self.mail,
        ):
            self.pages.addWidget(page)
        self.setCentralWidget(self.pages)
        self._make_actions(language)
        self._mailbox.session.screen_changed.connect(self._show_screen)
        self._mailbox.session.closed.connect(self._forget)
        # A window made anew shows what the one before it showed: its maker says what that was.
        self._show_page(mailbox.session.screen)

    def lock(self) -> None:
        """Lock. A letter that is being written, and codes that are not on paper, are kept and come back."""
        self._mailbox.lock(LockReason.ASKED)

    def show_help(self) -> None:
        """Show the help beside what is there, or bring it to the front."""
        assistance = self.findChild(HelpWindow) or HelpWindow(self._around, self)
        assistance.show()
        assistance.activateWindow()

    def retire(self) -> None:
        """Go away because another window has taken this one's place."""
        self._may_close = True
        self.forget_secrets()
        self.hide()
        self.deleteLater()

    def forget_secrets(self) -> None:
        """Keep nothing that is shown once, neither in this window nor on the clipboard."""
        self.second_factor.forget()
        self.kit.forget()
        self.first_run.forget()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, once the letter is kept."""
        if self._may_close or not self._is_writing():
            # What was copied for a minute does not outlive the window.
            self.forget_secrets()
            self.leaving.emit()
            event.accept()
            return
        event.ignore()
        self._mailbox.composer.keep(self._close_for_good, self._ask_about_letter)

    def _close_for_good(self) -> None:
        self._may_close = True
        self.close()

    def _is_writing(self) -> bool:
        return self._mailbox.session.is_open and self._mailbox.composer.to_keep() is not None

    def _ask_about_letter(self) -> None:
        keep = self._ask(
            self.tr("A letter is not sent yet."),
            self.tr("It cannot be kept on this computer: send it first, or lose it."),
            (self.tr("Quit and throw the letter away"), self.tr("Go back to the letter")),
            self._close_for_good,
        )
        keep.clicked.connect(self.mail.go_on_writing)

    def _ask(
        self, what: str, why: str, choices: tuple[str, str], action: Callable[[], None]
    ) -> QPushButton:
        """Ask before something is lost; return the button that keeps it."""
        dialog = QMessageBox(self)
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

    def _forget(self) -> None:
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
        page = {
            Screen.STARTING: self._starting,
            Screen.UNLOCK: self.unlock,
            Screen.REGISTER: self.first_run,
            Screen.LINKED: self.first_run,
            Screen.SECOND_FACTOR: self.second_factor,
            Screen.KIT: self.kit,
            Screen.MAIL: self.mail,
            Screen.DAMAGED: self.trouble,
            Screen.NEWER: self.trouble,
            Screen.STOPPED: self.trouble,
        }[screen]
        self.pages.setCurrentWidget(page)
        for action in self._mail_actions:
            action.setEnabled(screen is Screen.MAIL)
        self._lock_action.setEnabled(self._mailbox.session.is_open)
        return page

    def _make_actions(self, language: Language) -> None:
        write = self._keyed(Shortcut.WRITE, self.mail.write)
        lock = self._keyed(Shortcut.LOCK, self.lock)
        back = self._keyed(Shortcut.BACK, self.mail.step_back)
        facts = self._action(self.tr("Connection…"), self.mail.show_connection)
        sessions = self._action(self.tr("Open sessions…"), self.mail.show_sessions)
        settings = self._keyed(Shortcut.SETTINGS, self.settings_asked.emit)
        assistance = self._keyed(Shortcut.HELP, self.show_help)
        leave = self._keyed(Shortcut.QUIT, self.close)
        letter = self._letter_menu()
        places = self._places_menu()
        self._mail_actions = (
            *(write, back, facts, sessions),
            *(letter.menuAction(), places.menuAction()),
        )
        self._lock_action = lock
        for action in (write, back, self.mail.undo):
            self.menu.addAction(action)
        self.menu.addMenu(letter)
        self.menu.addMenu(places)
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
        self.menu.addAction(leave)

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
