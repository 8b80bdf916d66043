# SPDX-License-Identifier: AGPL-3.0-or-later
"""Steps between forms of the store: each whole or not at all, and none for a store that is not ours to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlcipher3 import dbapi2

from app.engine.ports.vault import VaultDamagedError, VaultNewerError
from app.engine.vault.database import configure, connect
from app.engine.vault.migrations import (
    SCHEMA,
    Migration,
    all_migrations,
    migrate,
    split_script,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlcipher3.dbapi2 import Connection

FIRST = Migration(schema=1, compatible_from=1, script="create table a (x integer) strict;\n")
SECOND = Migration(
    schema=2, compatible_from=1, script="alter table a add column y integer;\nupdate a set y = 7;\n"
)
BROKEN = Migration(
    schema=2, compatible_from=2, script="alter table a add column y integer;\nselect nonsense;\n"
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    opened = connect(tmp_path / "vault.db", bytes(32))
    configure(opened)
    yield opened
    opened.close()


def version(connection: Connection) -> tuple[int, int]:
    row = connection.execute("select schema, compatible_from from store_version").fetchone()
    return row[0], row[1]


def test_the_newest_step_is_the_one_this_program_writes() -> None:
    steps = [step.schema for step in all_migrations()]
    assert steps == list(range(1, SCHEMA + 1))


def test_steps_are_made_one_after_the_other_and_once(connection: Connection) -> None:
    migrate(connection, is_new=True, migrations=[FIRST])
    connection.execute("insert into a values (1)")
    migrate(connection, is_new=False, migrations=[FIRST, SECOND])
    migrate(connection, is_new=False, migrations=[FIRST, SECOND])
    assert connection.execute("select x, y from a").fetchall() == [(1, 7)]
    assert version(connection) == (2, 1)


def test_a_step_that_fails_leaves_the_form_before_it(connection: Connection) -> None:
    migrate(connection, is_new=True, migrations=[FIRST])
    with pytest.raises(dbapi2.OperationalError):
        migrate(connection, is_new=False, migrations=[FIRST, BROKEN])
    assert version(connection) == (1, 1)
    assert [row[1] for row in connection.execute("pragma table_info(a)")] == ["x"]


def test_a_compatible_newer_store_is_left_as_it_is(connection: Connection) -> None:
    migrate(connection, is_new=True, migrations=[FIRST, SECOND])
    migrate(connection, is_new=False, migrations=[FIRST])
    assert version(connection) == (2, 1)


def test_an_incompatible_newer_store_is_refused(connection: Connection) -> None:
    closed = Migration(schema=2, compatible_from=2, script=SECOND.script)
    migrate(connection, is_new=True, migrations=[FIRST, closed])
    with pytest.raises(VaultNewerError):
        migrate(connection, is_new=False, migrations=[FIRST])


def test_an_empty_store_in_the_place_of_a_full_one_is_damage(connection: Connection) -> None:
    with pytest.raises(VaultDamagedError):
        migrate(connection, is_new=False, migrations=[FIRST])


def test_a_store_that_does_not_say_its_version_is_damage(connection: Connection) -> None:
    migrate(connection, is_new=True, migrations=[FIRST])
    connection.execute("delete from store_version")
    with pytest.raises(VaultDamagedError):
        migrate(connection, is_new=False, migrations=[FIRST])


def test_scripts_are_cut_at_statements() -> None:
    script = (
        "-- a remark; with a semicolon\n\n"
        "create table a (\n    x integer -- another\n) strict;\n"
        "create trigger t after insert on a begin\n    select 1;\n    select 2;\nend;\n"
        "select 3;\n"
    )
    assert [part.split()[0:2] for part in split_script(script)] == [
        ["create", "table"],
        ["create", "trigger"],
        ["select", "3;"],
    ]


def test_a_script_that_ends_within_a_statement_is_refused() -> None:
    with pytest.raises(ValueError, match="within a statement"):
        split_script("create table a (\n")
