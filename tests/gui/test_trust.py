# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who somebody is: what stands for them, comparing words, cards, and letters that wait for an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton

from app.interface.commands import (
    AcknowledgeKeyChange,
    AddByCard,
    ConfirmVerified,
    Vouch,
    WithdrawVouch,
)
from app.interface.snapshots import (
    AlarmKind,
    Comparison,
    DeliveryState,
    DraftRecipient,
    KeyNewsKind,
    Problem,
)
from app.interface.writing import Doubt, SendDraft
from app.window.theme.tokens import Tone
from app.window.viewmodels.beginning import Beginning
from app.window.views.components.chips import Chip
from app.window.views.components.pictures import QrPicture
from app.window.views.navigation import Destination
from crypto_core.wire.assurance import DocumentKind
from crypto_core.wire.words import WordLanguage, word_list
from tests.fakes.scripted_engine import Practice
from tests.fakes.scripted_people import OWN_CARD, SOMEBODYS_CARD
from tests.gui.conftest import texts_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from app.window.views.contacts import PersonPane
    from crypto_core.wire.ids import AccountId
    from tests.gui.conftest import OpenDesk


@pytest.fixture
def practice() -> Practice:
    return Practice()


@pytest.fixture
def lea(practice: Practice) -> AccountId:
    return practice.add_contact("Léa Fontaine", "kinésithérapeute", "Valbonne")


@pytest.fixture
def desk(unlocked: OpenDesk, practice: Practice, lea: AccountId) -> Desk:
    assert lea in practice.contacts
    return unlocked(practice)


def show(desk: Desk, qtbot: QtBot, account: AccountId) -> PersonPane:
    """Show a correspondent."""
    desk.window.mail.show_account(account)
    qtbot.waitUntil(lambda: desk.mailbox.acquaintance.details is not None)
    return desk.window.mail.people.person


def tones(person: PersonPane) -> list[object]:
    """Return the tones of the chips beside a name."""
    return [chip.property("chip") for chip in person.findChildren(Chip) if chip.isVisible()]


def test_trust_is_shape_word_and_colour_with_source_and_date(
    desk: Desk, practice: Practice, lea: AccountId, qtbot: QtBot
) -> None:
    person = show(desk, qtbot, lea)
    assert "△ Name and profession are what they say" in texts_of(person.trust)
    qtbot.waitUntil(lambda: tones(person) == [Tone.NEUTRAL.value])
    practice.people.vouch(lea, "Dr Anne Weber")
    qtbot.waitUntil(lambda: "Dr Anne Weber vouches" in texts_of(person.trust))
    qtbot.waitUntil(lambda: tones(person) == [Tone.ACCENT.value])
    assert "13 October 2026" in texts_of(person.trust)
    practice.people.verify(lea, DocumentKind.DIPLOMA)
    qtbot.waitUntil(lambda: "has seen their diploma on" in texts_of(person.trust))
    qtbot.waitUntil(lambda: "✓ Identity verified" in texts_of(person))
    qtbot.waitUntil(lambda: tones(person) == [Tone.GOOD.value])
    assert "Nobody has confirmed" not in texts_of(person.trust)


def test_words_are_compared_in_both_languages(
    desk: Desk, practice: Practice, lea: AccountId, qtbot: QtBot
) -> None:
    person = show(desk, qtbot, lea)
    trust = person.trust
    trust.compare.click()
    shown = trust.comparing.words
    qtbot.waitUntil(lambda: all(len(each.words) == 12 for each in shown.values()))
    for language in WordLanguage:
        assert set(shown[language].words) <= set(word_list(language))
    trust.comparing.by_phone.click()
    qtbot.waitUntil(lambda: "✓ Compared by telephone" in texts_of(person))
    (command,) = practice.asked(ConfirmVerified)
    assert (command.account, command.how) == (lea, Comparison.BY_PHONE)
    assert trust.comparing.isHidden()
    assert not any(each.words for each in shown.values())
    trust.forget_comparison.click()
    qtbot.waitUntil(lambda: "Compared by telephone" not in texts_of(person))


def test_words_that_differ_confirm_nothing(
    desk: Desk, practice: Practice, lea: AccountId, qtbot: QtBot
) -> None:
    trust = show(desk, qtbot, lea).trust
    trust.compare.click()
    trust.comparing.differ.click()
    assert "not theirs" in texts_of(trust.comparing.banner)
    trust.comparing.cancel.click()
    assert not practice.asked(ConfirmVerified)


def test_who_was_compared_can_be_vouched_for(
    desk: Desk, practice: Practice, lea: AccountId, qtbot: QtBot
) -> None:
    trust = show(desk, qtbot, lea).trust
    assert trust.vouch.isHidden()
    desk.mailbox.acquaintance.confirm(lea, Comparison.IN_PERSON)
    qtbot.waitUntil(trust.vouch.isVisible)
    trust.vouch.click()
    # It is public: a second click.
    assert not practice.asked(Vouch)
    trust.vouch_now.click()
    qtbot.waitUntil(trust.withdraw.isVisible)
    assert "You vouch for them" in texts_of(trust)
    trust.withdraw.click()
    qtbot.waitUntil(lambda: bool(practice.asked(WithdrawVouch)) and trust.withdraw.isHidden())


def test_an_unexpected_change_is_a_question_about_a_person(
    desk: Desk, practice: Practice, lea: AccountId, qtbot: QtBot
) -> None:
    person = show(desk, qtbot, lea)
    practice.people.surprise(lea, KeyNewsKind.ALL_COMPUTERS_NEW)
    qtbot.waitUntil(person.trust.question.isVisible)
    assert "Is this still Léa Fontaine?" in texts_of(person.trust.question)
    assert "Léa Fontaine has only new computers now." in texts_of(person.trust)
    assert "key" not in texts_of(person).lower()
    # The twelve words are no answer to this question: a thief of the account has the same.
    assert not person.trust.compare.isVisible()
    person.trust.denied.click()
    assert "somebody else writes in their name" in texts_of(person.trust.banner)
    assert not practice.asked(AcknowledgeKeyChange)
    person.trust.seen.click()
    qtbot.waitUntil(lambda: not person.trust.question.isVisible())
    assert practice.asked(AcknowledgeKeyChange)[0].account == lea


def test_the_alarm_about_it_names_the_person_and_leads_there(
    desk: Desk, practice: Practice, lea: AccountId, qtbot: QtBot
) -> None:
    practice.sound(AlarmKind.KEYS_CHANGED, f"{lea.hex()} 4")
    alarms = desk.window.mail.alarms
    qtbot.waitUntil(lambda: "Is this still Léa Fontaine?" in texts_of(alarms))
    (look,) = (each for each in alarms.findChildren(QPushButton) if "Look" in each.text())
    look.click()
    qtbot.waitUntil(lambda: desk.mailbox.acquaintance.details is not None)
    shown = desk.mailbox.acquaintance.details
    assert shown is not None
    assert shown.contact.account == lea
    # Who is no correspondent, or not any more, has no name here.
    practice.sound(AlarmKind.KEYS_CHANGED, "00 1")
    qtbot.waitUntil(lambda: "A correspondent's computer has changed" in texts_of(alarms))


def test_an_expected_change_is_one_quiet_line(
    desk: Desk, practice: Practice, lea: AccountId, qtbot: QtBot
) -> None:
    practice.people.announce(lea, KeyNewsKind.COMPUTER_ADDED)
    person = show(desk, qtbot, lea)
    assert "Léa Fontaine has added a computer." in texts_of(person.trust)
    assert not person.trust.question.isVisible()
    assert not desk.window.mail.alarms.isVisible()
    assert person.write.isEnabled()


def write_to(desk: Desk, account: AccountId) -> None:
    """Begin a letter."""
    to = (DraftRecipient(account=account, name="Léa Fontaine", profession=""),)
    desk.window.mail.write_to(Beginning(to=to, subject="Bilan", text="Bonjour"))


def test_the_composer_says_that_a_letter_will_wait(
    desk: Desk, practice: Practice, lea: AccountId, qtbot: QtBot
) -> None:
    write_to(desk, lea)
    composer = desk.window.mail.composer
    assert not composer.changed.isVisible()
    practice.people.surprise(lea, KeyNewsKind.RESTORED)
    qtbot.waitUntil(composer.changed.isVisible)
    composer.look.click()
    assert desk.window.mail.destination is Destination.CONTACTS
    # The letter that was begun is still there.
    assert desk.mailbox.composer.content.subject == "Bilan"


def test_a_letter_that_waits_leads_to_the_person(
    desk: Desk, practice: Practice, lea: AccountId, qtbot: QtBot
) -> None:
    practice.people.surprise(lea, KeyNewsKind.RESTORED)
    practice.record_sent(
        [(lea, DeliveryState.QUEUED)], "Bilan", "Bonjour", problem=Problem.KEYS_CHANGED
    )
    mail = desk.window.mail
    mail.go(Destination.OUTBOX)
    qtbot.waitUntil(lambda: "Waits: ask them first" in texts_of(mail.queue))
    mail.queue.cards[0].show_letter.click()
    qtbot.waitUntil(mail.reading.changed.isVisible)
    mail.reading.look.click()
    assert mail.people.person.row is not None
    assert mail.people.person.row.account == lea


def test_the_first_letter_to_somebody_unverified_is_a_choice_made_once(
    desk: Desk, practice: Practice, lea: AccountId, qtbot: QtBot
) -> None:
    practice.asks_about_unverified = True
    write_to(desk, lea)
    composer = desk.window.mail.composer
    qtbot.waitUntil(lambda: desk.mailbox.composer.check is not None)
    composer.send.click()
    qtbot.waitUntil(composer.unverified.isVisible)
    assert "Léa Fontaine" in texts_of(composer.unverified)
    assert desk.mailbox.composer.content.text == "Bonjour"
    composer.send_anyway.click()
    qtbot.waitUntil(lambda: not desk.mailbox.composer.is_open)
    asked = practice.asked(SendDraft)
    assert [command.accepts_unverified for command in asked] == [True], "the question comes first"
    write_to(desk, lea)
    composer.send.click()
    qtbot.waitUntil(lambda: not desk.mailbox.composer.is_open)
    assert len(practice.asked(SendDraft)) == 2


def test_words_can_be_compared_before_the_first_letter(
    desk: Desk, practice: Practice, lea: AccountId, qtbot: QtBot
) -> None:
    practice.asks_about_unverified = True
    write_to(desk, lea)
    composer = desk.window.mail.composer
    qtbot.waitUntil(lambda: desk.mailbox.composer.check is not None)
    composer.send.click()
    qtbot.waitUntil(composer.unverified.isVisible)
    composer.compare.click()
    trust = desk.window.mail.people.person.trust
    qtbot.waitUntil(trust.comparing.isVisible)
    trust.comparing.in_person.click()
    qtbot.waitUntil(lambda: practice.contacts[lea].compared is Comparison.IN_PERSON)
    desk.window.mail.write()
    qtbot.waitUntil(lambda: not desk.mailbox.composer.doubtful(Doubt.UNVERIFIED))
    composer.send.click()
    qtbot.waitUntil(lambda: not desk.mailbox.composer.is_open)


def test_the_own_card_is_shown_copied_and_saved(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.window.mail.go(Destination.CONTACTS)
    card = desk.window.mail.people.directory.own_card
    card.show_it.click()
    qtbot.waitUntil(lambda: bool(card.picture.squares))
    card.copy.click()
    assert QApplication.clipboard().text() == OWN_CARD
    card.write(str(tmp_path / "me.uhscontact"))
    qtbot.waitUntil(lambda: "Saved as me.uhscontact" in texts_of(card.banner))
    assert (tmp_path / "me.uhscontact").read_text().strip() == OWN_CARD


@pytest.mark.parametrize("is_from_person", [False, True])
def test_somebodys_card_is_taken_for_what_it_is(
    desk: Desk, practice: Practice, qtbot: QtBot, tmp_path: Path, *, is_from_person: bool
) -> None:
    directory = desk.window.mail.people.directory
    desk.window.mail.go(Destination.CONTACTS)
    file = tmp_path / "card.uhscontact"
    file.write_text(SOMEBODYS_CARD)
    with qtbot.waitSignal(directory.their_card.taken):
        directory.their_card.take_file(file)
    # Nobody counts as known by overlooking a box.
    assert not directory.their_card.is_from_person.isChecked()
    if is_from_person:
        directory.their_card.is_from_person.click()
    directory.their_card.ask.click()
    qtbot.waitUntil(lambda: "Dr Émile Garnier" in texts_of(directory.their_card.banner))
    assert practice.asked(AddByCard)[0].is_from_person is is_from_person


def test_a_photograph_of_a_card_is_dropped(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    directory = desk.window.mail.people.directory
    desk.window.mail.go(Destination.CONTACTS)
    desk.window.mail.contact_list.button.click()
    picture = QrPicture("card", desk.theme)
    picture.show_text(SOMEBODYS_CARD)
    picture.grab().save(str(tmp_path / "card.png"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "card.png"))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(), copy, data, left, none)
    QApplication.sendEvent(directory.their_card, enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(directory.their_card.taken):
        directory.their_card.dropEvent(QDropEvent(QPointF(), copy, data, left, none))
    assert directory.their_card.ask.isVisibleTo(directory.their_card)
    assert "not a contact card" not in texts_of(directory.their_card)


def test_a_card_is_pasted_where_one_searches(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    directory = desk.window.mail.people.directory
    desk.window.mail.go(Destination.CONTACTS)
    desk.window.mail.contact_list.button.click()
    directory.query.setText(SOMEBODYS_CARD)
    directory.search_button.click()
    assert not directory.their_card.ask.isHidden()
    directory.query.setText(OWN_CARD)
    directory.search_button.click()
    directory.their_card.ask.click()
    qtbot.waitUntil(lambda: "your own address" in texts_of(directory.their_card.banner))
    file = tmp_path / "x.txt"
    file.write_text("no card")
    directory.their_card.take_file(file)
    qtbot.waitUntil(lambda: "not a contact card" in texts_of(directory.their_card.banner))
