# SPDX-License-Identifier: AGPL-3.0-or-later
"""Between which two days something was done."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.window.theme.tokens import UNLOCK_WIDTH
from app.window.theme.typography import Role
from app.window.views.components.buttons import Button, PrimaryButton
from app.window.views.components.dates import DateField
from app.window.views.components.layouts import FlowLayout
from app.window.views.components.texts import Text
from crypto_core.wire.ids import UnixMillis

if TYPE_CHECKING:
    from app.window.surroundings import Surroundings


class PeriodDialog(QDialog):
    """The first day and the last one, both included.

    Signals:
        chosen(UnixMillis, UnixMillis): the first and the last millisecond of the period, where this computer is.
    """

    chosen = Signal(object, object)

    def __init__(
        self, known: tuple[UnixMillis, UnixMillis] | None, around: Surroundings, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._around = around
        self.setWindowTitle(self.tr("Between two days"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(around.theme.space(UNLOCK_WIDTH))
        today = _qdate(around.formats.now())
        self.first = DateField(self.tr("First day"), around.theme)
        self.last = DateField(self.tr("Last day"), around.theme)
        for field, at, otherwise in (
            (self.first, None if known is None else known[0], today.addMonths(-1)),
            (self.last, None if known is None else known[1], today),
        ):
            field.setMaximumDate(today)
            day = None if at is None else around.formats.date_of(at)
            field.setDate(otherwise if day is None else QDate(day.year, day.month, day.day))
        # Whoever moves one beyond the other means a shorter period, not none.
        self.first.dateChanged.connect(lambda day: self.last.setDate(max(day, self.last.date())))
        self.last.dateChanged.connect(lambda day: self.first.setDate(min(day, self.first.date())))
        self.confirm = PrimaryButton(self.tr("Show these days"))
        self.confirm.clicked.connect(lambda _=False: self._confirm())
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        actions = FlowLayout(10)
        actions.addWidget(self.confirm)
        actions.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(14)
        column.addWidget(Text(self.tr("Which days do you want to see?"), Role.HEAD, wraps=True))
        for name, field in (
            (self.tr("First day"), self.first),
            (self.tr("Last day"), self.last),
        ):
            label = Text(name, Role.STRONG)
            label.setBuddy(field)
            column.addWidget(label)
            column.addWidget(field)
        column.addLayout(actions)

    def _confirm(self) -> None:
        formats = self._around.formats
        first = formats.instant(_midnight(self.first.date()))
        after = formats.instant(_midnight(self.last.date()) + timedelta(days=1))
        self.accept()
        self.chosen.emit(first, UnixMillis(after - 1))


def _qdate(moment: datetime) -> QDate:
    return QDate(moment.year, moment.month, moment.day)


def _midnight(day: QDate) -> datetime:
    return datetime.combine(datetime(day.year(), day.month(), day.day()), time())  # noqa: DTZ001 - a local time without its zone is what `instant` takes
