# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables of prekeys. A claim is one statement: whatever happens, nobody else is given the same key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto_core.wire.ids import AccountId, DeviceId, Hash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from relay_server.database.pool import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPrekeys:
    """How the prekeys of a device stand; `signed` and `newest_batch` are encoded, None before the first."""

    signed: bytes | None
    signed_number: int
    newest_batch: bytes | None
    batch_number: int
    one_time_left: int
    signed_fallbacks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchKey:
    """A one-time key (encoded OneTimePrekey) and its path in its batch."""

    key: bytes
    path: tuple[Hash, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a claim gives for one device: encoded objects, and the one-time key if there was one to give."""

    device: DeviceId
    signed: bytes
    batch: bytes | None
    key: bytes | None
    path: tuple[Hash, ...] | None


async def status(session: Session, device: DeviceId, now: datetime) -> StoredPrekeys:
    """Return how the prekeys of a device stand."""
    row = await session.fetchrow(
        """
        SELECT
            signed_prekey.signed, coalesce(signed_prekey.number, 0) AS signed_number,
            batch.signed AS newest_batch, coalesce(batch.number, 0) AS batch_number,
            (SELECT count(*) FROM one_time_prekey JOIN prekey_batch USING (device, number)
                WHERE one_time_prekey.device = device.device AND not_after > $2) AS one_time_left,
            device.signed_fallbacks
        FROM device
        LEFT JOIN signed_prekey ON signed_prekey.device = device.device
        LEFT JOIN LATERAL (
            SELECT number, signed FROM prekey_batch
            WHERE prekey_batch.device = device.device ORDER BY number DESC LIMIT 1
        ) AS batch ON true
        WHERE device.device = $1
        """,
        device,
        now,
    )
    if row is None:
        return StoredPrekeys(
            signed=None,
            signed_number=0,
            newest_batch=None,
            batch_number=0,
            one_time_left=0,
            signed_fallbacks=0,
        )
    return StoredPrekeys(**row)


async def put_signed(
    session: Session, device: DeviceId, *, number: int, signed: bytes, not_after: datetime
) -> bool:
    """Store a newer signed prekey; return False when one with the same or a higher number is there."""
    done = await session.fetchval(
        """
        INSERT INTO signed_prekey (device, number, signed, not_after) VALUES ($1, $2, $3, $4)
        ON CONFLICT (device) DO UPDATE
            SET number = excluded.number, signed = excluded.signed, not_after = excluded.not_after
            WHERE signed_prekey.number < excluded.number
        RETURNING true
        """,
        device,
        number,
        signed,
        not_after,
    )
    return done is not None


async def add_batch(
    session: Session,
    device: DeviceId,
    *,
    number: int,
    signed: bytes,
    not_after: datetime,
    keys: Sequence[BatchKey],
) -> None:
    """Store a batch and its keys."""
    await session.execute(
        "INSERT INTO prekey_batch (device, number, signed, not_after) VALUES ($1, $2, $3, $4)",
        device,
        number,
        signed,
        not_after,
    )
    await session.executemany(
        "INSERT INTO one_time_prekey (device, number, place, key, path) VALUES ($1, $2, $3, $4, $5)",
        [(device, number, place, each.key, each.path) for place, each in enumerate(keys)],
    )


async def claim(
    session: Session,
    *,
    claimer: AccountId,
    devices: Sequence[DeviceId],
    one_time: bool,
    now: datetime,
    today: date,
    allowance: int,
) -> list[Claimed]:
    """Take a one-time key of each device, where there is one and the claimer's allowance is not used up.

    A device without signed prekeys is missing. A device whose keys have run out, as opposed to the
    claimer's allowance, counts one more fallback to its signed prekey.
    """
    rows = await session.fetch(
        """
        WITH asked AS (
            SELECT signed_prekey.device, signed_prekey.signed
            FROM unnest($2::bytea[]) AS device JOIN signed_prekey USING (device)
            WHERE not_after > $4
        ), allowed AS (
            INSERT INTO prekey_allowance AS spent (account, device, day, used)
            SELECT $1, device, $5, 1 FROM asked WHERE $3
            ON CONFLICT (account, device, day) DO UPDATE SET used = spent.used + 1 WHERE spent.used < $6
            RETURNING device
        ), chosen AS (
            SELECT allowed.device, oldest.number, oldest.place
            FROM allowed, LATERAL (
                SELECT number, place FROM one_time_prekey JOIN prekey_batch USING (device, number)
                WHERE one_time_prekey.device = allowed.device AND not_after > $4
                ORDER BY number, place LIMIT 1
                FOR UPDATE OF one_time_prekey SKIP LOCKED
            ) AS oldest
        ), taken AS (
            DELETE FROM one_time_prekey USING chosen
            WHERE one_time_prekey.device = chosen.device AND one_time_prekey.number = chosen.number
                AND one_time_prekey.place = chosen.place
            RETURNING one_time_prekey.device, one_time_prekey.number, key, path
        ), missed AS (
            UPDATE device SET signed_fallbacks = signed_fallbacks + 1
            WHERE device IN (SELECT device FROM allowed EXCEPT SELECT device FROM taken)
        )
        SELECT asked.device, asked.signed, prekey_batch.signed AS batch, taken.key, taken.path
        FROM asked LEFT JOIN taken USING (device)
        LEFT JOIN prekey_batch ON prekey_batch.device = taken.device AND prekey_batch.number = taken.number
        """,
        claimer,
        list(devices),
        one_time,
        now,
        today,
        allowance,
    )
    return [
        Claimed(
            device=row["device"],
            signed=row["signed"],
            batch=row["batch"],
            key=row["key"],
            path=None if row["path"] is None else tuple(row["path"]),
        )
        for row in rows
    ]


async def forget(session: Session, *, now: datetime, today: date) -> None:
    """Remove batches past their time, with the keys left of them, and allowances of earlier days."""
    await session.execute("DELETE FROM prekey_batch WHERE not_after <= $1", now)
    await session.execute("DELETE FROM prekey_allowance WHERE day < $1", today)
