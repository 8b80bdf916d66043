# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents beside the letter they came with: read, walked through, kept out of other hands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication, QTextTable
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest

from app.interface.documents import (
    Block,
    BlockKind,
    Cell,
    CloseDocument,
    DocumentProblem,
    OpenDocument,
    OpenElsewhere,
    Remark,
    ShowPage,
)
from app.interface.failures import Failure
from app.window.theme.theme import Appearance
from app.window.views.document_printing import PAGE_PIXELS
from app.window.views.document_window import DocumentWindow, PartCard
from app.window.views.printing import printer
from tests.fakes.printed_pages import pages_of
from tests.gui.conftest import texts_of
from tests.gui.pictures import document_of, settle
from tests.gui.samples import sample_practice

if TYPE_CHECKING:
    from pathlib import Path

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


def test_a_double_click_opens_a_document_once(desk: Desk) -> None:
    window = document_of(desk, "Compte rendu, 21 novembre.pdf")
    assert document_of(desk, "Compte rendu, 21 novembre.pdf") is window
    assert desk.window.findChildren(DocumentWindow) == [window]


def test_what_a_laboratory_s_row_does_not_say_is_said(desk: Desk, practice: Practice) -> None:
    name = "Résultats 22 novembre.xml"
    remarks = (Remark.NOT_COMPARED, Remark.CORRECTED)
    row = (Cell(text="TSH"), Cell(text="2,4", remarks=remarks), Cell(text="4,0 – 0,4"))
    practice.documents.views[(name, ())] = replace(
        practice.documents.views[(name, ())],
        blocks=(Block(kind=BlockKind.TABLE, rows=(row,)),),
        problems=(DocumentProblem.FLAGS_COMPARED, DocumentProblem.DAMAGED),
    )
    window = document_of(desk, name)
    assert "2,4 (not compared) (corrected result)" in window.text.toPlainText()
    # The gravest comes first, and does not deny what is there.
    told = texts_of(window.problems)
    assert told.index("only what could be read is shown") < told.index("* beside a norm")


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
    cards[0].twin.click()
    qtbot.waitUntil(lambda: practice.asked(OpenDocument)[-1].source.path == (1,))
    settle(desk)
    window.back.click()
    qtbot.waitUntil(lambda: practice.asked(OpenDocument)[-1].source.path == ())
    settle(desk)
    cards = window.parts.findChildren(PartCard)
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


def arrive(practice: Practice, name: str) -> None:
    """Have a document of a letter fetched from the relay."""
    for letter in [view for views in practice.conversations.values() for view in views]:
        rows = letter.attachments
        if any(row.name == name for row in rows):
            here = tuple(replace(row, available=row.available or row.name == name) for row in rows)
            practice.change(letter, attachments=here)


def test_what_cannot_be_had_is_explained_and_can_be_tried_again(
    desk: Desk, practice: Practice
) -> None:
    window = document_of(desk, "IRM lombaire.zip")
    assert window.failed.isVisible()
    assert not window.waiting.isVisible()
    assert window.failed.property("banner") == "warning"
    assert not window.save.isEnabled()
    # It has come meanwhile.
    arrive(practice, "IRM lombaire.zip")
    window.again.click()
    settle(desk)
    assert window.save.isEnabled()
    assert not window.failed.isVisible()


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


REPORT = "Compte rendu, 21 novembre.pdf"
PAGES = (
    "Compte rendu de Mme Duval\nRééducation de l’épaule droite",
    "",
    "Suite de la rééduca\u00ad\ntion, puis rééducation à domicile",
)


def report_of(desk: Desk, practice: Practice) -> DocumentWindow:
    practice.documents.texts[REPORT] = PAGES
    return document_of(desk, REPORT)


def test_words_are_found_on_pages_that_are_pictures(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    window = report_of(desk, practice)
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.find_bar.isVisible()
    window.find_bar.words.setText("REEDUCATION")
    qtbot.waitUntil(lambda: window.find_bar.told.text() == "1 of 3")
    assert [find.page for find in window.search.finds] == [0, 2, 2]
    (area,) = window._found_on(0)
    assert area[1]
    # The word that a line's end broke is two areas.
    assert [is_now for _, is_now in window._found_on(2)] == [False, False, False]
    QTest.keyClick(window.find_bar.words, Qt.Key.Key_Return)
    assert window.find_bar.told.text() == "2 of 3"
    assert window.pages.current == 2
    QTest.keyClick(window.find_bar.words, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(window.find_bar.words, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert window.find_bar.told.text() == "3 of 3"
    window.find_bar.words.setText("hanche")
    qtbot.waitUntil(lambda: window.find_bar.told.text() == "Not found")
    QTest.keyClick(window.find_bar.words, Qt.Key.Key_Escape)
    assert not window.find_bar.isVisible()
    assert window.isVisible()
    assert window.search.finds == ()


def test_a_photographed_page_says_that_it_holds_no_text(desk: Desk, qtbot: QtBot) -> None:
    window = document_of(desk, REPORT)
    window.find_it.click()
    window.find_bar.words.setText("épaule")
    qtbot.waitUntil(lambda: window.find_bar.told.text() == "No text: these pages are pictures")


def test_words_are_found_in_a_text_and_its_tables(desk: Desk, qtbot: QtBot) -> None:
    window = document_of(desk, "Résultats 22 novembre.xml")
    window.find_it.click()
    window.find_bar.words.setText("syndrome INFLAMMATOIRE")
    qtbot.waitUntil(lambda: window.find_bar.told.text() == "1 of 1")
    (mark,) = window.text.extraSelections()
    assert mark.cursor.selectedText().lower() == "syndrome inflammatoire"
    before = window.text.document().firstBlock().charFormat().font().pixelSize()
    QTest.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert window.text.document().firstBlock().charFormat().font().pixelSize() > before
    assert window.size_now.text() == "125%"
    assert len(window.text.extraSelections()) == 1
    QTest.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert window.size_now.text() == "100%"


def test_letters_of_a_page_are_selected_copied_and_gone_with_the_lock(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    window = report_of(desk, practice)
    pages = window.pages
    window._viewer.read(0)
    qtbot.waitUntil(lambda: window._viewer.letters_of(0) is not None)
    letters = window._viewer.letters_of(0)
    assert letters is not None
    place = pages._place(0)
    line = PAGES[0].index("Rééducation")
    first, last = (
        pages._on_screen(letters.areas(at, at + 1)[0], place) for at in (line, len(PAGES[0]) - 1)
    )
    view = pages.viewport()
    QTest.mousePress(
        view, Qt.MouseButton.LeftButton, pos=QPointF(first.left(), first.center().y()).toPoint()
    )
    QTest.mouseMove(view, QPointF(last.right() + 9, last.center().y()).toPoint())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton)
    QTest.keyClick(pages, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Rééducation de l’épaule droite"
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=first.center().toPoint())
    assert pages.selected_text == "Rééducation"
    desk.window.lock()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == "")
    qtbot.waitUntil(lambda: not desk.window.findChildren(DocumentWindow))


def test_pages_turn_with_the_keys(desk: Desk, practice: Practice) -> None:
    pages = report_of(desk, practice).pages
    control = Qt.KeyboardModifier.ControlModifier
    for key, modifier, page in (
        (Qt.Key.Key_PageDown, control, 1),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 2),
        (Qt.Key.Key_PageUp, control, 1),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, 0),
    ):
        QTest.keyClick(pages, key, modifier)
        assert pages.current == page
    assert pages.verticalScrollBar().value() > 0


def printed_to(path: Path) -> QPrinter:
    device = printer()
    device.setOutputFileName(str(path))
    return device


def test_pages_are_printed_one_after_the_other_without_a_copy_of_the_document(
    desk: Desk, practice: Practice, qtbot: QtBot, tmp_path: Path
) -> None:
    window = report_of(desk, practice)
    device = printed_to(tmp_path / "whole.pdf")
    with qtbot.waitSignal(window.printer.ended) as ended:
        window.printer.print_to(device)
    assert ended.args == [True]
    assert len(pages_of(tmp_path / "whole.pdf")) == 3
    assert "With the printer" in texts_of(window.news)
    device = printed_to(tmp_path / "second.pdf")
    device.setPrintRange(QPrinter.PrintRange.PageRange)
    device.setFromTo(2, 3)
    with qtbot.waitSignal(window.printer.ended):
        window.printer.print_to(device)
    assert len(pages_of(tmp_path / "second.pdf")) == 2
    widths = [command.width for command in practice.asked(ShowPage)]
    assert widths.count(PAGE_PIXELS) == 5


def test_a_text_is_printed_dark_on_white_whatever_the_window_looks_like(
    unlocked: OpenDesk, practice: Practice, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = unlocked(practice, appearance=Appearance.DARK)
    window = document_of(desk, "Résultats 22 novembre.xml")
    with qtbot.waitSignal(window.printer.ended):
        window.printer.print_to(printed_to(tmp_path / "text.pdf"))
    (page,) = pages_of(tmp_path / "text.pdf")
    assert "Syndrome inflammatoire" in page
    assert "▲ 11,8" in page
    document = pypdfium2.PdfDocument(tmp_path / "text.pdf")
    shades = bytes(document[0].render(grayscale=True).buffer)
    assert min(shades) < 0x50
    assert shades.count(0xFF) > len(shades) * 0.8
    document.close()


def test_closing_the_window_ends_what_is_being_printed(
    desk: Desk, practice: Practice, tmp_path: Path
) -> None:
    window = report_of(desk, practice)
    ended: list[bool] = []
    window.printer.ended.connect(ended.append)
    window.printer.print_to(printed_to(tmp_path / "begun.pdf"))
    assert window.printer.is_busy
    desk.window.lock()
    settle(desk)
    assert ended == []
    assert len(practice.asked(ShowPage)) < 6
    assert not desk.window.findChildren(DocumentWindow)


def test_a_screen_reader_is_told_what_is_on_the_page(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    window = report_of(desk, practice)
    qtbot.waitUntil(lambda: "épaule" in window.pages.accessibleDescription())
    window.pages.turn_to(2)
    qtbot.waitUntil(lambda: "rééducation," not in window.pages.accessibleDescription())
    qtbot.waitUntil(lambda: "domicile" in window.pages.accessibleDescription())
    window.done(0)
    assert window.pages.accessibleDescription() == ""


def test_a_page_that_cannot_be_drawn_is_not_said_to_be_printed(
    desk: Desk, practice: Practice, qtbot: QtBot, tmp_path: Path
) -> None:
    window = report_of(desk, practice)
    practice.fail_next(ShowPage, Failure.PAGE_UNREADABLE)
    with qtbot.waitSignal(window.printer.ended) as ended:
        window.printer.print_to(printed_to(tmp_path / "none.pdf"))
    assert ended.args == [False]
    assert "Not printed" in texts_of(window.news)
