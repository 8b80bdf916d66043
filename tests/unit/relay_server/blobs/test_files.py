# SPDX-License-Identifier: AGPL-3.0-or-later
"""Blobs as files: parts, sealing, and what is thrown away."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from crypto_core.wire.ids import BlobId, Hash
from relay_server.blobs.files import BlobFiles

if TYPE_CHECKING:
    from pathlib import Path

BLOB = BlobId(bytes.fromhex("ab" * 16))


@pytest.fixture
def files(tmp_path: Path) -> BlobFiles:
    return BlobFiles(tmp_path / "blobs")


def hash_of(content: bytes) -> Hash:
    return Hash(hashlib.sha256(content).digest())


def test_an_upload_grows_and_is_sealed(files: BlobFiles) -> None:
    content = os.urandom(3_000_000)
    assert files.received(BLOB) == 0
    for start in range(0, len(content), 700_000):
        files.append(BLOB, content[start : start + 700_000], offset=start)
    assert files.received(BLOB) == len(content)
    assert not files.path(BLOB).exists()
    assert files.seal(BLOB, blob_hash=hash_of(content))
    assert files.path(BLOB).read_bytes() == content
    assert files.path(BLOB).stat().st_mode & 0o077 == 0
    # After a crash between sealing and its record, sealing again is harmless.
    assert files.seal(BLOB, blob_hash=hash_of(content))
    assert files.received(BLOB) == len(content)


def test_another_hash_throws_the_upload_away(files: BlobFiles) -> None:
    files.append(BLOB, b"something", offset=0)
    assert not files.seal(BLOB, blob_hash=hash_of(b"something else"))
    assert files.received(BLOB) == 0
    assert list(files.all()) == []


def test_removing_is_harmless_when_there_is_nothing(files: BlobFiles) -> None:
    files.remove(BLOB)
    files.append(BLOB, b"x", offset=0)
    files.remove(BLOB)
    assert files.received(BLOB) == 0


def test_lists_what_is_there(files: BlobFiles, tmp_path: Path) -> None:
    other = BlobId(bytes(16))
    files.append(BLOB, b"x", offset=0)
    files.append(other, b"y", offset=0)
    assert files.seal(other, blob_hash=hash_of(b"y"))
    (tmp_path / "blobs" / "00" / "lost+found").touch()
    assert set(files.all()) == {BLOB, other}
