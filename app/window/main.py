# SPDX-License-Identifier: AGPL-3.0-or-later
"""Start of the window process."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QLockFile, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from app.interface.failures import Failure
from app.interface.pipe import EngineProcess
from app.paths import window_lock
from app.profiles import FIRST
from app.window.crash import CrashReporter
from app.window.desk import Desk
from app.window.i18n.catalogues import Catalogues
from app.window.i18n.errors import Errors
from app.window.i18n.formats import SystemClock
from app.window.preferences import Preferences
from app.window.presence.desktop import desktop_of
from app.window.presence.memory import Collector
from app.window.presence.notices import announcer_of
from app.window.screenshots import Photographer
from app.window.theme.icons import logo
from app.window.theme.theme import Theme
from app.window.viewmodels.session import Screen
from app.window.views.unlock import PRODUCT

if TYPE_CHECKING:
    from pathlib import Path

    from app.window.bridge import Connect

EXIT_WRONG_PASSPHRASE: Final = 3
EXIT_IN_USE: Final = 7
EXIT_NO_MAILBOX: Final = 7
EXIT_ENGINE_GONE: Final = 70
EXIT_NO_PICTURE: Final = 1
EXIT_NO_SCREEN: Final = 1
_NO_SCREEN: Final = (
    "uhealthsec : aucun écran pour ouvrir la fenêtre ; « uhealthsec --help » montre les commandes.\n"
    "uhealthsec: no screen to open the window on; “uhealthsec --help” shows the commands."
)
_NO_MAILBOX: Final = {
    Screen.REGISTER: (Failure.NO_PROFILE, EXIT_NO_MAILBOX),
    Screen.DAMAGED: (Failure.PROFILE_DAMAGED, EXIT_NO_MAILBOX),
    Screen.NEWER: (Failure.PROFILE_NEWER, EXIT_NO_MAILBOX),
}
_LOG = logging.getLogger(__name__)


def run(
    profile: Path,
    *,
    screenshot_dir: Path | None,
    passphrase: str | None = None,
    connect: Connect | None = None,
) -> int:
    """Show the window of a profile until it is closed, and return the exit code.

    With `screenshot_dir` the window is photographed once its mailbox is shown, and closes. With
    `passphrase` the mailbox is unlocked without asking. `connect` starts an engine; by default it is
    the profile's own process. The codes are 0 and those named EXIT_ in this module.
    """
    if _lacks_screen():
        sys.stderr.write(_NO_SCREEN + "\n")
        return EXIT_NO_SCREEN
    # A window holds nothing that a sudden end would lose, and the engine notices by its pipe.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    QCoreApplication.setApplicationName(PRODUCT)
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication([PRODUCT])
    application.setDesktopFileName("uhealthsec")
    application.setWindowIcon(logo())
    CrashReporter(application).install()
    Collector(application)
    preferences = Preferences(profile)
    lock = QLockFile(str(window_lock(profile)))
    lock.setStaleLockTime(0)
    if not lock.tryLock(0):
        return _say_in_use(application, preferences)

    def connect_to_profile() -> EngineProcess:
        return EngineProcess(profile)

    desk = Desk(
        application,
        preferences,
        connect or connect_to_profile,
        SystemClock(),
        desktop=desktop_of(application),
        announcer=announcer_of(application.windowIcon(), PRODUCT),
    )
    if passphrase is not None:
        # It is the one of the account that was named, whichever was shown last.
        desk.accounts.turn_to(FIRST)
    if screenshot_dir is not None:
        screenshot_dir.mkdir(parents=True, exist_ok=True)
        photographer = Photographer(desk, screenshot_dir)
        photographer.done.connect(application.quit)
        photographer.failed.connect(lambda _: application.exit(EXIT_NO_PICTURE))
        if passphrase is not None:
            _end_without_mailbox(application, desk)
    if passphrase is not None:
        desk.unlock_with(passphrase)
    desk.start()
    try:
        return application.exec()
    finally:
        desk.stop()
        # What Qt has goes while there still is an application: left to the end of the interpreter, it goes in any
        # order, and a window that had taken another one's place ended the program by a fault.
        desk.window.retire()
        desk.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        del desk
        gc.collect()
        lock.unlock()
        _LOG.info("the window has closed")


def _end_without_mailbox(application: QApplication, desk: Desk) -> None:
    """End with a sentence and a code when the passphrase given does not open a mailbox: nobody is there to be asked."""

    def end(failure: Failure, code: int, detail: str = "") -> None:
        explanation = Errors().failure(failure, detail)
        sys.stderr.write(f"uhealthsec: {explanation.what} {explanation.do}\n")
        application.exit(code)

    def refuse(failure: Failure, detail: str) -> None:
        is_wrong = failure is Failure.WRONG_PASSPHRASE
        end(failure, EXIT_WRONG_PASSPHRASE if is_wrong else EXIT_NO_MAILBOX, detail)

    def turn(screen: Screen) -> None:
        if screen in _NO_MAILBOX:
            end(*_NO_MAILBOX[screen])

    def lose(was_asked: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        if not was_asked:
            end(Failure.ENGINE_GONE, EXIT_ENGINE_GONE)

    desk.mailbox.session.failed.connect(refuse)
    desk.mailbox.session.screen_changed.connect(turn)
    desk.bridge.ended.connect(lose)


def _say_in_use(application: QApplication, preferences: Preferences) -> int:
    """Tell that another window has this profile; two would lock each other out."""
    Theme(
        application,
        appearance=preferences.appearance,
        text_scale=preferences.text_scale,
        contrast=preferences.contrast,
    )
    Catalogues(application, preferences.language)
    dialog = QMessageBox()
    dialog.setTextFormat(Qt.TextFormat.PlainText)
    dialog.setWindowTitle(PRODUCT)
    dialog.setText(QCoreApplication.translate("main", "Your mail is already open."))
    dialog.setInformativeText(
        QCoreApplication.translate(
            "main", "Another window of this program has it. Go on working there, or close it first."
        )
    )
    dialog.finished.connect(lambda _: application.exit(EXIT_IN_USE))
    dialog.open()
    return application.exec()


def _lacks_screen() -> bool:
    """Whether Qt would end the process for want of a screen, without a word that helps."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not any(os.environ.get(name) for name in names)
