# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new passphrase: typed twice, with its measure while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from app.interface.passphrases import ENOUGH_BITS, strength_of
from app.window.theme.typography import Role
from app.window.views.components.fields import PassphraseField
from app.window.views.components.texts import Text, set_property

if TYPE_CHECKING:
    from app.interface.secret import Secret
    from app.window.surroundings import Surroundings
    from app.window.views.components.fields import Field


class NewPassphrase(QWidget):
    """Both fields, and how hard to guess it is (CNIL 2022-100).

    Signals:
        edited(): something was typed or erased.
        finished(): Enter was pressed in the second field.
    """

    edited = Signal()
    finished = Signal()

    def __init__(self, around: Surroundings, *, is_first: bool) -> None:
        """`is_first`: there is no old one that it could be mistaken for."""
        super().__init__()
        self.passphrase = PassphraseField(
            self.tr("Passphrase") if is_first else self.tr("New passphrase"),
            around.theme,
            hint=self.tr(
                "Seven unrelated words that make a little story are easy to keep and hard to guess."
            ),
        )
        again = self.tr("Passphrase, once more")
        self.again = PassphraseField(
            again if is_first else self.tr("New passphrase, once more"), around.theme
        )
        self.meter = QProgressBar()
        self.meter.setRange(0, ENOUGH_BITS)
        self.meter.setTextVisible(False)
        self.meter.setAccessibleName(self.tr("How hard the passphrase is to guess"))
        self.verdict = Text("", Role.SECONDARY, wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.passphrase, self.meter, self.verdict, self.again):
            column.addWidget(widget)
        self.passphrase.edit.edited.connect(self._measure)
        self.passphrase.edit.returnPressed.connect(self.again.edit.setFocus)
        self.again.edit.edited.connect(lambda _: self.again.set_wrong(""))
        self.again.edit.returnPressed.connect(self.finished)
        self._measure()

    def secret(self) -> Secret:
        """Return what was typed, for whoever wipes it."""
        return self.passphrase.secret()

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        for field in (self.passphrase, self.again):
            field.forget()
            field.set_wrong("")

    def complaints(self) -> list[tuple[Field, str]]:
        """Return both fields with what is wrong with them, empty where nothing is."""
        is_enough = strength_of(self.passphrase.edit.letters()).is_enough
        is_same = self.passphrase.is_same_as(self.again)
        weak = self.tr("Too easy to guess: make it longer.")
        differs = self.tr("The two are not the same.")
        return [
            (self.passphrase, "" if is_enough else weak),
            (self.again, differs if is_enough and not is_same else ""),
        ]

    def is_complete(self) -> bool:
        """Whether it can be taken; if not, it is said below the field and the keyboard is there."""
        wrong = None
        for field, complaint in self.complaints():
            field.set_wrong(complaint)
            if complaint and wrong is None:
                wrong = field
        if wrong is not None:
            wrong.answer.setFocus()
        return wrong is None

    def _measure(self) -> None:
        self.passphrase.set_wrong("")
        strength = strength_of(self.passphrase.edit.letters())
        self.meter.setValue(min(strength.bits, ENOUGH_BITS))
        set_property(self.meter, "tone", "good" if strength.is_enough else "warning")
        if self.passphrase.edit.is_empty:
            self.verdict.setText(self.tr("80 bits are needed, as the CNIL recommends."))
        elif strength.is_enough:
            self.verdict.setText(self.tr("✓ Hard to guess ({n} bits)").format(n=strength.bits))
        else:
            self.verdict.setText(
                self.tr("△ Still easy to guess: {n} of {most} bits. Add a word or two.").format(
                    n=strength.bits, most=ENOUGH_BITS
                )
            )
        self.edited.emit()
