# SPDX-License-Identifier: AGPL-3.0-or-later
"""A second computer and a lost one: linking, bringing an account back, and the kit as the last step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit

from app.interface.commands import (
    BeginRestore,
    CancelLink,
    CancelRestore,
    ConfirmKit,
    FinishRestore,
    JoinLink,
    SignIn,
)
from app.interface.failures import Failure
from app.interface.snapshots import KitState, LinkOutcome, ProfileState
from app.window.viewmodels.newcomer import Joined
from app.window.viewmodels.second_factor import Step
from app.window.viewmodels.session import Screen
from crypto_core.wire.enrolment import parse_enrolment
from crypto_core.wire.kit import format_kit_card
from crypto_core.wire.linking import LinkInvitation, format_link
from crypto_core.wire.words import WordLanguage, format_secret_words
from tests.fakes.printed_pages import pages_of, pictures_on, sizes_of
from tests.fakes.scripted_engine import ONE_TIME_CODE, PASSPHRASE, Practice
from tests.fakes.scripted_owner import COMPARED, KIT_CODE, KIT_TEXT, LINK_SECRET, SHARE_WORD
from tests.gui.conftest import texts_of
from tests.gui.forms import ENROLMENT, write

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from app.window.views.first_run import FirstRunPage
    from tests.gui.conftest import OpenDesk

WORDS = " ".join(format_secret_words(LINK_SECRET, WordLanguage.ENGLISH))


@pytest.fixture
def practice() -> Practice:
    return Practice(profile=ProfileState.EMPTY)


@pytest.fixture
def desk(open_desk: OpenDesk, qtbot: QtBot, practice: Practice) -> Desk:
    opened = open_desk(practice)
    qtbot.waitUntil(lambda: opened.mailbox.session.screen is Screen.REGISTER)
    return opened


@pytest.fixture
def ways(desk: Desk) -> FirstRunPage:
    return desk.window.first_run


def link_text(practice: Practice) -> str:
    """Return what another computer of the account shows."""
    return format_link(
        LinkInvitation(
            version=1,
            enrolment=parse_enrolment(ENROLMENT),
            account=practice.account,
            secret=LINK_SECRET,
        )
    )


def answer_link(desk: Desk, qtbot: QtBot) -> None:
    """Type words, relay and passphrase, until the three words are shown."""
    join = desk.window.first_run.join
    desk.window.first_run.start.link.click()
    join.link.set_text(WORDS)
    write(join.link.relay, ENROLMENT)
    join.next.click()
    QTest.keyClicks(join.secret.passphrase.edit, PASSPHRASE)
    QTest.keyClick(join.secret.passphrase.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.mailbox.joining.state is Joined.COMPARING)


def test_three_ways_lead_from_the_first_page_and_back(ways: FirstRunPage) -> None:
    for button, page in (
        (ways.start.begin, ways.registration),
        (ways.start.link, ways.join),
        (ways.start.restore, ways.restore),
    ):
        button.click()
        assert ways.pages.currentWidget() is page
        page.back.click()
        assert ways.pages.currentWidget() is ways.start


def test_a_second_computer_is_linked_and_asked_for_nothing_twice(
    desk: Desk, ways: FirstRunPage, practice: Practice, qtbot: QtBot
) -> None:
    answer_link(desk, qtbot)
    assert ways.join.compare.words.words == COMPARED[WordLanguage.ENGLISH]
    assert WORDS not in texts_of(desk.window)
    practice.owner.end_link(LinkOutcome.DONE)
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.LINKED)
    QTest.keyClicks(ways.join.code.code.edit, ONE_TIME_CODE)
    QTest.keyClick(ways.join.code.code.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.MAIL)
    (command,) = practice.asked(SignIn)
    assert command.passphrase == PASSPHRASE
    assert PASSPHRASE not in texts_of(desk.window)


def test_a_refused_code_is_typed_again_and_later_leads_to_the_mail(
    desk: Desk, ways: FirstRunPage, practice: Practice, qtbot: QtBot
) -> None:
    answer_link(desk, qtbot)
    practice.owner.end_link(LinkOutcome.DONE)
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.LINKED)
    ways.join.code.code.edit.setText("123456")
    ways.join.next.click()
    qtbot.waitUntil(lambda: "✕" in texts_of(ways.join.code.code))
    ways.join.back.click()
    assert desk.mailbox.session.screen is Screen.MAIL
    qtbot.waitUntil(desk.window.mail.sign_in_strip.isVisible)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [(LinkOutcome.TAKEN, "Do not confirm"), (LinkOutcome.EXPIRED, "ten minutes")],
)
def test_a_link_that_comes_to_nothing_says_why(
    desk: Desk,
    ways: FirstRunPage,
    practice: Practice,
    qtbot: QtBot,
    outcome: LinkOutcome,
    words: str,
) -> None:
    answer_link(desk, qtbot)
    practice.owner.end_link(outcome)
    qtbot.waitUntil(lambda: words in texts_of(ways.join.banner))
    assert ways.join.number == 0
    assert not ways.join.compare.words.words


def test_other_words_are_cancelled_on_this_side(
    desk: Desk, ways: FirstRunPage, practice: Practice, qtbot: QtBot
) -> None:
    answer_link(desk, qtbot)
    ways.join.back.click()
    qtbot.waitUntil(lambda: bool(practice.asked(CancelLink)))
    assert desk.mailbox.joining.state is Joined.ASKING
    assert ways.join.number == 0


def test_a_wrong_word_is_named(ways: FirstRunPage) -> None:
    ways.start.link.click()
    ways.join.link.set_text(WORDS.replace(WORDS.split()[4], "qqqq", 1))
    ways.join.next.click()
    assert "Word 5" in texts_of(ways.join.link.link)


def test_the_text_of_a_link_among_the_relays_leads_to_linking(
    ways: FirstRunPage, practice: Practice, desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    text = link_text(practice)
    ways.start.begin.click()
    write(ways.registration.relay.enrolment, text)
    assert ways.pages.currentWidget() is ways.join
    assert text not in texts_of(ways.registration)
    # It says by itself where the relay is.
    assert ways.join.link.relay.isHidden()
    ways.join.back.click()
    file = tmp_path / "link.txt"
    file.write_text(text)
    ways.start.begin.click()
    ways.registration.relay.take_file(file)
    qtbot.waitUntil(lambda: ways.pages.currentWidget() is ways.join)
    ways.join.next.click()
    QTest.keyClicks(ways.join.secret.passphrase.edit, PASSPHRASE)
    ways.join.next.click()
    qtbot.waitUntil(lambda: bool(practice.asked(JoinLink)))
    (command,) = practice.asked(JoinLink)
    assert (command.text, command.enrolment) == (text, "")
    qtbot.waitUntil(lambda: desk.mailbox.joining.state is Joined.COMPARING)
    assert text not in texts_of(desk.window)


def test_a_secret_of_a_link_is_not_kept_among_the_notes(
    ways: FirstRunPage, practice: Practice, tmp_path: Path
) -> None:
    text = link_text(practice)
    ways.start.begin.click()
    write(ways.registration.relay.enrolment, text)
    kept = "".join(each.read_text() for each in tmp_path.rglob("*.ini"))
    assert text not in kept
    assert "uhs:link" not in kept.lower()


def type_kit(ways: FirstRunPage) -> None:
    """Choose the way back, and type relay and code."""
    ways.start.restore.click()
    write(ways.restore.relay.enrolment, ENROLMENT)
    ways.restore.next.click()
    QTest.keyClicks(ways.restore.kit.kit.groups[0], "")
    for edit, group in zip(ways.restore.kit.kit.groups, KIT_TEXT.split(), strict=True):
        QTest.keyClicks(edit, group.lower())
    ways.restore.next.click()


def test_an_account_comes_back_with_kit_and_passphrase(
    desk: Desk, ways: FirstRunPage, practice: Practice, qtbot: QtBot
) -> None:
    type_kit(ways)
    restore = ways.restore
    restore.secret.take_backup("/media/usb/x.backup")
    QTest.keyClicks(restore.secret.passphrase.edit, PASSPHRASE)
    restore.next.click()
    qtbot.waitUntil(lambda: desk.mailbox.restoring.offer is not None)
    assert "Claire Martin" in texts_of(restore.found)
    (box,) = restore.found.choices.values()
    assert not box.isChecked()
    restore.next.click()
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.SECOND_FACTOR)
    assert desk.mailbox.second_factor.step is Step.TELEPHONE
    assert "Step 5 of 6" in texts_of(desk.window.second_factor.telephone)
    (begun,) = practice.asked(BeginRestore)
    assert (begun.kit, begun.backup) == (KIT_TEXT, "/media/usb/x.backup")
    assert practice.asked(FinishRestore)[0].keep == ()
    # The passphrase was typed a moment ago.
    assert desk.mailbox.second_factor.knows_passphrase
    assert KIT_TEXT.split()[3] not in texts_of(desk.window)
    desk.mailbox.second_factor.confirm(ONE_TIME_CODE)
    qtbot.waitUntil(lambda: desk.mailbox.second_factor.step is Step.CODES)
    desk.window.second_factor.codes.have_noted.click()
    desk.window.second_factor.codes.go_on.click()
    # Who came back with the kit has it on paper.
    qtbot.waitUntil(desk.window.mail.isVisible)


def test_going_back_from_what_was_found_changes_nothing(
    desk: Desk, ways: FirstRunPage, practice: Practice, qtbot: QtBot
) -> None:
    type_kit(ways)
    QTest.keyClicks(ways.restore.secret.passphrase.edit, PASSPHRASE)
    ways.restore.next.click()
    qtbot.waitUntil(lambda: desk.mailbox.restoring.offer is not None)
    ways.restore.back.click()
    qtbot.waitUntil(lambda: bool(practice.asked(CancelRestore)))
    qtbot.waitUntil(lambda: ways.restore.number == 2)
    assert not practice.asked(FinishRestore)


def test_a_wrong_group_is_named_as_soon_as_it_is_typed(ways: FirstRunPage) -> None:
    ways.start.restore.click()
    field = ways.restore.kit.kit
    first, second = KIT_TEXT.split()[:2]
    QTest.keyClicks(field.groups[0], first)
    QTest.keyClicks(field.groups[1], second[:4] + ("A" if second[4] != "A" else "B"))
    assert "Group 2 has a mistake" in texts_of(field)
    assert field.groups[1].property("invalid") == "true"
    field.groups[1].clear()
    QTest.keyClicks(field.groups[1], second)
    assert "mistake" not in texts_of(field)


def test_a_whole_code_and_a_picture_are_pasted_in_one_piece(
    ways: FirstRunPage, practice: Practice
) -> None:
    field = ways.restore.kit.kit
    ways.start.restore.click()
    field.set_text(KIT_TEXT.replace(" ", "-").lower())
    assert field.is_whole
    assert field.text == KIT_TEXT
    assert not field.account
    card = format_kit_card(practice.account, KIT_CODE)
    field.set_text(card)
    assert field.is_whole
    assert practice.account == field.account
    # The picture's text is nowhere to be read.
    assert card not in texts_of(field)


def test_a_kit_that_the_relay_refuses_can_be_typed_again(
    desk: Desk, ways: FirstRunPage, practice: Practice, qtbot: QtBot
) -> None:
    type_kit(ways)
    QTest.keyClicks(ways.restore.secret.passphrase.edit, "another one altogether")
    ways.restore.next.click()
    qtbot.waitUntil(lambda: "does not accept kit and passphrase" in texts_of(ways.restore.banner))
    assert not practice.asked(FinishRestore)
    practice.fail_next(BeginRestore, Failure.KIT_OTHER)
    ways.restore.next.click()
    qtbot.waitUntil(lambda: ways.restore.number == 1)
    assert "another recovery kit" in texts_of(ways.restore.kit.kit)
    assert desk.mailbox.session.screen is Screen.REGISTER


def test_shares_give_the_code_back(ways: FirstRunPage, qtbot: QtBot) -> None:
    ways.start.restore.click()
    step = ways.restore.kit
    step.have_shares.click()
    write(step.shares, SHARE_WORD)
    step.join.click()
    qtbot.waitUntil(lambda: "1 more share" in texts_of(step.shares))
    write(step.shares, f"{SHARE_WORD} a\n\n{SHARE_WORD} b")
    step.join.click()
    qtbot.waitUntil(lambda: step.kit.text == KIT_TEXT)
    # The shares are not needed any more, and gone.
    assert isinstance(step.shares.answer, QPlainTextEdit)
    assert not step.shares.text


def show_kit(desk: Desk, practice: Practice, qtbot: QtBot) -> None:
    """Be asked for the kit above the mail, and follow."""
    practice.owner.set_safety(kit=KitState.MISSING)
    qtbot.waitUntil(desk.window.mail.reminders.isVisible)
    desk.window.mail.reminders.act.click()
    qtbot.waitUntil(lambda: desk.mailbox.paper_kit.sheet is not None)


def test_the_kit_is_confirmed_with_a_group_from_the_paper(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = Practice()
    desk = unlocked(practice)
    show_kit(desk, practice, qtbot)
    page, groups = desk.window.kit, KIT_TEXT.split()
    assert all(group in texts_of(page) for group in groups)
    page.paper.save.click()
    assert page.paper.warning.isVisible()
    page.paper.write(str(tmp_path / "kit.pdf"))
    qtbot.waitUntil(lambda: "Saved as kit.pdf" in texts_of(page.paper.banner))
    assert (tmp_path / "kit.pdf").stat().st_mode & 0o077 == 0
    (text,) = pages_of(tmp_path / "kit.pdf")
    assert all(group in text for group in groups)
    # The printer gets the same page, and no file lies in between.
    page.paper.print.click()
    (dialog,) = page.paper.findChildren(QPrintDialog)
    dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialog.printer().setOutputFileName(str(tmp_path / "printed.pdf"))
    dialog.done(QDialog.DialogCode.Accepted)
    qtbot.waitUntil(lambda: "Handed to the printer" in texts_of(page.paper.banner))
    assert pictures_on(tmp_path / "printed.pdf") == [format_kit_card(practice.account, KIT_CODE)]
    assert sizes_of(tmp_path / "printed.pdf") == [(595, 842)]
    assert sorted(each.name for each in tmp_path.glob("*.pdf")) == ["kit.pdf", "printed.pdf"]
    page.on_paper.click()
    # What is asked for cannot be copied from the screen.
    assert not page.groups.isVisible()
    QTest.keyClicks(page.code.edit, groups[0])
    QTest.keyClick(page.code.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "not what stands" in texts_of(page.code))
    page.code.edit.setText(groups[8])
    page.confirm.click()
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.MAIL)
    assert len(practice.asked(ConfirmKit)) == 2
    assert not any(group in texts_of(desk.window) for group in groups)
    qtbot.waitUntil(lambda: not desk.window.mail.reminders.isVisible())


@pytest.mark.parametrize("way", ["later", "lock"])
def test_the_code_leaves_the_page_with_it(unlocked: OpenDesk, qtbot: QtBot, way: str) -> None:
    practice = Practice()
    desk = unlocked(practice)
    show_kit(desk, practice, qtbot)
    if way == "later":
        desk.window.kit.later.click()
        assert desk.mailbox.session.screen is Screen.MAIL
    else:
        desk.window.lock()
        qtbot.waitUntil(lambda: len(practice.engines) > 1)
    assert desk.mailbox.paper_kit.sheet is None
    assert KIT_TEXT.split()[3] not in texts_of(desk.window)
    assert QApplication.clipboard().text() == ""
