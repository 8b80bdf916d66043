# SPDX-License-Identifier: AGPL-3.0-or-later
"""logind and screen savers, played over a real D-Bus of the test's own."""

from __future__ import annotations

import shutil
import subprocess
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest
from PySide6.QtDBus import QDBusConnection, QDBusMessage

from app.window.presence.freedesktop import LOGIND, FreeDesktop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

_CONFIGURATION: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""


class Bus:
    """A bus with a connection that plays the desktop and one that listens."""

    def __init__(self, address: str) -> None:
        self.player = QDBusConnection.connectToBus(address, "player")
        self.listener = QDBusConnection.connectToBus(address, "listener")
        assert self.player.registerService(LOGIND)
        self.desktop = FreeDesktop(self.listener, self.listener)
        self.said: list[str] = []
        self.desktop.sleeping.connect(lambda: self.said.append("sleeping"))
        self.desktop.left.connect(lambda: self.said.append("left"))

    def play(self, path: str, interface: str, name: str, *arguments: object) -> None:
        """Send a signal to everybody."""
        message = QDBusMessage.createSignal(path, interface, name)
        message.setArguments(list(arguments))
        assert self.player.send(message)

    def has_said(self, count: int) -> bool:
        """Whether so many things were said."""
        return len(self.said) == count

    def close(self) -> None:
        """Leave the bus."""
        self.desktop.stop()
        for name in ("player", "listener"):
            QDBusConnection.disconnectFromBus(name)


@pytest.fixture
def bus(qtbot: QtBot, tmp_path: Path) -> Iterator[Bus]:
    """Start a bus of our own; skip where there is no dbus-daemon."""
    del qtbot
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("dbus-daemon is not installed")
    configuration = tmp_path / "bus.conf"
    configuration.write_text(_CONFIGURATION.format(socket=tmp_path / "bus"), encoding="utf-8")
    process = subprocess.Popen(
        [daemon, f"--config-file={configuration}", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = Bus(process.stdout.readline().strip())
        yield found
        found.close()
    finally:
        process.terminate()
        process.communicate()


def test_sleep_a_locked_session_and_a_screen_saver_are_heard(bus: Bus, qtbot: QtBot) -> None:
    bus.play(f"/{LOGIND.replace('.', '/')}", f"{LOGIND}.Manager", "PrepareForSleep", True)  # noqa: FBT003
    qtbot.waitUntil(lambda: bus.said == ["sleeping"])
    bus.play(f"/{LOGIND.replace('.', '/')}/session/_37", f"{LOGIND}.Session", "Lock")
    qtbot.waitUntil(lambda: bus.said == ["sleeping", "left"])
    for count, (path, interface) in enumerate(
        (
            ("/ScreenSaver", "org.freedesktop.ScreenSaver"),
            ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver"),
        ),
        start=3,
    ):
        bus.play(path, interface, "ActiveChanged", True)  # noqa: FBT003 - as D-Bus says it
        qtbot.waitUntil(partial(bus.has_said, count))
    assert bus.said[2:] == ["left", "left"]


def test_waking_up_and_coming_back_lock_nothing(bus: Bus, qtbot: QtBot) -> None:
    bus.play(f"/{LOGIND.replace('.', '/')}", f"{LOGIND}.Manager", "PrepareForSleep", False)  # noqa: FBT003
    bus.play("/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", False)  # noqa: FBT003
    bus.play(f"/{LOGIND.replace('.', '/')}/session/_37", f"{LOGIND}.Session", "Unlock")
    # The bus keeps the order, so what comes last has let the others pass.
    bus.play(f"/{LOGIND.replace('.', '/')}/session/_37", f"{LOGIND}.Session", "Lock")
    qtbot.waitUntil(lambda: bool(bus.said))
    assert bus.said == ["left"]


def test_without_any_bus_it_is_silent() -> None:
    nowhere = QDBusConnection("nowhere")
    FreeDesktop(nowhere, nowhere).stop()
