# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the owner decides about correspondents: somebody is blocked, or not any more; something is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine.session import Session, tell_contacts, tell_conversations
from app.interface.failures import CommandError, Failure
from app.interface.people import BlockContact, NoteContact, UnblockContact
from app.interface.snapshots import ContactState, Done, Problem
from crypto_core.wire.ids import UnixMillis

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
        waiting = store.outbox.waiting_to(account)
        messages = {store.outbox.outgoing(row.outgoing).message for row in waiting}
        store.outbox.fail([row.row for row in waiting], Problem.RECIPIENT_BLOCKED)
        found = (store.messages.conversation_of(message) for message in messages)
        return {conversation for conversation in found if conversation is not None}

    changed = await session.vault.run(work)
    tell_contacts(session)
    tell_conversations(session, changed)
    session.wakes.status.set()
    session.wakes.released.set()
    session.wakes.inbox.set()
    return Done()


async def unblock(session: Session, account: AccountId) -> Done:
    """They are what they were before. What they sent meanwhile is gone. Raises CommandError."""

    def work(store: Store) -> None:
        known = store.contacts.get(account)
        if known is None:
            raise CommandError(Failure.UNKNOWN_ACCOUNT)
        store.contacts.unblock(account)
        # What was said of the owner's absence meanwhile did not go to them.
        store.absences.note_told([account], UnixMillis(0))

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

    await session.vault.run(work)
    tell_contacts(session)
    return Done()


def is_blocked(store: Store, account: AccountId) -> bool:
    """Whether the owner wants nothing of an account."""
    return store.contacts.states([account]).get(account) is ContactState.BLOCKED


HANDLERS: Final[Handlers] = {
    BlockContact: lambda session, command, _: block(session, command.account),
    UnblockContact: lambda session, command, _: unblock(session, command.account),
    NoteContact: lambda session, command, _: note(session, command.account, command.remark),
}
