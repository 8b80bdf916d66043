# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the person can sign in with: listed, added, taken away; asked for a fresh sign-in at most once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from PySide6.QtCore import QObject, Signal

from app.interface.commands import (
    AddSecurityKey,
    BeginTotp,
    ConfirmTotp,
    GiveUpSecurityKey,
    ListFactors,
    RemoveFactor,
    RenewRecoveryCodes,
)
from app.interface.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.commands import Command
    from app.interface.snapshots import FactorList, FactorView, NewTotp, RecoveryCodes
    from app.window.bridge import Bridge
    from app.window.viewmodels.access import Access
    from app.window.viewmodels.second_factor import SecondFactor
    from app.window.viewmodels.session import Session
    from crypto_core.wire.ids import FactorId


class Factors(QObject):
    """Carries out what the person wants; when the relay wants a fresh sign-in first, goes on after it.

    Signals:
        listed(FactorList): what there is.
        totp_begun(str): the `otpauth:` address for another telephone.
        added(FactorView): a telephone or a security key signs in from now on.
        removed(): one does not any more.
        sign_in_asked(): passphrase and second factor are wanted; what was begun goes on by itself.
        touch_awaited(): a security key waits for a finger.
        busy_changed(bool): something is under way.
        failed(Failure, str): it did not work.
    """

    listed = Signal(object)
    totp_begun = Signal(str)
    added = Signal(object)
    removed = Signal()
    sign_in_asked = Signal()
    touch_awaited = Signal()
    busy_changed = Signal(bool)
    failed = Signal(object, str)

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        access: Access,
        second_factor: SecondFactor,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._second_factor = second_factor
        self.is_busy = False
        self._waiting: Callable[[], None] | None = None
        """What goes on after a sign-in."""
        session.closed.connect(self._forget)
        access.signed_in.connect(self._go_on)
        bridge.touch_awaited.connect(self.touch_awaited)

    def list_all(self) -> None:
        """Ask what there is; `listed` or `failed` follows."""
        self._do(ListFactors(), self._tell_list, is_quiet=True)

    def begin_totp(self, name: str) -> None:
        """Ask for the secret of another telephone; `totp_begun` follows."""
        self._do(BeginTotp(name=name), self._tell_begun)

    def confirm_totp(self, code: str) -> None:
        """Add the telephone that shows this code; `added` follows."""
        self._do(ConfirmTotp(code=code), self._tell_added)

    def add_security_key(self, name: str, pin: str) -> None:
        """Add the key that is touched; `added` follows."""
        self._do(AddSecurityKey(name=name, pin=pin), self._tell_added)

    def give_up_key(self) -> None:
        """Nobody wants to touch a key any more; what waits for it fails."""
        self._bridge.request(self, GiveUpSecurityKey(), lambda _: None, lambda *_: None)

    def remove(self, factor: FactorId) -> None:
        """Take one away; `removed` follows."""
        self._do(RemoveFactor(factor=factor), lambda _: self.removed.emit())

    def renew_codes(self) -> None:
        """Make new recovery codes, and show the page for printing them."""
        self._do(RenewRecoveryCodes(), self._show_codes)

    def drop(self) -> None:
        """The person does not want to sign in for it."""
        self._waiting = None
        self._set_busy(is_busy=False)

    # --- inside ------------------------------------------------------------------------------

    def _do(
        self, command: Command[Any], on_reply: Callable[[Any], None], *, is_quiet: bool = False
    ) -> None:
        if self.is_busy:
            return

        def begin() -> None:
            self._set_busy(is_busy=not is_quiet)
            self._bridge.request(self, command, succeed, fail)

        def succeed(answer: object) -> None:
            self._set_busy(is_busy=False)
            on_reply(answer)

        def fail(failure: Failure, detail: str) -> None:
            if failure in {Failure.STEP_UP_NEEDED, Failure.SIGN_IN_NEEDED} and not is_quiet:
                self._waiting = begin
                self.sign_in_asked.emit()
                return
            self._set_busy(is_busy=False)
            self.failed.emit(failure, detail)

        begin()

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()
        else:
            # A list that could not be shown can be now.
            self.list_all()

    def _tell_list(self, found: FactorList) -> None:
        self.listed.emit(found)

    def _tell_begun(self, found: NewTotp) -> None:
        self.totp_begun.emit(found.totp_uri)

    def _tell_added(self, found: FactorView) -> None:
        self.added.emit(found)

    def _show_codes(self, found: RecoveryCodes) -> None:
        self._second_factor.show_codes(found.recovery_codes)

    def _forget(self) -> None:
        self._waiting = None
        self._set_busy(is_busy=False)

    def _set_busy(self, *, is_busy: bool) -> None:
        if is_busy is not self.is_busy:
            self.is_busy = is_busy
            self.busy_changed.emit(is_busy)


def secret_in(address: str) -> str:
    """Return what an authenticator takes instead of the picture of an `otpauth:` address."""
    return parse_qs(urlsplit(address).query).get("secret", [""])[0]
