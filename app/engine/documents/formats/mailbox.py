# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mailboxes of other mail programs (mbox), letter by letter, without ever holding more than one.

What begins a letter is told by `separators`. Of letters whose own lines were marked with `>`, one mark is taken
away: from `>From` as mboxo and mboxrd write it, from `>>From` as mboxrd does.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from app.engine.documents.formats import mail
from app.engine.documents.formats.blocks import Page, title_of
from app.engine.documents.formats.limits import MAX_LETTER_BYTES, MAX_PARTS
from app.engine.documents.formats.separators import BYTE_ORDER_MARK, begins_letter
from app.engine.documents.parsed import ContainedPart, Parsed, UnreadableError
from app.interface.documents import DocumentKind, DocumentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_BYTES: Final = 64 * 1024
"""The most of a line that is taken at once; a longer line comes in pieces."""
_EMPTY: Final = frozenset((b"\n", b"\r\n", b"\r"))
_MARKED: Final = re.compile(rb">+From ")


class ByteSource(Protocol):
    """What a mailbox is read from: an open file, or bytes in memory."""

    def readline(self, size: int, /) -> bytes:
        """Return the next line with its end, or the next `size` bytes of it; nothing at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxLetter:
    """A letter's bytes, as .eml."""

    number: int
    """From 1."""
    offset: int
    """Where its `From` line begins in the file, in bytes: an import that was broken off goes on there."""
    end: int
    """Where the next one begins."""
    content: bytes = field(repr=False)
    is_cut: bool
    """It is longer than this program reads; the rest is left out."""
    is_broken: bool = False
    """The file ends within one of its lines."""


def letters(source: ByteSource, *, number: int = 0, offset: int = 0) -> Iterator[MailboxLetter]:
    """Return the letters of a mailbox, one after the other.

    `source` stands at a `From` line, `offset` bytes from the file's beginning, after `number` letters. What stands
    before the first such line of a damaged file counts as a letter, so that it is read, or told to be unreadable.
    """
    pieces: list[bytes] = []
    size, start, is_open, is_begun, is_cut = 0, offset, False, False, False
    is_after_empty, is_line_start = True, True
    lines, ending = _lines(source)
    following = next(lines, b"")
    if following.startswith(BYTE_ORDER_MARK):
        offset += len(BYTE_ORDER_MARK)
        following = following.removeprefix(BYTE_ORDER_MARK)
    while line := following:
        following = next(lines, b"")
        if is_line_start and begins_letter(line, following, is_after_empty=is_after_empty):
            if is_open:
                number += 1
                yield _letter(number, start, offset, pieces, is_cut=is_cut)
            pieces, size, start, is_cut = [], 0, offset, False
            is_open = is_begun = True
        elif is_open or line.strip():
            is_open = True
            if is_line_start and line.startswith(b">") and _MARKED.match(line):
                line = line[1:]
                offset += 1
            if size < MAX_LETTER_BYTES:
                pieces.append(line)
            else:
                is_cut = True
            size += len(line)
        offset += len(line)
        is_after_empty = is_line_start and (line in _EMPTY or not is_open)
        is_line_start = line.endswith(ending)
    if is_begun:
        yield _letter(number + 1, start, offset, pieces, is_cut=is_cut, is_broken=not is_line_start)


def _lines(source: ByteSource) -> tuple[Iterator[bytes], bytes]:
    """Return the lines of a source, long ones in pieces, and what ends them."""
    first = source.readline(READ_BYTES)
    # Programs of the older Mac ended lines with a carriage return alone.
    if b"\r" in first.rstrip(b"\r\n"):
        return _returned_lines(first, source), b"\r"
    return itertools.chain([first], iter(lambda: source.readline(READ_BYTES), b"")), b"\n"


def _returned_lines(piece: bytes, source: ByteSource) -> Iterator[bytes]:
    rest = b""
    while piece:
        *lines, rest = (rest + piece).split(b"\r")
        yield from (line + b"\r" for line in lines)
        if len(rest) >= READ_BYTES:
            yield rest
            rest = b""
        piece = source.readline(READ_BYTES)
    if rest:
        yield rest


def _letter(
    number: int,
    start: int,
    end: int,
    pieces: list[bytes],
    *,
    is_cut: bool,
    is_broken: bool = False,
) -> MailboxLetter:
    # The empty line before the next `From` belongs to the mailbox.
    if pieces and pieces[-1] in _EMPTY:
        pieces.pop()
    return MailboxLetter(
        number=number,
        offset=start,
        end=end,
        content=b"".join(pieces),
        is_cut=is_cut,
        is_broken=is_broken,
    )


def read(content: bytes) -> Parsed:
    """Read a mailbox as it is shown: its first letters as parts. Raises UnreadableError."""
    page = Page()
    count = 0
    for letter in letters(_Lines(content)):
        count += 1
        if count > MAX_PARTS:
            page.problem(DocumentProblem.CUT)
            break
        problems = [DocumentProblem.CUT] if letter.is_cut else []
        if letter.is_broken:
            problems.append(DocumentProblem.DAMAGED)
            page.problem(DocumentProblem.DAMAGED)
        try:
            title = mail.subject_of(letter.content)
        except UnreadableError as error:
            title = ""
            problems.append(error.problem)
        page.part(
            ContainedPart(
                kind=DocumentKind.MAIL,
                name=f"{letter.number}.eml",
                title=title_of(title),
                content=letter.content,
                problems=tuple(problems),
            )
        )
    if not count:
        raise UnreadableError(DocumentProblem.DAMAGED)
    return page.parsed(DocumentKind.MAILBOX)


class _Lines:
    """Bytes in memory, line by line."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def readline(self, size: int, /) -> bytes:
        end = self._content.find(b"\n", self._at, self._at + size)
        end = end + 1 if end >= 0 else min(self._at + size, len(self._content))
        line = self._content[self._at : end]
        self._at = end
        return line
