# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables of credentials, challenges, codes, sessions, waiting leaves and keys of access tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from crypto_core.wire.audit import SignInResult, Verb
from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym, FactorId, Hash
from crypto_core.wire.sign_in import FactorKind
from relay_server.sessions.effects import NewCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relay_server.database.pool import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Whom an attempt to sign in is about, and how it is reported if it fails."""

    account: AccountId
    actor: DevicePseudonym
    result: SignInResult
    factors: tuple[FactorKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A refusal on its way into the log."""

    report: int
    attempt: Attempt


# Credentials ------------------------------------------------------------------------------------------


async def claim_database(session: Session, public_key: bytes) -> bytes:
    """Note whose secrets the credentials depend on, if that is not noted; return what is noted."""
    await session.execute(
        "INSERT INTO sign_in_relay (public_key) VALUES ($1) ON CONFLICT DO NOTHING", public_key
    )
    noted: bytes = await session.fetchval("SELECT public_key FROM sign_in_relay")
    return noted


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRow:
    """The encoded LoginCredential of an account, and the one that waits to take its place."""

    credential: bytes = field(repr=False)
    pending: bytes | None = field(repr=False)


async def credential(session: Session, account: AccountId) -> CredentialRow | None:
    """Return what an account signs in with."""
    row = await session.fetchrow(
        "SELECT credential, pending FROM sign_in_credential WHERE account = $1", account
    )
    return None if row is None else CredentialRow(**row)


async def earlier_credentials(
    session: Session, account: AccountId, *, since: datetime, limit: int
) -> list[bytes]:
    """Return what an account signed in with before changes after a moment, the newest first."""
    rows = await session.fetch(
        """
        SELECT credential FROM earlier_credential WHERE account = $1 AND replaced_at > $2
        ORDER BY replaced_at DESC, earlier DESC LIMIT $3
        """,
        account,
        since,
        limit,
    )
    return [row["credential"] for row in rows]


async def forget_epochs(session: Session) -> int:
    """Forget what devices have drawn at their last sign-ins; return for how many that was known."""
    forgotten: int = await session.fetchval("SELECT epochs_forget()")
    return forgotten


async def account_exists(session: Session, account: AccountId) -> bool:
    """Return whether an account is registered."""
    return (
        await session.fetchval("SELECT true FROM account WHERE account = $1", account)
    ) is not None


async def invitation_exists(session: Session, code_hash: Hash, now: datetime) -> bool:
    """Return whether a code could be used now."""
    return (
        await session.fetchval(
            "SELECT true FROM invitation WHERE code_hash = $1 AND expires_at > $2", code_hash, now
        )
    ) is not None


# Refusals ---------------------------------------------------------------------------------------------


async def add_report(session: Session, attempt: Attempt) -> None:
    """Have a refusal reported, if the account exists."""
    await session.execute(
        "SELECT sign_in_add_report($1, $2, $3, $4)",
        attempt.account,
        attempt.actor,
        int(attempt.result),
        _numbers(attempt.factors),
    )


async def reports(session: Session, limit: int) -> list[Report]:
    """Return the oldest refusals that are not in the log yet."""
    rows = await session.fetch(
        "SELECT report, account, actor, result, factors FROM sign_in_report ORDER BY report LIMIT $1",
        limit,
    )
    return [
        Report(
            report=row["report"],
            attempt=Attempt(
                account=AccountId(row["account"]),
                actor=DevicePseudonym(row["actor"]),
                result=SignInResult(row["result"]),
                factors=_factors(row["factors"]),
            ),
        )
        for row in rows
    ]


async def begin(
    session: Session,
    *,
    now: datetime,
    subjects: Sequence[bytes],
    attempt: Attempt,
    free: int,
    most_seconds: int,
    stop: int | None,
) -> int:
    """Count an attempt and return 0; or the seconds to wait, -1 for ever, and count nothing."""
    wait: int = await session.fetchval(
        "SELECT sign_in_begin($1, $2, $3, $4, $5, $6, $7, $8)",
        now,
        subjects,
        attempt.account,
        attempt.actor,
        int(attempt.result),
        free,
        most_seconds,
        stop,
    )
    return wait


async def forgive(session: Session, subject: bytes) -> None:
    """Forget the attempts that are counted against somebody."""
    await session.execute("SELECT sign_in_forgive($1)", subject)


# Leaves that wait --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLeaf:
    """What a transaction had to say besides its own leaf."""

    waiting: int
    verb: Verb
    content: bytes


async def waiting_leaves(session: Session, limit: int) -> list[WaitingLeaf]:
    """Return the oldest ones that are not in the log yet."""
    rows = await session.fetch(
        "SELECT waiting, verb, content FROM waiting_leaf ORDER BY waiting LIMIT $1", limit
    )
    return [WaitingLeaf(**dict(row) | {"verb": Verb(row["verb"])}) for row in rows]


# Challenges and codes ---------------------------------------------------------------------------------


async def add_challenge(
    session: Session,
    *,
    token_hash: Hash,
    thumbprint: Hash,
    sealed_state: bytes,
    abandoned: Attempt,
    expires_at: datetime,
) -> None:
    """Store a sign-in under way, and how it is reported should nobody come back."""
    await session.execute(
        """
        INSERT INTO sign_in_challenge
            (token_hash, thumbprint, sealed_state, account, actor, result, factors, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        token_hash,
        thumbprint,
        sealed_state,
        abandoned.account,
        abandoned.actor,
        int(abandoned.result),
        _numbers(abandoned.factors),
        expires_at,
    )


async def take_challenge(
    session: Session, token_hash: Hash, thumbprint: Hash, now: datetime
) -> bytes | None:
    """Remove a sign-in under way and return its sealed state: nobody else gets it."""
    found: bytes | None = await session.fetchval(
        """
        DELETE FROM sign_in_challenge
        WHERE token_hash = $1 AND thumbprint = $2 AND expires_at > $3 RETURNING sealed_state
        """,
        token_hash,
        thumbprint,
        now,
    )
    return found


async def add_code(session: Session, code: NewCode) -> None:
    """Store an authorization code."""
    await session.execute(
        """
        INSERT INTO authorization_code
            (code_hash, thumbprint, code_challenge, account, device, factors, expires_at,
             credential_hash, actor, factor)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        code.code_hash,
        code.thumbprint,
        code.code_challenge,
        code.account,
        code.device,
        _numbers(code.factors),
        code.expires_at,
        code.credential_hash,
        code.actor,
        code.factor,
    )


async def code(
    session: Session, code_hash: Hash, thumbprint: Hash, now: datetime
) -> NewCode | None:
    """Return an authorization code that could be used by this key now."""
    row = await session.fetchrow(
        """
        SELECT code_hash, thumbprint, code_challenge, account, device, factors, expires_at,
            credential_hash, actor, factor
        FROM authorization_code WHERE code_hash = $1 AND thumbprint = $2 AND expires_at > $3
        """,
        code_hash,
        thumbprint,
        now,
    )
    return None if row is None else NewCode(**dict(row) | {"factors": _factors(row["factors"])})


async def delete_code(session: Session, code_hash: Hash) -> bool:
    """Remove an authorization code that was misused; return whether it was still there."""
    return (
        await session.fetchval(
            "DELETE FROM authorization_code WHERE code_hash = $1 RETURNING true", code_hash
        )
    ) is not None


# Sessions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyRow:
    """A session: its refresh tokens and what came of them."""

    family: bytes
    account: AccountId
    device: DeviceId
    signed_in_at: datetime
    refreshed_at: datetime


class Outcome(StrEnum):
    """What came of a refresh token."""

    OK = "ok"
    REUSED = "reused"
    OTHER_KEY = "other key"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """The answer to a refresh token; the fields are those of its session, None where there is none."""

    outcome: Outcome
    family: bytes | None
    account: AccountId | None = field(repr=False)
    device: DeviceId | None
    expires_at: datetime | None


async def refresh(
    session: Session,
    *,
    now: datetime,
    token_hash: Hash,
    thumbprint: Hash,
    new_hash: Hash,
    idle: timedelta,
    pseudonym: DevicePseudonym,
) -> Refreshed:
    """Exchange a refresh token for a new one, or find out why not."""
    (row,) = await session.fetch(
        "SELECT * FROM session_refresh($1, $2, $3, $4, $5, $6, $7, $8)",
        now,
        token_hash,
        thumbprint,
        new_hash,
        idle,
        pseudonym,
        int(SignInResult.REFUSED_REFRESH_REUSED),
        int(SignInResult.REFUSED_OTHER_KEY),
    )
    return Refreshed(**dict(row) | {"outcome": Outcome(row["outcome"])})


async def is_living(session: Session, family: bytes) -> bool:
    """Return whether a session has not been ended."""
    return (
        await session.fetchval(
            "SELECT true FROM session_family WHERE family = $1 AND ended_at IS NULL", family
        )
    ) is not None


async def signed_in_at(session: Session, family: bytes) -> datetime:
    """Return when the factors of a session were shown."""
    moment: datetime = await session.fetchval(
        "SELECT signed_in_at FROM session_family WHERE family = $1", family
    )
    return moment


async def is_recovering(session: Session, recovery: bytes, *, now: datetime) -> bool:
    """Return whether a recovery goes on."""
    return (
        await session.fetchval(
            "SELECT true FROM recovery_session WHERE session = $1 AND expires_at > $2",
            recovery,
            now,
        )
    ) is not None


async def unended(session: Session, account: AccountId, *, now: datetime) -> list[FamilyRow]:
    """Return the sessions of an account that have not been ended, idle ones too."""
    return await living(session, account, now=now, idle=timedelta(days=365))


async def living(
    session: Session, account: AccountId, *, now: datetime, idle: timedelta
) -> list[FamilyRow]:
    """Return the sessions of an account that could be renewed now, newest first."""
    rows = await session.fetch(
        """
        SELECT family, account, device, signed_in_at, refreshed_at FROM session_family
        WHERE account = $1 AND ended_at IS NULL AND expires_at > $2 AND refreshed_at > $2 - $3::interval
        ORDER BY signed_in_at DESC, family
        """,
        account,
        now,
        idle,
    )
    return [FamilyRow(**row) for row in rows]


async def begun_with(
    session: Session, account: AccountId, factor: FactorId, kind: FactorKind, *, now: datetime
) -> list[FamilyRow]:
    """Return the unended sessions that a factor has begun, or may have: older ones know its kind only."""
    rows = await session.fetch(
        """
        SELECT family, account, device, signed_in_at, refreshed_at FROM session_family
        WHERE account = $1 AND ended_at IS NULL AND expires_at > $2
            AND (factor = $3 OR factor IS NULL AND $4 = ANY (factors))
        """,
        account,
        now,
        factor,
        int(kind),
    )
    return [FamilyRow(**row) for row in rows]


async def family_of_token(session: Session, token_hash: Hash, thumbprint: Hash) -> FamilyRow | None:
    """Return the unended session that a refresh token of this key belongs to."""
    row = await session.fetchrow(
        """
        SELECT family, account, device, signed_in_at, refreshed_at
        FROM session_of_token($1) WHERE thumbprint = $2 AND ended_at IS NULL
        """,
        token_hash,
        thumbprint,
    )
    return None if row is None else FamilyRow(**row)


async def family_of_code(session: Session, code_hash: Hash, thumbprint: Hash) -> FamilyRow | None:
    """Return the unended session that was begun with a code by this key."""
    row = await session.fetchrow(
        """
        SELECT family, account, device, signed_in_at, refreshed_at FROM session_family
        WHERE code_hash = $1 AND thumbprint = $2 AND ended_at IS NULL
        """,
        code_hash,
        thumbprint,
    )
    return None if row is None else FamilyRow(**row)


# Keys of access tokens, and the end of all things -----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A key of access tokens, sealed."""

    kid: str
    sealed_key: bytes
    not_before: datetime


async def access_keys(session: Session) -> list[KeyRow]:
    """Return all keys, newest first."""
    rows = await session.fetch(
        "SELECT kid, sealed_key, not_before FROM access_key ORDER BY not_before DESC, kid"
    )
    return [KeyRow(**row) for row in rows]


async def has_access_key_since(session: Session, since: datetime) -> bool:
    """Return whether a key was added after a moment."""
    return (
        await session.fetchval("SELECT true FROM access_key WHERE not_before > $1 LIMIT 1", since)
    ) is not None


async def add_access_key(
    session: Session, kid: str, sealed_key: bytes, *, now: datetime, since: datetime
) -> None:
    """Add a key, unless another relay has added one since that moment."""
    await session.execute("SELECT access_key_add($1, $2, $3, $4)", kid, sealed_key, now, since)


async def forget(
    session: Session, *, now: datetime, keys_before: datetime, earlier_before: datetime, stop: int
) -> None:
    """Remove what is past its time; unfinished sign-ins become refusals to report."""
    await session.execute(
        "SELECT sign_in_forget($1, $2, $3, $4)",
        now,
        keys_before,
        stop,
        int(SignInResult.REFUSED_CODE),
    )
    await session.execute("SELECT factors_forget($1, $2)", now, earlier_before)


def _numbers(factors: Sequence[FactorKind]) -> list[int]:
    return [int(factor) for factor in factors]


def _factors(numbers: Sequence[int]) -> tuple[FactorKind, ...]:
    return tuple(FactorKind(number) for number in numbers)
