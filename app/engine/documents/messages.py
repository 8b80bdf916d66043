# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the engine and a process that reads a document say to each other over two pipes.

A message is a head and a payload, each with its length (four bytes, big-endian) before it. The engine trusts
nothing it is told: lengths are bounded before anything is read, and the strict codec reads the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Final

from app.engine.documents.confinement import Barrier
from app.interface.documents import BOX_BYTES, MAX_PAGE_LETTERS, MAX_PARTS, DocumentProblem
from crypto_core.wire.codec import Range, Size, encode
from crypto_core.wire.limits import MIB

MAX_HEAD_BYTES: Final = 1024
MAX_DOCUMENT_BYTES: Final = 6 * MIB
"""An encoded `ReadDocument`; what does not fit is cut by the reader."""
MAX_LETTERS_BYTES: Final = (4 + BOX_BYTES) * MAX_PAGE_LETTERS + 64
"""An encoded `PageText`."""
MAX_LETTER_ANSWER_BYTES: Final = 4 * MIB
"""An encoded `ReadLetter`."""
FEED_BYTES: Final = MIB
"""How much of a mailbox travels at a time."""
LENGTH_BYTES: Final = 4


class Task(IntEnum):
    """What the reader is to do; the first must be READ, TEXT or CODE, with the file as its payload, or MAIL."""

    READ = 1
    TEXT = 2
    PAGE = 3
    PART = 4
    """Of the document, or of the letter that was answered last."""
    LETTERS = 5
    """Where the letters of a page stand."""
    MAIL = 6
    """Begin with a file of mail, which is asked for piece by piece, and answer its first letter."""
    NEXT = 7
    """Answer the next letter."""
    FEED = 8
    """The payload is what follows of the file; none at its end."""
    CODE = 9
    """Read the QR picture in an image, or a small text; a first task, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One task. `number` of a page or part from 0; `width` in pixels."""

    task: Task
    number: Annotated[int, Range(0, max(100_000, MAX_PARTS))] = 0
    width: Annotated[int, Range(0, 4096)] = 0
    offset: Annotated[int, Range(0, 2**53)] = 0
    """With MAIL: where in its file begins what is fed, at a letter."""
    is_skipping: bool = False
    """With MAIL: do not look into the first one, which has ended a reader before."""


class Outcome(IntEnum):
    """What became of a task."""

    READY = 1
    """Said once, before anything is given to the reader."""
    DONE = 2
    """The payload is a `ReadDocument`, a `ReadText`, a `CodeText`, a `ReadLetter`, a `PageText`, the pixels of a page, or the bytes of a part."""
    FAILED = 3
    """Of MAIL: this is no mail."""
    HUNGRY = 4
    """The answer needs more of the file."""
    OVER = 5
    """There is no further letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a task ended."""

    outcome: Outcome
    barriers: Annotated[tuple[Barrier, ...], Size.up_to(16)] = ()
    """With READY: which parts of the confinement stand."""
    problem: DocumentProblem | None = None
    """With FAILED."""
    line: Annotated[int, Range(0, 1_000_000)] = 0
    """With FAILED: where in our code, for the log; 0 if the file was simply refused."""
    width: Annotated[int, Range(0, 100_000)] = 0
    height: Annotated[int, Range(0, 100_000)] = 0


def pack(head: Order | Answer) -> bytes:
    """Return a head with its length; the length of the payload has to follow. Raises WireError."""
    encoded = encode(head)
    return len(encoded).to_bytes(LENGTH_BYTES, "big") + encoded
