# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is not shown here, but saved or opened in another program: office files, archives, and the unknown."""

from __future__ import annotations

from app.engine.documents.formats.kinds import kind_of
from app.engine.documents.parsed import Parsed
from app.interface.documents import DocumentKind, DocumentProblem

_MACROS = (b"vbaProject.bin", b"_VBA_PROJECT", b"Basic/script-lc.xml")
_ZIP, _ZIP_END = b"PK", b"PK\x05\x06"
_ZIP_END_BYTES = 22 + 65_535
"""Its last record is at most so far from its end."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_HEAD_BYTES = 512
_OLE_SECTOR_SIZES = {9: 512, 12: 4096}
_OLE_LAST_SECTOR = 0xFFFFFFF9


def read(content: bytes) -> Parsed:
    """Return the kind alone, whether an office file holds a macro, and whether its end is missing."""
    kind = kind_of(content)
    problems = []
    if _is_cut_off(content):
        problems.append(DocumentProblem.DAMAGED)
    if kind is DocumentKind.OFFICE and any(sign in content for sign in _MACROS):
        problems.append(DocumentProblem.ACTIVE_CONTENT)
    return Parsed(kind=kind, problems=tuple(problems))


def _is_cut_off(content: bytes) -> bool:
    if content.startswith(_ZIP):
        return _ZIP_END not in content[-_ZIP_END_BYTES:]
    if content.startswith(b"{\\rtf"):
        return not content.rstrip(b" \t\r\n\0").endswith(b"}")
    return content.startswith(_OLE) and _is_ole_cut_off(content)


def _is_ole_cut_off(content: bytes) -> bool:
    """Tell whether the directory, or a list of sectors, would be behind the end (MS-CFB 2.2)."""
    size = _OLE_SECTOR_SIZES.get(int.from_bytes(content[30:32], "little"))
    if size is None or len(content) < _OLE_HEAD_BYTES:
        return False
    lists = min(int.from_bytes(content[44:48], "little"), 109)
    sectors = [content[48:52], *(content[76 + 4 * at : 80 + 4 * at] for at in range(lists))]
    numbers = [int.from_bytes(sector, "little") for sector in sectors]
    return any((each + 2) * size > len(content) for each in numbers if each <= _OLE_LAST_SECTOR)
