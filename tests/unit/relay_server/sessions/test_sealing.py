# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sealed secret opens with its key, in its place, unchanged."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_server.sessions.key_file import load_sign_in_keys
from relay_server.sessions.sealing import SealError, Sealing

SEALING = Sealing(bytes(32), random_bytes=os.urandom)


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_is_sealed_opens(secret: bytes, place: bytes) -> None:
    sealed = SEALING.seal(secret, place=place)
    assert SEALING.open(sealed, place=place) == secret
    assert sealed != SEALING.seal(secret, place=place)


@given(st.integers(0, 60), st.integers(1, 255))
def test_a_changed_byte_is_noticed(at: int, mask: int) -> None:
    sealed = bytearray(SEALING.seal(bytes(32), place=b"row"))
    sealed[at % len(sealed)] ^= mask
    with pytest.raises(SealError):
        SEALING.open(bytes(sealed), place=b"row")


@given(st.binary(max_size=60))
def test_anything_else_is_refused(stored: bytes) -> None:
    with pytest.raises(SealError):
        SEALING.open(stored, place=b"row")


def test_another_place_or_key_opens_nothing() -> None:
    sealed = SEALING.seal(b"secret", place=b"row 1")
    with pytest.raises(SealError):
        SEALING.open(sealed, place=b"row 2")
    with pytest.raises(SealError):
        Sealing(bytes([1] * 32), random_bytes=os.urandom).open(sealed, place=b"row 1")


def test_keys_are_made_once_and_shown_to_nobody(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("keys") / "sign-in-key"
    keys, again = load_sign_in_keys(path), load_sign_in_keys(path)
    assert keys.setup == again.setup
    assert keys.keyed_hash(b"label", b"x") == again.keyed_hash(b"label", b"x")
    for secret in (keys.pepper, keys.setup.oprf_seed, keys.setup.private_key):
        assert repr(secret)[2:20] not in repr(keys)
