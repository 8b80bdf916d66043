# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opening the mailbox: the right and the wrong passphrase, the first run, what cannot be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.interface.commands import Unlock, UnlockWithKit
from app.interface.failures import Failure
from app.interface.secret import Secret
from app.interface.snapshots import ProfileState
from app.window.viewmodels.session import Screen
from app.window.views.components.fields import MAX_PASSPHRASE
from tests.fakes.scripted_engine import PASSPHRASE, Practice
from tests.gui.conftest import texts_of
from tests.gui.samples import sample_practice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.gui.conftest import OpenDesk


def screen(desk: Desk) -> Screen:
    """Return which page is due."""
    return desk.mailbox.session.screen


def test_the_right_passphrase_opens_the_mail(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(sample_practice())
    page = desk.window.unlock
    assert desk.window.pages.currentWidget() is page
    assert "nothing is received" in texts_of(page)
    QTest.keyClicks(page.field.edit, PASSPHRASE)
    QTest.keyClick(page.field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen(desk) is Screen.MAIL)
    qtbot.waitUntil(lambda: desk.mailbox.conversations.rowCount() == 4)
    assert desk.window.pages.currentWidget() is desk.window.mail
    assert PASSPHRASE not in texts_of(desk.window)


def test_a_wrong_passphrase_is_said_in_place(open_desk: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = open_desk(practice)
    page = desk.window.unlock
    QTest.keyClicks(page.field.edit, "wrong one")
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "not the passphrase" in texts_of(page.field))
    assert page.field.is_empty
    assert screen(desk) is Screen.UNLOCK
    QTest.keyClicks(page.field.edit, PASSPHRASE)
    assert "not the passphrase" not in texts_of(page.field)
    QTest.keyClick(page.field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen(desk) is Screen.MAIL)


def test_a_wrong_passphrase_makes_the_next_one_wait(open_desk: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = open_desk(practice)
    page = desk.window.unlock
    practice.wait_seconds = 2
    page._second.setInterval(1_000_000)
    QTest.keyClicks(page.field.edit, "wrong one")
    page.button.click()
    qtbot.waitUntil(page.waiting.isVisible)
    assert "wait 2 seconds" in page.waiting.text()
    # One may type meanwhile, but not try.
    QTest.keyClicks(page.field.edit, PASSPHRASE)
    assert not page.button.isEnabled()
    page._second.timeout.emit()
    assert "wait 1 second." in page.waiting.text()
    page._second.timeout.emit()
    assert page.waiting.isHidden()
    assert page.field.secret().reveal() == PASSPHRASE
    QTest.keyClick(page.field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen(desk) is Screen.MAIL)


def test_a_window_opened_during_the_wait_says_so(open_desk: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    practice.wait_seconds = 60
    page = open_desk(practice).window.unlock
    qtbot.waitUntil(page.waiting.isVisible)
    assert "wait 60 seconds" in page.waiting.text()
    QTest.keyClicks(page.field.edit, PASSPHRASE)
    QTest.keyClick(page.field.edit, Qt.Key.Key_Return)
    assert not page.button.isEnabled()
    assert not practice.asked(Unlock)


def test_while_the_passphrase_is_checked_nothing_can_be_asked_twice(
    open_desk: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = open_desk(practice)
    page = desk.window.unlock
    practice.hold(Unlock)
    QTest.keyClicks(page.field.edit, PASSPHRASE)
    QTest.keyClick(page.field.edit, Qt.Key.Key_Return)
    QTest.keyClick(page.field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(practice.asked(Unlock)))
    assert page.field.edit.isReadOnly()
    assert not page.button.isEnabled()
    assert page._progress.isVisible()
    practice.release()
    qtbot.waitUntil(lambda: screen(desk) is Screen.MAIL)
    assert len(practice.asked(Unlock)) == 1


def test_caps_lock_is_noticed(open_desk: OpenDesk) -> None:
    page = open_desk(sample_practice()).window.unlock
    none, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    for text, modifiers, warns in (
        ("a", none, False),
        ("A", shift, False),
        ("A", none, True),
        ("é", none, False),
        ("a", shift, True),
        # A digit says nothing about the lock.
        ("1", none, True),
    ):
        event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_A, modifiers, text)
        QApplication.sendEvent(page.field.edit, event)
        assert page.field.caps.isVisible() is warns
    page.forget()
    assert page.field.caps.isHidden()


def test_what_is_typed_is_hidden_unless_asked(open_desk: OpenDesk) -> None:
    field = open_desk(sample_practice()).window.unlock.field
    QTest.keyClicks(field.edit, "mmm")
    hidden = field.edit.grab().toImage()
    assert not field.edit.is_shown
    field._eye.click()
    shown = field.edit.grab().toImage()
    assert shown != hidden
    field.edit.setText("iii")
    assert field.edit.grab().toImage() != shown, "the letters themselves are painted"
    field.forget()
    assert not field.edit.is_shown


def test_the_line_never_holds_the_passphrase(open_desk: OpenDesk) -> None:
    edit = open_desk(sample_practice()).window.unlock.field.edit
    seen: list[str] = []
    edit.textChanged.connect(seen.append)
    QTest.keyClicks(edit, PASSPHRASE)
    assert edit.secret().reveal() == PASSPHRASE
    assert len(edit.text()) == len(PASSPHRASE)
    assert not any(letter in text for text in seen for letter in PASSPHRASE)
    edit.forget()
    assert edit.is_empty
    edit.undo()
    assert edit.is_empty
    assert not any(edit._hidden._letters)


def test_a_passphrase_is_edited_like_any_text(open_desk: OpenDesk) -> None:
    edit = open_desk(sample_practice()).window.unlock.field.edit
    QTest.keyClicks(edit, "acd")
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right):
        QTest.keyClick(edit, key)
    QTest.keyClicks(edit, "b")
    assert edit.secret().reveal() == "abcd"
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    assert edit.secret().reveal() == "ad"
    edit.selectAll()
    for letter in "né à 2 €":
        pressed = QKeyEvent(
            QKeyEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter
        )
        QApplication.sendEvent(edit, pressed)
    assert edit.secret().reveal() == "né à 2 €"
    # A letter of two keys, as on French keyboards.
    accent = QInputMethodEvent()
    accent.setCommitString("ê")
    QApplication.sendEvent(edit, accent)
    assert edit.secret().reveal() == "né à 2 €ê"
    # In one piece, as a screen reader or the clipboard brings it.
    edit.setText("cerise tunnel")
    assert edit.secret().reveal() == "cerise tunnel"
    assert "cerise" not in edit.text()
    edit.setReadOnly(True)
    QTest.keyClicks(edit, "x")
    assert edit.secret().reveal() == "cerise tunnel"


def test_a_passphrase_has_an_end(open_desk: OpenDesk) -> None:
    edit = open_desk(sample_practice()).window.unlock.field.edit
    edit.setText("é" * 5000)
    assert edit.count() == MAX_PASSPHRASE
    QTest.keyClicks(edit, "x")
    assert edit.count() == MAX_PASSPHRASE
    edit.selectAll()
    QTest.keyClicks(edit, "x")
    assert edit.secret().reveal() == "x"


@pytest.mark.parametrize(
    ("profile", "words"),
    [(ProfileState.DAMAGED, "cannot be read"), (ProfileState.NEWER, "newer version")],
)
def test_what_cannot_be_opened_is_explained(
    open_desk: OpenDesk, qtbot: QtBot, profile: ProfileState, words: str
) -> None:
    desk = open_desk(Practice(profile=profile))
    qtbot.waitUntil(lambda: desk.window.pages.currentWidget() is desk.window.trouble)
    assert words in texts_of(desk.window.trouble)
    assert desk.window.trouble.again.isHidden()


def test_any_other_failure_is_explained(open_desk: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = open_desk(practice)
    practice.fail_next(Unlock, Failure.OS_SECRET_MISSING)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(desk.window.unlock.banner.isVisible)
    assert "keyring" in texts_of(desk.window.unlock.banner)


def test_where_the_keyring_was_emptied_the_kit_is_the_way_out(
    open_desk: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = open_desk(practice)
    page = desk.window.unlock
    assert page.kit.isHidden()
    practice.fail_next(Unlock, Failure.OS_SECRET_MISSING)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(page.use_kit.isVisible)
    page.use_kit.click()
    assert page.kit.isVisible()
    page.kit.edit.setText("AAAAA BBBBB")
    QTest.keyClicks(page.field.edit, PASSPHRASE)
    practice.fail_next(UnlockWithKit, Failure.KIT_CODE_INVALID, "2")
    page.button.click()
    qtbot.waitUntil(lambda: "Group 2" in texts_of(page.kit))
    assert not page.field.is_empty, "nothing is asked for twice"
    page.kit.edit.setText("AAAAA CCCCC")
    page.button.click()
    qtbot.waitUntil(lambda: screen(desk) is Screen.MAIL)
    assert practice.asked(UnlockWithKit)[-1].kit == "AAAAA CCCCC"
    assert "AAAAA" not in texts_of(desk.window)
    assert page.kit.isHidden()
