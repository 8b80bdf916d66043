# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of recovery codes for paper, as a PDF in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

MARGIN_MILLIMETRES: Final = 25
COLUMNS: Final = 2
_DOTS_PER_INCH: Final = 300
_MILLIMETRES_PER_INCH: Final = 25.4
_POINTS_PER_INCH: Final = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSheet:
    """What stands on the page."""

    title: str
    owner: str
    codes: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...]


def _paint(device: QPdfWriter, sheet: CodeSheet) -> None:
    """Paint the page, black on white."""
    painter = QPainter(device)
    resolution = device.logicalDpiY()
    millimetre = resolution / _MILLIMETRES_PER_INCH
    width = device.width()
    painter.setPen(Qt.GlobalColor.black)
    y = _text(painter, sheet.title, 0, width, _font(resolution, 18, is_bold=True))
    y = _text(painter, sheet.owner, y + 2 * millimetre, width, _font(resolution, 11))
    y += 8 * millimetre
    # A box before each code, to be crossed when it has served.
    rows = -(-len(sheet.codes) // COLUMNS)
    painter.setFont(_font(resolution, 14, family="monospace"))
    for number, code in enumerate(sheet.codes):
        column, row = divmod(number, rows)
        left = column * width / COLUMNS
        top = y + row * 11 * millimetre
        painter.setPen(QPen(Qt.GlobalColor.black, 0.3 * millimetre))
        painter.drawRect(QRectF(left, top + 1.25 * millimetre, 4 * millimetre, 4 * millimetre))
        area = QRectF(left + 8 * millimetre, top, width / COLUMNS, 6.5 * millimetre)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), code)
    y += rows * 11 * millimetre + 4 * millimetre
    for note in sheet.notes:
        y = _text(painter, note, y, width, _font(resolution, 11)) + 3 * millimetre
    painter.end()


def pdf_of(sheet: CodeSheet) -> bytes:
    """Return the page as a PDF."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS_PER_INCH)
    writer.setTitle(sheet.title)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    margins = QMarginsF(*[float(MARGIN_MILLIMETRES)] * 4)
    writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    _paint(writer, sheet)
    return bytes(buffer.data().data())


def _font(resolution: int, points: float, *, family: str = "", is_bold: bool = False) -> QFont:
    font = QFont(family) if family else QFont()
    if family:
        font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(round(points * resolution / _POINTS_PER_INCH))
    font.setBold(is_bold)
    return font


def _text(painter: QPainter, text: str, top: float, width: float, font: QFont) -> float:
    """Paint a paragraph and return where it ends."""
    painter.setFont(font)
    flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)
    area = QRectF(0, top, width, painter.window().height() - top)
    painter.drawText(area, flags, text)
    return painter.boundingRect(area, flags, text).bottom()
