# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whom the relay's own statements are about: what is about an account is in that account's journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crypto_core.wire.assurance import AssuranceGiven, AssuranceRevoked
from crypto_core.wire.audit import (
    Administered,
    EnvelopeExpired,
    FactorsChanged,
    RootChangeVetoed,
    SessionsEnded,
    SignatureInvalid,
    SignInAttempt,
    Verb,
)
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import AccountId, EnvelopeId

_CONTENTS: Final = {
    Verb.SIGN_IN: SignInAttempt,
    Verb.SESSIONS_ENDED: SessionsEnded,
    Verb.ROOT_CHANGE_VETOED: RootChangeVetoed,
    Verb.FACTORS_CHANGED: FactorsChanged,
    Verb.ASSURANCE_GIVEN: AssuranceGiven,
    Verb.ASSURANCE_REVOKED: AssuranceRevoked,
    Verb.SIGNATURE_INVALID: SignatureInvalid,
    Verb.ADMINISTERED: Administered,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The account that a statement is about, or the envelope whose sender it is about, or neither."""

    account: AccountId | None = None
    envelope: EnvelopeId | None = None


def subject_of(verb: Verb, content: bytes) -> Subject:
    """Return whom a statement of the relay is about. Raises WireError."""
    if verb is Verb.ENVELOPE_EXPIRED:
        return Subject(envelope=decode(EnvelopeExpired, content).envelope)
    content_type = _CONTENTS.get(verb)
    return Subject(account=None if content_type is None else decode(content_type, content).account)
