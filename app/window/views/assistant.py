# SPDX-License-Identifier: AGPL-3.0-or-later
"""A way of several questions, one at a time, with the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.window.theme.tokens import FORM_WIDTH
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import LinkButton, PrimaryButton
from app.window.views.components.layouts import Column, FlowLayout
from app.window.views.components.texts import Text
from app.window.views.unlock import busy_bar, menu_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QMenu

    from app.window.surroundings import Surroundings
    from app.window.views.registration_steps import Step


class Assistant(QWidget):
    """Shows one step at a time; what follows a step, its subclass knows.

    Signals:
        left(): back from the first step.
    """

    left = Signal()

    def __init__(
        self, around: Surroundings, menu: QMenu, steps: Sequence[Step], total: int
    ) -> None:
        super().__init__()
        self.around = around
        self.steps = tuple(steps)
        self.total = total
        self.number = 0
        self._place = Text("", Role.SMALL)
        self._title = Text("", Role.TITLE, wraps=True)
        self._why = Text("", Role.TEXT, wraps=True)
        self.banner = Banner()
        self.progress = busy_bar(self.tr("One moment"))
        self.next = PrimaryButton(self.tr("Continue"))
        self.back = LinkButton(self.tr("Back"))
        self.progress.hide()
        column = Column(width=around.theme.space(FORM_WIDTH), margin=24, is_centred=True)
        content = column.content
        content.setSpacing(16)
        content.addSpacing(24)
        for widget in (
            self._place,
            self._title,
            self._why,
            *self.steps,
            self.banner,
            self.progress,
        ):
            content.addWidget(widget)
        buttons = FlowLayout(8)
        for button in (self.next, self.back):
            buttons.addWidget(button)
        content.addLayout(buttons)
        content.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(menu_bar(menu, around))
        layout.addWidget(column)
        self.column = column
        for step in self.steps:
            step.finished.connect(self.go_on)
        self.next.clicked.connect(self.go_on)
        self.back.clicked.connect(self.go_back)

    @property
    def step(self) -> Step:
        """The question that is asked."""
        return self.steps[self.number]

    def turn_to(self, number: int) -> None:
        """Ask a question."""
        step = self.steps[number]
        self.number = number
        for other in self.steps:
            other.setVisible(other is step)
        self._place.setText(self.tr("Step {n} of {all}").format(n=number + 1, all=self.total))
        self._title.setText(step.title)
        self._why.setText(step.why)
        self.banner.silence()
        step.first().setFocus()

    def go_on(self) -> None:
        """Take the next step, unless something of this one is missing."""
        wrong = self.step.check()
        if wrong is not None:
            wrong.setFocus()
            self.column.ensureWidgetVisible(wrong)
        else:
            self.banner.silence()
            self.advance()

    def go_back(self) -> None:
        """Take the step before."""
        if self.number:
            self.turn_to(self.number - 1)
        else:
            self.left.emit()

    def advance(self) -> None:
        """Do what follows a step that is complete."""
        self.turn_to(self.number + 1)

    def set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        """Show that something is under way, and take no answers meanwhile."""
        self.progress.setVisible(is_busy)
        for widget in (self.next, self.back, *self.steps):
            widget.setEnabled(not is_busy)
