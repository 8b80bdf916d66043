# SPDX-License-Identifier: AGPL-3.0-or-later
"""Things that need both factors shown just now: asked for in the place where they are wanted, and once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.interface.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.command import Command
    from app.interface.secret import Secret, Veiled
    from app.window.bridge import Bridge
    from app.window.viewmodels.access import Access
    from app.window.viewmodels.session import Session


class FreshSignIn(QObject):
    """Carries one thing out at a time; what the relay wants a sign-in for goes on after it by itself.

    Signals:
        asked(): passphrase and code are wanted.
        settled(): they are not any more.
        busy_changed(bool): something is under way.
        signing_in(bool): both factors are being looked at.
        touch_awaited(): a security key waits for a finger.
        refused(Failure, str): the relay did not accept both factors.
    """

    asked = Signal()
    settled = Signal()
    busy_changed = Signal(bool)
    signing_in = Signal(bool)
    touch_awaited = Signal()
    refused = Signal(object, str)

    def __init__(
        self, bridge: Bridge, session: Session, access: Access, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._access = access
        self._again: Callable[[], None] | None = None
        self._secrets: tuple[Secret, ...] = ()
        """What the thing under way needs until it is over."""
        self.is_busy = False
        access.signed_in.connect(self._go_on)
        access.refused.connect(self._tell_refusal)
        access.touch_awaited.connect(self._tell_touch)
        access.busy_changed.connect(self._tell_signing_in)
        session.closed.connect(lambda _: self._forget())

    @property
    def is_asking(self) -> bool:
        """Whether both factors are wanted."""
        return self._again is not None

    def carry_out(
        self,
        owner: QObject,
        make: Callable[[], Command[Any] | Veiled[Any]],
        on_reply: Callable[[Any], None],
        on_failure: Callable[[Failure, str], None],
        *,
        secrets: tuple[Secret, ...] = (),
    ) -> None:
        """Send a command, made anew for each attempt; `secrets` are wiped when it is over, however it ends.

        Nothing is called when the person withdraws instead of signing in. One thing at a time: while
        something is under way, nothing is sent.
        """
        if self.is_busy or self.is_asking:
            _wipe(secrets)
            return
        self._secrets = secrets

        def succeed(answer: object) -> None:
            self._end()
            on_reply(answer)

        def fail(failure: Failure, detail: str) -> None:
            if failure in {Failure.STEP_UP_NEEDED, Failure.SIGN_IN_NEEDED}:
                self._set_busy(is_busy=False)
                self._again = begin
                self.asked.emit()
            else:
                self._end()
                on_failure(failure, detail)

        def begin() -> None:
            self._set_busy(is_busy=True)
            self._bridge.request(owner, make(), succeed, fail)

        begin()

    def sign_in(self, passphrase: Secret, code: str) -> None:
        """Show both factors; what was asked for goes on, or `refused` follows. The passphrase is wiped."""
        self._access.sign_in(passphrase, code)

    def sign_in_with_key(self, passphrase: Secret, pin: Secret) -> None:
        """Show passphrase and security key; its PIN is empty if it was not asked for. Both are wiped."""
        self._access.sign_in_with_key(passphrase, pin)

    def withdraw(self) -> None:
        """Do nothing of what was asked for."""
        if self.is_asking and self._access.is_busy:
            self._access.give_up_key()
        self._forget()

    def _go_on(self) -> None:
        again, self._again = self._again, None
        if again is not None:
            self.settled.emit()
            again()

    def _tell_refusal(self, failure: Failure, detail: str) -> None:
        if self.is_asking:
            self.refused.emit(failure, detail)

    def _tell_touch(self) -> None:
        if self.is_asking:
            self.touch_awaited.emit()

    def _tell_signing_in(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        if self.is_asking:
            self.signing_in.emit(is_busy)

    def _forget(self) -> None:
        was_asking, self._again = self.is_asking, None
        self._end()
        if was_asking:
            self.settled.emit()

    def _end(self) -> None:
        """Nothing is under way any more."""
        secrets, self._secrets = self._secrets, ()
        _wipe(secrets)
        self._set_busy(is_busy=False)

    def _set_busy(self, *, is_busy: bool) -> None:
        if is_busy is not self.is_busy:
            self.is_busy = is_busy
            self.busy_changed.emit(is_busy)


def _wipe(secrets: tuple[Secret, ...]) -> None:
    for secret in secrets:
        secret.wipe()
