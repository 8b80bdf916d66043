# SPDX-License-Identifier: AGPL-3.0-or-later
"""Another passphrase: both factors once, what the end means, and what a sudden end of the program means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.interface.commands import ChangePassphrase, SignIn
from app.interface.failures import Failure
from app.interface.secret import Secret
from app.window.preferences import Preferences
from app.window.viewmodels.session import Screen
from app.window.views.change_passphrase import ChangePassphraseDialog
from app.window.views.settings import SettingsDialog
from app.window.views.ways_in import WaysIn
from tests.fakes.scripted_engine import ONE_TIME_CODE, PASSPHRASE, Practice
from tests.gui.conftest import texts_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.gui.conftest import OpenDesk

NEW = "vitre moulin orage cerise lampe tunnel balcon"


@pytest.fixture
def practice() -> Practice:
    return Practice()


@pytest.fixture
def desk(unlocked: OpenDesk, practice: Practice) -> Desk:
    return unlocked(practice)


@pytest.fixture
def dialog(desk: Desk, qtbot: QtBot) -> ChangePassphraseDialog:
    """The dialog, as one gets there."""
    desk.window.settings_asked.emit()
    (settings,) = desk.window.findChildren(SettingsDialog)
    section = settings.show_page_of(WaysIn)
    section.change.click()
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    (found,) = section.findChildren(ChangePassphraseDialog)
    return found


def type_new(dialog: ChangePassphraseDialog, first: str = NEW, again: str = NEW) -> None:
    """Type the new one twice, and press Enter."""
    QTest.keyClicks(dialog.new.passphrase.edit, first)
    QTest.keyClick(dialog.new.passphrase.edit, Qt.Key.Key_Return)
    QTest.keyClicks(dialog.new.again.edit, again)
    QTest.keyClick(dialog.new.again.edit, Qt.Key.Key_Return)


def sign_in(dialog: ChangePassphraseDialog, qtbot: QtBot) -> None:
    """Show both factors in the panel."""
    qtbot.waitUntil(dialog.step_up.isVisible)
    QTest.keyClicks(dialog.step_up.passphrase.edit, PASSPHRASE)
    QTest.keyClicks(dialog.step_up.code.edit, ONE_TIME_CODE)
    QTest.keyClick(dialog.step_up.code.edit, Qt.Key.Key_Return)


def test_both_factors_are_asked_for_once_and_the_end_is_said(
    desk: Desk, practice: Practice, dialog: ChangePassphraseDialog, qtbot: QtBot
) -> None:
    practice.step_ups_wanted = 1
    type_new(dialog)
    qtbot.waitUntil(dialog.step_up.isVisible)
    # One question at a time, and no second button beside the panel's own.
    assert dialog.new.isHidden()
    assert dialog.go_on.isHidden()
    sign_in(dialog, qtbot)
    qtbot.waitUntil(lambda: "Your passphrase is changed" in texts_of(dialog.banner))
    assert practice.passphrase == NEW
    assert len(practice.asked(SignIn)) == 1
    assert [each.passphrase for each in practice.asked(ChangePassphrase)] == [NEW, NEW]
    assert dialog.new.passphrase.is_empty
    assert dialog.new.again.is_empty
    assert "for a week, it goes with the old one too" in texts_of(dialog.banner)
    assert "other computers" not in texts_of(dialog.banner)
    assert dialog.shut.text() == "Close"
    dialog.shut.click()
    desk.window.lock()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert "being changed" not in texts_of(desk.window.unlock)
    desk.mailbox.session.unlock(Secret.of(NEW))
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.MAIL)


def test_who_has_just_signed_in_is_asked_for_nothing_but_the_new_one(
    practice: Practice, dialog: ChangePassphraseDialog, qtbot: QtBot
) -> None:
    practice.owner.add_device("Laptop")
    type_new(dialog)
    qtbot.waitUntil(lambda: "Your other computers still open" in texts_of(dialog.banner))
    assert not practice.asked(SignIn)
    assert dialog.step_up.isHidden()


def test_what_is_too_easy_or_typed_differently_is_not_sent(
    practice: Practice, dialog: ChangePassphraseDialog
) -> None:
    type_new(dialog, "cerise tunnel", "cerise tunnel")
    assert "Too easy to guess" in texts_of(dialog.new.passphrase)
    dialog.new.forget()
    type_new(dialog, NEW, f"{NEW}x")
    assert "not the same" in texts_of(dialog.new.again)
    assert not practice.asked(ChangePassphrase)


def test_what_keeps_it_from_changing_is_said_and_the_old_one_holds(
    practice: Practice, dialog: ChangePassphraseDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    practice.fail_next(ChangePassphrase, Failure.RELAY_UNREACHABLE)
    type_new(dialog)
    qtbot.waitUntil(lambda: "old passphrase still holds" in texts_of(dialog.banner))
    assert practice.passphrase == PASSPHRASE
    assert not Preferences(tmp_path).is_changing_passphrase
    # Nothing is asked for twice: what was typed is still there.
    dialog.go_on.click()
    qtbot.waitUntil(lambda: "is changed" in texts_of(dialog.banner))


def test_who_does_not_sign_in_changes_nothing(
    practice: Practice, dialog: ChangePassphraseDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    practice.step_ups_wanted = 1
    type_new(dialog)
    qtbot.waitUntil(dialog.step_up.isVisible)
    assert not Preferences(tmp_path).is_changing_passphrase
    dialog.step_up.cancel.click()
    assert dialog.new.isVisible()
    dialog.reject()
    assert dialog.new.passphrase.is_empty
    assert practice.passphrase == PASSPHRASE


def test_a_sudden_end_in_the_middle_is_explained_also_after_a_restart(
    desk: Desk,
    practice: Practice,
    dialog: ChangePassphraseDialog,
    open_desk: OpenDesk,
    qtbot: QtBot,
) -> None:
    practice.hold(ChangePassphrase)
    type_new(dialog)
    qtbot.waitUntil(lambda: bool(practice.asked(ChangePassphrase)))
    practice.die()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert "Try the new one first" in texts_of(desk.window.unlock)
    # The window may be gone too: another one knows all the same.
    other = open_desk(practice)
    qtbot.waitUntil(lambda: other.mailbox.session.screen is Screen.UNLOCK)
    assert "Try the new one first" in texts_of(other.window.unlock)
    other.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: other.mailbox.session.screen is Screen.MAIL)
    assert not other.mailbox.passphrase_change.is_unsettled


@pytest.mark.parametrize("way", ["close", "lock"])
def test_what_was_typed_goes_with_the_dialog(
    desk: Desk, practice: Practice, dialog: ChangePassphraseDialog, qtbot: QtBot, way: str
) -> None:
    practice.step_ups_wanted = 1
    type_new(dialog)
    sign_in_panel = dialog.step_up
    qtbot.waitUntil(sign_in_panel.isVisible)
    QTest.keyClicks(sign_in_panel.passphrase.edit, PASSPHRASE)
    fresh = desk.mailbox.passphrase_change.fresh
    (kept,) = fresh._secrets
    assert kept.reveal() == NEW
    if way == "close":
        dialog.reject()
    else:
        desk.window.lock()
    assert dialog.new.passphrase.is_empty
    assert sign_in_panel.passphrase.is_empty
    assert not kept.reveal().strip("\0")
    assert not fresh.is_asking
    assert len(practice.asked(ChangePassphrase)) == 1
