# SPDX-License-Identifier: AGPL-3.0-or-later
"""One account at the window: its engine, its view models, and what it tells the others.

Nothing of an account is reachable from here for another one but its row: a name, a number, whether it is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

from app.paths import prepare_profile, window_lock
from app.window.bridge import Bridge
from app.window.preferences import Preferences
from app.window.presence.requests import LockRequests
from app.window.viewmodels.accounts import OwnAccount
from app.window.viewmodels.arrivals import Arrivals
from app.window.viewmodels.mailbox import Mailbox
from app.window.viewmodels.session import LockReason

if TYPE_CHECKING:
    from app.window.bridge import Connect
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.accounts import AccountList, AccountRow


class Account(QObject):
    """Made when an account is shown for the first time; lives as long as the window, or until it leaves the list.

    Signals:
        arrived(int, str): so many letters came, and the name of the sender of a single one.
        closed(): the mailbox was locked, however that came.
        ended(): its engine is gone.
    """

    arrived = Signal(int, str)
    closed = Signal()
    ended = Signal()

    def __init__(
        self,
        accounts: AccountList,
        number: int,
        connect: Connect,
        around: Surroundings,
        *,
        dwell_milliseconds: int,
        refresh_milliseconds: int,
        save_milliseconds: int,
    ) -> None:
        super().__init__()
        self._accounts = accounts
        self.number = number
        self._claim: QLockFile | None = None
        preferences = Preferences(accounts.row(number).folder)
        self.first_run = preferences.first_run
        self.bridge = Bridge(connect)
        self.bridge.setParent(self)
        self.mailbox = Mailbox(
            self.bridge,
            around,
            preferences,
            OwnAccount(accounts, number, self),
            dwell_milliseconds=dwell_milliseconds,
            refresh_milliseconds=refresh_milliseconds,
            save_milliseconds=save_milliseconds,
        )
        self.mailbox.setParent(self)
        session = self.mailbox.session
        self.arrivals = Arrivals(self.bridge, session, self.mailbox.standing, self)
        self.arrivals.arrived.connect(self.arrived)
        self._requests = LockRequests(preferences.folder, self)
        self._requests.asked.connect(self._lock_on_request)
        for news in (
            self.arrivals.unread_changed,
            self.mailbox.standing.changed,
            session.screen_changed,
        ):
            news.connect(self._report)
        session.closed.connect(self._close)
        self.bridge.ended.connect(lambda _: self.ended.emit())

    def claim(self, lock: QLockFile) -> None:
        """Keep the lock that keeps other windows away."""
        self._claim = lock

    def leave(self) -> None:
        """End the engine before returning, and let another window have the account."""
        self.mailbox.session.leave()
        if self._claim is not None:
            self._claim.unlock()
            self._claim = None

    def _lock_on_request(self) -> None:
        self.mailbox.lock(LockReason.ASKED)
        self._requests.answer()

    def _close(self) -> None:
        self._requests.answer()
        self._report()
        self.closed.emit()

    def _report(self) -> None:
        status = self.mailbox.standing.status
        self._accounts.report(
            self.number,
            person="" if status is None else status.name,
            unread=self.arrivals.unread,
            is_open=self.mailbox.session.is_open,
        )


def claim_of(row: AccountRow) -> QLockFile | None:
    """Take the lock of an account's window; None if another window has it. Raises ProfileFolderError."""
    lock = QLockFile(str(window_lock(prepare_profile(row.folder))))
    lock.setStaleLockTime(0)
    return lock if lock.tryLock(0) else None
