# SPDX-License-Identifier: AGPL-3.0-or-later
"""The embedded PostgreSQL under its supervisor: where it runs, as whom, and that it ends."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from relay_server.database.embedded import (
    SUPERUSER,
    EmbeddedPostgres,
    PidFile,
    ServerAddress,
    bundled_programs,
)
from relay_server.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[3]
IS_ROOT: Final = os.name == "posix" and os.geteuid() == 0
END_SECONDS: Final = 60

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root gives processes to other users")


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short name that only we can pass."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedPostgres]:
    """A supervisor with a cluster that is stopped in the end."""
    supervised = EmbeddedPostgres(home / "postgresql", programs=bundled_programs())
    yield supervised
    supervised.stop()


def ask(address: ServerAddress, query: str) -> object:
    with psycopg.connect(address.url(SUPERUSER), autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return None if row is None else row[0]


def run(address: ServerAddress, statement: str) -> None:
    with psycopg.connect(address.url(SUPERUSER), autocommit=True) as connection:
        connection.execute(statement.encode())


def process_of(home: Path) -> int:
    noted = PidFile.read(home / "postgresql" / "cluster")
    assert noted is not None
    return noted.process


class Ending:
    """Watches a process that need not be our child; its number cannot come to mean another one."""

    def __init__(self, process: int) -> None:
        self._descriptor = os.pidfd_open(process)

    def wait(self) -> None:
        """Return when the process has ended; fail if it does not."""
        try:
            readable, _, _ = select.select([self._descriptor], [], [], END_SECONDS)
            assert readable, "the process goes on"
        finally:
            os.close(self._descriptor)


def start_elsewhere(home: Path) -> subprocess.Popen[bytes]:
    """Start the cluster from a process of its own, and return that process when PostgreSQL is ready."""
    script = (
        "import sys; from pathlib import Path; from relay_server.database.embedded import *;"
        "server = EmbeddedPostgres(Path(sys.argv[1]), programs=bundled_programs());"
        "server.start(); print('ready', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(home / "postgresql")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def test_starts_stops_and_keeps_what_was_written(server: EmbeddedPostgres) -> None:
    address = server.start()
    assert str(ask(address, "SHOW server_version")).startswith("18")
    run(address, "CREATE TABLE kept AS SELECT 7 AS number")
    server.stop()
    assert not server.is_running()
    assert ask(server.start(), "SELECT number FROM kept") == 7


def test_nobody_gets_in_without_the_password(server: EmbeddedPostgres) -> None:
    address = server.start()
    for password in ("", "guess"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(
                host=address.host, port=address.port, user=SUPERUSER, password=password or None
            )
    assert address.password not in repr(address)


@needs_linux
def test_listens_on_a_private_socket_and_on_no_network(
    server: EmbeddedPostgres, home: Path
) -> None:
    address = server.start()
    assert ask(address, "SHOW listen_addresses") == ""
    assert ask(address, "SHOW data_checksums") == "on"
    assert ask(address, "SHOW fsync") == "on"
    cluster = home / "postgresql" / "cluster"
    assert stat.S_IMODE((cluster / ".s.PGSQL.5432").stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.stat().st_mode) == 0o700
    inodes = {
        str(each.readlink()).removeprefix("socket:[").removesuffix("]")
        for each in Path(f"/proc/{process_of(home)}/fd").iterdir()
        if each.is_symlink() and str(each.readlink()).startswith("socket:")
    }
    for table in ("tcp", "tcp6", "udp", "udp6"):
        rows = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        assert not inodes & {row.split()[9] for row in rows}


@needs_linux
def test_secrets_are_in_private_files_and_nowhere_else(
    server: EmbeddedPostgres, home: Path
) -> None:
    address = server.start()
    file = home / "postgresql.password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == address.password
    secret = address.password.encode()
    holders = [path for path in home.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert holders == [file]
    for process in (process_of(home), PidFileParent(process_of(home)).number):
        for name in ("cmdline", "environ"):
            assert secret not in Path(f"/proc/{process}/{name}").read_bytes()


class PidFileParent:
    """The process that has started another one."""

    def __init__(self, process: int) -> None:
        text = Path(f"/proc/{process}/stat").read_text()
        self.number = int(text.rpartition(")")[2].split()[1])


@needs_linux
@needs_root
def test_as_root_it_runs_as_a_user_without_an_account(server: EmbeddedPostgres, home: Path) -> None:
    above = {path: stat.S_IMODE(path.stat().st_mode) for path in (home, home.parent)}
    server.start()
    owner = Path(f"/proc/{process_of(home)}").stat().st_uid
    assert owner != 0
    with pytest.raises(KeyError):
        Path(f"/proc/{process_of(home)}").owner()
    cluster = home / "postgresql" / "cluster"
    assert {path.stat().st_uid for path in (cluster, *cluster.rglob("*"))} == {owner}
    # It works below a folder that its user cannot pass, and no folder was opened for it.
    assert above[home] == 0o700
    assert above == {path: stat.S_IMODE(path.stat().st_mode) for path in above}
    server.stop()
    server.start()
    assert Path(f"/proc/{process_of(home)}").stat().st_uid == owner


@needs_linux
@needs_root
def test_programs_out_of_reach_are_copied(home: Path) -> None:
    """As in a virtual environment below root's home."""
    package = bundled_programs().parents[1]
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.with_name(name), closed / name, symlinks=True)
    programs = closed / package.name / bundled_programs().parent.name / "bin"
    server = EmbeddedPostgres(home / "postgresql", programs=programs)
    try:
        address = server.start()
        assert ask(address, "SELECT 1") == 1
        running = Path(f"/proc/{process_of(home)}/exe").readlink()
        assert closed not in running.parents
        run(address, "DO 'BEGIN RAISE NOTICE ''loaded''; END'")
    finally:
        server.stop()
    assert not running.exists()


@pytest.mark.parametrize("name", ["long" * 30, "with,comma", 'with"quote', "with space", "é"])
def test_any_folder_will_do(home: Path, name: str) -> None:
    folder = home / name
    folder.mkdir()
    server = EmbeddedPostgres(folder / "postgresql", programs=bundled_programs())
    try:
        address = server.start()
        assert ask(address, "SELECT 1") == 1
        server.stop()
        # The address stays, for it is part of connections that are made again.
        assert server.start() == address
        assert ask(address, "SELECT 1") == 1
    finally:
        server.stop()


@needs_linux
def test_it_ends_when_its_relay_is_killed(home: Path) -> None:
    relay = start_elsewhere(home)
    ending = Ending(process_of(home))
    end(relay)
    ending.wait()


@needs_linux
def test_it_ends_when_its_keeper_is_killed(home: Path) -> None:
    relay = start_elsewhere(home)
    process = process_of(home)
    ending = Ending(process)
    os.kill(PidFileParent(process).number, signal.SIGKILL)
    ending.wait()
    end(relay)


@needs_linux
def test_control_c_in_the_terminal_is_left_to_the_relay(home: Path) -> None:
    relay = start_elsewhere(home)
    ending = Ending(process_of(home))
    # The terminal sends the signal to the whole group of the foreground process.
    assert os.getpgid(process_of(home)) != os.getpgid(relay.pid)
    end(relay)
    ending.wait()


@needs_linux
def test_starts_again_after_kill_9_of_the_server(server: EmbeddedPostgres, home: Path) -> None:
    address = server.start()
    run(address, "CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(process_of(home), signal.SIGKILL)
    server.wait()
    assert not server.is_running()
    assert ask(server.start(), "SELECT number FROM kept") == 7


@needs_linux
def test_takes_the_place_of_a_server_whose_relay_is_gone(
    server: EmbeddedPostgres, home: Path
) -> None:
    """Neither the pipe nor the kernel's signal reached it: it runs on by itself."""
    relay = start_elsewhere(home)
    first = process_of(home)
    keeper = PidFileParent(first).number
    ending = Ending(first)
    os.kill(keeper, signal.SIGSTOP)
    end(relay)
    address = server.start()
    ending.wait()
    assert process_of(home) != first
    assert ask(address, "SELECT 1") == 1
    os.kill(keeper, signal.SIGCONT)


@needs_linux
def test_a_left_over_pid_file_that_names_a_stranger_is_no_obstacle(
    server: EmbeddedPostgres, home: Path
) -> None:
    server.start()
    os.kill(process_of(home), signal.SIGKILL)
    server.wait()
    stranger = subprocess.Popen(
        ["cat"],
        stdin=subprocess.PIPE,
        # Of the server's own user, whose processes it could take for itself.
        user=(home / "postgresql" / "cluster").stat().st_uid if IS_ROOT else None,
    )
    file = home / "postgresql" / "cluster" / "postmaster.pid"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text(f"{stranger.pid}\n" + "".join(lines[1:]))
    assert ask(server.start(), "SELECT 1") == 1
    assert stranger.poll() is None
    stranger.communicate(b"")


def test_a_first_start_that_was_killed_is_made_again(server: EmbeddedPostgres, home: Path) -> None:
    half = home / "postgresql" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert ask(server.start(), "SELECT 1") == 1
    assert not half.exists()


def test_a_damaged_cluster_is_reported_with_what_postgresql_says(
    server: EmbeddedPostgres, home: Path
) -> None:
    server.start()
    server.stop()
    (home / "postgresql" / "cluster" / "global" / "pg_control").unlink()
    with pytest.raises(StartError, match="pg_control"):
        server.start()


def test_a_missing_installation_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(StartError, match="--database-url"):
        bundled_programs()


def test_leaves_nothing_behind(home: Path) -> None:
    (home / ("long" * 30)).mkdir()
    server = EmbeddedPostgres(home / ("long" * 30) / "postgresql", programs=bundled_programs())
    scratch = Path(server.start().host).parent
    assert home not in scratch.parents
    assert scratch.is_dir()
    server.stop()
    assert not scratch.exists()


def test_logs_quote_no_rows(server: EmbeddedPostgres, home: Path) -> None:
    address = server.start()
    run(
        address,
        "CREATE TABLE one (secret text PRIMARY KEY CHECK (secret <> 'canary-value'))",
    )
    with psycopg.connect(address.url(SUPERUSER), autocommit=True) as connection:
        for value in ("twice", "twice", "canary-value"):
            with contextlib.suppress(psycopg.errors.IntegrityError):
                connection.execute("INSERT INTO one VALUES (%s)", [value])
    server.stop()
    logged = b"".join(
        path.read_bytes() for path in (home / "postgresql" / "cluster" / "log").iterdir()
    )
    assert b"violates check constraint" in logged
    assert b"canary-value" not in logged
    assert b"twice" not in logged


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="has no such sockets")
def test_a_pid_file_that_is_being_written_says_nothing(home: Path) -> None:
    assert PidFile.read(home) is None
    (home / "postmaster.pid").write_text("12\n/data\n")
    assert PidFile.read(home) is None
    (home / "postmaster.pid").write_text("x\n" * 8)
    assert PidFile.read(home) is None
