# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every vault promises about letters that are put away, removed and filed; lists are counted as they are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.ports.vault import Evidence, StoredAttachment, Unopened, Upload
from app.engine.vault.patients import words_of
from app.interface.shown import short_address
from app.interface.snapshots import ContactState, Direction, PatientTag, Place, Problem
from crypto_core.wire.content import LetterDetails, PatientIdentity
from crypto_core.wire.ids import (
    BlobId,
    EnvelopeId,
    Hash,
    PatientId,
    UnixMillis,
)
from tests.contract.test_vault import (
    ANNE,
    ANNES_LAPTOP,
    BORIS,
    OWNER,
    contact,
    conversation_id,
    envelope_id,
    in_vault,
    letter,
    message_id,
    outgoing,
    sent_letter,
)
from tests.fakes.memory_vault import MemoryVault
from tests.fakes.people import NOW

if TYPE_CHECKING:
    from app.engine.ports.vault import Store, Vault
    from app.interface.snapshots import ConversationRow

InVault = Any
__all__ = ["in_vault"]

HELENE = PatientId(b"h" * 16)
OTHER = PatientId(b"o" * 16)


def details(*, wants: bool = False, patient: PatientIdentity | None = None) -> LetterDetails | None:
    return LetterDetails(version=1, marks=(), patient=patient, is_answer_wanted=wants)


def listed(store: Store, place: Place, **options: Any) -> list[int]:  # noqa: ANN401 - of the port
    page = store.messages.conversations(place, limit=200, **options)
    assert page is not None
    assert page.total == len(page.rows)
    return sorted(int.from_bytes(row.conversation, "big") for row in page.rows)


def row_of(store: Store, number: int) -> ConversationRow:
    page = store.messages.conversations(Place.ALL, limit=200)
    assert page is not None
    (row,) = (row for row in page.rows if row.conversation == conversation_id(number))
    return row


def texts(store: Store, number: int) -> list[str]:
    page = store.messages.page(conversation_id(number), before=None, limit=50)
    return [] if page is None else [each.subject for each in page.messages]


def evidence(number: int) -> Evidence:
    return Evidence(
        envelope=envelope_id(number),
        outer_header=b"o",
        outer_header_hash=Hash(b"h" * 32),
        signed_message=b"s",
        signed_message_hash=Hash(b"s" * 32),
        leaf=b"l",
        log_index=number,
        path=(),
        checkpoint_size=9,
    )


def document(number: int, name: str = "bilan.pdf") -> StoredAttachment:
    return StoredAttachment(
        blob=BlobId(number.to_bytes(16, "big")),
        key=b"k" * 32,
        name=name,
        media_type="application/pdf",
        size=9,
        sha256=Hash(b"d" * 32),
        is_available=True,
        sealed_sha256=None,
    )


# --- archive, flag, answer -----------------------------------------------------------------------


def test_an_archived_conversation_is_in_the_archive_until_a_letter_comes(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            store.messages.add(letter(1))
            store.organising.archive(conversation_id(1), is_archived=True)
            assert listed(store, Place.INBOX) == []
            assert listed(store, Place.ARCHIVE) == listed(store, Place.ALL) == [1]
            store.messages.add(sent_letter(2, ANNE))
            store.messages.add(letter(0, is_brought=True))
            assert listed(store, Place.ARCHIVE) == [1]
            store.messages.add(letter(3))
            assert listed(store, Place.INBOX) == [1]
            assert listed(store, Place.ARCHIVE) == []

        await vault.run(steps)

    in_vault(story)


def test_what_is_flagged_or_wants_an_answer_is_to_do(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            store.messages.add(letter(1))
            store.messages.add(
                letter(2, conversation=conversation_id(2), details=details(wants=True))
            )
            assert listed(store, Place.TO_DO) == [2]
            store.organising.flag(conversation_id(1))
            assert listed(store, Place.TO_DO) == [1, 2]
            # A remark that wants no answer does not take back the wish before it; an answer does.
            store.messages.add(letter(3, conversation=conversation_id(2)))
            assert row_of(store, 2).is_answer_wanted
            store.messages.add(sent_letter(4, ANNE, conversation=conversation_id(2)))
            assert listed(store, Place.TO_DO) == [1]
            store.messages.take_back(message_id(4))
            assert listed(store, Place.TO_DO) == [1, 2]
            store.organising.unflag(conversation_id(1))
            store.organising.unflag(conversation_id(2))
            assert listed(store, Place.TO_DO) == []
            store.messages.add(
                letter(5, conversation=conversation_id(2), details=details(wants=True))
            )
            assert listed(store, Place.TO_DO) == [2]

        await vault.run(steps)

    in_vault(story)


def test_an_answer_wanted_by_oneself_is_nothing_to_do(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            store.messages.add(sent_letter(1, ANNE, details=details(wants=True)))
            assert listed(store, Place.TO_DO) == []

        await vault.run(steps)

    in_vault(story)


# --- read and unread -----------------------------------------------------------------------------


def test_marking_read_tells_nobody_and_opening_later_still_does(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            store.messages.add(letter(1), evidence(1))
            store.organising.mark_read(conversation_id(1))
            assert store.messages.counts().unread == 0
            assert store.messages.mark_read(message_id(1))
            assert not store.messages.mark_read(message_id(1))
            store.organising.mark_unread(conversation_id(1))
            assert store.messages.counts().unread == 1
            assert not store.messages.mark_read(message_id(1))
            assert store.messages.counts().unread == 0

        await vault.run(steps)

    in_vault(story)


def test_opening_what_is_of_somebody_blocked_tells_them_later(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            store.messages.add(letter(1), evidence(1))
            assert not store.messages.mark_read(message_id(1), is_told=False)
            assert store.messages.counts().unread == 0
            assert store.messages.mark_read(message_id(1))

        await vault.run(steps)

    in_vault(story)


def test_marking_unread_takes_back_exactly_the_last_marking(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def unread(store: Store) -> list[str]:
            page = store.messages.page(conversation_id(1), before=None, limit=50)
            assert page is not None
            return [each.subject for each in page.messages if not each.is_read]

        def steps(store: Store) -> None:
            for number in (1, 2, 3):
                store.messages.add(letter(number))
            store.messages.mark_read(message_id(1))
            store.organising.mark_read(conversation_id(1))
            store.organising.mark_unread(conversation_id(1))
            assert unread(store) == ["sujet 2", "sujet 3"]
            store.messages.mark_read(message_id(2))
            store.messages.mark_read(message_id(3))
            store.organising.mark_unread(conversation_id(1))
            assert unread(store) == ["sujet 3"]

        await vault.run(steps)

    in_vault(story)


# --- removed -------------------------------------------------------------------------------------


def test_a_removed_conversation_is_nowhere_and_comes_back_as_it_was(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            store.patients.put(HELENE, family_name="Marin", given_name="Hélène", birth_date="")
            store.messages.add(letter(1, details=details(wants=True)))
            store.messages.add(sent_letter(2, ANNE, at=UnixMillis(NOW)))
            store.organising.flag(conversation_id(1))
            store.patients.file(conversation_id(1), HELENE)
            before = row_of(store, 1)
            store.organising.remove(conversation_id(1), UnixMillis(NOW))
            for place in Place:
                assert listed(store, place) == []
                assert listed(store, place, patient=HELENE) == []
            assert store.messages.counts().unread == 0
            assert store.messages.page(conversation_id(1), before=None, limit=5) is None
            assert store.messages.view(message_id(1)) is None
            assert store.messages.letter(message_id(1)) is None
            assert not store.organising.is_shown(conversation_id(1))
            helene = store.patients.get(HELENE)
            assert helene is not None
            assert (helene.conversations, helene.latest_at) == (0, None)
            assert store.organising.restore(conversation_id(1))
            assert row_of(store, 1) == before
            assert store.messages.counts().unread == 1
            assert not store.organising.restore(conversation_id(1))

        await vault.run(steps)

    in_vault(story)


def test_what_comes_after_a_removal_appears_alone(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            store.messages.add(letter(1))
            store.organising.remove(conversation_id(1), UnixMillis(NOW))
            store.messages.add(letter(2, sender=BORIS))
            assert listed(store, Place.INBOX) == [1]
            assert texts(store, 1) == ["sujet 2"]
            store.organising.erase(None, 10)
            assert texts(store, 1) == ["sujet 2"]
            assert row_of(store, 1).correspondents == (short_address(BORIS),)
            assert not store.organising.restore(conversation_id(1))

        await vault.run(steps)

    in_vault(story)


def test_taking_back_brings_what_the_last_removal_took(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            store.messages.add(letter(1))
            store.organising.remove(conversation_id(1), UnixMillis(NOW))
            store.messages.add(letter(2))
            store.organising.remove(conversation_id(1), UnixMillis(NOW + 1))
            assert store.organising.restore(conversation_id(1))
            assert texts(store, 1) == ["sujet 2"]
            assert store.organising.restore(conversation_id(1))
            assert texts(store, 1) == ["sujet 1", "sujet 2"]

        await vault.run(steps)

    in_vault(story)


def test_erasing_leaves_nothing_but_the_number(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            store.messages.add(letter(1, attachments=(document(1), document(2))), evidence(1))
            store.messages.add(sent_letter(2, ANNE, attachments=(document(3),)))
            store.outbox.queue(outgoing(2), [(ANNE, None)])
            store.outbox.add_upload(
                Upload(
                    blob=BlobId((3).to_bytes(16, "big")),
                    size=9,
                    sha256=Hash(b"d" * 32),
                    is_complete=True,
                ),
                message_id(2),
            )
            (row,) = store.outbox.due(UnixMillis(NOW))
            store.outbox.fail([row.row], Problem.REFUSED_BY_RELAY)
            store.outbox.add_history(ANNES_LAPTOP, UnixMillis(0))
            store.messages.add(
                letter(3, conversation=conversation_id(2), attachments=(document(2),))
            )
            store.organising.remove(conversation_id(1), UnixMillis(NOW))
            assert store.organising.erase(UnixMillis(NOW - 1), 10) == (0, ())
            count, files = store.organising.erase(UnixMillis(NOW), 10)
            # One file is another letter's too.
            assert count == 2
            assert {int.from_bytes(each, "big") for each in files} == {1, 3}
            assert store.organising.removed_since() is None
            assert store.messages.facts(message_id(1)) is None
            assert store.messages.evidence() == ()
            assert store.outbox.history_left() == 0
            assert store.outbox.due(UnixMillis(NOW)) == ()
            assert store.organising.is_erased(message_id(1))
            assert store.organising.is_erased(message_id(2))
            assert not store.organising.is_erased(message_id(3))
            assert listed(store, Place.ALL) == [2]

        await vault.run(steps)

    in_vault(story)


def test_erasing_takes_a_bounded_number_of_letters_at_a_time(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            for number in range(5):
                store.messages.add(letter(number))
            store.organising.remove(conversation_id(1), UnixMillis(NOW))
            assert [store.organising.erase(None, 2)[0] for _ in range(4)] == [2, 2, 1, 0]

        await vault.run(steps)

    in_vault(story)


def test_what_a_device_has_asked_for_again_stays_until_it_is_sent(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            store.messages.add(sent_letter(1, ANNE))
            store.organising.remove(conversation_id(1), UnixMillis(NOW))
            store.outbox.queue(outgoing(1), [(ANNE, None)])
            assert listed(store, Place.OUTBOX) == []
            assert store.organising.erase(None, 9) == (0, ())
            assert store.organising.removed_since() is None
            (row,) = store.outbox.due(UnixMillis(NOW))
            store.outbox.fail([row.row], Problem.REFUSED_BY_RELAY)
            assert store.organising.erase(None, 9)[0] == 1

        await vault.run(steps)

    in_vault(story)


def test_a_removed_line_of_an_unreadable_message_may_come_as_a_letter(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            unopened = Unopened(
                envelope=EnvelopeId(b"e" * 16),
                message=message_id(1),
                sender=ANNE,
                sender_device=ANNES_LAPTOP,
                envelope_bytes=b"sealed",
                failed_check=3,
                at=UnixMillis(NOW),
            )
            store.inbox.add_unopened(unopened)
            store.messages.add(letter(1, problem=Problem.CANNOT_OPEN))
            store.organising.remove(conversation_id(1), UnixMillis(NOW))
            store.organising.erase(None, 9)
            (kept,) = store.inbox.unopened()
            assert kept.envelope_bytes == b""
            assert not store.inbox.add_unopened(unopened)
            assert not store.organising.is_erased(message_id(1))

        await vault.run(steps)

    in_vault(story)


# --- patients ------------------------------------------------------------------------------------


def test_patients_are_found_by_the_beginnings_of_their_names(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            for number, (family, first) in enumerate(
                [("Marin", "Hélène"), ("Martin-Œuvray", "Zoé"), ("Mârin", "Éric"), ("Noël", "Anne")]
            ):
                store.patients.put(
                    PatientId(bytes([number]) * 16),
                    family_name=family,
                    given_name=first,
                    birth_date="",
                )

            def found(query: str) -> list[str]:
                rows = store.patients.named(query, offset=0, limit=9)
                return [f"{row.family_name} {row.given_name}" for row in rows]

            assert found("mar") == ["Mârin Éric", "Marin Hélène", "Martin-Œuvray Zoé"]
            assert found("HÉL ma") == ["Marin Hélène"]
            assert found("hel") == ["Marin Hélène"]
            assert found("oeuv") == ["Martin-Œuvray Zoé"]
            assert found("arin") == []
            assert found("mar%") == ["Mârin Éric", "Marin Hélène", "Martin-Œuvray Zoé"]
            assert found("100%") == []
            assert len(found("")) == len(found(" - ")) == 4
            assert [row.given_name for row in store.patients.named("mar", offset=1, limit=1)] == [
                "Hélène"
            ]
            store.patients.put(
                PatientId(bytes(16)), family_name="Leroy", given_name="Hélène", birth_date=""
            )
            assert found("marin") == ["Mârin Éric"]
            assert found("ler") == ["Leroy Hélène"]

        await vault.run(steps)

    in_vault(story)


def test_without_a_query_those_of_the_newest_letters_come_first(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            for each, family in (
                (HELENE, "Marin"),
                (OTHER, "Aubry"),
                (PatientId(b"n" * 16), "Noël"),
            ):
                store.patients.put(each, family_name=family, given_name="", birth_date="")
            store.messages.add(letter(1))
            store.messages.add(letter(2, conversation=conversation_id(2)))
            store.patients.file(conversation_id(1), HELENE)
            store.patients.file(conversation_id(2), OTHER)

            def order() -> list[tuple[str, int]]:
                rows = store.patients.named("", offset=0, limit=9)
                return [(row.family_name, row.conversations) for row in rows]

            assert order() == [("Aubry", 1), ("Marin", 1), ("Noël", 0)]
            store.messages.add(letter(3))
            assert order() == [("Marin", 1), ("Aubry", 1), ("Noël", 0)]
            store.patients.file(conversation_id(1), OTHER)
            assert order() == [("Aubry", 2), ("Marin", 0), ("Noël", 0)]
            assert listed(store, Place.ALL, patient=OTHER) == [1, 2]
            assert listed(store, Place.SENT, patient=OTHER) == []
            store.patients.file(conversation_id(1), None)
            store.patients.remove(HELENE)
            assert order() == [("Aubry", 1), ("Noël", 0)]

        await vault.run(steps)

    in_vault(story)


def test_a_row_names_whom_it_is_filed_under_else_whom_its_newest_letter_names(
    in_vault: InVault,
) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            named = PatientIdentity(
                patient=PatientId(b"x" * 16),
                family_name="Marin",
                given_name="Hélène",
                birth_date="1980-02-29",
            )
            store.messages.add(letter(1, details=details(patient=named)))
            store.messages.add(letter(2))
            tag = row_of(store, 1).patient
            assert tag == PatientTag(
                patient=None, family_name="Marin", given_name="Hélène", birth_date="1980-02-29"
            )
            store.patients.put(OTHER, family_name="Aubry", given_name="", birth_date="")
            store.patients.file(conversation_id(1), OTHER)
            tag = row_of(store, 1).patient
            assert tag is not None
            assert (tag.patient, tag.family_name) == (OTHER, "Aubry")
            view = store.messages.view(message_id(1))
            assert view is not None
            assert view.patient is not None
            assert view.patient.family_name == "Marin"

        await vault.run(steps)

    in_vault(story)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("D’Œuvray-Élise", ("d", "oeuvray", "elise")),
        ("  ", ()),
        ("STRASSE Straße", ("strasse", "strasse")),
        ("E\u0301lise", ("elise",)),
    ],
)
def test_names_are_compared_without_accents_and_case(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


# --- people --------------------------------------------------------------------------------------


def test_who_is_blocked_goes_back_to_what_they_were(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            for state in (ContactState.ACCEPTED, ContactState.WAITING):
                store.contacts.put(contact(ANNE, state))
                store.contacts.unblock(ANNE)
                store.contacts.block(ANNE)
                store.contacts.block(ANNE)
                assert store.contacts.states([ANNE]) == {ANNE: ContactState.BLOCKED}
                store.contacts.unblock(ANNE)
                assert store.contacts.states([ANNE]) == {ANNE: state}
            store.contacts.note(ANNE, "préfère le matin")
            # Under another name, while a letter waits to be indexed under the old one.
            store.messages.add(letter(1))
            store.contacts.put(replace(contact(ANNE), name="Dr Anne Renommée"))
            store.contacts.put(contact(ANNE))
            row = store.contacts.get(ANNE)
            assert row is not None
            assert row.remark == "préfère le matin"

        await vault.run(steps)

    in_vault(story)


def test_receipts_for_somebody_blocked_wait(in_vault: InVault) -> None:
    async def story(vault: Vault) -> None:
        def steps(store: Store) -> None:
            for account in (ANNE, BORIS):
                store.contacts.put(contact(account))
            store.outbox.add_receipt_due(ANNE, b"for anne")
            store.outbox.add_receipt_due(BORIS, b"for boris")
            store.contacts.block(ANNE)
            assert store.outbox.take_receipts_due(9) == (BORIS, (b"for boris",))
            assert store.outbox.take_receipts_due(9) is None
            store.contacts.unblock(ANNE)
            assert store.outbox.take_receipts_due(9) == (ANNE, (b"for anne",))

        await vault.run(steps)

    in_vault(story)


# --- counted as they are -------------------------------------------------------------------------


@dataclass(slots=True)
class _Letter:
    """A letter as a plain program would keep it."""

    number: int
    conversation: int
    at: int
    is_sent: bool
    wants: bool
    is_read: bool
    removed: int | None = None


@dataclass(slots=True)
class _Marks:
    is_archived: bool = False
    is_flagged: bool = False
    settled_to: int = 0
    patient: PatientId | None = None


ACTS = (
    *("receive", "ask", "send", "bring", "take_back", "open", "mark_read", "mark_unread"),
    *("archive", "unarchive", "flag", "unflag", "remove", "restore", "erase", "file", "unfile"),
)
acts = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.integers(1, 3),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(acts)
def test_after_any_acts_lists_and_numbers_are_what_a_recount_says(
    done: list[tuple[str, int]],
) -> None:
    async def story() -> None:
        vault = MemoryVault()
        await vault.run(lambda store: store.identity.create(OWNER))
        await vault.run(lambda store: _replay(store, done))
        await vault.close()

    asyncio.run(story())


def _replay(store: Store, done: list[tuple[str, int]]) -> None:
    letters: list[_Letter] = []
    marks = {number: _Marks() for number in (1, 2, 3)}
    store.patients.put(HELENE, family_name="Marin", given_name="", birth_date="")
    for clock, (act, number) in enumerate(done, start=1):
        _apply(store, letters, marks, act, number, clock)
        _compare(store, letters, marks)


def _apply(  # noqa: C901, PLR0912, PLR0915 - one case per act
    store: Store, letters: list[_Letter], marks: dict[int, _Marks], act: str, of: int, clock: int
) -> None:
    conversation = conversation_id(of)
    shown = [each for each in letters if each.conversation == of and each.removed is None]
    mark = marks[of]
    if act in {"receive", "ask", "send", "bring"}:
        at = NOW - clock if act == "bring" else NOW + clock
        new = _Letter(clock, of, at, act == "send", act == "ask", act == "send")
        if not any(each.conversation == of for each in letters):
            mark = marks[of] = _Marks()
        letters.append(new)
        made = (sent_letter if new.is_sent else letter)(
            clock,
            *((ANNE,) if new.is_sent else ()),
            conversation=conversation,
            at=UnixMillis(at),
            details=details(wants=new.wants),
            is_brought=act == "bring",
        )
        store.messages.add(made)
        mark.is_archived = mark.is_archived and act in {"send", "bring"}
        return
    if act == "restore":
        gone = [each.removed for each in letters if each.conversation == of and each.removed]
        assert store.organising.restore(conversation) == bool(gone)
        for each in letters:
            if gone and each.conversation == of and each.removed == max(gone):
                each.removed = None
        return
    if act == "erase":
        store.organising.erase(None, 100)
        letters[:] = [each for each in letters if each.removed is None]
        return
    assert store.organising.is_shown(conversation) == bool(shown)
    if not shown:
        return
    match act:
        case "archive" | "unarchive":
            store.organising.archive(conversation, is_archived=act == "archive")
            mark.is_archived = act == "archive"
        case "flag":
            store.organising.flag(conversation)
            mark.is_flagged = True
        case "unflag":
            store.organising.unflag(conversation)
            mark.is_flagged = False
            mark.settled_to = max(each.number for each in letters if each.conversation == of)
        case "open":
            store.messages.mark_read(message_id(shown[-1].number))
            shown[-1].is_read = True
        case "mark_read":
            store.organising.mark_read(conversation)
            for each in shown:
                each.is_read = True
        case "mark_unread":
            store.organising.mark_unread(conversation)
            page = store.messages.page(conversation, before=None, limit=99)
            assert page is not None
            received = [each for each in page.messages if each.direction is Direction.RECEIVED]
            assert not received or any(not each.is_read for each in received)
            for view, each in zip(page.messages, _ordered(shown), strict=True):
                each.is_read = view.is_read
        case "remove":
            store.organising.remove(conversation, UnixMillis(clock))
            for each in shown:
                each.removed = clock
        case "file" | "unfile":
            mark.patient = HELENE if act == "file" else None
            store.patients.file(conversation, mark.patient)
        case "take_back":
            newest = _ordered(shown)[-1]
            if newest.is_sent:
                store.messages.take_back(message_id(newest.number))
                letters.remove(newest)


def _ordered(letters: list[_Letter]) -> list[_Letter]:
    return sorted(letters, key=lambda each: (each.at, each.number))


def _compare(store: Store, letters: list[_Letter], marks: dict[int, _Marks]) -> None:
    places: dict[Place, list[int]] = {place: [] for place in Place}
    filed, unread = [], 0
    for number, mark in marks.items():
        shown = _ordered(
            [each for each in letters if each.conversation == number and each.removed is None]
        )
        if not shown:
            continue
        last_sent = max((index for index, each in enumerate(shown) if each.is_sent), default=-1)
        wants = any(each.wants and each.number > mark.settled_to for each in shown[last_sent + 1 :])
        # What is put away does not ask to be read.
        unread += 0 if mark.is_archived else sum(not each.is_read for each in shown)
        for place, is_in in (
            (Place.INBOX, any(not each.is_sent for each in shown) and not mark.is_archived),
            (Place.SENT, last_sent >= 0),
            (Place.TO_DO, mark.is_flagged or wants),
            (Place.ARCHIVE, mark.is_archived),
            (Place.ALL, True),
        ):
            if is_in:
                places[place].append(number)
        if mark.patient is not None:
            filed.append(number)
        row = row_of(store, number)
        assert row.latest_at == shown[-1].at
        assert row.subject == f"sujet {shown[-1].number}"
        assert row.unread_count == sum(not each.is_read for each in shown)
    for place, expected in places.items():
        assert listed(store, place) == expected
    assert store.messages.counts().unread == unread
    assert listed(store, Place.ALL, patient=HELENE) == filed
    helene = store.patients.get(HELENE)
    assert helene is not None
    latest = [row_of(store, number).latest_at for number in filed]
    assert (helene.conversations, helene.latest_at) == (len(filed), max(latest, default=None))
