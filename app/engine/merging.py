# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two patients who are one person become one, and two again: letters, cards, and what either has decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine import decisions
from app.engine.journal.noting import note
from app.engine.outbox import stamp_marks
from app.engine.patients import record_of, required
from app.engine.session import tell_conversations
from app.interface.failures import CommandError, Failure
from app.interface.patients import MergePatients, UndoMerge
from crypto_core.wire.journal import Action
from crypto_core.wire.patients import MAX_CARE_NOTE_BYTES, PatientCard

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from app.interface.patients import PatientRecord
    from crypto_core.wire.ids import ConversationId
    from crypto_core.wire.patients import NationalIdentity


async def merge(session: Session, command: MergePatients) -> PatientRecord:
    """Let two patients be one. Raises CommandError."""
    kept, gone = command.kept, command.gone
    if kept == gone:
        raise CommandError(Failure.INVALID)

    def work(store: Store) -> tuple[PatientRecord, tuple[ConversationId, ...]]:
        required(store, kept)
        required(store, gone)
        card = _united(store.patients.card(kept), store.patients.card(gone))
        moved = store.patients.merge(kept, gone, card, session.now())
        decisions.carry_over(store, session, gone, kept)
        note(store, session, Action.PATIENT_MERGED, patient=kept)
        note(store, session, Action.PATIENT_REMOVED, patient=gone)
        stamp_marks(store, session)
        return record_of(store, session, kept), moved

    record, moved = await session.vault.run(work)
    session.wakes.outbox.set()
    tell_conversations(session, moved)
    return record


def _united(kept: PatientCard, gone: PatientCard) -> PatientCard:
    """A card with what the other one has beyond it. Raises CommandError for two people who are not one."""
    if kept.ins and gone.ins and kept.ins.matricule != gone.ins.matricule:
        if kept.ins.is_qualified and gone.ins.is_qualified:
            raise CommandError(Failure.INS_DIFFERS)
        ins: NationalIdentity | None = gone.ins if gone.ins.is_qualified else kept.ins
    else:
        ins = gone.ins if gone.ins and gone.ins.is_qualified else kept.ins or gone.ins
    notes = "\n".join(dict.fromkeys(each for each in (kept.notes, gone.notes) if each))
    if len(notes.encode()) > MAX_CARE_NOTE_BYTES:
        # Nothing is cut: the owner shortens one of them first.
        raise CommandError(Failure.NOTES_TOO_LONG)
    return PatientCard(
        birth_name=kept.birth_name or gone.birth_name,
        sex=kept.sex or gone.sex,
        ins=ins,
        telephone=kept.telephone or gone.telephone,
        email=kept.email or gone.email,
        address=kept.address or gone.address,
        representative=kept.representative or gone.representative,
        is_protected=kept.is_protected or gone.is_protected,
        notes=notes,
        died_on=kept.died_on or gone.died_on,
        seen_on=max(kept.seen_on, gone.seen_on),
    )


async def undo_merge(session: Session, command: UndoMerge) -> PatientRecord:
    """Make two of a patient again. Raises CommandError."""

    def work(store: Store) -> tuple[PatientRecord, tuple[ConversationId, ...]]:
        undone = store.patients.undo_merge(command.merge)
        if undone is None:
            raise CommandError(Failure.MERGE_CHANGED)
        kept, gone, moved = undone
        note(store, session, Action.PATIENT_MERGE_UNDONE, patient=kept)
        note(store, session, Action.PATIENT_ADDED, patient=gone)
        stamp_marks(store, session)
        return record_of(store, session, kept), moved

    record, moved = await session.vault.run(work)
    session.wakes.outbox.set()
    tell_conversations(session, moved)
    return record


HANDLERS: Final[Handlers] = {
    MergePatients: lambda session, command, _: merge(session, command),
    UndoMerge: lambda session, command, _: undo_merge(session, command),
}
