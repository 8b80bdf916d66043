# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many conversations wait in places that the status does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.interface.commands import ListConversations
from app.interface.snapshots import Place

if TYPE_CHECKING:
    from app.interface.snapshots import ConversationPage
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session


class PlaceCounts(QObject):
    """The number beside “To do”.

    Signals:
        changed(): a number is another one.
    """

    changed = Signal()

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        *,
        refresh_milliseconds: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self.to_do = 0
        self._timer = QTimer(self, singleShot=True, interval=refresh_milliseconds)
        self._timer.timeout.connect(self._ask)
        bridge.conversations_changed.connect(lambda _: self._soon())
        session.opened.connect(self._ask)
        session.closed.connect(self._forget)

    def _soon(self) -> None:
        if self._session.is_open and not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        command = ListConversations(place=Place.TO_DO, before=None, limit=1)
        self._bridge.request(self, command, self._take, lambda *_: None)

    def _take(self, page: ConversationPage) -> None:
        if self._session.is_open and page.total != self.to_do:
            self.to_do = page.total
            self.changed.emit()

    def _forget(self) -> None:
        self._timer.stop()
        self.to_do = 0
        self.changed.emit()
