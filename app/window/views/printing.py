# SPDX-License-Identifier: AGPL-3.0-or-later
"""Brings pages that this program has made onto a printer, without a file: PDFium draws, Qt prints.

Never for a document of somebody else: this process shows secrets, and a reader of PDF has a large surface.
"""

from __future__ import annotations

from typing import Final

import pypdfium2
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter

_DOTS_PER_INCH: Final = 300
_POINTS_PER_INCH: Final = 72


def printer() -> QPrinter:
    """Return a printer for whole pages of A4, which have their margins in them."""
    found = QPrinter(QPrinter.PrinterMode.HighResolution)
    found.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    found.setFullPage(True)
    return found


def print_pages(pdf: bytes, device: QPrinter) -> bool:
    """Print every page; return False if the printer does not take them."""
    painter = QPainter()
    if not painter.begin(device):
        return False
    document = pypdfium2.PdfDocument(pdf)
    try:
        is_taken = True
        for number in range(len(document)):
            is_taken = is_taken and (number == 0 or device.newPage())
            _paint(painter, device, document[number])
    finally:
        document.close()
    return painter.end() and is_taken


def _paint(painter: QPainter, device: QPrinter, page: pypdfium2.PdfPage) -> None:
    """Draw a page as large as the paper allows, in its middle."""
    bitmap = page.render(scale=_DOTS_PER_INCH / _POINTS_PER_INCH, grayscale=True)
    picture = QImage(
        bitmap.buffer,
        bitmap.width,
        bitmap.height,
        bitmap.stride,
        QImage.Format.Format_Grayscale8,
    )
    paper = QRect(0, 0, device.width(), device.height())
    area = QRect(paper)
    area.setSize(picture.size().scaled(paper.size(), Qt.AspectRatioMode.KeepAspectRatio))
    area.moveCenter(paper.center())
    painter.drawImage(area, picture)
    # The picture stands on the bitmap's memory.
    del picture
    bitmap.close()
