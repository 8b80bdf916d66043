# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents beside the letter they came with: read, walked through, kept out of other hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QDesktopServices, QTextTable

from app.interface.documents import CloseDocument, OpenDocument, OpenElsewhere, ShowPage
from app.interface.failures import Failure
from app.window.views.document_window import DocumentWindow, PartCard
from tests.gui.conftest import texts_of
from tests.gui.pictures import document_of, settle
from tests.gui.samples import sample_practice

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl
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


def test_a_report_is_drawn_page_by_page_as_it_is_read(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    window = document_of(desk, "Compte rendu, 21 novembre.pdf")
    qtbot.waitUntil(lambda: bool(practice.asked(ShowPage)))
    assert window.pages.count == 3
    assert window.pages.accessibleName() == "Page 1 of 3"
    assert 2 not in {command.page for command in practice.asked(ShowPage)}
    window.pages.verticalScrollBar().setValue(window.pages.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: 2 in {command.page for command in practice.asked(ShowPage)})
    assert window.place.text() == "Page 3 of 3"
    before = max(command.width for command in practice.asked(ShowPage))
    window.larger.click()
    qtbot.waitUntil(lambda: practice.asked(ShowPage)[-1].width > before)


def test_a_laboratory_s_abnormal_value_is_said_in_words_and_nothing_is_markup(desk: Desk) -> None:
    window = document_of(desk, "Résultats 22 novembre.xml")
    text = window.text.toPlainText()
    assert "▲ 11,8 (high)" in text
    assert "✕ 48 (critical)" in text
    assert "<b>texte</b> repris tel quel" in text
    assert "30 September 1948" in texts_of(window.facts)
    (table,) = (
        frame
        for frame in window.text.document().rootFrame().childFrames()
        if isinstance(frame, QTextTable)
    )
    assert (table.rows(), table.columns()) == (5, 4)


def test_an_archive_says_what_is_wrong_and_leads_into_its_parts_and_back(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    window = document_of(desk, "Bilan de rééducation.pdf")
    assert "changed or mixed up" in texts_of(window.problems)
    # A report and its picture on paper are one card.
    cards = window.parts.findChildren(PartCard)
    assert [card.name.text() for card in cards] == [
        "Compte rendu d’examens biologiques",
        "PHOTO.JPG",
    ]
    cards[0].open.click()
    qtbot.waitUntil(lambda: practice.asked(OpenDocument)[-1].source.path == (0,))
    settle(desk)
    assert "Syndrome inflammatoire" in window.text.toPlainText()
    assert window.back.isVisible()
    window.back.click()
    qtbot.waitUntil(lambda: practice.asked(OpenDocument)[-1].source.path == ())
    settle(desk)
    assert window.parts.isVisible()
    assert not window.back.isVisible()


def test_what_cannot_be_had_is_explained(desk: Desk) -> None:
    window = document_of(desk, "IRM lombaire.zip")
    assert window.problems.isVisible()
    assert not window.waiting.isVisible()


def test_another_program_sees_a_document_only_after_a_warning(
    desk: Desk, practice: Practice, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def take(url: QUrl) -> bool:
        opened.append(url.toLocalFile())
        return False

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    window = document_of(desk, "Résultats 22 novembre.xml")
    window.elsewhere.click()
    assert "unprotected" in texts_of(window.question)
    assert practice.documents.copies == []
    window.no_copy.click()
    assert not window.question.isVisible()
    window.elsewhere.click()
    window.make_copy.click()
    qtbot.waitUntil(lambda: bool(opened))
    assert opened == practice.documents.copies
    assert "No program on this computer opens it" in texts_of(window.news)


def test_a_copy_that_cannot_be_made_is_explained(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    window = document_of(desk, "Résultats 22 novembre.xml")
    practice.fail_next(OpenElsewhere, Failure.DISK_FULL)
    window.elsewhere.click()
    window.make_copy.click()
    qtbot.waitUntil(window.news.isVisible)


def test_closing_and_locking_end_what_reads_a_document(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    window = document_of(desk, "Compte rendu, 21 novembre.pdf")
    gone: list[int] = []
    window.destroyed.connect(lambda: gone.append(1))
    window.close()
    qtbot.waitUntil(lambda: bool(practice.asked(CloseDocument)) and bool(gone))
    assert practice.documents.open == {}
    document_of(desk, "Résultats 22 novembre.xml")
    desk.window.lock()
    qtbot.waitUntil(lambda: not desk.window.findChildren(DocumentWindow))
