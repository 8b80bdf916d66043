# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the test suite itself promises, and the platform faults that it watches for."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import keyring
import pytest
from PySide6.QtCore import QObject

from tests.conftest import ForeignNetworkError, is_loopback
from tests.screens import SCREENS

if TYPE_CHECKING:
    from tests.fakes.keyring_backend import MemoryKeyring


def test_qt_does_not_eat_none() -> None:
    # PySide6 6.12.0 loses a reference to None with each call on Python 3.11, and aborts in the end.
    target = QObject()
    before = sys.getrefcount(None)
    for _ in range(200):
        target.setObjectName("x")
    assert sys.getrefcount(None) - before > -50


# 192.0.2.0/24 and .invalid are reserved: nothing answers there even if the guard were missing.
def test_a_connection_that_leaves_this_machine_is_refused() -> None:
    with socket.socket() as outgoing, pytest.raises(ForeignNetworkError):
        outgoing.connect(("192.0.2.1", 443))


def test_a_datagram_that_leaves_this_machine_is_refused() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as outgoing,
        pytest.raises(ForeignNetworkError),
    ):
        outgoing.sendto(b"x", ("192.0.2.1", 53))


def test_a_name_outside_this_machine_is_not_looked_up() -> None:
    with pytest.raises(ForeignNetworkError):
        socket.getaddrinfo("relay.invalid", 443)


def test_a_connection_to_this_machine_works() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        accepted, _ = server.accept()
        with accepted:
            client.sendall(b"here")
            assert accepted.recv(4) == b"here"


@pytest.mark.parametrize("host", [None, "localhost", b"localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_loopback(host: object) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "192.0.2.1", "::", "relay.invalid", b"\xff"])  # noqa: S104
def test_not_loopback(host: object) -> None:
    assert not is_loopback(host)


def test_secrets_of_tests_stay_in_memory(memory_keyring: MemoryKeyring) -> None:
    assert keyring.get_keyring() is memory_keyring
    assert keyring.get_password("uhealthsec", "profile") is None
    keyring.set_password("uhealthsec", "profile", "secret")
    assert keyring.get_password("uhealthsec", "profile") == "secret"
    keyring.delete_password("uhealthsec", "profile")
    with pytest.raises(keyring.errors.PasswordDeleteError):
        keyring.delete_password("uhealthsec", "profile")


def test_processes_started_by_tests_find_no_secret_store() -> None:
    code = "import keyring; keyring.get_password('uhealthsec', 'profile')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "NoKeyringError" in done.stderr


def test_windows_are_painted_offscreen(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.getoption("--onscreen") or os.environ["QT_QPA_PLATFORM"] == SCREENS
