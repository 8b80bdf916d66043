# SPDX-License-Identifier: AGPL-3.0-or-later
"""A conversation with the engine, one question at a time. Imports `app.interface` only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, cast

from app.interface.connection import EngineGoneError, Notice, Refusal
from app.interface.events import Alarm
from app.interface.failures import CommandError, Failure
from crypto_core.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.commands import Command
    from app.interface.connection import EngineConnection

Answer = TypeVar("Answer")


_LATER: Final = frozenset({Failure.RELAY_UNREACHABLE, Failure.RELAY_BUSY, Failure.SIGN_IN_NEEDED})


class Asking:
    """Asks and waits; alarms that come meanwhile are passed on."""

    def __init__(self, connection: EngineConnection, tell: Callable[[Alarm], None]) -> None:
        self._connection = connection
        self._tell = tell
        self.missed: Failure | None = None
        """Why the relay was not reached the last time that this was not needed."""

    def ask(self, command: Command[Answer]) -> Answer:
        """Return the engine's answer. Raises CommandError."""
        try:
            request = self._connection.submit(command)
        except EngineGoneError:
            raise CommandError(Failure.ENGINE_GONE) from None
        except WireError as error:
            raise CommandError(Failure.INVALID, str(error)) from error
        while (incoming := self._connection.receive()) is not None:
            if isinstance(incoming, Notice):
                for event in incoming.events:
                    if isinstance(event, Alarm):
                        self._tell(event)
            elif incoming.request == request:
                if isinstance(incoming, Refusal):
                    raise CommandError(incoming.failure, incoming.detail)
                # The connection has checked that the answer is of the command's type.
                return cast("Answer", incoming.answer)
        raise CommandError(Failure.ENGINE_GONE)

    def try_to(self, command: Command[Answer]) -> Answer | None:
        """Return the answer, None if the relay does not let us in now. Raises CommandError for all else."""
        try:
            return self.ask(command)
        except CommandError as error:
            if error.failure not in _LATER:
                raise
            self.missed = error.failure
            return None
