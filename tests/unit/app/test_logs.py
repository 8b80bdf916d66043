# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import logging
import os
import stat
from typing import TYPE_CHECKING

import pytest

from app.interface.failures import Failure
from app.logs import start_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def own_root() -> Iterator[None]:
    """Give the root logger back as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)
            handler.close()
    root.handlers[:] = before
    root.setLevel(level)


def logged(profile: Path) -> str:
    return (profile / "logs" / "test.log").read_text(encoding="utf-8")


def test_content_does_not_reach_the_file(tmp_path: Path) -> None:
    start_log(tmp_path, "test")
    log = logging.getLogger("app.engine.something")
    log.warning("%s failed after %d bytes: %s", "Synchronise", 17, b"canary-bytes")
    log.warning("text %s", "canary-text " * 40)
    log.warning("object %s", {"canary-dict": 1})
    log.warning("named %(a)s", {"a": b"canary-named"})
    log.warning("enum %s", Failure.LOCKED)
    logging.getLogger("httpx").warning("HTTP Request: GET https://relay/?q=%s", "canary-query")
    logging.getLogger("other").warning("canary-sentence")
    try:
        int("canary-exception")
    except ValueError:
        log.exception("it broke")
        log.warning("because of %s", ValueError("canary-value"))
    text = logged(tmp_path)
    assert "canary" not in text
    assert "Synchronise failed after 17 bytes: <bytes of 12>" in text
    assert "<str of 480>" in text
    assert "enum LOCKED" in text
    assert "it broke | ValueError at test_logs.py:" in text
    assert text.count("\n") == 9


def test_files_are_for_their_owner_and_rotate(tmp_path: Path) -> None:
    start_log(tmp_path, "test")
    log = logging.getLogger("app.test")
    for _ in range(12_000):
        log.warning("%s", "x" * 190)
    files = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert files == ["test.log", "test.log.1", "test.log.2"]
    if os.name == "posix":
        for path in (tmp_path / "logs").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_starting_again_does_not_log_twice(tmp_path: Path) -> None:
    start_log(tmp_path, "test")
    start_log(tmp_path, "test")
    logging.getLogger("app").warning("once")
    assert logged(tmp_path).count("once") == 1
