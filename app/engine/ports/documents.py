# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reading other people's files, as the use cases see it: contents go in, plain values come out.

Whatever a file does to its reader, the answer is one of these values: nothing here raises because of a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final, Protocol

from app.interface.documents import (
    MAX_BLOCKS,
    MAX_PARTS,
    Block,
    DocumentKind,
    DocumentPatient,
    DocumentProblem,
    Fact,
    Part,
)
from crypto_core.wire import limits
from crypto_core.wire.codec import Range, Size
from crypto_core.wire.ids import Hash, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.limits import (
    MAX_ATTACHMENTS,
    MAX_FILE_NAME_BYTES,
    MAX_MEDIA_TYPE_BYTES,
    MAX_NAME_BYTES,
    MAX_SUBJECT_BYTES,
    MIB,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.interface.codes import CodeText
    from app.interface.documents import PageImage, PageText

MAX_CONTENT_BYTES: Final = 128 * MIB
"""The largest file that is read; a larger one is TOO_LARGE, and can be saved."""
MAX_FACTS: Final = 100
MAX_PROBLEMS: Final = 16
MAX_TEXT_BYTES: Final = 4 * MIB
"""How much of a document's text is searched."""
MAX_LETTER_TEXT_BYTES: Final = limits.MAX_TEXT_BYTES
MAX_LETTER_PEOPLE: Final = 200
MAX_REFERENCES: Final = 200
MAX_HEAD_LINE_BYTES: Final = 4096
_NO_OFFSET: Final = UtcOffsetMinutes(0)
MessageNumber = Annotated[str, Size.up_to(1000)]
"""A Message-ID without its angle brackets."""


class ReaderGoneError(Exception):
    """The process that read a document has ended: closed, or because of what it read."""


class NotMailError(Exception):
    """A file holds no letters."""


class PageUnreadableError(Exception):
    """There is no such page, or no picture can be made of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """What was read of a file. Fields as in `DocumentView`."""

    kind: DocumentKind
    facts: Annotated[tuple[Fact, ...], Size.up_to(MAX_FACTS)] = ()
    patient: DocumentPatient | None = None
    type_code: Annotated[str, Size.up_to(64)] = ""
    """Of a CDA document, as it names its own type: LOINC as a rule."""
    blocks: Annotated[tuple[Block, ...], Size.up_to(MAX_BLOCKS)] = field(default=(), repr=False)
    pages: Annotated[int, Range(0, 100_000)] = 0
    first_page_width: Annotated[int, Range(0, 2**31)] = 0
    first_page_height: Annotated[int, Range(0, 2**31)] = 0
    parts: Annotated[tuple[Part, ...], Size.up_to(MAX_PARTS)] = ()
    problems: Annotated[tuple[DocumentProblem, ...], Size.up_to(MAX_PROBLEMS)] = ()
    has_abnormal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadText:
    """What of a file can be searched. `is_readable` is False when nothing or not everything could be read."""

    text: Annotated[str, Size.up_to(MAX_TEXT_BYTES)] = field(repr=False)
    kind: DocumentKind
    is_readable: bool
    has_abnormal: bool
    patient: DocumentPatient | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPerson:
    """Somebody at the head of a letter; nobody has verified either. `address` may be empty."""

    name: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)
    address: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPart:
    """A document of a letter."""

    name: Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)] = field(repr=False)
    media_type: Annotated[str, Size.up_to(MAX_MEDIA_TYPE_BYTES)]
    size: Annotated[int, Range(0, MAX_CONTENT_BYTES)]
    sha256: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLetter:
    """A letter of another mail program. With a `problem`, nothing of it could be read."""

    offset: Annotated[int, Range(0, 2**53)]
    """Where it begins in its file, in bytes."""
    end: Annotated[int, Range(0, 2**53)]
    problem: DocumentProblem | None = None
    message_id: MessageNumber = ""
    references: Annotated[tuple[MessageNumber, ...], Size.up_to(MAX_REFERENCES)] = ()
    """What it answers, the oldest first."""
    senders: Annotated[tuple[LetterPerson, ...], Size.up_to(MAX_LETTER_PEOPLE)] = ()
    receivers: Annotated[tuple[LetterPerson, ...], Size.up_to(MAX_LETTER_PEOPLE)] = ()
    sender: Annotated[str, Size.up_to(MAX_HEAD_LINE_BYTES)] = field(default="", repr=False)
    """As it is written, and so the next two."""
    recipients: Annotated[str, Size.up_to(MAX_HEAD_LINE_BYTES)] = field(default="", repr=False)
    date: Annotated[str, Size.up_to(MAX_HEAD_LINE_BYTES)] = ""
    at: UnixMillis | None = None
    utc_offset: UtcOffsetMinutes = _NO_OFFSET
    subject: Annotated[str, Size.up_to(MAX_SUBJECT_BYTES)] = field(default="", repr=False)
    text: Annotated[str, Size.up_to(MAX_LETTER_TEXT_BYTES)] = field(default="", repr=False)
    parts: Annotated[tuple[LetterPart, ...], Size.up_to(MAX_ATTACHMENTS)] = ()
    is_encrypted: bool = False
    is_cut: bool = False
    """Something of it is missing: it ends before its parts do, or is longer, or has more documents, than is taken."""


class LetterReader(Protocol):
    """Goes through files of letters, one after the other, without ever holding more than a letter."""

    def begin(self, read: Callable[[int, int], Awaitable[bytes]]) -> None:
        """Begin with a file; `read` returns its bytes from an offset on, at most so many, none at its end."""

    async def next(self) -> ReadLetter | None:
        """Return the next letter, None after the last one. Raises NotMailError, and what `read` raises.

        A letter that ends its reader is told as one with a problem, and the next one follows.
        """

    async def part(self, index: int) -> bytes | None:
        """Return the bytes of a part of the last letter, None if they do not come."""

    async def close(self) -> None:
        """End its process."""


class OpenDocument(Protocol):
    """A document whose process stays, so that pages can be drawn; it may end by itself after a while."""

    @property
    def document(self) -> ReadDocument:
        """What was read."""

    async def page(self, page: int, width: int) -> PageImage:
        """Draw a page. Raises PageUnreadableError, ReaderGoneError."""

    async def letters(self, page: int) -> PageText:
        """Return what is written on a page, and where. Raises PageUnreadableError, ReaderGoneError."""

    async def part(self, index: int) -> bytes:
        """Return the bytes of a part. Raises ReaderGoneError, also when there is no such part."""

    async def close(self) -> None:
        """End its process; harmless if it has ended."""


class DocumentReaders(Protocol):
    """Processes without secrets, one for each document."""

    async def open(self, content: bytes, *, name: str) -> OpenDocument:
        """Have a file read. Its content alone decides what it is; `name` is the caller's word for it, and reaches no process."""

    async def text(self, content: bytes, *, name: str) -> ReadText:
        """Have a file's text read, for the search; its process ends with the answer."""

    async def code(self, content: bytes) -> CodeText:
        """Have the QR picture in an image read, or a small text; its process ends with the answer."""

    def mail(self) -> LetterReader:
        """Return a reader of letters; its process starts when it is needed."""

    async def close(self) -> None:
        """End all processes at once."""
