# SPDX-License-Identifier: AGPL-3.0-or-later
"""The encrypted store against the same library, schema and code without a key, interleaved in one run."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine.vault.database import configure, connect
from app.engine.vault.migrations import migrate
from app.engine.vault.store import SqlStore, transact
from app.interface.snapshots import Place
from tests.benchmarks.result import Result, at_most
from tests.fakes.large_vault import invented_letters, invented_owner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlcipher3.dbapi2 import Connection

    from app.engine.ports.vault import NewLetter, Store

MESSAGES: Final = 100_000
INSERTED: Final = 10_000
PAGE: Final = 100
_BATCH: Final = 500
_ROUNDS: Final = 31
_OWNER: Final = invented_owner()


class _Subject:
    """One of the two stores."""

    def __init__(self, path: Path, key: bytes | None) -> None:
        self._path, self._key = path, key
        self.connection, self.store = self._open(is_new=True)
        self.run(lambda store: store.identity.create(_OWNER))

    def _open(self, *, is_new: bool) -> tuple[Connection, SqlStore]:
        connection = connect(self._path, self._key)
        configure(connection)
        migrate(connection, is_new=is_new)
        return connection, SqlStore(connection)

    def reopen(self) -> None:
        """Forget every page that is in memory."""
        self.connection.close()
        self.connection, self.store = self._open(is_new=False)

    def run(self, work: Callable[[Store], object]) -> None:
        transact(self.connection, self.store, work)

    def insert(self, letters: Iterator[NewLetter], count: int) -> None:
        """Store letters as the engine does, in transactions of a page's size or so."""
        for start in range(0, count, _BATCH):
            size = min(_BATCH, count - start)

            def write(store: Store, size: int = size) -> None:
                for _ in range(size):
                    store.messages.add(next(letters))

            self.run(write)

    def page(self) -> None:
        self.run(lambda store: store.messages.conversations(Place.INBOX, limit=PAGE))


def measure() -> list[Result]:
    """Return the two figures."""
    with tempfile.TemporaryDirectory() as folder:
        subjects = [
            _Subject(Path(folder) / "encrypted.db", bytes(range(32))),
            _Subject(Path(folder) / "plain.db", None),
        ]
        inserts = _inserts(subjects)
        for subject in subjects:
            subject.connection.execute("pragma wal_checkpoint(truncate)")
        pages, first_pages = _pages(subjects)
        for subject in subjects:
            subject.connection.close()
    return [
        at_most(
            f"vault: newest page of {PAGE} of {MESSAGES} messages, encrypted / plain",
            pages,
            1.3,
            f"median of {_ROUNDS}; the very first page after opening: {first_pages:.2f} x",
        ),
        at_most(
            f"vault: insert {INSERTED} of 2 KiB, encrypted / plain",
            inserts,
            1.6,
            f"median of {MESSAGES // INSERTED} runs of {INSERTED}, {_BATCH} a transaction",
        ),
    ]


def _inserts(subjects: list[_Subject]) -> float:
    """Fill both stores in turns and return the ratio of the median times of one run."""
    letters = [invented_letters(MESSAGES, owner=_OWNER) for _ in subjects]
    times: list[list[float]] = [[] for _ in subjects]
    for _ in range(MESSAGES // INSERTED):
        for subject, source, taken in zip(subjects, letters, times, strict=True):
            begun = time.perf_counter()
            subject.insert(source, INSERTED)
            taken.append(time.perf_counter() - begun)
    return _ratio(times)


def _pages(subjects: list[_Subject]) -> tuple[float, float]:
    times: list[list[float]] = [[] for _ in subjects]
    first: list[list[float]] = [[] for _ in subjects]
    for _ in range(_ROUNDS):
        for subject, taken, after_opening in zip(subjects, times, first, strict=True):
            subject.reopen()
            for kept in (after_opening, taken):
                begun = time.perf_counter()
                subject.page()
                kept.append(time.perf_counter() - begun)
    return _ratio(times), _ratio(first)


def _ratio(times: list[list[float]]) -> float:
    return statistics.median(times[0]) / statistics.median(times[1])
