# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of blobs: whose each is, its announced size and hash, and whether it is complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto_core.wire.ids import AccountId, BlobId, Hash

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from crypto_core.wire.ids import DeviceId
    from relay_server.database.pool import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobRow:
    """A blob as it was announced."""

    blob: BlobId
    account: AccountId
    size: int
    blob_hash: Hash
    is_complete: bool


async def announce(
    session: Session,
    *,
    blob: BlobId,
    account: AccountId,
    size: int,
    blob_hash: Hash,
    now: datetime,
    quota: int,
) -> bool:
    """Store a new blob; return False, and store nothing, when the account's quota has no room for it."""
    async with session.transaction():
        await session.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", account.hex()
        )
        stored = await session.execute(
            """
            INSERT INTO blob (blob, account, size, blob_hash, created_at)
            SELECT $1, $2, $3::bigint, $4, $5
            WHERE $3::bigint + (SELECT coalesce(sum(size), 0) FROM blob WHERE account = $2) <= $6::bigint
            ON CONFLICT DO NOTHING
            """,
            blob,
            account,
            size,
            blob_hash,
            now,
            quota,
        )
    return stored == "INSERT 0 1"


async def find(session: Session, blob: BlobId) -> BlobRow | None:
    """Return a blob, whoever asks."""
    row = await session.fetchrow(
        "SELECT blob, account, size, blob_hash, is_complete FROM blob WHERE blob = $1", blob
    )
    return None if row is None else BlobRow(**row)


async def is_readable(
    session: Session, blob: BlobId, *, account: AccountId, device: DeviceId
) -> bool:
    """Return whether a blob is complete and the account's, or named by an envelope that waits for the device.

    The session is open for the device's mailbox.
    """
    found: bool = await session.fetchval(
        """
        SELECT EXISTS (
            SELECT FROM blob WHERE blob = $1 AND is_complete AND (
                account = $2 OR EXISTS (
                    SELECT FROM envelope_blob JOIN delivery USING (envelope)
                    WHERE envelope_blob.blob = blob.blob AND mailbox = $3
                )
            )
        )
        """,
        blob,
        account,
        device,
    )
    return found


async def complete(session: Session, blob: BlobId) -> None:
    """Note that a blob is complete."""
    await session.execute("UPDATE blob SET is_complete = true WHERE blob = $1", blob)


async def delete(session: Session, blob: BlobId, account: AccountId) -> bool:
    """Remove a blob of an account; return False while an envelope names it."""
    gone: bool = await session.fetchval("SELECT blob_delete($1, $2)", blob, account)
    return gone


async def forget(session: Session, before: datetime) -> list[BlobId]:
    """Remove blobs that nothing needs any more, and return them."""
    rows = await session.fetch("SELECT blob_forget($1) AS blob", before)
    return [row["blob"] for row in rows]


async def unknown(session: Session, blobs: Iterable[BlobId]) -> list[BlobId]:
    """Return which of these the table does not have."""
    rows = await session.fetch(
        """
        SELECT id FROM unnest($1::bytea[]) AS id
        WHERE NOT EXISTS (SELECT FROM blob WHERE blob.blob = id)
        """,
        list(blobs),
    )
    return [row["id"] for row in rows]
