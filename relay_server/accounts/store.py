# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables of accounts, devices, invitations and the directory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym, Hash
from crypto_core.wire.relay_api import ProblemCode
from relay_server.audit.effects import Call
from relay_server.errors import ProblemError
from relay_server.sessions.enrolment import StoredFactors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relay_server.database.pool import Session

_PROBLEMS: Final = {
    "UH020": (ProblemCode.INVITATION_INVALID, "the invitation is unknown, used or expired"),
    "UH021": (ProblemCode.ALREADY_REGISTERED, "the account exists"),
    "UH022": (ProblemCode.CHAIN_BROKEN, "the device list does not follow the newest one"),
    "UH023": (ProblemCode.KEY_IN_USE, "a key or device belongs to another account"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A device as the tables have it; `signing_key` is an encoded SigningPublicKey."""

    device: DeviceId
    account: AccountId
    pseudonym: DevicePseudonym
    request_key: bytes
    signing_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishList:
    """Effect: a device list takes effect, and with it the set of listed devices."""

    account: AccountId
    sequence: int
    previous: Hash
    list_hash: Hash
    signed: bytes
    key_hashes: tuple[Hash, ...]
    devices: tuple[DeviceRow, ...]

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call per list."""
        return [
            Call(
                "account_publish_list",
                (
                    index,
                    each.account,
                    each.sequence,
                    each.previous,
                    each.list_hash,
                    each.signed,
                    each.key_hashes,
                    [row.device for row in each.devices],
                    [row.pseudonym for row in each.devices],
                    [row.request_key for row in each.devices],
                    [row.signing_key for row in each.devices],
                ),
            )
            for index, each in placed
        ]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return _problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Effect: an invitation is used up, and an account with its first device and both factors exists."""

    now: datetime
    code_hash: Hash
    account: AccountId
    certificate: bytes
    list_hash: Hash
    signed: bytes
    key_hashes: tuple[Hash, ...]
    device: DeviceRow
    entry: bytes | None
    words: str | None
    factors: StoredFactors

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return two calls per account: what it is, and by what its owner signs in."""
        accounts = [
            Call(
                "account_register",
                (
                    index,
                    each.now,
                    each.code_hash,
                    each.account,
                    each.certificate,
                    each.list_hash,
                    each.signed,
                    each.key_hashes,
                    each.device.device,
                    each.device.pseudonym,
                    each.device.request_key,
                    each.device.signing_key,
                    each.entry,
                    each.words,
                ),
            )
            for index, each in placed
        ]
        enrolments = [
            Call(
                "sign_in_enrol",
                (
                    each.account,
                    each.factors.credential,
                    each.factors.sealed_totp_secret,
                    each.factors.keyed_recovery_hashes,
                ),
            )
            for _, each in placed
        ]
        return accounts + enrolments

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return _problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A stored device list (encoded Signed) and its leaf."""

    sequence: int
    list_hash: Hash
    signed: bytes
    leaf_index: int


async def find_device(session: Session, request_key: bytes) -> DeviceRow | None:
    """Return the listed device with a request key."""
    row = await session.fetchrow(
        """
        SELECT device, account, pseudonym, request_key, signing_key FROM device
        WHERE request_key = $1 AND is_listed
        """,
        request_key,
    )
    return None if row is None else DeviceRow(**row)


async def listed_devices(session: Session, account: AccountId) -> list[DeviceId]:
    """Return the devices of an account's newest list."""
    rows = await session.fetch(
        "SELECT device FROM device WHERE account = $1 AND is_listed ORDER BY device", account
    )
    return [DeviceId(row["device"]) for row in rows]


async def certificate(session: Session, account: AccountId) -> bytes | None:
    """Return the encoded, signed certificate of an account."""
    found: bytes | None = await session.fetchval(
        "SELECT certificate FROM account WHERE account = $1", account
    )
    return found


async def device_lists(
    session: Session, account: AccountId, *, after: int, limit: int
) -> list[ListRow]:
    """Return lists numbered above `after`, oldest first."""
    rows = await session.fetch(
        """
        SELECT sequence, list_hash, signed, leaf_index FROM device_list
        WHERE account = $1 AND sequence > $2 ORDER BY sequence LIMIT $3
        """,
        account,
        after,
        limit,
    )
    return [ListRow(**row) for row in rows]


async def newest_list(session: Session, account: AccountId) -> ListRow | None:
    """Return the list in force."""
    row = await session.fetchrow(
        """
        SELECT sequence, list_hash, signed, leaf_index FROM device_list
        WHERE account = $1 ORDER BY sequence DESC LIMIT 1
        """,
        account,
    )
    return None if row is None else ListRow(**row)


async def add_invitation(session: Session, code_hash: Hash, expires_at: datetime) -> None:
    """Store the hash of a new code."""
    await session.execute(
        "INSERT INTO invitation (code_hash, expires_at) VALUES ($1, $2)", code_hash, expires_at
    )


async def forget_invitations(session: Session, now: datetime) -> None:
    """Remove codes that nobody has used in time."""
    await session.execute("DELETE FROM invitation WHERE expires_at <= $1", now)


async def put_entry(session: Session, account: AccountId, entry: bytes, words: str) -> None:
    """Show an account in the directory, in place of what it showed before."""
    await session.execute(
        """
        INSERT INTO directory_entry (account, entry, words) VALUES ($1, $2, $3)
        ON CONFLICT (account) DO UPDATE SET entry = excluded.entry, words = excluded.words
        """,
        account,
        entry,
        words,
    )


async def delete_entry(session: Session, account: AccountId) -> None:
    """Take an account out of the directory."""
    await session.execute("DELETE FROM directory_entry WHERE account = $1", account)


async def entry(session: Session, account: AccountId) -> bytes | None:
    """Return the encoded directory entry of an account that shows one."""
    found: bytes | None = await session.fetchval(
        "SELECT entry FROM directory_entry WHERE account = $1", account
    )
    return found


async def search_entries(session: Session, words: Sequence[str], limit: int) -> list[bytes]:
    """Return encoded entries that contain every one of the normalised words."""
    rows = await session.fetch(
        """
        SELECT entry FROM directory_entry
        WHERE NOT EXISTS (SELECT FROM unnest($1::text[]) AS word WHERE strpos(words, word) = 0)
        ORDER BY words, account LIMIT $2
        """,
        list(words),
        limit,
    )
    return [row["entry"] for row in rows]


def _problem(sqlstate: str) -> ProblemError | None:
    if sqlstate not in _PROBLEMS:
        return None
    code, detail = _PROBLEMS[sqlstate]
    return ProblemError(code, detail)
