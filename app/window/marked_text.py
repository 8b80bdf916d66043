# SPDX-License-Identifier: AGPL-3.0-or-later
"""A letter's text with its marks, as values: cleaned, settled, joined, and with fields filled in. Knows no Qt."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crypto_core.wire.content import Mark, MarkKind
from crypto_core.wire.limits import MAX_MARKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LINE_ENDS: Final = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
# What an editor keeps for itself: places of objects, frames and byte orders.
_EDITORS_OWN: Final = frozenset("\ufffc\ufdd0\ufdd1\ufeff")
_STRONG: Final = re.compile(r"\*\*(.+?)\*\*")
_ENTRY: Final = re.compile(r"(?:- |(\d+)\. )")
FIELD: Final = re.compile(r"\{([^{}\n]{1,60})\}")
"""A field of a template: what is to be put in its place, between braces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedText:
    """A text, and how it is set. Positions are code points."""

    text: str = field(default="", repr=False)
    marks: tuple[Mark, ...] = ()

    def settled(self) -> MarkedText:
        """Return it as an editor would give it back: clean, marks in order, none that says nothing.

        Bold ends with its line and begins again on the next one; neighbouring pieces and lists are one.
        """
        if clean(self.text) != self.text:
            # Positions would no longer be those of the text.
            return MarkedText(text=clean(self.text))
        return join_lines(split_lines(self))

    def __add__(self, other: MarkedText) -> MarkedText:
        """Return one behind the other."""
        shift = len(self.text)
        moved = tuple(
            Mark(kind=mark.kind, start=mark.start + shift, end=mark.end + shift)
            for mark in other.marks
        )
        return MarkedText(text=self.text + other.text, marks=self.marks + moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a text: what kind of entry it is, and which pieces of it are bold."""

    text: str = field(default="", repr=False)
    kind: MarkKind | None = None
    bold: tuple[tuple[int, int], ...] = ()


def clean(text: str) -> str:
    """Return a text with line feeds as its only line ends, and without signs that nobody sees."""
    unified = _LINE_ENDS.sub("\n", text)
    return "".join(
        sign
        for sign in unified
        if sign in "\n\t"
        or (unicodedata.category(sign) not in {"Cc", "Cs"} and sign not in _EDITORS_OWN)
    )


def split_lines(marked: MarkedText) -> list[Line]:
    """Return the lines of a clean text."""
    lists = [mark for mark in marked.marks if mark.kind is not MarkKind.BOLD]
    bold = _merged(
        (mark.start, mark.end)
        for mark in marked.marks
        if mark.kind is MarkKind.BOLD and 0 <= mark.start < mark.end
    )
    lines: list[Line] = []
    start = 0
    next_bold = next_list = 0
    lists.sort(key=lambda mark: mark.start)
    for text in marked.text.split("\n"):
        end = start + len(text)
        while next_bold < len(bold) and bold[next_bold][1] <= start:
            next_bold += 1
        spans = []
        for first, last in bold[next_bold:]:
            if first >= end:
                break
            spans.append((max(first, start) - start, min(last, end) - start))
        while next_list < len(lists) and lists[next_list].end < end:
            next_list += 1
        kind = None
        if next_list < len(lists) and lists[next_list].start <= start:
            kind = lists[next_list].kind
        lines.append(Line(text=text, kind=kind, bold=tuple(spans)))
        start = end + 1
    return lines


def join_lines(lines: Iterable[Line]) -> MarkedText:
    """Return lines as one text; a list that has nothing but empty lines is none."""
    texts: list[str] = []
    marks: list[Mark] = []
    start = 0
    run: tuple[MarkKind, int, int] | None = None

    def end_run() -> None:
        if run is not None and run[1] < run[2]:
            marks.append(Mark(kind=run[0], start=run[1], end=run[2]))

    for line in lines:
        end = start + len(line.text)
        if run is not None and run[0] is line.kind:
            run = (run[0], run[1], end)
        else:
            end_run()
            run = None if line.kind is None else (line.kind, start, end)
        marks += [
            Mark(kind=MarkKind.BOLD, start=start + first, end=start + last)
            for first, last in _merged(line.bold)
            if first < last
        ]
        texts.append(line.text)
        start = end + 1
    end_run()
    marks.sort(key=lambda mark: (mark.start, mark.kind, -mark.end))
    return MarkedText(text="\n".join(texts), marks=tuple(marks[:MAX_MARKS]))


def marked(written: str) -> MarkedText:
    """Return what a text of ours means: `**bold**`, and lines that begin with "- " or "1. "."""
    lines = []
    for each in written.split("\n"):
        entry = _ENTRY.match(each)
        kind = None
        if entry is not None:
            kind = MarkKind.NUMBERED if entry.group(1) else MarkKind.BULLET
            each = each[entry.end() :]  # noqa: PLW2901 - the rest of the same line
        pieces = _STRONG.split(each)
        bold, text = [], ""
        for position, piece in enumerate(pieces):
            if position % 2:
                bold.append((len(text), len(text) + len(piece)))
            text += piece
        lines.append(Line(text=text, kind=kind, bold=tuple(bold)))
    return join_lines(lines)


def filled(template: MarkedText, value_of: Callable[[str], str | None]) -> MarkedText:
    """Return a text with the fields filled in that are known; the others stay as they are."""
    pieces: list[str] = []
    moves: list[tuple[int, int]] = [(0, 0)]
    last = shift = 0
    for found in FIELD.finditer(template.text):
        value = value_of(found.group(1).strip())
        if value is None:
            continue
        value = " ".join(clean(value).split("\n"))
        pieces += [template.text[last : found.start()], value]
        shift += len(value) - (found.end() - found.start())
        # A mark that begins or ends inside the field now does so at the end of what was put there.
        moves.append((found.end(), shift))
        last = found.end()
    text = "".join([*pieces, template.text[last:]])

    def moved(place: int) -> int:
        by = 0
        for behind, each in moves:
            if behind > place:
                break
            by = each
        return min(max(place + by, 0), len(text))

    marks = tuple(
        Mark(kind=mark.kind, start=moved(mark.start), end=moved(mark.end))
        for mark in template.marks
    )
    return MarkedText(text=text, marks=marks).settled()


def open_fields(text: str) -> tuple[str, ...]:
    """Return the fields that nobody has filled in, each once."""
    return tuple(dict.fromkeys(found.group(1) for found in FIELD.finditer(text)))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    made: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if made and first <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], last))
        else:
            made.append((first, last))
    return made
