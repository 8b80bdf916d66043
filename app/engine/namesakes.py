# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether two names could be taken for each other by somebody who is in a hurry."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_TITLES: Final = frozenset(
    [
        "dr",
        "docteur",
        "doctor",
        "pr",
        "prof",
        "professeur",
        "professor",
        "m",
        "mr",
        "monsieur",
        "mme",
        "madame",
        "mlle",
        "mademoiselle",
        "mrs",
        "ms",
    ]
)
_WORD: Final = re.compile(r"[^\W_]+")
_LEAST_LETTERS: Final = 4
"""Of two shorter words, one other letter makes two other names."""


def are_alike(first: str, second: str) -> bool:
    """Whether names are the same or nearly: accents, case, titles and order aside.

    Nearly the same are names of which one leaves out or abbreviates a given name, or has one letter otherwise.
    """
    few, many = sorted((_words(first), _words(second)), key=len)
    if not few:
        return False
    left = list(many)
    same = 0
    others: list[str] = []
    for word in few:
        if word in left:
            left.remove(word)
            same += len(word) > 1
        else:
            others.append(word)
    for word in others:
        alike = next((each for each in left if _is_nearly(word, each)), None)
        if alike is None:
            return False
        left.remove(alike)
    if not others and not left:
        return True
    # One word in common is a family; what is left over must be a part that somebody leaves out.
    return len(few) > 1 and same > 0 and len(others) <= 1


def are_same(first: str, second: str) -> bool:
    """Whether two names have the same words: accents, case, titles and order aside."""
    words = sorted(_words(first))
    return bool(words) and words == sorted(_words(second))


def _words(name: str) -> tuple[str, ...]:
    plain = "".join(
        letter
        for letter in unicodedata.normalize(
            "NFKD", name.casefold().replace("œ", "oe").replace("æ", "ae")
        )
        if not unicodedata.combining(letter)
    )
    words = _WORD.findall(plain)
    named = tuple(word for word in words if word not in _TITLES)
    return named or tuple(words)


def _is_nearly(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    if len(short) == 1:
        return long.startswith(short)
    if len(short) < _LEAST_LETTERS or len(long) - len(short) > 1:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) == len(long):
        is_swap = short[start : start + 2] == long[start : start + 2][::-1]
        return short[start + 1 :] == long[start + 1 :] or (
            is_swap and short[start + 2 :] == long[start + 2 :]
        )
    return short[start:] == long[start + 1 :]
