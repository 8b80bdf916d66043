# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which national health identities can be one, and which cards make sense."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.wire.codec import decode, encode
from crypto_core.wire.patients import (
    NO_CARD,
    NationalIdentity,
    PatientCard,
    Representative,
    Sex,
    is_sound_card,
    read_matricule,
)

KNOWN: Final = "180037511600772"
NIR: Final = "1.2.250.1.213.1.4.8"


def keyed(number: str) -> str:
    """A number of 13 characters with its key, counted as the field writes it down."""
    counted = int(number.replace("2A", "19").replace("2B", "18"))
    return f"{number}{97 - counted % 97:02}"


@pytest.mark.parametrize(
    "text",
    [
        KNOWN,
        "1 80 03 75 116 007 72",
        keyed("2610320500042"),
        keyed("299032A116007"),
        keyed("299032B116007"),
        keyed("299032a116007".upper()).lower(),
    ],
)
def test_a_number_with_its_key_is_read(text: str) -> None:
    assert read_matricule(text) == "".join(text.split()).upper()


@pytest.mark.parametrize(
    "text",
    [
        "",
        KNOWN[:13],
        KNOWN + "0",
        KNOWN[:14] + "3",
        "9" + KNOWN[1:],
        keyed("299032A116007").replace("2A", "2B"),
        keyed("299032A116007").replace("2A", "2C"),
        KNOWN.replace("1", "\u0661"),
    ],
)
def test_what_is_no_number_or_has_another_key_is_not(text: str) -> None:
    assert read_matricule(text) is None


@given(position=st.integers(0, 14), digit=st.sampled_from("0123456789"))
def test_every_single_mistyped_digit_is_noticed(position: int, digit: str) -> None:
    mistyped = KNOWN[:position] + digit + KNOWN[position + 1 :]
    assert read_matricule(mistyped) == (KNOWN if mistyped == KNOWN else None)


def test_a_card_says_days_of_the_calendar_and_an_ins_of_those_who_give_them() -> None:
    ins = NationalIdentity(matricule=KNOWN, oid=NIR, is_qualified=False)
    assert is_sound_card(NO_CARD)
    assert is_sound_card(PatientCard(ins=ins, died_on="2024-02-29"))
    for wrong in (
        PatientCard(died_on="2023-02-29"),
        PatientCard(seen_on="hier"),
        PatientCard(ins=replace(ins, oid="1.2.3")),
        PatientCard(ins=replace(ins, matricule=KNOWN[:14] + "3")),
    ):
        assert not is_sound_card(wrong)


def test_a_card_travels_whole_and_is_not_in_what_a_traceback_shows() -> None:
    card = PatientCard(
        birth_name="Roux",
        sex=Sex.FEMALE,
        ins=NationalIdentity(matricule=KNOWN, oid=NIR, is_qualified=True),
        telephone="06 12 34 56 78",
        email="jeanne@example.test",
        address="1 rue des Lilas\n06560 Valbonne",
        representative=Representative(name="Paul Duval", capacity="père"),
        is_protected=True,
        notes="Entend mal.",
        died_on="2026-01-02",
        seen_on="2025-12-30",
    )
    assert decode(PatientCard, encode(card)) == card
    for said in ("Roux", KNOWN, "Lilas", "Paul", "Entend", "0612"):
        assert said not in repr(card)
