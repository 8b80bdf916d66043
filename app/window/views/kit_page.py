# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page that brings the recovery kit onto paper: print it, read one group from it, done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.theme.tokens import FORM_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import InlineButton, LinkButton, PrimaryButton
from app.window.views.components.fields import CodeField
from app.window.views.components.layouts import Card, Column, FlowLayout, clear
from app.window.views.components.texts import Text, set_property
from app.window.views.paper import PaperButtons
from app.window.views.registration import STEPS
from app.window.views.unlock import PRODUCT, busy_bar, menu_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMenu

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.paper_kit import PaperKit

GROUP_SIGNS = 5


class KitPage(QWidget):
    """The code first; then, with the code out of sight, one group of it from the paper."""

    def __init__(self, kit: PaperKit, around: Surroundings, menu: QMenu) -> None:
        super().__init__()
        self._kit = kit
        self._around = around
        self.place = Text("", Role.SMALL)
        self.note = Text("", Role.SECONDARY, wraps=True)
        self.groups = QWidget()
        self._flow = FlowLayout(18)
        self.groups.setLayout(self._flow)
        self.paper = PaperButtons(
            around,
            title=self.tr("{product}: recovery kit").format(product=PRODUCT),
            file_name=self.tr("recovery kit.pdf"),
            ask=self._ask_for_page,
        )
        self.on_paper = PrimaryButton(self.tr("It is on paper"))
        self.code = CodeField(
            self.tr("A group from your paper"), length=GROUP_SIGNS, is_number=False
        )
        self.confirm = PrimaryButton(self.tr("Confirm"))
        self.again = InlineButton(self.tr("Show the page again"))
        self.later = LinkButton(self.tr("Later"))
        self.banner = Banner()
        self.progress = busy_bar(self.tr("One moment"))
        self.sheet_card = Card()
        self.check_card = Card()
        self._lay_out(menu)
        self.on_paper.clicked.connect(lambda: self._turn_to(is_checking=True))
        self.again.clicked.connect(lambda: self._turn_to(is_checking=False))
        self.confirm.clicked.connect(self._confirm)
        self.code.edit.returnPressed.connect(self._confirm)
        self.later.clicked.connect(kit.leave)
        kit.sheet_changed.connect(self._show)
        kit.busy_changed.connect(self._set_busy)
        kit.failed.connect(self._fail)
        self._show()
        self.progress.hide()

    def appear(self) -> None:
        """Begin with what one should do."""
        self.paper.print.setFocus()

    def forget(self) -> None:
        """Keep nothing of the code."""
        clear(self._flow)
        self.code.forget()
        self.paper.forget()
        self.banner.silence()
        self.note.clear()

    def _lay_out(self, menu: QMenu) -> None:
        column = Column(width=self._around.theme.space(FORM_WIDTH + 40), margin=24, is_centred=True)
        content = column.content
        content.setSpacing(16)
        content.addWidget(self.place)
        content.addWidget(Text(self.tr("Your recovery kit"), Role.TITLE, wraps=True))
        content.addWidget(
            Text(
                self.tr(
                    "Should this computer be lost, stolen or broken, this page and your passphrase bring "
                    "your account back, on another one. Nobody else can: neither we nor your relay. Keep "
                    "it on paper, in a safe place and not beside the computer."
                ),
                Role.TEXT,
                wraps=True,
            )
        )
        content.addWidget(self.note)
        self._lay_out_sheet()
        self._lay_out_check()
        content.addWidget(self.banner)
        content.addWidget(self.progress)
        content.addWidget(self.sheet_card)
        content.addWidget(self.check_card)
        foot = FlowLayout(8)
        for button in (self.on_paper, self.confirm, self.later):
            foot.addWidget(button)
        content.addLayout(foot)
        content.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(menu_bar(menu, self._around))
        layout.addWidget(column)
        self._column = column

    def _lay_out_sheet(self) -> None:
        column = QVBoxLayout(self.sheet_card)
        column.setContentsMargins(20, 16, 20, 20)
        column.setSpacing(14)
        column.addWidget(Text(self.tr("1. Put it on paper"), Role.HEAD))
        column.addWidget(self.groups)
        column.addWidget(self.paper)
        letters = Text(
            self.tr(
                "It does not bring back letters: those come back from a backup on another disk."
            ),
            Role.SECONDARY,
            wraps=True,
        )
        column.addWidget(letters)

    def _lay_out_check(self) -> None:
        column = QVBoxLayout(self.check_card)
        column.setContentsMargins(20, 16, 20, 20)
        column.setSpacing(14)
        column.addWidget(Text(self.tr("2. Read one group from it"), Role.HEAD))
        column.addWidget(
            Text(
                self.tr(
                    "So you know that the paper can be read. The code is then erased on this computer."
                ),
                Role.TEXT,
                wraps=True,
            )
        )
        column.addWidget(self.code)
        row = QHBoxLayout()
        row.addWidget(self.again)
        row.addStretch(1)
        column.addLayout(row)

    def _show(self) -> None:
        sheet = self._kit.sheet
        self.forget()
        self.place.setVisible(self._kit.is_first_run)
        self.place.setText(self.tr("Step {n} of {all}").format(n=STEPS, all=STEPS))
        self._turn_to(is_checking=False)
        self.on_paper.setEnabled(sheet is not None)
        self.paper.setEnabled(sheet is not None)
        self.note.setVisible(sheet is not None and sheet.counts_at is not None)
        if sheet is None:
            return
        if sheet.counts_at is not None:
            when = self._around.formats.day(sheet.counts_at)
            self.note.setText(
                self.tr(
                    "This new kit counts from {date}. Until then your old one still does, and can call "
                    "this one off."
                ).format(date=when)
            )
        for number, group in enumerate(sheet.groups, 1):
            self._flow.addWidget(_cell(number, group))
        question = self.tr("Group {n} on your paper").format(n=sheet.asked_group)
        self.code.ask(question)
        # It could not take the keyboard before there was something to print.
        self.paper.print.setFocus()

    def _turn_to(self, *, is_checking: bool) -> None:
        for widget in (self.sheet_card, self.on_paper):
            widget.setVisible(not is_checking)
        for other in (self.check_card, self.confirm):
            other.setVisible(is_checking)
        self.code.forget()
        self.banner.silence()
        if is_checking:
            self.code.edit.setFocus()

    def _confirm(self) -> None:
        if not self.code.is_complete:
            self.code.set_wrong(self.tr("A group has five letters and digits."))
            self.code.edit.setFocus()
            return
        self.code.set_wrong("")
        self._kit.confirm(self.code.code)

    def _fail(self, failure: Failure, detail: str) -> None:
        if not self.isVisible():
            return
        explanation = self._around.errors.failure(failure, detail)
        if failure is Failure.KIT_GROUP_WRONG:
            self.code.set_wrong(f"{explanation.what} {explanation.do}")
            self.code.edit.setFocus()
        elif failure is Failure.KIT_GONE:
            # Another window, or the command line, has confirmed it meanwhile.
            self._kit.leave()
        else:
            self.banner.explain(explanation, Tone.WARNING)

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self.progress.setVisible(is_busy)
        self.confirm.setEnabled(not is_busy)

    def _ask_for_page(self, take: Callable[[bytes], None]) -> None:
        self._kit.print_sheet(self._around.word_language, take)


def _cell(number: int, group: str) -> QWidget:
    cell = QWidget()
    row = QGridLayout(cell)
    row.setContentsMargins(0, 4, 0, 4)
    row.setHorizontalSpacing(8)
    row.addWidget(Text(str(number), Role.SMALL), 0, 0, Qt.AlignmentFlag.AlignRight)
    text = Text(group, Role.TEXT, is_selectable=True)
    set_property(text, "mono", "true")
    row.addWidget(text, 0, 1)
    row.setColumnMinimumWidth(0, 18)
    return cell
