# SPDX-License-Identifier: AGPL-3.0-or-later
"""The morning's mail between two patients: putting letters away, filing them, changing one's mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QDropEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.interface.commands import MarkRead, ReadConversation
from app.interface.failures import Failure
from app.interface.organising import Act, Organise
from app.interface.patients import FileConversations, SavePatient
from app.interface.secret import Secret
from app.interface.snapshots import DeliveryState, DraftRecipient, Place
from app.interface.writing import CancelSending, SendNow
from app.window.viewmodels.beginning import Beginning
from app.window.viewmodels.conversations import DRAGGED, KEEP, ListState
from app.window.viewmodels.patients import PATIENT_ROLE, tag_of
from app.window.views.components.layouts import EmptyState
from app.window.views.letter_printing import LetterPaper
from app.window.views.navigation import DROPS, Destination
from app.window.views.patients import PatientChooser, PatientDialog, View
from app.window.views.undo import MOST_SHOWN
from crypto_core.wire.content import Mark, MarkKind
from crypto_core.wire.patients import Sex
from tests.fakes.scripted_engine import PASSPHRASE, ManyRows, Practice
from tests.gui.conftest import texts_of
from tests.gui.forms import write
from tests.gui.samples import HOUR, ago, row_at, said, sample_practice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from app.window.views.letter import LetterView
    from tests.gui.conftest import OpenDesk

BENALI, LABO, WEBER, FONTAINE = range(4)
"""Where the sample's conversations stand in the mail."""


@pytest.fixture
def practice() -> Practice:
    return sample_practice()


@pytest.fixture
def desk(unlocked: OpenDesk, practice: Practice, qtbot: QtBot) -> Desk:
    made = unlocked(practice, dwell_milliseconds=60_000)
    qtbot.waitUntil(made.window.isActiveWindow)
    return made


def open_letter(desk: Desk, qtbot: QtBot, position: int) -> LetterView:
    """Open a conversation as Enter does and return its newest letter."""
    pane = desk.window.mail.conversations
    pane.list.setFocus()
    pane.point_at(position)
    QTest.keyClick(pane.list, Qt.Key.Key_Return)
    wanted = row_at(desk.mailbox.conversations, position).conversation
    qtbot.waitUntil(
        lambda: (
            desk.mailbox.reading.conversation == wanted
            and bool(desk.mailbox.reading.letters)
            and desk.bridge.is_quiet
        )
    )
    return desk.window.mail.reading.views[desk.mailbox.reading.letters[0].message]


def subjects(desk: Desk) -> list[str]:
    """Return what the list shows."""
    model = desk.mailbox.conversations
    return [row_at(model, position).subject for position in range(model.rowCount())]


def go(desk: Desk, qtbot: QtBot, destination: Destination) -> list[str]:
    """Go to a place and return what is there."""
    desk.window.mail.go(destination)
    model = desk.mailbox.conversations
    qtbot.waitUntil(lambda: model.state is not ListState.LOADING and desk.bridge.is_quiet)
    return subjects(desk)


def press(desk: Desk, keys: str) -> None:
    """Press keys wherever the keyboard is."""
    QTest.keySequence(desk.window, keys)


def drop(desk: Desk, destination: Destination) -> None:
    """Let go over a place of what the list drags."""
    mail = desk.window.mail
    rows = mail.conversations.list.chosen_rows
    assert rows
    mail.navigation.places[destination].dropped.emit(rows)


def test_one_letter_after_the_other_is_put_away_without_the_mouse(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    open_letter(desk, qtbot, BENALI)
    press(desk, "Ctrl+E")
    # The next letter is open already, and the keyboard is where it was.
    qtbot.waitUntil(lambda: bool(desk.mailbox.reading.letters) and desk.bridge.is_quiet)
    assert desk.mailbox.reading.letters[0].subject == "Résultats, Roux Émile"
    press(desk, "Ctrl+E")
    qtbot.waitUntil(lambda: len(practice.asked(Organise)) == 2 and desk.bridge.is_quiet)
    assert subjects(desk) == ["Conduite à tenir, Mme Garnier", "Bilan de fin de rééducation"]
    assert go(desk, qtbot, Destination.ARCHIVE)[0] == "Lombalgie aiguë, avis après imagerie"


def test_a_letter_that_opened_by_itself_is_not_read_before_somebody_shows_to_be_there(
    unlocked: OpenDesk, practice: Practice, qtbot: QtBot
) -> None:
    desk = unlocked(practice)
    qtbot.waitUntil(desk.window.isActiveWindow)
    open_letter(desk, qtbot, BENALI)
    qtbot.waitUntil(lambda: len(practice.asked(MarkRead)) == 1)
    desk.window.mail.actions_of_letters.archive.trigger()
    reading = desk.mailbox.reading
    qtbot.waitUntil(lambda: bool(reading.letters) and desk.bridge.is_quiet)
    assert reading.letters[0].subject == "Résultats, Roux Émile"
    qtbot.waitUntil(lambda: reading._awaits_presence)
    assert len(practice.asked(MarkRead)) == 1
    QTest.keyClick(desk.window.windowHandle(), Qt.Key.Key_Shift)
    qtbot.waitUntil(lambda: len(practice.asked(MarkRead)) == 2)


def test_what_was_removed_comes_back_with_one_key(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    open_letter(desk, qtbot, LABO)
    press(desk, "Del")
    bar = desk.window.mail.undo_bar
    qtbot.waitUntil(bar.isVisible)
    assert "1 conversation removed" in texts_of(bar)
    assert "Résultats, Roux Émile" not in subjects(desk)
    # It stays while one goes elsewhere.
    for destination in (Destination.SENT, Destination.CONTACTS, Destination.PATIENTS):
        desk.window.mail.go(destination)
        assert bar.isVisible()
    go(desk, qtbot, Destination.INBOX)
    press(desk, "Ctrl+Z")
    qtbot.waitUntil(lambda: "Résultats, Roux Émile" in subjects(desk))
    assert [each.act for each in practice.asked(Organise)] == [Act.REMOVE, Act.RESTORE]
    assert bar.isHidden()


def test_each_of_several_acts_can_be_taken_back_while_it_is_shown(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    acts = desk.mailbox.acts
    for keys in ("Ctrl+E", "Ctrl+D", "Del"):
        open_letter(desk, qtbot, 0)
        with qtbot.waitSignal(acts.offered):
            press(desk, keys)
    lines = desk.window.mail.undo_bar.lines
    assert [line.text.text() for line in lines] == [
        "1 conversation archived",
        "1 conversation filed in your records, removed here",
        "1 conversation removed",
    ]
    lines[1].undo.click()
    qtbot.waitUntil(lambda: "Résultats, Roux Émile" in subjects(desk))
    assert len(acts.undoables) == 2
    assert practice.asked(Organise)[-1].act is Act.RESTORE


def test_three_lines_are_shown_and_everything_can_be_taken_back(desk: Desk, qtbot: QtBot) -> None:
    before = subjects(desk)
    model = desk.mailbox.conversations
    for _ in range(MOST_SHOWN + 1):
        desk.mailbox.acts.organise((row_at(model, 0),), Act.ARCHIVE)
        qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    qtbot.waitUntil(lambda: desk.mailbox.acts.undoables[-1].number == MOST_SHOWN + 1)
    assert len(desk.window.mail.undo_bar.lines) == MOST_SHOWN
    for _ in range(MOST_SHOWN + 1):
        desk.window.mail.undo.trigger()
        qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    qtbot.waitUntil(lambda: subjects(desk) == before)


def test_a_key_that_is_held_takes_one_letter_away(desk: Desk) -> None:
    actions = desk.window.mail.actions_of_letters
    assert not any(each.autoRepeat() for each in (actions.remove, actions.archive, actions.filed))


def test_del_once_more_never_removes_a_letter_that_nobody_has_seen(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    mail, reading = desk.window.mail, desk.mailbox.reading

    def is_there() -> bool:
        return bool(reading.letters) and desk.bridge.is_quiet

    def is_open(pane: QWidget) -> bool:
        return mail.content.currentWidget() is pane

    # Chosen and not open, as after “Mark as unread”: the one that follows opens all the same.
    mail.conversations.point_at(BENALI)
    assert is_open(mail.nothing)
    practice.hold(ReadConversation)
    press(desk, "Del")
    assert is_open(mail.reading)
    press(desk, "Del")
    practice.release()
    qtbot.waitUntil(is_there)
    assert reading.letters[0].subject == "Résultats, Roux Émile"
    assert len(practice.asked(Organise)) == 1, "its letters were not here yet"
    press(desk, "Del")
    qtbot.waitUntil(lambda: len(practice.asked(Organise)) == 2 and is_there())
    # Letters that cannot be shown can be removed.
    practice.fail_next(ReadConversation, Failure.DISK_FULL)
    press(desk, "Del")
    qtbot.waitUntil(lambda: len(practice.asked(Organise)) == 3 and desk.bridge.is_quiet)
    assert not is_there()
    press(desk, "Del")
    qtbot.waitUntil(lambda: len(practice.asked(Organise)) == 4 and desk.bridge.is_quiet)
    assert not subjects(desk)


def test_what_goes_away_by_itself_leaves_nothing_chosen_in_its_place(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    mail = desk.window.mail
    mail.conversations.point_at(BENALI)
    chosen = mail.conversations.list.chosen_rows
    assert [row.subject for row in chosen] == subjects(desk)[:1]
    # Another computer archives it, or it is dragged away.
    desk.mailbox.conversations.expect(chosen, Act.ARCHIVE)
    assert not mail.conversations.list.chosen_rows
    press(desk, "Del")
    desk.window.resize(700, 600)
    qtbot.waitUntil(lambda: mail.is_narrow)
    open_letter(desk, qtbot, 0)
    press(desk, "Del")
    press(desk, "Del")
    qtbot.waitUntil(lambda: bool(practice.asked(Organise)) and desk.bridge.is_quiet)
    # A narrow window shows the list again, on the line that follows; Enter opens it.
    assert len(practice.asked(Organise)) == 1
    assert mail.conversations.list.isVisible()
    QTest.keyClick(mail.conversations.list, Qt.Key.Key_Return)
    assert mail.content.currentWidget() is mail.reading


def test_an_offer_ends_by_itself_and_at_the_lock(desk: Desk, qtbot: QtBot) -> None:
    acts = desk.mailbox.acts
    acts.organise((row_at(desk.mailbox.conversations, 0),), Act.REMOVE)
    qtbot.waitUntil(lambda: bool(acts.undoables))
    acts._timers[acts.undoables[0].number].timeout.emit()
    assert not acts.undoables
    assert desk.window.mail.undo_bar.isHidden()
    assert not desk.window.mail.undo.isEnabled()
    acts.organise((row_at(desk.mailbox.conversations, 0),), Act.REMOVE)
    qtbot.waitUntil(lambda: bool(acts.undoables))
    desk.window.lock()
    assert not acts.undoables
    assert "removed" not in texts_of(desk.window.mail.undo_bar)


def test_what_was_removed_just_before_a_lock_is_offered_again_after_it(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    acts = desk.mailbox.acts
    removed, filed = (row_at(desk.mailbox.conversations, at) for at in (0, 1))
    acts.file((filed,), None)
    acts.organise((removed,), Act.REMOVE)
    qtbot.waitUntil(lambda: len(acts.undoables) == 2)
    desk.window.lock()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    # What names a patient is not kept over a lock.
    qtbot.waitUntil(lambda: len(acts.undoables) == 1)
    acts.undo()
    qtbot.waitUntil(lambda: practice.asked(Organise)[-1].act is Act.RESTORE)


def test_in_a_field_ctrl_z_takes_back_what_was_typed(desk: Desk, qtbot: QtBot) -> None:
    mail = desk.window.mail
    open_letter(desk, qtbot, LABO)
    press(desk, "Ctrl+E")
    qtbot.waitUntil(mail.undo_bar.isVisible)
    mail.go(Destination.PATIENTS)
    field = mail.patient_list.search.query
    field.setFocus()
    QTest.keyClicks(field, "Roux")
    QTest.keySequence(field, "Ctrl+Z")
    assert field.text() == ""
    assert mail.undo_bar.isVisible()


@pytest.mark.parametrize("width", [700, 1280])
def test_the_offer_to_undo_leaves_send_free(desk: Desk, qtbot: QtBot, width: int) -> None:
    mail = desk.window.mail
    desk.window.resize(width, 620)
    open_letter(desk, qtbot, LABO)
    press(desk, "Ctrl+E")
    qtbot.waitUntil(mail.undo_bar.isVisible)
    press(desk, "Ctrl+N")
    send = mail.composer.send
    qtbot.waitUntil(lambda: not send.visibleRegion().isEmpty())

    def place(widget: QWidget) -> QRect:
        return QRect(widget.mapTo(mail, QPoint(0, 0)), widget.size())

    qtbot.waitUntil(lambda: not place(send).intersects(place(mail.undo_bar)))


def test_what_does_not_work_is_said_and_the_letter_stays(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.fail_next(Organise, Failure.STILL_SENDING)
    open_letter(desk, qtbot, LABO)
    press(desk, "Del")
    qtbot.waitUntil(lambda: "Résultats, Roux Émile" in subjects(desk) and desk.bridge.is_quiet)
    assert "still being sent" in texts_of(desk.window.mail.reading.banner) + texts_of(
        desk.window.mail.conversations.banner
    )
    assert desk.window.mail.undo_bar.isHidden()


def test_several_letters_are_chosen_and_archived_at_once(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    mail = desk.window.mail
    rows = mail.conversations.list
    open_letter(desk, qtbot, BENALI)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(rows, key, Qt.KeyboardModifier.ShiftModifier)
    assert mail.content.currentWidget() is mail.several
    assert "3 conversations chosen" in texts_of(mail.several)
    assert not mail.actions_of_letters.reply.isEnabled()
    press(desk, "Ctrl+E")
    qtbot.waitUntil(lambda: bool(practice.asked(Organise)) and desk.bridge.is_quiet)
    assert subjects(desk) == ["Bilan de fin de rééducation"]
    (command,) = practice.asked(Organise)
    assert len(command.conversations) == 3
    qtbot.waitUntil(mail.undo_bar.isVisible)
    press(desk, "Ctrl+Z")
    qtbot.waitUntil(lambda: len(subjects(desk)) == 4)


def test_escape_leads_from_several_back_to_one(desk: Desk, qtbot: QtBot) -> None:
    mail = desk.window.mail
    open_letter(desk, qtbot, LABO)
    QTest.keySequence(mail.conversations.list, "Ctrl+A")
    assert mail.content.currentWidget() is mail.several
    press(desk, "Esc")
    assert len(mail.conversations.list.chosen_rows) == 1
    assert mail.content.currentWidget() is mail.reading


def test_to_do_is_marked_found_and_done(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    mail = desk.window.mail
    place = mail.navigation.places[Destination.TO_DO]
    # A letter that wants an answer is there by itself.
    assert "1 to do" in place.accessibleName()
    open_letter(desk, qtbot, FONTAINE)
    press(desk, "Ctrl+T")
    qtbot.waitUntil(lambda: "2 to do" in place.accessibleName())
    assert mail.actions_of_letters.flag.text() == "Done"
    assert go(desk, qtbot, Destination.TO_DO) == [
        "Lombalgie aiguë, avis après imagerie",
        "Bilan de fin de rééducation",
    ]
    open_letter(desk, qtbot, 0)
    press(desk, "Ctrl+T")
    qtbot.waitUntil(lambda: subjects(desk) == ["Bilan de fin de rééducation"])
    qtbot.waitUntil(lambda: practice.asked(Organise)[-1].act is Act.UNFLAG)


def test_unread_again_closes_the_letter_and_stays_unread(
    unlocked: OpenDesk, practice: Practice, qtbot: QtBot
) -> None:
    desk = unlocked(practice)
    qtbot.waitUntil(desk.window.isActiveWindow)
    open_letter(desk, qtbot, LABO)
    model = desk.mailbox.conversations
    qtbot.waitUntil(lambda: not row_at(model, LABO).unread_count and desk.bridge.is_quiet)
    press(desk, "Ctrl+U")
    qtbot.waitUntil(lambda: row_at(model, LABO).unread_count == 1 and desk.bridge.is_quiet)
    assert desk.mailbox.reading.row is None
    assert len(practice.asked(MarkRead)) == 1


def test_a_letter_says_whom_it_is_about_and_is_filed_with_one_click(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    open_letter(desk, qtbot, BENALI)
    line = desk.window.mail.reading.patient
    qtbot.waitUntil(lambda: line.file.text() == "File under this patient")
    assert "About Duval Jeanne, 12/03/1961" in texts_of(line)
    line.file.click()
    qtbot.waitUntil(line.patient.isVisible)
    assert line.patient.text() == "Duval Jeanne, 12/03/1961"
    qtbot.waitUntil(desk.window.mail.undo_bar.isVisible)
    assert "1 conversation filed under Duval Jeanne" in texts_of(desk.window.mail.undo_bar)
    press(desk, "Ctrl+Z")
    qtbot.waitUntil(lambda: line.patient.isHidden() and line.file.isVisible())
    assert [each.patient is None for each in practice.asked(FileConversations)] == [False, True]


def test_a_patient_nobody_knows_yet_is_added_and_filed_with_one_click(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    account = next(iter(practice.contacts))
    practice.receive(account, "Nouveau", "…", patient=said("Fabre", "Noé", "2019-06-01"))
    qtbot.waitUntil(lambda: subjects(desk)[0] == "Nouveau")
    open_letter(desk, qtbot, 0)
    line = desk.window.mail.reading.patient
    qtbot.waitUntil(lambda: line.file.text() == "Add this patient and file")
    line.file.click()
    qtbot.waitUntil(line.patient.isVisible)
    (command,) = practice.asked(SavePatient)
    assert (command.family_name, command.given_name, command.birth_date) == (
        "Fabre",
        "Noé",
        "2019-06-01",
    )


@pytest.mark.parametrize(
    ("dates", "said_date", "offered"),
    [
        (("1961-03-12",), "1961-03-12", "File under this patient"),
        (("1961-03-12", "1990-01-01"), "1961-03-12", "File under this patient"),
        # The sender gave no date: there is one of that name, and it is said which.
        (("1961-03-12",), "", "File under Roy Ada, 12/03/1961"),
        # There are two: nobody is guessed, and nobody is added a third time.
        (("1961-03-12", "1990-01-01"), "", ""),
        (("1961-03-12",), "1962-03-12", "Add this patient and file"),
    ],
)
def test_namesakes_are_never_guessed(
    desk: Desk,
    practice: Practice,
    qtbot: QtBot,
    dates: tuple[str, ...],
    said_date: str,
    offered: str,
) -> None:
    for date in dates:
        practice.records.add_patient("Roy", "Ada", date)
    account = next(iter(practice.contacts))
    practice.receive(account, "Bilan", "…", patient=said("ROY", "Ada", said_date))
    qtbot.waitUntil(lambda: subjects(desk)[0] == "Bilan")
    open_letter(desk, qtbot, 0)
    line = desk.window.mail.reading.patient
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    assert (line.file.text() if line.file.isVisible() else "") == offered
    assert line.choose.isVisible()


def test_a_letter_filed_under_another_patient_than_its_sender_means_says_so(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    view = open_letter(desk, qtbot, LABO)
    line = desk.window.mail.reading.patient
    assert not line._differs.isVisible()
    practice.change(view.letter, patient=said("Perrin", "Luc", ""))
    qtbot.waitUntil(line._differs.isVisible)
    assert "The sender writes about Perrin Luc" in line._differs.text()


def test_a_patient_is_chosen_by_typing_the_beginning_of_a_name(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    open_letter(desk, qtbot, WEBER)
    press(desk, "Ctrl+Shift+P")
    (chooser,) = desk.window.findChildren(PatientChooser)
    QTest.keyClicks(chooser.search.query, "garn mar")
    qtbot.waitUntil(lambda: chooser.model.rowCount() == 1 and desk.bridge.is_quiet)
    QTest.keyClick(chooser.search.query, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(practice.asked(FileConversations)) and desk.bridge.is_quiet)
    assert "Garnier-Lopez Marie-Antoinette" in desk.window.mail.reading.patient.patient.text()


def test_enter_right_after_typing_does_not_choose_the_wrong_patient(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    open_letter(desk, qtbot, WEBER)
    press(desk, "Ctrl+Shift+P")
    (chooser,) = desk.window.findChildren(PatientChooser)
    qtbot.waitUntil(lambda: chooser.model.rowCount() == 4)
    # The list still shows everybody when Enter comes.
    QTest.keyClicks(chooser.search.query, "perrin")
    QTest.keyClick(chooser.search.query, Qt.Key.Key_Return)
    assert not practice.asked(FileConversations)
    qtbot.waitUntil(lambda: chooser.model.rowCount() == 1)
    chooser.reject()


def test_a_patients_page_has_all_that_is_filed_and_leads_to_the_letters(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    open_letter(desk, qtbot, LABO)
    mail = desk.window.mail
    qtbot.waitUntil(mail.reading.patient.patient.isVisible)
    mail.reading.patient.patient.click()
    qtbot.waitUntil(lambda: desk.mailbox.filed.rowCount() == 2)
    assert mail.destination is Destination.PATIENTS
    assert "Émile Roux" in texts_of(mail.patient)
    assert "30 September 1948, 78 years old" in texts_of(mail.patient)
    assert mail.patient.remove.isHidden()
    mail.patient.list.setFocus()
    mail.patient.list.setCurrentIndex(desk.mailbox.filed.index(0))
    QTest.keyClick(mail.patient.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(desk.mailbox.reading.letters))
    assert mail.content.currentWidget() is mail.reading
    assert mail.reading.back.isVisible()
    press(desk, "Esc")
    assert mail.content.currentWidget() is mail.patient
    mail.patient.list.selectAll()
    assert mail.content.currentWidget() is mail.several
    practice.tell()


def test_a_patient_is_added_corrected_and_removed(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    mail = desk.window.mail
    mail.go(Destination.PATIENTS)
    mail.patient_list.button.click()
    (dialog,) = desk.window.findChildren(PatientDialog)
    write(dialog.birth_date, "31/02/1990")
    dialog.save.click()
    assert "A name is needed" in texts_of(dialog)
    assert "not a date of birth" in texts_of(dialog)
    assert not practice.asked(SavePatient)
    write(dialog.family_name, "  Vidal ")
    write(dialog.given_name, "Ana")
    write(dialog.birth_date, "1.2.1990")
    dialog.save.click()
    qtbot.waitUntil(lambda: mail.patient.row is not None and desk.bridge.is_quiet)
    assert practice.asked(SavePatient)[0].birth_date == "1990-02-01"
    assert "Ana Vidal" in texts_of(mail.patient)
    mail.patient.correct.click()
    qtbot.waitUntil(lambda: len(desk.window.findChildren(PatientDialog)) >= 1)
    dialog = desk.window.findChildren(PatientDialog)[-1]
    assert isinstance(dialog.birth_date.answer, QLineEdit)
    assert dialog.birth_date.answer.text() == "01/02/1990"
    write(dialog.given_name, "Anna")
    dialog.save.click()
    qtbot.waitUntil(lambda: "Anna Vidal" in texts_of(mail.patient))
    qtbot.waitUntil(mail.patient.remove.isVisible)
    mail.patient.remove.click()
    qtbot.waitUntil(lambda: mail.patient.row is None and desk.bridge.is_quiet)
    assert all(tag.family_name != "Vidal" for tag in practice.records.patients.values())


def test_a_card_is_filled_in_and_read_on_the_patients_page(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    mail = desk.window.mail
    mail.go(Destination.PATIENTS)
    row = mail.patient_list.list.model().index(0, 0).data(PATIENT_ROLE)
    mail.show_patient(tag_of(row))
    mail.patient.correct.click()
    (dialog,) = desk.window.findChildren(PatientDialog)
    qtbot.waitUntil(lambda: dialog.card is not None)
    card = dialog.card
    assert card is not None
    write(card.ins, "180037511600773")
    write(card.died_on, "demain")
    dialog.save.click()
    assert "one of its 15 characters is wrong" in texts_of(dialog)
    assert "not a day up to today" in texts_of(dialog)
    assert not practice.asked(SavePatient)
    write(card.ins, "1 80 03 75 116 007 72")
    write(card.died_on, "")
    write(card.telephone, "06 12 34 56 78")
    write(card.representative, "Paul Duval")
    write(card.capacity, "tuteur")
    card.sex.buttons[Sex.FEMALE].click()
    card.is_protected.click()
    dialog.save.click()
    qtbot.waitUntil(lambda: "06 12 34 56 78" in texts_of(mail.patient.facts))
    mail.patient.view.buttons[View.CARD].click()
    assert mail.patient.facts.isVisible()
    assert not mail.patient.list.isVisible()
    assert "Paul Duval, tuteur" in texts_of(mail.patient)
    assert "Adult under a measure of protection" in texts_of(mail.patient)
    saved = practice.asked(SavePatient)[0].card
    assert saved is not None
    assert saved.ins is not None
    assert (saved.sex, saved.ins.matricule, saved.ins.is_qualified) == (
        Sex.FEMALE,
        "180037511600772",
        False,
    )


def test_two_cards_of_one_person_become_one_and_two_again(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    mail = desk.window.mail
    twice = practice.records.add_patient("Duvall", "Jeanne", "1961-03-12")
    mail.go(Destination.PATIENTS)
    row = mail.patient_list.list.model().index(0, 0).data(PATIENT_ROLE)
    mail.show_patient(tag_of(row))
    mail.patient.merge.click()
    (chooser,) = desk.window.findChildren(PatientChooser)
    assert not chooser.add.isVisible()
    chooser.search.query.setText("duvall")
    qtbot.waitUntil(lambda: chooser.model.rowCount() == 1)
    chooser.search.list.entered_line.emit(chooser.model.patient_at(0))
    qtbot.waitUntil(mail.patient.separate.isVisible)
    assert twice not in practice.records.patients
    assert "Jeanne Duvall" in mail.patient.separate.text()
    mail.patient.separate.click()
    qtbot.waitUntil(lambda: not mail.patient.separate.isVisible())
    assert twice in practice.records.patients


def test_letters_are_dropped_onto_places_and_patients(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    mail = desk.window.mail
    open_letter(desk, qtbot, FONTAINE)
    drop(desk, Destination.TO_DO)
    qtbot.waitUntil(lambda: bool(practice.asked(Organise)) and desk.bridge.is_quiet)
    assert practice.asked(Organise)[0].act is Act.FLAG
    drop(desk, Destination.ARCHIVE)
    qtbot.waitUntil(lambda: len(subjects(desk)) == 3 and desk.bridge.is_quiet)
    assert mail.content.currentWidget() is not mail.reading
    # What took its place opens only when somebody asks for it: to open is to sign a receipt.
    assert not mail.conversations.list._pause.isActive()
    open_letter(desk, qtbot, WEBER)
    drop(desk, Destination.PATIENTS)
    (chooser,) = desk.window.findChildren(PatientChooser)
    qtbot.waitUntil(lambda: chooser.model.rowCount() == 4)
    chooser.search.list.entered_line.emit(chooser.model.patient_at(0))
    qtbot.waitUntil(lambda: bool(practice.asked(FileConversations)))


def test_nothing_but_our_own_letters_can_be_dropped(desk: Desk, qtbot: QtBot) -> None:
    mail = desk.window.mail
    open_letter(desk, qtbot, BENALI)
    data = desk.mailbox.conversations.mimeData([])
    # Another program that looks into what is dragged finds nothing of a letter.
    assert data.formats() == [DRAGGED]
    assert data.data(DRAGGED).size() == 0
    heard: list[object] = []
    mail.navigation.dropped.connect(lambda *_: heard.append(_))
    event = QDropEvent(
        QPointF(4, 4),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    # It does not come from a list of ours.
    mail.patient_list.list.dropEvent(event)
    assert not heard
    assert {place for place, button in mail.navigation.places.items() if button.acceptDrops()} == (
        DROPS
    )


def test_the_menu_key_offers_what_can_be_done(desk: Desk, qtbot: QtBot) -> None:
    mail = desk.window.mail
    open_letter(desk, qtbot, BENALI)
    mail.conversations.list.menu_asked.emit(QPoint(10, 10))
    texts = [action.text() for action in mail.letter_menu.actions() if action.text()]
    mail.letter_menu.close()
    assert texts == [
        "Reply",
        "Forward",
        "Done",
        "Mark as read",
        "File under a patient…",
        "File in my records",
        "Archive",
        "Remove",
        "Print…",
        "Erase this letter for good…",
    ]


def test_the_three_things_done_most_are_on_the_line_under_the_pointer(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    rows = desk.window.mail.conversations.list
    rows.entered.emit(desk.mailbox.conversations.index(WEBER))
    assert rows.row_actions.isVisible()
    assert "Archive (Ctrl+E)" in texts_of(rows.row_actions)
    rows.row_actions.archive.click()
    qtbot.waitUntil(lambda: bool(practice.asked(Organise)) and desk.bridge.is_quiet)
    assert len(subjects(desk)) == 3
    # What was not open does not open.
    assert desk.mailbox.reading.row is None
    assert practice.asked(Organise)[0].act is Act.ARCHIVE


@pytest.mark.parametrize(
    "keys", ["Ctrl+E", "Ctrl+D", "Ctrl+T", "Ctrl+U", "Del", "Ctrl+R", "Ctrl+P", "Ctrl+Shift+P"]
)
def test_no_key_touches_a_letter_that_is_not_shown(
    desk: Desk, practice: Practice, qtbot: QtBot, keys: str
) -> None:
    open_letter(desk, qtbot, BENALI)
    desk.window.mail.write()
    press(desk, keys)
    desk.window.mail.go(Destination.CONTACTS)
    press(desk, keys)
    assert not practice.asked(Organise)
    assert not desk.window.findChildren(PatientChooser)


def test_a_letter_alone_does_nothing(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    open_letter(desk, qtbot, BENALI)
    before = desk.window.mail.conversations.list.currentIndex().row()
    QTest.keyClicks(desk.window.mail.conversations.list, "earsdfu")
    assert not practice.asked(Organise)
    assert desk.window.mail.conversations.list.currentIndex().row() == before


def test_places_have_keys(desk: Desk, qtbot: QtBot) -> None:
    for keys, destination in (
        ("Ctrl+2", Destination.TO_DO),
        ("Ctrl+6", Destination.ARCHIVE),
        ("Ctrl+7", Destination.PATIENTS),
        ("Ctrl+8", Destination.CONTACTS),
        ("Ctrl+1", Destination.INBOX),
    ):
        press(desk, keys)
        assert desk.window.mail.destination is destination
        qtbot.waitUntil(lambda: desk.bridge.is_quiet)


def test_bold_words_and_lists_are_set_and_copied_as_text(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    account = next(iter(practice.contacts))
    text = "À faire :\nmarcher <b>un peu</b>\nrevoir"
    marks = (
        Mark(kind=MarkKind.BOLD, start=0, end=7),
        Mark(kind=MarkKind.BULLET, start=10, end=len(text)),
        # What makes no sense is passed over.
        Mark(kind=MarkKind.BOLD, start=500, end=900),
    )
    practice.receive(account, "Listes", text, marks=marks)
    qtbot.waitUntil(lambda: subjects(desk)[0] == "Listes")
    view = open_letter(desk, qtbot, 0)
    document = view.body.text.document()
    assert view.body.text.toPlainText() == text
    assert document.findBlockByNumber(0).begin().fragment().charFormat().fontWeight() > 500
    assert document.findBlockByNumber(0).textList() is None
    assert document.findBlockByNumber(1).textList().count() == 2
    assert "<b>un peu" not in view.body.text.toHtml()


def test_a_letter_is_printed_as_it_is_read(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    view = open_letter(desk, qtbot, BENALI)
    paper = LetterPaper(desk.window.mail._around, practice.account).document(view.letter)
    text = paper.toPlainText()
    for words in (
        "Lombalgie aiguë, avis après imagerie",
        "From: Dr Karim Benali",
        "Patient: Duval Jeanne, 12/03/1961",
        "Bonjour Claire,",
        "Document: IRM lombaire.zip (18 MB)",
    ):
        assert words in text
    assert "<" not in text
    desk.mailbox.reading.count_as_read(view.letter.message)
    qtbot.waitUntil(lambda: len(practice.asked(MarkRead)) == 1)


def test_an_answer_to_all_goes_to_everybody_but_oneself(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    weber, fontaine = (
        next(row.account for row in practice.contacts.values() if row.name == name)
        for name in ("Dr Anne Weber", "Léa Fontaine")
    )
    practice.receive(weber, "À tous", "…", others=[fontaine])
    qtbot.waitUntil(lambda: subjects(desk)[0] == "À tous")
    open_letter(desk, qtbot, 0)
    assert desk.window.mail.actions_of_letters.reply_all.isVisible()
    press(desk, "Ctrl+Shift+R")
    assert {each.account for each in desk.mailbox.composer.content.to} == {weber, fontaine}
    assert desk.mailbox.composer.content.subject == "Re: À tous"


def test_a_letter_to_oneself_alone_offers_no_answer_to_all(desk: Desk, qtbot: QtBot) -> None:
    open_letter(desk, qtbot, BENALI)
    assert not desk.window.mail.actions_of_letters.reply_all.isVisible()


def test_a_letter_that_waits_can_be_called_back_or_sent_at_once(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    account = next(iter(practice.contacts))
    letter = practice.record_sent([(account, DeliveryState.QUEUED)], "Demain", "…")
    practice.change(letter, send_at=ago(-18 * HOUR), can_cancel=True)
    go(desk, qtbot, Destination.OUTBOX)
    view = open_letter(desk, qtbot, 0)
    assert "Leaves tomorrow at 08:02" in texts_of(view.body.waiting)
    practice.fail_next(SendNow, Failure.RELAY_BUSY)
    view.body.send_now.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SendNow)))
    practice.fail_next(CancelSending, Failure.ALREADY_SENT)
    view.body.call_back.click()
    qtbot.waitUntil(lambda: "already gone" in texts_of(desk.window.mail.reading.banner))


def test_a_letter_that_nobody_fetched_is_explained(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    account = next(iter(practice.contacts))
    practice.record_sent([(account, DeliveryState.NOT_DELIVERED)], "Perdu", "…")
    go(desk, qtbot, Destination.SENT)
    view = open_letter(desk, qtbot, 0)
    assert "✕ Not delivered" in texts_of(view)
    assert "fetch" in texts_of(view.body.ladder)


def test_every_place_says_what_it_is_for_when_it_is_empty(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(Practice())
    heard = set()
    for destination in (
        Destination.INBOX,
        Destination.TO_DO,
        Destination.SENT,
        Destination.DRAFTS,
        Destination.OUTBOX,
        Destination.ARCHIVE,
    ):
        go(desk, qtbot, destination)
        pane = desk.window.mail.panes[destination]
        (empty,) = pane.findChildren(EmptyState)
        assert empty.isVisible()
        heard.add(texts_of(empty))
    assert len(heard) == 6


def test_a_screen_reader_hears_what_the_chips_show(desk: Desk) -> None:
    rows = QAccessible.queryAccessibleInterface(desk.window.mail.conversations.list)
    spoken = rows.child(LABO).text(QAccessible.Text.Name)
    for words in ("Roux Émile", "Abnormal value", "Urgent", "1 document", "not verified"):
        assert words in spoken
    assert "Answer wanted" in rows.child(BENALI).text(QAccessible.Text.Name)


def test_a_hundred_thousand_conversations_can_all_be_chosen_as_far_as_they_are_here(
    unlocked: OpenDesk,
) -> None:
    practice = Practice(many=ManyRows(100_000))
    desk = unlocked(practice)
    rows = desk.window.mail.conversations.list
    rows.setFocus()
    rows.selectAll()
    count = len(rows.chosen_rows)
    assert 0 < count <= KEEP
    # The number said is the number meant.
    assert f"{count} conversations chosen" in texts_of(desk.window.mail.several)


def test_more_conversations_than_one_command_takes_are_archived_in_several(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = Practice()
    account = practice.add_contact("Anne")
    for number in range(250):
        practice.receive(account, str(number), "…", at=ago(number * 1000), is_read=True)
    desk = unlocked(practice)
    model = desk.mailbox.conversations
    while model.canFetchMore(desk.window.mail.conversations.list.rootIndex()):
        model.fetchMore(desk.window.mail.conversations.list.rootIndex())
        qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    desk.window.mail.conversations.list.selectAll()
    desk.window.mail.actions_of_letters.archive.trigger()
    qtbot.waitUntil(lambda: bool(desk.mailbox.acts.undoables))
    assert [len(each.conversations) for each in practice.asked(Organise)] == [200, 50]
    desk.window.mail.undo.trigger()
    qtbot.waitUntil(lambda: model.rowCount() > 0 and desk.bridge.is_quiet)
    assert not practice.records.rows(Place.ARCHIVE, None)


def test_a_lock_forgets_patients_and_what_could_be_taken_back(desk: Desk, qtbot: QtBot) -> None:
    mail = desk.window.mail
    mail.show_patient(next(iter(desk.mailbox.patients.list._rows)))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: mail.patient.row is not None)
    mail.patient_list.search.query.setText("Roux")
    desk.window.lock()
    assert desk.mailbox.patients.list.rowCount() == 0
    assert desk.mailbox.filed.rowCount() == 0
    texts = texts_of(mail)
    assert "Roux" not in texts
    assert "Émile" not in texts


def test_keys_reach_the_list_that_has_the_keyboard(desk: Desk, qtbot: QtBot) -> None:
    mail = desk.window.mail
    mail.go(Destination.PATIENTS)
    qtbot.waitUntil(lambda: desk.mailbox.patients.list.rowCount() == 4)
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(mail.patient_list.search.query, event)
    assert mail.patient_list.list.hasFocus()
    assert mail.patient.row is not None


def test_in_a_narrow_window_several_letters_are_dealt_with_above_the_list(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    mail = desk.window.mail
    desk.window.resize(700, 600)
    qtbot.waitUntil(lambda: mail.is_narrow)
    rows = mail.conversations.list
    rows.setFocus()
    rows.selectAll()
    assert mail.chosen_strip.isVisible()
    assert "4 chosen" in texts_of(mail.chosen_strip)
    mail.actions_of_letters.archive.trigger()
    qtbot.waitUntil(lambda: bool(practice.asked(Organise)) and desk.bridge.is_quiet)
    assert mail.chosen_strip.isHidden()
    assert mail.conversations.empty.isVisible()


HOSTILE_NAME = 'a<img src="file:///C:/x.png">&amp; ' + "long " * 20


def test_no_tip_shows_what_a_sender_has_marked_up(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    document = practice.document(HOSTILE_NAME + ".pdf", "application/pdf", 1000)
    sender = practice.add_contact(HOSTILE_NAME, HOSTILE_NAME, "Nice")
    practice.receive(sender, HOSTILE_NAME, "Bonjour", attachments=[document])
    desk = unlocked(practice)
    qtbot.waitUntil(desk.window.isActiveWindow)
    open_letter(desk, qtbot, 0)
    to = (DraftRecipient(account=sender, name=HOSTILE_NAME, profession=HOSTILE_NAME),)
    desk.window.mail.write_to(Beginning(to=to, subject="x", text="y"))
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    tips = [each.toolTip() for each in desk.window.findChildren(QWidget)]
    assert any("&lt;img" in tip for tip in tips)
    assert not any("<img" in tip for tip in tips)
