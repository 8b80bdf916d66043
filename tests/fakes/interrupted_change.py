# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changes a profile's passphrase in a process that kills itself at its first, second, third … write.

`python -m tests.fakes.interrupted_change PROFILE` prints one line per write: which passphrases open the profile
afterwards, and whether the change waits for its confirmation. The last line is of the change that was not
interrupted. Nothing but SIGKILL ends the process, so no handler and no `finally` runs.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.engine.vault.profile import ProfileDirectory
from app.engine.vault.store import SqlVault
from crypto_core.errors import WrongPassphraseError
from tests.fakes.machine import FakeClock, FakeSecretStore
from tests.fakes.quick_argon2id import quick_argon2id

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

OLD: Final = "correct horse battery staple"
NEW: Final = "another horse, another battery"


class Fuse:
    """Kills this process at a write."""

    def __init__(self, writes: int) -> None:
        self._left = writes

    def burn(self) -> None:
        """Count a write, or die before it."""
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1

    def watch(self, original: Callable[..., T]) -> Callable[..., T]:
        """Return a function that burns before the original is called."""

        def watched(*arguments: Any, **named: Any) -> T:  # noqa: ANN401 - whatever the original takes
            self.burn()
            return original(*arguments, **named)

        return watched


def _profile(directory: Path) -> ProfileDirectory:
    return ProfileDirectory(
        directory,
        secret_store=FakeSecretStore(is_present=False),
        random_bytes=os.urandom,
        clock=FakeClock(),
    )


async def _change(directory: Path, fuse: Fuse) -> None:
    profile = _profile(directory)
    await profile.open(OLD)
    # From here on, every file that is opened for writing, flushed or put in its place, and every commit.
    for name in ("open", "fsync", "replace"):
        setattr(os, name, fuse.watch(getattr(os, name)))
    Path.replace = fuse.watch(Path.replace)  # type: ignore[method-assign]
    SqlVault.run = fuse.watch(SqlVault.run)  # type: ignore[method-assign]
    await profile.rewrap(NEW)
    await profile.close()


async def _opens(directory: Path, passphrase: str) -> tuple[bool, bool]:
    # A copy: what a wrong passphrase leaves behind belongs to this question only.
    copy = shutil.copytree(directory, directory.with_name(f"{directory.name} to try"))
    profile = _profile(copy)
    try:
        await profile.open(passphrase)
        return True, await profile.is_confirmation_due()
    except WrongPassphraseError:
        return False, False
    finally:
        await profile.close()
        shutil.rmtree(copy)


def main(master: Path) -> int:
    """Try every point until the change goes through."""
    for writes in count():
        directory = shutil.copytree(master, master.with_name(f"{master.name} {writes}"))
        child = os.fork()
        if not child:
            asyncio.run(_change(directory, Fuse(writes)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        old, _ = asyncio.run(_opens(directory, OLD))
        new, is_due = asyncio.run(_opens(directory, NEW))
        sys.stdout.write(f"old={old:d} new={new:d} due={is_due:d}\n")
        sys.stdout.flush()
        if not os.WIFSIGNALED(status):
            return os.waitstatus_to_exitcode(status)
    return 1


if __name__ == "__main__":
    # As in the test that has made the profile.
    with quick_argon2id():
        sys.exit(main(Path(sys.argv[1])))
