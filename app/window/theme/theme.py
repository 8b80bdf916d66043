# SPDX-License-Identifier: AGPL-3.0-or-later
"""The appearance in force: follows the system or the person's choice, and tells who paints by hand."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase

from app.window.theme.palette import palette, sheet_template, style_sheet
from app.window.theme.tokens import DARK, DARK_CONTRAST, LIGHT, LIGHT_CONTRAST, Tokens
from app.window.theme.typography import Role, Typography, choose_family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication


_TOKENS: Final = {
    (False, False): LIGHT,
    (True, False): DARK,
    (False, True): LIGHT_CONTRAST,
    (True, True): DARK_CONTRAST,
}
"""By whether it is dark, and of high contrast."""


class Appearance(StrEnum):
    """What a person chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Contrast(StrEnum):
    """How strongly texts and lines stand out, as a person chose."""

    SYSTEM = "system"
    NORMAL = "normal"
    HIGH = "high"


class Theme(QObject):
    """Tokens and type of the moment, put on the whole application.

    Signals:
        changed: after a change of colours or text size.
    """

    changed = Signal()

    def __init__(
        self,
        application: QApplication,
        *,
        appearance: Appearance,
        text_scale: float,
        contrast: Contrast = Contrast.SYSTEM,
    ) -> None:
        super().__init__(application)
        self._application = application
        self._family = choose_family(set(QFontDatabase.families()))
        self._appearance = appearance
        self._text_scale = text_scale
        self._contrast = contrast
        self._template = sheet_template()
        self._aside = 0
        self.tokens: Tokens = LIGHT
        self.typography = Typography(family=self._family, scale=text_scale)
        application.setStyle("Fusion")
        # The hints of accessibility are gone, for Python, once nobody holds the style hints.
        self._hints = application.styleHints()
        self._accessibility = self._hints.accessibility()
        self._hints.colorSchemeChanged.connect(self._apply)
        self._accessibility.contrastPreferenceChanged.connect(self._apply)
        self._apply()

    @property
    def appearance(self) -> Appearance:
        """What was chosen, not what it came to."""
        return self._appearance

    @property
    def text_scale(self) -> float:
        """The chosen size of text, as a factor."""
        return self._text_scale

    @property
    def contrast(self) -> Contrast:
        """What was chosen, not what it came to."""
        return self._contrast

    def choose(
        self,
        *,
        appearance: Appearance | None = None,
        text_scale: float | None = None,
        contrast: Contrast | None = None,
    ) -> None:
        """Change what is given, at once."""
        self._appearance = appearance or self._appearance
        self._text_scale = text_scale or self._text_scale
        self._contrast = contrast or self._contrast
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

    @contextmanager
    def laid_aside(self) -> Iterator[None]:
        """Put a window together first and style it once; Qt would style each part anew at every step."""
        self.lay_aside()
        try:
            yield
        finally:
            self.put_on()

    def lay_aside(self) -> None:
        """Style nothing until `put_on` was called as often as this."""
        self._aside += 1
        if self._aside == 1:
            self._application.setStyleSheet("")

    def put_on(self) -> None:
        """Style everything, unless it is still laid aside elsewhere."""
        self._aside -= 1
        if not self._aside:
            self._application.setStyleSheet(self._sheet())

    def _sheet(self) -> str:
        return style_sheet(self._template, self.tokens, self.typography)

    def _is_dark(self) -> bool:
        if self._appearance is Appearance.SYSTEM:
            # A platform that reports nothing says Unknown, which is light.
            return self._hints.colorScheme() is Qt.ColorScheme.Dark
        return self._appearance is Appearance.DARK

    def _is_high_contrast(self) -> bool:
        if self._contrast is Contrast.SYSTEM:
            wanted = self._accessibility.contrastPreference()
            return wanted is Qt.ContrastPreference.HighContrast
        return self._contrast is Contrast.HIGH

    def _apply(self) -> None:
        self.tokens = _TOKENS[self._is_dark(), self._is_high_contrast()]
        self.typography = Typography(family=self._family, scale=self._text_scale)
        with self.laid_aside():
            self._application.setPalette(palette(self.tokens))
            self._application.setFont(self.font(Role.TEXT))
        self.changed.emit()
