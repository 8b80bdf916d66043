# SPDX-License-Identifier: AGPL-3.0-or-later
"""The technical log is erased at the end of its time: what stays is proven as before, and nothing goes unrecorded."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
from psycopg import errors

from crypto_core.trust.audit import CHAIN_START, read_relay_leaf
from crypto_core.trust.checkpoints import verify_checkpoint
from crypto_core.trust.merkle import leaf_hash, verify_consistency, verify_inclusion
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import (
    Administered,
    AdministratorAct,
    AuditLeaf,
    EntriesErased,
    SignatureInvalid,
    Verb,
)
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import RELAY_PSEUDONYM
from relay_server.audit.check import ContinuedCheck, Damage
from relay_server.audit.checkpoint_file import CheckpointFile
from relay_server.audit.commands import EXIT_DAMAGED
from relay_server.audit.life import set_life
from relay_server.audit.purger import Purger
from relay_server.database.access import Duty
from relay_server.database.pool import open_database
from relay_server.errors import StartError
from relay_server.main import main
from tests.integration.relay.in_process import SetClock, relay_over
from tests.integration.relay.test_audit_check import checked, fill, with_hands_free
from tests.integration.relay.test_journal import acts, append, assert_proven, read, statement_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from crypto_core.wire.relay_api import JournalPage
    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import RunningRelay

pytestmark = pytest.mark.anyio

A_YEAR: Final = 366
LOG_TABLES: Final = (
    "audit_leaf",
    "audit_entry",
    "audit_node",
    "audit_root",
    "journal_entry",
    "audit_day",
    "audit_life",
    "audit_erasure",
    "audit_erasing",
)


def days_pass(database: TestDatabase, days: int) -> None:
    """Note that the log was there on so many further days, as the purger does on each of them."""
    with database.as_superuser() as connection:
        connection.execute(
            """
            INSERT INTO relay.audit_day (day, size)
                SELECT current_date - %(days)s + step, (SELECT max(leaf_index) + 1 FROM relay.audit_leaf)
                FROM generate_series(0, %(days)s) AS step
            ON CONFLICT DO NOTHING
            """,
            {"days": days},
        )


def of_a_year_ago() -> SetClock:
    clock = SetClock()
    clock.advance(days=-A_YEAR - 2)
    return clock


@contextlib.asynccontextmanager
async def purger_of(database: TestDatabase, relay: RunningRelay) -> AsyncIterator[Purger]:
    async with open_database(database.login.on(Duty.PURGER)) as purging:
        yield Purger(purging, announce=relay.relay.sign_in.journal.wake)


async def purge(database: TestDatabase, relay: RunningRelay) -> int:
    """Erase everything that is due; return how many entries went."""
    erased = 0
    async with purger_of(database, relay) as purger:
        while True:
            purged = await purger.purge()
            erased += purged.entries
            if not purged.waits:
                return erased
            await relay.relay.sign_in.journal.report_waiting()


async def said_by_relay(relay: RunningRelay, verb: Verb, content: type[Any]) -> list[Any]:
    """Read what the log says with this verb."""
    key = relay.relay.log._identity.ed25519.public_key
    async with relay.database.session() as session:
        rows = await session.fetch(
            "SELECT leaf FROM audit_entry WHERE actor = $1 ORDER BY leaf_index", RELAY_PSEUDONYM
        )
    return [
        read_relay_leaf(content, row["leaf"], verb=verb, log_key=key)[0]
        for row in rows
        if statement_in(row["leaf"]).verb is verb
    ]


async def entries(relay: RunningRelay) -> set[int]:
    async with relay.database.session() as session:
        return {row[0] for row in await session.fetch("SELECT leaf_index FROM audit_entry")}


async def size_of(relay: RunningRelay) -> int:
    async with relay.database.session() as session:
        size: int = await session.fetchval("SELECT max(leaf_index) + 1 FROM audit_leaf")
    return size


def unexplained(relay: RunningRelay, page: JournalPage) -> list[int]:
    """Return the leaves before which something is missing that the relay has not said to have erased."""
    before = 0
    if page.erased is not None:
        tree = verify_checkpoint(page.checkpoint, log=relay.relay.log._identity).checkpoint
        verify_inclusion(
            leaf_hash=leaf_hash(page.erased.leaf),
            index=page.erased.index,
            size=tree.size,
            path=page.erased.path,
            root=tree.root,
        )
        said, _ = read_relay_leaf(
            EntriesErased,
            page.erased.leaf,
            verb=Verb.ENTRIES_ERASED,
            log_key=relay.relay.log._identity.ed25519.public_key,
        )
        before = said.before
    gaps = []
    heads: dict[bytes, tuple[int, bytes, int]] = {}
    for item in page.items:
        statement = statement_in(item.proof.leaf)
        if statement.actor == RELAY_PSEUDONYM:
            continue
        number, previous, since = heads.get(statement.actor, (0, CHAIN_START, 0))
        is_next = (statement.sequence, statement.previous) == (number, previous)
        if not is_next and (statement.sequence <= number or since >= before):
            gaps.append(item.proof.index)
        wrapped = decode(AuditLeaf, item.proof.leaf)
        heads[statement.actor] = (
            statement.sequence + 1,
            sha256(wrapped.statement),
            wrapped.relay_time,
        )
    return gaps


async def test_after_its_time_an_entry_is_gone_and_everything_is_proven_as_before(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path, clock=of_a_year_ago()) as relay:
        anne, paul = await relay.device(), await relay.device()
        kept = await append(anne, acts(anne, 20))
        early = verify_checkpoint(kept.checkpoint, log=relay.relay.log._identity).checkpoint
        whole = await entries(relay)
        days_pass(database, A_YEAR)
        relay.clock.advance(days=A_YEAR + 2)
        await append(anne, acts(anne, 2))
        await anne.post_to(paul)

        erased = await purge(database, relay)
        assert erased >= 20
        assert len(whole - await entries(relay)) == erased
        # Said once, before it was done, by the relay.
        (said,) = await said_by_relay(relay, Verb.ENTRIES_ERASED, EntriesErased)
        assert (said.entries, said.life_months) == (erased, 12)
        assert all(index < said.below for index in whole - await entries(relay))
        # The receipts of erased entries, consistency with an old checkpoint, the whole.
        proof = kept.proofs[0]
        assert proof.index not in await entries(relay)
        verify_inclusion(
            leaf_hash=leaf_hash(proof.leaf),
            index=proof.index,
            size=early.size,
            path=proof.path,
            root=early.root,
        )
        latest = verify_checkpoint(
            relay.relay.log.checkpoint(), log=relay.relay.log._identity
        ).checkpoint
        consistency = await relay.relay.log.consistency(early.size, latest.size)
        verify_consistency(
            first_size=early.size,
            second_size=latest.size,
            first_root=early.root,
            second_root=latest.root,
            path=consistency.path,
        )
        check = await checked(relay, signatures=True)
        assert not check.findings
        assert check.erased == erased
        # A computer that was away for all that time explains every gap from the page on which it is.
        for device in (anne, paul):
            page = await read(device, limit=3)
            assert unexplained(relay, page) == []
            assert_proven(relay, await read(device))
            assert unexplained(relay, await read(device)) == []
        assert not {each.proof.index for each in (await read(anne)).items} & {proof.index}
        # Chains go on from heads that were kept, and so does the mail.
        await append(anne, acts(anne, 1))
        assert len((await paul.mailbox()).items) == 1
    # The next start compares tree, checkpoint and keys with what is left.
    async with relay_over(database.login, tmp_path) as again:
        assert not (await checked(again)).findings


async def test_what_is_evidence_for_a_letter_that_waits_is_not_erased(
    database: TestDatabase, tmp_path: Path
) -> None:
    """Nor keys, their map, assurances and the heads of chains, whatever their age (R-17)."""
    async with relay_over(database.login, tmp_path, clock=of_a_year_ago()) as relay:
        anne, paul = await relay.device(), await relay.device()
        await anne.post_to(paul)
        await append(anne, acts(anne, 3))
        days_pass(database, A_YEAR)
        with database.as_superuser() as connection:
            evidence = {
                index
                for (index,) in connection.execute(
                    """
                    SELECT leaf_index FROM relay.envelope UNION SELECT leaf_index FROM relay.delivery
                    UNION SELECT leaf_index FROM relay.key_event UNION SELECT leaf_index FROM relay.key_map
                    UNION (SELECT max(leaf_index) FROM relay.audit_entry WHERE actor <> %s GROUP BY actor)
                    """,
                    [RELAY_PSEUDONYM],
                ).fetchall()
            }
        assert await purge(database, relay)
        assert evidence <= await entries(relay)
        assert len((await paul.mailbox()).items) == 1
        assert not (await checked(relay)).findings


async def test_nothing_goes_before_its_time(database: TestDatabase, tmp_path: Path) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        await fill(relay)
        days_pass(database, A_YEAR - 1)
        assert await purge(database, relay) == 0
        await set_life(relay.database, 6)
        assert await purge(database, relay) > 0
        await relay.relay.sign_in.journal.report_waiting()
        (changed,) = await said_by_relay(relay, Verb.ADMINISTERED, Administered)
        assert (changed.act, changed.months) == (AdministratorAct.LIFE_CHANGED, 6)
        # The same again is no change.
        assert not await set_life(relay.database, 6)
        assert not (await checked(relay)).findings


@pytest.mark.parametrize("months", [5, 37])
async def test_no_life_outside_the_law(
    unchanged_database: TestDatabase, months: int, tmp_path: Path
) -> None:
    """Neither from the command line nor from the relay's own session."""
    options = ["serve", "--data", str(tmp_path / "data"), "--log-life-months", str(months)]
    assert main(options) == 2
    with unchanged_database.as_relay() as connection, pytest.raises(errors.CheckViolation):
        connection.execute("SELECT audit_set_life(%s::smallint, '')", [months])


async def test_a_clock_set_to_2099_erases_nothing(database: TestDatabase, tmp_path: Path) -> None:
    """The day counts as one day, however late; and what is then said to clients is not about the future."""
    async with relay_over(database.login, tmp_path, clock=of_a_year_ago()) as relay:
        anne = await relay.device()
        await append(anne, acts(anne, 3))
        days_pass(database, A_YEAR // 2)
        late = "INSERT INTO relay.audit_day (day, size) SELECT '2099-01-01', max(size) FROM relay.audit_day"
        with database.as_superuser() as connection:
            connection.execute(late)
        relay.clock.advance(days=72 * 365)
        await relay.device()
        assert await purge(database, relay) == 0
        # The clock is right again for a year, and the day by which entries go is the wrong one.
        relay.clock.advance(days=-72 * 365 + A_YEAR + 2)
        with database.as_superuser() as connection:
            connection.execute("DELETE FROM relay.audit_day")
            connection.execute(
                "INSERT INTO relay.audit_day (day, size)"
                " SELECT '2099-01-01', max(leaf_index) + 1 FROM relay.audit_leaf"
            )
        days_pass(database, A_YEAR - 1)
        assert await purge(database, relay) > 0
        said = await said_by_relay(relay, Verb.ENTRIES_ERASED, EntriesErased)
        assert all(each.before <= relay.clock() for each in said)


async def test_a_purger_killed_at_any_step_goes_on_where_it_was(
    database: TestDatabase, tmp_path: Path
) -> None:
    """Between choosing, saying and erasing, and in the middle of erasing: nothing is ever missing unsaid."""
    async with relay_over(database.login, tmp_path, clock=of_a_year_ago()) as relay:
        await fill(relay)
        days_pass(database, A_YEAR)
        journal = relay.relay.sign_in.journal
        with database.on(Duty.PURGER) as purger:
            # Nothing is erased that is only chosen, or whose leaf only waits.
            purger.execute("SELECT audit_plan_erasure(10000)")
            assert purger.execute("SELECT audit_erase(10)").fetchone() == (0,)
        assert not (await checked(relay)).findings
        async with purger_of(database, relay) as first:
            assert (await first.purge()).waits
        with database.on(Duty.PURGER) as purger:
            assert purger.execute("SELECT audit_erase(10)").fetchone() == (0,)
        assert not (await checked(relay)).findings
        await journal.report_waiting()
        # In the middle of a transaction of the purger the connection breaks.
        with contextlib.suppress(psycopg.OperationalError), database.on(Duty.PURGER) as purger:
            purger.autocommit = False
            purger.execute("SELECT audit_erase(10)")
            with database.as_superuser() as killer:
                killer.execute("SELECT pg_terminate_backend(%s)", [purger.info.backend_pid])
        assert (await checked(relay)).erased == 0
        with database.on(Duty.PURGER) as purger:
            assert purger.execute("SELECT audit_erase(10)").fetchone() == (10,)
        middle = await checked(relay)
        assert not middle.findings
        assert middle.erased == 10
    async with relay_over(database.login, tmp_path) as again:
        assert await purge(database, again) > 200
        whole = await checked(again)
        assert not whole.findings
        said = await said_by_relay(again, Verb.ENTRIES_ERASED, EntriesErased)
        assert sum(each.entries for each in said) == whole.erased


KILLED: Final = """
import asyncio, json, sys
from relay_server.audit import purger
from relay_server.database.access import DatabaseLogin
from relay_server.database.pool import open_database

purger._AT_A_TIME = 1

async def main():
    async with open_database(DatabaseLogin(**json.load(sys.stdin))) as database:
        await purger.Purger(database, announce=lambda: None).purge()

asyncio.run(main())
"""


def started(*command: str, sent: str = "") -> subprocess.Popen[str]:
    """Start a process, which has to be waited for."""
    process = subprocess.Popen(
        [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    process.stdin.write(sent)
    process.stdin.close()
    return process


async def test_kill_9_in_the_middle_of_a_purge_leaves_nothing_unsaid(
    database: TestDatabase, tmp_path: Path
) -> None:
    """A process of the purger's own, between two of some three hundred transactions."""
    async with relay_over(database.login, tmp_path, clock=of_a_year_ago()) as relay:
        await fill(relay)
        days_pass(database, A_YEAR)
        async with purger_of(database, relay) as planning:
            assert (await planning.purge()).waits
        await relay.relay.sign_in.journal.report_waiting()
        before = await entries(relay)
        login = json.dumps(asdict(database.login.on(Duty.PURGER)))
        with started("-c", KILLED, sent=login) as killed:
            while len(await entries(relay)) == len(before):
                assert killed.poll() is None
            killed.kill()
        left = await checked(relay)
        assert not left.findings
        (said,) = await said_by_relay(relay, Verb.ENTRIES_ERASED, EntriesErased)
        assert 0 < left.erased < said.entries
    async with relay_over(database.login, tmp_path) as again:
        assert await purge(database, again) > 0
        assert not (await checked(again)).findings


async def test_two_relays_append_while_the_purger_works(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path, clock=of_a_year_ago()) as relay:
        await fill(relay)
        days_pass(database, A_YEAR)
        # The second relay has the same log key: a copy of the first one's folder.
        other = tmp_path.with_name(f"{tmp_path.name}-other")
        other.mkdir()
        for name in ("log-key", "sign-in-key"):
            (other / name).write_bytes((tmp_path / name).read_bytes())
            (other / name).chmod(0o600)
        async with relay_over(database.login, other, clock=relay.clock) as second:
            await asyncio.gather(
                fill(relay), fill(second), purge(database, relay), purge(database, second)
            )
            whole = await checked(second)
            assert not whole.findings
            said = await said_by_relay(second, Verb.ENTRIES_ERASED, EntriesErased)
            assert sum(each.entries for each in said) == whole.erased > 200


async def test_the_auditor_finds_what_is_erased_without_a_word(
    database: TestDatabase, tmp_path: Path
) -> None:
    """One more than was said, or an older copy of what was erased."""
    async with relay_over(database.login, tmp_path, clock=of_a_year_ago()) as relay:
        await fill(relay)
        days_pass(database, A_YEAR)
        with database.as_superuser() as hands:
            hands.execute("CREATE TABLE relay.yesterday AS TABLE relay.audit_entry")
            assert await purge(database, relay)
            present = sorted(await entries(relay))
            (gone,) = hands.execute(
                "SELECT max(leaf_index) FROM relay.yesterday"
                " WHERE leaf_index NOT IN (SELECT leaf_index FROM relay.audit_entry)"
            ).fetchone() or (0,)
            # Yesterday's copy of one entry put back.
            back = f"INSERT INTO relay.audit_entry SELECT * FROM relay.yesterday WHERE leaf_index = {gone}"  # noqa: S608
            with_hands_free(hands, back)
            assert {each.damage for each in (await checked(relay)).findings} == {Damage.ENTRY_BACK}
            # One more taken out than was said.
            last = max(index for index in present if index < gone)
            for index in (gone, last):
                with_hands_free(hands, f"DELETE FROM relay.audit_entry WHERE leaf_index = {index}")  # noqa: S608
            found = {each.damage for each in (await checked(relay)).findings}
            assert Damage.ENTRY_MISSING in found


async def test_yesterdays_dump_after_a_purge_does_not_start(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path, clock=of_a_year_ago()) as relay:
        await fill(relay)
        days_pass(database, A_YEAR)
        with database.as_superuser() as hands:
            hands.execute("CREATE SCHEMA yesterday")
            for table in (*LOG_TABLES, "key_map"):
                hands.execute(f"CREATE TABLE yesterday.{table} AS TABLE relay.{table}".encode())
            assert await purge(database, relay)
            for table in ("audit_erasing", "audit_erasure", *LOG_TABLES[:5], "key_map"):
                with_hands_free(
                    hands,
                    f"ALTER TABLE relay.{table} DISABLE TRIGGER ALL",
                    f"DELETE FROM relay.{table}",  # noqa: S608
                )
            for table in (*LOG_TABLES[:5], "key_map"):
                hands.execute(
                    f"INSERT INTO relay.{table} SELECT * FROM yesterday.{table}".encode()  # noqa: S608
                )
    with pytest.raises(StartError, match="older copy"):
        async with relay_over(database.login, tmp_path):
            pass


TRIES: Final = {
    Duty.READER: (
        "SELECT leaf FROM audit_entry",
        "SELECT sealed FROM journal_entry",
        "SELECT actor FROM audit_entry",
        "SELECT certificate FROM account",
        "SELECT entry FROM directory_entry",
        "INSERT INTO audit_look (size, signatures, findings) VALUES (1, true, 0)",
        "SELECT audit_erase(1)",
        "SELECT administered('')",
    ),
    Duty.AUDITOR: (
        "SELECT sealed FROM journal_entry",
        "SELECT body FROM envelope",
        "SELECT request_key FROM device",
        "INSERT INTO audit_leaf VALUES (0, sha256(''))",
        "UPDATE audit_root SET root = sha256('')",
        "DELETE FROM audit_look",
        "UPDATE audit_look SET findings = 0",
        "SELECT audit_append(0, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '')",
        "SELECT audit_plan_erasure(1)",
        "SELECT audit_erase(1)",
        "SELECT audit_checked(1000, '{}')",
    ),
    Duty.PURGER: (
        "SELECT leaf FROM audit_entry",
        "DELETE FROM audit_entry",
        "DELETE FROM journal_entry",
        "DELETE FROM audit_leaf",
        "TRUNCATE audit_entry",
        "INSERT INTO audit_erasing VALUES (0, 1)",
        "UPDATE audit_erasure SET leaf_index = 0",
        "INSERT INTO audit_erasure (below, before, entries, life_months) VALUES (9, now(), 9, 12)",
        "INSERT INTO audit_day (day, size) VALUES ('2020-01-01', 9)",
        "UPDATE audit_life SET months = 6",
        "SELECT audit_set_life(6::smallint, '')",
        "INSERT INTO waiting_leaf (verb, content) VALUES (64, '')",
        "SELECT waiting_leaf_appended('{0}', '{1}')",
        "SELECT audit_append(0, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '')",
        "DELETE FROM envelope",
    ),
    None: (
        "DELETE FROM audit_entry",
        "DELETE FROM journal_entry",
        "SELECT audit_plan_erasure(1)",
        "SELECT audit_announce_erasure(1, '')",
        "SELECT audit_erase(1)",
        "SELECT audit_note_day()",
        "INSERT INTO audit_day (day, size) VALUES ('2020-01-01', 9)",
        "UPDATE audit_life SET months = 6",
        "UPDATE audit_progress SET next_index = 9",
        "INSERT INTO audit_look (size, signatures, findings) VALUES (1, true, 0)",
        "INSERT INTO waiting_leaf (verb, content) VALUES (72, '')",
    ),
}


@pytest.mark.parametrize(
    ("duty", "statement"),
    [(duty, statement) for duty, tries in TRIES.items() for statement in tries],
)
def test_nobody_does_what_is_anothers_duty(
    unchanged_database: TestDatabase, duty: Duty | None, statement: str
) -> None:
    """The writer, which is no duty of its own here, cannot erase; who erases can neither write nor choose."""
    login = unchanged_database.login if duty is None else unchanged_database.login.on(duty)
    with (
        unchanged_database.as_role(login) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize("duty", list(Duty))
def test_no_duty_becomes_another_role(unchanged_database: TestDatabase, duty: Duty) -> None:
    others = {unchanged_database.owner, unchanged_database.login.role} | {
        unchanged_database.login.on(other).role for other in Duty if other is not duty
    }
    with unchanged_database.on(duty) as connection:
        for role in others:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(f"SET ROLE {role}".encode())
    login = unchanged_database.login.on(duty)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(login.url, user=login.role, password=unchanged_database.login.password)


async def test_the_owner_erases_nothing_that_the_log_does_not_say(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        await fill(relay)
        with database.as_superuser() as connection:
            connection.execute(f"SET ROLE {database.owner}".encode())
            for table in ("audit_entry", "journal_entry"):
                with pytest.raises(psycopg.Error) as caught:
                    connection.execute(f"DELETE FROM relay.{table} WHERE leaf_index = 5".encode())  # noqa: S608
                assert caught.value.sqlstate == "UH009"


async def test_a_false_second_half_becomes_an_entry_of_the_log(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne, paul = await relay.device(), await relay.device()
        request = acts(anne, 1)
        (act,) = request.acts
        signature = act.statement.signature
        false = bytes(len(signature.ml_dsa_65))
        signed = replace(act.statement, signature=replace(signature, ml_dsa_65=false))
        receipts = await append(anne, replace(request, acts=(replace(act, statement=signed),)))
        while await relay.relay.auditor.check_next():
            pass
        await relay.relay.sign_in.journal.report_waiting()
        (incident,) = await said_by_relay(relay, Verb.SIGNATURE_INVALID, SignatureInvalid)
        assert incident.leaf_index == receipts.proofs[0].index
        assert incident.account == anne.caller.account
        # In the journal of whom it is about, and in no other.
        for device, expected in ((anne, 1), (paul, 0)):
            verbs = [statement_in(each.proof.leaf).verb for each in (await read(device)).items]
            assert verbs.count(Verb.SIGNATURE_INVALID) == expected


def stored_login(database: TestDatabase, folder: Path) -> None:
    """Let the operator's commands find the database of a test."""
    login = asdict(database.login) | {"is_embedded": False}
    (folder / "database-login").write_text(json.dumps(login))


async def test_what_the_operator_does_is_in_the_log_and_the_status_counts_it(
    database: TestDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await relay.device()
        stored_login(database, tmp_path)

        async def operate(*options: str) -> str:
            command = [*options[:2], "--data", str(tmp_path), *options[2:]]
            assert await asyncio.to_thread(main, command) == 0
            return capsys.readouterr().out

        code = (await operate("admin", "invite")).strip()
        await operate("admin", "restored")
        state = json.loads(await operate("audit", "status", "--json"))
        assert state["waiting_leaves"] == 2
        assert (state["accounts"], state["accounts_without_identity"]) == (1, 1)
        assert state["checked_at"] is None
        await relay.relay.sign_in.journal.report_waiting()
        await operate("audit", "check", "--signatures")
        state = json.loads(await operate("audit", "status", "--json"))
        assert (state["waiting_leaves"], state["findings"]) == (0, 0)
        assert state["checked_leaves"] == state["leaves"] == await size_of(relay)
        assert "intact" in await operate("audit", "status")
        said = await said_by_relay(relay, Verb.ADMINISTERED, Administered)
        assert [each.act for each in said] == [
            AdministratorAct.INVITED,
            AdministratorAct.RESTORED,
        ]
        # Not the code itself, nor anything it could be found from.
        async with relay.database.session() as session:
            leaves = await session.fetch("SELECT leaf FROM audit_entry")
        assert not any(code.encode() in row["leaf"] for row in leaves)
        assert anne.caller.account not in {each.account for each in said}
        assert "0 entries" in await operate("admin", "purge")
        days_pass(database, A_YEAR)
        purging = asyncio.create_task(operate("admin", "purge"))
        while not purging.done():
            # What the relay that runs does by itself, every half minute.
            await relay.relay.sign_in.journal.report_waiting()
        erased = int((await purging).split()[0])
        state = json.loads(await operate("audit", "status", "--json"))
        assert state["entries_erased"] == erased > 0
        assert (state["entries_to_erase"], state["erasures"] > 0) == (0, True)
        assert (await said_by_relay(relay, Verb.ADMINISTERED, Administered))[
            -1
        ].act is AdministratorAct.ERASURE_BEGUN


async def test_a_check_that_goes_on_ends_with_damage_or_when_it_is_interrupted(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        await relay.device()
    stored_login(database, tmp_path)
    command = ("-m", "relay_server", "audit", "check", "--data", str(tmp_path), "--continuous")
    with started(*command) as checking:
        assert checking.stdout is not None
        assert checking.stdout.readline().startswith("intact: ")
        checking.send_signal(signal.SIGINT)
        assert checking.wait() == 0
    with database.as_superuser() as hands:
        with_hands_free(hands, "UPDATE relay.audit_root SET root = sha256('')")
    with started(*command) as checking:
        assert checking.wait() == EXIT_DAMAGED
        assert checking.stdout is not None
        assert "root-changed" in checking.stdout.read()


async def test_a_check_that_goes_on_looks_at_what_is_new_and_at_what_it_knew(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        anne = await fill(relay)
        identity = relay.relay.log._identity
        file = CheckpointFile(relay.folder.checkpoint)
        async with open_database(database.login.on(Duty.AUDITOR)) as auditing:
            check = ContinuedCheck(identity, verifies_signatures=True)

            async def look() -> set[Damage]:
                remembered = file.load(identity)
                async with auditing.session() as session:
                    found = await check.go_on(session, remembered)
                assert found.leaves <= await size_of(relay)
                return {each.damage for each in found.findings}

            assert await look() == set()
            before = await size_of(relay)
            await append(anne, acts(anne, 30))
            assert await look() == set()
            assert await size_of(relay) == before + 30
            # Nothing new, and nothing wrong; nor is there when what was seen comes to its end.
            assert await look() == set()
            days_pass(database, A_YEAR)
            async with purger_of(database, relay) as purger:
                assert (await purger.purge()).waits
                await relay.relay.sign_in.journal.report_waiting()
                again = ContinuedCheck(identity, verifies_signatures=False)
                async with auditing.session() as session:
                    assert not (await again.go_on(session, None)).findings
                assert await purge(database, relay) > 0
                async with auditing.session() as session:
                    assert not (await again.go_on(session, None)).findings
            assert await look() == set()
            newest = await size_of(relay)
            await append(anne, acts(anne, 3))
            with database.as_superuser() as hands:
                with_hands_free(
                    hands,
                    f"DELETE FROM relay.audit_entry WHERE leaf_index = {newest + 1}",  # noqa: S608
                )
            assert Damage.ENTRY_MISSING in await look()


async def test_a_shorter_log_ends_a_check_that_goes_on(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        await fill(relay)
        identity = relay.relay.log._identity
        async with open_database(database.login.on(Duty.AUDITOR)) as auditing:
            check = ContinuedCheck(identity, verifies_signatures=False)
            async with auditing.session() as session:
                assert not (await check.go_on(session, None)).findings
            with database.as_superuser() as hands:
                with_hands_free(
                    hands,
                    "DELETE FROM relay.audit_entry WHERE leaf_index >= 200",
                    "DELETE FROM relay.audit_leaf WHERE leaf_index >= 200",
                    "DELETE FROM relay.audit_root WHERE size > 200",
                )
            # Without a checkpoint outside the database: what was seen a moment ago is enough.
            async with auditing.session() as session:
                found = {each.damage for each in (await check.go_on(session, None)).findings}
            assert {Damage.SHORTER_THAN_SIGNED, Damage.ROOT_CHANGED} <= found
