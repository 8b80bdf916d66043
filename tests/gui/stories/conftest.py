# SPDX-License-Identifier: AGPL-3.0-or-later
"""A practitioner at the window, of whom every story tells; the thread that paints is watched all along.

With UHS_STALLS, the name of each story and its longest stall in seconds are added to that file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.window.i18n.catalogues import Language
from tests.gui.samples import sample_practice
from tests.gui.stories.main_thread import MainThread
from tests.gui.stories.sitting import Sitting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.fakes.scripted_engine import Practice
    from tests.gui.conftest import OpenDesk


@pytest.fixture(scope="session")
def main_thread(qapp: QApplication) -> MainThread:
    """Return the watch over the thread that paints."""
    # As the program calls itself; without it, a desktop cannot say how much mail waits.
    qapp.setDesktopFileName("uhealthsec")
    return MainThread()


@pytest.fixture
def practice() -> Practice:
    """Return the practice that a story is about."""
    return sample_practice()


@pytest.fixture
def seance(
    request: pytest.FixtureRequest,
    open_desk: OpenDesk,
    practice: Practice,
    main_thread: MainThread,
    qtbot: QtBot,
) -> Iterator[Sitting]:
    """Return somebody in front of the locked window, in French; from here on nothing may make it wait."""
    desk = open_desk(practice, language=Language.FRENCH)
    qtbot.waitUntil(desk.window.isActiveWindow)
    with main_thread.watched():
        yield Sitting(desk, practice, qtbot)
        longest = main_thread.longest_seconds
    assert not main_thread.waits
    stalls = os.environ.get("UHS_STALLS")
    if stalls is not None:
        with Path(stalls).open("a", encoding="utf-8") as file:
            file.write(f"{request.node.name} {longest:.4f}\n")
