# SPDX-License-Identifier: AGPL-3.0-or-later
"""The window shows nothing that the engine does not carry out."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import app.engine
from app.window.offers import Offers

COMMANDS = {
    "has_backups": {"ChooseBackupFolder", "BackUp", "CancelBackup"},
    "has_stolen_computers": {"RevokeWithKit"},
}


def carried_out() -> set[str]:
    """Return the commands for which the engine has a case."""
    (folder,) = app.engine.__path__
    found = set()
    for path in Path(folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name):
                found.add(node.cls.id)
    return found


@pytest.mark.parametrize("offer", COMMANDS)
def test_what_is_offered_is_carried_out(offer: str) -> None:
    assert not getattr(Offers(), offer) or carried_out() >= COMMANDS[offer]


def test_the_cases_of_the_engine_are_found() -> None:
    assert {"Unlock", "BeginLink", "CreateKit"} <= carried_out()
