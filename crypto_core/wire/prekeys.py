# SPDX-License-Identifier: AGPL-3.0-or-later
"""Published encryption keys of a device: signed prekey, batches of one-time prekeys, and the bundle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import AccountId, DeviceId, Hash, PrekeyId, UnixMillis
from crypto_core.wire.limits import MAX_DEVICES, MAX_PREKEY_BATCH
from crypto_core.wire.signed import Signed
from crypto_core.wire.suites import KEM_PUBLIC_BYTES, Suite

KemPublicKey = Annotated[bytes, Size.exactly(KEM_PUBLIC_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPrekey:
    """A rotating encryption key; signed by the device key (label SIGNED_PREKEY).

    `prekey` is the first 16 bytes of SHA-256(label PREKEY_ID ‖ public key); `number` only ever grows.
    """

    version: Version1
    suite: Suite
    account: AccountId
    device: DeviceId
    number: Annotated[int, Range(1, 2**31 - 1)]
    prekey: PrekeyId
    public_key: KemPublicKey
    created_at: UnixMillis
    not_after: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class PrekeyBatch:
    """Commitment to one-time prekeys by Merkle root (RFC 6962 hashing); signed by the device key (PREKEY_BATCH)."""

    version: Version1
    suite: Suite
    account: AccountId
    device: DeviceId
    number: Annotated[int, Range(1, 2**31 - 1)]
    count: Annotated[int, Range(1, MAX_PREKEY_BATCH)]
    root: Hash
    created_at: UnixMillis
    not_after: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimePrekey:
    """One key of a batch; its Merkle leaf data is the encoding of this object."""

    number: Annotated[int, Range(1, 2**31 - 1)]
    index: Annotated[int, Range(0, MAX_PREKEY_BATCH - 1)]
    public_key: KemPublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedPrekey:
    """A one-time prekey handed to exactly one sender, with the path to its signed batch."""

    batch: Signed
    key: OneTimePrekey
    path: Annotated[tuple[Hash, ...], Size.up_to(8)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePrekeys:
    """What a sender needs to seal to one device; without `one_time` the signed prekey serves."""

    device: DeviceId
    signed: Signed
    one_time: ClaimedPrekey | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrekeyBundle:
    """Everything needed to seal to an account: certificate, newest device list, and prekeys of each device.

    A device of the list that has published no prekeys yet is missing from `devices`.
    """

    certificate: Signed
    device_list: Signed
    devices: Annotated[tuple[DevicePrekeys, ...], Size.up_to(MAX_DEVICES)]
