# SPDX-License-Identifier: AGPL-3.0-or-later
"""A conversation with the engine, one question at a time. Imports `app.interface` only."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, TypeVar, cast

from app.interface.connection import EngineGoneError, Notice, Refusal
from app.interface.events import Alarm, Event, LinkEnded, LinkOffered, TouchAwaited
from app.interface.failures import CommandError, Failure
from crypto_core.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.command import Command
    from app.interface.connection import EngineConnection

Answer = TypeVar("Answer")
_log = logging.getLogger(__name__)


_LATER: Final = frozenset({Failure.RELAY_UNREACHABLE, Failure.RELAY_BUSY, Failure.SIGN_IN_NEEDED})


class Asking:
    """Asks and waits; what a person has to hear meanwhile is passed on."""

    def __init__(
        self, connect: Callable[[], EngineConnection], tell: Callable[[Alarm | TouchAwaited], None]
    ) -> None:
        """Take the way to start an engine, which starts with the first question."""
        self._connect = connect
        self._connection: EngineConnection | None = None
        self._tell = tell
        self._heard: list[Event] = []
        self.missed: Failure | None = None
        """Why the relay was not reached the last time that this was not needed."""

    def ask(self, command: Command[Answer]) -> Answer:
        """Return the engine's answer. Raises CommandError."""
        connection = self._connected()
        try:
            request = connection.submit(command)
        except EngineGoneError:
            raise CommandError(Failure.ENGINE_GONE) from None
        except WireError as error:
            # `app.cli.fields` has said it in words before; the codec's words are for the log.
            _log.error("a command is out of bounds: %s", error)
            raise CommandError(Failure.INVALID) from error
        while (incoming := connection.receive()) is not None:
            if isinstance(incoming, Notice):
                self._hear(incoming)
            elif incoming.request == request:
                if isinstance(incoming, Refusal):
                    raise CommandError(incoming.failure, incoming.detail)
                # The connection has checked that the answer is of the command's type.
                return cast("Answer", incoming.answer)
        raise CommandError(Failure.ENGINE_GONE)

    def wait_for(self, *kinds: type[Event]) -> Event:
        """Return the next event of one of these kinds, told already or still to come. Raises CommandError."""
        connection = self._connected()
        while True:
            for event in self._heard:
                if isinstance(event, kinds):
                    self._heard.remove(event)
                    return event
            incoming = connection.receive()
            if incoming is None:
                raise CommandError(Failure.ENGINE_GONE)
            if isinstance(incoming, Notice):
                self._hear(incoming)

    def _hear(self, notice: Notice) -> None:
        for event in notice.events:
            if isinstance(event, Alarm | TouchAwaited):
                self._tell(event)
            elif isinstance(event, LinkOffered | LinkEnded):
                self._heard.append(event)

    def close(self) -> None:
        """End the engine, if one was started, and wait until it is gone."""
        if self._connection is not None:
            self._connection.close()

    def _connected(self) -> EngineConnection:
        if self._connection is None:
            try:
                self._connection = self._connect()
            except OSError as error:
                _log.error("the engine cannot be started: %s", error.strerror)
                raise CommandError(Failure.ENGINE_GONE) from error
        return self._connection

    def try_to(self, command: Command[Answer]) -> Answer | None:
        """Return the answer, None if the relay does not let us in now. Raises CommandError for all else."""
        try:
            return self.ask(command)
        except CommandError as error:
            if error.failure not in _LATER:
                raise
            self.missed = error.failure
            return None
