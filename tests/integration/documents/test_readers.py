# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real processes that read documents, honest ones and one that was taken over."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import segno

from app.engine.documents import readers as module
from app.engine.documents.messages import LENGTH_BYTES, Answer, Outcome
from app.engine.documents.readers import Limits, ReaderProcesses, reader_command
from app.engine.ports.documents import (
    MAX_CONTENT_BYTES,
    NotMailError,
    PageUnreadableError,
    ReaderGoneError,
)
from app.interface.documents import DocumentKind, DocumentProblem
from crypto_core.wire.codec import decode
from tests.fakes.foreign_files import jpeg, mail_with, pdf
from tests.fakes.other_mail import eml, mbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from app.engine.ports.documents import LetterReader, ReadLetter

QUICK = Limits(start=10, read=1, page=1, idle=60)


def rogue(says: str, limits: Limits = QUICK) -> ReaderProcesses:
    return ReaderProcesses(
        command=[sys.executable, "-m", "tests.fakes.rogue_reader", says], limits=limits
    )


def with_readers(
    readers: ReaderProcesses, act: Callable[[ReaderProcesses], Awaitable[None]]
) -> None:
    """Run a story, and see that no process is left of it."""

    async def story() -> None:
        try:
            await act(readers)
        finally:
            pids = [reader._process.pid for reader in readers._running if reader._process]
            await readers.close()
        assert not readers._running
        for pid in pids:
            # Waited for, so the system does not know it any more.
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)

    asyncio.run(story())


@pytest.fixture(autouse=True)
def _from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    # The false readers are modules of the tests, which are not installed.
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[3]))


def test_pages_and_texts_and_parts_come_from_processes() -> None:
    async def act(readers: ReaderProcesses) -> None:
        report = pdf(["Première page", "Deuxième"], enclosed={"image.jpg": jpeg(40, 30)})
        opened = await readers.open(report, name="x")
        assert (opened.document.kind, opened.document.pages) == (DocumentKind.PDF, 2)
        page = await opened.page(1, 300)
        assert (page.width, len(page.pixels)) == (300, 3 * page.width * page.height)
        assert set(page.pixels) > {0, 255}
        letters = await opened.letters(1)
        assert (letters.text, len(letters.boxes)) == ("Deuxième", 8 * len("Deuxième"))
        with pytest.raises(PageUnreadableError):
            await opened.letters(2)
        with pytest.raises(PageUnreadableError):
            await opened.page(2, 300)
        inner = await readers.open(await opened.part(0), name="y")
        assert inner.document.kind is DocumentKind.PICTURE
        with pytest.raises(ReaderGoneError):
            await opened.part(1)
        text = await readers.text(report, name="x")
        assert "Première page" in text.text
        assert text.is_readable
        letter = await readers.text(mail_with(report), name="letter.eml")
        assert "Deuxième" in letter.text

    with_readers(ReaderProcesses(), act)


def test_a_code_is_read_from_a_photograph_or_a_small_text() -> None:
    async def act(readers: ReaderProcesses) -> None:
        photograph = BytesIO()
        segno.make_qr("uhs:contact/abc").save(photograph, kind="png", scale=6)
        assert (await readers.code(photograph.getvalue())).text == "uhs:contact/abc"
        assert (await readers.code(b"\xef\xbb\xbfuhs:relay/abc\r\n")).text == "uhs:relay/abc"
        for nothing in (
            jpeg(40, 30),
            photograph.getvalue()[:200],
            b"",
            b"x" * 20_000,
            pdf(["uhs:"]),
        ):
            assert (await readers.code(nothing)).text == ""

    with_readers(ReaderProcesses(), act)


def test_a_document_of_every_age_and_damage_ends_as_values() -> None:
    async def act(readers: ReaderProcesses) -> None:
        opened = await readers.open(bytes(MAX_CONTENT_BYTES + 1), name="big")
        assert opened.document.problems == (DocumentProblem.TOO_LARGE,)
        with pytest.raises(ReaderGoneError):
            await opened.page(0, 100)
        damaged = await readers.open(b"%PDF-1.7\n" + bytes(range(256)) * 20, name="x.pdf")
        assert damaged.document.problems == (DocumentProblem.DAMAGED,)
        assert not (await readers.text(b"\x00\x01\x02" * 99, name="x.pdf")).is_readable

    with_readers(ReaderProcesses(), act)


@pytest.mark.parametrize(
    ("says", "problem"),
    [
        ("nothing", DocumentProblem.TIMED_OUT),
        ("silence", DocumentProblem.TIMED_OUT),
        ("the end", DocumentProblem.DAMAGED),
        ("a flood", DocumentProblem.DAMAGED),
        ("four gigabytes", DocumentProblem.DAMAGED),
        ("garbage", DocumentProblem.DAMAGED),
        ("depth", DocumentProblem.DAMAGED),
        ("a million maps", DocumentProblem.DAMAGED),
        ("a mark outside", DocumentProblem.DAMAGED),
        ("a part outside", DocumentProblem.DAMAGED),
    ],
)
def test_what_a_taken_over_reader_says_hurts_nobody(says: str, problem: DocumentProblem) -> None:
    async def act(readers: ReaderProcesses) -> None:
        opened = await readers.open(b"anything", name="x")
        assert opened.document.problems == (problem,)
        assert opened.is_closed
        assert not readers._running
        if says == "garbage":
            assert not (await readers.text(b"anything", name="x")).is_readable

    limits = Limits(start=1, read=1) if says == "silence" else QUICK
    with_readers(rogue(says, limits), act)


@pytest.mark.parametrize("says", ["hunger", "a letter outside", "garbage", "the end"])
def test_a_taken_over_reader_of_letters_ends_the_file_and_nothing_else(says: str) -> None:
    async def act(readers: ReaderProcesses) -> None:
        letters = readers.mail()
        letters.begin(fed_from(mbox([eml(1)])))
        damaged = await letters.next()
        assert damaged is not None
        assert damaged.problem is DocumentProblem.DAMAGED
        assert await letters.next() is None
        await letters.close()

    with_readers(rogue(says), act)


DEADLY = """
import os
from app.engine.documents import reader
from app.engine.documents.formats import mail
read = mail.read_letter
def read_letter(content):
    if b"deadly" in content:
        os._exit(1)
    return read(content)
mail.read_letter = read_letter
reader.main()
"""


def test_a_letter_that_ends_its_reader_is_stepped_over(monkeypatch: pytest.MonkeyPatch) -> None:
    # After every letter a new process, as after a long file.
    monkeypatch.setattr(module, "_MAX_FED_BYTES", 1)
    letters = [eml(1), eml(2, subject="deadly"), eml(3, documents={"a.bin": b"abc"})]

    async def act(readers: ReaderProcesses) -> None:
        reader = readers.mail()
        reader.begin(fed_from(mbox(letters)))
        told = [each async for each in all_of(reader)]
        assert [each.problem for each in told] == [None, DocumentProblem.DAMAGED, None]
        assert [each.message_id[:8] for each in told] == ["letter-1", "", "letter-3"]
        # Nor is anything after a single one.
        reader.begin(fed_from(eml(4, subject="deadly")))
        assert [each.problem async for each in all_of(reader)] == [DocumentProblem.DAMAGED]
        reader.begin(fed_from(letters[2]))
        last = await reader.next()
        assert last is not None
        assert (last.parts[0].name, await reader.part(0)) == ("a.bin", b"abc")
        assert await reader.part(1) is None
        reader.begin(fed_from(pdf(["no mail"])))
        with pytest.raises(NotMailError):
            await reader.next()
        await reader.close()

    with_readers(ReaderProcesses(command=[sys.executable, "-c", DEADLY]), act)


def fed_from(content: bytes) -> Callable[[int, int], Awaitable[bytes]]:
    async def read(offset: int, size: int) -> bytes:
        return content[offset : offset + size]

    return read


async def all_of(reader: LetterReader) -> AsyncIterator[ReadLetter]:
    while (letter := await reader.next()) is not None:
        yield letter


@pytest.mark.parametrize("says", ["few pixels", "many pixels"])
def test_a_page_of_the_wrong_length_ends_its_reader(says: str) -> None:
    async def act(readers: ReaderProcesses) -> None:
        opened = await readers.open(b"anything", name="x")
        with pytest.raises(ReaderGoneError):
            await opened.page(0, 10)
        assert opened.is_closed

    with_readers(rogue(says), act)


@pytest.mark.parametrize("says", ["letters nowhere", "letters of another page"])
def test_letters_without_their_places_end_their_reader(says: str) -> None:
    async def act(readers: ReaderProcesses) -> None:
        opened = await readers.open(b"anything", name="x")
        with pytest.raises(ReaderGoneError):
            await opened.letters(0)
        assert opened.is_closed

    with_readers(rogue(says), act)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_reader_gets_neither_environment_nor_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UHS_HOME", "secret")
    inheritable = os.open(__file__, os.O_RDONLY)
    os.set_inheritable(inheritable, True)  # noqa: FBT003 - the library's signature

    async def act(readers: ReaderProcesses) -> None:
        opened = await readers.open(b"anything", name="x")
        # The fourth is the listing itself; the locale is Python's own doing.
        has = opened.document.blocks[0].text.removesuffix(" /").split()
        assert has[0] == "0,1,2,3"
        assert set(has[1].split(",")) <= {"PYTHONPATH", "LC_CTYPE", "LD_LIBRARY_PATH"}

    try:
        with_readers(rogue("what it has"), act)
    finally:
        os.close(inheritable)


def test_nobody_reads_what_is_closed_or_long_unlooked_at() -> None:
    async def act(readers: ReaderProcesses) -> None:
        first = await readers.open(pdf(["one"]), name="x")
        await first.close()
        with pytest.raises(ReaderGoneError):
            await first.page(0, 100)
        opened = [await readers.open(b"plain text", name="x") for _ in range(3)]
        assert [each.is_closed for each in opened] == [True, False, False]

    with_readers(ReaderProcesses(limits=Limits(open=2)), act)


def test_an_idle_reader_ends() -> None:
    async def act(readers: ReaderProcesses) -> None:
        opened = await readers.open(b"plain text", name="x")
        process = opened._reader._process if opened._reader else None
        assert process is not None
        await process.wait()
        with pytest.raises(ReaderGoneError):
            await opened.part(0)

    with_readers(ReaderProcesses(limits=Limits(idle=0.01)), act)


def test_a_cancelled_question_leaves_no_process() -> None:
    async def act(readers: ReaderProcesses) -> None:
        asking = asyncio.create_task(readers.open(b"anything", name="x"))
        await asyncio.sleep(0)
        assert readers._running
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert not readers._running

    with_readers(rogue("nothing"), act)


def test_closing_all_ends_what_is_open_and_what_has_just_begun() -> None:
    async def act(readers: ReaderProcesses) -> None:
        opened = await readers.open(b"plain text", name="x")
        asking = asyncio.create_task(readers.open(b"plain text", name="x"))
        # Its process is being started, and is not there yet.
        await asyncio.sleep(0)
        await readers.close()
        assert opened.is_closed
        begun = await asking
        assert begun.document.problems == (DocumentProblem.DAMAGED,)
        assert begun.is_closed

    with_readers(ReaderProcesses(), act)


def test_a_packaged_program_starts_itself_to_read() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "app", "--read-document"],
        input=b"",
        capture_output=True,
        check=False,
        timeout=60,
    )
    length = int.from_bytes(done.stdout[:LENGTH_BYTES], "big")
    ready = decode(Answer, done.stdout[LENGTH_BYTES : LENGTH_BYTES + length])
    assert ready.outcome is Outcome.READY
    assert done.returncode == 0


def test_a_frozen_program_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert reader_command() == [sys.executable, "--read-document"]
