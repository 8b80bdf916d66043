# SPDX-License-Identifier: AGPL-3.0-or-later
"""PDF by PDFium, which was built without a JavaScript engine: pages as pictures, text, and enclosed files."""

from __future__ import annotations

import ctypes
import struct
from typing import TYPE_CHECKING, Any, Final

import pypdfium2
import pypdfium2.raw

from app.engine.documents.drawn import Letters, NoPageError, Pixels
from app.engine.documents.formats.dates import shown_date
from app.engine.documents.formats.kinds import kind_of
from app.engine.documents.formats.pdf_actions import Actions
from app.engine.documents.formats.texts import clean, one_line
from app.engine.documents.parsed import ContainedPart, Parsed, UnreadableError
from app.interface.documents import (
    MAX_PAGE_LETTERS,
    MAX_PIXELS_BYTES,
    WHOLE_PAGE,
    DocumentKind,
    DocumentProblem,
    Fact,
    FactKind,
)
from crypto_core.wire.limits import MIB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MAX_PAGES: Final = 10_000
_MAX_ENCLOSED: Final = 50
_MAX_ENCLOSED_BYTES: Final = 64 * MIB
_FACTS: Final = (("Title", FactKind.TITLE), ("Author", FactKind.AUTHOR))
_HYPHENS: Final = frozenset({0x02, 0xAD, 0xFFFE})
"""How the library tells a hyphen that only stands there because the line ended."""
_FAR: Final = 1000.0
"""Points between the corners by which a page is measured."""
_MEANINGLESS: Final = frozenset({"", "untitled", "anonymous", "unspecified"})


def draw(content: bytes) -> PdfPages:
    """Open a PDF. Raises UnreadableError."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        is_protected = getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise UnreadableError(
            DocumentProblem.PROTECTED if is_protected else DocumentProblem.DAMAGED
        ) from None
    return PdfPages(document, content)


class PdfPages:
    """Implements `Drawn`."""

    def __init__(self, document: Any, content: bytes) -> None:  # noqa: ANN401 - the library has no types
        """Take an open document of the library, and its bytes. Raises UnreadableError."""
        self._document = document
        self._count = min(len(document), _MAX_PAGES)
        if not self._count:
            raise UnreadableError(DocumentProblem.DAMAGED)
        problems = tuple(self._problems(content))
        if document.get_formtype():
            # Otherwise what was filled in is not drawn. Nothing is run: no script engine is built in.
            document.init_forms()
        self.parsed = Parsed(
            kind=DocumentKind.PDF,
            facts=tuple(self._facts()),
            parts=tuple(self._enclosed()),
            problems=problems,
        )

    @property
    def pages(self) -> int:
        """See the protocol."""
        return self._count

    @property
    def first_page_size(self) -> tuple[int, int]:
        """See the protocol."""
        try:
            width, height = self._document.get_page_size(0)
        except pypdfium2.PdfiumError:
            return 0, 0
        return max(1, round(width)), max(1, round(height))

    def draw(self, page: int, width: int) -> Pixels:
        """See the protocol."""
        try:
            opened = self._page(page)
            across, down = opened.get_size()
            if across <= 0 or down <= 0:
                raise NoPageError
            scale = min(width / across, (MAX_PIXELS_BYTES / 3 / (across * down)) ** 0.5 * 0.99)
            # A page wide or high as a thread still has a row and a column.
            scale = max(scale, 1 / min(across, down))
            if (across * scale + 1) * (down * scale + 1) * 3 > MAX_PIXELS_BYTES:
                raise NoPageError
            bitmap = opened.render(
                scale=scale,
                rev_byteorder=True,
                force_bitmap_format=pypdfium2.raw.FPDFBitmap_BGR,
            )
        except pypdfium2.PdfiumError:
            raise NoPageError from None
        row = 3 * bitmap.width
        rows = memoryview(bitmap.buffer).cast("B")
        starts = range(0, bitmap.height * bitmap.stride, bitmap.stride)
        rgb = b"".join(rows[start : start + row] for start in starts)
        return Pixels(width=bitmap.width, height=bitmap.height, rgb=rgb)

    def letters(self, page: int) -> Letters:
        """See the protocol; a hyphen of the line's end is a soft one."""
        try:
            opened = self._page(page)
            written = opened.get_textpage()
        except pypdfium2.PdfiumError:
            raise NoPageError from None
        placed = _placing(opened)
        text: list[str] = []
        boxes = bytearray()
        box = struct.pack(">4H", 0, 0, 0, 0)
        found = pypdfium2.raw.FS_RECTF()
        for at in range(min(pypdfium2.raw.FPDFText_CountChars(written.raw), MAX_PAGE_LETTERS)):
            code = pypdfium2.raw.FPDFText_GetUnicode(written.raw, at)
            letter = "\u00ad" if code in _HYPHENS else clean(chr(code) if code < 0x110000 else "")
            if code == 0x0D or not letter:
                # Line ends come as two.
                continue
            if pypdfium2.raw.FPDFText_GetLooseCharBox(written.raw, at, ctypes.byref(found)):
                box = placed(found.left, found.top, found.right, found.bottom)
            text.append(letter)
            boxes += box
        return Letters(text="".join(text), boxes=bytes(boxes))

    def text(self, most: int) -> str:
        """See the protocol."""
        pieces: list[str] = []
        length = 0
        for number in range(self._count):
            if length >= most:
                break
            try:
                piece = clean(self._page(number).get_textpage().get_text_bounded())
            except (pypdfium2.PdfiumError, NoPageError):
                continue
            pieces.append(piece)
            length += len(piece)
        return "\n".join(pieces)[:most]

    # --- inside ------------------------------------------------------------------------------

    def _page(self, number: int) -> Any:  # noqa: ANN401 - the library has no types
        if not 0 <= number < self._count:
            raise NoPageError
        return self._document[number]

    def _facts(self) -> Iterator[Fact]:
        for key, kind in _FACTS:
            value = one_line(self._document.get_metadata_value(key))
            if value.lower() not in _MEANINGLESS:
                yield Fact(kind=kind, text=value)
        date = shown_date(
            self._document.get_metadata_value("CreationDate").removeprefix("D:").replace("'", "")
        )
        if date:
            yield Fact(kind=FactKind.DATE, text=date)
        yield Fact(kind=FactKind.PAGES, text=str(self._count))

    def _problems(self, content: bytes) -> Iterator[DocumentProblem]:
        scripts = pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(self._document)
        actions = Actions(content, self._document)
        if scripts > 0 or actions.is_active:
            yield DocumentProblem.ACTIVE_CONTENT
        if actions.is_remote:
            yield DocumentProblem.REMOTE_CONTENT
        if len(self._document) > self._count:
            yield DocumentProblem.CUT

    def _enclosed(self) -> Iterator[ContainedPart]:
        """Files that travel inside, such as the CDA of a report."""
        room = _MAX_ENCLOSED_BYTES
        for number in range(min(self._document.count_attachments(), _MAX_ENCLOSED)):
            try:
                enclosed = self._document.get_attachment(number)
                content = bytes(enclosed.get_data())
                name = one_line(enclosed.get_name(), 255)
            except (pypdfium2.PdfiumError, UnicodeError):
                continue
            room -= len(content)
            if room < 0:
                break
            yield ContainedPart(kind=kind_of(content), name=name, title=name, content=content)


def _placing(page: Any) -> Callable[[float, float, float, float], bytes]:  # noqa: ANN401 - the library has no types
    """Return what makes a box on the paper one on the picture, whichever way the page is turned and cut."""

    def shown(x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pypdfium2.raw.FPDF_PageToDevice(
            *(page.raw, 0, 0, WHOLE_PAGE, WHOLE_PAGE, 0, x, y),
            *(ctypes.byref(across), ctypes.byref(down)),
        )
        return across.value, down.value

    # Three points tell where all are.
    (zero_x, zero_y), (right_x, right_y), (up_x, up_y) = shown(0, 0), shown(_FAR, 0), shown(0, _FAR)

    def place(x: float, y: float) -> tuple[int, int]:
        across = zero_x + (x * (right_x - zero_x) + y * (up_x - zero_x)) / _FAR
        down = zero_y + (x * (right_y - zero_y) + y * (up_y - zero_y)) / _FAR
        return _within_page(across), _within_page(down)

    def placed(left: float, top: float, right: float, bottom: float) -> bytes:
        (one_x, one_y), (other_x, other_y) = place(left, top), place(right, bottom)
        return struct.pack(
            ">4H",
            min(one_x, other_x),
            min(one_y, other_y),
            max(one_x, other_x),
            max(one_y, other_y),
        )

    return placed


def _within_page(value: float) -> int:
    # A file may say that a letter stands nowhere: such a number compares with nothing.
    return round(min(max(value, 0), WHOLE_PAGE)) if value == value else 0  # noqa: PLR0124
