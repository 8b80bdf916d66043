# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of open links. What is past its time is not found, and removed by the next sweep."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crypto_core.wire.ids import AccountId

if TYPE_CHECKING:
    from datetime import datetime

    from crypto_core.wire.linking import LinkId
    from relay_server.database.pool import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """An open link, and what was left there so far."""

    account: AccountId
    offer: bytes | None = field(repr=False)
    offered_by: bytes | None
    answer: bytes | None = field(repr=False)


async def open_link(
    session: Session, link: LinkId, account: AccountId, *, now: datetime, expires_at: datetime
) -> bool:
    """Open a link in place of the account's earlier one; return False if it is another account's."""
    is_open: bool = await session.fetchval(
        "SELECT link_open($1, $2, $3, $4)", link, account, now, expires_at
    )
    return is_open


async def find(session: Session, link: LinkId, now: datetime) -> LinkRow | None:
    """Return a link that is open."""
    row = await session.fetchrow(
        "SELECT account, offer, offered_by, answer FROM link WHERE link = $1 AND expires_at > $2",
        link,
        now,
    )
    return None if row is None else LinkRow(**row)


async def put_offer(
    session: Session, link: LinkId, *, offer: bytes, key: bytes, now: datetime
) -> None:
    """Leave the offer of a key, unless there is one already."""
    await session.execute(
        """
        UPDATE link SET offer = $2, offered_by = $3
        WHERE link = $1 AND expires_at > $4 AND offer IS NULL
        """,
        link,
        offer,
        key,
        now,
    )


async def put_answer(
    session: Session, link: LinkId, account: AccountId, *, answer: bytes, now: datetime
) -> None:
    """Leave the answer to the offer, unless there is one already."""
    await session.execute(
        """
        UPDATE link SET answer = $3
        WHERE link = $1 AND account = $2 AND expires_at > $4 AND offer IS NOT NULL AND answer IS NULL
        """,
        link,
        account,
        answer,
        now,
    )


async def take_answer(
    session: Session, link: LinkId, key: bytes, *, now: datetime, until: datetime
) -> bytes | None:
    """Return the answer to the offer of a key; from the first time on the link ends at `until` at the latest."""
    answer: bytes | None = await session.fetchval(
        """
        UPDATE link SET expires_at = least(expires_at, $4)
        WHERE link = $1 AND offered_by = $2 AND expires_at > $3 AND answer IS NOT NULL RETURNING answer
        """,
        link,
        key,
        now,
        until,
    )
    return answer


async def end_of_account(session: Session, link: LinkId, account: AccountId) -> None:
    """Remove a link of an account, if it is one."""
    await session.execute("DELETE FROM link WHERE link = $1 AND account = $2", link, account)


async def end_of_key(session: Session, link: LinkId, key: bytes) -> None:
    """Remove a link for which a key has made the offer, if it has."""
    await session.execute("DELETE FROM link WHERE link = $1 AND offered_by = $2", link, key)


async def forget(session: Session, now: datetime) -> None:
    """Remove what is past its time."""
    await session.execute("DELETE FROM link WHERE expires_at <= $1", now)
