# SPDX-License-Identifier: AGPL-3.0-or-later
"""The practitioners' windows."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from programs import program
from stage import DemoError, say, title

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from programs import Practitioner


def has_display() -> bool:
    """Tell whether a window could be seen."""
    if sys.platform.startswith(("win", "darwin")):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_window(person: Practitioner, *options: str) -> subprocess.Popen[bytes]:
    """Open somebody's window, unlocked; without a screen it is painted where nobody sees it."""
    environment = dict(os.environ)
    if not has_display():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    command = [
        *program("app"),
        "--profile",
        str(person.profile),
        "--passphrase-file",
        "-",
        *options,
    ]
    window = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
    assert window.stdin is not None  # noqa: S101 - asked for above
    with window.stdin:
        window.stdin.write(person.passphrase.encode())
    return window


def show_windows(people: Sequence[Practitioner], screenshots: Path | None) -> None:
    """Open one window for each practitioner, and wait until they are closed."""
    title("The windows")
    windows = []
    for person in people:
        options: tuple[str, ...] = ()
        if screenshots is not None:
            options = ("--screenshot", str(screenshots / person.profile.name))
        windows.append(open_window(person, *options))
    if screenshots is None:
        say("Both practitioners’ windows are open. Close them to end the demonstration.")
    if any(window.wait() != 0 for window in windows):
        raise DemoError("a window ended with an error")
    if screenshots is not None:
        for picture in sorted(screenshots.rglob("*.png")):
            say(str(picture))
