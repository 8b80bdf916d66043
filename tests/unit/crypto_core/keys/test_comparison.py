# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.keys.comparison import person_words
from crypto_core.wire.ids import AccountId
from crypto_core.wire.words import WordLanguage, word_list

accounts = st.binary(min_size=20, max_size=20).map(AccountId)
CLAIRE, KARIM = AccountId(b"C" * 20), AccountId(b"K" * 20)


@given(accounts, accounts)
def test_both_people_see_the_same_twelve_words(one: AccountId, other: AccountId) -> None:
    for language in WordLanguage:
        words = person_words(one, other, language)
        assert words == person_words(other, one, language)
        assert len(words) == 12


@given(accounts, accounts)
def test_another_person_has_other_words(other: AccountId, third: AccountId) -> None:
    words = person_words(CLAIRE, other, WordLanguage.FRENCH)
    assert (words == person_words(CLAIRE, third, WordLanguage.FRENCH)) == (other == third)


def test_both_languages_say_the_same_numbers() -> None:
    french, english = (
        [word_list(language).index(word) for word in person_words(CLAIRE, KARIM, language)]
        for language in WordLanguage
    )
    assert french == english


@pytest.mark.parametrize("language", WordLanguage)
def test_the_words_stay_as_they_are(language: WordLanguage) -> None:
    """People write them down: a later version must show the same ones."""
    assert person_words(CLAIRE, KARIM, language) == EXPECTED[language]


EXPECTED = {
    WordLanguage.FRENCH: (
        "sédatif",
        "ralentir",
        "dogme",
        "vocation",
        "voguer",
        "cuillère",
        "informer",
        "humide",
        "accuser",
        "assaut",
        "bermuda",
        "javelot",
    ),
    WordLanguage.ENGLISH: (
        "summer",
        "short",
        "embark",
        "wool",
        "word",
        "detect",
        "light",
        "language",
        "addict",
        "base",
        "bright",
        "mammal",
    ),
}
