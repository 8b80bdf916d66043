# SPDX-License-Identifier: AGPL-3.0-or-later
"""Draws the recovery kit's page and the pages of its shares: A4, black on white, for any printer.

Helvetica is one of the fonts that every PDF viewer has, so no font travels with the page. A letter that its
encoding lacks (Windows-1252) is drawn without its accent. Imports `app.engine.pages` and the libraries only.
"""

from __future__ import annotations

import io
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from app.engine.pages.texts import ERASURE, KIT, MONTHS, SHARE
from crypto_core.wire.ids import format_address
from crypto_core.wire.words import WordLanguage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.snapshots import KitSheet
    from crypto_core.wire.erasure import ErasureCertificate
    from crypto_core.wire.ids import UnixMillis, UtcOffsetMinutes

_WIDTH, _HEIGHT = A4
_MARGIN: Final = 18 * mm
_COLUMN: Final = _WIDTH - 2 * _MARGIN
_PLAIN: Final = "Helvetica"
_BOLD: Final = "Helvetica-Bold"
_CODE: Final = "Courier-Bold"
_GROUPS_A_ROW: Final = 4
_WORDS_A_ROW: Final = 3
_QUIET_SQUARES: Final = 4
"""White around a QR picture, in squares (ISO/IEC 18004)."""
_PLAINER: Final = str.maketrans("ŁłĐđĦħ", "LlDdHh")
"""Letters that Unicode does not take apart into a letter and an accent."""


def kit_pdf(sheet: KitSheet, language: WordLanguage, *, offset: UtcOffsetMinutes) -> bytes:
    """Return the page of a recovery kit; dates are those of the given local time."""
    said = KIT[language]
    page = _Page(said.title)
    page.heading(said.title, 26)
    page.paragraph(said.lead, 12)
    page.space(2)
    page.fact(said.whose, sheet.name)
    page.fact(said.relay, sheet.relay)
    page.fact(said.made, _day(sheet.made_at, language, offset))
    page.fact(said.address, format_address(sheet.account))
    if sheet.counts_at is not None:
        day = _day(sheet.counts_at, language, offset)
        page.paragraph(said.counts.format(date=day), 11, font=_BOLD)
    page.space(3)
    page.code(said.code, sheet.groups, sheet.card, said.picture)
    page.space(5)
    page.heading(said.steps_title, 15)
    for number, step in enumerate(said.steps, 1):
        page.item(f"{number}.", step, 12)
    page.space(3)
    page.heading(said.keep_title, 13)
    for each in said.keep:
        page.item("\u2022", each, 11)
    page.space(2)
    page.paragraph(said.not_back, 11)
    # Who finds the page, or helps its owner, may read another language only.
    page.rule()
    for other, texts in KIT.items():
        if other is not language:
            page.paragraph(texts.brief, 10)
    return page.finish()


def share_pdf(shares: Sequence[str], *, name: str, threshold: int, language: WordLanguage) -> bytes:
    """Return one page for each share."""
    said = SHARE[language]
    page = _Page(said.title)
    for number, share in enumerate(shares, 1):
        if number > 1:
            page.turn()
        told = {"name": name, "threshold": threshold, "count": len(shares), "number": number}
        page.heading(said.title, 24)
        page.paragraph(said.lead.format(**told), 13)
        page.space(4)
        page.heading(said.words.format(**told), 14)
        page.words(share.split())
        page.space(4)
        page.paragraph(said.ask.format(**told), 13)
        page.space(2)
        page.paragraph(said.keep.format(**told), 13)
    return page.finish()


def erasure_pdf(
    certificate: ErasureCertificate,
    number: bytes,
    name: str,
    language: WordLanguage,
    *,
    offset: UtcOffsetMinutes,
) -> bytes:
    """Return the page of an erasure certificate; dates are those of the given local time."""
    said = ERASURE[language]
    told = {
        "letters": certificate.letters,
        "documents": certificate.documents,
        "drafts": certificate.drafts,
        "destroyed": certificate.backups_destroyed,
        "absent": certificate.backups_absent,
        "computers": certificate.computers,
        "correspondents": certificate.correspondents,
        "date": _day(certificate.host_until, language, offset),
    }
    page = _Page(said.title)
    page.heading(said.title, 26)
    page.paragraph(said.lead, 12)
    page.space(2)
    page.fact(said.by, name)
    page.fact(said.begun, _day(certificate.begun_at, language, offset))
    page.fact(said.finished, _day(certificate.finished_at, language, offset))
    page.fact(said.number, number.hex())
    page.space(3)
    page.heading(said.gone_title, 15)
    for each in said.gone:
        page.item("\u2022", each.format(**told), 12)
    page.space(3)
    page.heading(said.left_title, 15)
    for each, is_told in (
        (said.correspondents, certificate.correspondents > 0),
        (said.absent, certificate.backups_absent > 0),
        (said.computers, certificate.computers > 0),
        (said.outside, True),
        (said.host, True),
    ):
        if is_told:
            page.item("\u2022", each.format(**told), 12)
    page.rule()
    page.paragraph(said.check, 10)
    return page.finish()


class _Page:
    """A page that is written from top to bottom."""

    def __init__(self, title: str) -> None:
        self._file = io.BytesIO()
        self._canvas = Canvas(self._file, pagesize=A4, pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setCreator("U-HealthSec")
        self._y = _HEIGHT - _MARGIN

    def finish(self) -> bytes:
        self._canvas.save()
        return self._file.getvalue()

    def turn(self) -> None:
        self._canvas.showPage()
        self._y = _HEIGHT - _MARGIN

    def space(self, millimetres: float) -> None:
        self._y -= millimetres * mm

    def rule(self) -> None:
        """Draw a hairline."""
        self.space(3)
        self._canvas.setLineWidth(0.4)
        self._canvas.line(_MARGIN, self._y, _WIDTH - _MARGIN, self._y)
        self.space(1)

    def heading(self, text: str, size: float) -> None:
        self.paragraph(text, size, font=_BOLD)
        self.space(1.5)

    def paragraph(
        self, text: str, size: float, *, font: str = _PLAIN, left: float = _MARGIN
    ) -> None:
        self._canvas.setFont(font, size)
        for line in simpleSplit(printable(text), font, size, _WIDTH - _MARGIN - left):
            self._y -= size * 1.25
            self._canvas.drawString(left, self._y, line)
        self.space(1)

    def item(self, mark: str, text: str, size: float) -> None:
        self._canvas.setFont(_BOLD, size)
        self._canvas.drawString(_MARGIN, self._y - size * 1.25, printable(mark))
        self.paragraph(text, size, left=_MARGIN + 7 * mm)

    def fact(self, name: str, text: str) -> None:
        self._canvas.setFont(_PLAIN, 10)
        self._canvas.drawString(_MARGIN, self._y - 13.5, printable(name))
        self.paragraph(text, 11, font=_BOLD, left=_MARGIN + 24 * mm)

    def code(self, title: str, groups: Sequence[str], card: str, caption: str) -> None:
        """Draw the groups with their numbers, and the QR picture beside them, in one frame."""
        rows = -(-len(groups) // _GROUPS_A_ROW)
        row_height, picture = 14 * mm, 50 * mm
        height = max(rows * row_height + 11 * mm, picture + 12 * mm)
        canvas, top = self._canvas, self._y
        canvas.setLineWidth(1.2)
        canvas.roundRect(_MARGIN, top - height, _COLUMN, height, 3 * mm)
        canvas.setFont(_BOLD, 13)
        canvas.drawString(_MARGIN + 5 * mm, top - 8 * mm, printable(title))
        width = (_COLUMN - picture - 14 * mm) / _GROUPS_A_ROW
        for place, group in enumerate(groups):
            row, column = divmod(place, _GROUPS_A_ROW)
            left = _MARGIN + 5 * mm + column * width
            baseline = top - 20 * mm - row * row_height
            canvas.setFont(_PLAIN, 8)
            canvas.drawString(left, baseline + 6 * mm, str(place + 1))
            canvas.setFont(_CODE, 18)
            canvas.drawString(left, baseline, group)
        left = _MARGIN + _COLUMN - picture - 4 * mm
        self._qr(card, left, top - 4 * mm - picture, picture)
        canvas.setFont(_PLAIN, 9)
        canvas.drawCentredString(left + picture / 2, top - picture - 7.5 * mm, printable(caption))
        self._y = top - height

    def words(self, words: Sequence[str]) -> None:
        """Draw numbered words in columns that are read downwards."""
        rows = -(-len(words) // _WORDS_A_ROW)
        for place, word in enumerate(words):
            column, row = divmod(place, rows)
            left = _MARGIN + column * _COLUMN / _WORDS_A_ROW
            baseline = self._y - (row + 1) * 9 * mm
            self._canvas.setFont(_PLAIN, 10)
            self._canvas.drawRightString(left + 7 * mm, baseline, f"{place + 1}.")
            self._canvas.setFont(_CODE, 15)
            self._canvas.drawString(left + 9 * mm, baseline, word)
        self._y -= rows * 9 * mm

    def _qr(self, text: str, left: float, bottom: float, size: float) -> None:
        matrix = segno.make_qr(text, error="m").matrix
        square = size / (len(matrix) + 2 * _QUIET_SQUARES)
        for row, squares in enumerate(matrix):
            for column, is_dark in enumerate(squares):
                if is_dark:
                    self._canvas.rect(
                        left + (column + _QUIET_SQUARES) * square,
                        bottom + size - (row + _QUIET_SQUARES + 1) * square,
                        square,
                        square,
                        stroke=0,
                        fill=1,
                    )


def printable(text: str) -> str:
    """Return a text in the letters that the fonts have."""
    drawn = []
    for letter in text.translate(_PLAINER):
        for candidate in (letter, unicodedata.normalize("NFKD", letter)[0], "?"):
            if candidate.encode("cp1252", "ignore"):
                drawn.append(candidate)
                break
    return "".join(drawn)


def _day(moment: UnixMillis, language: WordLanguage, offset: UtcOffsetMinutes) -> str:
    local = datetime.fromtimestamp(moment / 1000, tz=UTC) + timedelta(minutes=offset)
    month = MONTHS[language][local.month - 1]
    day = "1er" if language is WordLanguage.FRENCH and local.day == 1 else str(local.day)
    return f"{day} {month} {local.year}"
