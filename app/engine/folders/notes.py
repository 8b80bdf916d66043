# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the small note that practice software puts beside a document (`app/design/folders.md` §2)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from app.engine.ports.folders import MAX_NOTE_BYTES, NOTE_ENDING
from crypto_core.wire.limits import MAX_ATTACHMENTS, MAX_SLOTS, MAX_SUBJECT_BYTES, MAX_TEXT_BYTES

MAX_PATIENT_BYTES: Final = 200

_KEYS: Final = {
    "to": "to",
    "a": "to",
    "destinataire": "to",
    "subject": "subject",
    "objet": "subject",
    "patient": "patient",
    "file": "file",
    "fichier": "file",
    "urgent": "urgent",
    "answer": "answer",
    "reponse": "answer",
    "informed": "informed",
    "informe": "informed",
    "patient informe": "informed",
}
_YES: Final = frozenset({"yes", "oui", "1", "true", "vrai"})
_NO: Final = frozenset({"no", "non", "0", "false", "faux"})
_FRENCH_DATE: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


class NoteError(Exception):
    """A note that nobody can follow; `line` is the line at fault, counted from 1, 0 for the whole."""

    def __init__(self, line: int) -> None:
        super().__init__("the note cannot be read")
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedPatient:
    """Whom the documents are about. `birth_date` as YYYY-MM-DD, or empty; `line` is where it stands."""

    family_name: str = field(repr=False)
    given_name: str = field(repr=False)
    birth_date: str = field(repr=False)
    line: int = field(compare=False, default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a note asks for."""

    to: tuple[str, ...] = field(default=(), repr=False)
    """Names of contacts, or addresses."""
    subject: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    patient: NotedPatient | None = None
    files: tuple[str, ...] = field(default=(), repr=False)
    """Names of files beside it; without any it is about the one it is called after."""
    is_urgent: bool = False
    is_answer_wanted: bool = False
    is_informed: bool = False
    """The recipients take part in the patient's care, and the patient knows what goes to them."""


def parse_note(content: bytes) -> Note:
    """Read a note. Raises NoteError; what is misspelled is refused, never skipped."""
    if len(content) > MAX_NOTE_BYTES:
        raise NoteError(0)
    before, head, text = _split(_decoded(content))
    single: dict[str, str] = {}
    several: dict[str, list[str]] = {"to": [], "file": []}
    lines: dict[str, int] = {}
    for number, line in enumerate(head, before + 1):
        if not line.strip() or line.startswith("#"):
            continue
        key, colon, value = line.partition(":")
        known = _KEYS.get(_folded(key))
        value = value.strip()
        if not colon or known is None or not value or _has_controls(value):
            raise NoteError(number)
        lines[known] = number
        if known == "to":
            several["to"] += [each.strip() for each in value.split(";") if each.strip()]
        elif known == "file":
            several["file"].append(value)
        elif known in single:
            raise NoteError(number)
        else:
            single[known] = value
    _require(len(several["to"]) <= MAX_SLOTS, lines.get("to", 0))
    _require(len(several["file"]) <= MAX_ATTACHMENTS, lines.get("file", 0))
    _require(all(_is_plain(each) for each in several["file"]), lines.get("file", 0))
    subject = single.get("subject", "")
    _require(len(subject.encode()) <= MAX_SUBJECT_BYTES, lines.get("subject", 0))
    _require(len(text.encode()) <= MAX_TEXT_BYTES, before + len(head))
    return Note(
        to=tuple(dict.fromkeys(several["to"])),
        subject=subject,
        text=text,
        patient=_patient(single["patient"], lines["patient"]) if "patient" in single else None,
        files=tuple(dict.fromkeys(several["file"])),
        is_urgent=_truth(single.get("urgent", "no"), lines.get("urgent", 0)),
        is_answer_wanted=_truth(single.get("answer", "no"), lines.get("answer", 0)),
        is_informed=_truth(single.get("informed", "no"), lines.get("informed", 0)),
    )


def _decoded(content: bytes) -> str:
    """What old software writes is Windows' Western European, which any byte is."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _split(text: str) -> tuple[int, list[str], str]:
    """The lines up to the first empty one, how many empty ones stand before them, and the letter's text after it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # Else what was meant for this program would be read by the correspondent.
    before = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    del lines[:before]
    for number, line in enumerate(lines):
        if not line.strip():
            body = "\n".join(lines[number + 1 :]).strip("\n")
            return (
                before,
                lines[:number],
                "".join(sign for sign in body if sign in "\n\t" or not _has_controls(sign)),
            )
    return before, lines, ""


def _folded(key: str) -> str:
    plain = unicodedata.normalize("NFKD", key.strip().casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _has_controls(text: str) -> bool:
    # Direction marks among them: a name must not look like another one.
    return any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} and sign != "\t" for sign in text)


def _is_plain(name: str) -> bool:
    """Whether a name is that of a document beside the note, and no path; a note says who else gets what."""
    return not (
        any(sign in name for sign in "/\\")
        or name.startswith(".")
        or name.casefold().endswith(NOTE_ENDING)
    )


def _patient(value: str, line: int) -> NotedPatient:
    parts = [part.strip() for part in value.split(";")]
    _require(len(parts) in {2, 3} and bool(parts[0]), line)
    family, given, born = (*parts, "")[:3]
    _require(len(family.encode()) <= MAX_PATIENT_BYTES >= len(given.encode()), line)
    french = _FRENCH_DATE.fullmatch(born)
    if french is not None:
        born = f"{french[3]}-{french[2]}-{french[1]}"
    if born:
        try:
            valid = dt.date.fromisoformat(born).isoformat() == born
        except ValueError:
            valid = False
        _require(valid, line)
    return NotedPatient(family_name=family, given_name=given, birth_date=born, line=line)


def _truth(value: str, line: int) -> bool:
    folded = _folded(value)
    _require(folded in _YES | _NO, line)
    return folded in _YES


def _require(holds: bool, line: int) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise NoteError(line)
