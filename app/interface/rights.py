# SPDX-License-Identifier: AGPL-3.0-or-later
"""Patients' rights as a front end meets them: who may be told what, on what ground, and what patients decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.professions import Category
from app.interface.snapshots import PAGE_LIMIT, Done, NameText
from crypto_core.wire.codec import Size
from crypto_core.wire.decisions import (
    Basis,
    Capacity,
    CareTie,
    Channel,
    DataKind,
    DecisionId,
    DecisionKind,
    Party,
)
from crypto_core.wire.ids import AccountId, PatientId, UnixMillis
from crypto_core.wire.limits import MAX_DECISION_PARTIES, MAX_DECISION_TEXT_BYTES, MAX_SLOTS


class Purpose(IntEnum):
    """What a letter does with what it says of a patient."""

    EXCHANGE = 1
    """From one professional to others whom it names (L1110-4 II)."""
    SHARING = 2
    """Put where several can come back to it (L1110-4 III)."""


class Ruling(IntEnum):
    """What may happen, from the most to the least."""

    YES = 1
    INFORM = 2
    """Once the patient was told what goes to whom, and may object."""
    ASK = 3
    """It depends on whether the recipient takes part in the care; the sender knows."""
    CONSENT = 4
    """With the patient's consent alone."""
    NO = 5


class Rule(IntEnum):
    """Which rule has decided."""

    NO_PATIENT = 1
    """Nobody is named who could be a patient."""
    OPPOSITION = 2
    CONSENT = 3
    PATIENT = 4
    """To the patients themselves."""
    OUTSIDE_SECRECY = 5
    """One of both is in no category of R1110-2."""
    TIE_UNKNOWN = 6
    NO_PART_IN_CARE = 7
    SHARING_OUTSIDE_TEAM = 8
    SAME_CATEGORY = 9
    OTHER_CATEGORY = 10
    """A health professional with another professional: the patient is told beforehand what goes to whom."""


Emergency = Annotated[str, Size.up_to(MAX_DECISION_TEXT_BYTES)]
"""Why a letter about a patient goes all the same where the rules forbid it; empty where they do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRights:
    """Whether something about a patient may go to somebody, and what that rests on."""

    account: AccountId
    name: NameText = field(repr=False)
    category: Category
    ruling: Ruling
    rule: Rule
    articles: Annotated[tuple[Annotated[str, Size(1, 40)], ...], Size.up_to(4)]
    tie: CareTie | None
    opposed_at: UnixMillis | None
    consented_at: UnixMillis | None
    """Of the consent that holds."""
    consent_until: UnixMillis | None
    consent_ended: UnixMillis | None
    """Without one that holds: when the newest was given that no longer does."""
    informed_at: UnixMillis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRights:
    """Each recipient of a letter about a patient, in the order asked."""

    rows: Annotated[tuple[RecipientRights, ...], Size.up_to(MAX_SLOTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRights(Command[LetterRights]):
    """Whether a letter about a patient may go to these. Fails with UNKNOWN_PATIENT."""

    patient: PatientId
    to: Annotated[tuple[AccountId, ...], Size.up_to(MAX_SLOTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One record."""

    decision: DecisionId
    kind: DecisionKind
    at: UnixMillis
    parties: Annotated[tuple[Party, ...], Size.up_to(MAX_DECISION_PARTIES)]
    """Nobody: it is about everybody."""
    is_in_force: bool
    channel: Channel
    capacity: Capacity
    by: NameText = field(repr=False)
    tie: CareTie | None
    purpose: Annotated[str, Size.up_to(MAX_DECISION_TEXT_BYTES)] = field(repr=False)
    data: Annotated[tuple[DataKind, ...], Size.up_to(len(DataKind))]
    until: UnixMillis | None
    text: Annotated[str, Size.up_to(MAX_DECISION_TEXT_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRights:
    """Everything recorded about a patient, newest first, and how things stand with everybody named."""

    people: Annotated[tuple[RecipientRights, ...], Size.up_to(PAGE_LIMIT)]
    decisions: Annotated[tuple[DecisionRow, ...], Size.up_to(PAGE_LIMIT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRights(Command[PatientRights]):
    """Who may be told what about a patient. Fails with UNKNOWN_PATIENT."""

    patient: PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWish:
    """What a consent is to allow."""

    purpose: Annotated[str, Size(1, MAX_DECISION_TEXT_BYTES)] = field(repr=False)
    data: Annotated[tuple[DataKind, ...], Size(1, len(DataKind))]
    basis: Basis
    until: UnixMillis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDecision(Command[Done]):
    """Record what a patient has decided, or what is stated about their care; it is never changed afterwards.

    What it overrides is looked up: a consent overrides the withdrawals known here, a lifting the oppositions to the
    people it names, without any the one to everybody, a statement about the care the earlier ones. Fails with UNKNOWN_PATIENT, NOT_A_CONTACT for an account that
    is nobody's here, INVALID for a consent without terms or to nobody, NOTHING_TO_LIFT.
    """

    patient: PatientId
    kind: DecisionKind
    accounts: Annotated[tuple[AccountId, ...], Size.up_to(MAX_DECISION_PARTIES)] = ()
    outside: Annotated[tuple[Annotated[str, Size(1, 200)], ...], Size.up_to(8)] = field(
        repr=False, default=()
    )
    """Names of people or bodies who are not correspondents."""
    channel: Channel = Channel.ORAL
    capacity: Capacity = Capacity.PATIENT
    by: NameText = field(repr=False, default="")
    consent: ConsentWish | None = None
    tie: CareTie | None = None
    text: Annotated[str, Size.up_to(MAX_DECISION_TEXT_BYTES)] = field(repr=False, default="")


COMMANDS: Final[dict[type, type]] = {
    CheckRights: LetterRights,
    ShowRights: PatientRights,
    RecordDecision: Done,
}
