# SPDX-License-Identifier: AGPL-3.0-or-later
"""A process that confines itself as a reader of documents does, and then tries everything it should not be able to.

Run with the folder it may want to write into and a port of this computer. It prints a line for each attempt:
its name, and what came of it.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.documents import confinement
from app.engine.documents.confinement import confine, program_folders, seal

if TYPE_CHECKING:
    from collections.abc import Callable


def attempts(folder: Path, port: int) -> dict[str, Callable[[], object]]:
    """Everything that is tried, by name."""
    parent = os.getppid()
    return {
        "write a file": lambda: (folder / "written").write_bytes(b"x"),
        "append to a file": lambda: (folder / "there").open("ab"),
        "make a folder": (folder / "made").mkdir,
        "remove a file": (folder / "there").unlink,
        "rename a file": lambda: (folder / "there").rename(folder / "renamed"),
        "link a file": lambda: (folder / "linked").symlink_to(folder / "there"),
        "read a file of the person": (folder / "there").read_bytes,
        "read a file of the system": lambda: Path("/etc/passwd").read_bytes(),
        "list a folder": lambda: list(folder.iterdir()),
        "connect to this computer": lambda: socket.create_connection(("127.0.0.1", port), 5),
        "listen": lambda: socket.create_server(("127.0.0.1", 0)),
        "speak on a local socket": lambda: socket.socket(socket.AF_UNIX),
        "run a program": lambda: subprocess.run(["/bin/true"], check=False),
        "fork": fork,
        "start a thread": start_thread,
        "signal its parent": lambda: os.kill(parent, 0),
        "look into its parent": lambda: trace(parent),
        "take much memory": lambda: len(bytearray(3 << 30)),
        "raise its own limits": raise_limits,
        "make memory executable": lambda: mmap.mmap(
            -1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
        ),
        "mount": lambda: checked(ctypes.CDLL(None, use_errno=True).mount(b"a", b"/", b"", 0, None)),
        # The last one: it does not come back.
        "become a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
    }


def fork() -> int:
    """Make a process, which ends at once."""
    child = os.fork()
    if not child:
        os._exit(0)
    return child


def start_thread() -> None:
    """Start a thread and wait for its end."""
    thread = threading.Thread(target=time.time)
    thread.start()
    thread.join()


def trace(process: int) -> None:
    """Ask to follow a process (PTRACE_SEIZE)."""
    checked(ctypes.CDLL(None, use_errno=True).ptrace(0x4206, process, 0, 0))


def raise_limits() -> None:
    """Ask for the right to write files again."""
    import resource  # noqa: PLC0415 - there is none on Windows

    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))


def checked(result: int) -> None:
    """Raise what a call of the C library leaves behind."""
    if result:
        raise OSError(ctypes.get_errno(), "refused")


def tried(attempt: Callable[[], object]) -> str:
    """What came of an attempt."""
    try:
        attempt()
    except BaseException as error:  # noqa: BLE001 - whatever keeps it from succeeding
        return f"refused ({type(error).__name__})"
    return "DONE"


def confined(stage: str) -> frozenset[confinement.Barrier]:  # noqa: PLR0911 - one line for each
    """Confine this process as far as a stage says, and return what stands."""
    match stage:
        case "sealed":
            first = confine(program_folders())
            return seal() | (first & ONCE)
        case "loading":
            return confine(program_folders())
        case "limits":
            return frozenset(confinement._within_limits(0))
        case "namespaces":
            return frozenset(confinement._in_own_namespaces())
        case "landlock":
            confinement._without_new_privileges()
            return frozenset(confinement._within_folders(()))
        case "calls":
            confinement._without_new_privileges()
            return frozenset(confinement._filtered(is_sealed=True))
    return frozenset()


def main(stage: str, folder: str, port: str) -> None:
    """Confine this process, and try."""
    # A limit is to be an exception that can be told, not the end.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    everything = attempts(Path(folder), int(port))
    standing = confined(stage)
    sys.stdout.write("standing " + " ".join(sorted(each.name for each in standing)) + "\n")
    sys.stdout.flush()
    for name, attempt in everything.items():
        sys.stdout.write(f"{name}: {tried(attempt)}\n")
        sys.stdout.flush()


ONCE = {confinement.Barrier.NAMESPACES, confinement.Barrier.NO_NEW_PRIVILEGES}
"""What is done in the first step for good."""

if __name__ == "__main__":
    main(*sys.argv[1:])
