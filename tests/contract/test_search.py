# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every index of letters promises, in the encrypted vault on disk and in the one in memory."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.ports.search import DocumentText, DueDocument, Query
from app.engine.ports.vault import StoredAttachment
from app.engine.search.queries import parse
from app.engine.vault.store import SqlVault
from app.interface.documents import DocumentKind
from app.interface.snapshots import ContactState, Direction, Problem
from crypto_core.abks.french import Normaliser
from crypto_core.wire.content import LetterDetails, PatientIdentity
from crypto_core.wire.ids import BlobId, Hash, MessageId, PatientId, UnixMillis
from tests.contract.test_vault import (
    ANNE,
    BORIS,
    OWNER,
    contact,
    conversation_id,
    letter,
    message_id,
    sent_letter,
)
from tests.fakes.memory_vault import MemoryVault
from tests.fakes.people import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
    from pathlib import Path

    from app.engine.ports.vault import NewLetter, Store, Vault
    from app.interface.searching import Coverage

MINUTE = 60_000
READ = DocumentText(
    text="Hémoglobine 13 g/dl", kind=DocumentKind.PDF, is_readable=True, has_abnormal=False
)
UNREADABLE = DocumentText(text="", kind=DocumentKind.UNKNOWN, is_readable=False, has_abnormal=False)


@pytest.fixture(params=["encrypted", "memory"])
def in_vault(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[Callable[[Vault], Coroutine[Any, Any, None]]], None]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Vault]:
        vault: Vault = (
            await SqlVault.open(tmp_path / "vault.db", bytes(32), is_new=True)
            if request.param == "encrypted"
            else MemoryVault()
        )
        await vault.run(lambda store: store.identity.create(OWNER))
        await vault.run(lambda store: store.contacts.put(contact(ANNE)))
        await vault.run(lambda store: store.contacts.put(contact(BORIS)))
        try:
            yield vault
        finally:
            await vault.close()

    def run(story: Callable[[Vault], Coroutine[Any, Any, None]]) -> None:
        async def main() -> None:
            async with opened() as vault:
                await story(vault)

        asyncio.run(main())

    return run


InVault = Any


def minutes(number: int) -> UnixMillis:
    return UnixMillis(NOW + number * MINUTE)


def document(number: int, *, is_available: bool = True) -> StoredAttachment:
    return StoredAttachment(
        blob=BlobId(bytes([number]) * 16),
        key=bytes(32),
        name=f"bilan_{number}.pdf",
        media_type="application/pdf",
        size=10,
        sha256=Hash(bytes(32)),
        is_available=is_available,
        sealed_sha256=None,
    )


async def add(vault: Vault, *letters: NewLetter) -> None:
    def write(store: Store) -> None:
        for each in letters:
            store.messages.add(each)

    await vault.run(write)


async def search(
    vault: Vault,
    text: str = "",
    *,
    before: MessageId | None = None,
    limit: int = 50,
    **asked: Any,  # noqa: ANN401 - any filter
) -> list[int]:
    """The numbers of the letters found, newest first."""
    query = Query(wanted=parse(text, Normaliser()), **asked)
    found = await vault.read(lambda store: store.search.find(query, before=before, limit=limit))
    assert found is not None
    return [int.from_bytes(each.message, "big") for each in found]


async def coverage(vault: Vault) -> Coverage:
    return await vault.read(lambda store: store.search.coverage())


async def catch_up(vault: Vault) -> None:
    while await vault.run(lambda store: store.search.index_due(3)):
        pass


async def next_document(vault: Vault) -> DueDocument:
    due = await vault.run(lambda store: store.search.next_document())
    assert due is not None
    return due


async def keep(vault: Vault, due: DueDocument, text: DocumentText) -> None:
    await vault.run(lambda store: store.search.keep_text(due, text))
    await catch_up(vault)


async def words_in_pages(vault: Vault, *words: str) -> list[str]:
    """Which words stand anywhere in what the index keeps. Only words that begin like no other can be looked for."""

    def look(store: Store) -> list[str]:
        database = store.search._db  # type: ignore[attr-defined] # of the one store there is
        kept = b"".join(
            bytes(row[0])
            for row in database.execute("select block from letter_index_data where block not null")
        )
        return [word for word in words if word.encode() in kept]

    return await vault.run(look)


# --- finding -------------------------------------------------------------------------------------


def test_a_letter_is_found_from_the_moment_it_is_stored(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(
            vault,
            letter(1, subject="Scanner", text="Un nodule."),
            sent_letter(2, BORIS, subject="Réponse", text="Merci pour le scanner"),
            letter(3, subject="Scanner", is_brought=True, at=minutes(-9)),
        )
        assert await search(vault, "scanner") == [2, 1, 3]
        assert await search(vault, "nodules") == [1]
        assert await search(vault, "dr b") == [2]
        state = await coverage(vault)
        assert (state.letters, state.waiting, state.unreadable) == (3, 0, 0)
        assert state.complete_since == minutes(-9)

    in_vault(story)


def test_every_word_is_needed_wherever_it_stands(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(
            vault,
            letter(1, subject="Genou droit", text="entorse"),
            letter(2, subject="Genou gauche", text="fracture"),
        )
        assert await search(vault, "genou") == [2, 1]
        assert await search(vault, "entorse genou") == [1]
        assert await search(vault, "entorse gauche") == []
        assert await search(vault, '"genou droit"') == [1]
        assert await search(vault, '"droit genou"') == []
        # A phrase does not run from one field into the next, nor from the text into its other forms.
        assert await search(vault, '"droit entorse"') == []

    in_vault(story)


def test_the_last_word_is_a_beginning_until_something_follows(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(vault, letter(1, text="Consultation de contrôle"))
        for typed in ("co", "cons", "consulta", "consultation", "CONTRO"):
            assert await search(vault, typed) == [1], typed
        assert await search(vault, "cons ") == []
        assert await search(vault, "cons contrôle") == []

    in_vault(story)


def test_pages_go_down_in_time_whatever_came_in_first(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        order = [4, 1, 5, 3, 2]
        for number in order:
            await add(vault, letter(number, text="bilan", at=minutes(number)))
        # Three that were written within the same second.
        for number in (6, 7, 8):
            await add(vault, letter(number, text="bilan", at=minutes(9)))
        assert (await search(vault, "bilan"))[3:] == [5, 4, 3, 2, 1]
        seen: list[int] = []
        before = None
        while page := await search(vault, "bilan", before=before, limit=3):
            seen += page
            before = message_id(page[-1])
        assert seen == await search(vault, "bilan")
        assert sorted(seen[:3]) == [6, 7, 8]

    in_vault(story)


def test_many_letters_of_one_second_are_all_found_within_their_dates(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        many = range(1, 201)
        await add(vault, *(letter(number, text="bilan", at=minutes(9)) for number in many))
        found = await search(vault, "bilan", since=minutes(9), until=minutes(9), limit=300)
        assert sorted(found) == list(many)

    in_vault(story)


def test_a_page_below_a_letter_that_is_gone_is_none(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        found = await vault.read(
            lambda store: store.search.find(Query(), before=message_id(9), limit=5)
        )
        assert found is None

    in_vault(story)


def test_filters_alone_and_with_words(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(
            vault,
            letter(1, text="bilan", at=minutes(1)),
            letter(2, text="bilan", at=minutes(2), sender=BORIS),
            sent_letter(3, BORIS, text="bilan", at=minutes(3), attachments=(document(1),)),
            letter(4, text="autre", at=minutes(4), attachments=(document(2),)),
        )
        assert await search(vault) == [4, 3, 2, 1]
        assert await search(vault, person=BORIS) == [3, 2]
        # The other one has a document of that name.
        assert await search(vault, "bilan", person=ANNE) == [4, 1]
        assert await search(vault, has_documents=True) == [4, 3]
        assert await search(vault, since=minutes(2)) == [4, 3, 2]
        assert await search(vault, until=minutes(2)) == [2, 1]
        assert await search(vault, "bilan", since=minutes(2), until=minutes(2)) == [2]
        assert await search(vault, kind=DocumentKind.PDF) == []
        await keep(vault, await next_document(vault), READ)
        assert await search(vault, kind=DocumentKind.PDF) == [4]
        assert await search(vault, kind=DocumentKind.PDF, person=BORIS) == []

    in_vault(story)


def test_names_that_change_are_found_as_they_are_now(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        before, after = (
            replace(contact(ANNE), name=f"Dr {name}") for name in ("Orsel", "Quintard")
        )
        await vault.run(lambda store: store.contacts.put(before))
        await add(vault, letter(1))
        assert await search(vault, "orsel") == [1]
        # Whatever waits already may wait once more.
        await vault.run(lambda store: store.contacts.put(replace(before, name="Dr Mauduit")))
        await vault.run(lambda store: store.contacts.put(after))
        assert (await coverage(vault)).waiting == 1
        await catch_up(vault)
        assert await search(vault, "quintard") == [1]
        assert await search(vault, "orsel") == []
        assert (await coverage(vault)).waiting == 0

    in_vault(story)


def test_patients_are_found_as_filed_and_as_named_in_letters(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        identity = PatientIdentity(
            patient=PatientId(b"s" * 16),
            family_name="Lefèvre",
            given_name="Zoé",
            birth_date="1980-04-01",
        )
        details = LetterDetails(version=1, marks=(), patient=identity, is_answer_wanted=False)
        await add(vault, letter(1, details=details), letter(2, conversation=conversation_id(2)))
        assert await search(vault, "lefevre 01/04/1980") == [1]
        ours = PatientId(b"o" * 16)

        def put(store: Store, family_name: str) -> None:
            store.patients.put(ours, family_name=family_name, given_name="Ada", birth_date="")

        await vault.run(lambda store: put(store, "Roussel"))
        await vault.run(lambda store: store.patients.file(conversation_id(2), ours))
        await catch_up(vault)
        assert await search(vault, "roussel") == await search(vault, patient=ours) == [2]
        await vault.run(lambda store: put(store, "Quintard"))
        await catch_up(vault)
        assert await search(vault, "roussel") == []
        assert await search(vault, "quintard ada") == [2]
        await vault.run(lambda store: store.patients.file(conversation_id(2), None))
        await catch_up(vault)
        assert await search(vault, patient=ours) == await search(vault, "quintard") == []

    in_vault(story)


def test_what_is_hidden_until_it_is_gone_is_not_found(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(vault, letter(1, text="bilan"))
        await vault.run(lambda store: store.organising.remove(conversation_id(1), UnixMillis(NOW)))
        assert await search(vault, "bilan") == await search(vault) == []

    in_vault(story)


def test_what_is_found_says_who_and_what(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(
            vault,
            sent_letter(1, ANNE, BORIS, subject="s", text="t", attachments=(document(1),)),
            letter(2, subject="s2"),
        )
        found = await vault.read(lambda store: store.search.find(Query(), before=None, limit=9))
        assert found is not None
        received, sent = found
        assert (sent.direction, sent.people) == (Direction.SENT, ("Dr A", "Dr B"))
        assert sent.documents == ("bilan_1.pdf",)
        assert (received.direction, received.people) == (Direction.RECEIVED, ("Dr A",))
        assert received.conversation == conversation_id(1)

    in_vault(story)


# --- documents -----------------------------------------------------------------------------------


def test_documents_wait_newest_first_and_coverage_says_so(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(
            vault,
            letter(1, at=minutes(1), attachments=(document(1),)),
            letter(2, at=minutes(2), attachments=(document(2), document(3))),
            letter(3, at=minutes(3)),
        )
        state = await coverage(vault)
        assert (state.letters, state.waiting, state.complete_since) == (3, 3, minutes(3))
        first = await next_document(vault)
        assert (first.blob, first.name, first.attempts) == (document(2).blob, "bilan_2.pdf", 1)
        await keep(vault, first, READ)
        # The other one of the letter is still to be read, so the letter's place is not made anew yet.
        assert await search(vault, "hemoglobine") == []
        await keep(vault, await next_document(vault), UNREADABLE)
        assert await search(vault, "hemoglobine") == [2]
        state = await coverage(vault)
        assert (state.waiting, state.unreadable, state.complete_since) == (1, 1, minutes(2))
        (row,) = await vault.read(lambda store: store.search.unread(9))
        assert (row.message, row.index, row.name) == (message_id(2), 1, "bilan_3.pdf")
        await keep(vault, await next_document(vault), READ)
        state = await coverage(vault)
        assert (state.waiting, state.unreadable, state.complete_since) == (0, 1, minutes(1))
        assert await vault.run(lambda store: store.search.next_document()) is None

    in_vault(story)


def test_words_may_stand_in_letter_and_document(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(vault, letter(1, text="Voir pièce jointe", attachments=(document(1),)))
        await keep(vault, await next_document(vault), READ)
        assert await search(vault, "hémoglobine pièce") == [1]
        query = Query(wanted=parse("hémoglobine", Normaliser()))

        def texts(store: Store) -> tuple[bool, dict[int, str]]:
            found = store.search.find(query, before=None, limit=1)
            assert found is not None
            inside = store.search.with_matching_documents(query, found)
            return found[0].number in inside, dict(store.search.document_texts(found[0]))

        assert await vault.read(texts) == (True, {0: READ.text})

    in_vault(story)


def test_a_document_that_is_not_here_yet_waits_until_it_is(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(vault, letter(1, attachments=(document(1, is_available=False),)))
        assert await vault.run(lambda store: store.search.next_document()) is None
        assert (await coverage(vault)).waiting == 1
        await vault.run(lambda store: store.messages.attachment_stored(document(1).blob))
        await keep(vault, await next_document(vault), READ)
        assert await search(vault, "hemoglobine") == [1]

    in_vault(story)


def test_a_document_that_will_never_come_is_said_to_be_unread(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(vault, letter(1, attachments=(document(1, is_available=False),)))
        await vault.run(
            lambda store: store.messages.set_problem(message_id(1), Problem.ATTACHMENT_MISSING)
        )
        assert await vault.run(lambda store: store.search.next_document()) is None
        state = await coverage(vault)
        assert (state.waiting, state.unreadable) == (0, 1)
        # And it comes all the same.
        await vault.run(lambda store: store.messages.attachment_stored(document(1).blob))
        state = await coverage(vault)
        assert (state.waiting, state.unreadable) == (1, 0)
        await keep(vault, await next_document(vault), READ)
        assert await search(vault, "hemoglobine") == [1]

    in_vault(story)


def test_a_document_counts_how_often_it_was_begun(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(vault, letter(1, attachments=(document(1),)))
        assert [(await next_document(vault)).attempts for _ in range(3)] == [1, 2, 3]

    in_vault(story)


# --- nothing stays behind ------------------------------------------------------------------------


def test_no_word_of_a_removed_letter_stays_in_the_index(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await vault.run(
            lambda store: store.contacts.put(
                replace(contact(ANNE), name="Vwxanne", state=ContactState.ACCEPTED)
            )
        )
        for number in range(2, 40):
            await add(vault, letter(number, sender=BORIS, text=f"commun voisin{number}"))
        await add(
            vault,
            letter(1, subject="Qzkaphasie", text="Xqjombre commune", attachments=(document(1),)),
        )
        text = replace(READ, text="Zvwplaquettes Kkqcourt")
        await keep(vault, await next_document(vault), text)
        secret = ("qzkaphas", "xqjombr", "zvwplaquet", "vwxann", "kkqcourt")
        assert set(await words_in_pages(vault, *secret)) == set(secret)

        def remove(store: Store) -> None:
            database = store.messages._db  # type: ignore[attr-defined] # of the one store there is
            database.execute("delete from message where message = ?", (message_id(1),))

        await vault.run(remove)
        assert await words_in_pages(vault, *secret) == []
        assert await search(vault, "commun") == list(range(39, 1, -1))
        assert await search(vault, "xqjombre") == []
        state = await coverage(vault)
        assert (state.letters, state.waiting, state.unreadable) == (38, 0, 0)

    in_vault(story)


def test_a_letter_that_a_stand_in_stood_for_is_found(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(vault, letter(1, subject="", text="", problem=Problem.CANNOT_OPEN))
        await add(vault, letter(1, text="ouverte"))
        assert await search(vault, "ouverte") == [1]
        assert (await coverage(vault)).letters == 1

    in_vault(story)


def test_a_damaged_index_neither_stops_letters_nor_stays_unsaid(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        for number in range(1, 30):
            await add(
                vault,
                letter(number, text="bilan", at=minutes(number), attachments=(document(number),)),
            )
        await keep(vault, await next_document(vault), READ)

        def damage(store: Store) -> None:
            database = store.search._db  # type: ignore[attr-defined] # of the one store there is
            database.execute(
                "update letter_index_data set block = x'00ff00ff00ff00ff' where id > 9"
            )

        await vault.run(damage)
        await add(vault, letter(30, text="bilan", at=minutes(30)))
        state = await coverage(vault)
        assert state.is_rebuilding
        assert state.letters + state.waiting >= 30
        await catch_up(vault)
        assert await search(vault, "bilan") == list(range(30, 0, -1))
        # What was read of documents is not read again.
        assert await search(vault, "hemoglobine") == [29]
        assert not (await coverage(vault)).is_rebuilding

    in_vault(story)


def test_a_search_mends_a_damaged_index(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(vault, *(letter(number, text=f"bilan {number}") for number in range(1, 30)))

        def damage(store: Store) -> None:
            database = store.search._db  # type: ignore[attr-defined] # of the one store there is
            database.execute(
                "update letter_index_data set block = x'00ff00ff00ff00ff' where id > 9"
            )

        await vault.run(damage)
        assert await search(vault, "bilan") == []
        state = await coverage(vault)
        assert (state.is_rebuilding, state.letters, state.waiting) == (True, 0, 29)
        assert state.complete_since is None
        await catch_up(vault)
        assert len(await search(vault, "bilan")) == 29

    in_vault(story)


# --- any text is a query -------------------------------------------------------------------------

QUERIES = st.text(
    st.one_of(st.sampled_from("ab é\"'*()-+^:{}«».\0AND OR NOT NEAR,"), st.characters()),
    max_size=80,
)


@pytest.fixture(scope="module")
def one_letter() -> Iterator[Vault]:
    """A vault with one letter, whose every word somebody may take for a sign."""

    async def made() -> Vault:
        vault = MemoryVault()
        await vault.run(lambda store: store.identity.create(OWNER))
        await add(vault, letter(1, subject="a", text="b é AND OR NOT NEAR"))
        return vault

    vault = asyncio.run(made())
    yield vault
    asyncio.run(vault.close())


@settings(deadline=None)
@given(QUERIES)
def test_any_text_is_a_query(one_letter: Vault, text: str) -> None:
    assert asyncio.run(search(one_letter, text)) in ([], [1])


def test_the_longest_queries_are_queries(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await add(vault, letter(1, text="mot"))
        assert (
            await search(vault, " ".join(f"{number % 10}{number}" for number in range(170))) == []
        )
        assert await search(vault, "mot " * 125) == [1]
        assert await search(vault, "a." * 249 + "b") == []

    in_vault(story)
