# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a file is by its content; its name and the type it travelled under decide nothing."""

from __future__ import annotations

import re
from typing import Final

from app.engine.documents.formats.separators import is_mailbox
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
EMLX: Final = re.compile(rb"[ \t]*([0-9]{1,12})[ \t]*\r?\n")
"""The line before a letter in Apple Mail's form, how many bytes it has."""
_XML_ROOT: Final = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_HPRIM_END: Final = re.compile(
    rb"(?:\A|[\r\n])[ \t]{0,40}\*{2,8}[ \t]{0,8}FIN(?:FICHIER)?[ \t]{0,8}\*{2,8}[ \t]{0,40}(?:\Z|[\r\n])",
    re.IGNORECASE,
)
_HPRIM_LABORATORY: Final = re.compile(
    rb"(?:\r\n|\r|\n)[ \t]{0,40}\*{2,8}[ \t]{0,8}LAB[ \t]{0,8}\*{2,8}[ \t]{0,40}(?:\Z|[\r\n])",
    re.IGNORECASE,
)
_HPRIM_HEAD_LINES: Final = 12
_DAY: Final = re.compile(rb"[0-9]{2}[/.-][0-9]{2}[/.-](?:[0-9]{4}|[0-9]{2})")
_TOWN: Final = re.compile(rb"[0-9]{5}[ \t]+[^0-9\s].*")
_LISTED: Final = ((b"PK\x01\x02", 28, 46), (b"PK\x03\x04", 26, 30))
"""How an entry of a zip's list begins, and one of its files: where the name's length is, and the name."""
_XDM_LIST: Final = re.compile(rb"IHE_XDM/[^/]+/METADATA\.XML")
_OFFICE_LISTS: Final = frozenset({b"[CONTENT_TYPES].XML", b"META-INF/MANIFEST.XML"})


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
    names = _names(content[-256 * 1024 :])
    if any(map(_XDM_LIST.fullmatch, names)):
        return DocumentKind.XDM
    return DocumentKind.OFFICE if names & _OFFICE_LISTS else DocumentKind.ARCHIVE


def _names(tail: bytes) -> set[bytes]:
    """Return the names that the end of a zip lists, in capitals."""
    names: set[bytes] = set()
    for signature, length_at, name_at in _LISTED:
        place = tail.find(signature)
        while place >= 0:
            length = int.from_bytes(tail[place + length_at : place + length_at + 2], "little")
            name = tail[place + name_at : place + name_at + min(length, 1000)]
            names.add(name.upper().replace(b"\\", b"/"))
            place = tail.find(signature, place + 4)
    return names


def _kind_of_text(  # noqa: PLR0911 - one line for each kind
    content: bytes, start: bytes
) -> DocumentKind:
    if is_mailbox(start):
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
    if _is_hprim(content.replace(b"\0", b"") if wide else content):
        return DocumentKind.HPRIM
    # Readers take a PDF that begins a little later, and so do those who send it.
    if b"%PDF-" in start[:1024]:
        return DocumentKind.PDF
    if not content:
        return DocumentKind.UNKNOWN
    controls = sum(plain.count(bytes([code])) for code in (*range(9), *range(14, 27)))
    return DocumentKind.UNKNOWN if controls * 50 > len(plain) else DocumentKind.TEXT


def _is_hprim(text: bytes) -> bool:
    """Tell a laboratory's file by its end mark; one that broke off by its head and what is left of its body."""
    if _HPRIM_END.search(text):
        return True
    head = text[:_START_BYTES].removeprefix(b"\xff\xfe").removeprefix(b"\xef\xbb\xbf").splitlines()
    if len(head) < _HPRIM_HEAD_LINES:
        return False
    laboratory = _HPRIM_LABORATORY.search(text)
    if laboratory and len(text[: laboratory.start()].splitlines()) >= _HPRIM_HEAD_LINES:
        return True
    # Nothing but the head's own shape is left: a town, a birth date, the date of the results, each in its line.
    town, born, made = (head[at].strip() for at in (5, 6, 9))
    return all((_TOWN.fullmatch(town), _DAY.fullmatch(born), _DAY.fullmatch(made)))


def _kind_of_xml(start: str) -> DocumentKind:
    found = _XML_ROOT.search(re.sub(r"<!--.*?-->", "", start, flags=re.DOTALL))
    root = found.group(1) if found else ""
    if root == "ClinicalDocument":
        return DocumentKind.CDA
    return DocumentKind.FHIR if "http://hl7.org/fhir" in start else DocumentKind.TEXT


def _is_mail(start: bytes) -> bool:
    """Tell a letter by its first lines: fields, two of which every letter has."""
    numbered = EMLX.match(start)
    lines = start[numbered.end() if numbered else 0 :].splitlines()[:60]
    if not lines or not _FIELD.match(lines[0] + b"\n"):
        return False
    known = 0
    for line in lines:
        if not line:
            break
        known += line.lower().startswith(_MAIL_FIELDS)
    return known >= 2
