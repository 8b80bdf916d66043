# SPDX-License-Identifier: AGPL-3.0-or-later
"""The owner's computers: the list, a new one, and one that goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.commands import (
    BeginLink,
    CancelLink,
    ConfirmLink,
    ListDevices,
    RenameDevice,
    RevokeDevice,
    RevokeWithKit,
    StopHistory,
)
from app.window.viewmodels.fresh_sign_in import FreshSignIn

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.snapshots import Devices, Done, HistoryChoice, LinkOutcome, LinkShown
    from app.window.bridge import Bridge
    from app.window.viewmodels.access import Access
    from app.window.viewmodels.session import Session
    from crypto_core.wire.ids import DeviceId
    from crypto_core.wire.words import WordLanguage


class Computers(QObject):
    """Asks for the list, and does to it what the person wants.

    Signals:
        listed(Devices): what there is, asked for or changed.
        done(): a name or a removal is stored.
        link_shown(LinkShown): what the new computer is to be shown.
        link_offered(tuple): a new computer has answered; its three words.
        link_ended(LinkOutcome): linking is over.
        history_changed(): `history` is another one.
        failed(Failure, str): what was wanted was not done.
    """

    listed = Signal(object)
    done = Signal()
    link_shown = Signal(object)
    link_offered = Signal(object)
    link_ended = Signal(object)
    history_changed = Signal()
    failed = Signal(object, str)

    def __init__(
        self, bridge: Bridge, session: Session, access: Access, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self.fresh = FreshSignIn(bridge, session, access, self)
        self.history: tuple[int, int] | None = None
        """Letters of the past on their way to another computer: sent, and in all."""
        bridge.devices_changed.connect(self.list_all)
        bridge.link_offered.connect(self.link_offered)
        bridge.link_ended.connect(self._end_link)
        bridge.history_progress.connect(self._note_history)
        session.closed.connect(self._forget)

    def list_all(self) -> None:
        """Ask what there is; `listed` or `failed` follows."""
        if self._session.is_open:
            self._bridge.request(self, ListDevices(), self._tell_list, self._tell_failure)

    def rename(self, device: DeviceId, name: str) -> None:
        """Call a computer something."""
        command = RenameDevice(device=device, name=name)
        self._bridge.request(self, command, self._tell_done, self._tell_failure)

    def remove(self, device: DeviceId) -> None:
        """Take a computer out of the account."""
        self.fresh.carry_out(
            self, lambda: RevokeDevice(device=device), self._tell_done, self._tell_failure
        )

    def remove_stolen(self, device: DeviceId, kit: str) -> None:
        """Take a stolen computer out, and make void all it could do, with the paper."""
        self.fresh.carry_out(
            self, lambda: RevokeWithKit(device=device, kit=kit), self._tell_done, self._tell_failure
        )

    def begin_link(self, language: WordLanguage) -> None:
        """Let one new computer answer; `link_shown` follows."""
        self.fresh.carry_out(
            self, lambda: BeginLink(language=language), self._tell_link, self._tell_failure
        )

    def confirm_link(self, words: tuple[str, ...], history: HistoryChoice, months: int) -> None:
        """Say that the words are the same; `link_ended` follows."""
        self.fresh.carry_out(
            self,
            lambda: ConfirmLink(words=words, history=history, months=months),
            lambda _: None,
            self._tell_failure,
        )

    def cancel_link(self) -> None:
        """Let no computer answer any more."""
        self.fresh.withdraw()
        self._bridge.request(self, CancelLink(), lambda _: None, lambda *_: None)

    def stop_history(self) -> None:
        """Send no more letters of the past."""
        self._bridge.request(self, StopHistory(), lambda _: None, self._tell_failure)

    def _tell_list(self, devices: Devices) -> None:
        self.listed.emit(devices)

    def _tell_done(self, _answer: Done) -> None:
        self.done.emit()
        self.list_all()

    def _tell_link(self, shown: LinkShown) -> None:
        self.link_shown.emit(shown)

    def _tell_failure(self, failure: Failure, detail: str) -> None:
        self.failed.emit(failure, detail)

    def _end_link(self, outcome: LinkOutcome) -> None:
        if self._session.is_open:
            self.link_ended.emit(outcome)

    def _note_history(self, is_sending: bool, done: int, total: int) -> None:  # noqa: FBT001 - Qt's signals take no names
        if is_sending:
            self.history = (done, total) if done < total else None
            self.history_changed.emit()

    def _forget(self) -> None:
        self.history = None
        self.history_changed.emit()
