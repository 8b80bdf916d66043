# SPDX-License-Identifier: AGPL-3.0-or-later
"""The settings' section about signing in: add, take away, new codes, and a fresh sign-in asked for once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.interface.commands import (
    AddSecurityKey,
    ConfirmTotp,
    RenewRecoveryCodes,
    SignIn,
    SignInWithSecurityKey,
)
from app.interface.failures import Failure
from app.interface.snapshots import ConnectionState
from app.window.viewmodels.second_factor import Step
from app.window.views.components.pictures import squares_of
from app.window.views.settings import SettingsDialog
from app.window.views.sign_in import SignInDialog
from app.window.views.ways_in import AddKeyDialog, AddTelephoneDialog, WaysIn
from tests.fakes.scripted_engine import ONE_TIME_CODE, PASSPHRASE, RECOVERY_CODES, TOTP_URI
from tests.gui.conftest import texts_of
from tests.gui.samples import sample_practice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from app.window.views.step_up import StepUpPanel
    from tests.gui.conftest import OpenDesk


def section_of(desk: Desk, qtbot: QtBot) -> WaysIn:
    desk.window.settings_asked.emit()
    (dialog,) = desk.window.findChildren(SettingsDialog)
    section = dialog.show_page_of(WaysIn)
    qtbot.waitUntil(lambda: desk.bridge.is_quiet and "Telephone" in texts_of(section))
    return section


def test_a_second_telephone_is_added_and_the_first_removed(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    section = section_of(desk, qtbot)
    # The last one cannot be taken away.
    assert section.removers == []
    section.add_telephone.click()
    (dialog,) = section.findChildren(AddTelephoneDialog)
    QTest.keyClicks(dialog.answer, "backup")
    dialog.go_on.click()
    qtbot.waitUntil(lambda: dialog.picture.squares == squares_of(TOTP_URI))
    dialog.code.edit.setText("000000")
    dialog.go_on.click()
    qtbot.waitUntil(lambda: "not the code of the new telephone" in texts_of(dialog))
    dialog.code.edit.setText(ONE_TIME_CODE)
    dialog.go_on.click()
    qtbot.waitUntil(lambda: not section.findChildren(AddTelephoneDialog))
    qtbot.waitUntil(lambda: "“backup”" in texts_of(section))
    assert [row.name for row in practice.factors] == ["", "backup"]
    section.removers[0].click()
    assert section.question.isVisible()
    section.keep.click()
    assert not section.question.isVisible()
    section.removers[0].click()
    section.remove_now.click()
    qtbot.waitUntil(lambda: [row.name for row in practice.factors] == ["backup"])
    qtbot.waitUntil(lambda: section.removers == [])


def test_a_security_key_is_touched_and_may_ask_for_its_pin(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    practice.key_pin = "1234"
    desk = unlocked(practice)
    section = section_of(desk, qtbot)
    section.add_key.click()
    (dialog,) = section.findChildren(AddKeyDialog)
    assert not dialog.key.isVisible()
    dialog.go_on.click()
    qtbot.waitUntil(dialog.key.pin.isVisible)
    QTest.keyClicks(dialog.key.pin.edit, "1234")
    dialog.go_on.click()
    qtbot.waitUntil(lambda: not section.findChildren(AddKeyDialog))
    (first, second) = practice.asked(AddSecurityKey)
    assert (first.pin, second.pin) == ("", "1234")
    qtbot.waitUntil(lambda: "Security key" in texts_of(section))


def test_a_fresh_sign_in_is_asked_for_once_and_what_was_begun_goes_on(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    practice.step_ups_wanted = 1
    desk = unlocked(practice)
    section = section_of(desk, qtbot)
    section.new_codes.click()
    assert section.codes_question.isVisible()
    section.make_codes.click()
    qtbot.waitUntil(section.step_up.isVisible)
    QTest.keyClicks(section.step_up.passphrase.edit, PASSPHRASE)
    QTest.keyClicks(section.step_up.code.edit, ONE_TIME_CODE)
    section.step_up.go_on.click()
    codes = desk.window.second_factor.codes
    qtbot.waitUntil(codes.isVisible)
    assert desk.mailbox.second_factor.step is Step.CODES
    assert RECOVERY_CODES[0] in texts_of(codes)
    assert len(practice.asked(SignIn)) == 1
    assert len(practice.asked(RenewRecoveryCodes)) == 2
    qtbot.waitUntil(lambda: not desk.window.findChildren(SettingsDialog))


def test_who_does_not_sign_in_drops_what_was_begun(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    practice.step_ups_wanted = 1
    desk = unlocked(practice)
    section = section_of(desk, qtbot)
    section.make_codes.click()
    qtbot.waitUntil(section.step_up.isVisible)
    QTest.keyClicks(section.step_up.passphrase.edit, PASSPHRASE)
    section.step_up.cancel.click()
    assert section.step_up.isHidden()
    assert section.step_up.passphrase.is_empty
    assert section.new_codes.isEnabled()
    assert len(practice.asked(RenewRecoveryCodes)) == 1
    assert not practice.asked(SignIn)
    # Nor does it come back when the settings are opened again, and another attempt asks anew.
    section.make_codes.click()
    qtbot.waitUntil(section.step_up.isVisible)
    (settings,) = desk.window.findChildren(SettingsDialog)
    settings.done(0)
    qtbot.waitUntil(lambda: not desk.window.findChildren(SettingsDialog))
    section = section_of(desk, qtbot)
    assert section.step_up.isHidden()
    section.make_codes.click()
    qtbot.waitUntil(section.step_up.isVisible)
    assert len(practice.asked(RenewRecoveryCodes)) == 3


def test_adding_asks_in_its_own_dialog_and_only_there(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    practice.step_ups_wanted = 1
    desk = unlocked(practice)
    section = section_of(desk, qtbot)
    section.add_telephone.click()
    (dialog,) = section.findChildren(AddTelephoneDialog)
    dialog.go_on.click()
    qtbot.waitUntil(lambda: bool(dialog.picture.squares))
    dialog.code.edit.setText(ONE_TIME_CODE)
    dialog.go_on.click()
    qtbot.waitUntil(dialog.step_up.isVisible)
    assert section.step_up.isHidden()
    assert dialog.go_on.isHidden(), "one button to press"
    QTest.keyClicks(dialog.step_up.passphrase.edit, PASSPHRASE)
    QTest.keyClicks(dialog.step_up.code.edit, ONE_TIME_CODE)
    dialog.step_up.go_on.click()
    qtbot.waitUntil(lambda: not section.findChildren(AddTelephoneDialog))
    assert len(practice.asked(ConfirmTotp)) == 2
    assert len(practice.factors) == 2


# --- a key that wants its PIN ---


@pytest.mark.parametrize("place", ["dialog", "panel"])
def test_who_signs_in_with_a_key_is_asked_for_its_pin_where_they_are(
    unlocked: OpenDesk, qtbot: QtBot, place: str
) -> None:
    practice = sample_practice()
    practice.key_pin = "4711"
    desk = unlocked(practice)
    asker: SignInDialog | StepUpPanel
    if place == "dialog":
        practice.set_connection(ConnectionState.SIGN_IN_NEEDED)
        desk.window.mail.sign_in()
        (asker,) = desk.window.findChildren(SignInDialog)
    else:
        practice.step_ups_wanted = 1
        section = section_of(desk, qtbot)
        section.make_codes.click()
        asker = section.step_up
        qtbot.waitUntil(asker.isVisible)
    assert asker.key.isHidden()
    QTest.keyClicks(asker.passphrase.edit, PASSPHRASE)
    asker.use_key.click()
    qtbot.waitUntil(asker.key.pin.isVisible)
    assert "✕" not in texts_of(asker.key), "nobody has done anything wrong yet"
    # One thing at a time, with the way back to the code.
    assert asker.code.isHidden()
    back = asker.switch if isinstance(asker, SignInDialog) else asker.use_code
    back.click()
    assert asker.code.isVisible()
    assert asker.key.isHidden()
    asker.use_key.click()
    qtbot.waitUntil(asker.key.pin.isVisible)
    # Wrong: gone at once, and said how many tries are left.
    QTest.keyClicks(asker.key.pin.edit, "0000")
    QTest.keyClick(asker.key.pin.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "7 more tries" in texts_of(asker.key))
    assert asker.key.pin.is_empty
    QTest.keyClicks(asker.key.pin.edit, "4711")
    QTest.keyClick(asker.key.pin.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: practice.connection is ConnectionState.ONLINE)
    qtbot.waitUntil(lambda: desk.bridge.is_quiet and not desk.mailbox.access.is_busy)
    pins = [command.pin for command in practice.asked(SignInWithSecurityKey)]
    assert pins == ["", "", "0000", "4711"]
    # The passphrase was typed once.
    assert {command.passphrase for command in practice.asked(SignInWithSecurityKey)} == {PASSPHRASE}
    assert "4711" not in texts_of(desk.window)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure.SECURITY_KEY_PIN_PAUSED, "Unplug it"),
        (Failure.SECURITY_KEY_PIN_BLOCKED, "Sign in with the code of your telephone"),
    ],
)
def test_a_key_that_takes_no_pin_is_explained_and_does_not_ask_for_one(
    unlocked: OpenDesk, qtbot: QtBot, failure: Failure, words: str
) -> None:
    practice = sample_practice()
    practice.connection = ConnectionState.SIGN_IN_NEEDED
    practice.key_failure = failure
    desk = unlocked(practice)
    desk.window.mail.sign_in()
    (dialog,) = desk.window.findChildren(SignInDialog)
    QTest.keyClicks(dialog.passphrase.edit, PASSPHRASE)
    dialog.use_key.click()
    qtbot.waitUntil(dialog.banner.isVisible)
    assert words in texts_of(dialog.banner)
    assert dialog.key.isHidden()
    assert dialog.code.isVisible()


def test_locking_forgets_the_pin(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    practice.key_pin = "4711"
    practice.connection = ConnectionState.SIGN_IN_NEEDED
    desk = unlocked(practice)
    desk.window.mail.sign_in()
    (dialog,) = desk.window.findChildren(SignInDialog)
    QTest.keyClicks(dialog.passphrase.edit, PASSPHRASE)
    dialog.use_key.click()
    qtbot.waitUntil(dialog.key.pin.isVisible)
    QTest.keyClicks(dialog.key.pin.edit, "4711")
    desk.window.lock()
    assert dialog.key.pin.is_empty
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
