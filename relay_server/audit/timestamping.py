# SPDX-License-Identifier: AGPL-3.0-or-later
"""Has an outside authority timestamp the log's checkpoints (RFC 3161), and renews its timestamps (RFC 4998).

Beside the log: nothing that is appended waits for it. Formats and checks are in `crypto_core/spec/timestamps.md`.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import asyncpg
import httpx

from crypto_core.errors import TimestampError, TimestampFault
from crypto_core.trust.evidence_records import (
    ArchivedToken,
    Reduced,
    hash_tree,
    make_record,
    rehash,
    renewal_hash,
)
from crypto_core.trust.timestamps import ImprintHash, make_request, verify_answer
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS, MAX_TIMESTAMP_BYTES
from crypto_core.wire.relay_api import ProblemCode, TimestampedCheckpoint
from relay_server.clock import to_datetime
from relay_server.errors import ProblemError
from relay_server.logs import LOGGER

if TYPE_CHECKING:
    from asyncpg import Record

    from crypto_core.trust.timestamps import Timestamp
    from relay_server.audit.sequencer import Sequencer
    from relay_server.clock import Clock
    from relay_server.config import AuthorityConfig
    from relay_server.database.pool import Database, Session

FIRST_HASH: Final = ImprintHash.SHA_512
RENEWAL: Final = timedelta(days=365)
NOTICE: Final = timedelta(days=30)
"""How long before the first certificate ends its timestamps are renewed, at the latest."""
_AGAIN: Final = timedelta(days=1)
"""How long at least between two renewals, should a certificate be as short as that."""
ANSWER_SECONDS: Final = 30.0
"""From the first byte sent to the last one read."""
_HASH_BYTES: Final = 64
_MOST: Final = 2**63 - 1
_FIRST_SECONDS: Final = 60.0
"""After a start, which has more urgent things to do, and appends to the log itself."""
_ROUND_SECONDS: Final = 300.0
_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"


class Trouble(StrEnum):
    """Why there is no timestamp, as `audit status` names it."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    NOT_AN_ANSWER = "not-an-answer"
    TOO_LONG = "too-long"
    REFUSED = "refused"
    CLOCK = "clock"
    """Its time and the relay's differ by more than five minutes: one of the two is wrong."""
    UNKNOWN_AUTHORITY = "unknown-authority"
    INVALID = "invalid"


_TROUBLES: Final = {
    TimestampFault.REFUSED: Trouble.REFUSED,
    TimestampFault.AUTHORITY: Trouble.UNKNOWN_AUTHORITY,
}


class NoTimestampError(Exception):
    """The authority has given none that can be used."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class _Due(NamedTuple):
    """What is to be asked for next: a timestamp over the checkpoint of a size, or over what is to be renewed."""

    number: int
    algorithm: ImprintHash
    hashed: bytes
    size: int | None = None
    note: str | None = None
    covered: bytes | None = None
    """Of a hash-tree renewal: the leaves of its tree, by the numbers of the checkpoints."""
    since: datetime | None = None
    """Of a renewal: when the last of what it is over was made."""


class Authority:
    """The configured authority; nothing else is ever connected to."""

    def __init__(
        self, config: AuthorityConfig, *, clock: Clock, seconds: float = ANSWER_SECONDS
    ) -> None:
        self.config = config
        self._clock = clock
        self._seconds = seconds

    async def timestamp(
        self, hashed: bytes, *, algorithm: ImprintHash = FIRST_HASH, since: datetime | None = None
    ) -> Timestamp:
        """Ask for a timestamp over a hash and verify it. Raises NoTimestampError, also for one from before `since`."""
        nonce = secrets.randbits(63) + 1
        request = make_request(hashed, nonce=nonce, algorithm=algorithm, policy=None)
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._ask(request.encoded)
        except TimeoutError as error:
            raise NoTimestampError(Trouble.SLOW) from error
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, ValueError) as error:
            # A ValueError is a name that no resolver takes, such as "xn--".
            raise NoTimestampError(Trouble.UNREACHABLE) from error
        try:
            found = verify_answer(answer, request, authorities=self.config.certificates)
        except TimestampError as error:
            raise NoTimestampError(_TROUBLES.get(error.fault, Trouble.INVALID)) from error
        # An authority that says to be off by more than that says nothing.
        difference = max(abs(found.at - self._clock()), found.accuracy)
        # Of an authority's machines one may be some seconds behind another, and the record would not verify.
        is_before = since is not None and to_datetime(found.at) < since
        if is_before or difference > CLOCK_SKEW_SECONDS * 1000:
            raise NoTimestampError(Trouble.CLOCK)
        return found

    async def _ask(self, encoded: bytes) -> bytes:
        """Return the answer's bytes. No proxy, login or certificate of the environment has a say in it."""
        timeout = httpx.Timeout(self._seconds)
        async with (
            httpx.AsyncClient(timeout=timeout, trust_env=False, follow_redirects=False) as client,
            client.stream(
                "POST",
                self.config.url,
                content=encoded,
                headers={"content-type": _QUERY, "accept-encoding": "identity"},
            ) as response,
        ):
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if response.status_code != httpx.codes.OK or kind != _REPLY:
                raise NoTimestampError(Trouble.NOT_AN_ANSWER)
            answer = bytearray()
            async for part in response.aiter_raw():
                answer += part
                if len(answer) > MAX_TIMESTAMP_BYTES:
                    raise NoTimestampError(Trouble.TOO_LONG)
            return bytes(answer)


class Timestamper:
    """Asks when it is time to; `run` for as long as the relay runs."""

    def __init__(
        self,
        *,
        database: Database,
        sequencer: Sequencer,
        authority: Authority | None,
        clock: Clock,
    ) -> None:
        self._database = database
        self._sequencer = sequencer
        self._authority = authority
        self._clock = clock

    async def run(self) -> None:
        """Have the log timestamped, until cancelled; what fails is tried again in some minutes."""
        await asyncio.sleep(_FIRST_SECONDS)
        while True:
            try:
                await self.stamp()
            except ProblemError as problem:
                LOGGER.warning("timestamps wait", extra={"code": problem.code.value})
            await asyncio.sleep(_ROUND_SECONDS)

    async def stamp(self) -> int:
        """Ask for what is due, and return how many timestamps were made. Raises ProblemError without a database.

        What the authority does wrong is noted for the operator.
        """
        made = 0
        authority = self._authority
        await self._note_authority(None if authority is None else authority.config.host)
        if authority is None:
            return made
        try:
            while due := await self._due(authority.config):
                timestamp = await authority.timestamp(
                    due.hashed, algorithm=due.algorithm, since=due.since
                )
                made += await self._keep(due, timestamp)
        except NoTimestampError as error:
            LOGGER.warning("no timestamp", extra={"code": error.trouble.value})
            await self._note_failure(error.trouble)
        else:
            await self._note_failure(None)
        return made

    async def _due(self, config: AuthorityConfig) -> _Due | None:
        now = to_datetime(self._clock())
        async with self._database.session() as session:
            row = await session.fetchrow(
                """
                SELECT coalesce(max(number), 0) AS last, coalesce(max(size), 0) AS size, max(made_at) AS latest,
                    max(made_at) FILTER (WHERE size IS NOT NULL) AS made_at,
                    coalesce(max(number) FILTER (WHERE size IS NULL), 0) AS renewal,
                    (SELECT hash FROM audit_timestamp ORDER BY number DESC LIMIT 1) AS hash
                FROM audit_timestamp
                """
            )
            assert row is not None  # noqa: S101 - an aggregate is one row
            last = FIRST_HASH if row["hash"] is None else ImprintHash(row["hash"])
            algorithm = last if config.hash is None else config.hash
            number = row["last"] + 1
            if row["last"] and algorithm is not last:
                leaves = await _rehashed(session, number, algorithm)
                root, _ = await asyncio.to_thread(hash_tree, leaves, algorithm)
                return _Due(number, algorithm, root, covered=b"".join(leaves), since=row["latest"])
            if await _is_renewal_due(session, row["renewal"], now):
                covered = await _covered(session, row["renewal"], number)
                root, _ = await asyncio.to_thread(hash_tree, list(covered.values()), algorithm)
                return _Due(number, algorithm, root, since=row["latest"])
        newest = self._sequencer.latest
        is_time = row["made_at"] is None or now - row["made_at"] >= timedelta(hours=config.hours)
        if not is_time or newest.size <= row["size"]:
            return None
        hashed = algorithm.of(newest.note.encode())
        return _Due(number, algorithm, hashed, size=newest.size, note=newest.note)

    async def _keep(self, due: _Due, timestamp: Timestamp) -> bool:
        """Keep a timestamp, unless another relay on this database has kept one meanwhile."""
        async with self._database.session() as session:
            try:
                await session.execute(
                    """
                    INSERT INTO audit_timestamp
                        (number, size, note, token, hash, token_hash, covered, made_at, valid_until)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                    """,
                    due.number,
                    due.size,
                    due.note,
                    timestamp.token,
                    due.algorithm.value,
                    renewal_hash(timestamp.token, due.algorithm),
                    due.covered,
                    to_datetime(timestamp.at),
                    to_datetime(timestamp.valid_until),
                )
            except asyncpg.UniqueViolationError:
                return False
        LOGGER.info("the log was timestamped", extra={"size": due.size})
        return True

    async def _note_authority(self, host: str | None) -> None:
        async with self._database.session() as session:
            await session.execute(
                """
                UPDATE audit_timestamping SET authority = $1, failure = NULL, failing_since = NULL
                WHERE authority IS DISTINCT FROM $1
                """,
                host,
            )

    async def _note_failure(self, trouble: Trouble | None) -> None:
        async with self._database.session() as session:
            await session.execute(
                """
                UPDATE audit_timestamping SET failure = $1,
                    failing_since = CASE WHEN $1::text IS NOT NULL THEN coalesce(failing_since, $2) END
                WHERE failure IS DISTINCT FROM $1
                """,
                None if trouble is None else trouble.value,
                to_datetime(self._clock()),
            )


async def _is_renewal_due(session: Session, renewal: int, now: datetime) -> bool:
    """Whether what stands since the last renewal is a year old, or a certificate of it is about to end."""
    row = await session.fetchrow(
        """
        SELECT min(made_at) AS made_at, min(valid_until) FILTER (WHERE valid_until > $2) AS valid_until
        FROM audit_timestamp WHERE number >= $1
        """,
        renewal,
        now,
    )
    # What has ended already cannot be saved any more.
    if row is None or row["made_at"] is None or row["valid_until"] is None:
        return False
    age: timedelta = now - row["made_at"]
    left: timedelta = row["valid_until"] - now
    # Until the authority has another certificate, each renewal ends with this one: so few of them, ever closer to the end.
    return age >= RENEWAL or (left <= NOTICE and age >= max(left, _AGAIN))


async def _covered(session: Session, first: int, renewal: int) -> dict[int, bytes]:
    """Return the hashes that a renewal is over, by number: from the renewal before it on."""
    rows = await session.fetch(
        """
        SELECT number, token_hash FROM audit_timestamp WHERE number >= $1 AND number < $2 ORDER BY number
        """,
        first,
        renewal,
    )
    return {row["number"]: row["token_hash"] for row in rows}


_Trees: TypeAlias = dict[bytes, tuple[list[int], list[Reduced]]]
"""By the token of a renewal: the numbers of what it is over, and the way from each to its root."""
_MOST_LEAVES: Final = 20_000
"""Of the trees that are kept in memory, some 15 MB: of daily timestamps more than twenty years."""


class _Records:
    """Makes the records of checkpoints; what several of them need is read and computed once."""

    def __init__(self, session: Session, renewals: list[Record], trees: _Trees) -> None:
        self._session = session
        self._renewals = renewals
        self._trees = trees

    @classmethod
    async def read(
        cls, session: Session, *, before: int = _MOST, trees: _Trees | None = None
    ) -> _Records:
        """Read the renewals with numbers below one; `trees` has those that are known, and gets those that are not."""
        renewals = await session.fetch(
            """
            SELECT number, token, hash, covered, made_at, valid_until FROM audit_timestamp
            WHERE size IS NULL AND number < $1 ORDER BY number
            """,
            before,
        )
        return cls(session, renewals, {} if trees is None else trees)

    async def of(self, stamp: Record) -> bytes:
        """Return the record of a checkpoint, as far as it was renewed in time."""
        archived = [ArchivedToken(token=stamp["token"])]
        chains = [(ImprintHash(stamp["hash"]), archived)]
        begins, last = 0, stamp
        for renewal in self._renewals:
            if renewal["number"] > stamp["number"]:
                if renewal["made_at"] > last["valid_until"]:
                    # It came too late: the record ends where it is still worth something.
                    break
                numbers, reduced = await self._tree(renewal, begins)
                is_rehashed = renewal["covered"] is not None
                place = numbers.index((stamp if is_rehashed else last)["number"])
                if is_rehashed:
                    archived = []
                    chains.append((ImprintHash(renewal["hash"]), archived))
                archived.append(ArchivedToken(token=renewal["token"], reduced=reduced[place]))
                last = renewal
            begins = renewal["number"]
        return make_record(chains)

    async def _tree(self, renewal: Record, begins: int) -> tuple[list[int], list[Reduced]]:
        """Return the numbers of what a renewal is over, and the way from each to its root."""
        number, token = renewal["number"], renewal["token"]
        if token not in self._trees:
            if renewal["covered"] is None:
                covered = await _covered(self._session, begins, number)
                numbers, leaves = list(covered), list(covered.values())
            else:
                numbers = await _checkpoints(self._session, number)
                leaves = [
                    renewal["covered"][at : at + _HASH_BYTES]
                    for at in range(0, len(renewal["covered"]), _HASH_BYTES)
                ]
            # In a thread: of a year of hourly timestamps it is a tenth of a second.
            _, reduced = await asyncio.to_thread(hash_tree, leaves, ImprintHash(renewal["hash"]))
            self._trees[token] = numbers, reduced
        return self._trees[token]


async def _checkpoints(session: Session, before: int) -> list[int]:
    """Return the numbers of timestamped checkpoints below one."""
    rows = await session.fetch(
        "SELECT number FROM audit_timestamp WHERE size IS NOT NULL AND number < $1 ORDER BY number",
        before,
    )
    return [row["number"] for row in rows]


async def _rehashed(session: Session, before: int, algorithm: ImprintHash) -> list[bytes]:
    """Return what a hash-tree renewal is over: each checkpoint with its record so far, by another hash (RFC 4998 §5.3)."""
    records = await _Records.read(session, before=before)
    leaves = []
    for number in await _checkpoints(session, before):
        stamp = await session.fetchrow(
            "SELECT number, note, token, hash, valid_until FROM audit_timestamp WHERE number = $1",
            number,
        )
        assert stamp is not None  # noqa: S101 - nothing is ever taken out of the table
        leaves.append(rehash(stamp["note"].encode(), await records.of(stamp), algorithm))
    return leaves


class TimestampService:
    """Gives the timestamps that there are to whoever asks; they name nobody."""

    def __init__(self, database: Database, certificates: tuple[bytes, ...]) -> None:
        self._database = database
        self._certificates = certificates
        self._trees: _Trees = {}

    async def of_leaf(self, leaf: int) -> TimestampedCheckpoint:
        """Return the first timestamped checkpoint with a leaf, and its record. Raises ProblemError if there is none."""
        async with self._database.session() as session:
            row = await session.fetchrow(
                """
                SELECT number, note, token, hash, valid_until FROM audit_timestamp WHERE size > $1
                ORDER BY size LIMIT 1
                """,
                leaf,
            )
            if row is None:
                raise ProblemError(ProblemCode.NOT_FOUND, "no timestamp covers this leaf yet")
            record = await (await _Records.read(session, trees=self._trees)).of(row)
        if sum(len(numbers) for numbers, _ in self._trees.values()) > _MOST_LEAVES:
            self._trees.clear()
        return TimestampedCheckpoint(
            note=row["note"], record=record, authorities=self._certificates
        )
