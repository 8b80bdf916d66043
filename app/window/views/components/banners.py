# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lines in place of dialogs: what happened, what to do, and the buttons to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.viewmodels.marks import SHAPES
from app.window.views.components.texts import Text, set_property

if TYPE_CHECKING:
    from app.window.i18n.errors import Explanation


class Banner(QFrame):
    """A tinted box with a heading, a sentence and buttons; hidden until it has something to say."""

    def __init__(self, *actions: QWidget) -> None:
        super().__init__()
        self._title = Text("", Role.HEAD, wraps=True)
        self._body = Text("", Role.SECONDARY, wraps=True, is_selectable=True)
        self._body.setProperty("role", "text")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(6)
        layout.addWidget(self._title)
        layout.addWidget(self._body)
        self._buttons = QWidget()
        self._row = QHBoxLayout(self._buttons)
        self._row.setContentsMargins(0, 8, 0, 0)
        self._row.setSpacing(8)
        for action in actions:
            self._row.addWidget(action)
        self._row.addStretch(1)
        self._buttons.setVisible(bool(actions))
        layout.addWidget(self._buttons)
        self.hide()

    def say(self, tone: Tone, what: str, do: str = "") -> None:
        """Show a statement; a screen reader speaks it."""
        set_property(self, "banner", tone.value)
        self._title.setText(f"{SHAPES[tone]} {what}" if SHAPES[tone] else what)
        self._title.set_tone(tone)
        self._body.setText(do)
        self._body.setVisible(bool(do))
        self.setAccessibleName(f"{what} {do}".strip())
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def explain(self, explanation: Explanation, tone: Tone = Tone.DANGER) -> None:
        """Show the text of a code."""
        self.say(tone, explanation.what, explanation.do)

    def silence(self) -> None:
        """Say nothing, and keep nothing."""
        self.hide()
        self._title.clear()
        self._body.clear()
        self.setAccessibleName("")
