# SPDX-License-Identifier: AGPL-3.0-or-later
"""The file of the last checkpoint: what survives a write that is cut short."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from crypto_core.trust.checkpoints import Checkpoint
from crypto_core.trust.merkle import leaf_hash
from relay_server.audit.checkpoint_file import CheckpointFile
from relay_server.errors import StartError
from tests.fakes.sample_log import ORIGIN, sample_signers

if TYPE_CHECKING:
    from pathlib import Path

SIGNERS = sample_signers()
PLACE_BYTES = 8192


def note(size: int) -> str:
    return SIGNERS.sign(Checkpoint(origin=ORIGIN, size=size, root=leaf_hash(b"root")))


def size_in(path: Path) -> int | None:
    found = CheckpointFile(path).load(SIGNERS.identity)
    return None if found is None else found.size


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "checkpoint"


def test_begins_empty_and_private(path: Path) -> None:
    assert size_in(path) is None
    assert size_in(path) is None
    assert path.stat().st_mode & 0o077 == 0


def test_holds_the_newest(path: Path) -> None:
    file = CheckpointFile(path)
    file.load(SIGNERS.identity)
    for size in (0, 1, 5, 9, 10):
        file.save(note(size))
        assert size_in(path) == size


def test_goes_on_over_restarts(path: Path) -> None:
    for size in range(7):
        file = CheckpointFile(path)
        file.load(SIGNERS.identity)
        file.save(note(size))
    assert size_in(path) == 6


@pytest.mark.parametrize("written", [0, 1, 100, 3000, PLACE_BYTES - 1])
def test_a_write_that_is_cut_short_spoils_the_older_one_only(path: Path, written: int) -> None:
    file = CheckpointFile(path)
    file.load(SIGNERS.identity)
    for size in (3, 4):
        file.save(note(size))
    before = path.read_bytes()
    file.save(note(5))
    after = path.read_bytes()
    start = next(
        at for at in (0, PLACE_BYTES) if before[at:][:PLACE_BYTES] != after[at:][:PLACE_BYTES]
    )
    torn = after[start : start + written] + os.urandom(PLACE_BYTES - written)
    path.write_bytes(before[:start] + torn + before[start + PLACE_BYTES :])
    assert size_in(path) in ({4} if written < 3000 else {4, 5})


def test_what_is_no_checkpoint_of_this_log_is_not_taken_for_an_empty_file(path: Path) -> None:
    other = sample_signers(seed=2)
    file = CheckpointFile(path)
    file.load(other.identity)
    file.save(other.sign(Checkpoint(origin=ORIGIN, size=1, root=leaf_hash(b""))))
    with pytest.raises(StartError, match="no checkpoint of this log"):
        size_in(path)
    for content in (b"", b"\n" * 100, os.urandom(2 * PLACE_BYTES)):
        path.write_bytes(content)
        with pytest.raises(StartError):
            size_in(path)


def test_the_size_of_the_file_never_changes(path: Path) -> None:
    file = CheckpointFile(path)
    file.load(SIGNERS.identity)
    sizes = set()
    for size in range(5):
        file.save(note(size))
        sizes.add(path.stat().st_size)
    assert sizes == {2 * PLACE_BYTES}
