# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every format reads as much in a process that can open no file as it does where it can."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom.uid import JPEG2000Lossless

from app.engine.documents.readers import ReaderProcesses
from app.engine.ports.documents import PageUnreadableError
from tests.fakes.foreign_files import dicom, fax, jpeg, pdf, picture
from tests.fakes.quick_readers import QuickReaders

if TYPE_CHECKING:
    from app.engine.ports.documents import OpenDocument
    from app.interface.documents import PageImage

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "documents"
MADE = {
    "pdf": pdf(["a"], filled_in="x", enclosed={"a.txt": b"x"}),
    "protected": pdf(["a"], password="x"),
    "jpeg": jpeg(40, 20, orientation=6),
    "cmyk": picture("JPEG", "CMYK"),
    "several": picture("MPO"),
    "png": picture("PNG", "RGBA"),
    "deep": picture("PNG", "I;16"),
    "gif": picture("GIF", "P"),
    "webp": picture("WEBP", "RGBA"),
    "bmp": picture("BMP"),
    "fax": fax(2),
    "dicom": dicom(bytes(32), 4, 4),
    "packed": dicom(
        picture("JPEG2000", "L", (8, 4)),
        4,
        8,
        syntax=JPEG2000Lossless,
        BitsAllocated=8,
        is_packed=True,
    ),
    "text": "Très gênée".encode("mac-roman"),
}


LIBRARIES = (".pdf", ".jpg", ".png", ".gif", ".webp", ".bmp", ".tif", ".dcm")
"""Endings of hostile files that code in C reads: all of them are tried. Of the others, one of each kind."""
OTHERS = (
    *("rires.xml", "profond.json", "coupe.hpr", "profond.eml", "debuts.mbox", "bombe.zip"),
    *("separateurs.txt", "coupe.docx", "coupe.doc", "coupe.rtf"),
)


def files_of(group: str) -> dict[str, bytes]:
    """Return files by their names."""
    if group == "made":
        return MADE
    if group == "hostile":
        return {
            path.name: path.read_bytes()
            for path in sorted((CORPUS / "hostile").iterdir())
            if path.suffix in LIBRARIES or path.name in OTHERS
        }
    # One of each kind; their other forms differ in what the format does, not in what it loads.
    names = ("cda-n3.xml", "fhir.xml", "fhir.json", "hprim-mac.hpr", "lettre.eml", "boite.mbox")
    return {name: (CORPUS / "good" / name).read_bytes() for name in (*names, "xdm-deux-lots.zip")}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("group", ["made", "good", "hostile"])
def test_nothing_is_missing_when_nothing_can_be_opened(group: str) -> None:
    files = files_of(group)
    assert len(files) >= (30 if group == "hostile" else 7)

    async def drawn(opened: OpenDocument, page: int) -> PageImage | None:
        try:
            return await opened.page(page, 64)
        except PageUnreadableError:
            return None

    async def compare(real: ReaderProcesses, name: str, content: bytes) -> None:
        sealed = await real.open(content, name=name)
        free = await QuickReaders().open(content, name=name)
        assert sealed.document == free.document, name
        for page in {0, free.document.pages - 1} if free.document.pages else ():
            assert await drawn(sealed, page) == await drawn(free, page), name
        await sealed.close()

    async def story() -> None:
        real = ReaderProcesses()
        try:
            named = list(files.items())
            for at in range(0, len(named), 2):
                await asyncio.gather(*(compare(real, *each) for each in named[at : at + 2]))
        finally:
            await real.close()

    asyncio.run(story())
