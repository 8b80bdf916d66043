# SPDX-License-Identifier: AGPL-3.0-or-later
"""The appearance in force: follows the system or the person's choice, and tells who paints by hand."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase

from app.window.theme.palette import palette, style_sheet
from app.window.theme.tokens import DARK, LIGHT, Tokens
from app.window.theme.typography import Role, Typography, choose_family

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


class Appearance(StrEnum):
    """What a person chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """Tokens and type of the moment, put on the whole application.

    Signals:
        changed: after a change of colours or text size.
    """

    changed = Signal()

    def __init__(
        self, application: QApplication, *, appearance: Appearance, text_scale: float
    ) -> None:
        super().__init__(application)
        self._application = application
        self._family = choose_family(set(QFontDatabase.families()))
        self._appearance = appearance
        self._text_scale = text_scale
        self.tokens: Tokens = LIGHT
        self.typography = Typography(family=self._family, scale=text_scale)
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def appearance(self) -> Appearance:
        """What was chosen, not what it came to."""
        return self._appearance

    @property
    def text_scale(self) -> float:
        """The chosen size of text, as a factor."""
        return self._text_scale

    def choose(
        self, *, appearance: Appearance | None = None, text_scale: float | None = None
    ) -> None:
        """Change what is given, at once."""
        self._appearance = appearance or self._appearance
        self._text_scale = text_scale or self._text_scale
        self._apply()

    def colour(self, name: str) -> QColor:
        """Return a token as a colour to paint with."""
        return QColor(getattr(self.tokens, name))

    def font(self, role: Role) -> QFont:
        """Return the font of a role at the present size."""
        return self.typography.font(role)

    def space(self, distance: int) -> int:
        """Return a distance that grows with the text, in pixels."""
        return self.typography.space(distance)

    def _is_dark(self) -> bool:
        if self._appearance is Appearance.SYSTEM:
            # A platform that reports nothing says Unknown, which is light.
            return self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self._appearance is Appearance.DARK

    def _apply(self) -> None:
        self.tokens = DARK if self._is_dark() else LIGHT
        self.typography = Typography(family=self._family, scale=self._text_scale)
        self._application.setPalette(palette(self.tokens))
        self._application.setFont(self.font(Role.TEXT))
        self._application.setStyleSheet(style_sheet(self.tokens, self.typography))
        self.changed.emit()
