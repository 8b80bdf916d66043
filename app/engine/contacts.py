# SPDX-License-Identifier: AGPL-3.0-or-later
"""Correspondents: asked, accepted, declined; nobody else's letters are shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.engine.away import with_absences
from app.engine.correspondents import CorrespondentUntrustedError, refresh_history
from app.engine.journal.noting import note
from app.engine.outbox import new_message_id, queue, stamp_marks
from app.engine.ports.relay import RelayError, RelayRefusedError
from app.engine.session import Session, tell_contacts, tell_conversations
from app.interface.failures import CommandError, Failure
from app.interface.shown import person_name, shown_line
from app.interface.snapshots import (
    ContactRow,
    Contacts,
    ContactState,
    DirectoryAnswer,
    DirectoryRow,
    Done,
    Trust,
)
from crypto_core.wire.content import ContactCard
from crypto_core.wire.envelope import MessageKind
from crypto_core.wire.journal import Action
from crypto_core.wire.relay_api import ProblemCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.engine.ports.vault import Store
    from crypto_core.wire.envelope import OuterHeader
    from crypto_core.wire.ids import AccountId, UnixMillis
    from crypto_core.wire.relay_api import DirectoryEntry


async def list_all(session: Session) -> Contacts:
    """All correspondents and open requests."""
    return Contacts(
        rows=await session.vault.run(
            lambda store: with_absences(store, session, store.contacts.all())
        )
    )


async def search(session: Session, query: str) -> DirectoryAnswer:
    """Ask the relay's directory, and say whom of those found one knows already. Raises RelayError."""
    page = await session.relay.search_directory(query)
    found = [entry for entry in page.entries if entry.account != session.owner.account]

    def read(store: Store) -> Mapping[AccountId, ContactState]:
        note(store, session, Action.DIRECTORY_SEARCHED, number=len(found))
        return store.contacts.states([entry.account for entry in found])

    states = await session.vault.run(read)
    return DirectoryAnswer(
        rows=tuple(
            DirectoryRow(
                account=entry.account,
                name=person_name(entry.account, shown_line(entry.name)),
                profession=shown_line(entry.profession),
                place=shown_line(entry.place),
                contact=states.get(entry.account),
            )
            for entry in found
        ),
        more=page.more,
    )


async def request(session: Session, account: AccountId, remark: str) -> Done:
    """Queue a contact request; somebody who has asked is accepted instead. Raises CommandError."""
    if account == session.owner.account:
        raise CommandError(Failure.OWN_ACCOUNT)
    await _require_existing(session, account)
    entry = await _directory_entry(session, account)

    def ask(store: Store) -> None:
        known = store.contacts.get(account)
        _require_unblocked(known)
        if known is not None and known.state in {ContactState.ACCEPTED, ContactState.REQUESTED}:
            # One request is enough, and a second one would be refused by the other side anyway.
            return
        if known is not None and known.state is ContactState.WAITING:
            _accept(store, session, known)
            note(store, session, Action.CONTACT_ACCEPTED, people=[account])
            stamp_marks(store, session)
            return
        store.contacts.put(
            ContactRow(
                account=account,
                name=entry.name if entry else known.name if known else "",
                profession=entry.profession if entry else known.profession if known else "",
                place=entry.place if entry else known.place if known else "",
                note=remark,
                state=ContactState.REQUESTED,
                trust=Trust.SELF_DECLARED,
                since=session.now(),
            )
        )
        queue(
            store,
            session,
            MessageKind.CONTACT_REQUEST,
            (_own_card(session, remark),),
            to=[account],
            message=new_message_id(session),
        )
        note(store, session, Action.CONTACT_ASKED, people=[account])
        stamp_marks(store, session)

    await session.vault.run(ask)
    _ring(session)
    await tell_named(session, account)
    return Done()


async def tell_named(session: Session, account: AccountId) -> None:
    """Say that letters show somebody by another name now."""
    tell_conversations(
        session, await session.vault.run(lambda store: store.messages.conversations_with(account))
    )


async def accept(session: Session, account: AccountId) -> Done:
    """Accept a request; the correspondent is told. Raises CommandError."""

    def decide(store: Store) -> None:
        known = store.contacts.get(account)
        if known is None or known.state in {ContactState.REQUESTED, ContactState.UNKNOWN}:
            raise CommandError(Failure.UNKNOWN_ACCOUNT)
        _require_unblocked(known)
        if known.state is not ContactState.ACCEPTED:
            _accept(store, session, known)
            note(store, session, Action.CONTACT_ACCEPTED, people=[account])
            stamp_marks(store, session)

    await session.vault.run(decide)
    _ring(session)
    # What they wrote before waits at the relay.
    session.wakes.released.set()
    session.wakes.inbox.set()
    return Done()


async def decline(session: Session, account: AccountId) -> Done:
    """Decline a request, or end a correspondence; they are not told. Raises CommandError."""

    def decide(store: Store) -> None:
        known = store.contacts.get(account)
        if known is None:
            raise CommandError(Failure.UNKNOWN_ACCOUNT)
        _require_unblocked(known)
        store.contacts.put(replace(known, state=ContactState.DECLINED, since=session.now()))
        note(store, session, Action.CONTACT_DECLINED, people=[account])
        stamp_marks(store, session)

    await session.vault.run(decide)
    tell_contacts(session)
    session.wakes.outbox.set()
    return Done()


def _require_unblocked(known: ContactRow | None) -> None:
    if known is not None and known.state is ContactState.BLOCKED:
        raise CommandError(Failure.CONTACT_BLOCKED)


def named(contact: ContactRow, *, name: str, profession: str) -> ContactRow:
    """Return a contact under the name that a card says."""
    return replace(contact, name=name, profession=profession)


def receive_request(
    store: Store, session: Session, sender: AccountId, card: ContactCard, at: UnixMillis
) -> None:
    """Note that somebody asks, inside the transaction that commits their message."""
    known = store.contacts.get(sender)
    asking = ContactRow(
        account=sender,
        name=card.name,
        profession=card.profession,
        place="" if known is None else known.place,
        note=card.note,
        state=ContactState.WAITING,
        trust=Trust.SELF_DECLARED,
        since=at,
    )
    if known is None or known.state is ContactState.WAITING:
        store.contacts.put(asking)
    elif known.state is not ContactState.DECLINED:
        # Both have asked, or they lost the acceptance: the answer is yes.
        _accept(store, session, asking)


def receive_own(store: Store, session: Session, kind: MessageKind, outer: OuterHeader) -> None:
    """Note that the owner has asked somebody, or accepted them, on another computer.

    Their answer and their letters come to this one as well. Whoever was declined here meanwhile stays so until the
    mark that goes with it says otherwise (`app.engine.vault.marks`), and so does what is told of the name.
    """
    is_acceptance = kind is MessageKind.CONTACT_ACCEPTANCE
    for account in {each.account for each in outer.recipients} - {session.owner.account}:
        known = store.contacts.get(account)
        if known is None:
            known = ContactRow(
                account=account,
                name="",
                profession="",
                place="",
                note="",
                state=ContactState.UNKNOWN,
                trust=Trust.SELF_DECLARED,
                since=session.now(),
            )
        if known.state in {ContactState.UNKNOWN, ContactState.REQUESTED, ContactState.WAITING}:
            state = ContactState.ACCEPTED if is_acceptance else ContactState.REQUESTED
            if is_acceptance or known.state is ContactState.UNKNOWN:
                store.contacts.put(replace(known, state=state, since=session.now()))
    store.marks.keep_to_oneself()


def receive_acceptance(store: Store, sender: AccountId, card: ContactCard, at: UnixMillis) -> bool:
    """Note that somebody accepted; False if they were never asked."""
    known = store.contacts.get(sender)
    if known is None or known.state is not ContactState.REQUESTED:
        return False
    store.contacts.put(
        replace(
            known,
            name=card.name,
            profession=card.profession,
            note="",
            state=ContactState.ACCEPTED,
            since=at,
        )
    )
    return True


def _accept(store: Store, session: Session, known: ContactRow) -> None:
    store.contacts.put(replace(known, state=ContactState.ACCEPTED, since=session.now()))
    queue(
        store,
        session,
        MessageKind.CONTACT_ACCEPTANCE,
        (_own_card(session, ""),),
        to=[known.account],
        message=new_message_id(session),
    )


def _own_card(session: Session, note: str) -> ContactCard:
    owner = session.owner
    return ContactCard(
        version=1,
        account=owner.account,
        name=owner.name,
        profession=owner.profession,
        note=note,
    )


async def _require_existing(session: Session, account: AccountId) -> None:
    """Refuse an address that nobody has, if the relay can be asked now. Raises CommandError."""
    try:
        await refresh_history(session, account)
    except RelayRefusedError as error:
        if error.code is ProblemCode.NOT_FOUND:
            raise CommandError(Failure.UNKNOWN_ACCOUNT) from error
    except (RelayError, CorrespondentUntrustedError):
        # Offline, or not to be trusted: sealing will tell.
        return


async def _directory_entry(session: Session, account: AccountId) -> DirectoryEntry | None:
    """What the directory says, if it can be asked now; without it the request works as well."""
    try:
        return await session.relay.directory_entry(account)
    except RelayError:
        return None


def _ring(session: Session) -> None:
    tell_contacts(session)
    session.wakes.outbox.set()
    session.wakes.connection.set()
    session.wakes.status.set()
