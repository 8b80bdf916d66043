# SPDX-License-Identifier: AGPL-3.0-or-later
"""A reader of documents that was taken over: it says to the engine what no honest one would. Run with what it is to say."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine.documents.confinement import Barrier
from app.engine.documents.messages import Answer, Outcome, pack
from app.engine.ports.documents import ReadDocument, ReadLetter
from app.interface.documents import Block, BlockKind, DocumentKind, PageText, Part
from crypto_core.wire.codec import encode
from crypto_core.wire.content import Mark, MarkKind

if TYPE_CHECKING:
    from collections.abc import Callable

READY: Final = Answer(outcome=Outcome.READY, barriers=tuple(Barrier))
DONE: Final = Answer(outcome=Outcome.DONE)
FINE: Final = ReadDocument(
    kind=DocumentKind.PDF, pages=1, first_page_width=10, first_page_height=10
)


def say(answer: Answer, payload: bytes = b"", *, length: int | None = None) -> None:
    """Write a message, perhaps with a length that is not its own."""
    told = len(payload) if length is None else length
    sys.stdout.buffer.write(pack(answer) + told.to_bytes(4, "big") + payload)
    sys.stdout.buffer.flush()


def hear() -> object:
    """Read an order with its payload."""
    stream = sys.stdin.buffer
    stream.read(int.from_bytes(stream.read(4), "big"))
    return stream.read(int.from_bytes(stream.read(4), "big"))


def document(told: ReadDocument) -> None:
    """Read what comes, and answer with this."""
    hear()
    say(DONE, encode(told))


def wait() -> None:
    """Say nothing more, and read nothing."""
    threading.Event().wait()


def flood() -> None:
    """Never stop."""
    while True:
        os.write(1, bytes(1 << 16))


def pixels(count: int) -> None:
    """Answer the first order honestly and the second with a page of the wrong length."""
    document(FINE)
    hear()
    say(Answer(outcome=Outcome.DONE, width=10, height=10), bytes(count))
    wait()


def letters(told: PageText) -> None:
    """Answer the first order honestly and the second with letters that do not fit."""
    document(FINE)
    hear()
    say(DONE, encode(told))
    wait()


def environment() -> None:
    """Tell what it was given: its environment and what is open."""
    hear()
    opened = ",".join(sorted(path.name for path in Path("/proc/self/fd").iterdir()))
    names = ",".join(sorted(os.environ))
    text = f"{opened} {names} {Path.cwd()}"
    say(
        DONE,
        encode(
            ReadDocument(
                kind=DocumentKind.TEXT, blocks=(Block(kind=BlockKind.PARAGRAPH, text=text),)
            )
        ),
    )
    wait()


def answering(payload: bytes, *, length: int | None = None) -> Callable[[], None]:
    """Answer the first order with these bytes, and wait for what comes of it."""

    def lie() -> None:
        hear()
        say(DONE, payload, length=length)
        wait()

    return lie


def hungry() -> None:
    """Never have enough of a file of letters."""
    while True:
        hear()
        say(Answer(outcome=Outcome.HUNGRY))


_MARKED: Final = Block(
    kind=BlockKind.PARAGRAPH, text="short", marks=(Mark(kind=MarkKind.BOLD, start=0, end=99),)
)
_SAME_AS_NONE: Final = Part(kind=DocumentKind.PDF, name="a", title="a", size=1, same_as=7)
LIES: Final[dict[str, Callable[[], None]]] = {
    "nothing": wait,
    "the end": lambda: None,
    "a flood": flood,
    "four gigabytes": answering(b"", length=2**32 - 1),
    "garbage": answering(bytes(range(256))),
    "depth": answering(b"\x81" * 1_000_000),
    "a million maps": answering(b"\x9a\x00\x0f\x42\x40" + b"\xa0" * 1_000_000),
    "a mark outside": answering(encode(ReadDocument(kind=DocumentKind.TEXT, blocks=(_MARKED,)))),
    "a part outside": answering(
        encode(ReadDocument(kind=DocumentKind.XDM, parts=(_SAME_AS_NONE,)))
    ),
    "hunger": hungry,
    "a letter outside": answering(encode(ReadLetter(offset=0, end=2**40))),
    "few pixels": lambda: pixels(299),
    "many pixels": lambda: pixels(301),
    "letters nowhere": lambda: letters(PageText(page=0, text="ab", boxes=bytes(8))),
    "letters of another page": lambda: letters(PageText(page=1, text="a", boxes=bytes(8))),
    "what it has": environment,
}

if __name__ == "__main__":
    if sys.argv[1] in LIES:
        say(READY)
        LIES[sys.argv[1]]()
    else:
        wait()
