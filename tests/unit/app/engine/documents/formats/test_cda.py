# SPDX-License-Identifier: AGPL-3.0-or-later
"""CDA R2 as CI-SIS writes it: what a practitioner sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.engine.documents.formats import cda
from app.interface.documents import BlockKind, DocumentKind, DocumentProblem, FactKind, Flag
from tests.corpus.documents.make_corpus import GOOD, PDF, PICTURE, cda_file, cda_text

if TYPE_CHECKING:
    from app.engine.documents.parsed import Parsed


@pytest.fixture
def sections() -> Parsed:
    return cda.read(GOOD["cda-n3.xml"]())


def facts(parsed: Parsed, kind: FactKind) -> list[str]:
    return [fact.text for fact in parsed.facts if fact.kind is kind]


def texts(parsed: Parsed) -> list[str]:
    return [block.text for block in parsed.blocks if block.text]


def test_the_head_says_who_what_and_when(sections: Parsed) -> None:
    assert facts(sections, FactKind.TITLE) == ["Examens de sang de Mme Vasseur"]
    assert facts(sections, FactKind.PATIENT) == ["LEMOINE ÉLODIE (VASSEUR)"]
    assert facts(sections, FactKind.IDENTIFIER) == ["262029999999934 (INS, test)"]
    assert facts(sections, FactKind.AUTHOR) == ["DR NADIA FERRAT, Médecin - Biologie médicale"]
    assert facts(sections, FactKind.ORGANISATION) == ["Laboratoire du Mirage"]
    assert facts(sections, FactKind.RECIPIENT) == ["DR KARIM BENALI"]
    assert facts(sections, FactKind.DATE) == ["2026-11-18T09:15"]
    assert facts(sections, FactKind.DOCUMENT_TYPE) == ["CR d’examens biologiques"]
    assert facts(sections, FactKind.VERSION) == ["2"]
    assert facts(sections, FactKind.CONFIDENTIALITY) == ["Normal"]
    assert facts(sections, FactKind.ACT) == ["Hématologie"]


def test_what_it_replaces_is_said(sections: Parsed) -> None:
    assert facts(sections, FactKind.REPLACES) == ["1.2.250.1.999.1^CR-261117"]


def test_the_patient_is_the_one_at_birth(sections: Parsed) -> None:
    assert sections.patient is not None
    assert (sections.patient.family_name, sections.patient.given_name) == ("LEMOINE", "ÉLODIE")
    assert sections.patient.birth_date == "1962-02-17"


def test_a_table_keeps_its_heads_and_spans(sections: Parsed) -> None:
    (table,) = (block for block in sections.blocks if block.kind is BlockKind.TABLE)
    head = table.rows[0]
    assert [(cell.text, cell.is_head, cell.columns, cell.rows) for cell in head] == [
        ("Examen", True, 1, 2),
        ("Résultat", True, 2, 1),
    ]
    assert table.rows[-1][0].text == "Contrôle sur lame."
    assert table.rows[-1][0].columns == 3


def test_abnormal_values_are_marked_where_they_stand(sections: Parsed) -> None:
    (table,) = (block for block in sections.blocks if block.kind is BlockKind.TABLE)
    flagged = {
        cell.text: cell.flag for row in table.rows for cell in row if cell.flag is not Flag.NONE
    }
    assert flagged == {"10,4": Flag.LOW, "720": Flag.CRITICAL}
    assert sections.has_abnormal


def test_powers_and_indices_are_not_flattened(sections: Parsed) -> None:
    shown = [cell.text for block in sections.blocks for row in block.rows for cell in row]
    assert "10⁹/L" in shown
    assert "CO₂ total" in shown


def test_lists_keep_their_numbers_and_depth(sections: Parsed) -> None:
    entries = [
        (block.level, block.number, block.text)
        for block in sections.blocks
        if block.kind is BlockKind.ENTRY
    ]
    assert entries[:3] == [
        (1, 1, "Contrôle sous huit jours"),
        (1, 2, "Fer sérique"),
        (2, 0, "et ferritine"),
    ]


def test_bold_text_is_marked_where_it_stands(sections: Parsed) -> None:
    block = next(block for block in sections.blocks if block.text.startswith("Prélèvement"))
    assert [block.text[mark.start : mark.end] for mark in block.marks] == ["à jeun"]


def test_footnotes_are_numbered_and_stand_at_the_end(sections: Parsed) -> None:
    assert any("8 h 10.[note 1] Voir aussi [note 1]" in text for text in texts(sections))
    assert "[note 1] Tube à bouchon violet." in texts(sections)


def test_deleted_text_does_not_read_as_text(sections: Parsed) -> None:
    assert "[−Transfusion demandée−] Pas de transfusion." in texts(sections)  # noqa: RUF001


def test_a_picture_is_a_part_that_the_text_points_to(sections: Parsed) -> None:
    assert "[document 1]" in texts(sections)
    (part,) = sections.parts
    assert part.kind is DocumentKind.PICTURE
    assert part.content == PICTURE


def test_a_link_shows_where_it_leads(sections: Parsed) -> None:
    assert "Référentiel : normes (https://exemple.invalid/normes)" in texts(sections)


def test_sections_in_sections_are_one_level_below(sections: Parsed) -> None:
    heads = [(b.level, b.text) for b in sections.blocks if b.kind is BlockKind.HEADING]
    assert heads == [(1, "Numération"), (2, "Commentaire")]


def test_a_file_inside_is_a_part_by_its_content_and_not_by_its_type() -> None:
    (part,) = cda.read(cda_file(PDF, media="image/jpeg")).parts
    assert part.kind is DocumentKind.PDF
    assert part.name == "document.pdf"
    assert part.content == PDF


def test_a_packed_file_is_unpacked() -> None:
    (part,) = cda.read(GOOD["cda-n1-image-comprimee.xml"]()).parts
    assert part.content == PICTURE


def test_a_text_inside_keeps_its_columns() -> None:
    (block,) = cda.read(GOOD["cda-n1-texte.xml"]()).blocks
    assert block.kind is BlockKind.CODE
    assert block.text == "Été à Nîmes.\n  colonne"


def test_a_file_inside_that_makes_no_sense_is_damaged() -> None:
    broken = cda_file(PDF).replace(b"JVBERi", b"J")
    assert DocumentProblem.DAMAGED in cda.read(broken).problems


def test_a_body_elsewhere_is_not_fetched() -> None:
    elsewhere = cda_file(b"").replace(
        b'representation="B64">', b'><reference value="http://192.0.2.1/x.pdf"/>'
    )
    parsed = cda.read(elsewhere)
    assert parsed.problems == (DocumentProblem.REMOTE_CONTENT,)
    assert not parsed.parts


def test_windows_characters_that_are_said_to_be_utf8_are_read() -> None:
    parsed = cda.read(GOOD["cda-latin1-dit-utf8.xml"]())
    assert texts(parsed) == ["T", "Été"]
    assert DocumentProblem.ENCODING_GUESSED in parsed.problems


def test_what_is_unknown_is_shown_as_text() -> None:
    parsed = cda.read(cda_text("<inconnu>Texte <autre>gardé</autre></inconnu>"))
    assert texts(parsed) == ["T", "Texte gardé"]


def test_signs_that_turn_the_writing_round_are_left_out() -> None:
    assert texts(cda.read(cda_text("dose 1\u202e5\u202c mg")))[1] == "dose 15 mg"
