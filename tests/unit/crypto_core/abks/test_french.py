# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for the words of any text."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crypto_core.abks.french import LONGEST_FORM, STOP_WORDS, Normaliser, fold

# Letters of French texts among anything that Unicode has.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("abcdeilnrstuéèàçœŒÆß'’-\u2011. \n_012345678µβ\u03b3\u00ad\u0301²ﬁ"),
        st.characters(),
    ),
    max_size=120,
)


@given(TEXTS)
def test_words_lie_in_their_text_in_order_and_are_words(text: str) -> None:
    reading = Normaliser().read(text)
    places = [(each.start, each.end) for each in reading.words]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
    for one, other in pairwise(places):
        assert one[1] <= other[0]
    for word in reading.words:
        for form in (word.form, word.stem, word.other):
            assert 0 < len(form) <= LONGEST_FORM
            # Nothing that a query language or the index could take for its own.
            assert all(each.isalnum() for each in form)


@given(TEXTS)
def test_joined_forms_cover_words_of_their_text(text: str) -> None:
    reading = Normaliser().read(text)
    for each in reading.joined:
        assert 0 <= each.first <= each.last < len(reading.words)
        assert 0 <= each.start <= reading.words[each.first].start
        assert reading.words[each.last].end <= each.end <= len(text)
        assert each.form
        assert all(letter.isalnum() for letter in each.form + each.stem)


@given(TEXTS)
def test_an_index_gets_the_words_of_the_reading(text: str) -> None:
    reading = Normaliser().read(text)
    stems, others = Normaliser().index_words(text)
    assert stems == [each.stem for each in reading.words]
    forms = {form for each in reading.words for form in each[2:]}
    forms |= {form for each in reading.joined for form in (each.form, each.stem)}
    assert others == forms - set(stems)


@given(TEXTS)
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_what_was_read_before_makes_no_difference(text: str) -> None:
    normaliser = Normaliser()
    first = normaliser.read(text)
    assert normaliser.read(text) == first == Normaliser().read(text)


def test_case_and_accents_make_no_difference_to_the_form() -> None:
    assert fold("Hématurie") == fold("HÉMATURIE") == fold("hematurie") == "hematurie"


def test_stop_words_are_folded() -> None:
    assert {fold(word) for word in STOP_WORDS} == STOP_WORDS


def test_a_word_without_end_is_cut_and_not_remembered() -> None:
    normaliser = Normaliser()
    (word,) = normaliser.read("a" * 100_000).words
    assert word.form == "a" * LONGEST_FORM
    assert word.end == 100_000
