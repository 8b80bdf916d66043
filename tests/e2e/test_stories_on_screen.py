# SPDX-License-Identifier: AGPL-3.0-or-later
"""The stories of tests/gui/stories once more, in real windows: an X server, and a manager that places and activates."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOLS = ("Xvfb", "openbox")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
TIMEOUT_SECONDS = 300
"""So that a story that never ends does not keep all the others."""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def managed_screen(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of programs on a screen whose windows are managed; skipped only where CI promises no tools."""
    if MISSING and not os.environ.get("UHS_CI"):
        pytest.skip(f"not installed: {', '.join(MISSING)}")
    reading, writing = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as number:
        environment = os.environ | {
            "DISPLAY": f":{number.readline().strip()}",
            "QT_QPA_PLATFORM": "xcb",
            # Not the settings of whoever runs the tests.
            "HOME": str(tmp_path),
            "XDG_CONFIG_HOME": str(tmp_path),
            "XDG_CACHE_HOME": str(tmp_path),
        }
    with (tmp_path / "openbox.log").open("wb") as log:
        manager = subprocess.Popen(
            ["openbox", "--sm-disable"], env=environment, stdout=log, stderr=log
        )
    try:
        yield environment
    finally:
        for process in (manager, screen):
            process.terminate()
            process.wait()


def test_every_story_is_lived_on_a_managed_screen(managed_screen: dict[str, str]) -> None:
    stories = ["tests/gui/stories", "-k", "not watch"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--onscreen", "-q", "-p", "no:cacheprovider", *stories],
        cwd=ROOT,
        env=managed_screen,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
