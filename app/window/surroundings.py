# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every view is given: colours, words and formats of the moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.window.codes import Codes
from app.window.i18n.errors import Errors
from app.window.i18n.formats import Formats
from app.window.i18n.words import Words
from app.window.theme.theme import Theme
from crypto_core.wire.words import WordLanguage

if TYPE_CHECKING:
    from PySide6.QtCore import QLocale

    from app.window.i18n.formats import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Handed down from the window to its parts; one per language in force. `codes` reads pictures with a text."""

    theme: Theme
    formats: Formats
    words: Words
    errors: Errors
    codes: Codes

    @property
    def word_language(self) -> WordLanguage:
        """In which of the two lists words to be compared or typed are shown, and pages printed."""
        return WordLanguage.FRENCH if self.formats.is_french else WordLanguage.ENGLISH


def surroundings(theme: Theme, locale: QLocale, clock: Clock, codes: Codes) -> Surroundings:
    """Return the surroundings for a language."""
    return Surroundings(
        theme=theme,
        formats=Formats(locale, clock),
        words=Words(),
        errors=Errors(),
        codes=codes,
    )
