# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers as words that people read to each other or type: the BIP-39 lists, in French and English.

Each list has 2048 words, so a word carries 11 bits. The same place in either list means the same number: two
people may compare in two languages only if their programs show both.
"""

from __future__ import annotations

import hashlib
import unicodedata
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from mnemonic import Mnemonic

from crypto_core.errors import UnreadableWordError, WireError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WORD_BITS: Final = 11
LIST_WORDS: Final = 1 << WORD_BITS
PREFIX_CHARACTERS: Final = 4
"""So many characters, accents aside, tell a word of a list from every other one of it."""
SECRET_BYTES: Final = 16
SECRET_WORDS: Final = 12
_CHECK_BITS: Final = SECRET_WORDS * WORD_BITS - SECRET_BYTES * 8


class WordLanguage(StrEnum):
    """A list of words; the value is that of the language (ISO 639-1)."""

    FRENCH = "fr"
    ENGLISH = "en"


_LIST_NAMES: Final = {WordLanguage.FRENCH: "french", WordLanguage.ENGLISH: "english"}


@cache
def word_list(language: WordLanguage) -> tuple[str, ...]:
    """Return the 2048 words of a language, accents composed (NFC)."""
    words = Mnemonic(_LIST_NAMES[language]).wordlist
    return tuple(unicodedata.normalize("NFC", word) for word in words)


def words_from_bits(source: bytes, count: int, language: WordLanguage) -> tuple[str, ...]:
    """Return the first `count` times 11 bits of `source` as words. Raises WireError if it has fewer."""
    spare = len(source) * 8 - count * WORD_BITS
    if spare < 0:
        raise WireError("too few bits for so many words")
    value = int.from_bytes(source, "big") >> spare
    words = word_list(language)
    return tuple(
        words[value >> (WORD_BITS * place) & (LIST_WORDS - 1)] for place in reversed(range(count))
    )


def format_secret_words(secret: bytes, language: WordLanguage) -> tuple[str, ...]:
    """Return 16 bytes as twelve words: BIP-39, four check bits included. Raises WireError on another length."""
    if len(secret) != SECRET_BYTES:
        raise WireError(f"a secret in words has {SECRET_BYTES} bytes")
    return words_from_bits(secret + hashlib.sha256(secret).digest()[:1], SECRET_WORDS, language)


def parse_secret_words(text: str) -> bytes:
    """Read twelve words in either language: case, accents, blanks, commas, dashes and numbers make no difference.

    Four characters are enough for a word. Raises UnreadableWordError, which says which word is in no list, and
    WireError when the number of words or their check bits are not right.
    """
    typed = _typed_words(text)
    readings = []
    furthest = 0
    for language in WordLanguage:
        numbers = _numbers(typed, language)
        if len(numbers) == len(typed) == SECRET_WORDS:
            readings.append(numbers)
        furthest = max(furthest, len(numbers))
    if not readings and furthest < len(typed):
        raise UnreadableWordError(position=furthest + 1)
    if not readings:
        raise WireError(f"{SECRET_WORDS} words are needed, not {len(typed)}")
    for numbers in readings:
        value = 0
        for number in numbers:
            value = value << WORD_BITS | number
        secret = (value >> _CHECK_BITS).to_bytes(SECRET_BYTES, "big")
        if (
            hashlib.sha256(secret).digest()[0] >> (8 - _CHECK_BITS)
            == value & (1 << _CHECK_BITS) - 1
        ):
            return secret
    raise WireError("one of the words is another one, or they are in another order")


def _typed_words(text: str) -> list[str]:
    """Split what was typed; a number before a word is its place in a printed list, not a word."""
    folded = _folded(text)
    separated = "".join(each if each.isalpha() else " " for each in folded)
    return separated.split()


def _numbers(typed: Sequence[str], language: WordLanguage) -> list[int]:
    """Return the numbers of the words before the first one that is not in the list."""
    by_spelling = _by_spelling(language)
    numbers: list[int] = []
    for word in typed:
        number = by_spelling.get(word)
        if number is None:
            break
        numbers.append(number)
    return numbers


@cache
def _by_spelling(language: WordLanguage) -> Mapping[str, int]:
    """Every way to type a word of the list: whole, or its beginning from the fourth character on."""
    words = [_folded(word) for word in word_list(language)]
    spellings = {
        word[:length]: number
        for number, word in enumerate(words)
        for length in range(PREFIX_CHARACTERS, len(word))
    }
    return spellings | {word: number for number, word in enumerate(words)}


def _folded(text: str) -> str:
    """Lower case without accents; œ as two letters, as keyboards without it write it."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return "".join(each for each in decomposed if not unicodedata.combining(each))
