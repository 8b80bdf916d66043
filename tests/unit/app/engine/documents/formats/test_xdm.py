# SPDX-License-Identifier: AGPL-3.0-or-later
"""IHE_XDM.zip: one card per document, each held against the list; and one written by ourselves."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from app.engine.documents.formats import xdm
from app.engine.documents.formats.xdm_writing import XdmDocument, write_xdm
from app.engine.documents.parsed import UnreadableError
from app.interface.documents import DocumentKind, DocumentPatient, DocumentProblem, FactKind
from tests.corpus.documents.make_corpus import (
    GOOD,
    HOSTILE,
    PDF,
    archive,
    cda_file,
    cda_sections,
    entry,
    zipped,
)

PATIENT = DocumentPatient(family_name="D’ÎLE & FILS", given_name="Zoé", birth_date="1990-02-03")


def document(*, title: str = "Lettre <& co>", content: bytes = PDF) -> XdmDocument:
    return XdmDocument(
        content=content,
        media_type="application/pdf",
        title=title,
        patient=PATIENT,
        author="Claire Martin",
        organisation="Cabinet de la Fiction",
        type_code="11488-4",
        type_name="Compte rendu de consultation",
        created_at=dt.datetime(2026, 11, 20, 11, 30, tzinfo=dt.timezone(dt.timedelta(hours=1))),
        document=uuid.UUID(int=1),
        submission=uuid.UUID(int=2),
        software=uuid.UUID(int=3),
    )


def test_each_document_is_a_card_and_pages_for_people_are_none() -> None:
    parsed = xdm.read(GOOD["xdm.zip"]())
    assert [(part.kind, part.name, part.title) for part in parsed.parts] == [
        (DocumentKind.CDA, "DOC0001.XML", "Examens de sang"),
        (DocumentKind.PDF, "DOC0001.PDF", "Examens de sang"),
        (DocumentKind.PICTURE, "frottis.png", "Frottis"),
    ]
    assert parsed.problems == ()


def test_the_head_is_the_list_s() -> None:
    facts = {fact.kind: fact.text for fact in xdm.read(GOOD["xdm.zip"]()).facts}
    assert facts[FactKind.TITLE] == "Résultats de Mme Lemoine"
    assert facts[FactKind.PATIENT] == "LEMOINE ÉLODIE"
    assert facts[FactKind.BIRTH_DATE] == "1962-02-17"
    assert facts[FactKind.AUTHOR] == "DR NADIA FERRAT"
    assert facts[FactKind.ORGANISATION] == "Laboratoire du Mirage"
    assert facts[FactKind.RECIPIENT] == "DR KARIM BENALI"
    assert facts[FactKind.DATE] == "2026-11-18T08:30"


def test_a_pdf_of_the_same_act_points_to_the_cda_with_sections() -> None:
    assert [part.same_as for part in xdm.read(GOOD["xdm.zip"]()).parts] == [None, 0, None]


def test_a_cda_that_only_carries_the_pdf_points_to_the_pdf() -> None:
    assert [part.same_as for part in xdm.read(GOOD["xdm-autour-du-pdf.zip"]()).parts] == [1, None]


def test_a_pdf_of_another_act_is_a_document_of_its_own() -> None:
    files = [("a.xml", cda_sections()), ("b.pdf", PDF)]
    made = archive(files, [entry(*files[0]), entry(*files[1], title="Ordonnance", code="57833-6")])
    assert [part.same_as for part in xdm.read(made).parts] == [None, None]


def test_what_the_list_says_to_be_a_transformation_is_the_same() -> None:
    files = [("a.xml", cda_sections()), ("b.pdf", PDF)]
    more = (
        '<Association associationType="urn:ihe:iti:2007:AssociationType:XFRM"'
        ' sourceObject="D-b.pdf" targetObject="D-a.xml"/>'
    )
    made = archive(files, [entry(*files[0]), entry(*files[1], title="Autre", code="x")], more=more)
    assert [part.same_as for part in xdm.read(made).parts] == [None, 0]


def test_several_lists_and_any_case_of_names_are_read() -> None:
    parts = xdm.read(GOOD["xdm-deux-lots.zip"]()).parts
    assert [part.title for part in parts] == ["Premier", "Second"]


def test_a_wrong_hash_is_said_of_its_document() -> None:
    (part,) = xdm.read(HOSTILE["empreinte-fausse.zip"]()).parts
    assert part.problems == (DocumentProblem.HASH_WRONG,)


def test_a_wrong_size_is_said_of_its_document() -> None:
    (part,) = xdm.read(HOSTILE["taille-fausse.zip"]()).parts
    assert part.problems == (DocumentProblem.SIZE_WRONG,)


def test_a_file_that_no_list_names_is_shown_and_said() -> None:
    parts = xdm.read(HOSTILE["non-annonce.zip"]()).parts
    assert [part.problems for part in parts] == [(), (DocumentProblem.PART_UNLISTED,)]


def test_a_cda_about_another_patient_than_its_list_is_told() -> None:
    other = cda_file(PDF).replace(b"LEMOINE", b"ROUX")
    made = archive([("a.xml", other)], [entry("a.xml", other)])
    assert DocumentProblem.PATIENT_DIFFERS in xdm.read(made).problems


def test_the_same_patient_written_otherwise_is_the_same() -> None:
    made = archive(
        [("a.pdf", PDF), ("b.pdf", PDF)],
        [entry("a.pdf", PDF), entry("b.pdf", PDF, given="Elodie-Anne")],
    )
    assert DocumentProblem.PATIENT_DIFFERS not in xdm.read(made).problems


def test_an_archive_without_a_list_is_refused() -> None:
    with pytest.raises(UnreadableError):
        xdm.read(zipped([("IHE_XDM/S/a.pdf", PDF)]))


def test_an_archive_in_an_archive_stays_closed() -> None:
    (part,) = xdm.read(HOSTILE["zip-dans-zip.zip"]()).parts
    assert part.kind is DocumentKind.XDM


@pytest.mark.parametrize(
    "name", ["IHE_XDM/S/../../x", "..\\x", "/x", "C:\\x", "\\\\serveur\\x", "IHE_XDM/S/a.pdf\0.txt"]
)
def test_no_name_leads_outside(name: str) -> None:
    made = zipped([("IHE_XDM/S/METADATA.XML", b"<a/>"), ("x" * len(name), b"x")])
    made = made.replace(b"x" * len(name), name.encode())
    with pytest.raises(UnreadableError):
        xdm.read(made)


def test_a_wrong_checksum_is_damage_of_its_document_only() -> None:
    made = GOOD["xdm.zip"]().replace(b"%PDF-1.4", b"%PDF-1.5")
    parsed = xdm.read(made)
    assert [part.problems for part in parsed.parts] == [(), (DocumentProblem.DAMAGED,), ()]


def test_what_we_write_we_read() -> None:
    parsed = xdm.read(write_xdm(document()))
    (part,) = parsed.parts
    assert part.content == PDF
    assert part.title == "Lettre <& co>"
    assert parsed.problems == ()
    assert parsed.patient == DocumentPatient(
        family_name="D’ÎLE FILS", given_name="Zoé", birth_date="1990-02-03"
    )
    facts = {fact.kind: fact.text for fact in parsed.facts}
    assert facts[FactKind.AUTHOR] == "Claire Martin"
    assert facts[FactKind.ORGANISATION] == "Cabinet de la Fiction"
    assert facts[FactKind.DOCUMENT_TYPE] == "Compte rendu de consultation"
    assert facts[FactKind.DATE] == "2026-11-20T10:30"


def test_the_same_document_gives_the_same_bytes() -> None:
    assert write_xdm(document()) == write_xdm(document())


def test_a_title_cannot_add_to_the_list() -> None:
    title = '"/><ExtrinsicObject id="x"><Name>\n]]>&lt;'
    parsed = xdm.read(write_xdm(document(title=title)))
    assert len(parsed.parts) == 1
    assert parsed.parts[0].title == title.replace("\n", " ")


def test_what_we_write_has_the_places_and_the_hash_of_the_format() -> None:
    with zipfile.ZipFile(BytesIO(write_xdm(document()))) as made:
        assert made.namelist() == [
            "README.TXT",
            "INDEX.HTM",
            "IHE_XDM/SUBSET01/METADATA.XML",
            "IHE_XDM/SUBSET01/DOC00001.PDF",
        ]
        listed = made.read("IHE_XDM/SUBSET01/METADATA.XML").decode()
        assert hashlib.sha1(PDF, usedforsecurity=False).hexdigest() in listed
        assert "U-HealthSec" in made.read("README.TXT").decode()


def test_the_sample_is_two_documents_of_one_patient() -> None:
    sample = Path(__file__).resolve().parents[6] / "assets" / "samples" / "dossier-genou.zip"
    parsed = xdm.read(sample.read_bytes())
    assert [(part.kind, part.title, part.same_as) for part in parsed.parts] == [
        (DocumentKind.CDA, "Compte rendu de consultation, genou droit", None),
        (DocumentKind.PDF, "Lettre d’adressage, genou droit", None),
    ]
    assert parsed.problems == ()
