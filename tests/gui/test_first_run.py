# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first run: one question at a time, left and taken up again, corrected where it is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import segno
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.interface.commands import Register
from app.interface.failures import Failure
from app.interface.snapshots import ProfileState
from app.window.i18n.catalogues import Language
from app.window.viewmodels.session import Screen
from tests.fakes.scripted_engine import PASSPHRASE, Practice
from tests.gui.conftest import texts_of
from tests.gui.forms import ENROLMENT, INVITATION, fill, write

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from app.window.views.registration import RegistrationPage
    from tests.gui.conftest import OpenDesk


@pytest.fixture
def practice() -> Practice:
    return Practice(profile=ProfileState.EMPTY)


@pytest.fixture
def desk(open_desk: OpenDesk, qtbot: QtBot, practice: Practice) -> Desk:
    opened = open_desk(practice)
    first_run = opened.window.first_run
    qtbot.waitUntil(lambda: opened.window.pages.currentWidget() is first_run)
    first_run.start.begin.click()
    assert first_run.pages.currentWidget() is opened.window.registration
    return opened


@pytest.fixture
def page(desk: Desk) -> RegistrationPage:
    return desk.window.registration


@pytest.mark.parametrize("ticks", [False, True])
def test_it_creates_an_account(
    desk: Desk, page: RegistrationPage, practice: Practice, qtbot: QtBot, *, ticks: bool
) -> None:
    fill(page, rpps="997 0021 8896")
    if ticks:
        page.person.is_listed.click()
    page.button.click()
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.SECOND_FACTOR)
    (command,) = practice.asked(Register)
    assert (command.name, command.profession) == ("Dr Claire Martin", "Ostéopathe")
    assert command.rpps == "99700218896"
    # Being shown to everybody at the relay is a choice, which nobody makes by overlooking a box.
    assert command.is_listed is ticks
    assert PASSPHRASE not in texts_of(desk.window)
    assert INVITATION not in texts_of(desk.window)


def test_it_goes_by_keyboard_alone(
    desk: Desk, page: RegistrationPage, practice: Practice, qtbot: QtBot
) -> None:
    write(page.relay.enrolment, ENROLMENT)
    relay, person, secret = page.relay, page.person, page.secret
    for answer, text in (
        (relay.invitation.answer, INVITATION),
        (person.name.answer, "Dr Claire Martin"),
        (person.profession.answer, "Naturopath"),
    ):
        # What is missing below is said, and takes the focus.
        assert page.isAncestorOf(answer)
        assert answer.isVisible()
        QTest.keyClicks(answer, text)
        QTest.keyClick(answer, Qt.Key.Key_Return)
    for edit in (secret.passphrase.edit, secret.again.edit):
        assert edit.isVisible()
        QTest.keyClicks(edit, PASSPHRASE)
        QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.SECOND_FACTOR)
    assert len(practice.asked(Register)) == 1


@pytest.mark.parametrize(
    ("step", "field", "texts", "words"),
    [
        (0, "enrolment", {"enrolment": ""}, "needed"),
        (0, "enrolment", {"enrolment": ENROLMENT[:-5]}, "not a whole"),
        (0, "invitation", {"invitation": ""}, "needed"),
        (1, "name", {"name": " "}, "needed"),
        (1, "profession", {"profession": ""}, "needed"),
        (1, "rpps", {"rpps": "123"}, "11 digits"),
    ],
)
def test_what_is_wrong_stands_below_its_field_before_the_next_question(
    page: RegistrationPage, step: int, field: str, texts: dict[str, str], words: str
) -> None:
    fill(page, **texts)
    assert page.number == step
    assert words in texts_of(getattr(page.step, field))


@pytest.mark.parametrize(
    ("field", "texts", "words"),
    [
        ("passphrase", {"passphrase": "correct horse battery staple"}, "Too easy to guess"),
        ("again", {"again": PASSPHRASE + "x"}, "not the same"),
    ],
)
def test_a_passphrase_that_does_not_do_creates_nothing(
    page: RegistrationPage, practice: Practice, field: str, texts: dict[str, str], words: str
) -> None:
    fill(page, **texts)
    page.button.click()
    assert words in texts_of(getattr(page.secret, field))
    assert not practice.asked(Register)


def test_the_measure_says_what_is_missing_and_when_it_is_enough(page: RegistrationPage) -> None:
    step = page.secret
    QTest.keyClicks(step.passphrase.edit, "cerise tunnel balcon")
    assert "34 of 80" in step.new.verdict.text()
    QTest.keyClicks(step.passphrase.edit, " orage ruban vallon piano")
    assert step.new.verdict.text().startswith("✓")
    assert step.new.meter.value() == step.new.meter.maximum()


def test_a_number_that_cannot_be_one_of_the_register_is_doubted_and_taken(
    page: RegistrationPage,
) -> None:
    fill(page, rpps="99700218897")
    assert page.number == 2
    assert not page.person.doubt.isHidden()


def test_who_is_in_no_national_list_is_not_asked_for_a_number(page: RegistrationPage) -> None:
    write(page.person.rpps, "99700218896")
    write(page.person.profession, "Naturopath")
    assert page.person.rpps.isHidden()
    assert page.person.number == ""
    write(page.person.profession, "Étiopathe")
    assert not page.person.rpps.isHidden()


def test_professions_are_offered_while_typing(page: RegistrationPage) -> None:
    line = page.person.profession.answer
    assert isinstance(line, QLineEdit)
    completer = line.completer()
    completer.setCompletionPrefix("thera")
    offered = [completer.completionModel().index(n, 0).data() for n in range(3)]
    assert "Physiotherapist" in offered


def picture(folder: Path) -> Path:
    """Return an image with the enrolment text, as the relay's host hands it out."""
    path = folder / "relay.png"
    segno.make_qr(ENROLMENT, error="l").save(str(path), scale=4)
    return path


def text_file(folder: Path) -> Path:
    """Return the text in a file, as an editor of another system writes it."""
    path = folder / "relay.txt"
    path.write_bytes(b"\xef\xbb\xbf" + ENROLMENT.encode() + b"\r\n")
    return path


@pytest.mark.parametrize("make", [picture, text_file])
def test_the_relay_is_read_from_a_picture_or_a_file(
    page: RegistrationPage, qtbot: QtBot, tmp_path: Path, make: object
) -> None:
    assert callable(make)
    path = make(tmp_path)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.relay.enrolment.answer.dropEvent(event)
    qtbot.waitUntil(lambda: page.relay.enrolment.text == ENROLMENT)


@pytest.mark.parametrize("name", ["empty.png", "empty.txt", "not-there.jpg"])
def test_a_file_without_the_text_is_said_to_be_one(
    page: RegistrationPage, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    if "empty" in name:
        path.write_bytes(b"\xff\xfe nothing")
    write(page.relay.enrolment, "typed before")
    page.relay.take_file(path)
    qtbot.waitUntil(lambda: bool(page.relay.enrolment.answer.accessibleDescription()))
    assert page.relay.enrolment.text == "typed before"


def test_it_is_left_and_taken_up_again(desk: Desk, page: RegistrationPage) -> None:
    fill(page)
    desk.show_as(language=Language.FRENCH)
    page = desk.window.registration
    page.appear()
    # Neither invitation nor passphrase is kept in a file that anybody can read.
    assert page.number == 0
    assert page.relay.enrolment.text == ENROLMENT
    assert page.relay.invitation.text == ""
    assert page.person.name.text == "Dr Claire Martin"
    assert page.secret.passphrase.is_empty
    page.back.click()


def test_when_the_account_is_there_no_answer_is_kept(
    desk: Desk, page: RegistrationPage, qtbot: QtBot
) -> None:
    notes = desk._preferences.first_run
    fill(page)
    assert notes.get("name")
    page.button.click()
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.SECOND_FACTOR)
    assert notes.get("name") == ""
    assert notes.get("enrolment") == ""


@pytest.mark.parametrize(
    ("failure", "step", "field"),
    [
        (Failure.ENROLMENT_INVALID, 0, "enrolment"),
        (Failure.INVITATION_INVALID, 0, "invitation"),
        (Failure.PASSPHRASE_WEAK, 2, "passphrase"),
    ],
)
def test_what_is_refused_stands_below_its_field(
    page: RegistrationPage,
    practice: Practice,
    qtbot: QtBot,
    failure: Failure,
    step: int,
    field: str,
) -> None:
    fill(page)
    practice.fail_next(Register, failure)
    page.button.click()
    qtbot.waitUntil(lambda: page.number == step and page.step.isEnabled())
    answer = getattr(page.step, field).answer
    assert answer.accessibleDescription()
    # What was typed before is still there.
    assert page.secret.passphrase.secret().reveal() == PASSPHRASE


def test_a_relay_out_of_reach_is_said_beside_the_button(
    page: RegistrationPage, practice: Practice, qtbot: QtBot
) -> None:
    fill(page)
    practice.fail_next(Register, Failure.RELAY_UNREACHABLE)
    page.button.click()
    qtbot.waitUntil(page.banner.isVisible)
    assert "cannot be reached" in texts_of(page.banner)
    assert page.button.isEnabled()
