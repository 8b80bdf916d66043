# SPDX-License-Identifier: AGPL-3.0-or-later
"""Locking, and engines that end by themselves: nothing of the mailbox stays in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.interface.secret import Secret
from app.interface.snapshots import AlarmKind
from app.window.viewmodels.session import Screen
from app.window.views.navigation import Destination
from tests.fakes.scripted_engine import PASSPHRASE
from tests.gui.conftest import texts_of
from tests.gui.samples import sample_practice

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.gui.conftest import OpenDesk

# Names and words of the sample letters, one of each kind of place where they could stay.
SECRETS = ("Benali", "Lombalgie", "IRM", "Duval", "Lambert", "Claire Martin", "Garnier", "canari")


def look_at_everything(desk: Desk, qtbot: QtBot) -> None:
    """Open a letter, a person and a search, so that all panes have held something."""
    mail = desk.window.mail
    row = desk.mailbox.conversations.conversation_at(0)
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


def test_locking_asks_about_a_letter_that_is_not_sent(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(sample_practice())
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari")
    desk.window.lock()
    (dialog,) = desk.window.findChildren(QMessageBox)
    press(dialog, "Go back")
    assert desk.mailbox.session.screen is Screen.MAIL
    assert desk.mailbox.composer.draft.text == "canari"
    qtbot.waitUntil(lambda: not desk.window.findChildren(QMessageBox))
    desk.window.lock()
    (dialog,) = desk.window.findChildren(QMessageBox)
    press(dialog, "Lock")
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.UNLOCK)
    assert_nothing_is_left(desk)


def press(dialog: QMessageBox, beginning: str) -> None:
    """Press the button whose text begins so."""
    (button,) = (
        each for each in dialog.findChildren(QPushButton) if each.text().startswith(beginning)
    )
    button.click()


def test_closing_asks_about_a_letter_that_is_not_sent(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(sample_practice())
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari")
    assert not desk.window.close()
    assert desk.window.isVisible()
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
