# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes a table with what has to be known about it: as A4 pages for people, or as lines for a spreadsheet.

The pages use the fonts that every PDF viewer has; where a letter is not in them it stands without its accent, or as a
question mark, and the report says so. The lines have every letter. Imports `app.engine.pages` and the libraries only.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from app.engine.pages.printed import printable
from crypto_core.wire.words import WordLanguage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDTH, _HEIGHT = landscape(A4)
_MARGIN: Final = 14 * mm
_FOOT: Final = 12 * mm
_PLAIN: Final = "Helvetica"
_BOLD: Final = "Helvetica-Bold"
_CELL_SIZE: Final = 8.5
_LINE: Final = 1.25
"""Height of a line, in heights of its letters."""
_GAP: Final = 2.5 * mm
"""Between two columns."""
_MOST_LINES: Final = 40
"""Of a cell; what is longer is no name of anything, and would not fit on a page."""

_BEGINS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
"""The last ones are the wide forms of the first four, which some spreadsheets take for them."""
_SEPARATORS: Final = {WordLanguage.FRENCH: ";", WordLanguage.ENGLISH: ","}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: what stands above it, and its share of the page's width."""

    title: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows under a heading; in the lines for a spreadsheet the heading is left out."""

    title: str
    rows: tuple[tuple[str, ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is written. Rows have one cell a column; each section's rows follow those of the one before."""

    language: WordLanguage
    title: str
    author: str
    facts: tuple[tuple[str, str], ...]
    """Names and values: period, filters, who made it and when."""
    notes: tuple[tuple[str, tuple[str, ...]], ...]
    """Headings, each with its paragraphs."""
    columns: tuple[Column, ...]
    sections: tuple[Section, ...] = field(repr=False)
    page: str
    """`{number}` of `{count}`."""
    remarks: str
    """What stands above the cell of a spreadsheet that has the facts and notes."""
    letters_changed: str
    """Said when a letter could not be drawn as it is."""


# --- lines for a spreadsheet ---------------------------------------------------------------------


def report_csv(report: Report) -> bytes:
    """Return lines as RFC 4180 has them, in UTF-8 with a byte order mark, all with the same number of fields.

    What a spreadsheet would compute begins with an apostrophe: names and subjects are other people's (OWASP, CSV
    injection). The last field has the facts and notes, in the first line only, so that the others remain pure data.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=_SEPARATORS[report.language], lineterminator="\r\n")
    writer.writerow([*(column.title for column in report.columns), report.remarks])
    remarks = " ".join(
        [
            f"{report.title}.",
            *(f"{name} {value}." for name, value in report.facts),
            *(line for _, lines in report.notes for line in lines),
        ]
    )
    for section in report.sections:
        for row in section.rows:
            writer.writerow([*map(harmless, row), harmless(remarks)])
            remarks = ""
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" \u00a0\u202f").startswith(_BEGINS_FORMULA) else cell


# --- pages ---------------------------------------------------------------------------------------


def report_pdf(report: Report) -> bytes:
    """Return A4 pages: facts and notes, then the rows, with the columns' titles on each page and page numbers."""
    plain = _is_plain(report)
    sheet = _Sheet(report)
    sheet.text(report.title, 18, font=_BOLD)
    sheet.space(2)
    for name, value in report.facts:
        sheet.fact(name, value)
    sheet.space(2)
    for heading, lines in report.notes:
        sheet.text(heading, 11, font=_BOLD)
        for line in lines:
            sheet.text(line, 9.5)
        sheet.space(1.5)
    if not plain:
        sheet.text(report.letters_changed, 9.5)
    sheet.space(2)
    sheet.columns()
    for section in report.sections:
        sheet.section(section.title)
        for row in section.rows:
            sheet.row(row)
    return sheet.finish()


def _is_plain(report: Report) -> bool:
    texts = [value for _, value in report.facts]
    cells = (cell for section in report.sections for row in section.rows for cell in row)
    return all(_drawn(text) == _bound(text) for text in (*texts, *cells))


class _Sheet:
    """Pages that are written from top to bottom.

    What is drawn is kept until the number of pages is known, because each says of how many it is one.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._pages: list[list[tuple[float, float, str, float, str]]] = [[]]
        self._rules: list[list[float]] = [[]]
        self._marks: list[tuple[str, int, float]] = []
        self._y = _HEIGHT - _MARGIN
        self._has_columns = False
        whole = _WIDTH - 2 * _MARGIN - _GAP * (len(report.columns) - 1)
        shares = sum(column.share for column in report.columns)
        self._widths = [whole * column.share / shares for column in report.columns]

    def space(self, millimetres: float) -> None:
        self._y -= millimetres * mm

    def text(self, text: str, size: float, *, font: str = _PLAIN, left: float = _MARGIN) -> None:
        for line in _wrapped(text, font, size, _WIDTH - _MARGIN - left):
            self._need(size * _LINE)
            self._y -= size * _LINE
            self._put(left, self._y, font, size, line)
        self.space(0.8)

    def fact(self, name: str, value: str) -> None:
        self._need(10 * _LINE)
        self._put(_MARGIN, self._y - 10 * _LINE, _PLAIN, 10, _drawn(name))
        self.text(value, 10, font=_BOLD, left=_MARGIN + 46 * mm)

    def columns(self) -> None:
        """Begin the table: from here on the titles stand at the head of each page."""
        self._has_columns = True
        self._need(20 * mm)
        self._titles()

    def section(self, title: str) -> None:
        # A heading is not left alone at the foot of a page.
        self._need(14 * mm)
        self.space(2.5)
        self._y -= 10 * _LINE
        self._put(_MARGIN, self._y, _BOLD, 10, _drawn(title))
        self._marks.append((title, len(self._pages) - 1, self._y + 12))
        self.space(1)

    def row(self, cells: Sequence[str]) -> None:
        wrapped = [
            _wrapped(cell, _PLAIN, _CELL_SIZE, width)
            for cell, width in zip(cells, self._widths, strict=True)
        ]
        height = max(map(len, wrapped)) * _CELL_SIZE * _LINE + 1.6 * mm
        self._need(height)
        self._cells(wrapped, _PLAIN)
        self._y -= height
        self._rules[-1].append(self._y)

    def finish(self) -> bytes:
        report, file = self._report, io.BytesIO()
        canvas = Canvas(
            file, pagesize=(_WIDTH, _HEIGHT), pageCompression=1, lang=report.language.value
        )
        canvas.setTitle(_drawn(report.title))
        canvas.setAuthor(_drawn(report.author))
        canvas.setCreator("U-HealthSec")
        marks = iter([*self._marks, ("", len(self._pages), 0.0)])
        mark = next(marks)
        for number, (lines, rules) in enumerate(zip(self._pages, self._rules, strict=True)):
            while mark[1] == number:
                key = f"{number}-{mark[2]:.0f}"
                canvas.bookmarkHorizontal(key, 0, mark[2])
                canvas.addOutlineEntry(mark[0], key)
                mark = next(marks)
            canvas.setLineWidth(0.3)
            canvas.setStrokeGray(0.75)
            for y in rules:
                canvas.line(_MARGIN, y, _WIDTH - _MARGIN, y)
            for left, y, font, size, text in lines:
                canvas.setFont(font, size)
                canvas.drawString(left, y, text)
            canvas.setFont(_PLAIN, 8)
            canvas.drawString(_MARGIN, _FOOT - 4 * mm, _drawn(report.title))
            canvas.drawRightString(
                _WIDTH - _MARGIN,
                _FOOT - 4 * mm,
                _drawn(report.page.format(number=number + 1, count=len(self._pages))),
            )
            canvas.showPage()
        canvas.save()
        return file.getvalue()

    def _need(self, height: float) -> None:
        """Begin another page unless so much is free on this one."""
        if self._y - height >= _FOOT + 2 * mm:
            return
        self._pages.append([])
        self._rules.append([])
        self._y = _HEIGHT - _MARGIN
        if self._has_columns:
            self._titles()

    def _titles(self) -> None:
        wrapped = [
            _wrapped(column.title, _BOLD, _CELL_SIZE, width)
            for column, width in zip(self._report.columns, self._widths, strict=True)
        ]
        self._cells(wrapped, _BOLD)
        self._y -= max(map(len, wrapped)) * _CELL_SIZE * _LINE + 1.6 * mm
        self._rules[-1].append(self._y)

    def _cells(self, wrapped: Sequence[Sequence[str]], font: str) -> None:
        left = _MARGIN
        for lines, width in zip(wrapped, self._widths, strict=True):
            for number, line in enumerate(lines, 1):
                y = self._y - 0.4 * mm - number * _CELL_SIZE * _LINE
                self._put(left, y, font, _CELL_SIZE, line)
            left += width + _GAP

    def _put(self, left: float, y: float, font: str, size: float, text: str) -> None:
        self._pages[-1].append((left, y, font, size, text))


@lru_cache(maxsize=4096)
def _wrapped(text: str, font: str, size: float, width: float) -> tuple[str, ...]:
    """Return the lines of a text, none of them wider than `width` points; a word that is too long is cut."""
    lines: list[str] = []
    line = ""
    for word in _words(_drawn(text), font, size, width):
        longer = f"{line} {word}" if line else word
        if not line or stringWidth(longer, font, size) <= width:
            line = longer
            continue
        lines.append(line)
        line = word
    lines.append(line)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], "..."]
    return tuple(lines)


def _drawn(text: str) -> str:
    return printable(_bound(text))


def _bound(text: str) -> str:
    """The narrow space of French typography is in none of the fonts; its wide sister does not break a line either."""
    return text.replace("\u202f", "\u00a0")


def _words(text: str, font: str, size: float, width: float) -> Iterator[str]:
    for word in text.split(" "):
        rest = word
        while stringWidth(rest, font, size) > width:
            fits = next(
                end
                for end in range(len(rest), 0, -1)
                if stringWidth(rest[:end], font, size) <= width
            )
            yield rest[:fits]
            rest = rest[fits:]
        yield rest
