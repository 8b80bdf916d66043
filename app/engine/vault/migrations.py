# SPDX-License-Identifier: AGPL-3.0-or-later
"""Brings a store to the form this program knows, and refuses one that a newer program wrote.

`store_version` holds two numbers: the form the store has, and the oldest program form that may still use
it. Its own shape never changes. Each step is one transaction and stands alone: it imports nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

from app.engine.ports.vault import VaultDamagedError, VaultNewerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step: the form it leads to, the oldest form of program that may use the result, and its SQL."""

    schema: int
    compatible_from: int
    script: str


def _script(name: str) -> str:
    return resources.files("app.engine.vault").joinpath(name).read_text(encoding="utf-8")


def all_migrations() -> tuple[Migration, ...]:
    """Every step this program knows, in order."""
    return (
        Migration(schema=1, compatible_from=1, script=_script("schema_0001.sql")),
        Migration(schema=2, compatible_from=2, script=_script("schema_0002.sql")),
        Migration(schema=3, compatible_from=3, script=_script("schema_0003.sql")),
        Migration(schema=4, compatible_from=4, script=_script("schema_0004.sql")),
        Migration(schema=5, compatible_from=5, script=_script("schema_0005.sql")),
        Migration(schema=6, compatible_from=6, script=_script("schema_0006.sql")),
        Migration(schema=7, compatible_from=7, script=_script("schema_0007.sql")),
        Migration(schema=8, compatible_from=8, script=_script("schema_0008.sql")),
        Migration(schema=9, compatible_from=9, script=_script("schema_0009.sql")),
        Migration(schema=10, compatible_from=10, script=_script("schema_0010.sql")),
        Migration(schema=11, compatible_from=11, script=_script("schema_0011.sql")),
        Migration(schema=12, compatible_from=12, script=_script("schema_0012.sql")),
        Migration(schema=13, compatible_from=13, script=_script("schema_0013.sql")),
        Migration(schema=14, compatible_from=14, script=_script("schema_0014.sql")),
        Migration(schema=15, compatible_from=15, script=_script("schema_0015.sql")),
        Migration(schema=16, compatible_from=16, script=_script("schema_0016.sql")),
    )


SCHEMA: Final = 16
"""The form this program writes."""


def migrate(
    connection: Connection, *, is_new: bool, migrations: Sequence[Migration] | None = None
) -> None:
    """Bring an open store up to date. Only a store that was just made may have no version yet.

    Raises VaultNewerError, VaultDamagedError, or the database's own error, having changed nothing.
    """
    steps = all_migrations() if migrations is None else tuple(migrations)
    current, compatible_from = _version(connection, is_new=is_new)
    newest = steps[-1].schema
    if current > newest:
        if compatible_from > newest:
            raise VaultNewerError("the store was written by a newer program")
        return
    for step in steps:
        if step.schema > current:
            _apply(connection, step)


def _version(connection: Connection, *, is_new: bool) -> tuple[int, int]:
    known = connection.execute(
        "select count(*) from sqlite_schema where type = 'table' and name = 'store_version'"
    ).fetchone()[0]
    if not known:
        if not is_new:
            # An empty store in the place of a full one is a loss to be told, not a fresh start.
            raise VaultDamagedError("the store is empty")
        return 0, 0
    row = connection.execute("select schema, compatible_from from store_version").fetchone()
    if row is None:
        raise VaultDamagedError("the store does not say its version")
    return int(row[0]), int(row[1])


def _apply(connection: Connection, step: Migration) -> None:
    connection.execute("begin immediate")
    try:
        if step.schema == 1:
            connection.execute(
                "create table store_version (only_row integer primary key check (only_row = 1),"
                " schema integer not null, compatible_from integer not null) strict"
            )
            connection.execute("insert into store_version values (1, 0, 0)")
        for statement in split_script(step.script):
            connection.execute(statement)
        connection.execute(
            "update store_version set schema = ?, compatible_from = ?",
            (step.schema, step.compatible_from),
        )
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def split_script(script: str) -> list[str]:
    """Cut a script into statements. `executescript` would commit before it begins, so it is not used.

    A statement ends with a line that ends in a semicolon; a trigger with the line `end;`.
    """
    statements: list[str] = []
    lines: list[str] = []
    is_trigger = False
    for line in script.splitlines():
        if not lines and (not line.strip() or line.startswith("--")):
            continue
        is_trigger = is_trigger or (not lines and line.startswith("create trigger"))
        lines.append(line)
        if line == "end;" if is_trigger else line.endswith(";"):
            statements.append("\n".join(lines))
            lines, is_trigger = [], False
    if lines:
        raise ValueError("the script ends within a statement")
    return statements
