# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every format reads as much in a process that can open no file as it does where it can."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydicom.uid import JPEG2000Lossless

from app.engine.documents.readers import ReaderProcesses
from tests.fakes.foreign_files import dicom, fax, jpeg, pdf, picture
from tests.fakes.quick_readers import QuickReaders

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "documents" / "good"
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


@pytest.mark.parametrize("group", ["made", "corpus"])
def test_nothing_is_missing_when_nothing_can_be_opened(group: str) -> None:
    if group == "made":
        files = MADE
    else:
        # One of each kind; their other forms differ in what the format does, not in what it loads.
        names = ("cda-n3.xml", "fhir.xml", "fhir.json", "hprim-mac.hpr", "lettre.eml", "boite.mbox")
        files = {name: (CORPUS / name).read_bytes() for name in (*names, "xdm-deux-lots.zip")}

    async def story() -> None:
        real, quick = ReaderProcesses(), QuickReaders()
        try:
            for name, content in files.items():
                sealed = await real.open(content, name=name)
                free = await quick.open(content, name=name)
                assert sealed.document == free.document, name
                if free.document.pages:
                    assert await sealed.page(0, 64) == await free.page(0, 64), name
        finally:
            await real.close()

    asyncio.run(story())
