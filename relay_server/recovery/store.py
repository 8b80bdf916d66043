# SPDX-License-Identifier: AGPL-3.0-or-later
"""Table of recovery packages, and what becomes true when an account is recovered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Self

from crypto_core.wire.audit import Verb
from crypto_core.wire.ids import FactorId
from relay_server.accounts.store import AddKeyEvent, key_problem
from relay_server.audit.effects import Call, ChangesKeys
from relay_server.sessions.effects import sign_in_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crypto_core.wire.ids import AccountId
    from relay_server.database.pool import Session
    from relay_server.errors import ProblemError


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverAccount(ChangesKeys):
    """Effect: new keys take effect, all that was signed in with is replaced and all sessions end.

    `families` are exactly the sessions there are; `leaves` is what the log is told about all that, later, and
    `replaced` what it is told as well should the passphrase that was shown not have been the account's any more.
    """

    now: datetime
    session: bytes
    added: AddKeyEvent
    factor: FactorId
    sealed_totp_secret: bytes = field(repr=False)
    keyed_recovery_hashes: tuple[bytes, ...] = field(repr=False)
    families: tuple[bytes, ...]
    leaves: tuple[tuple[Verb, bytes], ...]
    replaced: bytes

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return two calls per account: for its keys, and for what its owner signs in with."""
        return [
            call
            for index, each in placed
            for call in (
                each.added.call(index),
                Call(
                    "recovery_replace_factors",
                    (
                        index,
                        each.now,
                        each.account,
                        each.session,
                        each.factor,
                        each.sealed_totp_secret,
                        each.keyed_recovery_hashes,
                        each.families,
                        [int(verb) for verb, _ in each.leaves],
                        [content for _, content in each.leaves],
                        int(Verb.FACTORS_CHANGED),
                        each.replaced,
                    ),
                ),
            )
        ]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return key_problem(sqlstate) or sign_in_problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPackage:
    """A recovery package, encoded, its number, and SHA-256 of the identity key that has signed it."""

    identity: bytes
    number: int
    package: bytes


async def newest_package(session: Session, account: AccountId) -> StoredPackage | None:
    """Return the package with the highest number; all that there are at a time are by one key."""
    row = await session.fetchrow(
        """
        SELECT identity, number, package FROM recovery_package WHERE account = $1
        ORDER BY number DESC LIMIT 1
        """,
        account,
    )
    return None if row is None else StoredPackage(**row)


async def put_package(
    session: Session,
    account: AccountId,
    package: StoredPackage,
    *,
    certificate: bytes,
    keep: int,
    most_ahead: int,
) -> bool:
    """Store a package, keep the newest few by its key and let go of those by others.

    Returns False unless its number is above those by its key, by so many at most, and the encoded `certificate`
    is still in force.
    """
    is_stored: bool = await session.fetchval(
        "SELECT recovery_put_package($1, $2, $3, $4, $5, $6, $7)",
        account,
        certificate,
        package.identity,
        package.number,
        package.package,
        keep,
        most_ahead,
    )
    return is_stored
