# SPDX-License-Identifier: AGPL-3.0-or-later
"""The patients that letters are filed under: a name and a date of birth, in the vault only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.snapshots import PAGE_LIMIT, ConversationIds, Done, NameText, PatientTag
from crypto_core.wire.codec import Range, Size
from crypto_core.wire.ids import PatientId, UnixMillis

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
class PatientPage:
    """Patients by name."""

    rows: Annotated[tuple[PatientRow, ...], Size.up_to(PAGE_LIMIT)]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPatients(Command[PatientPage]):
    """Patients of whom every word of the query begins a name; without a query those of the newest letters first."""

    query: NameText
    limit: Annotated[int, Range(1, PAGE_LIMIT)]
    offset: Annotated[int, Range(0, 1_000_000)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePatient(Command[PatientRow]):
    """Make a patient, or correct one. Fails with INVALID for a date that is none or lies in the future."""

    patient: PatientId | None
    family_name: Annotated[str, Size(1, 200)] = field(repr=False)
    given_name: NameText = field(repr=False)
    birth_date: BirthDate = field(repr=False)


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


COMMANDS: Final[dict[type, type]] = {
    ListPatients: PatientPage,
    SavePatient: PatientRow,
    RemovePatient: Done,
    FileConversations: Done,
    SuggestPatients: PatientPage,
}
