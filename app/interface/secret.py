# SPDX-License-Identifier: AGPL-3.0-or-later
"""A passphrase on its way to the engine, in bytes that are overwritten afterwards. Imports commands only.

Python never overwrites a `str`: its bytes stay in memory until something else needs the place. So a window,
which outlives a lock, never makes one of a passphrase.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.interface.command import Command

Answer = TypeVar("Answer")


class Secret:
    """Text in UTF-8 that can be wiped. Whoever is given one wipes it."""

    __slots__ = ("_content",)

    def __init__(self, content: bytearray) -> None:
        """Take the bytes over; nobody else keeps them."""
        self._content = content

    @classmethod
    def of(cls, text: str) -> Secret:
        """Make one of a text that exists already: of a file, or of a test."""
        return cls(bytearray(text.encode()))

    def __len__(self) -> int:
        """Return its length in bytes."""
        return len(self._content)

    def __repr__(self) -> str:
        """Say nothing about it."""
        return "Secret()"

    def is_same_as(self, other: Secret) -> bool:
        """Compare without telling by the time it takes."""
        return hmac.compare_digest(self._content, other._content)

    def copy(self) -> Secret:
        """Return one that is wiped on its own."""
        return Secret(bytearray(self._content))

    def put_into(self, target: bytearray, position: int) -> None:
        """Write it over as many bytes of `target`."""
        target[position : position + len(self._content)] = self._content

    def take(self, content: bytearray) -> None:
        """Fill it with the beginning of other bytes, and wipe those."""
        self._content[:] = memoryview(content)[: len(self._content)]
        wipe(content)

    def reveal(self) -> str:
        """Return the text, for an engine in the same process."""
        return self._content.decode()

    def wipe(self) -> None:
        """Overwrite it with zeros."""
        wipe(self._content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Veiled(Generic[Answer]):
    """A command whose secrets are put in at the very end: `build` makes it with any texts in their places."""

    secrets: tuple[Secret, ...]
    """In the order of the arguments of `build`."""
    build: Callable[..., Command[Answer]]

    def wipe(self) -> None:
        """Overwrite all of them with zeros."""
        for secret in self.secrets:
            secret.wipe()


def wipe(content: bytearray) -> None:
    """Overwrite bytes in their place."""
    content[:] = bytes(len(content))
