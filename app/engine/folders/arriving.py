# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents of arriving letters are written to `received`, each once, with its result; whenever this ends, it goes on.

1. The document is opened onto the desk, complete and verified.
2. One transaction notes that it is, and what it will be called.
3. Its result is written, then it is moved in one step; what has left the desk was delivered, even if somebody
   has taken it out of `received` since.
4. One transaction notes that.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine.folders.packing import packed
from app.engine.folders.results import write_result
from app.engine.ports.documents import MAX_CONTENT_BYTES
from app.engine.ports.files import SealedFileDamagedError, SealedFileMissingError
from app.engine.ports.folders import RECEIVED, RESULT_ENDING
from app.interface.folders import FolderResult, FolderWay, ResultFile, ResultPerson
from crypto_core.trust.signatures import sha256
from crypto_core.wire.ids import format_address

if TYPE_CHECKING:
    from app.engine.ports.folders import Arrival, Watched
    from app.engine.ports.vault import Store
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

    await session.vault.run(note)
    return True


async def _open(
    session: Session, at: Watched, arrival: Arrival, settings: FolderSettings
) -> Arrival:
    """Open a document onto the desk, under a new name of the desk's, and note what it will be called."""
    folders, files = session.machine.folders, session.machine.files
    document = arrival.document
    unit = session.random(16).hex()
    await session.vault.run(
        lambda store: store.folders.begin_arrival(arrival.message, arrival.position, unit)
    )
    directory = await asyncio.to_thread(folders.arrival_folder, at, unit)
    archive = await _archive(session, arrival) if settings.packs_cda else None

    def write() -> Path:
        if archive is not None:
            stem = Path(document.name).stem
            return files.place(archive, name=f"{stem}{_ARCHIVE_ENDING}", directory=directory)
        return files.save(
            document.blob,
            key=document.key,
            size=document.size,
            sha256=document.sha256,
            name=document.name,
            directory=directory,
            report=lambda _: None,
        )

    path = await asyncio.to_thread(write)
    opened = replace(
        arrival,
        unit=unit,
        size=document.size if archive is None else len(archive),
        sha256=document.sha256 if archive is None else sha256(archive),
    )
    return await _named(session, at, opened, path.name)


async def _archive(session: Session, arrival: Arrival) -> bytes | None:
    document = arrival.document
    if document.size > MAX_CONTENT_BYTES:
        return None
    content = await asyncio.to_thread(
        lambda: session.machine.files.load(
            document.blob, key=document.key, size=document.size, sha256=document.sha256
        )
    )
    return await packed(session, arrival, content)


async def _named(session: Session, at: Watched, arrival: Arrival, wanted: str) -> Arrival:
    """Note what a document on the desk will be called."""
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
