# SPDX-License-Identifier: AGPL-3.0-or-later
"""The measure of a passphrase, against the examples of the CNIL and against what people try."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.interface.passphrases import strength_of


@pytest.mark.parametrize(
    "passphrase",
    [
        "xK9#qP2$vL5!",  # twelve characters of four kinds
        "kV7mQz2RtY9wLb",  # fourteen of three kinds
        "cerise tunnel balcon orage ruban vallée piano",  # seven words
        "cerise-tunnel-balcon-orage-ruban-vallée-piano",
    ],
)
def test_the_examples_of_the_cnil_are_enough(passphrase: str) -> None:
    assert strength_of(passphrase).is_enough


@pytest.mark.parametrize(
    "passphrase",
    [
        "",
        "azertyuiop",
        "Tr0ub4dor&3",
        "correct horse battery staple",
        "phrase phrase phrase phrase phrase phrase phrase",
        "a" * 200,
        "abababababababababababababababab",
        "123456789012345678901234567890",
        " " * 100,
        "j'aime beaucoup mes patients",
    ],
)
def test_what_looks_long_and_is_not_hard_is_not_enough(passphrase: str) -> None:
    assert not strength_of(passphrase).is_enough


@given(st.text(max_size=60), st.characters())
def test_any_text_has_a_measure_within_bounds(text: str, more: str) -> None:
    assert 0 <= strength_of(text).bits <= 7 * len(text) + 1
    assert strength_of(text + more).bits >= 0
