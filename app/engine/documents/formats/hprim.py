# SPDX-License-Identifier: AGPL-3.0-or-later
"""HPRIM médecin (versions 1 to 3): head lines, letter, and the laboratory's lines as a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.engine.documents.formats.blocks import Page, cell
from app.engine.documents.formats.dates import shown_date
from app.engine.documents.formats.limits import MAX_HPRIM_BYTES, MAX_RECORDS, MAX_TABLE_ROWS
from app.engine.documents.formats.persons import is_same_patient, patient_of
from app.engine.documents.formats.texts import clean, decode, one_line, unescape
from app.engine.documents.parsed import Parsed, UnreadableError
from app.interface.documents import Cell, DocumentKind, DocumentProblem, FactKind, Flag

_HEAD_LINES: Final = 12
_MARK: Final = re.compile(r"\s*\*{2,8}\s*(LAB|FIN|FINFICHIER)\s*\*{2,8}\s*", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{2,5});")
_NUMBER: Final = re.compile(r"([<>]?=?)\s*([+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?)")
_FLAGS: Final = {
    "N": Flag.NONE,
    "L": Flag.LOW,
    "H": Flag.HIGH,
    "A": Flag.ABNORMAL,
    "LL": Flag.CRITICAL,
    "HH": Flag.CRITICAL,
    "AA": Flag.CRITICAL,
}
_VALUE_KINDS: Final = frozenset({"", "A", "C", "D", "N", "T"})
"""Letters that say of which kind a value is."""
_SECOND_VALUE: Final = 9
"""Where the same value in another unit begins, after the state."""
COMPARED: Final = "*"
"""Beside a norm: its sender said nothing about the value, and this program compared it with the norm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """A value as its sender wrote it."""

    label: str
    value: str
    unit: str
    low: str
    high: str
    flag: Flag
    is_compared: bool
    """The sender said nothing, and the value is beyond the sender's own bounds."""


def read(content: bytes) -> Parsed:
    """Read an HPRIM file. Raises UnreadableError."""
    if len(content) > MAX_HPRIM_BYTES:
        raise UnreadableError(DocumentProblem.TOO_LARGE)
    text, is_guessed = decode(content)
    page = Page()
    # Nothing in the format says it; Latin-1 as Windows has it is what its readers expect.
    if is_guessed and text != content.decode("cp1252", "replace"):
        page.problem(DocumentProblem.ENCODING_GUESSED)
    if _ENTITY.search(text):
        text = unescape(text)
    records = _records(clean(text).expandtabs(8).split("\n"), page)
    if not records:
        raise UnreadableError(DocumentProblem.DAMAGED)
    for number, lines in enumerate(records):
        _record(lines, page, is_first=number == 0)
    return page.parsed(DocumentKind.HPRIM)


def _records(lines: list[str], page: Page) -> list[list[str]]:
    """Split a file into its patients, each with the lines before its end mark."""
    records: list[list[str]] = []
    record: list[str] = []
    is_ended = False
    for line in lines:
        mark = _mark(line)
        if mark == "FINFICHIER":
            is_ended = True
            break
        if mark == "FIN":
            if len(record) >= _HEAD_LINES:
                records.append(record)
            record = []
            if len(records) >= MAX_RECORDS:
                page.problem(DocumentProblem.CUT)
                return records
        else:
            record.append(line)
    if len(record) >= _HEAD_LINES and any(line.strip() for line in record[1:3]):
        # Without its end mark something may be missing, and nobody can tell what.
        records.append(record)
        page.problem(DocumentProblem.DAMAGED)
    elif not is_ended:
        page.problem(DocumentProblem.DAMAGED)
    return records


def _mark(line: str) -> str:
    found = _MARK.fullmatch(line) if "*" in line and len(line) < 100 else None
    return found.group(1).upper() if found else ""


def _record(lines: list[str], page: Page, *, is_first: bool) -> None:
    head, body = [one_line(line, 400) for line in lines[:_HEAD_LINES]], lines[_HEAD_LINES:]
    split = next((at for at, line in enumerate(body) if _mark(line) == "LAB"), len(body))
    if is_first:
        _facts(head, page)
    else:
        patient = patient_of(family=head[1], given=head[2], born=head[6])
        if page.patient and patient and not is_same_patient(page.patient, patient):
            page.problem(DocumentProblem.PATIENT_DIFFERS)
        page.rule()
        page.heading(f"{head[1]} {head[2]} {shown_date(head[6])}", 1)
    # The letter is what its sender means to be read, hence it comes whole, in its own columns.
    page.code("\n".join(line.rstrip() for line in body[:split]))
    if split < len(body):
        _laboratory(body[split + 1 :], page)


def _facts(head: list[str], page: Page) -> None:
    page.patient = patient_of(family=head[1], given=head[2], born=head[6])
    page.fact(FactKind.PATIENT, f"{head[1]} {head[2]}")
    page.fact(FactKind.BIRTH_DATE, shown_date(head[6]))
    page.fact(FactKind.DATE, shown_date(head[9]))
    page.fact(FactKind.SENDER, _without_code(head[10]))
    page.fact(FactKind.RECIPIENT, _without_code(head[11]))
    # Line 8 is the number of social security, which is not for a head line; 9 is the sender's file number.
    page.fact(FactKind.IDENTIFIER, head[8] or head[0])


def _without_code(line: str) -> str:
    """Return a name without the number before it; the number alone if there is nothing else."""
    code, _space, name = line.partition(" ")
    return name.strip() if name.strip() and any(sign.isdigit() for sign in code) else line


def _laboratory(lines: list[str], page: Page) -> None:
    """Set the laboratory's lines in their order: runs of values as tables, what is between as text."""
    rows: list[tuple[Cell, ...]] = []
    notes: list[str] = []

    def end() -> None:
        if rows:
            page.table(rows)
        page.code("\n".join(notes))
        rows.clear()
        notes.clear()

    for line in lines:
        kind, _bar, rest = line.strip().partition("|")
        fields = rest.split("|", 40)
        is_result = kind.strip().upper() == "RES"
        is_known = is_result and _is_in_columns(fields)
        result = _result(fields) if is_known else None
        if result is not None:
            if any(notes) or len(rows) >= MAX_TABLE_ROWS:
                end()
            notes.clear()
            rows.extend(_rows(result, fields[_SECOND_VALUE : _SECOND_VALUE + 4]))
            if result.is_compared:
                page.problem(DocumentProblem.FLAGS_COMPARED)
        elif not is_known:
            note = rest if kind.strip().upper() == "TEX" else line
            if note.strip() and rows:
                end()
            # What this program does not know is shown as it is.
            notes.append(note.rstrip())
    end()


def _is_in_columns(fields: list[str]) -> bool:
    """Whether a line has the format's columns; a value in a wrong one would be read as a norm, or a norm as a value."""
    _label, _code, kind, _value, unit = (one_line(field) for field in (fields + [""] * 5)[:5])
    return kind.upper() in _VALUE_KINDS and _number(unit)[1] is None


def _result(fields: list[str]) -> _Result | None:
    """Return a value: label, code, type, value, unit, low, high, abnormality, state. None without label and value."""
    label, _code, kind, value, unit, low, high, abnormal = (
        one_line(field) for field in (fields + [""] * 8)[:8]
    )
    if not label and not value:
        return None
    code = abnormal.upper()
    if code in _FLAGS:
        return _Result(
            label=label,
            value=value,
            unit=unit,
            low=low,
            high=high,
            flag=_FLAGS[code],
            is_compared=False,
        )
    flag = Flag.NONE
    if code:
        # A word of the sender's own is not understood, but means that something is said.
        flag = Flag.ABNORMAL
        value = f"{value} ({abnormal})"
    elif kind.upper() == "N" or not kind:
        flag = compare(value, low, high)
    return _Result(
        label=label,
        value=value,
        unit=unit,
        low=low,
        high=high,
        flag=flag,
        is_compared=not code and flag is not Flag.NONE,
    )


def compare(value: str, low: str, high: str) -> Flag:
    """Tell whether a number is beyond its bounds; NONE where anything of it is no plain number."""
    sign, number = _number(value)
    lower, upper = _number(low)[1], _number(high)[1]
    if number is None:
        return Flag.NONE
    # "< 5" is below 10 whatever it is; whether "> 5" is, nobody can tell.
    if lower is not None and (number < lower or (number == lower and sign == "<")):
        return Flag.NONE if sign.startswith(">") else Flag.LOW
    if upper is not None and (number > upper or (number == upper and sign == ">")):
        return Flag.NONE if sign.startswith("<") else Flag.HIGH
    return Flag.NONE


def _number(text: str) -> tuple[str, float | None]:
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        return "", None
    return found.group(1), float(found.group(2).replace(",", "."))


def _rows(result: _Result, second: list[str]) -> list[tuple[Cell, ...]]:
    """Return a result's row, and one more where its sender gives the value in a second unit."""
    rows: list[tuple[Cell, ...]] = [
        (
            cell(result.label, is_head=True),
            cell(result.value, flag=result.flag),
            cell(result.unit),
            cell(_norm(result.low, result.high) + (f" {COMPARED}" if result.is_compared else "")),
        )
    ]
    value, unit, low, high = ([one_line(field) for field in second] + [""] * 4)[:4]
    if value:
        rows.append(
            (
                cell("", is_head=True),
                cell(value, flag=result.flag),
                cell(unit),
                cell(_norm(low, high)),
            )
        )
    return rows


def _norm(low: str, high: str) -> str:
    if low and high:
        return f"{low} – {high}"
    if low:
        return low if low.startswith((">", "<")) else f"≥ {low}"
    if high:
        return high if high.startswith((">", "<")) else f"≤ {high}"
    return ""
