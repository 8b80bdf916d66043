# SPDX-License-Identifier: AGPL-3.0-or-later
"""A report of an unexpected error names types and places, and nothing that was written."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QMessageBox

from app.window.crash import CrashReporter, describe

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parents[4]
CANARY = "Mme Duval"


def fail() -> None:
    """Fail with content in every text, as a careless library would."""
    try:
        dict[str, str]()[CANARY]
    except KeyError as error:
        raise ValueError(f"cannot show {CANARY}") from error


def caught() -> ValueError:
    """Return the error with its traceback."""
    try:
        fail()
    except ValueError as error:
        return error
    raise AssertionError


def test_a_report_holds_types_and_places_only() -> None:
    report = describe(caught())
    assert "builtins.ValueError" in report
    assert "builtins.KeyError" in report
    assert "window/test_crash.py" in report
    assert CANARY not in report
    assert str(Path.home()) not in report.replace("/", "//")


def test_an_error_that_causes_itself_is_described_once() -> None:
    error = ValueError()
    error.__cause__ = error
    assert describe(error).count("builtins.ValueError") == 1


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_first_error_is_shown_the_others_are_logged(
    qapp: QApplication, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    reporter = CrashReporter(qapp)
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            error = caught()
            with qtbot.waitSignal(reporter.happened):
                reporter._take(ValueError, error, error.__traceback__)

    def dialogs() -> list[QMessageBox]:
        return [
            each
            for each in qapp.topLevelWidgets()
            if isinstance(each, QMessageBox) and each.isVisible()
        ]

    qtbot.waitUntil(lambda: bool(dialogs()))
    (dialog,) = dialogs()
    assert CANARY not in dialog.detailedText() + dialog.text() + dialog.informativeText()
    assert "ValueError" in dialog.detailedText()
    dialog.close()
    assert caplog.text.count("builtins.ValueError") == 2
    assert CANARY not in caplog.text


def test_what_fails_in_a_slot_or_a_thread_is_caught(tmp_path: Path) -> None:
    code = f"""
import logging, sys, threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.window.crash import CrashReporter
logging.basicConfig(stream=sys.stdout)
app = QApplication([])
reporter = CrashReporter(app)
reporter.install()
def fail():
    raise ValueError({CANARY!r})
reports = []
reporter.happened.connect(lambda text: (reports.append(text), len(reports) == 2 and app.quit()))
QTimer.singleShot(0, fail)
threading.Thread(target=fail).start()
app.exec()
print("reports", len(reports))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "reports 2" in done.stdout
    assert CANARY not in done.stdout + done.stderr
