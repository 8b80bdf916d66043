# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal: what was done, in sentences, narrowed down, and with its proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.interface.commands import Lock
from app.interface.journal import (
    Deed,
    DeedKind,
    ExportEvidence,
    JournalState,
    JournalTimestamp,
    ListJournal,
    NoteSetting,
    ReportForm,
    ReportReader,
    ShowProof,
    Standing,
    TimestampStanding,
    WriteReport,
)
from app.window.i18n.journal import JournalWords
from app.window.views.navigation import Destination
from app.window.views.period import PeriodDialog
from app.window.views.settings import SettingsDialog
from crypto_core.wire.ids import Hash, PatientId, UnixMillis
from crypto_core.wire.journal import Action, JournalledSetting, LockCause
from tests.gui.conftest import texts_of
from tests.gui.samples import row_at, sample_practice

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.interface.journal import JournalRow
    from app.window.desk import Desk
    from app.window.views.journal import JournalPane
    from tests.fakes.scripted_engine import Practice
    from tests.gui.conftest import OpenDesk


@pytest.fixture
def practice() -> Practice:
    return sample_practice()


@pytest.fixture
def desk(unlocked: OpenDesk, practice: Practice) -> Desk:
    return unlocked(practice)


def read_letter(practice: Practice, minutes_ago: int = 4) -> JournalRow:
    letter = next(iter(practice.conversations.values()))[-1]
    return practice.journal.note(
        Deed.READ,
        minutes_ago=minutes_ago,
        letter=letter.message,
        conversation=letter.conversation,
        subject=letter.subject,
        people=(letter.sender_name,),
        patient=letter.patient,
    )


def go(desk: Desk, qtbot: QtBot) -> JournalPane:
    desk.window.mail.go(Destination.JOURNAL)
    qtbot.waitUntil(
        lambda: desk.mailbox.journal.summary is not None and not desk.mailbox.journal.is_waiting
    )
    return desk.window.mail.journal


def sentences(desk: Desk) -> list[str]:
    journal = desk.mailbox.journal
    words = JournalWords(desk._around.words, desk._around.formats)
    return [words.sentence(journal.row_at(position)) for position in range(journal.rowCount())]


def test_the_journal_says_first_that_nothing_is_missing(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    read_letter(practice)
    practice.journal.note(
        Deed.SEARCHED, minutes_ago=1, standing=Standing.WAITING, logged_at=None, numbers=(3,)
    )
    pane = go(desk, qtbot)
    said = texts_of(pane.state)
    assert "Journal intact" in said
    assert "2 acts recorded, none missing" in said
    assert "2 correspondents see the same record" in said
    assert "1 act waits for the connection" in said
    assert sentences(desk)[0] == "You searched: 3 letters found"
    assert sentences(desk)[1].startswith("You read “")


def test_a_journal_that_does_not_hold_never_looks_intact(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    read_letter(practice)
    practice.journal.state = JournalState.DAMAGED
    said = texts_of(go(desk, qtbot).state)
    assert "not intact" in said
    assert "none missing" not in said


def test_an_act_shows_its_proof_in_three_steps(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    row = read_letter(practice)
    pane = go(desk, qtbot)
    pane.list.setFocus()
    pane.list.setCurrentIndex(desk.mailbox.journal.index(0))
    proof = desk.window.mail.proof
    qtbot.waitUntil(lambda: "94,099" in texts_of(proof))
    assert practice.asked(ShowProof)[-1].entry == row.entry
    said = texts_of(proof)
    assert "without knowing what it was" in said
    assert "✓ PC du cabinet" in said
    assert not proof.whole.isHidden()
    assert "relay.example" not in [
        each.text() for each in proof.findChildren(type(proof._title)) if each.isVisible()
    ]
    proof.whole.click()
    assert "Signed checkpoint" in texts_of(proof)
    proof.letter.click()
    mail = desk.window.mail
    qtbot.waitUntil(lambda: mail.content.currentWidget() is mail.reading)
    mail.step_back()
    assert mail.content.currentWidget() is proof


def test_a_signature_that_does_not_hold_is_said_in_red(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    row = read_letter(practice)
    practice.journal.broken = {row.entry}
    pane = go(desk, qtbot)
    pane.entered_line.emit(desk.mailbox.journal.row_at(0))
    proof = desk.window.mail.proof
    qtbot.waitUntil(proof.banner.isVisible)
    assert "not proven" in texts_of(proof.banner)
    assert "✕ PC du cabinet" in texts_of(proof)


def test_what_a_correspondent_told_shows_what_their_computer_signed(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.journal.note(
        Deed.READ_BY,
        minutes_ago=1,
        standing=Standing.TOLD,
        logged_at=None,
        computer="",
        is_here=False,
        people=("Dr Karim Benali",),
    )
    go(desk, qtbot).entered_line.emit(desk.mailbox.journal.row_at(0))
    proof = desk.window.mail.proof
    qtbot.waitUntil(lambda: "✓ Dr Karim Benali" in texts_of(proof))
    proof.whole.click()
    assert "Signed receipt" in texts_of(proof)
    assert "Not externally timestamped" not in texts_of(proof)


def stamped(practice: Practice) -> JournalTimestamp:
    return JournalTimestamp(
        standing=TimestampStanding.RELAYS_AUTHORITY,
        at=UnixMillis(practice.now),
        authority="Horodatage SA",
        certificate=Hash(bytes(range(32))),
        log_size=94_112,
        valid_until=UnixMillis(practice.now + 86_400_000),
    )


def test_without_an_outside_timestamp_the_proof_says_so(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    read_letter(practice)
    go(desk, qtbot).entered_line.emit(desk.mailbox.journal.row_at(0))
    proof = desk.window.mail.proof
    qtbot.waitUntil(lambda: "Not externally timestamped" in texts_of(proof))
    assert proof.compare.isHidden()


def test_only_a_certificate_of_ones_own_makes_an_authority_known(
    desk: Desk, practice: Practice, qtbot: QtBot, tmp_path: Path
) -> None:
    read_letter(practice)
    practice.journal.timestamp = stamped(practice)
    practice.journal.known = b"the certificate of Horodatage SA"
    go(desk, qtbot).entered_line.emit(desk.mailbox.journal.row_at(0))
    proof = desk.window.mail.proof
    qtbot.waitUntil(lambda: "says Horodatage SA" in texts_of(proof))
    assert "Its certificate comes from the relay" in texts_of(proof)
    wrong, right = tmp_path / "wrong.pem", tmp_path / "right.pem"
    wrong.write_bytes(b"a picture")
    right.write_bytes(practice.journal.known)
    for unreadable in (wrong, tmp_path / "nowhere.pem"):
        proof.banner.silence()
        proof.take_certificate(unreadable)
        qtbot.waitUntil(lambda: "no certificate" in texts_of(proof.banner))
    proof.take_certificate(right)
    qtbot.waitUntil(lambda: "by the certificate that you chose" in texts_of(proof))
    said = texts_of(proof)
    assert said.count("SHA-256 of the authority") == 1
    assert "Its certificate comes from the relay" not in said
    assert proof.compare.isHidden()
    assert not proof.banner.isVisible()


def test_a_timestamp_that_does_not_hold_or_has_ended_is_said(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    read_letter(practice)
    practice.journal.timestamp = JournalTimestamp(
        standing=TimestampStanding.REFUSED, reason="imprint"
    )
    pane = go(desk, qtbot)
    pane.entered_line.emit(desk.mailbox.journal.row_at(0))
    proof = desk.window.mail.proof
    qtbot.waitUntil(lambda: "✕ None that counts" in texts_of(proof))
    practice.journal.timestamp = replace(
        stamped(practice), valid_until=UnixMillis(practice.now - 86_400_000)
    )
    pane.entered_line.emit(desk.mailbox.journal.row_at(0))
    qtbot.waitUntil(lambda: "since then it proves less" in texts_of(proof))
    assert "✕ None that counts" not in texts_of(proof)


def test_what_waits_for_the_relay_claims_no_proof(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.journal.note(
        Deed.UNLOCKED, minutes_ago=1, standing=Standing.WAITING, logged_at=None, numbers=(0,)
    )
    go(desk, qtbot).entered_line.emit(desk.mailbox.journal.row_at(0))
    proof = desk.window.mail.proof
    qtbot.waitUntil(lambda: bool(practice.asked(ShowProof)) and desk.bridge.is_quiet)
    said = texts_of(proof)
    assert "as soon as there is a connection" in said
    assert "✓" not in said
    assert proof.whole.isHidden()


def test_it_is_narrowed_down_by_date_person_and_kind(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    read_letter(practice)
    practice.journal.note(Deed.UNLOCKED, minutes_ago=60 * 24 * 40, numbers=(0,))
    pane = go(desk, qtbot)
    assert desk.mailbox.journal.rowCount() == 2
    pane.period.chosen.emit(7)
    qtbot.waitUntil(lambda: desk.mailbox.journal.rowCount() == 1)
    assert pane.period.text() == "In the last 7 days"
    pane.period.chosen.emit(None)
    pane.kind.chosen.emit(DeedKind.ACCESS)
    qtbot.waitUntil(lambda: sentences(desk) == ["You unlocked with your passphrase"])
    account = next(iter(practice.contacts))
    pane.person.chosen.emit(account)
    qtbot.waitUntil(lambda: not desk.mailbox.journal.rowCount())
    assert "Nothing of this kind" in texts_of(pane.empty)
    assert practice.asked(ListJournal)[-1].person == account


def test_older_acts_come_when_one_scrolls(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    for minutes in range(120):
        practice.journal.note(Deed.SEARCHED, minutes_ago=minutes, numbers=(minutes,))
    pane = go(desk, qtbot)
    assert 0 < desk.mailbox.journal.rowCount() < 120
    while desk.mailbox.journal.rowCount() < 120:
        with qtbot.waitSignal(desk.mailbox.journal.rowsInserted):
            pane.list.scrollToBottom()
    assert sentences(desk)[-1] == "You searched: 119 letters found"


def test_what_is_done_meanwhile_appears_by_itself(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    go(desk, qtbot)
    read_letter(practice)
    qtbot.waitUntil(lambda: desk.mailbox.journal.rowCount() == 1)


def test_nothing_of_it_stays_after_a_lock(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    row = read_letter(practice)
    go(desk, qtbot).entered_line.emit(desk.mailbox.journal.row_at(0))
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    desk.window.lock()
    assert row.subject not in texts_of(desk.window)
    assert desk.mailbox.journal.rowCount() == 0


def test_the_keyboard_leads_there_and_back(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    read_letter(practice)
    QTest.keyClick(desk.window, Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier)
    mail = desk.window.mail
    qtbot.waitUntil(lambda: bool(desk.mailbox.journal.rowCount()))
    assert mail.destination is Destination.JOURNAL
    mail.journal.list.setFocus()
    QTest.keyClick(mail.journal.list, Qt.Key.Key_Down)
    QTest.keyClick(mail.journal.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: mail.content.currentWidget() is mail.proof)


def test_a_report_is_written_of_the_acts_that_are_shown(
    desk: Desk, practice: Practice, qtbot: QtBot, tmp_path: Path
) -> None:
    read_letter(practice)
    practice.journal.note(Deed.UNLOCKED, minutes_ago=3, numbers=(0,))
    pane = go(desk, qtbot)
    pane.kind.chosen.emit(DeedKind.ACCESS)
    pane.write_report(str(tmp_path), ReportReader.COURT, ReportForm.CSV)
    assert not pane.report.isEnabled()
    qtbot.waitUntil(pane.report.isEnabled)
    (asked,) = practice.asked(WriteReport)
    assert (asked.kind, asked.reader, asked.form) == (
        DeedKind.ACCESS,
        ReportReader.COURT,
        ReportForm.CSV,
    )
    assert "1 act. This file is not encrypted." in texts_of(pane.news)
    pane.write_report(str(tmp_path / "gone"), ReportReader.COURT, ReportForm.PDF)
    qtbot.waitUntil(pane.report.isEnabled)
    assert "Saved" not in texts_of(pane.news)


def test_a_letter_leads_to_who_has_opened_it(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    row = row_at(desk.mailbox.conversations, 0)
    practice.journal.note(Deed.UNLOCKED, minutes_ago=3, numbers=(0,))
    desk.mailbox.reading.open(row)
    qtbot.waitUntil(lambda: bool(desk.mailbox.reading.letters))
    mail = desk.window.mail
    mail.content.setCurrentWidget(mail.reading)
    letter = desk.mailbox.reading.letters[0]
    practice.journal.note(Deed.READ_BY, minutes_ago=2, letter=letter.message, people=("Boris",))
    mail.reading.trace_action.trigger()
    assert mail.destination is Destination.JOURNAL
    qtbot.waitUntil(lambda: desk.mailbox.journal.rowCount() == 1)
    assert practice.asked(ListJournal)[-1].letter == letter.message
    assert mail.journal.letter.isVisible()
    assert letter.subject in mail.journal.letter.accessibleName()
    mail.journal.letter.chosen.emit(None)
    qtbot.waitUntil(lambda: desk.mailbox.journal.rowCount() == 2)
    assert mail.journal.letter.isHidden()
    desk.window.lock()
    assert letter.subject not in mail.journal.letter.accessibleName()


def test_evidence_is_written_of_the_period_that_is_shown(
    desk: Desk, practice: Practice, qtbot: QtBot, tmp_path: Path
) -> None:
    read_letter(practice)
    pane = go(desk, qtbot)
    pane.period.chosen.emit(7)
    pane.export_evidence(str(tmp_path))
    assert not pane.report.isEnabled()
    qtbot.waitUntil(pane.report.isEnabled)
    (asked,) = practice.asked(ExportEvidence)
    assert asked.since is not None
    assert (tmp_path / "evidence.zip").exists()
    assert "with its proof" in texts_of(pane.news)


def test_a_patients_report_is_offered_once_the_patient_is_chosen(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    read_letter(practice)
    pane = go(desk, qtbot)
    pane._fill_reports()
    of_patient, *others = pane._report_menu.actions()
    assert not of_patient.isEnabled()
    assert all(action.isEnabled() for action in others)
    pane.patient.chosen.emit(PatientId(bytes(16)))
    pane._fill_reports()
    assert pane._report_menu.actions()[0].isEnabled()


@pytest.mark.parametrize("deed", list(Deed))
def test_every_deed_has_a_sentence(
    desk: Desk, practice: Practice, qtbot: QtBot, deed: Deed
) -> None:
    numbers = (2, 1) if deed is Deed.FACTOR_CHANGED else (1,)
    practice.journal.note(deed, minutes_ago=1, numbers=numbers)
    go(desk, qtbot)
    (sentence,) = sentences(desk)
    assert sentence
    assert "{" not in sentence


def test_whatever_is_recorded_can_be_told() -> None:
    told = {each.name for each in Deed}
    assert {each.name for each in Action} <= told


def test_why_it_locked_and_what_only_the_window_changes_are_told_to_the_journal(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    desk.window.settings_asked.emit()
    (dialog,) = desk.window.findChildren(SettingsDialog)
    next(way for way in dialog.ways if way.text() == "Locking").click()
    for minutes in (11, 12, 13):
        dialog.minutes.setValue(minutes)
    dialog.shut.click()
    qtbot.waitUntil(lambda: bool(practice.asked(NoteSetting)))
    (told,) = practice.asked(NoteSetting)
    assert told.setting is JournalledSetting.AUTOMATIC_LOCK
    desk.idleness.over.emit()
    qtbot.waitUntil(lambda: bool(practice.asked(Lock)))
    assert practice.asked(Lock)[0].cause is LockCause.IDLE


def test_acts_between_two_days_are_shown_and_reported(
    desk: Desk, practice: Practice, qtbot: QtBot, tmp_path: Path
) -> None:
    for days in (2, 5, 9):
        practice.journal.note(Deed.UNLOCKED, minutes_ago=60 * 24 * days, numbers=(0,))
    pane = go(desk, qtbot)
    assert desk.mailbox.journal.rowCount() == 3
    other = pane.period.menu().actions()[-1]
    other.trigger()
    dialog = desk.window.findChild(PeriodDialog)
    assert dialog is not None
    today = dialog.last.maximumDate()
    dialog.first.setDate(today.addDays(-6))
    dialog.last.setDate(today.addDays(-4))
    QTest.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.mailbox.journal.rowCount() == 1)
    assert "to" in pane.period.accessibleName()
    pane.write_report(str(tmp_path), ReportReader.INSPECTION, ReportForm.CSV)
    assert pane.busy.isVisible()
    assert not pane.show_folder.isVisible()
    qtbot.waitUntil(pane.report.isEnabled)
    assert pane.show_folder.isVisible()
    assert not pane.busy.isVisible()
    (asked,) = practice.asked(WriteReport)
    assert (asked.until or 0) - (asked.since or 0) == 3 * 24 * 3_600_000 - 1
    pane.period.chosen.emit(None)
    qtbot.waitUntil(lambda: desk.mailbox.journal.rowCount() == 3)


def test_a_first_day_after_the_last_one_moves_it(desk: Desk, qtbot: QtBot) -> None:
    pane = go(desk, qtbot)
    pane.period.menu().actions()[-1].trigger()
    dialog = desk.window.findChild(PeriodDialog)
    assert dialog is not None
    dialog.last.setDate(dialog.last.maximumDate().addDays(-60))
    assert dialog.first.date() == dialog.last.date()
