# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents looked at, saved and handed to another program: use cases on a real vault."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.engine.documents.readers import ReaderProcesses
from app.engine.vault.copies import PrivateCopies, copies_folders
from app.engine.viewing import _is_program
from app.interface.commands import ShowMessage
from app.interface.documents import (
    CloseDocument,
    DocumentHandle,
    DocumentKind,
    DocumentProblem,
    DocumentSource,
    ForgetCopies,
    OpenDocument,
    OpenElsewhere,
    PreviewDocument,
    ReadPage,
    SavePart,
    ShowPage,
)
from app.interface.failures import Failure
from app.interface.snapshots import DeliveryState
from app.interface.writing import AttachFile
from crypto_core.wire.ids import MessageId
from crypto_core.wire.limits import MIB
from tests.fakes.foreign_files import mail_with, pdf
from tests.fakes.people import SeededBytes
from tests.fakes.practice import Practice, failure_of, settle
from tests.fakes.quick_readers import QuickReaders
from tests.integration.engine.test_receiving import letter, run
from tests.integration.engine.test_writing import draft_of

if TYPE_CHECKING:
    from app.interface.snapshots import Queued, SavedFile

REPORT = pdf(["Compte rendu"])
MAIL = mail_with(REPORT)
UNKNOWN = DocumentSource(message=MessageId(bytes(16)))


async def received(anne: Practice, boris: Practice, tmp_path: Path) -> DocumentSource:
    """Anne sends Boris a mail with a PDF inside, as a file that is named otherwise."""
    (tmp_path / "photo.jpg").write_bytes(MAIL)
    sent: Queued = await anne.do(letter(boris, "Bonjour", str(tmp_path / "photo.jpg")))
    await settle([anne, boris])
    return DocumentSource(message=sent.message)


def readers_of(practice: Practice) -> QuickReaders:
    assert isinstance(practice.readers, QuickReaders)
    return practice.readers


def content_of(saved: SavedFile) -> bytes:
    return Path(saved.path).read_bytes()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def copies_of(practice: Practice) -> list[Path]:
    folder = practice.directory / "copies"
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_document_is_shown_as_what_it_is_and_the_letter_is_read(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        source = await received(anne, boris, tmp_path)
        outer = await boris.do(OpenDocument(source=source))
        assert (outer.kind, outer.name, outer.size) == (DocumentKind.MAIL, "photo.jpg", len(MAIL))
        (index,) = [at for at, part in enumerate(outer.parts) if part.kind is DocumentKind.PDF]
        inner_source = replace(source, path=(index,))
        before = len(readers_of(boris).opened)
        inner = await boris.do(OpenDocument(source=inner_source))
        # Taken from the process that shows the mail: no second one had to read it again.
        assert len(readers_of(boris).opened) == before + 1
        assert (inner.kind, inner.pages, inner.name) == (DocumentKind.PDF, 1, "cr.pdf")
        page = await boris.do(ShowPage(handle=inner.handle, page=0, width=200))
        assert (page.width, len(page.pixels)) == (200, 600 * page.height)
        assert (
            await failure_of(boris, ShowPage(handle=inner.handle, page=1, width=200))
            == Failure.PAGE_UNREADABLE
        )
        letters = await boris.do(ReadPage(handle=inner.handle, page=0))
        assert (letters.text, len(letters.boxes)) == ("Compte rendu", 8 * len("Compte rendu"))
        beyond = ReadPage(handle=inner.handle, page=1)
        assert await failure_of(boris, beyond) == Failure.PAGE_UNREADABLE
        await boris.do(CloseDocument(handle=inner.handle))
        await boris.do(CloseDocument(handle=inner.handle))
        closed = ReadPage(handle=inner.handle, page=0)
        assert await failure_of(boris, closed) == Failure.DOCUMENT_CLOSED
        assert (
            await failure_of(boris, ShowPage(handle=inner.handle, page=0, width=200))
            == Failure.DOCUMENT_CLOSED
        )
        assert readers_of(boris).opened[-1].is_closed
        # The process of the mail ended meanwhile, for whatever reason.
        for document in readers_of(boris).opened:
            await document.close()
        assert (await boris.do(OpenDocument(source=inner_source))).kind is DocumentKind.PDF
        # Looking at what one sent oneself tells nobody anything.
        assert (await anne.do(OpenDocument(source=source))).kind is DocumentKind.MAIL
        await settle([anne, boris])
        assert source.message is not None
        view = await anne.do(ShowMessage(message=source.message))
        assert [each.state for each in view.recipients] == [DeliveryState.READ]

    run(tmp_path, story)


def test_what_is_not_there_is_a_failure_with_a_name(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        source = await received(anne, boris, tmp_path)
        expected = {
            UNKNOWN: Failure.UNKNOWN_MESSAGE,
            replace(source, index=1): Failure.UNKNOWN_ATTACHMENT,
            replace(source, path=(99,)): Failure.UNKNOWN_ATTACHMENT,
            replace(source, path=(0, 0, 0)): Failure.UNKNOWN_ATTACHMENT,
            DocumentSource(): Failure.INVALID,
            DocumentSource(draft=bytes(16), document=bytes(16)): Failure.UNKNOWN_DRAFT,
        }
        for wrong, failure in expected.items():
            assert await failure_of(boris, OpenDocument(source=wrong)) == failure
            elsewhere = SavePart(source=wrong, directory=str(tmp_path))
            assert await failure_of(boris, elsewhere) == failure
        handle = DocumentHandle(99)
        assert (
            await failure_of(boris, ShowPage(handle=handle, page=0, width=99))
            == Failure.DOCUMENT_CLOSED
        )
        sealed = boris.directory / "files"
        for file in sealed.iterdir():
            file.write_bytes(bytes(file.stat().st_size))
        assert await failure_of(boris, OpenDocument(source=source)) == Failure.ATTACHMENT_DAMAGED

    run(tmp_path, story)


def test_a_document_of_a_draft_is_looked_at_before_it_goes(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        draft = await draft_of(anne, boris)
        (tmp_path / "cr.pdf").write_bytes(REPORT)
        attached = await anne.do(AttachFile(draft=draft.draft, path=str(tmp_path / "cr.pdf")))
        source = DocumentSource(draft=draft.draft, document=attached.document)
        view = await anne.do(OpenDocument(source=source))
        assert (view.kind, view.pages) == (DocumentKind.PDF, 1)
        other = replace(source, document=bytes(16))
        assert await failure_of(anne, OpenDocument(source=other)) == Failure.UNKNOWN_ATTACHMENT

    run(tmp_path, story)


def test_a_glance_at_a_document_of_a_draft_leaves_no_process(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        draft = await draft_of(anne, boris)
        files = {
            "cr.pdf": (pdf(["Compte rendu", "Suite"], title="Bilan"), DocumentKind.PDF, 2),
            "note.txt": (b"Bonjour, voici la suite.", DocumentKind.TEXT, 0),
            "large.bin": (bytes(32 * MIB + 1), DocumentKind.UNKNOWN, 0),
        }
        for name, (content, kind, pages) in files.items():
            (tmp_path / name).write_bytes(content)
            attached = await anne.do(AttachFile(draft=draft.draft, path=str(tmp_path / name)))
            glance = await anne.do(
                PreviewDocument(draft=draft.draft, document=attached.document, width=96)
            )
            assert (glance.kind, glance.pages) == (kind, pages)
            assert (glance.image is not None) is bool(pages)
            if glance.image is not None:
                assert (glance.title, glance.image.width) == ("Bilan", 96)
            is_large = glance.problems == (DocumentProblem.TOO_LARGE,)
            assert is_large is (name == "large.bin")
        opened = readers_of(anne).opened
        assert len(opened) == 2
        assert all(document.is_closed for document in opened)
        unknown = PreviewDocument(draft=draft.draft, document=bytes(16), width=96)
        assert await failure_of(anne, unknown) == Failure.UNKNOWN_ATTACHMENT

    run(tmp_path, story)


def test_a_part_is_saved_under_its_own_name(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        source = await received(anne, boris, tmp_path)
        folder = tmp_path / "saved"
        folder.mkdir()
        whole = await boris.do(SavePart(source=source, directory=str(folder)))
        part = replace(source, path=(0,))
        first = await boris.do(SavePart(source=part, directory=str(folder)))
        second = await boris.do(SavePart(source=part, directory=str(folder)))
        assert content_of(whole) == MAIL
        assert content_of(first) == content_of(second) == REPORT
        assert sorted(path.name for path in folder.iterdir()) == [
            "cr (2).pdf",
            "cr.pdf",
            "photo.jpg",
        ]
        missing = SavePart(source=part, directory=str(tmp_path / "nowhere"))
        assert await failure_of(boris, missing) == Failure.DIRECTORY_UNWRITABLE

    run(tmp_path, story)


def test_a_copy_for_another_program_is_private_and_ends(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        source = await received(anne, boris, tmp_path)
        copy = await boris.do(OpenElsewhere(source=replace(source, path=(0,))))
        whole = await boris.do(OpenElsewhere(source=source))
        assert sorted(path.name for path in copies_of(boris)) == ["cr.pdf", "photo.jpg"]
        assert content_of(whole) == MAIL
        if sys.platform != "win32":
            assert mode_of(Path(copy.path)) == 0o400
            for folder in (Path(copy.path).parent, Path(copy.path).parent.parent):
                assert mode_of(folder) == 0o700
        await boris.do(ForgetCopies())
        assert copies_of(boris) == []
        await boris.do(OpenElsewhere(source=source))
        await boris.stop()
        assert copies_of(boris) == []

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("name", "is_program"),
    [
        ("facture.pdf.exe", True),
        ("Facture.EXE. .", True),
        ("facture\u202efdp.ex\u200be", True),
        ("lettre.pdf.lnk", True),
        ("lettre.pdf", False),
        ("exe", True),
        ("exe.docx", False),
    ],
)
def test_a_program_is_not_opened(name: str, is_program: bool) -> None:
    assert _is_program(name) == is_program


def test_a_program_is_saved_and_never_handed_to_the_system(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        (tmp_path / "facture.pdf.exe").write_bytes(REPORT)
        sent = await anne.do(letter(boris, "Bonjour", str(tmp_path / "facture.pdf.exe")))
        await settle([anne, boris])
        source = DocumentSource(message=sent.message)
        assert await failure_of(boris, OpenElsewhere(source=source)) == Failure.DOCUMENT_RUNS
        assert copies_of(boris) == []
        assert (await boris.do(OpenDocument(source=source))).kind is DocumentKind.PDF

    run(tmp_path, story)


def test_copies_of_an_engine_that_was_killed_are_removed_when_the_next_one_starts(
    tmp_path: Path,
) -> None:
    async def story(_: Practice, boris: Practice) -> None:
        await boris.stop()
        left = boris.directory / "copies" / "00" / "letter.pdf"
        left.parent.mkdir(parents=True)
        left.write_bytes(b"readable")
        await boris.start()
        # Nobody has typed a passphrase.
        await boris.engine.announce()
        assert copies_of(boris) == []

    run(tmp_path, story)


def test_too_large_a_document_is_said_and_can_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.engine.viewing.MAX_CONTENT_BYTES", len(MAIL) - 1)

    async def story(anne: Practice, boris: Practice) -> None:
        source = await received(anne, boris, tmp_path)
        before = len(readers_of(boris).opened)
        view = await boris.do(OpenDocument(source=source))
        assert view.problems == (DocumentProblem.TOO_LARGE,)
        assert len(readers_of(boris).opened) == before
        assert (
            await failure_of(boris, ShowPage(handle=view.handle, page=0, width=99))
            == Failure.DOCUMENT_CLOSED
        )
        inside = OpenDocument(source=replace(source, path=(0,)))
        assert await failure_of(boris, inside) == Failure.FILE_TOO_LARGE
        folder = tmp_path / "saved"
        folder.mkdir()
        saved = await boris.do(SavePart(source=source, directory=str(folder)))
        assert saved.size == len(MAIL)

    run(tmp_path, story)


def test_readers_end_with_the_lock_and_leave_nothing(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        source = await received(anne, boris, tmp_path)
        await boris.stop()
        readers = ReaderProcesses()
        boris.readers = readers
        await boris.reopen()
        before = {path for path in boris.directory.rglob("*") if path.is_file()}
        view = await boris.do(OpenDocument(source=replace(source, path=(0,))))
        assert view.pages == 1
        pids = [each._process.pid for each in readers._running if each._process]
        assert pids
        await boris.stop()
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
        left = {path for path in boris.directory.rglob("*") if path.is_file()} - before
        assert not [path.name for path in left if "vault.db" not in path.name]

    run(tmp_path, story)


def test_copies_go_where_they_end_with_the_session_if_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile, runtime = tmp_path / "profile", tmp_path / "runtime"
    profile.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    folders = copies_folders(profile)
    assert [folder.is_relative_to(runtime) for folder in folders] == [True, False]
    copies = PrivateCopies(folders, random_bytes=SeededBytes("copies"))
    assert Path(copies.make_folder(10)).is_relative_to(runtime)
    # More than any disk has.
    assert Path(copies.make_folder(2**60)).is_relative_to(profile)
    assert copies.forget()
    assert not any(folder.exists() for folder in folders)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    assert copies_folders(profile) == (profile / "copies",)
