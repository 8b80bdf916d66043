# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a file is: told by how it is made, not by a word in it."""

from __future__ import annotations

import pytest

from app.engine.documents.formats import hprim
from app.engine.documents.formats.kinds import kind_of
from app.interface.documents import DocumentKind, DocumentProblem
from tests.corpus.documents.make_corpus import GOOD, HOSTILE, HPRIM, hprim_writings, zipped

KINDS = {
    "lettre.pdf": DocumentKind.PDF,
    "photo.jpg": DocumentKind.PICTURE,
    "dessin.bmp": DocumentKind.PICTURE,
    "radio.dcm": DocumentKind.DICOM,
    "xdm.zip": DocumentKind.XDM,
    "xdm-deux-lots.zip": DocumentKind.XDM,
    # Both hold a file that is called as the list of an XDM is.
    "photos.zip": DocumentKind.ARCHIVE,
    "lettre.docx": DocumentKind.OFFICE,
    "lettre.doc": DocumentKind.OFFICE,
    "lettre.rtf": DocumentKind.OFFICE,
    # It mentions an end mark.
    "note.txt": DocumentKind.TEXT,
}


@pytest.mark.parametrize("name", KINDS)
def test_a_file_is_what_it_is_made_as(name: str) -> None:
    assert kind_of(GOOD[name]()) is KINDS[name]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("METADATA.XML", DocumentKind.ARCHIVE),
        ("old-metadata.xml.bak", DocumentKind.ARCHIVE),
        ("IHE_XDM/SUBSET01/METADATA.XML.bak", DocumentKind.ARCHIVE),
        ("IHE_XDM/METADATA.XML", DocumentKind.ARCHIVE),
        ("ihe_xdm/subset01/metadata.xml", DocumentKind.XDM),
        ("IHE_XDM\\SUBSET01\\METADATA.XML", DocumentKind.XDM),
        ("META-INF/manifest.xml", DocumentKind.OFFICE),
        ("notes [Content_Types].xml", DocumentKind.ARCHIVE),
    ],
)
def test_an_archive_is_told_by_a_whole_name(name: str, kind: DocumentKind) -> None:
    assert kind_of(zipped([("a.txt", b"x"), (name, b"x")])) is kind


def test_an_archive_that_broke_off_is_still_what_it_was() -> None:
    assert kind_of(HOSTILE["coupe.zip"]()) is DocumentKind.XDM
    assert kind_of(HOSTILE["coupe.docx"]()) is DocumentKind.OFFICE


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_a_laboratory_s_file_that_broke_off_is_no_text(encoding: str, end: str) -> None:
    text = HPRIM.replace("’", "'")
    # As far as the date of the results, nothing else looks like it.
    least = text.index("18/11/2026\n") + 80
    for length in range(least, text.index("****FIN****"), 37):
        content = text[:length].replace("\n", end).encode(encoding)
        assert kind_of(content) is DocumentKind.HPRIM
        assert DocumentProblem.DAMAGED in hprim.read(content).problems


def test_a_row_that_broke_off_before_its_value_is_text() -> None:
    whole = hprim_writings()
    parsed = hprim.read(whole[: whole.index(b"|180 000")].rpartition(b"|")[0].rpartition(b"|")[0])
    assert not any(block.rows for block in parsed.blocks)
    assert "Plaquettes" in parsed.blocks[-1].text


@pytest.mark.parametrize(
    "text",
    [
        "Le fichier finit par ****FIN****.",
        "****LAB****\nn'est pas un fichier",
        "1\n" * 20,
        "****FIN**** et la suite",
    ],
)
def test_a_note_about_such_a_file_is_a_text(text: str) -> None:
    assert kind_of(text.encode()) is DocumentKind.TEXT
