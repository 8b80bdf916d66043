# SPDX-License-Identifier: AGPL-3.0-or-later
"""After a lock, the memory of every process that is left holds no secret: read from outside, byte by byte."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from app.allocation import overwriting
from app.engine.vault.profile import HEADER, ProfileDirectory
from crypto_core.keys.vault import VaultHeader, unlock_vault
from crypto_core.wire.codec import decode
from crypto_core.wire.kit import format_kit_code
from tests.fakes.large_vault import fill_vault, invented_owner
from tests.fakes.locked_window import KIT, LOCK, SHOW
from tests.fakes.machine import FakeClock, FakeSecretStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT: Final = Path(__file__).parents[3]
PASSPHRASE: Final = "quince lantern harvest umbrella"
CHUNK: Final = 8 * 1024 * 1024

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="/proc/PID/mem is Linux's"
)


def spellings(text: str) -> list[bytes]:
    """Return how a text can lie in memory: for C, for Qt, for Python."""
    return [text.encode(each) for each in ("utf-8", "utf-16-le", "utf-32-le")]


def memory_of(pid: int) -> Iterator[bytes]:
    """Yield all memory that a process can read, in parts that overlap."""
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps.splitlines():
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
            if found is None or line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            position, end = (int(each, 16) for each in found.groups())
            tail = b""
            while position < end:
                try:
                    memory.seek(position)
                    part = memory.read(min(CHUNK, end - position))
                except OSError:
                    break
                if not part:
                    break
                yield tail + part
                tail = part[-512:]
                position += len(part)


def count_in(pid: int, wanted: Mapping[str, list[bytes]]) -> dict[str, int]:
    """Return how often each thing lies in the memory of a process."""
    counts = dict.fromkeys(wanted, 0)
    for part in memory_of(pid):
        for name, forms in wanted.items():
            counts[name] += sum(part.count(form) for form in forms)
    return counts


async def make_profile(directory: Path, *, kit_code: bytes | None = None) -> dict[str, list[bytes]]:
    """Make a mailbox of some letters, and return every secret of it; a code is one that waits for its paper."""
    profile = ProfileDirectory(
        directory,
        secret_store=FakeSecretStore(is_present=False),
        random_bytes=os.urandom,
        clock=FakeClock(),
    )
    owner = replace(invented_owner(), pending_recovery_code=kit_code)
    vault = await profile.create(PASSPHRASE)
    await fill_vault(vault, 30, owner=owner)
    await profile.confirm()
    await profile.close()
    header = decode(VaultHeader, (directory / HEADER).read_bytes()[:-32])
    keys = unlock_vault(header, PASSPHRASE, os_secret=None)
    # Halves too: a part of a passphrase is worth as much to who has to guess the rest.
    half = len(PASSPHRASE) // 2
    return {
        "passphrase": spellings(PASSPHRASE),
        "first half": spellings(PASSPHRASE[:half]),
        "second half": spellings(PASSPHRASE[half:]),
        "key of the vault": [keys.dek],
        "key of the store": [keys.store_key, *spellings(keys.store_key.hex())],
        "identity key": [owner.identity_seed],
        "device key": [owner.device_seed],
        "request key": [owner.request_seed],
        "account secret": [owner.account_secret],
    }


def spellings_of_kit(code: bytes) -> dict[str, list[bytes]]:
    """Return how the code of a kit can lie in memory: whole, and group by group."""
    text = format_kit_code(code)
    groups = {f"group {number}": spellings(each) for number, each in enumerate(text.split(), 1)}
    return {"code": [code, *spellings(code.hex())], **groups}


class Window:
    """The process of a window, and its engine's."""

    def __init__(self, profile: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.locked_window", str(profile)],
            cwd=ROOT,
            env=overwriting({**os.environ, "QT_QPA_PLATFORM": "offscreen"}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.pid = self._process.pid
        self.engine_pid = int(self.read())
        self.wait_for("unlock")

    def read(self) -> str:
        """Return the next word."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode().strip()

    def wait_for(self, word: str) -> None:
        """Read up to a word."""
        while (read := self.read()) != word:
            assert read, "the window has ended"

    def press(self, keys: bytes) -> None:
        """Press keys one after the other."""
        assert self._process.stdin is not None
        for key in keys:
            os.write(self._process.stdin.fileno(), bytes([key]))

    def close(self) -> None:
        """End it."""
        self._process.communicate()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("is_shown", [False, True], ids=["hidden", "all made readable"])
def test_after_a_lock_no_process_holds_a_secret(
    tmp_path: Path, record_property: Callable[[str, object], None], is_shown: bool
) -> None:
    profile = tmp_path / "profile"
    kit_code = os.urandom(32)
    secrets = asyncio.run(make_profile(profile, kit_code=kit_code))
    kit = spellings_of_kit(kit_code)
    letter = {"letter": [*spellings("Compte rendu"), *spellings("vous adresse ce jour")]}
    window = Window(profile)
    try:
        window.press(SHOW if is_shown else b"")
        window.press(PASSPHRASE.encode() + b"\n")
        window.wait_for("open")
        # The search finds what is there: otherwise finding nothing would say nothing.
        assert count_in(window.engine_pid, secrets)["key of the vault"]
        shown = count_in(window.pid, letter)["letter"]
        assert shown
        if is_shown:
            window.press(KIT)
            window.wait_for("kit")
            assert count_in(window.pid, kit)["group 1"]
        window.press(LOCK)
        window.wait_for("locked")
        assert not Path(f"/proc/{window.engine_pid}").exists(), "the engine is gone"
        found = count_in(window.pid, secrets | kit)
        left = count_in(window.pid, letter)["letter"]
    finally:
        window.close()
    record_property("pieces of letters shown, and left after the lock", f"{shown}, {left}")
    sys.stdout.write(f"pieces of letters in memory: {shown} shown, {left} left after the lock\n")
    assert found == dict.fromkeys(secrets | kit, 0)
