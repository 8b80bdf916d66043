# SPDX-License-Identifier: AGPL-3.0-or-later
"""HPRIM médecin: the laboratory's table, in every way that laboratories write it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.engine.documents.formats import hprim
from app.engine.documents.parsed import UnreadableError
from app.interface.documents import BlockKind, DocumentProblem, FactKind, Flag, Remark
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


@pytest.mark.parametrize("name", ["latin1", "utf16", "mac", "cp850"])
def test_every_encoding_and_line_end_gives_the_same(name: str) -> None:
    parsed = hprim.read(make_corpus.GOOD[f"hprim-{name}.hpr"]())
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


def test_a_value_beyond_its_bounds_is_marked_even_if_its_sender_calls_it_normal() -> None:
    text = make_corpus.HPRIM.replace("|4,0|10,0||", "|4,0|10,0|N|")
    parsed = hprim.read(text.encode())
    assert values(parsed)["Leucocytes"] == ("11,9", "G/L", "4,0 – 10,0 *", Flag.HIGH)
    assert DocumentProblem.FLAGS_COMPARED in parsed.problems


def result(line: str) -> list[tuple[str, str, Flag, tuple[Remark, ...]]]:
    """Return value, norm, flag and remarks of each row that a line of the laboratory becomes."""
    parsed = hprim.read(
        make_corpus.HPRIM.replace("TEX|HÉMATOLOGIE", f"{line}\nTEX|HÉMATOLOGIE").encode()
    )
    rows = parsed.blocks[1].rows
    return [(row[1].text, row[3].text, row[1].flag, row[1].remarks) for row in rows]


@pytest.mark.parametrize(
    ("line", "value", "norm", "flag"),
    [
        ("150 000|/mm3|180 000|400 000|", "150 000", "180 000 – 400 000 *", Flag.LOW),
        ("1,45*|g/l|0,70|1,10|", "1,45*", "0,70 – 1,10", Flag.ABNORMAL),
        ("1,45|g/l|0,70|1,10|*", "1,45", "0,70 – 1,10", Flag.ABNORMAL),
        ("1,45|g/l|0,70|1,10|+", "1,45", "0,70 – 1,10", Flag.HIGH),
        ("0,45 b|g/l|0,70|1,10|", "0,45 b", "0,70 – 1,10", Flag.LOW),
        ("12|mg/l||inf. à 5|", "12", "inf. à 5 *", Flag.HIGH),
        ("12|mg/l|< 5||", "12", "< 5 *", Flag.HIGH),
        ("0,30|g/l|> 0,40||", "0,30", "> 0,40 *", Flag.LOW),
        ("0,30|g/l|0,40||", "0,30", "≥ 0,40 *", Flag.LOW),
        ("0,50|g/l||> 0,40|", "0,50", "> 0,40", Flag.NONE),
        ("9,45|g/l|0,70|1,10|N", "9,45", "0,70 – 1,10 *", Flag.HIGH),
    ],
)
def test_an_abnormal_value_is_marked_however_its_row_is_written(
    line: str, value: str, norm: str, flag: Flag
) -> None:
    assert result(f"RES|Essai|ESS|N|{line}|F") == [(value, norm, flag, ())]


@pytest.mark.parametrize(
    "line",
    [
        "N|2,4|mUI/l|4,0|0,4|",
        "N|env. 12|mg/l|0|5|",
        "A|Présence|||Absence|",
        "N|> 5|mg/l|10||",
        "N|1.200|/mm3|0|500|",
        "N|7|mg/l|cf. notice||",
    ],
)
def test_a_row_that_is_not_understood_says_that_it_was_not_compared(line: str) -> None:
    ((_value, _norm, flag, remarks),) = result(f"RES|Essai|ESS|{line}|F")
    assert (flag, remarks) == (Flag.NONE, (Remark.NOT_COMPARED,))


@pytest.mark.parametrize(
    ("state", "value", "remarks"),
    [
        ("F", "2,4", ()),
        ("", "2,4", ()),
        ("C", "2,4", (Remark.CORRECTED,)),
        ("p", "2,4", (Remark.PARTIAL,)),
        ("R", "2,4", (Remark.UNVERIFIED,)),
        ("D", "2,4", (Remark.WITHDRAWN,)),
        ("W", "2,4", (Remark.WITHDRAWN,)),
        ("I", "2,4", (Remark.AWAITED,)),
        ("X", "2,4", (Remark.IMPOSSIBLE,)),
        ("ZUT", "2,4 [ZUT]", ()),
    ],
)
def test_the_state_of_a_result_is_said(state: str, value: str, remarks: tuple[Remark, ...]) -> None:
    line = f"RES|TSH|TSH|N|2,4|mUI/l|0,4|4,0||{state}"
    assert result(line) == [(value, "0,4 – 4,0", Flag.NONE, remarks)]


def test_a_second_value_is_judged_by_its_own_norm() -> None:
    line = "RES|TSH|TSH|N|2,4|mUI/l|0,4|4,0||F|5,2|mUI/l|0,4|4,0||P"
    assert result(line) == [
        ("2,4", "0,4 – 4,0", Flag.NONE, ()),
        ("5,2", "0,4 – 4,0 *", Flag.HIGH, (Remark.PARTIAL,)),
    ]


def test_a_second_unit_has_a_row_of_its_own() -> None:
    rows = [row for block in hprim.read(make_corpus.hprim("latin-1")).blocks for row in block.rows]
    at = next(place for place, row in enumerate(rows) if row[0].text == "Hémoglobine")
    assert [cell.text for cell in rows[at + 1]] == ["", "6.45", "mmol/L", "7.45 – 9.93"]


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
