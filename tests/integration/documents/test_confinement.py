# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a process that reads documents cannot do, tried by a real one; and that the attempts work elsewhere."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from app.engine.documents.confinement import Barrier

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="see app/design/documents.md")

ALONE = {
    # Whoever administrates the machine may start processes beyond any limit.
    "limits": {
        *("write a file", "connect to this computer", "listen", "run a program"),
        *("take much memory", "raise its own limits", "list a folder"),
    },
    "namespaces": {"connect to this computer"},
    "landlock": {
        *("write a file", "append to a file", "make a folder", "remove a file", "rename a file"),
        *("link a file", "read a file of the person", "read a file of the system"),
        *("list a folder", "connect to this computer", "run a program"),
    },
    "calls": {
        *("write a file", "remove a file", "read a file of the system", "connect to this computer"),
        *("listen", "speak on a local socket", "run a program", "start a thread"),
        *("signal its parent", "look into its parent", "raise its own limits"),
        *("make memory executable", "mount"),
    },
}
"""What each barrier refuses without the others."""


def outcomes(stage: str, folder: Path) -> tuple[set[str], dict[str, str]]:
    """Return which barriers stand, and what came of each attempt."""
    (folder / "there").write_bytes(b"there")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "tests.fakes.captive", stage, str(folder), str(port)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    first, *lines = done.stdout.splitlines()
    return set(first.split()[1:]), dict(line.split(": ", 1) for line in lines)


def test_a_reader_can_do_nothing_but_read_and_answer(tmp_path: Path) -> None:
    standing, came = outcomes("sealed", tmp_path)
    # What the kernel of the machine lacks is said in the log; here nothing may be lacking but the newest.
    assert {
        Barrier.LIMITS.name,
        Barrier.NO_NEW_PRIVILEGES.name,
        Barrier.SYSTEM_CALLS.name,
    } <= standing
    assert len(came) == 22
    assert {name: what for name, what in came.items() if not what.startswith("refused")} == {}
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_before_a_document_comes_libraries_can_be_loaded_and_nothing_else(tmp_path: Path) -> None:
    _, came = outcomes("loading", tmp_path)
    done = {name for name, what in came.items() if not what.startswith("refused")}
    # Libraries are mapped to be run.
    assert done <= {"make memory executable"}


@pytest.mark.parametrize("barrier", ALONE)
def test_each_barrier_stands_without_the_others(barrier: str, tmp_path: Path) -> None:
    standing, came = outcomes(barrier, tmp_path)
    if not standing:
        pytest.skip("this kernel does not have it, and readers say so in the log")
    refused = {name for name, what in came.items() if what.startswith("refused")}
    assert ALONE[barrier] <= refused


def test_the_attempts_succeed_where_nothing_is_confined(tmp_path: Path) -> None:
    """Otherwise the refusals above would prove nothing."""
    _, came = outcomes("free", tmp_path)
    assert came["write a file"] == came["read a file of the system"] == "DONE"
    assert came["connect to this computer"] == came["fork"] == came["start a thread"] == "DONE"
    assert came["speak on a local socket"] == came["signal its parent"] == "DONE"
    # It became another program, which says nothing.
    assert "become a program" not in came
