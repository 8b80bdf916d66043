# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signed records of patients' decisions: whose they are, what each kind has, and that the log can commit to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crypto_core.errors import SignatureError, WireError
from crypto_core.trust.audit import record_salt
from crypto_core.trust.decisions import stated, verify_decision
from crypto_core.wire.codec import encode
from crypto_core.wire.decisions import (
    Capacity,
    CareTie,
    Channel,
    DecisionId,
    DecisionKind,
    Party,
    is_sound,
)
from crypto_core.wire.ids import AccountId, Hash, MessageId
from crypto_core.wire.labels import MESSAGE, PATIENT_DECISION
from crypto_core.wire.signed import Signed
from tests.fakes.decisions import DECIDER, decided, other_pair, signed

BORIS = AccountId(b"b" * 20)


def test_a_record_is_read_with_the_key_of_the_device_that_made_it() -> None:
    decision = decided(DecisionKind.CONSENT, 1, BORIS)
    assert verify_decision(DECIDER.public, signed(decision)) == decision


def test_nobody_else_can_make_a_record() -> None:
    decision = decided(DecisionKind.CONSENT, 1, BORIS)
    with pytest.raises(SignatureError):
        verify_decision(DECIDER.public, signed(decision, by=other_pair()))


def test_a_changed_record_is_none() -> None:
    decision = decided(DecisionKind.WITHDRAWAL, 1, BORIS)
    changed = encode(replace(decision, kind=DecisionKind.LIFTING, seen=(DecisionId(bytes(16)),)))
    with pytest.raises(SignatureError):
        verify_decision(DECIDER.public, replace(signed(decision), body=changed))


def test_half_a_signature_is_none() -> None:
    true = signed(decided(DecisionKind.OPPOSITION, 1))
    foreign = signed(decided(DecisionKind.OPPOSITION, 1), by=other_pair())
    for half in ("ed25519", "ml_dsa_65"):
        mixed = replace(true.signature, **{half: getattr(foreign.signature, half)})
        with pytest.raises(SignatureError):
            verify_decision(DECIDER.public, replace(true, signature=mixed))


def test_a_signature_for_something_else_is_none_here() -> None:
    body = encode(decided(DecisionKind.OPPOSITION, 1))
    elsewhere = Signed(body=body, signature=DECIDER.sign(MESSAGE, body))
    with pytest.raises(SignatureError):
        verify_decision(DECIDER.public, elsewhere)


def test_each_kind_has_its_fields_and_no_others() -> None:
    consent = decided(DecisionKind.CONSENT, 1, BORIS)
    tie = decided(DecisionKind.TIE, 1, BORIS)
    emergency = decided(DecisionKind.EMERGENCY, 1, BORIS)
    opposition = decided(DecisionKind.OPPOSITION, 1)
    lifting = decided(DecisionKind.LIFTING, 2, seen=(opposition.decision,))
    for sound in (consent, tie, emergency, opposition, lifting):
        assert is_sound(sound)
    for unsound in (
        replace(consent, terms=None),
        replace(consent, parties=()),
        replace(consent, letter=MessageId(bytes(16))),
        replace(consent, seen=(consent.decision,)),
        replace(tie, number=None),
        replace(tie, number=len(CareTie) + 1),
        replace(tie, evidence=Hash(bytes(32))),
        replace(emergency, text=" \n"),
        replace(emergency, letter=None),
        replace(lifting, seen=()),
        replace(lifting, seen=lifting.seen * 2),
        replace(opposition, parties=consent.parties * 2),
        replace(opposition, terms=consent.terms),
    ):
        assert not is_sound(unsound)
        with pytest.raises(WireError):
            stated(signed(unsound))


def test_a_name_outside_may_stand_twice_an_account_only_once() -> None:
    outside = Party(account=None, name="Mutuelle", profession="")
    assert is_sound(replace(decided(DecisionKind.OPPOSITION, 1), parties=(outside, outside)))


def test_a_record_says_who_decided_and_how() -> None:
    decision = decided(DecisionKind.CONSENT, 1, BORIS)
    assert (decision.channel, decision.capacity) == (Channel.ORAL, Capacity.PATIENT)
    assert stated(signed(decision)) == decision


def test_an_entry_commits_to_its_record_and_tells_nothing_of_it() -> None:
    record = encode(signed(decided(DecisionKind.CONSENT, 1, BORIS)))
    other = encode(signed(decided(DecisionKind.CONSENT, 2, BORIS)))
    nonce = bytes(range(32))
    salt = record_salt(nonce, record)
    assert len(salt) == 32
    assert record_salt(nonce, other) != salt
    assert record_salt(bytes(32), record) != salt


def test_names_and_reasons_stay_out_of_what_programs_print() -> None:
    decision = decided(DecisionKind.EMERGENCY, 1, BORIS)
    shown = repr(decision)
    assert decision.text not in shown
    assert decision.parties[0].name not in shown
    assert PATIENT_DECISION.endswith(b"\0")
