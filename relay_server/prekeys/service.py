# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks what devices publish as their prekeys, and hands bundles out to senders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from crypto_core.errors import SignatureError
from crypto_core.trust.merkle import TreeEdge, inclusion_path, leaf_hash
from crypto_core.trust.signatures import open_signed, prekey_id_of
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import DeviceList
from crypto_core.wire.labels import PREKEY_BATCH, SIGNED_PREKEY
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS, SIGNED_PREKEY_LIFE_SECONDS
from crypto_core.wire.prekeys import (
    ClaimedPrekey,
    DevicePrekeys,
    OneTimePrekey,
    PrekeyBatch,
    PrekeyBundle,
    SignedPrekey,
)
from crypto_core.wire.relay_api import PrekeyStatus, ProblemCode
from crypto_core.wire.signed import Signed
from relay_server.clock import to_datetime
from relay_server.errors import ProblemError
from relay_server.prekeys import store
from relay_server.prekeys.store import BatchKey, Claimed, StoredPrekeys

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from crypto_core.wire.ids import AccountId, Hash
    from crypto_core.wire.relay_api import PrekeyClaimRequest, PrekeyUpload
    from relay_server.authentication.door import Caller
    from relay_server.clock import Clock
    from relay_server.database.pool import Database

    AccountKeys = Callable[[AccountId], Awaitable[tuple[Signed, Signed] | None]]
    """Returns certificate and newest device list of an account, None if there is no such account."""

T = TypeVar("T", SignedPrekey, PrekeyBatch)

ONE_TIME_KEYS_A_DAY: Final = 100
"""How many one-time keys of a device one account is given a day; beyond, the signed prekey serves."""


class PrekeyService:
    """Prekeys of all devices."""

    def __init__(self, *, database: Database, account_keys: AccountKeys, clock: Clock) -> None:
        self._database = database
        self._account_keys = account_keys
        self._clock = clock

    async def upload(self, caller: Caller, upload: PrekeyUpload) -> PrekeyStatus:
        """Store the caller's newer prekeys; repeating the newest upload is harmless. Raises ProblemError."""
        signed = self._opened(SignedPrekey, caller, SIGNED_PREKEY, upload.signed_prekey)
        if signed.prekey != prekey_id_of(signed.public_key):
            raise ProblemError(ProblemCode.MALFORMED, "the prekey's id is not the hash of its key")
        batch = None
        keys: list[BatchKey] = []
        if upload.batch is not None:
            batch = self._opened(PrekeyBatch, caller, PREKEY_BATCH, upload.batch)
            keys = _paths(batch, upload.keys)
        elif upload.keys:
            raise ProblemError(ProblemCode.MALFORMED, "keys without a batch")
        async with self._database.session() as session, session.transaction():
            # One upload of a device at a time, so that numbers can be compared.
            await session.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", caller.device.hex()
            )
            before = await store.status(session, caller.device, to_datetime(self._clock()))
            if before.signed != encode(upload.signed_prekey):
                _require_newer(signed.number, before.signed_number)
                await store.put_signed(
                    session,
                    caller.device,
                    number=signed.number,
                    signed=encode(upload.signed_prekey),
                    not_after=to_datetime(signed.not_after),
                )
            if (
                batch is not None
                and upload.batch is not None
                and before.newest_batch != encode(upload.batch)
            ):
                _require_newer(batch.number, before.batch_number)
                await store.add_batch(
                    session,
                    caller.device,
                    number=batch.number,
                    signed=encode(upload.batch),
                    not_after=to_datetime(batch.not_after),
                    keys=keys,
                )
            return _status(await store.status(session, caller.device, to_datetime(self._clock())))

    async def status(self, caller: Caller) -> PrekeyStatus:
        """Return what is left of the caller's prekeys."""
        async with self._database.session() as session:
            return _status(await store.status(session, caller.device, to_datetime(self._clock())))

    async def claim(
        self, caller: Caller, account: AccountId, request: PrekeyClaimRequest
    ) -> PrekeyBundle:
        """Hand out what is needed to seal to the devices of an account. Raises ProblemError."""
        found = await self._account_keys(account)
        if found is None:
            raise ProblemError(ProblemCode.NOT_FOUND, "no such account")
        certificate, signed_list = found
        listed = decode(DeviceList, signed_list.body)
        devices = [
            entry.device
            for entry in listed.devices
            if entry.device != caller.device
            and (not request.devices or entry.device in request.devices)
        ]
        now = to_datetime(self._clock())
        async with self._database.session() as session:
            claimed = await store.claim(
                session,
                claimer=caller.account,
                devices=devices,
                one_time=request.one_time,
                now=now,
                today=now.date(),
                allowance=ONE_TIME_KEYS_A_DAY,
            )
        by_device = {each.device: each for each in claimed}
        return PrekeyBundle(
            certificate=certificate,
            device_list=signed_list,
            devices=tuple(_handed(by_device[each]) for each in devices if each in by_device),
        )

    async def forget(self) -> None:
        """Remove what is past its time."""
        now = to_datetime(self._clock())
        async with self._database.session() as session:
            await store.forget(session, now=now, today=now.date())

    def _opened(self, cls: type[T], caller: Caller, label: bytes, signed: Signed) -> T:
        try:
            opened = open_signed(cls, caller.signing_key, label, signed)
        except SignatureError as error:
            raise ProblemError(
                ProblemCode.SIGNATURE_INVALID, "the prekeys are not signed by this device"
            ) from error
        if (opened.account, opened.device) != (caller.account, caller.device):
            raise ProblemError(ProblemCode.FORBIDDEN, "the prekeys are another device's")
        now, skew = self._clock(), CLOCK_SKEW_SECONDS * 1000
        life = opened.not_after - opened.created_at
        if opened.created_at > now + skew or opened.not_after <= now:
            raise ProblemError(ProblemCode.EXPIRED, "the prekeys are not valid now")
        if not 0 < life <= SIGNED_PREKEY_LIFE_SECONDS * 1000:
            raise ProblemError(ProblemCode.MALFORMED, "prekeys do not live that long")
        return opened


def _paths(batch: PrekeyBatch, keys: tuple[OneTimePrekey, ...]) -> list[BatchKey]:
    """Return each key with its path to the batch's root. Raises ProblemError if they are not its keys."""
    numbers = [(key.number, key.index) for key in keys]
    if numbers != [(batch.number, index) for index in range(batch.count)]:
        raise ProblemError(ProblemCode.MALFORMED, "the keys are not those of the batch")
    encoded = [encode(key) for key in keys]
    tree = TreeEdge()
    tree.extend([leaf_hash(key) for key in encoded])
    if tree.root() != batch.root:
        raise ProblemError(ProblemCode.MALFORMED, "the keys are not those of the batch")
    return [
        BatchKey(key=key, path=inclusion_path(index, batch.count, tree.read))
        for index, key in enumerate(encoded)
    ]


def _require_newer(number: int, newest: int) -> None:
    if number <= newest:
        raise ProblemError(ProblemCode.CONFLICT, "newer prekeys are already there")


def _handed(claimed: Claimed) -> DevicePrekeys:
    one_time = None
    if claimed.batch is not None and claimed.key is not None:
        path: tuple[Hash, ...] = claimed.path or ()
        one_time = ClaimedPrekey(
            batch=decode(Signed, claimed.batch), key=decode(OneTimePrekey, claimed.key), path=path
        )
    return DevicePrekeys(
        device=claimed.device, signed=decode(Signed, claimed.signed), one_time=one_time
    )


def _status(stored: StoredPrekeys) -> PrekeyStatus:
    return PrekeyStatus(
        one_time_left=stored.one_time_left,
        signed_number=stored.signed_number,
        batch_number=stored.batch_number,
        signed_fallbacks=stored.signed_fallbacks,
    )
