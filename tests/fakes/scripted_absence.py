# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a scripted engine answers about the owner's absence. Imports the interface only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.interface.absence import Absence, AbsenceState, SaveAbsence, ShowAbsence
from app.interface.events import StatusChanged
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import ContactState

if TYPE_CHECKING:
    from crypto_core.wire.ids import UnixMillis
    from tests.fakes.scripted_engine import Practice
    from tests.fakes.scripted_owner import Handler


class ScriptedAbsence:
    """The absence of a practice's owner; whoever is to be told of it is told at once."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.absence: Absence | None = None
        self.answered = 0
        self.untold = 0
        """How many contacts do not know yet."""
        self.is_here = True

    def handlers(self) -> dict[type, Handler]:
        """Return what is done for each command."""
        return {
            ShowAbsence: lambda _c, _p: self._state(),
            SaveAbsence: lambda c, _p: self._save(c),
        }

    @property
    def away_until(self) -> UnixMillis | None:
        """Until when the owner is away now."""
        absence, now = self.absence, self._practice.now
        if absence is None or not absence.since <= now < absence.until:
            return None
        return absence.until

    def _save(self, command: SaveAbsence) -> AbsenceState:
        absence = command.absence
        if absence is not None and not absence.since < absence.until > self._practice.now:
            raise CommandError(Failure.ABSENCE_PERIOD_INVALID)
        self.absence = absence
        self._practice.tell(StatusChanged(status=self._practice.status()))
        return self._state()

    def _state(self) -> AbsenceState:
        absence, now = self.absence, self._practice.now
        if absence is None:
            return AbsenceState(absence=None)
        contacts = sum(
            row.state is ContactState.ACCEPTED for row in self._practice.contacts.values()
        )
        return AbsenceState(
            absence=absence,
            is_now=absence.since <= now,
            is_here=self.is_here,
            contacts=contacts,
            told=contacts - self.untold,
            answered=self.answered,
        )
