# SPDX-License-Identifier: AGPL-3.0-or-later
"""Zip archives of other people: nothing is unpacked before the whole list of files makes sense.

Refused whole: traversal, absolute and doubled names, links, overlapping files, other methods than DEFLATE, bombs.
"""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from typing import Final

from app.engine.documents.formats.limits import (
    MAX_ENTRIES,
    MAX_ENTRY_BYTES,
    MAX_PARTS_BYTES,
    MAX_RATIO,
    RATIO_COUNTS_FROM_BYTES,
)
from app.engine.documents.parsed import UnreadableError
from app.interface.documents import DocumentProblem

_LOCAL_HEADER_BYTES: Final = 30
_ENCRYPTED: Final = 0x1 | 0x40
_UNIX: Final = 3
_SIGNATURE: Final = b"PK\x01\x02"
# What `zipfile` raises because of an archive; it has no error of its own for all of it.
_ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    OverflowError,
    MemoryError,
)


class Archive:
    """An archive whose list of files was found to be sound. Raises UnreadableError."""

    def __init__(self, content: bytes) -> None:
        # Its list is read at once when it is opened, so that its length is bounded before. Files inside
        # that are archives themselves count as well, hence the wider bound.
        if content.count(_SIGNATURE) > 4 * MAX_ENTRIES:
            raise UnreadableError(DocumentProblem.TOO_LARGE)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            entries = self._zip.infolist()
        except _ZIP_ERRORS:
            raise UnreadableError(DocumentProblem.DAMAGED) from None
        if len(entries) > MAX_ENTRIES:
            raise UnreadableError(DocumentProblem.TOO_LARGE)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self.names: dict[str, str] = {}
        """Names of the files, each by how it is found: without regard to case, with `/` between."""
        for entry in entries:
            self._add(entry)
        self._forbid_overlaps(self._zip.start_dir)
        if sum(entry.file_size for entry in self._entries.values()) > MAX_PARTS_BYTES:
            raise UnreadableError(DocumentProblem.TOO_LARGE)

    def read(self, key: str) -> bytes:
        """Return a file's bytes. Raises UnreadableError; KeyError if there is none."""
        entry = self._entries[key]
        try:
            # `zipfile` gives no more than the list says, and checks the CRC.
            with self._zip.open(entry) as stream:
                content = stream.read(entry.file_size + 1)
        except _ZIP_ERRORS:
            raise UnreadableError(DocumentProblem.DAMAGED) from None
        if len(content) != entry.file_size:
            raise UnreadableError(DocumentProblem.DAMAGED)
        return content

    def _add(self, entry: zipfile.ZipInfo) -> None:
        name = _safe_name(entry)
        if entry.is_dir() or name.endswith("/"):
            if entry.file_size:
                raise UnreadableError(DocumentProblem.DAMAGED)
            return
        if entry.flag_bits & _ENCRYPTED:
            raise UnreadableError(DocumentProblem.PROTECTED)
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UnreadableError(DocumentProblem.DAMAGED)
        is_bomb = (
            entry.file_size > RATIO_COUNTS_FROM_BYTES
            and entry.file_size > MAX_RATIO * entry.compress_size
        )
        if entry.file_size > MAX_ENTRY_BYTES or is_bomb:
            raise UnreadableError(DocumentProblem.TOO_LARGE)
        key = key_of(name)
        if key in self._entries:
            # Which of the two is meant, two programs would decide differently.
            raise UnreadableError(DocumentProblem.DAMAGED)
        self._entries[key] = entry
        self.names[key] = name

    def _forbid_overlaps(self, list_start: int) -> None:
        """Refuse files that share bytes: each alone is small, and all together are a bomb."""
        ordered = sorted(self._entries.values(), key=lambda entry: entry.header_offset)
        starts = [entry.header_offset for entry in ordered[1:]] + [list_start]
        for entry, following in zip(ordered, starts, strict=False):
            if entry.header_offset < 0:
                raise UnreadableError(DocumentProblem.DAMAGED)
            end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
            if end > following:
                raise UnreadableError(DocumentProblem.DAMAGED)


def key_of(name: str) -> str:
    """Return how a name is found, however it is written."""
    return unicodedata.normalize("NFC", name.replace("\\", "/").strip("/")).casefold()


def _safe_name(entry: zipfile.ZipInfo) -> str:
    # `zipfile` cuts a name at a zero; the list then says another name than the one that is read.
    if "\0" in entry.orig_filename:
        raise UnreadableError(DocumentProblem.DAMAGED)
    # Software for Windows writes `\`, though the format forbids it.
    name = entry.orig_filename.replace("\\", "/")
    pieces = name.split("/")
    is_outside = name.startswith("/") or ".." in pieces or ":" in pieces[0] or not name
    mode = entry.external_attr >> 16
    is_link = entry.create_system == _UNIX and stat.S_ISLNK(mode)
    if is_outside or is_link or len(name) > 1000:
        raise UnreadableError(DocumentProblem.DAMAGED)
    return name
