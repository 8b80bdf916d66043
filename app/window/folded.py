# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finds words in a text as a person means them: accents, capitals and line ends make no difference. Knows nothing of Qt."""

from __future__ import annotations

import unicodedata
from typing import Final

SOFT_HYPHEN: Final = "\u00ad"
_ALIKE: Final = {
    "œ": "oe",
    "æ": "ae",
    "’": "'",
    "\u2018": "'",
    "\u02bc": "'",
    "–": "-",
    "—": "-",
    "\u2011": "-",
}


class Folded:
    """A text in which words are looked for."""

    def __init__(self, text: str, *, is_utf16: bool = False) -> None:
        """Fold a text. With `is_utf16`, places are counted as Qt counts them."""
        forms: dict[str, str] = {}
        letters: list[str] = []
        places: list[int] = []
        at = 0
        is_broken = False
        for letter in text:
            form = forms.get(letter)
            if form is None:
                form = forms[letter] = _form(letter)
            if letter == SOFT_HYPHEN:
                # What follows belongs to the same word, on the next line.
                is_broken = True
            elif form != " ":
                letters.extend(form)
                places.extend([at] * len(form))
                is_broken = False
            elif not is_broken and letters and letters[-1] != " ":
                letters.append(" ")
                places.append(at)
            at += 2 if is_utf16 and letter > "\uffff" else 1
        places.append(at)
        self._text = "".join(letters)
        self._places = places

    @property
    def text(self) -> str:
        """The folded text."""
        return self._text

    def places_of(self, query: str, most: int) -> list[tuple[int, int]]:
        """Return where a query stands, up to so many times: first letter, and the one behind the last."""
        wanted = Folded(query).text.strip()
        found: list[tuple[int, int]] = []
        at = self._text.find(wanted) if wanted else -1
        while at >= 0 and len(found) < most:
            end = at + len(wanted)
            # Up to the next letter, so that an accent written by itself, or the half of “œ”, is in.
            found.append((self._places[at], self._end(end)))
            at = self._text.find(wanted, end)
        return found

    def _end(self, end: int) -> int:
        last = self._places[end - 1]
        while end < len(self._places) - 1 and self._places[end] == last:
            end += 1
        return self._places[end]


def _form(letter: str) -> str:
    if letter.isspace():
        return " "
    alike = _ALIKE.get(letter.lower())
    if alike is not None:
        return alike
    parts = unicodedata.normalize("NFKD", letter)
    plain = "".join(part for part in parts if not unicodedata.combining(part)).casefold()
    return "" if plain.isspace() else plain
