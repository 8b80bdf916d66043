# SPDX-License-Identifier: AGPL-3.0-or-later
"""A relay behind a wire, and practitioners who have joined it."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.client import Client
from tests.e2e.proxy import Wire
from tests.integration.relay_process import RelayProcess, start_relay

if TYPE_CHECKING:
    from collections.abc import Iterator


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Network:
    """One relay that can be killed and started again, and the wire to it."""

    def __init__(self, home: Path, wire: Wire) -> None:
        self.home = home
        self.wire = wire
        self._port = free_port()
        self.relay = self._start()

    def _start(self) -> RelayProcess:
        relay = start_relay(
            self.home / "data",
            listen=f"127.0.0.1:{self._port}",
            options=["--public-url", self.wire.url],
        )
        assert relay.process.stdout is not None
        relay.process.stdout.close()
        self.wire.relay_port = self._port
        return relay

    def restart(self) -> None:
        """Start the relay again on its data."""
        self.relay = self._start()

    def kill(self) -> None:
        """Kill the relay as a power cut would."""
        self.wire.relay_port = None
        self.relay.kill()


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """A relay and two correspondents, made once: registering takes most of a test's time."""

    network: Network
    anne: Client
    bruno: Client


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """Everybody, for all tests; each test writes under a subject of its own."""
    # The names of sockets are short, and so is the name of this folder.
    home = Path(tempfile.mkdtemp(prefix="e2e-"))
    profiles = tmp_path_factory.mktemp("profiles")
    anne = Client(
        name="Dr Anne Le Goff",
        profile=profiles / "anne",
        passphrase="anne's long passphrase has more than seven words",
    )
    bruno = Client(
        name="Bruno Petit",
        profile=profiles / "bruno",
        passphrase="la phrase secrète de Bruno a plus de sept mots",
    )
    with Wire() as wire:
        network = Network(home, wire)
        try:
            anne.register(network.relay, "--listed")
            bruno.register(network.relay)
            bruno.befriend(anne)
            yield Practice(network=network, anne=anne, bruno=bruno)
        finally:
            network.relay.stop()
    shutil.rmtree(home)


@pytest.fixture
def network(practice: Practice) -> Iterator[Network]:
    """The relay, running at the beginning and at the end of a test."""
    yield practice.network
    if practice.network.relay.process.poll() is not None:
        practice.network.restart()


@pytest.fixture
def anne(practice: Practice, network: Network) -> Client:
    """A practitioner in the directory."""
    assert network.relay.process.poll() is None
    return practice.anne


@pytest.fixture
def bruno(practice: Practice, network: Network) -> Client:
    """Her correspondent, not in the directory."""
    assert network.relay.process.poll() is None
    return practice.bruno


@pytest.fixture(scope="session")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten megabytes that do not compress."""
    file = tmp_path_factory.mktemp("large") / "irm.raw"
    file.write_bytes(os.urandom(10_000_000))
    return file
