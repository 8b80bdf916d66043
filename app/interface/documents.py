# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents as they are shown: plain blocks and pictures that a process without secrets made of a file.

Nothing of a file's own markup passes: a window shows texts as texts. What a document contains (an archive,
a mail) are documents of their own, reached by `path`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final, NewType

from app.interface.command import Command
from app.interface.snapshots import Done, PathText, SavedFile
from crypto_core.wire.codec import Range, Size
from crypto_core.wire.content import Mark
from crypto_core.wire.ids import MessageId
from crypto_core.wire.limits import (
    MAX_ATTACHMENTS,
    MAX_FILE_NAME_BYTES,
    MAX_MARKS,
    MAX_MEDIA_TYPE_BYTES,
    MIB,
)

DocumentHandle = NewType("DocumentHandle", Annotated[int, Range(1, 2**31)])
"""An open document; it ends with CloseDocument and with the lock."""
MAX_PARTS: Final = 500
MAX_DEPTH: Final = 8
MAX_BLOCKS: Final = 20_000
MAX_PIXELS_BYTES: Final = 24 * MIB
MAX_PAGE_LETTERS: Final = 20_000
WHOLE_PAGE: Final = 65_535
"""Width and height of a page, as boxes of letters count them."""
BOX_BYTES: Final = 8
PartPath = Annotated[tuple[Annotated[int, Range(0, MAX_PARTS - 1)], ...], Size.up_to(MAX_DEPTH)]
"""Which part of which part; empty for the document itself."""
ShortText = Annotated[str, Size.up_to(4096)]
FileName = Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)]


class DocumentKind(IntEnum):
    """What a file is by its content; its name and the type it travelled under decide nothing."""

    UNKNOWN = 1
    PDF = 2
    PICTURE = 3
    TEXT = 4
    CDA = 5
    """HL7 CDA R2, level 1 or 3."""
    XDM = 6
    """IHE_XDM.zip."""
    HPRIM = 7
    """HPRIM médecin."""
    MAIL = 8
    """An .eml file."""
    DICOM = 9
    FHIR = 10
    MAILBOX = 11
    """An mbox file: letters of another mail program."""
    OFFICE = 12
    """DOCX, ODT, RTF: opened in another program."""
    ARCHIVE = 13
    """Another .zip."""


class DocumentProblem(IntEnum):
    """What is to be said about a document, besides showing what can be shown."""

    DAMAGED = 1
    """Its kind is known, and it cannot be read, or not all of it: what is there beside this is what could be."""
    PROTECTED = 2
    """It wants a password, or is encrypted to somebody else's key."""
    TOO_LARGE = 3
    """Showing it would take more than this program allows; it can be saved."""
    HASH_WRONG = 4
    """A part is not what the archive's own list says (SHA-1)."""
    SIZE_WRONG = 5
    """A part is not as long as the archive's own list says."""
    PART_MISSING = 6
    """The archive's list names a file that is not in it."""
    PART_UNLISTED = 7
    """A file is in the archive that its list does not name."""
    ACTIVE_CONTENT = 8
    """It holds a program (JavaScript, a macro), which was not run."""
    REMOTE_CONTENT = 9
    """It wants to fetch something from elsewhere, which was not done."""
    CUT = 10
    """It is shown in part."""
    ENCODING_GUESSED = 11
    """It does not say in which characters it is written."""
    PATIENT_DIFFERS = 12
    """Parts of it name different patients."""
    TIMED_OUT = 13
    PICTURE_PACKED = 14
    """A picture is packed in a way that this program does not unpack."""
    SIGNED = 15
    """It carries an electronic signature, which was not verified."""
    FLAGS_COMPARED = 16
    """Some values, which their sender did not mark, are beyond the norms beside them: this program compared them,
    and put a star there."""


class BlockKind(IntEnum):
    """What a piece of a document is."""

    HEADING = 1
    """`level` 1 to 6."""
    PARAGRAPH = 2
    ENTRY = 3
    """Of a list, `level` deep from 1; numbered when `number` is not 0."""
    TABLE = 4
    RULE = 5
    CODE = 6
    """Text that keeps its columns."""


class Flag(IntEnum):
    """What a value's sender said about it."""

    NONE = 0
    LOW = 1
    HIGH = 2
    ABNORMAL = 3
    CRITICAL = 4


class Remark(IntEnum):
    """What is to be said of a value besides its flag."""

    NOT_COMPARED = 1
    """A norm is beside it and nobody said whether it is within: its sender did not, and this program cannot tell."""
    PARTIAL = 2
    """Its sender will send more."""
    CORRECTED = 3
    """It replaces one that was sent before."""
    UNVERIFIED = 4
    """Nobody at the laboratory has confirmed it."""
    WITHDRAWN = 5
    """Its sender takes it back."""
    AWAITED = 6
    """It is not there yet."""
    IMPOSSIBLE = 7
    """It could not be measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A field of a table."""

    text: Annotated[str, Size.up_to(64 * 1024)] = field(repr=False)
    is_head: bool = False
    flag: Flag = Flag.NONE
    remarks: Annotated[tuple[Remark, ...], Size.up_to(4)] = ()
    columns: Annotated[int, Range(1, 1000)] = 1
    """How many it spans."""
    rows: Annotated[int, Range(1, 1000)] = 1


Row = Annotated[tuple[Cell, ...], Size.up_to(200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a document, from top to bottom."""

    kind: BlockKind
    text: Annotated[str, Size.up_to(1 * MIB)] = field(default="", repr=False)
    marks: Annotated[tuple[Mark, ...], Size.up_to(MAX_MARKS)] = ()
    """Bold only."""
    level: Annotated[int, Range(0, 6)] = 0
    number: Annotated[int, Range(0, 100_000)] = 0
    rows: Annotated[tuple[Row, ...], Size.up_to(5000)] = field(default=(), repr=False)


class FactKind(IntEnum):
    """What a fact of a document's head is about; windows have the words."""

    TITLE = 1
    PATIENT = 2
    BIRTH_DATE = 3
    SEX = 4
    AUTHOR = 5
    ORGANISATION = 6
    DATE = 7
    """As the document writes it, when no ISO form could be made of it; else YYYY-MM-DD, or YYYY-MM-DDTHH:MM."""
    DOCUMENT_TYPE = 8
    VERSION = 9
    CONFIDENTIALITY = 10
    RECIPIENT = 11
    SENDER = 12
    SUBJECT = 13
    MODALITY = 14
    DIMENSIONS = 15
    PAGES = 16
    SOFTWARE = 17
    IDENTIFIER = 18
    ACT = 19
    REPLACES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of a document's head."""

    kind: FactKind
    text: ShortText = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPatient:
    """Whom a document says it is about: what filing is suggested by, never a file's name."""

    family_name: ShortText = field(repr=False)
    given_name: ShortText = field(repr=False)
    birth_date: Annotated[str, Size.up_to(10)] = field(repr=False)
    """As YYYY-MM-DD, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A document inside the document. `size` in bytes."""

    kind: DocumentKind
    name: FileName = field(repr=False)
    title: ShortText = field(repr=False)
    size: int
    same_as: int | None = None
    """The part of the same act that is the better one to read (a CDA and its PDF): shown as one."""
    problems: Annotated[tuple[DocumentProblem, ...], Size.up_to(16)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A document, ready to be shown: its head, its blocks, its pages or pictures by number, its parts."""

    handle: DocumentHandle
    kind: DocumentKind
    name: FileName = field(repr=False)
    media_type: Annotated[str, Size.up_to(MAX_MEDIA_TYPE_BYTES)]
    size: int
    facts: Annotated[tuple[Fact, ...], Size.up_to(100)]
    patient: DocumentPatient | None
    blocks: Annotated[tuple[Block, ...], Size.up_to(MAX_BLOCKS)] = field(repr=False)
    pages: Annotated[int, Range(0, 100_000)]
    """Pages of a PDF, frames of a DICOM file, 1 for a picture: ShowPage makes a picture of each."""
    first_page_width: Annotated[int, Range(0, 2**31)]
    """In points (1/72 inch) for a PDF, in pixels else; 0 without pages."""
    first_page_height: Annotated[int, Range(0, 2**31)]
    parts: Annotated[tuple[Part, ...], Size.up_to(MAX_PARTS)]
    problems: Annotated[tuple[DocumentProblem, ...], Size.up_to(16)]
    has_abnormal: bool
    """A laboratory's value is marked as abnormal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """A page as pixels: three bytes each, red, green, blue, row by row from the top, without padding."""

    page: int
    width: Annotated[int, Range(1, 100_000)]
    height: Annotated[int, Range(1, 100_000)]
    pixels: Annotated[bytes, Size.up_to(MAX_PIXELS_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What can be searched and copied of a page that is shown as a picture; empty if that is all it is."""

    page: int
    text: Annotated[str, Size.up_to(4 * MAX_PAGE_LETTERS)] = field(repr=False)
    boxes: Annotated[bytes, Size.up_to(BOX_BYTES * MAX_PAGE_LETTERS)] = field(repr=False)
    """Of each letter: left, top, right, bottom, two bytes each, big-endian, 0 to WHOLE_PAGE from the top left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPreview:
    """A glance at a document. `pages` as in DocumentView; `image` is its first page, None if it has none."""

    kind: DocumentKind
    title: ShortText = field(repr=False)
    patient: DocumentPatient | None
    pages: Annotated[int, Range(0, 100_000)]
    problems: Annotated[tuple[DocumentProblem, ...], Size.up_to(16)]
    image: PageImage | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSource:
    """Where a document is: in a letter by its place, or in a draft by its number."""

    message: MessageId | None = None
    index: Annotated[int, Range(0, MAX_ATTACHMENTS - 1)] = 0
    draft: Annotated[bytes, Size.exactly(16)] | None = None
    document: Annotated[bytes, Size.exactly(16)] | None = None
    path: PartPath = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDocument(Command[DocumentView]):
    """Have a document read by a process that has no secrets, no network and may write nowhere.

    A letter is told to be read, as with MarkRead. Fails with UNKNOWN_ATTACHMENT, ATTACHMENT_UNAVAILABLE,
    ATTACHMENT_DAMAGED; a file that makes no sense is no failure but a view with problems.
    """

    source: DocumentSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPage(Command[PageImage]):
    """A page as a picture of about this width in pixels. Fails with DOCUMENT_CLOSED, PAGE_UNREADABLE."""

    handle: DocumentHandle
    page: Annotated[int, Range(0, 100_000)]
    width: Annotated[int, Range(16, 4096)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage(Command[PageText]):
    """The letters of a page, and where they are. Fails with DOCUMENT_CLOSED, PAGE_UNREADABLE."""

    handle: DocumentHandle
    page: Annotated[int, Range(0, 100_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewDocument(Command[DocumentPreview]):
    """A glance at a document of a draft; its process ends with the answer. A large one is only said to be TOO_LARGE.

    Fails with UNKNOWN_DRAFT, UNKNOWN_ATTACHMENT, ATTACHMENT_UNAVAILABLE, ATTACHMENT_DAMAGED.
    """

    draft: Annotated[bytes, Size.exactly(16)]
    document: Annotated[bytes, Size.exactly(16)]
    width: Annotated[int, Range(16, 1024)]
    """Of the picture, in pixels, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDocument(Command[Done]):
    """End the process that reads it; harmless if it has ended."""

    handle: DocumentHandle


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePart(Command[SavedFile]):
    """Write a document, or a part of one, into a directory under its own name, made safe and unique."""

    source: DocumentSource
    directory: PathText


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenElsewhere(Command[SavedFile]):
    """Make a readable copy for another program, in a private folder; it is removed at ForgetCopies and at the lock.

    Fails with DOCUMENT_RUNS when the system would run it.
    """

    source: DocumentSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetCopies(Command[Done]):
    """Remove all copies that OpenElsewhere made."""


COMMANDS: Final[dict[type, type]] = {
    OpenDocument: DocumentView,
    ShowPage: PageImage,
    ReadPage: PageText,
    PreviewDocument: DocumentPreview,
    CloseDocument: Done,
    SavePart: SavedFile,
    OpenElsewhere: SavedFile,
    ForgetCopies: Done,
}
