# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody one wants to hear no more of, and what one notes about a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtTest import QTest

from app.interface.people import BlockContact, NoteContact, UnblockContact
from app.interface.snapshots import ContactState
from app.window.views.navigation import Destination
from tests.gui.conftest import texts_of
from tests.gui.samples import sample_practice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from app.window.views.contacts import PersonPane
    from tests.fakes.scripted_engine import Practice
    from tests.gui.conftest import OpenDesk


@pytest.fixture
def practice() -> Practice:
    return sample_practice()


@pytest.fixture
def desk(unlocked: OpenDesk, practice: Practice) -> Desk:
    return unlocked(practice)


def person_of(desk: Desk, name: str) -> PersonPane:
    """Show somebody's page."""
    model = desk.mailbox.contacts.everyone
    rows = [model.contact_at(position) for position in range(model.rowCount())]
    desk.window.mail.go(Destination.CONTACTS)
    desk.window.mail.contact_list.list.chosen.emit(next(row for row in rows if row.name == name))
    return desk.window.mail.people.person


def test_blocking_takes_two_clicks_and_can_be_taken_back(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    person = person_of(desk, "Dr Anne Weber")
    person.block.click()
    assert "they are not told" in texts_of(person.question)
    person.keep.click()
    assert practice.asked(BlockContact) == []
    person.block.click()
    person.block_now.click()
    qtbot.waitUntil(person.unblock.isVisible)
    assert person.row is not None
    assert person.row.state is ContactState.BLOCKED
    assert not person.write.isVisible()
    assert "You blocked them" in texts_of(person)
    person.unblock.click()
    qtbot.waitUntil(lambda: bool(practice.asked(UnblockContact)) and person.write.isVisible())


def test_notes_are_kept_when_one_looks_at_somebody_else(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    person = person_of(desk, "Dr Anne Weber")
    QTest.keyClicks(person.remark.edit, "jeudi matin")
    person = person_of(desk, "Dr Karim Benali")
    qtbot.waitUntil(lambda: bool(practice.asked(NoteContact)))
    assert practice.asked(NoteContact)[0].remark == "jeudi matin"
    assert person.remark.edit.toPlainText() == ""
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    assert person_of(desk, "Dr Anne Weber").remark.edit.toPlainText() == "jeudi matin"
    # Looked at again and untouched, nothing is kept a second time.
    person_of(desk, "Dr Karim Benali")
    assert len(practice.asked(NoteContact)) == 1
