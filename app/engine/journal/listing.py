# SPDX-License-Identifier: AGPL-3.0-or-later
"""Shows the journal: pages of it, and how the whole stands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from app.engine.journal.noting import note, note_letter
from app.engine.ports.vault import Setting
from app.interface.events import JournalChanged
from app.interface.failures import CommandError, Failure
from app.interface.journal import (
    JournalPage,
    JournalState,
    JournalSummary,
    ListJournal,
    NotePrinted,
    NoteSetting,
)
from app.interface.snapshots import AlarmKind, Done
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.journal import Action

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.vault import Store
    from app.engine.session import Session

TOGETHER_SECONDS: Final = 0.5
"""What is noted at once is told once."""

_DAMAGE: Final = frozenset(
    {
        AlarmKind.SPLIT_VIEW,
        AlarmKind.LOG_SHORTENED,
        AlarmKind.PROOF_INVALID,
        AlarmKind.CHAIN_CONFLICT,
    }
)


async def list_acts(session: Session, command: ListJournal) -> JournalPage:
    """Return a page of the journal. Raises CommandError."""

    def read(store: Store) -> JournalPage:
        found = store.journal.page(command, here=session.owner.device)
        if found is None:
            raise CommandError(Failure.UNKNOWN_ENTRY)
        rows, more = found
        return JournalPage(rows=rows, more=more, summary=_summary(store, session))

    return await session.vault.run(read)


def _summary(store: Store, session: Session) -> JournalSummary:
    acts, waiting = store.journal.totals()
    checked_at = store.identity.setting(Setting.LOG_CHECKED_AT)
    if any(alarm.kind in _DAMAGE for alarm in store.identity.alarms()):
        state = JournalState.DAMAGED
    elif not session.looked_at_log.is_set():
        state = JournalState.NOT_CHECKED
    else:
        state = JournalState.WAITING if waiting else JournalState.INTACT
    return JournalSummary(
        state=state,
        acts=acts,
        waiting=waiting,
        checked_at=None if checked_at is None else UnixMillis(int(checked_at)),
        correspondents=store.trust.agreeing(session.log.origin),
    )


async def note_printed(session: Session, command: NotePrinted) -> Done:
    """Note that a letter, or one of its documents, went to a printer. Raises CommandError."""

    def work(store: Store) -> None:
        if store.journal.parties(command.message) is None:
            raise CommandError(Failure.UNKNOWN_MESSAGE)
        note_letter(store, session, Action.PRINTED, command.message, document=command.document)

    await session.vault.run(work)
    return Done()


async def note_setting(session: Session, command: NoteSetting) -> Done:
    """Note that a setting of a front end was changed."""
    await session.vault.run(
        lambda store: note(store, session, Action.SETTING_CHANGED, number=int(command.setting))
    )
    return Done()


async def keep_telling(session: Session) -> None:
    """Say that something was noted, and have it sent, until cancelled."""
    while True:
        await session.noted.wait()
        session.publish(JournalChanged())
        session.wakes.outbox.set()
        await asyncio.sleep(TOGETHER_SECONDS)


HANDLERS: Final[Handlers] = {
    ListJournal: lambda session, command, _: list_acts(session, command),
    NotePrinted: lambda session, command, _: note_printed(session, command),
    NoteSetting: lambda session, command, _: note_setting(session, command),
}
