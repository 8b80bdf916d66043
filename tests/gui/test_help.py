# SPDX-License-Identifier: AGPL-3.0-or-later
"""The help is there when somebody needs it: locked out, offline, in their language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.engine.folders.notes import NotedPatient, parse_note
from app.window.help.pages import help_pages
from app.window.i18n.catalogues import Language
from app.window.shortcuts import GROUPS, Group, Shortcut, shown
from app.window.views.help import HelpWindow
from tests.gui.samples import sample_practice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.gui.conftest import OpenDesk


def test_a_locked_window_has_help_in_the_language_of_the_person(
    open_desk: OpenDesk, qtbot: QtBot
) -> None:
    desk = open_desk(sample_practice(), language=Language.FRENCH)
    QTest.keyClick(desk.window, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(HelpWindow)))
    (assistance,) = desk.window.findChildren(HelpWindow)
    assert "Trouvez un correspondant" in assistance.text.toPlainText()
    assistance.turn_to(4)
    assert "Retrouver mon compte" in assistance.text.toPlainText()
    # A second time brings the same window forward.
    QTest.keyClick(desk.window, Qt.Key.Key_F1)
    assert desk.window.findChildren(HelpWindow) == [assistance]


def test_the_map_of_the_keys_has_every_key(unlocked: OpenDesk) -> None:
    desk = unlocked(sample_practice())
    desk.window.show_help()
    (assistance,) = desk.window.findChildren(HelpWindow)
    assistance.titles[-1].click()
    text = assistance.text.toPlainText()
    alone = [each for each in Shortcut if each not in GROUPS[Group.ACCOUNTS]]
    assert [each for each in alone if shown(each) not in text] == []


def test_both_languages_have_the_same_pages_and_point_nowhere_else() -> None:
    french, english = help_pages(is_french=True), help_pages(is_french=False)
    assert [page.number for page in french] == [page.number for page in english]
    for page in (*french, *english):
        assert page.text.startswith("# ")
        assert "](" not in page.text
        assert "http" not in page.text


@pytest.mark.parametrize("is_french", [True, False])
def test_the_note_for_practice_software_is_one_that_is_read(*, is_french: bool) -> None:
    page = next(each for each in help_pages(is_french=is_french) if each.number == 7)
    keys = ("à", "objet", "patient") if is_french else ("to", "subject", "patient")
    lines = [
        line.removeprefix("- ")
        for line in page.text.splitlines()
        if line.startswith(tuple(f"- {key}" for key in keys))
    ]
    note = parse_note("\n".join(lines).encode())
    assert note.to == ("Boris Petit",)
    assert note.patient == NotedPatient(
        family_name="Durand", given_name="Lucie", birth_date="1984-02-29"
    )


@pytest.mark.parametrize("page", help_pages(is_french=True), ids=lambda page: str(page.number))
def test_french_typography(page: object) -> None:
    text = str(getattr(page, "text", ""))
    assert re.findall(r"\S [:;?!]|'|[«] \S", text) == []
