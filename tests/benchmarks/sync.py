# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first synchronisation of a full mailbox against opening the same envelopes in memory.

The relay is the one in memory, so that what is measured is the client: fetching pages, verifying the log,
the sender's devices and statements, opening, committing to the encrypted store, acknowledging. The receipts
that are queued meanwhile are sent afterwards and not counted, and so are the words of the letters, which wait for the
index: how long that takes is told beside the figure, and all of them have to be found in the end.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Final

from app.engine.search.indexing import Indexing
from crypto_core.keys.envelopes import open_envelope
from tests.benchmarks.result import Result, at_most
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.full_mailbox import (
    KnownState,
    Waiting,
    befriend,
    fill_mailbox,
    known_state,
    session_of,
)
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import Practice

ENVELOPES: Final = 5_000


def measure() -> list[Result]:
    """Return the figure."""
    with tempfile.TemporaryDirectory() as folder:
        return [asyncio.run(_measure(Path(folder)))]


async def _measure(folder: Path) -> Result:
    clock = FakeClock()
    relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
    async with (
        Practice("Anne", folder / "anne", relay, clock=clock) as anne,
        Practice("Boris", folder / "boris", relay, clock=clock) as boris,
    ):
        await anne.register()
        await boris.register()
        await befriend(anne, boris)
        waiting = await fill_mailbox(anne, boris, ENVELOPES)
        state = await known_state(boris, anne.account, waiting)
        # Half before and half after, so that a machine that slows down slows both.
        in_memory = _open(waiting[::2], state)
        begun = time.perf_counter()
        connection = boris.engine._connection
        assert connection is not None
        received = await connection._receive()
        synchronised = time.perf_counter() - begun
        in_memory += _open(waiting[1::2], state)
        if received != ENVELOPES:
            raise RuntimeError(f"{received} of {ENVELOPES} envelopes arrived")
        session = session_of(boris)
        begun = time.perf_counter()
        await Indexing(session, None).catch_up()
        indexed = time.perf_counter() - begun
        coverage = await session.vault.run(lambda store: store.search.coverage())
        if (coverage.letters, coverage.waiting) != (ENVELOPES, 0):
            raise RuntimeError(f"{coverage.letters} of {ENVELOPES} letters are indexed")
    return at_most(
        f"sync: first synchronisation of {ENVELOPES} / opening them in memory",
        synchronised / in_memory,
        3.0,
        f"{synchronised:.2f} s; in memory {in_memory:.2f} s; the search covers all of it {indexed:.2f} s later",
    )


def _open(waiting: list[Waiting], state: KnownState) -> float:
    begun = time.perf_counter()
    for each in waiting:
        open_envelope(each.envelope, state=state, accepted_at=each.log_index)
    return time.perf_counter() - begun
