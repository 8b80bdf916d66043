# SPDX-License-Identifier: AGPL-3.0-or-later
"""The recovery package: what an account keeps at the relay, sealed to its kit, against the loss of all devices."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import AccountId, Hash, UnixMillis
from crypto_core.wire.kit import KitSlots
from crypto_core.wire.limits import (
    GCM_TAG_BYTES,
    LEAST_PACKAGE_BYTES,
    MAX_CONTACT_PINS,
    MAX_ERASED_NUMBERS,
    MAX_KEPT_KEYS,
    MAX_NAME_BYTES,
    MAX_NOTE_BYTES,
    MAX_PACKAGE_BYTES,
)
from crypto_core.wire.signed import Signed


class PinState(IntEnum):
    """How the owner stands to a contact."""

    REQUESTED = 1
    """We asked; no answer yet."""
    WAITING = 2
    """They ask; we have not answered."""
    ACCEPTED = 3
    DECLINED = 4
    """We declined; they are not told."""


class PinComparison(IntEnum):
    """How the owner made sure that an address is this person's."""

    IN_PERSON = 1
    BY_PHONE = 2
    BY_CARD = 3


class PinChange(IntEnum):
    """What happened to a contact's keys that nobody expected."""

    COMPUTER_ADDED = 1
    """By none of the computers they had."""
    RESTORED = 2
    ALL_COMPUTERS_NEW = 3
    CONTRADICTED = 4
    """The relay showed keys that its own log, or an earlier pin, contradicts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPin:
    """That the owner made sure of a contact, how, and when."""

    how: PinComparison
    at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexaminedPin:
    """A change of keys that the owner has not looked at yet: letters are held back on every computer until then."""

    change: PinChange
    at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPin:
    """A contact, the state of its keys that was last verified, and what the owner has decided about it."""

    account: AccountId
    name: Annotated[str, Size(1, MAX_NAME_BYTES)] = field(repr=False)
    profession: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)
    state: PinState
    number: Annotated[int, Range(0, 2**31 - 1)]
    """Number of the newest key event known, 0 when none is, then with a head of zeros."""
    head: Hash
    compared: ComparedPin | None
    unexamined: UnexaminedPin | None
    is_accepted_unverified: bool
    """The owner has chosen to write to them though nobody has said who they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKey:
    """A key that must outlive every device, and the name that its use gives it."""

    name: Annotated[bytes, Size.exactly(16)]
    key: Annotated[bytes, Size.exactly(32)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedBefore:
    """The number of a patient, a conversation or a letter: what is older than `at` was erased and goes again."""

    number: Annotated[bytes, Size.exactly(16)]
    at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryPackage:
    """What comes back with kit and passphrase: who one is, contacts, keys. No prekeys and no letters."""

    version: Version1
    account: AccountId
    number: Annotated[int, Range(1, 2**31 - 1)]
    created_at: UnixMillis
    name: Annotated[str, Size(1, MAX_NAME_BYTES)] = field(repr=False)
    profession: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)
    place: Annotated[str, Size.up_to(MAX_NAME_BYTES)] = field(repr=False)
    identity_seed: Annotated[bytes, Size.exactly(64)] = field(repr=False)
    certificate: Signed
    contacts: Annotated[tuple[ContactPin, ...], Size.up_to(MAX_CONTACT_PINS)] = field(repr=False)
    checkpoint: Annotated[str, Size.up_to(MAX_NOTE_BYTES)]
    """Signed note of the newest checkpoint that the account's device has accepted; empty before the first."""
    enrolment: Annotated[str, Size(1, 8 * 1024)]
    archive_keys: Annotated[tuple[KeptKey, ...], Size.up_to(MAX_KEPT_KEYS)] = field(repr=False)
    journal_keys: Annotated[tuple[KeptKey, ...], Size.up_to(MAX_KEPT_KEYS)] = field(repr=False)
    erased: Annotated[tuple[ErasedBefore, ...], Size.up_to(MAX_ERASED_NUMBERS)]
    """The newest: an older backup that is brought back brings none of it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageHeader:
    """What the relay may know of a package; signed by the identity key (label RECOVERY_PACKAGE).

    `keys` is the package's own key, sealed to each kit that has to open it (label KIT_PACKAGE, context account ‖
    u32 number): the one in force, and while another one is announced that one too.
    """

    version: Version1
    account: AccountId
    number: Annotated[int, Range(1, 2**31 - 1)]
    keys: KitSlots
    sealed_sha256: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPackage:
    """PUT /v1/recovery/package → 204: a signed PackageHeader and the sealed bytes. GET → the newest one.

    The relay keeps the last three by the identity key in force; a number that is not one of the hundred after the
    last one's is refused (conflict, with `newest_number`), the same bytes again are harmless. With another identity
    key the numbers begin again; packages by the one before stay until then.
    """

    header: Signed
    sealed: Annotated[
        bytes, Size(LEAST_PACKAGE_BYTES + GCM_TAG_BYTES, MAX_PACKAGE_BYTES + GCM_TAG_BYTES)
    ] = field(repr=False)
