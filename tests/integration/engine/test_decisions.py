# SPDX-License-Identifier: AGPL-3.0-or-later
"""What patients decide, on two computers of one practitioner: told, never changed, and converging to the stricter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.engine.ports.vault import Setting
from app.engine.times import DAY_MILLIS
from app.interface.commands import VerifyAudit
from app.interface.failures import Failure
from app.interface.journal import Deed, ListJournal, ShowProof
from app.interface.rights import (
    CheckRights,
    ConsentWish,
    PatientRights,
    RecipientRights,
    RecordDecision,
    Rule,
    Ruling,
    ShowRights,
)
from crypto_core.trust.audit import record_salt
from crypto_core.wire.codec import encode
from crypto_core.wire.decisions import (
    Basis,
    CareTie,
    DataKind,
    DecisionKind,
    KeptDecision,
    OwnDecisions,
)
from crypto_core.wire.envelope import MessageKind
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.labels import PATIENT_DECISION
from crypto_core.wire.signed import Signed
from tests.fakes.full_mailbox import session_of
from tests.fakes.practice import Practice, failure_of, settle
from tests.integration.engine.test_absence import say
from tests.integration.engine.test_linking import empty_computer, link
from tests.integration.engine.test_marks import on_two, patient, told
from tests.integration.engine.test_receiving import run

if TYPE_CHECKING:
    from pathlib import Path

    from app.interface.patients import PatientRow
    from crypto_core.wire.ids import AccountId, ConversationId, PatientId
    from tests.fakes.machine import FakeClock

CONSENT, WITHDRAWAL = DecisionKind.CONSENT, DecisionKind.WITHDRAWAL
OPPOSITION, LIFTING = DecisionKind.OPPOSITION, DecisionKind.LIFTING


def consent(until: UnixMillis | None = None) -> ConsentWish:
    return ConsentWish(
        purpose="Suivi de la lombalgie",
        data=(DataKind.LETTERS,),
        basis=Basis.EXPLICIT,
        until=until,
    )


def decided(
    patient: PatientId,
    kind: DecisionKind,
    *accounts: AccountId,
    until: UnixMillis | None = None,
    tie: CareTie | None = None,
) -> RecordDecision:
    return RecordDecision(
        patient=patient,
        kind=kind,
        accounts=accounts,
        consent=consent(until) if kind is CONSENT else None,
        tie=tie,
    )


async def allow(sender: Practice, patient: PatientId, other: Practice) -> None:
    """Say that somebody is of the care team, and that the patient knows it."""
    await sender.do(decided(patient, DecisionKind.TIE, other.account, tie=CareTie.TEAM))
    await sender.do(decided(patient, DecisionKind.INFORMED, other.account))


async def about(practice: Practice, who: PatientRow, other: Practice) -> RecipientRights:
    (row,) = (await practice.do(CheckRights(patient=who.patient, to=(other.account,)))).rows
    return row


async def shown(practice: Practice, who: PatientRow) -> PatientRights:
    return await practice.do(ShowRights(patient=who.patient))


def test_nothing_is_known_of_a_patient_until_somebody_says_it(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        # Anne and Boris are physicians; whether he takes part in the care is the question.
        assert (await about(anne, who, boris)).ruling is Ruling.ASK
        await anne.do(decided(who.patient, DecisionKind.TIE, boris.account, tie=CareTie.TEAM))
        assert (await about(anne, who, boris)).ruling is Ruling.INFORM
        await anne.do(decided(who.patient, DecisionKind.INFORMED, boris.account))
        row = await about(anne, who, boris)
        assert (row.ruling, row.informed_at) == (Ruling.YES, anne.clock.now())
        await anne.do(decided(who.patient, OPPOSITION))
        assert (await about(anne, who, boris)).rule is Rule.OPPOSITION
        await anne.do(decided(who.patient, LIFTING))
        assert (await about(anne, who, boris)).ruling is Ruling.YES
        await anne.do(decided(who.patient, DecisionKind.TIE, boris.account, tie=CareTie.NONE))
        assert (await about(anne, who, boris)).rule is Rule.NO_PART_IN_CARE
        everything = await shown(anne, who)
        assert [each.kind for each in everything.decisions] == [
            DecisionKind.TIE,
            LIFTING,
            OPPOSITION,
            DecisionKind.INFORMED,
            DecisionKind.TIE,
        ]
        assert [each.is_in_force for each in everything.decisions] == [
            True,
            True,
            False,
            True,
            False,
        ]

    run(tmp_path, story)


def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        unfounded = decided(who.patient, CONSENT, boris.account)
        for command, failure in (
            (replace(unfounded, consent=None), Failure.INVALID),
            (replace(unfounded, accounts=()), Failure.INVALID),
            (decided(who.patient, LIFTING), Failure.NOTHING_TO_LIFT),
            (decided(who.patient, DecisionKind.EMERGENCY, boris.account), Failure.INVALID),
            (decided(who.patient, DecisionKind.TIE, boris.account), Failure.INVALID),
            (replace(unfounded, accounts=(anne.account,)), Failure.NOT_A_CONTACT),
            (replace(unfounded, patient=type(who.patient)(bytes(16))), Failure.UNKNOWN_PATIENT),
        ):
            assert await failure_of(anne, command) == failure.value
        assert (await shown(anne, who)).decisions == ()

    run(tmp_path, story)


def test_a_consent_that_has_ended_stays_ended_when_the_clock_is_set_back(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        until = UnixMillis(anne.clock.now() + 3_600_000)
        await anne.do(decided(who.patient, DecisionKind.TIE, boris.account, tie=CareTie.NONE))
        await anne.do(decided(who.patient, CONSENT, boris.account, until=until))
        assert (await about(anne, who, boris)).rule is Rule.CONSENT
        anne.clock.advance(seconds=3_600)
        assert (await about(anne, who, boris)).rule is Rule.NO_PART_IN_CARE
        anne.clock.advance(seconds=-7_200)
        assert (await about(anne, who, boris)).rule is Rule.NO_PART_IN_CARE
        await anne.reopen()
        assert (await about(anne, who, boris)).rule is Rule.NO_PART_IN_CARE

    run(tmp_path, story)


def test_a_record_reaches_the_other_computer_and_is_proven_there(tmp_path: Path) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, boris: Practice, _: ConversationId
    ) -> None:
        who = await patient(anne)
        await told(clock, anne, laptop)
        await anne.do(decided(who.patient, CONSENT, boris.account))
        await settle([anne, laptop])
        (here,), (there,) = [(await shown(each, who)).decisions for each in (anne, laptop)]
        assert here == there
        assert here.parties[0].account == boris.account
        # The log commits to this very record.
        await told(clock, anne, laptop)
        (act,) = [
            row
            for row in (await anne.do(ListJournal(patient=who.patient))).rows
            if row.deed is Deed.CONSENT_GIVEN
        ]
        proof = await anne.do(ShowProof(entry=act.entry))
        assert proof.signature_holds
        assert proof.inclusion_holds
        (kept,) = await session_of(laptop).vault.run(lambda store: list(store.decisions.all()))
        assert record_salt(kept.nonce, encode(kept.record)) == proof.salt

    on_two(tmp_path, story)


def test_a_withdrawal_on_one_computer_beats_a_consent_given_meanwhile_on_the_other(
    tmp_path: Path,
) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, boris: Practice, _: ConversationId
    ) -> None:
        who = await patient(anne)
        await told(clock, anne, laptop)
        # Both offline: nobody synchronises between these.
        await anne.do(decided(who.patient, WITHDRAWAL, boris.account))
        clock.advance(seconds=60)
        await laptop.do(decided(who.patient, CONSENT, boris.account))
        assert (await about(laptop, who, boris)).rule is Rule.CONSENT
        await settle([laptop, anne])
        for each in (anne, laptop):
            assert (await about(each, who, boris)).ruling is Ruling.ASK
        # Given once more by somebody who knows of the withdrawal, it holds on both.
        await laptop.do(decided(who.patient, CONSENT, boris.account))
        await settle([laptop, anne])
        for each in (anne, laptop):
            assert (await about(each, who, boris)).rule is Rule.CONSENT

    on_two(tmp_path, story)


def test_a_computer_that_is_linked_knows_what_was_decided_before(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        await anne.do(decided(who.patient, OPPOSITION, boris.account))
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop)
            anne.clock.advance(seconds=60)
            await settle([anne, laptop], rounds=12)
            assert (await about(laptop, who, boris)).rule is Rule.OPPOSITION

    run(tmp_path, story)


@pytest.mark.parametrize("forger", ["correspondent", "another key", "another account"])
def test_nobody_else_decides_for_a_patient(tmp_path: Path, forger: str) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, boris: Practice, _: ConversationId
    ) -> None:
        who = await patient(anne)
        await anne.do(decided(who.patient, OPPOSITION, boris.account))
        await told(clock, anne, laptop)
        session = session_of(boris if forger == "correspondent" else anne)

        def lifting(store: object) -> OwnDecisions:
            del store
            (opposition,) = known
            made = replace(
                opposition,
                decision=type(opposition.decision)(b"forged decision."),
                kind=LIFTING,
                seen=(opposition.decision,),
                account=boris.account if forger == "another account" else anne.account,
            )
            body = encode(made)
            pair = (
                session_of(boris).keys.signing if forger == "another key" else session.keys.signing
            )
            signed = Signed(body=body, signature=pair.sign(PATIENT_DECISION, body))
            return OwnDecisions(
                version=1, decisions=(KeptDecision(record=signed, nonce=bytes(32)),)
            )

        known = await session_of(anne).vault.run(lambda store: store.decisions.of(who.patient))
        sender = boris if forger == "correspondent" else anne
        await say(sender, anne.account, MessageKind.DECISIONS, lifting(None))
        await settle([sender, anne, laptop])
        assert (await about(laptop, who, boris)).rule is Rule.OPPOSITION
        assert len((await shown(laptop, who)).decisions) == 1

    on_two(tmp_path, story)


def test_a_clock_that_had_run_ahead_is_corrected_by_the_relay(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        until = UnixMillis(anne.clock.now() + 30 * DAY_MILLIS)
        await anne.do(decided(who.patient, CONSENT, boris.account, until=until))
        ahead = UnixMillis(anne.clock.now() + 400 * DAY_MILLIS)
        session = session_of(anne)
        await session.vault.run(
            lambda store: store.identity.put_setting(Setting.LATEST_TIME, str(ahead).encode())
        )
        assert (await about(anne, who, boris)).consented_at is None
        await anne.do(VerifyAudit())
        assert (await about(anne, who, boris)).consented_at is not None

    run(tmp_path, story)


def test_an_objection_to_two_that_is_over_for_one_goes_on_for_the_other(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        both = replace(
            decided(who.patient, OPPOSITION, boris.account), outside=("Mutuelle du Midi",)
        )
        await anne.do(both)
        await anne.do(decided(who.patient, LIFTING, boris.account))
        assert (await about(anne, who, boris)).ruling is Ruling.ASK
        held = [each for each in (await shown(anne, who)).decisions if each.is_in_force]
        (left,) = [each for each in held if each.kind is OPPOSITION]
        assert [party.name for party in left.parties] == ["Mutuelle du Midi"]

    run(tmp_path, story)


def test_an_objection_to_everybody_is_not_over_because_it_is_for_one(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        who = await patient(anne)
        await anne.do(decided(who.patient, OPPOSITION))
        lifted = decided(who.patient, LIFTING, boris.account)
        assert await failure_of(anne, lifted) == Failure.NOTHING_TO_LIFT
        assert (await about(anne, who, boris)).ruling is Ruling.NO
        await anne.do(decided(who.patient, LIFTING))
        assert (await about(anne, who, boris)).ruling is Ruling.ASK

    run(tmp_path, story)
