# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds between a patient and somebody, of all that was ever recorded (`crypto_core/spec/decisions.md` §3).

It depends on the set of the records and on nothing else: not on their order, not on the clocks of the computers that
made them. Where two computers recorded different things without knowing of each other, the stricter one holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from crypto_core.wire.decisions import CareTie, DecisionKind, PatientDecision

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from crypto_core.wire.decisions import Party
    from crypto_core.wire.ids import AccountId, UnixMillis

    Who: TypeAlias = AccountId | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the gate and the patient's page need of somebody."""

    tie: CareTie | None
    opposition: PatientDecision | None
    """One that covers them; the newest, if there are several."""
    consent: PatientDecision | None
    """One that covers them and holds now; of several the one that holds longest."""
    ended: PatientDecision | None
    """Without `consent`, the newest that has expired or was withdrawn."""
    informed: PatientDecision | None
    """The newest statement that the patient was told."""


def who(party: Party) -> Who:
    """By what somebody is known again: the account, or the name of who has none."""
    return party.name.strip().casefold() if party.account is None else party.account


def covers(decision: PatientDecision, somebody: Who) -> bool:
    """Whether a record is about somebody; one that names nobody is about everybody."""
    return not decision.parties or somebody in map(who, decision.parties)


def standing(decisions: Collection[PatientDecision], somebody: Who, *, now: UnixMillis) -> Standing:
    """Say what holds for somebody; `now` never goes back, whatever a clock does."""
    of = _by_kind(decisions, somebody)
    given = sorted(of[DecisionKind.CONSENT], key=_age)
    holding = [
        each
        for each in given
        if not is_withdrawn(each, of[DecisionKind.WITHDRAWAL]) and not has_expired(each, now=now)
    ]
    opposed = sorted(in_force(of[DecisionKind.OPPOSITION], of[DecisionKind.LIFTING]), key=_age)
    informed = sorted(of[DecisionKind.INFORMED], key=_age)
    return Standing(
        tie=_tie(of[DecisionKind.TIE]),
        opposition=opposed[-1] if opposed else None,
        consent=max(holding, key=_end, default=None),
        ended=given[-1] if given and not holding else None,
        informed=informed[-1] if informed else None,
    )


def is_withdrawn(consent: PatientDecision, withdrawals: Iterable[PatientDecision]) -> bool:
    """Whether one of the withdrawals, which are about the same person, was not known when the consent was given."""
    return any(each.decision not in consent.seen for each in withdrawals)


def has_expired(consent: PatientDecision, *, now: UnixMillis) -> bool:
    """Whether a consent's time is over."""
    until = None if consent.terms is None else consent.terms.until
    return until is not None and now >= until


def in_force(
    oppositions: Iterable[PatientDecision], liftings: Collection[PatientDecision]
) -> list[PatientDecision]:
    """Return the oppositions that no lifting names."""
    lifted = {each for lifting in liftings for each in lifting.seen}
    return [each for each in oppositions if each.decision not in lifted]


def holds(
    decision: PatientDecision, known: Collection[PatientDecision], *, now: UnixMillis
) -> bool:
    """Whether a record still says what is so, of one of those whom it names at least."""
    match decision.kind:
        case DecisionKind.CONSENT:
            others = [each for each in known if each.kind is DecisionKind.WITHDRAWAL]
            return any(
                standing([decision, *others], who(party), now=now).consent is decision
                for party in decision.parties
            )
        case DecisionKind.OPPOSITION:
            liftings = [each for each in known if each.kind is DecisionKind.LIFTING]
            return bool(in_force([decision], liftings))
        case DecisionKind.TIE:
            return not any(decision.decision in each.seen for each in known)
        case _:
            return True


def _by_kind(
    decisions: Iterable[PatientDecision], somebody: Who
) -> dict[DecisionKind, list[PatientDecision]]:
    found: dict[DecisionKind, list[PatientDecision]] = {kind: [] for kind in DecisionKind}
    for each in decisions:
        if each.kind is DecisionKind.LIFTING or covers(each, somebody):
            found[each.kind].append(each)
    return found


def _tie(statements: Collection[PatientDecision]) -> CareTie | None:
    overridden = {each for statement in statements for each in statement.seen}
    holding = [
        CareTie(each.number)
        for each in statements
        if each.number is not None and each.decision not in overridden
    ]
    return min(holding, default=None)


def _age(decision: PatientDecision) -> tuple[int, bytes]:
    return decision.at, decision.decision


def _end(consent: PatientDecision) -> tuple[bool, int, bytes]:
    until = None if consent.terms is None else consent.terms.until
    return until is None, until or 0, consent.decision
