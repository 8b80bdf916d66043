# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every vault promises about absences: who is to be told, who was answered, and what contacts said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.engine.ports.absence import OwnAbsence
from app.interface.snapshots import ContactState
from crypto_core.wire.content import AbsenceNotice, Away, Replacement
from crypto_core.wire.ids import AccountId, DeviceId, UnixMillis
from tests.contract.test_vault import ANNE, BORIS, contact, in_vault, letter, message_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.engine.ports.vault import Store, Vault

InVault = Any
__all__ = ["in_vault"]

HERE = DeviceId(b"d" * 16)
AWAY = Away(
    since=UnixMillis(1_000),
    until=UnixMillis(9_000),
    replacement=Replacement(account=BORIS, name="Dr Boris", profession="Ostéopathe"),
    text="Je suis absent.",
)


def in_one(work: Callable[[Store], None]) -> Callable[[Vault], Awaitable[None]]:
    """Tell a story of one transaction."""
    return lambda vault: vault.run(work)


def say(store: Store, at: int, away: Away | None) -> None:
    store.absences.put_own(OwnAbsence(stated_at=UnixMillis(at), device=HERE, away=away))


def know(store: Store, account: AccountId, state: ContactState = ContactState.ACCEPTED) -> None:
    store.contacts.put(contact(account, state))


def test_what_the_owner_said_last_is_kept(in_vault: InVault) -> None:
    def work(store: Store) -> None:
        assert store.absences.own() is None
        say(store, 5, AWAY)
        assert store.absences.own() == OwnAbsence(stated_at=UnixMillis(5), device=HERE, away=AWAY)
        say(store, 6, None)
        own = store.absences.own()
        assert own is not None
        assert own.away is None

    in_vault(in_one(work))


def test_contacts_are_to_be_told_once_of_everything_that_is_said(in_vault: InVault) -> None:
    def work(store: Store) -> None:
        know(store, ANNE)
        know(store, BORIS, ContactState.WAITING)
        assert store.absences.to_be_told(10) == ()
        say(store, 5, AWAY)
        assert store.absences.to_be_told(10) == (ANNE,)
        store.absences.note_told([ANNE], UnixMillis(5))
        assert store.absences.to_be_told(10) == ()
        assert store.absences.told_count(UnixMillis(5)) == 1
        # Somebody who becomes a contact meanwhile.
        know(store, BORIS)
        assert store.absences.to_be_told(10) == (BORIS,)
        store.absences.note_told([BORIS], UnixMillis(5))
        say(store, 7, AWAY)
        assert set(store.absences.to_be_told(10)) == {ANNE, BORIS}
        assert len(store.absences.to_be_told(1)) == 1

    in_vault(in_one(work))


def test_each_computer_of_the_owner_is_told_of_everything_that_is_said(in_vault: InVault) -> None:
    def work(store: Store) -> None:
        assert not store.absences.is_told(HERE, UnixMillis(5))
        store.absences.note_computer_told(HERE, UnixMillis(5))
        assert store.absences.is_told(HERE, UnixMillis(5))
        assert not store.absences.is_told(DeviceId(b"e" * 16), UnixMillis(5))
        assert not store.absences.is_told(HERE, UnixMillis(6))

    in_vault(in_one(work))


def test_the_end_is_told_to_those_who_heard_of_the_absence(in_vault: InVault) -> None:
    def work(store: Store) -> None:
        know(store, ANNE)
        say(store, 5, AWAY)
        store.absences.note_told([ANNE], UnixMillis(5))
        know(store, BORIS)
        say(store, 6, None)
        assert store.absences.to_be_told(10) == (ANNE,)
        know(store, ANNE, ContactState.BLOCKED)
        assert store.absences.to_be_told(10) == ()

    in_vault(in_one(work))


def test_everybody_is_answered_once_until_another_absence_begins(in_vault: InVault) -> None:
    def work(store: Store) -> None:
        store.messages.add(letter(1))
        store.messages.add(letter(2))
        answered = store.absences.note_answered
        assert answered(ANNE, message_id(1), UnixMillis(50))
        assert not answered(ANNE, message_id(2), UnixMillis(60))
        assert answered(BORIS, None, UnixMillis(70))
        assert store.absences.answered_count() == 2
        first, second = (store.messages.view(message_id(number)) for number in (1, 2))
        assert first is not None
        assert second is not None
        assert (first.answered_at, second.answered_at) == (50, None)
        store.absences.forget_answers()
        assert store.absences.answered_count() == 0
        assert answered(ANNE, message_id(2), UnixMillis(80))
        kept = store.messages.view(message_id(1))
        assert kept is not None
        assert kept.answered_at == 50

    in_vault(in_one(work))


def test_what_a_contact_said_replaces_what_they_said_before(in_vault: InVault) -> None:
    def work(store: Store) -> None:
        assert store.absences.stated_at(ANNE) is None
        notice = AbsenceNotice(version=1, stated_at=UnixMillis(5), away=AWAY)
        store.absences.put(ANNE, notice)
        assert store.absences.of_contacts() == {ANNE: AWAY}
        alone = Away(since=AWAY.since, until=AWAY.until, replacement=None, text="")
        store.absences.put(ANNE, AbsenceNotice(version=1, stated_at=UnixMillis(6), away=alone))
        assert store.absences.of_contacts() == {ANNE: alone}
        store.absences.put(ANNE, AbsenceNotice(version=1, stated_at=UnixMillis(8), away=None))
        assert store.absences.of_contacts() == {}
        assert store.absences.stated_at(ANNE) == 8

    in_vault(in_one(work))


def test_a_letter_of_a_program_says_so_and_opening_it_tells_nobody(in_vault: InVault) -> None:
    def work(store: Store) -> None:
        store.messages.add(replace(letter(1), is_automatic=True))
        facts, view = store.messages.facts(message_id(1)), store.messages.view(message_id(1))
        kept = store.messages.letter(message_id(1))
        assert facts is not None
        assert view is not None
        assert kept is not None
        assert facts.is_automatic
        assert view.is_automatic
        assert kept.is_automatic
        assert not view.is_read
        assert not store.messages.mark_read(message_id(1))

    in_vault(in_one(work))
