# SPDX-License-Identifier: AGPL-3.0-or-later
"""A meeting place for two computers: each thing is left there once, and given to whom it is for.

The relay sees that an account links a computer, not what the two exchange. Whoever knows a link's id has seen
the old computer's picture; what keeps that person out are the comparison words (`crypto_core/spec/linking.md`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from crypto_core.wire.linking import LINK_SECONDS
from crypto_core.wire.relay_api import ProblemCode, SealedLinkGrant, SealedLinkOffer
from relay_server.clock import to_datetime
from relay_server.errors import ProblemError
from relay_server.links import store

if TYPE_CHECKING:
    from datetime import datetime

    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.linking import LinkId
    from relay_server.clock import Clock
    from relay_server.database.pool import Database

LIFE: Final = timedelta(seconds=LINK_SECONDS)
GRACE: Final = timedelta(seconds=60)
"""How long after its first reading an answer can be read again, should it have been lost on the way."""


class LinkService:
    """Open links."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(self, account: AccountId, link: LinkId) -> None:
        """Open a link for an account, which ends the one that it had. Raises ProblemError."""
        now = self._now()
        async with self._database.session() as session, session.transaction():
            if not await store.open_link(session, link, account, now=now, expires_at=now + LIFE):
                raise ProblemError(ProblemCode.CONFLICT, "the link is another account's")

    async def end(self, account: AccountId, link: LinkId) -> None:
        """End a link of the account, with all that was left there; others stay as they are."""
        async with self._database.session() as session:
            await store.end_of_account(session, link, account)

    async def end_by_key(self, key: bytes, link: LinkId) -> None:
        """End a link for which this key has made the offer; others stay as they are."""
        async with self._database.session() as session:
            await store.end_of_key(session, link, key)

    async def put_offer(self, link: LinkId, key: bytes, offer: SealedLinkOffer) -> None:
        """Leave an offer; the same by the same key again is harmless. Raises ProblemError for a second one."""
        now = self._now()
        async with self._database.session() as session:
            await store.put_offer(session, link, offer=offer.sealed, key=key, now=now)
            found = await store.find(session, link, now)
        if found is None:
            raise _no_link()
        if (found.offer, found.offered_by) != (offer.sealed, key):
            raise ProblemError(ProblemCode.CONFLICT, "another computer has answered this link")

    async def offer(self, account: AccountId, link: LinkId) -> SealedLinkOffer:
        """Return the offer to the account that opened the link. Raises ProblemError."""
        async with self._database.session() as session:
            found = await store.find(session, link, self._now())
        if found is None or found.account != account or found.offer is None:
            raise _no_link()
        return SealedLinkOffer(sealed=found.offer)

    async def put_answer(self, account: AccountId, link: LinkId, answer: SealedLinkGrant) -> None:
        """Leave the answer to the offer; the same again is harmless. Raises ProblemError."""
        now = self._now()
        async with self._database.session() as session:
            await store.put_answer(session, link, account, answer=answer.sealed, now=now)
            found = await store.find(session, link, now)
        if found is None or found.account != account or found.offer is None:
            raise _no_link()
        if found.answer != answer.sealed:
            raise ProblemError(ProblemCode.CONFLICT, "the link has an answer already")

    async def answer(self, key: bytes, link: LinkId) -> SealedLinkGrant:
        """Return the answer to the key that made the offer, to no other; soon after, it is gone.

        Raises ProblemError.
        """
        now = self._now()
        async with self._database.session() as session:
            found = await store.take_answer(session, link, key, now=now, until=now + GRACE)
        if found is None:
            raise _no_link()
        return SealedLinkGrant(sealed=found)

    async def forget(self) -> None:
        """Remove what is past its time."""
        async with self._database.session() as session:
            await store.forget(session, self._now())

    def _now(self) -> datetime:
        return to_datetime(self._clock())


def _no_link() -> ProblemError:
    """Say the same whatever is missing: whether a link exists is for those who opened it."""
    return ProblemError(ProblemCode.NOT_FOUND, "there is nothing here for you, or not yet")
