# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two practices over a relay in memory: from registration to the last receipt."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from app.interface.commands import (
    AcceptContact,
    ListContacts,
    ListConversations,
    MarkRead,
    ReadConversation,
    RequestContact,
    SaveAttachment,
    SendLetter,
    ShowMessage,
    ShowReceipts,
    VerifyAudit,
)
from app.interface.snapshots import ContactState, DeliveryState, Place
from crypto_core.wire.envelope import Urgency
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import Practice, settle

if TYPE_CHECKING:
    from pathlib import Path


def new_relay(clock: FakeClock) -> FakeRelay:
    return FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))


async def befriend(first: Practice, second: Practice) -> None:
    await first.do(RequestContact(account=second.account, note="Bonjour"))
    await settle([first, second])
    await second.do(AcceptContact(account=first.account))
    await settle([first, second])


def test_a_letter_with_a_document_arrives_and_is_receipted(tmp_path: Path) -> None:
    async def story() -> None:
        clock = FakeClock()
        relay = new_relay(clock)
        document = tmp_path / "bilan.pdf"
        document.write_bytes(b"%PDF" + bytes(range(256)) * 3000)
        async with (
            Practice("Anne", tmp_path / "anne", relay, clock=clock) as anne,
            Practice("Boris", tmp_path / "boris", relay, clock=clock) as boris,
        ):
            await anne.register()
            await boris.register()
            await befriend(anne, boris)
            contacts = await anne.do(ListContacts())
            assert [(row.name, row.state) for row in contacts.rows] == [
                ("Boris", ContactState.ACCEPTED)
            ]
            sent = await anne.do(
                SendLetter(
                    to=(boris.account,),
                    subject="Résultat",
                    text="Cher confrère,\nci-joint.",
                    attachments=(str(document),),
                    urgency=Urgency.URGENT,
                    in_reply_to=None,
                    accepts_unverified=True,
                )
            )
            await settle([anne, boris])
            page = await boris.do(ListConversations(place=Place.INBOX, before=None, limit=10))
            assert [(row.subject, row.document_count) for row in page.rows] == [("Résultat", 1)]
            messages = await boris.do(
                ReadConversation(conversation=sent.conversation, before=None, limit=10)
            )
            (received,) = messages.messages
            assert received.text == "Cher confrère,\nci-joint."
            assert received.sender_name == "Anne"
            saved = await boris.do(
                SaveAttachment(message=sent.message, index=0, directory=str(tmp_path))
            )
            assert saved.path.endswith("bilan (2).pdf")
            assert (tmp_path / "bilan (2).pdf").read_bytes() == document.read_bytes()
            await boris.do(MarkRead(message=sent.message))
            await settle([anne, boris])
            view = await anne.do(ShowMessage(message=sent.message))
            assert [each.state for each in view.recipients] == [DeliveryState.READ]
            rungs = await anne.do(ShowReceipts(message=sent.message))
            assert [row.state for row in rungs.rows] == [
                DeliveryState.ACCEPTED,
                DeliveryState.DELIVERED,
                DeliveryState.READ,
            ]
            for practice in (anne, boris):
                report = await practice.do(VerifyAudit())
                assert report.problems == ()
                assert report.own_statements == report.own_statements_logged > 1

    asyncio.run(story())
