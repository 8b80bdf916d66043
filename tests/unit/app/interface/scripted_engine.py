# SPDX-License-Identifier: AGPL-3.0-or-later
"""A program that speaks the engine's side of the pipe, and does on request what an engine never should.

Searching the directory for a word chooses what happens.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from app.interface.commands import Lock, SearchDirectory, ShowStatus
from app.interface.events import ContactsChanged, Progress
from app.interface.failures import CommandError, Failure
from app.interface.pipe import EngineServer, reserve_standard_streams
from app.interface.snapshots import ConnectionState, DirectoryAnswer, Done, ProfileState, Status
from crypto_core.wire.ids import UnixMillis

if TYPE_CHECKING:
    from app.interface.command import Command

STATUS = Status(
    profile=ProfileState.EMPTY,
    account=None,
    name="Noël Ça",
    profession="",
    connection=ConnectionState.OFFLINE,
    since=UnixMillis(0),
    last_synchronised_at=None,
    outbox_count=0,
    unread_count=0,
    os_secret_store=False,
)


class BrokenError(Exception):
    """Not a CommandError."""


class ScriptedEngine:
    """What happens for each word that is searched for."""

    def __init__(self) -> None:
        self.requests, self.answers = reserve_standard_streams()
        self.server = EngineServer(self.requests, self.answers)

    async def handle(self, request: int, command: Command[Any]) -> object:
        """Carry out a command."""
        if isinstance(command, ShowStatus):
            # Whatever prints must not get between the frames.
            print("printed by mistake", flush=True)  # noqa: T201
            os.write(1, b"written by mistake\n")
            return STATUS
        if isinstance(command, Lock):
            self.server.stop()
            return Done()
        if isinstance(command, SearchDirectory):
            return await self.act(request, command.query)
        raise BrokenError

    async def act(self, request: int, word: str) -> object:
        """Do what a word stands for."""
        if word == "refuse":
            raise CommandError(Failure.WRONG_PASSPHRASE, "detail é")
        if word == "wrong type":
            return Done()
        if word == "events":
            for done in range(250):
                self.server.publish(Progress(request=request, done=done, total=250))
            self.server.publish(ContactsChanged())
        elif word == "wait":
            await asyncio.Event().wait()
        elif word == "garbage":
            self.answers.write(b"\xff\xff\xff\xff and more")
        elif word == "die":
            os.kill(os.getpid(), signal.SIGTERM)
        elif word == "hang":
            os.kill(os.getpid(), signal.SIGSTOP)
        else:
            raise BrokenError
        return DirectoryAnswer(rows=(), more=False)


def main(alive: list[str]) -> None:
    """Serve until the other side ends; a FIFO named on the command line stays open as long as this lives."""
    for name in alive:
        os.open(name, os.O_WRONLY)
    engine = ScriptedEngine()
    asyncio.run(engine.server.serve(engine.handle))
    sys.stderr.write("ended by itself\n")


if __name__ == "__main__":
    main(sys.argv[1:])
