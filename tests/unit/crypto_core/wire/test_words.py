# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words that people read and type: each has one meaning, however it is typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from crypto_core.errors import UnreadableWordError, WireError
from crypto_core.wire.words import (
    WordLanguage,
    format_secret_words,
    parse_secret_words,
    word_list,
    words_from_bits,
)

secrets = st.binary(min_size=16, max_size=16)
languages = st.sampled_from(WordLanguage)
SECRET = bytes(range(16))
FRENCH = format_secret_words(SECRET, WordLanguage.FRENCH)


def without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(each for each in decomposed if not unicodedata.combining(each))


@pytest.mark.parametrize("language", WordLanguage)
def test_the_lists_are_what_reading_them_needs(language: WordLanguage) -> None:
    words = word_list(language)
    assert len(words) == 2048
    assert all(unicodedata.is_normalized("NFC", word) for word in words)
    assert len({without_accents(word)[:4] for word in words}) == 2048


@given(secrets, languages)
def test_a_secret_comes_back_however_it_is_typed(secret: bytes, language: WordLanguage) -> None:
    words = format_secret_words(secret, language)
    assert len(words) == 12
    for typed in (
        " ".join(words),
        unicodedata.normalize("NFD", " ".join(words)),
        without_accents("-".join(words)).upper(),
        "\n".join(f"{place}. {word}" for place, word in enumerate(words, 1)),
        ", ".join(word.capitalize() for word in words) + "\u00a0",
    ):
        assert parse_secret_words(typed) == secret


@given(secrets)
def test_four_letters_are_enough(secret: bytes) -> None:
    words = format_secret_words(secret, WordLanguage.FRENCH)
    assert parse_secret_words(" ".join(without_accents(word)[:4] for word in words)) == secret


@given(secrets)
def test_the_words_are_those_of_bip_39(secret: bytes) -> None:
    """Another program reads the same secret, and says that the check bits are right."""
    for language, name in ((WordLanguage.FRENCH, "french"), (WordLanguage.ENGLISH, "english")):
        other = Mnemonic(name)
        spelled = unicodedata.normalize("NFKD", " ".join(format_secret_words(secret, language)))
        assert unicodedata.normalize("NFKD", other.to_mnemonic(secret)) == spelled
        assert other.to_entropy(other.to_mnemonic(secret)) == secret


@pytest.mark.parametrize("position", range(1, 13))
def test_a_word_of_no_list_is_named_by_its_place(position: int) -> None:
    words = [*FRENCH]
    words[position - 1] = "xylophage"
    with pytest.raises(UnreadableWordError) as caught:
        parse_secret_words(" ".join(words))
    assert caught.value.position == position
    assert "xylo" not in str(caught.value)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param(" ".join(FRENCH[:-1]), id="a word too few"),
        pytest.param(" ".join((*FRENCH, FRENCH[0])), id="a word too many"),
        pytest.param(" ".join((FRENCH[1], FRENCH[0], *FRENCH[2:])), id="two words exchanged"),
        pytest.param(" ".join((*FRENCH[:-1], "zoologie")), id="another word at the end"),
    ],
)
def test_words_that_are_not_the_secret_are_refused(typed: str) -> None:
    with pytest.raises(WireError) as caught:
        parse_secret_words(typed)
    assert not isinstance(caught.value, UnreadableWordError)


def test_three_letters_are_not_enough() -> None:
    with pytest.raises(UnreadableWordError):
        parse_secret_words(" ".join(without_accents(word)[:3] for word in FRENCH))


def test_a_short_english_word_is_itself_and_not_the_beginning_of_another() -> None:
    secret = (word_list(WordLanguage.ENGLISH).index("act") << 117).to_bytes(16, "big")
    assert format_secret_words(secret, WordLanguage.ENGLISH)[0] == "act"
    assert parse_secret_words(" ".join(format_secret_words(secret, WordLanguage.ENGLISH))) == secret


@given(st.text(max_size=200))
def test_any_text_ends_in_a_secret_or_the_declared_error(text: str) -> None:
    try:
        secret = parse_secret_words(text)
    except WireError:
        return
    assert len(secret) == 16


def test_only_sixteen_bytes_become_twelve_words() -> None:
    for secret in (b"", bytes(15), bytes(17)):
        with pytest.raises(WireError):
            format_secret_words(secret, WordLanguage.FRENCH)
    with pytest.raises(WireError):
        words_from_bits(bytes(16), 12, WordLanguage.FRENCH)
