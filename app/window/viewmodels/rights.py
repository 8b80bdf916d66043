# SPDX-License-Identifier: AGPL-3.0-or-later
"""What patients have decided about their information: shown, and recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.rights import RecordDecision, ShowRights

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.rights import PatientRights
    from app.window.bridge import Bridge
    from crypto_core.wire.ids import PatientId


class Rights(QObject):
    """What was recorded of patients.

    Signals:
        changed(PatientId): something was, on this computer or another one of the owner.
        failed(Failure, str): something could not be recorded.
    """

    changed = Signal(object)
    failed = Signal(object, str)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        bridge.rights_changed.connect(self.changed)

    def show(self, patient: PatientId, on_shown: Callable[[PatientRights], None]) -> None:
        """Ask for everything recorded about a patient; nothing follows for one who is forgotten meanwhile."""
        self._bridge.request(self, ShowRights(patient=patient), on_shown, lambda *_: None)

    def record(self, command: RecordDecision) -> None:
        """Record a decision; `changed` or `failed` follows."""
        self._bridge.request(self, command, lambda _: None, self.failed.emit)
