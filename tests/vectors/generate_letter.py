# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of reading a letter's sections, `letter/*.json`: one case a file, at most one failure a case.

`python tests/vectors/generate_letter.py` writes what is missing; `--check` only compares.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cbor2

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.wire.codec import encode
from crypto_core.wire.content import (
    CONTENT_TYPES,
    Attachment,
    Letter,
    LetterDetails,
    Mark,
    MarkKind,
    PatientIdentity,
    ResealRequest,
)
from crypto_core.wire.ids import BlobId, EnvelopeId, Hash, MessageId, PatientId
from crypto_core.wire.limits import MAX_MARKS
from tests.vectors.cases import Case, run

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).with_name("letter")
SOURCE: Final = "tests/vectors/generate_letter.py"

TEXT: Final = "Chère consœur,\nrepos\nglace 🧊\nà revoir"
# Lines: 0–14, 15–20, 21–28, 29–37. The ice is one code point, and two units of UTF-16.
LETTER: Final = Letter(version=1, subject="Compte rendu", text=TEXT)
PATIENT: Final = PatientIdentity(
    patient=PatientId(b"p" * 16),
    family_name="Durand",
    given_name="Lucie",
    birth_date="1984-02-29",
)
BOLD: Final = Mark(kind=MarkKind.BOLD, start=6, end=13)
LIST: Final = Mark(kind=MarkKind.BULLET, start=15, end=28)
LAST: Final = Mark(kind=MarkKind.BOLD, start=29, end=37)
DETAILS: Final = LetterDetails(
    version=1, marks=(BOLD, LIST, LAST), patient=PATIENT, is_answer_wanted=True
)
ATTACHMENT: Final = Attachment(
    version=1,
    blob=BlobId(b"b" * 16),
    key=bytes(32),
    name="bilan.pdf",
    media_type="application/pdf",
    size=3,
    sha256=Hash(bytes(32)),
)
REQUEST: Final = ResealRequest(
    version=1,
    message=MessageId(b"m" * 16),
    envelope=EnvelopeId(b"e" * 16),
    outer_header_hash=Hash(bytes(32)),
)
ALL: Final = (LETTER, DETAILS, ATTACHMENT)


def spelled(details: LetterDetails | None) -> dict[str, Any] | None:
    """Return what is left of details, as the files have it."""
    if details is None:
        return None
    patient = details.patient
    return {
        "marks": [[int(mark.kind), mark.start, mark.end] for mark in details.marks],
        "patient": None
        if patient is None
        else [patient.patient.hex(), patient.family_name, patient.given_name, patient.birth_date],
        "is_answer_wanted": details.is_answer_wanted,
    }


def case(
    name: str,
    comment: str,
    contents: tuple[object, ...] = ALL,
    *,
    left: LetterDetails | None = DETAILS,
    documents: int = 1,
    patient: PatientId | None = PATIENT.patient,
    change: tuple[int, bytes] | None = None,
) -> Case:
    """Make a case of sections that are read all the same; `left` is what is left of the details."""
    return Case(
        name=name,
        comment=comment,
        operation="read_letter",
        input=given(contents, patient, change),
        output={"text": TEXT, "details": spelled(left), "attachments": documents},
    )


def refused(
    name: str, comment: str, *contents: object, change: tuple[int, bytes] | None = None
) -> Case:
    """Make a case of sections that are no letter."""
    return Case(
        name=name,
        comment=comment,
        operation="read_letter",
        input=given(contents, PATIENT.patient, change),
        expect="wire",
    )


def given(
    contents: tuple[object, ...], patient: PatientId | None, change: tuple[int, bytes] | None
) -> dict[str, Any]:
    """Spell sections, one of them perhaps with other bytes."""
    sections = [[CONTENT_TYPES[type(each)], encode(each).hex()] for each in contents]
    if change is not None:
        sections[change[0]][1] = change[1].hex()
    return {"sections": sections, "patient": None if patient is None else patient.hex()}


def with_field(position: int, value: object) -> tuple[int, bytes]:
    """Return the details with one field that no object of the type has."""
    fields = cbor2.loads(encode(DETAILS))
    fields[position] = value
    return 1, cbor2.dumps(fields, canonical=True)


def marked(name: str, comment: str, *marks: Mark, left: tuple[Mark, ...]) -> Case:
    """Make a case of other marks."""
    return case(
        name,
        comment,
        (LETTER, replace(DETAILS, marks=marks), ATTACHMENT),
        left=replace(DETAILS, marks=left),
    )


def good_cases() -> Iterator[Case]:
    """Nothing is wrong."""
    yield case("ok_all", "Everything a letter may have.")
    yield case(
        "ok_plain",
        "Text and nothing else.",
        (LETTER,),
        left=None,
        documents=0,
        patient=None,
    )
    yield case("ok_documents_only", "No details.", (LETTER, ATTACHMENT), left=None, patient=None)
    yield case(
        "ok_no_patient",
        "Marks only.",
        (LETTER, replace(DETAILS, patient=None), ATTACHMENT),
        left=replace(DETAILS, patient=None),
        patient=None,
    )
    yield case(
        "ok_no_birth_date",
        "Nobody knows when they were born.",
        (LETTER, replace(DETAILS, patient=replace(PATIENT, birth_date="")), ATTACHMENT),
        left=replace(DETAILS, patient=replace(PATIENT, birth_date="")),
    )
    inside = Mark(kind=MarkKind.BOLD, start=15, end=20)
    yield marked("ok_bold_in_list", "Two sorts may overlap.", LIST, inside, left=(LIST, inside))
    numbered = Mark(kind=MarkKind.NUMBERED, start=29, end=37)
    yield marked(
        "ok_lists_in_a_row",
        "One ends in front of the line feed, the next begins behind it.",
        LIST,
        numbered,
        left=(LIST, numbered),
    )


def structure_cases() -> Iterator[Case]:
    """Not a letter: checks 1 and 2."""
    yield refused("letter_missing", "Check 1.", DETAILS, ATTACHMENT)
    yield refused("letter_cut", "Check 1.", *ALL, change=(0, encode(LETTER)[:-1]))
    yield refused("place_second_letter", "Check 2.", LETTER, LETTER)
    yield refused("place_second_details", "Check 2.", LETTER, DETAILS, DETAILS)
    yield refused("place_behind_attachment", "Check 2.", LETTER, ATTACHMENT, DETAILS)
    yield refused("place_other_kind", "Check 2.", LETTER, DETAILS, REQUEST)
    yield refused(
        "attachment_cut", "As for any message.", *ALL, change=(2, encode(ATTACHMENT)[:-1])
    )


def details_cases() -> Iterator[Case]:
    """Details that say something impossible as a whole: checks 3 to 5."""
    yield case("details_cut", "Check 3.", left=None, change=(1, encode(DETAILS)[:-1]))
    yield case("details_trailing_byte", "Check 3.", left=None, change=(1, encode(DETAILS) + b"\0"))
    yield case("details_version", "Check 3.", left=None, change=with_field(0, 2))
    yield case("details_mark_kind", "Check 3.", left=None, change=with_field(1, [[4, 0, 1]]))
    yield case(
        "details_too_many_marks",
        "Check 3.",
        left=None,
        change=with_field(1, [[1, 0, 1]] * (MAX_MARKS + 1)),
    )
    yield case(
        "details_no_name",
        "Check 3.",
        left=None,
        change=with_field(2, [b"p" * 16, "", "Lucie", ""]),
    )
    nobody = replace(DETAILS, patient=None)
    yield case("patient_other", "Check 4.", left=nobody, patient=PatientId(b"q" * 16))
    yield case("patient_not_in_header", "Check 4.", left=nobody, patient=None)
    for name, birth_date in (
        ("date_none", "1985-02-29"),
        ("date_other_spelling", "29/02/1984"),
        ("date_short", "19840229"),
    ):
        yield case(
            name,
            "Check 5.",
            (LETTER, replace(DETAILS, patient=replace(PATIENT, birth_date=birth_date)), ATTACHMENT),
            left=replace(DETAILS, patient=replace(PATIENT, birth_date="")),
        )


def mark_cases() -> Iterator[Case]:
    """One mark that is dropped, the others stay: checks 6 to 10."""
    empty = replace(BOLD, start=14, end=14)
    yield marked("mark_empty", "Check 6.", BOLD, empty, LIST, left=(BOLD, LIST))
    backwards = replace(BOLD, start=16, end=14)
    yield marked("mark_backwards", "Check 6.", BOLD, backwards, LAST, left=(BOLD, LAST))
    beyond = replace(LAST, end=38)
    yield marked("mark_beyond", "Check 7.", BOLD, LIST, beyond, left=(BOLD, LIST))
    yield marked("mark_order", "Check 8.", LIST, BOLD, LAST, left=(LIST, LAST))
    inside = replace(BOLD, start=12, end=14)
    yield marked("mark_overlap_bold", "Check 9.", BOLD, inside, LIST, left=(BOLD, LIST))
    numbered = Mark(kind=MarkKind.NUMBERED, start=21, end=28)
    yield marked("mark_overlap_lists", "Check 9.", LIST, numbered, LAST, left=(LIST, LAST))
    late = replace(LIST, start=16)
    yield marked("mark_line_start", "Check 10.", BOLD, late, LAST, left=(BOLD, LAST))
    early = replace(LIST, end=27)
    yield marked("mark_line_end", "Check 10.", BOLD, early, LAST, left=(BOLD, LAST))
    with_feed = replace(LIST, end=29)
    yield marked("mark_line_feed", "Check 10.", BOLD, with_feed, LAST, left=(BOLD, LAST))


def cases() -> tuple[Case, ...]:
    """Return all cases."""
    return (*good_cases(), *structure_cases(), *details_cases(), *mark_cases())


if __name__ == "__main__":
    sys.exit(run(FOLDER, SOURCE, cases(), sys.argv[1:]))
