# SPDX-License-Identifier: AGPL-3.0-or-later
"""The checks of a device's statement before it may enter the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.errors import SignatureError
from crypto_core.trust.audit import verify_statement_now
from crypto_core.wire.audit import AuditStatement
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.relay_api import ProblemCode
from relay_server.audit.sequencer import DeviceAct
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from crypto_core.wire.audit import Verb
    from crypto_core.wire.ids import DevicePseudonym
    from crypto_core.wire.relay_api import SignedStatement
    from crypto_core.wire.signed import SigningPublicKey


def check_statement(
    given: SignedStatement, *, actor: DevicePseudonym, signing_key: SigningPublicKey, verb: Verb
) -> DeviceAct:
    """Return a statement by `actor` with `verb`, its Ed25519 signature verified.

    Its place in the chain is the sequencer's to check. Raises ProblemError or WireError.
    """
    act = read_statement(given, actor=actor, verb=verb)
    try:
        verify_statement_now(signing_key, given.statement, given.signature)
    except SignatureError as error:
        raise ProblemError(ProblemCode.SIGNATURE_INVALID, "the statement is not signed") from error
    return act


def read_statement(given: SignedStatement, *, actor: DevicePseudonym, verb: Verb) -> DeviceAct:
    """Return a statement by `actor` with `verb`, its signature unchecked. Raises ProblemError or WireError."""
    statement = decode(AuditStatement, given.statement)
    if statement.actor != actor or statement.verb is not verb:
        raise ProblemError(
            ProblemCode.FORBIDDEN, "the statement is another device's or of another act"
        )
    return DeviceAct(
        statement=statement, encoded=given.statement, signature=encode(given.signature)
    )
