# SPDX-License-Identifier: AGPL-3.0-or-later
"""Looks at a start whether the database server keeps what it acknowledges, as every receipt of ours says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relay_server.errors import StartError
from relay_server.logs import LOGGER

if TYPE_CHECKING:
    from relay_server.database.pool import Database


async def require_durable(database: Database) -> None:
    """Raise StartError if commits can be lost although they were acknowledged; warn where it depends.

    What counts is what a session of the relay has in force, wherever it was set. Without `full_page_writes` a
    power cut can spoil pages, except on file systems that write them whole, which nobody can tell from here.
    """
    async with database.session() as session:
        for setting in ("fsync", "synchronous_commit"):
            if await session.fetchval("SELECT current_setting($1)", setting) == "off":
                raise StartError(
                    f"the database server has {setting} = off: after a power cut it would not have what the "
                    "relay has given receipts for; set it to on"
                )
        if await session.fetchval("SELECT current_setting('full_page_writes')") == "off":
            LOGGER.warning(
                "the database server has full_page_writes = off: a power cut can destroy what it holds, unless "
                "its file system writes pages whole (as ZFS does); set it to on"
            )
