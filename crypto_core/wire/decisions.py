# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a patient has decided about their information, and what their practitioner has stated: one record for each.

Records are never changed and never deleted by a later one; what holds follows from all of them (`spec/decisions.md`).
The fields of a consent are those of ISO/IEC TS 27560 as requirement R-21 asks for them. No relay sees any of this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final, NewType

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import (
    AccountId,
    DeviceId,
    Hash,
    MessageId,
    PatientId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.limits import (
    JOURNAL_SALT_BYTES,
    MAX_DECISION_PARTIES,
    MAX_DECISION_TEXT_BYTES,
    MAX_DECISIONS_SEEN,
    MAX_DECISIONS_TOGETHER,
    MAX_NAME_BYTES,
)
from crypto_core.wire.signed import Signed
from crypto_core.wire.words import WordLanguage

DecisionId = NewType("DecisionId", Annotated[bytes, Size.exactly(16)])


class DecisionKind(IntEnum):
    """What was decided or stated. The numbers are for ever."""

    CONSENT = 1
    """The parties may be told about the patient, within its terms."""
    WITHDRAWAL = 2
    """Of each consent for these parties, without any of each at all, that does not name it in `seen`."""
    OPPOSITION = 3
    """The parties must not be told; without any, nobody."""
    LIFTING = 4
    """Of the oppositions in `seen`."""
    INFORMED = 5
    """The patient was told that such things go to the parties, and may object."""
    TIE = 6
    """What the parties have to do with the patient's care: `number` is a CareTie. It overrides the ones in `seen`."""
    EMERGENCY = 7
    """`letter` went to the parties all the same, for the reason that `text` gives."""


class CareTie(IntEnum):
    """What somebody has to do with a patient's care; a smaller number is the stricter statement."""

    NONE = 1
    TAKES_PART = 2
    """In the care, outside the practitioner's team (L1110-4 II CSP)."""
    TEAM = 3
    """In the same care team (L1110-12 CSP)."""
    SELF = 4
    """The patient, or who represents them."""


class Channel(IntEnum):
    """How a decision came to the practitioner."""

    ORAL = 1
    PAPER = 2
    """Signed on paper, of which a picture may be kept."""
    SCREEN = 3
    """Read and signed on the practitioner's screen."""
    WRITTEN = 4
    """In a letter or message of the patient's."""


class Capacity(IntEnum):
    """Who has decided."""

    PATIENT = 1
    PARENT = 2
    """Who has parental authority over a minor."""
    GUARDIAN = 3
    """Who represents or assists a protected adult."""
    TRUSTED = 4
    """The person of trust, where the patient cannot speak (L1111-6 CSP)."""


class DataKind(IntEnum):
    """What a consent is about."""

    LETTERS = 1
    """Letters and reports."""
    RESULTS = 2
    """Results of examinations, and pictures."""
    TREATMENT = 3
    """Prescriptions and treatment."""
    ADMINISTRATIVE = 4
    """Names, addresses, appointments."""


class Basis(IntEnum):
    """On what a consent rests."""

    EXPLICIT = 1
    """Explicit consent, RGPD 9(2)(a)."""
    SHARING = 2
    """Consent to share outside the care team, L1110-4 III CSP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody whom a decision is about: a correspondent, or a name outside the system."""

    account: AccountId | None
    name: Annotated[str, Size(1, MAX_NAME_BYTES)] = field(repr=False)
    profession: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)
    """As they stated it at the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRef:
    """Which notice was read, and its exact text."""

    name: Annotated[str, Size(1, 64)]
    version: Annotated[int, Range(1, 10_000)]
    language: WordLanguage
    sha256: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTerms:
    """What a consent allows (R-21): its purpose, its data, its basis, and the notice that was given."""

    purpose: Annotated[str, Size(1, MAX_DECISION_TEXT_BYTES)] = field(repr=False)
    data: Annotated[tuple[DataKind, ...], Size(1, len(DataKind))]
    basis: Basis
    notice: NoticeRef | None
    until: UnixMillis | None
    """From then on it holds no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDecision:
    """One record. `FIELDS` says which of the optional fields its kind has."""

    version: Version1
    decision: DecisionId
    account: AccountId
    """Who keeps the record."""
    device: DeviceId
    patient: PatientId
    kind: DecisionKind
    at: UnixMillis
    utc_offset: UtcOffsetMinutes
    seen: Annotated[tuple[DecisionId, ...], Size.up_to(MAX_DECISIONS_SEEN)]
    """Earlier records of the same patient that this one knows and overrides."""
    parties: Annotated[tuple[Party, ...], Size.up_to(MAX_DECISION_PARTIES)]
    channel: Channel
    capacity: Capacity
    by: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)
    """The name of who decided, where that is not the patient."""
    terms: ConsentTerms | None
    evidence: Hash | None
    """SHA-256 of the picture of the paper, or of the signature on the screen."""
    number: Annotated[int, Range(0, 255)] | None
    letter: MessageId | None
    text: Annotated[str, Size.up_to(MAX_DECISION_TEXT_BYTES)] = field(repr=False)
    """What the practitioner adds; for an emergency its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDecision:
    """A signed record, and the nonce by which the entry of the journal commits to it (`spec/decisions.md` §4)."""

    record: Signed
    nonce: Annotated[bytes, Size.exactly(JOURNAL_SALT_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDecisions:
    """The only section of a DECISIONS message, from one computer of an account to its others."""

    version: Version1
    decisions: Annotated[tuple[KeptDecision, ...], Size(1, MAX_DECISIONS_TOGETHER)]


_OPTIONAL: Final = ("terms", "evidence", "number", "letter")
_NEEDS: Final = {
    DecisionKind.CONSENT: frozenset({"terms"}),
    DecisionKind.TIE: frozenset({"number"}),
    DecisionKind.EMERGENCY: frozenset({"letter"}),
}
_MAY: Final = {
    DecisionKind.CONSENT: frozenset({"evidence"}),
    DecisionKind.WITHDRAWAL: frozenset({"evidence"}),
    DecisionKind.OPPOSITION: frozenset({"evidence"}),
    DecisionKind.LIFTING: frozenset({"evidence"}),
}
_NAMED: Final = frozenset(
    {DecisionKind.CONSENT, DecisionKind.INFORMED, DecisionKind.TIE, DecisionKind.EMERGENCY}
)
"""Kinds that are about somebody."""
_NONE: Final[frozenset[str]] = frozenset()


def is_sound(decision: PatientDecision) -> bool:
    """Whether a record has the fields of its kind and no others, and overrides neither itself nor anything twice."""
    kind = decision.kind
    has = {name for name in _OPTIONAL if getattr(decision, name) is not None}
    needs, may = _NEEDS.get(kind, _NONE), _MAY.get(kind, _NONE)
    accounts = [party.account for party in decision.parties if party.account is not None]
    return (
        needs <= has <= needs | may
        and (bool(decision.parties) or kind not in _NAMED)
        and (bool(decision.seen) or kind is not DecisionKind.LIFTING)
        and (bool(decision.text.strip()) or kind is not DecisionKind.EMERGENCY)
        and (decision.number in set(CareTie) or kind is not DecisionKind.TIE)
        and decision.decision not in decision.seen
        and len(set(decision.seen)) == len(decision.seen)
        and len(set(accounts)) == len(accounts)
    )
