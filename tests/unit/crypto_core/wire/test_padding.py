# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crypto_core.wire.limits import MAX_BLOB_BYTES
from crypto_core.wire.padding import padded_length, sealed_length, unsealed_length

lengths = st.integers(0, MAX_BLOB_BYTES)


@given(lengths)
def test_padding_adds_at_most_twelve_percent(length: int) -> None:
    padded = padded_length(length)
    assert length <= padded <= max(length, 1) * 1.12
    assert padded_length(padded) == padded


@given(lengths, lengths)
def test_padding_keeps_the_order_of_sizes(first: int, second: int) -> None:
    assert (first <= second) <= (padded_length(first) <= padded_length(second))


@given(lengths)
def test_the_sealed_size_tells_the_padded_size_and_nothing_more(length: int) -> None:
    assert unsealed_length(sealed_length(length)) == padded_length(length)


@given(st.integers(0, 10_000_000))
def test_a_length_no_stream_has_is_recognised(sealed: int) -> None:
    length = unsealed_length(sealed)
    assert length == -1 or sealed_length(length) == sealed


def test_known_padded_lengths() -> None:
    # Worked by hand from the definition in Nikitin et al. 2019, section 4.
    assert [padded_length(n) for n in (0, 1, 8, 9, 100, 1000, 2**20 + 1)] == [
        0,
        1,
        8,
        10,
        104,
        1024,
        2**20 + 2**15,
    ]
