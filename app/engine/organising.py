# SPDX-License-Identifier: AGPL-3.0-or-later
"""Puts letters away: archived, flagged, removed, each of it taken back; what was removed is deleted for good."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from app.engine.journal.noting import note_letter
from app.engine.keeping import must_stay, trusted_now
from app.engine.outbox import stamp_marks
from app.engine.session import Session, tell_conversations
from app.interface.failures import CommandError, Failure
from app.interface.organising import REMOVAL_GRACE_SECONDS, REMOVED_JUST_NOW_SECONDS, Act, Organise
from app.interface.snapshots import Done
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.journal import Action

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.organising import OrganisingStore
    from app.engine.ports.vault import Store
    from crypto_core.wire.ids import BlobId, ConversationId

_GRACE_MILLIS: Final = REMOVAL_GRACE_SECONDS * 1000
JUST_NOW_MILLIS: Final = REMOVED_JUST_NOW_SECONDS * 1000
_AHEAD_MILLIS: Final = 60_000
"""By so much a clock may be set back while something can still be taken back."""
ERASED_TOGETHER: Final = 100
"""How many letters are deleted in one transaction, so that nobody waits long for the store."""

_REMOVALS: Final = frozenset({Act.REMOVE, Act.REMOVE_FILED})


async def organise(session: Session, command: Organise) -> Done:
    """Do one thing with conversations, with all of them or with none. Raises CommandError."""
    chosen = tuple(dict.fromkeys(command.conversations))

    def work(store: Store) -> None:
        for conversation in chosen:
            if command.act is Act.REMOVE and must_stay(
                store.erasures.find_conversation(conversation), trusted_now(store, session.now())
            ):
                raise CommandError(Failure.TO_BE_KEPT)
            before = store.journal.letters_of(conversation)
            _do(store.organising, conversation, command.act, session.now())
            after = store.journal.letters_of(conversation)
            for letter in before:
                if letter not in after:
                    note_letter(store, session, Action.REMOVED, letter)
            for letter in after:
                if letter not in before:
                    note_letter(store, session, Action.TAKEN_BACK, letter)
        stamp_marks(store, session)

    await session.vault.run(work)
    tell_conversations(session, chosen)
    session.wakes.outbox.set()
    if command.act in _REMOVALS:
        session.wakes.erasures.set()
    return Done()


def _do(store: OrganisingStore, conversation: ConversationId, act: Act, now: UnixMillis) -> None:
    is_there = store.restore if act is Act.RESTORE else store.is_shown
    if not is_there(conversation):
        raise CommandError(Failure.UNKNOWN_CONVERSATION)
    match act:
        case Act.ARCHIVE | Act.UNARCHIVE:
            store.archive(conversation, is_archived=act is Act.ARCHIVE)
        case Act.FLAG:
            store.flag(conversation)
        case Act.UNFLAG:
            store.unflag(conversation)
        case Act.MARK_READ:
            store.mark_read(conversation)
        case Act.MARK_UNREAD:
            store.mark_unread(conversation)
        case Act.REMOVE | Act.REMOVE_FILED:
            _remove(store, conversation, now)


def _remove(store: OrganisingStore, conversation: ConversationId, now: UnixMillis) -> None:
    if store.is_sending(conversation):
        raise CommandError(Failure.STILL_SENDING)
    store.remove(conversation, now)


# --- for good ------------------------------------------------------------------------------------


async def erase_removed(session: Session, *, since_millis: int = _GRACE_MILLIS) -> None:
    """Delete for good what was removed so long ago.

    First the rows, then the files that nobody needs any more: what a crash leaves of these is deleted at the next
    unlocking, as every file is that no row names.
    """
    now = session.now()
    before = UnixMillis(max(0, now - since_millis))
    # It was removed under a clock that was wrong; nobody waits until that moment comes.
    ahead = UnixMillis(now + _AHEAD_MILLIS)

    def erase(store: Store) -> tuple[int, tuple[BlobId, ...]]:
        for letter in store.organising.doomed(before, ERASED_TOGETHER, ahead=ahead):
            note_letter(store, session, Action.ERASED, letter)
        return store.organising.erase(before, ERASED_TOGETHER, ahead=ahead)

    count = ERASED_TOGETHER
    while count == ERASED_TOGETHER:
        count, blobs = await session.vault.run(erase)
        await asyncio.to_thread(_remove_files, session, blobs)


async def keep_erasing(session: Session) -> None:
    """Delete for good what was removed, once it can no longer be taken back, until cancelled.

    What was removed just before the lock can be taken back once more.
    """
    await asyncio.sleep(REMOVAL_GRACE_SECONDS + 1.0)
    bell = session.wakes.erasures
    while True:
        bell.clear()
        await erase_removed(session)
        first = await session.vault.run(lambda store: store.organising.removed_since())
        if first is None:
            await bell.wait()
            continue
        due_in = (first + _GRACE_MILLIS - session.now()) / 1000
        # No bell is needed before: what is removed later is due later.
        await asyncio.sleep(min(max(1.0, due_in), REMOVAL_GRACE_SECONDS + 1.0))


def _remove_files(session: Session, blobs: tuple[BlobId, ...]) -> None:
    for blob in blobs:
        session.machine.files.remove(blob)


HANDLERS: Final[Handlers] = {Organise: lambda session, command, _: organise(session, command)}
