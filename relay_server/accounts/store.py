# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables of accounts, devices, invitations and the directory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym, Hash
from crypto_core.wire.relay_api import ProblemCode
from relay_server.audit.effects import Call, ChangesKeys
from relay_server.errors import ProblemError
from relay_server.sessions.enrolment import StoredFactors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relay_server.database.pool import Session

_PROBLEMS: Final = {
    "UH020": (ProblemCode.INVITATION_INVALID, "the invitation is unknown, used or expired"),
    "UH021": (ProblemCode.ALREADY_REGISTERED, "the account exists"),
    "UH022": (ProblemCode.CHAIN_BROKEN, "the keys have changed meanwhile"),
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
class InForce:
    """What takes effect with a device list: the list, encoded, its devices, and the certificate if it is a new one."""

    certificate: bytes | None
    device_list: bytes
    devices: tuple[DeviceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddKeyEvent(ChangesKeys):
    """Effect: the next event in the history of an account's keys takes effect.

    `previous` is the head before it, `listed` None for an event that leaves the devices as they are.
    """

    previous: Hash
    event: bytes
    key_hashes: tuple[Hash, ...]
    listed: InForce | None

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call per event."""
        return [each.call(index) for index, each in placed]

    def call(self, leaf_index: int) -> Call:
        """Return the call for the event with this leaf."""
        listed = self.listed
        devices = () if listed is None else listed.devices
        return Call(
            "account_add_key_event",
            (
                leaf_index,
                self.account,
                self.number,
                self.event,
                self.previous,
                self.head,
                None if listed is None else listed.certificate,
                None if listed is None else listed.device_list,
                self.key_hashes,
                [row.device for row in devices],
                [row.pseudonym for row in devices],
                [row.request_key for row in devices],
                [row.signing_key for row in devices],
            ),
        )

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return key_problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(ChangesKeys):
    """Effect: an invitation is used up, and an account with its first device and both factors exists."""

    now: datetime
    code_hash: Hash
    event: bytes
    key_hashes: tuple[Hash, ...]
    certificate: bytes
    device_list: bytes
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
                    each.event,
                    each.head,
                    each.certificate,
                    each.device_list,
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
        return key_problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """A stored key event (encoded KeyEvent) and its encoded leaf."""

    number: int
    event: bytes
    leaf_index: int
    leaf: bytes


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


async def keys_in_force(session: Session, account: AccountId) -> tuple[bytes, bytes] | None:
    """Return certificate and device list of an account, both signed and encoded."""
    row = await session.fetchrow(
        "SELECT certificate, device_list FROM account WHERE account = $1", account
    )
    return None if row is None else (row["certificate"], row["device_list"])


async def key_events(
    session: Session,
    account: AccountId,
    *,
    after: int = 0,
    limit: int | None = None,
    before_leaf: int | None = None,
) -> list[EventRow]:
    """Return events numbered above `after`, oldest first, those with a leaf before `before_leaf` if given."""
    rows = await session.fetch(
        """
        SELECT number, event, leaf_index, leaf FROM key_event JOIN audit_entry USING (leaf_index)
        WHERE account = $1 AND number > $2 AND ($4::bigint IS NULL OR leaf_index < $4)
        ORDER BY number LIMIT $3
        """,
        account,
        after,
        limit,
        before_leaf,
    )
    return [EventRow(**row) for row in rows]


async def has_key(session: Session, account: AccountId, key_hash: Hash) -> bool:
    """Return whether a public key is or was one of an account's."""
    is_known: bool = await session.fetchval("SELECT account_has_key($1, $2)", account, key_hash)
    return is_known


async def newest_map_leaf(session: Session) -> int:
    """Return the index of the newest leaf about the map of keys, -1 before the first."""
    index: int = await session.fetchval("SELECT coalesce(max(leaf_index), -1) FROM key_map")
    return index


async def accounts_with_removed_sessions(
    session: Session, now: datetime, limit: int
) -> list[AccountId]:
    """Return accounts with sessions that go on although their device is no longer listed."""
    rows = await session.fetch(
        """
        SELECT DISTINCT session_family.account FROM device JOIN session_family USING (device)
        WHERE NOT device.is_listed AND ended_at IS NULL AND expires_at > $1 LIMIT $2
        """,
        now,
        limit,
    )
    return [AccountId(row["account"]) for row in rows]


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


async def search_entries(
    session: Session, words: Sequence[Sequence[str]], limit: int
) -> list[bytes]:
    """Return encoded entries that contain every one of the words, in one of its forms."""
    rows = await session.fetch(
        """
        SELECT entry FROM directory_entry
        WHERE NOT EXISTS (
            SELECT FROM unnest($1::text[], $2::text[]) AS wanted (typed, meant)
            WHERE strpos(words, typed) = 0 AND strpos(words, meant) = 0
        )
        ORDER BY words, account LIMIT $3
        """,
        [forms[0] for forms in words],
        [forms[-1] for forms in words],
        limit,
    )
    return [row["entry"] for row in rows]


def key_problem(sqlstate: str) -> ProblemError | None:
    """Return what a refusal by one of this domain's functions means."""
    if sqlstate not in _PROBLEMS:
        return None
    code, detail = _PROBLEMS[sqlstate]
    return ProblemError(code, detail)
