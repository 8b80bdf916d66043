# SPDX-License-Identifier: AGPL-3.0-or-later
"""The folders of practice software while a profile is unlocked: chosen, looked at again and again, left."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Final

from app.engine.folders import arriving, taking
from app.engine.folders.results import ResultInvalidError, read_result
from app.engine.journal.noting import note
from app.engine.ports.files import FileError, NoSpaceError
from app.engine.ports.folders import (
    RESULT_ENDING,
    FolderInvalidError,
    FolderMissingError,
    StoredFolders,
    Watched,
)
from app.engine.ports.vault import DiskFullError
from app.engine.tokens import Ended
from app.interface.events import FoldersChanged
from app.interface.failures import CommandError, Failure
from app.interface.folders import (
    FolderSettings,
    FolderState,
    FolderTrouble,
    FolderVerdict,
    RunFolders,
    ShowFolders,
    VerifyFolderResult,
    WatchFolders,
)
from app.interface.snapshots import PAGE_LIMIT
from crypto_core.wire.journal import Action, JournalledSetting

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.vault import Store
    from app.engine.session import Looked, Session
    from crypto_core.wire.devices import DeviceEntry

LOOK_SECONDS: Final = 3.0
_SENDS_NOTHING: Final = frozenset({Ended.COPIED, Ended.REMOVED})

_log = logging.getLogger(__name__)


async def show(session: Session) -> FolderState:
    """What goes on."""

    def collect(store: Store) -> FolderState:
        watched = store.folders.watched()
        counts = store.folders.counts()
        return FolderState(
            settings=FolderSettings(folder="") if watched is None else watched.settings,
            trouble=None if watched is None else session.looked.trouble,
            detail="" if watched is None else session.looked.detail,
            waiting=0 if watched is None else session.looked.waiting,
            sent=counts.sent,
            received=counts.received,
            refused_count=counts.refused,
            refused=store.folders.refused(PAGE_LIMIT),
        )

    return await session.vault.read(collect)


async def watch(session: Session, command: WatchFolders) -> FolderState:
    """Watch another folder, or none. Raises CommandError, FileError."""
    settings = command.settings
    async with session.locks.folders:
        before = await session.vault.run(lambda store: store.folders.watched())
        is_same = before is not None and before.settings.folder == settings.folder
        if settings.folder:
            try:
                await asyncio.to_thread(
                    session.machine.folders.prepare, place_of(session, settings.folder)
                )
            except FolderInvalidError:
                raise CommandError(Failure.FOLDER_INVALID) from None
        if before is not None and not is_same:
            # Else it would lie hidden in a folder that nobody looks at any more.
            with contextlib.suppress(FileError):
                await taking.give_back(session, place_of(session, before.settings.folder))
        now = session.now()

        def keep(store: Store) -> None:
            if not is_same:
                store.folders.stop()
            if settings.folder:
                began = before is not None and before.settings.writes_received
                is_going_on = is_same and began and before is not None
                store.folders.watch(settings, before.since if is_going_on and before else now)
            note(
                store,
                session,
                Action.SETTING_CHANGED,
                number=int(JournalledSetting.WATCHED_FOLDERS),
            )

        await session.vault.run(keep)
        session.looked.trouble, session.looked.detail = None, ""
        if not is_same:
            session.looked.forget_all_but(())
    session.publish(FoldersChanged())
    session.wakes.folders.set()
    return await show(session)


async def look_once(session: Session) -> FolderState:
    """Do what there is to do, and say how things stand afterwards."""
    async with session.locks.folders:
        watched = await session.vault.run(lambda store: store.folders.watched())
        if watched is not None:
            await _look(session, watched)
    return await show(session)


async def keep_looking(session: Session, *, seconds: float = LOOK_SECONDS) -> None:
    """Look again and again until cancelled: what changes in a folder is told by nobody on every system."""
    bell = session.wakes.folders
    while True:
        bell.clear()
        await look_once(session)
        watched = await session.vault.read(lambda store: store.folders.watched())
        # Without a folder there is nothing to look at before somebody chooses one.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), None if watched is None else seconds)
        if watched is not None and bell.is_set():
            # Many bells ring while letters come; one look serves them all.
            await asyncio.sleep(min(seconds, 1.0))


async def verify(session: Session, command: VerifyFolderResult) -> FolderVerdict:
    """Check a result file and the documents beside it. Raises CommandError, FileError."""
    folders = session.machine.folders
    path = command.path
    if not path.endswith(RESULT_ENDING):
        path += RESULT_ENDING
    content = await asyncio.to_thread(folders.read_result, path)
    account = session.owner.account
    devices = await session.vault.read(lambda store: _devices(store, session))
    try:
        result = await asyncio.to_thread(read_result, content, account, devices)
    except ResultInvalidError:
        raise CommandError(Failure.RESULT_INVALID) from None
    changed, missing = [], []
    for each in result.files:
        found = await asyncio.to_thread(folders.read_beside, path, each.name)
        if found is None:
            missing.append(each.name)
        elif each.sha256 and found != (each.size, each.sha256):
            changed.append(each.name)
    return FolderVerdict(result=result, changed=tuple(changed), missing=tuple(missing))


# --- inside ----------------------------------------------------------------------------------------


def place_of(session: Session, folder: str) -> Watched:
    """A folder, and this computer's desk in it."""
    return Watched(folder=folder, desk=session.owner.device.hex())


def _devices(store: Store, session: Session) -> tuple[DeviceEntry, ...]:
    """Every computer that the account ever had."""
    account = session.owner.account
    history = store.trust.histories([account]).get(account)
    if history is None:
        return ()
    return tuple(entry for logged in history.lists for entry in logged.devices.devices)


async def _look(session: Session, watched: StoredFolders) -> None:
    at, looked = place_of(session, watched.settings.folder), session.looked
    looked.begin()
    sends = await session.tokens.ended() not in _SENDS_NOTHING
    sending = (_take, _decide) if sends else ()
    troubles: list[FolderTrouble] = []
    has_changed = False
    # What stops one of them is no reason to leave the others.
    for step in (_begin, *sending, arriving.write_arrivals, _tell):
        try:
            has_changed |= await step(session, at, watched.settings)
        except FolderMissingError:
            troubles.append(FolderTrouble.FOLDER_MISSING)
            break
        except (NoSpaceError, DiskFullError):
            troubles.append(FolderTrouble.DISK_FULL)
        except FileError:
            troubles.append(FolderTrouble.FOLDER_UNWRITABLE)
    if not sends:
        troubles.append(FolderTrouble.CANNOT_SEND)
    if _note(looked, troubles) or has_changed:
        session.publish(FoldersChanged())


def _note(looked: Looked, troubles: list[FolderTrouble]) -> bool:
    """Keep what is told of a look; whether it is something else than before."""
    trouble, detail = troubles[0] if troubles else None, ""
    if trouble is None and looked.unreadable:
        trouble, detail = FolderTrouble.PLACE_UNREADABLE, looked.unreadable[0]
    elif trouble is None and looked.stuck:
        trouble, detail = FolderTrouble.FILE_STUCK, looked.stuck
    told = trouble, taking.detail(detail)
    if told == (looked.trouble, looked.detail):
        return False
    looked.trouble, looked.detail = told
    if trouble is not None:
        _log.warning("the folders of practice software: %s", trouble.name)
    return True


async def _begin(session: Session, at: Watched, settings: FolderSettings) -> bool:
    await asyncio.to_thread(session.machine.folders.require, at)
    return await taking.put_away(session, at, settings)


async def _take(session: Session, at: Watched, _: FolderSettings) -> bool:
    await taking.take(session, at)
    return False


async def _decide(session: Session, at: Watched, settings: FolderSettings) -> bool:
    has_decided = await taking.decide(session, at)
    return await taking.put_away(session, at, settings) or has_decided


async def _tell(session: Session, at: Watched, _: FolderSettings) -> bool:
    return await taking.tell(session, at)


HANDLERS: Final[Handlers] = {
    ShowFolders: lambda session, _, __: show(session),
    WatchFolders: lambda session, command, _: watch(session, command),
    RunFolders: lambda session, _, __: look_once(session),
    VerifyFolderResult: lambda session, command, _: verify(session, command),
}
