# SPDX-License-Identifier: AGPL-3.0-or-later
"""An account with two computers: what is sent from one, or to both, is on both."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.engine import audit
from app.engine.accounts import list_event
from app.engine.correspondents import known_history, refresh_history
from app.interface.commands import (
    AcknowledgeAlarm,
    ListAlarms,
    ListConversations,
    MarkRead,
    ReadConversation,
    RefuseMessage,
    RevokeDevice,
    Unlock,
    VerifyAudit,
)
from app.interface.snapshots import (
    QUESTIONS,
    AlarmKind,
    DeliveryState,
    Direction,
    Place,
    Problem,
)
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import DeviceListPublished, Verb
from crypto_core.wire.codec import encode
from crypto_core.wire.content import RefusalReason
from crypto_core.wire.devices import DeviceEntry
from crypto_core.wire.ids import DeviceId
from crypto_core.wire.labels import DEVICE_LIST
from tests.fakes.full_mailbox import session_of
from tests.fakes.practice import PASSPHRASE, Practice, settle
from tests.integration.engine.test_receiving import alarms, inbox_of, letter, run, view_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from app.engine.ports.vault import Owner, Store
    from app.interface.snapshots import MessageView


@asynccontextmanager
async def second_computer(first: Practice, directory: Path) -> AsyncIterator[Practice]:
    """Yield another computer of the same account, as linking one will: own keys, listed by the first one."""
    owner, contacts = await session_of(first).vault.run(
        lambda store: (store.identity.owner(), store.contacts.all())
    )
    assert owner is not None
    second = Practice("Anne's laptop", directory, first.relay, clock=first.clock)
    own = replace(
        owner,
        device=DeviceId(b"Anne's 2nd disk."),
        device_seed=2 * sha256(b"the laptop signs"),
        request_seed=sha256(b"the laptop asks"),
    )

    def keep(store: Store) -> None:
        store.identity.create(own)
        store.identity.confirm_registration()
        for contact in contacts:
            store.contacts.put(contact)

    await second.start()
    vault = await second.profile.create(PASSPHRASE)
    await vault.run(keep)
    await second.profile.confirm()
    await vault.close()
    await list_with(first, own)
    try:
        await second.do(Unlock(passphrase=PASSPHRASE))
        second._authenticator = first._authenticator
        await second.sign_in()
        await second.synchronise()
        yield second
    finally:
        await second.stop()


async def list_with(first: Practice, other: Owner) -> None:
    """Publish the next device list of an account, which names another device as well."""
    session = session_of(first)
    history = await known_history(session, session.owner.account)
    assert history is not None
    last = history.lists[-1]
    entry = DeviceEntry(
        device=other.device,
        signing=SigningPair.from_seed(other.device_seed).public,
        request_key=request_key_of(other),
        added_at=session.now(),
    )
    signed = session.identity.sign_object(
        DEVICE_LIST,
        replace(
            last.devices,
            sequence=last.devices.sequence + 1,
            previous=last.digest,
            issued_at=session.now(),
            devices=(*last.devices.devices, entry),
        ),
    )
    content = DeviceListPublished(
        account=other.account,
        sequence=last.devices.sequence + 1,
        list_hash=sha256(signed.body),
        at=session.now(),
        utc_offset=session.machine.clock.utc_offset(),
    )

    def queue(store: Store) -> None:
        audit.add_statement(
            store,
            session,
            Verb.DEVICE_LIST_PUBLISHED,
            content,
            encoded_key_event=encode(list_event(signed)),
        )

    await session.vault.run(queue)
    await first.synchronise()
    await refresh_history(session, session.owner.account)


def request_key_of(owner: Owner) -> bytes:
    seed = Ed25519PrivateKey.from_private_bytes(owner.request_seed)
    return seed.public_key().public_bytes_raw()


async def sent_of(practice: Practice) -> list[MessageView]:
    """All letters that a device shows as sent."""
    page = await practice.do(ListConversations(place=Place.SENT, before=None, limit=50))
    found: list[MessageView] = []
    for row in page.rows:
        read = await practice.do(
            ReadConversation(conversation=row.conversation, before=None, limit=50)
        )
        found += [each for each in read.messages if each.direction is Direction.SENT]
    return found


def test_a_sent_letter_is_on_both_computers_of_its_sender(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bild.png"
        document.write_bytes(b"\x89PNG" * 100)
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            everybody = [anne, laptop, boris]
            for sender, other, text in ((anne, laptop, "vom einen"), (laptop, anne, "vom anderen")):
                sent = await sender.do(letter(boris, text, str(document)))
                await settle(everybody)
                (copy,) = [each for each in await sent_of(other) if each.message == sent.message]
                assert copy.text == text
                assert copy.conversation == sent.conversation
                assert copy.problem is Problem.NONE
                assert [row.available for row in copy.attachments] == [True]
                assert [row.account for row in copy.recipients] == [boris.account]
                # It is nobody's unread mail, and only the recipient has given receipts, to both.
                assert await inbox_of(other) == []
                for view in (await view_of(sender, sent), copy):
                    (row,) = view.recipients
                    assert (row.account, row.state) == (boris.account, DeliveryState.DELIVERED)
            assert sorted(each.text for each in await inbox_of(boris)) == [
                "vom anderen",
                "vom einen",
            ]
            # A correspondent is told of the new computer, and nobody of anything else.
            # An added computer that an older one has confirmed is a sentence, not an alarm.
            assert alarms(boris) == []
            assert alarms(anne) == alarms(laptop) == []
            for each in everybody:
                assert (await each.do(VerifyAudit())).problems == ()

    run(tmp_path, story)


def test_a_receipt_for_what_was_not_written_is_still_an_alarm(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            sent = await anne.do(letter(boris))
            await anne.synchronise()

            def falsify(store: Store) -> None:
                store.messages._db.execute(  # type: ignore[attr-defined]
                    "update evidence set signed_message_hash = zeroblob(32)"
                )

            await boris.synchronise()
            await boris.synchronise()
            await boris.do(MarkRead(message=sent.message))
            await session_of(boris).vault.run(falsify)
            await boris.do(
                RefuseMessage(message=sent.message, reason=RefusalReason.ILLEGIBLE, comment="")
            )
            await settle([boris, anne, laptop])
            assert alarms(anne) == [AlarmKind.PROOF_INVALID]
            assert alarms(laptop) == []

    run(tmp_path, story)


def test_what_another_own_computer_did_is_asked_about_and_can_be_undone(tmp_path: Path) -> None:
    """It may have been the owner, or the thief of that computer: neither silence nor an alarm."""

    async def story(anne: Practice, boris: Practice) -> None:
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            owner = session_of(anne).owner
            third = replace(
                owner,
                device=DeviceId(b"Anne's 3rd disk."),
                device_seed=2 * sha256(b"the third signs"),
                request_seed=sha256(b"the third asks"),
            )
            await list_with(anne, third)
            await laptop.synchronise()
            # Made here it is no news; there it is a question, told again until somebody answers.
            assert alarms(anne) == []
            assert alarms(laptop) == [AlarmKind.OWN_COMPUTER_ADDED]
            assert AlarmKind.OWN_COMPUTER_ADDED in QUESTIONS
            laptop.events.clear()
            await laptop.reopen()
            assert alarms(laptop) == [AlarmKind.OWN_COMPUTER_ADDED]
            (row,) = (await laptop.do(ListAlarms())).rows
            await laptop.do(AcknowledgeAlarm(kind=row.kind, detail=row.detail))
            laptop.events.clear()
            await laptop.reopen()
            assert alarms(laptop) == []

            # It was not her: the third one goes, and the first one is asked in its turn.
            await laptop.sign_in()
            await laptop.do(RevokeDevice(device=third.device))
            await anne.synchronise()
            assert alarms(anne) == [AlarmKind.OWN_COMPUTER_REMOVED]
            # A renewal of the list that names the same computers is worth no word.
            anne.clock.advance(days=16)
            await anne.sign_in()
            await laptop.sign_in()
            await settle([anne, laptop, boris])
            assert alarms(anne) == [AlarmKind.OWN_COMPUTER_REMOVED]
            assert alarms(laptop) == []

    run(tmp_path, story)


def test_an_answer_reaches_both_computers(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            await settle([anne, laptop, boris])
            sent = await boris.do(letter(anne, "an alle Rechner"))
            await settle([anne, laptop, boris])
            for each in (anne, laptop):
                (received,) = await inbox_of(each)
                assert (received.text, received.message) == ("an alle Rechner", sent.message)
            (row,) = (await view_of(boris, sent)).recipients
            assert row.state is DeliveryState.DELIVERED

    run(tmp_path, story)
