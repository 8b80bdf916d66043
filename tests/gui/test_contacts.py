# SPDX-License-Identifier: AGPL-3.0-or-later
"""Correspondents: answering requests, finding people, writing to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.interface.commands import AcceptContact, DeclineContact, RequestContact
from app.interface.failures import Failure
from app.interface.snapshots import ContactState
from app.window.views.navigation import Destination
from crypto_core.wire.ids import format_address
from tests.gui.conftest import texts_of
from tests.gui.samples import sample_practice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.gui.conftest import OpenDesk


def show_request(desk: Desk) -> None:
    """Show the request that waits, by keyboard."""
    mail = desk.window.mail
    mail.go(Destination.CONTACTS)
    mail.contact_list.list.setCurrentIndex(desk.mailbox.contacts.everyone.index(0))
    QTest.keyClick(mail.contact_list.list, Qt.Key.Key_Return)
    assert mail.people.person.row is not None
    assert mail.people.person.row.state is ContactState.WAITING


def test_a_request_is_accepted(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    show_request(desk)
    person = desk.window.mail.people.person
    assert "nous suivons toutes les deux" in texts_of(person)
    assert "not verified" in texts_of(person)
    person.accept.click()
    qtbot.waitUntil(person.write.isVisible)
    assert practice.asked(AcceptContact)
    assert person.accept.isHidden()
    places = desk.window.mail.navigation.places
    assert places[Destination.CONTACTS].accessibleName() == "Correspondents"
    person.write.click()
    assert [each.name for each in desk.mailbox.composer.content.to] == ["Sophie Lambert"]


def test_a_request_is_declined(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    show_request(desk)
    desk.window.mail.people.person.decline.click()
    qtbot.waitUntil(lambda: desk.mailbox.contacts.waiting_count == 0)
    assert practice.asked(DeclineContact)
    # A wrong click can be taken back, at once and later.
    (offered,) = desk.mailbox.acts.undoables
    assert "1 request declined" in texts_of(desk.window.mail.undo_bar)
    desk.mailbox.acts.undo(offered.number)
    qtbot.waitUntil(lambda: desk.mailbox.contacts.waiting_count == 1)
    person = desk.window.mail.people.person
    qtbot.waitUntil(person.decline.isVisible)
    person.decline.click()
    qtbot.waitUntil(person.reconsider.isVisible)
    assert "they were not told" in texts_of(person)
    person.reconsider.click()
    qtbot.waitUntil(person.accept.isVisible)


def test_a_failed_answer_can_be_given_again(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    show_request(desk)
    person = desk.window.mail.people.person
    practice.fail_next(AcceptContact, Failure.DISK_FULL)
    person.accept.click()
    qtbot.waitUntil(person.banner.isVisible)
    assert person.accept.isEnabled()


def search(desk: Desk, qtbot: QtBot, text: str) -> None:
    """Look something up."""
    mail = desk.window.mail
    mail.go(Destination.CONTACTS)
    mail.contact_list.button.click()
    mail.people.directory.query.setText(text)
    QTest.keyClick(mail.people.directory.query, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)


def test_somebody_is_found_and_asked(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    search(desk, qtbot, "garnier")
    directory = desk.window.mail.people.directory
    (candidate,) = directory.candidates
    candidate.ask.click()
    candidate.note.setText("Bonjour")
    QTest.keyClick(candidate.note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(practice.asked(RequestContact)))
    assert practice.asked(RequestContact)[0].note == "Bonjour"
    qtbot.waitUntil(lambda: "Request sent" in texts_of(directory.candidates[0]))


def test_who_is_a_correspondent_already_is_not_asked_again(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    desk = unlocked(sample_practice())
    search(desk, qtbot, "fontaine")
    (candidate,) = desk.window.mail.people.directory.candidates
    assert candidate.ask.isHidden()
    assert "Correspondent" in texts_of(candidate)


def test_nobody_found_and_relay_out_of_reach_are_said(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    search(desk, qtbot, "zzz")
    directory = desk.window.mail.people.directory
    assert "Nobody found" in texts_of(directory)
    practice.set_connection(type(practice.connection).OFFLINE)
    search(desk, qtbot, "garnier")
    assert "cannot be reached" in texts_of(directory.banner)
    assert directory.banner.property("banner") == "neutral"
    assert not directory.candidates
    # Whom one knows is found without the relay.
    search(desk, qtbot, "fontaine")
    assert "Léa Fontaine" in texts_of(directory.candidates[0])


def test_an_address_serves_instead_of_a_name(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    account = practice.list_in_directory("Hidden", "", "")
    desk = unlocked(practice)
    directory = desk.window.mail.people.directory
    search(desk, qtbot, format_address(account)[:-3])
    assert "not complete" in texts_of(directory.banner)
    search(desk, qtbot, format_address(account))
    (candidate,) = directory.candidates
    candidate.ask.click()
    candidate.confirm.click()
    qtbot.waitUntil(lambda: "on its way" in texts_of(directory.banner))
    assert practice.asked(RequestContact)[0].account == account


def test_ones_own_address_is_shown_and_refused(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    own = format_address(practice.account)
    directory = desk.window.mail.people.directory
    assert own in texts_of(directory)
    search(desk, qtbot, own)
    directory.candidates[0].ask.click()
    directory.candidates[0].confirm.click()
    qtbot.waitUntil(lambda: "your own address" in texts_of(directory.banner))
