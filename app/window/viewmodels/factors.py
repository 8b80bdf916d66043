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
from app.interface.secret import Veiled
from app.window.viewmodels.fresh_sign_in import FreshSignIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.command import Command
    from app.interface.failures import Failure
    from app.interface.secret import Secret
    from app.interface.snapshots import FactorList, FactorView, NewTotp, RecoveryCodes
    from app.window.bridge import Bridge
    from app.window.viewmodels.access import Access
    from app.window.viewmodels.second_factor import SecondFactor
    from app.window.viewmodels.session import Session
    from crypto_core.wire.ids import FactorId


class Factors(QObject):
    """Carries out what the person wants; `fresh` asks for a sign-in where the relay wants one first.

    Signals:
        listed(FactorList): what there is.
        totp_begun(str): the `otpauth:` address for another telephone.
        added(FactorView): a telephone or a security key signs in from now on.
        removed(): one does not any more.
        touch_awaited(): a security key waits for a finger.
        failed(Failure, str): it did not work.
    """

    listed = Signal(object)
    totp_begun = Signal(str)
    added = Signal(object)
    removed = Signal()
    touch_awaited = Signal()
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
        self._session = session
        self._second_factor = second_factor
        self.fresh = FreshSignIn(bridge, session, access, self)
        # A list that could not be shown can be now.
        access.signed_in.connect(self.list_all)
        bridge.touch_awaited.connect(self.touch_awaited)

    def list_all(self) -> None:
        """Ask what there is; `listed` or `failed` follows."""
        if self._session.is_open:
            self._bridge.request(self, ListFactors(), self._tell_list, self._tell_failure)

    def begin_totp(self, name: str) -> None:
        """Ask for the secret of another telephone; `totp_begun` follows."""
        self._do(lambda: BeginTotp(name=name), self._tell_begun)

    def confirm_totp(self, code: str) -> None:
        """Add the telephone that shows this code; `added` follows."""
        self._do(lambda: ConfirmTotp(code=code), self._tell_added)

    def add_security_key(self, name: str, pin: Secret) -> None:
        """Add the key that is touched; `added` follows. The PIN, empty if none was asked for, is wiped."""
        self._do(
            lambda: Veiled(
                secrets=(pin.copy(),), build=lambda typed: AddSecurityKey(name=name, pin=typed)
            ),
            self._tell_added,
            pin,
        )

    def give_up_key(self) -> None:
        """Nobody wants to touch a key any more; what waits for it fails."""
        self._bridge.request(self, GiveUpSecurityKey(), lambda _: None, lambda *_: None)

    def remove(self, factor: FactorId) -> None:
        """Take one away; `removed` follows."""
        self._do(lambda: RemoveFactor(factor=factor), lambda _: self.removed.emit())

    def renew_codes(self) -> None:
        """Make new recovery codes, and show the page for printing them."""
        self._do(RenewRecoveryCodes, self._show_codes)

    def _do(
        self,
        make: Callable[[], Command[Any] | Veiled[Any]],
        on_reply: Callable[[Any], None],
        *secrets: Secret,
    ) -> None:
        self.fresh.carry_out(self, make, on_reply, self._tell_failure, secrets=secrets)

    def _tell_failure(self, failure: Failure, detail: str) -> None:
        self.failed.emit(failure, detail)

    def _tell_list(self, found: FactorList) -> None:
        self.listed.emit(found)

    def _tell_begun(self, found: NewTotp) -> None:
        self.totp_begun.emit(found.totp_uri)

    def _tell_added(self, found: FactorView) -> None:
        self.added.emit(found)

    def _show_codes(self, found: RecoveryCodes) -> None:
        self._second_factor.show_codes(found.recovery_codes)


def secret_in(address: str) -> str:
    """Return what an authenticator takes instead of the picture of an `otpauth:` address."""
    return parse_qs(urlsplit(address).query).get("secret", [""])[0]
