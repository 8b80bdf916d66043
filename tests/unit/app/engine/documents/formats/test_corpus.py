# SPDX-License-Identifier: AGPL-3.0-or-later
"""Good and hostile documents: nothing but UnreadableError, nothing outside, everything within its bounds."""

from __future__ import annotations

import codecs
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.documents.drawn import Drawn, NoPageError
from app.engine.documents.formats import (
    cda,
    dicom,
    fhir,
    hprim,
    limits,
    mail,
    mailbox,
    pdf,
    pictures,
    text,
    unshown,
    xdm,
)
from app.engine.documents.formats.kinds import kind_of
from app.engine.documents.parsed import Parsed, UnreadableError
from app.engine.ports.documents import ReadDocument
from app.interface.documents import MAX_PIXELS_BYTES, DocumentKind, DocumentProblem, Part
from crypto_core.wire.codec import decode, encode
from tests.corpus.documents import make_corpus
from tests.fakes.watched import watched

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.filterwarnings("ignore")
"""As in a reader: libraries warn about every second damaged file."""
READERS: Final[dict[DocumentKind, ModuleType]] = {
    DocumentKind.CDA: cda,
    DocumentKind.XDM: xdm,
    DocumentKind.HPRIM: hprim,
    DocumentKind.MAIL: mail,
    DocumentKind.MAILBOX: mailbox,
    DocumentKind.FHIR: fhir,
    DocumentKind.PDF: pdf,
    DocumentKind.PICTURE: pictures,
    DocumentKind.DICOM: dicom,
    DocumentKind.TEXT: text,
    DocumentKind.OFFICE: unshown,
    DocumentKind.ARCHIVE: unshown,
    DocumentKind.UNKNOWN: unshown,
}
BY_ENDING: Final = {
    "xml": cda,
    "zip": xdm,
    "hpr": hprim,
    "eml": mail,
    "mbox": mailbox,
    "json": fhir,
    "pdf": pdf,
    "dcm": dicom,
    **dict.fromkeys(("jpg", "png", "gif", "webp", "bmp", "tif"), pictures),
}
"""Which reader a damaged file of the corpus is given to, when nothing tells its kind any more."""
GOOD: Final = {name: make() for name, make in make_corpus.GOOD.items()}
HOSTILE: Final = {name: make() for name, make in make_corpus.HOSTILE.items()}

PAGED: Final = frozenset({DocumentKind.PDF, DocumentKind.PICTURE, DocumentKind.DICOM})
REFUSED: Final = {
    **dict.fromkeys(
        (
            *(
                "xxe-fichier.xml",
                "xxe-reseau.xml",
                "xxe-parametre.xml",
                "rires.xml",
                "dtd-seule.xml",
            ),
            *("traversee.zip", "traversee-windows.zip", "absolu.zip", "lecteur.zip", "casse.zip"),
            *("lien.zip", "chevauchement.zip", "dtd.zip", "vide.hpr", "profond.json"),
            *("coupe.zip", "coupe.pdf", "tete-seule.pdf", "coupe.webp"),
        ),
        DocumentProblem.DAMAGED,
    ),
    "profond.xml": DocumentProblem.TOO_LARGE,
    **dict.fromkeys(
        ("bombe.zip", "immense.png", "immense.bmp", "profond.dcm"), DocumentProblem.TOO_LARGE
    ),
    "chiffre.zip": DocumentProblem.PROTECTED,
}
SAID: Final = {
    "empreinte-fausse.zip": DocumentProblem.HASH_WRONG,
    "taille-fausse.zip": DocumentProblem.SIZE_WRONG,
    "absent.zip": DocumentProblem.PART_MISSING,
    "non-annonce.zip": DocumentProblem.PART_UNLISTED,
    "uri-dehors.zip": DocumentProblem.PART_MISSING,
    "deux-patients.zip": DocumentProblem.PATIENT_DIFFERS,
    "longueur-fausse.zip": DocumentProblem.DAMAGED,
    "sans-fin.eml": DocumentProblem.DAMAGED,
    "limite-vide.eml": DocumentProblem.DAMAGED,
    "profond.eml": DocumentProblem.CUT,
    "debuts.mbox": DocumentProblem.CUT,
    "trop-de-pages.tif": DocumentProblem.CUT,
    "lancement.pdf": DocumentProblem.ACTIVE_CONTENT,
    "macro.docm": DocumentProblem.ACTIVE_CONTENT,
    "envoi.pdf": DocumentProblem.REMOTE_CONTENT,
    **dict.fromkeys(
        (
            *("coupe.hpr", "coupe-tot.hpr", "coupe.jpg", "coupe.png", "somme-fausse.png"),
            *("coupe.gif", "coupe.bmp", "coupe.tif", "coupe.dcm", "images-absentes.dcm"),
            *("images-sans-nombre.dcm", "longueur-fausse.dcm"),
            *("coupe.docx", "coupe.doc", "coupe.rtf", "coupe.mbox", "ligne-sans-fin.mbox"),
        ),
        DocumentProblem.DAMAGED,
    ),
}
HARMLESS: Final = frozenset(HOSTILE) - frozenset(REFUSED) - frozenset(SAID)


def reader_of(name: str, content: bytes) -> ModuleType:
    """Return the reader that the content calls for, or the name where damage hides what it is."""
    kind = kind_of(content)
    ending = BY_ENDING.get(name.rpartition(".")[2])
    is_known = kind not in {DocumentKind.UNKNOWN, DocumentKind.TEXT}
    return READERS[kind] if is_known or ending is None else ending


def read(reader: ModuleType, content: bytes) -> Parsed | None:
    """Return what was read, None if it was refused; anything else is a failure of the test."""
    try:
        drawn: Drawn | None = reader.draw(content) if hasattr(reader, "draw") else None
        parsed: Parsed = reader.read(content) if drawn is None else drawn.parsed
    except UnreadableError:
        return None
    told(parsed)
    if drawn is not None:
        draw_some(drawn)
    return parsed


def draw_some(drawn: Drawn) -> None:
    """Draw the first and the last page; that there is none may be said, and nothing else may happen."""
    for page in {0, max(0, drawn.pages - 1)}:
        try:
            pixels = drawn.draw(page, 40)
        except NoPageError:
            continue
        assert len(pixels.rgb) == 3 * pixels.width * pixels.height <= MAX_PIXELS_BYTES
    drawn.text(1000)


def told(parsed: Parsed) -> ReadDocument:
    """Return what is told of it, through the codec that forbids what is out of bounds."""
    document = ReadDocument(
        kind=parsed.kind,
        facts=parsed.facts,
        patient=parsed.patient,
        blocks=parsed.blocks,
        parts=tuple(
            Part(
                kind=part.kind,
                name=part.name,
                title=part.title,
                size=len(part.content),
                same_as=part.same_as,
                problems=part.problems,
            )
            for part in parsed.parts
        ),
        problems=parsed.problems,
        has_abnormal=parsed.has_abnormal,
    )
    assert decode(ReadDocument, encode(document)) == document
    shown = sum(
        len(block.text.encode())
        + sum(len(cell.text.encode()) for row in block.rows for cell in row)
        for block in parsed.blocks
    )
    assert shown <= limits.MAX_SHOWN_BYTES
    assert sum(len(part.content) for part in parsed.parts) <= limits.MAX_PARTS_BYTES
    return document


def test_the_corpus_is_what_its_script_writes() -> None:
    script = make_corpus.HERE / "make_corpus.py"
    subprocess.run([sys.executable, str(script), "--check"], check=True)
    kept = {
        path.name
        for folder in ("good", "hostile")
        for path in (make_corpus.HERE / folder).iterdir()
    }
    assert kept == set(GOOD) | set(HOSTILE)


@pytest.mark.parametrize("name", GOOD)
def test_good_documents_are_read(name: str) -> None:
    content = GOOD[name]
    assert READERS[kind_of(content)] is reader_of(name, content)
    parsed = read(reader_of(name, content), content)
    assert parsed is not None
    assert parsed.kind is kind_of(content)
    has_pages = parsed.kind in PAGED and READERS[parsed.kind].draw(content).pages > 0
    assert has_pages or parsed.blocks or parsed.parts or READERS[parsed.kind] is unshown
    assert DocumentProblem.DAMAGED not in parsed.problems


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_sense_is_refused_whole(name: str) -> None:
    reader = reader_of(name, HOSTILE[name])
    with pytest.raises(UnreadableError) as refused:
        (getattr(reader, "draw", None) or reader.read)(HOSTILE[name])
    assert refused.value.problem is REFUSED[name]


@pytest.mark.parametrize("name", SAID)
def test_what_is_wrong_is_said(name: str) -> None:
    parsed = read(reader_of(name, HOSTILE[name]), HOSTILE[name])
    assert parsed is not None
    assert SAID[name] in parsed.problems


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_what_only_looks_dangerous_is_shown(name: str) -> None:
    parsed = read(reader_of(name, HOSTILE[name]), HOSTILE[name])
    assert parsed is not None
    assert DocumentProblem.DAMAGED not in parsed.problems
    assert "root:" not in repr([block.text for block in parsed.blocks])


def test_nothing_outside_is_reached_for() -> None:
    documents = {**GOOD, **HOSTILE}
    # Python opens modules and codecs of its own when they are first needed, which is not what is looked for.
    codecs.lookup("ascii")
    for name, content in GOOD.items():
        read(reader_of(name, content), content)
    with watched() as reached:
        for name, content in documents.items():
            for reader in set(READERS.values()):
                read(reader, content)
            read(reader_of(name, content), content)
            assert not reached, name


def test_reaching_outside_would_be_seen() -> None:
    with watched() as reached, make_corpus.HERE.joinpath("make_corpus.py").open():
        assert reached


@pytest.mark.parametrize("name", GOOD)
def test_a_document_that_breaks_off_anywhere_does_no_harm(name: str) -> None:
    content = GOOD[name]
    reader = reader_of(name, content)
    for part in range(16):
        read(reader, content[: len(content) * part // 16])


def test_ten_million_characters_on_one_line_are_cut() -> None:
    for name, content in make_corpus.large().items():
        parsed = read(
            {
                "xdm": xdm,
                "cda": cda,
                "fhir": fhir,
                "hprim": hprim,
                "mail": mail,
                "mailbox": mailbox,
            }[name],
            content,
        )
        assert parsed is not None


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(GOOD)),
    changes=st.lists(
        st.tuples(
            st.floats(0, 1),
            st.integers(0, 40),
            st.one_of(
                st.binary(max_size=12),
                st.sampled_from(
                    [
                        b"<",
                        b">",
                        b"\0",
                        b"\r",
                        b"--",
                        b'"',
                        b"&#9;",
                        b"PK\x05\x06",
                        b"****FIN****",
                        b"\xff" * 8,
                    ]
                ),
            ),
        ),
        min_size=1,
        max_size=8,
    ),
)
def test_no_change_of_a_good_document_raises_anything_else(
    name: str, changes: list[tuple[float, int, bytes]]
) -> None:
    content = GOOD[name]
    reader = reader_of(name, content)
    for place, removed, inserted in changes:
        at = int(place * len(content))
        content = content[:at] + inserted + content[at + removed :]
    read(reader, content)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(content: bytes) -> None:
    kind_of(content)
    for reader in set(READERS.values()):
        read(reader, content)
