# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real relay as a process of its own, on a real socket, for tests that need one from outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crypto_core.wire.enrolment import Enrolment, parse_enrolment
from relay_server.accounts import invitations
from relay_server.clock import system_clock
from relay_server.data_folder import DataFolder
from relay_server.database.pool import open_database
from relay_server.database.running import stored_login

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
_PROGRAM: Final = (sys.executable, "-m", "relay_server")
_STOP_SECONDS: Final = 60
_INVITATIONS: Final = 16


class RelayDidNotStartError(AssertionError):
    """The process ended before it was ready; the text is what it said on standard error."""


@dataclass(slots=True)
class RelayProcess:
    """A running relay. `log_path` is what it writes to standard error."""

    data: Path
    url: str
    enrolment_text: str
    log_path: Path
    process: subprocess.Popen[bytes]
    _invitations: list[str] = field(default_factory=list, repr=False)

    @property
    def enrolment(self) -> Enrolment:
        """Where it is, and its pins."""
        return parse_enrolment(self.enrolment_text)

    def invite(self) -> str:
        """Return a fresh invitation code, stored as the administrator's command does, without its process."""
        if not self._invitations:
            # A thread, because this one may be running a loop already.
            with ThreadPoolExecutor(1) as pool:
                self._invitations += pool.submit(asyncio.run, self._new_invitations()).result()
        return self._invitations.pop()

    async def _new_invitations(self) -> list[str]:
        login = stored_login(DataFolder.prepare(self.data))
        assert login is not None
        async with open_database(login) as database:
            life = timedelta(days=1)
            return [
                await invitations.invite(database, life=life, clock=system_clock)
                for _ in range(_INVITATIONS)
            ]

    def kill(self) -> None:
        """End the relay as a power cut would (kill -9)."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End the relay in good order and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_STOP_SECONDS)

    def log(self) -> list[dict[str, object]]:
        """Return the technical log, line by line."""
        return [json.loads(line) for line in self.log_path.read_text().splitlines()]


def invite(data: Path) -> str:
    """Return a fresh invitation code as the administrator's command prints it, of a relay running or not."""
    done = subprocess.run(
        [*_PROGRAM, "admin", "invite", "--data", str(data)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def start_relay(
    data: Path,
    *,
    listen: str = "127.0.0.1:0",
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> RelayProcess:
    """Start a relay and wait until it is ready. Raises RelayDidNotStartError with what it said."""
    data.mkdir(parents=True, exist_ok=True)
    log_path = data.with_name(f"{data.name}.log")
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            [*_PROGRAM, "serve", "--data", str(data), "--listen", listen, *options],
            cwd=ROOT,
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    word, _, rest = line.partition(" ")
    if word != "READY":
        process.wait(_STOP_SECONDS)
        process.stdout.close()
        raise RelayDidNotStartError(log_path.read_text())
    ready = json.loads(rest)
    return RelayProcess(data, ready["url"], ready["enrolment"], log_path, process)


@contextlib.contextmanager
def running_relay(
    data: Path | None = None,
    *,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[RelayProcess]:
    """Yield a running relay, in a folder of its own unless one is given, and stop it afterwards."""
    home = None if data is not None else Path(tempfile.mkdtemp(prefix="relay-"))
    relay = start_relay(data or Path(str(home)) / "data", options=options, environment=environment)
    try:
        yield relay
    finally:
        relay.stop()
        if relay.process.stdout is not None:
            relay.process.stdout.close()
        if home is not None:
            shutil.rmtree(home)
