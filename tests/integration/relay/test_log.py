# SPDX-License-Identifier: AGPL-3.0-or-later
"""The transparency log on real PostgreSQL: appends, proofs, restarts, and what makes a start impossible."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg
import pytest

from crypto_core.trust.checkpoints import Checkpoint, parse_note, verify_checkpoint
from crypto_core.trust.merkle import NodeId, leaf_hash, node_hash, root_hash, verify_consistency
from crypto_core.trust.tiles import format_tile_path, tile_at
from crypto_core.trust.tlog_proof import parse_proof, verify_tlog_proof
from crypto_core.wire.audit import AuditLeaf, AuditStatement
from crypto_core.wire.codec import decode
from crypto_core.wire.relay_api import (
    PATH_CHECKPOINT,
    PATH_LOG_CONSISTENCY,
    PATH_TILE,
    ConsistencyAnswer,
    ProblemCode,
)
from relay_server.audit.checkpoint_file import CheckpointFile
from relay_server.audit.keys import load_signers
from relay_server.errors import StartError
from tests.integration.independent_log.verifier import Consistency
from tests.integration.relay.in_process import RefusedError, SetClock, relay_over

if TYPE_CHECKING:
    from pathlib import Path

    from crypto_core.wire.ids import Hash
    from crypto_core.wire.relay_api import LogReceipt, PostEnvelopeRequest
    from tests.integration.independent_log.verifier import IndependentVerifier
    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import Device, RunningRelay

pytestmark = pytest.mark.anyio


def naive_root(leaves: list[bytes]) -> Hash:
    """Compute a root by the definition of RFC 6962, from nothing but the leaves."""

    def read(node: NodeId) -> Hash:
        level, position = node
        if level == 0:
            return leaf_hash(leaves[position])
        left = read(NodeId(level - 1, 2 * position))
        return node_hash(left, read(NodeId(level - 1, 2 * position + 1)))

    return root_hash(len(leaves), read)


def require_sound(database: TestDatabase) -> int:
    """Check every stored root and chain from the stored leaves alone; return the size of the log."""
    with database.as_superuser() as connection:
        entries = connection.execute(
            "SELECT leaf, actor, actor_sequence, statement_hash FROM relay.audit_entry ORDER BY leaf_index"
        ).fetchall()
        hashes = connection.execute(
            "SELECT leaf_hash FROM relay.audit_leaf ORDER BY leaf_index"
        ).fetchall()
        roots = connection.execute("SELECT size, root FROM relay.audit_root").fetchall()
    leaves = [bytes(entry[0]) for entry in entries]
    assert [bytes(row[0]) for row in hashes] == [leaf_hash(leaf) for leaf in leaves]
    for size, root in roots:
        assert naive_root(leaves[:size]) == root
    chains: dict[bytes, tuple[int, bytes]] = {}
    for leaf, actor, sequence, statement_hash in entries:
        statement = decode(AuditStatement, decode(AuditLeaf, bytes(leaf)).statement)
        expected = chains.get(actor, (0, bytes(32)))
        assert (statement.sequence, statement.previous) == expected == (sequence, expected[1])
        chains[actor] = (sequence + 1, statement_hash)
    return len(leaves)


async def consistency(relay: RunningRelay, first: int, second: int) -> ConsistencyAnswer:
    device = await relay.device()
    response = await device.ask(
        "GET", PATH_LOG_CONSISTENCY, query={"first": first, "second": second}
    )
    return decode(ConsistencyAnswer, response.content)


async def test_concurrent_posts_each_get_their_leaf(database: TestDatabase, tmp_path: Path) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        log = load_signers(relay.folder.log_key, clock=relay.clock).identity
        recipient = await relay.device()
        senders = [await relay.device() for _ in range(12)]
        requests = [[sender.letter_to(recipient) for _ in range(6)] for sender in senders]

        async def send(number: int) -> list[str]:
            return [(await senders[number].post(each)).proof for each in requests[number]]

        receipts = [each for row in await asyncio.gather(*map(send, range(12))) for each in row]
        verified = [verify_tlog_proof(receipt, log=log) for receipt in receipts]
        assert len({each.index for each in verified}) == 72
        assert len((await recipient.mailbox()).items) == 72
    assert require_sound(database) == 3 * 13 + 72


async def test_two_relays_append_to_one_log(database: TestDatabase, tmp_path: Path) -> None:
    """Replicas share the database; each finds out that the tree has grown and goes on from there."""
    clock = SetClock()
    async with relay_over(database.login, tmp_path / "one", clock=clock) as one:
        (tmp_path / "two").mkdir()
        for shared in (one.folder.log_key, one.folder.sign_in_key):
            (tmp_path / "two" / shared.name).write_bytes(shared.read_bytes())
        async with relay_over(database.login, tmp_path / "two", clock=clock) as two:
            devices = [await one.device() for _ in range(4)]
            for device in devices[2:]:
                device.relay = two

            async def send(number: int) -> None:
                for _ in range(10):
                    await devices[number].post_to(devices[number - 1])

            await asyncio.gather(*map(send, range(4)))
    assert require_sound(database) == 3 * 4 + 40


async def test_receipts_and_tiles_satisfy_an_independent_verifier(
    database: TestDatabase, tmp_path: Path, independent_verifier: IndependentVerifier
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender, recipient = await relay.device(), await relay.device()
        notes, receipts = [relay.relay.log.checkpoint()], []
        for _ in range(20):
            receipts.append((await sender.post_to(recipient)).proof)
            notes.append(relay.relay.log.checkpoint())
        # Enough leaves for a complete tile and nodes above it.
        crowd = [await relay.device() for _ in range(4)]
        waves = [[each.letter_to(recipient) for _ in range(64)] for each in crowd]
        receipts += [
            receipt.proof
            for row in await asyncio.gather(
                *(_post_all(each, wave) for each, wave in zip(crowd, waves, strict=True))
            )
            for receipt in row
        ]
        notes.append(relay.relay.log.checkpoint())
        key = relay.relay.log.log_keys[0]
        assert set(independent_verifier.check_receipts(key, receipts)) == {""}

        sizes = [int(parse_note(note).text.split("\n")[1]) for note in notes]
        proofs = [
            Consistency(
                first=notes[at],
                second=notes[-1],
                path=(await relay.relay.log.consistency(sizes[at], sizes[-1])).path,
            )
            for at in range(len(notes))
            if sizes[at]
        ]
        assert set(independent_verifier.check_consistency(key, proofs)) == {""}

        async with relay.client() as client:
            checkpoint = (await client.get(PATH_CHECKPOINT)).text
            size = int(checkpoint.split("\n")[1])
            tiles: dict[str, bytes] = {}
            for level in (0, 1):
                for index in range((size >> (8 * level)) // 256 + 1):
                    if (size >> (8 * level)) <= index * 256:
                        continue
                    path = format_tile_path(tile_at(level=level, index=index, size=size))
                    answer = await client.get(PATH_TILE + path.removeprefix("tile"))
                    assert answer.status_code == 200
                    tiles[path] = answer.content
        leaves = {
            parsed.index: parsed.extra
            for parsed in map(parse_proof, receipts)
            if parsed.extra is not None
        }
        refusals = independent_verifier.check_leaves(
            key, checkpoint=checkpoint, tiles=tiles, leaves=leaves
        )
        assert set(refusals.values()) == {""}
    assert require_sound(database) > 256


async def _post_all(device: Device, requests: list[PostEnvelopeRequest]) -> list[LogReceipt]:
    return [await device.post(each) for each in requests]


async def test_a_tile_that_is_not_there_is_not_found(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay, relay.client() as client:
        await relay.device()
        assert (await client.get("/log/tile/0/000.p/1")).status_code == 200
        for path in ("0/000", "0/000.p/4", "1/000.p/1", "0/001.p/1", "64/000", "0/0", "../x"):
            assert (await client.get(f"/log/tile/{path}")).status_code == 404


async def test_checkpoints_stay_consistent_over_restarts(
    database: TestDatabase, tmp_path: Path
) -> None:
    clock = SetClock()
    notes: list[str] = []
    trees: list[Checkpoint] = []
    for _ in range(3):
        async with relay_over(database.login, tmp_path, clock=clock) as relay:
            notes.append(relay.relay.log.checkpoint())
            sender, recipient = await relay.device(), await relay.device()
            await sender.post_to(recipient)
            notes.append(relay.relay.log.checkpoint())
            log = load_signers(relay.folder.log_key, clock=clock).identity
            trees = [verify_checkpoint(note, log=log).checkpoint for note in notes]
            for first in trees:
                answer = await relay.relay.log.consistency(first.size, trees[-1].size)
                verify_consistency(
                    first_size=first.size,
                    second_size=trees[-1].size,
                    first_root=first.root,
                    second_root=trees[-1].root,
                    path=answer.path,
                )
    assert [tree.size for tree in trees] == [0, 7, 7, 14, 14, 21]


async def test_a_rolled_back_database_is_not_served(database: TestDatabase, tmp_path: Path) -> None:
    clock = SetClock()
    async with relay_over(database.login, tmp_path, clock=clock) as relay:
        sender = await relay.device()
        await sender.post_to(sender)
    with database.as_superuser() as connection:
        connection.execute("SET session_replication_role = replica")
        for trigger in ("fixed", "kept"):
            for table in ("audit_leaf", "audit_entry", "audit_root"):
                connection.execute(f"ALTER TABLE relay.{table} DISABLE TRIGGER {table}_{trigger}")
        connection.execute("DELETE FROM relay.audit_entry WHERE leaf_index = 3")
        connection.execute("DELETE FROM relay.audit_leaf WHERE leaf_index = 3")
        connection.execute("DELETE FROM relay.audit_root WHERE size = 4")
    with pytest.raises(StartError, match="older copy"):
        async with relay_over(database.login, tmp_path, clock=clock):
            pass


async def test_a_changed_leaf_is_not_served(database: TestDatabase, tmp_path: Path) -> None:
    clock = SetClock()
    async with relay_over(database.login, tmp_path, clock=clock) as relay:
        for _ in range(3):
            await relay.device()
    with database.as_superuser() as connection:
        connection.execute("ALTER TABLE relay.audit_leaf DISABLE TRIGGER audit_leaf_fixed")
        connection.execute(
            "UPDATE relay.audit_leaf SET leaf_hash = %s WHERE leaf_index = 1", [bytes(32)]
        )
    with pytest.raises(StartError, match="contradicts itself"):
        async with relay_over(database.login, tmp_path, clock=clock):
            pass


async def test_a_log_other_than_the_signed_one_is_not_served(
    database: TestDatabase, tmp_path: Path
) -> None:
    """The database is consistent in itself and large enough, but not what was signed."""
    clock = SetClock()
    async with relay_over(database.login, tmp_path, clock=clock) as relay:
        await relay.device()
        await relay.device()
    signers = load_signers(relay.folder.log_key, clock=clock)
    other = Checkpoint(origin=signers.identity.origin, size=6, root=leaf_hash(b"another history"))
    file = CheckpointFile(relay.folder.checkpoint)
    file.load(signers.identity)
    file.save(signers.sign(other))
    with pytest.raises(StartError, match="another log"):
        async with relay_over(database.login, tmp_path, clock=clock):
            pass


async def test_a_damaged_checkpoint_file_is_not_overlooked(
    database: TestDatabase, tmp_path: Path
) -> None:
    clock = SetClock()
    async with relay_over(database.login, tmp_path, clock=clock) as relay:
        await relay.device()
        file = relay.folder.checkpoint
    file.write_bytes(bytes(reversed(file.read_bytes())))
    with pytest.raises(StartError, match="holds no checkpoint"):
        async with relay_over(database.login, tmp_path, clock=clock):
            pass


async def test_the_database_refuses_a_broken_chain_and_a_stale_tree(database: TestDatabase) -> None:
    """What the sequencer checks in memory, the database checks again."""
    connection = await asyncpg.connect(
        database.login.url, user=database.login.role, password=database.login.password
    )
    append = "SELECT audit_append($1, $2, $3, $4, $5, $6, '{}', '{}', '{}', $7)"

    async def attempt(size: int, sequence: int, previous: bytes) -> None:
        await connection.execute(
            append,
            size,
            [b"leaf"],
            [bytes(16)],
            [sequence],
            [previous],
            [bytes(31) + b"1"],
            bytes(32),
        )

    try:
        for size, sequence, previous, state in (
            (1, 0, bytes(32), "UH001"),
            (0, 1, bytes(32), "UH002"),
            (0, 0, bytes(31) + b"1", "UH002"),
        ):
            with pytest.raises(asyncpg.PostgresError) as caught:
                await attempt(size, sequence, previous)
            assert caught.value.sqlstate == state
        await attempt(0, 0, bytes(32))
        with pytest.raises(asyncpg.PostgresError) as caught:
            await attempt(1, 1, bytes(32))
        assert caught.value.sqlstate == "UH002"
        await attempt(1, 1, bytes(31) + b"1")
    finally:
        await connection.close()


async def test_a_request_that_is_cancelled_does_not_disturb_others(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        sender, recipient = await relay.device(), await relay.device()
        lost = asyncio.create_task(sender.post_to(recipient))
        kept = asyncio.create_task(recipient.post_to(sender))
        await asyncio.sleep(0)
        lost.cancel()
        await kept
        await relay.device()
    require_sound(database)


async def test_consistency_beyond_the_log_is_refused(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        assert (await consistency(relay, 0, 1)).path == ()
        for first, second, code in (
            (0, 100, ProblemCode.NOT_FOUND),
            (2, 1, ProblemCode.MALFORMED),
        ):
            with pytest.raises(RefusedError) as caught:
                await consistency(relay, first, second)
            assert caught.value.code is code


async def test_a_half_signature_is_an_incident(
    database: TestDatabase, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The Ed25519 half alone lets a statement in; the auditor says which leaf lacks the other half."""
    async with relay_over(database.login, tmp_path) as relay:
        sender, recipient = await relay.device(), await relay.device()
        request = sender.letter_to(recipient)
        signature = replace(request.statement.signature, ml_dsa_65=os.urandom(3309))
        statement = replace(request.statement, signature=signature)
        await sender.post(replace(request, statement=statement))
        await recipient.post_to(sender)
        while await relay.relay.auditor.check_next():
            pass
        incidents = [
            record.__dict__["leaf_index"]
            for record in caplog.records
            if record.msg == "a log entry has an invalid signature"
        ]
        assert incidents == [6]
        with database.as_superuser() as connection:
            found = connection.execute("SELECT next_index FROM relay.audit_progress").fetchone()
        assert found == (8,)
