# SPDX-License-Identifier: AGPL-3.0-or-later
"""Drafts: kept as they are written, listed, thrown away and taken back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from app.engine.attaching import row_of
from app.engine.patients import tag_of
from app.interface.failures import CommandError, Failure
from app.interface.organising import REMOVAL_GRACE_SECONDS
from app.interface.snapshots import Done
from app.interface.writing import DraftId, DraftPage, DraftRow, DraftView
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.limits import MAX_SLOTS, MAX_SUBJECT_BYTES

if TYPE_CHECKING:
    from app.engine.ports.vault import DraftLine, Store, StoredDraft
    from app.engine.session import Session
    from app.interface.snapshots import PatientTag
    from app.interface.writing import ListDrafts, RemoveDrafts, RestoreDrafts, SaveDraft
    from crypto_core.wire.ids import BlobId, PatientId

_SNIPPET_BYTES: Final = 400
_GRACE_MILLIS: Final = REMOVAL_GRACE_SECONDS * 1000


async def save(session: Session, command: SaveDraft) -> DraftView:
    """Keep what was written. Raises CommandError."""
    draft = DraftId(session.random(16)) if command.draft is None else command.draft

    def keep(store: Store) -> DraftView:
        if command.draft is not None and store.drafts.get(draft) is None:
            raise CommandError(Failure.UNKNOWN_DRAFT)
        store.drafts.put(draft, command.content, session.now())
        return view(store, draft)

    return await session.vault.run(keep)


async def list_all(session: Session, command: ListDrafts) -> DraftPage:
    """A page of them."""

    def collect(store: Store) -> DraftPage:
        total = store.drafts.count()
        lines = store.drafts.page(offset=command.offset, limit=command.limit)
        return DraftPage(
            rows=tuple(_row(store, line) for line in lines),
            more=command.offset + len(lines) < total,
            total=total,
        )

    return await session.vault.run(collect)


async def open_one(session: Session, draft: DraftId) -> DraftView:
    """One draft. Raises CommandError."""
    return await session.vault.run(lambda store: view(store, draft))


async def remove(session: Session, command: RemoveDrafts) -> Done:
    """Throw drafts away; what is being attached to them is called off."""
    for draft in command.drafts:
        session.attaching.cancel(draft)
    await session.vault.run(lambda store: store.drafts.remove(command.drafts, session.now()))
    session.wakes.removals.set()
    return Done()


async def restore(session: Session, command: RestoreDrafts) -> Done:
    """Take that back, for all of them or for none. Raises CommandError."""

    def take_back(store: Store) -> None:
        for draft in command.drafts:
            if not store.drafts.restore(draft):
                raise CommandError(Failure.UNKNOWN_DRAFT)

    await session.vault.run(take_back)
    return Done()


async def forget_removed(session: Session, *, since_millis: int = _GRACE_MILLIS) -> None:
    """Delete for good what was thrown away so long ago."""
    until = UnixMillis(max(0, session.now() - since_millis))
    blobs = await session.vault.run(lambda store: store.drafts.forget_removed(until))
    await asyncio.to_thread(_remove_files, session, blobs)


async def keep_forgetting(session: Session) -> None:
    """Delete for good what was thrown away, a while after it was, until cancelled.

    What was thrown away just before the lock can be taken back once more.
    """
    await asyncio.sleep(REMOVAL_GRACE_SECONDS + 1.0)
    bell = session.wakes.removals
    while True:
        bell.clear()
        await forget_removed(session)
        first = await session.vault.run(lambda store: store.drafts.first_removed_at())
        if first is None:
            await bell.wait()
            continue
        due_in = (first + _GRACE_MILLIS - session.now()) / 1000
        # No bell is needed before: what is thrown away later is due later.
        await asyncio.sleep(min(max(1.0, due_in), REMOVAL_GRACE_SECONDS + 1.0))


def _remove_files(session: Session, blobs: tuple[BlobId, ...]) -> None:
    for blob in blobs:
        session.machine.files.remove(blob)


# --- what is shown -------------------------------------------------------------------------------


def view(store: Store, draft: DraftId) -> DraftView:
    """A draft as the composer shows it. Raises CommandError."""
    return shown(store, required(store, draft))


def required(store: Store, draft: DraftId) -> StoredDraft:
    """A draft that has to be there. Raises CommandError."""
    found = store.drafts.get(draft)
    if found is None:
        raise CommandError(Failure.UNKNOWN_DRAFT)
    return found


def shown(store: Store, draft: StoredDraft) -> DraftView:
    """A draft as the composer shows it."""
    return DraftView(
        draft=draft.draft,
        content=draft.content,
        patient=_tag(store, draft.content.patient),
        documents=tuple(row_of(document) for document in draft.documents),
        changed_at=draft.changed_at,
    )


def _row(store: Store, line: DraftLine) -> DraftRow:
    return DraftRow(
        draft=line.draft,
        to=line.to[:MAX_SLOTS],
        subject=_cut(line.subject, MAX_SUBJECT_BYTES),
        snippet=_cut(" ".join(line.beginning.split()), _SNIPPET_BYTES),
        documents=line.documents,
        patient=_tag(store, line.patient),
        changed_at=line.changed_at,
    )


def _tag(store: Store, patient: PatientId | None) -> PatientTag | None:
    """Whom a draft is about; None for nobody, or for somebody who was forgotten since."""
    row = None if patient is None else store.patients.get(patient)
    return None if row is None else tag_of(row)


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")
