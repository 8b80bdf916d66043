# SPDX-License-Identifier: AGPL-3.0-or-later
"""How things stand: who we are, the connection, counts, and what a person must be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.commands import AcknowledgeAlarm, ShowConnection, VerifyAudit

if TYPE_CHECKING:
    from app.interface.events import Alarm
    from app.interface.failures import Failure
    from app.interface.snapshots import AuditReport, ConnectionDetails, Status
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session


class Standing(QObject):
    """The latest status and the alarms nobody has put away yet.

    Signals:
        changed(): `status` is another one.
        alarms_changed(): `alarms` grew or shrank.
        details(ConnectionDetails): the answer to `ask_details`.
        details_failed(Failure, str): there is none.
        audit(AuditReport): the answer to `verify`.
    """

    changed = Signal()
    alarms_changed = Signal()
    details = Signal(object)
    audit = Signal(object)
    details_failed = Signal(object, str)

    def __init__(self, bridge: Bridge, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.status: Status | None = None
        self.alarms: tuple[Alarm, ...] = ()
        bridge.status_changed.connect(self._take)
        bridge.alarm.connect(self._add)
        session.closed.connect(self._clear)

    def ask_details(self) -> None:
        """Ask for the facts about the connection."""
        self._bridge.request(self, ShowConnection(), self._tell_details, self._fail_details)

    def verify(self) -> None:
        """Verify again everything this computer can verify about the journal."""
        self._bridge.request(self, VerifyAudit(), self._tell_audit, self._fail_details)

    def _tell_audit(self, report: AuditReport) -> None:
        self.audit.emit(report)

    def put_away(self, alarm: Alarm) -> None:
        """Stop showing an alarm; the engine keeps it, and tells it no more."""
        command = AcknowledgeAlarm(kind=alarm.kind, detail=alarm.detail)
        self._bridge.request(self, command, lambda _: None, lambda *_: None)
        self.alarms = tuple(each for each in self.alarms if each is not alarm)
        self.alarms_changed.emit()

    def _tell_details(self, details: ConnectionDetails) -> None:
        self.details.emit(details)

    def _fail_details(self, failure: Failure, detail: str) -> None:
        self.details_failed.emit(failure, detail)

    def _take(self, status: Status) -> None:
        if status != self.status:
            self.status = status
            self.changed.emit()

    def _add(self, alarm: Alarm) -> None:
        if alarm not in self.alarms:
            self.alarms = (*self.alarms, alarm)
            self.alarms_changed.emit()

    def _clear(self) -> None:
        self.status = None
        self.alarms = ()
        self.changed.emit()
        self.alarms_changed.emit()
