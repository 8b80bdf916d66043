# SPDX-License-Identifier: AGPL-3.0-or-later
"""A D-Bus of a test's own: logind, which keeps track of who asks it to wait, and a desktop that shows notices."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import pytest
from PySide6.QtDBus import QDBusConnection

from app.window.presence.freedesktop import LOGIND
from app.window.presence.notices import NOTIFICATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# keyring brings it, where there is D-Bus at all.
jeepney = pytest.importorskip("jeepney", reason="no D-Bus on this system")
blocking = pytest.importorskip("jeepney.io.blocking", reason="no D-Bus on this system")

MANAGER_PATH: Final = f"/{LOGIND.replace('.', '/')}"
_CONFIGURATION: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""


class PrivateBus:
    """Plays the desktop: logind's answers on a thread, signals from the test.

    `asked` holds the arguments of every request to wait; `waits_for` counts those that are not let go of yet.
    `notices` are the arguments of all that were shown.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.listener = QDBusConnection.connectToBus(address, "listener")
        self.asked: list[tuple[str, ...]] = []
        self.waits_for = 0
        self.notices: list[tuple[Any, ...]] = []
        self._changed = threading.Lock()
        self._connection = blocking.open_dbus_connection(address, enable_fds=True)
        for name in (LOGIND, NOTIFICATIONS):
            self._connection.send_and_get_reply(jeepney.message_bus.RequestName(name))
        self._thread = threading.Thread(target=self._serve, name="logind", daemon=True)
        self._thread.start()

    def play(self, path: str, interface: str, name: str, *arguments: bool) -> None:
        """Send a signal to everybody."""
        emitter = jeepney.DBusAddress(path, interface=interface)
        self._connection.send(jeepney.new_signal(emitter, name, "b" * len(arguments), arguments))

    def prepare_for_sleep(self, *, is_beginning: bool) -> None:
        """Say that the computer is about to sleep, or that it is awake again."""
        self.play(MANAGER_PATH, f"{LOGIND}.Manager", "PrepareForSleep", is_beginning)

    def close(self) -> None:
        """Leave the bus."""
        QDBusConnection.disconnectFromBus("listener")
        self._connection.close()

    def _serve(self) -> None:
        # Ends when the connection is closed under it.
        with suppress(OSError, ValueError):
            while True:
                call = self._connection.receive()
                if call.header.message_type is not jeepney.MessageType.method_call:
                    continue
                member = call.header.fields.get(jeepney.HeaderFields.member)
                if member == "Notify":
                    self.notices.append(call.body)
                    shown = (len(self.notices),)
                    self._connection.send(jeepney.new_method_return(call, "u", shown))
                if member != "Inhibit":
                    continue
                ours, theirs = os.pipe()
                with self._changed:
                    self.asked.append(call.body)
                    self.waits_for += 1
                self._connection.send(jeepney.new_method_return(call, "h", (theirs,)))
                os.close(theirs)
                threading.Thread(target=self._wait, args=(ours,), daemon=True).start()

    def _wait(self, descriptor: int) -> None:
        """Notice that nobody holds the other end any more, as logind does."""
        os.read(descriptor, 1)
        os.close(descriptor)
        with self._changed:
            self.waits_for -= 1


@contextmanager
def private_bus(folder: Path) -> Iterator[PrivateBus]:
    """Start a bus; skip where there is no dbus-daemon."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("dbus-daemon is not installed")
    configuration = folder / "bus.conf"
    configuration.write_text(_CONFIGURATION.format(socket=folder / "bus"), encoding="utf-8")
    process = subprocess.Popen(
        [daemon, f"--config-file={configuration}", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = PrivateBus(process.stdout.readline().strip())
        yield found
        found.close()
    finally:
        process.terminate()
        process.communicate()
