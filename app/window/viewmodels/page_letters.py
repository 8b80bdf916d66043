# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is written on a page that is shown as a picture: where words are, and which letter is under a hand."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.interface.documents import BOX_BYTES, WHOLE_PAGE
from app.window.folded import SOFT_HYPHEN, Folded

if TYPE_CHECKING:
    from app.interface.documents import PageText

_SAME_LINE: Final = 0.5
"""How much of the lower one of two heights has to be shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of a page; all four from 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


class PageLetters:
    """The letters of a page."""

    def __init__(self, told: PageText) -> None:
        self.text = told.text
        self._boxes = told.boxes[: BOX_BYTES * len(told.text)]
        self._folded: Folded | None = None

    @property
    def count(self) -> int:
        """How many letters have a place."""
        return len(self._boxes) // BOX_BYTES

    def places_of(self, query: str, most: int) -> list[tuple[int, int]]:
        """Return where a query stands, up to so many times."""
        if self._folded is None:
            self._folded = Folded(self.text[: self.count])
        return self._folded.places_of(query, most)

    def areas(self, start: int, end: int) -> tuple[Area, ...]:
        """Return what letters cover, one area for each line."""
        areas: list[Area] = []
        for at in range(max(start, 0), min(end, self.count)):
            if self.text[at] == "\n":
                continue
            area = self._area(at)
            if areas and _is_beside(areas[-1], area):
                last = areas[-1]
                areas[-1] = Area(
                    left=min(last.left, area.left),
                    top=min(last.top, area.top),
                    right=max(last.right, area.right),
                    bottom=max(last.bottom, area.bottom),
                )
            else:
                areas.append(area)
        return tuple(areas)

    def place_at(self, x: float, y: float) -> int:
        """Return between which letters a point is, as the number of the letter behind it."""
        nearest, place = 9.0, 0
        across, down = x * WHOLE_PAGE, y * WHOLE_PAGE
        for at, (left, top, right, bottom) in enumerate(struct.iter_unpack(">4H", self._boxes)):
            aside = max(left - across, across - right, 0)
            # The line counts for more than the column: a hand beside a line means that line.
            away = (aside + 8 * max(top - down, down - bottom, 0)) / WHOLE_PAGE
            if away < nearest:
                nearest = away
                place = at + (1 if across > (left + right) / 2 else 0)
        return place

    def is_on_letter(self, x: float, y: float) -> bool:
        """Whether there is a letter under a point."""
        across, down = x * WHOLE_PAGE, y * WHOLE_PAGE
        return any(
            left <= across <= right and top <= down <= bottom
            for left, top, right, bottom in struct.iter_unpack(">4H", self._boxes)
        )

    def word_at(self, place: int) -> tuple[int, int]:
        """Return the word that a place is in."""
        start = end = min(max(place, 0), self.count)
        while start > 0 and not self.text[start - 1].isspace():
            start -= 1
        while end < self.count and not self.text[end].isspace():
            end += 1
        return start, end

    def copied(self, start: int, end: int) -> str:
        """Return letters as they are copied: a word that was broken at a line's end is whole."""
        text = self.text[max(start, 0) : end]
        return text.replace(f"{SOFT_HYPHEN}\n", "").replace(SOFT_HYPHEN, "")

    def _area(self, at: int) -> Area:
        left, top, right, bottom = struct.unpack_from(">4H", self._boxes, BOX_BYTES * at)
        return Area(
            left=left / WHOLE_PAGE,
            top=top / WHOLE_PAGE,
            right=right / WHOLE_PAGE,
            bottom=bottom / WHOLE_PAGE,
        )


def _is_beside(one: Area, other: Area) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    lower = min(one.bottom - one.top, other.bottom - other.top)
    return shared >= _SAME_LINE * lower and other.left >= one.left - 0.01
