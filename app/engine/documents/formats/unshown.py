# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is not shown here, but saved or opened in another program: office files, archives, and the unknown."""

from __future__ import annotations

from app.engine.documents.formats.kinds import kind_of
from app.engine.documents.parsed import Parsed
from app.interface.documents import DocumentKind, DocumentProblem

_MACROS = (b"vbaProject.bin", b"_VBA_PROJECT", b"Basic/script-lc.xml")


def read(content: bytes) -> Parsed:
    """Return the kind alone, and whether an office file holds a macro."""
    kind = kind_of(content)
    has_macro = kind is DocumentKind.OFFICE and any(sign in content for sign in _MACROS)
    return Parsed(kind=kind, problems=(DocumentProblem.ACTIVE_CONTENT,) if has_macro else ())
