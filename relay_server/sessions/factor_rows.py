# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables of second factors: one-time codes, security keys, recovery codes, and challenges to new keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from crypto_core.wire.ids import FactorId
from crypto_core.wire.sign_in import FactorKind

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId, DeviceId
    from relay_server.database.pool import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFactor:
    """A factor as the tables have it; `content` is sealed."""

    factor: FactorId
    kind: FactorKind
    content: bytes = field(repr=False)
    sealed_name: bytes
    added_at: datetime
    last_used_at: datetime | None


async def factors(session: Session, account: AccountId) -> list[StoredFactor]:
    """Return the factors of an account, oldest first."""
    rows = await session.fetch(
        """
        SELECT factor, kind, content, sealed_name, added_at, last_used_at FROM factor
        WHERE account = $1 ORDER BY added_at, factor
        """,
        account,
    )
    return [StoredFactor(**dict(row) | {"kind": FactorKind(row["kind"])}) for row in rows]


async def use(
    session: Session, factor: FactorId, counter: int, *, now: datetime, is_zero_usable: bool
) -> bool:
    """Count a use; returns False when it, or a later one, has been counted.

    With `is_zero_usable` 0 may follow 0: a security key that does not count always says so.
    """
    return (
        await session.fetchval(
            """
            UPDATE factor SET counter = $2, last_used_at = $3
            WHERE factor = $1 AND (counter < $2 OR ($4 AND counter = 0 AND $2 = 0)) RETURNING true
            """,
            factor,
            counter,
            now,
            is_zero_usable,
        )
    ) is not None


async def recovery_codes_left(session: Session, account: AccountId) -> int:
    """Return how many recovery codes have not been used."""
    left: int = await session.fetchval(
        "SELECT count(*) FROM recovery_code WHERE account = $1", account
    )
    return left


async def recovery_code_exists(session: Session, account: AccountId, keyed_hash: bytes) -> bool:
    """Return whether a recovery code is the account's and unused."""
    return (
        await session.fetchval(
            "SELECT true FROM recovery_code WHERE account = $1 AND keyed_hash = $2",
            account,
            keyed_hash,
        )
    ) is not None


async def offer(
    session: Session, device: DeviceId, sealed_challenge: bytes, *, expires_at: datetime
) -> None:
    """Store the challenge to a device's new security key, in place of the one before."""
    await session.execute(
        """
        INSERT INTO security_key_offer (device, sealed_challenge, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (device) DO UPDATE
        SET sealed_challenge = excluded.sealed_challenge, expires_at = excluded.expires_at
        """,
        device,
        sealed_challenge,
        expires_at,
    )


async def take_offer(session: Session, device: DeviceId, *, now: datetime) -> bytes | None:
    """Remove the challenge to a device's new security key and return it: it serves once."""
    found: bytes | None = await session.fetchval(
        """
        DELETE FROM security_key_offer WHERE device = $1 AND expires_at > $2
        RETURNING sealed_challenge
        """,
        device,
        now,
    )
    return found
