# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables of assurances, and of what the operator has ordered and the log does not have yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from crypto_core.wire.audit import Verb
from crypto_core.wire.ids import AccountId, Hash
from crypto_core.wire.relay_api import ProblemCode
from relay_server.audit.effects import Call
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relay_server.database.pool import Session

CHANNEL: Final = "assurances"

_PROBLEMS: Final = {
    "UH051": (ProblemCode.CONFLICT, "the account has never had these keys"),
    "UH052": (ProblemCode.CONFLICT, "there is nothing to withdraw"),
}


class DoneAlreadyError(ProblemError):
    """Another relay over the same database has logged the order."""

    def __init__(self) -> None:
        super().__init__(ProblemCode.CONFLICT, "the order is in the log already")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the operator has said: an encoded AssuranceGiven or AssuranceRevoked."""

    number: int
    verb: Verb
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Effect: what the operator has said is in the log."""

    order: int

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call for all."""
        indexes = [index for index, _ in placed]
        return [Call("assurance_ordered", (indexes, [each.order for _, each in placed]))]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return DoneAlreadyError() if sqlstate == "UH050" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Effect: a colleague has vouched for an account, or taken that back."""

    account: AccountId
    verb: Verb
    voucher: AccountId
    statement_hash: Hash
    number: int
    head: Hash

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call per statement."""
        return [
            Call(
                "assurance_state",
                (
                    index,
                    each.account,
                    int(each.verb),
                    each.voucher,
                    each.statement_hash,
                    each.number,
                    each.head,
                ),
            )
            for index, each in placed
        ]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        if sqlstate not in _PROBLEMS:
            return None
        code, detail = _PROBLEMS[sqlstate]
        return ProblemError(code, detail)


async def account_exists(session: Session, account: AccountId) -> bool:
    """Return whether an account is registered."""
    return (
        await session.fetchval("SELECT true FROM account WHERE account = $1", account)
    ) is not None


async def leaf_indexes(
    session: Session, account: AccountId, *, after: int, limit: int
) -> list[int]:
    """Return where the leaves about an account are, above an index, oldest first."""
    rows = await session.fetch(
        """
        SELECT leaf_index FROM assurance
        WHERE account = $1 AND leaf_index > $2 ORDER BY leaf_index LIMIT $3
        """,
        account,
        after,
        limit,
    )
    return [row["leaf_index"] for row in rows]


async def stated_at(session: Session, account: AccountId, statement_hash: Hash) -> int | None:
    """Return where a colleague's statement is in the log, None if it is not."""
    index: int | None = await session.fetchval(
        "SELECT leaf_index FROM assurance WHERE account = $1 AND statement_hash = $2",
        account,
        statement_hash,
    )
    return index


async def standing(session: Session, account: AccountId) -> list[int]:
    """Return where the operator's assurances are that nobody has revoked or ordered to be, expired ones too."""
    rows = await session.fetch(
        """
        SELECT leaf_index FROM assurance AS given WHERE account = $1 AND verb = $2
            AND NOT EXISTS (SELECT FROM assurance WHERE revokes = given.leaf_index)
            AND NOT EXISTS (SELECT FROM assurance_order WHERE revokes = given.leaf_index)
        ORDER BY leaf_index
        """,
        account,
        int(Verb.ASSURANCE_GIVEN),
    )
    return [row["leaf_index"] for row in rows]


async def add_order(
    session: Session, account: AccountId, verb: Verb, content: bytes, *, revokes: int | None
) -> int:
    """Note what the operator says, and tell the running relay; return the order's number."""
    number: int = await session.fetchval(
        "SELECT assurance_add_order($1, $2, $3, $4)", account, int(verb), content, revokes
    )
    return number


async def orders(session: Session, limit: int) -> list[Order]:
    """Return the oldest orders that are not in the log yet."""
    rows = await session.fetch(
        """
        SELECT assurance_order AS number, verb, content FROM assurance_order
        ORDER BY assurance_order LIMIT $1
        """,
        limit,
    )
    return [
        Order(number=row["number"], verb=Verb(row["verb"]), content=row["content"]) for row in rows
    ]


async def waiting_orders(session: Session, numbers: Sequence[int]) -> int:
    """Return how many of these orders are not in the log yet."""
    waiting: int = await session.fetchval(
        "SELECT count(*) FROM assurance_order WHERE assurance_order = ANY ($1)", list(numbers)
    )
    return waiting


async def account_has_orders(session: Session, account: AccountId) -> bool:
    """Return whether something about an account is not in the log yet."""
    return (
        await session.fetchval(
            "SELECT true FROM assurance_order WHERE account = $1 LIMIT 1", account
        )
    ) is not None
