# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finding a letter while the patient is on the telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.interface.organising import Act, Organise
from app.interface.searching import Coverage, Search, UnreadRow
from app.window.views.navigation import Destination
from app.window.views.search import UnreadDialog, _utf16_places
from tests.gui.conftest import texts_of
from tests.gui.pictures import settle
from tests.gui.samples import sample_practice

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


def type_words(desk: Desk, qtbot: QtBot, words: str) -> None:
    """Go to the search by its key, and type."""
    QTest.keyClick(desk.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.mail.destination is Destination.SEARCH
    box = desk.window.mail.search.box
    assert box.hasFocus()
    QTest.keyClicks(box, words)
    qtbot.waitUntil(lambda: not desk.mailbox.finder.is_waiting and desk.bridge.is_quiet)


def test_a_letter_is_found_and_opened_without_the_mouse(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    type_words(desk, qtbot, "imagerie")
    assert desk.mailbox.finder.rowCount() == 1
    # Somebody who types fast is asked for once, not for each letter.
    assert len(practice.asked(Search)) < len("imagerie")
    spoken = desk.mailbox.finder.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Dr Karim Benali, Lombalgie aiguë")
    search = desk.window.mail.search
    QTest.keyClick(search.box, Qt.Key.Key_Down)
    assert search.list.hasFocus()
    QTest.keyClick(search.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(desk.mailbox.reading.letters))
    assert desk.mailbox.reading.row is not None
    assert desk.mailbox.reading.row.subject.startswith("Lombalgie")
    # What is done with it there is done with the conversation itself.
    assert desk.window.mail.content.currentWidget() is desk.window.mail.reading


def test_a_letter_removed_from_the_search_goes_and_comes_back_there(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    """The list of the inbox, out of sight, stays at its letter: the next key puts away nothing there."""
    mail = desk.window.mail
    before = mail.conversations.list.chosen_rows
    type_words(desk, qtbot, "imagerie")
    QTest.keyClick(mail.search.box, Qt.Key.Key_Down)
    QTest.keyClick(mail.search.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(desk.mailbox.reading.letters))
    QTest.keyClick(desk.window, Qt.Key.Key_Delete)
    QTest.keyClick(desk.window, Qt.Key.Key_Delete)
    assert mail.content.currentWidget() is mail.nothing
    assert mail.search.box.hasFocus()
    assert desk.mailbox.finder.rowCount() == 0
    qtbot.waitUntil(lambda: len(desk.mailbox.acts.undoables) == 1)
    assert [each.act for each in practice.asked(Organise)] == [Act.REMOVE]
    assert mail.conversations.list.chosen_rows == before
    desk.mailbox.acts.undo()
    qtbot.waitUntil(lambda: desk.mailbox.finder.rowCount() == 1)


def test_escape_clears_and_then_leaves(desk: Desk, qtbot: QtBot) -> None:
    type_words(desk, qtbot, "imagerie")
    search = desk.window.mail.search
    QTest.keyClick(search.box, Qt.Key.Key_Escape)
    assert search.box.text() == ""
    assert desk.mailbox.finder.rowCount() == 0
    QTest.keyClick(search.box, Qt.Key.Key_Escape)
    assert desk.window.mail.destination is Destination.INBOX


def test_what_is_not_covered_is_said_and_can_be_looked_at(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.index.coverage = Coverage(letters=40, waiting=312, unreadable=1, complete_since=None)
    letter = next(view for views in practice.conversations.values() for view in views)
    practice.index.unread = (
        UnreadRow(message=letter.message, index=0, name="Radio.jpg", at=letter.sent_at),
    )
    type_words(desk, qtbot, "introuvable")
    search = desk.window.mail.search
    assert "312 letters and documents are not in the index yet" in search.coverage.text()
    assert "Nothing found" in texts_of(search.empty)
    search.unread.click()
    qtbot.waitUntil(lambda: bool(search.findChildren(UnreadDialog)))
    assert "Radio.jpg" in texts_of(search.findChildren(UnreadDialog)[0])


def test_limits_are_named_and_can_be_taken_away(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    type_words(desk, qtbot, "de")
    search = desk.window.mail.search
    before = desk.mailbox.finder.rowCount()
    menu = search.person.menu()
    menu.aboutToShow.emit()
    (benali,) = (each for each in menu.actions() if "Benali" in each.text())
    benali.trigger()
    qtbot.waitUntil(lambda: not desk.mailbox.finder.is_waiting)
    assert search.person.text() == "Dr Karim Benali"
    assert 0 < desk.mailbox.finder.rowCount() < before
    assert practice.asked(Search)[-1].person is not None
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: not desk.mailbox.finder.is_waiting)
    assert desk.mailbox.finder.rowCount() == before
    search.kind.menu().actions()[1].trigger()
    search.period.menu().actions()[1].trigger()
    settle(desk, lambda: not desk.mailbox.finder.is_waiting)
    assert practice.asked(Search)[-1].has_documents
    assert practice.asked(Search)[-1].since is not None


def test_nothing_of_a_search_outlives_the_lock(desk: Desk, qtbot: QtBot) -> None:
    type_words(desk, qtbot, "imagerie")
    desk.window.lock()
    qtbot.waitUntil(lambda: desk.mailbox.finder.rowCount() == 0)
    assert desk.mailbox.finder.query == ""
    assert desk.window.mail.search.box.text() == ""


def test_highlights_stay_where_they_are_behind_signs_that_qt_counts_twice() -> None:
    assert _utf16_places("a🙂b") == [0, 1, 3, 4]
