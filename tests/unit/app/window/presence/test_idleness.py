# SPDX-License-Identifier: AGPL-3.0-or-later
"""When nobody is at the computer, by clocks that the test moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.window.presence.idleness import Idleness
from tests.fakes.stopwatch import FakeStopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


class Watched:
    """An idleness of ten minutes and how often it said so."""

    def __init__(self, application: QGuiApplication) -> None:
        self.stopwatch = FakeStopwatch()
        self.parent = QObject()
        self.idleness = Idleness(application, self.stopwatch, 10, self.parent)
        self.said = 0
        self.idleness.over.connect(self.hear)

    def hear(self) -> None:
        """Count."""
        self.said += 1

    def move_pointer(self) -> None:
        """Touch, as a person does: programs' own events are not spontaneous."""
        event = SpontaneousMove()
        self.idleness.eventFilter(self.parent, event)


class SpontaneousMove(QMouseEvent):
    """A movement that comes from outside the program."""

    def __init__(self) -> None:
        none = Qt.MouseButton.NoButton
        super().__init__(
            QEvent.Type.MouseMove, QPointF(), QPointF(), none, none, Qt.KeyboardModifier.NoModifier
        )

    def spontaneous(self) -> bool:
        """Say that it does."""
        return True


@pytest.fixture
def watched(qapp: QApplication) -> Iterator[Watched]:
    """An idleness that is stopped in the end."""
    found = Watched(qapp)
    yield found
    found.idleness.stop()


def test_it_says_so_once_when_the_time_is_over(watched: Watched) -> None:
    watched.stopwatch.pass_by(minutes=9.9)
    watched.idleness.look()
    assert watched.said == 0
    watched.stopwatch.pass_by(minutes=0.1)
    watched.idleness.look()
    watched.idleness.look()
    assert watched.said == 1


def test_a_touch_begins_the_time_anew(watched: Watched) -> None:
    for _ in range(5):
        watched.stopwatch.pass_by(minutes=9)
        watched.move_pointer()
        watched.idleness.look()
    assert watched.said == 0


def test_what_the_program_does_itself_is_no_touch(watched: Watched) -> None:
    watched.stopwatch.pass_by(minutes=9)
    watched.idleness.eventFilter(watched.parent, QEvent(QEvent.Type.MouseMove))
    watched.stopwatch.pass_by(minutes=1)
    watched.idleness.look()
    assert watched.said == 1


def test_sleep_counts_though_one_clock_stood_still(watched: Watched) -> None:
    watched.stopwatch.suspend(minutes=11)
    # The movement that wakes the computer must not hide that it slept.
    watched.move_pointer()
    assert watched.said == 1


def test_a_clock_set_back_hides_nothing(watched: Watched) -> None:
    watched.stopwatch.pass_by(minutes=5)
    watched.stopwatch.at_wall -= 3600
    watched.stopwatch.pass_by(minutes=5)
    watched.idleness.look()
    assert watched.said == 1


def test_another_time_is_in_force_at_once(watched: Watched) -> None:
    watched.idleness.set_minutes(1)
    watched.stopwatch.pass_by(minutes=1)
    watched.idleness.look()
    assert watched.said == 1


def test_a_key_in_a_window_that_was_opened_later_is_a_touch(watched: Watched, qtbot: QtBot) -> None:
    touches: list[bool] = []
    watched.idleness.touched.connect(lambda: touches.append(True))
    later = QWidget()
    qtbot.addWidget(later)
    later.show()
    qtbot.waitUntil(later.isActiveWindow)
    # As it comes from the windowing system, which knows windows and no widgets.
    QTest.keyClick(later.windowHandle(), Qt.Key.Key_Tab)
    assert touches
