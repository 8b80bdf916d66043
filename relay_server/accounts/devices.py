# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which device a request key belongs to, remembered between requests and forgotten at every change."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from crypto_core.wire.codec import decode
from crypto_core.wire.signed import SigningPublicKey
from relay_server.accounts import store
from relay_server.authentication.door import Caller

if TYPE_CHECKING:
    from relay_server.database.pool import Database

CHANNEL: Final = "devices"
_MAX_REMEMBERED: Final = 20_000


class Devices:
    """Answers like the table: every published list, here or by another relay, empties the memory.

    It is a `Listener` of the channel on which the database announces such changes, and remembers nothing
    while it cannot hear them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: OrderedDict[bytes, Caller] = OrderedDict()
        self._is_listening = False
        self._changes = 0

    async def find(self, request_key: bytes) -> Caller | None:
        """Return the listed device with a request key. Raises ProblemError without a database."""
        remembered = self._remembered.get(request_key)
        if remembered is not None:
            return remembered
        changes = self._changes
        async with self._database.session() as session:
            row = await store.find_device(session, request_key)
        if row is None:
            return None
        found = Caller(
            account=row.account,
            device=row.device,
            pseudonym=row.pseudonym,
            signing_key=decode(SigningPublicKey, row.signing_key),
        )
        # What was read before a change must not be remembered after it.
        if self._is_listening and changes == self._changes:
            self._remembered[request_key] = found
            if len(self._remembered) > _MAX_REMEMBERED:
                self._remembered.popitem(last=False)
        return found

    def forget(self) -> None:
        """Forget everything: some device list has changed."""
        self._changes += 1
        self._remembered.clear()

    def announced(self, payload: str) -> None:
        """A list was published somewhere."""
        del payload
        self.forget()

    def connected(self) -> None:
        """Remember from now on."""
        self.forget()
        self._is_listening = True

    def disconnected(self) -> None:
        """Remember nothing until announcements come again."""
        self._is_listening = False
        self.forget()
