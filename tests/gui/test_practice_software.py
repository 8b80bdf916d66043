# SPDX-License-Identifier: AGPL-3.0-or-later
"""The settings about practice software: warned first, then shared; refusals with their reasons; left again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.interface.folders import FolderTrouble, WatchFolders
from app.window.views.practice_software import PracticeSoftwareSection
from app.window.views.settings import SettingsDialog
from crypto_core.wire.words import WordLanguage
from tests.fakes.scripted_engine import Practice
from tests.gui.conftest import texts_of
from tests.gui.samples import shared_folders

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.gui.conftest import OpenDesk


@pytest.fixture
def practice() -> Practice:
    return Practice()


@pytest.fixture
def desk(unlocked: OpenDesk, practice: Practice) -> Desk:
    return unlocked(practice)


def section_of(desk: Desk, qtbot: QtBot) -> PracticeSoftwareSection:
    desk.window.settings_asked.emit()
    (dialog,) = desk.window.findChildren(SettingsDialog)
    page = dialog.show_page_of(PracticeSoftwareSection)
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    return page


def shown(widget: QWidget) -> bool:
    return not widget.isHidden()


def test_a_folder_is_shared_only_after_the_warning(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    section = section_of(desk, qtbot)
    assert section.state.text() == "No folder is shared"
    assert not shown(section.stop)
    section.consider("/media/cabinet/logiciel")
    assert "is not encrypted" in texts_of(section.warning)
    section.decline.click()
    assert not shown(section.warning)
    section.consider("/media/cabinet/logiciel")
    assert practice.asked(WatchFolders) == []
    section.accept.click()
    qtbot.waitUntil(lambda: section.state.text() == "✓ Shared: /media/cabinet/logiciel")
    (asked,) = practice.asked(WatchFolders)
    assert asked.settings.folder == "/media/cabinet/logiciel"
    assert asked.settings.language is WordLanguage.ENGLISH
    assert not shown(section.warning)
    section.packs.click()
    qtbot.waitUntil(lambda: practice.folders.state.settings.packs_cda)
    section.writes.click()
    qtbot.waitUntil(lambda: not practice.folders.state.settings.writes_received)
    qtbot.waitUntil(lambda: not section.packs.isEnabled())
    section.stop.click()
    qtbot.waitUntil(lambda: section.state.text() == "No folder is shared")
    assert practice.folders.state.settings.folder == ""


def test_what_happens_in_the_folder_is_shown_while_it_happens(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.folders.state = replace(shared_folders(), refused=(), refused_count=0, sent=1)
    section = section_of(desk, qtbot)
    assert "1 letter sent" in texts_of(section)
    assert not shown(section.refused)
    practice.folders.become(shared_folders())
    qtbot.waitUntil(lambda: "214 letters sent" in texts_of(section))
    assert shown(section.refused)
    said = texts_of(section.refused)
    assert "The identity of Dr Bernard Petit is not verified" in said
    assert "Several contacts are called “Martin”" in said
    practice.folders.become(replace(shared_folders(), trouble=FolderTrouble.FOLDER_MISSING))
    qtbot.waitUntil(lambda: section.state.text().startswith("△ The folder is not there"))


def test_a_folder_that_cannot_be_shared_is_explained(
    desk: Desk, practice: Practice, qtbot: QtBot
) -> None:
    practice.folders.is_allowed = False
    section = section_of(desk, qtbot)
    section.consider("/media/cabinet")
    section.accept.click()
    qtbot.waitUntil(lambda: shown(section.banner))
    assert "cannot have this folder" in texts_of(section.banner)
    assert section.state.text() == "No folder is shared"
