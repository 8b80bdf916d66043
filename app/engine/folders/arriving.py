# SPDX-License-Identifier: AGPL-3.0-or-later
"""What arrives is written to `received`, texts and documents, each once, with its result; whenever this ends, it goes on.

1. The text or document is opened onto the desk, complete and verified.
2. One transaction notes that it is, and what it will be called.
3. Its result is written, then it is moved in one step; what has left the desk was delivered, even if somebody
   has taken it out of `received` since.
4. One transaction notes that.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine.folders.lettering import file_content, file_name
from app.engine.folders.packing import packed
from app.engine.folders.results import write_result
from app.engine.journal.noting import note_letter
from app.engine.ports.documents import MAX_CONTENT_BYTES
from app.engine.ports.files import SealedFileDamagedError, SealedFileMissingError
from app.engine.ports.folders import RECEIVED, RESULT_ENDING
from app.interface.folders import FolderResult, FolderWay, ResultFile, ResultPerson
from crypto_core.trust.signatures import sha256
from crypto_core.wire.ids import format_address
from crypto_core.wire.journal import Action

if TYPE_CHECKING:
    from app.engine.ports.folders import Arrival, Watched
    from app.engine.ports.vault import Store, StoredAttachment
    from app.engine.session import Session
    from app.interface.folders import FolderSettings

_MOST_WAITING: Final = 1_000
_NAME_BYTES: Final = 180
_ARCHIVE_ENDING: Final = ".IHE_XDM.zip"


async def write_arrivals(session: Session, at: Watched, settings: FolderSettings) -> bool:
    """Write what is to be written; whether there was any. Raises FileError, VaultError."""
    folders = session.machine.folders
    arrivals = await session.vault.run(lambda store: store.folders.arrivals(_MOST_WAITING))
    begun = frozenset(arrival.unit for arrival in arrivals if arrival.unit)
    await asyncio.to_thread(folders.forget_arrivals, at, begun)
    is_any = False
    for arrival in arrivals:
        try:
            is_any |= await _write(session, at, arrival, settings)
        except (SealedFileMissingError, SealedFileDamagedError):
            # It is fetched again when somebody asks for it, and written then.
            continue
    return is_any


async def _write(session: Session, at: Watched, arrival: Arrival, settings: FolderSettings) -> bool:
    folders = session.machine.folders
    while True:
        if not arrival.name:
            arrival = await _open(session, at, arrival, settings)
        result = await asyncio.to_thread(
            write_result, _result(session, arrival), session.keys.signing
        )
        await asyncio.to_thread(
            folders.write, at, RECEIVED, f"{arrival.name}{RESULT_ENDING}", result
        )
        if await asyncio.to_thread(folders.deliver, at, arrival.unit, arrival.name):
            break
        # Somebody has put a file of this name there since: another name.
        arrival = await _named(session, at, arrival, arrival.name)

    def note(store: Store) -> None:
        store.folders.arrived(arrival.message, arrival.position)
        note_letter(
            store,
            session,
            Action.PUT_IN_FOLDER,
            arrival.message,
            document=None if arrival.document is None else arrival.position,
        )

    await session.vault.run(note)
    return True


async def _open(
    session: Session, at: Watched, arrival: Arrival, settings: FolderSettings
) -> Arrival:
    """Open what arrives onto the desk, under a new name of the desk's, and note what it will be called."""
    folders, files = session.machine.folders, session.machine.files
    unit = session.random(16).hex()
    await session.vault.run(
        lambda store: store.folders.begin_arrival(arrival.message, arrival.position, unit)
    )
    directory = await asyncio.to_thread(folders.arrival_folder, at, unit)
    source = await _source(session, arrival, settings)

    def write() -> Path:
        if isinstance(source, _Made):
            return files.place(source.content, name=source.name, directory=directory)
        return files.save(
            source.blob,
            key=source.key,
            size=source.size,
            sha256=source.sha256,
            name=source.name,
            directory=directory,
            report=lambda _: None,
        )

    path = await asyncio.to_thread(write)
    opened = replace(arrival, unit=unit, size=source.size, sha256=source.sha256)
    return await _named(session, at, opened, path.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A file that its sender did not make: a letter's text, or a document in another wrapping."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> bytes:
        return sha256(self.content)


async def _source(
    session: Session, arrival: Arrival, settings: FolderSettings
) -> StoredAttachment | _Made:
    document = arrival.document
    if document is None:
        return await _text(session, arrival, settings)
    if not settings.packs_cda or document.size > MAX_CONTENT_BYTES:
        return document
    content = await asyncio.to_thread(
        lambda: session.machine.files.load(
            document.blob, key=document.key, size=document.size, sha256=document.sha256
        )
    )
    archive = await packed(session, arrival, document, content)
    if archive is None:
        return document
    return _Made(name=f"{Path(document.name).stem}{_ARCHIVE_ENDING}", content=archive)


async def _text(session: Session, arrival: Arrival, settings: FolderSettings) -> _Made:
    letter = await session.vault.read(lambda store: store.messages.view(arrival.message))
    if letter is None:
        # It was removed in this moment.
        raise SealedFileMissingError(arrival.message.hex())
    zone = dt.timezone(dt.timedelta(minutes=session.machine.clock.utc_offset()))
    return _Made(
        name=file_name(letter, zone), content=file_content(letter, settings.language, zone)
    )


async def _named(session: Session, at: Watched, arrival: Arrival, wanted: str) -> Arrival:
    """Note what something on the desk will be called."""
    name = await asyncio.to_thread(session.machine.folders.free_name, at, wanted)
    await session.vault.run(
        lambda store: store.folders.arrival_ready(
            arrival.message, arrival.position, name=name, sha256=arrival.sha256, size=arrival.size
        )
    )
    return replace(arrival, name=name)


def _result(session: Session, arrival: Arrival) -> FolderResult:
    return FolderResult(
        way=FolderWay.RECEIVED,
        account=format_address(session.owner.account),
        device=session.owner.device,
        at=arrival.received_at,
        message=arrival.message,
        files=(ResultFile(name=arrival.name, size=arrival.size, sha256=arrival.sha256),),
        people=(
            ResultPerson(
                address=format_address(arrival.sender),
                name=arrival.sender_name.encode()[:_NAME_BYTES].decode(errors="ignore"),
                state=None,
                at=None,
            ),
        ),
        state=None,
        trouble=None,
        detail="",
    )
