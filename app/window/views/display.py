# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings of the window itself: language, colours, contrast, size of text; and when the desktop may speak."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import QHBoxLayout, QTimeEdit, QVBoxLayout, QWidget

from app.window.i18n.catalogues import Language
from app.window.theme.theme import Appearance, Contrast
from app.window.theme.typography import SCALES, Role
from app.window.views.components.choices import Choices
from app.window.views.components.fields import CheckBox
from app.window.views.components.layouts import Card
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from app.window.preferences import Notices
    from app.window.surroundings import Surroundings


class DisplaySection(QWidget):
    """How the window looks; each choice is in force at once.

    Signals:
        language_chosen(Language), appearance_chosen(Appearance), contrast_chosen(Contrast),
        text_scale_chosen(float): what was pressed.
    """

    language_chosen = Signal(object)
    appearance_chosen = Signal(object)
    contrast_chosen = Signal(object)
    text_scale_chosen = Signal(float)

    def __init__(self, around: Surroundings, language: Language) -> None:
        super().__init__()
        theme = around.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.language = Choices(
            self.tr("Language"),
            # Each language names itself, for who does not read the other one.
            {
                Language.SYSTEM: self.tr("As the system"),
                Language.FRENCH: "Français",
                Language.ENGLISH: "English",
            },
            language,
            self.language_chosen.emit,
        )
        self.appearance = Choices(
            self.tr("Colours"),
            {
                Appearance.SYSTEM: self.tr("As the system"),
                Appearance.LIGHT: self.tr("Light"),
                Appearance.DARK: self.tr("Dark"),
            },
            theme.appearance,
            self.appearance_chosen.emit,
        )
        self.contrast = Choices(
            self.tr("Contrast"),
            {
                Contrast.SYSTEM: self.tr("As the system"),
                Contrast.NORMAL: self.tr("Normal"),
                Contrast.HIGH: self.tr("High"),
            },
            theme.contrast,
            self.contrast_chosen.emit,
        )
        self.text_scale = Choices(
            self.tr("Size of text"),
            {scale: self.tr("{n} %").format(n=round(scale * 100)) for scale in SCALES},
            theme.text_scale,
            self.text_scale_chosen.emit,
        )
        for title, choices in (
            (self.tr("Language"), self.language),
            (self.tr("Colours"), self.appearance),
            (self.tr("Contrast"), self.contrast),
            (self.tr("Size of text"), self.text_scale),
        ):
            card = Card()
            inside = QVBoxLayout(card)
            inside.setContentsMargins(20, 14, 20, 14)
            inside.setSpacing(6)
            inside.addWidget(Text(title, Role.STRONG))
            inside.addWidget(choices)
            column.addWidget(card)


class NoticeSection(QWidget):
    """When, and how much, the desktop says of new mail.

    Signals:
        chosen(Notices): something was changed.
    """

    chosen = Signal(object)

    def __init__(self, notices: Notices, around: Surroundings) -> None:
        super().__init__()
        self._notices = notices
        theme = around.theme
        self.wanted = CheckBox(self.tr("Tell me when a letter arrives"), theme)
        self.names_sender = CheckBox(self.tr("Say who it is from"), theme)
        self.night = CheckBox(self.tr("Say nothing from"), theme)
        self.sundays = CheckBox(self.tr("Say nothing on Sundays"), theme)
        self.begin = self._time(notices.quiet_from, self.tr("Quiet from"))
        self.end = self._time(notices.quiet_until, self.tr("Quiet until"))
        for box, is_on in (
            (self.wanted, notices.is_wanted),
            (self.names_sender, notices.names_sender),
            (self.night, notices.is_quiet_at_night),
            (self.sundays, notices.is_quiet_on_sundays),
        ):
            box.setChecked(is_on)
            box.toggled.connect(lambda _=False: self._take())
        for edge in (self.begin, self.end):
            edge.setMinimumHeight(theme.space(34))
            edge.timeChanged.connect(lambda _=None: self._take())
        self._lay_out()
        self._enable()

    def _time(self, minutes: int, name: str) -> QTimeEdit:
        edit = QTimeEdit(QTime(minutes // 60, minutes % 60))
        edit.setDisplayFormat("HH:mm")
        # It is typed, or changed with the arrow keys: the sheet of styles takes Fusion's small buttons away.
        edit.setButtonSymbols(QTimeEdit.ButtonSymbols.NoButtons)
        edit.setAccessibleName(name)
        return edit

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        notices = _card(column)
        notices.addWidget(self.wanted)
        notices.addWidget(self.names_sender)
        notices.addWidget(
            Text(
                self.tr(
                    "A notice never shows the subject, the patient or the text: others may see the "
                    "screen. While your mail is locked nothing arrives here, and nothing is announced."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        quiet = _card(column)
        hours = QHBoxLayout()
        hours.setSpacing(10)
        hours.addWidget(self.night)
        hours.addWidget(self.begin)
        until = Text(self.tr("until"), Role.TEXT)
        until.setBuddy(self.end)
        hours.addWidget(until)
        hours.addWidget(self.end)
        hours.addStretch(1)
        quiet.addLayout(hours)
        quiet.addWidget(self.sundays)

    def _take(self) -> None:
        self._notices = replace(
            self._notices,
            is_wanted=self.wanted.isChecked(),
            names_sender=self.names_sender.isChecked(),
            is_quiet_at_night=self.night.isChecked(),
            quiet_from=_minutes(self.begin),
            quiet_until=_minutes(self.end),
            is_quiet_on_sundays=self.sundays.isChecked(),
        )
        self._enable()
        self.chosen.emit(self._notices)

    def _enable(self) -> None:
        is_wanted = self._notices.is_wanted
        for box in (self.names_sender, self.night, self.sundays):
            box.setEnabled(is_wanted)
        for edge in (self.begin, self.end):
            edge.setEnabled(is_wanted and self._notices.is_quiet_at_night)


def _minutes(edit: QTimeEdit) -> int:
    return 60 * edit.time().hour() + edit.time().minute()


def _card(column: QVBoxLayout) -> QVBoxLayout:
    card = Card()
    inside = QVBoxLayout(card)
    inside.setContentsMargins(20, 14, 20, 14)
    inside.setSpacing(8)
    column.addWidget(card)
    return inside
