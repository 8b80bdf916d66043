# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two factors in the window: the telephone, the codes on paper, signing in again, the sessions there are."""

from __future__ import annotations

import stat
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QPushButton, QWidget

from app.interface.commands import EndSessions, ListSessions, SignIn
from app.interface.failures import Failure
from app.interface.secret import Secret
from app.interface.snapshots import AlarmKind, ConnectionState, DeliveryState, ProfileState
from app.window.i18n.catalogues import Language
from app.window.theme.theme import Appearance
from app.window.viewmodels.second_factor import Step
from app.window.viewmodels.session import Screen
from app.window.views.components.pictures import QUIET, squares_of
from app.window.views.sessions import SessionsDialog
from app.window.views.sign_in import SignInDialog
from tests.fakes.authenticator import Authenticator
from tests.fakes.scripted_engine import (
    ONE_TIME_CODE,
    PASSPHRASE,
    RECOVERY_CODES,
    TOTP_URI,
    Practice,
)
from tests.gui.conftest import texts_of
from tests.gui.forms import fill
from tests.gui.samples import row_at, sample_practice

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from app.window.views.second_factor import CodesStep, TelephoneStep
    from tests.gui.conftest import OpenDesk

SECRET = Authenticator(TOTP_URI).totp.secret


def type_into(edit: QWidget, text: str) -> None:
    """Type with the keyboard, and press Enter."""
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def register(desk: Desk, qtbot: QtBot) -> TelephoneStep:
    """Create an account with the form; return the page that follows."""
    fill(desk.window.registration)
    desk.window.registration.button.click()
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.SECOND_FACTOR)
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    return desk.window.second_factor.telephone


def to_codes(desk: Desk, qtbot: QtBot) -> CodesStep:
    """Create an account and show the telephone's code; return the page that follows."""
    type_into(register(desk, qtbot).code.edit, ONE_TIME_CODE)
    qtbot.waitUntil(lambda: desk.mailbox.second_factor.step is Step.CODES)
    return desk.window.second_factor.codes


def press(dialog: QMessageBox, beginning: str) -> None:
    """Press the button whose text begins so."""
    (button,) = (
        each for each in dialog.findChildren(QPushButton) if each.text().startswith(beginning)
    )
    button.click()


def assert_no_secret_is_left(desk: Desk) -> None:
    """Search every widget, the models and the clipboard for what is shown once."""
    texts = texts_of(desk.window)
    assert PASSPHRASE not in texts
    assert SECRET not in texts.replace(" ", "").replace("\n", "")
    assert not [code for code in RECOVERY_CODES if code in texts]
    assert ONE_TIME_CODE not in texts
    assert desk.window.second_factor.telephone.picture.squares == ()
    assert QGuiApplication.clipboard().text() != SECRET
    model = desk.mailbox.second_factor
    assert (model.step, model.address, model.codes) == (None, "", ())
    assert not model.knows_passphrase


def test_from_registration_to_the_mail(open_desk: OpenDesk, qtbot: QtBot, tmp_path: Path) -> None:
    practice = Practice(profile=ProfileState.EMPTY)
    desk = open_desk(practice)
    telephone = register(desk, qtbot)
    # What a camera sees is the address, and the text says the same.
    assert telephone.picture.squares == squares_of(TOTP_URI)
    assert telephone.secret.text().split() == [SECRET[at : at + 4] for at in range(0, 32, 4)]
    # The passphrase was chosen a moment ago and is not asked for again.
    assert telephone.passphrase.isHidden()
    type_into(telephone.code.edit, "123 456")
    qtbot.waitUntil(lambda: "does not accept this code" in texts_of(telephone.code))
    assert telephone.code.code == ""
    type_into(telephone.code.edit, f"{ONE_TIME_CODE[:3]} {ONE_TIME_CODE[3:]}")
    codes = desk.window.second_factor.codes
    qtbot.waitUntil(codes.isVisible)
    assert [command.passphrase for command in practice.asked(SignIn)] == [PASSPHRASE] * 2
    assert [command.code for command in practice.asked(SignIn)] == ["123456", ONE_TIME_CODE]
    texts = texts_of(codes)
    assert all(code in texts for code in RECOVERY_CODES)
    assert SECRET not in texts_of(desk.window).replace(" ", "").replace("\n", "")
    assert not codes.go_on.isEnabled()
    codes.paper.print.click()
    (dialog,) = codes.findChildren(QPrintDialog)
    dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialog.printer().setOutputFileName(str(tmp_path / "paper.pdf"))
    # Without accept(), which asks where to, as nobody is there to answer.
    dialog.done(QDialog.DialogCode.Accepted)
    qtbot.waitUntil(lambda: "Handed to the printer" in texts_of(codes.paper.banner))
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF")
    codes.have_noted.click()
    codes.go_on.click()
    # The recovery kit is the last step of a first run; it can wait.
    assert desk.window.kit.isVisible()
    desk.window.kit.later.click()
    assert desk.mailbox.session.screen is Screen.MAIL
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    assert not desk.window.mail.sign_in_strip.isVisible()
    assert_no_secret_is_left(desk)


def test_without_a_whole_code_the_relay_is_not_asked(open_desk: OpenDesk, qtbot: QtBot) -> None:
    practice = Practice(profile=ProfileState.EMPTY)
    desk = open_desk(practice)
    telephone = register(desk, qtbot)
    for typed in ("", "12345", "12345a", "1234567"):
        telephone.code.forget()
        type_into(telephone.code.edit, typed)
        assert "six digits" in texts_of(telephone.code)
    assert not practice.asked(SignIn)


def test_while_the_code_is_checked_nothing_can_be_asked_twice(
    open_desk: OpenDesk, qtbot: QtBot
) -> None:
    practice = Practice(profile=ProfileState.EMPTY)
    desk = open_desk(practice)
    telephone = register(desk, qtbot)
    practice.hold(SignIn)
    type_into(telephone.code.edit, ONE_TIME_CODE)
    QTest.keyClick(telephone.code.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(practice.asked(SignIn)))
    assert not telephone.confirm.isEnabled()
    assert not telephone.later.isEnabled()
    practice.release()
    qtbot.waitUntil(lambda: desk.mailbox.second_factor.step is Step.CODES)
    assert len(practice.asked(SignIn)) == 1


def test_a_relay_out_of_reach_leaves_the_first_step_as_it_is(
    open_desk: OpenDesk, qtbot: QtBot
) -> None:
    practice = Practice(profile=ProfileState.EMPTY)
    desk = open_desk(practice)
    telephone = register(desk, qtbot)
    practice.fail_next(SignIn, Failure.RELAY_UNREACHABLE)
    type_into(telephone.code.edit, ONE_TIME_CODE)
    qtbot.waitUntil(telephone.banner.isVisible)
    assert "cannot be reached" in texts_of(telephone.banner)
    assert telephone.picture.squares
    assert desk.mailbox.second_factor.knows_passphrase


def test_the_first_step_can_be_done_another_day(open_desk: OpenDesk, qtbot: QtBot) -> None:
    practice = Practice(profile=ProfileState.EMPTY)
    desk = open_desk(practice)
    register(desk, qtbot).later.click()
    strip = desk.window.mail.sign_in_strip
    qtbot.waitUntil(lambda: strip.isVisible() and desk.bridge.is_quiet)
    assert_no_secret_is_left(desk)
    desk.window.lock()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    # The mail opens; the line above it and the one below say what is missing.
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.MAIL)
    qtbot.waitUntil(strip.resume.isVisible)
    assert not strip.sign_in.isVisible()
    assert "Waiting for your code" in desk.window.mail.navigation.line.accessibleName()
    strip.resume.click()
    telephone = desk.window.second_factor.telephone
    qtbot.waitUntil(telephone.passphrase.isVisible)
    assert telephone.picture.squares == squares_of(TOTP_URI)
    type_into(telephone.code.edit, ONE_TIME_CODE)
    assert "needed" in texts_of(telephone.passphrase)
    type_into(telephone.passphrase.edit, "not the passphrase")
    qtbot.waitUntil(lambda: "not the passphrase." in texts_of(telephone.passphrase))
    assert telephone.passphrase.is_empty
    QTest.keyClicks(telephone.passphrase.edit, PASSPHRASE)
    type_into(telephone.code.edit, ONE_TIME_CODE)
    qtbot.waitUntil(lambda: desk.mailbox.second_factor.step is Step.CODES)


def test_what_another_window_took_over_is_not_offered_for_ever(
    open_desk: OpenDesk, qtbot: QtBot
) -> None:
    practice = Practice(profile=ProfileState.EMPTY)
    desk = open_desk(practice)
    register(desk, qtbot).later.click()
    strip = desk.window.mail.sign_in_strip
    qtbot.waitUntil(lambda: strip.resume.isVisible() and desk.bridge.is_quiet)
    practice.is_second_factor_taken = practice.are_codes_on_paper = True
    strip.resume.click()
    qtbot.waitUntil(strip.sign_in.isVisible)
    assert desk.mailbox.session.screen is Screen.MAIL


def test_a_copied_secret_leaves_the_clipboard(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(Practice(profile=ProfileState.EMPTY))
    telephone = register(desk, qtbot)
    clipboard = QGuiApplication.clipboard()
    telephone.copy.click()
    assert clipboard.text() == SECRET
    assert clipboard.mimeData().data("x-kde-passwordManagerHint").data() == b"secret"
    assert telephone.clipboard.timer.interval() == 60_000
    assert telephone.copied.isVisible()
    telephone.clipboard.timer.timeout.emit()
    assert clipboard.text() == ""
    assert not telephone.copied.isVisible()
    # What the person copied meanwhile stays.
    telephone.copy.click()
    clipboard.setText("canari")
    telephone.clipboard.timer.timeout.emit()
    assert clipboard.text() == "canari"
    clipboard.clear()


@pytest.mark.parametrize("at", [Step.TELEPHONE, Step.CODES])
def test_locking_leaves_no_secret_behind(open_desk: OpenDesk, qtbot: QtBot, at: Step) -> None:
    practice = Practice(profile=ProfileState.EMPTY)
    desk = open_desk(practice)
    if at is Step.TELEPHONE:
        register(desk, qtbot).copy.click()
        desk.window.second_factor.telephone.code.edit.setText(ONE_TIME_CODE)
        QTest.keyClick(desk.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    else:
        to_codes(desk, qtbot)
        desk.window.lock()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert desk.window.pages.currentWidget() is desk.window.unlock
    assert_no_secret_is_left(desk)


def test_codes_that_are_not_on_paper_come_back(open_desk: OpenDesk, qtbot: QtBot) -> None:
    """Locked, closed or put off: the codes wait in the vault, and one line above the mail says so."""
    practice = Practice(profile=ProfileState.EMPTY)
    desk = open_desk(practice)
    codes = to_codes(desk, qtbot)
    codes.later.click()
    strip = desk.window.mail.sign_in_strip
    qtbot.waitUntil(strip.codes.isVisible)
    assert RECOVERY_CODES[0] not in texts_of(desk.window)
    desk.window.lock()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(strip.codes.isVisible)
    strip.codes.click()
    qtbot.waitUntil(codes.isVisible)
    assert RECOVERY_CODES[9] in texts_of(codes)
    assert codes.number.isHidden()
    codes.have_noted.click()
    codes.go_on.click()
    qtbot.waitUntil(lambda: practice.are_codes_on_paper and desk.bridge.is_quiet)
    assert not strip.isVisible()
    with qtbot.waitSignal(desk.window.leaving):
        desk.window.close()


def test_the_codes_survive_an_engine_that_ends_and_are_not_seen_meanwhile(
    open_desk: OpenDesk, qtbot: QtBot
) -> None:
    practice = Practice(profile=ProfileState.EMPTY)
    desk = open_desk(practice)
    to_codes(desk, qtbot)
    practice.die()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert desk.window.pages.currentWidget() is desk.window.unlock
    assert RECOVERY_CODES[0] not in texts_of(desk.window)
    # Nor does another language bring them back while the mailbox is locked.
    desk.show_as(language=Language.FRENCH)
    assert RECOVERY_CODES[0] not in texts_of(desk.window)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(desk.window.second_factor.codes.isVisible)
    assert RECOVERY_CODES[9] in texts_of(desk.window.second_factor.codes)


def test_the_language_changes_in_the_middle_of_a_step(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(Practice(profile=ProfileState.EMPTY))
    register(desk, qtbot).copy.click()
    desk.show_as(language=Language.FRENCH)
    telephone = desk.window.second_factor.telephone
    qtbot.waitUntil(telephone.isVisible)
    assert telephone.picture.squares == squares_of(TOTP_URI)
    assert telephone.confirm.text() == "Confirmer"
    # The page that would have cleared it is gone.
    assert QGuiApplication.clipboard().text() == ""


def test_a_file_is_written_only_after_a_warning_and_for_its_owner_alone(
    open_desk: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = open_desk(Practice(profile=ProfileState.EMPTY))
    codes = to_codes(desk, qtbot)
    codes.paper.save.click()
    assert codes.paper.warning.isVisible()
    assert not codes.findChildren(QFileDialog)
    codes.paper.do_not_save.click()
    assert not codes.paper.warning.isVisible()
    codes.paper.save.click()
    codes.paper.save_anyway.click()
    (dialog,) = codes.findChildren(QFileDialog)
    path = tmp_path / "codes.pdf"
    dialog.fileSelected.emit(str(path))
    qtbot.waitUntil(lambda: "Saved as codes.pdf" in texts_of(codes.paper.banner))
    assert path.read_bytes().startswith(b"%PDF")
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    dialog.fileSelected.emit(str(tmp_path / "missing" / "codes.pdf"))
    qtbot.waitUntil(lambda: "Nothing can be saved" in texts_of(codes.paper.banner))


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
@pytest.mark.parametrize("text_scale", [1.0, 1.5])
def test_the_picture_is_black_on_white_in_both_appearances(
    open_desk: OpenDesk, qtbot: QtBot, appearance: Appearance, text_scale: float
) -> None:
    desk = open_desk(
        Practice(profile=ProfileState.EMPTY), appearance=appearance, text_scale=text_scale
    )
    picture = register(desk, qtbot).picture
    image = picture.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    white, black = QColor("white"), QColor("black")
    squares = squares_of(TOTP_URI)
    unit = image.width() // (len(squares) + 2 * QUIET)
    start = (image.width() - unit * len(squares)) // 2
    seen = tuple(
        bytes(
            image.pixelColor(start + x * unit + unit // 2, start + y * unit + unit // 2) == black
            for x in range(len(squares))
        )
        for y in range(len(squares))
    )
    assert seen == squares
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in (0, start)}
    assert colours <= {white.name(), black.name()}
    assert all(image.pixelColor(each, 2) == white for each in range(image.width()))


# --- when a session has ended ---


def dialog_of(desk: Desk, qtbot: QtBot) -> SignInDialog:
    """Press the button of the line above the mail; return the dialog."""
    strip = desk.window.mail.sign_in_strip
    qtbot.waitUntil(strip.sign_in.isVisible)
    strip.sign_in.click()
    (dialog,) = desk.window.findChildren(SignInDialog)
    return dialog


def test_an_ended_session_is_opened_again_with_a_recovery_code(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    strip = desk.window.mail.sign_in_strip
    assert not strip.isVisible()
    practice.set_connection(ConnectionState.SIGN_IN_NEEDED)
    dialog = dialog_of(desk, qtbot)
    # Reading and writing go on behind it.
    assert not dialog.isModal()
    desk.window.mail.conversations.list.entered_line.emit(row_at(desk.mailbox.conversations, 0))
    qtbot.waitUntil(lambda: len(desk.window.mail.reading.views) == 1)
    dialog.switch.click()
    assert dialog.code.isHidden()
    QTest.keyClicks(dialog.passphrase.edit, PASSPHRASE)
    type_into(dialog.recovery.edit, RECOVERY_CODES[3].lower())
    qtbot.waitUntil(lambda: not desk.window.findChildren(SignInDialog))
    qtbot.waitUntil(lambda: "9 recovery codes left" in texts_of(strip.banner))
    assert desk.mailbox.standing.status is not None
    assert desk.mailbox.standing.status.connection is ConnectionState.ONLINE
    strip.seen.click()
    assert not strip.isVisible()


def test_what_was_written_meanwhile_leaves_after_the_sign_in(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    account = next(iter(practice.contacts))
    practice.set_connection(ConnectionState.SIGN_IN_NEEDED)
    view = practice.record_sent([(account, DeliveryState.QUEUED)], "Rendez-vous", "Mardi à 9 h.")
    dialog = dialog_of(desk, qtbot)
    QTest.keyClicks(dialog.passphrase.edit, PASSPHRASE)
    type_into(dialog.code.edit, ONE_TIME_CODE)
    qtbot.waitUntil(lambda: not desk.window.findChildren(SignInDialog))
    assert practice.find(view.message).recipients[0].state is DeliveryState.ACCEPTED
    assert not desk.window.mail.sign_in_strip.isVisible()


def test_a_session_that_lives_asks_for_nothing(unlocked: OpenDesk) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    assert not desk.window.mail.sign_in_strip.isVisible()
    assert not practice.asked(SignIn)


def test_the_last_recovery_code_is_said_to_be_the_last(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    practice.recovery_codes = practice.recovery_codes[:1]
    practice.connection = ConnectionState.SIGN_IN_NEEDED
    desk = unlocked(practice)
    desk.mailbox.access.sign_in(Secret.of(PASSPHRASE), practice.recovery_codes[0])
    strip = desk.window.mail.sign_in_strip
    qtbot.waitUntil(lambda: "last recovery code" in texts_of(strip.banner))


@pytest.mark.parametrize(
    ("failure", "detail", "words"),
    [
        (Failure.SECOND_FACTOR_REFUSED, "", "does not accept what you typed"),
        (Failure.TOO_MANY_ATTEMPTS, "200", "Try again in 4 minutes."),
        (Failure.RELAY_UNREACHABLE, "", "cannot be reached"),
    ],
)
def test_why_one_is_not_let_in_is_said_in_place(
    unlocked: OpenDesk, qtbot: QtBot, failure: Failure, detail: str, words: str
) -> None:
    practice = sample_practice()
    practice.connection = ConnectionState.SIGN_IN_NEEDED
    desk = unlocked(practice)
    dialog = dialog_of(desk, qtbot)
    practice.fail_next(SignIn, failure, detail)
    QTest.keyClicks(dialog.passphrase.edit, PASSPHRASE)
    type_into(dialog.code.edit, ONE_TIME_CODE)
    qtbot.waitUntil(dialog.banner.isVisible)
    assert words in texts_of(dialog.banner)
    # Nothing is asked for twice: the passphrase stays, a code serves once.
    assert dialog.passphrase.secret().reveal() == PASSPHRASE
    assert dialog.code.code == ""


def test_a_wrong_passphrase_is_said_below_its_field(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    practice.connection = ConnectionState.SIGN_IN_NEEDED
    desk = unlocked(practice)
    dialog = dialog_of(desk, qtbot)
    QTest.keyClicks(dialog.passphrase.edit, "not this one")
    type_into(dialog.code.edit, ONE_TIME_CODE)
    qtbot.waitUntil(lambda: "not the passphrase" in texts_of(dialog.passphrase))


def test_without_passphrase_or_code_the_relay_is_not_asked(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    practice.connection = ConnectionState.SIGN_IN_NEEDED
    desk = unlocked(practice)
    dialog = dialog_of(desk, qtbot)
    dialog.sign_in.click()
    assert "needed" in texts_of(dialog.passphrase)
    assert "six digits" in texts_of(dialog.code)
    dialog.switch.click()
    type_into(dialog.recovery.edit, "K4QM")
    assert "sixteen" in texts_of(dialog.recovery)
    assert not practice.asked(SignIn)


def test_who_has_neither_is_told_what_is_left(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    practice.connection = ConnectionState.SIGN_IN_NEEDED
    dialog = dialog_of(unlocked(practice), qtbot)
    assert dialog.neither_text.isHidden()
    dialog.neither.click()
    assert dialog.neither_text.isVisible()
    assert "invitation to a new account" in dialog.neither_text.text()


def test_locking_closes_the_dialog_and_clears_it(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    practice.connection = ConnectionState.SIGN_IN_NEEDED
    desk = unlocked(practice)
    dialog = dialog_of(desk, qtbot)
    QTest.keyClicks(dialog.passphrase.edit, PASSPHRASE)
    QTest.keyClicks(dialog.code.edit, ONE_TIME_CODE)
    desk.window.lock()
    assert not dialog.isVisible()
    assert_no_secret_is_left(desk)
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)


def test_one_dialog_is_enough(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    practice.connection = ConnectionState.SIGN_IN_NEEDED
    desk = unlocked(practice)
    first = dialog_of(desk, qtbot)
    assert dialog_of(desk, qtbot) is first


def test_a_copied_session_is_an_alarm(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    practice.sound(AlarmKind.SESSION_COPIED, "2026-11-22 13:02 UTC")
    qtbot.waitUntil(lambda: "a copy of it was used" in texts_of(desk.window.mail.alarms))


# --- sessions ---


def test_sessions_are_shown_and_ended_everywhere(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    (action,) = (each for each in desk.window.menu.actions() if each.text() == "Open sessions…")
    action.trigger()
    (dialog,) = desk.window.findChildren(SessionsDialog)
    qtbot.waitUntil(lambda: "This computer" in texts_of(dialog))
    assert "Signed in 17 November 2026 at 14:02, last used today at 13:53" in texts_of(dialog)
    dialog.end.click()
    assert dialog.confirmation.isVisible()
    assert not practice.asked(EndSessions)
    dialog.keep.click()
    assert not dialog.confirmation.isVisible()
    dialog.end.click()
    dialog.end_now.click()
    qtbot.waitUntil(lambda: not desk.window.findChildren(SessionsDialog))
    qtbot.waitUntil(desk.window.mail.sign_in_strip.sign_in.isVisible)
    assert practice.sessions == []
    # The mail stays where it is.
    assert desk.mailbox.conversations.rowCount() == 4


@pytest.mark.parametrize("command", [ListSessions, EndSessions])
def test_why_sessions_cannot_be_shown_or_ended_is_said_in_place(
    unlocked: OpenDesk, qtbot: QtBot, command: type
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    practice.fail_next(command, Failure.RELAY_UNREACHABLE)
    desk.window.mail.show_sessions()
    (dialog,) = desk.window.findChildren(SessionsDialog)
    if command is EndSessions:
        qtbot.waitUntil(dialog.end.isEnabled)
        dialog.end.click()
        dialog.end_now.click()
    qtbot.waitUntil(dialog.banner.isVisible)
    assert "cannot be reached" in texts_of(dialog.banner)
    assert dialog.end.isEnabled() is (command is EndSessions)
