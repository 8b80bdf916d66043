# SPDX-License-Identifier: AGPL-3.0-or-later
"""One bridge, one set of view models and the window in front of them; makes the window anew when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from app.interface.secret import Secret
from app.window.bridge import Bridge
from app.window.i18n.catalogues import Catalogues
from app.window.presence.clipboard import OwnClipboard
from app.window.presence.desktop import Desktop
from app.window.presence.idleness import Idleness, SystemStopwatch
from app.window.presence.memory import give_back
from app.window.presence.notices import Announcer
from app.window.presence.requests import LockRequests
from app.window.surroundings import surroundings
from app.window.theme.theme import Theme
from app.window.viewmodels.arrivals import Arrivals
from app.window.viewmodels.composer import SAVE_MILLISECONDS
from app.window.viewmodels.conversations import REFRESH_MILLISECONDS
from app.window.viewmodels.mailbox import Mailbox
from app.window.viewmodels.reading import DWELL_MILLISECONDS
from app.window.viewmodels.session import LockReason, Screen
from app.window.views.computers import ComputersSection
from app.window.views.display import DisplaySection, NoticeSection
from app.window.views.main_window import MainWindow
from app.window.views.recovery import RecoverySection
from app.window.views.settings import Section, SettingsDialog
from app.window.views.unlock import PRODUCT

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.window.bridge import Connect
    from app.window.i18n.catalogues import Language
    from app.window.i18n.formats import Clock
    from app.window.preferences import Notices, Preferences
    from app.window.presence.idleness import Stopwatch
    from app.window.theme.theme import Appearance, Contrast


class Desk(QObject):
    """Everything that belongs to one profile's window."""

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
    ) -> None:
        super().__init__()
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
        self._around = surroundings(self.theme, self.catalogues.locale, clock)
        self.bridge = Bridge(connect)
        self.mailbox = Mailbox(
            self.bridge,
            self._around,
            preferences,
            dwell_milliseconds=dwell_milliseconds,
            refresh_milliseconds=refresh_milliseconds,
            save_milliseconds=save_milliseconds,
        )
        self.window = self._make_window()
        self.window.restoreGeometry(preferences.geometry)
        self.idleness = Idleness(
            application, stopwatch or SystemStopwatch(), preferences.idle_minutes, self
        )
        self.idleness.over.connect(lambda: self.lock(LockReason.IDLE))
        self.idleness.touched.connect(self.mailbox.reading.notice_presence)
        self.desktop = desktop or Desktop()
        self._is_falling_asleep = False
        self.desktop.sleeping.connect(self._fall_asleep)
        self.desktop.left.connect(lambda: self.lock(LockReason.LEFT))
        self.announcer = announcer or Announcer()
        self.announcer.pressed.connect(self._come_forward)
        self.arrivals = Arrivals(self.bridge, self.mailbox.session, self.mailbox.standing, self)
        self.arrivals.unread_changed.connect(self._count_unread)
        self.arrivals.arrived.connect(self._announce)
        self.requests = LockRequests(preferences.folder, self)
        self.requests.asked.connect(self._lock_on_request)
        self.mailbox.session.closed.connect(lambda _: self.requests.answer())
        self.mailbox.session.opened.connect(self.idleness.touch)
        # A part of a letter on the clipboard is a part of the mailbox.
        self.clipboard = OwnClipboard(self)
        self.mailbox.session.closed.connect(lambda _: self.clipboard.clear())
        self.bridge.ended.connect(lambda _: give_back())
        self.bridge.ended.connect(lambda _: self._let_sleep())

    def lock(self, reason: LockReason) -> None:
        """Lock without asking; nothing happens while it is locked."""
        self.mailbox.lock(reason)

    def _count_unread(self, count: int) -> None:
        self._application.setBadgeNumber(count)
        self.window.setWindowTitle(f"({count}) {PRODUCT}" if count else PRODUCT)

    def _announce(self, count: int, sender: str) -> None:
        """Say on the desktop that letters came; who is looking at the window sees them."""
        notices = self._preferences.notices
        if self.window.isActiveWindow() or notices.is_quiet(self._clock.now()):
            return
        if sender and notices.names_sender:
            text = self.tr("Letter from {name}").format(name=sender)
        else:
            text = self.tr("%n letter(s) arrived", "", count)
        self.announcer.announce(PRODUCT, text)

    def _come_forward(self) -> None:
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.raise_()
        self.window.activateWindow()

    def _lock_on_request(self) -> None:
        self.lock(LockReason.ASKED)
        self.requests.answer()

    def _fall_asleep(self) -> None:
        self._is_falling_asleep = True
        self.lock(LockReason.ASLEEP)
        self._let_sleep()

    def _let_sleep(self) -> None:
        """Let the computer sleep, once no engine is left that has opened anything."""
        if self._is_falling_asleep and not self.bridge.is_ending:
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
        self.mailbox.session.leave()
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
        makes_anew = text_scale is not None or language is not None
        if any(choice is not None for choice in (appearance, contrast, text_scale)):
            self.theme.choose(appearance=appearance, text_scale=text_scale, contrast=contrast)
        if language is not None:
            self.catalogues.choose(language)
        if makes_anew:
            self._around = surroundings(self.theme, self.catalogues.locale, self._clock)
            self.mailbox.speak_in(self._around)
            self._replace_window()

    def _replace_window(self) -> None:
        """Put a new window in the place of the old one, with what is open and written."""
        old = self.window
        settings = old.findChild(SettingsDialog)
        section = None if settings is None else settings.section
        destination = old.mail.destination
        is_writing = old.mail.content.currentWidget() is old.mail.composer
        self.window = self._make_window()
        self.window.setGeometry(old.geometry())
        self.window.mail.restore_splitter(old.mail.splitter_state())
        if self.mailbox.session.screen is Screen.MAIL:
            self.window.mail.resume(destination, is_writing=is_writing)
        self.window.setWindowState(old.windowState())
        if old.isVisible():
            self.window.show()
        self.window.setWindowTitle(old.windowTitle())
        old.leaving.disconnect()
        old.retire()
        if section is not None:
            # The choice was made there, and perhaps another one is to follow.
            self._open_settings().turn_to(section)

    def _make_window(self) -> MainWindow:
        with self.theme.laid_aside():
            window = MainWindow(
                self.mailbox, self._around, self.catalogues.chosen, self._preferences.first_run
            )
        window.mail.restore_splitter(self._preferences.splitter)
        window.language_chosen.connect(self._choose_language)
        window.appearance_chosen.connect(self._choose_appearance)
        window.text_scale_chosen.connect(self._choose_text_scale)
        window.leaving.connect(self._leave)
        window.settings_asked.connect(self._show_settings)
        window.mail.recovery_asked.connect(self._show_recovery)
        window.mail.computers_asked.connect(self._show_computers)
        return window

    def _choose_language(self, language: Language) -> None:
        self._preferences.language = language
        self.show_as(language=language)

    def _choose_appearance(self, appearance: Appearance) -> None:
        self._preferences.appearance = appearance
        self.show_as(appearance=appearance)

    def _choose_text_scale(self, scale: float) -> None:
        self._preferences.text_scale = scale
        self.show_as(text_scale=scale)

    def _choose_contrast(self, contrast: Contrast) -> None:
        self._preferences.contrast = contrast
        self.show_as(contrast=contrast)

    def _choose_notices(self, notices: Notices) -> None:
        self._preferences.notices = notices

    def _show_recovery(self) -> None:
        self._open_settings().show_page_of(RecoverySection)

    def _show_computers(self) -> None:
        self._open_settings().show_page_of(ComputersSection)

    def _show_settings(self) -> None:
        self._open_settings()

    def _open_settings(self) -> SettingsDialog:
        is_open = self.mailbox.session.screen is Screen.MAIL
        display = DisplaySection(self._around, self.catalogues.chosen)
        notices = NoticeSection(self._preferences.notices, self._around)
        dialog = SettingsDialog(
            self._around,
            self.window,
            first=(
                Section(name=self.tr("Display"), page=display),
                Section(name=self.tr("Notices"), page=notices),
            ),
            sections=self.window.mail.sections() if is_open else (),
            idle_minutes=self._preferences.idle_minutes,
            is_bound_to_os=self.mailbox.session.is_bound_to_os,
        )
        dialog.minutes_chosen.connect(self._choose_minutes)
        # Making the window anew ends the button that was pressed: not before it has done its work.
        later = Qt.ConnectionType.QueuedConnection
        display.language_chosen.connect(self._choose_language, later)
        display.text_scale_chosen.connect(self._choose_text_scale, later)
        display.appearance_chosen.connect(self._choose_appearance)
        display.contrast_chosen.connect(self._choose_contrast)
        notices.chosen.connect(self._choose_notices)
        dialog.open()
        return dialog

    def _choose_minutes(self, minutes: int) -> None:
        self._preferences.idle_minutes = minutes
        self.idleness.set_minutes(minutes)

    def _leave(self) -> None:
        self._preferences.geometry = self.window.saveGeometry()
        self._preferences.splitter = self.window.mail.splitter_state()
        self._application.quit()
