# SPDX-License-Identifier: AGPL-3.0-or-later
"""Gives a profile another key in a process that kills itself at its first, second, third … write.

`python -m tests.fakes.interrupted_rekey PROFILE` prints one line per write: whether the profile opens afterwards
with its row, under another key or not, and whether the key of before still opens a page of any file there.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.ports.vault import Setting
from app.engine.vault.profile import STORE, ProfileDirectory
from tests.fakes.interrupted_change import OLD, Fuse
from tests.fakes.machine import FakeClock, FakeSecretStore
from tests.fakes.quick_argon2id import quick_argon2id
from tests.fakes.store_pages import opened_pages

if TYPE_CHECKING:
    from app.engine.vault.store import SqlVault


def profile_at(directory: Path) -> ProfileDirectory:
    """Open the directory as an engine does."""
    return ProfileDirectory(
        directory,
        secret_store=FakeSecretStore(is_present=False),
        random_bytes=os.urandom,
        clock=FakeClock(),
    )


def key_of(profile: ProfileDirectory) -> bytes:
    """Return the key of the open store."""
    assert profile._unlocked is not None
    return profile._unlocked.keys.store_key


async def _rekey(directory: Path, fuse: Fuse) -> None:
    profile = profile_at(directory)
    await profile.open(OLD)
    # From here on, every file that is opened for writing, flushed, removed or put in its place.
    for name in ("open", "fsync", "replace"):
        setattr(os, name, fuse.watch(getattr(os, name)))
    Path.replace = fuse.watch(Path.replace)  # type: ignore[method-assign]
    Path.unlink = fuse.watch(Path.unlink)  # type: ignore[method-assign]
    await profile.rekey(OLD, ())
    await profile.close()


async def _look(directory: Path, before: bytes) -> str:
    profile = profile_at(directory)
    vault: SqlVault = await profile.open(OLD)
    row = await vault.run(lambda store: store.identity.setting(Setting.PREKEY_NUMBER))
    is_other = key_of(profile) != before
    await profile.close()
    stores = await asyncio.to_thread(lambda: list(directory.glob(f"{STORE}*")))
    opens = any(True for each in stores for _ in opened_pages(each, before))
    return f"row={row == b'kept':d} other={is_other:d} old-opens={opens:d} files={len(stores)}"


async def _key(directory: Path) -> bytes:
    profile = profile_at(directory)
    await profile.open(OLD)
    key = key_of(profile)
    await profile.close()
    return key


def main(master: Path) -> int:
    """Try every point until the change goes through."""
    before = asyncio.run(_key(master))
    for writes in count():
        directory = shutil.copytree(master, master.with_name(f"{master.name} {writes}"))
        child = os.fork()
        if not child:
            asyncio.run(_rekey(directory, Fuse(writes)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(asyncio.run(_look(directory, before)) + "\n")
        sys.stdout.flush()
        shutil.rmtree(directory)
        if not os.WIFSIGNALED(status):
            return os.waitstatus_to_exitcode(status)
    return 1


if __name__ == "__main__":
    with quick_argon2id():
        sys.exit(main(Path(sys.argv[1])))
