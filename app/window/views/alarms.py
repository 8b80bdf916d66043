# SPDX-License-Identifier: AGPL-3.0-or-later
"""Alarms above everything else, until a person puts each of them away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.interface.snapshots import QUESTIONS, AlarmKind
from app.window.theme.tokens import Tone
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton
from app.window.views.components.layouts import clear

if TYPE_CHECKING:
    from app.interface.events import Alarm
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.standing import Standing


class AlarmStrip(QWidget):
    """One banner per alarm.

    Signals:
        computers_asked(): the list of the owner's computers is wanted.
    """

    computers_asked = Signal()

    def __init__(self, standing: Standing, around: Surroundings) -> None:
        super().__init__()
        self._standing = standing
        self._around = around
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 12)
        self._column.setSpacing(8)
        standing.alarms_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        clear(self._column)
        for alarm in self._standing.alarms:
            self._column.addWidget(self._banner(alarm))
        self.setVisible(bool(self._standing.alarms))

    def _banner(self, alarm: Alarm) -> Banner:
        is_question = alarm.kind in QUESTIONS
        seen = Button(self.tr("It was me") if is_question else self.tr("I have read this"))
        seen.clicked.connect(lambda: self._standing.put_away(alarm))
        copy = LinkButton(self.tr("Copy the details"))
        copy.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(f"{alarm.kind.name} {alarm.detail}".strip())
        )
        actions: list[QWidget] = [seen, copy]
        if alarm.kind in {AlarmKind.OWN_KEYS_CHANGED, *QUESTIONS}:
            look = Button(self.tr("My computers…"))
            look.clicked.connect(self.computers_asked)
            actions.insert(0, look)
        banner = Banner(*actions)
        tone = Tone.ACCENT if is_question else Tone.DANGER
        banner.explain(self._around.errors.alarm(alarm.kind), tone)
        return banner
