# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shamir_mnemonic import Share

from crypto_core.errors import KeyStateError, ShareError
from crypto_core.keys.shares import MAX_SHARES, SHARE_WORDS, join_shares, split_code

CODE, OTHER = bytes(range(32)), bytes(range(1, 33))
SHARES = split_code(CODE, threshold=3, count=5)
OTHERS = split_code(OTHER, threshold=3, count=5)
WORDS = SHARES[0].split()


def fault(*texts: str) -> ShareError:
    with pytest.raises(ShareError) as caught:
        join_shares(texts)
    # An error may be logged; it never quotes a share.
    for words in (text.split() for text in texts):
        for first, second in pairwise(words):
            assert f"{first} {second}" not in str(caught.value)
    return caught.value


@settings(max_examples=20, deadline=None)
@given(
    st.binary(min_size=32, max_size=32),
    st.integers(2, MAX_SHARES).flatmap(
        lambda count: st.tuples(st.integers(2, count), st.just(count))
    ),
    st.randoms(use_true_random=False),
)
def test_any_k_of_n_give_the_code_back(
    code: bytes, k_of_n: tuple[int, int], random: object
) -> None:
    threshold, count = k_of_n
    shares = list(split_code(code, threshold=threshold, count=count))
    assert len(set(shares)) == count
    assert {len(share.split()) for share in shares} == {SHARE_WORDS}
    random.shuffle(shares)  # type: ignore[attr-defined]  # random.Random, which is not to be imported
    assert join_shares(shares[:threshold]) == code
    assert join_shares(shares) == code


def test_fewer_than_k_give_nothing() -> None:
    assert fault(*SHARES[:2]).missing == 1
    assert fault(SHARES[0]).missing == 2
    assert fault(SHARES[0], SHARES[0], SHARES[0]).missing == 2
    assert fault().missing == 2


def test_every_three_of_five_will_do() -> None:
    for three in combinations(SHARES, 3):
        assert join_shares(three) == CODE


def test_two_splits_of_one_code_do_not_mix() -> None:
    again = split_code(CODE, threshold=3, count=5)
    assert fault(*SHARES[:2], again[2]).share == 3


def test_the_share_of_another_code_is_named() -> None:
    assert fault(SHARES[0], OTHERS[1], SHARES[2]).share == 2


def test_the_way_people_write_makes_no_difference() -> None:
    numbered = "\n".join(f"{place}. {word.upper()}," for place, word in enumerate(WORDS, 1))
    assert join_shares((numbered, *SHARES[1:3])) == CODE


def test_a_word_that_is_not_on_the_list_is_named() -> None:
    error = fault(SHARES[1], " ".join((*WORDS[:9], "cheval", *WORDS[10:])))
    assert (error.share, error.word) == (2, 10)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((*WORDS[:9], "academic", *WORDS[10:]), id="another word"),
        pytest.param((*WORDS[:5], WORDS[6], WORDS[5], *WORDS[7:]), id="two words exchanged"),
        pytest.param(WORDS[:-1], id="a word missing"),
        pytest.param((*WORDS, "academic"), id="a word too many"),
        pytest.param((), id="nothing"),
    ],
)
def test_a_share_with_a_mistake_is_named(words: tuple[str, ...]) -> None:
    error = fault(SHARES[1], " ".join(words))
    assert (error.share, error.word) == (2, None)


def forged(**changes: object) -> str:
    share: str = replace(Share.from_mnemonic(SHARES[2]), **changes).mnemonic()
    return share


def test_a_forged_share_gives_no_code_rather_than_another() -> None:
    error = fault(*SHARES[:2], forged(value=bytes(32)))
    assert (error.share, error.missing) == (None, 0)


def test_two_shares_of_one_number_contradict_each_other() -> None:
    assert fault(*SHARES[:3], forged(value=bytes(32))).share == 4


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"group_count": 2}, id="of several groups"),
        pytest.param({"value": bytes(16)}, id="of a shorter secret"),
        pytest.param({"iteration_exponent": 15}, id="that asks for minutes of work"),
    ],
)
def test_a_share_of_something_else_is_refused(changes: dict[str, object]) -> None:
    assert fault(forged(**changes)).share == 1


@pytest.mark.parametrize(("threshold", "count"), [(1, 1), (1, 3), (0, 3), (4, 3), (2, 17)])
def test_no_other_numbers_of_people(threshold: int, count: int) -> None:
    with pytest.raises(KeyStateError):
        split_code(CODE, threshold=threshold, count=count)


@pytest.mark.parametrize("length", [16, 31, 33])
def test_only_a_code_is_split(length: int) -> None:
    with pytest.raises(KeyStateError):
        split_code(bytes(length), threshold=2, count=3)


@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_texts_are_shares_or_the_declared_error(texts: list[str]) -> None:
    with pytest.raises(ShareError):
        join_shares(texts)
