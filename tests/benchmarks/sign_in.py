# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first sign-in against the sum of its primitives, and unlocking against Argon2id alone.

The sign-in is the whole of it: engine, vault, a new TLS connection, and a real relay with its PostgreSQL,
which commits each step and puts the sign-in into the log.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.engine.accounts import Surroundings
from app.engine.dispatch import Engine
from app.engine.documents.readers import ReaderProcesses
from app.engine.main import SystemClock
from app.engine.network.http_relay import HttpRelays
from app.engine.security_keys.of_this_computer import KeysOfThisComputer
from app.engine.session import Machine
from app.engine.vault.copies import PrivateCopies
from app.engine.vault.files import SealedFiles
from app.engine.vault.profile import HEADER, ProfileDirectory
from app.engine.vault.watched import FoldersOnDisk
from app.interface.commands import Register, SignIn, Unlock
from app.interface.snapshots import Registered
from crypto_core.keys.derivation import stretch
from crypto_core.keys.vault import VaultHeader
from crypto_core.opaque.client import start_login, start_registration
from crypto_core.opaque.server import ServerSetup, answer_login, answer_registration
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import AccountId
from tests.benchmarks.result import Result, at_most
from tests.fakes.machine import FakeSecretStore
from tests.integration.relay_process import running_relay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.integration.relay_process import RelayProcess

PASSPHRASE: Final = "seize pommes de terre à l’eau et deux carottes"
CHECK_BYTES: Final = 32
"""At the end of a header file."""
REACH_SIGN_IN: Final = 1.5
REACH_UNLOCK: Final = 1.3


def measure() -> list[Result]:
    """Time whole and parts in turn and compare their medians."""
    with tempfile.TemporaryDirectory() as folder, running_relay() as relay:
        return asyncio.run(_measure(Path(folder) / "profile", relay))


async def _measure(folder: Path, relay: RelayProcess) -> list[Result]:
    primitives = Primitives()
    async with engine_on(folder) as engine:
        registered: Any = await engine.handle(
            0,
            Register(
                enrolment=relay.enrolment_text,
                invitation=relay.invite(),
                name="Claire Martin",
                profession="Ostéopathe",
                place="Valbonne",
                is_listed=False,
                passphrase=PASSPHRASE,
            ),
        )
        assert isinstance(registered, Registered)
    sign_ins: list[float] = []
    parts: list[float] = []
    unlocks: list[float] = []
    stretches: list[float] = []
    for code in registered.recovery_codes:
        stretches.append(timed(lambda: stretch_once(folder)))
        async with engine_on(folder) as engine:
            start = time.perf_counter()
            await engine.handle(1, Unlock(passphrase=PASSPHRASE))
            unlocks.append(time.perf_counter() - start)
            parts.append(timed(primitives.sign_in))
            # A new engine has no connection yet; each recovery code serves for one round.
            start = time.perf_counter()
            await engine.handle(2, SignIn(passphrase=PASSPHRASE, code=code))
            sign_ins.append(time.perf_counter() - start)
    return [
        ratio(
            "first sign-in, complete, over TLS", sign_ins, parts, REACH_SIGN_IN, "its primitives"
        ),
        ratio("unlock of a profile", unlocks, stretches, REACH_UNLOCK, "Argon2id alone"),
    ]


class Primitives:
    """Client and relay of OPAQUE in one process, Argon2id included, and nothing around them."""

    def __init__(self) -> None:
        self._account = AccountId(os.urandom(20))
        self._secret = os.urandom(32)
        self._setup = ServerSetup.generate(os.urandom)
        started = start_registration(
            PASSPHRASE,
            account=self._account,
            account_secret=self._secret,
            random_bytes=os.urandom,
        )
        response = answer_registration(self._setup, self._account, started.request)
        self._credential = started.finish(response, random_bytes=os.urandom)

    def sign_in(self) -> None:
        """Let both sides prove themselves once."""
        login = start_login(
            PASSPHRASE,
            account=self._account,
            account_secret=self._secret,
            random_bytes=os.urandom,
        )
        answer, pending = answer_login(
            self._setup, self._account, self._credential, login.ke1, random_bytes=os.urandom
        )
        pending.finish(login.finish(answer).ke3)


@asynccontextmanager
async def engine_on(folder: Path) -> AsyncIterator[Engine]:
    """Run an engine that connects only when it is asked something."""
    clock, secret_store = SystemClock(), FakeSecretStore(is_present=False)
    profile = ProfileDirectory(
        folder, secret_store=secret_store, random_bytes=os.urandom, clock=clock
    )
    around = Surroundings(
        profile=profile,
        machine=Machine(
            clock=clock,
            random_bytes=os.urandom,
            files=SealedFiles(profile.files_directory),
            secret_store=secret_store,
            security_keys=KeysOfThisComputer(),
            documents=ReaderProcesses(),
            copies=PrivateCopies((folder / "copies",), random_bytes=os.urandom),
            folders=FoldersOnDisk(folder),
        ),
        relay_factory=HttpRelays(clock=clock, random_bytes=os.urandom),
        publish=lambda _: None,
    )
    async with asyncio.TaskGroup() as tasks:
        engine = Engine(
            around,
            secret_store=secret_store,
            start=tasks.create_task,
            on_lock=lambda: None,
            connects=False,
        )
        try:
            yield engine
        finally:
            await engine.close()
            await profile.close()


def stretch_once(folder: Path) -> None:
    """Stretch a passphrase as this vault asks for; it measured the computer when it was made."""
    encoded = (folder / HEADER).read_bytes()[:-CHECK_BYTES]
    asked = decode(VaultHeader, encoded).stretch
    stretch(PASSPHRASE, salt=asked.salt, memory_bytes=asked.memory_bytes, passes=asked.passes)


def timed(work: Callable[[], None]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(name: str, whole: list[float], part: list[float], reach: float, against: str) -> Result:
    """Compare the medians."""
    medians = statistics.median(whole) * 1000, statistics.median(part) * 1000
    detail = f"{medians[0]:.0f} ms, {against} {medians[1]:.0f} ms"
    return at_most(name, medians[0] / medians[1], reach, detail)
