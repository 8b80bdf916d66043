# SPDX-License-Identifier: AGPL-3.0-or-later
"""Has an outside authority timestamp the log's checkpoints (RFC 3161), and renews its timestamps (RFC 4998).

Beside the log: nothing that is appended waits for it. Formats and checks are in `crypto_core/spec/timestamps.md`.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import asyncpg
import httpx

from crypto_core.errors import TimestampError, TimestampFault
from crypto_core.trust.evidence_records import ArchivedToken, hash_tree, make_record
from crypto_core.trust.timestamps import ImprintHash, make_request, verify_answer
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS, MAX_TIMESTAMP_BYTES
from crypto_core.wire.relay_api import ProblemCode, TimestampedCheckpoint
from relay_server.clock import to_datetime
from relay_server.errors import ProblemError
from relay_server.logs import LOGGER

if TYPE_CHECKING:
    from crypto_core.trust.timestamps import Timestamp
    from relay_server.audit.sequencer import Sequencer
    from relay_server.clock import Clock
    from relay_server.config import AuthorityConfig
    from relay_server.database.pool import Database, Session

HASH: Final = ImprintHash.SHA_512
RENEWAL: Final = timedelta(days=365)
NOTICE: Final = timedelta(days=30)
"""How long before the first certificate ends its timestamps are renewed, at the latest."""
_AGAIN: Final = timedelta(days=1)
"""How long at least between two renewals, should a certificate be as short as that."""
ANSWER_SECONDS: Final = 30.0
"""From the first byte sent to the last one read."""
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
    """What is to be asked for next: a timestamp over the checkpoint of a size, or over earlier timestamps."""

    number: int
    size: int | None
    note: str | None
    hashed: bytes
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

    async def timestamp(self, hashed: bytes, *, since: datetime | None = None) -> Timestamp:
        """Ask for a timestamp over a hash and verify it. Raises NoTimestampError, also for one from before `since`."""
        request = make_request(hashed, nonce=secrets.randbits(63) + 1, algorithm=HASH, policy=None)
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._ask(request.encoded)
        except TimeoutError as error:
            raise NoTimestampError(Trouble.SLOW) from error
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
            raise NoTimestampError(Trouble.UNREACHABLE) from error
        try:
            found = verify_answer(answer, request, authorities=self.config.certificates)
        except TimestampError as error:
            raise NoTimestampError(_TROUBLES.get(error.fault, Trouble.INVALID)) from error
        difference = abs(found.at - self._clock())
        # Of an authority's machines one may be some seconds behind another, and the record would not verify.
        is_before = since is not None and to_datetime(found.at) < since
        if is_before or difference > CLOCK_SKEW_SECONDS * 1000 + found.accuracy:
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
            while due := await self._due(authority.config.hours):
                timestamp = await authority.timestamp(due.hashed, since=due.since)
                made += await self._keep(due, timestamp)
        except NoTimestampError as error:
            LOGGER.warning("no timestamp", extra={"code": error.trouble.value})
            await self._note_failure(error.trouble)
        else:
            await self._note_failure(None)
        return made

    async def _due(self, hours: int) -> _Due | None:
        now = to_datetime(self._clock())
        async with self._database.session() as session:
            row = await session.fetchrow(
                """
                SELECT coalesce(max(number), 0) AS last, coalesce(max(size), 0) AS size, max(made_at) AS latest,
                    max(made_at) FILTER (WHERE size IS NOT NULL) AS made_at,
                    coalesce(max(number) FILTER (WHERE size IS NULL), 0) AS renewal
                FROM audit_timestamp
                """
            )
            assert row is not None  # noqa: S101 - an aggregate is one row
            if await _is_renewal_due(session, row["renewal"], now):
                covered = await _covered(session, row["renewal"], row["last"] + 1)
                root, _ = hash_tree(list(covered.values()), HASH)
                return _Due(row["last"] + 1, None, None, root, row["latest"])
        newest = self._sequencer.latest
        is_time = row["made_at"] is None or now - row["made_at"] >= timedelta(hours=hours)
        if not is_time or newest.size <= row["size"]:
            return None
        return _Due(row["last"] + 1, newest.size, newest.note, HASH.of(newest.note.encode()))

    async def _keep(self, due: _Due, timestamp: Timestamp) -> bool:
        """Keep a timestamp, unless another relay on this database has kept one meanwhile."""
        async with self._database.session() as session:
            try:
                await session.execute(
                    """
                    INSERT INTO audit_timestamp (number, size, note, token, made_at, valid_until)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    """,
                    due.number,
                    due.size,
                    due.note,
                    timestamp.token,
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
    age = now - row["made_at"]
    is_ending: bool = row["valid_until"] - now <= NOTICE
    return age >= RENEWAL or (is_ending and age >= _AGAIN)


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


class TimestampService:
    """Gives the timestamps that there are to whoever asks; they name nobody."""

    def __init__(self, database: Database, certificates: tuple[bytes, ...]) -> None:
        self._database = database
        self._certificates = certificates

    async def of_leaf(self, leaf: int) -> TimestampedCheckpoint:
        """Return the first timestamped checkpoint with a leaf, and its record. Raises ProblemError if there is none."""
        async with self._database.session() as session:
            row = await session.fetchrow(
                """
                SELECT number, note, token, valid_until FROM audit_timestamp WHERE size > $1
                ORDER BY size LIMIT 1
                """,
                leaf,
            )
            if row is None:
                raise ProblemError(ProblemCode.NOT_FOUND, "no timestamp covers this leaf yet")
            archived = [ArchivedToken(token=row["token"])]
            renewals = await session.fetch(
                """
                SELECT number, token, made_at, valid_until FROM audit_timestamp WHERE size IS NULL ORDER BY number
                """
            )
            before, last = 0, row
            for renewal in renewals:
                if renewal["number"] > last["number"]:
                    if renewal["made_at"] > last["valid_until"]:
                        # It came too late: the record ends where it is still worth something.
                        break
                    covered = await _covered(session, before, renewal["number"])
                    _, reduced = hash_tree(list(covered.values()), HASH)
                    place = list(covered).index(last["number"])
                    archived.append(ArchivedToken(token=renewal["token"], reduced=reduced[place]))
                    last = renewal
                before = renewal["number"]
        return TimestampedCheckpoint(
            note=row["note"],
            record=make_record([(HASH, archived)]),
            authorities=self._certificates,
        )
