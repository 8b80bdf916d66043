# SPDX-License-Identifier: AGPL-3.0-or-later
"""The accounts to choose from: below the places, or in a line where there are no places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.window.shortcuts import account_key, hint
from app.window.theme.typography import Role
from app.window.views.components.layouts import FlowLayout, clear
from app.window.views.components.texts import Text, plain_tip, show_if

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.accounts import AccountList, AccountRow

_LEAST: Final = 100
_IN_LINE: Final = 240
_SIDE: Final = 10


class AccountButton(QPushButton):
    """One account: what it is called, who one is there or that it is locked, and how much is unread."""

    def __init__(
        self, row: AccountRow, around: Surroundings, *, is_shown: bool, is_line: bool
    ) -> None:
        super().__init__()
        self._is_line = is_line
        self.number = row.number
        self._row = row
        self._around = around
        self._below = row.person if row.is_open else self.tr("Locked")
        self.setCheckable(True)
        self.setChecked(is_shown)
        self.setAutoDefault(False)
        self.setProperty("kind", "place")
        across = QSizePolicy.Policy.Fixed if is_line else QSizePolicy.Policy.Expanding
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        spoken = [row.name, self._below]
        if row.unread:
            spoken.append(around.words.unread(row.unread))
        if is_shown:
            spoken.append(self.tr("shown now"))
        self.setAccessibleName(", ".join(filter(None, spoken)))
        tip = f"{row.name}, {self._below}" if self._below else row.name
        self.setToolTip(plain_tip(hint(tip, account_key(row.number))))

    def nextCheckState(self) -> None:  # noqa: N802 - Qt calls it
        """Leave the mark alone: it moves when the account is shown."""

    def sizeHint(self) -> QSize:
        """Return room for two lines; in a line of accounts as wide as the texts, up to a bound."""
        theme = self._around.theme
        name, below = (QFontMetrics(theme.font(role)) for role in (Role.STRONG, Role.SMALL))
        width = theme.space(_LEAST)
        if self._is_line:
            wanted = max(
                name.horizontalAdvance(self._row.name), below.horizontalAdvance(self._below)
            )
            width = min(max(width, wanted + theme.space(56)), theme.space(_IN_LINE))
        return QSize(width, name.height() + below.height() + theme.space(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, then its lines, shortened where there is no room, and the number at the end."""
        super().paintEvent(event)
        theme, row = self._around.theme, self._row
        painter = QPainter(self)
        side = theme.space(_SIDE)
        area = self.rect().adjusted(side, theme.space(5), -side, -theme.space(5))
        if row.unread:
            number = self._around.formats.number(row.unread)
            font = theme.font(Role.SMALL)
            font.setWeight(font.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(theme.colour("accent"))
            painter.drawText(
                area, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), number
            )
            taken = QFontMetrics(font).horizontalAdvance(number) + theme.space(8)
            area.setRight(area.right() - taken)
        role = Role.STRONG if self.isChecked() else Role.TEXT
        height = QFontMetrics(theme.font(Role.STRONG)).height()
        self._line(painter, area, row.name, role, "text")
        self._line(painter, area.adjusted(0, height, 0, 0), self._below, Role.SMALL, "secondary")
        painter.end()

    def _line(self, painter: QPainter, area: QRect, text: str, role: Role, colour: str) -> None:
        font = self._around.theme.font(role)
        painter.setFont(font)
        painter.setPen(self._around.theme.colour(colour))
        fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), fitting)


class AccountSwitch(QWidget):
    """A button for each account; hidden while there is one only."""

    def __init__(self, accounts: AccountList, around: Surroundings, *, is_line: bool) -> None:
        super().__init__()
        self._accounts = accounts
        self._around = around
        self._is_line = is_line
        self.buttons: dict[int, AccountButton] = {}
        self._row = FlowLayout(4) if is_line else QVBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        heading = Text(self.tr("Accounts"), Role.BADGE)
        if is_line:
            heading.hide()
            line = QHBoxLayout(self)
            line.setContentsMargins(14, 10, 14, 0)
            line.addLayout(self._row, 1)
        else:
            heading.setContentsMargins(10, 16, 0, 4)
            column = QVBoxLayout(self)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(heading)
            column.addLayout(self._row)
        accounts.changed.connect(self._show)
        self._shown_rows: tuple[object, ...] = ()
        self._show()

    def _show(self) -> None:
        accounts = self._accounts
        rows = accounts.rows if accounts.is_several else ()
        present = (rows, accounts.shown)
        if present == self._shown_rows:
            return
        self._shown_rows = present
        had_keyboard = any(button.hasFocus() for button in self.buttons.values())
        clear(self._row)
        self.buttons = {}
        for row in rows:
            button = AccountButton(
                row, self._around, is_shown=row.number == accounts.shown, is_line=self._is_line
            )
            button.clicked.connect(lambda _=False, number=row.number: accounts.turn_to(number))
            self.buttons[row.number] = button
            self._row.addWidget(button)
        if had_keyboard and accounts.shown in self.buttons:
            self.buttons[accounts.shown].setFocus()
        show_if(self, is_wanted=bool(rows))
