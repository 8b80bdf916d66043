# SPDX-License-Identifier: AGPL-3.0-or-later
"""Values beside their norms: what is beyond is marked, and what is not understood never passes for normal."""

from __future__ import annotations

import pytest

from app.engine.documents.formats.norms import Judgement, compare, judge
from app.interface.documents import Flag

LOW, HIGH, NONE, NOBODY_KNOWS = Flag.LOW, Flag.HIGH, Flag.NONE, None


@pytest.mark.parametrize(
    ("value", "low", "high", "flag"),
    [
        ("5", "1", "4", HIGH),
        ("5,0", "1", "5.0", NONE),
        ("0,9", "1", "5", LOW),
        ("-3", "-2", "2", LOW),
        ("\u22123", "-2", "2", LOW),
        # Values of which only a side is known.
        ("<5", "", "5", NONE),
        ("<5", "0", "5", NONE),
        ("<5", "10", "20", LOW),
        ("<10", "10", "20", LOW),
        ("<5", "", "4", NOBODY_KNOWS),
        ("<5", "3", "10", NOBODY_KNOWS),
        ("<5", "-10", "10", NOBODY_KNOWS),
        ("≤5", "", "5", NONE),
        (">5", "", "5", HIGH),
        (">= 5", "", "5", NOBODY_KNOWS),
        (">5", "10", "", NOBODY_KNOWS),
        ("> 90", "60", "", NONE),
        ("> 5", "", "4", HIGH),
        ("inférieur à 5", "", "5", NONE),
        ("sup. à 1000", "", "400", HIGH),
        # Thousands.
        ("150 000", "180 000", "400 000", LOW),
        ("150\u00a0000", "180\u202f000", "400’000", LOW),
        ("1 234,5", "", "1.000,0", HIGH),
        ("1,234.5", "", "1000", HIGH),
        ("1.234.567", "", "1 000 000", HIGH),
        ("350.000", "180.000", "400.000", NONE),
        ("2,345", "0,4", "4,0", NONE),
        ("0.250", "0", "1", NONE),
        ("1.200", "0", "500", NOBODY_KNOWS),
        ("12 34", "0", "5", NOBODY_KNOWS),
        # Powers.
        ("1e9", "", "4", HIGH),
        ("1.2E6", "0", "1000", HIGH),
        ("1,2 x 10^3", "", "1000", HIGH),
        ("3.10^2", "", "1000", NONE),
        # Norms of one side, in either column.
        ("5", "< 5", "", HIGH),
        ("5", "", "≤ 5", NONE),
        ("5", "", "<= 5", NONE),
        ("0,30", "> 0,40", "", LOW),
        ("0,40", "", "> 0,40", LOW),
        ("0,50", "", "≥ 0,50", NONE),
        ("12", "", "inf. à 5", HIGH),
        ("12", "Inférieure à 5", "", HIGH),
        ("5", "inf. ou égal à 5", "", NONE),
        ("12", "", "< à 5", HIGH),
        ("12", "", "jusqu’à 5", HIGH),
        ("12", "", "moins de 5", HIGH),
        ("12", "(< 5)", "", HIGH),
        ("45", "sup. à 60", "", LOW),
        ("45", "au moins 60", "", LOW),
        # Both in one.
        ("5", "1 - 4", "", HIGH),
        ("1,45", "", "[0,70-1,10]", HIGH),
        ("0,5", "(0,70 à 1,10)", "", LOW),
        ("150 000", "180 000 - 400 000", "", LOW),
        ("3", "entre 1 et 4", "", NONE),
        # What makes no sense.
        ("2,4", "4,0", "0,4", NOBODY_KNOWS),
        ("5", "0", "0", NOBODY_KNOWS),
        ("5", "< 3", "10", NOBODY_KNOWS),
        ("positif", "", "4", NOBODY_KNOWS),
        ("5-6", "", "4", NOBODY_KNOWS),
        ("7", "cf. notice", "voir", NOBODY_KNOWS),
        ("7", "1", "voir", NOBODY_KNOWS),
        ("Présence", "", "Absence", NOBODY_KNOWS),
        ("+", "-", "", NOBODY_KNOWS),
        # Nothing to compare.
        ("Négatif", "", "negatif", NONE),
        ("7", "", "", NONE),
        ("7", "-", "-", NONE),
        ("", "1", "2", NONE),
    ],
)
def test_a_value_lies_within_its_norm_or_nobody_knows(
    value: str, low: str, high: str, flag: Flag | None
) -> None:
    assert compare(value, low, high) is flag


def test_a_unit_behind_the_number_is_no_riddle_unless_it_is_another() -> None:
    assert compare("12 mg/L", "", "< 5 mg/l", unit="mg/l") is HIGH
    assert compare("12mg/l", "", "5", unit="mg/l") is HIGH
    assert compare("12 mg", "", "5", unit="g") is NOBODY_KNOWS


def test_numbers_without_signs_between_thousands_are_sure() -> None:
    assert compare("1.200", "0", "500", has_thousands=False) is NONE


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("1,45*", Flag.ABNORMAL),
        ("* 1,45", Flag.ABNORMAL),
        ("1,45 **", Flag.ABNORMAL),
        ("1,45+", HIGH),
        ("1,45 H", HIGH),
        ("1,45 (h)", HIGH),
        ("0,45 -", LOW),
        ("0,45 B", LOW),
        ("0,45 ↓", LOW),
        ("> 1,45*", Flag.ABNORMAL),
        # The sign says low, the number high: only that something is wrong is sure.
        ("1,45-", Flag.ABNORMAL),
    ],
)
def test_a_sign_behind_a_number_is_its_senders(value: str, flag: Flag) -> None:
    assert judge(value, "0,70", "1,10") == Judgement(flag=flag)
    assert judge(value, "0,70", "1,10", said=Flag.NONE) == Judgement(flag=flag)


@pytest.mark.parametrize("value", ["O+", "1,5 L", "8 h", "B27 +", "+++"])
def test_what_only_looks_like_a_sign_is_none(value: str) -> None:
    assert judge(value, "", "") == Judgement(flag=NONE)


def test_what_its_sender_says_counts_unless_it_calls_normal_what_is_not() -> None:
    assert judge("5", "1", "9", said=LOW) == Judgement(flag=LOW)
    assert judge("5", "1", "9", said=NONE) == Judgement(flag=NONE)
    assert judge("50", "1", "9", said=NONE) == Judgement(flag=HIGH, is_compared=True)
    assert judge("cinq", "1", "9", said=NONE) == Judgement(flag=NONE)
    assert judge("cinq", "1", "9") == Judgement(flag=NONE, is_open=True)


@pytest.mark.timeout(20)
def test_a_long_field_costs_nothing() -> None:
    for piece in ("1", "1 ", "1.", "1,111", "+", "<", "* ", "inf ", "0,", "1e", "1-"):
        assert judge(piece * 8000, piece * 8000, "5", unit=piece * 8000).flag is not Flag.CRITICAL
