# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a scripted engine puts letters away: archive, to do, removed, and patients. Imports the interface only."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.interface.events import ConversationsChanged, StatusChanged
from app.interface.failures import CommandError, Failure
from app.interface.organising import Act, Organise
from app.interface.patients import (
    FileConversations,
    ImportPatients,
    ListDuplicates,
    ListPatients,
    MergeId,
    MergePatients,
    PatientPage,
    PatientPair,
    PatientPairs,
    PatientRecord,
    PatientRow,
    RemovePatient,
    SavePatient,
    ShowPatient,
    SuggestPatients,
    TableReport,
    UndoableMerge,
    UndoMerge,
)
from app.interface.shown import short_address
from app.interface.snapshots import (
    Comparison,
    ConversationRow,
    DeliveryState,
    Direction,
    Done,
    MessageView,
    PatientTag,
    Place,
)
from crypto_core.wire.ids import ConversationId, PatientId
from crypto_core.wire.patients import NO_CARD, PatientCard

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.fakes.scripted_engine import Practice
    from tests.fakes.scripted_owner import Handler


@dataclass(slots=True)
class Filing:
    """What the owner decided about a conversation."""

    patient: PatientId | None = None
    is_flagged: bool = False
    is_archived: bool = False
    is_removed: bool = False
    has_abnormal: bool = False
    is_settled: bool = False
    """Dealt with, though a letter wants an answer."""


class ScriptedRecords:
    """The places of a practice, and its patients."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._filings: dict[ConversationId, Filing] = {}
        self.patients: dict[PatientId, PatientTag] = {}
        self.cards: dict[PatientId, PatientCard] = {}
        self.pairs: tuple[PatientPair, ...] = ()
        """Who may be one person."""
        self.tables: dict[str, TableReport] = {}
        """What comes of a file."""
        self.imported: list[ImportPatients] = []
        self._merged: dict[PatientId, tuple[PatientTag, tuple[ConversationId, ...]]] = {}

    def handlers(self) -> dict[type, Handler]:
        """Return what is done for each command."""
        return {
            Organise: lambda c, _p: self._organise(c),
            ListPatients: lambda c, _p: self._list(c),
            ShowPatient: lambda c, _p: self._show(c.patient),
            ListDuplicates: lambda _c, _p: PatientPairs(pairs=self.pairs),
            MergePatients: lambda c, _p: self._merge(c),
            UndoMerge: lambda c, _p: self._undo_merge(c.merge),
            ImportPatients: lambda c, _p: self._import(c),
            SavePatient: lambda c, _p: self._save(c),
            RemovePatient: lambda c, _p: self._remove(c.patient),
            FileConversations: lambda c, _p: self._file(c),
            SuggestPatients: lambda c, _p: self._suggest(c.tag),
        }

    # For the script

    def filing(self, conversation: ConversationId) -> Filing:
        """Return what was decided about a conversation, to be looked at and changed."""
        return self._filings.setdefault(conversation, Filing())

    def add_patient(self, family_name: str, given_name: str, birth_date: str = "") -> PatientId:
        """Add a patient."""
        patient = PatientId((len(self.patients) + 1).to_bytes(16))
        self.patients[patient] = PatientTag(
            patient=patient,
            family_name=family_name,
            given_name=given_name,
            birth_date=birth_date,
        )
        return patient

    def take_out_of_archive(self, conversation: ConversationId) -> None:
        """Do what a new letter does."""
        self.filing(conversation).is_archived = False
        self.filing(conversation).is_settled = False

    def is_removed(self, conversation: ConversationId) -> bool:
        """Whether a conversation is in no list any more."""
        return self.filing(conversation).is_removed

    # What lists show

    def rows(self, place: Place, patient: PatientId | None) -> list[ConversationRow]:
        """Return the lines of a place, newest first."""
        rows = [
            self._row(views)
            for conversation, views in self._practice.conversations.items()
            if self._is_in(conversation, views, place)
            and (patient is None or self.filing(conversation).patient == patient)
        ]
        return sorted(rows, key=lambda row: (-row.latest_at, row.conversation))

    def _is_in(
        self, conversation: ConversationId, views: Sequence[MessageView], place: Place
    ) -> bool:
        filing = self.filing(conversation)
        if filing.is_removed:
            return False
        is_received = any(view.direction is Direction.RECEIVED for view in views)
        return {
            Place.INBOX: is_received and not filing.is_archived,
            Place.TO_DO: filing.is_flagged or self._wants_answer(views),
            Place.SENT: any(view.direction is Direction.SENT for view in views),
            Place.OUTBOX: any(map(is_waiting, views)),
            Place.ARCHIVE: filing.is_archived,
            Place.ALL: True,
        }[place]

    def _row(self, views: Sequence[MessageView]) -> ConversationRow:
        latest = views[-1]
        filing = self.filing(latest.conversation)
        is_sent = latest.direction is Direction.SENT
        received = [view for view in views if view.direction is Direction.RECEIVED]
        people = {view.sender: view.sender_name for view in received}
        for view in views:
            people |= {row.account: row.name for row in view.recipients}
        people.pop(self._practice.account, None)
        # As the engine has it: by name, those without one last.
        names = sorted(
            people, key=lambda account: (people[account] == short_address(account), people[account])
        )
        patient = None if filing.patient is None else self.patients[filing.patient]
        if patient is None:
            patient = next((view.patient for view in reversed(views) if view.patient), None)
        writer = self._practice.contacts.get(received[-1].sender) if received else None
        return ConversationRow(
            conversation=latest.conversation,
            correspondents=tuple(people[account] for account in names),
            subject=views[0].subject,
            snippet=latest.text[:200],
            latest_at=latest.sent_at,
            latest_direction=latest.direction,
            unread_count=sum(not view.is_read for view in views),
            document_count=len(latest.attachments),
            urgency=latest.urgency,
            delivery=min((row.state for row in latest.recipients), default=None)
            if is_sent
            else None,
            problem=latest.problem,
            patient=patient,
            is_flagged=filing.is_flagged,
            is_archived=filing.is_archived,
            is_answer_wanted=self._wants_answer(views),
            has_abnormal=filing.has_abnormal,
            trust=received[-1].trust if received else None,
            compared=Comparison.NEVER if writer is None else writer.compared,
            send_at=latest.send_at,
        )

    def _wants_answer(self, views: Sequence[MessageView]) -> bool:
        newest = views[-1]
        is_settled = self.filing(newest.conversation).is_settled
        is_received = newest.direction is Direction.RECEIVED
        return is_received and newest.is_answer_wanted and not is_settled

    # What is asked of it

    def _organise(self, command: Organise) -> Done:
        self._check(command.conversations)
        act = command.act
        if act in {Act.REMOVE, Act.REMOVE_FILED}:
            for conversation in command.conversations:
                if any(map(is_waiting, self._practice.conversations[conversation])):
                    raise CommandError(Failure.STILL_SENDING)
        for conversation in command.conversations:
            filing = self.filing(conversation)
            if act in {Act.ARCHIVE, Act.UNARCHIVE}:
                filing.is_archived = act is Act.ARCHIVE
            elif act in {Act.FLAG, Act.UNFLAG}:
                filing.is_flagged = act is Act.FLAG
                filing.is_settled = act is Act.UNFLAG
            elif act in {Act.REMOVE, Act.REMOVE_FILED, Act.RESTORE}:
                filing.is_removed = act is not Act.RESTORE
            else:
                self._mark(conversation, is_read=act is Act.MARK_READ)
        self._tell(command.conversations)
        return Done()

    def _mark(self, conversation: ConversationId, *, is_read: bool) -> None:
        views = self._practice.conversations[conversation]
        received = [at for at, view in enumerate(views) if view.direction is Direction.RECEIVED]
        for at in received if is_read else received[-1:]:
            views[at] = replace(views[at], is_read=is_read)

    def _list(self, command: ListPatients) -> PatientPage:
        words = _fold(command.query).split()
        found = [
            row
            for row in map(self._patient_row, self.patients)
            if all(
                any(name.startswith(word) for name in _names_of(row.family_name, row.given_name))
                for word in words
            )
        ]
        if words:
            found.sort(key=lambda row: (_fold(row.family_name), _fold(row.given_name)))
        else:
            found.sort(key=lambda row: (-(row.latest_at or 0), _fold(row.family_name)))
        end = command.offset + command.limit
        return PatientPage(rows=tuple(found[command.offset : end]), more=len(found) > end)

    def _patient_row(self, patient: PatientId) -> PatientRow:
        tag = self.patients[patient]
        rows = self.rows(Place.ALL, patient)
        return PatientRow(
            patient=patient,
            family_name=tag.family_name,
            given_name=tag.given_name,
            birth_date=tag.birth_date,
            conversations=len(rows),
            latest_at=rows[0].latest_at if rows else None,
        )

    def _show(self, patient: PatientId) -> PatientRecord:
        if patient not in self.patients:
            raise CommandError(Failure.UNKNOWN_PATIENT)
        row = self._patient_row(patient)
        card = self.cards.get(patient, NO_CARD)
        merged = self._merged.get(patient)
        return PatientRecord(
            row=row,
            card=card,
            is_minor=row.birth_date > "2010",
            first_at=row.latest_at,
            last_contact=card.seen_on,
            merge=None
            if merged is None or merged[0].patient is None
            else UndoableMerge(
                merge=MergeId(int.from_bytes(patient)),
                gone=merged[0].patient,
                family_name=merged[0].family_name,
                given_name=merged[0].given_name,
                birth_date=merged[0].birth_date,
                merged_at=self._practice.now,
            ),
        )

    def _merge(self, command: MergePatients) -> PatientRecord:
        if not {command.kept, command.gone} <= self.patients.keys():
            raise CommandError(Failure.UNKNOWN_PATIENT)
        moved = tuple(row.conversation for row in self.rows(Place.ALL, command.gone))
        for conversation in moved:
            self.filing(conversation).patient = command.kept
        self._merged[command.kept] = (self.patients.pop(command.gone), moved)
        self.pairs = ()
        self._tell(moved)
        return self._show(command.kept)

    def _undo_merge(self, merge: int) -> PatientRecord:
        kept = PatientId(merge.to_bytes(16))
        if kept not in self._merged:
            raise CommandError(Failure.MERGE_CHANGED)
        tag, moved = self._merged.pop(kept)
        if tag.patient is not None:
            self.patients[tag.patient] = tag
        for conversation in moved:
            self.filing(conversation).patient = tag.patient
        self._tell(moved)
        return self._show(kept)

    def _import(self, command: ImportPatients) -> TableReport:
        if command.path not in self.tables:
            raise CommandError(Failure.FILE_UNREADABLE)
        self.imported.append(command)
        return self.tables[command.path]

    def _save(self, command: SavePatient) -> PatientRow:
        if command.patient is None:
            made = self.add_patient(command.family_name, command.given_name, command.birth_date)
            if command.card is not None:
                self.cards[made] = command.card
            return self._patient_row(made)
        if command.patient not in self.patients:
            raise CommandError(Failure.UNKNOWN_PATIENT)
        self.patients[command.patient] = PatientTag(
            patient=command.patient,
            family_name=command.family_name,
            given_name=command.given_name,
            birth_date=command.birth_date,
        )
        if command.card is not None:
            self.cards[command.patient] = command.card
        self._tell([row.conversation for row in self.rows(Place.ALL, command.patient)])
        return self._patient_row(command.patient)

    def _remove(self, patient: PatientId) -> Done:
        if self.rows(Place.ALL, patient):
            raise CommandError(Failure.PATIENT_IN_USE)
        if self.patients.pop(patient, None) is None:
            raise CommandError(Failure.UNKNOWN_PATIENT)
        return Done()

    def _file(self, command: FileConversations) -> Done:
        self._check(command.conversations)
        if command.patient is not None and command.patient not in self.patients:
            raise CommandError(Failure.UNKNOWN_PATIENT)
        for conversation in command.conversations:
            self.filing(conversation).patient = command.patient
        self._tell(command.conversations)
        return Done()

    def _suggest(self, tag: PatientTag) -> PatientPage:
        wanted = set(_names_of(tag.family_name, tag.given_name))
        found = [
            row
            for row in map(self._patient_row, self.patients)
            if wanted & set(_names_of(row.family_name, ""))
        ]
        found.sort(
            key=lambda row: (
                wanted != set(_names_of(row.family_name, row.given_name)),
                row.birth_date != tag.birth_date,
            )
        )
        return PatientPage(rows=tuple(found[:5]), more=False)

    def _check(self, conversations: Iterable[ConversationId]) -> None:
        if any(each not in self._practice.conversations for each in conversations):
            raise CommandError(Failure.UNKNOWN_CONVERSATION)

    def _tell(self, conversations: Sequence[ConversationId]) -> None:
        for start in range(0, len(conversations), 100):
            self._practice.tell(
                ConversationsChanged(conversations=tuple(conversations[start : start + 100]))
            )
        self._practice.tell(StatusChanged(status=self._practice.status()))


def is_waiting(view: MessageView) -> bool:
    """Whether the relay does not have a letter for everybody yet."""
    return view.direction is Direction.SENT and any(
        row.state is DeliveryState.QUEUED for row in view.recipients
    )


def _fold(text: str) -> str:
    flat = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in flat if not unicodedata.combining(sign))


def _names_of(family_name: str, given_name: str) -> list[str]:
    return _fold(f"{family_name} {given_name}").replace("-", " ").split()
