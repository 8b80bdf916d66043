# SPDX-License-Identifier: AGPL-3.0-or-later
"""Account certificate (root certifies identity key) and device list (identity key names devices)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.ids import AccountId, DeviceId, Hash, UnixMillis
from crypto_core.wire.limits import MAX_DEVICES
from crypto_core.wire.signed import SigningPublicKey

Version1 = Annotated[int, Range(1, 1)]
"""A format version; anything but 1 is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCertificate:
    """The root key's statement of the account's identity key; signed by the root key (label CERTIFICATE).

    The account id is the hash of the root key, so a certificate proves itself against an address.
    """

    version: Version1
    account: AccountId
    root: SigningPublicKey
    identity: SigningPublicKey
    sequence: int
    issued_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEntry:
    """One installation: its signing pair, its Ed25519 request key (RFC 9449), and since when it is listed."""

    device: DeviceId
    signing: SigningPublicKey
    request_key: Annotated[bytes, Size.exactly(32)]
    added_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceList:
    """Numbered list of an account's devices; signed by the identity key (label DEVICE_LIST).

    `previous` is SHA-256 of the encoded list numbered one lower, zeros for number 1.
    """

    version: Version1
    account: AccountId
    sequence: Annotated[int, Range(1, 2**31 - 1)]
    previous: Hash
    issued_at: UnixMillis
    expires_at: UnixMillis
    devices: Annotated[tuple[DeviceEntry, ...], Size(1, MAX_DEVICES)]
