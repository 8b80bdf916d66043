# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sections of a letter: what its sender puts in, and what a recipient takes of it (`spec/envelope.md` §7).

What is wrong with the details of a letter costs the details, never the letter: its text is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crypto_core.errors import WireError
from crypto_core.wire.codec import decode
from crypto_core.wire.content import (
    CONTENT_TYPES,
    Attachment,
    Letter,
    LetterDetails,
    Mark,
    MarkKind,
    PatientIdentity,
)
from crypto_core.wire.limits import MAX_MARKS
from crypto_core.wire.patients import is_birth_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crypto_core.wire.envelope import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterParts:
    """A letter as its recipient takes it."""

    letter: Letter
    details: LetterDetails | None
    attachments: tuple[Attachment, ...]


def read_letter(sections: Sequence[Section], *, patient: bytes | None) -> LetterParts:
    """Read the sections of a LETTER whose signed header names `patient`. Raises WireError if they are none."""
    types = [section.content_type for section in sections]
    if not types or types[0] != CONTENT_TYPES[Letter]:
        raise WireError("a letter begins with its text")
    letter = decode(Letter, sections[0].content)
    has_details = types[1:2] == [CONTENT_TYPES[LetterDetails]]
    behind = sections[2 if has_details else 1 :]
    if any(section.content_type != CONTENT_TYPES[Attachment] for section in behind):
        raise WireError("a section that no letter has in this place")
    details = _details(letter, sections[1].content, patient) if has_details else None
    attachments = tuple(decode(Attachment, section.content) for section in behind)
    return LetterParts(letter=letter, details=details, attachments=attachments)


def read_answer(sections: Sequence[Section]) -> LetterParts:
    """Read the sections of an AUTOMATIC_ANSWER: a text and nothing else. Raises WireError."""
    if [section.content_type for section in sections] != [CONTENT_TYPES[Letter]]:
        raise WireError("an automatic answer is a text and nothing else")
    return LetterParts(letter=decode(Letter, sections[0].content), details=None, attachments=())


def _details(letter: Letter, content: bytes, patient: bytes | None) -> LetterDetails | None:
    try:
        details = decode(LetterDetails, content)
    except WireError:
        # Of a later version, perhaps.
        return None
    if details.patient is not None and details.patient.patient != patient:
        # The header, which is shown in evidence without the sections, is about somebody else.
        details = replace(details, patient=None)
    return fitting_details(letter.text, details)


def fitting_details(text: str, details: LetterDetails) -> LetterDetails:
    """Leave of details what can be said of a text (checks 5 to 10)."""
    identity = details.patient
    if identity is not None and not is_birth_date(identity.birth_date):
        identity = replace(identity, birth_date="")
    return replace(details, marks=valid_marks(text, details.marks), patient=identity)


def valid_marks(text: str, marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Keep the marks that say how a text is set; each is checked against the text and those kept before it."""
    kept: list[Mark] = []
    ends: dict[bool, int] = {}
    for mark in marks:
        is_list = mark.kind is not MarkKind.BOLD
        if mark.start >= mark.end or mark.end > len(text):
            continue
        if kept and mark.start < kept[-1].start:
            continue
        if mark.start < ends.get(is_list, 0):
            continue
        if is_list and not _is_whole_lines(text, mark):
            continue
        ends[is_list] = mark.end
        kept.append(mark)
    return tuple(kept)


def _is_whole_lines(text: str, mark: Mark) -> bool:
    begins = mark.start == 0 or text[mark.start - 1] == "\n"
    return begins and (mark.end == len(text) or text[mark.end] == "\n")


def settled_marks(text: str, marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Bring what an editor says of a text into the form that travels: sorted, lists made of whole lines."""
    whole = (_to_lines(text, mark) for mark in marks if mark.start < mark.end <= len(text))
    settled = sorted(whole, key=lambda mark: (mark.start, mark.kind, -mark.end))
    return valid_marks(text, settled)[:MAX_MARKS]


def _to_lines(text: str, mark: Mark) -> Mark:
    if mark.kind is MarkKind.BOLD:
        return mark
    start = text.rfind("\n", 0, mark.start) + 1
    last = mark.end
    while last > mark.start and text[last - 1] == "\n":
        last -= 1
    end = text.find("\n", last)
    return replace(mark, start=start, end=len(text) if end < 0 else end)


def details_of(
    text: str, marks: Iterable[Mark], patient: PatientIdentity | None, *, is_answer_wanted: bool
) -> LetterDetails | None:
    """The details with which a letter is sent; None where they would say nothing."""
    settled = settled_marks(text, marks)
    if not (settled or patient or is_answer_wanted):
        return None
    return LetterDetails(
        version=1, marks=settled, patient=patient, is_answer_wanted=is_answer_wanted
    )
