# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the owner decides about correspondents: somebody is blocked, or not any more; something is noted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.engine.journal.noting import note as note_act
from app.engine.outbox import stamp_marks
from app.engine.session import Session, tell_contacts, tell_conversations
from app.interface.failures import CommandError, Failure
from app.interface.people import BlockContact, NoteContact, ReconsiderContact, UnblockContact
from app.interface.snapshots import ContactState, Done, Problem
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.journal import Action

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.vault import Store
    from crypto_core.wire.ids import AccountId, ConversationId


async def block(session: Session, account: AccountId) -> Done:
    """Want nothing of somebody any more. Raises CommandError.

    What is queued for them and in no envelope yet is given up, and shown so. What waits of them at the relay is
    taken from there, unread.
    """
    if account == session.owner.account:
        raise CommandError(Failure.OWN_ACCOUNT)

    def work(store: Store) -> set[ConversationId]:
        if store.contacts.get(account) is None:
            raise CommandError(Failure.UNKNOWN_ACCOUNT)
        store.contacts.block(account)
        note_act(store, session, Action.CONTACT_BLOCKED, people=[account])
        stamp_marks(store, session)
        return settle_block(store, account)

    changed = await session.vault.run(work)
    tell_contacts(session)
    tell_conversations(session, changed)
    session.wakes.status.set()
    session.wakes.outbox.set()
    session.wakes.released.set()
    session.wakes.inbox.set()
    return Done()


async def reconsider(session: Session, account: AccountId) -> Done:
    """Let a request wait again that was declined. Raises CommandError."""

    def work(store: Store) -> None:
        known = store.contacts.get(account)
        if known is None:
            raise CommandError(Failure.UNKNOWN_ACCOUNT)
        if known.state is ContactState.BLOCKED:
            raise CommandError(Failure.CONTACT_BLOCKED)
        if known.state is ContactState.DECLINED:
            waiting = replace(known, state=ContactState.WAITING, since=session.now())
            store.contacts.put(waiting)
            stamp_marks(store, session)

    await session.vault.run(work)
    tell_contacts(session)
    session.wakes.outbox.set()
    return Done()


async def unblock(session: Session, account: AccountId) -> Done:
    """They are what they were before. What they sent meanwhile is gone. Raises CommandError."""

    def work(store: Store) -> None:
        known = store.contacts.get(account)
        if known is None:
            raise CommandError(Failure.UNKNOWN_ACCOUNT)
        store.contacts.unblock(account)
        note_act(store, session, Action.CONTACT_UNBLOCKED, people=[account])
        stamp_marks(store, session)
        settle_block(store, account)

    await session.vault.run(work)
    tell_contacts(session)
    # Receipts for them have waited.
    session.wakes.outbox.set()
    return Done()


async def note(session: Session, account: AccountId, remark: str) -> Done:
    """Keep what the owner notes about somebody. Raises CommandError."""

    def work(store: Store) -> None:
        if store.contacts.get(account) is None:
            raise CommandError(Failure.UNKNOWN_ACCOUNT)
        store.contacts.note(account, remark.strip())
        stamp_marks(store, session)

    await session.vault.run(work)
    tell_contacts(session)
    session.wakes.outbox.set()
    return Done()


def settle_block(store: Store, account: AccountId) -> set[ConversationId]:
    """Do what follows when somebody was blocked, or is not any more; return where letters were given up."""
    if not is_blocked(store, account):
        # What was said of the owner's absence meanwhile did not go to them.
        store.absences.note_told([account], UnixMillis(0))
        return set()
    waiting = store.outbox.waiting_to(account)
    messages = {store.outbox.outgoing(row.outgoing).message for row in waiting}
    store.outbox.fail([row.row for row in waiting], Problem.RECIPIENT_BLOCKED)
    found = (store.messages.conversation_of(message) for message in messages)
    return {conversation for conversation in found if conversation is not None}


def is_blocked(store: Store, account: AccountId) -> bool:
    """Whether the owner wants nothing of an account."""
    return store.contacts.states([account]).get(account) is ContactState.BLOCKED


HANDLERS: Final[Handlers] = {
    ReconsiderContact: lambda session, command, _: reconsider(session, command.account),
    BlockContact: lambda session, command, _: block(session, command.account),
    UnblockContact: lambda session, command, _: unblock(session, command.account),
    NoteContact: lambda session, command, _: note(session, command.account, command.remark),
}
