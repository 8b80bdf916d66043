# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing: by keyboard alone, with documents dropped, offline, answers, and nothing lost by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QWidget

from app.interface.documents import PreviewDocument, ShowPage
from app.interface.failures import Failure
from app.interface.snapshots import ConnectionState, DraftRecipient
from app.interface.writing import AttachFile, SaveDraft, SendDraft
from app.window.i18n.catalogues import Language
from app.window.viewmodels.beginning import Beginning
from app.window.viewmodels.session import Screen
from app.window.views.document_window import DocumentWindow
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


def test_an_empty_document_is_said_and_asked_about(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    to = next(iter(practice.contacts.values()))
    recipient = DraftRecipient(account=to.account, name=to.name, profession=to.profession)
    desk.window.mail.write_to(Beginning(to=(recipient,), subject="Bilan", text="Bonjour"))
    composer = desk.window.mail.composer
    empty = tmp_path / "vide.pdf"
    empty.touch()
    desk.mailbox.composer.add_files([str(empty)])
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.documents) == 1)
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    (card,) = composer.findChildren(DraftDocument)
    assert "This file is empty" in texts_of(card)
    composer.send.click()
    assert "A document is empty" in texts_of(composer.question)
    assert not practice.asked(SendDraft)


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
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.content.to) == 1)
    assert composer.recipients.edit.text() == ""
    assert [each.name for each in desk.mailbox.composer.content.to] == ["Léa Fontaine"]
    QTest.keyClicks(composer.recipients.edit, "benali")
    QTest.keyClick(composer.recipients.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.content.to) == 2)
    popup.hide()
    QTest.keyClick(composer.recipients.edit, Qt.Key.Key_Tab)
    assert composer.patient.edit.hasFocus()
    QTest.keyClick(focused(), Qt.Key.Key_Tab)
    assert composer.subject.hasFocus()
    QTest.keyClicks(composer.subject, "Bilan")
    composer.text.setFocus()
    QTest.keyClicks(composer.text, "Bonjour")
    QTest.keyClick(composer.text, Qt.Key.Key_Return)
    QTest.keyClicks(composer.text, "Claire")
    QTest.keyClick(composer.text, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: bool(practice.asked(SendDraft)))
    content = practice.asked(SaveDraft)[-1].content
    assert [each.name for each in content.to] == ["Léa Fontaine", "Dr Karim Benali"]
    assert (content.subject, content.text) == ("Bilan", "Bonjour\nClaire")
    assert content.urgency is Urgency.NORMAL
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
    assert [each.name for each in desk.mailbox.composer.content.to] == ["Dr Karim Benali"]
    (chip,) = field.findChildren(QPushButton)
    assert chip.accessibleName().startswith("Remove Dr Karim Benali")
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert not desk.mailbox.composer.content.to


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
    assert not practice.asked(SendDraft)


def drop(desk: Desk, paths: list[Path]) -> None:
    """Drop files on the composer as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    drop_data(desk, data)


def drop_data(desk: Desk, data: QMimeData) -> None:
    """Drop anything on the composer."""
    composer = desk.window.mail.composer
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
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.documents) == 2)
    texts = texts_of(composer)
    assert "bilan.pdf" in texts
    assert "214 KB, encrypted on this computer" in texts
    assert "2 documents, 428 KB in all" in texts
    # A folder cannot be sent, and that is said.
    qtbot.waitUntil(lambda: "only files can be sent" in texts_of(composer.banner))
    composer.findChildren(DraftDocument)[1].remove.click()
    qtbot.waitUntil(lambda: len(desk.mailbox.acts.undoables) == 1)
    assert "1 document taken out of the letter" in texts_of(desk.window.mail.undo_bar)
    desk.mailbox.acts.undo()
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.documents) == 2)
    composer.findChildren(DraftDocument)[1].remove.click()
    qtbot.waitUntil(lambda: len(desk.mailbox.acts.undoables) == 1)
    # What becomes of the file does not matter any more.
    paths[0].unlink()
    composer.send.click()
    assert "may be about a patient" in texts_of(composer.question)
    composer.send_as_is.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SendDraft)))
    newest = max(practice.conversations.values(), key=lambda views: views[-1].message)[-1]
    assert [row.name for row in newest.attachments] == ["bilan.pdf"]
    # What has been sent without it is final.
    qtbot.waitUntil(lambda: not desk.mailbox.acts.undoables)


def test_a_large_document_shows_how_far_it_is_and_can_be_stopped(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    write_something(desk, practice)
    path = tmp_path / "irm.zip"
    path.write_bytes(bytes(2_000))
    practice.hold(AttachFile)
    drop(desk, [path, path])
    composer = desk.window.mail.composer
    qtbot.waitUntil(lambda: bool(practice.asked(AttachFile)))
    practice.tell_progress(AttachFile, 12_000_000, 20_000_000)
    qtbot.waitUntil(lambda: "12 MB of 20 MB" in texts_of(composer.adding))
    assert "1 more after it" in texts_of(composer.adding)
    composer.send.click()
    assert "still being encrypted" in texts_of(composer.banner)
    assert not practice.asked(SendDraft)
    composer.adding.stop.click()
    qtbot.waitUntil(composer.adding.isHidden)
    assert not desk.mailbox.composer.documents
    assert len(practice.asked(AttachFile)) == 1, "what waited behind it is not begun"


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


def test_a_picture_without_a_file_is_dropped_as_it_is_pasted(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    write_something(desk, practice)
    data = QMimeData()
    picture = QImage(10, 10, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    data.setImageData(picture)
    # A browser tells where it has it from as well; nothing is fetched there.
    data.setUrls([QUrl("https://example.invalid/x.png")])
    data.setText("https://example.invalid/x.png")
    drop_data(desk, data)
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.documents) == 1)
    assert desk.mailbox.composer.documents[0].name == "Picture.png"


def test_what_is_half_typed_survives_another_language_and_size(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    mail = desk.window.mail
    mail.go(Destination.CONTACTS)
    mail.people.directory.query.setText("Lefè")
    mail.go(Destination.PATIENTS)
    mail.patient_list.search.query.setText("Rou")
    qtbot.waitUntil(lambda: desk.mailbox.patients.list.query == "Rou")
    write_something(desk, practice)
    mail.composer.recipients.edit.setText("Lé")
    mail.composer.patient.edit.setText("Gar")
    for change in ({"language": Language.FRENCH}, {"text_scale": 1.5}):
        desk.show_as(**change)
        mail = desk.window.mail
        qtbot.waitUntil(lambda: desk.window.isVisible() and desk.bridge.is_quiet)
        assert mail.composer.recipients.edit.text() == "Lé"
        assert mail.composer.patient.edit.text() == "Gar"
        assert mail.people.directory.query.text() == "Lefè"
        assert mail.patient_list.search.query.text() == "Rou"
    desk.window.lock()
    assert not mail.composer.recipients.edit.text()
    assert not mail.composer.patient.edit.text()
    assert not mail.people.directory.query.text()
    assert not mail.patient_list.search.query.text()


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
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.documents) == 1)


def test_a_letter_that_cannot_be_stored_stays_on_screen(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = desk.window.mail.composer
    write_something(desk, practice)
    practice.fail_next(SendDraft, Failure.FILE_CHANGED, "bilan.pdf")
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
    queue = desk.window.mail.queue
    qtbot.waitUntil(lambda: len(queue.cards) == 1)
    assert "Bilan" in texts_of(queue)
    assert "Waits for the relay" in texts_of(queue)
    practice.set_connection(ConnectionState.ONLINE)
    qtbot.waitUntil(lambda: not queue.cards)
    qtbot.waitUntil(lambda: "to send" not in line.accessibleName())
    assert "Nothing left to send" in texts_of(queue)


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
    content = desk.mailbox.composer.content
    assert [each.account for each in content.to] == [letter.sender]
    assert content.subject == "Re: Lombalgie aiguë, avis après imagerie"
    assert not desk.mailbox.composer.is_worth_keeping
    qtbot.waitUntil(desk.window.mail.composer.text.hasFocus)
    desk.window.mail.composer.text.setPlainText("Oui")
    desk.window.mail.composer.send.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SendDraft)))
    assert practice.asked(SaveDraft)[-1].content.in_reply_to == letter.message
    qtbot.waitUntil(lambda: len(desk.mailbox.reading.letters) == 2)


def test_an_answer_leaves_the_other_letter_in_the_drafts(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    write_something(desk, practice)
    open_first(desk, qtbot)
    mail = desk.window.mail
    desk.window.mail.reply()
    qtbot.waitUntil(lambda: desk.mailbox.drafts.total == 1)
    assert desk.mailbox.composer.content.subject.startswith("Re: Lombalgie")
    mail.go(Destination.DRAFTS)
    qtbot.waitUntil(lambda: mail.drafts.list.model().rowCount() == 1)
    mail.drafts.list.setCurrentIndex(mail.drafts.list.model().index(0, 0))
    QTest.keyClick(mail.drafts.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.mailbox.composer.content.text == "Bonjour")
    assert mail.content.currentWidget() is mail.composer
    assert mail.composer.text.toPlainText() == "Bonjour"


def test_a_letter_thrown_away_can_be_taken_back(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    write_something(desk, practice)
    composer = desk.window.mail.composer
    composer.discard.click()
    assert desk.window.mail.content.currentWidget() is not composer
    qtbot.waitUntil(lambda: bool(desk.mailbox.acts.undoables))
    assert not practice.writing.drafts
    assert "1 draft removed" in texts_of(desk.window.mail.undo_bar)
    desk.mailbox.acts.undo()
    qtbot.waitUntil(lambda: desk.mailbox.drafts.total == 1)
    # One that has nothing in it goes without a word.
    desk.window.mail.write()
    composer.discard.click()
    qtbot.waitUntil(lambda: desk.window.mail.content.currentWidget() is not composer)
    assert len(practice.writing.drafts) == 1


def test_what_is_written_is_kept_by_itself(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    write_something(desk, practice)
    composer = desk.window.mail.composer
    qtbot.waitUntil(lambda: "Draft kept at 14:02" in composer.kept.text())
    qtbot.waitUntil(lambda: desk.mailbox.drafts.total == 1)
    practice.fail_next(SaveDraft, Failure.DISK_FULL)
    said: list[tuple[str, bool]] = []
    # Looked at when it is said: whatever is typed next is kept, and takes it away.
    desk.mailbox.composer.failed.connect(
        lambda *_: said.append((composer.kept.text(), composer.banner.isVisible()))
    )
    composer.text.setFocus()
    QTest.keyClick(composer.text, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: bool(said))
    ((kept, is_explained),) = said
    assert "Not kept" in kept
    assert is_explained
    composer.text.setPlainText("Bonjour à toutes")
    (draft,) = practice.writing.drafts
    qtbot.waitUntil(lambda: practice.writing.drafts[draft].content.text == "Bonjour à toutes")
    qtbot.waitUntil(lambda: "Draft kept" in composer.kept.text())


def test_a_document_is_looked_at_before_it_goes_and_forgotten_at_the_lock(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    paths = [tmp_path / name for name in ("Compte rendu, 21 novembre.pdf", "Notes.bin")]
    for path in paths:
        path.write_bytes(b"anything")
    desk.window.mail.write()
    composer = desk.window.mail.composer
    desk.mailbox.composer.add_files([str(path) for path in paths])
    qtbot.waitUntil(lambda: len(practice.asked(PreviewDocument)) == 2 and desk.bridge.is_quiet)
    report, notes = composer.findChildren(DraftDocument)
    assert "PDF document, 3 pages" in report.detail.text()
    assert "encrypted on this computer" in report.accessibleName()
    assert not report.sign.pixmap().isNull()
    assert notes.sign.pixmap().isNull()
    assert notes.detail.text() == "8 B, encrypted on this computer"
    report.open.click()
    qtbot.waitUntil(lambda: bool(practice.asked(ShowPage)))
    (window,) = desk.window.findChildren(DocumentWindow)
    assert window.pages.count == 3
    # Taking one out asks nothing again about the other.
    notes.remove.click()
    qtbot.waitUntil(lambda: len(composer.findChildren(DraftDocument)) == 1)
    assert len(practice.asked(PreviewDocument)) == 2
    (left,) = composer.findChildren(DraftDocument)
    assert not left.sign.pixmap().isNull()
    document = desk.mailbox.composer.documents[0].document
    assert desk.mailbox.previews.of(document) is not None
    desk.window.lock()
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.UNLOCK)
    qtbot.waitUntil(lambda: not composer.findChildren(DraftDocument))
    assert desk.mailbox.previews.of(document) is None
    qtbot.waitUntil(lambda: not desk.window.findChildren(DocumentWindow))


def test_a_document_that_cannot_be_looked_at_is_sent_all_the_same(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    (tmp_path / "IRM.zip").write_bytes(b"anything")
    practice.fail_next(PreviewDocument, Failure.ATTACHMENT_DAMAGED)
    desk.window.mail.write()
    desk.mailbox.composer.add_files([str(tmp_path / "IRM.zip")])
    qtbot.waitUntil(lambda: bool(practice.asked(PreviewDocument)) and desk.bridge.is_quiet)
    (card,) = desk.window.mail.composer.findChildren(DraftDocument)
    assert card.detail.text() == "8 B, encrypted on this computer"
    assert card.open.isEnabled()
