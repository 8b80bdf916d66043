# SPDX-License-Identifier: AGPL-3.0-or-later
"""The text of a QR picture (ISO/IEC 18004) in an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import zxingcpp

if TYPE_CHECKING:
    from app.engine.documents.drawn import Drawn

_MOST_WIDTH: Final = 4000
"""In pixels; a larger photograph is looked at in this size."""


def code_in(drawn: Drawn) -> str:
    """Return the text of the first QR picture on the first page, nothing if there is none. Raises NoPageError."""
    pixels = drawn.draw(0, _MOST_WIDTH)
    found = zxingcpp.read_barcodes(
        memoryview(pixels.rgb).cast("B", (pixels.height, pixels.width, 3)),
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
    )
    return found[0].text if found else ""
