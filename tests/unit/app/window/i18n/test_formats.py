# SPDX-License-Identifier: AGPL-3.0-or-later
"""Times, sizes and names are written as people of the language write them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from app.interface.snapshots import ConnectionState, DeliveryState, Direction, Problem
from app.window.i18n.catalogues import Language
from app.window.i18n.formats import Formats, SystemClock
from app.window.i18n.words import Words
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import UnixMillis
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.scripted_engine import NOW, ManyRows, Practice

if TYPE_CHECKING:
    from tests.unit.app.window.conftest import Speak

PARIS = ZoneInfo("Europe/Paris")
HOUR = 3_600_000
DAY = 24 * HOUR


def formats_in(speak: Speak, language: Language) -> Formats:
    """Return the formats of a language, on 22 November 2026 at 14:02 in Paris."""
    catalogues = speak(language)
    return Formats(catalogues.locale, FixedClock(NOW, PARIS))


@pytest.mark.parametrize(
    ("age", "french", "english"),
    [
        (0, "14:02", "14:02"),
        (14 * HOUR, "00:02", "00:02"),
        (15 * HOUR, "hier", "yesterday"),
        (4 * DAY, "18 nov.", "18 Nov"),
        (400 * DAY, "18 oct. 2025", "18 Oct 2025"),
    ],
)
def test_times_of_the_list(speak: Speak, age: int, french: str, english: str) -> None:
    at = UnixMillis(NOW - age)
    assert formats_in(speak, Language.FRENCH).in_list(at) == french
    assert formats_in(speak, Language.ENGLISH).in_list(at) == english


def test_times_in_sentences(speak: Speak) -> None:
    formats = formats_in(speak, Language.FRENCH)
    assert formats.in_sentence(NOW) == "aujourd’hui à 14:02"
    assert formats.in_sentence(UnixMillis(NOW - DAY)) == "hier à 14:02"
    assert formats.in_sentence(UnixMillis(NOW - 4 * DAY)) == "le 18 novembre 2026 à 14:02"
    assert formats.since(UnixMillis(NOW - 4 * DAY)) == "le 18 nov. à 14:02"
    assert formats.reached(NOW) == "à 14:02"


def test_a_summer_letter_keeps_its_summer_time(speak: Speak) -> None:
    # 12:00 UTC on 1 July 2026 is 14:00 in Paris, though November is an hour closer to UTC.
    july = UnixMillis(1_782_907_200_000)
    assert formats_in(speak, Language.FRENCH).time(july) == "14:00"
    assert SystemClock().local(july).timestamp() * 1000 == july


def test_the_day_of_a_later_rung_is_told_only_when_it_is_another(speak: Speak) -> None:
    formats = formats_in(speak, Language.ENGLISH)
    sent = UnixMillis(NOW - 2 * DAY)
    assert formats.moment_after(UnixMillis(sent + HOUR), sent) == "15:02"
    assert formats.moment_after(UnixMillis(sent + DAY), sent) == "21 Nov, 14:02"


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        (0, "0\u202fo", "0 B"),
        (999, "999\u202fo", "999 B"),
        (214_000, "214\u202fKo", "214 KB"),
        (999_600, "1,0\u202fMo", "1.0 MB"),
        (1_800_000, "1,8\u202fMo", "1.8 MB"),
        (18_200_000, "18\u202fMo", "18 MB"),
        (4_294_967_296, "4,3\u202fGo", "4.3 GB"),
        (7_000_000_000_000, "7\u202f000\u202fGo", "7,000 GB"),
    ],
)
def test_sizes(speak: Speak, size: int, french: str, english: str) -> None:
    assert formats_in(speak, Language.FRENCH).size(size) == french
    assert formats_in(speak, Language.ENGLISH).size(size) == english


@pytest.mark.parametrize(
    "subject", ["Bilan", "Re: Bilan", "RE : Bilan", "Ré: Re: Bilan", "Re\u202f: Bilan"]
)
def test_answers_carry_one_mark(speak: Speak, subject: str) -> None:
    speak(Language.FRENCH)
    assert Words().reply_subject(subject) == "Re\u202f: Bilan"


def test_names(speak: Speak) -> None:
    speak(Language.FRENCH)
    words = Words()
    assert words.names(("Léa",)) == "Léa"
    assert words.names(("Léa", "Karim", "Anne")) == "Léa, Karim et Anne"
    assert words.person("Léa", "") == "Léa"
    assert words.at_place("", "Nice") == "Nice"


@pytest.mark.parametrize("state", ConnectionState)
def test_connection_line_has_a_sentence_for_every_state(
    speak: Speak, state: ConnectionState
) -> None:
    formats = formats_in(speak, Language.FRENCH)
    status = replace(Practice().status(), connection=state)
    line = Words().connection(status, formats)
    assert line
    assert "{" not in line


def test_spoken_row_says_all_that_the_eye_sees(speak: Speak) -> None:
    formats = formats_in(speak, Language.FRENCH)
    words = Words()
    row = replace(ManyRows(3)[2], unread_count=1, urgency=Urgency.URGENT)
    assert words.spoken_row(row, formats) == (
        "Correspondant 2, 1 courrier non lu, Courrier 2, 13:02, Urgent, 2 documents"
    )
    sent = replace(
        row, unread_count=0, latest_direction=Direction.SENT, delivery=DeliveryState.READ
    )
    assert words.spoken_row(sent, formats).endswith("Lu")
    broken = replace(row, problem=Problem.CANNOT_OPEN)
    assert words.spoken_row(broken, formats).endswith("Ne s’ouvre pas")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("   ", ""),
        ("12/03/1961", "1961-03-12"),
        ("12.3.1961", "1961-03-12"),
        ("12 03 1961", "1961-03-12"),
        ("12031961", "1961-03-12"),
        ("1961-03-12", "1961-03-12"),
        ("22/11/2026", "2026-11-22"),
        # Tomorrow, no day of the calendar, a guess about a century, nobody is so old, and nonsense.
        ("23/11/2026", None),
        ("31/02/1961", None),
        ("12/03/61", None),
        ("12/03/1801", None),
        ("mars 1961", None),
        ("douze", None),
        ("1/2/3/4", None),
    ],
)
def test_a_date_of_birth_is_read_as_people_type_it(
    speak: Speak, typed: str, stored: str | None
) -> None:
    assert formats_in(speak, Language.FRENCH).read_birth_date(typed) == stored


def test_an_age_changes_on_the_birthday(speak: Speak) -> None:
    formats = formats_in(speak, Language.FRENCH)
    assert formats.age("1961-11-22") == 65
    assert formats.age("1961-11-23") == 64
    assert formats.age("") is None
    assert formats.birth_date("1961-03-12") == "12/03/1961"
    assert formats.birth_date("nonsense") == "nonsense"
    assert formats.long_birth_date("1961-03-12") == "12 mars 1961"


def test_a_subject_that_is_passed_on_gets_one_mark(speak: Speak) -> None:
    speak(Language.FRENCH)
    words = Words()
    assert words.forward_subject("Bilan") == "Tr\u202f: Bilan"
    assert words.forward_subject("Fwd: TR : Bilan") == "Tr\u202f: Bilan"
    assert words.forward_subject("Fwd : Bilan") == "Tr\u202f: Bilan"


@pytest.mark.parametrize(
    ("language", "expected"),
    [(Language.FRENCH, "4\u202f812 courriers non lus"), (Language.ENGLISH, "4,812 unread letters")],
)
def test_a_number_that_is_counted_has_the_groups_of_its_language(
    speak: Speak, language: Language, expected: str
) -> None:
    number = formats_in(speak, language).number(4812)
    words = Words()
    assert words.unread(4812) == expected
    assert expected.startswith(number)
