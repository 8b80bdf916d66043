# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables of patients as practice software writes them: in whichever characters, and no row lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.patient_tables import (
    NotATableError,
    ReadPatient,
    RowError,
    columns_of,
    read_birth_date,
    read_row,
    read_table,
)
from app.interface.patients import PatientColumn, RowProblem, TableEncoding, TableSeparator
from crypto_core.wire.patients import Sex

TEXT = "Nom;Prénom;Date de naissance\r\nDuval;Zoé;12/03/1961\r\nNœuvéglise;Léa;1/2/1990\r\n"


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", TableEncoding.UTF_8),
        ("utf-8-sig", TableEncoding.UTF_8),
        ("utf-16", TableEncoding.UTF_16),
        ("utf-16-le", TableEncoding.UTF_16),
        ("utf-16-be", TableEncoding.UTF_16),
        ("cp1252", TableEncoding.WINDOWS_1252),
    ],
)
@pytest.mark.parametrize(
    ("sign", "separator"),
    [(";", TableSeparator.SEMICOLON), (",", TableSeparator.COMMA), ("\t", TableSeparator.TAB)],
)
def test_characters_and_separators_are_found_out(
    codec: str, encoding: TableEncoding, sign: str, separator: TableSeparator
) -> None:
    table = read_table(TEXT.replace(";", sign).encode(codec))
    assert (table.encoding, table.separator) == (encoding, separator)
    assert [line for line, _ in table.rows] == [1, 2, 3]
    assert table.rows[2][1] == ("Nœuvéglise", "Léa", "1/2/1990")


def test_a_file_in_other_characters_than_one_says_is_refused_and_not_garbled() -> None:
    with pytest.raises(NotATableError):
        read_table("Müller;Zoé".encode("cp1252"), TableEncoding.UTF_8)


def test_a_cell_may_have_lines_and_a_quote_that_is_not_closed_is_told_with_its_line() -> None:
    raw = b'Nom;Notes\nDuval;"deux\nlignes"\n"Marin";ok\n"Roux;jamais ferme\nPetit;x\n'
    rows = read_table(raw, separator=TableSeparator.SEMICOLON).rows
    assert rows[:3] == (
        (1, ("Nom", "Notes")),
        (2, ("Duval", "deux\nlignes")),
        (4, ("Marin", "ok")),
    )
    assert rows[3] == (5, None)


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        (
            ("NOM", "Prénom", "Né(e) le", "Sexe", "N° Sécurité sociale"),
            ("FAMILY_NAME", "GIVEN_NAME", "BIRTH_DATE", "SEX", "INS"),
        ),
        (
            ("Nom de naissance", "Nom d'usage", "Prénoms", "Portable", "Dentiste"),
            ("BIRTH_NAME", "FAMILY_NAME", "GIVEN_NAME", "TELEPHONE", "NOTHING"),
        ),
        (("Nom de naissance", "Prénom"), ("FAMILY_NAME", "GIVEN_NAME")),
        (("Nom", "Rue", "CP", "Ville"), ("FAMILY_NAME", "ADDRESS", "ADDRESS", "ADDRESS")),
        (("Last name", "First name", "E-mail"), ("FAMILY_NAME", "GIVEN_NAME", "EMAIL")),
        (("Duval", "Zoé"), ("NOTHING", "NOTHING")),
    ],
)
def test_columns_are_known_by_their_heads(head: tuple[str, ...], columns: tuple[str, ...]) -> None:
    assert [column.name for column in columns_of(head)] == list(columns)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("12/03/1961", "1961-03-12"),
        ("1.2.1990", "1990-02-01"),
        ("1990-02-01", "1990-02-01"),
        ("12/03/1961 00:00:00", "1961-03-12"),
        ("", ""),
        ("12/03/61", None),
        ("31/02/1990", None),
        ("mars 1961", None),
    ],
)
def test_dates_are_read_as_the_field_writes_them_and_never_guessed(
    text: str, date: str | None
) -> None:
    assert read_birth_date(text) == date


def read(**cells: str) -> ReadPatient:
    columns = tuple(PatientColumn[name.upper()] for name in cells)
    return read_row(tuple(cells.values()), columns)


def test_a_number_of_another_program_is_not_qualified_here() -> None:
    patient = read(family_name="Duval", sex="Mme", ins="1 80 03 75 116 007 72")
    assert patient.card.ins is not None
    assert (patient.card.ins.matricule, patient.card.ins.is_qualified) == ("180037511600772", False)
    assert patient.card.sex is Sex.FEMALE


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"given_name": "Zoé"}, RowProblem.NO_NAME),
        ({"family_name": "Duval", "birth_date": "hier"}, RowProblem.BIRTH_DATE),
        ({"family_name": "Duval", "ins": "180037511600773"}, RowProblem.INS),
        ({"family_name": "D" * 201}, RowProblem.TOO_LONG),
        ({"family_name": "Duval", "notes": "é" * 1_001}, RowProblem.TOO_LONG),
    ],
)
def test_a_row_that_fails_says_why(cells: dict[str, str], problem: RowProblem) -> None:
    with pytest.raises(RowError) as caught:
        read(**cells)
    assert caught.value.problem is problem


def test_cells_beyond_the_columns_are_not_dropped_in_silence() -> None:
    with pytest.raises(RowError) as caught:
        read_row(("Duval", "perdu"), (PatientColumn.FAMILY_NAME,))
    assert caught.value.problem is RowProblem.CELLS
    assert read_row(("Duval", ""), (PatientColumn.FAMILY_NAME,)).family_name == "Duval"


@given(st.binary(max_size=200))
def test_whatever_a_file_holds_nothing_but_this_error_comes_out(raw: bytes) -> None:
    try:
        table = read_table(raw)
    except NotATableError:
        return
    for _, cells in table.rows:
        try:
            read_row(cells, columns_of(table.rows[0][1] or ()))
        except RowError:
            continue
