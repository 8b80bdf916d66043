# SPDX-License-Identifier: AGPL-3.0-or-later
"""The text of a recovery code: what people do to it when they copy it, and where the mistake is then found."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import KitCodeError
from crypto_core.wire.ids import AccountId
from crypto_core.wire.kit import (
    KIT_CODE_BYTES,
    KIT_GROUPS,
    format_kit_card,
    format_kit_code,
    parse_kit_card,
    parse_kit_code,
)

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CODE = bytes(range(KIT_CODE_BYTES))
TEXT = format_kit_code(CODE)
GROUPS = TEXT.split()
codes = st.binary(min_size=KIT_CODE_BYTES, max_size=KIT_CODE_BYTES)


def wrong_group(text: str) -> int | None:
    with pytest.raises(KitCodeError) as caught:
        parse_kit_code(text)
    # An error may be logged; it says where, never what.
    assert not re.search(r"[A-Z2-7]{5}", str(caught.value))
    return caught.value.group


def with_group(place: int, group: str) -> str:
    return " ".join((*GROUPS[:place], group, *GROUPS[place + 1 :]))


def test_a_code_has_fourteen_groups_of_five() -> None:
    assert [len(group) for group in GROUPS] == [5] * KIT_GROUPS
    assert parse_kit_code(TEXT) == CODE


@given(codes)
def test_every_code_is_read_as_it_was_written(code: bytes) -> None:
    assert parse_kit_code(format_kit_code(code)) == code


@given(codes)
def test_the_way_people_write_makes_no_difference(code: bytes) -> None:
    text = format_kit_code(code)
    for spelled in (
        text.lower(),
        text.replace(" ", ""),
        text.replace(" ", "-"),
        text.replace(" ", " \u2013 "),
        text.replace(" ", "\n"),
        text.replace(" ", "\u00a0"),
        f"\ufeff {text}.",
        text.replace("O", "0").replace("I", "1").replace("B", "8"),
    ):
        assert parse_kit_code(spelled) == code


@given(codes, st.integers(0, 69), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found_in_its_group(
    code: bytes, position: int, character: str
) -> None:
    text = format_kit_code(code).replace(" ", "")
    wrong = text[:position] + character + text[position + 1 :]
    if wrong != text:
        assert wrong_group(wrong) == position // 5 + 1


@given(codes, st.integers(0, 13), st.integers(0, 4), st.integers(0, 4))
def test_two_exchanged_characters_are_found_in_their_group(
    code: bytes, place: int, first: int, second: int
) -> None:
    groups = format_kit_code(code).split()
    group = list(groups[place])
    group[first], group[second] = group[second], group[first]
    if "".join(group) != groups[place]:
        groups[place] = "".join(group)
        assert wrong_group(" ".join(groups)) == place + 1


@given(codes, st.integers(0, 13), st.integers(0, 13))
def test_two_exchanged_groups_are_found(code: bytes, first: int, second: int) -> None:
    groups = format_kit_code(code).split()
    groups[first], groups[second] = groups[second], groups[first]
    if first != second:
        assert wrong_group(" ".join(groups)) == min(first, second) + 1


def test_a_missing_group_is_named() -> None:
    assert wrong_group(" ".join(GROUPS[:13])) == 14
    assert wrong_group("") == 1
    assert wrong_group(" ".join(GROUPS[1:])) == 1


def test_a_missing_character_is_found_in_its_group() -> None:
    assert wrong_group(TEXT[:-1]) == 14
    assert wrong_group(with_group(4, GROUPS[4][:-1])) == 5


def test_more_than_fourteen_groups_are_too_many() -> None:
    assert wrong_group(TEXT + " A") is None
    assert wrong_group(TEXT + " " + TEXT) is None


@pytest.mark.parametrize("character", ["9", "É", "ß", "\u0661", "\ud800", "+"])
def test_a_character_that_is_in_no_code_is_found(character: str) -> None:
    assert wrong_group(with_group(2, GROUPS[2][:4] + character)) == 3


def test_a_code_of_right_groups_that_is_wrong_as_a_whole_is_refused() -> None:
    other = format_kit_code(bytes(KIT_CODE_BYTES)).split()
    assert wrong_group(" ".join((other[0], *GROUPS[1:]))) is None


@pytest.mark.parametrize("length", [0, 31, 33])
def test_no_other_length_is_written(length: int) -> None:
    with pytest.raises(KitCodeError):
        format_kit_code(bytes(length))


@given(st.text(max_size=90))
def test_any_text_is_a_code_or_the_declared_error(text: str) -> None:
    with pytest.raises(KitCodeError):
        parse_kit_code(text)
    with pytest.raises(KitCodeError):
        parse_kit_card(text)


ACCOUNT = AccountId(bytes(range(20)))


def test_the_picture_names_the_account_too() -> None:
    card = format_kit_card(ACCOUNT, CODE)
    # QR's alphanumeric mode: capitals, digits, and a few signs.
    assert re.fullmatch(r"UHS:KIT/[A-Z2-7]{32}/[A-Z2-7]{70}", card)
    for text in (card, card.lower(), f" {card}\n"):
        assert parse_kit_card(text) == (ACCOUNT, CODE)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT, id="only the code"),
        pytest.param("UHS:LINK/AAAA", id="another picture"),
        pytest.param(format_kit_card(ACCOUNT, CODE)[:60], id="cut"),
        pytest.param(format_kit_card(ACCOUNT, CODE).replace("/AAAQE", "/AAAQE=", 1), id="padded"),
        pytest.param("uhs:kit/" + TEXT.replace(" ", ""), id="no account"),
    ],
)
def test_anything_else_is_no_picture_of_a_kit(text: str) -> None:
    with pytest.raises(KitCodeError):
        parse_kit_card(text)


def test_a_mistake_in_a_pictures_code_is_located_too() -> None:
    card = format_kit_card(ACCOUNT, CODE)
    with pytest.raises(KitCodeError) as caught:
        parse_kit_card(card[:-1] + ("A" if card[-1] != "A" else "B"))
    assert caught.value.group == 14
