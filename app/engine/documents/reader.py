# SPDX-License-Identifier: AGPL-3.0-or-later
"""The process that reads one document, or a file of letters: it has no secrets, no network, and may write nowhere but to its engine.

Rights go before the first byte of a document comes. Then its kind is told, the format's library is loaded,
and the rest of the rights go too, before the library sees anything. It ends with its pipe.
"""

from __future__ import annotations

import codecs
import importlib
import os
import sys
import warnings
from dataclasses import dataclass
from io import FileIO
from typing import TYPE_CHECKING, Final

from app.engine.documents.confinement import confine, program_folders, seal
from app.engine.documents.drawn import Drawn, NoPageError, Pixels
from app.engine.documents.fitting import fitted, text_of
from app.engine.documents.formats.kinds import kind_of
from app.engine.documents.messages import (
    LENGTH_BYTES,
    MAX_HEAD_BYTES,
    Answer,
    Order,
    Outcome,
    Task,
    pack,
)
from app.engine.documents.parsed import Parsed, UnreadableError
from app.engine.ports.documents import (
    MAX_CONTENT_BYTES,
    MAX_TEXT_BYTES,
    NotMailError,
    ReadText,
)
from app.interface.codes import MAX_CODE_BYTES, CodeText
from app.interface.documents import (
    MAX_PARTS,
    MAX_PIXELS_BYTES,
    DocumentKind,
    DocumentProblem,
    PageText,
)
from crypto_core.errors import WireError
from crypto_core.wire.codec import decode, encode

if TYPE_CHECKING:
    from types import ModuleType

_FORMATS: Final = {
    DocumentKind.PDF: "pdf",
    DocumentKind.PICTURE: "pictures",
    DocumentKind.TEXT: "text",
    DocumentKind.CDA: "cda",
    DocumentKind.XDM: "xdm",
    DocumentKind.HPRIM: "hprim",
    DocumentKind.MAIL: "mail",
    DocumentKind.DICOM: "dicom",
    DocumentKind.FHIR: "fhir",
    DocumentKind.MAILBOX: "mailbox",
    DocumentKind.OFFICE: "unshown",
    DocumentKind.ARCHIVE: "unshown",
    DocumentKind.UNKNOWN: "unshown",
}
"""The module that reads each kind: its `read` gives a `Parsed`, its `draw` a `Drawn` if it has pages."""
_ENCODINGS: Final = (
    *(
        "ascii",
        "latin-1",
        "raw-unicode-escape",
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-7",
    ),
    *("utf-32-le", "utf-32-be", "cp437", "cp850", "cp858", "mac-roman", "idna", "punycode"),
    *(f"cp125{number}" for number in range(9)),
    *(f"iso8859-{number}" for number in (*range(1, 12), 13, 14, 15, 16)),
    *("koi8-r", "gb18030", "gb2312", "big5", "shift-jis", "euc-jp", "iso2022-jp", "euc-kr"),
)
"""What a document may be written in, loaded while files can still be read."""
_READ_BYTES: Final = 1024 * 1024


class _EndError(Exception):
    """The engine has closed its end."""


@dataclass(slots=True)
class _Reading:
    """A document that was read."""

    parsed: Parsed
    drawn: Drawn | None


def main() -> int:
    """Serve one engine on standard input and output; return the exit code."""
    orders, answers = _own_streams()
    # Libraries warn about every second damaged file, and nobody reads it.
    warnings.simplefilter("ignore")
    barriers = confine(program_folders())
    _write(answers, Answer(outcome=Outcome.READY, barriers=tuple(sorted(barriers))))
    try:
        order, content = _read(orders)
        if order.task is Task.MAIL:
            return _serve_mail(order, orders, answers)
        reading = _first(order, content, answers)
        del content
        while True:
            order, _ = _read(orders)
            _next(order, reading, answers)
    except _EndError:
        return 0
    except (WireError, OSError):
        return 1


def _first(order: Order, content: bytes, answers: FileIO) -> _Reading:
    """Read the document and tell what it is."""
    kind = kind_of(content)
    module = importlib.import_module(f"app.engine.documents.formats.{_FORMATS[kind]}")
    codes = None
    if order.task is Task.CODE:
        codes = importlib.import_module("app.engine.documents.formats.codes")
    for name in _ENCODINGS:
        codecs.lookup(name)
    seal()
    reading, line = _reading(kind, module, content)
    if codes is not None:
        _write(answers, Answer(outcome=Outcome.DONE, line=line), encode(_code(reading, codes)))
    elif order.task is Task.TEXT:
        _write(answers, Answer(outcome=Outcome.DONE, line=line), encode(_text(reading)))
    else:
        drawn = reading.drawn
        document = fitted(
            reading.parsed,
            pages=0 if drawn is None else drawn.pages,
            first_page_size=(0, 0) if drawn is None else drawn.first_page_size,
        )
        _write(answers, Answer(outcome=Outcome.DONE, line=line), encode(document))
    return reading


def _reading(kind: DocumentKind, module: ModuleType, content: bytes) -> tuple[_Reading, int]:
    """Have the format read the document; the line is where our own code failed, 0 if it did not."""
    try:
        draw = getattr(module, "draw", None)
        if draw is not None:
            drawn: Drawn = draw(content)
            return _Reading(drawn.parsed, drawn), 0
        parsed: Parsed = module.read(content)
        return _Reading(parsed, None), 0
    except UnreadableError as error:
        return _Reading(Parsed(kind=kind, problems=(error.problem,)), None), 0
    except (MemoryError, RecursionError):
        return _Reading(Parsed(kind=kind, problems=(DocumentProblem.TOO_LARGE,)), None), 0
    except Exception as error:  # noqa: BLE001 - whatever a file does to a library, it is shown as damaged
        return _Reading(Parsed(kind=kind, problems=(DocumentProblem.DAMAGED,)), None), _line(error)


def _code(reading: _Reading, codes: ModuleType) -> CodeText:
    """Say what an image's QR picture says, or a text that is short enough to be one."""
    text = ""
    try:
        if reading.drawn is not None:
            text = codes.code_in(reading.drawn)
        elif reading.parsed.kind is DocumentKind.TEXT:
            text = text_of(reading.parsed)
    except Exception:  # noqa: BLE001 - whatever an image does to a library, there is no code in it
        text = ""
    return CodeText(text=text if len(text.encode(errors="replace")) <= MAX_CODE_BYTES else "")


def _text(reading: _Reading) -> ReadText:
    parsed = reading.parsed
    problems = set(parsed.problems)
    drawn_text = ""
    try:
        drawn_text = "" if reading.drawn is None else reading.drawn.text(MAX_TEXT_BYTES)
    except (MemoryError, NoPageError, ValueError):
        problems.add(DocumentProblem.CUT)
    return ReadText(
        text=text_of(parsed, drawn_text),
        kind=parsed.kind,
        is_readable=not problems & _UNREAD
        and parsed.kind not in (DocumentKind.UNKNOWN, DocumentKind.OFFICE, DocumentKind.ARCHIVE),
        has_abnormal=parsed.has_abnormal,
        patient=fitted(parsed).patient,
    )


_UNREAD: Final = frozenset(
    {
        DocumentProblem.DAMAGED,
        DocumentProblem.PROTECTED,
        DocumentProblem.TOO_LARGE,
        DocumentProblem.CUT,
    }
)


def _next(order: Order, reading: _Reading, answers: FileIO) -> None:
    """Carry out what is asked of an open document."""
    if order.task is Task.PART:
        parts = reading.parsed.parts[:MAX_PARTS]
        if order.number >= len(parts):
            _write(answers, Answer(outcome=Outcome.FAILED))
        else:
            _write(answers, Answer(outcome=Outcome.DONE), parts[order.number].content)
        return
    try:
        if order.task is Task.LETTERS:
            _write(answers, Answer(outcome=Outcome.DONE), encode(_letters(reading, order)))
            return
        pixels = _page(reading, order)
    except NoPageError:
        _write(answers, Answer(outcome=Outcome.FAILED))
    except Exception as error:  # noqa: BLE001 - as above, for one page
        _write(answers, Answer(outcome=Outcome.FAILED, line=_line(error)))
    else:
        head = Answer(outcome=Outcome.DONE, width=pixels.width, height=pixels.height)
        _write(answers, head, pixels.rgb)


def _page(reading: _Reading, order: Order) -> Pixels:
    if reading.drawn is None or order.task is not Task.PAGE:
        raise NoPageError
    pixels = reading.drawn.draw(order.number, order.width)
    if not 0 < len(pixels.rgb) == 3 * pixels.width * pixels.height <= MAX_PIXELS_BYTES:
        raise NoPageError
    return pixels


def _letters(reading: _Reading, order: Order) -> PageText:
    if reading.drawn is None:
        raise NoPageError
    letters = reading.drawn.letters(order.number)
    return PageText(page=order.number, text=letters.text, boxes=letters.boxes)


# --- mail ----------------------------------------------------------------------------------------


class _Fed:
    """A file of letters that the engine hands over piece by piece, each when it is asked for."""

    def __init__(self, orders: FileIO, answers: FileIO) -> None:
        self._orders = orders
        self._answers = answers
        self._piece = b""
        self._at = 0
        self._is_over = False

    def start(self, size: int) -> bytes:
        while len(self._piece) < size and self._more():
            pass
        return self._piece[:size]

    def readline(self, size: int, /) -> bytes:
        while True:
            end = self._piece.find(b"\n", self._at, self._at + size)
            if end >= 0 or len(self._piece) - self._at >= size or not self._more():
                break
        stop = end + 1 if end >= 0 else min(self._at + size, len(self._piece))
        line = self._piece[self._at : stop]
        self._at = stop
        return line

    def _more(self) -> bool:
        if not self._is_over:
            _write(self._answers, Answer(outcome=Outcome.HUNGRY))
            order, piece = _read(self._orders)
            if order.task is not Task.FEED:
                raise WireError("something else was asked for")
            self._piece = self._piece[self._at :] + piece
            self._at = 0
            self._is_over = not piece
        return not self._is_over


def _serve_mail(order: Order, orders: FileIO, answers: FileIO) -> int:
    """Go through files of letters until the engine goes. Raises _EndError."""
    taking = importlib.import_module("app.engine.documents.taking")
    for name in _ENCODINGS:
        codecs.lookup(name)
    seal()
    while True:
        letters = taking.letters(
            _Fed(orders, answers), offset=order.offset, is_skipping=order.is_skipping
        )
        try:
            for taken in letters:
                _write(answers, Answer(outcome=Outcome.DONE), encode(taken.letter))
                order = _asked_of_letter(taken.parts, orders, answers)
                if order.task is Task.MAIL:
                    break
            else:
                _write(answers, Answer(outcome=Outcome.OVER))
                order = _asked_of_letter((), orders, answers)
        except NotMailError:
            _write(answers, Answer(outcome=Outcome.FAILED))
            order = _asked_of_letter((), orders, answers)
        if order.task is not Task.MAIL:
            raise WireError("there is no letter")


def _asked_of_letter(parts: tuple[bytes, ...], orders: FileIO, answers: FileIO) -> Order:
    """Hand out parts of a letter; return the first order that is about something else."""
    while True:
        order, _ = _read(orders)
        if order.task is not Task.PART:
            return order
        if order.number < len(parts):
            _write(answers, Answer(outcome=Outcome.DONE), parts[order.number])
        else:
            _write(answers, Answer(outcome=Outcome.FAILED))


def _line(error: BaseException) -> int:
    """Where in our code an exception came through, in its deepest frame there."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if "documents" in trace.tb_frame.f_code.co_filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


# --- streams -------------------------------------------------------------------------------------


def _own_streams() -> tuple[FileIO, FileIO]:
    """Take the standard streams; what prints goes nowhere."""
    orders, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    return FileIO(orders, "r"), FileIO(answers, "w")


def _read(orders: FileIO) -> tuple[Order, bytes]:
    """Return the next order and its payload. Raises _EndError, WireError."""
    head = _exactly(orders, _length(orders, MAX_HEAD_BYTES))
    return decode(Order, bytes(head)), bytes(_exactly(orders, _length(orders, MAX_CONTENT_BYTES)))


def _length(orders: FileIO, most: int) -> int:
    length = int.from_bytes(_exactly(orders, LENGTH_BYTES), "big")
    if length > most:
        raise WireError("the message is too large")
    return length


def _exactly(orders: FileIO, count: int) -> bytearray:
    received = bytearray(count)
    view, done = memoryview(received), 0
    while done < count:
        read = orders.readinto(view[done : done + _READ_BYTES])
        if not read:
            raise _EndError
        done += read
    view.release()
    return received


def _write(answers: FileIO, head: Answer, payload: bytes = b"") -> None:
    _write_all(answers, pack(head) + len(payload).to_bytes(LENGTH_BYTES, "big"))
    _write_all(answers, payload)


def _write_all(answers: FileIO, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[answers.write(view) or 0 :]


if __name__ == "__main__":
    sys.exit(main())
