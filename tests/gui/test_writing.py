# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a practitioner does with letters between two patients: templates, namesakes, later, forgotten documents."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from app.interface.events import UploadProgress
from app.interface.secret import Secret
from app.interface.snapshots import DeliveryState, DraftRecipient
from app.interface.writing import (
    AttachBytes,
    AttachFile,
    CheckRecipients,
    DraftContent,
    ListQueue,
    SaveDraft,
    SaveTemplate,
    SendDraft,
    Signature,
    Template,
)
from app.window.marked_text import marked
from app.window.viewmodels.beginning import Beginning
from app.window.viewmodels.session import Screen
from app.window.viewmodels.stationery import NEW_TEMPLATE
from app.window.views import composer as composer_view
from app.window.views.components.buttons import NamedButton
from app.window.views.navigation import Destination
from app.window.views.stationery import SaveTemplateDialog, SignatureDialog, TemplatesDialog
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import MessageId
from tests.fakes.scripted_engine import PASSPHRASE
from tests.gui.conftest import texts_of
from tests.gui.samples import away_row, sample_practice

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMenu
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from app.window.views.composer import ComposerPane
    from tests.fakes.scripted_engine import Practice
    from tests.gui.conftest import OpenDesk


def named(practice: Practice, name: str) -> DraftRecipient:
    """Return a correspondent as a recipient."""
    row = next(row for row in practice.contacts.values() if row.name == name)
    return DraftRecipient(account=row.account, name=row.name, profession=row.profession)


def begin(desk: Desk, practice: Practice, text: str = "Bonjour") -> ComposerPane:
    """Begin a letter to Dr Benali."""
    to = (named(practice, "Dr Karim Benali"),)
    desk.window.mail.write_to(Beginning(to=to, subject="Bilan", text=text))
    return desk.window.mail.composer


def entry(menu: QMenu, text: str) -> QAction:
    """Return an entry of a menu that fills itself when it opens."""
    menu.aboutToShow.emit()
    return next(each for each in menu.actions() if each.text().startswith(text))


def test_claire_begins_with_a_template_and_tab_goes_from_field_to_field(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    practice.writing.signature = Signature(text="Claire Martin\nOstéopathe", marks=())
    desk = unlocked(practice)
    tag = next(iter(practice.records.patients.values()))
    to = (named(practice, "Dr Karim Benali"),)
    desk.window.mail.write_to(Beginning(to=to, patient=tag))
    composer = desk.window.mail.composer
    qtbot.waitUntil(desk.window.isActiveWindow)
    entry(composer.template_menu, "Request for an opinion").trigger()
    text = composer.text.marked
    assert text.text.startswith("Dear Dr Karim Benali,\n\nI would be grateful")
    assert f"{tag.given_name} {tag.family_name}" in text.text
    assert text.text.rstrip().endswith("Claire Martin\nOstéopathe")
    assert composer.answer_wanted.isChecked()
    assert composer.subject.text().endswith("your opinion, please")
    assert composer.text.textCursor().selectedText() == "{background}"
    QTest.keyClicks(composer.text, "Fall in May")
    QTest.keyClick(composer.text, Qt.Key.Key_Tab)
    assert composer.text.textCursor().selectedText() == "{question}"
    QTest.keyClick(composer.text, Qt.Key.Key_Backtab)
    assert composer.text.textCursor().selectedText() == "{question}", "the one before is filled in"
    # What is not filled in is asked about once.
    composer.send.click()
    assert "Some fields are not filled in" in texts_of(composer.question)
    assert not practice.asked(SendDraft)
    composer.send_as_is.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SendDraft)))


def test_a_letter_becomes_a_template_and_a_signature_stands_under_the_next_one(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = begin(desk, practice)
    composer.text.show_text(marked("Bonjour {correspondant},\n- **un**"))
    entry(composer.template_menu, "Keep this letter").trigger()
    (dialog,) = composer.findChildren(SaveTemplateDialog)
    dialog.keep.click()
    qtbot.waitUntil(lambda: bool(desk.mailbox.stationery.templates))
    (command,) = practice.asked(SaveTemplate)
    assert command.template.text == "Bonjour {correspondant},\nun"
    assert len(command.template.marks) == 2
    entry(composer.template_menu, "My signature").trigger()
    (sign,) = composer.findChildren(SignatureDialog)
    sign.text.show_text(marked("**Claire Martin**"))
    sign.keep.click()
    qtbot.waitUntil(lambda: desk.mailbox.stationery.signature == marked("**Claire Martin**"))
    desk.window.mail.write_to(Beginning())
    assert composer.text.marked == marked("\n\n**Claire Martin**")
    assert not desk.mailbox.composer.is_worth_keeping, "a signature alone is no letter"
    entry(composer.template_menu, "Bilan").trigger()
    assert "Claire Martin" in composer.text.toPlainText()


def test_a_template_can_be_made_from_nothing(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = begin(desk, practice)
    composer.show_templates()
    (dialog,) = composer.findChildren(TemplatesDialog)
    assert dialog.empty.isVisible()
    assert dialog.form.isHidden()
    for name in ("Relance", "Avis"):
        dialog.add.click()
        assert dialog.text.toPlainText() == ""
        dialog.keep.click()
        assert "Give it a name" in texts_of(dialog.name)
        dialog.name.answer.setText(name)  # type: ignore[union-attr]
        dialog.text.setPlainText(f"{name} : bonjour {{correspondant}},")
        dialog.keep.click()
        qtbot.waitUntil(lambda: bool(practice.asked(SaveTemplate)) and desk.bridge.is_quiet)
        assert dialog.list.currentItem().text() == name
    assert [each.name for each in desk.mailbox.stationery.templates] == ["Avis", "Relance"]
    # One that was begun is not let go without a word.
    dialog.add.click()
    dialog.name.answer.setText("Rien")  # type: ignore[union-attr]
    dialog.list.setCurrentRow(1)
    assert "not kept yet" in texts_of(dialog.question)
    assert dialog.name.text == "Rien"
    dialog.let_go.click()
    assert dialog.name.text == "Relance"
    assert dialog.remove.isVisible()
    # Nor what was changed, when one leaves.
    dialog.text.setPlainText("Relance : où en est-on ?")
    dialog.reject()
    assert dialog.isVisible()
    dialog.keep_first.click()
    qtbot.waitUntil(lambda: not composer.findChildren(TemplatesDialog))
    assert desk.mailbox.stationery.templates[1].text == "Relance : où en est-on ?"


def test_a_template_that_is_forgotten_can_be_taken_back(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    stationery = desk.mailbox.stationery
    stationery.save(
        Template(
            template=NEW_TEMPLATE,
            name="Avis",
            subject="",
            text="Cher confrère,",
            marks=(),
            urgency=Urgency.NORMAL,
            is_answer_wanted=False,
        )
    )
    qtbot.waitUntil(lambda: len(stationery.templates) == 1)
    composer = begin(desk, practice)
    composer.show_templates()
    dialog = desk.window.findChildren(TemplatesDialog)[-1]
    dialog.remove.click()
    qtbot.waitUntil(lambda: not stationery.templates)
    assert "“Avis” is forgotten" in texts_of(dialog.forgotten)
    dialog.take_back.click()
    qtbot.waitUntil(lambda: bool(stationery.templates))
    assert [(each.name, each.text) for each in stationery.templates] == [("Avis", "Cher confrère,")]
    dialog._offer.timeout.emit()
    assert dialog.forgotten.isHidden()


def test_a_rewritten_signature_is_not_lost_without_a_word(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = begin(desk, practice)
    composer.show_signature()
    dialog = desk.window.findChildren(SignatureDialog)[-1]
    dialog.text.setPlainText("Claire Martin")
    dialog.reject()
    assert dialog.question.isVisible()
    # A lock asks nobody.
    desk.window.lock()
    qtbot.waitUntil(lambda: not desk.window.findChildren(SignatureDialog))


def test_while_a_question_is_open_its_answer_has_the_first_place(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = begin(desk, practice)
    composer.text.setPlainText("Bonjour {question}")
    assert composer.send.property("kind") == "primary"
    composer.send.click()
    assert composer.complete.isVisible()
    assert composer.send.property("kind") == "plain"
    composer.complete.click()
    assert composer.send.property("kind") == "primary"
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)


def test_two_people_of_one_name_are_told_apart_before_anything_is_sent(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    lea = named(practice, "Léa Fontaine")
    other = practice.add_contact("Lea Fontaine", "sage-femme", "Nice")
    desk = unlocked(practice)
    desk.window.mail.write_to(Beginning(to=(lea,), subject="Bilan", text="Bonjour"))
    composer = desk.window.mail.composer
    qtbot.waitUntil(composer.namesakes.banner.isVisible)
    assert not composer.send.isEnabled()
    composer._send()
    assert not practice.asked(SendDraft)
    texts = [button.text() for button in composer.namesakes.buttons]
    assert texts == [
        "Léa Fontaine, kinésithérapeute, Valbonne",
        "Lea Fontaine, sage-femme, Nice",
    ]
    composer.namesakes.buttons[1].click()
    assert [each.account for each in desk.mailbox.composer.content.to] == [other]
    qtbot.waitUntil(lambda: not composer.namesakes.is_open and composer.send.isEnabled())
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    composer.send.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SendDraft)))


def test_a_name_that_several_have_is_never_guessed(unlocked: OpenDesk) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    desk.window.mail.write()
    field = desk.window.mail.composer.recipients
    field.edit.setText("dr")
    assert not field.finish()
    assert not desk.mailbox.composer.content.to
    field.edit.setText("ANNE rhumato")
    assert field.finish()
    assert [each.name for each in desk.mailbox.composer.content.to] == ["Dr Anne Weber"]


@pytest.mark.parametrize("text", ["Voir le compte rendu ci-joint.", "Please find it attached."])
def test_a_document_that_was_announced_and_forgotten_is_asked_about_once(
    unlocked: OpenDesk, qtbot: QtBot, text: str
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = begin(desk, practice, text)
    composer.subject.clear()
    composer.send.click()
    assert "speaks of a document" in texts_of(composer.question)
    assert "no subject" in texts_of(composer.question)
    assert not practice.asked(SendDraft)
    composer.send_as_is.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SendDraft)))


def test_a_letter_leaves_tomorrow_morning_and_can_be_called_back(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = begin(desk, practice)
    entry(composer.later_menu, "Tomorrow morning, 08:00").trigger()
    qtbot.waitUntil(lambda: bool(practice.asked(SendDraft)))
    at = practice.asked(SendDraft)[0].send_at
    assert desk.window.mail._around.formats.in_sentence(at) == "tomorrow at 08:00"
    mail = desk.window.mail
    mail.go(Destination.OUTBOX)
    qtbot.waitUntil(lambda: len(mail.queue.cards) == 1)
    assert "Leaves tomorrow at 08:00" in texts_of(mail.queue)
    mail.queue.cards[0].cancel.click()
    qtbot.waitUntil(lambda: desk.mailbox.composer.content.text == "Bonjour")
    assert mail.content.currentWidget() is composer
    assert [view.content.subject for view in practice.writing.drafts.values()] == ["Bilan"]
    # Tomorrow is Monday: it is not offered twice.
    composer.later_menu.aboutToShow.emit()
    texts = [action.text() for action in composer.later_menu.actions()]
    assert not [text for text in texts if "Monday" in text]
    entry(composer.later_menu, "This evening, 18:00").trigger()
    qtbot.waitUntil(lambda: len(practice.asked(SendDraft)) == 2)
    qtbot.waitUntil(lambda: len(mail.queue.cards) == 1 and desk.bridge.is_quiet)
    mail.queue.cards[0].send_now.click()
    qtbot.waitUntil(lambda: not mail.queue.cards)


def test_in_a_narrow_window_everybody_of_the_name_is_in_sight(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    practice.add_contact("Dr Karim Bénali", "sage-femme", "Saint-Laurent-du-Var")
    desk = unlocked(practice)
    desk.window.resize(760, 640)
    composer = begin(desk, practice)
    qtbot.waitUntil(lambda: composer.namesakes.is_open)
    first, second = composer.namesakes.buttons
    QTest.keyClick(composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def are_in_sight() -> bool:
        seen = (first.visibleRegion(), second.visibleRegion())
        sizes = (first.rect(), second.rect())
        return all(region.boundingRect() == size for region, size in zip(seen, sizes, strict=True))

    qtbot.waitUntil(are_in_sight)
    assert not practice.asked(SendDraft)


def test_documents_on_their_way_are_followed_without_asking_again(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    files = [practice.document("irm.zip", "application/zip", 20_000_000)]
    to = [(next(iter(practice.contacts)), DeliveryState.QUEUED)]
    letter = practice.record_sent(to, "IRM", "Bonjour", attachments=files)
    queue = desk.window.mail.queue
    desk.window.mail.go(Destination.OUTBOX)
    qtbot.waitUntil(lambda: len(queue.cards) == 1 and desk.bridge.is_quiet)
    (card,) = queue.cards
    assert not card.bar.isVisible()
    asked = len(practice.asked(ListQueue))
    for uploaded in (4_000_000, 10_000_000):
        practice.tell(
            UploadProgress(message=letter.message, uploaded=uploaded, total=20_000_000),
            # Of a letter that is not shown.
            UploadProgress(message=MessageId(bytes(16)), uploaded=1, total=2),
        )
    qtbot.waitUntil(lambda: card.bar.value() == 500)
    assert card.bar.isVisible()
    assert card.sent.text() == "10 MB of 20 MB"
    assert card.why.text() == "On its way"
    assert queue.cards == [card]
    assert len(practice.asked(ListQueue)) == asked


def test_a_patient_is_added_where_the_letter_is_written(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = begin(desk, practice)
    qtbot.waitUntil(desk.window.isActiveWindow)
    composer.patient.edit.setFocus()
    QTest.keyClicks(composer.patient.edit, "Nouvelle Jeanne")
    popup = composer.patient.completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    assert "Add “Nouvelle Jeanne” as a patient…" in popup.model().index(0, 0).data()
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    dialogs = [each for each in composer.findChildren(QDialog) if each.isVisible()]
    assert len(dialogs) == 1
    dialogs[0].close()


HOSTILE = (
    "<p>avant</p><img src='file:///etc/passwd'><img src='https://tracker.example/p.png'>"
    "<style>p {background: url(https://tracker.example/x)}</style>"
    "<script>alert(1)</script><p style='background:url(file:///etc/hostname)'><b>après</b></p>"
)


def test_what_is_pasted_brings_text_and_nothing_else(
    unlocked: OpenDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = begin(desk, practice, "")
    asked: list[str] = []
    edit = composer.text
    monkeypatch.setattr(
        type(edit), "loadResource", lambda _self, _kind, name: asked.append(str(name))
    )
    source = QMimeData()
    source.setHtml(HOSTILE)
    source.setText("avant\naprès")
    edit.insertFromMimeData(source)
    assert edit.marked == marked("avant\n\n**après**")
    edit.document().documentLayout()
    assert not asked, "nothing was even asked for"
    assert edit.document().resource(QTextDocument.ResourceType.ImageResource, "file:///x") is None
    # A picture becomes a document; beside a text, it is only how the text looked elsewhere.
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(0)
    source.setImageData(picture)
    edit.insertFromMimeData(source)
    alone = QMimeData()
    alone.setImageData(picture)
    edit.insertFromMimeData(alone)
    qtbot.waitUntil(lambda: len(desk.mailbox.composer.documents) == 1)
    assert desk.mailbox.composer.documents[0].name == "Picture.png"


def test_a_picture_belongs_to_the_letter_that_it_was_pasted_into(
    unlocked: OpenDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = begin(desk, practice)
    made = threading.Event()

    def slowly(_: QImage) -> bytes:
        made.wait(20)
        return b"png"

    monkeypatch.setattr(composer_view, "_png", slowly)
    picture = QMimeData()
    picture.setImageData(QImage(8, 8, QImage.Format.Format_RGB32))
    composer.text.insertFromMimeData(picture)
    # Whoever is in a hurry is told, and the letter stays.
    composer.send.click()
    assert "still being encrypted" in texts_of(composer.banner)
    qtbot.waitUntil(lambda: len(practice.writing.drafts) == 1)
    (first,) = practice.writing.drafts
    to = (named(practice, "Dr Anne Weber"),)
    desk.window.mail.write_to(Beginning(to=to, subject="Autre patient", text="Bonjour"))
    made.set()
    qtbot.waitUntil(lambda: bool(practice.asked(AttachBytes)))
    assert practice.asked(AttachBytes)[0].draft == first
    assert not practice.asked(SendDraft)
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    assert desk.mailbox.composer.documents == ()


def test_a_picture_that_is_given_up_goes_nowhere(
    unlocked: OpenDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = begin(desk, practice)
    made = threading.Event()
    monkeypatch.setattr(composer_view, "_png", lambda _: b"png" if made.wait(20) else b"")
    picture = QMimeData()
    picture.setImageData(QImage(8, 8, QImage.Format.Format_RGB32))
    composer.text.insertFromMimeData(picture)
    qtbot.waitUntil(lambda: len(practice.writing.drafts) == 1)
    desk.mailbox.composer.stop_adding()
    qtbot.waitUntil(lambda: desk.mailbox.composer.attaching is None)
    made.set()
    composer.send.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SendDraft)))
    assert not practice.asked(AttachBytes)


def test_a_document_that_a_lock_interrupted_is_named_and_missed(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    begin(desk, practice)
    desk.mailbox.composer.touch()
    practice.hold(AttachFile)
    desk.mailbox.composer.add_files([str(tmp_path / "irm.raw"), str(tmp_path / "deux.pdf")])
    qtbot.waitUntil(lambda: bool(practice.asked(AttachFile)))
    desk.window.lock()
    practice.release()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    assert desk.mailbox.session.screen is Screen.UNLOCK
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: desk.mailbox.composer.is_open)
    composer = desk.window.mail.composer
    assert "irm.raw, deux.pdf" in texts_of(composer.banner)
    composer.send.click()
    assert "irm.raw" in texts_of(composer.question)
    assert not practice.asked(SendDraft)


def test_bold_and_lists_have_keys_and_travel_with_the_letter(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    composer = begin(desk, practice, "")
    qtbot.waitUntil(desk.window.isActiveWindow)
    edit = composer.text
    edit.setFocus()
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(edit, Qt.Key.Key_B, control)
    assert composer.bar.bold.isChecked()
    QTest.keyClicks(edit, "Bilan")
    QTest.keyClick(edit, Qt.Key.Key_B, control)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    QTest.keyClick(edit, Qt.Key.Key_L, control | Qt.KeyboardModifier.ShiftModifier)
    for word in ("un", "deux", ""):
        QTest.keyClicks(edit, word)
        QTest.keyClick(edit, Qt.Key.Key_Return)
    QTest.keyClicks(edit, "fin")
    expected = marked("**Bilan**\n- un\n- deux\nfin")
    assert edit.marked == expected
    composer.send.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SendDraft)))
    content = practice.asked(SaveDraft)[-1].content
    assert (content.text, content.marks) == (expected.text, expected.marks)


def test_drafts_are_removed_and_taken_back(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    for number in range(3):
        content = DraftContent(subject=f"Brouillon {number}", text="Bonjour")
        practice.writing.add_draft(content, documents=number, at=number * 60_000)
    desk = unlocked(practice)
    mail = desk.window.mail
    mail.go(Destination.DRAFTS)
    qtbot.waitUntil(lambda: desk.mailbox.drafts.total == 3)
    assert mail.navigation.places[Destination.DRAFTS].accessibleName() == "Drafts, 3 drafts"
    mail.drafts.list.selectAll()
    mail.drafts.remove()
    qtbot.waitUntil(lambda: desk.mailbox.drafts.total == 0)
    assert "No draft" in texts_of(mail.drafts)
    desk.mailbox.acts.undo()
    qtbot.waitUntil(lambda: desk.mailbox.drafts.total == 3)


def test_the_glance_says_who_is_away_and_who_reads_instead(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    benali, lea = named(practice, "Dr Karim Benali"), named(practice, "Léa Fontaine")
    practice.people.change(benali.account, away=away_row(practice, replacement=lea))
    desk = unlocked(practice)
    composer = begin(desk, practice)
    qtbot.waitUntil(lambda: "Absent until" in texts_of(composer.check))
    buttons = composer.check.findChildren(NamedButton)
    (instead,) = (each for each in buttons if "Léa Fontaine" in each.text())
    instead.click()
    assert desk.mailbox.composer.content.to == (lea,)
    qtbot.waitUntil(lambda: practice.asked(CheckRecipients)[-1].to == (lea.account,))
