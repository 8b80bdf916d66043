# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the administrator's commands work: on the database of the relay in a folder, whether it runs or not."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto_core.wire.audit import Administered
from crypto_core.wire.codec import encode
from relay_server.data_folder import DataFolder, DataFolderInUseError
from relay_server.database.access import DatabaseLogin
from relay_server.database.pool import Database, open_database
from relay_server.database.running import is_embedded, running_database, stored_login
from relay_server.errors import ProblemError, StartError

if TYPE_CHECKING:
    from pathlib import Path

    from crypto_core.wire.audit import AdministratorAct
    from crypto_core.wire.ids import AccountId
    from relay_server.database.access import Duty
    from relay_server.database.pool import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """What a command finds. `may_run` is False only if the relay is known not to run."""

    folder: DataFolder
    database: Database
    login: DatabaseLogin
    may_run: bool


Work = Callable[[Workplace], Awaitable[str]]
"""What a command does, and what it then says."""


async def note(
    session: Session,
    act: AdministratorAct,
    *,
    account: AccountId | None = None,
    months: int | None = None,
) -> None:
    """Have the log say what the operator does, in the transaction in which it is done."""
    content = Administered(act=act, account=account, months=months)
    await session.execute("SELECT administered($1)", encode(content))


def administer(data: Path, work: Work, *, duty: Duty | None = None) -> int:
    """Do the administrator's work and print what comes of it. Raises StartError where no relay has been.

    With the relay's own rights in the database, or with those of another duty.
    """
    if not (data / "database-login").exists():
        raise StartError(f"there is no relay in {data}: “serve” makes one, with the same --data")
    folder = DataFolder.prepare(data)
    try:
        said = asyncio.run(_work_anyhow(folder, work, duty))
    except ProblemError as problem:
        raise StartError(str(problem)) from problem
    sys.stdout.write(f"{said}\n")
    return 0


async def _work_anyhow(folder: DataFolder, work: Work, duty: Duty | None) -> str:
    """Work on the running relay's database, or on one started for the moment."""
    with contextlib.ExitStack() as opened:
        login = stored_login(folder)
        # Relays elsewhere may work on a database that is not the embedded one.
        may_run = True
        if is_embedded(folder):
            with contextlib.suppress(DataFolderInUseError):
                opened.enter_context(folder.lock())
                may_run = False
                login = opened.enter_context(running_database(folder, None)).login
        if login is None:
            raise StartError("the relay is starting for the first time; try again in a moment")
        async with open_database(login if duty is None else login.on(duty)) as database:
            found = Workplace(folder=folder, database=database, login=login, may_run=may_run)
            return await work(found)
