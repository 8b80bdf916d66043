# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lines in place of dialogs: what happened, what to do, and the buttons to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.viewmodels.marks import SHAPES
from app.window.views.components.layouts import FlowLayout
from app.window.views.components.texts import Text, set_property

if TYPE_CHECKING:
    from app.window.i18n.errors import Explanation


class Banner(QFrame):
    """A tinted box with a heading, a sentence and buttons; hidden until it has something to say.

    Signals:
        said(): it says something; a page that scrolls may want to bring it into sight.
        fallen_silent(): it says nothing any more.
    """

    said = Signal()
    fallen_silent = Signal()

    def __init__(self, *actions: QWidget, is_flat: bool = False) -> None:
        super().__init__()
        self._title = Text("", Role.HEAD, wraps=True)
        self._body = Text("", Role.SECONDARY, wraps=True, is_selectable=True)
        self._body.setProperty("role", "text")
        texts = QVBoxLayout()
        texts.setSpacing(6)
        texts.addWidget(self._title)
        texts.addWidget(self._body)
        self._buttons = QWidget()
        row = QHBoxLayout() if is_flat else FlowLayout(8)
        row.setSpacing(8)
        row.setContentsMargins(0, 0, 0, 0)
        for action in actions:
            row.addWidget(action)
        self._buttons.setLayout(row)
        if not actions:
            # Showing what has no parent yet would open a window of its own for a moment.
            self._buttons.hide()
        # A flat one has its buttons beside the text and takes less of what is below it.
        layout = QHBoxLayout(self) if is_flat else QVBoxLayout(self)
        layout.setContentsMargins(20, 10 if is_flat else 16, 20, 10 if is_flat else 16)
        layout.setSpacing(20 if is_flat else 6)
        layout.addLayout(texts, 1)
        if is_flat:
            texts.setSpacing(2)
        elif actions:
            layout.addSpacing(8)
        layout.addWidget(self._buttons)
        self.hide()

    @property
    def is_speaking(self) -> bool:
        """Whether it has something to say, shown or not yet."""
        return not self.isHidden()

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
        self.said.emit()

    def explain(self, explanation: Explanation, tone: Tone = Tone.DANGER) -> None:
        """Show the text of a code."""
        self.say(tone, explanation.what, explanation.do)

    def silence(self) -> None:
        """Say nothing, and keep nothing."""
        self.hide()
        self._title.clear()
        self._body.clear()
        self.setAccessibleName("")
        self.fallen_silent.emit()
