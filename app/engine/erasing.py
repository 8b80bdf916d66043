# SPDX-License-Identifier: AGPL-3.0-or-later
"""Erases a patient or a letter for good, step by step, so that whatever ends the program, the next unlocking goes on.

GOING: chosen and hidden, remembered by number so that it does not come back, other computers told. GONE: rows and
files are deleted. REKEYED: the store was written anew under another key. DONE: backups that hold it are destroyed or
known to be elsewhere, and the certificate is signed. The key takes the passphrase, so that step waits for an unlocking
where nobody has typed it.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine import known_kits
from app.engine.journal import evidence
from app.engine.journal.noting import note
from app.engine.keeping import end_of_keeping, obstacle_of, trusted_now
from app.engine.outbox import own_computers, stamp_marks
from app.engine.ports.erasing import ErasureKind, ErasureStep
from app.engine.ports.vault import Setting
from app.interface.erasing import (
    HOST_BACKUP_DAYS,
    Erased,
    ErasurePage,
    ErasurePlan,
    ListErasures,
    Obstacle,
    PlanErasure,
    SaveCertificate,
    SavedCertificate,
)
from app.interface.failures import CommandError, Failure
from app.interface.journal import ExportEvidence
from app.interface.snapshots import PAGE_LIMIT
from crypto_core.trust.erasure import certificate_number
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.erasure import ErasureCertificate
from crypto_core.wire.ids import MessageId, UnixMillis
from crypto_core.wire.journal import Action
from crypto_core.wire.labels import ERASURE
from crypto_core.wire.signed import Signed
from crypto_core.wire.words import WordLanguage

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.erasing import Erasure, Found
    from app.engine.ports.files import Files
    from app.engine.ports.vault import Profile, Store, Vault
    from app.engine.session import Session
    from app.interface.erasing import EraseForGood
    from crypto_core.wire.ids import BlobId, ConversationId

ERASED_TOGETHER: Final = 100
"""How many letters are deleted in one transaction."""
_HOST_MILLIS: Final = HOST_BACKUP_DAYS * 86_400_000
_NUMBER_BYTES: Final = 16
_NAMES: Final = {
    WordLanguage.FRENCH: "attestation-effacement-{number}",
    WordLanguage.ENGLISH: "erasure-certificate-{number}",
}
_FAILURES: Final = {
    Obstacle.TO_BE_KEPT: Failure.TO_BE_KEPT,
    Obstacle.SENDING: Failure.STILL_SENDING,
}


async def plan(session: Session, profile: Profile, command: PlanErasure) -> ErasurePlan:
    """Say what would go and what would stay. Raises CommandError."""

    def look(store: Store) -> tuple[Found, int, Obstacle | None]:
        found = _find(store, command)
        computers = max(0, len(own_computers(store, session)) - 1)
        return found, computers, obstacle_of(found, trusted_now(store, session.now()))

    found, computers, obstacle = await session.vault.run(look)
    backups = await _known_backups(session, profile)
    absent = sum(not path.exists() for path in backups)
    end = end_of_keeping(found)
    return ErasurePlan(
        letters=found.letters,
        documents=found.documents,
        drafts=found.drafts,
        people=len(set(found.people) - {session.owner.account}),
        computers=computers,
        backups=len(backups),
        absent_backups=absent,
        kept_until="" if end is None else end.isoformat(),
        host_until=UnixMillis(session.now() + _HOST_MILLIS),
        obstacle=obstacle,
    )


async def begin(
    session: Session, command: EraseForGood
) -> tuple[bytes, tuple[ConversationId, ...]]:
    """Choose what goes; from here on it does go. Raises CommandError.

    Returns the erasure's number, and the conversations that have changed.
    """
    erasure = session.random(_NUMBER_BYTES)

    def choose(store: Store) -> tuple[ConversationId, ...]:
        found = _find(store, command)
        obstacle = obstacle_of(found, trusted_now(store, session.now()))
        if obstacle is not None:
            raise CommandError(_FAILURES[obstacle])
        changed = store.erasures.begin(
            erasure,
            session.now(),
            patient=command.patient,
            letter=command.letter,
            people=len(set(found.people) - {session.owner.account}),
        )
        stamp_marks(store, session)
        return changed

    return erasure, await session.vault.run(choose)


async def erase_rows(vault: Vault, files: Files) -> None:
    """Delete what was chosen, rows first; files that a crash leaves go at the next unlocking, and nothing opens them."""
    count = ERASED_TOGETHER
    while count == ERASED_TOGETHER:
        count, blobs = await vault.run(lambda store: store.erasures.erase_next(ERASED_TOGETHER))
        await asyncio.to_thread(_destroy, files, blobs)
    await vault.run(lambda store: store.erasures.finish_rows())


def _destroy(files: Files, blobs: tuple[BlobId, ...]) -> None:
    for blob in blobs:
        files.destroy(blob)


async def go_on(vault: Vault, profile: Profile, files: Files, passphrase: str) -> Vault:
    """Go on with erasures up to another key, and return the store under it. Raises VaultError and CryptoCoreError."""
    unfinished = await vault.run(lambda store: store.erasures.unfinished())
    if any(each.step is ErasureStep.GOING for each in unfinished):
        await erase_rows(vault, files)
    if not any(each.step < ErasureStep.REKEYED for each in unfinished):
        return vault
    kits = await vault.run(known_kits.public_keys)
    return await profile.rekey(passphrase, kits)


# --- what is left once the key is another one ----------------------------------------------------


async def settle(session: Session, profile: Profile) -> None:
    """Destroy the backups of before and certify what is erased; those that are not here are known and stay due."""
    async with session.locks.erasing:
        await _settle(session, profile)


async def _settle(session: Session, profile: Profile) -> None:
    rekeyed = [
        each
        for each in await session.vault.run(lambda store: store.erasures.unfinished())
        if each.step is ErasureStep.REKEYED
    ]
    if rekeyed:
        paths = await _known_backups(session, profile)
        await session.vault.run(lambda store: _doom(store, paths, session.now()))
    destroyed = await destroy_backups(session, profile)
    for each in rekeyed:
        await session.vault.run(partial(_certify, session, each, destroyed))


async def destroy_backups(session: Session, profile: Profile) -> int:
    """Destroy the backups that hold what was erased, as far as their disks are here; return how many."""
    doomed = [
        each.path
        for each in await session.vault.run(lambda store: store.erasures.backups())
        if each.is_doomed
    ]
    account = session.owner.account
    gone = [
        path
        for path in doomed
        if await asyncio.to_thread(profile.destroy_backup, Path(path), account)
    ]
    if gone:
        await session.vault.run(lambda store: _forget(store, gone))
    return len(gone)


async def keep_finishing(
    session: Session, profile: Profile, *, look_seconds: float = 900.0
) -> None:
    """Erase what another computer has erased, and backups whose disk comes back, until cancelled."""
    bell = session.wakes.erasing
    while True:
        bell.clear()
        await erase_rows(session.vault, session.machine.files)
        await settle(session, profile)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), look_seconds)


async def list_all(session: Session) -> ErasurePage:
    """What was erased on this computer."""

    def read(store: Store) -> ErasurePage:
        absent = sum(each.is_doomed for each in store.erasures.backups())
        rows = store.erasures.all()[:PAGE_LIMIT]
        return ErasurePage(rows=tuple(_shown(each, absent) for each in rows))

    return await session.vault.run(read)


async def show(session: Session, erasure: bytes) -> Erased:
    """One erasure as it stands."""
    return next(each for each in (await list_all(session)).rows if each.erasure == erasure)


async def save_certificate(
    session: Session, command: SaveCertificate, request: int
) -> SavedCertificate:
    """Write a certificate for people, and what proves it once the log has it. Raises CommandError, FileError."""
    from app.engine.pages import printed  # noqa: PLC0415 - slow, and seldom wanted

    erasure = await session.vault.run(lambda store: store.erasures.get(command.erasure))
    if erasure is None or erasure.encoded_certificate is None:
        raise CommandError(Failure.NOT_CERTIFIED)
    signed = decode(Signed, erasure.encoded_certificate)
    certificate = decode(ErasureCertificate, signed.body)
    number = certificate_number(signed.body)
    pdf = await asyncio.to_thread(
        printed.erasure_pdf,
        certificate,
        number,
        session.owner.name,
        command.language,
        offset=session.machine.clock.utc_offset(),
    )
    name = _NAMES[command.language].format(number=number[:4].hex())
    path = await asyncio.to_thread(
        session.machine.files.place, pdf, name=f"{name}.pdf", directory=command.directory
    )
    proof = ExportEvidence(
        directory=command.directory, name=f"{name}.zip", letter=MessageId(number)
    )
    try:
        exported = (await evidence.export(session, proof, request)).path
    except CommandError as error:
        if error.failure is not Failure.NOTHING_TO_EXPORT:
            raise
        exported = ""
    return SavedCertificate(path=str(path), proof=exported)


def _find(store: Store, command: PlanErasure | EraseForGood) -> Found:
    if (command.patient is None) == (command.letter is None):
        raise CommandError(Failure.INVALID)
    if command.patient is not None:
        found = store.erasures.find_patient(command.patient)
    else:
        found = store.erasures.find_letter(command.letter) if command.letter else None
    if found is None:
        unknown = Failure.UNKNOWN_MESSAGE if command.patient is None else Failure.UNKNOWN_PATIENT
        raise CommandError(unknown)
    return found


async def _known_backups(session: Session, profile: Profile) -> tuple[Path, ...]:
    """The backups that were noted, and those that lie in the chosen folder."""
    noted, folder = await session.vault.run(
        lambda store: (store.erasures.backups(), store.identity.setting(Setting.BACKUP_FOLDER))
    )
    found = {Path(each.path) for each in noted}
    if folder is not None:
        found |= set(await asyncio.to_thread(profile.backups_in, Path(folder.decode())))
    return tuple(sorted(found))


def _doom(store: Store, paths: tuple[Path, ...], now: UnixMillis) -> None:
    for path in paths:
        store.erasures.note_backup(str(path), now)
    store.erasures.doom_backups()
    # The next one is due at once.
    store.identity.put_setting(Setting.BACKUP_MADE_AT, None)


def _forget(store: Store, gone: list[str]) -> None:
    for path in gone:
        store.erasures.forget_backup(path)


def _certify(session: Session, erasure: Erasure, destroyed: int, store: Store) -> None:
    now = session.now()
    certificate = ErasureCertificate(
        version=1,
        account=session.owner.account,
        device=session.owner.device,
        erasure=erasure.erasure,
        is_patient=erasure.kind is ErasureKind.PATIENT,
        begun_at=erasure.begun_at,
        finished_at=now,
        letters=erasure.letters,
        documents=erasure.documents,
        drafts=erasure.drafts,
        backups_destroyed=destroyed,
        backups_absent=sum(each.is_doomed for each in store.erasures.backups()),
        computers=max(0, len(own_computers(store, session)) - 1),
        correspondents=erasure.people,
        host_until=UnixMillis(now + _HOST_MILLIS),
    )
    signed = session.keys.signing.sign_object(ERASURE, certificate)
    store.erasures.certify(erasure.erasure, encode(signed), now)
    note(
        store,
        session,
        Action.ERASURE_CERTIFIED,
        letter=MessageId(certificate_number(signed.body)),
        number=erasure.letters,
    )


def _shown(erasure: Erasure, absent: int) -> Erased:
    return Erased(
        erasure=erasure.erasure,
        is_patient=erasure.kind is ErasureKind.PATIENT,
        begun_at=erasure.begun_at,
        finished_at=erasure.finished_at,
        letters=erasure.letters,
        documents=erasure.documents,
        drafts=erasure.drafts,
        absent_backups=absent,
        host_until=UnixMillis((erasure.finished_at or erasure.begun_at) + _HOST_MILLIS),
    )


HANDLERS: Final[Handlers] = {
    ListErasures: lambda session, _, __: list_all(session),
    SaveCertificate: save_certificate,
}
