# SPDX-License-Identifier: AGPL-3.0-or-later
"""The definitions of RFC 6962 §2.1 word by word: the oracle for everything that is faster."""

from __future__ import annotations

from functools import cache
from hashlib import sha256


def split(count: int) -> int:
    """Return the largest power of two smaller than `count`."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


class NaiveTree:
    """MTH, PATH and PROOF over given leaves."""

    def __init__(self, leaves: tuple[bytes, ...]) -> None:
        self.leaves = leaves
        self._mth = cache(self._compute_mth)

    def mth(self, start: int, end: int) -> bytes:
        return self._mth(start, end)

    def _compute_mth(self, start: int, end: int) -> bytes:
        if start == end:
            return sha256().digest()
        if end - start == 1:
            return sha256(b"\x00" + self.leaves[start]).digest()
        middle = start + split(end - start)
        return sha256(b"\x01" + self._mth(start, middle) + self._mth(middle, end)).digest()

    def path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + split(end - start)
        if index < middle:
            return [*self.path(index, start, middle), self.mth(middle, end)]
        return [*self.path(index, middle, end), self.mth(start, middle)]

    def proof(self, first: int, second: int) -> list[bytes]:
        return self._subproof(first, 0, second, is_whole=True) if 0 < first < second else []

    def _subproof(self, first: int, start: int, end: int, *, is_whole: bool) -> list[bytes]:
        if first == end:
            return [] if is_whole else [self.mth(start, end)]
        middle = start + split(end - start)
        if first <= middle:
            return [
                *self._subproof(first, start, middle, is_whole=is_whole),
                self.mth(middle, end),
            ]
        return [
            *self._subproof(first, middle, end, is_whole=False),
            self.mth(start, middle),
        ]
