# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of marks of one's own, `own_marks/*.json`: one case a file, at most one failure a case.

`python tests/vectors/generate_own_marks.py` writes what is missing; `--check` only compares.
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
    MOST_COUNTED,
    Mark,
    MarkedPerson,
    MarkedWriting,
    MarkField,
    MarkKind,
    MarkSubject,
    OwnMark,
    OwnMarks,
    PatientIdentity,
    Stamp,
    Standing,
)
from crypto_core.wire.ids import DeviceId, PatientId, UnixMillis
from crypto_core.wire.limits import MAX_OWN_MARKS, MAX_REMARK_BYTES
from tests.vectors.cases import Case, run

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).with_name("own_marks")
SOURCE: Final = "tests/vectors/generate_own_marks.py"

NOW: Final = 1_790_000_000_000
HERE: Final = DeviceId(b"d" * 16)
THERE: Final = DeviceId(b"e" * 16)
STAMP: Final = Stamp(time=UnixMillis(NOW), count=2, device=HERE)
LETTER: Final = MarkSubject(b"m" * 16)
CONVERSATION: Final = MarkSubject(b"c" * 16)
ACCOUNT: Final = MarkSubject(b"a" * 20)
ZEROS: Final = MarkSubject(bytes(16))
NAMES: Final = PatientIdentity(
    patient=PatientId(b"p" * 16),
    family_name="Durand",
    given_name="Lucie",
    birth_date="1984-02-29",
)
PERSON: Final = MarkedPerson(
    name="Dr Léa Fontaine",
    profession="Ostéopathe",
    place="Lyon",
    note="Nous nous sommes vues à Nantes.",
    standing=Standing.ACCEPTED,
)
REMARK: Final = MarkedWriting(
    name="", subject="", text="absente le mardi", marks=(), is_urgent=False, is_answer_wanted=False
)
TEMPLATE: Final = MarkedWriting(
    name="Compte rendu",
    subject="Suites",
    text="Chère consœur,\nrepos",
    marks=(Mark(kind=MarkKind.BOLD, start=0, end=5),),
    is_urgent=True,
    is_answer_wanted=True,
)


def mark(field: MarkField, subject: bytes, *, on: bool = True, **more: Any) -> OwnMark:  # noqa: ANN401 - of an OwnMark
    """Make a mark."""
    fields: dict[str, Any] = {"stamp": STAMP} | more
    return OwnMark(field=field, subject=MarkSubject(subject), is_on=on, **fields)


READ: Final = mark(MarkField.READ, LETTER)
PATIENT: Final = mark(MarkField.PATIENT, NAMES.patient, patient=NAMES)
CONTACT: Final = mark(MarkField.CONTACT, ACCOUNT, person=PERSON)
NOTED: Final = mark(MarkField.REMARK, ACCOUNT, writing=REMARK)
EVERY: Final = (
    READ,
    mark(MarkField.REMOVED, LETTER),
    mark(MarkField.ARCHIVED, CONVERSATION, other=LETTER),
    mark(MarkField.ARCHIVED, CONVERSATION, on=False),
    mark(MarkField.FLAGGED, CONVERSATION, on=False, other=LETTER),
    mark(MarkField.FLAGGED, CONVERSATION),
    mark(MarkField.FILED, CONVERSATION, other=MarkSubject(NAMES.patient)),
    mark(MarkField.FILED, CONVERSATION, on=False),
    PATIENT,
    mark(MarkField.PATIENT, NAMES.patient, on=False),
    CONTACT,
    mark(MarkField.BLOCKED, ACCOUNT),
    NOTED,
    mark(MarkField.REMARK, ACCOUNT, on=False),
    mark(MarkField.TEMPLATE, b"t" * 16, writing=TEMPLATE),
    mark(MarkField.TEMPLATE, b"t" * 16, on=False),
    mark(MarkField.SIGNATURE, ZEROS, writing=replace(REMARK, text="Dr Anne Morvan")),
    mark(MarkField.SIGNATURE, ZEROS, on=False),
    mark(MarkField.ERASED, LETTER),
    mark(MarkField.ERASED, LETTER, other=CONVERSATION),
)
"""What each field can say."""


def spelled(stamp: Stamp | None) -> list[Any] | None:
    """Return a stamp as the files have it."""
    return None if stamp is None else [stamp.time, stamp.count, stamp.device.hex()]


def case(
    name: str,
    comment: str,
    *marks: OwnMark,
    known: Stamp | None = None,
    holds: tuple[int, ...] | None = None,
) -> Case:
    """Make a case of marks that come in an order; `holds` are those that change something, all of them if not given."""
    return Case(
        name=name,
        comment=comment,
        operation="receive_marks",
        input={"section": encode(OwnMarks(version=1, marks=marks)).hex(), "known": spelled(known)},
        output=list(range(len(marks)) if holds is None else holds),
    )


def refused(name: str, comment: str, section: bytes) -> Case:
    """Make a case of a section that is none."""
    return Case(
        name=name,
        comment=comment,
        operation="receive_marks",
        input={"section": section.hex(), "known": None},
        expect="wire",
    )


def dropped(name: str, comment: str, wrong: OwnMark) -> Case:
    """Make a case of a mark that says what its field cannot say; the one beside it counts."""
    beside = mark(MarkField.READ, b"n" * 16)
    return case(name, comment, wrong, beside, holds=(1,))


def stamped(name: str, comment: str, newest: Stamp, now: int, made: Stamp) -> Case:
    """Make a case of the stamp that a computer gives next."""
    return Case(
        name=name,
        comment=comment,
        operation="following",
        input={"newest": spelled(newest), "device": HERE.hex(), "now": now},
        output=spelled(made),
    )


def with_field(position: int, value: object) -> bytes:
    """Return a section whose one mark has a field that no object of the type has."""
    fields = cbor2.loads(encode(OwnMarks(version=1, marks=(READ,))))
    fields[1][0][position] = value
    return cbor2.dumps(fields, canonical=True)


def order_cases() -> Iterator[Case]:
    """Check 7: the latest stamp holds, whatever comes first and however often."""
    every = [replace(each, stamp=replace(STAMP, count=at)) for at, each in enumerate(EVERY)]
    yield case("ok_every_field", "What each field can say, on and off.", *every)
    yield case("ok_later", "Later than what is known.", READ, known=replace(STAMP, count=1))
    later = replace(READ, is_on=False, stamp=replace(STAMP, time=UnixMillis(NOW + 1), count=0))
    yield case("ok_time_before_count", "The time goes before the count.", READ, later)
    other = replace(READ, is_on=False, stamp=replace(STAMP, device=THERE))
    yield case("ok_device_decides", "The same moment on two computers.", READ, other)
    yield case("order_same", "Check 7.", READ, READ, holds=(0,))
    yield case("order_known", "Check 7.", READ, known=STAMP, holds=())
    yield case("order_earlier", "Check 7.", later, READ, holds=(0,))
    yield case("order_device", "Check 7.", other, READ, holds=(0,))
    zeros = Stamp(time=UnixMillis(0), count=0, device=DeviceId(bytes(16)))
    before_all = replace(READ, stamp=zeros)
    yield case("ok_before_all", "Zeros hold where there is nothing.", before_all)
    yield case("order_before_all", "Check 7.", before_all, known=zeros, holds=())


def sense_cases() -> Iterator[Case]:
    """Checks 3 to 6."""
    yield dropped("subject_short", "Check 3.", mark(MarkField.BLOCKED, b"a" * 16))
    yield dropped("subject_long", "Check 3.", mark(MarkField.READ, b"a" * 20))
    yield dropped("subject_between", "Check 3.", mark(MarkField.FLAGGED, b"a" * 17))
    yield dropped("subject_signature", "Check 3.", mark(MarkField.SIGNATURE, b"s" * 16, on=False))
    yield dropped("other_missing", "Check 4.", mark(MarkField.FILED, CONVERSATION))
    yield dropped(
        "other_unfiled", "Check 4.", mark(MarkField.FILED, CONVERSATION, on=False, other=LETTER)
    )
    yield dropped("other_none_meant", "Check 4.", mark(MarkField.READ, LETTER, other=LETTER))
    yield dropped("other_long", "Check 4.", mark(MarkField.FLAGGED, CONVERSATION, other=ACCOUNT))
    yield dropped("patient_missing", "Check 5.", mark(MarkField.PATIENT, NAMES.patient))
    yield dropped("patient_other", "Check 5.", mark(MarkField.PATIENT, b"q" * 16, patient=NAMES))
    yield dropped("patient_forgotten", "Check 5.", replace(PATIENT, is_on=False))
    yield dropped("patient_none_meant", "Check 5.", replace(READ, patient=NAMES))
    yield dropped("words_no_person", "Check 6.", mark(MarkField.CONTACT, ACCOUNT))
    yield dropped("words_person_off", "Check 6.", replace(CONTACT, is_on=False))
    yield dropped(
        "words_person_of_block", "Check 6.", mark(MarkField.BLOCKED, ACCOUNT, person=PERSON)
    )
    yield dropped("words_person_and_writing", "Check 6.", replace(CONTACT, writing=REMARK))
    yield dropped("words_no_remark", "Check 6.", mark(MarkField.REMARK, ACCOUNT))
    yield dropped("words_remark_off", "Check 6.", replace(NOTED, is_on=False))
    long = replace(REMARK, text="é" * (MAX_REMARK_BYTES // 2) + "a")
    yield dropped("words_remark_too_long", "Check 6.", replace(NOTED, writing=long))
    longest = replace(REMARK, text="é" * (MAX_REMARK_BYTES // 2))
    yield case("ok_longest_remark", "4 KiB.", replace(NOTED, writing=longest))
    yield dropped("words_none_meant", "Check 6.", replace(READ, writing=REMARK))


def structure_cases() -> Iterator[Case]:
    """Check 1."""
    whole = encode(OwnMarks(version=1, marks=(READ,)))
    yield refused("structure_cut", "Check 1.", whole[:-1])
    yield refused("structure_trailing_byte", "Check 1.", whole + b"\0")
    yield refused("structure_no_mark", "Check 1.", cbor2.dumps([1, []], canonical=True))
    one = cbor2.loads(whole)[1]
    many = cbor2.dumps([1, one * (MAX_OWN_MARKS + 1)], canonical=True)
    yield refused("structure_too_many", "Check 1.", many)
    yield refused("structure_version", "Check 1.", cbor2.dumps([2, one], canonical=True))
    yield refused("structure_field", "Check 1.", with_field(0, 99))
    yield refused("structure_subject", "Check 1.", with_field(1, b"m" * 15))
    yield refused("structure_negative", "Check 1.", with_field(2, [-1, 0, HERE]))
    yield refused("structure_count", "Check 1.", with_field(2, [NOW, MOST_COUNTED + 1, HERE]))
    standing = cbor2.loads(encode(PERSON))
    standing[4] = 6
    yield refused("structure_standing", "Check 1.", with_field(6, standing))


def clock_cases() -> Iterator[Case]:
    """The stamp that a computer gives next."""
    yield stamped(
        "clock_later",
        "The clock stands later than everything seen.",
        STAMP,
        NOW + 1,
        Stamp(time=UnixMillis(NOW + 1), count=0, device=HERE),
    )
    counted = replace(STAMP, count=3)
    yield stamped("clock_same", "The same millisecond.", STAMP, NOW, counted)
    yield stamped("clock_behind", "The clock stands behind.", STAMP, NOW - 86_400_000, counted)
    seen = replace(STAMP, device=THERE)
    yield stamped("clock_other_device", "Another computer's was the newest.", seen, NOW, counted)
    yield stamped(
        "clock_counted_out",
        "Nothing is left to count.",
        replace(STAMP, count=MOST_COUNTED),
        NOW,
        Stamp(time=UnixMillis(NOW + 1), count=0, device=HERE),
    )


def cases() -> tuple[Case, ...]:
    """Return all cases."""
    return (*order_cases(), *sense_cases(), *structure_cases(), *clock_cases())


if __name__ == "__main__":
    sys.exit(run(FOLDER, SOURCE, cases(), sys.argv[1:]))
