# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reading: the list, the letter, its documents and receipts, live."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton

from app.interface.commands import (
    AcknowledgeAlarm,
    MarkRead,
    ReadConversation,
    RefuseMessage,
    SaveAttachment,
)
from app.interface.failures import Failure
from app.interface.snapshots import (
    AlarmKind,
    ConnectionState,
    DeliveryState,
    Place,
    Problem,
)
from app.window.i18n.catalogues import Language
from app.window.views.connection import ConnectionDialog
from app.window.views.letter_body import FOLD
from app.window.views.navigation import Destination
from app.window.views.receipts import ReceiptDialog
from crypto_core.wire.content import RefusalReason
from tests.fakes.scripted_engine import ManyRows, Practice
from tests.gui.conftest import texts_of
from tests.gui.samples import row_at, sample_practice

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from app.window.views.letter import LetterView
    from tests.gui.conftest import OpenDesk


def open_letter(desk: Desk, qtbot: QtBot, position: int = 0) -> LetterView:
    """Open a conversation as Enter does and return its newest letter."""
    pane = desk.window.mail.conversations
    pane.list.setFocus()
    pane.point_at(position)
    QTest.keyClick(pane.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(desk.mailbox.reading.letters) and desk.bridge.is_quiet)
    newest = desk.mailbox.reading.letters[0].message
    return desk.window.mail.reading.views[newest]


def wait_for_words(qtbot: QtBot, view: LetterView, words: str) -> None:
    """Wait until a letter says something."""
    qtbot.waitUntil(lambda: words in texts_of(view))


def test_a_letter_is_shown_whole(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(sample_practice())
    view = open_letter(desk, qtbot)
    assert view.body.text.toPlainText().startswith("Bonjour Claire")
    texts = texts_of(desk.window.mail.reading)
    for words in ("Lombalgie", "Dr Karim Benali", "not verified", "214 KB", "Received here 13:47"):
        assert words in texts


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>bold</b> <img src='https://tracker.invalid/x'>",
        "<a href='https://phish.invalid'>click</a>",
        "https://phish.invalid",
        "a & b < c > d",
    ],
)
def test_nothing_a_correspondent_writes_is_markup(
    unlocked: OpenDesk, qtbot: QtBot, hostile: str
) -> None:
    practice = Practice()
    account = practice.add_contact(hostile, hostile, hostile)
    document = practice.document(f"{hostile.replace('/', '_')}.pdf", "application/pdf", 10)
    practice.receive(account, hostile, hostile, attachments=[document])
    desk = unlocked(practice)
    view = open_letter(desk, qtbot)
    assert view.body.text.toPlainText() == hostile
    assert "<img" not in view.body.text.toHtml()
    links = Qt.TextInteractionFlag.LinksAccessibleByMouse
    assert not view.body.text.textInteractionFlags() & links
    assert view.body.text.anchorAt(view.body.text.rect().center()) == ""
    assert desk.window.mail.reading._subject.text() == hostile
    assert desk.window.mail.reading._subject.textFormat() is Qt.TextFormat.PlainText


def test_the_text_can_be_selected_and_survives_an_update(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    view = open_letter(desk, qtbot)
    view.body.text.selectAll()
    selected = view.body.text.textCursor().selectedText()
    practice.change(view.letter, is_read=True)
    qtbot.waitUntil(lambda: view.letter.is_read)
    assert view.body.text.textCursor().selectedText() == selected


def test_a_very_long_text_is_folded_first(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = Practice()
    account = practice.add_contact("Anne")
    practice.receive(account, "Long", "mot " * 10_000)
    desk = unlocked(practice)
    view = open_letter(desk, qtbot)
    assert len(view.body.text.toPlainText()) == FOLD
    view.body.rest.click()
    assert len(view.body.text.toPlainText()) == 40_000
    assert view.body.rest.isHidden()


def test_an_open_letter_is_marked_read_after_a_while(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    qtbot.waitUntil(desk.window.isActiveWindow)
    view = open_letter(desk, qtbot)
    qtbot.waitUntil(lambda: view.letter.is_read)
    assert [command.message for command in practice.asked(MarkRead)] == [view.letter.message]
    assert not row_at(desk.mailbox.conversations, 0).unread_count


def test_a_letter_stands_on_the_ground_of_paper(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(sample_practice())
    open_letter(desk, qtbot)
    picture = desk.window.mail.reading.grab().toImage()
    below = picture.pixelColor(picture.width() // 2, picture.height() - 20)
    assert below == desk.theme.colour("panel")


def test_a_letter_only_glanced_at_stays_unread(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice, dwell_milliseconds=60_000)
    qtbot.waitUntil(desk.window.isActiveWindow)
    open_letter(desk, qtbot)
    assert desk.mailbox.reading._dwell.isActive()
    open_letter(desk, qtbot, 2)
    assert not desk.mailbox.reading._unmarked()
    assert not practice.asked(MarkRead)
    desk.window.mail.write()
    assert not desk.mailbox.reading._dwell.isActive()


def test_new_mail_appears_by_itself(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    account = next(iter(practice.contacts))
    practice.receive(account, "Tout neuf", "Bonjour")
    model = desk.mailbox.conversations
    qtbot.waitUntil(lambda: row_at(model, 0).subject == "Tout neuf")
    inbox = desk.window.mail.navigation.places[Destination.INBOX]
    qtbot.waitUntil(lambda: "3 unread" in inbox.accessibleName())


def test_an_answer_to_the_open_conversation_appears_in_it(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    view = open_letter(desk, qtbot)
    practice.receive(
        view.letter.sender, "Suite", "Encore un mot", conversation=view.letter.conversation
    )
    qtbot.waitUntil(lambda: len(desk.window.mail.reading.views) == 2)
    assert desk.mailbox.reading.letters[0].text == "Encore un mot"
    assert not desk.window.mail.reading.views[desk.mailbox.reading.letters[0].message].is_folded


def test_older_letters_are_folded_and_fetched_on_demand(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = Practice()
    account = practice.add_contact("Anne")
    first = practice.receive(account, "Fil", "0", is_read=True)
    for number in range(1, 30):
        practice.receive(account, "", str(number), is_read=True, conversation=first.conversation)
    desk = unlocked(practice)
    open_letter(desk, qtbot)
    pane = desk.window.mail.reading
    # The newest letter is there at once, the others follow.
    qtbot.waitUntil(pane.older.isVisible)
    assert len(pane.views) == 20
    assert sum(not view.is_folded for view in pane.views.values()) == 1
    pane.older.click()
    qtbot.waitUntil(lambda: len(pane.views) == 30)
    assert pane.older.isHidden()
    oldest = pane.views[first.message]
    oldest._fold.click()
    assert not oldest.is_folded


def test_receipts_climb_while_one_looks(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = Practice()
    account = practice.add_contact("Anne")
    letter = practice.record_sent([(account, DeliveryState.QUEUED)], "Bilan", "x")
    desk = unlocked(practice)
    desk.window.mail.go(Destination.SENT)
    qtbot.waitUntil(lambda: desk.mailbox.conversations.rowCount() == 1)
    view = open_letter(desk, qtbot)
    assert "Not yet at the relay" in texts_of(view)
    for state, words in (
        (DeliveryState.ACCEPTED, "✓ Accepted by the relay 14:02"),
        (DeliveryState.DELIVERED, "✓ Received 14:02"),
        (DeliveryState.READ, "✓ Read 14:17"),
    ):
        practice.advance(letter.message, account, state)
        wait_for_words(qtbot, view, words)
    practice.advance(
        letter.message, account, DeliveryState.REFUSED, reason=RefusalReason.NOT_MY_PATIENT
    )
    qtbot.waitUntil(lambda: "✕ Refused 14:02: not my patient" in texts_of(view))


def test_receipts_can_be_seen_and_copied(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(sample_practice())
    desk.window.mail.go(Destination.SENT)
    qtbot.waitUntil(lambda: desk.mailbox.conversations.place is Place.SENT and desk.bridge.is_quiet)
    view = open_letter(desk, qtbot)
    view.body.receipts.click()
    (dialog,) = desk.window.findChildren(ReceiptDialog)
    qtbot.waitUntil(lambda: "Entry 94,099" in texts_of(dialog))
    dialog.accept()


def test_a_document_is_saved_where_one_says(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = unlocked(sample_practice())
    view = open_letter(desk, qtbot)
    card = view.body.documents[0]
    card.save.click()
    (dialog,) = card.findChildren(QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    saved = tmp_path / "Compte rendu, 21 novembre.pdf"
    qtbot.waitUntil(lambda: "not encrypted" in texts_of(card))
    assert saved.stat().st_size == 214_000
    assert card.show_folder.isVisible()


def test_a_document_that_has_not_arrived_says_so(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = unlocked(sample_practice())
    card = open_letter(desk, qtbot).body.documents[1]
    assert "still to be fetched" in texts_of(card)
    card.begin(str(tmp_path))
    qtbot.waitUntil(lambda: "has not arrived" in texts_of(card))
    assert card.save.isEnabled()


def test_a_failed_save_says_what_to_do(unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    card = open_letter(desk, qtbot).body.documents[0]
    practice.fail_next(SaveAttachment, Failure.DISK_FULL)
    card.begin(str(tmp_path))
    qtbot.waitUntil(lambda: "disk of this computer is full" in texts_of(card))


def test_refusing_takes_two_clicks(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    pane = desk.window.mail.reading
    view = open_letter(desk, qtbot)
    QTest.mouseClick(pane.refuse, Qt.MouseButton.LeftButton)
    button = pane.refusal.reasons[RefusalReason.PATIENT_UNKNOWN]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "You refused this letter: patient unknown" in texts_of(view))
    (command,) = practice.asked(RefuseMessage)
    assert command.reason is RefusalReason.PATIENT_UNKNOWN
    assert pane.refuse.isHidden()


def test_a_refusal_half_typed_survives_another_language(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(sample_practice())
    open_letter(desk, qtbot)
    QTest.mouseClick(desk.window.mail.reading.refuse, Qt.MouseButton.LeftButton)
    desk.window.mail.reading.refusal.comment.setText("Parti à Sceaux")
    desk.show_as(language=Language.FRENCH)
    qtbot.waitUntil(lambda: desk.window.isVisible() and desk.bridge.is_quiet)
    pane = desk.window.mail.reading
    assert pane.refusal.isVisible()
    assert pane.refusal.comment.text() == "Parti à Sceaux"
    desk.window.lock()
    assert not pane.refusal.comment.text()


def test_a_refusal_is_shown_even_if_the_letter_does_not_carry_it(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    view = open_letter(desk, qtbot)
    pane = desk.window.mail.reading
    practice.hold(ReadConversation)
    pane.refuse.click()
    pane.refusal.reasons[RefusalReason.ILLEGIBLE].click()
    wait_for_words(qtbot, view, "You refused this letter: illegible")
    assert pane.refuse.isHidden()
    practice.release()


def test_a_letter_that_does_not_open_offers_nothing_that_needs_it_open(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    view = open_letter(desk, qtbot, 2)
    assert view.letter.problem is Problem.CANNOT_OPEN
    assert "asked to send it again" in texts_of(view)
    assert not desk.window.mail.reading.reply.isEnabled()
    assert desk.window.mail.reading.refuse.isHidden()
    assert not practice.asked(MarkRead)


@pytest.mark.parametrize("problem", [each for each in Problem if each is not Problem.NONE])
def test_every_problem_is_shown_with_what_to_do(
    unlocked: OpenDesk, qtbot: QtBot, problem: Problem
) -> None:
    practice = Practice()
    account = practice.add_contact("Anne")
    practice.receive(account, "Bilan", "x", problem=problem)
    desk = unlocked(practice)
    view = open_letter(desk, qtbot)
    qtbot.waitUntil(view.body.problem.isVisible)


def test_an_alarm_stays_until_it_is_put_away(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    strip = desk.window.mail.alarms
    assert strip.isHidden()
    practice.sound(AlarmKind.LOG_SHORTENED, "1")
    practice.sound(AlarmKind.KEYS_CHANGED, "2")
    qtbot.waitUntil(lambda: len(desk.mailbox.standing.alarms) == 2)
    desk.window.mail.go(Destination.CONTACTS)
    assert strip.isVisible()
    assert "shorter" in texts_of(strip)
    for _ in range(2):
        next(b for b in strip.findChildren(QPushButton) if "read" in b.text()).click()
    assert strip.isHidden()
    # The engine would tell them again at the next unlock.
    qtbot.waitUntil(lambda: len(practice.asked(AcknowledgeAlarm)) == 2)


def test_the_connection_line_says_since_when(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    line = desk.window.mail.navigation.line
    assert "relay reached at 14:02" in line.accessibleName()
    practice.set_connection(ConnectionState.OFFLINE)
    qtbot.waitUntil(lambda: "Offline since 14:02" in line.accessibleName())


def test_the_facts_are_one_click_deeper(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(sample_practice())
    desk.window.mail.navigation.line.click()
    (dialog,) = desk.window.findChildren(ConnectionDialog)
    qtbot.waitUntil(lambda: "X25519MLKEM768" in texts_of(dialog))
    dialog.verify.click()
    qtbot.waitUntil(lambda: "Journal intact" in texts_of(dialog))
    dialog.accept()


def test_the_list_can_be_walked_by_keys_alone(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(Practice(many=ManyRows(100_000)))
    mail = desk.window.mail
    mail.conversations.list.setFocus()
    mail.conversations.point_at(0)
    for _ in range(3):
        QTest.keyClick(mail.conversations.list, Qt.Key.Key_Down)
    # Where one stops is opened beside the list, which keeps the keyboard.
    qtbot.waitUntil(lambda: bool(desk.mailbox.reading.letters))
    assert desk.mailbox.reading.letters[0].subject == "Courrier 3"
    assert mail.conversations.list.hasFocus()
    QTest.keyClick(mail.conversations.list, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: desk.mailbox.conversations.rowCount() > 100)


def test_a_screen_reader_hears_the_lines(unlocked: OpenDesk) -> None:
    desk = unlocked(sample_practice())
    interface = QAccessible.queryAccessibleInterface(desk.window.mail.conversations.list)
    assert interface.text(QAccessible.Text.Name) == "Letters"
    spoken = interface.child(0).text(QAccessible.Text.Name)
    assert spoken.startswith("Dr Karim Benali, 1 unread letter, Lombalgie")


def test_a_letter_to_sixty_with_fifty_documents_is_there_bit_by_bit(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = Practice()
    to = [(practice.add_contact(f"Dr {number:02}"), DeliveryState.READ) for number in range(60)]
    files = [practice.document(f"{number:02}.pdf", "application/pdf", 10) for number in range(50)]
    practice.record_sent(to, "À tous", "Bonjour", attachments=files)
    desk = unlocked(practice)
    desk.window.mail.go(Destination.SENT)
    qtbot.waitUntil(lambda: desk.mailbox.conversations.rowCount() == 1)
    body = open_letter(desk, qtbot).body
    qtbot.waitUntil(lambda: len(body.documents) == 50, timeout=20_000)
    qtbot.waitUntil(lambda: "Dr 59" in texts_of(body.ladder), timeout=20_000)
    assert [card.name.text() for card in body.documents][-1] == "49.pdf"
    assert texts_of(body.ladder).count("✓ Read") == 60
