# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds between a patient and somebody, of all that was ever recorded (`crypto_core/spec/decisions.md` §3).

It depends on the set of the records and on nothing else: not on their order, not on the clocks of the computers that
made them. Where two computers recorded different things without knowing of each other, the stricter one holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.engine.rights.gate import Tie
from crypto_core.wire.decisions import DecisionKind, PatientDecision

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from crypto_core.wire.ids import AccountId, UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the gate and the patient's page need of somebody."""

    tie: Tie
    opposition: PatientDecision | None
    """One that covers them; the newest, if there are several."""
    consent: PatientDecision | None
    """One that covers them and holds now; of several the one that holds longest."""
    ended: PatientDecision | None
    """Without `consent`, the newest that has expired or was withdrawn."""
    informed: PatientDecision | None
    """The newest statement that the patient was told."""


def covers(decision: PatientDecision, account: AccountId) -> bool:
    """Whether a record is about somebody; one that names nobody is about everybody."""
    return not decision.parties or any(party.account == account for party in decision.parties)


def standing(
    decisions: Collection[PatientDecision], account: AccountId, *, now: UnixMillis
) -> Standing:
    """Say what holds for an account; `now` never goes back, whatever a clock does."""
    of = _by_kind(decisions, account)
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


def _by_kind(
    decisions: Iterable[PatientDecision], account: AccountId
) -> dict[DecisionKind, list[PatientDecision]]:
    found: dict[DecisionKind, list[PatientDecision]] = {kind: [] for kind in DecisionKind}
    for each in decisions:
        if each.kind is DecisionKind.LIFTING or covers(each, account):
            found[each.kind].append(each)
    return found


def _tie(statements: Collection[PatientDecision]) -> Tie:
    overridden = {each for statement in statements for each in statement.seen}
    holding = [each.number or 0 for each in statements if each.decision not in overridden]
    return Tie(min(holding, default=Tie.UNKNOWN))


def _age(decision: PatientDecision) -> tuple[int, bytes]:
    return decision.at, decision.decision


def _end(consent: PatientDecision) -> tuple[bool, int, bytes]:
    until = None if consent.terms is None else consent.terms.until
    return until is None, until or 0, consent.decision
