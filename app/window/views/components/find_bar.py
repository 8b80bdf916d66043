# SPDX-License-Identifier: AGPL-3.0-or-later
"""The line in which words of the shown document are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.window.theme.icons import Icon
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.buttons import IconButton
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.window.theme.theme import Theme

MOST_LETTERS = 200


class FindBar(QWidget):
    """Words, how often they stand there, and the way from one place to the next.

    Signals:
        asked(str): these words are to be looked for, while they are typed.
        stepped(int): the next place is wanted, or with -1 the one before.
        left(): nothing is looked for any more.
    """

    asked = Signal(str)
    stepped = Signal(int)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        space = theme.space
        self.words = QLineEdit()
        self.words.setMaxLength(MOST_LETTERS)
        self.words.setPlaceholderText(self.tr("Find in this document"))
        self.words.setAccessibleName(self.tr("Find in this document"))
        self.words.setClearButtonEnabled(True)
        self.words.setMaximumWidth(space(320))
        self.told = Text("", Role.SECONDARY)
        self.before = IconButton(Icon.BEFORE, self.tr("Previous place (Shift+Enter)"), theme)
        self.next = IconButton(Icon.NEXT, self.tr("Next place (Enter)"), theme)
        self.close_it = IconButton(Icon.CLOSE, self.tr("Stop looking (Esc)"), theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(space(20), space(6), space(20), space(6))
        row.setSpacing(space(8))
        row.addWidget(self.words, 1)
        row.addWidget(self.before)
        row.addWidget(self.next)
        row.addWidget(self.told)
        row.addStretch(1)
        row.addWidget(self.close_it)
        self.words.textChanged.connect(self.asked)
        self.before.clicked.connect(lambda _=False: self.stepped.emit(-1))
        self.next.clicked.connect(lambda _=False: self.stepped.emit(1))
        self.close_it.clicked.connect(lambda _=False: self.left.emit())

    def appear(self) -> None:
        """Take the keyboard; what was typed before is replaced by what is typed now."""
        self.show()
        self.words.setFocus()
        self.words.selectAll()

    def forget(self) -> None:
        """Hide, and keep nothing."""
        self.words.clear()
        self.tell("", can_step=False)
        self.hide()

    def tell(self, text: str, *, can_step: bool, is_missed: bool = False) -> None:
        """Say what was found."""
        self.told.setText(text)
        self.told.set_tone(Tone.WARNING if is_missed else Tone.NEUTRAL)
        for button in (self.before, self.next):
            button.setEnabled(can_step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, with Shift back; Esc ends it, and not the window."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            is_back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.stepped.emit(-1 if is_back else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
