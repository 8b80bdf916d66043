# SPDX-License-Identifier: AGPL-3.0-or-later
"""Starts the processes that read documents, feeds them, and ends them: implements `app.engine.ports.documents`.

What such a process says is as foreign as the document: everything is bounded, then read by the strict codec,
and one wrong byte ends the process.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.engine.documents.confinement import Barrier
from app.engine.documents.messages import (
    FEED_BYTES,
    LENGTH_BYTES,
    MAX_DOCUMENT_BYTES,
    MAX_HEAD_BYTES,
    MAX_LETTER_ANSWER_BYTES,
    MAX_LETTERS_BYTES,
    Answer,
    Order,
    Outcome,
    Task,
    pack,
)
from app.engine.ports.documents import (
    MAX_CONTENT_BYTES,
    MAX_TEXT_BYTES,
    NotMailError,
    PageUnreadableError,
    ReadDocument,
    ReaderGoneError,
    ReadLetter,
    ReadText,
)
from app.interface.codes import MAX_CODE_BYTES, CodeText
from app.interface.documents import (
    BOX_BYTES,
    MAX_PIXELS_BYTES,
    DocumentKind,
    DocumentProblem,
    PageImage,
    PageText,
)
from crypto_core.errors import WireError
from crypto_core.wire.codec import decode
from crypto_core.wire.limits import MIB

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

T = TypeVar("T")

_MAX_TEXT_PARTS: Final = 40
_MAX_TEXT_DEPTH: Final = 3
_STREAM_BYTES: Final = MIB
_MAX_FED_BYTES: Final = 192 * MIB
"""Of letters to one process: some half a minute of the processor's time."""
_PASSED_ON: Final = ("PYTHONPATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""Of the environment, what it takes to find the program and its libraries."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds by the clock that a reader may take before it is ended, and how many there are."""

    start: float = 20
    read: float = 30
    page: float = 20
    idle: float = 15 * 60
    """Without a question; whoever looks again has the document read again."""
    open: int = 8
    """Documents at a time; the one that was looked at least recently makes room."""


class _TimedOutError(Exception):
    """A reader took too long, and was ended."""


class ReaderProcesses:
    """Implements `DocumentReaders`."""

    def __init__(
        self, *, command: Sequence[str] | None = None, limits: Limits | None = None
    ) -> None:
        """Take another command line and other limits, as tests want them."""
        self._command = tuple(command or reader_command())
        self._limits = limits or Limits()
        self._running: set[_Reader] = set()
        self._open: list[OpenReader] = []
        self._has_told_barriers = False

    async def open(self, content: bytes, *, name: str) -> OpenReader:
        """See the port."""
        del name
        reader, document = await self._read(content)
        opened = OpenReader(document, reader, self._limits)
        self._open = [each for each in self._open if not each.is_closed]
        self._open.append(opened)
        if len(self._open) > self._limits.open:
            oldest = min(self._open[:-1], key=lambda each: each.used_at)
            self._open.remove(oldest)
            await oldest.close()
        return opened

    async def text(self, content: bytes, *, name: str) -> ReadText:
        """See the port: what is in an archive or a mail is read too, each document by a process of its own."""
        del name
        return await self._text(content, depth=0)

    async def code(self, content: bytes) -> CodeText:
        """See the port."""
        found, reader = await self._first(content, Task.CODE, CodeText, 2 * MAX_CODE_BYTES)
        if reader is not None:
            await reader.end()
        return found if isinstance(found, CodeText) else CodeText(text="")

    def mail(self) -> MailReader:
        """See the port."""
        return MailReader(self._mail_process, self._limits)

    async def _mail_process(self) -> _Reader:
        """Start a process that waits for its first order. Raises ReaderGoneError, _TimedOutError, OSError, WireError."""
        reader = _Reader()
        self._running.add(reader)
        try:
            await reader.start(self._command, on_end=self._running.discard)
            ready = await reader.receive(most=0, seconds=self._limits.start)
            self._tell(ready[0])
        except BaseException:
            await reader.end()
            raise
        return reader

    async def close(self) -> None:
        """See the port."""
        self._open.clear()
        await asyncio.gather(*(reader.end() for reader in tuple(self._running)))

    # --- inside ------------------------------------------------------------------------------

    async def _text(self, content: bytes, *, depth: int) -> ReadText:
        whole, reader = await self._first(content, Task.TEXT, ReadText, 2 * MAX_TEXT_BYTES)
        if reader is None or not isinstance(whole, ReadText):
            problem_kind = whole.kind if isinstance(whole, ReadDocument) else DocumentKind.UNKNOWN
            return _no_text(problem_kind)
        try:
            if whole.kind not in _CONTAINERS or depth >= _MAX_TEXT_DEPTH:
                return whole
            return await self._with_parts(whole, reader, depth)
        finally:
            await reader.end()

    async def _with_parts(self, whole: ReadText, reader: _Reader, depth: int) -> ReadText:
        texts, is_readable = [whole], whole.is_readable
        for number in range(_MAX_TEXT_PARTS):
            try:
                part = await reader.ask(
                    Order(task=Task.PART, number=number),
                    most=MAX_CONTENT_BYTES,
                    seconds=self._limits.page,
                )
            except (ReaderGoneError, _TimedOutError):
                is_readable = False
                break
            if part is None:
                break
            texts.append(await self._text(part[1], depth=depth + 1))
        joined = "\n".join(each.text for each in texts)
        return ReadText(
            text=joined.encode()[:MAX_TEXT_BYTES].decode(errors="ignore"),
            kind=whole.kind,
            is_readable=is_readable and all(each.is_readable for each in texts[1:]),
            has_abnormal=any(each.has_abnormal for each in texts),
            patient=next((each.patient for each in texts if each.patient is not None), None),
        )

    async def _read(self, content: bytes) -> tuple[_Reader | None, ReadDocument]:
        document, reader = await self._first(content, Task.READ, ReadDocument, MAX_DOCUMENT_BYTES)
        return reader, document

    async def _first(
        self, content: bytes, task: Task, answer: type[T], most: int
    ) -> tuple[T | ReadDocument, _Reader | None]:
        """Give a file to a new process; without a process the answer says why there is none."""
        if len(content) > MAX_CONTENT_BYTES:
            return _unread(DocumentProblem.TOO_LARGE), None
        reader = _Reader()
        self._running.add(reader)
        try:
            await reader.start(self._command, on_end=self._running.discard)
            ready = await reader.receive(most=0, seconds=self._limits.start)
            self._tell(ready[0])
            told = await reader.ask(Order(task=task), content, most=most, seconds=self._limits.read)
            return _within(await asyncio.to_thread(_decoded, answer, told)), reader
        except _TimedOutError:
            problem = DocumentProblem.TIMED_OUT
        except (ReaderGoneError, WireError):
            problem = DocumentProblem.DAMAGED
        except OSError as error:
            _log.warning("no process to read documents: %s", error)
            problem = DocumentProblem.DAMAGED
        except BaseException:
            await reader.end()
            raise
        await reader.end()
        return _unread(problem), None

    def _tell(self, ready: Answer) -> None:
        """Write once into the log what this system does not have."""
        if ready.outcome is not Outcome.READY:
            raise WireError("not the beginning")
        missing = sorted(set(Barrier) - set(ready.barriers))
        if missing and not self._has_told_barriers:
            _log.warning("documents are read without %s", ", ".join(each.name for each in missing))
        self._has_told_barriers = True


class OpenReader:
    """Implements `OpenDocument` of the port; without a process when there was nothing to keep one for."""

    def __init__(self, document: ReadDocument, reader: _Reader | None, limits: Limits) -> None:
        self._document = document
        self._reader = reader
        self._limits = limits
        self._idle: asyncio.TimerHandle | None = None
        self._turn = asyncio.Lock()
        self._ending: asyncio.Task[None] | None = None
        self.used_at = 0.0
        self._touch()

    @property
    def document(self) -> ReadDocument:
        """See the port."""
        return self._document

    @property
    def is_closed(self) -> bool:
        """Whether its process has ended."""
        return self._reader is None or self._reader.has_ended

    async def page(self, page: int, width: int) -> PageImage:
        """See the port."""
        order = Order(task=Task.PAGE, number=page, width=width)
        told = await self._ask(order, MAX_PIXELS_BYTES, self._limits.page)
        if told is None:
            raise PageUnreadableError
        head, pixels = told
        if not 0 < len(pixels) == 3 * head.width * head.height:
            await self.close()
            raise ReaderGoneError
        return PageImage(page=page, width=head.width, height=head.height, pixels=pixels)

    async def letters(self, page: int) -> PageText:
        """See the port."""
        order = Order(task=Task.LETTERS, number=page)
        told = await self._ask(order, MAX_LETTERS_BYTES, self._limits.page)
        if told is None:
            raise PageUnreadableError
        try:
            letters = decode(PageText, told[1])
        except WireError:
            letters = None
        if (
            letters is None
            or letters.page != page
            or len(letters.boxes) != BOX_BYTES * len(letters.text)
        ):
            await self.close()
            raise ReaderGoneError
        return letters

    async def part(self, index: int) -> bytes:
        """See the port."""
        if not 0 <= index < len(self._document.parts):
            raise ReaderGoneError
        order = Order(task=Task.PART, number=index)
        told = await self._ask(order, MAX_CONTENT_BYTES, self._limits.page)
        if told is None:
            raise ReaderGoneError
        return told[1]

    async def close(self) -> None:
        """See the port."""
        if self._idle is not None:
            self._idle.cancel()
        if self._reader is not None:
            await self._reader.end()

    async def _ask(self, order: Order, most: int, seconds: float) -> tuple[Answer, bytes] | None:
        if self._reader is None:
            raise ReaderGoneError
        async with self._turn:
            self._touch()
            try:
                return await self._reader.ask(order, most=most, seconds=seconds)
            except _TimedOutError:
                raise ReaderGoneError from None

    def _touch(self) -> None:
        loop = asyncio.get_running_loop()
        self.used_at = loop.time()
        if self._idle is not None:
            self._idle.cancel()
        if self._reader is not None:
            self._idle = loop.call_later(self._limits.idle, self._reader.kill)


class MailReader:
    """Implements `LetterReader` of the port.

    A process is replaced after a certain amount, because its time on the processor is limited; and when it ends over
    a letter, which is then stepped over. It cannot make the engine read a place twice: places only grow.
    """

    def __init__(self, start: Callable[[], Awaitable[_Reader]], limits: Limits) -> None:
        self._start = start
        self._limits = limits
        self._reader: _Reader | None = None
        self._file: Callable[[int, int], Awaitable[bytes]] | None = None
        self._is_begun = False
        self._end = 0
        """Up to where letters of this file were answered."""
        self._at = 0
        """Up to where it was fed."""
        self._fed = 0
        """How much its process was given."""

    def begin(self, read: Callable[[int, int], Awaitable[bytes]]) -> None:
        """See the port."""
        self._file, self._is_begun = read, False
        self._end = self._at = 0

    async def next(self) -> ReadLetter | None:
        """See the port."""
        if self._fed >= _MAX_FED_BYTES:
            # Only between letters, so that no letter is read twice.
            await self.close()
        try:
            return await self._letter(is_skipping=False)
        except _TimedOutError:
            problem = DocumentProblem.TIMED_OUT
        except (ReaderGoneError, WireError):
            problem = DocumentProblem.DAMAGED
        # The letter that did this is not looked into again; without any further one, the file ends here.
        await self.close()
        try:
            skipped = await self._letter(is_skipping=True)
        except (ReaderGoneError, WireError, _TimedOutError):
            await self.close()
            self._file = None
            skipped = ReadLetter(offset=self._end, end=self._end)
        return skipped and dataclasses.replace(skipped, problem=problem)

    async def part(self, index: int) -> bytes | None:
        """See the port."""
        if self._reader is None:
            return None
        try:
            order = Order(task=Task.PART, number=index)
            told = await self._reader.ask(order, most=MAX_CONTENT_BYTES, seconds=self._limits.page)
        except (ReaderGoneError, _TimedOutError):
            # The next letter is not to blame: it gets a process of its own.
            await self.close()
            return None
        return None if told is None else told[1]

    async def close(self) -> None:
        """See the port."""
        if self._reader is not None:
            await self._reader.end()
        self._reader, self._is_begun = None, False

    async def _letter(self, *, is_skipping: bool) -> ReadLetter | None:
        """Ask for the next letter and feed what it takes. Raises as `next` does, and ReaderGoneError, WireError, _TimedOutError."""
        read = self._file
        if read is None:
            return None
        if self._reader is None:
            self._reader, self._fed = await self._start(), 0
        reader = self._reader
        order = Order(task=Task.NEXT)
        if not self._is_begun:
            order = Order(task=Task.MAIL, offset=self._end, is_skipping=is_skipping)
            self._is_begun, self._at = True, self._end
        answer, told = await self._fed_answer(reader, order, read)
        if answer.outcome is Outcome.OVER:
            self._file = None
            return None
        if answer.outcome is not Outcome.DONE:
            self._file = None
            if self._end == 0:
                raise NotMailError
            return None
        letter = decode(ReadLetter, told)
        if not self._end <= letter.offset < letter.end <= self._at:
            raise WireError("a letter outside its file")
        self._end = letter.end
        return letter

    async def _fed_answer(
        self, reader: _Reader, order: Order, read: Callable[[int, int], Awaitable[bytes]]
    ) -> tuple[Answer, bytes]:
        """Give an order, and what of the file it takes to answer it. Raises as `_letter` does."""
        reader.give(order)
        is_over = False
        while True:
            answer, told = await reader.receive(
                most=MAX_LETTER_ANSWER_BYTES, seconds=self._limits.read
            )
            if answer.outcome is not Outcome.HUNGRY:
                return answer, told
            if is_over:
                raise WireError("nothing is left to feed")
            piece = await read(self._at, FEED_BYTES)
            is_over = not piece
            self._at += len(piece)
            self._fed += len(piece)
            reader.give(Order(task=Task.FEED), piece)


class _Reader:
    """One process, and the messages to and from it."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._on_end: Any = None
        self._is_wanted = True

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.returncode is not None

    async def start(self, command: Sequence[str], *, on_end: Any) -> None:  # noqa: ANN401 - takes self
        """Start the process. Raises OSError."""
        self._on_end = on_end
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            close_fds=True,
            limit=_STREAM_BYTES,
            **_detachment(),
        )
        if not self._is_wanted:
            # All were ended while this one was being made.
            await self.end()
            raise ReaderGoneError

    async def ask(
        self, order: Order, content: bytes = b"", *, most: int, seconds: float
    ) -> tuple[Answer, bytes] | None:
        """Give an order and return what comes back, None if it failed. Raises ReaderGoneError, _TimedOutError."""
        self.give(order, content)
        answer = await self.receive(most=most, seconds=seconds)
        return answer if answer[0].outcome is Outcome.DONE else None

    def give(self, order: Order, content: bytes = b"") -> None:
        """Give an order. Raises ReaderGoneError."""
        process = self._process
        if process is None or process.stdin is None or process.returncode is not None:
            raise ReaderGoneError
        try:
            process.stdin.write(pack(order) + len(content).to_bytes(LENGTH_BYTES, "big"))
            process.stdin.write(content)
        except (ConnectionError, RuntimeError):
            self.kill()
            raise ReaderGoneError from None

    async def receive(self, *, most: int, seconds: float) -> tuple[Answer, bytes]:
        """Return the next thing said, with a payload up to `most` bytes. Raises ReaderGoneError, _TimedOutError."""
        try:
            async with asyncio.timeout(seconds):
                head = decode(Answer, await self._sized(MAX_HEAD_BYTES))
                return head, await self._sized(most)
        except TimeoutError:
            await self.end()
            raise _TimedOutError from None
        except (asyncio.IncompleteReadError, ConnectionError, WireError):
            await self.end()
            raise ReaderGoneError from None
        except BaseException:
            # Whoever asked went away in the middle of a message.
            self.kill()
            raise

    async def _sized(self, most: int) -> bytes:
        if self._process is None or self._process.stdout is None:
            raise ReaderGoneError
        length = int.from_bytes(await self._process.stdout.readexactly(LENGTH_BYTES), "big")
        if length > most:
            raise WireError("more than was asked for")
        return await self._process.stdout.readexactly(length)

    def kill(self) -> None:
        """End the process without waiting."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def end(self) -> None:
        """End the process and wait until it is gone."""
        self._is_wanted = False
        process = self._process
        if process is not None:
            self.kill()
            if process.stdin is not None:
                process.stdin.close()
            await process.wait()
        if self._on_end is not None:
            self._on_end(self)


def reader_command() -> list[str]:
    """Return the command line of a reader, for this installation."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--read-document"]
    return [sys.executable, "-P", "-m", "app.engine.documents.reader"]


_CONTAINERS: Final = frozenset({DocumentKind.XDM, DocumentKind.MAIL, DocumentKind.CDA})


def _no_text(kind: DocumentKind) -> ReadText:
    return ReadText(text="", kind=kind, is_readable=False, has_abnormal=False, patient=None)


def _unread(problem: DocumentProblem) -> ReadDocument:
    return ReadDocument(kind=DocumentKind.UNKNOWN, problems=(problem,))


def _decoded(kind: type[T], told: tuple[Answer, bytes] | None) -> T:
    """Read what a process says of a file. Raises ReaderGoneError, WireError."""
    if told is None:
        raise ReaderGoneError
    if told[0].line:
        _log.warning("a document could not be read: line %d", told[0].line)
    return decode(kind, told[1])


def _within(value: T) -> T:
    """Refuse what the codec cannot see: numbers that point outside. Raises WireError."""
    if isinstance(value, ReadDocument):
        for part in value.parts:
            if part.same_as is not None and part.same_as >= len(value.parts):
                raise WireError("no such part")
        for block in value.blocks:
            if any(not 0 <= mark.start < mark.end <= len(block.text) for mark in block.marks):
                raise WireError("a mark outside its text")
    return value


def _detachment() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    # What a terminal sends to its programs is for the front end.
    return {"process_group": 0, "cwd": "/"}
