# SPDX-License-Identifier: AGPL-3.0-or-later
"""HPRIM médecin: the laboratory's table, in every way that laboratories write it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.engine.documents.formats import hprim
from app.engine.documents.parsed import UnreadableError
from app.interface.documents import BlockKind, DocumentProblem, FactKind, Flag
from tests.corpus.documents import make_corpus

if TYPE_CHECKING:
    from app.engine.documents.parsed import Parsed

SAMPLE = Path(__file__).resolve().parents[6] / "assets" / "samples" / "resultat-biologie.hpr"


def values(parsed: Parsed) -> dict[str, tuple[str, str, str, Flag]]:
    """Return value, unit, norm and flag of each label."""
    return {
        row[0].text: (row[1].text, row[2].text, row[3].text, row[1].flag)
        for block in parsed.blocks
        for row in block.rows
    }


@pytest.mark.parametrize("name", [name for name in make_corpus.GOOD if name.endswith(".hpr")])
def test_every_encoding_and_line_end_gives_the_same(name: str) -> None:
    parsed = hprim.read(make_corpus.GOOD[name]())
    expected = hprim.read(make_corpus.GOOD["hprim-utf8.hpr"]())
    assert parsed.blocks == expected.blocks
    assert parsed.facts == expected.facts
    assert parsed.patient == expected.patient


@pytest.mark.parametrize(
    ("name", "is_said"),
    [("mac", True), ("cp850", True), ("latin1", False), ("utf8", False), ("utf16", False)],
)
def test_a_guess_is_said(name: str, *, is_said: bool) -> None:
    parsed = hprim.read(make_corpus.GOOD[f"hprim-{name}.hpr"]())
    assert (DocumentProblem.ENCODING_GUESSED in parsed.problems) is is_said


def test_the_head_names_patient_date_and_correspondents() -> None:
    parsed = hprim.read(make_corpus.hprim("latin-1"))
    assert {fact.kind: fact.text for fact in parsed.facts} == {
        FactKind.PATIENT: "LEMOINE ÉLODIE",
        FactKind.BIRTH_DATE: "1962-02-17",
        FactKind.DATE: "2026-11-18",
        FactKind.SENDER: "LABORATOIRE DU MIRAGE",
        FactKind.RECIPIENT: "BENALI KARIM",
        FactKind.IDENTIFIER: "B261118-0032",
    }


def test_the_number_of_social_security_is_not_shown() -> None:
    parsed = hprim.read(make_corpus.hprim("latin-1"))
    assert not any("262029999999934" in fact.text for fact in parsed.facts)
    assert not any("262029999999934" in block.text for block in parsed.blocks)


def test_what_the_sender_says_of_a_value_is_shown() -> None:
    found = values(hprim.read(make_corpus.hprim("latin-1")))
    assert found["Hémoglobine"] == ("10.4", "g/dL", "12.0 – 16.0", Flag.LOW)
    assert found["Plaquettes"] == ("720", "G/L", "150 – 400", Flag.CRITICAL)
    assert found["Aspect"][3] is Flag.NONE
    assert found["Groupe"] == ("À refaire (REFAIRE)", "", "", Flag.ABNORMAL)


def test_a_value_of_which_nothing_is_said_is_compared_and_that_is_said() -> None:
    parsed = hprim.read(make_corpus.hprim("latin-1"))
    assert values(parsed)["Leucocytes"] == ("11,9", "G/L", "4,0 – 10,0 *", Flag.HIGH)
    assert values(parsed)["Lymphocytes"] == ("2,1", "G/L", "1,0 – 4,0", Flag.NONE)
    assert DocumentProblem.FLAGS_COMPARED in parsed.problems


def test_a_value_that_the_sender_calls_normal_is_not_compared() -> None:
    text = make_corpus.HPRIM.replace("|4,0|10,0||", "|4,0|10,0|N|")
    parsed = hprim.read(text.encode())
    assert values(parsed)["Leucocytes"][3] is Flag.NONE
    assert DocumentProblem.FLAGS_COMPARED not in parsed.problems


def test_a_second_unit_has_a_row_of_its_own() -> None:
    rows = [row for block in hprim.read(make_corpus.hprim("latin-1")).blocks for row in block.rows]
    at = next(place for place, row in enumerate(rows) if row[0].text == "Hémoglobine")
    assert [cell.text for cell in rows[at + 1]] == ["", "6.45", "mmol/L", "7.45 – 9.93"]


@pytest.mark.parametrize(
    ("value", "low", "high", "flag"),
    [
        ("5", "1", "4", Flag.HIGH),
        ("5,0", "1", "5.0", Flag.NONE),
        ("0,9", "1", "5", Flag.LOW),
        ("<5", "", "5", Flag.NONE),
        ("<5", "10", "20", Flag.LOW),
        ("<5", "", "4", Flag.NONE),
        (">5", "", "5", Flag.HIGH),
        (">5", "10", "", Flag.NONE),
        ("> 5", "", "4", Flag.HIGH),
        ("positif", "", "4", Flag.NONE),
        ("5-6", "", "4", Flag.NONE),
        ("1e9", "", "4", Flag.NONE),
        ("7", "", "", Flag.NONE),
        ("7", "cf. notice", "voir", Flag.NONE),
        ("", "1", "2", Flag.NONE),
    ],
)
def test_only_plain_numbers_are_compared(value: str, low: str, high: str, flag: Flag) -> None:
    assert hprim.compare(value, low, high) is flag


def test_the_letter_is_shown_whole_and_in_its_columns() -> None:
    block = hprim.read(make_corpus.hprim("latin-1")).blocks[0]
    assert block.kind is BlockKind.CODE
    assert "    Hémoglobine          10,4   g/dL" in block.text


def test_entities_are_characters() -> None:
    last = hprim.read(make_corpus.hprim("latin-1")).blocks[-1]
    assert last.text == "Commentaire : anémie modérée à contrôler"


@pytest.mark.parametrize("end", ["****FIN****", "****FINFICHIER****"])
def test_a_missing_end_is_said(end: str) -> None:
    text = make_corpus.HPRIM.replace(end + "\n", "")
    parsed = hprim.read(text.encode())
    assert values(parsed)["Hémoglobine"]
    assert (DocumentProblem.DAMAGED in parsed.problems) is True


def test_an_end_mark_with_spaces_and_other_stars_is_one() -> None:
    text = make_corpus.HPRIM.replace("****FIN****", "  *****FIN****  ")
    assert DocumentProblem.DAMAGED not in hprim.read(text.encode()).problems


def test_two_patients_in_one_file_are_told_apart() -> None:
    body = make_corpus.HPRIM.replace("****FINFICHIER****\n", "")
    other = body.replace("LEMOINE\n", "ROUX\n")
    parsed = hprim.read((body + other + "****FINFICHIER****\n").encode())
    assert DocumentProblem.PATIENT_DIFFERS in parsed.problems
    heads = [block.text for block in parsed.blocks if block.kind is BlockKind.HEADING]
    assert heads == ["ROUX ÉLODIE 1962-02-17"]


def test_a_text_that_only_ends_like_one_is_refused() -> None:
    with pytest.raises(UnreadableError):
        hprim.read(b"Bonjour\r\n****FIN****\r\n")


def test_the_sample_shows_its_abnormal_values() -> None:
    parsed = hprim.read(SAMPLE.read_bytes())
    flagged = {label: row[3] for label, row in values(parsed).items() if row[3] is not Flag.NONE}
    assert flagged == {
        "Hémoglobine": Flag.LOW,
        "Leucocytes": Flag.HIGH,
        "Plaquettes": Flag.HIGH,
        "Protéine C réactive": Flag.HIGH,
    }
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "line",
    [
        "RES|Glucose|5,1|mmol/l|3,9|6,1|",
        "RES|Glucose|GLU|5,1|mmol/l|3,9|6,1||F",
        "RES|Glucose|GLU||N|5,1|mmol/l|3,9|6,1||F",
    ],
    ids=["no code and no kind", "no kind", "a column more"],
)
def test_a_line_with_other_columns_is_text_and_no_wrong_table(line: str) -> None:
    content = make_corpus.hprim("latin-1").decode("latin-1")
    mark = "****LAB****"
    assert mark in content
    parsed = hprim.read(content.replace(mark, f"{mark}\r\n{line}", 1).encode("latin-1"))
    assert "Glucose" not in values(parsed)
    assert line in "\n".join(block.text for block in parsed.blocks)
