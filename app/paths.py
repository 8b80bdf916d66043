# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the program keeps things on this computer. Imports nothing of ours."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME_VARIABLE: Final = "UHS_HOME"
_NAME: Final = "U-HealthSec"
_OWNER_ONLY: Final = 0o700


class ProfileFolderError(Exception):
    """The folder of the profile cannot be made or used; the text says which and why."""


def default_profile(environment: Mapping[str, str]) -> Path:
    """Return the profile's folder: UHS_HOME, or the usual place for a program's data (never a roaming one)."""
    chosen = environment.get(HOME_VARIABLE, "")
    if chosen:
        return Path(chosen).absolute()
    return platformdirs.user_data_path(_NAME, appauthor=False, roaming=False)


def prepare_profile(profile: Path) -> Path:
    """Make the folder for its owner alone and return its absolute path. Raises ProfileFolderError."""
    folder = profile.absolute()
    try:
        folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        if os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) & ~_OWNER_ONLY:
            # A folder that somebody made by hand, or that was copied from elsewhere.
            folder.chmod(_OWNER_ONLY)
    except OSError as error:
        raise ProfileFolderError(f"{folder}: {error.strerror or 'not usable'}") from error
    return folder


def window_lock(profile: Path) -> Path:
    """Return the file that is there while a window has the profile."""
    return profile / "window.lock"


def lock_request(profile: Path) -> Path:
    """Return the file by which another program asks the window to lock; the window removes it when it has."""
    return profile / "lock.request"


def log_folder(profile: Path) -> Path:
    """Return where the log files of a profile are."""
    return profile / "logs"
