# SPDX-License-Identifier: AGPL-3.0-or-later
"""One-time invitation codes: made for an administrator, stored as hashes, used up by a registration."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from crypto_core.trust.signatures import sha256
from relay_server.accounts import store
from relay_server.clock import to_datetime

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import timedelta

    from crypto_core.wire.ids import Hash
    from relay_server.clock import Clock
    from relay_server.database.pool import Database, Session

    Note = Callable[[Session], Awaitable[None]]

_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"  # no two of them look alike
_GROUPS: Final = 5
_GROUP_CHARACTERS: Final = 5
_LABEL: Final = b"uhs/1/relay/invitation\x00"


async def invite(
    database: Database, *, life: timedelta, clock: Clock, note: Note | None = None
) -> str:
    """Store a new invitation and return its code of 125 bits, which is stored nowhere.

    `note` has the log say so, in the same transaction.
    """
    groups = [
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_CHARACTERS)) for _ in range(_GROUPS)
    ]
    code = "-".join(groups)
    async with database.session() as session, session.transaction():
        await store.add_invitation(session, hash_of_code(code), to_datetime(clock()) + life)
        if note is not None:
            await note(session)
    return code


def hash_of_code(code: str) -> Hash:
    """Return what is stored of a code, which has too many bits to be found from it."""
    return sha256(_LABEL, code.strip().lower().encode("utf-8", "surrogatepass"))
