# SPDX-License-Identifier: AGPL-3.0-or-later
"""Has the engine read what somebody hands over as a picture: nothing foreign is unpacked in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.interface.codes import ReadCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import QObject

    from app.window.bridge import Bridge

PICTURES: Final = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
"""The endings of the images that are offered first; what a file is its content says."""


class Codes:
    """Reads through the engine of the account shown, which may be locked."""

    def __init__(self, bridge: Callable[[], Bridge]) -> None:
        self._bridge = bridge

    def read(self, path: Path, owner: QObject, then: Callable[[str], None]) -> None:
        """Call `then` later with what a file says, nothing if it says nothing; never when `owner` is gone by then."""
        self._bridge().request(
            owner,
            ReadCode(path=str(path)),
            lambda found: then(found.text),
            lambda *_: then(""),
        )
