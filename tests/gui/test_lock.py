# SPDX-License-Identifier: AGPL-3.0-or-later
"""Locking, and engines that end by themselves: nothing of the mailbox stays in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QPixmap, QPixmapCache
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from app.interface.commands import Lock, Unlock
from app.interface.failures import Failure
from app.interface.secret import Secret
from app.interface.snapshots import AlarmKind, DraftRecipient
from app.interface.writing import SaveDraft
from app.paths import lock_request
from app.window.preferences import IDLE_MINUTES, MOST_IDLE_MINUTES, Preferences
from app.window.presence.freedesktop import FreeDesktop
from app.window.viewmodels.beginning import Beginning
from app.window.viewmodels.session import LockReason, Screen
from app.window.views.connection import ConnectionDialog
from app.window.views.navigation import Destination
from app.window.views.settings import SettingsDialog
from tests.fakes.private_bus import PrivateBus, private_bus
from tests.fakes.scripted_engine import PASSPHRASE
from tests.gui.conftest import texts_of
from tests.gui.samples import row_at, sample_practice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.gui.conftest import OpenDesk

# Names and words of the sample letters, one of each kind of place where they could stay.
SECRETS = ("Benali", "Lombalgie", "IRM", "Duval", "Lambert", "Claire Martin", "Garnier", "canari")


def look_at_everything(desk: Desk, qtbot: QtBot) -> None:
    """Open a letter, a person and a search, so that all panes have held something."""
    mail = desk.window.mail
    row = row_at(desk.mailbox.conversations, 0)
    mail.conversations.list.entered_line.emit(row)
    qtbot.waitUntil(lambda: len(mail.reading.views) == 1)
    mail.go(Destination.CONTACTS)
    mail.contact_list.list.chosen.emit(desk.mailbox.contacts.everyone.contact_at(0))
    mail.contact_list.button.click()
    mail.people.directory.query.setText("canari")
    mail.people.directory.search_button.click()
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    mail.go(Destination.INBOX)
    qtbot.waitUntil(lambda: desk.mailbox.conversations.rowCount() == 4)
    mail.conversations.list.entered_line.emit(row)
    qtbot.waitUntil(lambda: len(mail.reading.views) == 1)
    assert "Lombalgie" in texts_of(desk.window)


def assert_nothing_is_left(desk: Desk) -> None:
    """Search every widget and every model."""
    # What was taken off the page goes with the next event.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    texts = texts_of(desk.window)
    assert not [secret for secret in SECRETS if secret in texts]
    mailbox = desk.mailbox
    assert mailbox.conversations.rowCount() == 0
    assert mailbox.contacts.everyone.rowCount() == 0
    assert mailbox.contacts.accepted.rowCount() == 0
    assert mailbox.reading.letters == ()
    assert mailbox.standing.alarms == ()
    assert PASSPHRASE not in texts


def test_locking_leaves_nothing_behind(
    unlocked: OpenDesk, qtbot: QtBot, pytestconfig: pytest.Config
) -> None:
    del pytestconfig
    practice = sample_practice()
    desk = unlocked(practice)
    look_at_everything(desk, qtbot)
    QTest.keyClick(desk.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert practice.engines[0].is_closed
    assert desk.window.pages.currentWidget() is desk.window.unlock
    assert_nothing_is_left(desk)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: desk.mailbox.conversations.rowCount() == 4)


def test_a_letter_that_is_not_sent_comes_back_after_a_lock(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    row = next(iter(practice.contacts.values()))
    someone = DraftRecipient(account=row.account, name=row.name, profession=row.profession)
    desk.window.mail.write_to(Beginning(to=(someone,)))
    composer = desk.window.mail.composer
    composer.subject.setText("Mme Duval")
    composer.text.setPlainText("canari")
    composer.urgent.setChecked(True)
    written = desk.mailbox.composer.content
    desk.window.lock()
    assert desk.mailbox.session.screen is Screen.UNLOCK, "nobody is asked anything"
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert_nothing_is_left(desk)
    assert [view.content.text for view in practice.writing.drafts.values()] == ["canari"]
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: desk.window.mail.content.currentWidget() is composer)
    assert composer.text.toPlainText() == "canari"
    assert desk.mailbox.composer.content == written
    # Sent once, it does not come back again.
    composer.send.click()
    qtbot.waitUntil(lambda: not practice.writing.drafts)


def test_a_letter_thrown_away_after_a_lock_does_not_come_back(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari")
    desk.window.lock()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: desk.mailbox.composer.content.text == "canari")
    desk.mailbox.composer.discard()
    qtbot.waitUntil(lambda: not practice.writing.drafts)


def test_a_letter_that_the_vault_cannot_keep_is_not_lost(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari")
    practice.fail_next(SaveDraft, Failure.DISK_FULL)
    desk.window.lock()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert practice.engines[0].is_closed
    assert not desk.window.mail.isVisible()
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.MAIL)
    assert desk.window.mail.composer.text.toPlainText() == "canari"


def test_the_screen_is_clear_before_the_letter_is_kept(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari")
    practice.hold(SaveDraft)
    desk.window.lock()
    assert desk.window.pages.currentWidget() is desk.window.unlock
    assert "canari" not in texts_of(desk.window)
    qtbot.waitUntil(lambda: bool(practice.asked(SaveDraft)))
    assert not practice.asked(Lock), "the engine has to live for it"
    practice.release()
    qtbot.waitUntil(lambda: len(practice.engines) == 2)
    assert practice.writing.drafts


def test_a_lock_keeps_what_was_typed_while_the_vault_was_still_busy_with_the_words_before(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    desk.window.mail.write()
    text = desk.window.mail.composer.text
    text.setPlainText("depuis")
    qtbot.waitUntil(lambda: bool(practice.writing.drafts) and desk.bridge.is_quiet)
    practice.hold(SaveDraft)
    for words in ("depuis lun", "depuis lundi"):
        text.setPlainText(words)
        desk.mailbox.composer.save()
    desk.window.lock()
    practice.release()
    qtbot.waitUntil(lambda: len(practice.engines) == 2)
    (draft,) = practice.writing.drafts.values()
    assert draft.content.text == "depuis lundi"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (LockReason.IDLE, "nobody was at the computer"),
        (LockReason.ASLEEP, "went to sleep"),
        (LockReason.LEFT, "session was locked"),
    ],
)
def test_the_desk_locks_by_itself_and_says_why(
    unlocked: OpenDesk, qtbot: QtBot, reason: LockReason, words: str
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    look_at_everything(desk, qtbot)
    desk.window.mail.show_connection()
    QGuiApplication.clipboard().setText("Lombalgie")
    QPixmapCache.insert("drawn", desk.window.grab())
    if reason is LockReason.IDLE:
        desk.idleness.over.emit()
    elif reason is LockReason.ASLEEP:
        desk.desktop.sleeping.emit()
    else:
        desk.desktop.left.emit()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert practice.engines[0].is_closed
    assert_nothing_is_left(desk)
    assert words in texts_of(desk.window.unlock)
    assert "learn of new mail when you unlock" in texts_of(desk.window.unlock)
    assert QGuiApplication.clipboard().text() == ""
    assert not QPixmapCache.find("drawn", QPixmap()), "no picture of what was drawn is kept"
    qtbot.waitUntil(lambda: not desk.window.findChildren(ConnectionDialog))
    # Locked once is enough: what the desktop says now changes nothing.
    desk.desktop.sleeping.emit()
    assert len(practice.asked(Lock)) == 1
    assert words in texts_of(desk.window.unlock)


# --- asleep before it is locked: a real bus, on which logind waits ---


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[PrivateBus]:
    with private_bus(tmp_path) as found:
        yield found


def test_the_computer_sleeps_only_once_the_engine_is_gone(
    unlocked: OpenDesk, bus: PrivateBus, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice, desktop=FreeDesktop(bus.listener, bus.listener))
    look_at_everything(desk, qtbot)
    qtbot.waitUntil(lambda: bus.waits_for == 1)
    practice.hold(Lock)
    bus.prepare_for_sleep(is_beginning=True)
    qtbot.waitUntil(lambda: bool(practice.asked(Lock)))
    assert_nothing_is_left(desk)
    assert bus.waits_for == 1
    assert [each.is_closed for each in practice.engines] == [False]
    practice.release()
    qtbot.waitUntil(lambda: bus.waits_for == 0)
    assert practice.engines[0].is_closed
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)


def test_a_locked_window_keeps_no_computer_awake(
    open_desk: OpenDesk, bus: PrivateBus, qtbot: QtBot
) -> None:
    practice = sample_practice()
    open_desk(practice, desktop=FreeDesktop(bus.listener, bus.listener))
    qtbot.waitUntil(lambda: bus.waits_for == 1)
    bus.prepare_for_sleep(is_beginning=True)
    qtbot.waitUntil(lambda: bus.waits_for == 0)
    assert len(practice.engines) == 1


def test_what_is_being_unlocked_does_not_open_after_the_sleep(
    open_desk: OpenDesk, bus: PrivateBus, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = open_desk(practice, desktop=FreeDesktop(bus.listener, bus.listener))
    qtbot.waitUntil(lambda: bus.waits_for == 1)
    practice.hold(Unlock)
    desk.window.unlock.field.edit.setText(PASSPHRASE)
    desk.window.unlock.button.click()
    qtbot.waitUntil(lambda: bool(practice.asked(Unlock)))
    bus.prepare_for_sleep(is_beginning=True)
    qtbot.waitUntil(lambda: bus.waits_for == 0)
    assert practice.engines[0].is_closed
    assert desk.window.unlock.field.is_empty
    assert "went to sleep" in texts_of(desk.window.unlock)
    practice.release()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert desk.mailbox.session.screen is Screen.UNLOCK
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.MAIL)


def test_the_time_is_chosen_in_the_settings_and_in_force_at_once(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    practice.is_bound_to_os = True
    desk = unlocked(practice)
    QTest.keyClick(desk.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(SettingsDialog)))
    (dialog,) = desk.window.findChildren(SettingsDialog)
    next(way for way in dialog.ways if way.text() == "Locking").click()
    assert dialog.minutes.value() == IDLE_MINUTES
    assert "keyring protects too" in texts_of(dialog)
    dialog.minutes.setValue(500)
    assert dialog.minutes.value() == Preferences(tmp_path).idle_minutes == MOST_IDLE_MINUTES
    dialog.minutes.setValue(1)
    assert desk.idleness._limit == 60
    dialog.shut.click()


def test_nonsense_in_the_file_is_the_usual_time(tmp_path: Path) -> None:
    for stored, minutes in (("0", 1), ("999", 120), ("-5", 10), ("never", 10), ("45", 45)):
        (tmp_path / "window.ini").write_text(f"[General]\nidle-minutes={stored}\n")
        assert Preferences(tmp_path).idle_minutes == minutes


def press(dialog: QMessageBox, beginning: str) -> None:
    """Press the button whose text begins so."""
    (button,) = (
        each for each in dialog.findChildren(QPushButton) if each.text().startswith(beginning)
    )
    button.click()


def test_closing_keeps_a_letter_that_is_not_sent(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari")
    with qtbot.waitSignal(desk.window.leaving):
        desk.window.close()
    assert [view.content.text for view in practice.writing.drafts.values()] == ["canari"]


def test_closing_asks_about_a_letter_that_cannot_be_kept(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari")
    practice.fail_next(SaveDraft, Failure.DISK_FULL)
    assert not desk.window.close()
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(QMessageBox)))
    (dialog,) = desk.window.findChildren(QMessageBox)
    press(dialog, "Go back")
    assert desk.window.isVisible()
    assert desk.mailbox.composer.content.text == "canari"
    practice.fail_next(SaveDraft, Failure.DISK_FULL)
    qtbot.waitUntil(lambda: not desk.window.findChildren(QMessageBox))
    desk.window.close()
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(QMessageBox)))
    (dialog,) = desk.window.findChildren(QMessageBox)
    with qtbot.waitSignal(desk.window.leaving):
        press(dialog, "Quit")


def test_an_engine_that_ends_by_itself_locks_and_is_explained(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    look_at_everything(desk, qtbot)
    practice.sound(AlarmKind.SPLIT_VIEW)
    qtbot.waitUntil(lambda: bool(desk.mailbox.standing.alarms))
    practice.die()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert desk.window.pages.currentWidget() is desk.window.unlock
    assert "has stopped" in texts_of(desk.window.unlock.banner)
    assert_nothing_is_left(desk)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.MAIL)
    assert desk.window.unlock.banner.isHidden()


def test_a_letter_survives_an_engine_that_ends(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari")
    practice.die()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert desk.window.pages.currentWidget() is desk.window.unlock
    assert not desk.window.mail.isVisible()
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.MAIL)
    assert desk.window.mail.content.currentWidget() is desk.window.mail.composer
    assert desk.window.mail.composer.text.toPlainText() == "canari"


def test_an_engine_that_never_speaks_is_not_started_for_ever(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    connect = practice.connect

    def stillborn() -> object:
        engine = connect()
        while not engine._spoken.empty():
            engine.receive()
        engine.end()
        return engine

    desk.bridge._connect = stillborn  # type: ignore[assignment]
    practice.die()
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.STOPPED)
    assert len(practice.engines) == 2
    assert "does not start" in texts_of(desk.window.trouble)
    desk.bridge._connect = connect
    desk.window.trouble.again.click()
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.UNLOCK)


def test_another_program_asks_the_window_to_lock(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(sample_practice())
    profile = desk._preferences.folder
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.MAIL)
    lock_request(profile).touch()
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.UNLOCK)
    qtbot.waitUntil(lambda: not lock_request(profile).exists())
    # Asked again, a locked window answers at once.
    lock_request(profile).touch()
    qtbot.waitUntil(lambda: not lock_request(profile).exists())
