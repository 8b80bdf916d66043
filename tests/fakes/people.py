# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invented practitioners with real keys, for tests of what devices say to each other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from crypto_core.keys.prekeys import DeviceKeys, KemPair, sign_batch, sign_prekey
from crypto_core.keys.signing import (
    RecoverySecrets,
    SigningPair,
    certify_identity,
    recovery_secrets,
)
from crypto_core.trust.devices import NO_PREVIOUS_LIST
from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.merkle import TreeEdge, inclusion_path, leaf_hash
from crypto_core.trust.prekeys import PrekeyNumbers, SlotTarget, choose_slot_target
from crypto_core.wire.codec import encode
from crypto_core.wire.devices import DeviceEntry, DeviceList, KeyEvent, KeyEventKind
from crypto_core.wire.ids import AccountId, DeviceId, Hash, MessageId, PrekeyId, UnixMillis
from crypto_core.wire.labels import DEVICE_LIST
from crypto_core.wire.prekeys import ClaimedPrekey, DevicePrekeys
from crypto_core.wire.signed import Signed

NOW = UnixMillis(1_790_000_000_000)
DAY = 86_400_000


class SeededBytes:
    """Randomness that a test can repeat: SHA-256 of seed and counter. Never outside tests."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._count = 0

    def __call__(self, count: int, /) -> bytes:
        stream = b""
        while len(stream) < count:
            stream += hashlib.sha256(self._seed + self._count.to_bytes(8, "big")).digest()
            self._count += 1
        return stream[:count]


def listing(device_list: Signed, certificate: Signed | None = None) -> KeyEvent:
    """The key event that a device list is, with the certificate it comes with."""
    return KeyEvent(
        version=1, kind=KeyEventKind.DEVICE_LIST, signed=device_list, certificate=certificate
    )


@dataclass(slots=True)
class Person:
    """An account with one device, its published prekeys, and what it has opened."""

    recovery: RecoverySecrets
    identity: SigningPair
    keys: DeviceKeys
    entry: DeviceEntry
    certificate: Signed
    device_list: Signed
    history_: KeyHistory
    signed_pair: KemPair
    one_time: tuple[KemPair, ...]
    opened: dict[MessageId, Hash] = field(default_factory=dict)
    histories: dict[AccountId, KeyHistory] = field(default_factory=dict)
    erased: set[PrekeyId] = field(default_factory=set)

    @classmethod
    def invent(cls, name: str, *, one_time: int = 3) -> Person:
        random_bytes = SeededBytes(name)
        recovery = recovery_secrets(random_bytes(32))
        identity = SigningPair.from_seed(random_bytes(64))
        signing = SigningPair.from_seed(random_bytes(64))
        device = DeviceId(random_bytes(16))
        certificate = certify_identity(recovery.root, identity.public, sequence=1, issued_at=NOW)
        entry = DeviceEntry(
            device=device, signing=signing.public, request_key=random_bytes(32), added_at=NOW
        )
        device_list = identity.sign_object(
            DEVICE_LIST,
            DeviceList(
                version=1,
                account=recovery.account,
                sequence=1,
                previous=NO_PREVIOUS_LIST,
                issued_at=NOW,
                expires_at=UnixMillis(NOW + 30 * DAY),
                devices=(entry,),
            ),
        )
        history = KeyHistory(account=recovery.account).extended(
            listing(device_list, certificate), log_index=0, relay_time=NOW
        )
        return cls(
            recovery=recovery,
            identity=identity,
            keys=DeviceKeys(account=recovery.account, device=device, signing=signing),
            entry=entry,
            certificate=certificate,
            device_list=device_list,
            history_=history,
            signed_pair=KemPair.from_seed(random_bytes(96)),
            one_time=tuple(KemPair.from_seed(random_bytes(96)) for _ in range(one_time)),
        )

    def knows(self, *others: Person) -> Person:
        self.histories |= {other.account: other.history_ for other in others}
        return self

    def prekeys(self, *, one_time: int | None = None, now: UnixMillis = NOW) -> DevicePrekeys:
        """What the relay would hand out: the signed prekey, and one one-time prekey if asked for."""
        signed = sign_prekey(self.keys, self.signed_pair, number=1, now=now)
        if one_time is None:
            return DevicePrekeys(device=self.device, signed=signed, one_time=None)
        batch, keys = sign_batch(self.keys, self.one_time, number=1, now=now)
        tree = TreeEdge()
        tree.extend(leaf_hash(encode(key)) for key in keys)
        path = inclusion_path(one_time, len(keys), tree.read)
        claimed = ClaimedPrekey(batch=batch, key=keys[one_time], path=path)
        return DevicePrekeys(device=self.device, signed=signed, one_time=claimed)

    def target(self, *, one_time: int | None = None) -> SlotTarget:
        prekeys = self.prekeys(one_time=one_time)
        return choose_slot_target(self.account, self.entry, prekeys, seen=PrekeyNumbers(), now=NOW)[
            0
        ]

    # What follows is the OpeningState of crypto_core.keys.envelopes.

    @property
    def account(self) -> AccountId:
        return self.keys.account

    @property
    def device(self) -> DeviceId:
        return self.keys.device

    def prekey(self, prekey: PrekeyId) -> KemPair | None:
        pairs = {pair.prekey: pair for pair in (self.signed_pair, *self.one_time)}
        return None if prekey in self.erased else pairs.get(prekey)

    def opened_before(self, message: MessageId) -> Hash | None:
        return self.opened.get(message)

    def history(self, account: AccountId) -> KeyHistory | None:
        return self.histories.get(account)
