# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who stands up for it that an account belongs to the person it names: levels, and the log's leaves about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from crypto_core.wire.codec import Range
from crypto_core.wire.ids import AccountId, DeviceId, Hash, UnixMillis, UtcOffsetMinutes


class AssuranceLevel(IntEnum):
    """How well it is known who somebody is (R-01); a higher number is more."""

    SELF_DECLARED = 1
    """The person says so. No leaf is needed for this, and none exists."""
    VOUCHED = 2
    """A colleague, who is named, says so."""
    VERIFIED = 3
    """The relay's operator has seen a document."""
    PROFESSIONAL_CARD = 4
    """Has its place in the format; nothing gives it yet, and a leaf that does is refused."""
    PRO_SANTE_CONNECT = 5
    """As PROFESSIONAL_CARD."""


class DocumentKind(IntEnum):
    """What the operator has seen. Those without an RPPS number show a diploma or their employer's word."""

    PROFESSIONAL_REGISTER = 1
    """The entry in the national register (RPPS, ADELI) or in that of a professional order."""
    PROFESSIONAL_CARD = 2
    """The card itself was seen; it was not used to sign anything."""
    DIPLOMA = 3
    EMPLOYER_STATEMENT = 4
    IDENTITY_DOCUMENT = 5


class RevocationReason(IntEnum):
    """Why the operator takes back what was given."""

    NO_LONGER_PRACTISES = 1
    GIVEN_IN_ERROR = 2
    DOCUMENT_NOT_GENUINE = 3
    ACCOUNT_NOT_IN_ITS_OWNERS_HANDS = 4
    ASKED_BY_OWNER = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AssuranceGiven:
    """Content of ASSURANCE_GIVEN, by the relay: what its operator saw of whom, when, and until when it holds."""

    account: AccountId
    level: AssuranceLevel
    document: DocumentKind
    checked_at: UnixMillis
    expires_at: UnixMillis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssuranceRevoked:
    """Content of ASSURANCE_REVOKED, by the relay: the index of the leaf that no longer holds."""

    account: AccountId
    leaf_index: int
    reason: RevocationReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Content of VOUCHED: a colleague knows whose account this is.

    `number` and `head` are the newest key event of `account` as the voucher sees it (see MapEntry): a vouch
    for keys that the account never had is worth nothing.
    """

    voucher: AccountId
    voucher_device: DeviceId
    account: AccountId
    number: Annotated[int, Range(1, 2**31 - 1)]
    head: Hash
    at: UnixMillis
    utc_offset: UtcOffsetMinutes


@dataclass(frozen=True, slots=True, kw_only=True)
class VouchWithdrawn:
    """Content of VOUCH_WITHDRAWN: all that this colleague said of the account until then no longer holds."""

    voucher: AccountId
    voucher_device: DeviceId
    account: AccountId
    at: UnixMillis
    utc_offset: UtcOffsetMinutes
