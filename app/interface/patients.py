# SPDX-License-Identifier: AGPL-3.0-or-later
"""The patients that letters are filed under, each with a light card: in the vault only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final, NewType

from app.interface.command import Command
from app.interface.snapshots import (
    PAGE_LIMIT,
    ConversationIds,
    Done,
    NameText,
    PathText,
    PatientTag,
)
from crypto_core.wire.codec import Range, Size
from crypto_core.wire.ids import PatientId, UnixMillis
from crypto_core.wire.patients import PatientCard

MergeId = NewType("MergeId", int)
MOST_DUPLICATES: Final = 100
BirthDate = Annotated[str, Size.up_to(10)]
"""As YYYY-MM-DD, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRow:
    """A patient, and what is filed under them."""

    patient: PatientId
    family_name: NameText = field(repr=False)
    given_name: NameText = field(repr=False)
    birth_date: BirthDate = field(repr=False)
    conversations: int
    latest_at: UnixMillis | None
    """Of the newest letter filed under them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoableMerge:
    """Who was found to be the same person as a patient, and can be made a patient of their own again."""

    merge: MergeId
    gone: PatientId
    family_name: NameText = field(repr=False)
    given_name: NameText = field(repr=False)
    birth_date: BirthDate = field(repr=False)
    merged_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRecord:
    """A patient's page: their row, their card, and what follows from both."""

    row: PatientRow
    card: PatientCard
    is_minor: bool
    """Not yet 18, and alive."""
    first_at: UnixMillis | None
    """Of the oldest letter filed under them."""
    last_contact: BirthDate
    """The later of the newest letter's day and the day that the owner wrote down; empty without either."""
    merge: UndoableMerge | None
    """The newest merge into them, as long as nothing has changed since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPatient(Command[PatientRecord]):
    """One patient. Fails with UNKNOWN_PATIENT."""

    patient: PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePatients(Command[PatientRecord]):
    """Let two patients be one: `kept` gets what is filed under `gone` and what its card lacks. Answers with `kept`.

    Fails with UNKNOWN_PATIENT, and with INS_DIFFERS for two whose qualified identities are different.
    """

    kept: PatientId
    gone: PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoMerge(Command[PatientRecord]):
    """Make two of a patient again. Fails with MERGE_CHANGED once something else has changed them."""

    merge: MergeId


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPair:
    """Two patients who may be one person."""

    one: PatientRow
    other: PatientRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPairs:
    """Pairs, the surest first."""

    pairs: Annotated[tuple[PatientPair, ...], Size.up_to(MOST_DUPLICATES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDuplicates(Command[PatientPairs]):
    """Who may be in the list twice: the same INS or names, or a given name and the date of birth in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPage:
    """Patients by name."""

    rows: Annotated[tuple[PatientRow, ...], Size.up_to(PAGE_LIMIT)]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPatients(Command[PatientPage]):
    """Patients of whom every word of the query begins a name, their date of birth, telephone or INS.

    Without a query those of the newest letters first.
    """

    query: NameText
    limit: Annotated[int, Range(1, PAGE_LIMIT)]
    offset: Annotated[int, Range(0, 1_000_000)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePatient(Command[PatientRow]):
    """Make a patient, or correct one. Fails with INVALID for a date that is none or lies in the future.

    Fails with INS_INVALID for an INS of which the key is wrong, or that is said to be qualified while birth name,
    given name, date of birth or sex is missing.
    """

    patient: PatientId | None
    family_name: Annotated[str, Size(1, 200)] = field(repr=False)
    given_name: NameText = field(repr=False)
    birth_date: BirthDate = field(repr=False)
    card: PatientCard | None = field(default=None, repr=False)
    """None leaves it as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePatient(Command[Done]):
    """Forget a patient under whom nothing is filed. Fails with PATIENT_IN_USE otherwise."""

    patient: PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class FileConversations(Command[Done]):
    """File conversations under a patient, or under none."""

    conversations: ConversationIds
    patient: PatientId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestPatients(Command[PatientPage]):
    """Who could be meant by the identity that a letter carries: same names and date of birth first."""

    tag: PatientTag


class TableEncoding(IntEnum):
    """How the characters of a table are written."""

    UTF_8 = 1
    UTF_16 = 2
    WINDOWS_1252 = 3


class TableSeparator(IntEnum):
    """What stands between the columns of a table."""

    SEMICOLON = 1
    COMMA = 2
    TAB = 3


class PatientColumn(IntEnum):
    """What a column of a table says of patients."""

    NOTHING = 0
    """It is left out."""
    FAMILY_NAME = 1
    GIVEN_NAME = 2
    BIRTH_NAME = 3
    BIRTH_DATE = 4
    SEX = 5
    INS = 6
    """Taken as not qualified, whatever the other program thought of it."""
    TELEPHONE = 7
    EMAIL = 8
    ADDRESS = 9
    """Of several columns, in their order."""
    NOTES = 10


class RowProblem(IntEnum):
    """Why a row of a table was not taken over."""

    NO_NAME = 1
    BIRTH_DATE = 2
    """It is none, lies in the future, or has a year of two digits."""
    INS = 3
    TOO_LONG = 4
    """Something in it does not fit into a card."""
    QUOTES = 5
    """A quotation mark is opened and not closed, so nobody knows where the row ends."""
    CELLS = 6
    """It has more cells than there are columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTrouble:
    """A row that was not taken over. `line` is that of the file on which it begins, from 1."""

    line: int
    problem: RowProblem


CellText = Annotated[str, Size.up_to(400)]
Columns = Annotated[tuple[PatientColumn, ...], Size.up_to(200)]
MAX_SAMPLE_ROWS: Final = 6
MAX_ROW_TROUBLES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReport:
    """How a table was read, and what was taken over or would be. Each row is in one of the three counts."""

    encoding: TableEncoding
    separator: TableSeparator
    has_head: bool
    columns: Columns
    sample: Annotated[
        tuple[Annotated[tuple[CellText, ...], Size.up_to(200)], ...], Size.up_to(MAX_SAMPLE_ROWS)
    ] = field(repr=False)
    """The first rows, with the head; long cells are cut."""
    added: int
    known: int
    """Patients of these names and this date of birth, or with this INS, were here already, or further up."""
    failed: int
    troubles: Annotated[tuple[RowTrouble, ...], Size.up_to(MAX_ROW_TROUBLES)]
    """The first of what failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPatients(Command[TableReport]):
    """Take patients over from a table (CSV), or only say what would come of it.

    What is None is guessed: the encoding, the separator, what the columns are. The same table again adds nobody.
    Fails with FILE_UNREADABLE, NOT_A_TABLE.
    """

    path: PathText = field(repr=False)
    is_trial: bool
    encoding: TableEncoding | None = None
    separator: TableSeparator | None = None
    columns: Columns | None = None


COMMANDS: Final[dict[type, type]] = {
    ImportPatients: TableReport,
    ListDuplicates: PatientPairs,
    ListPatients: PatientPage,
    MergePatients: PatientRecord,
    ShowPatient: PatientRecord,
    UndoMerge: PatientRecord,
    SavePatient: PatientRow,
    RemovePatient: Done,
    FileConversations: Done,
    SuggestPatients: PatientPage,
}
