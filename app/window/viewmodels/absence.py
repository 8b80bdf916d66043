# SPDX-License-Identifier: AGPL-3.0-or-later
"""The owner's absence: what is said of it, and who knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.absence import Absence, AbsenceState, SaveAbsence, ShowAbsence

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session


class OwnAbsence(QObject):
    """Asked for when the mailbox opens, and when who was told may be others.

    Signals:
        changed(): `state` or `is_saving` is another one.
        saved(): what was said is kept.
        failed(Failure, str): it is not.
    """

    changed = Signal()
    saved = Signal()
    failed = Signal(object, str)

    def __init__(self, bridge: Bridge, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self.state: AbsenceState | None = None
        """None until it is known."""
        self.is_saving = False
        session.opened.connect(self.refresh)
        session.closed.connect(self._forget)
        bridge.contacts_changed.connect(self.refresh)

    @property
    def absence(self) -> Absence | None:
        """The absence that is going on or to come."""
        return None if self.state is None else self.state.absence

    def refresh(self) -> None:
        """Ask again."""
        self._bridge.request(self, ShowAbsence(), self._take, lambda *_: None)

    def save(self, absence: Absence | None) -> None:
        """Be away; with None not, or not any more."""
        self.is_saving = True
        self.changed.emit()
        command = SaveAbsence(absence=absence)
        self._bridge.request(self, command, self._keep, self._fail)

    def _keep(self, state: AbsenceState) -> None:
        self.is_saving = False
        self._take(state)
        self.saved.emit()

    def _fail(self, failure: Failure, detail: str) -> None:
        self.is_saving = False
        self.changed.emit()
        self.failed.emit(failure, detail)

    def _take(self, state: AbsenceState) -> None:
        if self._session.is_open:
            self.state = state
            self.changed.emit()

    def _forget(self) -> None:
        self.state = None
        self.is_saving = False
        self.changed.emit()
