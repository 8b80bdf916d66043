# SPDX-License-Identifier: AGPL-3.0-or-later
"""Verification of audit statements and leaves, for relay, correspondents and auditors alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crypto_core.errors import SignatureError, WireError
from crypto_core.trust.signatures import sha256, verify, verify_ed25519, verify_ml_dsa
from crypto_core.wire.audit import (
    AuditLeaf,
    AuditStatement,
    EnvelopeAccepted,
    EnvelopeExpired,
    LaterStatement,
    Verb,
)
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import RELAY_PSEUDONYM, DevicePseudonym, EnvelopeId, Hash, UnixMillis
from crypto_core.wire.labels import JOURNAL_RECORD, RELAY_STATEMENT, SEALED_LEAF, STATEMENT
from crypto_core.wire.limits import JOURNAL_SALT_BYTES

if TYPE_CHECKING:
    from crypto_core.wire.journal import OpenedEntry
    from crypto_core.wire.signed import HybridSignature, SigningPublicKey

T = TypeVar("T")

_OPENED_BEGINS = bytes((0x82, 0x58, JOURNAL_SALT_BYTES))
"""An array of two (RFC 8949 §3.1), of which the first is a byte string of the salt's length."""
CHAIN_START = Hash(bytes(32))
"""`previous` of an actor's first statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """Where an actor's chain stands: the next sequence number and the hash it must name as previous."""

    next_sequence: int
    previous: Hash


def read_statement(encoded_statement: bytes) -> AuditStatement | LaterStatement:
    """Read what stands in a log, also when a later program has written it. Raises WireError.

    For who shows or counts what others did. Whoever acts on a statement decodes an AuditStatement.
    """
    try:
        return decode(AuditStatement, encoded_statement)
    except WireError:
        later = decode(LaterStatement, encoded_statement)
        if later.verb in set(Verb):
            # It is another field that is wrong.
            raise
        return later


def follow_chain(head: ChainHead, encoded_statement: bytes) -> tuple[AuditStatement, ChainHead]:
    """Decode a statement, check that it continues the chain, and return it with the new head.

    Whose chain it is, and that its signature is this actor's, is the caller's to check. Raises SignatureError on a gap, a repetition or a wrong link; WireError on malformed bytes.
    """
    statement = decode(AuditStatement, encoded_statement)
    if statement.sequence != head.next_sequence or statement.previous != head.previous:
        raise SignatureError("the statement does not continue its actor's chain")
    return statement, ChainHead(
        next_sequence=statement.sequence + 1, previous=sha256(encoded_statement)
    )


def verify_statement(
    key: SigningPublicKey, encoded_statement: bytes, signature: HybridSignature
) -> None:
    """Check both halves of a device's signature. Raises SignatureError."""
    verify(key, STATEMENT, encoded_statement, signature)


def verify_statement_now(
    key: SigningPublicKey, encoded_statement: bytes, signature: HybridSignature
) -> None:
    """Check the Ed25519 half, as the relay does at acceptance. Raises SignatureError."""
    verify_ed25519(key, STATEMENT, encoded_statement, signature)


def verify_statement_later(
    key: SigningPublicKey, encoded_statement: bytes, signature: HybridSignature
) -> None:
    """Check the ML-DSA-65 half, as the relay's auditor does within a minute. Raises SignatureError."""
    verify_ml_dsa(key, STATEMENT, encoded_statement, signature)


def verify_relay_statement(log_key: bytes, encoded_statement: bytes, signature: bytes) -> None:
    """Check a statement of the relay against the log's raw Ed25519 key (32 bytes). Raises SignatureError."""
    try:
        Ed25519PublicKey.from_public_bytes(log_key).verify(
            signature, RELAY_STATEMENT + encoded_statement
        )
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("the relay's statement does not verify") from error


def read_acceptance(
    leaf: bytes, *, actor: DevicePseudonym, envelope: EnvelopeId, envelope_bytes: bytes
) -> EnvelopeAccepted:
    """Check that a leaf records the acceptance of exactly these envelope bytes from this device.

    The leaf's place in the log and its signature are the caller's to check. Raises SignatureError, WireError.
    """
    statement = decode(AuditStatement, decode(AuditLeaf, leaf).statement)
    if statement.verb is not Verb.ENVELOPE_ACCEPTED or statement.actor != actor:
        raise SignatureError("the leaf records another act")
    accepted = decode(EnvelopeAccepted, statement.content)
    if accepted.envelope != envelope or accepted.envelope_sha256 != sha256(envelope_bytes):
        raise SignatureError("the leaf records another envelope")
    return accepted


def read_relay_leaf(
    cls: type[T], leaf: bytes, *, verb: Verb, log_key: bytes
) -> tuple[T, UnixMillis]:
    """Check the relay's signature on a leaf of its own; return the content of the verb, and the relay's time.

    The leaf's place in the log is the caller's to check. Raises SignatureError or WireError.
    """
    wrapped = decode(AuditLeaf, leaf)
    verify_relay_statement(log_key, wrapped.statement, wrapped.signature)
    statement = decode(AuditStatement, wrapped.statement)
    if statement.verb is not verb or statement.actor != RELAY_PSEUDONYM:
        raise SignatureError("the leaf records another act")
    return decode(cls, statement.content), wrapped.relay_time


def read_expiry(leaf: bytes, *, log_key: bytes) -> EnvelopeExpired:
    """Check the relay's signature on an expiry and return its content. Raises SignatureError or WireError."""
    return read_relay_leaf(EnvelopeExpired, leaf, verb=Verb.ENVELOPE_EXPIRED, log_key=log_key)[0]


def commitment(opened: OpenedEntry) -> Hash:
    """Return what a sealed leaf holds of an entry: SHA-256(label ‖ salt ‖ encoded entry)."""
    return sha256(SEALED_LEAF, opened.salt, encode(opened.entry))


def record_salt(nonce: bytes, record: bytes) -> bytes:
    """Return the salt of an entry about a record: SHA-256(label ‖ 32 random bytes ‖ SHA-256(record)).

    It hides the entry as a random salt does, and whoever has nonce and record sees that the entry is about this one.
    """
    return sha256(JOURNAL_RECORD, nonce, sha256(record))


def is_committed(encoded_opened: bytes, committed: bytes) -> bool:
    """Whether a leaf's commitment is to this encoded OpenedEntry, also to one that only a later program can read."""
    begins = encoded_opened.startswith(_OPENED_BEGINS)
    salt = encoded_opened[len(_OPENED_BEGINS) :][:JOURNAL_SALT_BYTES]
    entry = encoded_opened[len(_OPENED_BEGINS) + JOURNAL_SALT_BYTES :]
    return begins and sha256(SEALED_LEAF, salt, entry) == committed
