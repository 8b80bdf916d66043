# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a front end talks to an engine, whatever carries it: numbered requests out, answers and events in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from app.interface.events import Event
from app.interface.failures import Failure

if TYPE_CHECKING:
    from app.interface.command import Command
    from app.interface.secret import Veiled


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a request; its type is the one that COMMANDS gives for the command."""

    request: int
    answer: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A request that failed."""

    request: int
    failure: Failure
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Events in the order they happened, at most 100 at once."""

    events: tuple[Event, ...]


Incoming: TypeAlias = Reply | Refusal | Notice


class EngineConnection(Protocol):
    """One engine process, or something that behaves like it. Methods may be called from any thread."""

    def submit(self, command: Command[Any] | Veiled[Any]) -> int:
        """Send a command and return its request number, without waiting. Raises EngineGoneError.

        The secrets of a veiled command are wiped, whatever happens.
        """

    def receive(self) -> Incoming | None:
        """Wait for the next thing the engine says; None when it has ended and nothing is left."""

    def close(self) -> None:
        """End the engine and wait until its process is gone. May be called twice."""


class EngineGoneError(Exception):
    """The engine has ended: locked, crashed or closed."""
