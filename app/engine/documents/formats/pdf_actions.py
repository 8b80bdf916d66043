# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a PDF would do if it were let: found in its objects as PDFium itself writes them out again.

A PDF hides its objects in packed streams, and spells its names as it likes (`/J#61vaScript`); many do without meaning
harm. The library that draws it undoes all of that when it writes a copy, which is looked at piece by piece and kept
nowhere.
"""

from __future__ import annotations

import ctypes
import re
from typing import Any, Final

import pypdfium2.raw

from crypto_core.wire.limits import KIB, MIB

_END_OF_NAME: Final = rb"(?=[\x00\t\n\x0c\r ()<>\[\]{}/%])"
_ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia)" + _END_OF_NAME)
_REMOTE: Final = re.compile(rb"/(?:SubmitForm|ImportData|GoToR)" + _END_OF_NAME)
_STREAM: Final = b">>stream\r\n"
_END_OF_STREAM: Final = b"endstream"
_LONGEST: Final = 32
"""Longer than anything that is looked for."""
_LOOK_AT: Final = 64 * KIB
_MAX_WRITTEN: Final = 512 * MIB
"""Of the copy: four times what a document may have. What is packed behind that is not looked at."""


class Actions:
    """What a document would do: run something, or reach for something elsewhere."""

    def __init__(self, content: bytes, document: Any) -> None:  # noqa: ANN401 - the library has no types
        self.is_active = self.is_remote = False
        self._held = bytearray()
        self._is_in_stream = False
        self._written = 0
        if not self._write_out(document):
            # What the library cannot write, or not within the bounds, is at least looked at as it came.
            self._look_for(content)
        self._look()

    def take(self, piece: bytes) -> bool:
        """Take a piece of the copy; False to have no more."""
        self._written += len(piece)
        if self._written > _MAX_WRITTEN or (self.is_active and self.is_remote):
            return False
        self._held += piece
        if len(self._held) >= _LOOK_AT:
            self._look()
        return True

    def _write_out(self, document: Any) -> bool:  # noqa: ANN401 - as above
        sink = _Sink()
        sink.head.version = 1
        sink.head.WriteBlock = _TAKE
        sink.actions = self
        head = ctypes.cast(ctypes.pointer(sink), ctypes.POINTER(pypdfium2.raw.FPDF_FILEWRITE))
        flags = pypdfium2.raw.FPDF_NO_INCREMENTAL
        return bool(pypdfium2.raw.FPDF_SaveAsCopy(document, head, flags))

    def _look(self) -> None:
        """Look through what is held, but for what is inside of streams: that is letters and pictures."""
        held = self._held
        while True:
            if self._is_in_stream:
                end = held.find(_END_OF_STREAM)
                if end < 0:
                    del held[:-_LONGEST]
                    return
                del held[: end + len(_END_OF_STREAM)]
            start = held.find(_STREAM)
            self._is_in_stream = start >= 0
            if start < 0:
                self._look_for(bytes(held))
                del held[:-_LONGEST]
                return
            self._look_for(bytes(held[: start + len(_STREAM)]))
            del held[: start + len(_STREAM)]

    def _look_for(self, objects: bytes) -> None:
        self.is_active = self.is_active or _ACTIVE.search(objects) is not None
        self.is_remote = self.is_remote or _REMOTE.search(objects) is not None


class _Sink(ctypes.Structure):
    """What the library writes to, as it wants it, and who takes what it writes."""

    _fields_ = (("head", pypdfium2.raw.FPDF_FILEWRITE), ("actions", ctypes.py_object))


def _take(head: Any, piece: int, length: int) -> int:  # noqa: ANN401 - the library's pointer
    sink = ctypes.cast(head, ctypes.POINTER(_Sink)).contents
    return int(sink.actions.take(ctypes.string_at(piece, length)))


_TAKE: Final = dict(pypdfium2.raw.FPDF_FILEWRITE._fields_)["WriteBlock"](_take)
"""Made here, because a reader gets no memory that can be run once a document has come."""
