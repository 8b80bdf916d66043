# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ends of a process or of a database at the worst moment: nothing is signed that contradicts what was signed before."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import psycopg.conninfo
import pytest

from crypto_core.trust.checkpoints import parse_checkpoint, parse_note, verify_checkpoint
from crypto_core.trust.merkle import verify_consistency
from crypto_core.wire.relay_api import ProblemCode
from relay_server.audit.checkpoint_file import CheckpointFile
from relay_server.errors import ProblemError, StartError
from tests.integration.relay.in_process import RefusedError, SetClock, relay_over
from tests.integration.relay.test_audit_check import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import RunningRelay

pytestmark = pytest.mark.anyio

ROOT: Final = Path(__file__).resolve().parents[3]

KILLED: Final = """
import asyncio, json, os, signal, sys
from pathlib import Path
from relay_server.audit.signing import LogSigners
from relay_server.database.access import DatabaseLogin
from tests.integration.relay.in_process import relay_over

async def main():
    said = json.load(sys.stdin)
    async with relay_over(DatabaseLogin(**said["login"]), Path(said["folder"])) as relay:
        sender, recipient = await relay.device(), await relay.device()
        print(json.dumps(relay.relay.sequencer.latest.note), flush=True)
        LogSigners.sign = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        await sender.post_to(recipient)

asyncio.run(main())
"""
"""A relay that ends when its next batch is committed and its tree is about to be signed."""


async def test_kill_9_between_commit_and_signature_loses_and_contradicts_nothing(
    database: TestDatabase, tmp_path: Path
) -> None:
    folder = tmp_path / "relay"
    folder.mkdir()
    sent = json.dumps({"login": asdict(database.login), "folder": str(folder)})
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", KILLED],
        input=sent,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    last_given_out = json.loads(done.stdout)
    signed = parse_checkpoint(parse_note(last_given_out).text)
    with database.as_superuser() as connection:
        row = connection.execute("SELECT count(*) FROM relay.audit_leaf").fetchone()
        # The letter is committed, and nobody has a signature that it is.
        assert row == (signed.size + 1,)
        assert connection.execute("SELECT count(*) FROM relay.delivery").fetchone() == (1,)
    async with relay_over(database.login, folder) as again:
        identity = again.relay.log._identity
        first = verify_checkpoint(last_given_out, log=identity).checkpoint
        now = again.relay.sequencer.latest
        assert now.size >= first.size + 1
        answer = await again.relay.log.consistency(first.size, now.size)
        verify_consistency(
            first_size=first.size,
            second_size=now.size,
            first_root=first.root,
            second_root=now.root,
            path=answer.path,
        )
        assert not (await checked(again)).findings
        device = await again.device()
        await device.post_to(device)


@contextmanager
def standby_of(database: TestDatabase) -> Iterator[str]:
    """Copy the database as it is, which nobody is connected to; yield the copy's name."""
    with psycopg.connect(database.superuser_url, dbname="postgres", autocommit=True) as connection:
        name = psycopg.conninfo.conninfo_to_dict(database.superuser_url)["dbname"]
        standby = f"{name}_standby"
        connection.execute(f"CREATE DATABASE {standby} TEMPLATE {name}".encode())
        # A real standby has what was set for the database as well, which a copy has not.
        connection.execute(
            "INSERT INTO pg_db_role_setting SELECT copy.oid, setrole, setconfig FROM pg_db_role_setting"
            " JOIN pg_database AS old ON old.oid = setdatabase AND old.datname = %s"
            " JOIN pg_database AS copy ON copy.datname = %s",
            [name, standby],
        )
        try:
            yield standby
        finally:
            connection.execute(f"DROP DATABASE {standby} WITH (FORCE)".encode())


def fail_over(database: TestDatabase, standby: str) -> None:
    """Let the standby answer under the name of the primary, and the other way round; connections break as they do then."""
    with psycopg.connect(database.superuser_url, dbname="postgres", autocommit=True) as connection:
        name = standby.removesuffix("_standby")
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )
        for old, new in ((name, f"{name}_swap"), (standby, name), (f"{name}_swap", standby)):
            connection.execute(f"ALTER DATABASE {old} RENAME TO {new}".encode())
        connection.execute(f"ALTER DATABASE {standby} ALLOW_CONNECTIONS true".encode())


async def reconnected(relay: RunningRelay) -> None:
    """Return when the relay has noticed that its connections were broken."""
    while True:
        try:
            async with relay.database.session() as session:
                await session.fetchval("SELECT 1")
        except ProblemError:
            continue
        return


async def test_a_standby_that_lacks_the_last_commits_gets_no_signature(
    database: TestDatabase, tmp_path: Path
) -> None:
    """While the relay runs, what it has signed is gone from the database; it comes back, and so does the relay."""
    clock = SetClock()
    async with relay_over(database.login, tmp_path, clock=clock) as relay:
        sender, quiet = await relay.device(), await relay.device()
    with standby_of(database) as standby:
        async with relay_over(database.login, tmp_path, clock=clock) as relay:
            sender.relay = quiet.relay = relay
            await sender.post_to(sender)
            before = relay.relay.sequencer.latest
            # Of this computer's chain the standby lacks nothing.
            request = quiet.letter_to(sender)
            fail_over(database, standby)
            await reconnected(relay)
            for _ in range(2):
                with pytest.raises(RefusedError, match="cannot go on") as refused:
                    await quiet.post(request)
                assert refused.value.code is ProblemCode.UNAVAILABLE
            assert relay.relay.sequencer.latest == before
            remembered = CheckpointFile(relay.folder.checkpoint).load(relay.relay.log._identity)
            assert remembered is not None
            assert (remembered.size, remembered.root) == (before.size, before.root)
            fail_over(database, standby)
            await reconnected(relay)
            await quiet.post(request)
            assert relay.relay.sequencer.latest.size > before.size
            assert not (await checked(relay)).findings
        fail_over(database, standby)
        with pytest.raises(StartError, match="older copy"):
            async with relay_over(database.login, tmp_path, clock=clock):
                pass
        fail_over(database, standby)
