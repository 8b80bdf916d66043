# SPDX-License-Identifier: AGPL-3.0-or-later
"""Erasing a patient or a letter for good: what it would do, doing it, the certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.erasing import EraseForGood, PlanErasure, SaveCertificate
from app.interface.secret import Veiled

if TYPE_CHECKING:
    from app.interface.erasing import Erased
    from app.interface.secret import Secret
    from app.window.bridge import Bridge
    from crypto_core.wire.ids import MessageId, PatientId
    from crypto_core.wire.words import WordLanguage


class Erasing(QObject):
    """One erasure, of a patient or of a letter.

    Signals:
        planned(ErasurePlan): what would go and what would stay.
        erased(Erased): it is done, as far as this computer can.
        saved(SavedCertificate): the certificate is written.
        failed(Failure, str): what was asked for last was not done.
    """

    planned = Signal(object)
    erased = Signal(object)
    saved = Signal(object)
    failed = Signal(object, str)

    def __init__(
        self,
        bridge: Bridge,
        *,
        patient: PatientId | None = None,
        letter: MessageId | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._patient = patient
        self._letter = letter
        self._done: Erased | None = None

    def plan(self) -> None:
        """Ask what would go; `planned` or `failed` follows."""
        command = PlanErasure(patient=self._patient, letter=self._letter)
        self._bridge.request(self, command, self.planned.emit, self.failed.emit)

    def erase(self, passphrase: Secret) -> None:
        """Erase; `erased` or `failed` follows. The passphrase is wiped in the end."""
        command = Veiled(
            secrets=(passphrase,),
            build=lambda typed: EraseForGood(
                passphrase=typed, patient=self._patient, letter=self._letter
            ),
        )
        self._bridge.request(self, command, self._keep, self.failed.emit)

    def save_certificate(self, directory: str, language: WordLanguage) -> None:
        """Write the certificate into a folder; `saved` or `failed` follows."""
        if self._done is None:
            return
        command = SaveCertificate(
            erasure=self._done.erasure, directory=directory, language=language
        )
        self._bridge.request(self, command, self.saved.emit, self.failed.emit)

    def _keep(self, done: Erased) -> None:
        self._done = done
        self.erased.emit(done)
