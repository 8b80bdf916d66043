# SPDX-License-Identifier: AGPL-3.0-or-later
"""The help: a page at a time, beside the mail; its last page is the map of the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QSizePolicy,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.profiles import FIRST, MOST
from app.window.help.pages import HelpPage, help_pages
from app.window.shortcuts import GROUPS, Group, ShortcutNames, account_key, shown
from app.window.theme.tokens import NAVIGATION_WIDTH
from app.window.theme.typography import Role
from app.window.views.components.buttons import Button
from app.window.views.components.layouts import FlowLayout
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Rule, Text

if TYPE_CHECKING:
    from app.window.shortcuts import Shortcut
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.accounts import AccountList

_WIDTH: Final = 860
_HEIGHT: Final = 640
_HEADINGS: Final = {1: Role.TITLE, 2: Role.HEAD}


class HelpWindow(QDialog):
    """Stays open beside the mail, and asks nothing of the network: every page came with the program."""

    def __init__(self, around: Surroundings, parent: QWidget, accounts: AccountList) -> None:
        super().__init__(parent)
        self._around = around
        self._accounts = accounts
        self.setWindowTitle(self.tr("Help"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme = around.theme
        resize_within(self, theme.space(_WIDTH), theme.space(_HEIGHT))
        pages = help_pages(is_french=around.formats.is_french)
        self.pages = (*pages, self._keyboard(pages[-1].number + 1))
        self.titles: list[QPushButton] = []
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setProperty("help", "true")
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.document().setDocumentMargin(theme.space(28))
        self.shut = Button(self.tr("Close"))
        self.shut.clicked.connect(self.close)
        self._lay_out()
        theme.changed.connect(self._paint)
        self._page = 0
        self.turn_to(pages[0].number)

    def turn_to(self, number: int) -> None:
        """Show a page by its number, which is the same in either language."""
        position = next(at for at, page in enumerate(self.pages) if page.number == number)
        self._page = position
        self.titles[position].setChecked(True)
        self.titles[position].setFocus()
        self._paint()

    def _lay_out(self) -> None:
        # With large texts there is no room at the side: the titles stand above then.
        is_beside = self.width() >= self._around.theme.space(_WIDTH)
        group = QButtonGroup(self)
        for page in self.pages:
            button = Button(page.title)
            button.setProperty("kind", "place" if is_beside else "tab")
            button.setCheckable(True)
            button.setToolTip(page.title)
            button.clicked.connect(lambda _=False, number=page.number: self.turn_to(number))
            group.addButton(button)
            self.titles.append(button)
        row = QHBoxLayout() if is_beside else QVBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._beside() if is_beside else self._above())
        row.addWidget(Rule(is_vertical=is_beside))
        row.addWidget(self.text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row, 1)
        if not is_beside:
            foot = QHBoxLayout()
            foot.setContentsMargins(12, 12, 12, 12)
            foot.addWidget(self.shut)
            foot.addStretch(1)
            layout.addWidget(Rule())
            layout.addLayout(foot)

    def _beside(self) -> QLayout:
        places = QVBoxLayout()
        places.setContentsMargins(12, 20, 12, 12)
        places.setSpacing(4)
        heading = Text(self.tr("Help"), Role.SMALL)
        heading.setContentsMargins(10, 0, 0, 4)
        places.addWidget(heading)
        for button in self.titles:
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(self._around.theme.space(NAVIGATION_WIDTH + 40))
            places.addWidget(button)
        places.addStretch(1)
        places.addWidget(self.shut)
        return places

    def _above(self) -> QLayout:
        places = FlowLayout(4)
        for button in self.titles:
            places.addWidget(button)
        margins = QVBoxLayout()
        margins.setContentsMargins(12, 12, 12, 12)
        margins.addLayout(places)
        return margins

    def _paint(self) -> None:
        """Set the page in the type and colours of the moment."""
        theme = self._around.theme
        page = self.pages[self._page]
        document = self.text.document()
        document.setDefaultFont(theme.font(Role.TEXT))
        document.setMarkdown(page.text)
        self.text.setAccessibleName(page.title)
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        block = document.begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            cursor.setPosition(block.position())
            spacing = QTextBlockFormat()
            spacing.setTopMargin(theme.space(18 if level > 1 else 0))
            spacing.setBottomMargin(theme.space(10 if block.textList() is None else 6))
            spacing.setLineHeight(135, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            cursor.mergeBlockFormat(spacing)
            if level in _HEADINGS:
                cursor.movePosition(
                    QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor
                )
                heading = QTextCharFormat()
                heading.setFont(theme.font(_HEADINGS[level]))
                cursor.mergeCharFormat(heading)
            block = block.next()
        cursor.endEditBlock()
        self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def _keyboard(self, number: int) -> HelpPage:
        """Return the map of the keys, out of the one table that menus and tool tips read."""
        names = ShortcutNames()
        title = self.tr("Keyboard")
        lines = [f"# {title}", ""]
        groups: dict[Group, tuple[Shortcut, ...]] = {
            name: keys for name, keys in GROUPS.items() if name is not Group.ACCOUNTS
        }
        if self._accounts.is_several:
            groups[Group.ACCOUNTS] = self._of_accounts()
        for group, shortcuts in groups.items():
            lines += [f"## {names.group(group)}", ""]
            lines += [f"- **{shown(each)}**\u2003{names.name(each)}" for each in shortcuts]
            lines.append("")
        return HelpPage(number=number, title=title, text="\n".join(lines))

    def _of_accounts(self) -> tuple[Shortcut, ...]:
        """Return the keys that lead from one account to another; those of numbers that are not there are left out."""
        present = {account_key(row.number) for row in self._accounts.rows}
        everyone = {account_key(number) for number in range(FIRST, MOST + 1)}
        return tuple(each for each in GROUPS[Group.ACCOUNTS] if each not in everyone - present)
