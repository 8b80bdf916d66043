# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names and places as people type them when they look for somebody: the relay's directory and the window agree."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_AS_TYPED: Final = str.maketrans(
    {**dict.fromkeys("'\u2019\u2018\u02bc`\u00b4"), "œ": "oe", "æ": "ae", "\0": None}
)
_WORD: Final = re.compile(r"[^\W_]+")
_WHOLE: Final = {"st": "saint", "ste": "sainte"}


def fold(text: str) -> str:
    """Return a text without case, accents and apostrophes, to compare what people type with what is there.

    Telephones write ’ where keyboards have ': O’Connor is found by o'connor and by oconnor.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_AS_TYPED))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def searchable(text: str) -> str:
    """Return the form of a name in which typed words are looked for: what stands between its words does not count.

    So Le Goff is found by legoff and goff. St is Saint, and stays St.
    """
    words = _WORD.findall(fold(text))
    said, meant = "".join(words), "".join(_WHOLE.get(word, word) for word in words)
    return said if said == meant else f"{said} {meant}"


def typed_words(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the words that somebody typed, each with what it may stand for; one form of each has to be found."""
    folded = fold(text)
    # Signs alone are looked for as they are, and found nowhere.
    found = _WORD.findall(folded) or folded.split()
    return tuple((word, _WHOLE[word]) if word in _WHOLE else (word,) for word in found)


def is_found(words: tuple[tuple[str, ...], ...], where: str) -> bool:
    """Whether every typed word is in a searchable form."""
    return all(any(form in where for form in forms) for forms in words)
