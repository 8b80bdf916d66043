# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a morning in front of the window was like, in figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SWITCHES: Final = 100
LINES: Final = 50
"""Conversations that are opened in turn, where there are so many."""
PAGES_SCROLLED: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What one run of the window says; times in seconds, memory in bytes.

    `open` is when the engine has opened the store, `usable` when the newest letter stands beside the list: both from the
    passphrase on. A switch lasts from the click until the other letter's text begins to be painted.
    """

    open: float
    usable: float
    switches: tuple[float, ...]
    window_bytes: int
    engine_bytes: int

    @property
    def resident_bytes(self) -> int:
        """Both processes."""
        return self.window_bytes + self.engine_bytes
