# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether two names could be taken for each other by somebody who is in a hurry."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

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

_LOOK_ALIKES: Final = str.maketrans(
    {
        **dict(zip("АВЕЅЗІЈКМНОРСТУХԌԚԜҮҺӀ", "ABES3IJKMHOPCTYXGQWYhI", strict=True)),
        **dict(zip("аеорсухіјѕһԁԛԝѵүкмтвнгӏ", "aeopcyxijshdqwvykmtbhrl", strict=True)),
        **dict(
            zip(
                "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c"
                "\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03f9",
                "ABEZHIKMNOPTYXC",
                strict=True,
            )
        ),
        **dict(zip("αογικνρτυχηωϲϳ", "aoyikvptuxnwcj", strict=True)),
        **dict(zip("\u0131\u0251\u0261\u0269\u2113", "iagil", strict=True)),
    }
)
"""Cyrillic, Greek and other letters, and the Latin ones they look like: capitals and small letters are not alike.

The letters of Unicode's UTS 39 (confusables) that one Latin letter stands for there, and those that look like a small
capital.
"""


def are_alike(first: str, second: str) -> bool:
    """Whether names are the same or nearly: accents, case, titles and order aside.

    Nearly the same are names of which one leaves out or abbreviates given names, writes two words as one, has one
    letter otherwise or letters of another alphabet, or is nothing but a title and one word of the other.
    """
    # Mostly the second way of reading is the first.
    read = {(_words(fold(first)), _words(fold(second))) for fold in (_plain, _in_latin)}
    return any(_are_alike(one, other) for one, other in read)


def _are_alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not (one and other):
        return False
    return (
        _are_nearly(one, other)
        or any(_are_nearly(joined, other) for joined in _with_two_as_one(one, other))
        or any(_are_nearly(one, joined) for joined in _with_two_as_one(other, one))
    )


def _are_nearly(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    few, many = sorted((first, second), key=len)
    if len(few) == 1 and len(few[0]) >= _LEAST_LETTERS and few[0] in many:
        return True
    left = list(many)
    same = 0
    others: list[str] = []
    for word in few:
        if word in left:
            left.remove(word)
            same += len(word) > 1
        else:
            others.append(word)
    spelled = 0
    for word in others:
        alike = next((each for each in left if _is_nearly(word, each)), None)
        if alike is None:
            return False
        left.remove(alike)
        # Any number of given names may be abbreviated.
        spelled += min(len(word), len(alike)) > 1
    if not others and not left:
        return True
    # One word in common is a family; what is left over must be a part that somebody leaves out.
    return len(few) > 1 and same > 0 and spelled <= 1


def _with_two_as_one(words: tuple[str, ...], other: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Le Goff and Legoff, Petit-Jean and Petitjean: return the words with those two joined that the other name has."""
    for place, (before, after) in enumerate(pairwise(words)):
        if before + after in other:
            yield (*words[:place], before + after, *words[place + 2 :])


def are_same(first: str, second: str) -> bool:
    """Whether two names have the same words: accents, case, titles and order aside."""
    words = sorted(_words(_plain(first)))
    return bool(words) and words == sorted(_words(_plain(second)))


def _plain(name: str) -> str:
    """Return a name without case and accents."""
    return _without_accents(name).casefold().replace("œ", "oe").replace("æ", "ae")


def _in_latin(name: str) -> str:
    """Return a name, without case and accents, as somebody reads it to whom all letters are Latin."""
    return _plain(_without_accents(name).translate(_LOOK_ALIKES))


def _without_accents(name: str) -> str:
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name)
        if not unicodedata.combining(letter)
    )


def _words(plain: str) -> tuple[str, ...]:
    words = _WORD.findall(plain)
    named = tuple(word for word in words if word not in _TITLES)
    return named or tuple(words)


def _is_nearly(first: str, second: str) -> bool:
    # Two letters that are read as one.
    if first.replace("rn", "m") == second.replace("rn", "m"):
        return True
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
