# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads what stands on printed pages: the text that a PDF holds, and the QR pictures that a camera would see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2
import zxingcpp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SCALE = 150 / 72


def pages_of(pdf: bytes | Path) -> list[str]:
    """Return the text of every page."""
    return [page.get_textpage().get_text_bounded() for page in _opened(pdf)]


def sizes_of(pdf: bytes | Path) -> list[tuple[float, float]]:
    """Return the size of every page in points."""
    return [page.get_size() for page in _opened(pdf)]


def pictures_on(pdf: bytes | Path) -> list[str]:
    """Return the texts of the QR pictures on all pages."""
    return [found.text for page in _opened(pdf) for found in zxingcpp.read_barcodes(_seen(page))]


def _seen(page: pypdfium2.PdfPage) -> memoryview:
    bitmap = page.render(scale=_SCALE, grayscale=True)
    lines, width, stride = bytes(bitmap.buffer), bitmap.width, bitmap.stride
    rows = b"".join(lines[y * stride : y * stride + width] for y in range(bitmap.height))
    return memoryview(rows).cast("B", (bitmap.height, width))


def _opened(pdf: bytes | Path) -> Iterator[pypdfium2.PdfPage]:
    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document)):
        yield document[number]
    document.close()
