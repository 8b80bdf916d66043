# SPDX-License-Identifier: AGPL-3.0-or-later
"""The window in front of 100 000 letters: how soon it shows its list, and how soon one more.

Each figure is taken in fresh processes, in turn for the two things compared. The start is that of a user: a
window process, its engine process, the passphrase, and the encrypted store. The line that is added comes from
a scripted engine, so that it measures the window alone.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.benchmarks.result import Result, at_most
from tests.gui.samples import row_at

if TYPE_CHECKING:
    from collections.abc import Sequence

MANY: Final = 100_000
FEW: Final = 100
STARTS: Final = 7
APPENDS: Final = 40
START_REACH: Final = 1.2
APPEND_REACH: Final = 2.0
PAINTED: Final = "painted"
TIMEOUT_SECONDS: Final = 120
PASSPHRASE: Final = "trois marches vers la rive bleue"


def measure() -> list[Result]:
    """Return both figures."""
    with tempfile.TemporaryDirectory() as folder:
        start = _measure_start(Path(folder))
    return [start, _measure_append()]


def _measure_start(folder: Path) -> Result:
    from tests.fakes.large_vault import make_large_profile  # noqa: PLC0415 - no part of a start

    empty, full = folder / "empty", folder / "full"
    for profile, messages in ((empty, 0), (full, MANY)):
        asyncio.run(make_large_profile(profile, messages=messages, passphrase=PASSPHRASE))
    _seconds_to_paint(full)  # The first start reads the libraries from the disk.
    pairs = [(_seconds_to_paint(empty), _seconds_to_paint(full)) for _ in range(STARTS)]
    # The best of several: whatever else the machine does only ever adds.
    without, with_many = (min(times) for times in zip(*pairs, strict=True))
    return at_most(
        "window: start to first painted list with 100 000 messages",
        with_many / without,
        START_REACH,
        f"{with_many:.2f} s with, {without:.2f} s without, passphrase and engine process included",
    )


def _seconds_to_paint(profile: Path) -> float:
    """Start the window in a process of its own and return how long it takes to paint its list."""
    before = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.window", "start", str(profile)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        if process.stdout is None:
            raise RuntimeError("the child has no pipe")
        line = process.stdout.readline().strip()
        elapsed = time.perf_counter() - before
        process.communicate(timeout=TIMEOUT_SECONDS)
    if line != PAINTED or process.returncode != 0:
        raise RuntimeError(f"the window ended with {process.returncode} and said {line!r}")
    return elapsed


def _measure_append() -> Result:
    few, many = (
        float(
            subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.window", "append", str(count)],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=True,
            ).stdout
        )
        for count in (FEW, MANY)
    )
    return at_most(
        "list: append one row at 100 000",
        many / few,
        APPEND_REACH,
        f"{1000 * many:.1f} ms at 100 000, {1000 * few:.1f} ms at 100, arrival to paint",
    )


# The programs that are measured, each in its own process


def _start(profile: Path) -> int:
    """Open the mailbox, say when its list is painted, and end."""
    import os  # noqa: PLC0415 - the parent needs none of this

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEvent, QObject  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from app.interface.pipe import EngineProcess  # noqa: PLC0415
    from app.window.desk import Desk  # noqa: PLC0415
    from app.window.i18n.formats import SystemClock  # noqa: PLC0415
    from app.window.preferences import Preferences  # noqa: PLC0415
    from app.window.viewmodels.conversations import ListState  # noqa: PLC0415

    application = QApplication([])

    class Watch(QObject):
        """Waits for the paint that shows the list, or that there is nothing in it."""

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            state = desk.mailbox.conversations.state
            if event.type() == QEvent.Type.Paint and state in {ListState.FILLED, ListState.EMPTY}:
                print(PAINTED, flush=True)  # noqa: T201 - what the parent waits for
                pane.list.viewport().removeEventFilter(watch)
                pane.empty.removeEventFilter(watch)
                application.quit()
            return False

    desk = Desk(application, Preferences(profile), lambda: EngineProcess(profile), SystemClock())
    pane = desk.window.mail.conversations
    watch = Watch()
    pane.list.viewport().installEventFilter(watch)
    pane.empty.installEventFilter(watch)
    desk.unlock_with(PASSPHRASE)
    desk.start()
    code = application.exec()
    desk.stop()
    return code


def _append(count: int) -> int:
    """Print the median seconds from the arrival of a letter until its line is painted on top."""
    import os  # noqa: PLC0415 - the parent needs none of this

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEvent, QEventLoop, QObject  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from app.window.desk import Desk  # noqa: PLC0415
    from app.window.i18n.formats import SystemClock  # noqa: PLC0415
    from app.window.preferences import Preferences  # noqa: PLC0415
    from crypto_core.wire.ids import UnixMillis  # noqa: PLC0415
    from tests.fakes.scripted_engine import NOW, ManyRows, Practice  # noqa: PLC0415
    from tests.fakes.scripted_engine import PASSPHRASE as SCRIPTED_PASSPHRASE  # noqa: PLC0415

    application = QApplication([])
    practice = Practice(many=ManyRows(count))
    account = practice.add_contact("Dr Karim Benali")
    loop = QEventLoop()
    wanted = ["Courrier 0"]

    class Watch(QObject):
        """Ends the waiting when the line that is wanted on top is painted."""

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            model = desk.mailbox.conversations
            if (
                event.type() == QEvent.Type.Paint
                and model.rowCount()
                and row_at(model, 0).subject == wanted[0]
            ):
                loop.quit()
            return False

    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(
            application,
            Preferences(Path(folder)),
            practice.connect,
            SystemClock(),
            refresh_milliseconds=0,
        )
        viewport = desk.window.mail.conversations.list.viewport()
        watch = Watch()
        viewport.installEventFilter(watch)
        desk.unlock_with(SCRIPTED_PASSPHRASE)
        desk.start()
        loop.exec()
        times = []
        for number in range(APPENDS):
            wanted[0] = f"Nouveau {number}"
            before = time.perf_counter()
            practice.receive(account, wanted[0], "Bonjour", at=UnixMillis(NOW + number))
            loop.exec()
            times.append(time.perf_counter() - before)
        desk.stop()
    print(statistics.median(times))  # noqa: T201 - what the parent reads
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run one of the measured programs."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.window")
    programs = parser.add_subparsers(dest="program", required=True)
    start = programs.add_parser("start")
    start.add_argument("profile", type=Path)
    append = programs.add_parser("append")
    append.add_argument("count", type=int)
    options = parser.parse_args(arguments)
    if options.program == "append":
        return _append(options.count)
    return _start(options.profile)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
