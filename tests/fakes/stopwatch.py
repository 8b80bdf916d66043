# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two clocks that a test moves: together, or one alone as sleep and a hand on the clock do."""

from __future__ import annotations


class FakeStopwatch:
    """Implements `app.window.presence.idleness.Stopwatch`."""

    def __init__(self) -> None:
        self.at_wall = 1_000_000.0
        self.at_monotonic = 50.0

    def wall(self) -> float:
        """Wall-clock time."""
        return self.at_wall

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return self.at_monotonic

    def pass_by(self, *, minutes: float) -> None:
        """Let time pass."""
        self.at_wall += minutes * 60
        self.at_monotonic += minutes * 60

    def suspend(self, *, minutes: float) -> None:
        """Let time pass while the computer sleeps."""
        self.at_wall += minutes * 60
