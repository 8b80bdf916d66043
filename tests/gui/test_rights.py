# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a practitioner is asked before a letter about a patient goes, and the ways out on the same spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.interface.rights import RecordDecision, Rule, Ruling
from app.interface.writing import SendDraft
from app.window.viewmodels.beginning import Beginning
from app.window.views.components.buttons import InlineButton
from app.window.views.consent import ConsentDialog, EmergencyDialog
from app.window.views.patient_rights import DecisionDialog
from app.window.views.patients import View
from crypto_core.wire.decisions import Basis, Capacity, CareTie, Channel, DataKind, DecisionKind
from tests.gui.conftest import texts_of
from tests.gui.samples import sample_practice
from tests.gui.test_writing import named

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.fakes.scripted_engine import Practice
    from tests.gui.conftest import OpenDesk


def opened(unlocked: OpenDesk, qtbot: QtBot, ruling: Ruling, rule: Rule) -> tuple[Desk, Practice]:
    practice = sample_practice()
    benali = named(practice, "Dr Karim Benali")
    practice.rights.rules[benali.account] = ruling, rule
    desk = unlocked(practice)
    patient = next(iter(practice.records.patients.values()))
    beginning = Beginning(to=(benali,), subject="Bilan", text="Bonjour", patient=patient)
    desk.window.mail.write_to(beginning)
    qtbot.waitUntil(lambda: desk.window.mail.composer.rights.is_open)
    return desk, practice


def test_whether_somebody_takes_part_in_the_care_is_asked_once(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    desk, practice = opened(unlocked, qtbot, Ruling.ASK, Rule.TIE_UNKNOWN)
    composer = desk.window.mail.composer
    assert "take part in the care of" in texts_of(composer.rights)
    assert not composer.send.isEnabled()
    QTest.mouseClick(composer.rights.yes, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not composer.rights.is_open)
    tie, informed = practice.rights.recorded
    assert (tie.kind, tie.tie) == (DecisionKind.TIE, CareTie.TAKES_PART)
    assert informed.kind is DecisionKind.INFORMED
    assert tie.patient == informed.patient == desk.mailbox.composer.content.patient
    qtbot.waitUntil(composer.send.isEnabled)


def test_who_takes_no_part_needs_the_patients_consent_which_is_recorded_on_the_spot(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    desk, practice = opened(unlocked, qtbot, Ruling.ASK, Rule.TIE_UNKNOWN)
    composer = desk.window.mail.composer
    QTest.mouseClick(composer.rights.no, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "has to consent" in texts_of(composer.rights))
    QTest.mouseClick(composer.rights.yes, Qt.MouseButton.LeftButton)
    dialog = desk.window.findChild(ConsentDialog)
    assert dialog is not None
    dialog.how.channels.buttons[Channel.PAPER].click()
    QTest.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not composer.rights.is_open)
    consent = practice.rights.recorded[-1]
    assert (consent.kind, consent.channel) == (DecisionKind.CONSENT, Channel.PAPER)
    assert consent.consent is not None
    assert consent.consent.data == (DataKind.LETTERS, DataKind.RESULTS)
    assert consent.consent.basis is Basis.SHARING
    assert consent.consent.until is not None


def test_an_objection_leaves_no_way_but_to_leave_them_out_or_an_emergency(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    desk, practice = opened(unlocked, qtbot, Ruling.NO, Rule.OPPOSITION)
    composer = desk.window.mail.composer
    assert "objects to" in texts_of(composer.rights)
    assert not composer.rights.yes.isVisible()
    assert not composer.rights.no.isVisible()
    QTest.mouseClick(composer.rights.emergency, Qt.MouseButton.LeftButton)
    dialog = desk.window.findChild(EmergencyDialog)
    assert dialog is not None
    assert not dialog.confirm.isEnabled()
    QTest.keyClicks(dialog.reason, "Unconscious")
    QTest.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(practice.asked(SendDraft)))
    assert practice.asked(SendDraft)[-1].emergency == "Unconscious"
    assert not practice.asked(RecordDecision)


def on_the_page(
    unlocked: OpenDesk, qtbot: QtBot, ruling: Ruling, rule: Rule
) -> tuple[Desk, Practice]:
    practice = sample_practice()
    practice.rights.rules[named(practice, "Dr Karim Benali").account] = ruling, rule
    desk = unlocked(practice)
    desk.window.mail.show_patient(next(iter(practice.records.patients.values())))
    qtbot.waitUntil(lambda: desk.window.mail.patient.row is not None)
    desk.window.mail.patient.view.buttons[View.CARD].click()
    qtbot.waitUntil(lambda: "Karim Benali" in texts_of(desk.window.mail.patient.rights))
    return desk, practice


def link(desk: Desk, qtbot: QtBot, name: str) -> InlineButton:
    """A link of the card, once it is painted."""

    def found() -> list[InlineButton]:
        links = desk.window.mail.patient.rights.findChildren(InlineButton)
        return [each for each in links if each.text() == name and each.isVisible()]

    qtbot.waitUntil(lambda: bool(found()))
    return found()[-1]


def test_a_consent_is_withdrawn_where_it_is_seen(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk, practice = on_the_page(unlocked, qtbot, Ruling.YES, Rule.CONSENT)
    QTest.mouseClick(link(desk, qtbot, "Withdraw…"), Qt.MouseButton.LeftButton)
    dialog = desk.window.findChild(DecisionDialog)
    assert dialog is not None
    assert "nothing more goes to them" in texts_of(dialog)
    QTest.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(practice.rights.recorded))
    (withdrawn,) = practice.rights.recorded
    assert withdrawn.kind is DecisionKind.WITHDRAWAL
    assert withdrawn.accounts == (named(practice, "Dr Karim Benali").account,)
    assert desk.window.mail.patient.row is not None
    assert withdrawn.patient == desk.window.mail.patient.row.patient


def test_a_patient_objects_to_everybody_in_the_words_of_a_parent(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    desk, practice = on_the_page(unlocked, qtbot, Ruling.YES, Rule.SAME_CATEGORY)
    QTest.mouseClick(desk.window.mail.patient.rights.object, Qt.MouseButton.LeftButton)
    dialog = desk.window.findChild(DecisionDialog)
    assert dialog is not None
    assert not dialog.confirm.isEnabled()
    dialog.extent.buttons[True].click()
    assert dialog.confirm.isEnabled()
    dialog.how.capacities.buttons[Capacity.PARENT].click()
    assert not dialog.confirm.isEnabled()
    QTest.keyClicks(dialog.how.name.answer, "Anne Roux")
    QTest.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(practice.rights.recorded))
    (objection,) = practice.rights.recorded
    assert (objection.kind, objection.accounts) == (DecisionKind.OPPOSITION, ())
    assert (objection.capacity, objection.by) == (Capacity.PARENT, "Anne Roux")
