# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a file is by its content; its name and the type it travelled under decide nothing."""

from __future__ import annotations

import re
from typing import Final

from app.interface.documents import DocumentKind

_START_BYTES: Final = 8192
_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", DocumentKind.PICTURE),
    (b"\xff\xd8\xff", DocumentKind.PICTURE),
    (b"GIF87a", DocumentKind.PICTURE),
    (b"GIF89a", DocumentKind.PICTURE),
    (b"II*\x00", DocumentKind.PICTURE),
    (b"MM\x00*", DocumentKind.PICTURE),
    (b"{\\rtf", DocumentKind.OFFICE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", DocumentKind.OFFICE),
)
_TNEF: Final = b"\x78\x9f\x3e\x22"
"""winmail.dat of Outlook."""
_ENDINGS: Final = {
    DocumentKind.PDF: ".pdf",
    DocumentKind.TEXT: ".txt",
    DocumentKind.CDA: ".xml",
    DocumentKind.XDM: ".zip",
    DocumentKind.HPRIM: ".hpr",
    DocumentKind.MAIL: ".eml",
    DocumentKind.MAILBOX: ".mbox",
    DocumentKind.DICOM: ".dcm",
    DocumentKind.ARCHIVE: ".zip",
}
_PICTURE_ENDINGS: Final = ((b"\x89PNG", ".png"), (b"\xff\xd8", ".jpg"), (b"GIF8", ".gif"))
_FIELD: Final = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]?[^\r\n]*\r?\n")
_MAIL_FIELDS: Final = (
    b"from:",
    b"to:",
    b"date:",
    b"subject:",
    b"message-id:",
    b"received:",
    b"mime-version:",
    b"return-path:",
)
_MBOX_START: Final = re.compile(rb"From [^\r\n]{1,200}[0-9]{4}[^\r\n]{0,20}\r?\n")
_XML_ROOT: Final = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_HPRIM_END: Final = b"****FIN"


def kind_of(content: bytes) -> DocumentKind:  # noqa: PLR0911 - one line for each kind
    """Return what a file looks like. What it is shows when it is read."""
    start = content[:_START_BYTES]
    if start.startswith(_TNEF):
        return DocumentKind.UNKNOWN
    if start.lstrip().startswith(b"%PDF-"):
        return DocumentKind.PDF
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if start.startswith(b"BM") and start[6:10] == b"\0\0\0\0" and len(start) > 26:
        return DocumentKind.PICTURE
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return DocumentKind.PICTURE
    if start[128:132] == b"DICM":
        return DocumentKind.DICOM
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(content)
    return _kind_of_text(content, start)


def ending_of(kind: DocumentKind, content: bytes) -> str:
    """Return the ending that a file of that kind usually has, with its dot; nothing if there is no usual one."""
    if kind is DocumentKind.PICTURE:
        return next((ending for magic, ending in _PICTURE_ENDINGS if content.startswith(magic)), "")
    if kind is DocumentKind.FHIR:
        return ".json" if content[:64].lstrip().startswith(b"{") else ".xml"
    return _ENDINGS.get(kind, "")


def _kind_of_archive(content: bytes) -> DocumentKind:
    # The list of files is at the end; a name in it is no proof, but its reader will say so.
    tail = content[-256 * 1024 :].upper()
    if b"METADATA.XML" in tail:
        return DocumentKind.XDM
    if b"[CONTENT_TYPES].XML" in tail or b"META-INF/MANIFEST.XML" in tail:
        return DocumentKind.OFFICE
    return DocumentKind.ARCHIVE


def _kind_of_text(  # noqa: PLR0911 - one line for each kind
    content: bytes, start: bytes
) -> DocumentKind:
    if _MBOX_START.match(start):
        return DocumentKind.MAILBOX
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff")) or start.count(0) * 3 > len(start) > 8
    plain = start.replace(b"\0", b"") if wide else start
    plain = plain.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    bare = plain.lstrip()
    if bare.startswith(b"<"):
        return _kind_of_xml(bare.decode("latin-1"))
    if bare.startswith(b"{") and b'"resourceType"' in content:
        return DocumentKind.FHIR
    # Before HPRIM: a letter may carry such a file as its text.
    if _is_mail(plain):
        return DocumentKind.MAIL
    if _HPRIM_END in (content.replace(b"\0", b"") if wide else content):
        return DocumentKind.HPRIM
    # Readers take a PDF that begins a little later, and so do those who send it.
    if b"%PDF-" in start[:1024]:
        return DocumentKind.PDF
    if not content:
        return DocumentKind.UNKNOWN
    controls = sum(plain.count(bytes([code])) for code in (*range(9), *range(14, 27)))
    return DocumentKind.UNKNOWN if controls * 50 > len(plain) else DocumentKind.TEXT


def _kind_of_xml(start: str) -> DocumentKind:
    found = _XML_ROOT.search(re.sub(r"<!--.*?-->", "", start, flags=re.DOTALL))
    root = found.group(1) if found else ""
    if root == "ClinicalDocument":
        return DocumentKind.CDA
    return DocumentKind.FHIR if "http://hl7.org/fhir" in start else DocumentKind.TEXT


def _is_mail(start: bytes) -> bool:
    """Tell a letter by its first lines: fields, two of which every letter has."""
    lines = start.splitlines()[:60]
    if not lines or not _FIELD.match(lines[0] + b"\n"):
        return False
    known = 0
    for line in lines:
        if not line:
            break
        known += line.lower().startswith(_MAIL_FIELDS)
    return known >= 2
