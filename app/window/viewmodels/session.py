# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which page the window shows, and the way between them: first run, unlock, mail, lock, trouble."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.interface.commands import Register, ShowStatus, Unlock, UnlockWithKit
from app.interface.failures import Failure
from app.interface.secret import Secret, Veiled
from app.interface.snapshots import ProfileState
from crypto_core.wire.journal import LockCause

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.snapshots import Registered, Status
    from app.window.bridge import Bridge


class Screen(Enum):
    """The pages of the window."""

    STARTING = auto()
    REGISTER = auto()
    UNLOCK = auto()
    MAIL = auto()
    SECOND_FACTOR = auto()
    """The mailbox is open, and the telephone becomes the second key of a new account."""
    KIT = auto()
    """The mailbox is open, and the recovery kit is to be put on paper."""
    LINKED = auto()
    """The mailbox is open on a new computer of the account, which still lacks a code."""
    DAMAGED = auto()
    NEWER = auto()
    STOPPED = auto()
    """The engine ends again and again: only trying again is left."""


class LockReason(Enum):
    """Why the window is locked, for the sentence on the unlock page."""

    STARTED = auto()
    ASKED = auto()
    IDLE = auto()
    """Nobody touched the window for a while."""
    ASLEEP = auto()
    """The computer went to sleep."""
    LEFT = auto()
    """The computer's own session was locked, or handed to somebody else."""
    ENGINE_ENDED = auto()


_CAUSES: Final = {
    LockReason.IDLE: LockCause.IDLE,
    LockReason.ASLEEP: LockCause.SLEEP,
    LockReason.LEFT: LockCause.DESKTOP,
}
"""What the journal says of it, where it was not the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a person typed to create an account."""

    enrolment: str
    invitation: str = field(repr=False)
    name: str
    profession: str
    place: str
    rpps: str
    is_listed: bool
    passphrase: Secret = field(repr=False)


_SCREENS: Final = {
    ProfileState.EMPTY: Screen.REGISTER,
    ProfileState.LOCKED: Screen.UNLOCK,
    ProfileState.UNLOCKED: Screen.MAIL,
    ProfileState.DAMAGED: Screen.DAMAGED,
    ProfileState.NEWER: Screen.NEWER,
}


class Session(QObject):
    """Opens and closes the mailbox.

    Signals:
        wait_changed(): `wait_seconds` was heard anew.
        screen_changed(Screen): another page is due.
        busy_changed(bool): an unlock or a registration is under way.
        failed(Failure, str): the unlock or registration did not work.
        registered(Registered, Secret): an account was created, with this passphrase, which whoever
            takes it wipes; `opened` follows.
        opened(): the mailbox is there; models may ask for what they show.
        closed(bool): the mailbox is gone and everything shown must be forgotten; True when the person
            asked for it, False when the time was over or the engine ended by itself.
    """

    screen_changed = Signal(object)
    busy_changed = Signal(bool)
    failed = Signal(object, str)
    registered = Signal(object, object)
    opened = Signal()
    closed = Signal(bool)
    wait_changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.screen = Screen.STARTING
        self.reason = LockReason.STARTED
        self.is_busy = False
        self.wait_seconds = 0
        """How long the next passphrase has to wait, as of the last news."""
        self.is_bound_to_os = False
        """Whether the mailbox also needs this computer's own keyring."""
        self._is_leaving = False
        self._has_answered = False
        self._is_registering = False
        self._next: Screen | None = None
        """Where a mailbox that opens now leads, if not to the mail."""
        self.is_restored = False
        """The account was brought back, not created: its kit is on paper already."""
        bridge.status_changed.connect(self._take_status)
        bridge.ended.connect(self._engine_ended)

    @property
    def is_open(self) -> bool:
        """Whether the mailbox is open."""
        return self.screen in {Screen.MAIL, Screen.SECOND_FACTOR, Screen.KIT, Screen.LINKED}

    def start(self) -> None:
        """Start an engine and ask it what is there."""
        self._has_answered = False
        if self.screen is Screen.STOPPED:
            self._show(Screen.STARTING)
        self._bridge.start()
        self._bridge.request(self, ShowStatus(), self._take_status, lambda *_: None)

    def unlock(self, passphrase: Secret) -> None:
        """Open the mailbox; `failed` or `opened` follows. The passphrase is wiped."""
        if self.is_busy:
            passphrase.wipe()
            return
        self._set_busy(is_busy=True)
        command = Veiled(secrets=(passphrase,), build=lambda typed: Unlock(passphrase=typed))
        self._bridge.request(self, command, self._take_status, self._refuse)

    def unlock_with_kit(self, code: str, passphrase: Secret) -> None:
        """Open the mailbox by the recovery kit; `failed` or `opened` follows. The passphrase is wiped."""
        if self.is_busy:
            passphrase.wipe()
            return
        self._set_busy(is_busy=True)
        command = Veiled(
            secrets=(passphrase,), build=lambda typed: UnlockWithKit(kit=code, passphrase=typed)
        )
        self._bridge.request(self, command, self._take_status, self._refuse)

    def register(self, application: Application) -> None:
        """Create an account; `failed` or `opened` follows. The passphrase is wiped in the end."""
        if self.is_busy:
            application.passphrase.wipe()
            return
        self._set_busy(is_busy=True)
        self._is_registering = True
        command = Veiled(
            secrets=(application.passphrase.copy(),),
            build=lambda typed: Register(
                enrolment=application.enrolment,
                invitation=application.invitation,
                name=application.name,
                profession=application.profession,
                place=application.place,
                is_listed=application.is_listed,
                passphrase=typed,
                rpps=application.rpps,
            ),
        )

        def created(answer: Registered) -> None:
            self.is_restored = False
            self._open_new(answer, application.passphrase)

        def refused(failure: Failure, detail: str) -> None:
            application.passphrase.wipe()
            self._refuse(failure, detail)

        self._bridge.request(self, command, created, refused)

    def welcome(self, registered: Registered, passphrase: Secret) -> None:
        """Open an account that was brought back, as `register` does a new one; `registered` wipes the passphrase."""
        self.is_restored = True
        self._set_busy(is_busy=True)
        self._open_new(registered, passphrase)

    def adopt(self) -> None:
        """Open the mailbox that another computer of the owner has handed over."""
        self._set_busy(is_busy=True)
        self._next = Screen.LINKED
        self._bridge.request(self, ShowStatus(), self._take_status, self._refuse)

    def _open_new(self, registered: Registered, passphrase: Secret) -> None:
        self._is_registering = False
        self._next = Screen.SECOND_FACTOR
        self.registered.emit(registered, passphrase)
        self._bridge.request(self, ShowStatus(), self._take_status, self._refuse)

    def show_kit(self) -> None:
        """Leave the mail for the recovery kit."""
        if self.is_open:
            self._show(Screen.KIT)

    def show_mail(self) -> None:
        """Leave any other page for the mail."""
        if self.is_open:
            self._show(Screen.MAIL)

    def show_second_factor(self) -> None:
        """Leave the mail for the second factor."""
        if self.is_open:
            self._show(Screen.SECOND_FACTOR)

    def lock(
        self,
        reason: LockReason = LockReason.ASKED,
        *,
        after: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        """Forget everything shown, at once, and end the engine.

        With `after` the engine has something to do before, such as keeping a letter: it is given what to call once
        that is done, or cannot be. What is shown once, as recovery codes are, survives a lock that the person did
        not ask for.
        """
        if self.is_open:
            self.reason = reason
            self.wait_seconds = 0
            self._show(Screen.UNLOCK)
            self.closed.emit(reason is LockReason.ASKED)
            self._bridge.lock(after, cause=_CAUSES.get(reason, LockCause.PERSON))
        elif self.screen is Screen.UNLOCK and self.is_busy:
            # What is being opened must not be open in front of somebody else.
            self.reason = reason
            self._set_busy(is_busy=False)
            self.screen_changed.emit(self.screen)
            self._bridge.lock()

    def leave(self) -> None:
        """End the engine because the program ends; nothing is started again."""
        self._is_leaving = True
        self._bridge.stop()

    def _take_status(self, status: Status) -> None:
        self._has_answered = True
        screen = _SCREENS[status.profile]
        self.is_bound_to_os = status.os_secret_store
        if status.wait_seconds != self.wait_seconds:
            self.wait_seconds = status.wait_seconds
            self.wait_changed.emit()
        if screen is Screen.MAIL:
            # Only what was asked for opens: a status from before a lock may arrive after it. A new account
            # opens with the answer, which has the second factor in it.
            if self.is_busy and not self._is_registering:
                self._set_busy(is_busy=False)
                due, self._next = self._next or screen, None
                self._show(due)
                self.opened.emit()
        elif not self.is_busy and screen is not self.screen:
            was_open = self.is_open
            self._show(screen)
            if was_open:
                self.closed.emit(True)  # noqa: FBT003 - Qt's signals take no names

    def _refuse(self, failure: Failure, detail: str) -> None:
        if failure in {Failure.WRONG_PASSPHRASE, Failure.TOO_MANY_ATTEMPTS} and detail.isdecimal():
            self.wait_seconds = int(detail)
            self.wait_changed.emit()
        self._is_registering = False
        self._next = None
        self._set_busy(is_busy=False)
        if failure is not Failure.ENGINE_GONE:
            self.failed.emit(failure, detail)

    def _engine_ended(self, was_asked: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        if self._is_leaving:
            return
        self._set_busy(is_busy=False)
        if not was_asked:
            self.reason = LockReason.ENGINE_ENDED
            if self.is_open:
                self._show(Screen.UNLOCK)
                self.closed.emit(False)  # noqa: FBT003 - Qt's signals take no names
            if not self._has_answered:
                # It ended before it said a word: starting it again by ourselves would never end.
                self._show(Screen.STOPPED)
                return
            self.screen_changed.emit(self.screen)
        self.start()

    def _show(self, screen: Screen) -> None:
        if screen is not self.screen:
            self.screen = screen
            self.screen_changed.emit(screen)

    def _set_busy(self, *, is_busy: bool) -> None:
        if is_busy is not self.is_busy:
            self.is_busy = is_busy
            self.busy_changed.emit(is_busy)
