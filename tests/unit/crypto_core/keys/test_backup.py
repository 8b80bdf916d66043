# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import tracemalloc
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_core.errors import CryptoCoreError, DecryptionError, KeyStateError, WireError
from crypto_core.keys.backup import BackupSource, open_backup, read_backup_header, seal_backup
from crypto_core.keys.vault import VaultKeys
from crypto_core.wire.backup import BACKUP_MAGIC
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId, UnixMillis
from crypto_core.wire.limits import CHUNK_BYTES, GCM_TAG_BYTES, MIB
from tests.fakes.key_events import KIT, NEXT_KIT
from tests.fakes.people import NOW, SeededBytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crypto_core.wire.backup import BackupHeader

SOURCE = BackupSource(
    account=KIT.account,
    vault=b"v" * 16,
    keys=VaultKeys(b"d" * 32),
    kit_public_keys=(KIT.public_key,),
    created_at=NOW,
)
SEALED_CHUNK = CHUNK_BYTES + GCM_TAG_BYTES
PLAINTEXT = SeededBytes("backup")(2 * CHUNK_BYTES + 1000)


def backup_of(plaintext: bytes, *, seed: str = "key") -> bytes:
    return b"".join(seal_backup(SOURCE, (plaintext,), random_bytes=SeededBytes(seed)))


def restored(sealed: bytes) -> bytes:
    return b"".join(open_backup(KIT, (sealed,)).pieces)


WHOLE = backup_of(PLAINTEXT)
HEAD = WHOLE[: len(WHOLE) - len(PLAINTEXT) - 3 * GCM_TAG_BYTES]
CHUNKS = [
    WHOLE[len(HEAD) :][start : start + SEALED_CHUNK]
    for start in range(0, len(PLAINTEXT), SEALED_CHUNK)
]


def with_header(**changes: object) -> bytes:
    """The same backup under a head that says something else."""
    head = encode(replace(read_backup_header(WHOLE), **changes))  # type: ignore[arg-type]  # the fields of a head
    return BACKUP_MAGIC + len(head).to_bytes(4, "big") + head + b"".join(CHUNKS)


def cut(content: bytes, positions: list[int]) -> list[bytes]:
    borders = [0, *sorted(min(position, len(content)) for position in positions), len(content)]
    return [content[start:end] for start, end in pairwise(borders)]


def test_a_backup_says_whose_it_is_and_opens_with_the_kit() -> None:
    backup = open_backup(KIT, (WHOLE,))
    assert b"".join(backup.pieces) == PLAINTEXT
    assert backup.keys == SOURCE.keys
    header: BackupHeader = read_backup_header(WHOLE[:4096])
    assert backup.header == header
    assert (header.account, header.vault) == (KIT.account, b"v" * 16)
    assert (header.created_at, [each.kit for each in header.keys]) == (NOW, [KIT.kit])


positions = st.lists(st.integers(0, len(WHOLE)), max_size=6)


@settings(deadline=None)
@given(
    st.sampled_from((0, 1, 1000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, len(PLAINTEXT))),
    positions,
    positions,
)
def test_a_backup_opens_however_it_was_cut(length: int, out: list[int], back: list[int]) -> None:
    plaintext = PLAINTEXT[:length]
    pieces = seal_backup(SOURCE, cut(plaintext, out), random_bytes=SeededBytes("key"))
    sealed = b"".join(pieces)
    chunks = max(1, -(-length // CHUNK_BYTES))
    assert len(sealed) == len(HEAD) + length + chunks * GCM_TAG_BYTES
    assert b"".join(open_backup(KIT, cut(sealed, back)).pieces) == plaintext


def test_every_backup_has_a_key_of_its_own() -> None:
    other = backup_of(PLAINTEXT, seed="another")
    assert other[len(HEAD) :] != WHOLE[len(HEAD) :]
    with pytest.raises(DecryptionError):
        restored(HEAD + other[len(HEAD) :])


@pytest.mark.parametrize(
    "sealed",
    [
        pytest.param(HEAD, id="no content"),
        pytest.param(HEAD + CHUNKS[0], id="cut after the first chunk"),
        pytest.param(HEAD + CHUNKS[0] + CHUNKS[1], id="cut before the last chunk"),
        pytest.param(WHOLE[:-1], id="cut in the last chunk"),
        pytest.param(WHOLE[: -len(CHUNKS[2]) + 7], id="cut in the last tag"),
        pytest.param(WHOLE + b"\x00", id="surplus byte"),
        pytest.param(WHOLE + CHUNKS[2], id="last chunk twice"),
        pytest.param(HEAD + CHUNKS[1] + CHUNKS[0] + CHUNKS[2], id="chunks exchanged"),
        pytest.param(HEAD + CHUNKS[0] + CHUNKS[0] + CHUNKS[2], id="a chunk twice"),
        pytest.param(HEAD + CHUNKS[1] + CHUNKS[2], id="first chunk missing"),
        pytest.param(HEAD + CHUNKS[0] + CHUNKS[2], id="chunk in the middle missing"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused(sealed: bytes) -> None:
    with pytest.raises(DecryptionError):
        restored(sealed)


def test_another_kit_is_told_apart() -> None:
    with pytest.raises(KeyStateError, match="another recovery kit"):
        open_backup(NEXT_KIT, (WHOLE,))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"created_at": UnixMillis(NOW + 1)}, id="another day"),
        pytest.param({"prefix": b"prefix7"}, id="another prefix"),
        pytest.param({"account": AccountId(b"o" * 20)}, id="another account"),
        pytest.param({"vault": b"w" * 16}, id="another vault"),
        pytest.param(
            {"keys": read_backup_header(backup_of(b"", seed="another")).keys}, id="another key"
        ),
    ],
)
def test_a_head_that_says_something_else_opens_nothing(changes: dict[str, object]) -> None:
    with pytest.raises(DecryptionError):
        restored(with_header(**changes))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(HEAD) + 200), st.integers(1, 255))
def test_any_changed_byte_is_noticed(position: int, change: int) -> None:
    sealed = bytearray(WHOLE)
    sealed[position] ^= change
    with pytest.raises(CryptoCoreError):
        restored(bytes(sealed))


@pytest.mark.parametrize(
    "beginning",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"SQLite format 3\x00", id="another file"),
        pytest.param(WHOLE[: len(BACKUP_MAGIC) + 2], id="cut in the length"),
        pytest.param(HEAD[:-1], id="cut in the head"),
        pytest.param(BACKUP_MAGIC + b"\xff\xff\xff\xff", id="a head of 4 GiB"),
        pytest.param(BACKUP_MAGIC + bytes(4), id="a head of nothing"),
    ],
)
def test_what_is_no_backup_is_said_to_be_none(beginning: bytes) -> None:
    with pytest.raises(WireError):
        open_backup(KIT, (beginning,))
    with pytest.raises(WireError):
        read_backup_header(beginning)


def test_a_large_backup_needs_little_memory() -> None:
    size = 64 * MIB

    def source() -> Iterator[bytes]:
        for _ in range(size // MIB):
            yield bytes(MIB)

    tracemalloc.start()
    try:
        pieces = seal_backup(SOURCE, source(), random_bytes=SeededBytes("key"))
        assert sum(map(len, open_backup(KIT, pieces).pieces)) == size
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()


def test_a_backup_shows_none_of_its_keys() -> None:
    shown = repr((SOURCE, open_backup(KIT, (WHOLE,))))
    assert repr(SOURCE.keys.dek) not in shown
    assert repr(SeededBytes("key")(32)) not in shown
