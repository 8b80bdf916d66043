# SPDX-License-Identifier: AGPL-3.0-or-later
"""A recipient who is no contact of the reader's: the engine and the scripted one of the window's tests agree."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from app.interface.commands import (
    AcceptContact,
    AddByCard,
    ListConversations,
    ReadConversation,
    RequestContact,
    SendLetter,
    ShowCard,
)
from app.interface.events import ConversationsChanged
from app.interface.failures import CommandError, Failure
from app.interface.searching import Search
from app.interface.shown import short_address
from app.interface.snapshots import ContactState, DraftRecipient, Place
from app.interface.writing import (
    CheckRecipients,
    Doubt,
    DraftContent,
    ListDrafts,
    SaveDraft,
    SendDraft,
)
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import Practice, settle
from tests.fakes.scripted_engine import Practice as ScriptedPractice

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from crypto_core.wire.ids import AccountId

    Ask = Callable[[Any], Awaitable[Any]]
    Run = Callable[[Callable[[Ask, AccountId, AccountId, AccountId], Awaitable[None]]], None]


async def befriend(first: Practice, second: Practice) -> None:
    await first.do(RequestContact(account=second.account, note=""))
    await settle([first, second])
    await second.do(AcceptContact(account=first.account))
    await settle([first, second])


async def meet_by_letter(claire: Practice, karim: Practice, ahmed: Practice) -> None:
    """Let Claire write to two people who do not know each other."""
    for each in (claire, karim, ahmed):
        await each.register()
    await befriend(claire, karim)
    await befriend(claire, ahmed)
    await claire.do(
        SendLetter(
            to=(ahmed.account, karim.account),
            subject="À vous deux",
            text="Bonjour",
            attachments=(),
            urgency=DraftContent().urgency,
            in_reply_to=None,
            accepts_unverified=True,
        )
    )
    await settle([claire, karim])


@pytest.fixture(params=["engine", "scripted"])
def karim(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Return what plays a story at Karim's, who has a letter of Claire's that went to Ahmed, too."""

    async def real(story: Callable[..., Awaitable[None]]) -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with (
            Practice("Claire", tmp_path / "claire", relay, clock=clock) as claire,
            Practice("Karim", tmp_path / "karim", relay, clock=clock) as karim,
            Practice("Ahmed", tmp_path / "ahmed", relay, clock=clock) as ahmed,
        ):
            await meet_by_letter(claire, karim, ahmed)
            await story(karim.do, karim.account, claire.account, ahmed.account)

    async def scripted(story: Callable[..., Awaitable[None]]) -> None:
        practice = ScriptedPractice()
        practice.adopt("irrelevant")
        claire = practice.add_contact("Claire")
        ahmed = practice.add_stranger("Ahmed")
        practice.receive(claire, "À vous deux", "Bonjour", others=[ahmed])

        async def ask(command: Any) -> Any:  # noqa: ANN401 - as the engine's
            return practice.answer(command, lambda _done, _total: None)

        await story(ask, practice.account, claire, ahmed)

    play = real if request.param == "engine" else scripted
    return lambda story: asyncio.run(play(story))


def test_somebody_without_a_name_here_is_called_by_the_address_and_never_first(karim: Run) -> None:
    async def story(ask: Ask, own: AccountId, _claire: AccountId, ahmed: AccountId) -> None:
        called = short_address(ahmed)
        page = await ask(ListConversations(place=Place.INBOX, before=None, limit=10))
        assert page.rows[0].correspondents == ("Claire", called)
        conversation = page.rows[0].conversation
        read = await ask(ReadConversation(conversation=conversation, before=None, limit=10))
        others = [row for row in read.messages[0].recipients if row.account != own]
        assert [(row.name, row.profession) for row in others] == [(called, "")]
        found = await ask(Search(query="vous deux"))
        assert found.hits[0].people == ("Claire",)

    karim(story)


def test_before_sending_it_is_known_who_cannot_be_written_to(karim: Run) -> None:
    async def story(ask: Ask, _own: AccountId, claire: AccountId, ahmed: AccountId) -> None:
        check = await ask(CheckRecipients(to=(ahmed, claire)))
        assert [row.account for row in check.rows] == [ahmed, claire]
        assert check.rows[0].doubts == (Doubt.NOT_A_CONTACT,)
        assert check.rows[0].contact is None
        assert check.rows[0].name == short_address(ahmed)
        assert Doubt.NOT_A_CONTACT not in check.rows[1].doubts
        content = DraftContent(
            to=tuple(
                DraftRecipient(account=account, name="", profession="")
                for account in (ahmed, claire)
            ),
            subject="Réponse",
        )
        draft = await ask(SaveDraft(draft=None, content=content))
        with pytest.raises(CommandError) as refused:
            await ask(SendDraft(draft=draft.draft, accepts_unverified=True))
        assert refused.value.failure is Failure.NOT_A_CONTACT
        assert refused.value.detail == short_address(ahmed)
        drafts = await ask(ListDrafts(offset=0, limit=10))
        assert all(name for row in drafts.rows for name in row.to)

    karim(story)


def test_whoever_is_asked_is_still_nobody_to_write_to(karim: Run) -> None:
    async def story(ask: Ask, _own: AccountId, _claire: AccountId, ahmed: AccountId) -> None:
        await ask(RequestContact(account=ahmed, note=""))
        (row,) = (await ask(CheckRecipients(to=(ahmed,)))).rows
        assert (row.doubts, row.contact) == ((Doubt.NOT_A_CONTACT,), ContactState.REQUESTED)
        assert row.name

    karim(story)


def test_whoever_gets_a_name_has_it_in_the_letters_that_are_here(tmp_path: Path) -> None:
    async def story() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with (
            Practice("Claire", tmp_path / "claire", relay, clock=clock) as claire,
            Practice("Karim", tmp_path / "karim", relay, clock=clock) as karim,
            Practice("Ahmed", tmp_path / "ahmed", relay, clock=clock) as ahmed,
        ):
            await meet_by_letter(claire, karim, ahmed)
            card = await ahmed.do(ShowCard())
            karim.events.clear()
            await karim.do(AddByCard(text=card.text, note="", is_from_person=False))
            page = await karim.do(ListConversations(place=Place.INBOX, before=None, limit=10))
            assert page.rows[0].correspondents == ("Ahmed", "Claire")
            told = [each for each in karim.events if isinstance(each, ConversationsChanged)]
            assert page.rows[0].conversation in {
                each for event in told for each in event.conversations
            }

    asyncio.run(story())
