# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing: by keyboard alone, with documents dropped, offline, answers, and nothing lost by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QWidget

from app.interface.commands import SendLetter
from app.interface.failures import Failure
from app.interface.snapshots import ConnectionState
from app.window.views.documents import DraftDocument
from app.window.views.navigation import Destination
from crypto_core.wire.envelope import Urgency
from tests.gui.conftest import texts_of
from tests.gui.samples import row_at, sample_practice

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.fakes.scripted_engine import Practice
    from tests.gui.conftest import OpenDesk

CONTROL = Qt.KeyboardModifier.ControlModifier


def focused() -> QWidget:
    """Return the widget that has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def write_something(desk: Desk, practice: Practice, text: str = "Bonjour") -> None:
    """Begin a letter to the first correspondent."""
    mail = desk.window.mail
    mail.write()
    mail.composer.recipients.edit.setText("Benali")
    assert mail.composer.recipients.finish()
    mail.composer.subject.setText("Bilan")
    mail.composer.text.setPlainText(text)
    assert practice.contacts


def test_a_letter_is_written_and_sent_by_keyboard_alone(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    qtbot.waitUntil(desk.window.isActiveWindow)
    composer = desk.window.mail.composer
    QTest.keyClick(focused(), Qt.Key.Key_N, CONTROL)
    qtbot.waitUntil(composer.recipients.edit.hasFocus)
    QTest.keyClicks(focused(), "lea")
    popup = composer.recipients.completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.draft.to) == 1)
    assert composer.recipients.edit.text() == ""
    QTest.keyClicks(composer.recipients.edit, "benali")
    QTest.keyClick(composer.recipients.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.draft.to) == 2)
    popup.hide()
    QTest.keyClick(composer.recipients.edit, Qt.Key.Key_Tab)
    assert composer.subject.hasFocus()
    QTest.keyClicks(composer.subject, "Bilan")
    QTest.keyClick(composer.subject, Qt.Key.Key_Tab)
    assert composer.text.hasFocus()
    QTest.keyClicks(composer.text, "Bonjour")
    QTest.keyClick(composer.text, Qt.Key.Key_Return)
    QTest.keyClicks(composer.text, "Claire")
    QTest.keyClick(composer.text, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: bool(practice.asked(SendLetter)))
    (command,) = practice.asked(SendLetter)
    names = [practice.contacts[account].name for account in command.to]
    assert names == ["Léa Fontaine", "Dr Karim Benali"]
    assert (command.subject, command.text) == ("Bilan", "Bonjour\nClaire")
    assert command.urgency is Urgency.NORMAL
    qtbot.waitUntil(lambda: desk.window.mail.content.currentWidget() is not composer)


def test_escape_leaves_the_letter_where_it_can_be_found_again(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    qtbot.waitUntil(desk.window.isActiveWindow)
    write_something(desk, practice)
    QTest.keyClick(desk.window, Qt.Key.Key_Escape)
    mail = desk.window.mail
    qtbot.waitUntil(lambda: mail.content.currentWidget() is mail.nothing)
    assert mail.conversations.button.text() == "Continue the letter"
    QTest.keyClick(desk.window, Qt.Key.Key_N, CONTROL)
    qtbot.waitUntil(lambda: mail.content.currentWidget() is mail.composer)
    assert mail.composer.text.toPlainText() == "Bonjour"


def test_recipients_can_be_removed_by_key_and_by_pointer(unlocked: OpenDesk) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    field = desk.window.mail.composer.recipients
    desk.window.mail.write()
    for name in ("benali", "weber"):
        field.edit.setText(name)
        field.finish()
    QTest.keyClick(field.edit, Qt.Key.Key_Backspace)
    assert [each.name for each in desk.mailbox.composer.draft.to] == ["Dr Karim Benali"]
    (chip,) = field.findChildren(QPushButton)
    assert chip.accessibleName().startswith("Remove Dr Karim Benali")
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert not desk.mailbox.composer.draft.to


def test_only_accepted_correspondents_are_offered(unlocked: OpenDesk) -> None:
    desk = unlocked(sample_practice())
    field = desk.window.mail.composer.recipients
    desk.window.mail.write()
    field.edit.setText("Lambert")
    assert not field.finish()
    assert "No correspondent is called “Lambert”" in texts_of(desk.window.mail.composer)


def test_what_is_missing_is_said_and_nothing_is_sent(unlocked: OpenDesk) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    desk.window.mail.write()
    composer = desk.window.mail.composer
    QTest.mouseClick(composer.send, Qt.MouseButton.LeftButton)
    assert "To whom" in texts_of(composer.banner)
    composer.recipients.edit.setText("Benali")
    QTest.mouseClick(composer.send, Qt.MouseButton.LeftButton)
    assert "empty" in texts_of(composer.banner)
    assert not practice.asked(SendLetter)


def drop(desk: Desk, paths: list[Path]) -> None:
    """Drop files on the composer as a file manager does."""
    composer = desk.window.mail.composer
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(200, 200), Qt.DropAction.CopyAction, data, buttons, modifiers)
    QApplication.sendEvent(composer, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(200, 200), Qt.DropAction.CopyAction, data, buttons, modifiers)
    QApplication.sendEvent(composer, event)
    assert event.isAccepted()


def test_documents_are_dropped_shown_removed_and_sent(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    write_something(desk, practice)
    paths = [tmp_path / name for name in ("bilan.pdf", "photo.png")]
    for path in paths:
        path.write_bytes(bytes(214_000))
    drop(desk, [*paths, tmp_path])
    composer = desk.window.mail.composer
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.draft.files) == 2)
    texts = texts_of(composer)
    assert "bilan.pdf" in texts
    assert "214 KB" in texts
    # A folder cannot be sent, and that is said.
    qtbot.waitUntil(lambda: "cannot be read" in texts_of(composer.banner))
    composer.findChildren(DraftDocument)[1].remove.click()
    composer.send.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SendLetter)))
    assert practice.asked(SendLetter)[0].attachments == (str(paths[0]),)


def test_a_drop_of_something_else_is_not_taken(unlocked: OpenDesk) -> None:
    desk = unlocked(sample_practice())
    desk.window.mail.write()
    data = QMimeData()
    data.setUrls([QUrl("https://example.invalid/x.pdf")])
    enter = QDragEnterEvent(
        QPoint(200, 200),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(desk.window.mail.composer, enter)
    assert not enter.isAccepted()


def test_documents_can_be_chosen_in_a_dialog(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = unlocked(sample_practice())
    desk.window.mail.write()
    composer = desk.window.mail.composer
    composer.attach.click()
    (dialog,) = composer.findChildren(QFileDialog)
    path = tmp_path / "bilan.pdf"
    path.write_bytes(b"x")
    dialog.filesSelected.emit([str(path)])
    dialog.close()
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.draft.files) == 1)


def test_progress_is_shown_while_the_letter_is_stored(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = desk.window.mail.composer
    write_something(desk, practice)
    practice.hold(SendLetter)
    composer.send.click()
    assert composer._progress.isVisible()
    assert not composer.text.isEnabled()
    composer._show_progress(12_000_000, 20_000_000)
    assert "12 MB of 20 MB" in texts_of(composer)
    practice.release()
    qtbot.waitUntil(lambda: desk.window.mail.content.currentWidget() is not composer)


def test_a_letter_that_cannot_be_stored_stays_on_screen(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = desk.window.mail.composer
    write_something(desk, practice)
    practice.fail_next(SendLetter, Failure.FILE_CHANGED, "bilan.pdf")
    composer.send.click()
    qtbot.waitUntil(lambda: "bilan.pdf" in texts_of(composer.banner))
    assert composer.text.toPlainText() == "Bonjour"
    assert composer.text.isEnabled()


def test_offline_a_letter_waits_and_leaves_by_itself(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    practice.set_connection(ConnectionState.OFFLINE)
    write_something(desk, practice)
    desk.window.mail.composer.send.click()
    line = desk.window.mail.navigation.line
    qtbot.waitUntil(lambda: "1 letter to send" in line.accessibleName())
    assert "Offline since" in line.accessibleName()
    desk.window.mail.go(Destination.OUTBOX)
    model = desk.mailbox.conversations
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    assert row_at(model, 0).subject == "Bilan"
    practice.set_connection(ConnectionState.ONLINE)
    qtbot.waitUntil(lambda: model.rowCount() == 0)
    qtbot.waitUntil(lambda: "to send" not in line.accessibleName())
    assert "Nothing left to send" in texts_of(desk.window.mail.conversations)


def open_first(desk: Desk, qtbot: QtBot) -> None:
    """Open the newest conversation."""
    pane = desk.window.mail.conversations
    pane.point_at(0)
    pane.list.entered_line.emit(row_at(desk.mailbox.conversations, 0))
    qtbot.waitUntil(lambda: bool(desk.mailbox.reading.letters))


def test_an_answer_is_addressed_and_belongs_to_its_conversation(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    qtbot.waitUntil(desk.window.isActiveWindow)
    open_first(desk, qtbot)
    letter = desk.mailbox.reading.letters[0]
    QTest.keyClick(desk.window, Qt.Key.Key_R, CONTROL)
    draft = desk.mailbox.composer.draft
    assert [each.account for each in draft.to] == [letter.sender]
    assert draft.subject == "Re: Lombalgie aiguë, avis après imagerie"
    assert not draft.is_worth_keeping
    qtbot.waitUntil(desk.window.mail.composer.text.hasFocus)
    desk.window.mail.composer.text.setPlainText("Oui")
    desk.window.mail.composer.send.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SendLetter)))
    assert practice.asked(SendLetter)[0].in_reply_to == letter.message
    qtbot.waitUntil(lambda: len(desk.mailbox.reading.letters) == 2)


def test_an_answer_does_not_overwrite_another_letter(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    write_something(desk, practice)
    open_first(desk, qtbot)
    mail = desk.window.mail
    mail.reading.reply.click()
    assert mail.composer.guard.isVisible()
    assert desk.mailbox.composer.draft.text == "Bonjour"
    mail.composer.keep.click()
    assert mail.composer.guard.isHidden()
    open_first(desk, qtbot)
    mail.reading.reply.click()
    mail.composer.throw.click()
    assert desk.mailbox.composer.draft.subject.startswith("Re: Lombalgie")


def test_throwing_away_asks_first(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    write_something(desk, practice)
    composer = desk.window.mail.composer
    composer.discard.click()
    assert composer.guard.isVisible()
    assert desk.mailbox.composer.draft.text == "Bonjour"
    composer.throw.click()
    assert desk.mailbox.composer.draft.text == ""
    assert desk.window.mail.conversations.button.text() == "New letter"
    desk.window.mail.write()
    composer.discard.click()
    qtbot.waitUntil(lambda: desk.window.mail.content.currentWidget() is not composer)
