# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a security key wants of the person: a touch, and from some keys their PIN, which is never kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.theme.tokens import Tone
from app.window.views.components.banners import Banner
from app.window.views.components.fields import PassphraseField

if TYPE_CHECKING:
    from app.interface.secret import Secret
    from app.window.surroundings import Surroundings

_ABOUT_PIN: Final = {Failure.SECURITY_KEY_PIN_NEEDED, Failure.SECURITY_KEY_PIN_WRONG}


class SecurityKeyPart(QWidget):
    """Hidden until a key waits for a finger or asks for its PIN.

    Signals:
        finished(): Enter was pressed below the PIN.
    """

    finished = Signal()

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self.touch = Banner()
        self.pin = PassphraseField(
            self.tr("PIN of the security key"),
            around.theme,
            hint=self.tr("The one that you gave this key, not your passphrase."),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.touch)
        column.addWidget(self.pin)
        self.pin.edit.returnPressed.connect(self.finished)
        self.pin.edit.edited.connect(self._typed)
        self.forget()

    @property
    def asks_for_pin(self) -> bool:
        """Whether a key has said that it wants its PIN."""
        return not self.pin.isHidden()

    def secret(self) -> Secret:
        """Return the PIN, empty if none was asked for; whoever is given it wipes it."""
        return self.pin.secret()

    def say_touch(self) -> None:
        """Say that the key waits for a finger."""
        self.touch.say(
            Tone.NEUTRAL,
            self.tr("Touch your security key now"),
            self.tr("It blinks, and waits a minute for your finger."),
        )
        self.show()

    def has_explained(self, failure: Failure, detail: str) -> bool:
        """Whether a failure is about the PIN and is explained here; what was typed is gone either way."""
        self.pin.forget()
        self.touch.silence()
        is_about_pin = failure in _ABOUT_PIN
        self.pin.setVisible(is_about_pin)
        self.setVisible(is_about_pin)
        if is_about_pin:
            explanation = self._around.errors.failure(failure, detail)
            is_wrong = failure is Failure.SECURITY_KEY_PIN_WRONG
            self.pin.set_wrong(f"{explanation.what} {explanation.do}" if is_wrong else "")
            self.pin.edit.setFocus()
        return is_about_pin

    def set_busy(self, *, is_busy: bool) -> None:
        """Take no PIN while something is under way; afterwards nothing waits for a finger."""
        self.pin.edit.setReadOnly(is_busy)
        if not is_busy:
            self.touch.silence()
            self.setVisible(not self.pin.isHidden())

    def forget(self) -> None:
        """Keep nothing of what was typed, and ask for nothing."""
        self.pin.forget()
        self.pin.set_wrong("")
        self.pin.hide()
        self.touch.silence()
        self.hide()

    def _typed(self, has_text: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        if has_text:
            self.pin.set_wrong("")
