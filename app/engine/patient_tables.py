# SPDX-License-Identifier: AGPL-3.0-or-later
"""Takes patients over from a table (CSV) that another program wrote; each row is added, known, or told with its line."""

from __future__ import annotations

import asyncio
import codecs
import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine.journal.noting import note
from app.engine.outbox import stamp_marks
from app.engine.patients import is_past
from app.interface.failures import CommandError, Failure
from app.interface.patients import (
    MAX_ROW_TROUBLES,
    MAX_SAMPLE_ROWS,
    ImportPatients,
    PatientColumn,
    RowProblem,
    RowTrouble,
    SavePatient,
    TableEncoding,
    TableReport,
    TableSeparator,
)
from app.interface.snapshots import PatientTag
from crypto_core.abks.french import fold
from crypto_core.errors import WireError
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import PatientId
from crypto_core.wire.journal import Action
from crypto_core.wire.patients import (
    NIR_OID,
    NationalIdentity,
    PatientCard,
    Sex,
    is_birth_date,
    read_matricule,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.engine.handlers import Handlers
    from app.engine.ports.vault import Store
    from app.engine.session import Session

MAX_TABLE_BYTES: Final = 32 << 20
MAX_COLUMNS: Final = 200
ROWS_TOGETHER: Final = 200
"""In one transaction, so that nobody waits long for the store."""
_CELL: Final = 100
_CODECS: Final = {
    TableEncoding.UTF_8: "utf-8-sig",
    TableEncoding.UTF_16: "utf-16",
    TableEncoding.WINDOWS_1252: "cp1252",
}
_SEPARATORS: Final = {
    TableSeparator.SEMICOLON: ";",
    TableSeparator.COMMA: ",",
    TableSeparator.TAB: "\t",
}
_LOOKED_AT: Final = 50
_HEADS: Final = {
    PatientColumn.BIRTH_NAME: (
        "nom de naissance",
        "nom naissance",
        "nom de jeune fille",
        "birth name",
    ),
    PatientColumn.FAMILY_NAME: (
        "nom",
        "nom de famille",
        "nom d usage",
        "nom utilise",
        "nom usuel",
        "nom patient",
        "family name",
        "last name",
        "surname",
    ),
    PatientColumn.GIVEN_NAME: (
        "prenom",
        "prenoms",
        "prenom patient",
        "premier prenom",
        "given name",
        "first name",
    ),
    PatientColumn.BIRTH_DATE: (
        "date de naissance",
        "date naissance",
        "naissance",
        "ne e le",
        "ne le",
        "ddn",
        "birth date",
        "date of birth",
        "birthdate",
    ),
    PatientColumn.SEX: ("sexe", "genre", "sex", "gender", "civilite"),
    PatientColumn.INS: (
        "ins",
        "matricule",
        "matricule ins",
        "nir",
        "numero de securite sociale",
        "n securite sociale",
        "num secu",
        "n secu",
    ),
    PatientColumn.TELEPHONE: (
        "telephone",
        "tel",
        "portable",
        "mobile",
        "telephone portable",
        "telephone mobile",
        "phone",
    ),
    PatientColumn.EMAIL: ("email", "e mail", "mail", "courriel", "adresse mail", "adresse email"),
    PatientColumn.ADDRESS: (
        "adresse",
        "adresse 1",
        "adresse 2",
        "adresse postale",
        "rue",
        "code postal",
        "cp",
        "ville",
        "commune",
        "address",
        "postcode",
        "city",
    ),
    PatientColumn.NOTES: ("notes", "note", "remarque", "remarques", "commentaire", "commentaires"),
}
_COLUMN_OF: Final = {head: column for column, heads in _HEADS.items() for head in heads}
_SEXES: Final = {
    **dict.fromkeys(("f", "femme", "feminin", "female", "2", "mme", "madame"), Sex.FEMALE),
    **dict.fromkeys(("m", "h", "homme", "masculin", "male", "1", "monsieur"), Sex.MALE),
}
_DAY_FIRST: Final = re.compile(
    r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{4})(?: 0?0:00(?::00)?)?"
)
_YEAR_FIRST: Final = re.compile(
    r"([0-9]{4})[/.\-]([0-9]{1,2})[/.\-]([0-9]{1,2})(?:[T ]00:00(?::00)?)?"
)
_WORDS: Final = re.compile(r"[^\W_]+")


class NotATableError(ValueError):
    """A file has no rows with columns, or no column with names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it was read: each row with the line on which it begins; None for one that does not end."""

    encoding: TableEncoding
    separator: TableSeparator
    rows: tuple[tuple[int, tuple[str, ...] | None], ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPatient:
    """A patient as a row says."""

    family_name: str = field(repr=False)
    given_name: str = field(repr=False)
    birth_date: str = field(repr=False)
    card: PatientCard


class RowError(ValueError):
    """A row cannot be taken over."""

    def __init__(self, problem: RowProblem) -> None:
        super().__init__(problem.name)
        self.problem = problem


def read_table(
    raw: bytes, encoding: TableEncoding | None = None, separator: TableSeparator | None = None
) -> Table:
    """Read a table; what is None is guessed. Raises NotATableError."""
    encoding = _encoding(raw) if encoding is None else encoding
    codec = _CODECS[encoding]
    if encoding is TableEncoding.UTF_16 and not raw.startswith(
        (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    ):
        codec = "utf-16-be" if raw[:1] == b"\0" else "utf-16-le"
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        raise NotATableError("not in these characters") from None
    separator = _separator(text) if separator is None else separator
    return Table(
        encoding=encoding, separator=separator, rows=tuple(_rows(text, _SEPARATORS[separator]))
    )


def _encoding(raw: bytes) -> TableEncoding:
    beginning = raw[:4_000]
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in beginning:
        return TableEncoding.UTF_16
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return TableEncoding.WINDOWS_1252
    return TableEncoding.UTF_8


def _separator(text: str) -> TableSeparator:
    """The one that cuts the first rows into the most columns, the same number in most of them."""

    def fits(separator: TableSeparator) -> tuple[int, int]:
        widths = [
            len(cells)
            for _, (_, cells) in zip(
                range(_LOOKED_AT), _rows(text, _SEPARATORS[separator]), strict=False
            )
            if cells
        ]
        width = max(set(widths), key=widths.count, default=0)
        return (widths.count(width) if width > 1 else 0, width)

    return max(TableSeparator, key=fits)


def _rows(text: str, separator: str) -> Iterator[tuple[int, tuple[str, ...] | None]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = tuple(cell.strip() for cell in next(reader))
        except StopIteration:
            return
        except csv.Error:
            yield line, None
            continue
        if any(cells):
            yield line, cells


def columns_of(row: Sequence[str]) -> tuple[PatientColumn, ...]:
    """What the columns are, by their head; nothing where it says nothing that is known."""
    columns = [
        _COLUMN_OF.get(" ".join(map(fold, _WORDS.findall(cell))), PatientColumn.NOTHING)
        for cell in row
    ]
    for at, column in enumerate(columns):
        if column in columns[:at] and column is not PatientColumn.ADDRESS:
            columns[at] = PatientColumn.NOTHING
    if PatientColumn.FAMILY_NAME not in columns and PatientColumn.BIRTH_NAME in columns:
        columns[columns.index(PatientColumn.BIRTH_NAME)] = PatientColumn.FAMILY_NAME
    return tuple(columns)


def read_birth_date(text: str) -> str | None:
    """A date as YYYY-MM-DD, empty for none; None for what is no date, or has a year of two digits."""
    if not text:
        return ""
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    else:
        return None
    date = f"{year}-{int(month):02}-{int(day):02}"
    return date if is_birth_date(date) else None


def read_row(cells: Sequence[str] | None, columns: Sequence[PatientColumn]) -> ReadPatient:
    """Read a patient from a row. Raises RowError."""
    if cells is None:
        raise RowError(RowProblem.QUOTES)
    if any(cells[len(columns) :]):
        raise RowError(RowProblem.CELLS)
    said: dict[PatientColumn, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        if cell:
            said[column] = f"{said[column]}, {cell}" if column in said else cell
    family_name = said.get(PatientColumn.FAMILY_NAME, "") or said.get(PatientColumn.BIRTH_NAME, "")
    birth_date = read_birth_date(said.get(PatientColumn.BIRTH_DATE, ""))
    matricule = said.get(PatientColumn.INS, "")
    number = read_matricule(matricule)
    if not family_name:
        raise RowError(RowProblem.NO_NAME)
    if birth_date is None:
        raise RowError(RowProblem.BIRTH_DATE)
    if matricule and number is None:
        raise RowError(RowProblem.INS)
    read = ReadPatient(
        family_name=family_name,
        given_name=said.get(PatientColumn.GIVEN_NAME, ""),
        birth_date=birth_date,
        card=PatientCard(
            birth_name=said.get(PatientColumn.BIRTH_NAME, ""),
            sex=_SEXES.get(fold(said.get(PatientColumn.SEX, "")).rstrip("."), Sex.UNKNOWN),
            ins=None
            if number is None
            else NationalIdentity(matricule=number, oid=NIR_OID, is_qualified=False),
            telephone=said.get(PatientColumn.TELEPHONE, ""),
            email=said.get(PatientColumn.EMAIL, ""),
            address=said.get(PatientColumn.ADDRESS, ""),
            notes=said.get(PatientColumn.NOTES, ""),
        ),
    )
    try:
        encode(
            SavePatient(
                patient=None,
                family_name=read.family_name,
                given_name=read.given_name,
                birth_date=read.birth_date,
                card=read.card,
            )
        )
    except WireError:
        raise RowError(RowProblem.TOO_LONG) from None
    return read


async def take_over(session: Session, command: ImportPatients) -> TableReport:
    """Take patients over from a table, or say what would come of it. Raises CommandError."""
    try:
        table = await asyncio.to_thread(_read_file, command)
    except OSError:
        raise CommandError(Failure.FILE_UNREADABLE) from None
    except NotATableError:
        raise CommandError(Failure.NOT_A_TABLE) from None
    first = next((cells for _, cells in table.rows if cells), ())
    guessed = columns_of(first)
    has_head = PatientColumn.FAMILY_NAME in guessed
    columns = guessed if command.columns is None else command.columns
    names = {PatientColumn.FAMILY_NAME, PatientColumn.BIRTH_NAME}
    if not first or len(first) > MAX_COLUMNS or not (command.is_trial or names & {*columns}):
        raise CommandError(Failure.NOT_A_TABLE)
    troubles: list[RowTrouble] = []
    read: list[ReadPatient] = []
    for line, cells in table.rows[1:] if has_head else table.rows:
        try:
            patient = read_row(cells, columns)
            _check_born(session, patient)
            read.append(patient)
        except RowError as error:
            troubles.append(RowTrouble(line=line, problem=error.problem))
    added = await _add(session, read, is_trial=command.is_trial)
    return TableReport(
        encoding=table.encoding,
        separator=table.separator,
        has_head=has_head,
        columns=columns,
        sample=tuple(
            tuple(cell[:_CELL] for cell in cells[:MAX_COLUMNS])
            for _, cells in table.rows[:MAX_SAMPLE_ROWS]
            if cells
        ),
        added=added,
        known=len(read) - added,
        failed=len(troubles),
        troubles=tuple(troubles[:MAX_ROW_TROUBLES]),
    )


def _check_born(session: Session, read: ReadPatient) -> None:
    if not is_past(session, read.birth_date):
        raise RowError(RowProblem.BIRTH_DATE)


def _read_file(command: ImportPatients) -> Table:
    with Path(command.path).open("rb") as file:
        raw = file.read(MAX_TABLE_BYTES + 1)
    if len(raw) > MAX_TABLE_BYTES:
        raise NotATableError("too large")
    return read_table(raw, command.encoding, command.separator)


async def _add(session: Session, read: Sequence[ReadPatient], *, is_trial: bool) -> int:
    """Add who is not here yet; returns how many those are."""
    seen: set[tuple[str, ...]] = set()
    added = 0

    def work(store: Store, rows: Sequence[ReadPatient]) -> int:
        count = 0
        for each in rows:
            if _is_known(store, each, seen):
                continue
            count += 1
            if not is_trial:
                patient = PatientId(session.random(16))
                store.patients.put(
                    patient,
                    family_name=each.family_name,
                    given_name=each.given_name,
                    birth_date=each.birth_date,
                )
                store.patients.put_card(patient, each.card)
        if count and not is_trial:
            note(store, session, Action.PATIENTS_IMPORTED, number=count)
            stamp_marks(store, session)
        return count

    for start in range(0, len(read), ROWS_TOGETHER):
        rows = read[start : start + ROWS_TOGETHER]
        added += await session.vault.run(lambda store, rows=rows: work(store, rows))  # type: ignore[misc]
    if added and not is_trial:
        session.wakes.outbox.set()
    return added


def _is_known(store: Store, read: ReadPatient, seen: set[tuple[str, ...]]) -> bool:
    """Whether a patient of these names and this day, or with this INS, is here, or stands further up."""
    keys: set[tuple[str, ...]] = {(fold(read.family_name), fold(read.given_name), read.birth_date)}
    if read.card.ins is not None:
        keys.add((read.card.ins.matricule,))
    is_known = bool(keys & seen) or (
        read.card.ins is not None and bool(store.patients.of_ins(read.card.ins.matricule))
    )
    seen |= keys
    if is_known:
        return True
    tag = PatientTag(
        patient=None,
        family_name=read.family_name,
        given_name=read.given_name,
        birth_date=read.birth_date,
    )
    return any(
        (fold(row.family_name), fold(row.given_name), row.birth_date) in keys
        for row in store.patients.alike(tag)
    )


HANDLERS: Final[Handlers] = {
    ImportPatients: lambda session, command, _: take_over(session, command)
}
