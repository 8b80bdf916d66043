# SPDX-License-Identifier: AGPL-3.0-or-later
"""The signers of the relay's log."""

from __future__ import annotations

import dataclasses

import pytest

from crypto_core.errors import WireError
from crypto_core.trust.checkpoints import SignatureType, parse_note, verify_checkpoint
from relay_server.audit.signing import LogSigners
from tests.fakes.sample_log import ORIGIN, SIGNED_AT, SampleLog, sample_signers

SIGNERS = sample_signers()
CHECKPOINT = SampleLog([b"leaf"]).checkpoint()


def test_one_line_of_each_type_in_order() -> None:
    note = SIGNERS.sign(CHECKPOINT)
    lines = parse_note(note).signatures
    assert [line.name for line in lines] == [ORIGIN, ORIGIN]
    assert [line.key_id for line in lines] == [
        SIGNERS.identity.ed25519.key_id,
        SIGNERS.identity.ml_dsa_44.key_id,
    ]
    assert [len(line.signature) for line in lines] == [64, 8 + 2420]
    assert verify_checkpoint(note, log=SIGNERS.identity).signed_at_seconds == SIGNED_AT


def test_the_identity_is_made_of_the_public_keys() -> None:
    identity = SIGNERS.identity
    assert identity.ed25519.type is SignatureType.ED25519
    assert (
        identity.ed25519.public_key == SIGNERS.ed25519.private_key.public_key().public_bytes_raw()
    )
    assert identity.ml_dsa_44.type is SignatureType.ML_DSA_44
    assert (
        identity.ml_dsa_44.public_key
        == SIGNERS.ml_dsa_44.private_key.public_key().public_bytes_raw()
    )


def test_the_time_is_read_anew_for_each_signature() -> None:
    times = iter((SIGNED_AT, SIGNED_AT + 60))
    moving = dataclasses.replace(SIGNERS.ml_dsa_44, now_seconds=lambda: next(times))
    signers = LogSigners(ed25519=SIGNERS.ed25519, ml_dsa_44=moving)
    seen = [
        verify_checkpoint(signers.sign(CHECKPOINT), log=signers.identity).signed_at_seconds
        for _ in range(2)
    ]
    assert seen == [SIGNED_AT, SIGNED_AT + 60]


def test_two_names_are_refused() -> None:
    other = sample_signers(origin="other.example/log")
    with pytest.raises(WireError):
        LogSigners(ed25519=SIGNERS.ed25519, ml_dsa_44=other.ml_dsa_44)


def test_a_name_that_no_key_can_have_is_refused() -> None:
    with pytest.raises(WireError):
        sample_signers(origin="relay example")


def test_a_clock_before_1970_is_refused() -> None:
    stopped = dataclasses.replace(SIGNERS.ml_dsa_44, now_seconds=lambda: -1)
    with pytest.raises(WireError):
        LogSigners(ed25519=SIGNERS.ed25519, ml_dsa_44=stopped).sign(CHECKPOINT)


def test_no_private_key_is_in_a_repr() -> None:
    seed = b"\x01" * 32
    for shown in (repr(SIGNERS), str(SIGNERS.ed25519), repr(SIGNERS.ml_dsa_44)):
        assert "private_key" not in shown
        assert seed.hex() not in shown
        assert repr(seed) not in shown
