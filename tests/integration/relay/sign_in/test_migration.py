# SPDX-License-Identifier: AGPL-3.0-or-later
"""A database from before sign-in becomes one with it, and its log goes on."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import psycopg
import sqlalchemy
from alembic import command
from alembic.config import Config

from relay_server.database.access import ensure_database, prepare
from relay_server.database.embedded import SUPERUSER

if TYPE_CHECKING:
    from relay_server.database.embedded import ServerAddress


def test_0002_builds_on_0001(postgres: ServerAddress) -> None:
    name = f"migrated_{secrets.token_hex(6)}"
    ensure_database(postgres.url(SUPERUSER), name)
    url = postgres.url(name)
    prepare(url, password="first")
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA relay CASCADE")
        connection.execute(f"CREATE SCHEMA relay AUTHORIZATION {name}_owner".encode())
        connection.commit()
        upgrade_to("0001", connection, name)
        connection.execute(
            "INSERT INTO relay.account VALUES (%s, 'certificate', now())", [bytes(20)]
        )
        connection.commit()
    prepare(url, password="second")
    with psycopg.connect(url) as connection:
        kept = connection.execute("SELECT account FROM relay.account").fetchall()
        assert kept == [(bytes(20),)]
        # Who registered before has no factors, and so cannot sign in; nothing pretends otherwise.
        assert connection.execute("SELECT count(*) FROM relay.sign_in_credential").fetchone() == (
            0,
        )
        version = connection.execute("SELECT version_num FROM relay.alembic_version").fetchone()
        assert version == ("0002",)


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
