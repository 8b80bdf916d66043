# SPDX-License-Identifier: AGPL-3.0-or-later
"""Own prekeys: published, renewed, erased. Others' prekeys: claimed and verified before anything is sealed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.engine.correspondents import (
    CorrespondentUntrustedError,
    claim_key,
    is_proven,
    known_history,
    refresh_history,
)
from app.engine.ports.relay import RelayRefusedError
from app.engine.ports.vault import PrekeyKind, PrivatePrekey, Setting
from crypto_core.errors import CryptoCoreError, KeyStateError, WireError
from crypto_core.keys.prekeys import KemPair, seal_to, sign_batch, sign_prekey
from crypto_core.trust.devices import require_current
from crypto_core.trust.prekeys import PrekeyNumbers, SlotTarget, choose_slot_target
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import AccountId, DeviceId, Hash, UnixMillis
from crypto_core.wire.limits import (
    CLOCK_SKEW_SECONDS,
    PREKEY_BATCH_SIZE,
    PREKEY_ERASURE_DELAY_SECONDS,
    SIGNED_PREKEY_LIFE_SECONDS,
    SIGNED_PREKEY_RENEWAL_SECONDS,
)
from crypto_core.wire.prekeys import DevicePrekeys, PrekeyBatch, SignedPrekey
from crypto_core.wire.relay_api import PrekeyClaimRequest, PrekeyUpload
from crypto_core.wire.suites import KEM_SEED_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from crypto_core.wire.devices import DeviceEntry

REPLENISH_BELOW: Final = 25


# --- own prekeys ---------------------------------------------------------------------------------


async def publish(session: Session) -> None:
    """Publish what is due: a first set, a weekly renewal, a new batch when few are left. Raises RelayError.

    The private halves are in the vault before the public ones leave; after a lost answer the very same
    upload is repeated.
    """
    pending = await session.vault.run(lambda store: store.identity.setting(Setting.PENDING_PREKEYS))
    if pending is not None:
        await _upload(session, pending)
    status = await session.relay.prekey_status()
    signed_at = await session.vault.run(
        lambda store: store.identity.setting(Setting.PREKEYS_SIGNED_AT)
    )
    age = session.now() - (0 if signed_at is None else int(signed_at))
    needs_batch = status.one_time_left < REPLENISH_BELOW
    if (
        needs_batch
        or status.signed_number == 0
        or not 0 <= age < SIGNED_PREKEY_RENEWAL_SECONDS * 1000
    ):
        upload = await _prepare(
            session,
            with_batch=needs_batch,
            above=max(status.signed_number, status.batch_number),
        )
        await _upload(session, upload)


async def _prepare(session: Session, *, with_batch: bool, above: int) -> bytes:
    """Make new prekeys and keep them, with the upload that publishes them; return that upload encoded."""
    now = session.now()
    seeds = [
        session.random(KEM_SEED_BYTES) for _ in range(1 + (PREKEY_BATCH_SIZE if with_batch else 0))
    ]
    signed_pair, *pairs = await asyncio.to_thread(
        lambda: tuple(KemPair.from_seed(seed) for seed in seeds)
    )
    not_after = UnixMillis(now + SIGNED_PREKEY_LIFE_SECONDS * 1000)

    def keep(store: Store) -> bytes:
        # One counter numbers signed prekeys and batches alike; it never falls, whatever the relay forgot.
        known = store.identity.setting(Setting.PREKEY_NUMBER)
        number = max(above, 0 if known is None else int(known)) + 1
        signed = sign_prekey(session.keys, signed_pair, number=number, now=now)
        upload = PrekeyUpload(signed_prekey=signed, batch=None, keys=())
        if pairs:
            batch, keys = sign_batch(session.keys, tuple(pairs), number=number, now=now)
            upload = replace(upload, batch=batch, keys=keys)
        encoded = encode(upload)
        store.prekeys.add(
            [
                PrivatePrekey(
                    prekey=pair.prekey,
                    kind=PrekeyKind.SIGNED if pair is signed_pair else PrekeyKind.ONE_TIME,
                    seed=pair.seed,
                    not_after=not_after,
                )
                for pair in (signed_pair, *pairs)
            ]
        )
        store.identity.put_setting(Setting.PREKEY_NUMBER, str(number).encode())
        store.identity.put_setting(Setting.PREKEYS_SIGNED_AT, str(now).encode())
        store.identity.put_setting(Setting.PENDING_PREKEYS, encoded)
        return encoded

    return await session.vault.run(keep)


async def _upload(session: Session, encoded: bytes) -> None:
    try:
        await session.relay.upload_prekeys(decode(PrekeyUpload, encoded))
    except RelayRefusedError as error:
        if error.retry_after_seconds is not None:
            raise
        # Refused for good, for instance because it is too old by now: the next call makes new ones.
        await session.vault.run(_forget_pending)
        raise
    except WireError:
        # Kept by an older program in a form that is no longer sent.
        pass
    await session.vault.run(_forget_pending)


def make_due(store: Store) -> None:
    """Let the next `publish` replace the rotating key, whatever its age."""
    store.identity.put_setting(Setting.PREKEYS_SIGNED_AT, b"0")


def _forget_pending(store: Store) -> None:
    store.identity.put_setting(Setting.PENDING_PREKEYS, None)


async def erase_old(session: Session) -> int:
    """Erase private prekeys that no envelope can name any more, and return how many.

    The log's clock has to agree with the computer's: a wrong clock must not cost unread mail.
    """

    def erase(store: Store) -> int:
        latest = store.trust.latest_checkpoint()
        if latest is None:
            return 0
        now = min(session.now(), latest.signed_at_seconds * 1000)
        return store.prekeys.erase_older(
            UnixMillis(max(0, now - PREKEY_ERASURE_DELAY_SECONDS * 1000))
        )

    return await session.vault.run(erase)


# --- others' prekeys -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What can be sealed to now, which devices cannot, and what to remember when the sealing is kept."""

    targets: tuple[SlotTarget, ...]
    away: tuple[DeviceId, ...]
    """Devices all of whose published keys have expired, or that have published none."""
    untrusted: tuple[DeviceId, ...]
    """Devices for which the relay handed out something that does not verify."""
    account: AccountId
    numbers: tuple[tuple[DeviceId, PrekeyNumbers], ...]
    fingerprints: tuple[Hash, ...]
    is_proven: bool = False
    """Whether the log has committed to the account's keys within a day."""

    def conflicts(self, store: Store) -> bool:
        """Whether one of the keys was seen under another account."""
        owners = (store.trust.key_owner(fingerprint) for fingerprint in self.fingerprints)
        return any(owner not in {None, self.account} for owner in owners)

    def keep(self, store: Store) -> None:
        """Remember numbers and keys, in the transaction that keeps the sealed envelope.

        Raises CorrespondentUntrustedError if a key was seen under another account.
        """
        for device, seen in self.numbers:
            store.trust.put_prekey_numbers(self.account, device, seen)
        for fingerprint in self.fingerprints:
            claim_key(store, fingerprint, self.account)


async def claim(
    session: Session, account: AccountId, *, devices: Sequence[DeviceId], one_time: bool
) -> Claimed:
    """Take and verify prekeys for an account's devices, all of them unless some are named.

    Raises CorrespondentUntrustedError, and RelayError (a refusal NOT_FOUND for an unknown account).
    """
    bundle = await session.relay.claim_prekeys(
        account, PrekeyClaimRequest(one_time=one_time, devices=tuple(devices))
    )
    history = await known_history(session, account)
    digest = sha256(bundle.device_list.body)
    # Whoever is shown an old list that was true once finds out within a day.
    if (
        history is None
        or history.lists[-1].digest != digest
        or not await is_proven(session, account)
    ):
        history = await refresh_history(session, account)
    if history.lists[-1].digest != digest:
        raise CorrespondentUntrustedError("the newest device list is not the one in the log")
    proven = await is_proven(session, account)
    newest = history.lists[-1].devices
    wanted = [
        entry
        for entry in newest.devices
        if entry.device != session.owner.device and (not devices or entry.device in devices)
    ]
    try:
        require_current(newest, now=session.now())
    except KeyStateError:
        # No device of the account has been online for a month.
        away = tuple(entry.device for entry in wanted)
        return replace(_nothing(account, away=away), is_proven=proven)
    handed = {each.device: each for each in bundle.devices}
    seen = await session.vault.run(
        lambda store: {entry.device: store.trust.prekey_numbers(entry.device) for entry in wanted}
    )
    chosen = await asyncio.to_thread(_choose, account, wanted, handed, seen, session.now())
    return replace(chosen, is_proven=proven)


def _nothing(account: AccountId, *, away: tuple[DeviceId, ...]) -> Claimed:
    return Claimed(
        targets=(), away=away, untrusted=(), account=account, numbers=(), fingerprints=()
    )


def _choose(
    account: AccountId,
    wanted: Sequence[DeviceEntry],
    handed: dict[DeviceId, DevicePrekeys],
    seen: dict[DeviceId, PrekeyNumbers],
    now: UnixMillis,
) -> Claimed:
    targets: list[SlotTarget] = []
    away: list[DeviceId] = []
    untrusted: list[DeviceId] = []
    numbers: list[tuple[DeviceId, PrekeyNumbers]] = []
    for entry in wanted:
        prekeys = handed.get(entry.device)
        if prekeys is None:
            away.append(entry.device)
            continue
        if _has_ended(prekeys, now):
            away.append(entry.device)
            continue
        if prekeys.one_time is not None and _batch_has_ended(prekeys, now):
            # The rotating key outlives a batch; it serves as when no one-time key is left.
            prekeys = replace(prekeys, one_time=None)
        try:
            target, now_seen = choose_slot_target(
                account, entry, prekeys, seen=seen[entry.device], now=now
            )
            # One device's unusable key must not spoil the envelope for all others.
            seal_to(target.public_key, b"", info=b"")
        except CryptoCoreError:
            untrusted.append(entry.device)
            continue
        targets.append(target)
        numbers.append((entry.device, now_seen))
    return Claimed(
        targets=tuple(targets),
        away=tuple(away),
        untrusted=tuple(untrusted),
        account=account,
        numbers=tuple(numbers),
        fingerprints=tuple(sha256(target.public_key) for target in targets),
    )


def _has_ended(prekeys: DevicePrekeys, now: UnixMillis) -> bool:
    """Whether the rotating key says it is too old; a forged one that says otherwise fails its checks later."""
    try:
        signed = decode(SignedPrekey, prekeys.signed.body)
    except WireError:
        return False
    return signed.not_after + CLOCK_SKEW_SECONDS * 1000 < now


def _batch_has_ended(prekeys: DevicePrekeys, now: UnixMillis) -> bool:
    if prekeys.one_time is None:
        return False
    try:
        batch = decode(PrekeyBatch, prekeys.one_time.batch.body)
    except WireError:
        return False
    return batch.not_after + CLOCK_SKEW_SECONDS * 1000 < now
