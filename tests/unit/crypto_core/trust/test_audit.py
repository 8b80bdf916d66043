# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto_core.errors import SignatureError, WireError
from crypto_core.trust.audit import (
    CHAIN_START,
    ChainHead,
    follow_chain,
    read_acceptance,
    read_expiry,
    verify_statement,
    verify_statement_later,
    verify_statement_now,
)
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.audit import (
    AuditLeaf,
    AuditStatement,
    EnvelopeAccepted,
    EnvelopeExpired,
    Verb,
)
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import (
    RELAY_PSEUDONYM,
    DevicePseudonym,
    EnvelopeId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.labels import RELAY_STATEMENT, STATEMENT
from tests.fakes.people import NOW, Person

CLAIRE, KARIM = Person.invent("Claire"), Person.invent("Karim")
ACTOR = pseudonym_of(CLAIRE.device)
ENVELOPE, BYTES = EnvelopeId(b"e" * 16), b"the sealed bytes"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(b"l" * 32)


def acceptance(
    *, actor: DevicePseudonym = ACTOR, verb: Verb = Verb.ENVELOPE_ACCEPTED, sequence: int = 0
) -> bytes:
    content = EnvelopeAccepted(
        envelope=ENVELOPE, envelope_sha256=sha256(BYTES), at=NOW, utc_offset=UtcOffsetMinutes(0)
    )
    return encode(
        AuditStatement(
            version=1,
            actor=actor,
            sequence=sequence,
            previous=CHAIN_START,
            verb=verb,
            content=encode(content),
        )
    )


def leaf(statement: bytes, signature: bytes = bytes(64)) -> bytes:
    return encode(
        AuditLeaf(
            version=1,
            statement=statement,
            signature=signature,
            relay_time=UnixMillis(NOW),
            nonce=bytes(16),
        )
    )


def test_an_acceptance_names_exactly_these_bytes_from_this_device() -> None:
    accepted = read_acceptance(
        leaf(acceptance()), actor=ACTOR, envelope=ENVELOPE, envelope_bytes=BYTES
    )
    assert accepted.at == NOW


@pytest.mark.parametrize(
    ("statement", "actor", "envelope", "content"),
    [
        (acceptance(), pseudonym_of(KARIM.device), ENVELOPE, BYTES),
        (acceptance(), ACTOR, EnvelopeId(bytes(16)), BYTES),
        (acceptance(), ACTOR, ENVELOPE, BYTES + b"!"),
        (acceptance(verb=Verb.DEVICE_LIST_PUBLISHED), ACTOR, ENVELOPE, BYTES),
    ],
    ids=["another device", "another envelope", "other bytes", "another act"],
)
def test_a_leaf_about_something_else_proves_nothing(
    statement: bytes, actor: DevicePseudonym, envelope: EnvelopeId, content: bytes
) -> None:
    with pytest.raises(SignatureError):
        read_acceptance(leaf(statement), actor=actor, envelope=envelope, envelope_bytes=content)


def test_a_chain_has_no_gap_no_repetition_and_no_other_past() -> None:
    start = ChainHead(next_sequence=0, previous=CHAIN_START)
    first = acceptance()
    _, head = follow_chain(start, first)
    assert head == ChainHead(next_sequence=1, previous=sha256(first))
    with pytest.raises(SignatureError):
        follow_chain(head, first)
    with pytest.raises(SignatureError):
        follow_chain(start, acceptance(sequence=1))
    with pytest.raises(SignatureError):
        follow_chain(head, acceptance(sequence=1))
    with pytest.raises(WireError):
        follow_chain(head, b"\x80")


def test_the_relay_checks_one_half_at_once_and_the_other_soon() -> None:
    statement = acceptance()
    signature = CLAIRE.keys.signing.sign(STATEMENT, statement)
    key = CLAIRE.entry.signing
    verify_statement(key, statement, signature)
    classical_broken = replace(signature, ed25519=bytes(64))
    quantum_safe_broken = replace(signature, ml_dsa_65=bytes(3309))
    verify_statement_now(key, statement, quantum_safe_broken)
    verify_statement_later(key, statement, classical_broken)
    for broken, check in (
        (classical_broken, verify_statement_now),
        (quantum_safe_broken, verify_statement_later),
        (classical_broken, verify_statement),
        (quantum_safe_broken, verify_statement),
    ):
        with pytest.raises(SignatureError):
            check(key, statement, broken)


def test_only_the_log_key_states_that_an_envelope_expired() -> None:
    content = EnvelopeExpired(envelope=ENVELOPE, undelivered=(KARIM.device,))
    statement = encode(
        AuditStatement(
            version=1,
            actor=RELAY_PSEUDONYM,
            sequence=0,
            previous=CHAIN_START,
            verb=Verb.ENVELOPE_EXPIRED,
            content=encode(content),
        )
    )
    genuine = leaf(statement, LOG_KEY.sign(RELAY_STATEMENT + statement))
    raw_key = LOG_KEY.public_key().public_bytes_raw()
    assert read_expiry(genuine, log_key=raw_key) == content
    with pytest.raises(SignatureError):
        read_expiry(leaf(statement, LOG_KEY.sign(STATEMENT + statement)), log_key=raw_key)
    with pytest.raises(SignatureError):
        read_expiry(genuine, log_key=bytes(32))
    for impostor in (
        acceptance(),
        acceptance(actor=RELAY_PSEUDONYM),
        encode(replace(decode(AuditStatement, statement), actor=ACTOR)),
    ):
        with pytest.raises(SignatureError):
            read_expiry(leaf(impostor, LOG_KEY.sign(RELAY_STATEMENT + impostor)), log_key=raw_key)
