# SPDX-License-Identifier: AGPL-3.0-or-later
"""`audit check` against reading the same leaves, and what a leaf takes beside its entry.

Reading is what any program does that wants to know what the log says: rows from the database, decoded and held
against their hashes. The check adds the tree with its stored hashes and roots, and the chains. Both read the same
database in turn. Leaves are those of computers, with room for both signatures, which neither verifies here. The
number of leaves is in UHEALTHSEC_BENCHMARK_LEAVES: a million takes some ten minutes and six gigabytes.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg

from crypto_core.trust.audit import CHAIN_START
from crypto_core.trust.merkle import TreeEdge, leaf_hash
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import AuditLeaf, AuditStatement, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import DevicePseudonym, UnixMillis
from relay_server.audit.check import check_log
from relay_server.audit.status import read_status
from relay_server.database.access import Duty, ensure_database, prepare
from relay_server.database.embedded import SUPERUSER, EmbeddedPostgres, bundled_programs
from relay_server.database.pool import open_database
from tests.benchmarks.result import Result, at_most
from tests.fakes.sample_log import sample_signers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relay_server.database.access import DatabaseLogin
    from relay_server.database.pool import Session

LEAVES: Final = int(os.environ.get("UHEALTHSEC_BENCHMARK_LEAVES", "20000"))
BATCH: Final = 20
"""As many leaves as commit together in a busy hour; each batch has a root of its own."""
COMPUTERS: Final = 100
SIGNATURES: Final = bytes(3376)
"""As many bytes as both signatures of a computer."""
ROUNDS: Final = 3
AT_A_TIME: Final = 2000
REACH_CHECK: Final = 3.0
REACH_BYTES: Final = 300.0


def measure() -> list[Result]:
    """Return both figures."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "postgresql", programs=bundled_programs())
        address = server.start()
        try:
            ensure_database(address.url(SUPERUSER), "relay")
            login = prepare(address.url("relay"), password="of the benchmark")
            _fill(login)
            with psycopg.connect(address.url("relay"), autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
            return asyncio.run(_measure(login))
        finally:
            server.stop()


def _fill(login: DatabaseLogin) -> None:
    """Append leaves as the relay does, batch by batch."""
    edge = TreeEdge()
    with psycopg.connect(login.url, user=login.role, password=login.password) as connection:
        for rows in _batches():
            size = edge.size
            leaves = [leaf for leaf, *_ in rows]
            nodes = edge.extend([leaf_hash(leaf) for leaf in leaves])
            connection.execute(
                "SELECT audit_append(%s, %s, %s, %s, %s, %s, %s::smallint[], %s::bigint[], %s::bytea[], %s)",
                [
                    size,
                    *(list(column) for column in zip(*rows, strict=True)),
                    [each.level for each in nodes],
                    [each.position for each in nodes],
                    [each.hash for each in nodes],
                    edge.root(),
                ],
            )
            connection.commit()


def _batches() -> Iterator[list[tuple[bytes, bytes, int, bytes, bytes]]]:
    heads = {
        DevicePseudonym(sha256(bytes([number]))[:16]): (0, CHAIN_START)
        for number in range(COMPUTERS)
    }
    actors = list(heads)
    for start in range(0, LEAVES, BATCH):
        batch = []
        for number in range(start, min(start + BATCH, LEAVES)):
            actor = actors[number % COMPUTERS]
            sequence, previous = heads[actor]
            statement = encode(
                AuditStatement(
                    version=1,
                    actor=actor,
                    sequence=sequence,
                    previous=previous,
                    verb=Verb.SEALED,
                    content=sha256(number.to_bytes(8)),
                )
            )
            leaf = encode(
                AuditLeaf(
                    version=1,
                    statement=statement,
                    signature=SIGNATURES,
                    relay_time=UnixMillis(number),
                    nonce=bytes(16),
                )
            )
            heads[actor] = sequence + 1, sha256(statement)
            batch.append((leaf, bytes(actor), sequence, bytes(previous), bytes(sha256(statement))))
        yield batch


async def _measure(login: DatabaseLogin) -> list[Result]:
    reading, checking = [], []
    identity = sample_signers().identity
    async with open_database(login.on(Duty.AUDITOR)) as database:
        # The first round fills the caches of both.
        for is_counted in (False, *(True for _ in range(ROUNDS))):
            async with database.session() as session:
                begun = time.perf_counter()
                await _read(session)
                read = time.perf_counter()
                check = await check_log(
                    session, identity=identity, remembered=None, verifies_signatures=False
                )
                done = time.perf_counter()
            assert (check.leaves, check.findings) == (LEAVES, [])
            if is_counted:
                reading.append(read - begun)
                checking.append(done - read)
    async with open_database(login.on(Duty.READER)) as database, database.session() as session:
        state = await read_status(session, checkpoint=Path("none"))
    read_ms, check_ms = (statistics.median(each) * 1e6 / LEAVES for each in (reading, checking))
    each_bytes = state.leaf_bytes / LEAVES
    return [
        at_most(
            "log: audit check / reading the leaves",
            check_ms / read_ms,
            REACH_CHECK,
            f"{check_ms:.0f} against {read_ms:.0f} µs a leaf, {LEAVES} leaves",
        ),
        at_most(
            "log: bytes a leaf takes beside its entry",
            each_bytes,
            REACH_BYTES,
            f"hashes, nodes, roots, indexes; {state.entry_bytes / LEAVES:.0f} bytes with indexes for the entry",
        ),
    ]


async def _read(session: Session) -> None:
    async with session.transaction(isolation="repeatable_read", readonly=True):
        cursor = await session.cursor(
            "SELECT leaf_hash, leaf FROM audit_leaf JOIN audit_entry USING (leaf_index) ORDER BY leaf_index"
        )
        while rows := await cursor.fetch(AT_A_TIME):
            for row in rows:
                assert leaf_hash(row["leaf"]) == row["leaf_hash"]
                decode(AuditStatement, decode(AuditLeaf, row["leaf"]).statement)
