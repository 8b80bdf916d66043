# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a scripted engine erases for good: what goes leaves the lists, and stands among what was erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.interface.erasing import (
    HOST_BACKUP_DAYS,
    Erased,
    EraseForGood,
    ErasurePage,
    ErasurePlan,
    ListErasures,
    Obstacle,
    PlanErasure,
    SaveCertificate,
    SavedCertificate,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import Place
from crypto_core.wire.ids import UnixMillis
from tests.fakes.people import NOW

if TYPE_CHECKING:
    from app.interface.snapshots import MessageView
    from tests.fakes.scripted_engine import Practice
    from tests.fakes.scripted_owner import Handler

PASSPHRASE_OF_NOBODY = "not the passphrase"


class ScriptedErasing:
    """What was erased, and what a test says is in the way."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.obstacle: Obstacle | None = None
        self.kept_until = ""
        self.computers = 0
        self.backups = 0
        self.absent_backups = 0
        self.is_unfinished = False
        self.done: list[Erased] = []

    def handlers(self) -> dict[type, Handler]:
        """Return what is done for each command."""
        return {
            PlanErasure: lambda c, _p: self._plan(c),
            EraseForGood: lambda c, _p: self._erase(c),
            ListErasures: lambda _c, _p: ErasurePage(rows=tuple(reversed(self.done))),
            SaveCertificate: lambda c, _p: self._save(c),
        }

    def _letters(self, command: PlanErasure | EraseForGood) -> list[MessageView]:
        practice = self._practice
        if command.patient is not None:
            if command.patient not in practice.records.patients:
                raise CommandError(Failure.UNKNOWN_PATIENT)
            rows = practice.records.rows(Place.ALL, command.patient)
            return [view for row in rows for view in practice.conversations[row.conversation]]
        found = [
            view
            for views in practice.conversations.values()
            for view in views
            if view.message == command.letter
        ]
        if not found:
            raise CommandError(Failure.UNKNOWN_MESSAGE)
        return found

    def _plan(self, command: PlanErasure) -> ErasurePlan:
        letters = self._letters(command)
        return ErasurePlan(
            letters=len(letters),
            documents=sum(len(view.attachments) for view in letters),
            drafts=0,
            people=len({view.sender_name for view in letters}),
            computers=self.computers,
            backups=self.backups,
            absent_backups=self.absent_backups,
            kept_until=self.kept_until,
            host_until=UnixMillis(NOW + HOST_BACKUP_DAYS * 86_400_000),
            obstacle=self.obstacle,
        )

    def _erase(self, command: EraseForGood) -> Erased:
        letters = self._letters(command)
        if command.passphrase == PASSPHRASE_OF_NOBODY:
            raise CommandError(Failure.WRONG_PASSPHRASE)
        if self.obstacle is not None:
            raise CommandError(Failure.TO_BE_KEPT)
        for view in letters:
            self._practice.forget(view)
        if command.patient is not None:
            del self._practice.records.patients[command.patient]
        erased = Erased(
            erasure=len(self.done).to_bytes(16),
            is_patient=command.patient is not None,
            begun_at=UnixMillis(NOW),
            finished_at=None if self.is_unfinished else UnixMillis(NOW),
            letters=len(letters),
            documents=sum(len(view.attachments) for view in letters),
            drafts=0,
            absent_backups=self.absent_backups,
            host_until=UnixMillis(NOW + HOST_BACKUP_DAYS * 86_400_000),
        )
        self.done.append(erased)
        return erased

    def _save(self, command: SaveCertificate) -> SavedCertificate:
        if not any(each.erasure == command.erasure for each in self.done):
            raise CommandError(Failure.NOT_CERTIFIED)
        return SavedCertificate(path=f"{command.directory}/attestation.pdf", proof="")
