# SPDX-License-Identifier: AGPL-3.0-or-later
"""logind and screen savers, played over a real D-Bus of the test's own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtDBus import QDBusConnection

from app.window.presence.freedesktop import LOGIND, FreeDesktop
from tests.fakes.private_bus import MANAGER_PATH, PrivateBus, private_bus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SESSION = (f"{MANAGER_PATH}/session/_37", f"{LOGIND}.Session")


class Listener:
    """What the window would hear."""

    def __init__(self, bus: PrivateBus) -> None:
        self.desktop = FreeDesktop(bus.listener, bus.listener)
        self.said: list[str] = []
        self.desktop.sleeping.connect(lambda: self.said.append("sleeping"))
        self.desktop.left.connect(lambda: self.said.append("left"))

    def has_said(self, count: int) -> bool:
        """Whether so many things were said."""
        return len(self.said) == count


@pytest.fixture
def bus(qtbot: QtBot, tmp_path: Path) -> Iterator[PrivateBus]:
    del qtbot
    with private_bus(tmp_path) as found:
        yield found


@pytest.fixture
def listener(bus: PrivateBus) -> Iterator[Listener]:
    found = Listener(bus)
    yield found
    found.desktop.stop()


def test_sleep_a_locked_session_and_a_screen_saver_are_heard(
    bus: PrivateBus, listener: Listener, qtbot: QtBot
) -> None:
    bus.prepare_for_sleep(is_beginning=True)
    qtbot.waitUntil(lambda: listener.said == ["sleeping"])
    bus.play(*SESSION, "Lock")
    qtbot.waitUntil(lambda: listener.said == ["sleeping", "left"])
    for count, (path, interface) in enumerate(
        (
            ("/ScreenSaver", "org.freedesktop.ScreenSaver"),
            ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver"),
        ),
        start=3,
    ):
        bus.play(path, interface, "ActiveChanged", True)  # noqa: FBT003 - as D-Bus says it
        qtbot.waitUntil(partial(listener.has_said, count))
    assert listener.said[2:] == ["left", "left"]


def test_waking_up_and_coming_back_lock_nothing(
    bus: PrivateBus, listener: Listener, qtbot: QtBot
) -> None:
    bus.prepare_for_sleep(is_beginning=False)
    bus.play("/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", False)  # noqa: FBT003
    bus.play(*SESSION, "Unlock")
    # The bus keeps the order, so what comes last has let the others pass.
    bus.play(*SESSION, "Lock")
    qtbot.waitUntil(lambda: bool(listener.said))
    assert listener.said == ["left"]


def test_the_computer_waits_with_its_sleep_until_it_may(
    bus: PrivateBus, listener: Listener, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: bus.waits_for == 1)
    what, who, _why, mode = bus.asked[0]
    assert (what, who, mode) == ("sleep", "U-HealthSec", "delay")
    bus.prepare_for_sleep(is_beginning=True)
    qtbot.waitUntil(lambda: listener.said == ["sleeping"])
    assert bus.waits_for == 1
    listener.desktop.may_sleep()
    qtbot.waitUntil(lambda: bus.waits_for == 0)
    # Awake again, the next sleep waits too; and once is enough.
    bus.prepare_for_sleep(is_beginning=False)
    qtbot.waitUntil(lambda: bus.waits_for == 1)
    bus.prepare_for_sleep(is_beginning=False)
    bus.play(*SESSION, "Lock")
    qtbot.waitUntil(lambda: listener.said == ["sleeping", "left"])
    assert len(bus.asked) == 2


def test_a_window_that_ends_keeps_no_computer_awake(bus: PrivateBus, qtbot: QtBot) -> None:
    # Before the answer has come, and after.
    Listener(bus).desktop.stop()
    qtbot.waitUntil(lambda: len(bus.asked) == 1 and bus.waits_for == 0)
    later = Listener(bus)
    qtbot.waitUntil(lambda: bus.waits_for == 1)
    later.desktop.stop()
    qtbot.waitUntil(lambda: bus.waits_for == 0)


def test_without_any_bus_it_is_silent() -> None:
    nowhere = QDBusConnection("nowhere")
    desktop = FreeDesktop(nowhere, nowhere)
    desktop.may_sleep()
    desktop.stop()
