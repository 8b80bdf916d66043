# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files as other people send them, made here: PDF, pictures, DICOM, mail."""

from __future__ import annotations

import struct
import zlib
from email.message import EmailMessage
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdfium2
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFString
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def pdf(
    pages: Sequence[str],
    *,
    title: str = "",
    filled_in: str = "",
    password: str = "",
    owner_password: str = "",
    script: str = "",
    enclosed: Mapping[str, bytes] | None = None,
) -> bytes:
    """Make a PDF of short pages, perhaps with a filled-in field on the first, passwords, a script, or files inside."""
    file = BytesIO()
    protection = (
        StandardEncryption(password, ownerPassword=owner_password or None)
        if password or owner_password
        else None
    )
    canvas = Canvas(file, encrypt=protection)
    canvas.setTitle(title)
    if script:
        canvas.setCatalogEntry(
            "OpenAction", PDFDictionary({"S": PDFName("JavaScript"), "JS": PDFString(script)})
        )
    for number, text in enumerate(pages):
        canvas.setFont("Helvetica", 24)
        canvas.drawString(72, 700, text)
        if filled_in and not number:
            canvas.acroForm.textfield(
                value=filled_in, name="field", x=72, y=500, width=300, height=40
            )
        canvas.showPage()
    canvas.save()
    if not enclosed:
        return file.getvalue()
    document: Any = pypdfium2.PdfDocument(file.getvalue())
    for name, content in enclosed.items():
        document.new_attachment(name).set_data(content)
    whole = BytesIO()
    document.save(whole)
    return whole.getvalue()


def written_pdf(objects: Sequence[bytes]) -> bytes:
    """Make a PDF of these objects, the first of which is its root, with a list that finds them."""
    content, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(content) + b"startxref\n%d\n%%%%EOF\n" % start


def jpeg(width: int, height: int, *, orientation: int = 1) -> bytes:
    """Make a JPEG, red on the left and blue on the right, turned by its EXIF."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[0x0112] = orientation
    return _saved(image, "JPEG", exif=exif, quality=95)


def picture(format_name: str, mode: str = "RGB", size: tuple[int, int] = (20, 10)) -> bytes:
    """Make a picture of one colour."""
    return _saved(Image.new(mode, size, 0), format_name)


def fax(pages: int) -> bytes:
    """Make a TIFF of several pages, black and white."""
    images = [Image.new("1", (30 + number, 40), number % 2) for number in range(pages)]
    return _saved(images[0], "TIFF", save_all=True, append_images=images[1:], compression="group4")


def png_bomb(width: int, height: int) -> bytes:
    """Make a PNG that says to be this large and is not."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def dicom(
    pixels: bytes,
    rows: int,
    columns: int,
    *,
    syntax: UID = ExplicitVRLittleEndian,
    is_packed: bool = False,
    **fields: str | int,
) -> bytes:
    """Make a DICOM file of Dupont Amélie with one grey frame of 16 bits, or as the fields say."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.1")
    meta.MediaStorageSOPInstanceUID = UID("1.2.3.4")
    meta.TransferSyntaxUID = syntax
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.SpecificCharacterSet = "ISO_IR 192"
    values = {
        "PatientName": "DUPONT^Amélie",
        "PatientBirthDate": "19800131",
        "Modality": "CR",
        "StudyDate": "20261120",
        "Rows": rows,
        "Columns": columns,
        "SamplesPerPixel": 1,
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 0,
        "PhotometricInterpretation": "MONOCHROME2",
        **fields,
    }
    for name, value in values.items():
        setattr(dataset, name, value)
    dataset.PixelData = encapsulate([pixels]) if is_packed else pixels
    dataset["PixelData"].VR = "OB" if is_packed else "OW"
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def mail_with(attachment: bytes) -> bytes:
    """Make a mail that a PDF is attached to."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Compte rendu"
    mail["Date"] = "Fri, 20 Nov 2026 10:00:00 +0100"
    mail.set_content("Ci-joint.")
    mail.add_attachment(attachment, maintype="application", subtype="pdf", filename="cr.pdf")
    return mail.as_bytes()


def _saved(image: Image.Image, format_name: str, **options: Any) -> bytes:  # noqa: ANN401 - the library's
    file = BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()
