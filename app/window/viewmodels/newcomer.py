# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new computer of an account that exists: linked by another computer, or restored with the paper kit."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.commands import (
    BeginRestore,
    CancelLink,
    CancelRestore,
    FinishRestore,
    JoinLink,
    JoinShares,
    SignIn,
)
from app.interface.secret import Veiled
from app.interface.snapshots import LinkOutcome

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.secret import Secret
    from app.interface.snapshots import (
        Done,
        KitText,
        LinkJoined,
        Registered,
        RestoreOffer,
        SignedIn,
    )
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session
    from crypto_core.wire.ids import AccountId, DeviceId
    from crypto_core.wire.words import WordLanguage


class Joined(Enum):
    """Where linking stands on the new computer."""

    ASKING = auto()
    COMPARING = auto()
    """The three words are shown, and the other computer has not answered yet."""
    SIGNING_IN = auto()
    """This computer belongs to the account; a code is missing."""


class Joining(QObject):
    """Answers what another computer of the account shows.

    Signals:
        changed(): `state` or `words` is another one.
        ended(LinkOutcome): nothing came of it.
        busy_changed(bool): something is under way.
        failed(Failure, str): it did not work.
    """

    changed = Signal()
    ended = Signal(object)
    busy_changed = Signal(bool)
    failed = Signal(object, str)

    def __init__(self, bridge: Bridge, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._passphrase: Secret | None = None
        self.state = Joined.ASKING
        self.words: tuple[str, ...] = ()
        self.is_busy = False
        bridge.link_ended.connect(self._end)
        bridge.ended.connect(lambda _: self.forget())
        session.closed.connect(lambda _: self.forget())

    def join(
        self, text: str, enrolment: str, passphrase: Secret, name: str, language: WordLanguage
    ) -> None:
        """Answer a picture's text or twelve words. The passphrase is kept until the code is there, then wiped."""
        if self.is_busy:
            passphrase.wipe()
            return
        self._set_busy(is_busy=True)
        self._keep(passphrase)
        command = Veiled(
            secrets=(passphrase.copy(),),
            build=lambda typed: JoinLink(
                text=text, enrolment=enrolment, passphrase=typed, name=name, language=language
            ),
        )
        self._bridge.request(self, command, self._compare, self._fail)

    def cancel(self) -> None:
        """Go back; nothing of the attempt remains."""
        if self.state is Joined.COMPARING:
            self._bridge.request(self, CancelLink(), lambda _: None, lambda *_: None)
        self.forget()

    def sign_in(self, code: str) -> None:
        """Show the telephone's code; the mail follows."""
        if self._passphrase is None or self.is_busy:
            return
        self._set_busy(is_busy=True)
        command = Veiled(
            secrets=(self._passphrase.copy(),),
            build=lambda typed: SignIn(passphrase=typed, code=code),
        )
        self._bridge.request(self, command, self._finish, self._refuse)

    def leave(self) -> None:
        """Go to the mail; the code is asked for there."""
        self.forget()
        self._session.show_mail()

    def forget(self) -> None:
        """Keep nothing."""
        self._keep(None)
        self._set_busy(is_busy=False)
        self.words = ()
        self._turn_to(Joined.ASKING)

    def _compare(self, joined: LinkJoined) -> None:
        self._set_busy(is_busy=False)
        self.words = joined.words
        self._turn_to(Joined.COMPARING)

    def _end(self, outcome: LinkOutcome) -> None:
        if self.state is not Joined.COMPARING:
            return
        if outcome is LinkOutcome.DONE:
            self.words = ()
            self._turn_to(Joined.SIGNING_IN)
            self._session.adopt()
        else:
            self.forget()
            if outcome is not LinkOutcome.CANCELLED:
                self.ended.emit(outcome)

    def _finish(self, _answer: SignedIn) -> None:
        self.leave()

    def _refuse(self, failure: Failure, detail: str) -> None:
        self._set_busy(is_busy=False)
        self.failed.emit(failure, detail)

    def _fail(self, failure: Failure, detail: str) -> None:
        self._keep(None)
        self._refuse(failure, detail)

    def _keep(self, passphrase: Secret | None) -> None:
        if self._passphrase is not None:
            self._passphrase.wipe()
        self._passphrase = passphrase

    def _turn_to(self, state: Joined) -> None:
        self.state = state
        self.changed.emit()

    def _set_busy(self, *, is_busy: bool) -> None:
        if is_busy is not self.is_busy:
            self.is_busy = is_busy
            self.busy_changed.emit(is_busy)


class Restoring(QObject):
    """Brings an account back with kit and passphrase.

    Signals:
        changed(): `offer` is another one, or none.
        joined(str): the code that shares gave back.
        busy_changed(bool): something is under way.
        failed(Failure, str): it did not work.
    """

    changed = Signal()
    joined = Signal(str)
    busy_changed = Signal(bool)
    failed = Signal(object, str)

    def __init__(self, bridge: Bridge, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._passphrase: Secret | None = None
        self.offer: RestoreOffer | None = None
        self.is_busy = False
        bridge.ended.connect(lambda _: self.forget())

    def begin(
        self,
        enrolment: str,
        kit: str,
        account: AccountId | None,
        passphrase: Secret,
        backup: str,
    ) -> None:
        """Open what the relay keeps; `changed` follows with the offer. The passphrase is wiped in the end."""
        if self.is_busy:
            passphrase.wipe()
            return
        self._set_busy(is_busy=True)
        self._keep(passphrase)
        command = Veiled(
            secrets=(passphrase.copy(),),
            build=lambda typed: BeginRestore(
                enrolment=enrolment, kit=kit, account=account, passphrase=typed, backup=backup
            ),
        )
        self._bridge.request(self, command, self._take, self._fail)

    def finish(self, keep: tuple[DeviceId, ...]) -> None:
        """Make this the account's computer; telephone and codes follow."""
        if not self.is_busy and self.offer is not None:
            self._set_busy(is_busy=True)
            self._bridge.request(self, FinishRestore(keep=keep), self._finish, self._fail)

    def join_shares(self, shares: tuple[str, ...]) -> None:
        """Put shares together; `joined` follows."""
        if not self.is_busy:
            self._set_busy(is_busy=True)
            command = JoinShares(shares=shares)
            self._bridge.request(self, command, self._tell_joined, self._fail_only)

    def cancel(self) -> None:
        """Go back; nothing has changed."""
        if self.offer is not None:
            self._bridge.request(self, CancelRestore(), self._ignore, lambda *_: None)
        self.forget()

    def forget(self) -> None:
        """Keep nothing."""
        self._keep(None)
        self._set_busy(is_busy=False)
        self.offer = None
        self.changed.emit()

    def _ignore(self, _answer: Done) -> None:
        pass

    def _take(self, offer: RestoreOffer) -> None:
        self._set_busy(is_busy=False)
        self.offer = offer
        self.changed.emit()

    def _finish(self, registered: Registered) -> None:
        passphrase, self._passphrase = self._passphrase, None
        self.forget()
        if passphrase is not None:
            self._session.welcome(registered, passphrase)

    def _tell_joined(self, answer: KitText) -> None:
        self._set_busy(is_busy=False)
        self.joined.emit(answer.text)

    def _fail(self, failure: Failure, detail: str) -> None:
        self.forget()
        self.failed.emit(failure, detail)

    def _fail_only(self, failure: Failure, detail: str) -> None:
        self._set_busy(is_busy=False)
        self.failed.emit(failure, detail)

    def _keep(self, passphrase: Secret | None) -> None:
        if self._passphrase is not None:
            self._passphrase.wipe()
        self._passphrase = passphrase

    def _set_busy(self, *, is_busy: bool) -> None:
        if is_busy is not self.is_busy:
            self.is_busy = is_busy
            self.busy_changed.emit(is_busy)
