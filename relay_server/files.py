# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files of the data folder: private, whole or absent, and on the disk before anyone relies on them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Put `content` at `path`, readable by its owner only; a crash leaves the old content or the new one."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def read_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return what `path` holds; when it does not exist, what `make` returns, written there first."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        content = make()
        write_private(path, content)
        return content


def sync_folder(folder: Path) -> None:
    """Bring the names in `folder` to the disk; Windows does this by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
