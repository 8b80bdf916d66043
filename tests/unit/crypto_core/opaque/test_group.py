# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import rbcl
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import KeyStateError, WireError
from crypto_core.opaque import group

ROOT = Path(__file__).resolve().parents[4]
ORDER = 2**252 + 27742317777372353535851937790883648493
GENERATOR = group.multiply_generator(group.Scalar((1).to_bytes(32, "little")))
scalars = st.integers(1, ORDER - 1).map(lambda value: group.Scalar(value.to_bytes(32, "little")))


def test_the_identity_is_refused_although_libsodium_takes_it() -> None:
    assert rbcl.crypto_core_ristretto255_is_valid_point(bytes(32))
    with pytest.raises(WireError):
        group.parse_element(bytes(32))


def test_the_highest_bit_is_refused_although_libsodium_ignores_it() -> None:
    spelled_otherwise = GENERATOR[:-1] + bytes([GENERATOR[-1] | 0x80])
    assert rbcl.crypto_core_ristretto255_is_valid_point(spelled_otherwise)
    with pytest.raises(WireError):
        group.parse_element(spelled_otherwise)


@given(element=scalars.map(group.multiply_generator), bit=st.integers(0, 255))
def test_an_element_has_one_spelling(element: group.Element, bit: int) -> None:
    """Whatever parses is what the group's own encoder writes."""
    other = (int.from_bytes(element, "little") ^ (1 << bit)).to_bytes(32, "little")
    try:
        parsed = group.parse_element(other)
    except WireError:
        return
    one = group.Scalar((1).to_bytes(32, "little"))
    assert group.multiply(one, parsed) == other


@pytest.mark.parametrize(
    "encoded",
    [b"", GENERATOR[:-1], GENERATOR + b"\x00", bytearray(GENERATOR), memoryview(GENERATOR)],
    ids=["empty", "short", "long", "bytearray", "memoryview"],
)
def test_an_element_is_exactly_32_bytes(encoded: bytes) -> None:
    with pytest.raises(WireError):
        group.parse_element(encoded)


@pytest.mark.parametrize(
    "value", [0, ORDER, ORDER + 1, 2 * ORDER, 2**255, 2**256 - 1], ids=lambda value: hex(value)[:8]
)
def test_a_scalar_is_canonical_and_not_zero(value: int) -> None:
    with pytest.raises(WireError):
        group.parse_scalar(value.to_bytes(32, "little"))


@pytest.mark.parametrize("value", [1, 2, ORDER - 1])
def test_scalars_up_to_the_order(value: int) -> None:
    encoded = value.to_bytes(32, "little")
    assert group.parse_scalar(encoded) == encoded


@pytest.mark.parametrize("encoded", [b"", bytes(31), b"\x01" * 33, bytearray(b"\x01" * 32)])
def test_a_scalar_is_exactly_32_bytes(encoded: bytes) -> None:
    with pytest.raises(WireError):
        group.parse_scalar(encoded)


@given(wide=st.integers(1, 2**512 - 1))
def test_scalars_are_drawn_from_64_bytes(wide: int) -> None:
    drawn = group.random_scalar(lambda count: wide.to_bytes(count, "little"))
    assert int.from_bytes(drawn, "little") == wide % ORDER


def test_broken_randomness_is_noticed() -> None:
    with pytest.raises(KeyStateError):
        group.random_scalar(bytes)


@given(one=scalars, other=scalars)
def test_diffie_hellman(one: group.Scalar, other: group.Scalar) -> None:
    left = group.multiply(one, group.multiply_generator(other))
    right = group.multiply(other, group.multiply_generator(one))
    assert left == right == group.parse_element(left)


@given(scalar=scalars, message=st.binary(max_size=64))
def test_the_inverse_undoes(scalar: group.Scalar, message: bytes) -> None:
    element = group.hash_to_element(message, b"test")
    assert group.multiply(group.invert(scalar), group.multiply(scalar, element)) == element


def test_the_tag_separates() -> None:
    assert group.hash_to_element(b"m", b"one") != group.hash_to_element(b"m", b"two")
    assert group.hash_to_scalar(b"m", b"one") != group.hash_to_scalar(b"m", b"two")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a library that is in use")
def test_the_unpacked_library_does_not_stay_behind(tmp_path: Path) -> None:
    def left_behind(name: str, call: str) -> int:
        folder = tmp_path / name
        folder.mkdir()
        program = f"import os, rbcl; from crypto_core.opaque import group; print(len({call}))"
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == "32"
        return len(list(folder.iterdir()))

    assert left_behind("theirs", "rbcl.crypto_core_ristretto255_random()") == 1
    assert left_behind("ours", "group.random_scalar(os.urandom)") == 0
