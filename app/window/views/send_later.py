# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a letter is to leave: the moments that are offered, and any other one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.window.theme.tokens import UNLOCK_WIDTH
from app.window.theme.typography import Role
from app.window.views.components.buttons import Button, PrimaryButton
from app.window.views.components.dates import DateField
from app.window.views.components.layouts import FlowLayout
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from app.window.surroundings import Surroundings

MORNING: Final = time(8)
EVENING: Final = time(18)
LONGEST: Final = timedelta(days=364)
_MONDAY: Final = 0
_DAYS: Final = 7


def moments(now: datetime) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Return this evening, tomorrow morning and Monday morning in local time; None for what is past or the same."""
    today = now.date()
    evening = datetime.combine(today, EVENING)
    tomorrow = datetime.combine(today + timedelta(days=1), MORNING)
    days = (_MONDAY - today.weekday()) % _DAYS or _DAYS
    monday = datetime.combine(today + timedelta(days=days), MORNING)
    is_past = now.replace(tzinfo=None) > evening - timedelta(minutes=15)
    return None if is_past else evening, tomorrow, None if monday == tomorrow else monday


class SendLaterDialog(QDialog):
    """A day and a time.

    Signals:
        chosen(UnixMillis): when the letter is to leave.
    """

    chosen = Signal(object)

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around
        self.setWindowTitle(self.tr("Send later"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(around.theme.space(UNLOCK_WIDTH))
        now = around.formats.now().replace(tzinfo=None, second=0, microsecond=0)
        soonest = now + timedelta(minutes=1)
        self.edit = DateField(self.tr("Day and time"), around.theme, has_time=True)
        self.edit.setMinimumDateTime(_local(soonest))
        self.edit.setMaximumDateTime(_local(now + LONGEST))
        self.edit.setDateTime(_local(datetime.combine(now.date() + timedelta(days=1), MORNING)))
        self.confirm = PrimaryButton(self.tr("Send then"))
        self.confirm.clicked.connect(lambda _=False: self._confirm())
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        question = Text(self.tr("When is the letter to leave?"), Role.HEAD, wraps=True)
        hint = Text(
            self.tr(
                "It leaves then if the program is open and unlocked, otherwise as soon as it is."
            ),
            Role.SECONDARY,
            wraps=True,
        )
        actions = FlowLayout(10)
        actions.addWidget(self.confirm)
        actions.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(14)
        for widget in (question, self.edit, hint):
            column.addWidget(widget)
        column.addLayout(actions)

    def _confirm(self) -> None:
        wanted = self.edit.dateTime().toPython()
        if isinstance(wanted, datetime):
            self.accept()
            self.chosen.emit(self._around.formats.instant(wanted))


def _local(moment: datetime) -> QDateTime:
    return QDateTime(
        QDate(moment.year, moment.month, moment.day), QTime(moment.hour, moment.minute)
    )
