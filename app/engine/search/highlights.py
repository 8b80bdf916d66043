# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a text has what is wanted, in code points of the text as it is written, and which piece of it to show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from app.interface.searching import Highlight
from crypto_core.abks.french import irregular_plurals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.engine.ports.search import Alternative, Wanted
    from crypto_core.abks.french import Normaliser, Reading, Word

MOST_HIGHLIGHTS: Final = 50
SNIPPET_CHARACTERS: Final = 240
_LEAD: Final = 60
"""How much stands before the first match of a snippet."""
_ELLIPSIS: Final = "…"

_SAME_LETTER: Final = {
    "a": "aàâäáãå",
    "c": "cç",
    "e": "eéèêë",
    "i": "iîïíì",
    "n": "nñ",
    "o": "oôöóòõ",
    "u": "uùûüú",
    "y": "yÿý",
}
_PLAIN: Final = re.compile(
    r"[^\x00-\x7f\xa0àâäáãåçéèêëîïíìñôöóòõùûüúÿý«»°œ’\u2018“”–—…•€\u202f]|-[ \t]*\n"
)
"""What a text must not have, in small letters, for its words to be read one by one."""
_CUT: Final = "['\u2018\u2019.-]?"
_BLANK: Final = re.compile(r"\s")
_CHUNK: Final = re.compile(r"\S+")

Match: TypeAlias = tuple[int, int, int]
"""Start, end (exclusive), and the number of what is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A piece of a text on one line, and what matches in it."""

    text: str
    highlights: tuple[Highlight, ...]


class Highlighter:
    """What one query looks for, prepared once for many texts."""

    def __init__(self, wanted: Sequence[Wanted], normaliser: Normaliser) -> None:
        self._normaliser = normaliser
        self._exact: dict[str, list[int]] = {}
        self._beginnings: list[tuple[str, int]] = []
        self._phrases: list[tuple[Alternative, int]] = []
        for number, item in enumerate(wanted):
            for each in item.alternatives:
                if len(each.words) > 1:
                    self._phrases.append((each, number))
                elif each.is_beginning:
                    self._beginnings.append((each.words[0], number))
                else:
                    self._exact.setdefault(each.words[0], []).append(number)
        self._starts = None if self._phrases else _starts_of(wanted)

    def matches(self, text: str) -> list[Match]:
        """Return every match in the order of the starts."""
        if self._starts is not None:
            small = text.lower()
            if len(small) == len(text) and not _PLAIN.search(small):
                return self._matches_nearby(text, small, self._starts)
        return self._matches_in(text)

    def _matches_nearby(self, text: str, small: str, starts: re.Pattern[str]) -> list[Match]:
        """Read only where a word begins as one that is wanted does: a page of letters is read while somebody types."""
        found: list[Match] = []
        done = 0
        for start in starts.finditer(small):
            at = start.start()
            if at < done:
                continue
            begin = at
            while begin > done and not text[begin - 1].isspace():
                begin -= 1
            chunk = _CHUNK.match(text, begin)
            if chunk is None:
                continue
            done = chunk.end()
            found += [
                (match[0] + begin, match[1] + begin, match[2])
                for match in self._matches_in(chunk.group())
            ]
        return found

    def _matches_in(self, text: str) -> list[Match]:
        reading = self._normaliser.read(text)
        found: set[Match] = set()
        if self._exact:
            found.update(self._exact_in(reading))
        for beginning, number in self._beginnings:
            found.update(_beginnings_in(reading, beginning, number))
        if self._phrases:
            found.update(self._phrases_in(reading))
        return sorted(found)

    def _exact_in(self, reading: Reading) -> Iterable[Match]:
        exact = self._exact
        for start, end, form, stem, other in reading.words:
            if stem in exact or form in exact or other in exact:
                for key in (stem, form, other):
                    for number in exact.get(key, ()):
                        yield start, end, number
        for joined in reading.joined:
            for key in (joined.form, joined.stem):
                for number in exact.get(key, ()):
                    yield joined.start, joined.end, number

    def _phrases_in(self, reading: Reading) -> Iterable[Match]:
        words = reading.words
        for phrase, number in self._phrases:
            length = len(phrase.words)
            for first in range(len(words) - length + 1):
                if words[first].stem == phrase.words[0] and _stands(
                    words[first : first + length], phrase
                ):
                    yield words[first].start, words[first + length - 1].end, number


def _starts_of(wanted: Sequence[Wanted]) -> re.Pattern[str] | None:
    """How words may begin that are wanted, in small letters; None when words that have digits are.

    Neither folding nor a stem changes the first two letters of a word whose letters are those of `_PLAIN`, but for
    some plurals.
    """
    words = {word for item in wanted for each in item.alternatives for word in each.words}
    if not words or not all(word.isascii() and word[:2].isalpha() for word in words):
        return None
    words |= {plural for word in words for plural in irregular_plurals(word) if plural.isascii()}
    # What is written in one piece may be cut after its first letter: A.V.C., N'Guyen, X-fragile.
    begins = {
        _class_of(word, 0) + (_CUT + _class_of(word, 1) if len(word) > 1 else "") for word in words
    }
    begins |= {"œ" for word in words if word.startswith("oe")}
    return re.compile("|".join(f"(?<![^\\W\\d_]){begin}" for begin in sorted(begins)))


def _class_of(word: str, place: int) -> str:
    letters = _SAME_LETTER.get(word[place], word[place])
    if word[place : place + 2] == "oe":
        letters += "œ"
    return f"[{letters}]"


def _beginnings_in(reading: Reading, beginning: str, number: int) -> Iterable[Match]:
    for start, end, form, stem, _ in reading.words:
        if form.startswith(beginning) or stem.startswith(beginning):
            yield start, end, number
    for joined in reading.joined:
        if joined.form.startswith(beginning):
            yield joined.start, joined.end, number


def _stands(words: Sequence[Word], phrase: Alternative) -> bool:
    *head, last = phrase.words
    if any(word.stem != wanted for word, wanted in zip(words, head, strict=False)):
        return False
    if phrase.is_beginning:
        return words[-1].stem.startswith(last) or words[-1].form.startswith(last)
    return words[-1].stem == last


def highlights(matches: Sequence[Match]) -> tuple[Highlight, ...]:
    """Return what to mark: matches that touch or overlap as one."""
    marks: list[list[int]] = []
    for start, end, _ in matches:
        if marks and start <= marks[-1][1]:
            marks[-1][1] = max(marks[-1][1], end)
        else:
            marks.append([start, end])
    return tuple(Highlight(start=start, end=end) for start, end in marks[:MOST_HIGHLIGHTS])


def snippet(text: str, matches: Sequence[Match]) -> Snippet:
    """Return the piece around the densest matches, on one line; the beginning without any."""
    start = _densest(matches)
    begin = 0 if start <= _LEAD else _word_start(text, start - _LEAD, start)
    end = min(len(text), begin + SNIPPET_CHARACTERS)
    if end < len(text):
        end = _word_end(text, begin, end)
    # Each blank becomes one blank, so that every place stays where it was.
    piece = _BLANK.sub(" ", text[begin:end])
    before = _ELLIPSIS if begin else ""
    after = _ELLIPSIS if end < len(text) else ""
    shift = len(before) - begin
    inside = [
        (max(match[0], begin) + shift, min(match[1], end) + shift, match[2])
        for match in matches
        if match[0] < end and match[1] > begin
    ]
    return _squeezed(before + piece + after, inside)


def _densest(matches: Sequence[Match]) -> int:
    """Where the piece with the most different things that are wanted, then the most of them, begins."""
    best, place = (0, 0), 0
    room = SNIPPET_CHARACTERS - _LEAD
    after = 0
    counts: dict[int, int] = {}
    for index, (start, _, number) in enumerate(matches):
        while after < len(matches) and matches[after][1] <= start + room:
            counts[matches[after][2]] = counts.get(matches[after][2], 0) + 1
            after += 1
        score = (sum(1 for count in counts.values() if count), after - index)
        if score > best or not index:
            best, place = score, start
        if after > index:
            counts[number] = counts.get(number, 0) - 1
        else:
            after = index + 1
    return place


def _word_start(text: str, at: int, before: int) -> int:
    """The first place from `at` on where a word begins; `at` itself in a long word."""
    for place in range(at, before):
        if text[place].isspace():
            return place + 1
    return at


def _word_end(text: str, begin: int, at: int) -> int:
    for place in range(at, max(begin, at - _LEAD), -1):
        if text[place].isspace():
            return place
    return at


def _squeezed(text: str, matches: Sequence[Match]) -> Snippet:
    """One blank where there are several, with the matches moved along."""
    if "  " not in text and not text.startswith(" "):
        return Snippet(text=text, highlights=highlights(matches))
    places: list[int] = []
    kept: list[str] = []
    for each in text:
        places.append(len(kept))
        if each != " " or (kept and kept[-1] != " "):
            kept.append(each)
    places.append(len(kept))
    moved = [(places[start], places[end], number) for start, end, number in matches]
    return Snippet(text="".join(kept), highlights=highlights(moved))
