# SPDX-License-Identifier: AGPL-3.0-or-later
"""The recovery kit on paper: shown until somebody has read a group from it, tried, renewed, shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.interface.commands import (
    ConfirmKit,
    CreateKit,
    PrintKit,
    PrintShares,
    RehearseKit,
    ShowKit,
    SplitKit,
    VetoKit,
)
from app.interface.snapshots import KitState
from app.window.viewmodels.fresh_sign_in import FreshSignIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.command import Command
    from app.interface.failures import Failure
    from app.interface.snapshots import (
        Done,
        KitSheet,
        PrintedPages,
        Rehearsal,
        Safety,
        Shares,
    )
    from app.window.bridge import Bridge
    from app.window.viewmodels.access import Access
    from app.window.viewmodels.second_factor import SecondFactor
    from app.window.viewmodels.session import Session
    from app.window.viewmodels.standing import Standing
    from crypto_core.wire.words import WordLanguage


class PaperKit(QObject):
    """Holds the code for as long as it is shown; the engine keeps it until it is on paper.

    Signals:
        sheet_changed(): `sheet` is another one, or none.
        rehearsed(Rehearsal): the kit opened what it should.
        split(Shares): the code in shares.
        called_off(): a new kit that was announced is void.
        busy_changed(bool): something is under way.
        failed(Failure, str): it did not work.
    """

    sheet_changed = Signal()
    rehearsed = Signal(object)
    split = Signal(object)
    called_off = Signal()
    busy_changed = Signal(bool)
    failed = Signal(object, str)

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        standing: Standing,
        access: Access,
        second_factor: SecondFactor,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._standing = standing
        self.fresh = FreshSignIn(bridge, session, access, self)
        self.sheet: KitSheet | None = None
        self.is_first_run = False
        """The page follows those of telephone and codes."""
        self.is_busy = False
        second_factor.finished.connect(self._follow)
        session.closed.connect(lambda _: self._forget())

    @property
    def safety(self) -> Safety | None:
        """What stands ready, as last heard."""
        status = self._standing.status
        return None if status is None else status.safety

    @property
    def is_missing(self) -> bool:
        """Whether nobody has said that the kit is on paper."""
        return self.safety is not None and self.safety.kit is KitState.MISSING

    def show(self, *, is_first_run: bool = False) -> None:
        """Show the page with the kit that nobody has confirmed yet."""
        self.is_first_run = is_first_run
        self._session.show_kit()
        self._do(ShowKit(), self._take_sheet)

    def print_sheet(self, language: WordLanguage, take: Callable[[bytes], None]) -> None:
        """Have the page made for paper; `take` is given it as PDF, or `failed` follows."""
        self._print(PrintKit(language=language), take)

    def print_shares(
        self, shares: Shares, language: WordLanguage, take: Callable[[bytes], None]
    ) -> None:
        """Have one page made for each share; `take` is given them as PDF, or `failed` follows."""
        command = PrintShares(shares=shares.texts, threshold=shares.threshold, language=language)
        self._print(command, take)

    def leave(self) -> None:
        """Go to the mail, and do it another time."""
        self._forget()
        self._session.show_mail()

    def create(self) -> None:
        """Make a new kit in the place of one that is lost, after passphrase and code; its page follows."""
        self.fresh.carry_out(self, CreateKit, self._show_new, self._tell_failure)

    def confirm(self, group: str) -> None:
        """Say what stands on the paper; the page is then left, or `failed` follows."""
        self._do(ConfirmKit(group=group), self._finish)

    def rehearse(self, kit: str) -> None:
        """Try whether a kit opens what it should."""
        self._do(RehearseKit(kit=kit), self._tell_rehearsal)

    def call_off(self, kit: str) -> None:
        """Make a new kit void that somebody has announced, with the old one."""
        self._do(VetoKit(kit=kit), self._tell_called_off)

    def share(self, kit: str, threshold: int, count: int) -> None:
        """Divide the code among people."""
        self._do(SplitKit(kit=kit, threshold=threshold, count=count), self._tell_shares)

    def _print(self, command: Command[PrintedPages], take: Callable[[bytes], None]) -> None:
        def hand_over(pages: PrintedPages) -> None:
            take(pages.pdf)

        self._do(command, hand_over)

    def _do(self, command: Command[Any], on_reply: Callable[[Any], None]) -> None:
        if self.is_busy:
            return

        def succeed(answer: object) -> None:
            self._set_busy(is_busy=False)
            on_reply(answer)

        def fail(failure: Failure, detail: str) -> None:
            self._set_busy(is_busy=False)
            self.failed.emit(failure, detail)

        self._set_busy(is_busy=True)
        self._bridge.request(self, command, succeed, fail)

    def _follow(self) -> None:
        """After the recovery codes of a first run comes the kit, unless there is one already."""
        if self.is_missing:
            self.show(is_first_run=True)

    def _show_new(self, sheet: KitSheet) -> None:
        self.is_first_run = False
        self._session.show_kit()
        self._take_sheet(sheet)

    def _tell_failure(self, failure: Failure, detail: str) -> None:
        self.failed.emit(failure, detail)

    def _take_sheet(self, sheet: KitSheet) -> None:
        if self._session.is_open:
            self.sheet = sheet
            self.sheet_changed.emit()

    def _finish(self, _answer: Done) -> None:
        self.leave()

    def _tell_rehearsal(self, rehearsal: Rehearsal) -> None:
        self.rehearsed.emit(rehearsal)

    def _tell_shares(self, shares: Shares) -> None:
        self.split.emit(shares)

    def _tell_called_off(self, _answer: Done) -> None:
        self.called_off.emit()

    def _forget(self) -> None:
        self._set_busy(is_busy=False)
        self.sheet = None
        self.sheet_changed.emit()

    def _set_busy(self, *, is_busy: bool) -> None:
        if is_busy is not self.is_busy:
            self.is_busy = is_busy
            self.busy_changed.emit(is_busy)
