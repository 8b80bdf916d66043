# SPDX-License-Identifier: AGPL-3.0-or-later
"""The settings' section about signing in: add, take away, new codes, and a fresh sign-in asked for once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtTest import QTest

from app.interface.commands import AddSecurityKey, RenewRecoveryCodes, SignIn
from app.interface.failures import Failure
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
    from tests.gui.conftest import OpenDesk


def section_of(desk: Desk, qtbot: QtBot) -> WaysIn:
    desk.window.settings_asked.emit()
    (dialog,) = desk.window.findChildren(SettingsDialog)
    (section,) = dialog.findChildren(WaysIn)
    dialog.show_page(section)
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
    desk = unlocked(practice)
    section = section_of(desk, qtbot)
    section.add_key.click()
    (dialog,) = section.findChildren(AddKeyDialog)
    assert not dialog.pin.isVisible()
    practice.key_failure = Failure.SECURITY_KEY_PIN_NEEDED
    dialog.go_on.click()
    qtbot.waitUntil(dialog.pin.isVisible)
    practice.key_failure = None
    practice.hold(AddSecurityKey)
    QTest.keyClicks(dialog.pin.answer, "1234")
    dialog.go_on.click()
    practice.release()
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
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(SignInDialog)))
    (dialog,) = desk.window.findChildren(SignInDialog)
    QTest.keyClicks(dialog.passphrase.edit, PASSPHRASE)
    QTest.keyClicks(dialog.code.edit, ONE_TIME_CODE)
    dialog.sign_in.click()
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
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(SignInDialog)))
    (dialog,) = desk.window.findChildren(SignInDialog)
    dialog.later.click()
    qtbot.waitUntil(lambda: not desk.mailbox.factors.is_busy)
    assert section.new_codes.isEnabled()
    assert len(practice.asked(RenewRecoveryCodes)) == 1
    assert not practice.asked(SignIn)
