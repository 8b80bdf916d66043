# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new account's second factor: the telephone first, then the recovery codes, until they are on paper."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from PySide6.QtCore import QObject, Signal

from app.interface.commands import ConfirmRecoveryCodes, ShowSecondFactors, SignIn
from app.interface.secret import Veiled

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.secret import Secret
    from app.interface.snapshots import Registered, SignedIn
    from app.window.bridge import Bridge
    from app.window.viewmodels.access import Access
    from app.window.viewmodels.session import Session


class Step(Enum):
    """What the person is asked to do."""

    TELEPHONE = auto()
    """Have the telephone take the address over, and show a code of it."""
    CODES = auto()
    """Print the recovery codes or write them down."""


class SecondFactor(QObject):
    """Holds what belongs on a telephone or on paper, for as long as it is shown.

    The engine keeps the one until a one-time code was accepted, and the other until the person has said
    that it is on paper, so both steps can be left and taken up again.

    Signals:
        changed(): `step`, `is_pending` or `are_codes_due` is another one.
        busy_changed(bool): the relay is asked whether it accepts a code.
        refused(Failure, str): it does not, or cannot be asked.
        finished(): both steps of a first run are done.
    """

    changed = Signal()
    busy_changed = Signal(bool)
    refused = Signal(object, str)
    finished = Signal()

    def __init__(
        self, bridge: Bridge, session: Session, access: Access, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._access = access
        self._passphrase: Secret | None = None
        self.step: Step | None = None
        self.is_pending = False
        """The engine still has what the first step shows."""
        self.are_codes_due = False
        """The engine still has recovery codes that nobody has said to be on paper."""
        self.is_first_run = False
        """Both steps follow one another."""
        self.is_busy = False
        self.address = ""
        """What the picture says to an authenticator."""
        self.codes: tuple[str, ...] = ()
        session.registered.connect(self._begin)
        session.opened.connect(self._come_back)
        session.closed.connect(self._session_closed)
        access.changed.connect(self._ask_whether_pending)

    @property
    def knows_passphrase(self) -> bool:
        """Whether the passphrase was chosen a moment ago, and is not asked for again."""
        return self._passphrase is not None

    @property
    def steps_before(self) -> int:
        """How many steps of the first run came before the telephone."""
        return 4 if self._session.is_restored else 3

    @property
    def is_kit_next(self) -> bool:
        """Whether the recovery kit follows: who came back with it has it on paper."""
        return self.is_first_run and not self._session.is_restored

    @property
    def secret(self) -> str:
        """What an authenticator takes instead of the picture; empty when there is none."""
        return parse_qs(urlsplit(self.address).query).get("secret", [""])[0]

    def resume(self) -> None:
        """Take the step that is due up again."""
        self._bridge.request(self, ShowSecondFactors(), self._show_again, self._cannot_resume)

    def confirm(self, code: str, passphrase: Secret | None = None) -> None:
        """Sign in with the telephone's code; the second step or `refused` follows.

        The passphrase, needed unless `knows_passphrase`, is wiped.
        """
        secret = self._passphrase.copy() if self._passphrase is not None else passphrase
        if secret is None:
            return
        if self.is_busy or self.step is not Step.TELEPHONE:
            secret.wipe()
            return
        self._set_busy(is_busy=True)
        command = Veiled(secrets=(secret,), build=lambda typed: SignIn(passphrase=typed, code=code))
        self._bridge.request(self, command, self._accept, self._refuse)

    def leave(self) -> None:
        """Go to the mail and do this step another time."""
        if self.step is not None:
            self.is_pending = self.step is Step.TELEPHONE
            self.are_codes_due = self.step is Step.CODES
            self._forget()
            self._session.show_mail()
            self.changed.emit()

    def finish(self) -> None:
        """Go to the mail: the codes are printed or written down, and never shown again."""
        if self.step is Step.CODES:
            self._bridge.request(
                self, ConfirmRecoveryCodes(), lambda _: None, lambda *_: self._look_again()
            )
            self.are_codes_due = False
            self._forget()
            self._session.show_mail()
            self.changed.emit()
            if self.is_first_run:
                self.finished.emit()

    def show_codes(self, codes: tuple[str, ...]) -> None:
        """Show codes that were made just now."""
        self._forget()
        self.is_first_run = False
        self.step = Step.CODES
        self.codes = codes
        self._session.show_second_factor()
        self.changed.emit()

    def _begin(self, registered: Registered, passphrase: Secret) -> None:
        self._take(registered)
        self.is_first_run = True
        self._passphrase = passphrase

    def _take(self, registered: Registered) -> None:
        self.is_pending = bool(registered.totp_uri)
        self.step = Step.TELEPHONE if self.is_pending else Step.CODES
        self.address = registered.totp_uri
        self.codes = registered.recovery_codes
        self.changed.emit()

    def _show_again(self, registered: Registered) -> None:
        if self._session.is_open and self.step is None:
            self.is_first_run = bool(registered.totp_uri)
            self._take(registered)
            self._session.show_second_factor()

    def _cannot_resume(self, _failure: Failure, _detail: str) -> None:
        # Somebody has taken it over meanwhile; then an ordinary sign-in is what is left.
        self.is_pending = self.are_codes_due = False
        self.changed.emit()

    def _accept(self, _answer: SignedIn) -> None:
        self._set_busy(is_busy=False)
        self._forget_passphrase()
        self.address = ""
        self.is_pending = False
        self.step = Step.CODES
        self.changed.emit()

    def _refuse(self, failure: Failure, detail: str) -> None:
        self._set_busy(is_busy=False)
        self.refused.emit(failure, detail)

    def _ask_whether_pending(self) -> None:
        """When a sign-in is needed, find out whether the telephone can make codes at all."""
        if self._access.is_needed and not self.is_pending:
            self._look_again()

    def _look_again(self) -> None:
        """Find out what nobody has taken over yet."""
        if self.step is None:
            self._bridge.request(self, ShowSecondFactors(), self._note_due, lambda *_: None)

    def _note_due(self, answer: Registered) -> None:
        if self._session.is_open and self.step is None:
            self.is_pending = bool(answer.totp_uri)
            self.are_codes_due = not self.is_pending and bool(answer.recovery_codes)
            self.changed.emit()

    def _come_back(self) -> None:
        """Show the codes again that an engine's sudden end took off the screen."""
        if self.step is Step.CODES:
            self._session.show_second_factor()
            self.changed.emit()
        self._look_again()

    def _session_closed(self, was_asked: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self._set_busy(is_busy=False)
        self.is_pending = self.are_codes_due = False
        if was_asked or self.step is not Step.CODES:
            self._forget()
        self.changed.emit()

    def _forget(self) -> None:
        self.step = None
        self._forget_passphrase()
        self.address = ""
        self.codes = ()

    def _forget_passphrase(self) -> None:
        if self._passphrase is not None:
            self._passphrase.wipe()
        self._passphrase = None

    def _set_busy(self, *, is_busy: bool) -> None:
        if is_busy is not self.is_busy:
            self.is_busy = is_busy
            self.busy_changed.emit(is_busy)
