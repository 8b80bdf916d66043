# SPDX-License-Identifier: AGPL-3.0-or-later
"""The patients that letters are filed under, and who could be meant by what a letter says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.engine.journal.noting import note, note_conversation
from app.engine.outbox import stamp_marks
from app.engine.session import tell_conversations
from app.interface.failures import CommandError, Failure
from app.interface.patients import (
    MOST_DUPLICATES,
    FileConversations,
    ListDuplicates,
    ListPatients,
    PatientPage,
    PatientPair,
    PatientPairs,
    PatientRecord,
    PatientRow,
    RemovePatient,
    SavePatient,
    ShowPatient,
    SuggestPatients,
)
from app.interface.snapshots import Done, PatientTag
from crypto_core.abks.french import fold
from crypto_core.wire.ids import PatientId
from crypto_core.wire.journal import Action
from crypto_core.wire.patients import (
    PatientCard,
    Sex,
    is_birth_date,
    is_sound_card,
)

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from crypto_core.wire.ids import UnixMillis

MOST_SUGGESTED: Final = 20
_NEVER: Final = 5


async def list_all(session: Session, command: ListPatients) -> PatientPage:
    """A page of patients."""
    rows = await session.vault.run(
        lambda store: store.patients.named(
            command.query, offset=command.offset, limit=command.limit + 1
        )
    )
    return PatientPage(rows=rows[: command.limit], more=len(rows) > command.limit)


async def save(session: Session, command: SavePatient) -> PatientRow:
    """Make a patient, or correct one. Raises CommandError."""
    family_name, given_name = command.family_name.strip(), command.given_name.strip()
    if not family_name or not is_past(session, command.birth_date):
        raise CommandError(Failure.INVALID)
    if command.card is not None:
        check_card(session, command.card, given_name, command.birth_date)
    patient = command.patient or PatientId(session.random(16))

    def keep(store: Store) -> PatientRow:
        if command.patient is not None:
            required(store, command.patient)
        store.patients.put(
            patient,
            family_name=family_name,
            given_name=given_name,
            birth_date=command.birth_date,
        )
        if command.card is not None:
            store.patients.put_card(patient, command.card)
        is_new = command.patient is None
        action = Action.PATIENT_ADDED if is_new else Action.PATIENT_CHANGED
        note(store, session, action, patient=patient)
        stamp_marks(store, session)
        return required(store, patient)

    kept = await session.vault.run(keep)
    session.wakes.outbox.set()
    return kept


def is_past(session: Session, birth_date: str) -> bool:
    """Whether a date is one of the calendar and not after today, where this computer is; none is fine."""
    return is_birth_date(birth_date) and birth_date <= day_of(session, session.now())


def check_card(session: Session, card: PatientCard, given_name: str, birth_date: str) -> None:
    """Refuse a card that cannot be true. Raises CommandError."""
    days = (card.died_on, card.seen_on)
    if not all(is_past(session, day) and (not day or day >= birth_date) for day in days):
        raise CommandError(Failure.INVALID)
    # What the national service has confirmed is number and traits together.
    has_traits = bool(card.birth_name and given_name and birth_date and card.sex is not Sex.UNKNOWN)
    if not is_sound_card(card) or (card.ins and card.ins.is_qualified and not has_traits):
        raise CommandError(Failure.INS_INVALID)


async def show(session: Session, command: ShowPatient) -> PatientRecord:
    """One patient's page. Raises CommandError."""
    return await session.vault.run(lambda store: record_of(store, session, command.patient))


def record_of(store: Store, session: Session, patient: PatientId) -> PatientRecord:
    """A patient's page, and what follows from what is known. Raises CommandError."""
    row, card = required(store, patient), store.patients.card(patient)
    merges = store.patients.merges(patient)
    letter = "" if row.latest_at is None else day_of(session, row.latest_at)
    return PatientRecord(
        row=row,
        card=card,
        is_minor=is_minor(row.birth_date, day_of(session, session.now())) and not card.died_on,
        first_at=store.patients.first_at(patient),
        last_contact=max(letter, card.seen_on),
        merge=merges[0] if merges else None,
    )


def is_minor(birth_date: str, today: str) -> bool:
    """Whether somebody is not yet 18 (Code civil, art. 388). Who was born on 29 February is on 1 March."""
    if not birth_date:
        return False
    return f"{int(birth_date[:4]) + 18:04}{birth_date[4:]}" > today


def day_of(session: Session, at: UnixMillis) -> str:
    """The day of a moment where this computer is, as YYYY-MM-DD."""
    here = timedelta(minutes=session.machine.clock.utc_offset())
    return (datetime.fromtimestamp(at / 1000, tz=UTC) + here).date().isoformat()


async def duplicates(session: Session) -> PatientPairs:
    """Who may be in the list twice."""
    pairs = await session.vault.run(lambda store: store.patients.duplicates(MOST_DUPLICATES))
    return PatientPairs(pairs=tuple(PatientPair(one=one, other=other) for one, other in pairs))


async def remove(session: Session, command: RemovePatient) -> Done:
    """Forget a patient under whom nothing is filed. Raises CommandError."""

    def forget(store: Store) -> None:
        if required(store, command.patient).conversations or store.decisions.of(command.patient):
            raise CommandError(Failure.PATIENT_IN_USE)
        store.patients.remove(command.patient)
        note(store, session, Action.PATIENT_REMOVED, patient=command.patient)
        stamp_marks(store, session)

    await session.vault.run(forget)
    session.wakes.outbox.set()
    return Done()


async def file(session: Session, command: FileConversations) -> Done:
    """File conversations under a patient or under none, with all of them or with none. Raises CommandError."""
    chosen = tuple(dict.fromkeys(command.conversations))

    def work(store: Store) -> None:
        if command.patient is not None:
            required(store, command.patient)
        for conversation in chosen:
            if not store.organising.is_shown(conversation):
                raise CommandError(Failure.UNKNOWN_CONVERSATION)
            store.patients.file(conversation, command.patient)
            note_conversation(store, session, Action.FILED, conversation)
        stamp_marks(store, session)

    await session.vault.run(work)
    session.wakes.outbox.set()
    tell_conversations(session, chosen)
    return Done()


def tag_of(row: PatientRow) -> PatientTag:
    """Return what a letter or a draft says of a patient."""
    return PatientTag(
        patient=row.patient,
        family_name=row.family_name,
        given_name=row.given_name,
        birth_date=row.birth_date,
    )


async def suggest(session: Session, tag: PatientTag) -> PatientPage:
    """Who could be meant, the likeliest first."""
    alike = await session.vault.run(lambda store: store.patients.alike(tag))
    ranked = sorted(((_distance(row, tag), row) for row in alike), key=lambda each: each[0])
    rows = tuple(row for distance, row in ranked if distance < _NEVER)
    return PatientPage(rows=rows[:MOST_SUGGESTED], more=len(rows) > MOST_SUGGESTED)


def _distance(row: PatientRow, tag: PatientTag) -> int:
    """How far a patient is from what a letter says: 0 is the same names and date of birth.

    Family and given name may have changed places, as they do where they are typed into one field.
    """
    is_same_day = bool(tag.birth_date) and row.birth_date == tag.birth_date
    is_other_day = bool(tag.birth_date and row.birth_date) and not is_same_day
    own, other = _names(row.family_name, row.given_name), _names(tag.family_name, tag.given_name)
    if own == other:
        return 3 if is_other_day else 0 if is_same_day else 1
    if own & other and is_same_day:
        # Another given name, or the name before a marriage.
        return 2
    if _names(row.family_name) == _names(tag.family_name) and not is_other_day:
        is_silent = not (row.given_name and tag.given_name)
        return 4 if is_silent else _NEVER
    return _NEVER


def _names(*names: str) -> frozenset[str]:
    return frozenset(
        folded
        for name in names
        for word in name.replace("-", " ").replace("’", " ").replace("'", " ").split()
        if (folded := fold(word))
    )


def required(store: Store, patient: PatientId) -> PatientRow:
    """A patient that has to be there. Raises CommandError."""
    row = store.patients.get(patient)
    if row is None:
        raise CommandError(Failure.UNKNOWN_PATIENT)
    return row


HANDLERS: Final[Handlers] = {
    ListDuplicates: lambda session, _command, _: duplicates(session),
    ShowPatient: lambda session, command, _: show(session, command),
    ListPatients: lambda session, command, _: list_all(session, command),
    SavePatient: lambda session, command, _: save(session, command),
    RemovePatient: lambda session, command, _: remove(session, command),
    FileConversations: lambda session, command, _: file(session, command),
    SuggestPatients: lambda session, command, _: suggest(session, command.tag),
}
