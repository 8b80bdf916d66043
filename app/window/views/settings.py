# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person can choose, in sections: the window, notices, the lock; with an open mailbox all that is the account's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar, cast, runtime_checkable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.window.preferences import IDLE_MINUTES, LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES
from app.window.theme.tokens import CARD_WIDTH, NAVIGATION_WIDTH
from app.window.theme.typography import Role
from app.window.views.components.buttons import Button
from app.window.views.components.layouts import Card, Column, FlowLayout
from app.window.views.components.rooms import resize_within, room_for
from app.window.views.components.texts import Rule, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.window.surroundings import Surroundings

Page = TypeVar("Page", bound=QWidget)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A page of the settings: its name, what kind of page it is, and how it is made when somebody goes there."""

    name: str
    kind: type[QWidget]
    make: Callable[[], QWidget]


@runtime_checkable
class Forgetful(Protocol):
    """A page where something can be typed that is not to stay."""

    def forget(self) -> None:
        """Keep nothing of what was typed."""


class SettingsDialog(QDialog):
    """Each choice is in force as soon as it is made.

    Signals:
        minutes_chosen(int): when to lock by itself.
    """

    minutes_chosen = Signal(int)

    def __init__(
        self,
        around: Surroundings,
        parent: QWidget,
        *,
        idle_minutes: int,
        is_bound_to_os: bool,
        first: Sequence[Section] = (),
        sections: Sequence[Section] = (),
    ) -> None:
        """Show the choices; `first` stand above the lock's, `sections` below it."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._around = around
        width = around.theme.space(CARD_WIDTH + 80)
        beside = width + around.theme.space(NAVIGATION_WIDTH)
        # With large texts there is no room at the side: the names of the sections stand above then.
        room = room_for(self).width()
        self._is_beside = beside <= room
        resize_within(self, beside if self._is_beside else width, around.theme.space(640))
        self.minutes = QSpinBox()
        self.minutes.setRange(LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES)
        self.minutes.setValue(idle_minutes)
        self.minutes.setSuffix(self.tr(" min"))
        self.minutes.setAccessibleName(self.tr("Minutes without a key or the mouse"))
        self.minutes.setToolTip(
            self.tr("From {least} to {most} minutes; usually {usual}").format(
                least=LEAST_IDLE_MINUTES, most=MOST_IDLE_MINUTES, usual=IDLE_MINUTES
            )
        )
        self.minutes.setMinimumHeight(around.theme.space(34))
        self.shut = Button(self.tr("Close"))
        lock = Section(
            name=self.tr("Locking"),
            kind=QWidget,
            make=lambda: self._lock_page(is_bound_to_os=is_bound_to_os),
        )
        self._sections = (*first, lock, *sections)
        self._pages: dict[int, QWidget] = {}
        """Those that somebody has gone to: all at once would keep the window waiting."""
        self.ways: list[QPushButton] = []
        self._lay_out()
        self.minutes.valueChanged.connect(self.minutes_chosen)
        self.shut.clicked.connect(self.accept)
        self.turn_to(0)

    def turn_to(self, number: int) -> None:
        """Show a section; what was typed in another one is forgotten."""
        if number not in self._pages:
            self._pages[number] = self._sections[number].make()
            self._room.addWidget(self._pages[number])
        for place, page in self._pages.items():
            page.setVisible(place == number)
            if place != number and isinstance(page, Forgetful):
                page.forget()
        self.ways[number].setChecked(True)
        self.ways[number].setFocus()
        self.title.setText(self._sections[number].name)
        self._column.verticalScrollBar().setValue(0)

    @property
    def section(self) -> int:
        """The number of the section that is shown."""
        return next(number for number, way in enumerate(self.ways) if way.isChecked())

    def show_page_of(self, kind: type[Page]) -> Page:
        """Show the section whose page is of a kind, and return the page."""
        kinds = [section.kind for section in self._sections]
        self.turn_to(kinds.index(kind))
        return cast("Page", self._pages[self.section])

    def done(self, result: int) -> None:
        """Close, and keep nothing of what was typed."""
        for page in self._pages.values():
            if isinstance(page, Forgetful):
                page.forget()
        super().done(result)

    def _lay_out(self) -> None:
        width = self._around.theme.space(CARD_WIDTH + 20)
        column = Column(width=width, margin=24, is_centred=False)
        self._column = column
        content = column.content
        self.title = Text("", Role.TITLE)
        self._room = QVBoxLayout()
        ways = self._switch()
        if not self._is_beside:
            content.addLayout(ways)
        content.addWidget(self.title)
        content.addLayout(self._room)
        content.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.addWidget(self.shut)
        foot.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(column, 1)
        right.addLayout(foot)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if self._is_beside:
            layout.addLayout(ways)
            layout.addWidget(Rule(is_vertical=True))
        layout.addLayout(right, 1)

    def _switch(self) -> QLayout:
        """Return one button for each section, of which one is pressed."""
        group = QButtonGroup(self)
        for number, section in enumerate(self._sections):
            button = Button(section.name)
            button.setProperty("kind", "place" if self._is_beside else "tab")
            button.setCheckable(True)
            group.addButton(button)
            button.clicked.connect(lambda _=False, number=number: self.turn_to(number))
            self.ways.append(button)
        if not self._is_beside:
            row = FlowLayout(4)
            for way in self.ways:
                row.addWidget(way)
            return row
        places = QVBoxLayout()
        places.setContentsMargins(12, 20, 12, 12)
        places.setSpacing(4)
        for way in self.ways:
            way.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            way.setMinimumWidth(self._around.theme.space(NAVIGATION_WIDTH - 24))
            places.addWidget(way)
        places.addStretch(1)
        return places

    def _lock_page(self, *, is_bound_to_os: bool) -> QWidget:
        page = QWidget()
        here = QVBoxLayout(page)
        here.setContentsMargins(0, 0, 0, 0)
        here.setSpacing(12)
        here.addWidget(self._lock_card())
        here.addWidget(self._keyring_card(is_bound_to_os=is_bound_to_os))
        return page

    def _lock_card(self) -> QWidget:
        card = Card()
        content = _column_in(card)
        question = Text(self.tr("Lock after"), Role.STRONG)
        question.setBuddy(self.minutes)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(question)
        row.addWidget(self.minutes)
        row.addWidget(Text(self.tr("without a key or the mouse"), Role.TEXT, wraps=True), 1)
        content.addLayout(row)
        content.addWidget(
            Text(
                self.tr(
                    "Also when the computer goes to sleep or its session is locked, and whenever you "
                    "press Ctrl+L. A letter that you are writing is kept and comes back."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        return card

    def _keyring_card(self, *, is_bound_to_os: bool) -> QWidget:
        card = Card()
        content = _column_in(card)
        if is_bound_to_os:
            what = self.tr("✓ This computer's keyring protects too")
            why = self.tr(
                "Your mail opens with two things: your passphrase, and a secret that this computer "
                "keeps for your session. Copied files alone cannot be tried out elsewhere."
            )
        else:
            what = self.tr("△ Your passphrase alone protects")
            why = self.tr(
                "When this account was created, the computer had no keyring that encrypts. Whoever "
                "copies the files can try passphrases: yours should be long."
            )
        content.addWidget(Text(what, Role.STRONG, wraps=True))
        content.addWidget(Text(why, Role.SECONDARY, wraps=True))
        return card


def _column_in(card: Card) -> QVBoxLayout:
    column = QVBoxLayout(card)
    column.setContentsMargins(20, 16, 20, 16)
    column.setSpacing(8)
    return column
