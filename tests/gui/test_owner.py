# SPDX-License-Identifier: AGPL-3.0-or-later
"""The settings about computers, kit and backups, and the reminders above the mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.interface.commands import (
    BackUp,
    BeginLink,
    CancelLink,
    ChooseBackupFolder,
    ConfirmLink,
    CreateKit,
    RehearseKit,
    RenameDevice,
    RevokeDevice,
    RevokeWithKit,
    SignIn,
    StopHistory,
    VetoKit,
)
from app.interface.failures import Failure
from app.interface.snapshots import (
    AlarmKind,
    ConnectionState,
    HistoryChoice,
    KitState,
    LinkOutcome,
)
from app.window.viewmodels.session import Screen
from app.window.views.computers import AddComputerDialog, ComputersSection
from app.window.views.recovery import (
    CallOffDialog,
    RecoverySection,
    RehearseDialog,
    ShareDialog,
)
from app.window.views.reminders import Reminder
from app.window.views.settings import SettingsDialog
from tests.fakes.printed_pages import pages_of
from tests.fakes.scripted_engine import ONE_TIME_CODE, PASSPHRASE, Practice
from tests.fakes.scripted_owner import (
    COMPARED,
    KIT_TEXT,
    LINK_TEXT,
    OTHER_COMPUTER,
    SHARE_WORD,
)
from tests.gui.conftest import texts_of
from tests.gui.samples import DAY, HOUR, ago

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from app.window.views.step_up import StepUpPanel
    from tests.gui.conftest import OpenDesk

Page = TypeVar("Page", bound=QWidget)


@pytest.fixture
def practice() -> Practice:
    return Practice()


@pytest.fixture
def desk(unlocked: OpenDesk, practice: Practice) -> Desk:
    return unlocked(practice)


def open_section(desk: Desk, qtbot: QtBot, kind: type[Page]) -> Page:
    """Open the settings at a section."""
    desk.window.settings_asked.emit()
    (dialog,) = desk.window.findChildren(SettingsDialog)
    page = dialog.show_page_of(kind)
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    return page


def sign_in(panel: StepUpPanel, qtbot: QtBot) -> None:
    """Show both factors, where they are wanted."""
    qtbot.waitUntil(panel.isVisible)
    QTest.keyClicks(panel.passphrase.edit, PASSPHRASE)
    QTest.keyClicks(panel.code.edit, ONE_TIME_CODE)
    QTest.keyClick(panel.code.edit, Qt.Key.Key_Return)


def test_a_computer_is_renamed_and_removed_after_one_sign_in(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.owner.add_device()
    section = open_section(desk, qtbot, ComputersSection)
    qtbot.waitUntil(lambda: len(section.cards) == 2)
    # This computer does not remove itself.
    assert section.cards[0].remove.isHidden()
    section.cards[1].rename.click()
    QTest.keyClicks(section.cards[1].edit, "Portable")
    QTest.keyClick(section.cards[1].edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(practice.asked(RenameDevice)) and desk.bridge.is_quiet)
    assert practice.asked(RenameDevice)[0].device == OTHER_COMPUTER
    assert "Portable" in texts_of(section.cards[1])
    practice.owner.is_fresh = False
    section.cards[1].remove.click()
    assert not practice.asked(RevokeDevice)
    section.remove.click()
    sign_in(section.step_up, qtbot)
    qtbot.waitUntil(lambda: len(section.cards) == 1)
    assert len(practice.asked(SignIn)) == 1
    assert section.step_up.isHidden()
    assert section.step_up.passphrase.is_empty


def test_who_does_not_want_to_sign_in_changes_nothing(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.owner.add_device()
    practice.owner.is_fresh = False
    section = open_section(desk, qtbot, ComputersSection)
    section.cards[1].remove.click()
    section.remove.click()
    qtbot.waitUntil(section.step_up.isVisible)
    QTest.keyClicks(section.step_up.passphrase.edit, PASSPHRASE)
    section.step_up.cancel.click()
    assert section.step_up.isHidden()
    assert section.step_up.passphrase.is_empty
    assert len(practice.owner.devices) == 2
    # Another attempt asks anew.
    section.cards[1].remove.click()
    section.remove.click()
    qtbot.waitUntil(section.step_up.isVisible)


def test_a_wrong_passphrase_is_said_below_its_field(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.owner.add_device()
    practice.owner.is_fresh = False
    section = open_section(desk, qtbot, ComputersSection)
    section.cards[1].remove.click()
    section.remove.click()
    panel = section.step_up
    qtbot.waitUntil(panel.isVisible)
    QTest.keyClicks(panel.passphrase.edit, "no")
    QTest.keyClicks(panel.code.edit, ONE_TIME_CODE)
    panel.go_on.click()
    qtbot.waitUntil(lambda: "✕" in texts_of(panel.passphrase))
    assert len(practice.owner.devices) == 2


def test_a_stolen_computer_goes_with_the_kit(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    practice.owner.add_device()
    section = open_section(desk, qtbot, ComputersSection)
    section.cards[1].remove.click()
    section.stolen.click()
    section.remove_stolen.click()
    assert "needed" in texts_of(section.kit)
    section.kit.set_text(KIT_TEXT)
    section.remove_stolen.click()
    qtbot.waitUntil(lambda: len(section.cards) == 1)
    assert practice.asked(RevokeWithKit)[0].kit == KIT_TEXT
    assert section.kit.text == ""


def add_computer(desk: Desk, qtbot: QtBot) -> AddComputerDialog:
    """Begin to add a computer."""
    section = open_section(desk, qtbot, ComputersSection)
    section.add.click()
    (dialog,) = section.findChildren(AddComputerDialog)
    return dialog


def test_a_computer_is_added_once_the_words_were_compared(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.owner.is_fresh = False
    dialog = add_computer(desk, qtbot)
    sign_in(dialog.step_up, qtbot)
    qtbot.waitUntil(lambda: bool(dialog.picture.squares))
    assert len(dialog.twelve.words) == 12
    dialog.copy.click()
    assert QApplication.clipboard().text() == LINK_TEXT
    practice.owner.offer()
    qtbot.waitUntil(lambda: dialog.three.words in COMPARED.values())
    # The secret is not needed any more.
    assert not dialog.picture.squares
    assert not dialog.twelve.words
    assert QApplication.clipboard().text() == ""
    assert not dialog.confirm.hasFocus()
    dialog.all.click()
    dialog.confirm.click()
    qtbot.waitUntil(lambda: "is added" in texts_of(dialog.banner))
    (command,) = practice.asked(ConfirmLink)
    assert command.words in COMPARED.values()
    assert command.history is HistoryChoice.ALL
    dialog.shut.click()
    assert not practice.asked(CancelLink)
    (section,) = desk.window.findChildren(ComputersSection)
    qtbot.waitUntil(section.stop.isVisible)
    section.stop.click()
    qtbot.waitUntil(lambda: bool(practice.asked(StopHistory)))


def test_words_that_differ_add_nothing(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    dialog = add_computer(desk, qtbot)
    practice.owner.offer()
    qtbot.waitUntil(lambda: bool(dialog.three.words))
    dialog.differ.click()
    qtbot.waitUntil(lambda: bool(practice.asked(CancelLink)))
    assert "Somebody else may have seen" in texts_of(dialog.banner)
    assert not practice.asked(ConfirmLink)
    assert not dialog.three.words


@pytest.mark.parametrize("way", ["close", "lock", "expire"])
def test_the_secret_of_a_link_leaves_with_its_page(
    desk: Desk, practice: Practice, qtbot: QtBot, way: str
) -> None:
    dialog = add_computer(desk, qtbot)
    qtbot.waitUntil(lambda: bool(dialog.picture.squares))
    dialog.copy.click()
    word = dialog.twelve.words[0]
    if way == "close":
        dialog.shut.click()
        qtbot.waitUntil(lambda: bool(practice.asked(CancelLink)))
    elif way == "lock":
        desk.window.lock()
    else:
        practice.owner.end_link(LinkOutcome.EXPIRED)
        qtbot.waitUntil(lambda: not dialog.picture.squares)
        assert word not in texts_of(dialog)
    assert QApplication.clipboard().text() == ""


def test_not_signing_in_closes_what_was_begun(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    practice.owner.is_fresh = False
    dialog = add_computer(desk, qtbot)
    qtbot.waitUntil(dialog.step_up.isVisible)
    with qtbot.waitSignal(dialog.finished):
        dialog.step_up.cancel.click()
    assert len(practice.asked(BeginLink)) == 1


def test_a_new_kit_asks_for_passphrase_and_code_once(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.owner.is_fresh = False
    section = open_section(desk, qtbot, RecoverySection)
    section.kit.renew.click()
    section.kit.make.click()
    sign_in(section.kit.step_up, qtbot)
    qtbot.waitUntil(lambda: desk.mailbox.paper_kit.sheet is not None)
    assert desk.mailbox.session.screen is Screen.KIT
    assert len(practice.asked(CreateKit)) == 2
    assert len(practice.asked(SignIn)) == 1
    assert "counts from 29 November 2026" in texts_of(desk.window.kit)


def test_a_kit_is_tried(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    practice.owner.set_safety(is_rehearsal_due=True)
    qtbot.waitUntil(desk.window.mail.reminders.isVisible)
    section = open_section(desk, qtbot, RecoverySection)
    section.kit.rehearse.click()
    (dialog,) = section.findChildren(RehearseDialog)
    dialog.code.set_text(KIT_TEXT)
    practice.fail_next(RehearseKit, Failure.KIT_OTHER)
    dialog.go_on.click()
    qtbot.waitUntil(lambda: "another recovery kit" in texts_of(dialog.banner))
    dialog.go_on.click()
    qtbot.waitUntil(lambda: "works" in texts_of(dialog.banner))
    assert dialog.code.text == ""
    qtbot.waitUntil(lambda: not desk.window.mail.reminders.isVisible())


def test_a_new_kit_of_somebody_else_is_called_off(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.owner.set_safety(kit=KitState.ANNOUNCED, kit_counts_at=ago(-7 * DAY))
    qtbot.waitUntil(lambda: desk.window.mail.reminders.due is Reminder.KIT_CHANGING)
    desk.window.mail.reminders.act.click()
    (settings,) = desk.window.findChildren(SettingsDialog)
    (section,) = settings.findChildren(RecoverySection)
    assert section.isVisible()
    section.kit.call_off.click()
    (dialog,) = section.findChildren(CallOffDialog)
    dialog.code.set_text(KIT_TEXT)
    dialog.go_on.click()
    qtbot.waitUntil(lambda: "is void" in texts_of(dialog.banner))
    assert practice.asked(VetoKit)[0].kit == KIT_TEXT


def test_shares_are_printed_and_forgotten(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    section = open_section(desk, qtbot, RecoverySection)
    section.kit.share.click()
    (dialog,) = section.findChildren(ShareDialog)
    dialog.count.setValue(4)
    dialog.threshold.setValue(3)
    dialog.count.setValue(2)
    assert dialog.threshold.value() == 2
    dialog.code.set_text(KIT_TEXT)
    dialog.go_on.click()
    qtbot.waitUntil(dialog.paper.isVisible)
    path = tmp_path / "shares.pdf"
    dialog.paper.write(str(path))
    qtbot.waitUntil(lambda: "Saved as shares.pdf" in texts_of(dialog.paper.banner))
    pages = pages_of(path)
    assert len(pages) == 2
    assert all(SHARE_WORD in page for page in pages)
    assert SHARE_WORD not in texts_of(dialog)
    dialog.shut.click()
    # Closed, they are gone.
    dialog.paper.write(str(tmp_path / "later.pdf"))
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    assert not (tmp_path / "later.pdf").exists()


def test_a_folder_is_chosen_and_backed_up_into(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    section = open_section(desk, qtbot, RecoverySection)
    assert "No backup is made" in section.backup.state.text()
    assert section.backup.now.isHidden()
    desk.mailbox.backups.choose("/media/usb")
    qtbot.waitUntil(lambda: section.backup.state.text().startswith("✓"))
    assert practice.asked(ChooseBackupFolder)[0].folder == "/media/usb"
    practice.fail_next(BackUp, Failure.DISK_FULL)
    section.backup.now.click()
    qtbot.waitUntil(section.backup.banner.isVisible)
    assert section.backup.now.isVisible()


def test_one_reminder_at_a_time_the_most_pressing_first(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    strip = desk.window.mail.reminders
    assert not strip.isVisible()
    practice.owner.set_safety(
        kit=KitState.MISSING, backup_folder="/x", backup_at=ago(9 * DAY), is_rehearsal_due=True
    )
    qtbot.waitUntil(lambda: strip.due is Reminder.KIT_MISSING)
    seen = []
    for _ in range(3):
        seen.append(strip.due)
        strip.later.click()
    assert seen == [Reminder.KIT_MISSING, Reminder.BACKUP_OLD, Reminder.REHEARSAL]
    assert not strip.isVisible()
    practice.owner.set_safety(backup_failed_at=ago(HOUR))
    qtbot.waitUntil(lambda: strip.due is Reminder.BACKUP_FAILED)
    # What the relay wants comes first: one line, not two.
    practice.set_connection(ConnectionState.SIGN_IN_NEEDED)
    qtbot.waitUntil(desk.window.mail.sign_in_strip.isVisible)
    qtbot.waitUntil(lambda: not strip.isVisible())


def test_a_removed_computer_says_so(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    practice.set_connection(ConnectionState.DEVICE_REMOVED)
    strip = desk.window.mail.reminders
    qtbot.waitUntil(lambda: strip.due is Reminder.REMOVED)
    assert strip.act.isHidden()
    assert strip.later.isHidden()


def test_a_change_of_the_own_account_leads_to_the_computers(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.sound(AlarmKind.OWN_KEYS_CHANGED, "4 restored")
    qtbot.waitUntil(lambda: bool(desk.mailbox.standing.alarms))
    desk.window.mail.alarms.computers_asked.emit()
    (settings,) = desk.window.findChildren(SettingsDialog)
    (section,) = settings.findChildren(ComputersSection)
    assert section.isVisible()


def test_what_was_typed_in_a_section_goes_with_it(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.owner.add_device()
    section = open_section(desk, qtbot, ComputersSection)
    section.cards[1].remove.click()
    section.stolen.click()
    section.kit.set_text(KIT_TEXT)
    (settings,) = desk.window.findChildren(SettingsDialog)
    settings.turn_to(0)
    assert section.kit.text == ""
