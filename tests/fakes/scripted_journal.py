# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal of a scripted engine: the acts that a test gave it, narrowed down as the real one does."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.interface.events import JournalChanged
from app.interface.failures import CommandError, Failure
from app.interface.journal import (
    Deed,
    DeedKind,
    ExportedEvidence,
    ExportEvidence,
    JournalPage,
    JournalProof,
    JournalRow,
    JournalState,
    JournalSummary,
    JournalTimestamp,
    ListJournal,
    NotePrinted,
    NoteSetting,
    ShowProof,
    ShowTimestamp,
    Standing,
    TimestampStanding,
    WriteReport,
    WrittenReport,
)
from app.interface.snapshots import Done
from crypto_core.wire.ids import Hash, UnixMillis, UtcOffsetMinutes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.scripted_engine import Practice
    from tests.fakes.scripted_owner import Handler

KINDS: Final = {
    DeedKind.LETTERS: frozenset({Deed.READ, Deed.READ_BY, Deed.COMPOSED, Deed.RECEIVED}),
    DeedKind.DOCUMENTS: frozenset({Deed.DOCUMENT_SHOWN, Deed.PRINTED}),
    DeedKind.PEOPLE: frozenset({Deed.CONTACT_ACCEPTED}),
    DeedKind.PATIENTS: frozenset({Deed.PATIENT_ADDED}),
    DeedKind.ACCESS: frozenset({Deed.UNLOCKED, Deed.SIGNED_IN, Deed.SIGN_IN_REFUSED}),
    DeedKind.OTHER: frozenset({Deed.SEARCHED}),
}
"""Of the deeds that tests use."""


class ScriptedJournal:
    """What was done in a practice, newest first."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.rows: list[JournalRow] = []
        self.state = JournalState.INTACT
        self.correspondents = 2
        self.broken: set[int] = set()
        """Entries of which a signature does not hold."""
        self.timestamp = JournalTimestamp(standing=TimestampStanding.NONE)
        """What is known of each act."""
        self.known = b""
        """The certificates by which it would be an authority that the owner knows."""

    def handlers(self) -> Mapping[type, Handler]:
        """Return what answers which command."""
        return {
            ExportEvidence: lambda command, _progress: self._export(command),
            ListJournal: lambda command, _progress: self._list(command),
            ShowProof: lambda command, _progress: self._prove(command),
            ShowTimestamp: lambda command, _progress: self._timestamp(command),
            WriteReport: lambda command, _progress: self._report(command),
            NotePrinted: lambda _command, _progress: Done(),
            NoteSetting: lambda _command, _progress: Done(),
        }

    def note(self, deed: Deed, *, minutes_ago: int, **about: object) -> JournalRow:
        """Note an act; as one of this computer, in the log, unless told otherwise."""
        at = UnixMillis(self._practice.now - minutes_ago * 60_000)
        row = JournalRow(
            entry=len(self.rows) + 1,
            deed=deed,
            at=at,
            utc_offset=UtcOffsetMinutes(60),
            standing=Standing.LOGGED,
            logged_at=UnixMillis(at + 700),
            computer="PC du cabinet",
            is_here=True,
            people=(),
            letter=None,
            conversation=None,
            subject="",
            patient=None,
            document_name="",
            numbers=(),
        )
        row = replace(row, **about)  # type: ignore[arg-type]
        self.rows.append(row)
        self.rows.sort(key=lambda each: -each.at)
        self._practice.tell(JournalChanged())
        return row

    def _list(self, command: ListJournal) -> JournalPage:
        rows = [row for row in self.rows if self._passes(row, command)]
        start = 0
        if command.before is not None:
            start = [row.entry for row in rows].index(command.before) + 1
        end = start + command.limit
        standings = Counter(row.standing for row in self.rows)
        return JournalPage(
            rows=tuple(rows[start:end]),
            more=len(rows) > end,
            summary=JournalSummary(
                state=self.state,
                acts=len(self.rows),
                waiting=standings[Standing.WAITING],
                checked_at=self._practice.now,
                correspondents=self.correspondents,
                witnesses=1,
            ),
        )

    def _export(self, command: ExportEvidence) -> ExportedEvidence:
        logged = sum(row.standing is Standing.LOGGED for row in self.rows)
        content = b"evidence of %d acts" % logged
        path = Path(command.directory) / command.name
        path.write_bytes(content)
        return ExportedEvidence(
            path=str(path),
            size=len(content),
            acts=logged,
            waiting=len(self.rows) - logged,
            checkpoints=1,
            connected=1,
            has_cose=True,
            timestamps=0,
        )

    def _report(self, command: WriteReport) -> WrittenReport:
        rows = [row for row in self.rows if self._passes(row, command)]
        path = Path(command.directory) / command.name
        try:
            path.write_bytes(b"report of %d acts" % len(rows))
        except OSError:
            raise CommandError(Failure.DIRECTORY_UNWRITABLE) from None
        return WrittenReport(path=str(path), size=1, acts=len(rows), waiting=0)

    def _passes(self, row: JournalRow, command: ListJournal | WriteReport) -> bool:
        names = {
            contact.name
            for contact in self._practice.contacts.values()
            if contact.account == command.person
        }
        patient = None if row.patient is None else row.patient.patient
        return (
            (command.person is None or bool(names & set(row.people)))
            and (command.patient is None or command.patient == patient)
            and (command.letter is None or command.letter == row.letter)
            and (command.kind is None or row.deed in KINDS[command.kind])
            and (command.since is None or row.at >= command.since)
            and (command.until is None or row.at <= command.until)
        )

    def _timestamp(self, command: ShowTimestamp) -> JournalTimestamp:
        if command.certificates and command.certificates != self.known:
            raise CommandError(Failure.CERTIFICATE_UNREADABLE)
        if command.certificates:
            return replace(self.timestamp, standing=TimestampStanding.KNOWN_AUTHORITY)
        return self.timestamp

    def _prove(self, command: ShowProof) -> JournalProof:
        row = next((each for each in self.rows if each.entry == command.entry), None)
        if row is None:
            raise CommandError(Failure.UNKNOWN_ENTRY)
        is_logged = row.standing is Standing.LOGGED
        is_told = row.standing is Standing.TOLD
        return JournalProof(
            row=row,
            signature_holds=(row.entry not in self.broken) if is_logged or is_told else None,
            inclusion_holds=True if is_logged else None,
            sequence=4217 if is_logged and row.computer else None,
            leaf_index=94_098 if is_logged else None,
            log_size=94_112 if is_logged else None,
            leaf=bytes(range(120)) if is_logged else b"",
            leaf_hash=Hash(bytes(range(32))) if is_logged else None,
            salt=bytes(32) if row.computer else b"",
            encoded_entry=bytes(range(80)) if row.computer else b"",
            receipt=bytes(range(60)) if is_told else b"",
            checkpoint="relay.example\n94112\nRk9P\n\n— relay.example QUJD\n" if is_logged else "",
        )
