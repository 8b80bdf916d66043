# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long letters have to be kept: the examples of R-31, and what holds of every life."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.keeping import end_of_keeping, kept_until, must_stay, obstacle_of
from app.engine.ports.erasing import Found
from app.interface.erasing import Obstacle
from crypto_core.wire.ids import PatientId, UnixMillis

DAYS = st.dates(date(1900, 1, 1), date(2090, 12, 31))
MILLIS_A_DAY = 86_400_000


@pytest.mark.parametrize(
    ("birth", "last", "death", "end"),
    [
        (date(2015, 6, 1), date(2018, 1, 1), None, date(2043, 6, 1)),
        (date(1950, 1, 1), date(2020, 3, 10), None, date(2040, 3, 10)),
        (date(1950, 1, 1), date(2020, 3, 10), date(2024, 5, 5), date(2034, 5, 5)),
        (date(1950, 1, 1), date(2020, 3, 10), date(2031, 1, 1), date(2040, 3, 10)),
        # There is no 29 February in 2048 + 1, nor twenty years after 2080 + 20 = 2100.
        (date(2021, 2, 28), date(2021, 3, 1), None, date(2049, 2, 28)),
        (date(2020, 2, 29), date(2020, 3, 1), None, date(2048, 2, 29)),
        (None, date(2080, 2, 29), None, date(2100, 3, 1)),
    ],
)
def test_the_examples(birth: date | None, last: date, death: date | None, end: date) -> None:
    assert kept_until(last, birth, death) == end


@given(last=DAYS, birth=st.none() | DAYS)
def test_it_is_never_less_than_twenty_years_and_never_before_the_twenty_eighth_birthday(
    last: date, birth: date | None
) -> None:
    end = kept_until(last, birth)
    assert end - last >= timedelta(days=20 * 365)
    if birth is not None:
        assert end.year >= birth.year + 28
    assert kept_until(last + timedelta(days=1), birth) >= end


def found(*, last: date | None, is_sending: bool = False) -> Found:
    at = None if last is None else UnixMillis((last - date(1970, 1, 1)).days * MILLIS_A_DAY)
    return Found(
        letters=1,
        documents=0,
        drafts=0,
        people=(),
        patient=PatientId(bytes(16)),
        last_contact=at,
        birth_date="",
        is_sending=is_sending,
    )


def test_the_day_on_which_it_ends_is_the_first_on_which_it_may_go() -> None:
    last = date(2000, 3, 10)
    day = (date(2020, 3, 10) - date(1970, 1, 1)).days
    then = UnixMillis(day * MILLIS_A_DAY)
    assert obstacle_of(found(last=last), UnixMillis(then - 1)) is Obstacle.TO_BE_KEPT
    assert obstacle_of(found(last=last), then) is None
    assert obstacle_of(found(last=last, is_sending=True), then) is Obstacle.SENDING
    # Mail of before 1970, taken over from another program.
    assert obstacle_of(found(last=date(1960, 1, 1)), then) is None


def test_who_has_no_letters_and_what_is_filed_under_nobody_need_not_be_kept() -> None:
    assert end_of_keeping(found(last=None)) is None
    assert not must_stay(None, UnixMillis(0))
