# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sessions that end under those who use them: what the relay makes of it is always the same problem."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from crypto_core.wire.relay_api import ProblemCode
from relay_server.database.pool import open_database
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from relay_server.database.pool import Database
    from tests.integration.relay.conftest import TestDatabase

pytestmark = pytest.mark.anyio

WITH_A_TYPE_TO_LOOK_UP: Final = "SELECT each FROM pg_catalog.pg_depend AS each LIMIT 1"
"""The driver asks for the type first, so the call has more steps than one."""

STEPS: Final = 60
"""More turns of the event loop than such a call takes."""


async def _read(database: Database) -> ProblemCode | None:
    try:
        async with database.session() as session:
            assert await session.fetch(WITH_A_TYPE_TO_LOOK_UP)
    except ProblemError as problem:
        return problem.code
    return None


async def _lose_a_session(database: Database, after_turns: int) -> None:
    for _ in range(after_turns):
        await asyncio.sleep(0)
    with pytest.raises(ProblemError):
        async with database.session():
            raise ConnectionResetError


async def test_a_session_ended_at_any_step_of_a_call_is_a_database_that_is_not_available(
    database: TestDatabase,
) -> None:
    seen: set[ProblemCode | None] = set()
    async with open_database(database.login) as sessions:
        for turns in range(STEPS):
            reading = [asyncio.create_task(_read(sessions)) for _ in range(4)]
            await _lose_a_session(sessions, turns)
            seen.update(await asyncio.gather(*reading))
            # The next piece of work finds a session that lives.
            assert await _read(sessions) is None
    assert seen <= {None, ProblemCode.UNAVAILABLE}
    assert ProblemCode.UNAVAILABLE in seen
