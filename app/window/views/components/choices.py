# SPDX-License-Identifier: AGPL-3.0-or-later
"""One of a few, side by side: what is chosen is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtWidgets import QButtonGroup, QWidget

from app.window.views.components.buttons import Button
from app.window.views.components.layouts import FlowLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = TypeVar("Value")


class Choices(QWidget, Generic[Value]):
    """Buttons of which exactly one is pressed; arrows go from one to the next."""

    def __init__(
        self,
        question: str,
        names: Mapping[Value, str],
        chosen: Value,
        choose: Callable[[Value], None],
    ) -> None:
        super().__init__()
        self.setAccessibleName(question)
        self._group = QButtonGroup(self)
        self.buttons: dict[Value, Button] = {}
        row = FlowLayout(8)
        self.setLayout(row)
        for value, name in names.items():
            button = Button(name)
            button.setProperty("kind", "choice")
            button.setCheckable(True)
            button.setChecked(value == chosen)
            button.setAccessibleDescription(question)
            button.clicked.connect(lambda _=False, value=value: choose(value))
            self._group.addButton(button)
            self.buttons[value] = button
            row.addWidget(button)
