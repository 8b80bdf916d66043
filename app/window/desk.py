# SPDX-License-Identifier: AGPL-3.0-or-later
"""All accounts of one window, and the window in front of them; makes the window anew when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMessageBox

from app.interface.pipe import EngineProcess
from app.interface.secret import Secret
from app.paths import ProfileFolderError
from app.profiles import FIRST
from app.window.account import Account, claim_of
from app.window.codes import Codes
from app.window.i18n.catalogues import Catalogues
from app.window.presence.clipboard import OwnClipboard
from app.window.presence.desktop import Desktop
from app.window.presence.idleness import Idleness, SystemStopwatch
from app.window.presence.memory import give_back
from app.window.presence.notices import Announcer
from app.window.surroundings import Surroundings, surroundings
from app.window.theme.theme import Theme
from app.window.viewmodels.accounts import AccountList
from app.window.viewmodels.composer import SAVE_MILLISECONDS
from app.window.viewmodels.conversations import REFRESH_MILLISECONDS
from app.window.viewmodels.reading import DWELL_MILLISECONDS
from app.window.viewmodels.session import LockReason, Screen
from app.window.views.absence import AbsenceSection
from app.window.views.account_pages import AccountPages
from app.window.views.accounts import AccountsSection
from app.window.views.computers import ComputersSection
from app.window.views.display import DisplaySection, NoticeSection
from app.window.views.importing import ImportSection
from app.window.views.main_window import MainWindow
from app.window.views.recovery import RecoverySection
from app.window.views.settings import Section, SettingsDialog
from app.window.views.unlock import PRODUCT
from crypto_core.wire.journal import JournalledSetting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from app.interface.connection import EngineConnection
    from app.window.bridge import Bridge, Connect
    from app.window.i18n.catalogues import Language
    from app.window.i18n.formats import Clock
    from app.window.preferences import Notices, Preferences
    from app.window.presence.idleness import Stopwatch
    from app.window.theme.theme import Appearance, Contrast
    from app.window.viewmodels.mailbox import Mailbox


class Desk(QObject):
    """Everything that belongs to one window: what its accounts share, and the accounts, each with an engine of its own.

    An account begins when it is shown for the first time; no engine runs for one that nobody has looked at.
    """

    def __init__(
        self,
        application: QApplication,
        preferences: Preferences,
        connect: Connect,
        clock: Clock,
        *,
        dwell_milliseconds: int = DWELL_MILLISECONDS,
        refresh_milliseconds: int = REFRESH_MILLISECONDS,
        save_milliseconds: int = SAVE_MILLISECONDS,
        stopwatch: Stopwatch | None = None,
        desktop: Desktop | None = None,
        announcer: Announcer | None = None,
        connect_other: Callable[[Path], EngineConnection] = EngineProcess,
    ) -> None:
        """Show the accounts of a profile; `connect` starts the engine of its first, `connect_other` those of the others."""
        super().__init__()
        self._connect = connect
        self._connect_other = connect_other
        self._paces = {
            "dwell_milliseconds": dwell_milliseconds,
            "refresh_milliseconds": refresh_milliseconds,
            "save_milliseconds": save_milliseconds,
        }
        self._application = application
        self._preferences = preferences
        self._clock = clock
        self.theme = Theme(
            application,
            appearance=preferences.appearance,
            text_scale=preferences.text_scale,
            contrast=preferences.contrast,
        )
        self.catalogues = Catalogues(application, preferences.language)
        self._codes = Codes(lambda: self.bridge)
        self._around = self._surroundings()
        self.accounts = AccountList(preferences.folder, self)
        self.accounts.turn_asked.connect(self._turn)
        self.accounts.removal_asked.connect(self._remove)
        self._opened: dict[int, Account] = {}
        # A part of a letter on the clipboard is a part of the mailbox.
        self.clipboard = OwnClipboard(self)
        self.idleness = Idleness(
            application, stopwatch or SystemStopwatch(), preferences.idle_minutes, self
        )
        self.accounts.show(self._open_first())
        self.window = self._make_window()
        self.window.restoreGeometry(preferences.geometry)
        self.idleness.over.connect(self._lock_idle)
        self.idleness.touched.connect(self.mailbox.reading.notice_presence)
        self.desktop = desktop or Desktop()
        self._is_falling_asleep = False
        self.desktop.sleeping.connect(self._fall_asleep)
        self.desktop.left.connect(self._lock_left)
        self.announcer = announcer or Announcer()
        self._announced: int | None = None
        """The account of the last notice; pressing the notice leads there."""
        self.announcer.pressed.connect(self._come_forward)
        self.accounts.changed.connect(self._count_unread)

    # The accounts

    @property
    def mailbox(self) -> Mailbox:
        """The view models of the account shown."""
        return self._opened[self.accounts.shown].mailbox

    @property
    def bridge(self) -> Bridge:
        """The bridge of the account shown."""
        return self._opened[self.accounts.shown].bridge

    def _open_first(self) -> int:
        """Begin with the account shown last, or with the next one that no other window has; return its number."""
        numbers = [row.number for row in self.accounts.rows]
        if self._preferences.account in numbers:
            numbers.insert(0, self._preferences.account)
        # The first account is the window's own: no other window can have it.
        return next(number for number in (*numbers, FIRST) if self._open(number) is not None)

    def _open(self, number: int) -> Account | None:
        """Begin with an account; None if another window has it, or its folder cannot be used."""
        row = self.accounts.row(number)
        claim = None
        if number != FIRST:
            # The first one's lock is the window's own, taken before there was a window.
            try:
                claim = claim_of(row)
            except ProfileFolderError:
                return None
            if claim is None:
                return None
        account = Account(
            self.accounts,
            number,
            self._connect if number == FIRST else lambda: self._connect_other(row.folder),
            self._around,
            **self._paces,
        )
        account.setParent(self)
        if claim is not None:
            account.claim(claim)
        self._opened[number] = account
        account.arrived.connect(lambda count, sender: self._announce(number, count, sender))
        account.closed.connect(self.clipboard.clear)
        account.mailbox.session.opened.connect(self.idleness.touch)
        account.ended.connect(give_back)
        account.ended.connect(self._let_sleep)
        return account

    def _turn(self, number: int) -> None:
        """Show another account."""
        account = self._opened.get(number) or self._open(number)
        if account is None:
            self._say_elsewhere(number)
            return
        is_new = not self.window.has(number)
        if is_new:
            self.window.add(self._make_pages(account))
        self.window.turn_to(number)
        self.accounts.show(number)
        self._preferences.account = number
        self._announced = None
        if is_new:
            account.mailbox.session.start()

    def _say_elsewhere(self, number: int) -> None:
        dialog = QMessageBox(self.window)
        dialog.setTextFormat(Qt.TextFormat.PlainText)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(PRODUCT)
        dialog.setText(
            self.tr("“{name}” cannot be opened here.").format(name=self.accounts.row(number).name)
        )
        dialog.setInformativeText(
            self.tr(
                "Another window of this program has it. Go on working there, or close it first."
            )
        )
        dialog.open()

    def _remove(self, number: int) -> None:
        """Let an account leave the window: locked, its letter kept, nothing deleted."""
        account = self._opened.get(number)
        if number == self.accounts.shown:
            self.accounts.turn_by(1)
            if number == self.accounts.shown:
                return
        if account is not None:
            account.mailbox.lock(LockReason.ASKED)
        self.accounts.take_off_list(number)
        if account is not None:
            self._let_go(account)

    def _let_go(self, account: Account) -> None:
        """Drop an account that has left the list, once its engine has kept what it had to keep."""
        if account.bridge.is_ending:
            account.ended.connect(lambda: self._let_go(account), Qt.ConnectionType.QueuedConnection)
        elif self._opened.get(account.number) is account and not self.accounts.has(account.number):
            del self._opened[account.number]
            self.window.drop(account.number)
            account.leave()
            account.deleteLater()

    # What all of them share

    def lock(self, reason: LockReason) -> None:
        """Lock without asking; nothing happens while it is locked."""
        self.window.lock(reason)

    def _lock_idle(self) -> None:
        self.lock(LockReason.IDLE)

    def _lock_left(self) -> None:
        self.lock(LockReason.LEFT)

    def _count_unread(self) -> None:
        self._application.setBadgeNumber(self.accounts.unread)

    def _announce(self, number: int, count: int, sender: str) -> None:
        """Say on the desktop that letters came; who is looking at the window sees them, or the number beside it."""
        notices = self._preferences.notices
        if self.window.isActiveWindow() or notices.is_quiet(self._clock.now()):
            return
        if sender and notices.names_sender:
            text = self.tr("Letter from {name}").format(name=sender)
        else:
            text = self.tr("%n letter(s) arrived", "", count)
        self._announced = number
        name = self.accounts.row(number).name
        self.announcer.announce(
            f"{name} – {PRODUCT}" if self.accounts.is_several else PRODUCT, text
        )

    def _come_forward(self) -> None:
        """Come to the front, with the account that the notice was about."""
        number, self._announced = self._announced, None
        if number is not None:
            self.accounts.turn_to(number)
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.raise_()
        self.window.activateWindow()

    def _fall_asleep(self) -> None:
        self._is_falling_asleep = True
        self.lock(LockReason.ASLEEP)
        self._let_sleep()

    def _let_sleep(self) -> None:
        """Let the computer sleep, once no engine is left that has opened anything."""
        is_ending = any(account.bridge.is_ending for account in self._opened.values())
        if self._is_falling_asleep and not is_ending:
            self._is_falling_asleep = False
            self.desktop.may_sleep()

    def start(self) -> None:
        """Show the window and ask the engine what is there."""
        self.window.show()
        self.mailbox.session.start()

    def unlock_with(self, passphrase: str) -> None:
        """Unlock once, as soon as the unlock page is due, instead of asking a person."""
        session = self.mailbox.session

        def answer(screen: Screen) -> None:
            if screen is Screen.UNLOCK:
                session.screen_changed.disconnect(answer)
                session.unlock(Secret.of(passphrase))

        session.screen_changed.connect(answer)

    def stop(self) -> None:
        """End the engine; the window may be dropped afterwards."""
        # Also because Qt does not survive a program that ends while its own object is on the clipboard.
        self.idleness.stop()
        self.clipboard.clear()
        self.desktop.stop()
        self.announcer.stop()
        self.window.forget_secrets()
        for account in self._opened.values():
            account.leave()
        self.catalogues.remove()

    def show_as(
        self,
        *,
        language: Language | None = None,
        appearance: Appearance | None = None,
        text_scale: float | None = None,
        contrast: Contrast | None = None,
    ) -> None:
        """Change language, colours or size of text on screen, without remembering it."""
        if text_scale is None and language is None:
            self.theme.choose(appearance=appearance, contrast=contrast)
            return
        self.theme.lay_aside()
        self.theme.choose(appearance=appearance, text_scale=text_scale, contrast=contrast)
        if language is not None:
            self.catalogues.choose(language)
        self._around = self._surroundings()
        for account in self._opened.values():
            account.mailbox.speak_in(self._around)
        self._replace_window()

    def _surroundings(self) -> Surroundings:
        return surroundings(self.theme, self.catalogues.locale, self._clock, self._codes)

    def _replace_window(self) -> None:
        """Put a new window in the place of the old one, with what is open and written.

        The old one is gone before the new one is styled, and the settings, where the choice was made, come back last.
        """
        old = self.window
        settings = old.shown.findChild(SettingsDialog)
        section = None if settings is None else settings.section
        self.window = self._make_window()
        self.window.setGeometry(old.geometry())
        for number, account in self._opened.items():
            before, after = old.pages_of(number).mail, self.window.pages_of(number).mail
            after.restore_splitter(before.splitter_state())
            after.take_over(before)
            if account.mailbox.session.screen is Screen.MAIL:
                is_writing = before.content.currentWidget() is before.composer
                after.resume(before.destination, is_writing=is_writing)
        self.window.setWindowState(old.windowState())
        is_shown = old.isVisible()
        old.leaving.disconnect()
        old.retire()

        def dress() -> None:
            self.theme.put_on()
            QTimer.singleShot(0, self, show)

        def show() -> None:
            if is_shown:
                self.window.show()
            if section is not None:
                # Perhaps another choice is to follow.
                QTimer.singleShot(0, self, lambda: self._open_settings().turn_to(section))

        QTimer.singleShot(0, self, dress)

    def _make_window(self) -> MainWindow:
        with self.theme.laid_aside():
            window = MainWindow(self.accounts)
            for account in self._opened.values():
                window.add(self._make_pages(account))
        window.turn_to(self.accounts.shown)
        window.language_chosen.connect(self._choose_language)
        window.appearance_chosen.connect(self._choose_appearance)
        window.text_scale_chosen.connect(self._choose_text_scale)
        window.leaving.connect(self._leave)
        window.settings_asked.connect(self._show_settings)
        return window

    def _make_pages(self, account: Account) -> AccountPages:
        pages = AccountPages(
            account.mailbox, self._around, self.catalogues.chosen, account.first_run
        )
        pages.mail.restore_splitter(self._preferences.splitter)
        pages.mail.recovery_asked.connect(self._show_recovery)
        pages.mail.computers_asked.connect(self._show_computers)
        pages.mail.absence_asked.connect(self._show_absence)
        pages.mail.import_asked.connect(self._show_import)
        return pages

    def _choose_language(self, language: Language) -> None:
        self._preferences.language = language
        self._show_soon(language=language)

    def _choose_appearance(self, appearance: Appearance) -> None:
        self._preferences.appearance = appearance
        self.show_as(appearance=appearance)

    def _choose_text_scale(self, scale: float) -> None:
        self._preferences.text_scale = scale
        self._show_soon(text_scale=scale)

    def _show_soon(
        self, *, language: Language | None = None, text_scale: float | None = None
    ) -> None:
        """Change it in a few turns, each of them a moment in which nothing else is answered."""
        # What is on the screen stays there meanwhile, as it is.
        self.window.setUpdatesEnabled(False)
        self.theme.lay_aside()

        def change() -> None:
            self.show_as(language=language, text_scale=text_scale)
            self.theme.put_on()

        QTimer.singleShot(0, self, change)

    def _choose_contrast(self, contrast: Contrast) -> None:
        self._preferences.contrast = contrast
        self.show_as(contrast=contrast)

    def _choose_notices(self, notices: Notices) -> None:
        self._preferences.notices = notices
        self.mailbox.journal.note_setting(JournalledSetting.NOTICES)

    def _show_recovery(self) -> None:
        self._open_settings().show_page_of(RecoverySection)

    def _show_computers(self) -> None:
        self._open_settings().show_page_of(ComputersSection)

    def _show_absence(self) -> None:
        self._open_settings().show_page_of(AbsenceSection)

    def _show_import(self) -> None:
        self._open_settings().show_page_of(ImportSection)

    def _show_settings(self) -> None:
        self._open_settings()

    def _open_settings(self) -> SettingsDialog:
        is_open = self.mailbox.session.screen is Screen.MAIL
        dialog = SettingsDialog(
            self._around,
            self.window.shown,
            first=(
                Section(name=self.tr("Display"), kind=DisplaySection, make=self._make_display),
                Section(name=self.tr("Notices"), kind=NoticeSection, make=self._make_notices),
            ),
            sections=(
                Section(
                    name=self.tr("Accounts"),
                    kind=AccountsSection,
                    make=lambda: self._make_accounts(dialog),
                ),
                *(self.window.mail.sections() if is_open else ()),
            ),
            idle_minutes=self._preferences.idle_minutes,
            is_bound_to_os=self.mailbox.session.is_bound_to_os,
        )
        dialog.minutes_chosen.connect(self._choose_minutes)
        before = self._preferences.idle_minutes

        def note_minutes() -> None:
            # The field counts through every minute between two choices.
            if self._preferences.idle_minutes != before:
                self.mailbox.journal.note_setting(JournalledSetting.AUTOMATIC_LOCK)

        dialog.finished.connect(note_minutes)
        dialog.open()
        return dialog

    def _make_display(self) -> DisplaySection:
        display = DisplaySection(self._around, self.catalogues.chosen)
        # Making the window anew ends the button that was pressed: not before it has done its work.
        later = Qt.ConnectionType.QueuedConnection
        display.language_chosen.connect(self._choose_language, later)
        display.text_scale_chosen.connect(self._choose_text_scale, later)
        display.appearance_chosen.connect(self._choose_appearance)
        display.contrast_chosen.connect(self._choose_contrast)
        return display

    def _make_notices(self) -> NoticeSection:
        notices = NoticeSection(self._preferences.notices, self._around)
        notices.chosen.connect(self._choose_notices)
        return notices

    def _make_accounts(self, dialog: SettingsDialog) -> AccountsSection:
        accounts = AccountsSection(self.accounts)
        # Whoever has left for another account is not in these settings any more.
        accounts.left.connect(dialog.accept)
        return accounts

    def _choose_minutes(self, minutes: int) -> None:
        self._preferences.idle_minutes = minutes
        self.idleness.set_minutes(minutes)

    def _leave(self) -> None:
        self._preferences.geometry = self.window.saveGeometry()
        self._preferences.splitter = self.window.mail.splitter_state()
        self._application.quit()
