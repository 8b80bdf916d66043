# SPDX-License-Identifier: AGPL-3.0-or-later
# ruff: noqa: S608 - every statement is written here
"""What somebody who may write to the database does to the log behind the relay's back, `audit check` finds."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from crypto_core.wire.enrolment import parse_enrolment
from crypto_core.wire.ids import Hash
from crypto_core.wire.limits import MAX_JOURNAL_ACTS
from crypto_core.wire.relay_api import (
    PATH_JOURNAL,
    AppendJournalRequest,
    JournalAct,
    JournalReceipts,
)
from relay_server.audit.check import Damage, LogCheck, check_log
from relay_server.audit.checkpoint_file import CheckpointFile
from relay_server.audit.commands import EXIT_DAMAGED, told
from relay_server.main import main
from tests.integration.relay.in_process import relay_over

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import Device, RunningRelay

pytestmark = pytest.mark.anyio

TABLES: Final = ("audit_leaf", "audit_entry", "audit_node", "audit_root", "journal_entry")
RENUMBER: Final = (
    "UPDATE relay.audit_leaf SET leaf_index = leaf_index + {by} WHERE leaf_index >= {of}",
    "UPDATE relay.audit_entry SET leaf_index = leaf_index + {by} WHERE leaf_index >= {of}",
)
CHANGED_LEAF: Final = (
    "set_byte(leaf, octet_length(leaf) - 1, (get_byte(leaf, octet_length(leaf) - 1) + 1) % 256)"
)

ATTACKS: Final[dict[str, tuple[tuple[str, ...], set[Damage]]]] = {
    "an entry is edited": (
        (f"UPDATE relay.audit_entry SET leaf = {CHANGED_LEAF} WHERE leaf_index = 77",),
        {Damage.ENTRY_CHANGED},
    ),
    "an entry and its hash are edited": (
        (
            f"UPDATE relay.audit_entry SET leaf = {CHANGED_LEAF} WHERE leaf_index = 77",
            (
                "UPDATE relay.audit_leaf SET leaf_hash = sha256('\\x00'::bytea || leaf)"
                " FROM relay.audit_entry AS entry"
                " WHERE entry.leaf_index = audit_leaf.leaf_index AND entry.leaf_index = 77"
            ),
        ),
        {Damage.ROOT_CHANGED, Damage.NODE_CHANGED, Damage.OTHER_THAN_SIGNED},
    ),
    "a hash is edited": (
        ("UPDATE relay.audit_leaf SET leaf_hash = sha256('') WHERE leaf_index = 77",),
        {Damage.ENTRY_CHANGED, Damage.ROOT_CHANGED, Damage.OTHER_THAN_SIGNED},
    ),
    "an entry is given to somebody else": (
        (
            "UPDATE relay.audit_entry SET actor = sha256('')::bytea WHERE false",
            "UPDATE relay.audit_entry SET actor = substring(sha256('') FOR 16) WHERE leaf_index = 77",
        ),
        {Damage.ACTOR_CHANGED},
    ),
    "an entry is taken out": (
        ("DELETE FROM relay.audit_entry WHERE leaf_index = 77",),
        {Damage.ENTRY_MISSING, Damage.CHAIN_BROKEN},
    ),
    "a leaf is taken out": (
        (
            "DELETE FROM relay.audit_entry WHERE leaf_index = 77",
            "DELETE FROM relay.audit_leaf WHERE leaf_index = 77",
        ),
        {Damage.LEAF_MISSING, Damage.CHAIN_BROKEN, Damage.ROOT_CHANGED},
    ),
    "the middle is dropped and closed up": (
        (
            "DELETE FROM relay.audit_entry WHERE leaf_index BETWEEN 70 AND 79",
            "DELETE FROM relay.audit_leaf WHERE leaf_index BETWEEN 70 AND 79",
            *(each.format(by=-10, of=80) for each in RENUMBER),
        ),
        {Damage.CHAIN_BROKEN, Damage.ROOT_CHANGED, Damage.SHORTER_THAN_SIGNED},
    ),
    "the tail is dropped": (
        (
            "DELETE FROM relay.audit_entry WHERE leaf_index >= 200",
            "DELETE FROM relay.audit_leaf WHERE leaf_index >= 200",
            "DELETE FROM relay.audit_root WHERE size > 200",
            "DELETE FROM relay.audit_node WHERE (position + 1) * 256 > 200",
        ),
        {Damage.SHORTER_THAN_SIGNED},
    ),
    "two leaves change places": (
        (
            "UPDATE relay.audit_leaf SET leaf_index = 1000 WHERE leaf_index = 77",
            "UPDATE relay.audit_entry SET leaf_index = 1000 WHERE leaf_index = 77",
            "UPDATE relay.audit_leaf SET leaf_index = 77 WHERE leaf_index = 78",
            "UPDATE relay.audit_entry SET leaf_index = 77 WHERE leaf_index = 78",
            "UPDATE relay.audit_leaf SET leaf_index = 78 WHERE leaf_index = 1000",
            "UPDATE relay.audit_entry SET leaf_index = 78 WHERE leaf_index = 1000",
        ),
        {Damage.CHAIN_BROKEN, Damage.ROOT_CHANGED, Damage.OTHER_THAN_SIGNED},
    ),
    "a stored hash is edited": (
        ("UPDATE relay.audit_node SET hash = sha256('')",),
        {Damage.NODE_CHANGED},
    ),
    "a stored hash is taken out": (("DELETE FROM relay.audit_node",), {Damage.NODE_CHANGED}),
    "a root is edited": (
        (
            (
                "UPDATE relay.audit_root SET root = sha256('')"
                " WHERE size = (SELECT min(size) FROM relay.audit_root)"
            ),
        ),
        {Damage.ROOT_CHANGED},
    ),
    "keys are taken back in their tables": (
        ("UPDATE relay.key_event SET head = sha256('')",),
        {Damage.KEYS_CHANGED},
    ),
}


def with_hands_free(connection: psycopg.Connection[Any], *statements: str) -> None:
    """Do what only who owns the machine can do: everything."""
    connection.execute("SET session_replication_role = replica")
    for table in (*TABLES, "key_event"):
        connection.execute(f"ALTER TABLE relay.{table} DISABLE TRIGGER ALL".encode())
    for statement in statements:
        connection.execute(statement.encode())


@pytest.fixture
def hands(database: TestDatabase) -> Iterator[psycopg.Connection[Any]]:
    with database.as_superuser() as connection:
        yield connection


async def fill(relay: RunningRelay) -> Device:
    """Write some three hundred leaves."""
    anne = await relay.device()
    for _ in range(9):
        request = AppendJournalRequest(
            acts=tuple(
                JournalAct(
                    statement=anne.caller.state_sealed(Hash(os.urandom(32))),
                    sealed=os.urandom(256),
                )
                for _ in range(MAX_JOURNAL_ACTS)
            )
        )
        await anne.send("POST", PATH_JOURNAL, request, JournalReceipts)
    return anne


async def checked(relay: RunningRelay, *, signatures: bool = False) -> LogCheck:
    identity = relay.relay.log._identity
    remembered = CheckpointFile(relay.folder.checkpoint).load(identity)
    async with relay.database.session() as session:
        return await check_log(
            session,
            identity=identity,
            remembered=remembered,
            verifies_signatures=signatures,
        )


def kept(connection: psycopg.Connection[Any]) -> None:
    connection.execute("CREATE SCHEMA kept")
    for table in (*TABLES, "key_event"):
        connection.execute(f"CREATE TABLE kept.{table} AS TABLE relay.{table}".encode())


def restored(connection: psycopg.Connection[Any]) -> None:
    for table in (*TABLES, "key_event"):
        with_hands_free(connection, f"DELETE FROM relay.{table}")
        connection.execute(f"INSERT INTO relay.{table} SELECT * FROM kept.{table}".encode())


async def test_whatever_is_changed_behind_the_relays_back_is_found(
    database: TestDatabase, tmp_path: Path, hands: psycopg.Connection[Any]
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        await fill(relay)
        whole = await checked(relay, signatures=True)
        assert not whole.findings
        assert whole.leaves == whole.signatures > 256
        assert told(whole).startswith("intact: ")
        kept(hands)
        for attack, (statements, expected) in ATTACKS.items():
            with_hands_free(hands, *statements)
            found = await checked(relay)
            assert expected <= {each.damage for each in found.findings}, attack
            restored(hands)
        assert not (await checked(relay)).findings


async def test_a_leaf_that_nobody_signed_is_found_even_if_the_relay_has_signed_the_tree(
    database: TestDatabase, tmp_path: Path, hands: psycopg.Connection[Any]
) -> None:
    """Put in behind the relay's back between two batches, so that the next checkpoint covers it."""
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        (place,) = hands.execute(
            "SELECT max(leaf_index) FROM relay.audit_entry WHERE actor <> decode(repeat('00', 16), 'hex')"
        ).fetchone() or (0,)
        before = await checked(relay, signatures=True)
        assert not before.findings
        with_hands_free(
            hands,
            # The signature's last byte is not the leaf's: only who verifies it can tell.
            "UPDATE relay.audit_entry SET leaf = overlay(leaf PLACING '\\x00'::bytea FROM"
            f" octet_length(leaf) - 100) WHERE leaf_index = {place}",
            "UPDATE relay.audit_leaf SET leaf_hash = sha256('\\x00'::bytea || leaf)"
            " FROM relay.audit_entry AS entry"
            f" WHERE entry.leaf_index = audit_leaf.leaf_index AND entry.leaf_index = {place}",
        )
        del anne
        found = await checked(relay, signatures=True)
        assert Damage.SIGNATURE_INVALID in {each.damage for each in found.findings}


async def test_after_a_hundred_findings_nothing_more_is_looked_at(
    database: TestDatabase, tmp_path: Path, hands: psycopg.Connection[Any]
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        await fill(relay)
        with_hands_free(hands, "UPDATE relay.audit_leaf SET leaf_hash = sha256('')")
        found = await checked(relay)
        assert len(found.findings) == 100
        assert "nothing more was looked at" in told(found)


def run(*arguments: str, command: str = "check") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "relay_server", "audit", command, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    """On the embedded database of a relay that does not run, and beside one that does."""
    data = tmp_path / "data"
    command = [sys.executable, "-m", "relay_server", "serve", "--data", str(data)]
    with subprocess.Popen(
        [*command, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        ready = json.loads(serving.stdout.readline().removeprefix("READY "))
        beside = run("--data", str(data))
        serving.terminate()
    assert (beside.returncode, beside.stderr) == (0, "")
    assert beside.stdout.startswith("intact: ")
    alone = run("--data", str(data), "--signatures")
    assert (alone.returncode, alone.stderr) == (0, "")
    keys = run("--data", str(data), command="keys")
    assert tuple(keys.stdout.split()) == parse_enrolment(ready["enrolment"]).log_keys
    for command_name in ("check", "keys"):
        nowhere = run("--data", str(tmp_path / "elsewhere"), command=command_name)
        assert nowhere.returncode == 1
        assert "there is no" in nowhere.stderr
    assert not (tmp_path / "elsewhere").exists()


async def test_the_exit_code_tells_a_damaged_log_from_an_intact_one(
    database: TestDatabase,
    tmp_path: Path,
    hands: psycopg.Connection[Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        await relay.device()
    login = {
        "url": database.login.url,
        "role": database.login.role,
        "password": database.login.password,
    }
    stored = json.dumps(login | {"is_embedded": False})
    (tmp_path / "database-login").write_text(stored)
    options = ["audit", "check", "--data", str(tmp_path)]
    assert await asyncio.to_thread(main, options) == 0
    assert capsys.readouterr().out.startswith("intact: ")
    with_hands_free(hands, "UPDATE relay.audit_root SET root = sha256('')")
    assert await asyncio.to_thread(main, options) == EXIT_DAMAGED
    said = capsys.readouterr()
    assert "root-changed" in said.out
    assert "Do not serve this database" in said.err
