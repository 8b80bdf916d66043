# SPDX-License-Identifier: AGPL-3.0-or-later
"""Readable copies of documents for other programs: in folders of this person alone, and removed again."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine.ports.files import DirectoryUnwritableError
from app.engine.vault.durable import make_private_directory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.ports.machine import RandomBytes

_FOLDER: Final = 0o700
_READ_ONLY: Final = 0o400

_log = logging.getLogger(__name__)


class PrivateCopies:
    """Implements `Copies` in the first of some folders that has room."""

    def __init__(self, folders: Sequence[Path], *, random_bytes: RandomBytes) -> None:
        """Take the folders, the best first; each belongs to these copies alone."""
        self._folders = tuple(folders)
        self._random_bytes = random_bytes

    def make_folder(self, size: int) -> str:
        """See the port."""
        for folder in self._folders:
            try:
                make_private_directory(folder)
                # In memory that other programs need too, so not more than half of what is left.
                if shutil.disk_usage(folder).free < 2 * size and folder != self._folders[-1]:
                    continue
                # Its own folder for each, so that two of the same name keep their names.
                fresh = folder / self._random_bytes(8).hex()
                fresh.mkdir(mode=_FOLDER)
            except OSError:
                continue
            return str(fresh)
        raise DirectoryUnwritableError

    def protect(self, path: str) -> None:
        """See the port."""
        if sys.platform != "win32":
            Path(path).chmod(_READ_ONLY)

    def are_left(self) -> bool:
        """See the port."""
        return any(folder.exists() for folder in self._folders)

    def forget(self) -> bool:
        """See the port."""
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        is_gone = not self.are_left()
        if not is_gone:
            _log.warning("another program still holds copies of documents")
        return is_gone


def copies_folders(profile: Path) -> tuple[Path, ...]:
    """Return where copies go: memory that ends with the person's session if there is such, else the profile."""
    in_profile = profile / "copies"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if not runtime or not Path(runtime).is_absolute():
        return (in_profile,)
    # Several profiles of one person keep apart, by the one thing that tells their folders apart.
    status = profile.stat()
    return (Path(runtime) / "u-healthsec" / f"{status.st_dev:x}-{status.st_ino:x}", in_profile)
