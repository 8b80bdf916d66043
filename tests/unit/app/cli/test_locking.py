# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking a window to lock: it does, there is none, or it does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.locking import Locked, lock_window
from app.paths import lock_request, window_lock

if TYPE_CHECKING:
    from pathlib import Path


def test_a_window_that_removes_the_request_has_locked(tmp_path: Path) -> None:
    window_lock(tmp_path).touch()
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            lock_request(tmp_path).unlink()

    assert lock_window(tmp_path, wait=wait) is Locked.DONE
    assert len(waited) == 3


def test_without_a_window_nothing_is_left_to_find_by_the_next_one(tmp_path: Path) -> None:
    assert lock_window(tmp_path) is Locked.NOTHING_OPEN
    assert not lock_request(tmp_path).exists()


def test_a_window_that_does_not_answer_is_said_not_to(tmp_path: Path) -> None:
    window_lock(tmp_path).touch()
    waited: list[float] = []
    assert lock_window(tmp_path, wait=waited.append) is Locked.NO_ANSWER
    assert 10 <= sum(waited) <= 20
    assert not lock_request(tmp_path).exists()
