# SPDX-License-Identifier: AGPL-3.0-or-later
"""The history of an account's keys: certificates of its identity key, device lists, changes of its root."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.ids import AccountId, DeviceId, Hash, UnixMillis
from crypto_core.wire.limits import MAX_DEVICES
from crypto_core.wire.signed import Signed, SigningPublicKey

Version1 = Annotated[int, Range(1, 1)]
"""A format version; anything but 1 is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCertificate:
    """The root key's statement of the account's identity key; signed by the root key (label CERTIFICATE).

    The account id is the hash of the account's first root, so a first certificate proves itself against an
    address; a later one is signed by the root in force when it enters the log.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RootChange:
    """A new root, made when the kit is lost; signed by the identity key in force (label ROOT_CHANGE).

    It counts from seven days after its leaf, and not before `effective_at`; until then only the old root
    certifies, and can veto it. `sequence` is one more than that of the change announced before; the first is 2.
    """

    version: Version1
    account: AccountId
    sequence: Annotated[int, Range(2, 2**31 - 1)]
    root: SigningPublicKey
    issued_at: UnixMillis
    effective_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class RootVeto:
    """The change of this number is void; signed by the root in force (label ROOT_VETO)."""

    version: Version1
    account: AccountId
    sequence: Annotated[int, Range(2, 2**31 - 1)]
    issued_at: UnixMillis


class KeyEventKind(IntEnum):
    """What happened to the keys of an account."""

    DEVICE_LIST = 1
    ROOT_CHANGE = 2
    ROOT_VETO = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEvent:
    """One step in the history of an account's keys, in the order of the log (`crypto_core/spec/keys.md` §3).

    `signed` holds the object that `kind` names. A device list comes with a certificate when it is the first one
    and whenever the identity key changes. The history's head is SHA-256(label KEY_EVENT ‖ head before ‖ encoded
    event), zeros before the first.
    """

    version: Version1
    kind: KeyEventKind
    signed: Signed
    certificate: Signed | None
