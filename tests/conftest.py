# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every test: no screen, no foreign network, no secret store of the machine."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import keyring
import pytest

from tests.fakes.keyring_backend import MemoryKeyring
from tests.screens import SCREENS

if TYPE_CHECKING:
    from collections.abc import Iterator

# No test asserts a time, and a busy machine is not a failure.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")


class ForeignNetworkError(RuntimeError):
    """A test reached for an address outside this machine."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this suite."""
    group = parser.getgroup("uhealthsec")
    group.addoption(
        "--onscreen",
        action="store_true",
        help="show the windows of the tests instead of painting them offscreen",
    )
    group.addoption(
        "--shots",
        default=os.environ.get("UHS_SHOTS"),
        metavar="DIR",
        help="keep the pictures that tests take of windows (default: the variable UHS_SHOTS)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepare the process before anything imports Qt or opens a socket."""
    if not config.getoption("--onscreen"):
        os.environ["QT_QPA_PLATFORM"] = SCREENS
    # For the processes that tests start: they find no secret store at all.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    sys.addaudithook(refuse_foreign_network)


def refuse_foreign_network(event: str, arguments: tuple[object, ...]) -> None:
    """Raise ForeignNetworkError on a connection or a name look-up that leaves this machine.

    An audit hook also sees what a library does without Python's socket class.
    """
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}:
        address = arguments[1]
        # A Unix socket has a path, and a connected datagram socket needs no address.
        if not isinstance(address, tuple):
            return
        host: object = address[0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not is_loopback(host):
        raise ForeignNetworkError(event, host)


def is_loopback(host: object) -> bool:
    """Tell whether a host, as given to the socket functions, is this machine itself."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def memory_keyring() -> Iterator[MemoryKeyring]:
    """Give each test an empty secret store of its own."""
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def shots(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the folder for pictures of windows: the one of --shots, else one that is dropped."""
    wanted: str | None = request.config.getoption("--shots")
    if wanted is None:
        return tmp_path
    folder = Path(wanted).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
