# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the reading pane shows when several conversations are chosen: how many, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.window.shortcuts import Shortcut, shown
from app.window.theme.icons import Icon
from app.window.theme.typography import Role
from app.window.views.components.action_bar import ActionBar, follow
from app.window.views.components.buttons import Button
from app.window.views.components.layouts import FlowLayout
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from app.window.surroundings import Surroundings
    from app.window.views.letter_actions import LetterActions


class ChosenStrip(QWidget):
    """The same in a narrow window, above the list: there is no room beside it."""

    def __init__(self, actions: LetterActions, around: Surroundings) -> None:
        super().__init__()
        self._count = Text("", Role.STRONG)
        self.bar = ActionBar(around)
        self.bar.add_stretch()
        self.bar.add_icon(actions.flag, Icon.FLAG, rank=0)
        self.bar.add_icon(actions.archive, Icon.ARCHIVE, rank=1)
        self.bar.add_icon(actions.remove, Icon.REMOVE, rank=2)
        for action in (actions.filed, actions.unread, actions.file_under):
            self.bar.add_to_menu(action)
        self.bar.finish()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 8)
        row.setSpacing(12)
        row.addWidget(self._count)
        row.addWidget(self.bar, 1)
        self.hide()

    def show_count(self, count: int) -> None:
        """Say how many conversations are chosen; for fewer than two there is nothing to say."""
        self._count.setText(self.tr("%n chosen", "", count))
        self.setVisible(count > 1)


class ChosenPane(QWidget):
    """The same actions as for one letter, for all of them."""

    def __init__(self, actions: LetterActions, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = Text("", Role.TITLE, wraps=True)
        self._body = Text(
            self.tr("{keys} goes back to one letter.").format(keys=shown(Shortcut.BACK)),
            Role.SECONDARY,
            wraps=True,
        )
        self.buttons: list[Button] = []
        flow = FlowLayout(8)
        for action in (
            actions.filed,
            actions.archive,
            actions.flag,
            actions.unread,
            actions.file_under,
            actions.remove,
        ):
            button = Button(action.text())
            follow(button, action)
            self.buttons.append(button)
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 40, 40, 40)
        column.setSpacing(16)
        column.addWidget(self._title)
        column.addLayout(flow)
        column.addWidget(self._body)
        column.addStretch(1)

    def show_count(self, count: int) -> None:
        """Say how many conversations are chosen."""
        self._title.setText(self.tr("%n conversation(s) chosen", "", count))
