# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long the technical log keeps what can be read of its entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.wire.audit import Administered, AdministratorAct
from crypto_core.wire.codec import encode

if TYPE_CHECKING:
    from relay_server.database.pool import Database


async def set_life(database: Database, months: int) -> bool:
    """Set the life of entries, and have the log say so; return whether it is another than before.

    Raises ProblemError without a database. `months` is one that the log may be kept for (LIFE_MONTHS).
    """
    content = Administered(act=AdministratorAct.LIFE_CHANGED, account=None, months=months)
    async with database.session() as session:
        changed: bool = await session.fetchval(
            "SELECT audit_set_life($1, $2)", months, encode(content)
        )
    return changed
