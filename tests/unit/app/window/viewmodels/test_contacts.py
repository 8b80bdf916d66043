# SPDX-License-Identifier: AGPL-3.0-or-later
"""Correspondents are kept in order and up to date; the directory answers the latest question only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from app.interface.commands import AcceptContact, ListContacts, SearchDirectory
from app.interface.failures import Failure
from app.interface.snapshots import ContactState
from app.window.viewmodels.contacts import FOLDED_ROLE, ContactModel, DirectoryState
from crypto_core.wire.names import is_found, typed_words
from tests.fakes.scripted_engine import Practice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.unit.app.window.viewmodels.conftest import OpenMailbox


def names(model: ContactModel) -> list[str]:
    """Return the names in the order shown."""
    return [model.contact_at(position).name for position in range(model.rowCount())]


def test_requests_come_first_and_names_in_order(open_mailbox: OpenMailbox) -> None:
    practice = Practice()
    practice.add_contact("Zoé")
    practice.add_contact("Élise")
    practice.add_contact("Bruno", state=ContactState.REQUESTED)
    practice.add_contact("Alain", state=ContactState.WAITING)
    practice.add_contact("Carole", state=ContactState.DECLINED)
    contacts = open_mailbox(practice).contacts
    assert names(contacts.everyone) == ["Alain", "Élise", "Zoé", "Bruno", "Carole"]
    assert names(contacts.accepted) == ["Élise", "Zoé"]
    assert contacts.waiting_count == 1


def test_models_are_sound_and_folded(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    practice = Practice()
    account = practice.add_contact("Élise", "Ostéopathe", "Nice", state=ContactState.WAITING)
    contacts = open_mailbox(practice).contacts
    for model in (contacts.everyone, contacts.accepted):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    where = contacts.everyone.index(0).data(FOLDED_ROLE)
    assert is_found(typed_words("ELISE ostéo"), where)
    assert not is_found(typed_words("elise lyon"), where)
    chosen = QPersistentModelIndex(contacts.everyone.index(0))
    contacts.accept(account)
    qtbot.waitUntil(lambda: contacts.accepted.rowCount() == 1)
    assert chosen.isValid()
    assert practice.asked(AcceptContact)
    practice.add_contact("Anne")
    qtbot.waitUntil(lambda: names(contacts.everyone) == ["Anne", "Élise"])


def test_an_old_answer_of_the_directory_is_dropped(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    practice = Practice()
    practice.list_in_directory("Anne", "", "")
    practice.list_in_directory("Bruno", "", "")
    contacts = open_mailbox(practice).contacts
    practice.hold(SearchDirectory)
    contacts.search("anne")
    contacts.search("bruno")
    qtbot.waitUntil(lambda: len(practice.asked(SearchDirectory)) == 2)
    practice.release()
    qtbot.waitUntil(lambda: contacts.directory_state is DirectoryState.ANSWERED)
    qtbot.waitUntil(lambda: contacts.directory is not None)
    assert contacts.directory is not None
    assert [row.name for row in contacts.directory.rows] == ["Bruno"]


def test_a_directory_out_of_reach_is_told(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    practice = Practice()
    contacts = open_mailbox(practice).contacts
    practice.fail_next(SearchDirectory, Failure.RELAY_UNREACHABLE)
    contacts.search("x")
    qtbot.waitUntil(lambda: contacts.directory_state is DirectoryState.FAILED)
    assert contacts.directory_failure == (Failure.RELAY_UNREACHABLE, "")


def test_locking_forgets_everybody_even_an_answer_on_its_way(
    open_mailbox: OpenMailbox, qtbot: QtBot
) -> None:
    practice = Practice()
    practice.add_contact("Anne")
    mailbox = open_mailbox(practice)
    practice.hold(ListContacts)
    practice.add_contact("Bruno")
    qtbot.waitUntil(lambda: len(practice.asked(ListContacts)) == 2)
    mailbox.session.lock()
    practice.release()
    qtbot.waitUntil(lambda: mailbox.bridge.is_quiet)
    assert mailbox.contacts.everyone.rowCount() == 0
    assert mailbox.contacts.accepted.rowCount() == 0
