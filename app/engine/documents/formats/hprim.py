# SPDX-License-Identifier: AGPL-3.0-or-later
"""HPRIM médecin (versions 1 to 3): head lines, letter, and the laboratory's lines as a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.engine.documents.formats.blocks import Page, cell
from app.engine.documents.formats.dates import shown_date
from app.engine.documents.formats.limits import MAX_HPRIM_BYTES, MAX_RECORDS, MAX_TABLE_ROWS
from app.engine.documents.formats.norms import COMPARED, is_number, judge
from app.engine.documents.formats.persons import is_same_patient, patient_of
from app.engine.documents.formats.texts import clean, decode, one_line, unescape
from app.engine.documents.parsed import Parsed, UnreadableError
from app.interface.documents import Cell, DocumentKind, DocumentProblem, FactKind, Flag, Remark

_HEAD_LINES: Final = 12
_MARK: Final = re.compile(r"\s*\*{2,8}\s*(LAB|FIN|FINFICHIER)\s*\*{2,8}\s*", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{2,5});")
_FLAGS: Final = {
    "N": Flag.NONE,
    "L": Flag.LOW,
    "H": Flag.HIGH,
    "A": Flag.ABNORMAL,
    "LL": Flag.CRITICAL,
    "HH": Flag.CRITICAL,
    "AA": Flag.CRITICAL,
    # Not of the format, and usual: signs, and French words.
    "B": Flag.LOW,
    "↓": Flag.LOW,
    "+": Flag.HIGH,
    "↑": Flag.HIGH,
    "*": Flag.ABNORMAL,
}
_FINAL: Final = frozenset({"F", "U", "V"})
"""Letters that say that a value is as it will stay."""
_STATES: Final = {
    "P": Remark.PARTIAL,
    "S": Remark.PARTIAL,
    "C": Remark.CORRECTED,
    "R": Remark.UNVERIFIED,
    "D": Remark.WITHDRAWN,
    "W": Remark.WITHDRAWN,
    "I": Remark.AWAITED,
    "X": Remark.IMPOSSIBLE,
}
_VALUE_KINDS: Final = frozenset({"", "A", "C", "D", "N", "T"})
"""Letters that say of which kind a value is."""
_LEAST_COLUMNS: Final = 4
"""Up to the value; less is a line that broke off."""
_VALUE_COLUMNS: Final = 6
"""Value, unit, low, high, abnormality, state."""
_FLAG: Final = 4
_STATE: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """A value as its sender wrote it, and what is to be said of it."""

    text: str
    unit: str
    norm: str
    flag: Flag
    remarks: tuple[Remark, ...]
    is_compared: bool


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
        values = _values(fields) if is_known else []
        if values:
            if any(notes) or len(rows) >= MAX_TABLE_ROWS:
                end()
            notes.clear()
            label = one_line(fields[0])
            rows.extend(_row("" if number else label, each) for number, each in enumerate(values))
            if any(each.is_compared for each in values):
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
    if len(fields) < _LEAST_COLUMNS:
        return False
    _label, _code, kind, _value, unit = (one_line(field) for field in (*fields, "")[:5])
    return kind.upper() in _VALUE_KINDS and not is_number(unit)


def _values(fields: list[str]) -> list[_Value]:
    """Return a value, and the same or an earlier one where its sender gives two; none without label and value.

    The columns: label, code, kind, value, unit, low, high, abnormality, state, then from value to state again.
    """
    label, _code, _kind, *columns = (one_line(field) for field in fields)
    if not label and not any(columns[:1]):
        return []
    first, second = columns[:_VALUE_COLUMNS], columns[_VALUE_COLUMNS : 2 * _VALUE_COLUMNS]
    values = [_value(first, said=_said(_field(first, _FLAG)))]
    if any(second[:1]):
        # What is said of a value is said of it in every unit.
        values.append(_value(second, said=_said(_field(second, _FLAG) or _field(first, _FLAG))))
    return values


def _value(columns: list[str], *, said: Flag | None) -> _Value:
    text, unit, low, high = (_field(columns, at) for at in range(4))
    word, state = _field(columns, _FLAG), _field(columns, _STATE)
    judged = judge(text, low, high, unit=unit, said=said)
    # A word of the sender's own is not understood, but means that something is said.
    shown = [f"({word})"] if word and word.upper() not in _FLAGS else []
    remarks = [Remark.NOT_COMPARED] if judged.is_open else []
    if state.upper() in _STATES:
        remarks.append(_STATES[state.upper()])
    elif state and state.upper() not in _FINAL:
        shown.append(f"[{state}]")
    return _Value(
        text=" ".join([text, *shown]) if text or shown else "",
        unit=unit,
        norm=_norm(low, high) + (f" {COMPARED}" if judged.is_compared else ""),
        flag=judged.flag,
        remarks=tuple(remarks),
        is_compared=judged.is_compared,
    )


def _said(word: str) -> Flag | None:
    """Return what a sender says of a value; any word that is not known means that it is not as it should be."""
    return _FLAGS.get(word.upper(), Flag.ABNORMAL) if word else None


def _field(columns: list[str], at: int) -> str:
    return columns[at] if at < len(columns) else ""


def _row(label: str, value: _Value) -> tuple[Cell, ...]:
    return (
        cell(label, is_head=True),
        cell(value.text, flag=value.flag, remarks=value.remarks),
        cell(value.unit),
        cell(value.norm),
    )


def _norm(low: str, high: str) -> str:
    if low and high:
        return f"{low} – {high}"
    if low:
        return f"≥ {low}" if is_number(low) else low
    return f"≤ {high}" if is_number(high) else high
