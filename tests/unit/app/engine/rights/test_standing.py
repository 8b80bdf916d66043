# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds of all records: the stricter one, whatever came first, and whatever the clocks said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from app.engine.rights.standing import standing
from crypto_core.wire.decisions import CareTie, DecisionKind, PatientDecision
from crypto_core.wire.ids import AccountId, UnixMillis
from tests.fakes.decisions import decided

if TYPE_CHECKING:
    from collections.abc import Sequence

BORIS, CHLOE = AccountId(b"b" * 20), AccountId(b"c" * 20)
NOW = UnixMillis(10_000_000)
CONSENT, WITHDRAWAL = DecisionKind.CONSENT, DecisionKind.WITHDRAWAL
OPPOSITION, LIFTING = DecisionKind.OPPOSITION, DecisionKind.LIFTING


def test_without_a_record_nothing_is_known() -> None:
    found = standing([], BORIS, now=NOW)
    assert (found.tie, found.opposition, found.consent, found.informed) == (
        None,
        None,
        None,
        None,
    )


def test_a_consent_is_for_whom_it_names() -> None:
    consent = decided(CONSENT, 1, BORIS)
    assert standing([consent], BORIS, now=NOW).consent == consent
    assert standing([consent], CHLOE, now=NOW).consent is None


def test_a_consent_ends_with_its_time_and_no_later_clock_brings_it_back() -> None:
    consent = decided(CONSENT, 1, BORIS, until=NOW)
    assert standing([consent], BORIS, now=UnixMillis(NOW - 1)).consent == consent
    ended = standing([consent], BORIS, now=NOW)
    assert (ended.consent, ended.ended) == (None, consent)


def test_a_withdrawal_ends_what_was_given_before_it_and_not_what_is_given_after() -> None:
    before, withdrawal = decided(CONSENT, 1, BORIS), decided(WITHDRAWAL, 2, BORIS)
    after = decided(CONSENT, 3, BORIS, seen=[withdrawal.decision])
    assert standing([before, withdrawal], BORIS, now=NOW).consent is None
    assert standing([before, withdrawal, after], BORIS, now=NOW).consent == after


def test_a_consent_given_elsewhere_without_knowing_of_the_withdrawal_does_not_hold() -> None:
    # Its clock says later; it was offline all the same.
    withdrawal, later = decided(WITHDRAWAL, 1, BORIS), decided(CONSENT, 9, BORIS)
    assert standing([withdrawal, later], BORIS, now=NOW).consent is None


def test_a_withdrawal_from_one_leaves_the_others() -> None:
    consent = decided(CONSENT, 1, BORIS, CHLOE)
    found = [consent, decided(WITHDRAWAL, 2, BORIS)]
    assert standing(found, BORIS, now=NOW).consent is None
    assert standing(found, CHLOE, now=NOW).consent == consent


def test_a_withdrawal_that_names_nobody_is_from_everybody() -> None:
    found = [decided(CONSENT, 1, BORIS), decided(CONSENT, 2, CHLOE), decided(WITHDRAWAL, 3)]
    assert standing(found, BORIS, now=NOW).consent is None
    assert standing(found, CHLOE, now=NOW).consent is None


def test_an_opposition_holds_until_it_is_lifted_by_name() -> None:
    first, second = decided(OPPOSITION, 1), decided(OPPOSITION, 2, BORIS)
    lifting = decided(LIFTING, 3, seen=[first.decision])
    assert standing([first, lifting], BORIS, now=NOW).opposition is None
    assert standing([first, second, lifting], BORIS, now=NOW).opposition == second


def test_of_two_statements_about_care_the_stricter_holds_unless_one_knew_the_other() -> None:
    team = decided(DecisionKind.TIE, 1, BORIS, tie=CareTie.TEAM)
    none = decided(DecisionKind.TIE, 2, BORIS, tie=CareTie.NONE)
    assert standing([team, none], BORIS, now=NOW).tie is CareTie.NONE
    again = decided(DecisionKind.TIE, 3, BORIS, seen=[none.decision, team.decision])
    assert standing([team, none, again], BORIS, now=NOW).tie is CareTie.TEAM


@dataclass(frozen=True)
class Step:
    """What somebody records on one of two computers, or that both exchange what they have."""

    computer: int
    kind: DecisionKind | None
    who: AccountId | None
    minutes: int


steps = st.lists(
    st.builds(
        Step,
        computer=st.integers(0, 1),
        kind=st.sampled_from([CONSENT, WITHDRAWAL, OPPOSITION, LIFTING, None]),
        who=st.sampled_from([BORIS, CHLOE, None]),
        minutes=st.integers(-500, 500),
    ),
    max_size=14,
)


def live(taken: Sequence[Step]) -> tuple[list[PatientDecision], list[PatientDecision]]:
    """Let two computers record things as the engine does, each with a clock of its own and what it knows."""
    known: tuple[list[PatientDecision], list[PatientDecision]] = ([], [])
    for number, step in enumerate(taken, start=1):
        here = known[step.computer]
        if step.kind is None:
            there = known[1 - step.computer]
            there += [each for each in here if each not in there]
            continue
        overrides = {CONSENT: WITHDRAWAL, LIFTING: OPPOSITION}.get(step.kind)
        seen = [each.decision for each in here if each.kind is overrides]
        if step.kind is LIFTING and not seen:
            continue
        who = [BORIS] if step.kind is CONSENT and step.who is None else [step.who]
        made = decided(
            step.kind,
            number,
            *[each for each in who if each is not None and step.kind is not LIFTING],
            seen=seen,
        )
        here.append(replace(made, at=UnixMillis(max(0, made.at + step.minutes * 60_000))))
    return known


@given(steps)
def test_both_computers_come_to_the_same_whatever_the_order(taken: list[Step]) -> None:
    first, second = live(taken)
    everything = {each.decision: each for each in first + second}
    forwards, backwards = list(everything.values()), list(reversed(everything.values()))
    for account in (BORIS, CHLOE):
        assert standing(forwards, account, now=NOW) == standing(backwards, account, now=NOW)


@given(steps, steps)
def test_what_two_computers_decided_apart_becomes_the_stricter_of_both(
    before: list[Step], apart: list[Step]
) -> None:
    offline = [replace(step, kind=step.kind or OPPOSITION) for step in apart]
    together = [*before, Step(0, None, None, 0), Step(1, None, None, 0)]
    first, second = live(together + offline)
    everything = list({each.decision: each for each in first + second}.values())
    for account in (BORIS, CHLOE):
        alone = [standing(known, account, now=NOW) for known in (first, second)]
        met = standing(everything, account, now=NOW)
        # What one of them forbids and the other had not known to lift stays forbidden.
        fresh = [
            each
            for mine, other in ((first, second), (second, first))
            for each in mine
            if each not in other and each.kind is OPPOSITION
        ]
        for here in alone:
            if here.opposition is not None and here.opposition in fresh:
                assert met.opposition is not None
        if met.consent is not None:
            assert any(here.consent == met.consent for here in alone)
            withdrawn = [each for each in everything if each.kind is WITHDRAWAL]
            for each in withdrawn:
                is_about = not each.parties or each.parties[0].account == account
                assert not is_about or each.decision in met.consent.seen
