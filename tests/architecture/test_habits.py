# SPDX-License-Identifier: AGPL-3.0-or-later
"""Habits that no linter knows of: tests wait for events, migrations stand alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"app", "crypto_core", "relay_server", "tests"}


def waits_for_time(source: str) -> list[int]:
    """Return the lines that let time pass instead of waiting for something to happen.

    ``sleep(0)`` only gives way to other tasks, and ``Event.wait()`` waits for an event.
    """
    lines = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        gives_way = [ast.unparse(argument) for argument in node.args] == ["0"]
        sleeps = called.split(".")[-1] == "sleep" and not gives_way
        if sleeps or called in {"qtbot.wait", "QTest.qWait", "QTest.qSleep", "QThread.msleep"}:
            lines.append(node.lineno)
    return lines


def imported_packages(source: str) -> set[str]:
    """Return the first names of everything a module imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or ".").split(".")[0])
    return names


def test_no_test_lets_time_pass() -> None:
    waiting = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if (lines := waits_for_time(path.read_text(encoding="utf-8")))
    }
    assert not waiting


@pytest.mark.parametrize(
    "source", ["time.sleep(0.1)", "await asyncio.sleep(pause)", "qtbot.wait(50)", "sleep(1)"]
)
def test_letting_time_pass_would_be_seen(source: str) -> None:
    assert waits_for_time(source) == [1]


@pytest.mark.parametrize("source", ["await asyncio.sleep(0)", "event.wait()", "process.wait(5)"])
def test_waiting_for_something_is_allowed(source: str) -> None:
    assert waits_for_time(source) == []


def numbers_in_failures(source: str) -> list[int]:
    """Return the lines that give a failure the number of something, which people would be shown."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] == "CommandError"
        and any(".hex()" in ast.unparse(argument) for argument in node.args)
    ]


def test_no_failure_tells_people_a_number() -> None:
    told = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sorted((ROOT / "app").rglob("*.py"))
        if (lines := numbers_in_failures(path.read_text(encoding="utf-8")))
    }
    assert not told


def test_a_number_in_a_failure_would_be_seen() -> None:
    assert numbers_in_failures("raise CommandError(Failure.INVALID, account.hex())") == [1]


def test_migrations_stand_alone() -> None:
    # What they once did must not change when the code they would have imported does.
    steps = list((ROOT / "relay_server" / "database" / "migrations" / "versions").glob("*.py"))
    assert steps
    for step in steps:
        assert not imported_packages(step.read_text(encoding="utf-8")) & OURS, step.name


def test_an_import_of_ours_would_be_seen() -> None:
    assert imported_packages("from crypto_core.wire import ids") & OURS
    assert imported_packages("import relay_server.errors") & OURS
