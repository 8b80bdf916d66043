# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the relay's own database role cannot do, and how the schema comes to be."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import errors

from relay_server.database.access import NEWEST_REVISION, ensure_database, prepare
from relay_server.database.embedded import SUPERUSER
from relay_server.errors import StartError
from tests.integration.relay.in_process import relay_over

if TYPE_CHECKING:
    from pathlib import Path

    from relay_server.database.embedded import ServerAddress
    from tests.integration.relay.conftest import TestDatabase

LOG_TABLES = ("audit_leaf", "audit_entry", "audit_node", "audit_root")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("table", LOG_TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET {} = {}",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "INSERT INTO {} SELECT * FROM {}",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TABLE {} CASCADE",
    ],
)
def test_the_relay_cannot_change_the_log(
    unchanged_database: TestDatabase, table: str, statement: str
) -> None:
    column = {"audit_node": "position", "audit_root": "size"}.get(table, "leaf_index")
    sql = statement.replace("{}", table, 1).replace("{} = {}", f"{column} = {column}")
    with unchanged_database.as_relay() as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(sql.replace("{}", table).encode())


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE {owner}",
        "CREATE TABLE relay.mine ()",
        "CREATE TABLE public.mine ()",
        "CREATE TEMPORARY TABLE mine ()",
        "CREATE FUNCTION relay.audit_lock() RETURNS void LANGUAGE sql AS 'SELECT'",
        "SELECT relay.mailbox_release('{}')",
        "SELECT relay.account_claim_keys('', '{}', 0)",
        "SELECT * FROM relay.public_key",
        "INSERT INTO relay.account VALUES ('', '', now())",
        "UPDATE relay.device SET is_listed = true",
        "INSERT INTO relay.envelope SELECT * FROM relay.envelope",
        "DELETE FROM relay.delivery",
        "UPDATE relay.delivery SET leaf_index = 1",
        "UPDATE relay.audit_timestamp SET made_at = now()",
        "DELETE FROM relay.audit_timestamp",
        "TRUNCATE relay.audit_timestamp",
        "DELETE FROM relay.audit_timestamping",
        "UPDATE relay.blob SET account = ''",
        "COPY relay.account TO PROGRAM 'true'",
        "SELECT pg_read_file('postgresql.conf')",
        "ALTER TABLE relay.delivery DISABLE ROW LEVEL SECURITY",
        "DROP POLICY delivery_own ON relay.delivery",
    ],
)
def test_the_relay_has_no_other_rights(unchanged_database: TestDatabase, statement: str) -> None:
    sql = statement.replace("{owner}", unchanged_database.owner)
    with unchanged_database.as_relay() as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(sql.encode())


@pytest.mark.parametrize("table", LOG_TABLES)
def test_not_even_the_owner_changes_the_log(database: TestDatabase, table: str) -> None:
    """ENABLE ALWAYS: a session that plays replica fires the triggers too."""
    column = {"audit_node": "position", "audit_root": "size"}.get(table, "leaf_index")
    with database.as_superuser() as connection:
        connection.execute("INSERT INTO relay.audit_leaf VALUES (0, sha256(''))")
        connection.execute(
            "INSERT INTO relay.audit_entry VALUES (0, %s, 0, sha256(''), '')", [bytes(16)]
        )
        connection.execute("INSERT INTO relay.audit_node VALUES (8, 0, sha256(''))")
        connection.execute("INSERT INTO relay.audit_root VALUES (1, sha256(''))")
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"SET ROLE {database.owner}".encode())
        for statement in (
            "UPDATE relay.{} SET {} = {}",
            "DELETE FROM relay.{}",
            "TRUNCATE relay.{} CASCADE",
        ):
            sql = statement.format(table, column, column)
            with pytest.raises(psycopg.Error) as caught:
                connection.execute(sql.encode())
            assert caught.value.sqlstate == "UH009"


def test_not_even_the_owner_changes_a_timestamp(database: TestDatabase) -> None:
    with database.as_superuser() as connection:
        connection.execute(
            "INSERT INTO relay.audit_timestamp (number, size, note, token, hash, token_hash, made_at, valid_until) "
            "VALUES (1, 1, 'note', 'token', 'sha512', sha512('token'), now(), now())"
        )
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"SET ROLE {database.owner}".encode())
        for sql in (
            b"UPDATE relay.audit_timestamp SET made_at = now()",
            b"DELETE FROM relay.audit_timestamp",
            b"TRUNCATE relay.audit_timestamp",
        ):
            with pytest.raises(psycopg.Error) as caught:
                connection.execute(sql)
            assert caught.value.sqlstate == "UH009"


def test_the_owner_cannot_log_in(unchanged_database: TestDatabase) -> None:
    with unchanged_database.as_superuser() as connection:
        roles = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles "
            "WHERE rolname IN (%s, %s) ORDER BY rolname",
            [unchanged_database.login.role, unchanged_database.owner],
        ).fetchall()
    assert roles == [
        (unchanged_database.login.role, True, False, False, False, False),
        (unchanged_database.owner, False, False, False, False, False),
    ]


def test_every_object_belongs_to_the_owner(unchanged_database: TestDatabase) -> None:
    with unchanged_database.as_superuser() as connection:
        others = connection.execute(
            """
            SELECT relname::text FROM pg_class WHERE relnamespace = 'relay'::regnamespace
                AND relkind IN ('r', 'S', 'v') AND relowner <> %(owner)s::regrole AND relname <> 'alembic_version'
            UNION ALL
            SELECT proname::text FROM pg_proc WHERE pronamespace = 'relay'::regnamespace
                AND (proowner <> %(owner)s::regrole OR prosecdef AND proconfig IS NULL)
            """,
            {"owner": unchanged_database.owner},
        ).fetchall()
    assert others == []


def test_a_wrong_password_does_not_open_the_database(unchanged_database: TestDatabase) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            unchanged_database.login.url, user=unchanged_database.login.role, password="guess"
        )


def test_a_stranger_role_cannot_connect(unchanged_database: TestDatabase) -> None:
    stranger = f"stranger_{secrets.token_hex(4)}"
    with unchanged_database.as_superuser() as connection:
        connection.execute(f"CREATE ROLE {stranger} LOGIN PASSWORD 'known'".encode())
        try:
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                psycopg.connect(unchanged_database.login.url, user=stranger, password="known")
        finally:
            connection.execute(f"DROP ROLE {stranger}".encode())


@pytest.mark.anyio
async def test_a_session_sees_the_one_mailbox_it_names(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path) as relay:
        alice, bob, carol = [await relay.device() for _ in range(3)]
        await alice.post_to(bob)
        await bob.post_to(carol)
        with database.as_relay() as connection:
            seen = {}
            for name, device in (
                ("nobody", None),
                ("alice", alice),
                ("bob", bob),
                ("carol", carol),
            ):
                mailbox = "" if device is None else device.caller.device.hex()
                connection.execute("SELECT set_config('relay.mailbox', %s, false)", [mailbox])
                counts = connection.execute(
                    "SELECT (SELECT count(*) FROM delivery), (SELECT count(*) FROM envelope)"
                ).fetchone()
                seen[name] = counts
    # Of envelopes, the senders see their own, too.
    assert seen == {"nobody": (0, 0), "alice": (0, 1), "bob": (1, 2), "carol": (1, 1)}


def test_the_relay_waits_for_the_disk_whatever_the_database_is_set_to(
    database: TestDatabase,
) -> None:
    with database.as_superuser() as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'.encode())
        connection.commit()
    with database.as_superuser() as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("off",)
    with database.as_relay() as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_the_newest_revision_is_the_head_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", "relay_server.database:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST_REVISION]


def test_preparing_again_changes_nothing_but_the_password(database: TestDatabase) -> None:
    with database.as_relay():
        pass
    again = prepare(database.superuser_url, password="another one")
    assert again.role == database.login.role
    with pytest.raises(psycopg.OperationalError), database.as_relay():
        pass
    with psycopg.connect(again.url, user=again.role, password=again.password):
        pass


def test_a_database_of_a_later_version_is_refused(database: TestDatabase) -> None:
    with database.as_superuser() as connection:
        connection.execute("UPDATE relay.alembic_version SET version_num = '9999'")
    with pytest.raises(StartError, match="later version"):
        prepare(database.superuser_url, password="any")


def test_an_administrator_without_rights_is_told(unchanged_database: TestDatabase) -> None:
    url = unchanged_database.login.url.replace(
        "postgresql://",
        f"postgresql://{unchanged_database.login.role}:{unchanged_database.login.password}@",
    )
    with pytest.raises(StartError, match="cannot be prepared"):
        prepare(url, password="any")


def test_a_name_that_needs_quoting_is_refused(postgres: ServerAddress) -> None:
    name = "Relay-1"
    ensure_database(postgres.url(SUPERUSER), name)
    with pytest.raises(StartError, match="lower-case"):
        prepare(postgres.url(name), password="any")
    with psycopg.connect(postgres.url(SUPERUSER), autocommit=True) as connection:
        connection.execute('DROP DATABASE "Relay-1"')


def test_passwords_never_reach_the_servers_log(unchanged_database: TestDatabase) -> None:
    """The password travels as its SCRAM verifier only."""
    with unchanged_database.as_superuser() as connection:
        connection.execute("SET log_statement = 'all'")
        shadow = connection.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", [unchanged_database.login.role]
        ).fetchone()
    assert shadow is not None
    assert shadow[0].startswith("SCRAM-SHA-256$")
    assert unchanged_database.login.password not in repr(unchanged_database.login)
