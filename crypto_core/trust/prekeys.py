# SPDX-License-Identifier: AGPL-3.0-or-later
"""Verification of prekeys a relay hands out, and the choice of the key to seal to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto_core.errors import KeyStateError, SignatureError
from crypto_core.trust.merkle import leaf_hash, verify_inclusion
from crypto_core.trust.signatures import open_signed, prekey_id_of
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId, DeviceId, PrekeyId, UnixMillis
from crypto_core.wire.labels import PREKEY_BATCH, SIGNED_PREKEY
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS, SIGNED_PREKEY_LIFE_SECONDS
from crypto_core.wire.prekeys import DevicePrekeys, PrekeyBatch, SignedPrekey

if TYPE_CHECKING:
    from crypto_core.wire.devices import DeviceEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTarget:
    """A device and the verified key to seal to. `is_one_time` False means the rotating key serves."""

    account: AccountId
    device: DeviceId
    prekey: PrekeyId
    public_key: bytes
    is_one_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PrekeyNumbers:
    """The highest numbers a sender has seen from a device; lower ones are refused (`crypto_core/spec/keys.md` §4)."""

    signed: int = 0
    batch: int = 0


def choose_slot_target(
    account: AccountId,
    entry: DeviceEntry,
    prekeys: DevicePrekeys,
    *,
    seen: PrekeyNumbers,
    now: UnixMillis,
) -> tuple[SlotTarget, PrekeyNumbers]:
    """Verify what a relay handed out for one device and return the key to use, with the numbers now seen.

    The order is that of `crypto_core/spec/keys.md` §4. That the list which `entry` is from is current, and that
    no other account has shown this key, is the caller's to check.
    Raises KeyStateError (expired, number falling back, other device), SignatureError, ProofError, WireError.
    """
    if prekeys.device != entry.device:
        raise KeyStateError("the prekeys belong to another device")
    signed = open_signed(SignedPrekey, entry.signing, SIGNED_PREKEY, prekeys.signed)
    _require_usable(signed, account, entry.device, least=seen.signed, now=now)
    if signed.prekey != prekey_id_of(signed.public_key):
        raise SignatureError("the prekey's id is not the hash of its key")
    numbers = PrekeyNumbers(signed=signed.number, batch=seen.batch)
    if prekeys.one_time is None:
        target = SlotTarget(
            account=account,
            device=entry.device,
            prekey=signed.prekey,
            public_key=signed.public_key,
            is_one_time=False,
        )
        return target, numbers
    batch = open_signed(PrekeyBatch, entry.signing, PREKEY_BATCH, prekeys.one_time.batch)
    _require_usable(batch, account, entry.device, least=seen.batch, now=now)
    key = prekeys.one_time.key
    if key.number != batch.number:
        raise KeyStateError("the one-time prekey belongs to another batch")
    verify_inclusion(
        leaf_hash=leaf_hash(encode(key)),
        index=key.index,
        size=batch.count,
        path=prekeys.one_time.path,
        root=batch.root,
    )
    target = SlotTarget(
        account=account,
        device=entry.device,
        prekey=prekey_id_of(key.public_key),
        public_key=key.public_key,
        is_one_time=True,
    )
    return target, PrekeyNumbers(signed=numbers.signed, batch=batch.number)


def _require_usable(
    statement: SignedPrekey | PrekeyBatch,
    account: AccountId,
    device: DeviceId,
    *,
    least: int,
    now: UnixMillis,
) -> None:
    if statement.account != account or statement.device != device:
        raise KeyStateError("the prekeys belong to another device")
    if statement.number < least:
        raise KeyStateError("the relay handed out older prekeys than before")
    skew = CLOCK_SKEW_SECONDS * 1000
    if not statement.created_at - skew <= now <= statement.not_after + skew:
        raise KeyStateError("the prekeys have expired")
    if statement.not_after - statement.created_at > SIGNED_PREKEY_LIFE_SECONDS * 1000:
        raise KeyStateError("the prekeys state an inadmissible life time")
