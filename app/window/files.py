# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that a person asks for, on threads: a disk of the network may be slow, or gone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from app.window.aside import aside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtCore import QObject


def write_private(path: Path, content: bytes, owner: QObject, then: Callable[[bool], None]) -> None:
    """Write a file for its owner alone, and call `then` later with whether it worked; not when `owner` is gone."""
    aside(lambda: _written(path, content), owner, then)


def whether_all(
    test: Callable[[Path], bool],
    paths: Sequence[Path],
    owner: QObject,
    then: Callable[[bool], None],
) -> None:
    """Call `then` later with whether a test holds for all paths; not when `owner` is gone by then."""
    aside(lambda: all(map(test, paths)), owner, then)


def _written(path: Path, content: bytes) -> bool:
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "wb") as file:
            # The rights of a file that was there already are its old ones.
            path.chmod(0o600)
            file.write(content)
    except (OSError, ValueError):
        return False
    return True
