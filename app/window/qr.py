# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the QR picture in an image file that a person chose, as a photograph or as saved by a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
_MOST_PIXELS: Final = 4000
"""Of a side; a larger photograph is read at this size."""


def text_in_picture(path: Path) -> str | None:
    """Return the text of the first QR picture in an image, None if there is none or no image."""
    # The window does not wait for it before somebody has chosen a picture.
    import zxingcpp  # noqa: PLC0415

    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if max(size.width(), size.height()) > _MOST_PIXELS:
        most = QSize(_MOST_PIXELS, _MOST_PIXELS)
        reader.setScaledSize(size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio))
    picture = reader.read()
    if picture.isNull():
        return None
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    lines = bytes(grey.constBits())
    width, height, stride = grey.width(), grey.height(), grey.bytesPerLine()
    rows = b"".join(lines[y * stride : y * stride + width] for y in range(height))
    found = zxingcpp.read_barcodes(
        memoryview(rows).cast("B", (height, width)),
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
    )
    return found[0].text if found else None
