# SPDX-License-Identifier: AGPL-3.0-or-later
"""A PostgreSQL of somebody else's that forgets what it acknowledged: the relay does not serve over it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from relay_server.database import embedded
from relay_server.database.access import ensure_database
from relay_server.database.durability import require_durable
from relay_server.database.embedded import SUPERUSER, EmbeddedPostgres, bundled_programs
from relay_server.database.pool import open_database
from relay_server.errors import StartError
from tests.integration.relay_process import RelayDidNotStartError, running_relay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.relay.conftest import TestDatabase


@contextlib.contextmanager
def server_with(
    setting: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """Run a server with a setting that no cluster of ours has; yield where a relay finds it."""
    careful = embedded._SETTINGS
    with monkeypatch.context() as patch:
        patch.setattr(embedded, "_SETTINGS", (*careful, setting))
        server = EmbeddedPostgres(home / "postgresql", programs=bundled_programs())
        try:
            address = server.start()
            ensure_database(address.url(SUPERUSER), "practice")
            yield {"UHEALTHSEC_DATABASE_URL": address.url("practice")}
        finally:
            server.stop()


def test_a_server_that_does_not_wait_for_its_disk_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        server_with("fsync=off", tmp_path, monkeypatch) as environment,
        pytest.raises(RelayDidNotStartError, match="fsync = off: after a power cut") as refused,
        running_relay(tmp_path / "data", environment=environment),
    ):
        pass
    assert "Traceback" not in str(refused.value)


def test_a_server_that_may_spoil_its_pages_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        server_with("full_page_writes=off", tmp_path, monkeypatch) as environment,
        running_relay(tmp_path / "data", environment=environment) as relay,
    ):
        warnings = [each["event"] for each in relay.log() if each["level"] == "warning"]
    assert [str(each).partition(":")[0] for each in warnings] == [
        "the database server has full_page_writes = off"
    ]


@pytest.mark.anyio
async def test_an_address_that_has_commits_acknowledged_early_is_refused(
    database: TestDatabase,
) -> None:
    async with open_database(database.login) as opened:
        await require_durable(opened)
    # What a client asks for outranks what we have set for the role.
    hasty = replace(
        database.login, url=f"{database.login.url}&options=-c%20synchronous_commit%3Doff"
    )
    async with open_database(hasty) as opened:
        with pytest.raises(StartError, match="synchronous_commit = off"):
            await require_durable(opened)
