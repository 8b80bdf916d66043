# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the administrator's commands work: on the database of the relay in a folder, whether it runs or not."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relay_server.data_folder import DataFolder, DataFolderInUseError
from relay_server.database.pool import Database, open_database
from relay_server.database.running import is_embedded, running_database, stored_login
from relay_server.errors import ProblemError, StartError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """What a command finds. `may_run` is False only if the relay is known not to run."""

    folder: DataFolder
    database: Database
    may_run: bool


Work = Callable[[Workplace], Awaitable[str]]
"""What a command does, and what it then says."""


def administer(data: Path, work: Work) -> int:
    """Do the administrator's work and print what comes of it. Raises StartError where no relay has been."""
    if not (data / "database-login").exists():
        raise StartError(f"there is no relay in {data}: “serve” makes one, with the same --data")
    folder = DataFolder.prepare(data)
    try:
        said = asyncio.run(_work_anyhow(folder, work))
    except ProblemError as problem:
        raise StartError(str(problem)) from problem
    sys.stdout.write(f"{said}\n")
    return 0


async def _work_anyhow(folder: DataFolder, work: Work) -> str:
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
        async with open_database(login) as database:
            return await work(Workplace(folder=folder, database=database, may_run=may_run))
