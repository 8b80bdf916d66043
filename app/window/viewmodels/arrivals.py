# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notices that letters have arrived since the last look, and how many nobody has read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.commands import ListConversations
from app.interface.snapshots import Place

if TYPE_CHECKING:
    from app.interface.snapshots import ConversationPage
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session
    from app.window.viewmodels.standing import Standing


class Arrivals(QObject):
    """Counts from the status; what was unread at the unlocking is no arrival.

    Signals:
        unread_changed(int): so many letters are unread; 0 while locked.
        arrived(int, str): so many letters came, and the name of the sender of a single one.
    """

    unread_changed = Signal(int)
    arrived = Signal(int, str)

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        standing: Standing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._standing = standing
        self._unread: int | None = None
        """Not known yet, or locked."""
        standing.changed.connect(self._compare)
        session.closed.connect(self._forget)

    @property
    def unread(self) -> int:
        """How many letters nobody has read; 0 while locked."""
        return self._unread or 0

    def _compare(self) -> None:
        status = self._standing.status
        if status is None or status.account is None:
            return
        before, self._unread = self._unread, status.unread_count
        if before == self._unread:
            return
        self.unread_changed.emit(self._unread)
        if before is None or self._unread < before:
            return
        count = self._unread - before
        if count > 1:
            self.arrived.emit(count, "")
            return

        def tell(page: ConversationPage) -> None:
            names = page.rows[0].correspondents if page.rows else ()
            self.arrived.emit(1, names[0] if len(names) == 1 else "")

        command = ListConversations(place=Place.INBOX, before=None, limit=1)
        self._bridge.request(self, command, tell, lambda *_: self.arrived.emit(1, ""))

    def _forget(self) -> None:
        self._unread = None
        self.unread_changed.emit(0)
