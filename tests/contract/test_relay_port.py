# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every relay promises to the use cases: the same tests on the one in memory and on the real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.engine.ports.relay import RelayRefusedError, SignInNeededError
from crypto_core.errors import SignatureError
from crypto_core.trust.audit import read_acceptance
from crypto_core.trust.cose import verify_root
from crypto_core.trust.evidence_records import verify_timestamped_tree
from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.key_map import check_key_answer
from crypto_core.trust.merkle import verify_consistency
from crypto_core.trust.prekeys import PrekeyNumbers, choose_slot_target
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.audit import AuditLeaf, AuditStatement, DeviceListPublished
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import EnvelopeId, Hash
from crypto_core.wire.key_map import MapEntry
from crypto_core.wire.relay_api import (
    AcknowledgeRequest,
    PrekeyClaimRequest,
    ProblemCode,
)
from tests.contract.practitioner import Practitioner, refusal, registered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.conftest import HaveTimestamped
    from tests.fakes.timestamp_authority import LyingAuthority


pytestmark = pytest.mark.anyio

ONE_TIME = PrekeyClaimRequest(one_time=True, devices=())
SIGNED_ONLY = PrekeyClaimRequest(one_time=False, devices=())


# --- accounts ------------------------------------------------------------------------------------


async def test_describes_the_log_of_the_enrolment(people: Iterator[Practitioner]) -> None:
    stranger = next(people)
    description = await stranger.relay.describe()
    assert description.log_keys == stranger.under_test.enrolment.log_keys
    assert stranger.relay.facts() is not None


async def test_a_registration_is_proven_and_seen_by_others(people: Iterator[Practitioner]) -> None:
    alice, bob = next(people), next(people)
    receipt = await alice.register()
    await bob.register()
    answer = await bob.relay.key_events(alice.caller.account, after=0)
    assert len(answer.events) == 1
    assert not answer.more
    proof = bob.checked(answer.events[0].proof)
    assert proof.index == receipt.index
    history = KeyHistory(account=alice.caller.account).continued(
        answer.events[0].event,
        leaf=proof.leaf,
        log_index=proof.index,
        log_key=bob.log.ed25519.public_key,
    )
    assert history.entry_at(alice.caller.device, log_index=proof.index + 1) is not None
    check_key_answer(
        answer.newest,
        account=alice.caller.account,
        shown=MapEntry(number=1, head=history.head),
        log=bob.log,
        now=bob.under_test.now(),
    )
    later = await bob.relay.key_events(alice.caller.account, after=1)
    assert later.events == ()
    assert later.newest.proof.entry == answer.newest.proof.entry


async def test_a_repeated_registration_gives_the_same_leaf(people: Iterator[Practitioner]) -> None:
    alice = next(people)
    request = alice.caller.registration(alice.under_test.invite())
    first = alice.checked((await alice.relay.register(request)).proof)
    again = alice.checked((await alice.relay.register(request)).proof)
    assert (again.index, again.leaf) == (first.index, first.leaf)


async def test_an_invitation_serves_once(people: Iterator[Practitioner]) -> None:
    alice, bob, carol = next(people), next(people), next(people)
    invitation = alice.under_test.invite()
    await alice.relay.register(alice.caller.registration(invitation))
    async with refusal(ProblemCode.INVITATION_INVALID):
        await bob.relay.register(bob.caller.registration(invitation))
    async with refusal(ProblemCode.INVITATION_INVALID):
        await carol.relay.register(carol.caller.registration("nobody-gave-this"))


async def test_an_account_registers_once(people: Iterator[Practitioner]) -> None:
    alice = next(people)
    await alice.register()
    other = alice.caller.registration(alice.under_test.invite())
    async with refusal(ProblemCode.ALREADY_REGISTERED):
        await alice.relay.register(other)


async def test_a_certificate_must_be_signed_by_the_root(people: Iterator[Practitioner]) -> None:
    alice, bob = next(people), next(people)
    request = alice.caller.registration(alice.under_test.invite())
    forged = replace(request.certificate, signature=bob.caller.certificate.signature)
    async with refusal(ProblemCode.SIGNATURE_INVALID):
        await alice.relay.register(replace(request, certificate=forged))
    # A refused attempt costs nobody an invitation.
    await alice.relay.register(request)


async def test_the_key_of_a_request_must_be_the_listed_one(people: Iterator[Practitioner]) -> None:
    alice, bob = next(people), next(people)
    request = alice.caller.registration(alice.under_test.invite())
    with pytest.raises(RelayRefusedError):
        await bob.relay.register(request)


async def test_a_key_belongs_to_one_account(people: Iterator[Practitioner]) -> None:
    alice, thief = next(people), next(people)
    await alice.register()
    thief.caller.request_key = alice.caller.request_key
    thief.caller.lists = []
    thief.caller.lists.append(thief.caller.next_list())
    thief.relay = thief.under_test.connect(thief.caller.caller)
    async with refusal(ProblemCode.KEY_IN_USE):
        await thief.register()


async def test_strangers_are_not_answered(people: Iterator[Practitioner]) -> None:
    alice, stranger = next(people), next(people)
    await alice.register()
    with pytest.raises(SignInNeededError):
        await stranger.relay.mailbox(after=0, limit=1)
    with pytest.raises(SignInNeededError):
        await stranger.relay.key_events(alice.caller.account, after=0)
    with pytest.raises(SignInNeededError):
        await stranger.relay.search_directory("")


async def test_a_device_list_continues_the_one_before(people: Iterator[Practitioner]) -> None:
    (alice,) = await registered(people, 1)
    following = alice.caller.next_list()
    request = alice.caller.publishing(following)
    receipt = alice.checked(
        (await alice.relay.publish_key_event(alice.caller.account, request)).proof
    )
    statement = decode(AuditStatement, decode(AuditLeaf, receipt.leaf).statement)
    assert decode(DeviceListPublished, statement.content).list_hash == sha256(following.body)
    again = await alice.relay.publish_key_event(alice.caller.account, request)
    assert alice.checked(again.proof).index == receipt.index
    alice.caller.lists.append(following)
    alice.caller.lists.append(alice.caller.next_list())
    skipping = alice.caller.publishing(alice.caller.next_list())
    async with refusal(ProblemCode.CHAIN_BROKEN) as refused:
        await alice.relay.publish_key_event(alice.caller.account, skipping)
    assert refused.fields["expected_sequence"] == 3


async def test_only_an_account_itself_publishes_its_lists(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    request = alice.caller.publishing(alice.caller.next_list())
    async with refusal(ProblemCode.FORBIDDEN):
        await bob.relay.publish_key_event(alice.caller.account, request)


async def test_lists_of_an_unknown_account_are_not_found(people: Iterator[Practitioner]) -> None:
    (alice,) = await registered(people, 1)
    async with refusal(ProblemCode.NOT_FOUND):
        await alice.relay.key_events(next(people).caller.account, after=0)


# --- directory -----------------------------------------------------------------------------------


async def test_the_directory_shows_what_its_owner_chose(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    word = alice.caller.account.hex()[:12]
    entry = alice.caller.directory_entry(f"Claire Le Goff {word}", "Sage-femme", "St-Nazaire")
    assert await bob.relay.directory_entry(alice.caller.account) is None
    await alice.relay.publish_directory_entry(alice.caller.account, entry)
    assert await bob.relay.directory_entry(alice.caller.account) == entry
    for place in ("saint nazaire", "legoff", "st-nazaire sage femme"):
        page = await bob.relay.search_directory(f"{place} {word.upper()}")
        assert page.entries == (entry,)
    assert (await bob.relay.search_directory(f"{word} Paris")).entries == ()
    await alice.relay.publish_directory_entry(alice.caller.account, None)
    assert await bob.relay.directory_entry(alice.caller.account) is None
    assert (await bob.relay.search_directory(word)).entries == ()


async def test_a_registration_can_carry_the_entry(people: Iterator[Practitioner]) -> None:
    alice = next(people)
    entry = alice.caller.directory_entry("Anne Le Goff", "Cardiologue")
    await alice.register(entry)
    assert await alice.relay.directory_entry(alice.caller.account) == entry


async def test_nobody_lists_another(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    async with refusal(ProblemCode.FORBIDDEN):
        await bob.relay.publish_directory_entry(
            alice.caller.account, alice.caller.directory_entry("X", "Y")
        )
    async with refusal(ProblemCode.FORBIDDEN):
        await bob.relay.publish_directory_entry(alice.caller.account, None)
    async with refusal(ProblemCode.FORBIDDEN):
        await bob.relay.publish_directory_entry(
            bob.caller.account, alice.caller.directory_entry("X", "Y")
        )


# --- prekeys -------------------------------------------------------------------------------------


async def test_one_time_prekeys_are_handed_out_once_each(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    status = await alice.relay.upload_prekeys(alice.caller.prekeys(1, one_time=5))
    assert (status.one_time_left, status.signed_number, status.batch_number) == (5, 1, 1)
    bundles = await asyncio.gather(
        *(bob.relay.claim_prekeys(alice.caller.account, ONE_TIME) for _ in range(8))
    )
    handed = [bundle.devices[0].one_time for bundle in bundles]
    indices = [claimed.key.index for claimed in handed if claimed is not None]
    assert sorted(indices) == [0, 1, 2, 3, 4]
    for bundle in bundles:
        choose_slot_target(
            alice.caller.account,
            alice.caller.entry,
            bundle.devices[0],
            seen=PrekeyNumbers(),
            now=alice.under_test.now(),
        )
    status = await alice.relay.prekey_status()
    assert (status.one_time_left, status.signed_fallbacks) == (0, 3)


async def test_a_contact_request_costs_no_one_time_prekey(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    await alice.relay.upload_prekeys(alice.caller.prekeys(1, one_time=2))
    bundle = await bob.relay.claim_prekeys(alice.caller.account, SIGNED_ONLY)
    assert bundle.certificate == alice.caller.certificate
    assert bundle.device_list == alice.caller.lists[0]
    assert bundle.devices[0].one_time is None
    assert (await alice.relay.prekey_status()).one_time_left == 2


async def test_a_device_without_prekeys_is_missing(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    assert (await bob.relay.claim_prekeys(alice.caller.account, ONE_TIME)).devices == ()
    # The own device is no recipient of its own letters.
    await bob.relay.upload_prekeys(bob.caller.prekeys(1, one_time=1))
    assert (await bob.relay.claim_prekeys(bob.caller.account, ONE_TIME)).devices == ()


async def test_an_upload_may_be_repeated_but_not_fall_back(people: Iterator[Practitioner]) -> None:
    (alice,) = await registered(people, 1)
    first, second = alice.caller.prekeys(1, one_time=2), alice.caller.prekeys(2, one_time=3)
    await alice.relay.upload_prekeys(first)
    assert (await alice.relay.upload_prekeys(first)).one_time_left == 2
    newest = await alice.relay.upload_prekeys(second)
    assert (newest.signed_number, newest.batch_number) == (2, 2)
    async with refusal(ProblemCode.CONFLICT):
        await alice.relay.upload_prekeys(first)


async def test_prekeys_must_be_signed_by_their_device(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    foreign = bob.caller.prekeys(1)
    with pytest.raises(RelayRefusedError) as caught:
        await alice.relay.upload_prekeys(foreign)
    assert caught.value.code in {ProblemCode.SIGNATURE_INVALID, ProblemCode.FORBIDDEN}
    assert (await alice.relay.prekey_status()).signed_number == 0


# --- mail ----------------------------------------------------------------------------------------


async def test_an_accepted_envelope_is_proven_and_delivered(people: Iterator[Practitioner]) -> None:
    alice, bob, carol = await registered(people, 3)
    envelope, envelope_bytes = alice.caller.envelope(bob.caller, carol.caller)
    receipt = alice.checked(
        (await alice.relay.post_envelope(alice.caller.posting(envelope, envelope_bytes))).proof
    )
    actor = pseudonym_of(alice.caller.device)
    read_acceptance(receipt.leaf, actor=actor, envelope=envelope, envelope_bytes=envelope_bytes)
    for recipient in (bob, carol):
        page = await recipient.waiting()
        recipient.check_page(page)
        assert [item.envelope for item in page.items] == [envelope_bytes]
        assert (page.items[0].proof.index, page.items[0].proof.leaf) == (
            receipt.index,
            receipt.leaf,
        )
        assert not page.more
    assert (await alice.waiting()).items == ()


async def test_acknowledged_items_are_gone(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    for _ in range(2):
        await alice.relay.post_envelope(alice.caller.letter_to(bob.caller))
    first, second = (await bob.waiting()).items
    acknowledgement = AcknowledgeRequest(cursors=(first.cursor, 2**40))
    await bob.relay.acknowledge(acknowledgement)
    await bob.relay.acknowledge(acknowledgement)
    assert [item.cursor for item in (await bob.waiting()).items] == [second.cursor]


async def test_nobody_acknowledges_for_another(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    await alice.relay.post_envelope(alice.caller.letter_to(bob.caller))
    cursor = (await bob.waiting()).items[0].cursor
    await alice.relay.acknowledge(AcknowledgeRequest(cursors=(cursor,)))
    assert len((await bob.waiting()).items) == 1


async def test_a_repeated_envelope_is_accepted_once(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    request = alice.caller.letter_to(bob.caller)
    first = alice.checked((await alice.relay.post_envelope(request)).proof)
    again = alice.checked((await alice.relay.post_envelope(request)).proof)
    assert (again.index, again.leaf) == (first.index, first.leaf)
    assert len((await bob.waiting()).items) == 1
    # The chain went on by one.
    await alice.relay.post_envelope(alice.caller.letter_to(bob.caller))


async def test_concurrent_repetitions_are_accepted_once(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    request = alice.caller.letter_to(bob.caller)
    receipts = await asyncio.gather(*(alice.relay.post_envelope(request) for _ in range(5)))
    assert len({alice.checked(receipt.proof).index for receipt in receipts}) == 1
    assert len((await bob.waiting()).items) == 1


async def test_other_bytes_under_a_used_id_conflict(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    envelope, envelope_bytes = alice.caller.envelope(bob.caller)
    await alice.relay.post_envelope(alice.caller.posting(envelope, envelope_bytes))
    changed = envelope_bytes[:-1] + bytes([envelope_bytes[-1] ^ 1])
    async with refusal(ProblemCode.CONFLICT):
        await alice.relay.post_envelope(alice.caller.posting(envelope, changed))


async def test_a_gap_in_the_chain_is_refused(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    await alice.relay.post_envelope(alice.caller.letter_to(bob.caller))
    alice.caller.letter_to(bob.caller)  # stated, but never handed over
    async with refusal(ProblemCode.CHAIN_BROKEN) as refused:
        await alice.relay.post_envelope(alice.caller.letter_to(bob.caller))
    assert refused.fields["expected_sequence"] == 2
    assert len((await bob.waiting()).items) == 1


async def test_a_statement_of_another_envelope_is_refused(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    _, envelope_bytes = alice.caller.envelope(bob.caller)
    with pytest.raises(RelayRefusedError):
        await alice.relay.post_envelope(
            replace(alice.caller.letter_to(bob.caller), envelope=envelope_bytes)
        )
    assert (await bob.waiting()).items == ()


async def test_a_forged_statement_is_refused(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    request = alice.caller.letter_to(bob.caller)
    signature = replace(request.statement.signature, ed25519=bytes(64))
    async with refusal(ProblemCode.SIGNATURE_INVALID):
        await alice.relay.post_envelope(
            replace(request, statement=replace(request.statement, signature=signature))
        )
    await alice.relay.post_envelope(request)


async def test_nobody_sends_in_anothers_name(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    envelope, envelope_bytes = bob.caller.envelope(alice.caller, sender=alice.caller)
    async with refusal(ProblemCode.FORBIDDEN):
        await bob.relay.post_envelope(bob.caller.posting(envelope, envelope_bytes))


async def test_recipients_must_exist(people: Iterator[Practitioner]) -> None:
    (alice,) = await registered(people, 1)
    async with refusal(ProblemCode.UNKNOWN_RECIPIENT):
        await alice.relay.post_envelope(alice.caller.letter_to(next(people).caller))


async def test_an_expired_envelope_is_refused(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    envelope, envelope_bytes = alice.caller.envelope(bob.caller, life_seconds=-3600)
    async with refusal(ProblemCode.EXPIRED):
        await alice.relay.post_envelope(alice.caller.posting(envelope, envelope_bytes))


async def test_bytes_that_are_no_envelope_are_refused(people: Iterator[Practitioner]) -> None:
    (alice,) = await registered(people, 1)
    request = alice.caller.posting(EnvelopeId(bytes(16)), b"\x80 and more")
    async with refusal(ProblemCode.MALFORMED):
        await alice.relay.post_envelope(request)


async def test_a_mailbox_is_read_in_pages(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    empty = await bob.waiting()
    assert (empty.checkpoint, empty.items, empty.more) == ("", (), False)
    sent = []
    for _ in range(5):
        envelope, envelope_bytes = alice.caller.envelope(bob.caller)
        await alice.relay.post_envelope(alice.caller.posting(envelope, envelope_bytes))
        sent.append(envelope_bytes)
    read: list[bytes | None] = []
    after, more = 0, True
    while more:
        page = await bob.relay.mailbox(after=after, limit=2)
        bob.check_page(page)
        assert after < page.items[0].cursor
        read += [item.envelope for item in page.items]
        after, more = page.items[-1].cursor, page.more
    assert read == sent


async def test_events_tell_the_newest_cursor_at_once_and_later(
    people: Iterator[Practitioner],
) -> None:
    alice, bob = await registered(people, 2)
    await alice.relay.post_envelope(alice.caller.letter_to(bob.caller))
    stream = bob.relay.events()
    assert isinstance(stream, AsyncGenerator)
    async with aclosing(stream) as events:
        first = await anext(events)
        assert first == (await bob.waiting()).items[-1].cursor
        await alice.relay.post_envelope(alice.caller.letter_to(bob.caller))
        later = await anext(events)
        assert later == (await bob.waiting()).items[-1].cursor
        assert later > first


async def test_receipts_are_for_those_concerned(people: Iterator[Practitioner]) -> None:
    alice, bob, carol = await registered(people, 3)
    envelope, envelope_bytes = alice.caller.envelope(bob.caller)
    posted = alice.checked(
        (await alice.relay.post_envelope(alice.caller.posting(envelope, envelope_bytes))).proof
    )
    await carol.relay.post_envelope(carol.caller.letter_to(bob.caller))
    for concerned in (alice, bob):
        answer = await concerned.relay.envelope_receipt(envelope)
        newest = concerned.checked(answer.proof)
        assert (newest.index, newest.leaf) == (posted.index, posted.leaf)
        assert newest.checkpoint.checkpoint.size > posted.index
    async with refusal(ProblemCode.NOT_FOUND):
        await carol.relay.envelope_receipt(envelope)


# --- blobs ---------------------------------------------------------------------------------------


async def test_a_blob_reaches_the_recipients_and_nobody_else(
    people: Iterator[Practitioner],
) -> None:
    alice, bob, carol = await registered(people, 3)
    content = alice.under_test.random_bytes(700_000)
    blob = await alice.upload(content)
    async with refusal(ProblemCode.NOT_FOUND):
        await bob.download(blob)
    await alice.relay.post_envelope(alice.caller.letter_to(bob.caller, blobs=(blob,)))
    assert await bob.download(blob) == content
    assert await bob.download(blob, offset=123_456) == content[123_456:]
    async with refusal(ProblemCode.NOT_FOUND):
        await carol.download(blob)


async def test_a_blob_lives_until_everyone_has_it(people: Iterator[Practitioner]) -> None:
    alice, bob, carol = await registered(people, 3)
    blob = await alice.upload(b"sealed")
    await alice.relay.post_envelope(alice.caller.letter_to(bob.caller, carol.caller, blobs=(blob,)))
    for recipient in (bob, carol):
        assert await recipient.download(blob) == b"sealed"
        cursor = (await recipient.waiting()).items[0].cursor
        await recipient.relay.acknowledge(AcknowledgeRequest(cursors=(cursor,)))
    async with refusal(ProblemCode.NOT_FOUND):
        await carol.download(blob)


async def test_an_upload_goes_on_where_it_stood(people: Iterator[Practitioner]) -> None:
    (alice,) = await registered(people, 1)
    content = alice.under_test.random_bytes(100_000)
    request = alice.caller.blob(content)
    assert (await alice.relay.create_blob(request)).received == 0
    await alice.relay.upload_part(request.blob, offset=0, part=content[:60_000])
    assert (await alice.relay.create_blob(request)).received == 60_000
    async with refusal(ProblemCode.BLOB_OFFSET) as refused:
        await alice.relay.upload_part(request.blob, offset=0, part=content[:60_000])
    assert refused.fields["received_bytes"] == 60_000
    async with refusal(ProblemCode.BLOB_OFFSET):
        await alice.relay.upload_part(request.blob, offset=70_000, part=content[70_000:])
    status = await alice.relay.upload_part(request.blob, offset=60_000, part=content[60_000:])
    assert (status.received, status.complete) == (100_000, False)
    assert (await alice.relay.complete_blob(request.blob)).complete
    assert (await alice.relay.complete_blob(request.blob)).complete
    assert (await alice.relay.create_blob(request)).complete


async def test_a_blob_must_be_what_was_announced(people: Iterator[Practitioner]) -> None:
    (alice,) = await registered(people, 1)
    request = alice.caller.blob(b"what was announced")
    await alice.relay.create_blob(request)
    await alice.relay.upload_part(request.blob, offset=0, part=b"anything different")
    async with refusal(ProblemCode.BLOB_MISMATCH):
        await alice.relay.complete_blob(request.blob)


async def test_other_values_under_a_used_blob_id_conflict(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    request = alice.caller.blob(b"mine")
    await alice.relay.create_blob(request)
    async with refusal(ProblemCode.CONFLICT):
        await alice.relay.create_blob(replace(request, sha256=Hash(bytes(32))))
    async with refusal(ProblemCode.CONFLICT):
        await bob.relay.create_blob(request)


async def test_an_envelope_waits_for_its_blobs(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    request = alice.caller.blob(b"never completed")
    await alice.relay.create_blob(request)
    async with refusal(ProblemCode.BLOB_MISSING):
        await alice.relay.post_envelope(alice.caller.letter_to(bob.caller, blobs=(request.blob,)))


async def test_nobody_sends_anothers_blob(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    blob = await alice.upload(b"of alice")
    async with refusal(ProblemCode.BLOB_MISSING):
        await bob.relay.post_envelope(bob.caller.letter_to(alice.caller, blobs=(blob,)))


# --- log -----------------------------------------------------------------------------------------


async def test_the_log_only_grows(people: Iterator[Practitioner]) -> None:
    alice, bob = await registered(people, 2)
    before = alice.checked_note(await alice.relay.checkpoint()).checkpoint
    for _ in range(3):
        await alice.relay.post_envelope(alice.caller.letter_to(bob.caller))
    after = alice.checked_note(await alice.relay.checkpoint()).checkpoint
    assert after.size >= before.size + 3
    answer = await alice.relay.consistency(first=before.size, second=after.size)
    assert (answer.first, answer.second) == (before.size, after.size)
    verify_consistency(
        first_size=before.size,
        second_size=after.size,
        first_root=before.root,
        second_root=after.root,
        path=answer.path,
    )
    with pytest.raises(RelayRefusedError):
        await alice.relay.consistency(first=1, second=after.size + 1_000_000)


async def test_cosignatures_are_given_to_the_own_account_alone(
    people: Iterator[Practitioner],
) -> None:
    alice, bob = await registered(people, 2)
    assert (await alice.relay.cosignatures()).cosignatures == ()
    older = alice.cosigned(await alice.relay.checkpoint())
    await alice.relay.post_envelope(alice.caller.letter_to(bob.caller))
    newer = alice.cosigned(await alice.relay.checkpoint())
    await alice.relay.cosign(newer)
    await alice.relay.cosign(older)
    (kept,) = (await alice.relay.cosignatures()).cosignatures
    assert (kept.device, kept.note) == (alice.caller.device, newer)
    assert (await bob.relay.cosignatures()).cosignatures == ()


async def test_nobody_cosigns_for_another_or_what_the_log_has_not_signed(
    people: Iterator[Practitioner],
) -> None:
    alice, bob = await registered(people, 2)
    note = await alice.relay.checkpoint()
    size = alice.checked_note(note).checkpoint.size
    invented = note.replace(f"\n{size}\n", f"\n{size + 1}\n", 1)
    for wrong in (bob.cosigned(note), alice.cosigned(invented), note):
        async with refusal(ProblemCode.SIGNATURE_INVALID):
            await alice.relay.cosign(wrong)
    async with refusal(ProblemCode.MALFORMED):
        await alice.relay.cosign("not a note")
    assert (await alice.relay.cosignatures()).cosignatures == ()


async def test_the_log_signs_for_cose_what_it_has_signed_as_a_checkpoint_and_nothing_else(
    people: Iterator[Practitioner],
) -> None:
    (alice,) = await registered(people, 1)
    checkpoint = alice.checked_note(await alice.relay.checkpoint()).checkpoint
    answer = await alice.relay.cose_roots((checkpoint.size, checkpoint.size + 1_000_000))
    (root,) = answer.roots
    assert root.size == checkpoint.size
    for key, signature in (
        (alice.log.ed25519, root.ed25519),
        (alice.log.ml_dsa_44, root.ml_dsa_44),
    ):
        verify_root(key, checkpoint.root, signature)
        with pytest.raises(SignatureError):
            verify_root(key, Hash(bytes(32)), signature)


# --- timestamps ----------------------------------------------------------------------------------


async def test_a_leaf_has_the_first_checkpoint_that_was_timestamped_with_it(
    people_and_authority: tuple[Iterator[Practitioner], LyingAuthority, HaveTimestamped],
) -> None:
    people, authority, have_timestamped = people_and_authority
    (alice,) = await registered(people, 1)
    async with refusal(ProblemCode.NOT_FOUND):
        await alice.relay.timestamps(0)
    await have_timestamped(authority)
    size = alice.checked_note(await alice.relay.checkpoint()).checkpoint.size
    for leaf in (0, size - 1):
        found = await alice.relay.timestamps(leaf)
        assert found.authorities == authority.authorities
        verified = verify_timestamped_tree(
            found.note,
            found.record,
            log=alice.log,
            authorities=authority.authorities,
            now=alice.under_test.now(),
        )
        assert verified.checkpoint.checkpoint.size == size
    async with refusal(ProblemCode.NOT_FOUND):
        await alice.relay.timestamps(size)
    async with refusal(ProblemCode.MALFORMED):
        await alice.relay.timestamps(-1)
