# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a text, French above all, becomes the words it is found by: pure, and the same on every computer.

A word has two stems, for a stemmer that sees accents joins more inflections and one that does not finds what was
typed without them: `stem` = stem(fold(word)) and `other` = fold(stem(word)). What is found is found by either.
What may also be written in one piece (compte-rendu, 10 mg, A.V.C., 04 93 12 34 56, a date) is one more word over
the same place, a `Joined`. Nothing is left out; who wants no stop words asks `STOP_WORDS`.
Specified in crypto_core/spec/search-words.md; a change of anything here is a new `NORMALISATION`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

# Not `snowballstemmer.stemmer`: that prefers another library, of another version, where one is installed.
from snowballstemmer.french_stemmer import FrenchStemmer

if TYPE_CHECKING:
    from collections.abc import Iterator

NORMALISATION: Final = 3
"""The number of these rules; an index says by which it was made."""

LONGEST_FORM: Final = 64
"""Code points of a word that count; what is longer is no word of a language."""

_COMMON: Final = (
    "a ai as au aux avait avec avez avons c ce ces cet cette chez d dans de des du elle elles en est et etaient"
    " etait ete etre eu il ils j je l la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont"
    " ou par pas pour qu que qui s sa sans se ses si son sont sur t ta te tes ton tu un une vos votre vous y"
)
STOP_WORDS: Final = frozenset(_COMMON.split())
"""Words, folded, that are in nearly every text."""

_ELIDED: Final = "c d j l m n s t qu jusqu lorsqu puisqu quoiqu presqu quelqu entr"
_ELISIONS: Final = frozenset(_ELIDED.split())
_APOSTROPHES: Final = "'\u2019\u02bc\u2018\u00b4\uff07"
_HYPHENS: Final = "-\u2010\u2011\ufe63\uff0d"
_LETTER: Final = r"\w\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
"""Letters, digits, and what stands inside a word without being seen as a letter."""
_RUN: Final = re.compile(
    # A hyphen at the end of a line may have cut a word.
    rf"[{_LETTER}]+(?:(?:[{_APOSTROPHES}.]|[{_HYPHENS}](?:[ \t]*\n[ \t]*)?)[{_LETTER}]+)*"
)
_PART: Final = re.compile(rf"[{_LETTER}]+")
_AMOUNT: Final = re.compile(r"(\d+)([^\W\d]\w*)\Z")
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan",
            "fevrier fevr fev",
            "mars",
            "avril avr",
            "mai",
            "juin",
            "juillet juil",
            "aout",
            "septembre sept",
            "octobre oct",
            "novembre nov",
            "decembre dec",
        ),
        start=1,
    )
    for name in names.split()
}
_DATE: Final = re.compile(
    r"(?<!\d)(?:"
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"|(?P<d>\d{1,2})(?P<by>[/.-])(?P<m>\d{1,2})(?P=by)(?P<y>\d{4}|\d\d)"
    r"|(?P<nth>\d{1,2})(?:er)?\s+(?P<name>[^\W\d_]{3,9})\.?\s+(?P<of>\d{4})"
    r")(?!\d)"
)
_GROUPS: Final = re.compile(
    r"(?<!\d)(?:\d{1,4}(?:[ \u00a0\u202f]\d{2,4})+|\d{1,4}(?:\.\d{2,4}){2,})(?!\d)"
)
_UNIT: Final = re.compile(r"[ \u00a0\u202f]?([^\W\d_]{1,5})(?!\w)")
"""What may stand behind an amount as its unit."""
_THOUSANDS: Final = re.compile(r"\d[ .\u00a0\u202f]\d{3}")
_FEWEST_GROUPED: Final = 5
_MOST_GROUPED: Final = 20
_GREEK: Final = {
    "\N{GREEK SMALL LETTER ALPHA}": "alpha",
    "\N{GREEK SMALL LETTER BETA}": "beta",
    "\N{GREEK SMALL LETTER GAMMA}": "gamma",
    "\N{GREEK SMALL LETTER DELTA}": "delta",
    "\N{GREEK SMALL LETTER EPSILON}": "epsilon",
    "\N{GREEK SMALL LETTER KAPPA}": "kappa",
    "\N{GREEK SMALL LETTER LAMDA}": "lambda",
    "\N{GREEK SMALL LETTER MU}": "mu",
    "\N{GREEK SMALL LETTER SIGMA}": "sigma",
    "\N{GREEK SMALL LETTER OMEGA}": "omega",
}
_MICRO: Final = re.compile("\N{GREEK SMALL LETTER MU}" r"(?=(?:g|l|m|s|v|mol|kat|ui)\Z)")
_LETTERS: Final = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "_": "",
    }
)
_SHORTEST_PLURAL: Final = 5
_IRREGULAR: Final = {
    "yeux": "oeil",
    "maux": "mal",
    "travaux": "travail",
    "vitraux": "vitrail",
    "emaux": "email",
    "émaux": "émail",
    "coraux": "corail",
    "baux": "bail",
    "cieux": "ciel",
    "aieux": "aieul",
    "aïeux": "aïeul",
    "noyaux": "noyau",
    "boyaux": "boyau",
    "tuyaux": "tuyau",
    "cheveux": "cheveu",
    "neveux": "neveu",
    "lieux": "lieu",
    "jeux": "jeu",
    "feux": "feu",
    "naevi": "naevus",
    "thrombi": "thrombus",
    "stimuli": "stimulus",
    "maxima": "maximum",
    "minima": "minimum",
    "benigne": "benin",
    "benignes": "benin",
    "bénigne": "bénin",
    "bénignes": "bénin",
    "maligne": "malin",
    "malignes": "malin",
    "blanche": "blanc",
    "blanches": "blanc",
    "seche": "sec",
    "seches": "sec",
    "sèche": "sec",
    "sèches": "sec",
    "longue": "long",
    "longues": "long",
    "grosse": "gros",
    "grosses": "gros",
    "douce": "doux",
    "douces": "doux",
    "fausse": "faux",
    "fausses": "faux",
    "vieil": "vieux",
    "vieille": "vieux",
    "vieilles": "vieux",
    "active": "actif",
    "actives": "actif",
    "molle": "mou",
    "molles": "mou",
    "fous": "fou",
    "mous": "mou",
    "messieurs": "monsieur",
    "mesdames": "madame",
    "mesdemoiselles": "mademoiselle",
}
"""Plurals and feminines that no rule leads to their singulars, in the letters of a text and without accents."""
_MOST_JOINED_PARTS: Final = 5
_MOST_REMEMBERED: Final = 60_000
_LONGEST_REMEMBERED: Final = 40
_PIVOT_YEAR: Final = 50


class Word(NamedTuple):
    """A word, its place in code points (`end` exclusive), and what it is found by."""

    start: int
    end: int
    form: str
    """Folded: what the beginning of a word is compared with."""
    stem: str
    other: str
    """The stem of the word with its accents, folded; mostly the same."""


class Joined(NamedTuple):
    """Words `first` to `last` (inclusive) of a reading that may be written in one piece."""

    start: int
    end: int
    first: int
    last: int
    form: str
    stem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The words of a text in their order."""

    words: tuple[Word, ...]
    joined: tuple[Joined, ...]


class _Run(NamedTuple):
    """A run of letters and digits, read once."""

    words: tuple[Word, ...]
    joined: tuple[Joined, ...]
    stems: tuple[str, ...]
    others: tuple[str, ...]
    has_digits: bool


class Normaliser:
    """Reads texts, remembering the words it has seen. Several threads may use one at a time."""

    def __init__(self) -> None:
        self._known: dict[str, _Run] = {}

    def read(self, text: str) -> Reading:
        """Return the words of a text. Never raises."""
        words: list[Word] = []
        joined: list[Joined] = []
        append = words.append
        has_digits = False
        # File names are full of low lines, which the pattern takes for letters.
        for run in _RUN.finditer(text.replace("_", " ")):
            start = run.start()
            reading = self._read_run(run.group())
            has_digits = has_digits or reading.has_digits
            base = len(words)
            for word in reading.words:
                append(Word(word[0] + start, word[1] + start, word[2], word[3], word[4]))
            joined.extend(
                Joined(
                    each.start + start,
                    each.end + start,
                    each.first + base,
                    each.last + base,
                    each.form,
                    each.stem,
                )
                for each in reading.joined
            )
        if has_digits:
            starts = [each.start for each in words]
            for start, end, form in _across_runs(text):
                first, after = bisect_left(starts, start), bisect_right(starts, end - 1)
                if first < after:
                    joined.append(Joined(start, end, first, after - 1, form, form))
        return Reading(words=tuple(words), joined=tuple(joined))

    def index_words(self, text: str) -> tuple[list[str], set[str]]:
        """Return the stems of `read` in their order, and all the other forms that it gives: without places, faster."""
        stems: list[str] = []
        others: set[str] = set()
        has_digits = False
        known, add = self._known, stems.extend
        for found in _RUN.findall(text.replace("_", " ")):
            run = known.get(found) or self._read_run(found)
            add(run.stems)
            if run.others:
                others.update(run.others)
            has_digits = has_digits or run.has_digits
        if has_digits:
            others.update(form for _, _, form in _across_runs(text))
        others.difference_update(stems)
        return stems, others

    def _read_run(self, run: str) -> _Run:
        known = self._known.get(run)
        if known is not None:
            return known
        reading = _analyse(run)
        if len(run) <= _LONGEST_REMEMBERED:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known = {}
            self._known[run] = reading
        return reading


def irregular_plurals(beginning: str) -> Iterator[str]:
    """Return the plurals, in small letters, of words that begin so, and that themselves may begin otherwise."""
    return (plural for plural, word in _IRREGULAR.items() if word.startswith(beginning))


def fold(word: str) -> str:
    """Return a word without case, accents, ligatures and invisible characters. Idempotent."""
    if word.isascii():
        return word.lower().replace("_", "")[:LONGEST_FORM]
    folded = word
    # Once is not always enough: what folding a letter leaves may be folded itself.
    for _ in range(4):
        before = folded
        plain = unicodedata.normalize("NFKC", folded).casefold().translate(_LETTERS)
        folded = "".join(
            each
            for each in unicodedata.normalize("NFKD", plain)
            if unicodedata.category(each)[0] in "LN"
        )
        folded = unicodedata.normalize("NFC", folded)[:LONGEST_FORM]
        if folded == before:
            break
    return folded


def _analyse(run: str) -> _Run:
    """Read letters and digits between which stand at most single apostrophes, dots and hyphens."""
    parts = [(each.start(), each.end()) for each in _PART.finditer(run)]
    marks = [run[end : parts[index + 1][0]][:1] for index, (_, end) in enumerate(parts[:-1])]
    words: list[Word] = []
    joined: list[Joined] = []
    places: list[tuple[int, int]] = []
    index = 0
    while index < len(parts):
        start, end = parts[index]
        mark = marks[index] if index < len(marks) else ""
        first = len(words)
        if mark and mark in _APOSTROPHES:
            following = run[slice(*parts[index + 1])]
            head = fold(run[start:end])
            if head == "aujourd" and fold(following) == "hui":
                end = parts[index + 1][1]
                words.append(_word(start, end, "aujourdhui"))
                places.append((first, first))
                index += 2
                continue
            if head in _ELISIONS:
                # A name (N'Guyen) may be written without the apostrophe; an article is no part of its word.
                if following[:1].isupper():
                    joined.append(
                        _joined(start, parts[index + 1][1], first, first, head + fold(following))
                    )
                places.append((first, first - 1))
                index += 1
                continue
        words.extend(_words_of(run, start, end))
        if len(words) > first:
            last = len(words) - 1
            if last > first:
                joined.append(_joined(start, end, first, last, fold(run[start:end])))
        places.append((first, len(words) - 1))
        index += 1
    # An elision at the end elides nothing that would be there.
    joined = [each for each in joined if each.last < len(words) and each.form]
    joined.extend(_hyphenated(parts, marks, words, places))
    joined.extend(_dotted(words, run))
    stems = tuple(each.stem for each in words)
    others = {each.form for each in words} | {each.other for each in words}
    for one in joined:
        others |= {one.form, one.stem}
    return _Run(
        tuple(words),
        tuple(joined),
        stems,
        tuple(others.difference(stems)),
        any(each.form[0].isdigit() for each in words),
    )


def _words_of(run: str, start: int, end: int) -> Iterator[Word]:
    """One part is one word, or an amount and its unit."""
    text = run[start:end]
    amount = _AMOUNT.match(text)
    pieces = [(start, end)]
    if amount is not None:
        cut = start + amount.end(1)
        pieces = [(start, cut), (cut, end)]
    for begin, stop in pieces:
        form = _form(run[begin:stop])
        if form:
            yield _word(begin, stop, form, run[begin:stop])


def _form(text: str) -> str:
    """Fold a word, with the letters of chemistry by their names."""
    form = fold(text)
    if form.isascii() or not any(each in _GREEK for each in form):
        return form
    form = _MICRO.sub("u", form)
    if len(form) == 1 or any(each.isascii() for each in form):
        form = "".join(_GREEK.get(each, each) for each in form)[:LONGEST_FORM]
    return form


def _word(start: int, end: int, form: str, text: str = "") -> Word:
    stem = _stem(form)
    other = stem
    if text and not text.isascii() and form == fold(text):
        accented = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
        other = fold(_stem(accented[:LONGEST_FORM])) or stem
    return Word(start, end, form, stem, other)


def _joined(start: int, end: int, first: int, last: int, form: str) -> Joined:
    form = form[:LONGEST_FORM]
    return Joined(start, end, first, last, form, _stem(form))


def _stem(word: str) -> str:
    if len(word) < 3 or not word.isalpha():
        return word
    word = _IRREGULAR.get(word, word)
    if len(word) >= _SHORTEST_PLURAL and word[-1] == "s" and word[-2] in "aiou":
        # The stemmer leaves these as they are, and rendus, radios, aigus would not find their singulars.
        word = word[:-1]
    # A stemmer keeps its word while it works; one of its own for each call makes several threads harmless.
    return str(FrenchStemmer().stemWord(word)) or word


def _hyphenated(
    parts: list[tuple[int, int]],
    marks: list[str],
    words: list[Word],
    places: list[tuple[int, int]],
) -> Iterator[Joined]:
    """Words between which nothing but hyphens, or apostrophes that elide nothing, stand."""
    if len(places) != len(parts):
        return
    begin = 0
    while begin < len(parts):
        end = begin
        while end < len(marks) and marks[end] != "." and places[end][1] >= places[end][0]:
            end += 1
        first, last = places[begin][0], places[end][1]
        if 0 < end - begin < _MOST_JOINED_PARTS and first < last < len(words):
            form = "".join(each.form for each in words[first : last + 1])
            yield _joined(parts[begin][0], parts[end][1], first, last, form)
        begin = end + 1


def _dotted(words: list[Word], run: str) -> Iterator[Joined]:
    """A.V.C. is AVC."""
    if len(words) > 1 and "." in run and all(len(each.form) == 1 for each in words):
        form = "".join(each.form for each in words)
        yield _joined(words[0].start, words[-1].end, 0, len(words) - 1, form)


def _across_runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Dates and grouped digits, whatever is written between their parts: start, end, form."""
    for date in _DATE.finditer(text):
        form = _date(date)
        if form:
            yield date.start(), date.end(), form
    for groups in _GROUPS.finditer(text):
        digits = "".join(each for each in groups.group() if each.isdigit())
        fewest = _FEWEST_GROUPED - bool(_THOUSANDS.fullmatch(groups.group()))
        if fewest <= len(digits) <= _MOST_GROUPED:
            yield groups.start(), groups.end(), fold(digits)
            # Where nothing groups the digits, this is one run: 1000mg.
            unit = _UNIT.match(text, groups.end())
            if unit is not None:
                yield groups.start(), unit.end(), fold(digits + unit[1])


def _date(date: re.Match[str]) -> str:
    """Return a date as YYYYMMDD; empty if it is none."""
    if date["year"]:
        year, month, day = int(date["year"]), int(date["month"]), int(date["day"])
    elif date["name"]:
        month = _MONTHS.get(fold(date["name"]), 0)
        year, day = int(date["of"]), int(date["nth"])
    else:
        year, month, day = int(date["y"]), int(date["m"]), int(date["d"])
        if len(date["y"]) == 2:
            year += 1900 if year >= _PIVOT_YEAR else 2000
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ""
    return f"{year:04}{month:02}{day:02}"
