# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names as people have chosen them, or none at all: what stands beside them stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QStyleOptionViewItem, QWidget

from app.interface.commands import RequestContact
from app.interface.shown import short_address
from app.interface.snapshots import ContactState
from app.interface.writing import SaveDraft, SendDraft
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.viewmodels.marks import mark
from app.window.views.components.buttons import Button, NamedButton
from app.window.views.components.chips import Chip, chip_width, shortened
from app.window.views.components.texts import ElidedText
from app.window.views.letter import LetterView
from app.window.views.patient_line import PatientLine
from app.window.views.send_check import SendCheck
from crypto_core.wire.limits import MAX_NAME_BYTES
from tests.gui.conftest import texts_of
from tests.gui.pictures import PAGES, named, open_row, settle, settle_paint
from tests.gui.samples import sample_practice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.fakes.scripted_engine import Practice
    from tests.gui.conftest import OpenDesk


def beyond(root: QWidget) -> list[str]:
    """Return marks, names and buttons that any of what holds them cuts off at a side."""
    found = []
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, QAbstractButton | Chip | ElidedText | SendCheck | PatientLine):
            continue
        holder = widget.parentWidget()
        while widget.isVisibleTo(root) and holder is not None:
            place = QRect(widget.mapTo(holder, widget.rect().topLeft()), widget.size())
            if place.left() < 0 or place.right() >= holder.width():
                found.append(f"{type(widget).__name__} in {type(holder).__name__}: {place}")
                break
            holder = None if holder is root else holder.parentWidget()
    return found


def show(open_desk: OpenDesk, page: str, scale: float, width: int) -> tuple[Desk, Practice]:
    practice = sample_practice()
    desk = open_desk(practice, text_scale=scale)
    desk.window.resize(width, 800)
    PAGES[page](desk, practice)
    settle_paint()
    return desk, practice


def test_what_is_cut_off_at_a_side_would_be_seen(qtbot: QtBot) -> None:
    pane = QWidget()
    qtbot.addWidget(pane)
    pane.resize(300, 100)
    inside, outside = Button("inside"), Button("outside")
    for place, button in ((0, inside), (280, outside)):
        button.setParent(pane)
        button.move(place, 0)
    pane.show()
    assert len(beyond(pane)) == 1


@pytest.mark.parametrize(("scale", "width"), [(1.0, 1280), (1.0, 760), (2.0, 1280)])
@pytest.mark.parametrize(
    "page", ["mail_long_names", "compose_long_names", "compose_stranger", "contact_long_name"]
)
def test_the_longest_name_pushes_nothing_out_of_sight(
    open_desk: OpenDesk, page: str, scale: float, width: int
) -> None:
    desk, _ = show(open_desk, page, scale, width)
    assert not beyond(desk.window)
    chips = [each for each in desk.window.findChildren(Chip) if each.isVisible()]
    if not page.startswith("compose"):
        assert any("not verified" in each.text() for each in chips)
    for chip in chips:
        assert chip.width() >= chip.sizeHint().width()
    for button in desk.window.findChildren(NamedButton):
        if button.isVisible() and button.text():
            # The name alone gives way: what stands around it has its room.
            assert button.name_room() >= 0


def test_the_time_of_a_letter_stays_beside_any_name(open_desk: OpenDesk) -> None:
    desk, practice = show(open_desk, "mail_long_names", 1.0, 1280)
    (letter,) = desk.window.findChildren(LetterView)
    when = next(
        text for text in letter.findChildren(ElidedText) if text.text().startswith("to you and")
    )
    assert when.text().endswith("today at 14:02")
    # Of several, each has a part of the line: nobody is hidden behind another's name.
    stranger = next(iter(practice.strangers))
    assert short_address(stranger) in when.text()
    assert "W" * 40 not in when.text()


def test_a_list_of_suggestions_is_no_wider_for_a_long_name(unlocked: OpenDesk) -> None:
    practice = sample_practice()
    practice.add_contact("W" * MAX_NAME_BYTES, "Kinésithérapeute", "Valbonne")
    desk = unlocked(practice)
    field = desk.window.mail.composer.recipients
    desk.window.mail.write()
    field.edit.setText("WWW")
    popup = field.completer.popup()
    assert popup is not None
    index = field.completer.completionModel().index(0, 0)
    option = QStyleOptionViewItem()
    hint: QSize = popup.itemDelegate().sizeHint(option, index)
    wide = QFontMetrics(popup.font()).horizontalAdvance("W" * MAX_NAME_BYTES)
    assert hint.width() < wide / 2


# --- somebody who is no correspondent ------------------------------------------------------------


def answer_all(unlocked: OpenDesk, *, is_listed: bool = False) -> tuple[Desk, Practice]:
    """Answer a letter to all, of whom one is no correspondent."""
    practice = sample_practice()
    benali, lea = named(practice, "Dr Karim Benali"), named(practice, "Léa Fontaine")
    if is_listed:
        stranger = practice.list_in_directory("Ahmed Saïdi", "Radiologue", "Nice")
    else:
        stranger = practice.add_stranger("Ahmed Saïdi")
    practice.receive(benali, "Suite", "Bonjour", others=[stranger, lea])
    desk = unlocked(practice)
    open_row(desk, 0)
    desk.window.mail.actions_of_letters.reply_all.trigger()
    settle(desk, lambda: desk.window.mail.composer.strangers.is_open)
    return desk, practice


def test_before_an_answer_to_all_goes_it_is_said_who_is_no_correspondent(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    desk, practice = answer_all(unlocked)
    composer = desk.window.mail.composer
    (stranger,) = practice.strangers
    called = short_address(stranger)
    assert (
        f"Another recipient, {called}, is not among your correspondents yet"
        in composer.strangers.banner.accessibleName()
    )
    assert not composer.send.isEnabled()
    chips = [each.text() for each in composer.recipients.findChildren(NamedButton)]
    assert any(called in chip and chip.startswith("△") for chip in chips)
    assert composer.strangers.others.text() == "Answer the others only"
    composer.text.setPlainText("Merci à vous deux.")
    composer.strangers.others.click()
    settle(desk, lambda: not composer.strangers.is_open)
    assert composer.strangers.isHidden()
    assert called not in texts_of(composer.strangers)
    composer.send.click()
    qtbot.waitUntil(lambda: bool(practice.asked(SendDraft)))
    content = practice.asked(SaveDraft)[-1].content
    assert [each.name for each in content.to] == ["Dr Karim Benali", "Léa Fontaine"]


def test_somebody_unknown_can_be_asked_from_the_letter(unlocked: OpenDesk) -> None:
    desk, practice = answer_all(unlocked, is_listed=True)
    composer = desk.window.mail.composer
    composer.strangers.ask.click()
    settle(desk, lambda: not composer.strangers.ask.isVisible())
    (asked,) = practice.asked(RequestContact)
    assert practice.contacts[asked.account].state is ContactState.REQUESTED
    # From now on they have a name, in the letter that is here already as well.
    said = composer.strangers.banner.accessibleName()
    assert "Ahmed Saïdi is not among your correspondents yet" in said
    assert "You have asked" in said
    chips = [each.text() for each in composer.recipients.findChildren(NamedButton)]
    assert any("Ahmed Saïdi" in chip for chip in chips)
    spoken = desk.mailbox.conversations.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Ahmed Saïdi, Dr Karim Benali and Léa Fontaine")
    practice.people.change(asked.account, state=ContactState.ACCEPTED)
    settle(desk, lambda: not composer.strangers.is_open)
    assert composer.send.isEnabled()


def test_an_answer_to_one_who_is_no_correspondent_any_more_offers_no_others(
    unlocked: OpenDesk,
) -> None:
    practice = sample_practice()
    benali = named(practice, "Dr Karim Benali")
    practice.receive(benali, "Suite", "Bonjour")
    desk = unlocked(practice)
    open_row(desk, 0)
    practice.people.change(benali, state=ContactState.BLOCKED)
    desk.window.mail.actions_of_letters.reply.trigger()
    composer = desk.window.mail.composer
    settle(desk, lambda: composer.strangers.is_open)
    assert "You have blocked them" in composer.strangers.banner.accessibleName()
    assert not composer.strangers.others.isVisible()
    assert not composer.strangers.ask.isVisible()


def test_nobody_is_nameless_in_the_list_and_the_letter(unlocked: OpenDesk) -> None:
    desk, practice = answer_all(unlocked)
    (stranger,) = practice.strangers
    called = short_address(stranger)
    row = desk.mailbox.conversations.index(0, 0)
    spoken = row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith(f"Dr Karim Benali, Léa Fontaine and {called}")
    (letter,) = desk.window.findChildren(LetterView)
    assert f"to you and {called} and Léa Fontaine" in texts_of(letter)


def test_a_painted_chip_cuts_its_text_and_keeps_its_shape(unlocked: OpenDesk) -> None:
    theme = unlocked(sample_practice()).theme
    metrics = QFontMetrics(theme.font(Role.SMALL))
    short = mark("short", Tone.WARNING)
    assert shortened(short, 200, metrics, theme) == short
    cut = shortened(mark("W" * MAX_NAME_BYTES, Tone.WARNING), 200, metrics, theme)
    assert cut.shown.startswith("△ WWW")
    assert cut.shown.endswith("…")
    assert chip_width(cut, metrics, theme) <= 200


def test_a_name_of_another_direction_turns_no_sentence_around(unlocked: OpenDesk) -> None:
    practice = sample_practice()
    name = "\u062f\u0643\u062a\u0648\u0631 \u0623\u062d\u0645\u062f"
    stranger = practice.add_contact(name, "Radiologue", "Nice", state=ContactState.REQUESTED)
    practice.receive(named(practice, "Dr Karim Benali"), "Suite", "Bonjour", others=[stranger])
    desk = unlocked(practice)
    open_row(desk, 0)
    desk.window.mail.actions_of_letters.reply_all.trigger()
    strangers = desk.window.mail.composer.strangers
    settle(desk, lambda: strangers.is_open)
    said = strangers.banner.accessibleName()
    # What stands between the two signs has no say in the direction of what is around it (UAX 9, P2).
    assert said.startswith(f"\u2068{name}\u2069 is not among your correspondents yet")
