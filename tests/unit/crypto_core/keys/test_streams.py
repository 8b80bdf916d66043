# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import os
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import DecryptionError, KeyStateError
from crypto_core.keys import streams
from crypto_core.keys.streams import (
    SEALED_CHUNK_BYTES,
    ChunkCipher,
    open_bytes,
    open_stream,
    seal_bytes,
    seal_stream,
)
from crypto_core.wire.limits import CHUNK_BYTES, MAX_STREAM_CHUNKS, STREAM_PREFIX_BYTES
from crypto_core.wire.padding import sealed_length

KEY, PREFIX = bytes(range(32)), b"prefix7"
THREE_CHUNKS = os.urandom(CHUNK_BYTES * 3)

lengths = st.one_of(
    st.integers(0, 200),
    st.sampled_from(
        [CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 1]
    ),
)


def cut(stream: bytes, positions: list[int]) -> list[bytes]:
    borders = [0, *sorted(min(position, len(stream)) for position in positions), len(stream)]
    return [stream[start:end] for start, end in pairwise(borders)]


@given(
    lengths,
    st.lists(st.integers(0, 3 * CHUNK_BYTES), max_size=5),
    st.lists(st.integers(0, 3 * CHUNK_BYTES), max_size=5),
)
def test_a_stream_opens_however_it_was_cut(length: int, out: list[int], back: list[int]) -> None:
    plaintext = THREE_CHUNKS[:length]
    sealed = b"".join(seal_stream(KEY, PREFIX, cut(plaintext, out), length))
    assert sealed == seal_bytes(KEY, PREFIX, plaintext)
    assert len(sealed) == sealed_length(length)
    assert b"".join(open_stream(KEY, cut(sealed, back), length)) == plaintext
    assert open_bytes(KEY, sealed, length) == plaintext


@given(st.integers(0, 300), st.data())
def test_any_changed_byte_is_detected(length: int, data: st.DataObject) -> None:
    sealed = bytearray(seal_bytes(KEY, PREFIX, THREE_CHUNKS[:length]))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DecryptionError):
        open_bytes(KEY, bytes(sealed), length)


def chunks(sealed: bytes) -> tuple[bytes, list[bytes]]:
    body = sealed[STREAM_PREFIX_BYTES:]
    return sealed[:STREAM_PREFIX_BYTES], [
        body[start : start + SEALED_CHUNK_BYTES]
        for start in range(0, len(body), SEALED_CHUNK_BYTES)
    ]


def open_all(pieces: list[bytes], length: int) -> bytes:
    return b"".join(open_stream(KEY, pieces, length))


SEALED = seal_bytes(KEY, PREFIX, THREE_CHUNKS)
HEAD, PARTS = chunks(SEALED)


@pytest.mark.parametrize(
    ("pieces", "length"),
    [
        pytest.param([HEAD, PARTS[0], PARTS[1]], 2 * CHUNK_BYTES, id="cut after the second chunk"),
        pytest.param([HEAD, PARTS[0], PARTS[1]], 3 * CHUNK_BYTES, id="last chunk missing"),
        pytest.param([HEAD, PARTS[1], PARTS[0], PARTS[2]], 3 * CHUNK_BYTES, id="chunks swapped"),
        pytest.param([HEAD, PARTS[0], PARTS[0], PARTS[2]], 3 * CHUNK_BYTES, id="chunk repeated"),
        pytest.param([HEAD, PARTS[0], PARTS[2]], 2 * CHUNK_BYTES, id="middle chunk removed"),
        pytest.param([HEAD, *PARTS, PARTS[2]], 3 * CHUNK_BYTES, id="chunk appended"),
        pytest.param([HEAD, *PARTS, b"\x00"], 3 * CHUNK_BYTES, id="byte appended"),
        pytest.param([HEAD, *PARTS], 3 * CHUNK_BYTES - 1, id="other length announced"),
        pytest.param([HEAD[:3]], 3 * CHUNK_BYTES, id="nothing but half the prefix"),
        pytest.param([], 0, id="nothing at all"),
    ],
)
def test_reordering_truncation_and_swapping_are_detected(pieces: list[bytes], length: int) -> None:
    with pytest.raises(DecryptionError):
        open_all(pieces, length)


def test_a_chunk_of_another_stream_under_the_same_key_is_detected() -> None:
    other = chunks(seal_bytes(KEY, b"another", THREE_CHUNKS))[1]
    with pytest.raises(DecryptionError):
        open_all([HEAD, PARTS[0], other[1], PARTS[2]], 3 * CHUNK_BYTES)


def test_padding_that_is_not_empty_is_refused() -> None:
    cipher = ChunkCipher(KEY, PREFIX)
    sealed = PREFIX + cipher.seal(b"123456789!", final=True)
    with pytest.raises(DecryptionError):
        open_bytes(KEY, sealed, 9)


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_file_that_changes_while_it_is_sealed_is_refused(difference: int) -> None:
    with pytest.raises(KeyStateError):
        list(seal_stream(KEY, PREFIX, [bytes(1000 + difference)], 1000))


def test_a_stream_ends_before_its_counter_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counter has 32 bits; used again it would repeat a nonce."""
    monkeypatch.setattr(streams, "MAX_STREAM_CHUNKS", 2)
    cipher = ChunkCipher(KEY, PREFIX)
    cipher.seal(bytes(CHUNK_BYTES), final=False)
    cipher.seal(bytes(CHUNK_BYTES), final=False)
    with pytest.raises(KeyStateError):
        cipher.seal(b"", final=True)
    assert int.from_bytes(b"\xff" * 4, "big") == MAX_STREAM_CHUNKS - 1


@pytest.mark.parametrize(("key", "prefix"), [(bytes(16), PREFIX), (bytes(33), PREFIX), (KEY, b"")])
def test_a_stream_takes_keys_of_one_size(key: bytes, prefix: bytes) -> None:
    with pytest.raises(KeyStateError):
        ChunkCipher(key, prefix)
    with pytest.raises(KeyStateError):
        seal_bytes(key, prefix, b"text")


@given(st.integers(-(2**64), 2**64).filter(lambda length: length != 5))
def test_another_length_never_opens(length: int) -> None:
    sealed = seal_bytes(KEY, PREFIX, b"Texte")
    with pytest.raises(DecryptionError):
        open_bytes(KEY, sealed, length)
    with pytest.raises(DecryptionError):
        open_all([sealed], length)


def test_nothing_follows_the_final_chunk() -> None:
    cipher = ChunkCipher(KEY, PREFIX)
    cipher.seal(b"end", final=True)
    with pytest.raises(KeyStateError):
        cipher.seal(b"more", final=True)


def test_no_chunk_but_the_last_is_short() -> None:
    with pytest.raises(KeyStateError):
        ChunkCipher(KEY, PREFIX).seal(b"short", final=False)
    for final in (False, True):
        with pytest.raises(KeyStateError):
            ChunkCipher(KEY, PREFIX).seal(bytes(CHUNK_BYTES + 1), final=final)
