# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the operator's commands do: note what was decided, and wait until the running relay has logged it.

A command works beside a relay that runs, on the same database; the log has one writer, which is the relay. So
the decision is stored first, and becomes a leaf by the relay that runs, at once, or by the next one that starts.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import asyncpg

from crypto_core.wire.assurance import AssuranceGiven, AssuranceLevel, AssuranceRevoked
from crypto_core.wire.audit import Verb
from crypto_core.wire.codec import encode
from relay_server.assurances import store
from relay_server.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.wire.assurance import DocumentKind, RevocationReason
    from crypto_core.wire.ids import AccountId, UnixMillis
    from relay_server.database.pool import Database

_PATIENCE_SECONDS: Final = 15.0
_PAUSE_SECONDS: Final = 0.1


async def verify(
    database: Database,
    account: AccountId,
    *,
    document: DocumentKind,
    checked_at: UnixMillis,
    expires_at: UnixMillis | None,
) -> tuple[int, ...]:
    """Note that the operator has seen a document; return the order's number. Raises StartError."""
    content = AssuranceGiven(
        account=account,
        level=AssuranceLevel.VERIFIED,
        document=document,
        checked_at=checked_at,
        expires_at=expires_at,
    )
    await _require_account(database, account)
    async with database.session() as session:
        number = await store.add_order(
            session, account, Verb.ASSURANCE_GIVEN, encode(content), revokes=None
        )
    return (number,)


async def revoke(
    database: Database, account: AccountId, *, reason: RevocationReason
) -> tuple[int, ...]:
    """Note that nothing holds any more that the operator has said of an account; return the orders' numbers.

    Raises StartError, also when there is nothing to revoke.
    """
    await _require_account(database, account)
    try:
        async with database.session() as session, session.transaction():
            indexes = await store.standing(session, account)
            numbers = [
                await store.add_order(
                    session,
                    account,
                    Verb.ASSURANCE_REVOKED,
                    encode(AssuranceRevoked(account=account, leaf_index=index, reason=reason)),
                    revokes=index,
                )
                for index in indexes
            ]
            has_orders = await store.account_has_orders(session, account)
    except asyncpg.UniqueViolationError as error:
        raise StartError("another command revokes this, or has just done so") from error
    if numbers:
        return tuple(numbers)
    if has_orders:
        raise StartError(
            "what was said of this account waits for the log: start the relay, then revoke it"
        )
    raise StartError("there is nothing to revoke: the account is not verified, or no longer")


async def is_logged(
    database: Database, orders: Sequence[int], *, patience_seconds: float = _PATIENCE_SECONDS
) -> bool:
    """Wait until the running relay has logged these orders; return False when that takes too long."""
    try:
        async with asyncio.timeout(patience_seconds):
            while True:
                async with database.session() as session:
                    if not await store.waiting_orders(session, orders):
                        return True
                await asyncio.sleep(_PAUSE_SECONDS)
    except TimeoutError:
        return False


async def _require_account(database: Database, account: AccountId) -> None:
    async with database.session() as session:
        if not await store.account_exists(session, account):
            raise StartError("no account with this address is registered at this relay")
