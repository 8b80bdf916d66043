# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every vault promises, held by the encrypted one on disk and by the one in memory."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.engine.ports.vault import (
    Evidence,
    NewLetter,
    Outgoing,
    PrekeyKind,
    PrivatePrekey,
    ReceivedReceipt,
    SealedRow,
    SecondFactors,
    Setting,
    StoredAlarm,
    StoredAttachment,
    StoredCheckpoint,
    Unopened,
    Upload,
    VaultError,
)
from app.engine.vault.store import SqlVault
from app.interface.shown import short_address
from app.interface.snapshots import (
    AlarmKind,
    ContactRow,
    ContactState,
    DeliveryState,
    DraftRecipient,
    Place,
    Problem,
    Trust,
)
from app.interface.writing import DraftContent, DraftId
from crypto_core.trust.prekeys import PrekeyNumbers
from crypto_core.wire.content import (
    Letter,
    LetterDetails,
    Mark,
    MarkedPerson,
    MarkField,
    MarkKind,
    MarkSubject,
    OwnMark,
    PatientIdentity,
    ReceiptState,
    RefusalReason,
    Stamp,
    Standing,
)
from crypto_core.wire.envelope import LogView, MessageKind, Urgency
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    DeviceId,
    EnvelopeId,
    Hash,
    MessageId,
    PatientId,
    PrekeyId,
    UnixMillis,
    UtcOffsetMinutes,
)
from tests.fakes.large_vault import invented_owner
from tests.fakes.memory_vault import MemoryVault
from tests.fakes.people import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path

    from app.engine.ports.vault import Store, Vault

OWNER = invented_owner()
ANNE = AccountId(b"A" * 20)
BORIS = AccountId(b"B" * 20)
ANNES_LAPTOP = DeviceId(b"a" * 16)
BORISS_LAPTOP = DeviceId(b"b" * 16)
BORISS_OTHER = DeviceId(b"c" * 16)


def message_id(number: int) -> MessageId:
    return MessageId(number.to_bytes(16, "big"))


def conversation_id(number: int) -> ConversationId:
    return ConversationId(number.to_bytes(16, "big"))


def envelope_id(number: int) -> EnvelopeId:
    return EnvelopeId(number.to_bytes(16, "big"))


def letter(number: int, **changes: Any) -> NewLetter:  # noqa: ANN401 - any field
    at = UnixMillis(NOW + number)
    made = NewLetter(
        message=message_id(number),
        conversation=conversation_id(1),
        is_sent=False,
        sender=ANNE,
        sender_device=ANNES_LAPTOP,
        subject=f"sujet {number}",
        text=f"texte\n{number}",
        at=at,
        sent_at=at,
        utc_offset=UtcOffsetMinutes(120),
        received_at=at,
        accepted_at=at,
        urgency=Urgency.NORMAL,
        in_reply_to=None,
        recipients=(OWNER.account,),
        attachments=(),
    )
    return replace(made, **changes)


def sent_letter(number: int, *to: AccountId, **changes: Any) -> NewLetter:  # noqa: ANN401 - any field
    return letter(
        number,
        is_sent=True,
        sender=OWNER.account,
        sender_device=OWNER.device,
        received_at=None,
        accepted_at=None,
        recipients=to,
        **changes,
    )


def outgoing(number: int, kind: MessageKind = MessageKind.LETTER) -> Outgoing:
    return Outgoing(
        message=message_id(number),
        kind=kind,
        conversation=conversation_id(1),
        in_reply_to=None,
        sent_at=UnixMillis(NOW),
        utc_offset=UtcOffsetMinutes(0),
        urgency=Urgency.NORMAL,
        contents=(Letter(version=1, subject="s", text="t"),),
    )


def sealed(number: int, outgoing_row: int, *, message: int) -> SealedRow:
    return SealedRow(
        envelope=envelope_id(number),
        outgoing=outgoing_row,
        message=message_id(message),
        kind=MessageKind.LETTER,
        outer_header_hash=Hash(bytes([number]) * 32),
        signed_message_hash=Hash(b"s" * 32),
        envelope_bytes=b"sealed",
        blobs=(),
    )


def contact(account: AccountId, state: ContactState = ContactState.ACCEPTED) -> ContactRow:
    return ContactRow(
        account=account,
        name="Dr " + chr(account[0]),
        profession="Médecin",
        place="",
        note="",
        state=state,
        trust=Trust.SELF_DECLARED,
        since=UnixMillis(NOW),
    )


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


def test_work_that_raises_leaves_nothing(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def half_done(store: Store) -> None:
            store.identity.put_setting(Setting.PREKEY_NUMBER, b"7")
            raise LookupError

        with pytest.raises(LookupError):
            await vault.run(half_done)
        assert await vault.run(lambda store: store.identity.setting(Setting.PREKEY_NUMBER)) is None

    in_vault(story)


def test_a_closed_vault_says_so(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        await vault.close()
        with pytest.raises(VaultError):
            await vault.run(lambda store: store.identity.owner())

    in_vault(story)


@pytest.mark.parametrize(
    "rest",
    [
        SecondFactors(totp_secret=b"t" * 20, recovery_codes=()),
        SecondFactors(
            totp_secret=b"", recovery_codes=tuple(bytes([each]) * 10 for each in range(10))
        ),
    ],
)
def test_what_is_left_of_the_second_factors_is_kept(in_vault: InVault, rest: SecondFactors) -> None:
    async def story(vault: Vault) -> None:
        await vault.run(lambda store: store.identity.create(OWNER))
        await vault.run(lambda store: store.identity.put_second_factors(rest))
        owner = await vault.run(lambda store: store.identity.owner())
        assert owner == replace(OWNER, second_factors=rest)

    in_vault(story)


def test_the_owner_is_kept_whole(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        factors = SecondFactors(
            totp_secret=b"t" * 20, recovery_codes=tuple(bytes([each]) * 10 for each in range(10))
        )
        pending = replace(
            OWNER,
            encoded_registration=b"request",
            pending_recovery_code=b"k" * 32,
            second_factors=factors,
        )
        await vault.run(lambda store: store.identity.create(pending))
        assert await vault.run(lambda store: store.identity.owner()) == pending
        await vault.run(lambda store: store.identity.confirm_registration())
        owner = await vault.run(lambda store: store.identity.owner())
        assert owner == replace(pending, encoded_registration=None)
        await vault.run(lambda store: store.identity.put_second_factors(None))
        owner = await vault.run(lambda store: store.identity.owner())
        assert owner == replace(pending, encoded_registration=None, second_factors=None)

    in_vault(story)


def test_an_alarm_is_kept_once(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        alarm = StoredAlarm(
            kind=AlarmKind.SPLIT_VIEW,
            detail="5 / 5",
            at=UnixMillis(NOW),
            first_note="one",
            second_note="two",
        )
        assert await vault.run(lambda store: store.identity.add_alarm(alarm))
        assert not await vault.run(lambda store: store.identity.add_alarm(alarm))
        assert await vault.run(lambda store: store.identity.alarms()) == (alarm,)

    in_vault(story)


def test_a_used_one_time_prekey_is_gone_and_a_signed_one_stays(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        rotating, single = (
            PrivatePrekey(
                prekey=PrekeyId(bytes([number]) * 16),
                kind=kind,
                seed=bytes([number]) * 96,
                not_after=UnixMillis(NOW),
            )
            for number, kind in ((1, PrekeyKind.SIGNED), (2, PrekeyKind.ONE_TIME))
        )
        both = (rotating.prekey, single.prekey)

        def use(store: Store) -> None:
            store.prekeys.add([rotating, single])
            assert store.prekeys.find(both) == {rotating.prekey: rotating, single.prekey: single}
            store.prekeys.consume(rotating.prekey)
            store.prekeys.consume(single.prekey)

        await vault.run(use)
        assert await vault.run(lambda store: store.prekeys.find(both)) == {
            rotating.prekey: rotating
        }
        assert await vault.run(lambda store: store.prekeys.erase_older(UnixMillis(NOW))) == 0
        assert await vault.run(lambda store: store.prekeys.erase_older(UnixMillis(NOW + 1))) == 1

    in_vault(story)


def test_numbers_of_prekeys_never_fall(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def see(store: Store) -> PrekeyNumbers:
            store.trust.put_prekey_numbers(ANNE, ANNES_LAPTOP, PrekeyNumbers(signed=5, batch=3))
            store.trust.put_prekey_numbers(ANNE, ANNES_LAPTOP, PrekeyNumbers(signed=4, batch=9))
            return store.trust.prekey_numbers(ANNES_LAPTOP)

        assert await vault.run(see) == PrekeyNumbers(signed=5, batch=9)

    in_vault(story)


def test_a_public_key_keeps_its_first_owner(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def claim(store: Store) -> AccountId | None:
            store.trust.claim_key(Hash(b"k" * 32), ANNE)
            store.trust.claim_key(Hash(b"k" * 32), BORIS)
            return store.trust.key_owner(Hash(b"k" * 32))

        assert await vault.run(claim) == ANNE

    in_vault(story)


def checkpoint(size: int, note: str | None = "note") -> StoredCheckpoint:
    return StoredCheckpoint(
        size=size, root=Hash(bytes([size]) * 32), signed_at_seconds=size, note=note
    )


def test_notes_of_older_checkpoints_go_unless_evidence_rests_on_them(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def see(store: Store) -> None:
            store.trust.add_checkpoint(checkpoint(1))
            store.trust.add_checkpoint(checkpoint(2))
            store.messages.add(letter(1), evidence(1, checkpoint_size=2))
            store.trust.add_checkpoint(checkpoint(3))

        await vault.run(see)
        kept = await vault.run(lambda store: store.trust.checkpoints())
        assert kept == (checkpoint(1, None), checkpoint(2), checkpoint(3))
        assert await vault.run(lambda store: store.trust.latest_checkpoint()) == checkpoint(3)

    in_vault(story)


def test_a_view_that_cannot_be_connected_is_not_forgotten(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def view(size: int) -> LogView:
            return LogView(origin="o", size=size, root=Hash(bytes([size]) * 32))

        def gossip(store: Store) -> tuple[int, ...]:
            store.trust.add_gossip(ANNE, ANNES_LAPTOP, view(4))
            store.trust.fail_gossip(ANNES_LAPTOP, UnixMillis(NOW))
            store.trust.fail_gossip(ANNES_LAPTOP, UnixMillis(NOW + 9))
            store.trust.add_gossip(ANNE, ANNES_LAPTOP, view(9))
            (unchecked,) = store.trust.unchecked_gossip()
            assert unchecked.failing_since == NOW
            sizes = [unchecked.view.size]
            store.trust.settle_gossip(ANNES_LAPTOP, 4)
            assert store.trust.unchecked_gossip() == ()
            store.trust.add_gossip(ANNE, ANNES_LAPTOP, view(3))
            store.trust.add_gossip(ANNE, ANNES_LAPTOP, view(9))
            sizes += [each.view.size for each in store.trust.unchecked_gossip()]
            return tuple(sizes)

        assert await vault.run(gossip) == (4, 9)

    in_vault(story)


def evidence(number: int, *, checkpoint_size: int) -> Evidence:
    return Evidence(
        envelope=envelope_id(number),
        outer_header=b"outer",
        outer_header_hash=Hash(b"o" * 32),
        signed_message=b"signed",
        signed_message_hash=Hash(b"s" * 32),
        leaf=b"leaf",
        log_index=number,
        path=(Hash(b"1" * 32), Hash(b"2" * 32)),
        checkpoint_size=checkpoint_size,
    )


def test_a_letter_is_shown_as_it_was_stored(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        document = StoredAttachment(
            blob=BlobId(b"f" * 16),
            key=b"k" * 32,
            name="bilan.pdf",
            media_type="application/pdf",
            size=3,
            sha256=Hash(b"h" * 32),
            is_available=False,
            sealed_sha256=None,
        )
        proof = evidence(1, checkpoint_size=4)

        def keep(store: Store) -> None:
            store.contacts.put(contact(ANNE))
            store.messages.add(letter(1, attachments=(document,)), proof)

        await vault.run(keep)
        view = await vault.run(lambda store: store.messages.view(message_id(1)))
        assert view is not None
        assert (view.subject, view.text, view.sender_name) == ("sujet 1", "texte\n1", "Dr A")
        assert [each.name for each in view.recipients] == [OWNER.name]
        assert [(each.name, each.available) for each in view.attachments] == [("bilan.pdf", False)]
        assert (
            await vault.run(lambda store: store.messages.attachment(message_id(1), 0)) == document
        )
        assert await vault.run(lambda store: store.messages.attachment(message_id(1), 1)) is None
        assert await vault.run(lambda store: store.messages.blobs()) == {document.blob}
        facts = await vault.run(lambda store: store.messages.facts(message_id(1)))
        assert facts is not None
        assert facts.evidence == proof
        await vault.run(lambda store: store.messages.attachment_stored(document.blob))
        assert not await vault.run(lambda store: store.messages.missing_attachments(message_id(1)))

    in_vault(story)


def test_reading_is_counted_once(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def read(store: Store) -> list[bool]:
            store.messages.add(letter(1))
            store.messages.add(letter(2))
            assert store.messages.counts().unread == 2
            return [store.messages.mark_read(message_id(1)) for _ in range(2)]

        assert await vault.run(read) == [True, False]
        assert (await vault.run(lambda store: store.messages.counts())).unread == 1

    in_vault(story)


@pytest.mark.parametrize("limit", [1, 3, 7, 50])
def test_pages_hold_every_conversation_once_in_both_directions(
    in_vault: InVault, limit: int
) -> None:
    async def story(vault: Vault) -> None:
        def fill(store: Store) -> None:
            for number in range(1, 21):
                # Several at the same moment: the order must be total all the same.
                at = UnixMillis(NOW + number // 4)
                store.messages.add(letter(number, conversation=conversation_id(number), at=at))

        await vault.run(fill)
        down: list[ConversationId] = []
        while True:
            before = down[-1] if down else None
            page = await vault.run(
                lambda store, before=before: store.messages.conversations(  # type: ignore[misc]
                    Place.INBOX, before=before, limit=limit
                )
            )
            assert page is not None
            assert page.total == 20
            down += [row.conversation for row in page.rows]
            if not page.more:
                break
        assert sorted(down) == [conversation_id(number) for number in range(1, 21)]
        up: list[ConversationId] = [down[-1]]
        while True:
            page = await vault.run(
                lambda store, after=up[0]: store.messages.conversations(  # type: ignore[misc]
                    Place.INBOX, after=after, limit=limit
                )
            )
            assert page is not None
            up = [row.conversation for row in page.rows] + up
            if not page.more:
                break
        assert up == down

    in_vault(story)


def test_pages_hold_every_letter_of_a_conversation_once(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def fill(store: Store) -> None:
            for number in range(1, 12):
                store.messages.add(letter(number, at=UnixMillis(NOW + number // 3)))

        await vault.run(fill)
        seen: list[MessageId] = []
        while True:
            before = seen[0] if seen else None
            page = await vault.run(
                lambda store, before=before: store.messages.page(  # type: ignore[misc]
                    conversation_id(1), before=before, limit=4
                )
            )
            assert page is not None
            seen = [each.message for each in page.messages] + seen
            if not page.more:
                break
        assert seen == [message_id(number) for number in range(1, 12)]

    in_vault(story)


def test_what_is_unknown_is_said_to_be_unknown(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def ask(store: Store) -> list[object]:
            store.messages.add(letter(1))
            other = conversation_id(9)
            return [
                store.messages.view(message_id(9)),
                store.messages.facts(message_id(9)),
                store.messages.page(other, before=None, limit=1),
                store.messages.page(conversation_id(1), before=message_id(9), limit=1),
                store.messages.conversations(Place.INBOX, before=other, limit=1),
                store.messages.conversation_of(message_id(9)),
                store.outbox.sealed(envelope_id(9)),
                store.contacts.get(BORIS),
            ]

        assert await vault.run(ask) == [None] * 8

    in_vault(story)


def test_a_stand_in_gives_way_to_the_letter(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def replaced(store: Store) -> None:
            alone = ConversationId(message_id(7))
            store.messages.add(letter(7, conversation=alone, problem=Problem.CANNOT_OPEN, text=""))
            assert store.messages.counts().unread == 1
            store.messages.add(letter(7))
            assert store.messages.page(alone, before=None, limit=1) is None
            view = store.messages.view(message_id(7))
            assert view is not None
            assert view.problem is Problem.NONE
            assert store.messages.counts().unread == 1
            page = store.messages.conversations(Place.INBOX, limit=5)
            assert page is not None
            assert (page.total, len(page.rows)) == (1, 1)

        await vault.run(replaced)

    in_vault(story)


def test_an_unopened_envelope_is_kept_once(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        unopened = Unopened(
            envelope=envelope_id(1),
            message=message_id(1),
            sender=ANNE,
            sender_device=ANNES_LAPTOP,
            envelope_bytes=b"as it came",
            failed_check=6,
            at=UnixMillis(NOW),
        )

        def keep(store: Store) -> list[bool]:
            return [store.inbox.add_unopened(unopened) for _ in range(2)]

        assert await vault.run(keep) == [True, False]
        assert await vault.run(lambda store: store.inbox.unopened()) == (unopened,)
        assert await vault.run(lambda store: store.inbox.unopened_since(ANNE, UnixMillis(NOW))) == 1
        later = UnixMillis(NOW + 1)
        assert await vault.run(lambda store: store.inbox.unopened_since(ANNE, later)) == 0

    in_vault(story)


def test_held_envelopes_are_remembered_until_released(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def hold(store: Store) -> None:
            store.inbox.hold(envelope_id(1), ANNE)
            store.inbox.hold(envelope_id(1), ANNE)
            assert store.inbox.held() == {envelope_id(1): ANNE}
            store.inbox.release(envelope_id(1))
            assert store.inbox.held() == {}

        await vault.run(hold)

    in_vault(story)


def queue_letter(store: Store, number: int, *to: AccountId) -> None:
    store.messages.add(sent_letter(number, *to))
    store.outbox.queue(outgoing(number), [(account, None) for account in to])


def states_of(store: Store, number: int) -> list[DeliveryState]:
    view = store.messages.view(message_id(number))
    assert view is not None
    return [each.state for each in view.recipients]


def test_a_letter_climbs_the_ladder(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def climb(store: Store) -> None:
            queue_letter(store, 1, ANNE)
            assert states_of(store, 1) == [DeliveryState.QUEUED]
            outbox = store.messages.conversations(Place.OUTBOX, limit=5)
            assert outbox is not None
            assert outbox.total == 1
            (row,) = store.outbox.due(UnixMillis(NOW))
            assert store.outbox.outgoing(row.outgoing) == outgoing(1)
            store.outbox.add_sealed(
                sealed(1, row.outgoing, message=1), [(row.row, ANNE, ANNES_LAPTOP)]
            )
            assert store.outbox.due(UnixMillis(NOW)) == ()
            kept = store.outbox.sealed(envelope_id(1))
            assert kept is not None
            assert kept.envelope_bytes == b"sealed"
            store.outbox.accepted(
                envelope_id(1), proof="proof", log_index=4, at=UnixMillis(NOW + 1)
            )
            assert states_of(store, 1) == [DeliveryState.ACCEPTED]
            emptied = store.messages.conversations(Place.OUTBOX, limit=5)
            assert emptied is not None
            assert emptied.total == 0
            for state, reason, shown in (
                (ReceiptState.DELIVERED, None, DeliveryState.DELIVERED),
                (ReceiptState.READ, None, DeliveryState.READ),
                (ReceiptState.REFUSED, RefusalReason.NOT_MY_PATIENT, DeliveryState.REFUSED),
            ):
                store.inbox.add_receipt(
                    ReceivedReceipt(
                        message=message_id(1),
                        account=ANNE,
                        device=ANNES_LAPTOP,
                        envelope=envelope_id(1),
                        state=state,
                        reason=reason,
                        comment="",
                        at=UnixMillis(NOW + 2),
                        signed_message=b"signed",
                    )
                )
                assert states_of(store, 1) == [shown]
            rows = store.inbox.receipts(message_id(1))
            assert [row.state for row in rows] == [
                DeliveryState.ACCEPTED,
                DeliveryState.DELIVERED,
                DeliveryState.READ,
                DeliveryState.REFUSED,
            ]
            assert rows[0].proof == "proof"
            assert rows[3].reason is RefusalReason.NOT_MY_PATIENT

        await vault.run(climb)

    in_vault(story)


def test_devices_of_one_account_become_rows_and_the_missing_one_waits(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def seal(store: Store) -> None:
            queue_letter(store, 1, BORIS)
            (row,) = store.outbox.due(UnixMillis(NOW))
            third = DeviceId(b"d" * 16)
            store.outbox.add_sealed(
                sealed(1, row.outgoing, message=1),
                [(row.row, BORIS, BORISS_LAPTOP), (row.row, BORIS, BORISS_OTHER)],
                waiting=[(BORIS, third, Problem.RECIPIENT_AWAY, UnixMillis(NOW + 5))],
            )
            assert store.outbox.slot_accounts(envelope_id(1)) == (
                (BORIS, BORISS_LAPTOP),
                (BORIS, BORISS_OTHER),
            )
            view = store.messages.view(message_id(1))
            assert view is not None
            assert view.recipients[0].problem is Problem.RECIPIENT_AWAY
            assert store.outbox.due(UnixMillis(NOW)) == ()
            assert store.outbox.next_attempt_at() == NOW + 5
            (waiting,) = store.outbox.due(UnixMillis(NOW + 5))
            assert waiting.device == third

        await vault.run(seal)

    in_vault(story)


def test_a_message_is_sealed_again_once_for_one_device(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def again(store: Store) -> None:
            queue_letter(store, 1, BORIS)
            (row,) = store.outbox.due(UnixMillis(NOW))
            store.outbox.add_sealed(
                sealed(1, row.outgoing, message=1), [(row.row, BORIS, BORISS_LAPTOP)]
            )
            store.outbox.accepted(envelope_id(1), proof="p", log_index=1, at=UnixMillis(NOW))
            assert not store.outbox.requeue(envelope_id(1), ANNE, ANNES_LAPTOP)
            assert not store.outbox.requeue(envelope_id(2), BORIS, BORISS_LAPTOP)
            assert store.outbox.requeue(envelope_id(1), BORIS, BORISS_LAPTOP)
            assert not store.outbox.requeue(envelope_id(1), BORIS, BORISS_LAPTOP)
            (waiting,) = store.outbox.due(UnixMillis(NOW))
            assert waiting.device == BORISS_LAPTOP

        await vault.run(again)

    in_vault(story)


def test_a_withdrawn_sealing_frees_its_number(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def withdraw(store: Store) -> None:
            queue_letter(store, 1, BORIS)
            (row,) = store.outbox.due(UnixMillis(NOW))
            store.outbox.add_sealed(
                sealed(1, row.outgoing, message=1), [(row.row, BORIS, BORISS_LAPTOP)]
            )
            store.outbox.add_statement(
                0,
                encoded_statement=b"statement",
                encoded_signature=b"signature",
                envelope=envelope_id(1),
                encoded_key_event=None,
            )
            pending = store.outbox.first_pending()
            assert pending is not None
            assert pending.envelope == envelope_id(1)
            store.outbox.withdraw(envelope_id(1), None)
            assert store.outbox.first_pending() is None
            assert store.outbox.last_statement() is None
            assert store.outbox.sealed(envelope_id(1)) is None
            (again,) = store.outbox.due(UnixMillis(NOW))
            assert again.attempts == 1
            store.outbox.add_sealed(
                sealed(2, row.outgoing, message=1), [(again.row, BORIS, BORISS_LAPTOP)]
            )
            store.outbox.withdraw(envelope_id(2), Problem.REFUSED_BY_RELAY)
            assert store.outbox.due(UnixMillis(NOW)) == ()
            assert states_of(store, 1) == [DeliveryState.NOT_DELIVERED]

        await vault.run(withdraw)

    in_vault(story)


def test_an_expired_envelope_names_who_never_fetched_it(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def expire(store: Store) -> None:
            queue_letter(store, 1, ANNE, BORIS)
            first, second = store.outbox.due(UnixMillis(NOW))
            store.outbox.add_sealed(
                sealed(1, first.outgoing, message=1),
                [(first.row, ANNE, ANNES_LAPTOP), (second.row, BORIS, BORISS_LAPTOP)],
            )
            store.outbox.accepted(envelope_id(1), proof="p", log_index=1, at=UnixMillis(NOW))
            store.outbox.expired(envelope_id(1), [BORISS_LAPTOP], UnixMillis(NOW + 9))
            assert states_of(store, 1) == [DeliveryState.ACCEPTED, DeliveryState.NOT_DELIVERED]

        await vault.run(expire)

    in_vault(story)


def test_a_message_waits_for_its_files_and_receipts_wait_for_letters(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def order(store: Store) -> None:
            store.outbox.queue(outgoing(1, MessageKind.RECEIPT), [(ANNE, None)])
            queue_letter(store, 2, ANNE)
            upload = Upload(
                blob=BlobId(b"f" * 16), size=5, sha256=Hash(b"h" * 32), is_complete=False
            )
            store.outbox.add_upload(upload, message_id(2))
            assert store.outbox.next_upload(UnixMillis(NOW)) == upload
            waiting = store.outbox.waiting_for(upload.blob)
            later = UnixMillis(NOW + 1)
            store.outbox.postpone([each.row for each in waiting], Problem.RELAY_FULL, until=later)
            assert store.outbox.next_upload(UnixMillis(NOW)) is None
            assert store.outbox.next_upload(later) == upload
            store.outbox.hurry()
            (first,) = store.outbox.due(UnixMillis(NOW))
            assert store.outbox.outgoing(first.outgoing).message == message_id(1)
            store.outbox.upload_completed(upload.blob)
            assert store.outbox.next_upload(later) is None
            assert store.outbox.uploads([upload.blob]) == (replace(upload, is_complete=True),)
            (first,) = store.outbox.due(UnixMillis(NOW))
            assert store.outbox.outgoing(first.outgoing).message == message_id(2)

        await vault.run(order)

    in_vault(story)


def test_receipts_for_one_account_are_taken_together(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def take(store: Store) -> list[object]:
            for number, account in enumerate((ANNE, BORIS, ANNE, ANNE)):
                store.outbox.add_receipt_due(account, bytes([number]))
            return [store.outbox.take_receipts_due(2) for _ in range(4)]

        assert await vault.run(take) == [
            (ANNE, (b"\x00", b"\x02")),
            (BORIS, (b"\x01",)),
            (ANNE, (b"\x03",)),
            None,
        ]

    in_vault(story)


def test_old_receipts_are_forgotten_and_letters_stay(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def prune(store: Store) -> None:
            store.outbox.queue(outgoing(1, MessageKind.RECEIPT), [(ANNE, None)])
            store.outbox.queue(outgoing(2, MessageKind.RECEIPT), [(ANNE, None)])
            queue_letter(store, 3, ANNE)
            rows = store.outbox.due(UnixMillis(NOW))
            store.outbox.fail([row.row for row in rows], Problem.NONE)
            (receipt,) = store.outbox.due(UnixMillis(NOW))
            store.outbox.fail([receipt.row], Problem.NONE)
            store.outbox.prune(UnixMillis(NOW + 1))
            assert store.outbox.outgoing(rows[0].outgoing).message == message_id(3)
            (left,) = store.outbox.due(UnixMillis(NOW))
            assert store.outbox.outgoing(left.outgoing).message == message_id(2)

        await vault.run(prune)

    in_vault(story)


def test_contacts_are_listed_by_name(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def keep(store: Store) -> None:
            store.contacts.put(contact(BORIS, ContactState.WAITING))
            store.contacts.put(contact(ANNE))
            store.contacts.put(contact(BORIS, ContactState.DECLINED))
            assert [row.account for row in store.contacts.all()] == [ANNE, BORIS]
            assert store.contacts.states([ANNE, BORIS, AccountId(bytes(20))]) == {
                ANNE: ContactState.ACCEPTED,
                BORIS: ContactState.DECLINED,
            }

        await vault.run(keep)

    in_vault(story)


def test_somebody_without_a_name_has_one_that_gives_way_to_any_other(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def keep(store: Store) -> None:
            called = short_address(ANNE)
            # Nothing that is seen is left of what they call themselves.
            store.contacts.put(replace(contact(ANNE), name="\u202e\u200b"))
            store.contacts.put(contact(BORIS))
            known = store.contacts.get(ANNE)
            assert known is not None
            assert known.name == called
            assert [row.account for row in store.contacts.all()] == [BORIS, ANNE]
            store.contacts.put(replace(known, state=ContactState.WAITING))
            said = OwnMark(
                field=MarkField.CONTACT,
                subject=MarkSubject(bytes(ANNE)),
                stamp=Stamp(time=UnixMillis(NOW), count=0, device=DeviceId(b"another computer")),
                is_on=True,
                person=MarkedPerson(
                    name="Dr Anne",
                    profession="",
                    place="",
                    note="",
                    standing=Standing.ACCEPTED,
                ),
            )
            store.marks.receive([said], UnixMillis(NOW))
            known = store.contacts.get(ANNE)
            assert known is not None
            assert known.name == "Dr Anne"

        await vault.run(keep)

    in_vault(story)


# --- what is not sent yet ------------------------------------------------------------------------

FIRST = DraftId(b"the first draft.")
SECOND = DraftId(b"the second draft")
WRITTEN = DraftContent(
    to=(DraftRecipient(account=ANNE, name="Dr A", profession="Médecin"),),
    subject="sujet",
    text="un\ndeux",
    marks=(Mark(kind=MarkKind.BULLET, start=0, end=7),),
    urgency=Urgency.URGENT,
    patient=PatientId(b"some patient...."),
    is_answer_wanted=True,
    in_reply_to=message_id(7),
)


def attached(number: int) -> StoredAttachment:
    return StoredAttachment(
        blob=BlobId(number.to_bytes(16, "big")),
        key=bytes([number]) * 32,
        name=f"{number}.pdf",
        media_type="application/pdf",
        size=number,
        sha256=Hash(bytes(32)),
        is_available=True,
        sealed_sha256=Hash(b"s" * 32),
    )


def at(number: int) -> UnixMillis:
    return UnixMillis(NOW + number)


def test_drafts_are_what_was_written_last_the_newest_first(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def write(store: Store) -> None:
            store.drafts.put(FIRST, WRITTEN, at(1))
            store.drafts.put(SECOND, DraftContent(), at(2))
            store.drafts.add_document(FIRST, attached(1), at(2))
            store.drafts.add_document(FIRST, attached(2), at(2))
            assert store.drafts.remove_document(FIRST, attached(1).blob, at(2))
            assert not store.drafts.remove_document(SECOND, attached(2).blob, at(2))
            store.drafts.add_document(FIRST, attached(3), at(3))

        await vault.run(write)
        found = await vault.run(lambda store: store.drafts.get(FIRST))
        assert found is not None
        assert (found.content, found.changed_at) == (WRITTEN, at(3))
        assert found.documents == (attached(2), attached(3))
        changed = replace(WRITTEN, text="autre", marks=())
        await vault.run(lambda store: store.drafts.put(FIRST, changed, at(4)))
        lines = await vault.run(lambda store: store.drafts.page(offset=0, limit=5))
        assert [(line.draft, line.documents, line.beginning) for line in lines] == [
            (FIRST, 2, "autre"),
            (SECOND, 0, ""),
        ]
        (line,) = await vault.run(lambda store: store.drafts.page(offset=1, limit=5))
        assert line.draft == SECOND
        assert await vault.run(lambda store: store.drafts.count()) == 2
        assert await vault.run(lambda store: store.drafts.get(DraftId(bytes(16)))) is None

    in_vault(story)


def test_a_draft_that_is_thrown_away_is_hidden_then_gone(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def throw_away(store: Store) -> None:
            for draft, document in ((FIRST, attached(1)), (SECOND, attached(2))):
                store.drafts.put(draft, WRITTEN, at(1))
                store.drafts.add_document(draft, document, at(1))
            assert store.drafts.first_removed_at() is None
            store.drafts.remove((FIRST,), at(10))
            store.drafts.remove((SECOND, FIRST), at(20))

        await vault.run(throw_away)

        def look(store: Store) -> None:
            drafts = store.drafts
            assert (drafts.get(FIRST), drafts.count(), drafts.page(offset=0, limit=5)) == (
                None,
                0,
                (),
            )
            assert drafts.first_removed_at() == at(10)
            assert drafts.blobs() == {attached(1).blob, attached(2).blob}
            assert drafts.forget_removed(at(19)) == (attached(1).blob,)
            assert not drafts.restore(FIRST)
            assert drafts.restore(SECOND)
            assert drafts.forget_removed(None) == ()
            drafts.forget(SECOND)
            assert drafts.blobs() == frozenset()

        await vault.run(look)

    in_vault(story)


def test_a_letter_waits_for_its_moment_and_is_hurried_to_it_only(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def keep(store: Store) -> None:
            for number, moment in ((1, None), (2, at(1000)), (3, at(500))):
                store.messages.add(sent_letter(number, ANNE))
                store.outbox.queue(replace(outgoing(number), not_before=moment), [(ANNE, None)])
            store.outbox.postpone([1], Problem.RELAY_FULL, until=at(9000))
            store.outbox.hurry()

        await vault.run(keep)

        def look(store: Store) -> None:
            assert [row.outgoing for row in store.outbox.due(at(0))] == [1]
            waiting = store.outbox.letters(5)
            assert [letter.message for letter in waiting] == [
                message_id(number) for number in (1, 3, 2)
            ]
            assert [letter.not_before for letter in waiting] == [None, at(500), at(1000)]
            assert len(store.outbox.letters(2)) == 2
            store.outbox.fail([1], Problem.REFUSED_BY_RELAY)
            assert store.outbox.due(at(499)) == ()
            assert store.outbox.next_attempt_at() == at(500)
            (row,) = store.outbox.due(at(500))
            store.outbox.add_sealed(
                sealed(1, row.outgoing, message=3), [(row.row, ANNE, ANNES_LAPTOP)]
            )
            # It has begun to go: what is repeated of it does not wait once more.
            assert store.outbox.outgoing(row.outgoing).not_before is None
            store.outbox.send_now(message_id(2), at(600))
            assert store.outbox.outgoing(2).sent_at == at(600)
            assert [each.outgoing for each in store.outbox.due(at(600))] == [2]
            store.outbox.send_now(message_id(3), at(700))
            assert store.outbox.outgoing(3).sent_at == UnixMillis(NOW)

        await vault.run(look)

    in_vault(story)


def test_a_letter_is_taken_back_unless_an_envelope_holds_it(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def keep(store: Store) -> None:
            for number in (1, 2):
                store.messages.add(sent_letter(number, ANNE, attachments=(attached(number),)))
                store.outbox.queue(outgoing(number), [(ANNE, None)])
                store.outbox.add_upload(
                    Upload(
                        blob=attached(number).blob, size=9, sha256=Hash(bytes(32)), is_complete=True
                    ),
                    message_id(number),
                )
            (row,) = store.outbox.due(at(0))
            store.outbox.add_sealed(
                sealed(1, row.outgoing, message=1), [(row.row, ANNE, ANNES_LAPTOP)]
            )

        await vault.run(keep)

        def look(store: Store) -> None:
            assert [letter.is_begun for letter in store.outbox.letters(5)] == [True, False]
            assert not store.outbox.take_back(message_id(1))
            assert not store.outbox.take_back(message_id(9))
            (row,) = store.outbox.due(at(0))
            assert store.outbox.is_waiting([row.row])
            assert store.outbox.take_back(message_id(2))
            store.messages.take_back(message_id(2))
            assert not store.outbox.is_waiting([row.row])
            assert store.outbox.documents_of(attached(2).blob) is None
            assert store.messages.view(message_id(2)) is None
            page = store.messages.conversations(Place.OUTBOX, limit=5)
            assert page is not None
            assert (page.total, len(page.rows), page.rows[0].document_count) == (1, 1, 1)
            assert store.messages.written_to((ANNE, BORIS)) == {ANNE}

        await vault.run(look)

    in_vault(story)


def test_details_of_a_letter_are_kept_and_shown(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        details = LetterDetails(
            version=1,
            marks=(Mark(kind=MarkKind.BOLD, start=0, end=5),),
            patient=PatientIdentity(
                patient=PatientId(b"sender's number."),
                family_name="Durand",
                given_name="Lucie",
                birth_date="",
            ),
            is_answer_wanted=True,
        )
        await vault.run(lambda store: store.messages.add(letter(1, details=details)))
        stored = await vault.run(lambda store: store.messages.letter(message_id(1)))
        assert stored is not None
        assert stored.details == details
        view = await vault.run(lambda store: store.messages.view(message_id(1)))
        assert view is not None
        assert view.patient is not None
        assert (view.marks, view.is_answer_wanted) == (details.marks, True)
        assert (view.patient.patient, view.patient.family_name) == (None, "Durand")

    in_vault(story)
