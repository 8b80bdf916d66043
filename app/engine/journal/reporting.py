# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the journal as a report that people read: for a patient, an inspection or a court.

A report for reading proves nothing alone; for a court it names the place of each act in the log, where the evidence
file (`evidence.py`) has its proof.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from app.engine import audit
from app.engine.journal.noting import note
from app.engine.journal.report_texts import TEXTS
from app.interface.deed_words import DEED_WORDS
from app.interface.events import Progress
from app.interface.failures import CommandError, Failure
from app.interface.journal import (
    Deed,
    JournalRow,
    ListJournal,
    ReportForm,
    ReportReader,
    Standing,
    WriteReport,
    WrittenReport,
)
from app.interface.shown import person_name, shown_line
from app.interface.snapshots import PAGE_LIMIT, PatientTag
from crypto_core.trust.merkle import leaf_hash
from crypto_core.wire.ids import Hash, MessageId
from crypto_core.wire.journal import Action
from crypto_core.wire.words import WordLanguage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.engine.handlers import Handlers
    from app.engine.journal.report_texts import ReportTexts
    from app.engine.pages.reports import Report
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from crypto_core.wire.ids import UnixMillis, UtcOffsetMinutes

MAX_REPORTED_ACTS: Final = 50_000
"""As many as an evidence file has; more would be a report of thousands of pages."""

_COLUMNS: Final = {
    ReportReader.PATIENT: {"at": 20, "who": 22, "deed": 26, "what": 34, "people": 24},
    ReportReader.INSPECTION: {
        "at": 18,
        "who": 16,
        "deed": 20,
        "what": 28,
        "people": 18,
        "patient": 18,
        "computer": 14,
        "standing": 13,
    },
    ReportReader.COURT: {
        "entry": 6,
        "at": 18,
        "who": 12,
        "deed": 15,
        "what": 20,
        "people": 20,
        "patient": 14,
        "computer": 16,
        "standing": 11,
        "logged_at": 18,
        "place": 8,
        "letter": 16,
        "hash": 29,
    },
}
"""What each reader is told, with the columns' shares of the page."""

_COUNTED: Final = frozenset(
    {
        Deed.UNLOCK_REFUSED,
        Deed.IMPORTED,
        Deed.PATIENTS_IMPORTED,
        Deed.SEARCHED,
        Deed.DIRECTORY_SEARCHED,
        Deed.JOURNAL_EXPORTED,
        Deed.ENTRIES_ERASED,
        Deed.ERASURE_CERTIFIED,
        Deed.SESSIONS_ENDED,
    }
)
"""Deeds whose number counts something."""


@dataclass(slots=True, kw_only=True)
class _Selected:
    """The acts of a report, by their numbers, and what is known about them."""

    acts: dict[int, JournalRow] = field(default_factory=dict)
    leaves: dict[int, tuple[int, Hash]] = field(default_factory=dict)
    """Index and hash of those that the log has."""
    filed: frozenset[MessageId] = frozenset()
    """The patient's letters."""
    person: str = ""
    patient: PatientTag | None = None


async def write_report(session: Session, command: WriteReport, request: int) -> WrittenReport:
    """Write a report, and note that it was written. Raises CommandError, FileError."""
    from app.engine.pages import reports  # noqa: PLC0415 - slow, and seldom written

    if command.reader is ReportReader.PATIENT and command.patient is None:
        raise CommandError(Failure.UNKNOWN_PATIENT)
    selected = await _select(session, command, request)
    if not selected.acts:
        raise CommandError(Failure.NOTHING_TO_EXPORT)
    offset = session.machine.clock.utc_offset()
    report = _composed(session, command, selected, offset)
    draw = reports.report_pdf if command.form is ReportForm.PDF else reports.report_csv
    content = await asyncio.to_thread(draw, report)
    path = await asyncio.to_thread(
        session.machine.files.place, content, name=command.name, directory=command.directory
    )
    acts = len(selected.acts)
    await session.vault.run(
        lambda store: note(store, session, Action.JOURNAL_EXPORTED, number=acts)
    )
    return WrittenReport(
        path=str(path), size=len(content), acts=acts, waiting=_waiting(selected.acts.values())
    )


# --- which acts ----------------------------------------------------------------------------------


async def _select(session: Session, command: WriteReport, request: int) -> _Selected:
    """Read the acts a page at a time."""
    selected = _Selected()
    await session.vault.run(_known(command, selected))
    wanted = ListJournal(
        limit=PAGE_LIMIT,
        person=command.person,
        patient=command.patient,
        letter=command.letter,
        kind=command.kind,
        since=command.since,
        until=command.until,
    )
    await _read(session, command, wanted, selected, request)
    # What was done with a letter before it was filed is about the patient as well.
    for letter in selected.filed if command.letter is None else ():
        of_letter = replace(wanted, patient=None, letter=letter)
        await _read(session, command, of_letter, selected, request)
    return selected


def _known(command: WriteReport, selected: _Selected) -> Callable[[Store], None]:
    def read(store: Store) -> None:
        if command.patient is not None:
            selected.filed = frozenset(store.journal.letters_filed(command.patient))
        if command.person is not None:
            contact = store.contacts.get(command.person)
            named = "" if contact is None else shown_line(contact.name)
            selected.person = person_name(command.person, named)

    return read


async def _read(
    session: Session,
    command: WriteReport,
    wanted: ListJournal,
    selected: _Selected,
    request: int,
) -> None:
    more = True
    while more:
        rows, more = await session.vault.run(_page(session, command, wanted, selected))
        if rows:
            wanted = replace(wanted, before=rows[-1].entry)
        if len(selected.acts) > MAX_REPORTED_ACTS:
            raise CommandError(Failure.TOO_MUCH_TO_EXPORT)
        done = len(selected.acts)
        session.publish(Progress(request=request, done=done, total=done + int(more)))


def _page(
    session: Session, command: WriteReport, wanted: ListJournal, selected: _Selected
) -> Callable[[Store], tuple[tuple[JournalRow, ...], bool]]:
    def read(store: Store) -> tuple[tuple[JournalRow, ...], bool]:
        found = store.journal.page(wanted, here=session.owner.device)
        if found is None:
            raise CommandError(Failure.UNKNOWN_ENTRY)
        rows, more = found
        selected.acts.update({row.entry: row for row in rows})
        for row in rows:
            if row.patient is not None and row.patient.patient == command.patient:
                selected.patient = row.patient
        if command.reader is ReportReader.COURT:
            proofs = store.journal.proofs_among([row.entry for row in rows])
            for entry, act in proofs.items():
                leaf = act.proof.leaf
                if leaf is None and act.sequence is not None:
                    statement = store.outbox.statement(act.sequence)
                    leaf = None if statement is None else audit.leaf_of(statement, act.proof)
                if leaf is not None:
                    selected.leaves[entry] = act.proof.log_index, leaf_hash(leaf)
        return rows, more

    return read


def _waiting(rows: Iterable[JournalRow]) -> int:
    return sum(row.standing is Standing.WAITING for row in rows)


# --- what is said of them ------------------------------------------------------------------------


def _composed(
    session: Session, command: WriteReport, selected: _Selected, offset: UtcOffsetMinutes
) -> Report:
    """Put the acts into the reader's columns, the oldest first, a section a month."""
    from app.engine.pages.reports import Column, Report, Section  # noqa: PLC0415 - as above

    said = TEXTS[command.language]
    columns = _COLUMNS[command.reader]
    rows = sorted(selected.acts.values(), key=lambda row: (row.at, row.entry))
    speaker = _Speaker(session.owner.name, command, selected)
    sections: list[tuple[str, list[tuple[str, ...]]]] = []
    for row in rows:
        local = _local(row.at, row.utc_offset)
        month = f"{said.months[local.month - 1]} {local.year}"
        if not sections or sections[-1][0] != month:
            sections.append((month, []))
        cells = speaker.cells(row)
        sections[-1][1].append(tuple(cells[name] for name in columns))
    return Report(
        language=command.language,
        title=said.titles[command.reader],
        author=session.owner.name,
        facts=_facts(session, command, selected, offset),
        notes=said.notes[command.reader],
        columns=tuple(
            Column(title=said.columns[name], share=share) for name, share in columns.items()
        ),
        sections=tuple(Section(title=title, rows=tuple(cells)) for title, cells in sections),
        page=said.page,
        remarks=said.remarks,
        letters_changed=said.letters_changed,
    )


def _facts(
    session: Session, command: WriteReport, selected: _Selected, offset: UtcOffsetMinutes
) -> tuple[tuple[str, str], ...]:
    said = TEXTS[command.language]
    rows = selected.acts.values()
    waiting = _waiting(rows)
    acts = f"{len(rows)}"
    facts = [
        (said.owner, session.owner.name),
        (said.made, _moment(session.now(), offset)),
        (said.period, _period(command, said, offset)),
    ]
    if command.patient is not None:
        facts.append((said.patient, _patient(selected.patient) or command.patient.hex()))
    if command.person is not None:
        facts.append((said.person, selected.person))
    if command.letter is not None:
        facts.append((said.one_letter, said.that_letter))
    if command.kind is not None:
        facts.append((said.kind, said.kinds[command.kind]))
    facts.append((said.acts, said.waiting.format(acts=acts, waiting=waiting) if waiting else acts))
    return tuple(facts)


def _period(command: WriteReport, said: ReportTexts, offset: UtcOffsetMinutes) -> str:
    since = None if command.since is None else f"{_local(command.since, offset):%Y-%m-%d}"
    until = None if command.until is None else f"{_local(command.until, offset):%Y-%m-%d}"
    if since and until:
        return said.between.format(since=since, until=until)
    if since:
        return said.since.format(since=since)
    return said.until.format(until=until) if until else said.always


class _Speaker:
    """Says what a row is to the reader."""

    def __init__(self, owner: str, command: WriteReport, selected: _Selected) -> None:
        self._owner = owner
        self._is_for_patient = command.reader is ReportReader.PATIENT
        self._language = command.language
        self._said = TEXTS[command.language]
        self._selected = selected

    def cells(self, row: JournalRow) -> dict[str, str]:
        """Return what may stand in each column."""
        said = self._said
        others = ", ".join(row.people)
        is_told = row.standing is Standing.TOLD
        is_relays = not (is_told or row.is_here or row.computer)
        index, digest = self._selected.leaves.get(row.entry, (None, None))
        standing = {
            Standing.WAITING: said.standing_waiting,
            Standing.LOGGED: said.standing_logged,
            Standing.TOLD: said.standing_told,
        }[row.standing]
        return {
            "entry": str(row.entry),
            "at": _moment(row.at, row.utc_offset),
            "who": others if is_told else said.relay if is_relays else self._owner,
            "deed": self._deed(row),
            "what": self._what(row),
            "people": "" if is_told else others,
            "patient": _patient(row.patient),
            "computer": row.computer,
            "standing": standing,
            "logged_at": "" if row.logged_at is None else _moment(row.logged_at, row.utc_offset),
            "place": "" if index is None else str(index),
            "letter": "" if row.letter is None else row.letter.hex(),
            "hash": "" if digest is None else digest.hex(),
        }

    def _deed(self, row: JournalRow) -> str:
        english, french = DEED_WORDS[row.deed]
        word = french if self._language is WordLanguage.FRENCH else english
        if row.deed in _COUNTED and row.numbers:
            return self._said.times.format(deed=word, count=row.numbers[0])
        return word

    def _what(self, row: JournalRow) -> str:
        said = self._said
        if row.letter is None:
            return ""
        if self._is_for_patient and row.letter not in self._selected.filed:
            # It is filed elsewhere now: its words may be another patient's.
            return said.letter
        if row.conversation is None:
            return said.gone
        letter = row.subject or said.no_subject
        if not row.document_name:
            return letter
        return said.what.format(letter=letter, document=row.document_name)


def _patient(tag: PatientTag | None) -> str:
    if tag is None:
        return ""
    return f"{tag.family_name} {tag.given_name} {tag.birth_date}".strip()


def _moment(at: UnixMillis, offset: UtcOffsetMinutes) -> str:
    """A moment as ISO 8601 with its offset from UTC, in seconds."""
    return _local(at, offset).isoformat(sep=" ", timespec="seconds")


def _local(at: UnixMillis, offset: UtcOffsetMinutes) -> datetime:
    zone = timezone(timedelta(minutes=offset))
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)


HANDLERS: Final[Handlers] = {WriteReport: write_report}
