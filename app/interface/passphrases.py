# SPDX-License-Identifier: AGPL-3.0-or-later
"""How hard a passphrase is to guess for somebody who can try without end (CNIL 2022-100; R-05)."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ENOUGH_BITS: Final = 80
"""What the CNIL asks of a password that stands alone, as one does in front of a copied store."""

_CLASSES: Final = ((str.islower, 26), (str.isupper, 26), (str.isdigit, 10))
_SPECIALS: Final = 37
"""Other characters of a French keyboard, as the CNIL counts them."""
_WORD_BITS: Final = ENOUGH_BITS / 7
"""The CNIL takes seven words for 80 bits."""
_WORD_LETTERS: Final = 2
_SENTENCE_WORDS: Final = 3
_SENTENCE_SHARE: Final = 0.6
_REPEATS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """An upper bound in bits. What nobody should choose (a name, a date) is not found out."""

    bits: int

    @property
    def is_enough(self) -> bool:
        """Whether the CNIL's level for a password alone is reached."""
        return self.bits >= ENOUGH_BITS


def strength_of(passphrase: Iterable[str]) -> Strength:
    """Return the lower one of two measures: by characters, and by words where it is made of words.

    By characters: number times log2 of the alphabets in use (CNIL 2022-100), where each character counts
    twice at most. By words: each different word as the CNIL counts it, what is left by characters.
    The characters are taken one by one, for who must not make a text of them.
    """
    everything, rest = Counter[str](), Counter[str]()
    words, letters = set[int](), 0
    run = _Run()
    count = 0
    for character in passphrase:
        everything[character] += 1
        if character.isalnum():
            run.add(character)
            continue
        if not character.isspace():
            rest[character] += 1
        count, letters = run.end(words, rest, count, letters)
        run = _Run()
    count, letters = run.end(words, rest, count, letters)
    bits = _bits_of(everything)
    if count >= _SENTENCE_WORDS and letters >= _SENTENCE_SHARE * everything.total():
        bits = min(bits, len(words) * _WORD_BITS + _bits_of(rest))
    # As the CNIL rounds: twelve characters of four kinds are its 80 bits.
    return Strength(bits=round(bits))


@dataclass(slots=True)
class _Run:
    """Letters and digits that stand together: a word if there are letters only."""

    characters: Counter[str] = field(default_factory=Counter, repr=False)
    name: int = field(default=0, repr=False)
    """Tells different words apart, whatever their case."""

    def add(self, character: str) -> None:
        self.characters[character] += 1
        self.name = hash((self.name, character.casefold()))

    def end(self, words: set[int], rest: Counter[str], count: int, letters: int) -> tuple[int, int]:
        """Add to what it belongs to; return the numbers of words and of their letters, which it may raise."""
        length = self.characters.total()
        if length >= _WORD_LETTERS and all(map(str.isalpha, self.characters)):
            words.add(self.name)
            return count + 1, letters + length
        rest.update(self.characters)
        return count, letters


def _bits_of(characters: Counter[str]) -> float:
    size = sum(count for is_of, count in _CLASSES if any(map(is_of, characters)))
    if any(not any(is_of(each) for is_of, _ in _CLASSES) for each in characters):
        size += _SPECIALS
    counted = sum(min(number, _REPEATS) for number in characters.values())
    return counted * math.log2(size) if size else 0.0
