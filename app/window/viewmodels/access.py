# SPDX-License-Identifier: AGPL-3.0-or-later
"""Being let in by the relay: signing in when a session has ended, and the sessions there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.commands import (
    EndSessions,
    GiveUpSecurityKey,
    ListSessions,
    SignIn,
    SignInWithSecurityKey,
)
from app.interface.secret import Veiled
from app.interface.snapshots import ConnectionState

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.secret import Secret
    from app.interface.snapshots import Done, SessionList, SignedIn
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session
    from app.window.viewmodels.standing import Standing


class Access(QObject):
    """Whether a sign-in is needed, and what came of one. Keeps neither passphrase nor code.

    Signals:
        changed(): `is_needed`, `is_copied` or `codes_left` is another one.
        busy_changed(bool): a sign-in is under way.
        touch_awaited(): a security key waits for a finger.
        signed_in(): the relay accepted both factors.
        refused(Failure, str): it did not.
        listed(SessionList): the answer to `list_sessions`.
        ended(): the person is signed out everywhere.
        failed(Failure, str): the sessions can be neither listed nor ended.
    """

    changed = Signal()
    busy_changed = Signal(bool)
    touch_awaited = Signal()
    signed_in = Signal()
    refused = Signal(object, str)
    listed = Signal(object)
    ended = Signal()
    failed = Signal(object, str)

    def __init__(
        self, bridge: Bridge, session: Session, standing: Standing, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._standing = standing
        self.is_needed = False
        self.is_copied = False
        """The relay does not serve this profile any more."""
        self.is_busy = False
        self.codes_left: int | None = None
        """After a sign-in with a recovery code: how many are left, until the person has read it."""
        standing.changed.connect(self._look)
        session.opened.connect(self._look)
        session.closed.connect(self._clear)
        bridge.touch_awaited.connect(self.touch_awaited)

    def sign_in(self, passphrase: Secret, code: str) -> None:
        """Show both factors; `signed_in` or `refused` follows. The passphrase is wiped."""
        if self.is_busy:
            passphrase.wipe()
            return
        self._set_busy(is_busy=True)
        command = Veiled(
            secrets=(passphrase,), build=lambda typed: SignIn(passphrase=typed, code=code)
        )
        self._bridge.request(self, command, self._accept, self._refuse)

    def sign_in_with_key(self, passphrase: Secret, pin: Secret) -> None:
        """Show passphrase and security key; `signed_in` or `refused` follows.

        The PIN is empty if the key has not asked for it. Both are wiped.
        """
        command = Veiled(
            secrets=(passphrase, pin),
            build=lambda typed, code: SignInWithSecurityKey(passphrase=typed, pin=code),
        )
        if self.is_busy:
            command.wipe()
            return
        self._set_busy(is_busy=True)
        self._bridge.request(self, command, self._accept, self._refuse)

    def give_up_key(self) -> None:
        """Nobody wants to touch a key any more; what waits for it is refused."""
        self._bridge.request(self, GiveUpSecurityKey(), lambda _: None, lambda *_: None)

    def put_away_codes_left(self) -> None:
        """The person has read how many recovery codes are left."""
        self.codes_left = None
        self.changed.emit()

    def list_sessions(self) -> None:
        """Ask where the account is signed in."""
        self._bridge.request(self, ListSessions(), self._tell_list, self._tell_failure)

    def end_sessions(self) -> None:
        """Sign out everywhere, here too."""
        self._bridge.request(self, EndSessions(), self._tell_end, self._tell_failure)

    def _accept(self, answer: SignedIn) -> None:
        self.codes_left = answer.recovery_codes_left
        # What the relay's answer says need not wait for the news of the connection.
        self.is_needed = False
        self._set_busy(is_busy=False)
        self.signed_in.emit()
        self.changed.emit()

    def _refuse(self, failure: Failure, detail: str) -> None:
        self._set_busy(is_busy=False)
        self.refused.emit(failure, detail)

    def _tell_list(self, sessions: SessionList) -> None:
        self.listed.emit(sessions)

    def _tell_end(self, _answer: Done) -> None:
        self.ended.emit()

    def _tell_failure(self, failure: Failure, detail: str) -> None:
        self.failed.emit(failure, detail)

    def _look(self) -> None:
        status = self._standing.status
        is_needed = (
            self._session.is_open
            and status is not None
            and status.connection is ConnectionState.SIGN_IN_NEEDED
        )
        is_copied = (
            self._session.is_open
            and status is not None
            and status.connection is ConnectionState.PROFILE_COPIED
        )
        if (is_needed, is_copied) != (self.is_needed, self.is_copied):
            self.is_needed, self.is_copied = is_needed, is_copied
            self.changed.emit()

    def _clear(self) -> None:
        self.is_needed = self.is_copied = False
        self.codes_left = None
        self.changed.emit()

    def _set_busy(self, *, is_busy: bool) -> None:
        if is_busy is not self.is_busy:
            self.is_busy = is_busy
            self.busy_changed.emit(is_busy)
