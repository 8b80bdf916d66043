# SPDX-License-Identifier: AGPL-3.0-or-later
"""The window of a scripted practice, and what is said to it."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from app.interface.secret import Secret
from app.window.desk import Desk
from app.window.i18n.catalogues import Language
from app.window.preferences import Preferences
from app.window.presence.memory import Collector
from app.window.theme.theme import Appearance
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.scripted_engine import NOW, PASSPHRASE, Practice
from tests.gui.pictures import PARIS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.window.presence.desktop import Desktop
    from app.window.presence.notices import Announcer

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the offscreen platform say what it cannot do: raise windows, grab keys, give size hints."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(autouse=True)
def collector(qapp: QApplication) -> Iterator[Collector]:
    """Collect cycles where the program does."""
    collector = Collector(qapp)
    yield collector
    collector.deleteLater()
    gc.enable()


class OpenDesk(Protocol):
    """Makes the window of a practice and waits until it knows what is there."""

    def __call__(
        self,
        practice: Practice,
        *,
        language: Language = Language.ENGLISH,
        appearance: Appearance = Appearance.LIGHT,
        text_scale: float = 1.0,
        dwell_milliseconds: int = 0,
        desktop: Desktop | None = None,
        announcer: Announcer | None = None,
    ) -> Desk:
        """Return the desk, its window shown and locked."""


@pytest.fixture
def open_desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[OpenDesk]:
    """Return a maker of windows; they are closed, and their engines ended, after the test."""
    desks: list[Desk] = []

    def make(
        practice: Practice,
        *,
        language: Language = Language.ENGLISH,
        appearance: Appearance = Appearance.LIGHT,
        text_scale: float = 1.0,
        dwell_milliseconds: int = 0,
        desktop: Desktop | None = None,
        announcer: Announcer | None = None,
    ) -> Desk:
        preferences = Preferences(tmp_path)
        preferences.language = language
        preferences.appearance = appearance
        preferences.text_scale = text_scale
        desk = Desk(
            qapp,
            preferences,
            practice.connect,
            FixedClock(NOW, PARIS),
            dwell_milliseconds=dwell_milliseconds,
            refresh_milliseconds=0,
            save_milliseconds=0,
            desktop=desktop,
            announcer=announcer,
        )
        desks.append(desk)
        desk.start()
        qtbot.waitUntil(lambda: desk.bridge.is_quiet and bool(practice.commands))
        return desk

    yield make
    for desk in desks:
        desk.stop()
        desk.window.retire()
        desk.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def unlocked(open_desk: OpenDesk, qtbot: QtBot) -> OpenDesk:
    """Return a maker of windows that show their mail."""

    def make(
        practice: Practice,
        *,
        language: Language = Language.ENGLISH,
        appearance: Appearance = Appearance.LIGHT,
        text_scale: float = 1.0,
        dwell_milliseconds: int = 0,
        desktop: Desktop | None = None,
        announcer: Announcer | None = None,
    ) -> Desk:
        desk = open_desk(
            practice,
            language=language,
            appearance=appearance,
            text_scale=text_scale,
            dwell_milliseconds=dwell_milliseconds,
            desktop=desktop,
            announcer=announcer,
        )
        desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
        qtbot.waitUntil(lambda: desk.mailbox.contacts.is_loaded and desk.bridge.is_quiet)
        return desk

    return make


def texts_of(root: QObject) -> str:
    """Return every text that widgets below an object hold, shown or hidden."""
    found: list[str] = []
    for child in (root, *root.findChildren(QObject)):
        for name in ("text", "plainText", "placeholderText", "toolTip", "accessibleName"):
            value = child.property(name)
            if isinstance(value, str):
                found.append(value)
    return "\n".join(found)
