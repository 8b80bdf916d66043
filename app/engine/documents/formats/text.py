# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plain text of any age: what it is written in is guessed when it does not say so, and that is said."""

from __future__ import annotations

from typing import Final

from app.engine.documents.formats.texts import clean, decode
from app.engine.documents.parsed import Parsed, UnreadableError
from app.interface.documents import Block, BlockKind, DocumentKind, DocumentProblem

_MAX_SHOWN: Final = 1_000_000
_PIECE: Final = 60_000
"""Characters of one block, which windows lay out as one."""


def read(content: bytes) -> Parsed:
    """Return a text as it stands, its columns kept."""
    # Four bytes a sign are the most that any encoding takes.
    decoded, is_guessed = decode(content[: 4 * _MAX_SHOWN])
    text = clean(decoded).rstrip()
    problems = []
    if not text:
        raise UnreadableError(DocumentProblem.DAMAGED)
    if len(text) > _MAX_SHOWN or len(content) > 4 * _MAX_SHOWN:
        text = text[:_MAX_SHOWN]
        problems.append(DocumentProblem.CUT)
    if is_guessed:
        problems.append(DocumentProblem.ENCODING_GUESSED)
    return Parsed(
        kind=DocumentKind.TEXT,
        blocks=tuple(Block(kind=BlockKind.CODE, text=piece) for piece in _pieces(text)),
        problems=tuple(problems),
    )


def _pieces(text: str) -> list[str]:
    """Cut a long text, at the ends of lines where there are any."""
    pieces = []
    start = 0
    while len(text) - start > _PIECE:
        end = text.rfind("\n", start, start + _PIECE) + 1
        if end <= start:
            end = start + _PIECE
        pieces.append(text[start:end].removesuffix("\n"))
        start = end
    pieces.append(text[start:])
    return pieces
