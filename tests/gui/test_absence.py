# SPDX-License-Identifier: AGPL-3.0-or-later
"""Going on holiday: one says so once, is reminded of it meanwhile, and sees which colleagues are away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest

from app.interface.absence import Absence, SaveAbsence
from app.interface.failures import Failure
from app.interface.snapshots import DraftRecipient
from app.window.i18n.catalogues import Language
from app.window.views.absence import AbsenceSection
from app.window.views.navigation import Destination
from app.window.views.settings import SettingsDialog
from crypto_core.wire.ids import UnixMillis
from tests.gui.conftest import texts_of
from tests.gui.samples import DAY, away_row, row_at, sample_practice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.fakes.scripted_engine import Practice
    from tests.gui.conftest import OpenDesk


@pytest.fixture
def practice() -> Practice:
    return sample_practice()


@pytest.fixture
def desk(unlocked: OpenDesk, practice: Practice) -> Desk:
    return unlocked(practice)


def named(practice: Practice, name: str) -> DraftRecipient:
    row = next(row for row in practice.contacts.values() if row.name == name)
    return DraftRecipient(account=row.account, name=row.name, profession=row.profession)


def section_of(desk: Desk, qtbot: QtBot) -> AbsenceSection:
    """Open the settings where absences are said."""
    desk.window.mail.absence_asked.emit()
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(SettingsDialog)))
    (section,) = desk.window.findChildren(AbsenceSection)
    qtbot.waitUntil(lambda: section.isVisible() and section.tell.isEnabled())
    return section


def be_away(practice: Practice, *, replacement: DraftRecipient | None = None) -> None:
    practice.absences.absence = Absence(
        since=UnixMillis(practice.now - DAY),
        until=UnixMillis(practice.now + 3 * DAY),
        replacement=replacement,
        text="Je lirai votre courrier à mon retour.",
    )


def test_a_practitioner_goes_on_holiday_and_names_who_replaces_them(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    section = section_of(desk, qtbot)
    lea = named(practice, "Léa Fontaine")
    today = section.begin.date()
    assert section.end.date() == today.addDays(7)
    QTest.keyClicks(section.who.edit, "lea")
    QTest.keyClick(section.who.edit, Qt.Key.Key_Return)
    section.end.setDate(today.addDays(14))
    # The usual text follows what is chosen, and the preview shows it.
    assert "Léa Fontaine" in section.text.toPlainText()
    shown = texts_of(section)
    assert "What your correspondents see" in shown
    assert "Absent until" in shown
    assert "Léa Fontaine, kinésithérapeute replaces them" in shown
    section.tell.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SaveAbsence)))
    saved = practice.asked(SaveAbsence)[-1].absence
    assert saved is not None
    assert saved.replacement == lea
    formats = desk.window.mail._around.formats
    first, last = formats.date_of(saved.since), formats.date_of(UnixMillis(saved.until - 1))
    assert (first, last) == (today.toPython(), today.addDays(14).toPython())
    assert last - first == timedelta(days=14)
    # From now on the window says so.
    strip = desk.window.mail.away
    qtbot.waitUntil(lambda: not strip.banner.isHidden())
    assert "You are away until" in texts_of(strip)
    assert "Léa Fontaine" in texts_of(strip)


def test_a_text_of_ones_own_stays_when_the_days_change(desk: Desk, qtbot: QtBot) -> None:
    section = section_of(desk, qtbot)
    section.text.setPlainText("De retour bientôt.")
    section.end.setDate(section.begin.date().addDays(2))
    assert section.text.toPlainText() == "De retour bientôt."
    assert "De retour bientôt." in texts_of(section)


def test_the_last_day_never_comes_before_the_first(desk: Desk, qtbot: QtBot) -> None:
    section = section_of(desk, qtbot)
    section.begin.setDate(section.end.date().addDays(10))
    assert section.end.date() >= section.begin.date()
    section.end.setDate(QDate(2020, 1, 1))
    assert section.end.date() >= section.begin.date()


def test_only_a_correspondent_can_be_named(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    section = section_of(desk, qtbot)
    QTest.keyClicks(section.who.edit, "Personne")
    section.tell.click()
    assert practice.asked(SaveAbsence) == []
    assert "None of your correspondents" in texts_of(section)


def test_what_the_engine_refuses_is_said_there(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    section = section_of(desk, qtbot)
    practice.fail_next(SaveAbsence, Failure.ABSENCE_PERIOD_INVALID)
    section.tell.click()
    qtbot.waitUntil(lambda: "not the days of an absence" in texts_of(section))
    assert section.tell.isEnabled()


def test_back_from_holiday_one_press_is_enough(
    unlocked: OpenDesk, practice: Practice, qtbot: QtBot
) -> None:
    be_away(practice, replacement=named(practice, "Léa Fontaine"))
    desk = unlocked(practice)
    strip = desk.window.mail.away
    qtbot.waitUntil(lambda: not strip.banner.isHidden())
    # One line at a time: what is put off can wait.
    assert desk.window.mail.reminders.banner.isHidden()
    strip.back.click()
    qtbot.waitUntil(strip.banner.isHidden)
    assert practice.asked(SaveAbsence)[-1].absence is None


def test_the_section_says_who_knows_and_who_was_answered(
    unlocked: OpenDesk, practice: Practice, qtbot: QtBot
) -> None:
    be_away(practice)
    practice.absences.untold, practice.absences.answered = 1, 2
    desk = unlocked(practice, language=Language.FRENCH)
    section = section_of(desk, qtbot)
    qtbot.waitUntil(lambda: "2 réponses automatiques" in texts_of(section))
    assert "1 le sera dès que le relais répondra" in texts_of(section)
    assert section.text.toPlainText() == "Je lirai votre courrier à mon retour."
    section.end_it.click()
    qtbot.waitUntil(lambda: practice.absences.absence is None)


def test_a_colleague_who_is_away_is_seen_in_the_list_and_on_their_page(
    unlocked: OpenDesk, practice: Practice, qtbot: QtBot
) -> None:
    benali, lea = named(practice, "Dr Karim Benali"), named(practice, "Léa Fontaine")
    practice.people.change(benali.account, away=away_row(practice, replacement=lea))
    desk = unlocked(practice)
    mail = desk.window.mail
    mail.show_account(benali.account)
    person = mail.people.person
    qtbot.waitUntil(person.away.isVisible)
    shown = texts_of(person.away)
    assert "Absent until" in shown
    assert "Léa Fontaine, kinésithérapeute replaces them" in shown
    assert "appelez le 15" in shown
    book = desk.mailbox.contacts.everyone
    position = book.row_of(benali.account)
    assert position is not None
    spoken = book.data(book.index(position), Qt.ItemDataRole.AccessibleTextRole)
    assert "Absent until" in str(spoken)
    person.away.write.click()
    qtbot.waitUntil(lambda: desk.mailbox.composer.content.to == (lea,))
    mail.show_account(lea.account)
    qtbot.waitUntil(lambda: not person.away.isVisible())


def test_a_replacement_one_does_not_know_is_no_button(
    unlocked: OpenDesk, practice: Practice, qtbot: QtBot
) -> None:
    benali = named(practice, "Dr Karim Benali")
    stranger = DraftRecipient(
        account=type(benali.account)(b"s" * 20), name="Dr Inconnu", profession="médecin"
    )
    practice.people.change(benali.account, away=away_row(practice, replacement=stranger))
    desk = unlocked(practice)
    mail = desk.window.mail
    mail.go(Destination.CONTACTS)
    mail.show_account(benali.account)
    person = mail.people.person
    qtbot.waitUntil(person.away.isVisible)
    assert "none of your correspondents" in texts_of(person.away)
    assert not person.away.write.isVisible()


def test_an_automatic_answer_says_what_it_is(
    unlocked: OpenDesk, practice: Practice, qtbot: QtBot
) -> None:
    desk = unlocked(practice)
    row = row_at(desk.mailbox.conversations, 0)
    view = practice.conversations[row.conversation][-1]
    practice.change(view, is_automatic=True)
    desk.mailbox.reading.open(row)
    reading = desk.window.mail.reading
    qtbot.waitUntil(lambda: "Automatic answer" in texts_of(reading))
    assert not reading.refuse_action.isVisible()
