# SPDX-License-Identifier: AGPL-3.0-or-later
"""Another passphrase in the place of the one that unlocks and signs in, and what a sudden end of that means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QObject, Signal

from app.interface.commands import ChangePassphrase
from app.interface.failures import Failure
from app.interface.secret import Veiled
from app.window.viewmodels.fresh_sign_in import FreshSignIn

if TYPE_CHECKING:
    from app.interface.secret import Secret
    from app.interface.snapshots import Devices, Done
    from app.window.bridge import Bridge
    from app.window.viewmodels.access import Access
    from app.window.viewmodels.computers import Computers
    from app.window.viewmodels.session import Session

_OPEN_ENDED: Final = {Failure.ENGINE_GONE, Failure.BUG}
"""After these nobody knows which passphrase it is; any other failure leaves the old one."""


class ChangeNote(Protocol):
    """Where it is kept that a change has begun, across a sudden end of everything."""

    is_changing_passphrase: bool


class PassphraseChange(QObject):
    """Changes it; `fresh` asks for both factors first, where the relay wants that.

    Signals:
        changed(): from now on only the new one unlocks.
        failed(Failure, str): it did not work.
        others_known(): `has_others` is known.
    """

    changed = Signal()
    failed = Signal(object, str)
    others_known = Signal()

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        access: Access,
        computers: Computers,
        note: ChangeNote,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.fresh = FreshSignIn(bridge, session, access, self)
        self._computers = computers
        self._note = note
        self.has_others = False
        """Whether the owner has other computers, which keep opening with the old one."""
        # Whoever has opened the mailbox knows which one it is.
        session.opened.connect(self._settle)
        self.fresh.asked.connect(self._settle)
        computers.listed.connect(self._count)

    @property
    def is_unsettled(self) -> bool:
        """Whether the program ended before it heard how a change went."""
        return self._note.is_changing_passphrase

    def change(self, passphrase: Secret) -> None:
        """Put this one in the place of the old one; `changed` or `failed` follows. It is wiped in the end."""

        def make() -> Veiled[Done]:
            self._note.is_changing_passphrase = True
            return Veiled(
                secrets=(passphrase.copy(),),
                build=lambda typed: ChangePassphrase(passphrase=typed),
            )

        self.fresh.carry_out(self, make, self._succeed, self._fail, secrets=(passphrase,))

    def _succeed(self, _answer: Done) -> None:
        self._settle()
        self.changed.emit()
        self._computers.list_all()

    def _fail(self, failure: Failure, detail: str) -> None:
        if failure not in _OPEN_ENDED:
            self._settle()
        self.failed.emit(failure, detail)

    def _settle(self) -> None:
        self._note.is_changing_passphrase = False

    def _count(self, found: Devices) -> None:
        self.has_others = len(found.rows) > 1
        self.others_known.emit()
