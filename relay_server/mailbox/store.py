# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables of envelopes and deliveries; a session reads the one mailbox it was opened for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from crypto_core.wire.ids import AccountId, BlobId, DeviceId, EnvelopeId, Hash
from crypto_core.wire.relay_api import ProblemCode
from relay_server.audit.effects import Call
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relay_server.database.pool import Session

_PROBLEMS: Final = {
    "UH010": (ProblemCode.CONFLICT, "the envelope id was used before"),
    "UH011": (ProblemCode.UNKNOWN_RECIPIENT, "a recipient is not listed"),
    "UH012": (ProblemCode.BLOB_MISSING, "a blob is not there, not complete, or not the sender's"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """Effect: an envelope is stored, and waits in the mailbox of every recipient device."""

    envelope: EnvelopeId
    sender: DeviceId
    envelope_hash: Hash
    body: bytes
    expires_at: datetime
    mailboxes: tuple[tuple[AccountId, DeviceId], ...]
    blobs: tuple[BlobId, ...]

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call for all envelopes of the batch."""
        recipients = [
            (place, account, device)
            for place, (_, each) in enumerate(placed, 1)
            for account, device in each.mailboxes
        ]
        blobs = [(place, blob) for place, (_, each) in enumerate(placed, 1) for blob in each.blobs]
        return [
            Call(
                "mailbox_accept",
                (
                    [index for index, _ in placed],
                    [each.envelope for _, each in placed],
                    [each.sender for _, each in placed],
                    [each.envelope_hash for _, each in placed],
                    [each.body for _, each in placed],
                    [each.expires_at for _, each in placed],
                    [place for place, _, _ in recipients],
                    [account for _, account, _ in recipients],
                    [device for _, _, device in recipients],
                    [place for place, _ in blobs],
                    [blob for _, blob in blobs],
                ),
            )
        ]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        if sqlstate not in _PROBLEMS:
            return None
        code, detail = _PROBLEMS[sqlstate]
        return ProblemError(code, detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expire:
    """Effect: an expired envelope leaves the mailboxes that still hold it; its sender finds a notice."""

    now: datetime
    envelope: EnvelopeId
    undelivered: tuple[DeviceId, ...]

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call per envelope."""
        return [
            Call("mailbox_expire", (index, each.now, each.envelope, each.undelivered))
            for index, each in placed
        ]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means: a recipient has just acknowledged, and the next sweep sees it."""
        if sqlstate != "UH013":
            return None
        return ProblemError(ProblemCode.CONFLICT, "others have not received it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Effect: an envelope leaves the mailboxes of devices that were removed; its sender finds a notice."""

    envelope: EnvelopeId
    undelivered: tuple[DeviceId, ...]

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call per envelope."""
        return [
            Call("mailbox_close", (index, each.envelope, each.undelivered))
            for index, each in placed
        ]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means: devices have come or gone, and the next sweep sees it."""
        return Expire.problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An envelope that was accepted before."""

    sender_device: DeviceId
    envelope_hash: Hash
    leaf_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An item of a mailbox; without a body it is a notice."""

    cursor: int
    leaf_index: int
    body: bytes | None


async def find(session: Session, envelope: EnvelopeId) -> Accepted | None:
    """Return an envelope that the session's device, or another one of its account, sent or has waiting."""
    row = await session.fetchrow(
        "SELECT sender_device, envelope_hash, leaf_index FROM envelope WHERE envelope = $1",
        envelope,
    )
    return None if row is None else Accepted(**row)


async def page(
    session: Session, mailbox: DeviceId, *, after: int, limit: int, most_bytes: int
) -> list[Waiting]:
    """Return items above a cursor, oldest first: at least one, and no more bytes than `most_bytes` then."""
    rows = await session.fetch(
        """
        SELECT cursor, leaf_index, body FROM (
            SELECT cursor, delivery.leaf_index, body,
                sum(octet_length(body)) OVER (ORDER BY cursor) AS bytes,
                row_number() OVER (ORDER BY cursor) AS place
            FROM delivery LEFT JOIN envelope USING (envelope)
            WHERE mailbox = $1 AND cursor > $2 ORDER BY cursor LIMIT $3
        ) AS item WHERE place = 1 OR bytes IS NULL OR bytes <= $4 ORDER BY cursor
        """,
        mailbox,
        after,
        limit,
        most_bytes,
    )
    return [Waiting(**row) for row in rows]


async def newest_cursor(session: Session, mailbox: DeviceId) -> int:
    """Return the highest cursor that waits, 0 in an empty mailbox."""
    cursor: int = await session.fetchval(
        "SELECT coalesce(max(cursor), 0) FROM delivery WHERE mailbox = $1", mailbox
    )
    return cursor


async def acknowledge(session: Session, mailbox: DeviceId, cursors: Sequence[int]) -> None:
    """Take items out of a mailbox, and what nobody waits for any more out of the relay."""
    await session.execute("SELECT mailbox_acknowledge($1, $2)", mailbox, cursors)


async def expired(
    session: Session, now: datetime, limit: int
) -> list[tuple[EnvelopeId, tuple[DeviceId, ...]]]:
    """Return envelopes past their time that some mailboxes still hold, with these mailboxes."""
    rows = await session.fetch(
        "SELECT envelope, undelivered FROM mailbox_expired($1, $2)", now, limit
    )
    return [(EnvelopeId(row["envelope"]), tuple(row["undelivered"])) for row in rows]


async def closed(session: Session, limit: int) -> list[tuple[EnvelopeId, tuple[DeviceId, ...]]]:
    """Return envelopes that wait for removed devices, with these devices."""
    rows = await session.fetch("SELECT envelope, undelivered FROM mailbox_closed($1)", limit)
    return [(EnvelopeId(row["envelope"]), tuple(row["undelivered"])) for row in rows]


async def forget(session: Session, before: datetime) -> None:
    """Forget envelopes that expired before a moment and that nobody waits for."""
    await session.execute("SELECT mailbox_forget($1)", before)
