# SPDX-License-Identifier: AGPL-3.0-or-later
"""The search over 100 000 letters against FTS5 as it comes, over the same letters in the same encrypted store.

As it comes: `unicode61` words, newest first, the same number of rows, with its own `highlight` and `snippet`. Asked
in turns: what somebody types, letter by letter from the second on, and what has several words.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine.search.finding import look_for
from app.engine.vault.database import configure, connect
from app.engine.vault.migrations import migrate
from app.engine.vault.store import SqlStore, transact
from app.interface.searching import Search
from crypto_core.abks.french import Normaliser
from tests.benchmarks.result import Result, at_most
from tests.fakes.large_vault import InventedWords, invented_owner, worded_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlcipher3.dbapi2 import Connection

    from app.engine.ports.vault import Store

MESSAGES: Final = 100_000
PAGE: Final = 20
_BATCH: Final = 500
_ROUNDS: Final = 7
_RAW: Final = (
    "select raw.rowid, highlight(raw, 0, '[', ']'), snippet(raw, 1, '[', ']', '…', 24), m.message, m.at"
    " from raw join message m on m.id = raw.rowid where raw match ? order by raw.rowid desc limit ?"
)


def measure() -> list[Result]:
    """Return the figures."""
    words = InventedWords()
    with tempfile.TemporaryDirectory() as folder:
        connection = connect(Path(folder) / "vault.db", bytes(range(32)))
        configure(connection)
        migrate(connection, is_new=True)
        store = SqlStore(connection)
        _fill(connection, store, words)
        normaliser = Normaliser()
        # Both have been asked something before.
        look_for(store, Search(query="rien", limit=PAGE), normaliser)
        ours: list[float] = []
        raw: list[float] = []
        for query, same in _questions(words):
            ours.append(_median(partial(look_for, store, query, normaliser)))
            raw.append(_median(partial(_ask_raw, connection, same)))
        connection.close()
    return [
        at_most(
            f"search: first {PAGE} of {MESSAGES} letters while typing, search / raw FTS5",
            sum(ours) / sum(raw),
            2.0,
            f"{len(ours)} questions, median of {_ROUNDS} each; slowest {max(ours) * 1000:.0f} ms,"
            f" median {statistics.median(ours) * 1000:.1f} ms against"
            f" {statistics.median(raw) * 1000:.1f} ms",
        )
    ]


def _ask_raw(connection: Connection, question: str) -> None:
    connection.execute(_RAW, (question, PAGE)).fetchall()


def _fill(connection: Connection, store: SqlStore, words: InventedWords) -> None:
    owner = invented_owner()
    transact(connection, store, lambda each: each.identity.create(owner))
    letters = worded_letters(MESSAGES, owner=owner, words=words)

    def write(each: Store) -> None:
        for _ in range(_BATCH):
            each.messages.add(next(letters))

    for _ in range(MESSAGES // _BATCH):
        transact(connection, store, write)
    connection.execute(
        "create virtual table raw using fts5(subject, body, content = 'message', content_rowid = 'id')"
    )
    connection.execute(
        "insert into raw (rowid, subject, body) select id, subject, body from message"
    )


def _questions(words: InventedWords) -> Iterator[tuple[Search, str]]:
    """What is asked, and the same for FTS5."""
    for rank in (0, 50, 1_000, 20_000):
        word = words.word(rank)
        for typed in range(2, len(word) + 1):
            yield Search(query=word[:typed], limit=PAGE), f'"{word[:typed]}" *'
        yield Search(query=f"{word} ", limit=PAGE), f'"{word}"'
    common, other, rare = words.word(10), words.word(300), words.word(25_000)
    yield Search(query=f"{common} {other} ", limit=PAGE), f'"{common}" AND "{other}"'
    yield Search(query=f"{common} {rare} ", limit=PAGE), f'"{common}" AND "{rare}"'
    yield Search(query=f'"{common} {other}"', limit=PAGE), f'"{common} {other}"'


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)
