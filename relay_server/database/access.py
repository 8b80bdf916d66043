# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the relay logs in to its database: the administrator prepares it, the relay's own role uses it.

The administrator is whoever `--database-url` names, or the embedded server's superuser. It makes roles
named after the database: `…_owner` owns everything and cannot log in; `…_app` is what the relay logs in as,
with the few rights of the schema. Duties that the relay's own role must not have are roles of their own. See `relay_server/design/database.md`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import psycopg
from psycopg import sql

from relay_server.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA: Final = "relay"
_APP: Final = "_app"
NEWEST_REVISION: Final = "0011"
LEAST_VERSION: Final = 150_000
_DATABASE_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,47}", re.ASCII)
_LOGIN_PARAMETERS: Final = {"user", "password", "passfile"}
_PREPARE_LOCK: Final = 0x75_68_73
_SETTINGS: Final = {
    "search_path": SCHEMA,
    # A receipt says that something is kept, and a signed checkpoint that the log has it: a server, or a whole
    # database, that is set to acknowledge commits early would make liars of both.
    "synchronous_commit": "on",
    "statement_timeout": "15s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "15s",
}


class Duty(StrEnum):
    """What is kept apart from writing the log, as the end of a role's name."""

    READER = "reader"
    """Counts, and sees nobody's entry."""
    AUDITOR = "auditor"
    """Reads the whole log and changes nothing of it."""
    PURGER = "purger"
    """Erases what the log says has been erased, and reads no entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseLogin:
    """A database, and the name and password of the role to use it with."""

    url: str
    """Connection URL without user and password."""
    role: str
    password: str = field(repr=False)

    def on(self, duty: Duty) -> DatabaseLogin:
        """Return the login for another duty; this one is the relay's own.

        Its password follows from the relay's, which nobody finds out from it: it can be given to who has that duty.
        """
        derived = sha256(b"uhs/1/relay/duty\x00" + duty.encode() + self.password.encode())
        role = f"{self.role.removesuffix(_APP)}_{duty.value}"
        return replace(self, role=role, password=derived.hexdigest())


def ensure_database(server_url: str, name: str) -> None:
    """Create the database unless it exists, over a connection to another one of the same server."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def prepare(url: str, *, password: str) -> DatabaseLogin:
    """Bring roles and schema of a database to this version, and return the relay's own login.

    `url` is the administrator's, `password` what the relay's role gets. Raises StartError when the server is too old, cannot be reached, refuses
    the administrator, or holds the schema of a later version.
    """
    try:
        with psycopg.connect(url) as connection:
            if connection.info.server_version < LEAST_VERSION:
                raise StartError("the database server is older than PostgreSQL 15")
            # For the session: two relays that start together wait for each other.
            connection.execute("SELECT pg_advisory_lock(%s)", [_PREPARE_LOCK])
            owner, app = _role_names(connection.info.dbname)
            login = DatabaseLogin(url=_without_login(url), role=app, password=password)
            duties = {duty: login.on(duty) for duty in Duty}
            _make_roles(connection, owner, (login, *duties.values()))
            connection.commit()
            _upgrade(
                connection,
                {"owner": owner, "app": app} | {duty: duties[duty].role for duty in Duty},
            )
    except psycopg.Error as error:
        # The text of an error names the server and the role, never a password.
        raise StartError(f"the database cannot be prepared: {error}".strip()) from error
    return login


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    kept = [each for each in parse_qsl(parts.query) if each[0] not in _LOGIN_PARAMETERS]
    # Not urlunsplit, which would drop the slashes before an empty host.
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}?{urlencode(kept)}"


def _role_names(database: str) -> tuple[str, str]:
    if not _DATABASE_NAME.fullmatch(database):
        raise StartError(
            "name the database in lower-case letters, digits and underscores, 48 at most"
        )
    return f"{database}_owner", f"{database}{_APP}"


def _make_roles(
    connection: psycopg.Connection[tuple[object, ...]],
    owner: str,
    logins: Sequence[DatabaseLogin],
) -> None:
    for role, may_log_in in ((owner, "NOLOGIN"), *((each.role, "LOGIN") for each in logins)):
        name = sql.Identifier(role)
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if found.fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} NOINHERIT " + may_log_in).format(name))
    database = sql.Identifier(connection.info.dbname)
    statements: list[sql.SQL | sql.Composed] = [
        sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(owner)),
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
        sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(
            sql.Identifier(SCHEMA), sql.Identifier(owner)
        ),
    ]
    for login in logins:
        name = sql.Identifier(login.role)
        # Hashed here, so that neither the server's log nor its statistics can see the password.
        hashed = connection.pgconn.encrypt_password(
            login.password.encode(), login.role.encode(), b"scram-sha-256"
        )
        statements += [
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(hashed.decode())),
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, name),
        ]
        statements += [
            sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} = {}").format(
                name, database, sql.Identifier(setting), sql.Literal(value)
            )
            for setting, value in _SETTINGS.items()
        ]
    for statement in statements:
        connection.execute(statement)


def _upgrade(connection: psycopg.Connection[tuple[object, ...]], roles: Mapping[str, str]) -> None:
    if _revision(connection) == NEWEST_REVISION:
        return
    # Slow to load, and needed once per version of the relay.
    import sqlalchemy  # noqa: PLC0415
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: connection, poolclass=sqlalchemy.StaticPool
    )
    config = Config()
    config.set_main_option("script_location", "relay_server.database:migrations")
    try:
        with engine.connect() as bound:
            config.attributes["connection"] = bound
            config.attributes["roles"] = {
                f"{{{name}}}": f'"{role}"' for name, role in roles.items()
            }
            command.upgrade(config, "head")
    except CommandError as error:
        raise StartError("the database was made by a later version of the relay") from error
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise StartError(f"the database cannot be brought to this version: {error}") from error


def _revision(connection: psycopg.Connection[tuple[object, ...]]) -> object:
    """Return the revision of the schema, None before the first."""
    found = connection.execute("SELECT to_regclass('relay.alembic_version')").fetchone()
    if found is None or found[0] is None:
        return None
    version = connection.execute("SELECT version_num FROM relay.alembic_version").fetchone()
    return None if version is None else version[0]
