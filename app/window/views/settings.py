# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person can choose about this computer; for now its security."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from app.window.preferences import IDLE_MINUTES, LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES
from app.window.theme.tokens import CARD_WIDTH
from app.window.theme.typography import Role
from app.window.views.components.buttons import Button
from app.window.views.components.layouts import Card, Column
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from app.window.surroundings import Surroundings


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
        ways_in: QWidget | None = None,
    ) -> None:
        """Show the choices; `ways_in` is there while the mailbox is open."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(around.theme.space(CARD_WIDTH), around.theme.space(640 if ways_in else 430))
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
        self._lay_out(around, ways_in, is_bound_to_os=is_bound_to_os)
        self.minutes.valueChanged.connect(self.minutes_chosen)
        self.shut.clicked.connect(self.accept)
        self.minutes.setFocus()

    def _lay_out(
        self, around: Surroundings, ways_in: QWidget | None, *, is_bound_to_os: bool
    ) -> None:
        column = Column(width=around.theme.space(CARD_WIDTH), margin=24, is_centred=False)
        content = column.content
        content.addWidget(Text(self.tr("Security"), Role.TITLE))
        content.addWidget(self._lock_card())
        content.addWidget(self._keyring_card(is_bound_to_os=is_bound_to_os))
        if ways_in is not None:
            content.addWidget(ways_in)
        content.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.addWidget(self.shut)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column, 1)
        layout.addLayout(foot)

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
