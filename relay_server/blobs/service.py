# SPDX-License-Identifier: AGPL-3.0-or-later
"""Announces, receives, checks, hands out and forgets blobs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from crypto_core.wire.relay_api import BlobStatus, ProblemCode
from relay_server.blobs import store
from relay_server.clock import to_datetime
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from pathlib import Path

    from crypto_core.wire.ids import BlobId
    from crypto_core.wire.relay_api import CreateBlobRequest
    from relay_server.authentication.door import Caller
    from relay_server.blobs.files import BlobFiles
    from relay_server.blobs.store import BlobRow
    from relay_server.clock import Clock
    from relay_server.database.pool import Database

_UNNAMED_LIFE_MS: Final = 7 * 86_400_000
"""How long an upload waits for an envelope that names it."""


class BlobService:
    """All blobs of the relay."""

    def __init__(
        self, *, database: Database, files: BlobFiles, quota_bytes: int, clock: Clock
    ) -> None:
        self._database = database
        self._files = files
        self._quota_bytes = quota_bytes
        self._clock = clock
        # One writer per upload; a lock is gone when nobody holds or awaits it.
        self._locks: WeakValueDictionary[BlobId, asyncio.Lock] = WeakValueDictionary()

    async def announce(self, caller: Caller, request: CreateBlobRequest) -> BlobStatus:
        """Make room for an upload; with the same values again, say how far it is. Raises ProblemError."""
        async with self._database.session() as session:
            row = await store.find(session, request.blob)
            if row is None:
                is_stored = await store.announce(
                    session,
                    blob=request.blob,
                    account=caller.account,
                    size=request.size,
                    blob_hash=request.sha256,
                    now=to_datetime(self._clock()),
                    quota=self._quota_bytes,
                )
                row = await store.find(session, request.blob)
                if row is None or not (is_stored or row.account == caller.account):
                    raise ProblemError(ProblemCode.QUOTA_EXCEEDED, "the account's storage is full")
        announced = (row.account, row.size, row.blob_hash)
        if announced != (caller.account, request.size, request.sha256):
            raise ProblemError(ProblemCode.CONFLICT, "the blob id was used before")
        return await self._status(row)

    async def append(self, caller: Caller, blob: BlobId, part: bytes, *, offset: int) -> BlobStatus:
        """Add a part where the upload stands; it is on the disk when this returns. Raises ProblemError."""
        async with self._lock(blob):
            # Asked under the lock: a part for a blob that is being deleted would stay for ever.
            row = await self._own(caller, blob)
            received = await asyncio.to_thread(self._files.received, blob)
            if row.is_complete or offset != received:
                raise ProblemError(
                    ProblemCode.BLOB_OFFSET,
                    "the upload does not stand there",
                    received_bytes=received,
                )
            if offset + len(part) > row.size:
                raise ProblemError(ProblemCode.BLOB_MISMATCH, "more bytes than were announced")
            if part:
                await asyncio.to_thread(self._files.append, blob, part, offset=offset)
        return BlobStatus(
            blob=blob, size=row.size, received=offset + len(part), complete=row.is_complete
        )

    async def complete(self, caller: Caller, blob: BlobId) -> BlobStatus:
        """Check size and hash, and from then on keep the blob as it is. Raises ProblemError.

        An upload with another hash is thrown away and may start again.
        """
        async with self._lock(blob):
            row = await self._own(caller, blob)
            if not row.is_complete:
                received = await asyncio.to_thread(self._files.received, blob)
                if received != row.size:
                    raise ProblemError(
                        ProblemCode.BLOB_MISMATCH,
                        "the upload is not complete",
                        received_bytes=received,
                    )
                if not await asyncio.to_thread(self._files.seal, blob, blob_hash=row.blob_hash):
                    raise ProblemError(
                        ProblemCode.BLOB_MISMATCH, "the upload has another hash", received_bytes=0
                    )
                async with self._database.session() as session:
                    await store.complete(session, blob)
        return BlobStatus(blob=blob, size=row.size, received=row.size, complete=True)

    async def status(self, caller: Caller, blob: BlobId) -> BlobStatus:
        """Return how far the caller's upload is. Raises ProblemError."""
        return await self._status(await self._own(caller, blob))

    async def readable(self, caller: Caller, blob: BlobId) -> Path:
        """Return the file of a blob that the caller owns or was sent. Raises ProblemError."""
        async with self._database.mailbox(caller.device) as session:
            is_readable = await store.is_readable(
                session, blob, account=caller.account, device=caller.device
            )
        path = self._files.path(blob)
        if not is_readable or not await asyncio.to_thread(path.is_file):
            raise ProblemError(ProblemCode.NOT_FOUND, "no such blob")
        return path

    async def delete(self, caller: Caller, blob: BlobId) -> None:
        """Remove the caller's blob, unless an envelope names it. Raises ProblemError."""
        await self._own(caller, blob)
        async with self._lock(blob):
            async with self._database.session() as session:
                is_gone = await store.delete(session, blob, caller.account)
            if not is_gone:
                raise ProblemError(ProblemCode.CONFLICT, "an envelope names the blob")
            await asyncio.to_thread(self._files.remove, blob)

    async def forget(self) -> int:
        """Remove what nothing needs any more, rows first; return how many there were."""
        before = to_datetime(self._clock() - _UNNAMED_LIFE_MS)
        async with self._database.session() as session:
            gone = await store.forget(session, before)
        for blob in gone:
            async with self._lock(blob):
                await asyncio.to_thread(self._files.remove, blob)
        return len(gone)

    async def remove_orphans(self) -> None:
        """Remove files without a row, which a crash between the two steps of `forget` leaves; at start only."""
        found = await asyncio.to_thread(lambda: set(self._files.all()))
        async with self._database.session() as session:
            orphans = await store.unknown(session, found)
        for blob in orphans:
            await asyncio.to_thread(self._files.remove, blob)

    async def _own(self, caller: Caller, blob: BlobId) -> BlobRow:
        async with self._database.session() as session:
            row = await store.find(session, blob)
        if row is None or row.account != caller.account:
            raise ProblemError(ProblemCode.NOT_FOUND, "no such blob")
        return row

    async def _status(self, row: BlobRow) -> BlobStatus:
        received = await asyncio.to_thread(self._files.received, row.blob)
        return BlobStatus(blob=row.blob, size=row.size, received=received, complete=row.is_complete)

    def _lock(self, blob: BlobId) -> asyncio.Lock:
        return self._locks.setdefault(blob, asyncio.Lock())
