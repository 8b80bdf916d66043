# SPDX-License-Identifier: AGPL-3.0-or-later
"""Encrypted files: whole or not there, named safely, never over another file, refused when damaged."""

from __future__ import annotations

import os
import resource
import signal
import stat
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.engine.ports.files import (
    DirectoryUnwritableError,
    FileChangedError,
    FileTooLargeError,
    FileUnreadableError,
    NoSpaceError,
    SealedFile,
    SealedFileDamagedError,
    SealedFileMissingError,
)
from app.engine.vault.files import SealedFiles, safe_name
from crypto_core.keys.streams import seal_bytes
from crypto_core.trust.signatures import sha256
from crypto_core.wire.ids import BlobId
from crypto_core.wire.limits import CHUNK_BYTES, MAX_BLOB_BYTES
from crypto_core.wire.padding import sealed_length
from tests.fakes.people import SeededBytes

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = bytes(range(32))
PREFIX = bytes(7)
BLOB = BlobId(b"f" * 16)
SIZES = [0, 1, 17, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 5]


def ignore(done: int) -> None:
    del done


@pytest.fixture
def files(tmp_path: Path) -> SealedFiles:
    return SealedFiles(tmp_path / "files")


def seal(files: SealedFiles, source: Path) -> SealedFile:
    chosen = files.inspect(str(source))
    return files.seal(chosen, BLOB, key=KEY, prefix=PREFIX, report=ignore)


def save(files: SealedFiles, content: bytes, directory: Path, name: str = "bilan.pdf") -> Path:
    return files.save(
        BLOB,
        key=KEY,
        size=len(content),
        sha256=sha256(content),
        name=name,
        directory=str(directory),
        report=ignore,
    )


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_back_as_it_was(files: SealedFiles, tmp_path: Path, size: int) -> None:
    content = SeededBytes(str(size))(size)
    source = tmp_path / "bilan.pdf"
    source.write_bytes(content)
    sealed = seal(files, source)
    kept = files.read_sealed(BLOB, offset=0, length=sealed.sealed_size + 1)
    assert kept == seal_bytes(KEY, PREFIX, content)
    assert (sealed.size, sealed.sha256) == (size, sha256(content))
    assert (sealed.sealed_size, sealed.sealed_sha256) == (len(kept), sha256(kept))
    target = tmp_path / "out"
    target.mkdir()
    assert save(files, content, target).read_bytes() == content


def test_progress_ends_at_the_size(files: SealedFiles, tmp_path: Path) -> None:
    source = tmp_path / "a"
    source.write_bytes(bytes(CHUNK_BYTES + 3))
    told: list[int] = []
    files.seal(files.inspect(str(source)), BLOB, key=KEY, prefix=PREFIX, report=told.append)
    assert told == [CHUNK_BYTES, CHUNK_BYTES + 3]


def test_encrypted_files_are_private_and_hold_no_plaintext(
    files: SealedFiles, tmp_path: Path
) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"canary in a letter " * 1000)
    seal(files, source)
    (kept,) = (tmp_path / "files").iterdir()
    assert b"canary" not in kept.read_bytes()
    assert kept.name != "a"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


# --- the user's file -----------------------------------------------------------------------------


def test_what_is_no_plain_file_is_unreadable(files: SealedFiles, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent", Path("/dev/zero"), Path("nul\0byte")):
        with pytest.raises(FileUnreadableError):
            files.inspect(str(path))


def test_a_file_larger_than_allowed_is_refused_before_it_is_read(
    files: SealedFiles, tmp_path: Path
) -> None:
    source = tmp_path / "a"
    with source.open("wb") as file:
        file.truncate(MAX_BLOB_BYTES)
    with pytest.raises(FileTooLargeError):
        files.inspect(str(source))


@pytest.mark.parametrize("change", ["longer", "shorter", "touched"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    files: SealedFiles, tmp_path: Path, change: str
) -> None:
    source = tmp_path / "a"
    source.write_bytes(bytes(4 * CHUNK_BYTES))
    chosen = files.inspect(str(source))

    def meddle(done: int) -> None:
        if done == CHUNK_BYTES:
            if change == "longer":
                with source.open("ab") as file:
                    file.write(b"more")
            elif change == "shorter":
                os.truncate(source, 2 * CHUNK_BYTES)
            else:
                os.utime(source, ns=(1, 1))

    with pytest.raises(FileChangedError):
        files.seal(chosen, BLOB, key=KEY, prefix=PREFIX, report=meddle)
    assert files.stored() == frozenset()
    assert list((tmp_path / "files").iterdir()) == []


def test_media_types_do_not_depend_on_the_machine(files: SealedFiles, tmp_path: Path) -> None:
    expected = {
        "bilan.pdf": "application/pdf",
        "photo.PNG": "image/png",
        "scan.dcm": "application/dicom",
        "ohne": "application/octet-stream",
    }
    for name, media_type in expected.items():
        (tmp_path / name).touch()
        assert files.inspect(str(tmp_path / name)).media_type == media_type


# --- saving --------------------------------------------------------------------------------------


def test_no_file_is_ever_replaced(files: SealedFiles, tmp_path: Path) -> None:
    content = b"neu"
    files.put_sealed(BLOB, seal_bytes(KEY, PREFIX, content))
    (tmp_path / "bilan.pdf").write_bytes(b"alt")
    names = [save(files, content, tmp_path).name for _ in range(3)]
    assert names == ["bilan (2).pdf", "bilan (3).pdf", "bilan (4).pdf"]
    assert (tmp_path / "bilan.pdf").read_bytes() == b"alt"


def test_a_file_system_without_links_is_served_too(
    files: SealedFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    files.put_sealed(BLOB, seal_bytes(KEY, PREFIX, b"neu"))
    (tmp_path / "bilan.pdf").write_bytes(b"alt")
    assert save(files, b"neu", tmp_path).name == "bilan (2).pdf"
    assert (tmp_path / "bilan.pdf").read_bytes() == b"alt"


def damaged(sealed: bytes) -> Iterator[bytes]:
    """Changed, cut, lengthened, and with two chunks swapped."""
    yield sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:]
    yield sealed[:-1]
    yield sealed + b"\x00"
    first, second = 7, 7 + CHUNK_BYTES + 16
    yield (
        sealed[:first]
        + sealed[second : second + CHUNK_BYTES + 16]
        + sealed[first:second]
        + sealed[second + CHUNK_BYTES + 16 :]
    )


@pytest.mark.parametrize("case", range(4))
def test_a_damaged_file_is_refused_and_leaves_nothing(
    files: SealedFiles, tmp_path: Path, case: int
) -> None:
    content = SeededBytes("damaged")(4 * CHUNK_BYTES)
    bad = list(damaged(seal_bytes(KEY, PREFIX, content)))[case]
    files.put_sealed(BLOB, bad)
    target = tmp_path / "out"
    target.mkdir()
    with pytest.raises(SealedFileDamagedError):
        save(files, content, target)
    assert list(target.iterdir()) == []
    files.remove(BLOB)
    files.append(BLOB, bad)
    with pytest.raises(SealedFileDamagedError):
        files.finish(BLOB, key=KEY, size=len(content), sha256=sha256(content))


def test_another_file_under_the_same_key_is_refused(files: SealedFiles, tmp_path: Path) -> None:
    files.put_sealed(BLOB, seal_bytes(KEY, PREFIX, b"that"))
    with pytest.raises(SealedFileDamagedError):
        save(files, b"this", tmp_path)


def test_an_absent_file_is_missing(files: SealedFiles, tmp_path: Path) -> None:
    with pytest.raises(SealedFileMissingError):
        save(files, b"", tmp_path)
    with pytest.raises(SealedFileMissingError):
        files.read_sealed(BLOB, offset=0, length=1)


def test_a_directory_that_is_not_there_is_unwritable(files: SealedFiles, tmp_path: Path) -> None:
    files.put_sealed(BLOB, seal_bytes(KEY, PREFIX, b"x"))
    with pytest.raises(DirectoryUnwritableError):
        save(files, b"x", tmp_path / "absent")


def test_a_fetched_file_is_continued_and_kept_when_complete(
    files: SealedFiles, tmp_path: Path
) -> None:
    content = SeededBytes("fetched")(CHUNK_BYTES + 9)
    sealed = seal_bytes(KEY, PREFIX, content)
    files.append(BLOB, sealed[:1000])
    assert files.received(BLOB) == 1000
    assert files.stored() == {BLOB}
    files.append(BLOB, sealed[1000:])
    files.finish(BLOB, key=KEY, size=len(content), sha256=sha256(content))
    assert files.received(BLOB) == 0
    assert save(files, content, tmp_path).read_bytes() == content
    assert sealed_length(len(content)) == len(sealed)


@pytest.fixture
def little_room() -> Iterator[None]:
    """No file of this process may grow beyond 300 000 bytes; the system then refuses as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are POSIX")
def test_a_full_disk_leaves_nothing_half_written(
    files: SealedFiles, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    source = tmp_path / "a"
    source.write_bytes(bytes(4 * CHUNK_BYTES))
    content = SeededBytes("room")(4 * CHUNK_BYTES)
    files.put_sealed(BLOB, seal_bytes(KEY, PREFIX, content))
    request.getfixturevalue("little_room")
    target = tmp_path / "out"
    target.mkdir()
    with pytest.raises(NoSpaceError):
        save(files, content, target)
    assert list(target.iterdir()) == []
    chosen = files.inspect(str(source))
    with pytest.raises(NoSpaceError):
        files.seal(chosen, BlobId(b"g" * 16), key=KEY, prefix=PREFIX, report=ignore)
    assert files.stored() == {BLOB}


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("bilan.pdf", "bilan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("D:\\Daten\\x\\bilan.pdf", "bilan.pdf"),
        ("..", "document"),
        ("", "document"),
        ("con.pdf", "_con.pdf"),
        ("a<b>:c|d?.txt", "a_b__c_d_.txt"),
        ("facture\u202efdp.exe", "facture_fdp.exe"),
        ("nul\x00byte.txt", "nul_byte.txt"),
        (" . .profile. ", "profile"),
        ("résumé.tar.gz", "résumé.tar.gz"),
    ],
)
def test_names_are_made_harmless(given_name: str, expected: str) -> None:
    assert safe_name(given_name) == expected


@given(st.text())
@example("x" * 10_000 + ".pdf")
@example("." + "y" * 500)
def test_every_name_is_harmless(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert len(safe.encode()) <= 200
    assert not set(safe) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(character)[0] == "C" for character in safe)
    assert safe == safe.strip(" .")
    assert safe_name(safe) == safe
