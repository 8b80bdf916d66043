# SPDX-License-Identifier: AGPL-3.0-or-later
"""Databases of earlier relays become those of this one, and what they know goes on."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import sqlalchemy
from alembic import command
from alembic.config import Config

from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import KeyEvent
from relay_server.clock import system_clock
from relay_server.database.access import NEWEST_REVISION, ensure_database, prepare
from relay_server.database.embedded import SUPERUSER
from tests.contract.relay_callers import RelayCaller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crypto_core.wire.ids import AccountId
    from relay_server.database.embedded import ServerAddress


@contextlib.contextmanager
def database_of(postgres: ServerAddress, revision: str) -> Iterator[Old]:
    """Yield the database of an earlier relay, with an account in it."""
    name = f"migrated_{secrets.token_hex(6)}"
    ensure_database(postgres.url(SUPERUSER), name)
    url = postgres.url(name)
    prepare(url, password="first")
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA relay CASCADE")
        connection.execute(f"CREATE SCHEMA relay AUTHORIZATION {name}_owner".encode())
        connection.commit()
        upgrade_to(revision, connection, name)
        connection.execute("SET search_path = relay")
        connection.execute("INSERT INTO audit_leaf VALUES (0, sha256(''))")
        if revision < "0004":
            connection.execute("INSERT INTO account VALUES (%s, 'certificate', now())", [bytes(20)])
            connection.execute(
                "INSERT INTO device_list VALUES (%s, 1, sha256('list'), 'list', 0)", [bytes(20)]
            )
        else:
            connection.execute(
                "INSERT INTO account VALUES (%s, 'certificate', now(), 'list')", [bytes(20)]
            )
        yield Old(connection=connection, url=url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """A database and a connection to it."""

    connection: psycopg.Connection[tuple[object, ...]]
    url: str

    def bring_up_to_date(self, *others: AccountId) -> None:
        """Do what a relay of today does when it finds it."""
        self.connection.commit()
        prepare(self.url, password="second")
        assert self.rows("SELECT version_num FROM alembic_version") == [(NEWEST_REVISION,)]
        found = {account for (account,) in self.rows("SELECT account FROM account")}
        assert found == {bytes(20), *others}

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return what is in it."""
        return self.connection.execute(query.encode()).fetchall()


def test_who_registered_before_sign_in_has_no_factors(postgres: ServerAddress) -> None:
    with database_of(postgres, "0001") as old:
        old.bring_up_to_date()
        # Such an account cannot sign in, and nothing pretends otherwise.
        assert old.rows("SELECT count(*) FROM sign_in_credential") == [(0,)]


def test_the_one_telephone_becomes_the_first_of_several_factors(postgres: ServerAddress) -> None:
    with database_of(postgres, "0002") as old:
        old.connection.execute(
            "INSERT INTO totp_factor VALUES (%s, 'sealed', 59000000)", [bytes(20)]
        )
        old.bring_up_to_date()
        # A step that was used before is used afterwards.
        assert old.rows("SELECT account, kind, content, counter, length(factor) FROM factor") == [
            (bytes(20), 2, b"sealed", 59_000_000, 16)
        ]
        assert old.rows(
            "SELECT added_at = registered_at, last_used_at FROM factor JOIN account USING (account)"
        ) == [(True, None)]


def test_lists_that_were_published_before_become_a_history_that_anyone_can_follow(
    postgres: ServerAddress,
) -> None:
    caller = RelayCaller.invent(now=system_clock, random_bytes=secrets.token_bytes)
    for _ in range(2):
        caller.lists.append(caller.next_list())
    with database_of(postgres, "0003") as old:
        old.connection.execute(
            "INSERT INTO account VALUES (%s, %s, now())",
            [caller.account, encode(caller.certificate)],
        )
        for number, signed in enumerate(caller.lists, 1):
            old.connection.execute("INSERT INTO audit_leaf VALUES (%s, sha256(''))", [number])
            old.connection.execute(
                "INSERT INTO device_list VALUES (%s, %s, %s, %s, %s)",
                [caller.account, number, sha256(signed.body), encode(signed), number],
            )
        old.bring_up_to_date(caller.account)
        rows = old.rows(
            "SELECT number, event, head, leaf_index, device_list "
            "FROM key_event JOIN account USING (account) WHERE leaf_index > 0 ORDER BY number"
        )
    history = KeyHistory(account=caller.account)
    for counted, event, head, leaf_index, newest in rows:
        assert isinstance(event, bytes)
        assert isinstance(leaf_index, int)
        history = history.extended(
            decode(KeyEvent, event), log_index=leaf_index, relay_time=system_clock()
        )
        assert (history.number, history.head) == (counted, head)
        assert newest == encode(caller.lists[-1])
    assert history.number == 3


def test_sessions_go_on_and_codes_of_a_minute_do_not(postgres: ServerAddress) -> None:
    with database_of(postgres, "0004") as old:
        old.connection.execute(
            "INSERT INTO device (device, account, pseudonym, request_key, signing_key, is_listed) "
            "VALUES (%(id)s, %(account)s, %(id)s, %(key)s, 'key', true)",
            {"id": bytes(16), "account": bytes(20), "key": bytes(32)},
        )
        old.connection.execute(
            "INSERT INTO authorization_code VALUES "
            "(%(hash)s, %(hash)s, %(hash)s, %(account)s, %(id)s, '{1,2}', now(), NULL)",
            {"hash": bytes(32), "account": bytes(20), "id": bytes(16)},
        )
        old.connection.execute(
            "INSERT INTO session_family "
            "(family, account, device, thumbprint, code_hash, factors, signed_in_at, refreshed_at, expires_at) "
            "VALUES (%(id)s, %(account)s, %(id)s, %(hash)s, %(hash)s, '{1,2}', now(), now(), now())",
            {"hash": bytes(32), "account": bytes(20), "id": bytes(16)},
        )
        old.bring_up_to_date()
        assert old.rows("SELECT count(*) FROM authorization_code") == [(0,)]
        # With which of several telephones it was begun, nobody has noted.
        assert old.rows("SELECT factors, factor FROM session_family") == [([1, 2], None)]
        assert old.rows("SELECT count(*) FROM earlier_credential") == [(0,)]


def upgrade_to(
    revision: str, connection: psycopg.Connection[tuple[object, ...]], name: str
) -> None:
    """Bring the schema to an earlier revision, as the relay of that time did."""
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: connection, poolclass=sqlalchemy.StaticPool
    )
    config = Config()
    config.set_main_option("script_location", "relay_server.database:migrations")
    with engine.connect() as bound:
        config.attributes["connection"] = bound
        config.attributes["roles"] = {"{owner}": f'"{name}_owner"', "{app}": f'"{name}_app"'}
        command.upgrade(config, revision)
