# SPDX-License-Identifier: AGPL-3.0-or-later
"""What becomes true together with a leaf: calls of SQL functions, made in the transaction that appends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from crypto_core.wire.ids import AccountId, Hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relay_server.errors import ProblemError


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a SQL function with its arguments."""

    function: str
    arguments: tuple[object, ...]


class Effect(Protocol):
    """One domain's part of a batch. A class merges its effects of a batch into as few calls as it can.

    When a function refuses items it raises a SQLSTATE of class UH and names their leaf indexes in DETAIL.
    """

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return the calls for effects of this class, each given with the index of its leaf."""

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means to the one who asked; None for a state this class does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesKeys:
    """Base of those effects with which an account's keys change: a batch with one ends with the map of keys.

    `number` and `head` are those of the key event that takes effect.
    """

    account: AccountId
    number: int
    head: Hash
