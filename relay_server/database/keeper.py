# SPDX-License-Identifier: AGPL-3.0-or-later
"""Program that owns one PostgreSQL server and ends it when the relay is gone; standard library only.

It runs as a process of its own, between the relay and PostgreSQL. Its standard input is a pipe whose other
end only the relay holds: the end of that pipe, whether the relay closed it or was killed, is the order to
stop. PostgreSQL is its child and not yet waited for, so the process it signals can be no other one.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_FAST_SHUTDOWN_SECONDS = 60
_PR_SET_PDEATHSIG = 1


def main(arguments: Sequence[str]) -> int:
    """Run PostgreSQL until it ends by itself or standard input does; return PostgreSQL's exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", type=Path, required=True, help="the server program")
    parser.add_argument("--cluster", type=Path, required=True, help="the cluster's folder")
    parser.add_argument("--sockets", help="folder of the socket, if not the cluster's own")
    parser.add_argument("--user", type=int, help="user and group to run the server as")
    parser.add_argument("--remove", type=Path, help="folder to remove at the end")
    parser.add_argument("settings", nargs="*", help="NAME=VALUE")
    options = parser.parse_args(arguments)
    for ignored in (signal.SIGINT, signal.SIGTERM):
        # A handler, because the server would inherit SIG_IGN.
        signal.signal(ignored, lambda *_: None)
    try:
        server = _start(options)
        threading.Thread(target=_stop_at_end_of_input, args=(server, options), daemon=True).start()
        return server.wait()
    finally:
        if options.remove is not None:
            shutil.rmtree(options.remove, ignore_errors=True)


@contextlib.contextmanager
def reachable(folder: Path, *, user: int | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield a path to `folder` that holds for `user`, and the descriptors the program must inherit for it.

    The other user may be unable to pass a parent folder (a private temporary folder, root's home). Opening
    folders that are not ours to everybody is no answer, so on Linux the program inherits the opened folder
    and reaches it through /proc/self/fd, which leads there without crossing the parents.
    """
    if user is None or sys.platform != "linux":
        yield str(folder), ()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def demoted(
    command: Sequence[str], *, user: int | None, inherit: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start `command` as `user` (as ourselves if None), without input; it is told to stop when we die."""
    if os.name == "nt":
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        # A folder that every user can enter: PostgreSQL's programs ask for the working directory.
        cwd="/",
        pass_fds=inherit,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        # This process has a single thread when it forks, so running Python in the child is safe.
        preexec_fn=_follow(os.getpid()),  # noqa: PLW1509
    )


def _start(options: argparse.Namespace) -> subprocess.Popen[bytes]:
    with reachable(options.cluster, user=options.user) as (path, descriptors):
        sockets = path if options.sockets is None else options.sockets
        command = [str(options.postgres), "-D", path, "-c", f"unix_socket_directories={sockets}"]
        for setting in options.settings:
            command += ["-c", setting]
        return demoted(command, user=options.user, inherit=descriptors)


def _follow(parent: int) -> Callable[[], None] | None:
    """Return what makes the kernel send SIGINT (fast shutdown) to the server should this process be killed."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def follow() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return follow


def _stop_at_end_of_input(server: subprocess.Popen[bytes], options: argparse.Namespace) -> None:
    # Not through sys.stdin, whose lock this thread would still hold when the process ends by itself.
    while os.read(0, 1024):
        pass
    if os.name == "nt":
        control = options.postgres.with_name("pg_ctl.exe")
        subprocess.run([control, "stop", "-D", options.cluster, "-m", "fast"], check=False)
        return
    # Fast shutdown, then immediate shutdown, then the end: after each of them the next start recovers.
    for order in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(order)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(_FAST_SHUTDOWN_SECONDS)
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
