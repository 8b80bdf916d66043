# SPDX-License-Identifier: AGPL-3.0-or-later
"""Randomness that a test vector prescribes, draw by draw."""

from __future__ import annotations


class ScriptedBytes:
    """Returns the given byte strings in order; each draw must ask for exactly the next one's length."""

    def __init__(self, *draws: bytes) -> None:
        self._draws = list(draws)

    def __call__(self, count: int, /) -> bytes:
        drawn = self._draws.pop(0)
        assert len(drawn) == count
        return drawn

    @property
    def is_used_up(self) -> bool:
        """Whether every byte string was drawn."""
        return not self._draws


def blind_draw(scalar: bytes) -> bytes:
    """Return the 64 bytes from which this very scalar is drawn."""
    return scalar + bytes(32)
