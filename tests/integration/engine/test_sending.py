# SPDX-License-Identifier: AGPL-3.0-or-later
"""What cannot be sent as it should: it waits, says why, is repeated unchanged, or raises the alarm."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.engine.outbox import send_due, upload_due
from app.engine.ports.relay import RelayRefusedError
from app.interface.commands import (
    AcceptContact,
    ListContacts,
    ListConversations,
    MarkRead,
    RequestContact,
    SaveAttachment,
    ShowReceipts,
    ShowStatus,
    VerifyAudit,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import AlarmKind, ContactState, DeliveryState, Place, Problem
from crypto_core.trust.signatures import sha256
from crypto_core.trust.tlog_proof import parse_proof
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import AccountId
from crypto_core.wire.limits import MAX_TEXT_BYTES
from crypto_core.wire.prekeys import SignedPrekey
from crypto_core.wire.relay_api import PrekeyClaimRequest, ProblemCode
from tests.fakes.full_mailbox import befriend, fill_mailbox, nothing, session_of
from tests.fakes.practice import Practice, settle
from tests.integration.engine.test_receiving import alarms, inbox_of, letter, run, view_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.engine.ports.vault import Store
    from crypto_core.wire.prekeys import PrekeyBundle
    from crypto_core.wire.relay_api import LogReceipt, PostEnvelopeRequest


async def posted_by(practice: Practice) -> list[PostEnvelopeRequest]:
    """Record every envelope a practice posts from now on."""
    posted: list[PostEnvelopeRequest] = []
    connection: Any = session_of(practice).relay
    original = connection._relay.post_envelope

    async def post(request: PostEnvelopeRequest) -> LogReceipt:
        posted.append(request)
        receipt: LogReceipt = await original(request)
        return receipt

    connection._relay.post_envelope = post
    return posted


def test_after_a_lost_answer_the_very_same_bytes_are_sent_again(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        posted = await posted_by(anne)
        await anne.do(letter(boris))
        anne.relay.interrupt("post_envelope", has_acted=True)
        with pytest.raises(CommandError):
            await anne.synchronise()
        await anne.synchronise()
        first, second = posted
        assert first == second
        await settle([anne, boris])
        assert len(await inbox_of(boris)) == 1

    run(tmp_path, story)


def of_another_letter(_: str, earlier: str) -> str:
    """A genuine receipt, but for something else."""
    return earlier


def at_another_place(proof: str, _: str) -> str:
    """The right leaf with an index that it does not stand at."""
    index = parse_proof(proof).index
    return proof.replace(f"\nindex {index}\n", f"\nindex {index - 1}\n")


@pytest.mark.parametrize("falsify", [of_another_letter, at_another_place])
def test_a_letter_counts_as_accepted_only_with_a_receipt_for_it(
    tmp_path: Path, falsify: Callable[[str, str], str]
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        earlier = await anne.do(letter(boris, "eins"))
        await anne.synchronise()
        receipts = await anne.do(ShowReceipts(message=earlier.message))
        (proof,) = [row.proof for row in receipts.rows if row.proof]

        def false(receipt: LogReceipt) -> LogReceipt:
            return replace(receipt, proof=falsify(receipt.proof, proof))

        anne.relay.alter("post_envelope", false)
        sent = await anne.do(letter(boris, "zwei"))
        with pytest.raises(CommandError) as caught:
            await anne.synchronise()
        assert caught.value.failure is Failure.RELAY_UNTRUSTED
        assert AlarmKind.PROOF_INVALID in alarms(anne)
        assert [each.state for each in (await view_of(anne, sent)).recipients] == [
            DeliveryState.QUEUED
        ]
        anne.relay.alter("post_envelope", None)
        await settle([anne, boris])
        assert sorted(each.text for each in await inbox_of(boris)) == ["eins", "zwei"]
        assert [each.state for each in (await view_of(anne, sent)).recipients] == [
            DeliveryState.DELIVERED
        ]

    run(tmp_path, story)


def test_a_letter_to_somebody_away_waits_and_says_so(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        # Boris's keys end after 35 days without him.
        anne.clock.advance(days=29)
        await anne.synchronise()
        anne.clock.advance(days=20)
        sent = await anne.do(letter(boris))
        await anne.synchronise()
        view = await view_of(anne, sent)
        assert view.problem is Problem.RECIPIENT_AWAY
        assert [(each.state, each.problem) for each in view.recipients] == [
            (DeliveryState.QUEUED, Problem.RECIPIENT_AWAY)
        ]
        assert (await anne.do(ShowStatus())).outbox_count == 1
        await settle([boris, anne])
        assert (await view_of(anne, sent)).problem is Problem.NONE
        assert len(await inbox_of(boris)) == 1

    run(tmp_path, story)


def test_who_is_away_does_not_keep_the_others_waiting(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        async with Practice("Chloé", tmp_path / "chloe", anne.relay, clock=anne.clock) as chloe:
            await chloe.register()
            await befriend(anne, chloe)
            anne.clock.advance(days=29)
            await settle([anne, chloe])
            anne.clock.advance(days=20)
            await settle([anne, chloe])
            both = replace(letter(boris), to=(boris.account, chloe.account))
            sent = await anne.do(both)
            await settle([anne, chloe])
            states = {
                each.name: (each.state, each.problem)
                for each in (await view_of(anne, sent)).recipients
            }
            assert states == {
                "Boris": (DeliveryState.QUEUED, Problem.RECIPIENT_AWAY),
                "Chloé": (DeliveryState.DELIVERED, Problem.NONE),
            }
            await settle([boris, anne, chloe])
            assert len(await inbox_of(boris)) == len(await inbox_of(chloe)) == 1

    run(tmp_path, story)


def test_keys_that_do_not_verify_are_not_sealed_to(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        def forge(bundle: PrekeyBundle) -> PrekeyBundle:
            (device,) = bundle.devices
            forged = replace(
                device.signed,
                signature=replace(device.signed.signature, ed25519=bytes(64)),
            )
            return replace(bundle, devices=(replace(device, signed=forged),))

        posted = await posted_by(anne)
        anne.relay.alter("claim_prekeys", forge)
        sent = await anne.do(letter(boris))
        await anne.synchronise()
        assert posted == []
        assert (await view_of(anne, sent)).problem is Problem.RECIPIENT_UNTRUSTED
        anne.relay.alter("claim_prekeys", None)
        await settle([anne, boris])
        assert len(await inbox_of(boris)) == 1

    run(tmp_path, story)


def test_keys_of_another_account_are_not_sealed_to(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        async with Practice(
            "Mallory", tmp_path / "mallory", anne.relay, clock=anne.clock
        ) as mallory:
            await mallory.register()
            await befriend(anne, mallory)
            relay, connection = anne.relay, session_of(anne).relay
            theirs = await connection.claim_prekeys(
                mallory.account, PrekeyClaimRequest(one_time=True, devices=())
            )
            relay.alter("claim_prekeys", lambda _: theirs)
            posted = await posted_by(anne)
            sent = await anne.do(letter(boris))
            await anne.synchronise()
            assert posted == []
            assert (await view_of(anne, sent)).problem is Problem.RECIPIENT_UNTRUSTED

    run(tmp_path, story)


def test_a_public_key_seen_under_another_account_is_refused(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        (device,) = (
            await session_of(anne).relay.claim_prekeys(
                boris.account, PrekeyClaimRequest(one_time=False, devices=())
            )
        ).devices
        rotating = decode(SignedPrekey, device.signed.body).public_key

        # As if the key had been seen before, at somebody else's.
        def seen_elsewhere(store: Store) -> None:
            store.trust._db.execute(  # type: ignore[attr-defined]
                "insert or replace into public_key values (?, ?)",
                (sha256(rotating), anne.account),
            )

        await session_of(anne).vault.run(seen_elsewhere)
        anne.relay._state.prekeys[device.device].left.clear()
        posted = await posted_by(anne)
        sent = await anne.do(letter(boris))
        await anne.synchronise()
        assert posted == []
        assert (await view_of(anne, sent)).problem is Problem.RECIPIENT_UNTRUSTED

    run(tmp_path, story)


@pytest.mark.parametrize("state", ["continued", "shortened"])
def test_a_chain_that_somebody_else_continued_stops_sending(tmp_path: Path, state: str) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        if state == "continued":
            # Another copy of this profile has sent letters meanwhile.
            await fill_mailbox(anne, boris, 2)
        else:
            anne.relay._state.chains.clear()
        await anne.do(letter(boris))
        await anne.synchronise()
        assert AlarmKind.CHAIN_CONFLICT in alarms(anne)
        assert (await anne.do(ShowStatus())).outbox_count == 1
        posted = await posted_by(anne)
        await anne.reopen()
        await anne.synchronise()
        assert posted == []

    run(tmp_path, story)


def test_a_refusal_for_good_is_shown_and_leaves_no_gap_in_the_chain(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        refusal = RelayRefusedError(ProblemCode.TOO_LARGE)
        anne.relay.interrupt("post_envelope", refusal, has_acted=False)
        refused = await anne.do(letter(boris, "zu groß"))
        await anne.do(letter(boris, "klein"))
        await settle([anne, boris])
        view = await view_of(anne, refused)
        assert view.problem is Problem.REFUSED_BY_RELAY
        assert [each.state for each in view.recipients] == [DeliveryState.NOT_DELIVERED]
        assert [each.text for each in await inbox_of(boris)] == ["klein"]
        report = await anne.do(VerifyAudit())
        assert report.problems == ()
        assert report.own_statements == report.own_statements_logged

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (ProblemCode.CLOCK_SKEW, Failure.CLOCK_WRONG),
        (ProblemCode.TOO_MANY_REQUESTS, Failure.RELAY_BUSY),
        (ProblemCode.STORAGE_FULL, Failure.RELAY_BUSY),
        (ProblemCode.UNAUTHENTICATED, Failure.RELAY_REFUSED),
    ],
)
def test_a_refusal_of_the_connection_costs_nothing(
    tmp_path: Path, code: ProblemCode, failure: Failure
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        anne.relay.interrupt("post_envelope", RelayRefusedError(code), has_acted=False)
        await anne.do(letter(boris))
        with pytest.raises(CommandError) as caught:
            await anne.synchronise()
        assert caught.value.failure is failure
        await settle([anne, boris])
        assert len(await inbox_of(boris)) == 1

    run(tmp_path, story)


@pytest.mark.parametrize("years", [-2, 2])
def test_a_clock_two_years_off_says_so_and_loses_nothing(tmp_path: Path, years: int) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        waiting = await anne.do(letter(boris, "vorher"))
        await anne.synchronise()
        right = boris.clock.millis
        # Everybody shares one clock here; what the relay sees is Boris's being off.
        wrong = type(boris.clock)(right + years * 365 * 86_400_000)
        boris.clock = wrong
        await boris.reopen()
        boris.relay.clock_skew_seconds = years * 365 * 86_400
        written = await boris.do(letter(anne, "mit falscher Uhr"))
        with pytest.raises(CommandError) as caught:
            await boris.synchronise()
        assert caught.value.failure is Failure.CLOCK_WRONG
        boris.relay.clock_skew_seconds = 0
        wrong.millis = right
        await settle([boris, anne])
        assert [each.text for each in await inbox_of(boris)] == ["vorher"]
        assert [each.text for each in await inbox_of(anne)] == ["mit falscher Uhr"]
        assert (await view_of(boris, written)).problem is Problem.NONE
        assert (await view_of(anne, waiting)).recipients[0].state is DeliveryState.DELIVERED

    run(tmp_path, story)


def test_a_fast_clock_erases_no_prekey_that_may_still_be_needed(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(letter(boris))
        await anne.synchronise()
        fast = type(boris.clock)(boris.clock.millis + 2 * 365 * 86_400_000)
        boris.clock = fast
        await boris.reopen()
        # The relay does not notice here, so only the log's own time can tell.
        await boris.synchronise()
        assert [each.text for each in await inbox_of(boris)] == ["Bonjour"]

    run(tmp_path, story)


def test_files_the_relay_dropped_are_uploaded_again(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bild.png"
        document.write_bytes(b"\x89PNG" * 100)
        sent = await anne.do(letter(boris, "mit Bild", str(document)))
        anne.relay.interrupt("post_envelope", has_acted=False)
        with pytest.raises(CommandError):
            await anne.synchronise()
        anne.relay._state.blobs.clear()
        await settle([anne, boris])
        saved = await boris.do(
            SaveAttachment(message=sent.message, index=0, directory=str(tmp_path))
        )
        assert saved.size == 400

    run(tmp_path, story)


def test_a_sealed_file_that_is_gone_stops_only_its_own_letter(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bild.png"
        document.write_bytes(b"PNG" * 100)
        hopeless = await anne.do(letter(boris, "ohne Datei", str(document)))
        for path in (anne.directory / "files").iterdir():
            path.unlink()
        await anne.do(letter(boris, "danach"))
        await settle([anne, boris])
        assert [each.text for each in await inbox_of(boris)] == ["danach"]
        view = await view_of(anne, hopeless)
        assert view.problem is Problem.ATTACHMENT_MISSING
        assert [each.state for each in view.recipients] == [DeliveryState.NOT_DELIVERED]

    run(tmp_path, story)


def test_a_file_over_the_quota_waits_for_room_and_stops_only_its_own_letter(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bild.png"
        document.write_bytes(b"PNG" * 100)
        first = await anne.do(letter(boris, "zuerst", str(document)))
        await anne.synchronise()
        # The relay holds one such document for Anne, and no two, until somebody has fetched the first.
        anne.relay.blob_quota_bytes = anne.relay.stored_bytes()
        second = await anne.do(letter(boris, "voller Speicher", str(document)))
        await anne.do(letter(boris, "danach"))
        await anne.synchronise()
        assert (await anne.do(ShowStatus())).outbox_count == 1
        view = await view_of(anne, second)
        assert [each.state for each in view.recipients] == [DeliveryState.QUEUED]
        assert view.problem is Problem.RELAY_FULL
        assert (await view_of(anne, first)).problem is Problem.NONE
        await settle([anne, boris])
        arrived = [each.text for each in await inbox_of(boris)]
        assert sorted(arrived) == ["danach", "voller Speicher", "zuerst"]
        view = await view_of(anne, second)
        assert view.problem is Problem.NONE
        assert [each.state for each in view.recipients] == [DeliveryState.DELIVERED]

    run(tmp_path, story)


def test_a_connected_engine_tries_again_when_there_may_be_room(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bild.png"
        document.write_bytes(b"PNG" * 100)
        sent = await anne.do(letter(boris, "voller Speicher", str(document)))
        anne.relay.blob_quota_bytes = 0
        await anne.synchronise()
        vault = session_of(anne).vault
        due_at = await vault.run(lambda store: store.outbox.next_attempt_at())
        assert due_at is not None
        assert 0 < due_at - anne.clock.now() <= 60_000
        assert await upload_due(session_of(anne)) == 0
        anne.relay.blob_quota_bytes = 2**30
        anne.clock.advance(seconds=60)
        assert await upload_due(session_of(anne)) == 1
        assert (await view_of(anne, sent)).problem is Problem.RELAY_FULL
        await send_due(session_of(anne), collect=nothing)
        assert (await view_of(anne, sent)).problem is Problem.NONE

    run(tmp_path, story)


def test_a_long_text_waits_for_room_and_leaves_no_gap_in_the_chain(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        anne.relay.blob_quota_bytes = 0
        long = "é" * (MAX_TEXT_BYTES // 2)
        sent = await anne.do(letter(boris, long))
        await anne.do(letter(boris, "kurz"))
        for _ in range(7):
            # More often than a letter is sealed anew for other reasons.
            await anne.synchronise()
        await boris.synchronise()
        assert [each.text for each in await inbox_of(boris)] == ["kurz"]
        assert (await view_of(anne, sent)).problem is Problem.RELAY_FULL
        anne.relay.blob_quota_bytes = 2**30
        await settle([anne, boris])
        assert sorted(each.text for each in await inbox_of(boris)) == sorted(["kurz", long])
        assert (await view_of(anne, sent)).problem is Problem.NONE
        assert (await anne.do(VerifyAudit())).problems == ()

    run(tmp_path, story)


def test_a_request_to_an_address_that_nobody_has_ends_as_such(tmp_path: Path) -> None:
    async def story(anne: Practice, _boris: Practice) -> None:
        nobody = AccountId(b"nobody at all " + bytes(6))
        anne.relay.go_offline()
        await anne.do(RequestContact(account=nobody, note="Bonjour"))
        assert (await contacts_of(anne))[nobody] is ContactState.REQUESTED
        anne.relay.come_back()
        await anne.synchronise()
        assert (await contacts_of(anne))[nobody] is ContactState.UNKNOWN
        assert (await anne.do(ShowStatus())).outbox_count == 0
        # Online it is said at once, and asking again is possible.
        with pytest.raises(CommandError) as caught:
            await anne.do(RequestContact(account=nobody, note=""))
        assert caught.value.failure is Failure.UNKNOWN_ACCOUNT
        anne.relay.go_offline()
        await anne.do(RequestContact(account=nobody, note=""))
        assert (await contacts_of(anne))[nobody] is ContactState.REQUESTED

    run(tmp_path, story)


async def contacts_of(practice: Practice) -> dict[AccountId, ContactState]:
    found = await practice.do(ListContacts())
    return {row.account: row.state for row in found.rows}


def test_a_document_the_relay_lost_is_said_to_be_missing(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bild.png"
        document.write_bytes(b"\x89PNG" * 100)
        sent = await anne.do(letter(boris, "mit Bild", str(document)))
        await anne.synchronise()
        anne.relay._state.blobs.clear()
        await settle([boris, anne])
        (received,) = await inbox_of(boris)
        assert received.problem is Problem.ATTACHMENT_MISSING
        assert received.text == "mit Bild"
        with pytest.raises(CommandError) as caught:
            await boris.do(SaveAttachment(message=sent.message, index=0, directory=str(tmp_path)))
        assert caught.value.failure is Failure.ATTACHMENT_GONE

    run(tmp_path, story)


def lose_files(practice: Practice) -> None:
    """Delete the sealed documents of a profile, as somebody who makes room may."""
    for path in (practice.directory / "files").iterdir():
        path.unlink()


def test_a_vanished_document_is_fetched_again_while_the_relay_has_it(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bild.png"
        document.write_bytes(b"\x89PNG" * 100)
        sent = await anne.do(letter(boris, "mit Bild", str(document)))
        await anne.synchronise()
        # As long as somebody else has not fetched it, the relay keeps it.
        kept = copy.deepcopy(anne.relay._state.blobs)
        await boris.synchronise()
        anne.relay._state.blobs.update(kept)
        for practice in (anne, boris):
            lose_files(practice)
            save = SaveAttachment(message=sent.message, index=0, directory=str(tmp_path))
            anne.relay.go_offline()
            with pytest.raises(CommandError) as caught:
                await practice.do(save)
            assert caught.value.failure is Failure.ATTACHMENT_UNAVAILABLE
            (row,) = (await view_of(practice, sent)).attachments
            assert not row.available
            anne.relay.come_back()
            saved = await practice.do(save)
            assert saved.size == 400
            (row,) = (await view_of(practice, sent)).attachments
            assert row.available

    run(tmp_path, story)


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_vanished_while_locked_is_noticed_and_fetched_by_itself(
    tmp_path: Path, *, is_kept: bool
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bild.png"
        document.write_bytes(b"\x89PNG" * 100)
        sent = await anne.do(letter(boris, "mit Bild", str(document)))
        await anne.synchronise()
        kept = copy.deepcopy(anne.relay._state.blobs)
        await settle([boris, anne])
        if is_kept:
            anne.relay._state.blobs.update(kept)
        lose_files(boris)
        await boris.reopen()
        (row,) = (await view_of(boris, sent)).attachments
        assert not row.available
        await boris.synchronise()
        view = await view_of(boris, sent)
        assert view.attachments[0].available is is_kept
        assert view.problem is (Problem.NONE if is_kept else Problem.ATTACHMENT_MISSING)
        save = SaveAttachment(message=sent.message, index=0, directory=str(tmp_path))
        if is_kept:
            assert (await boris.do(save)).size == 400
        else:
            with pytest.raises(CommandError) as caught:
                await boris.do(save)
            assert caught.value.failure is Failure.ATTACHMENT_GONE

    run(tmp_path, story)


def test_a_document_damaged_on_its_way_is_fetched_again(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "bild.png"
        document.write_bytes(bytes(range(256)) * 2000)
        sent = await anne.do(letter(boris, "mit Bild", str(document)))
        await anne.synchronise()
        parts = 0

        def flip(part: bytes) -> bytes:
            nonlocal parts
            parts += 1
            return bytes([part[0] ^ 1]) + part[1:] if parts == 1 else part

        boris.relay.alter("download_blob", flip)
        await boris.synchronise()
        saved = await boris.do(
            SaveAttachment(message=sent.message, index=0, directory=str(tmp_path))
        )
        assert saved.path.endswith("bild (2).png")
        assert (tmp_path / "bild (2).png").read_bytes() == document.read_bytes()

    run(tmp_path, story)


def test_a_letter_as_long_as_allowed_travels_as_a_blob(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        text = "ä" * (MAX_TEXT_BYTES // 2)
        await anne.do(letter(boris, text))
        await settle([anne, boris])
        (received,) = await inbox_of(boris)
        assert received.text == text
        assert "create_blob" in anne.relay.calls

    run(tmp_path, story)


def test_who_is_no_correspondent_gets_nothing(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        for to, failure in (
            (boris.account, Failure.NOT_A_CONTACT),
            (AccountId(bytes(20)), Failure.NOT_A_CONTACT),
            (anne.account, Failure.OWN_ACCOUNT),
        ):
            with pytest.raises(CommandError) as caught:
                await anne.do(replace(letter(boris), to=(to,)))
            assert caught.value.failure is failure
        with pytest.raises(CommandError) as caught:
            await anne.do(RequestContact(account=anne.account, note=""))
        assert caught.value.failure is Failure.OWN_ACCOUNT
        with pytest.raises(CommandError) as caught:
            await anne.do(RequestContact(account=AccountId(bytes(20)), note=""))
        assert caught.value.failure is Failure.UNKNOWN_ACCOUNT
        # Nobody has asked, whether the relay can be reached or not: it is not to blame.
        anne.relay.interrupt("key_events", has_acted=False, times=9)
        with pytest.raises(CommandError) as caught:
            await anne.do(AcceptContact(account=AccountId(bytes(20))))
        assert caught.value.failure is Failure.UNKNOWN_ACCOUNT
        page = await anne.do(ListConversations(place=Place.SENT, before=None, limit=5))
        assert page.total == 0

    run(tmp_path, story, acquainted=False)


def test_an_answer_joins_its_conversation(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await anne.do(letter(boris))
        await settle([anne, boris])
        answer = await boris.do(replace(letter(anne, "Merci"), in_reply_to=sent.message))
        assert answer.conversation == sent.conversation
        await settle([anne, boris])
        (received,) = (each for each in await inbox_of(anne) if each.text == "Merci")
        assert received.conversation == sent.conversation

    run(tmp_path, story)


def test_device_lists_and_prekeys_are_renewed_in_time(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        for _ in range(8):
            anne.clock.advance(days=8)
            await settle([anne, boris])
        await anne.do(letter(boris, "zwei Monate später"))
        await settle([anne, boris])
        assert [each.text for each in await inbox_of(boris)] == ["zwei Monate später"]
        histories = await session_of(anne).vault.run(
            lambda store: store.trust.histories([anne.account, boris.account])
        )
        assert all(len(each.lists) > 3 for each in histories.values())
        assert (await anne.do(VerifyAudit())).problems == ()

    run(tmp_path, story)


def test_prekeys_are_replenished_before_they_run_out(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        device = session_of(boris).owner.device
        left = anne.relay._state.prekeys[device].left
        del left[20:]
        await boris.synchronise()
        assert len(anne.relay._state.prekeys[device].left) == 120

    run(tmp_path, story)


def test_old_private_prekeys_are_erased(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del anne

        async def oldest() -> int:
            rows = await session_of(boris).vault.run(
                lambda store: store.prekeys._db.execute(  # type: ignore[attr-defined]
                    "select min(not_after) from prekey"
                ).fetchone()
            )
            return int(rows[0])

        first = await oldest()
        for _ in range(12):
            boris.clock.advance(days=10)
            await boris.synchronise()
        assert await oldest() > first
        assert await oldest() >= boris.clock.now() - (60 + 7) * 86_400_000

    run(tmp_path, story)


def test_the_same_letter_read_offline(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await anne.do(letter(boris))
        await settle([anne, boris])
        boris.relay.go_offline()
        await boris.reopen()
        assert (await view_of(boris, sent)).text == "Bonjour"
        await boris.do(MarkRead(message=sent.message))
        await boris.do(letter(anne, "Antwort ohne Netz"))
        with pytest.raises(CommandError) as caught:
            await boris.synchronise()
        assert caught.value.failure is Failure.RELAY_UNREACHABLE
        boris.relay.come_back()
        await settle([boris, anne])
        assert (await view_of(anne, sent)).recipients[0].state is DeliveryState.READ
        assert "Antwort ohne Netz" in {each.text for each in await inbox_of(anne)}

    run(tmp_path, story)
