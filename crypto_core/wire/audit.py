# SPDX-License-Identifier: AGPL-3.0-or-later
"""Leaves of the transparency log: device-signed statements, the relay's wrapping, and visible contents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Final

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import (
    AccountId,
    DeviceId,
    DevicePseudonym,
    EnvelopeId,
    Hash,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.limits import MAX_SLOTS, MAX_STATEMENT_BYTES
from crypto_core.wire.sign_in import FactorKind

LIFE_MONTHS: Final = Range(6, 36)
"""How long the technical log may be kept (CNIL 2021-122; R-16)."""


class Verb(IntEnum):
    """What a statement says. SEALED leaves keep even that from the relay."""

    SEALED = 0
    ENVELOPE_ACCEPTED = 1
    DEVICE_LIST_PUBLISHED = 2
    ROOT_CHANGE_ANNOUNCED = 3
    VOUCHED = 4
    VOUCH_WITHDRAWN = 5
    ENVELOPE_EXPIRED = 64
    """First of the relay's own verbs; a device never signs one."""
    SIGN_IN = 65
    """Somebody signed in, or was refused."""
    SESSIONS_ENDED = 66
    ROOT_CHANGE_VETOED = 67
    """By the relay, because who vetoes holds the kit and need not have a device."""
    KEY_MAP = 68
    FACTORS_CHANGED = 69
    ASSURANCE_GIVEN = 70
    ASSURANCE_REVOKED = 71
    ENTRIES_ERASED = 72
    """What the technical log held longer than it may was erased; the hashes stay, and the tree with them."""
    SIGNATURE_INVALID = 73
    """The ML-DSA-65 half of an accepted statement does not verify: an incident for the relay's operator."""
    ADMINISTERED = 74
    """The relay's operator did something through the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditStatement:
    """What an actor signs (label STATEMENT; the relay itself: RELAY_STATEMENT).

    Statements of one actor form a chain: `sequence` counts from 0 without gaps and `previous` is SHA-256
    of the preceding encoded statement, zeros for the first. `content` is the encoded object of the verb;
    for SEALED it is the 32-byte commitment SHA-256(label SEALED_LEAF ‖ 32 random bytes ‖ entry).
    """

    version: Version1
    actor: DevicePseudonym
    sequence: int
    previous: Hash
    verb: Verb
    content: Annotated[bytes, Size(1, MAX_STATEMENT_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterStatement:
    """An AuditStatement with a verb that this program does not know: whose it is and where it stands is all that it says.

    Only who reads a log takes one (`crypto_core.trust.audit.read_statement`); who is to act on it refuses it.
    """

    version: Version1
    actor: DevicePseudonym
    sequence: int
    previous: Hash
    verb: Annotated[int, Range(0, 2**16 - 1)]
    content: Annotated[bytes, Size(1, MAX_STATEMENT_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLeaf:
    """What the log hashes: SHA-256(0x00 ‖ these bytes) (RFC 6962 §2.1).

    `signature` is an encoded HybridSignature for a device, 64 Ed25519 bytes for the relay. The relay's time
    stands beside the actor's, never instead of it. `nonce` keeps the hash hiding once the entry is erased.
    """

    version: Version1
    statement: Annotated[bytes, Size(1, MAX_STATEMENT_BYTES + 256)]
    signature: Annotated[bytes, Size(64, 4096)]
    relay_time: UnixMillis
    nonce: Annotated[bytes, Size.exactly(16)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeAccepted:
    """Content of ENVELOPE_ACCEPTED: which bytes the sender handed over, at the sender's own time."""

    envelope: EnvelopeId
    envelope_sha256: Hash
    at: UnixMillis
    utc_offset: UtcOffsetMinutes


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceListPublished:
    """Content of DEVICE_LIST_PUBLISHED: SHA-256 of the encoded list that takes effect with this leaf."""

    account: AccountId
    sequence: Annotated[int, Range(1, 2**31 - 1)]
    list_hash: Hash
    at: UnixMillis
    utc_offset: UtcOffsetMinutes


@dataclass(frozen=True, slots=True, kw_only=True)
class RootChangeAnnounced:
    """Content of ROOT_CHANGE_ANNOUNCED: SHA-256 of the encoded RootChange, whose seven days begin here."""

    account: AccountId
    sequence: Annotated[int, Range(2, 2**31 - 1)]
    change_hash: Hash
    at: UnixMillis
    utc_offset: UtcOffsetMinutes


@dataclass(frozen=True, slots=True, kw_only=True)
class RootChangeVetoed:
    """Content of ROOT_CHANGE_VETOED: SHA-256 of the encoded RootVeto."""

    account: AccountId
    sequence: Annotated[int, Range(2, 2**31 - 1)]
    veto_hash: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeExpired:
    """Content of ENVELOPE_EXPIRED: the devices that never fetched the envelope before its end of life."""

    envelope: EnvelopeId
    undelivered: Annotated[tuple[DeviceId, ...], Size(1, MAX_SLOTS)]


class SignInResult(IntEnum):
    """How an attempt to sign in ended; reasons are for the account's owner."""

    ACCEPTED = 1
    REFUSED_PASSPHRASE = 2
    REFUSED_SECOND_FACTOR = 3
    REFUSED_THROTTLED = 4
    REFUSED_REFRESH_REUSED = 5
    """A refresh token was used twice: its whole family is void."""
    REFUSED_OTHER_KEY = 6
    """A refresh token was shown with a key that it was not given to; the session goes on."""
    REFUSED_COPIED = 7
    """Both factors were right, but the device's epoch was an old one: a restored or a copied profile."""
    REFUSED_COUNTER = 8
    """A security key counted fewer uses than before: there may be a copy of it (WebAuthn level 3 §6.1.1)."""
    REFUSED_CODE = 9
    """All factors were right, and nothing was begun: nobody redeemed the code in its minute with its verifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAttempt:
    """Content of SIGN_IN. `factors` are those that were shown and accepted, in order."""

    account: AccountId
    device: DevicePseudonym
    result: SignInResult
    factors: Annotated[tuple[FactorKind, ...], Size.up_to(4)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsEnded:
    """Content of SESSIONS_ENDED: how many sessions of the account were ended, by which device."""

    account: AccountId
    device: DevicePseudonym
    count: int


class FactorChange(IntEnum):
    """What became of a factor."""

    ADDED = 1
    REMOVED = 2
    REPLACED = 3
    """Of PASSPHRASE and RECOVERY_CODE there is one of its kind, so it can only be replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorsChanged:
    """Content of FACTORS_CHANGED: what kind of factor the account has one more or less of, by which device."""

    account: AccountId
    device: DevicePseudonym
    kind: FactorKind
    change: FactorChange


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMapPublished:
    """Content of KEY_MAP: the root of the map of all accounts' keys, and how many accounts are in it.

    Last leaf of every batch that changes keys, and written at least every twelve hours.
    """

    root: Hash
    accounts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesErased:
    """Content of ENTRIES_ERASED: how many leaves' contents are erased, all written before `before`.

    All of them are among the first `below` leaves of the log. Written before anything is erased. `life_months` is the setting that asked for it (CNIL 2021-122: 6 to 12 months, up to three years with a reason).
    """

    before: UnixMillis
    below: int
    entries: int
    life_months: Annotated[int, LIFE_MONTHS]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureInvalid:
    """Content of SIGNATURE_INVALID: the leaf, and the account whose computer it names; None for the relay's own."""

    leaf_index: int
    account: AccountId | None


class AdministratorAct(IntEnum):
    """What the relay's operator did through the program, assurances aside: they have verbs of their own."""

    INVITED = 1
    """An invitation was made. Which, is not said: it is a secret until its use."""
    FORGIVEN = 2
    """The account's devices may sign in again although they failed too often."""
    RESTORED = 3
    """An older database was put in place: each device may sign in once with an epoch that is behind."""
    LIFE_CHANGED = 4
    """The technical log is kept for another number of months."""
    ERASURE_BEGUN = 5
    """What is older than that was to be erased at once, not at its time of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Administered:
    """Content of ADMINISTERED; `account` where the act is about one, `months` of LIFE_CHANGED only."""

    act: AdministratorAct
    account: AccountId | None
    months: Annotated[int, LIFE_MONTHS] | None
