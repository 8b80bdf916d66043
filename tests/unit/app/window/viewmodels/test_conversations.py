# SPDX-License-Identifier: AGPL-3.0-or-later
"""The mail list slides over any number of conversations and stays equal to what the engine has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.interface.commands import ListConversations
from app.interface.failures import Failure
from app.interface.snapshots import ConversationPage, ConversationRow, DeliveryState, Place
from app.window.bridge import Bridge
from app.window.viewmodels.conversations import KEEP, PAGE, ROW_ROLE, ConversationList, ListState
from app.window.viewmodels.session import Session
from crypto_core.wire.ids import ConversationId, UnixMillis
from tests.fakes.scripted_engine import NOW, ManyRows, Practice
from tests.gui.samples import row_at

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.unit.app.window.viewmodels.conftest import OpenMailbox

ROOT = QModelIndex()
MANY = 100_000


def rows_of(model: ConversationList) -> list[ConversationRow]:
    """Return the rows as a view reads them."""
    return [model.index(position).data(ROW_ROLE) for position in range(model.rowCount())]


def watch(model: ConversationList) -> None:
    """Have Qt itself check every change, as long as the model lives."""
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    # It would ask for a page whenever it can; here a test scrolls.
    tester.setUseFetchMore(False)


def scroll_to_the_end(model: ConversationList, qtbot: QtBot, pages: int) -> None:
    """Ask for more as a view does that is scrolled down."""
    qtbot.waitUntil(lambda: model.canFetchMore(ROOT))
    for _ in range(pages):
        with qtbot.waitSignal(model.rowsInserted):
            model.fetchMore(ROOT)
        qtbot.waitUntil(lambda: model.canFetchMore(ROOT))


def test_the_first_page_is_all_that_is_asked_for(open_mailbox: OpenMailbox) -> None:
    practice = Practice(many=ManyRows(MANY))
    model = open_mailbox(practice).conversations
    assert model.rowCount() == PAGE
    assert model.total == MANY
    assert model.canFetchMore(ROOT)
    asked = [each for each in practice.asked(ListConversations) if each.place is Place.INBOX]
    assert [command.limit for command in asked] == [PAGE]


def test_a_hundred_thousand_conversations_never_fill_the_memory(
    open_mailbox: OpenMailbox, qtbot: QtBot
) -> None:
    many = ManyRows(MANY)
    model = open_mailbox(Practice(many=many)).conversations
    watch(model)
    scroll_to_the_end(model, qtbot, 9)
    assert model.rowCount() == KEEP
    end = many.index(row_at(model, KEEP - 1)) + 1
    assert end >= 1000
    assert rows_of(model) == many[end - KEEP : end]
    assert not model.is_at_head


def test_rows_that_were_dropped_come_back(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    many = ManyRows(MANY)
    model = open_mailbox(Practice(many=many)).conversations
    watch(model)
    scroll_to_the_end(model, qtbot, 9)
    while not model.is_at_head:
        with qtbot.waitSignal(model.rowsInserted):
            model.fetch_newer()
    assert rows_of(model) == many[:KEEP]
    assert model.canFetchMore(ROOT)


def test_reading_a_row_asks_nothing(open_mailbox: OpenMailbox) -> None:
    practice = Practice(many=ManyRows(MANY))
    model = open_mailbox(practice).conversations
    before = len(practice.commands)
    for role in (ROW_ROLE, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
        assert all(model.index(position).data(role) for position in range(PAGE))
    assert len(practice.commands) == before
    assert model.data(QModelIndex()) is None
    assert model.index(0).data(Qt.ItemDataRole.DecorationRole) is None


def test_new_mail_appears_on_top_and_a_selection_stays(
    open_mailbox: OpenMailbox, qtbot: QtBot
) -> None:
    practice = Practice(many=ManyRows(1000))
    account = practice.add_contact("Dr Karim Benali")
    model = open_mailbox(practice).conversations
    watch(model)
    chosen = QPersistentModelIndex(model.index(3))
    row = chosen.data(ROW_ROLE)
    practice.receive(account, "Nouveau", "Bonjour")
    qtbot.waitUntil(lambda: row_at(model, 0).subject == "Nouveau")
    assert chosen.row() == 4
    assert chosen.data(ROW_ROLE) == row


def test_an_answer_moves_its_conversation_to_the_top(
    open_mailbox: OpenMailbox, qtbot: QtBot
) -> None:
    practice = Practice()
    account = practice.add_contact("Dr Karim Benali")
    letters = [
        practice.receive(account, f"Courrier {n}", "x", at=UnixMillis(NOW - n * 1000))
        for n in range(5)
    ]
    model = open_mailbox(practice).conversations
    watch(model)
    moved = QPersistentModelIndex(model.index(4))
    practice.receive(
        account, "", "y", at=UnixMillis(NOW + 1000), conversation=letters[4].conversation
    )
    qtbot.waitUntil(lambda: row_at(model, 0).conversation == letters[4].conversation)
    assert moved.row() == 0
    assert model.rowCount() == 5


def test_a_letter_that_was_sent_leaves_the_outbox(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    practice = Practice()
    account = practice.add_contact("Dr Karim Benali")
    letter = practice.record_sent([(account, DeliveryState.QUEUED)], "Attend", "x")
    model = open_mailbox(practice).conversations
    watch(model)
    model.show_place(Place.OUTBOX)
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    practice.advance(letter.message, account, DeliveryState.ACCEPTED)
    qtbot.waitUntil(lambda: model.state is ListState.EMPTY)
    assert model.rowCount() == 0


def test_a_failed_page_is_told(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    practice = Practice()
    model = open_mailbox(practice).conversations
    practice.fail_next(ListConversations, Failure.BUG)
    with qtbot.waitSignal(model.failed) as failed:
        model.show_place(Place.SENT)
    assert failed.args == [Failure.BUG, ""]
    assert model.state is ListState.FAILED


def test_locking_empties_the_list(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    mailbox = open_mailbox(Practice(many=ManyRows(1000)))
    watch(mailbox.conversations)
    mailbox.session.lock()
    assert mailbox.conversations.rowCount() == 0
    assert mailbox.conversations.total == 0
    qtbot.waitUntil(lambda: mailbox.bridge.is_quiet)
    assert mailbox.conversations.rowCount() == 0


@given(
    before=st.sets(st.integers(1, 40), min_size=1),
    after=st.sets(st.integers(1, 40), min_size=1),
    cut=st.integers(0, 40),
)
@settings(max_examples=200)
@pytest.mark.usefixtures("qapp")
def test_merging_equals_replacing(before: set[int], after: set[int], cut: int) -> None:
    # What the engine has changes from `before` to `after` above `cut`; a page shows just that.
    newest = sorted({number for number in after if number > cut}, reverse=True)
    has_older = any(number <= cut for number in before)
    bridge = Bridge(Practice().connect)
    model = ConversationList(bridge, Session(bridge), speak=lambda each: each.subject)
    watch(model)
    model._replace(page(sorted(before, reverse=True), 1).rows, total=0, has_older=False)
    if not newest:
        return
    model._merge(0, page(newest, 2, more=has_older))
    wanted = [(number, 2) for number in newest]
    if has_older:
        wanted += [(n, 1) for n in sorted(before, reverse=True) if n < newest[-1]]
    assert [(each.latest_at, int(each.subject)) for each in rows_of(model)] == wanted


def page(numbers: list[int], version: int, *, more: bool = False) -> ConversationPage:
    """Return a page of conversations that are at the times which their numbers say."""
    sample = ManyRows(1)[0]
    rows = tuple(
        replace(
            sample,
            conversation=ConversationId(number.to_bytes(16)),
            latest_at=UnixMillis(number),
            subject=str(version),
        )
        for number in numbers
    )
    return ConversationPage(rows=rows, more=more, total=len(rows))
