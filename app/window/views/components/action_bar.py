# SPDX-License-Identifier: AGPL-3.0-or-later
"""A row of buttons for actions; those for which there is no room are in a menu at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from app.window.theme.icons import Icon
from app.window.views.components.buttons import Button, IconButton, LinkButton, PrimaryButton, tint
from app.window.views.components.texts import plain_tip

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QResizeEvent, QShowEvent

    from app.window.surroundings import Surroundings

GAP: Final = 8


def follow(button: Button, action: QAction) -> None:
    """Let a button press an action, and be called, marked and able as the action is."""

    def show() -> None:
        if not shiboken6.isValid(button):
            # Both go with their window, in no certain order.
            return
        if button.text():
            button.setText(action.text().replace("&", "&&"))
        button.setAccessibleName(action.text())
        button.setToolTip(plain_tip(action.toolTip()))
        button.setEnabled(action.isEnabled())
        button.setCheckable(action.isCheckable())
        button.setChecked(action.isChecked())

    show()
    action.changed.connect(show)
    button.clicked.connect(lambda _=False: action.trigger())


class ActionBar(QWidget):
    """Shows as many of its actions as there is room for, the most used ones first."""

    def __init__(self, around: Surroundings, *first: QWidget) -> None:
        super().__init__()
        self._around = around
        self._first = first
        self._shown: list[tuple[QAction, Button, int]] = []
        self._kept: list[QAction] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self._row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        for widget in first:
            self._row.addWidget(widget)
        self.more = IconButton(Icon.MENU, self.tr("More"), around.theme)
        self.menu = QMenu(self)
        self.menu.setAccessibleName(self.tr("More"))
        self.menu.aboutToShow.connect(self._fill_menu)
        self.more.setMenu(self.menu)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def add(self, action: QAction, *, rank: int, button: Button | None = None) -> Button:
        """Add a button for an action; the lower its rank, the longer it stays when room gets scarce."""
        made = button or Button(action.text())
        follow(made, action)
        self._shown.append((action, made, rank))
        self._row.addWidget(made)
        action.changed.connect(self.arrange)
        return made

    def add_primary(self, action: QAction) -> Button:
        """Add the one thing to do."""
        return self.add(action, rank=0, button=PrimaryButton(action.text()))

    def add_link(self, action: QAction, *, rank: int) -> Button:
        """Add something without a frame."""
        return self.add(action, rank=rank, button=LinkButton(action.text()))

    def add_icon(self, action: QAction, name: Icon, *, rank: int) -> Button:
        """Add an icon, the word of which is its tool tip."""
        made = IconButton(name, action.text(), self._around.theme)
        tint(made, name, self._around.theme, "text")
        return self.add(action, rank=rank, button=made)

    def add_to_menu(self, action: QAction) -> None:
        """Add something that only the menu has."""
        self._kept.append(action)

    def add_stretch(self) -> None:
        """Push what follows to the right."""
        self._row.addStretch(1)

    def finish(self) -> None:
        """Put the menu behind what was added."""
        self._row.addWidget(self.more)
        self.arrange()

    def sizeHint(self) -> QSize:
        """Return the height of the highest button."""
        buttons = [button for _, button, _ in self._shown]
        height = max((each.sizeHint().height() for each in (*buttons, self.more)), default=0)
        return QSize(self.minimumSizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt calls it
        """Return room for the first button and the menu."""
        first = self._shown[0][1].sizeHint() if self._shown else QSize()
        return QSize(first.width() + GAP + self.more.sizeHint().width(), first.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many buttons as fit now."""
        super().resizeEvent(event)
        self.arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Measure what was hidden when it was laid out."""
        super().showEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Show as many buttons as fit now."""
        if not shiboken6.isValid(self):
            return
        room = self.width() - self.more.sizeHint().width()
        for widget in self._first:
            if not widget.isHidden():
                room -= widget.sizeHint().width() + GAP
        has_menu = any(action.isVisible() for action in self._kept)
        left_out = False
        by_rank = sorted(self._shown, key=lambda each: each[2])
        for number, (action, button, _) in enumerate(by_rank):
            room -= button.sizeHint().width() + GAP if action.isVisible() else 0
            fits = number == 0 or (room >= 0 and not left_out)
            left_out = left_out or (action.isVisible() and not fits)
            is_shown = action.isVisible() and fits
            if button.isHidden() is is_shown:
                button.setVisible(is_shown)
        self.more.setVisible(has_menu or left_out)

    def _fill_menu(self) -> None:
        self.menu.clear()
        left_out = [action for action, button, _ in self._shown if button.isHidden()]
        for action in (*left_out, *self._kept):
            if action.isVisible():
                self.menu.addAction(action)


def hidden_from_tab(button: Button) -> Button:
    """Return a button that the pointer alone uses: its action has keys of its own."""
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
