# SPDX-License-Identifier: AGPL-3.0-or-later
"""The keys of access tokens: a new one each day, sealed in the database for all replicas.

A token outlives its key's last use by minutes, so a key stays readable for a second day and is then erased.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from relay_server.clock import to_datetime
from relay_server.errors import StartError
from relay_server.sessions import store
from relay_server.sessions.access_tokens import AccessKey
from relay_server.sessions.sealing import SealError

if TYPE_CHECKING:
    from relay_server.clock import Clock
    from relay_server.database.pool import Database, Session
    from relay_server.sessions.sealing import Sealing

_PLACE: Final = b"uhs/1/relay/access-key\x00"
_KEY_BYTES: Final = 32
_LOOK_AGAIN_MS: Final = 1000
KEY_LIFE: Final = timedelta(days=1)
KEY_MEMORY: Final = 2 * KEY_LIFE


class KeyRing:
    """The keys as last read; `rotate` at the start and then now and again."""

    def __init__(self, *, database: Database, sealing: Sealing, clock: Clock) -> None:
        self._database = database
        self._sealing = sealing
        self._clock = clock
        self._keys: dict[str, AccessKey] = {}
        self._newest_at = datetime.min.replace(tzinfo=UTC)
        self._looked_at = 0

    async def current(self) -> AccessKey:
        """Return the key that makes tokens, at most a day old. Raises ProblemError without a database."""
        if self._newest_at <= to_datetime(self._clock()) - KEY_LIFE:
            # As after the machine has slept: the next sweep would erase what is made with an old key.
            await self.rotate()
        return next(iter(self._keys.values()))

    def find(self, kid: str) -> AccessKey | None:
        """Return the key of this name, None if it is not known."""
        return self._keys.get(kid)

    async def look_for(self, kid: str) -> None:
        """Read the keys again for one that another relay may have added, but not for every stranger."""
        now = self._clock()
        if kid not in self._keys and abs(now - self._looked_at) >= _LOOK_AGAIN_MS:
            self._looked_at = now
            async with self._database.session() as session:
                await self._read(session)

    async def rotate(self) -> None:
        """Add a key if the newest is a day old, and read them all. Raises StartError, ProblemError."""
        now = to_datetime(self._clock())
        async with self._database.session() as session:
            if not await store.has_access_key_since(session, now - KEY_LIFE):
                raw = secrets.token_bytes(_KEY_BYTES)
                kid = AccessKey.of(raw).kid
                sealed = self._sealing.seal(raw, place=_PLACE + kid.encode())
                await store.add_access_key(session, kid, sealed, now=now, since=now - KEY_LIFE)
            await self._read(session)

    async def _read(self, session: Session) -> None:
        keys: dict[str, AccessKey] = {}
        rows = await store.access_keys(session)
        for row in rows:
            known = self._keys.get(row.kid)
            keys[row.kid] = known or AccessKey.of(self._open(row.kid, row.sealed_key))
        if rows:
            self._keys, self._newest_at = keys, rows[0].not_before

    def _open(self, kid: str, sealed: bytes) -> bytes:
        try:
            return self._sealing.open(sealed, place=_PLACE + kid.encode())
        except SealError as error:
            raise StartError(
                "the database belongs to another relay's sign-in-key; restore that file"
            ) from error
