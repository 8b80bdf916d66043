# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every connection to the store, and what no crash of a program alone would show."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from app.engine.vault.database import PAGE_BYTES, configure, connect

if TYPE_CHECKING:
    from pathlib import Path

_SYNCHRONOUS_FULL = 2


def test_a_commit_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    """A killed process loses nothing either way; a power cut would, with any value but this one."""
    for _ in range(2):
        with closing(connect(tmp_path / "vault.db", bytes(32))) as connection:
            configure(connection)
            connection.execute("create table if not exists a (x integer) strict")
            assert connection.execute("pragma synchronous").fetchone() == (_SYNCHRONOUS_FULL,)
            assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
            assert connection.execute("pragma foreign_keys").fetchone() == (1,)


def test_the_file_is_encrypted_in_pages_of_8_kib(tmp_path: Path) -> None:
    path = tmp_path / "vault.db"
    with closing(connect(path, bytes(32))) as connection:
        configure(connection)
        connection.execute("create table readable_name (x integer) strict")
        assert connection.execute("pragma cipher_page_size").fetchone() == (str(PAGE_BYTES),)
    assert PAGE_BYTES == 8192
    content = path.read_bytes()
    assert len(content) % PAGE_BYTES == 0
    assert not content.startswith(b"SQLite format 3")
    assert b"readable_name" not in content


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_raw_key_has_32_bytes(tmp_path: Path, length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        connect(tmp_path / "vault.db", bytes(length))
