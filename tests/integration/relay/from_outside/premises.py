# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a relay runs: its data folder, its PostgreSQL, and what an operator can do to either."""

from __future__ import annotations

import contextlib
import os
import select
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

import psycopg

from relay_server.accounts.invitations import invite
from relay_server.clock import system_clock
from relay_server.data_folder import DataFolder
from relay_server.database.access import ensure_database
from relay_server.database.embedded import SUPERUSER, EmbeddedPostgres, PidFile
from relay_server.database.pool import open_database
from relay_server.database.running import stored_login
from tests.integration.relay_process import RelayProcess, start_relay

_END_SECONDS: Final = 120


@dataclass(slots=True, kw_only=True)
class Premises:
    """A relay's home, with a PostgreSQL of its own, or one at a URL, or else the embedded one."""

    home: Path
    programs: Path
    own_server: EmbeddedPostgres | None
    database_url: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    relay: RelayProcess = field(init=False)

    @property
    def data(self) -> Path:
        """The relay's data folder."""
        return self.home / "data"

    @property
    def cluster(self) -> Path:
        """The folder of PostgreSQL's cluster; only for one that is not shared."""
        return (self.home / "server" if self.own_server else self.data / "postgresql") / "cluster"

    def open(self) -> None:
        """Start everything."""
        if self.own_server is not None:
            self.start_server()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.start()

    def start_server(self) -> None:
        """Start the PostgreSQL of this home, as its operator would."""
        assert self.own_server is not None
        self.own_server.wait()
        address = self.own_server.start()
        ensure_database(address.url(SUPERUSER), "relay")
        self.database_url = address.url("relay")

    def start(self) -> RelayProcess:
        """Start the relay, at the same address every time."""
        url = {"UHEALTHSEC_DATABASE_URL": self.database_url} if self.database_url else {}
        self.relay = start_relay(
            self.data, listen=f"127.0.0.1:{self.port}", environment={**self.environment, **url}
        )
        assert self.relay.process.stdout is not None
        self.relay.process.stdout.close()
        return self.relay

    def close(self) -> None:
        """Stop what runs."""
        with contextlib.suppress(AttributeError):
            self.relay.stop()
        if self.own_server is not None:
            self.own_server.stop()

    def postmaster(self) -> int:
        """Return the process of this home's PostgreSQL."""
        noted = PidFile.read(self.cluster)
        assert noted is not None
        return noted.process

    def superuser_url(self) -> str:
        """Return a URL for somebody who may do anything in the relay's database."""
        if self.database_url is not None:
            return self.database_url
        password = (self.data / "postgresql.password").read_text()
        noted = PidFile.read(self.cluster)
        assert noted is not None
        inherited = noted.sockets.startswith("/proc/self/fd/")
        sockets = str(self.cluster) if inherited else noted.sockets
        return f"postgresql://{SUPERUSER}:{password}@/relay?host={sockets}&port=5432"

    def as_superuser(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect as somebody who may do anything."""
        return psycopg.connect(self.superuser_url(), autocommit=True)

    async def invitation(self) -> str:
        """Return a fresh code, made without the detour over a process."""
        login = stored_login(DataFolder(self.data))
        assert login is not None
        async with open_database(login) as database:
            return await invite(database, life=timedelta(days=1), clock=system_clock)


class ProcessEnd:
    """The end of a process that need not be our child; take it while the process lives."""

    def __init__(self, process: int) -> None:
        self._descriptor = os.pidfd_open(process)

    def wait(self) -> None:
        """Return when the process has ended; fail when it goes on for ever."""
        try:
            ended, _, _ = select.select([self._descriptor], [], [], _END_SECONDS)
        finally:
            os.close(self._descriptor)
        assert ended, "the process goes on"
