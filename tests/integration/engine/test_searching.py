# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters and their documents are found by who sent them and by who received them, whatever happens in between."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.engine.search.indexing import MOST_ATTEMPTS, Indexing
from app.engine.vault.store import SqlVault
from app.interface.commands import Synchronise
from app.interface.documents import DocumentKind
from app.interface.failures import Failure
from app.interface.searching import Found, ListUnread, Search
from crypto_core.wire.ids import MessageId
from tests.contract.test_vault import OWNER
from tests.contract.test_vault import letter as stored_letter
from tests.fakes.crashes import Countdown, CrashError, CrashingVault
from tests.fakes.full_mailbox import fill_mailbox, session_of
from tests.fakes.practice import Practice, failure_of, settle
from tests.fakes.quick_readers import QuickReaders
from tests.integration.engine.test_receiving import letter, run

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.ports.documents import ReadText
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from app.interface.searching import SearchPage


class CountingReaders(QuickReaders):
    """Knows how many texts were asked for, and may fall over with the whole program."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.is_deadly = False

    async def text(self, content: bytes, *, name: str) -> ReadText:
        """See the port."""
        self.asked.append(name)
        if self.is_deadly:
            raise CrashError
        return await super().text(content, name=name)


def files(folder: Path, count: int) -> list[str]:
    paths = []
    for number in range(count):
        path = folder / f"résultat {number}.txt"
        path.write_text(f"Ferritine {number} : abaissée, à contrôler.", encoding="utf-8")
        paths.append(str(path))
    return paths


async def find(practice: Practice, query: str) -> SearchPage:
    return await practice.do(Search(query=query))


async def catch_up(session: Session, readers: QuickReaders) -> None:
    await Indexing(session, readers).catch_up()


def test_a_letter_and_its_document_are_found_on_both_sides(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        (path,) = files(tmp_path, 1)
        sent = await anne.do(letter(boris, "Les douleurs s’étendent aux genoux.", path))
        await settle([anne, boris])
        for practice, other in ((anne, "Boris"), (boris, "Anne")):
            page = await find(practice, "genou douleur ")
            (hit,) = page.hits
            assert (hit.message, hit.people) == (sent.message, (other,))
            pieces = [hit.snippet[each.start : each.end] for each in hit.snippet_highlights]
            assert pieces == ["douleurs", "genoux"]
            assert hit.found == (Found.TEXT,)
            # The document waits, and that is said.
            assert (page.coverage.letters, page.coverage.waiting) == (1, 1)
            assert page.coverage.complete_since is None
            assert (await find(practice, "ferritine")).hits == ()

            await catch_up(session_of(practice), QuickReaders())
            page = await find(practice, "ferritin genou")
            (hit,) = page.hits
            assert hit.found == (Found.TEXT, Found.DOCUMENT)
            (hit,) = (await find(practice, "ferritine abaissee")).hits
            assert (hit.document, hit.document_name) == (0, "résultat 0.txt")
            pieces = [hit.snippet[each.start : each.end] for each in hit.snippet_highlights]
            assert pieces == ["Ferritine", "abaissée"]
            assert page.coverage.waiting == page.coverage.unreadable == 0
            assert page.coverage.complete_since == hit.at
            kind = await practice.do(Search(query="", kind=DocumentKind.TEXT))
            assert [each.message for each in kind.hits] == [sent.message]
            assert (await find(practice, other)).hits[0].found == (Found.PEOPLE,)

    run(tmp_path, story)


def test_many_letters_at_once_are_received_before_they_are_indexed(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await fill_mailbox(anne, boris, 30)
        await boris.do(Synchronise())
        page = await find(boris, "examen demandé")
        # What is not in the index yet is missing from the answer, and the answer says so.
        assert page.hits == ()
        assert (page.coverage.letters, page.coverage.waiting) == (0, 30)
        assert page.coverage.complete_since is None
        session = session_of(boris)
        assert await session.vault.run(lambda store: store.search.index_due(10)) == 10
        page = await find(boris, "examen demandé")
        assert {each.subject for each in page.hits} == {f"Lettre {n}" for n in range(20, 30)}
        assert (page.coverage.letters, page.coverage.waiting) == (10, 20)
        await catch_up(session, QuickReaders())
        page = await find(boris, "lettre 3 ")
        assert [each.subject for each in page.hits] == ["Lettre 3"]
        assert (page.coverage.letters, page.coverage.waiting) == (30, 0)

    run(tmp_path, story)


def test_signs_alone_find_nothing_and_nothing_finds_all(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(letter(boris))
        assert (await find(anne, '?! * " ( AND')).hits == ()
        assert (await find(anne, "...")).hits == ()
        assert len((await find(anne, " ")).hits) == 1
        unknown = Search(query="", before=MessageId(bytes(16)))
        assert await failure_of(anne, unknown) == Failure.UNKNOWN_MESSAGE

    run(tmp_path, story)


def test_work_that_is_broken_off_anywhere_goes_on_and_reads_nothing_twice(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        paths = files(tmp_path, 5)
        for path in paths:
            await anne.do(letter(boris, "Voir le résultat.", path))
        session = session_of(anne)
        readers = CountingReaders()
        crashes = 0
        while (await find(anne, "ferritine")).coverage.waiting:
            countdown = Countdown(crashes % 9 + 1)
            crashing = replace(session, vault=CrashingVault(session.vault, countdown))
            try:
                await catch_up(crashing, readers)
            except CrashError:
                crashes += 1
        assert crashes > 5
        assert len((await find(anne, "ferritine")).hits) == len(paths)
        # A document is read again only if the program ended between reading it and keeping what it says.
        assert len(readers.asked) <= len(paths) + crashes
        assert (await anne.do(ListUnread(limit=9))).rows == ()

    run(tmp_path, story)


def test_a_document_that_takes_the_program_down_is_left_alone_and_listed(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        (path,) = files(tmp_path, 1)
        sent = await anne.do(letter(boris, "Bonjour", path))
        readers = CountingReaders()
        readers.is_deadly = True
        for _ in range(MOST_ATTEMPTS):
            with pytest.raises(CrashError):
                await catch_up(session_of(anne), readers)
        await catch_up(session_of(anne), readers)
        assert len(readers.asked) == MOST_ATTEMPTS
        (row,) = (await anne.do(ListUnread(limit=9))).rows
        assert (row.message, row.index, row.name) == (sent.message, 0, "résultat 0.txt")
        page = await find(anne, "resultat")
        assert (page.coverage.waiting, page.coverage.unreadable) == (0, 1)
        assert page.hits[0].found == (Found.DOCUMENT,)
        assert page.hits[0].document_name == "résultat 0.txt"

    run(tmp_path, story)


def test_a_document_whose_file_is_gone_is_listed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        (path,) = files(tmp_path, 1)
        await anne.do(letter(boris, "Bonjour", path))
        for sealed in (anne.directory / "files").iterdir():
            sealed.unlink()
        with caplog.at_level(logging.WARNING):
            await catch_up(session_of(anne), CountingReaders())
        assert "résultat" not in caplog.text
        assert len((await anne.do(ListUnread(limit=9))).rows) == 1

    run(tmp_path, story)


def test_indexing_waits_while_letters_are_received(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        (path,) = files(tmp_path, 1)
        await anne.do(letter(boris, "Bonjour", path))
        session = session_of(anne)
        readers = CountingReaders()
        async with session.locks.inbox:
            working = asyncio.create_task(catch_up(session, readers))
            for _ in range(20):
                await asyncio.sleep(0)
            assert readers.asked == []
            # Whoever searches does not wait.
            assert len((await find(anne, "bonjour")).hits) == 1
        await working
        assert len(readers.asked) == 1

    run(tmp_path, story)


@pytest.mark.parametrize(
    "spoil",
    ["drop table letter_index", "update index_state set normalisation = normalisation - 1"],
    ids=["gone", "of older rules"],
)
def test_an_index_that_is_of_no_use_is_made_anew_at_the_next_start(
    tmp_path: Path, spoil: str
) -> None:
    path = tmp_path / "vault.db"

    async def story() -> None:
        vault = await SqlVault.open(path, bytes(32), is_new=True)
        await vault.run(lambda store: store.identity.create(OWNER))

        def write(store: Store) -> None:
            for number in range(1, 8):
                store.messages.add(stored_letter(number))

        state = await vault.read(lambda store: store.search.coverage())
        # An empty store's index is of the rules of today already.
        assert not state.is_rebuilding
        await vault.run(write)
        while await vault.run(lambda store: store.search.index_due(3)):
            pass
        await vault.run(
            lambda store: store.search._db.execute(spoil)  # type: ignore[attr-defined]
        )
        await vault.close()
        vault = await SqlVault.open(path, bytes(32), is_new=False)
        try:
            state = await vault.read(lambda store: store.search.coverage())
            assert (state.letters, state.waiting, state.is_rebuilding) == (0, 7, True)
            while await vault.run(lambda store: store.search.index_due(3)):
                pass
            state = await vault.read(lambda store: store.search.coverage())
            assert (state.letters, state.waiting, state.is_rebuilding) == (7, 0, False)
        finally:
            await vault.close()

    asyncio.run(story())


def test_a_search_sees_what_was_just_stored_while_another_runs(tmp_path: Path) -> None:
    async def story() -> None:
        vault = await SqlVault.open(tmp_path / "vault.db", bytes(32), is_new=True)
        try:
            await vault.run(lambda store: store.identity.create(OWNER))
            reading, stored = asyncio.Event(), asyncio.Event()
            loop = asyncio.get_running_loop()

            def slow(store: object) -> int:
                del store
                loop.call_soon_threadsafe(reading.set)
                return asyncio.run_coroutine_threadsafe(wait(), loop).result()

            async def wait() -> int:
                await stored.wait()
                return 1

            searching = asyncio.create_task(vault.read(slow))
            await reading.wait()
            # The long reading does not hold up what is stored.
            await vault.run(lambda store: store.messages.add(stored_letter(1)))
            stored.set()
            assert await searching == 1
            assert (await vault.read(lambda store: store.search.coverage())).letters == 1
            with pytest.raises(Exception, match="readonly"):
                await vault.read(lambda store: store.messages.add(stored_letter(2)))
        finally:
            await vault.close()

    asyncio.run(story())
