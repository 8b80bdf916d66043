# SPDX-License-Identifier: AGPL-3.0-or-later
"""Leaves of a log as relay and devices make them, for tests of those who read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.trust.audit import CHAIN_START
from crypto_core.trust.signatures import pseudonym_of
from crypto_core.wire.audit import AuditLeaf, AuditStatement, Verb
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import RELAY_PSEUDONYM, DevicePseudonym, UnixMillis
from crypto_core.wire.labels import RELAY_STATEMENT, STATEMENT
from tests.fakes.people import NOW

if TYPE_CHECKING:
    from crypto_core.keys.prekeys import DeviceKeys
    from relay_server.audit.signing import LogSigners


def relay_leaf(
    signers: LogSigners,
    verb: Verb,
    content: object,
    *,
    relay_time: UnixMillis = NOW,
    actor: DevicePseudonym = RELAY_PSEUDONYM,
    label: bytes = RELAY_STATEMENT,
) -> bytes:
    """Return an encoded leaf of the relay's own, signed by the log's key."""
    statement = _statement(actor, verb, content)
    return _leaf(statement, signers.ed25519.private_key.sign(label + statement), relay_time)


def device_leaf(
    keys: DeviceKeys, verb: Verb, content: object, *, relay_time: UnixMillis = NOW
) -> bytes:
    """Return an encoded leaf with a statement of this device."""
    statement = _statement(pseudonym_of(keys.device), verb, content)
    return _leaf(statement, encode(keys.signing.sign(STATEMENT, statement)), relay_time)


def _statement(actor: DevicePseudonym, verb: Verb, content: object) -> bytes:
    return encode(
        AuditStatement(
            version=1,
            actor=actor,
            sequence=0,
            previous=CHAIN_START,
            verb=verb,
            content=encode(content),
        )
    )


def _leaf(statement: bytes, signature: bytes, relay_time: UnixMillis) -> bytes:
    return encode(
        AuditLeaf(
            version=1,
            statement=statement,
            signature=signature,
            relay_time=relay_time,
            nonce=bytes(16),
        )
    )
