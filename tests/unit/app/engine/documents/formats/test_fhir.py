# SPDX-License-Identifier: AGPL-3.0-or-later
"""FHIR documents, the same in JSON and in XML."""

from __future__ import annotations

import pytest

from app.engine.documents.formats import fhir
from app.engine.documents.parsed import UnreadableError
from app.interface.documents import BlockKind, DocumentKind, DocumentProblem, FactKind, Flag, Remark
from tests.corpus.documents.make_corpus import GOOD, PDF


@pytest.mark.parametrize("name", ["fhir.json", "fhir.xml"])
def test_a_document_is_a_readable_card(name: str) -> None:
    parsed = fhir.read(GOOD[name]())
    assert {fact.kind: fact.text for fact in parsed.facts} == {
        FactKind.TITLE: "Résultats de biologie",
        FactKind.DOCUMENT_TYPE: "CR d’examens biologiques",
        FactKind.DATE: "2026-11-18T09:15",
        FactKind.CONFIDENTIALITY: "N",
        FactKind.PATIENT: "LEMOINE Élodie",
        FactKind.BIRTH_DATE: "1962-02-17",
        FactKind.SEX: "F",
        FactKind.AUTHOR: "Dr Nadia Ferrat",
    }
    assert [(block.kind, block.text) for block in parsed.blocks] == [
        (BlockKind.HEADING, "Conclusion"),
        (BlockKind.PARAGRAPH, "Anémie modérée."),
        (BlockKind.TABLE, ""),
        (BlockKind.HEADING, "Biologie"),
        (BlockKind.PARAGRAPH, "À contrôler sous huit jours."),
    ]
    (part,) = parsed.parts
    assert (part.kind, part.title, part.content) == (DocumentKind.PDF, "Compte rendu", PDF)


def test_results_keep_their_precision_and_their_flag() -> None:
    parsed = fhir.read(GOOD["fhir.json"]())
    (row,) = (row for block in parsed.blocks for row in block.rows)
    assert [cell.text for cell in row[:4]] == ["Hémoglobine", "10.40", "g/dL", "12.0 – 16.0"]
    assert row[1].flag is Flag.LOW
    assert parsed.has_abnormal


@pytest.mark.parametrize(
    ("value", "more", "norm", "flag", "remarks"),
    [
        ("7.1", "", "3.5 – 5.0 *", Flag.HIGH, ()),
        ("4.1", "", "3.5 – 5.0", Flag.NONE, ()),
        ("7.1", '"interpretation":[{"coding":[{"code":"N"}]}],', "3.5 – 5.0 *", Flag.HIGH, ()),
        ("4.1", '"interpretation":[{"coding":[{"code":"HX"}]}],', "3.5 – 5.0", Flag.HIGH, ()),
        ("4.1", '"status":"corrected",', "3.5 – 5.0", Flag.NONE, (Remark.CORRECTED,)),
        ("4.1", '"status":"preliminary",', "3.5 – 5.0", Flag.NONE, (Remark.PARTIAL,)),
        ('1,"comparator":">"', "", "3.5 – 5.0", Flag.NONE, (Remark.NOT_COMPARED,)),
    ],
)
def test_an_unmarked_value_is_compared_with_its_norm(
    value: str, more: str, norm: str, flag: Flag, remarks: tuple[Remark, ...]
) -> None:
    parsed = fhir.read(
        f"""{{"resourceType":"DiagnosticReport","result":[{{"reference":"#k"}}],"contained":[
        {{"resourceType":"Observation","id":"k",{more}"code":{{"text":"K"}},
          "valueQuantity":{{"value":{value}}},
          "referenceRange":[{{"low":{{"value":3.5}},"high":{{"value":5.0}}}}]}}]}}""".encode()
    )
    (row,) = (row for block in parsed.blocks for row in block.rows)
    assert (row[3].text, row[1].flag, row[1].remarks) == (norm, flag, remarks)
    assert (DocumentProblem.FLAGS_COMPARED in parsed.problems) is norm.endswith("*")


def test_a_file_elsewhere_is_not_fetched() -> None:
    parsed = fhir.read(
        b'{"resourceType":"DocumentReference","content":[{"attachment":{"url":"http://192.0.2.1/x"}}]}'
    )
    assert parsed.problems == (DocumentProblem.REMOTE_CONTENT,)


def test_two_patients_in_one_document_are_told() -> None:
    parsed = fhir.read(
        b"""{"resourceType":"Bundle","entry":[
        {"resource":{"resourceType":"Patient","id":"1","name":[{"family":"Roux"}]}},
        {"resource":{"resourceType":"Patient","id":"2","name":[{"family":"Duval"}]}}]}"""
    )
    assert DocumentProblem.PATIENT_DIFFERS in parsed.problems


def test_a_resource_that_people_do_not_read_is_refused() -> None:
    with pytest.raises(UnreadableError):
        fhir.read(b'{"resourceType":"CapabilityStatement"}')


def test_a_program_in_a_narrative_is_left_out_and_said() -> None:
    parsed = fhir.read(
        b'{"resourceType":"Composition","section":[{"title":"S","text":'
        b'{"div":"<div><script>x()</script>Texte<img src=\'https://a.invalid/\'></div>"}}]}'
    )
    assert [block.text for block in parsed.blocks] == ["S", "Texte"]
    assert set(parsed.problems) == {DocumentProblem.ACTIVE_CONTENT, DocumentProblem.REMOTE_CONTENT}
