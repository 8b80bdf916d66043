# SPDX-License-Identifier: AGPL-3.0-or-later
"""Start of the engine process: builds the adapters, runs the use cases, ends with its pipe."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from datetime import datetime
from typing import TYPE_CHECKING

from app.engine.accounts import Surroundings
from app.engine.dispatch import Engine
from app.engine.documents.readers import ReaderProcesses
from app.engine.network.http_relay import HttpRelays
from app.engine.security_keys.of_this_computer import KeysOfThisComputer
from app.engine.session import Machine
from app.engine.vault.copies import PrivateCopies, copies_folders
from app.engine.vault.files import SealedFiles
from app.engine.vault.profile import ProfileDirectory
from app.engine.vault.secret_store import KeyringSecretStore
from app.engine.vault.watched import FoldersOnDisk
from app.interface.pipe import EngineServer, reserve_standard_streams
from crypto_core.wire.ids import UnixMillis, UtcOffsetMinutes

if TYPE_CHECKING:
    from pathlib import Path

    from app.interface.pipe import RawReader, RawWriter

_log = logging.getLogger(__name__)


class SystemClock:
    """This computer's clock."""

    def now(self) -> UnixMillis:
        """Wall-clock time."""
        return UnixMillis(time.time_ns() // 1_000_000)

    def utc_offset(self) -> UtcOffsetMinutes:
        """Local time minus UTC at this moment."""
        offset = datetime.now().astimezone().utcoffset()
        return UtcOffsetMinutes(0 if offset is None else int(offset.total_seconds()) // 60)

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()


def run(profile: Path) -> int:
    """Serve one front end on standard input and output until it closes or locks; return the exit code."""
    requests, answers = reserve_standard_streams()
    try:
        asyncio.run(serve(profile, requests, answers))
    except BaseExceptionGroup:
        # A bug in a task that nobody waits for. The process ends, and every key with it; what was
        # committed is there at the next start.
        _log.exception("the engine ends")
        return 1
    return 0


async def serve(profile: Path, requests: RawReader, answers: RawWriter) -> None:
    """Run the engine of a profile on two streams."""
    clock = SystemClock()
    secret_store = KeyringSecretStore()
    server = EngineServer(requests, answers)
    directory = ProfileDirectory(
        profile, secret_store=secret_store, random_bytes=os.urandom, clock=clock
    )
    around = Surroundings(
        profile=directory,
        machine=Machine(
            clock=clock,
            random_bytes=os.urandom,
            files=SealedFiles(directory.files_directory),
            secret_store=secret_store,
            security_keys=KeysOfThisComputer(),
            documents=ReaderProcesses(),
            copies=PrivateCopies(copies_folders(profile), random_bytes=os.urandom),
            folders=FoldersOnDisk(profile),
        ),
        relay_factory=HttpRelays(clock=clock, random_bytes=os.urandom),
        publish=server.publish,
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            engine = Engine(
                around, secret_store=secret_store, start=tasks.create_task, on_lock=server.stop
            )
            try:
                await engine.announce()
                await server.serve(engine.handle)
            finally:
                await engine.close()
    finally:
        await directory.close()
