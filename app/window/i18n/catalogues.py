# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which language the window speaks, and its catalogues; imports Qt's core only."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files
from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator, Signal


class Language(StrEnum):
    """What a person can choose."""

    SYSTEM = "system"
    FRENCH = "fr"
    ENGLISH = "en"


LOCALES: Final[dict[Language, QLocale]] = {
    Language.FRENCH: QLocale(QLocale.Language.French, QLocale.Country.France),
    Language.ENGLISH: QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom),
}


def resolve(chosen: Language, system: QLocale) -> Language:
    """Return the language that a choice comes to: French systems speak French, all others English."""
    if chosen is not Language.SYSTEM:
        return chosen
    if system.language() == QLocale.Language.French:
        return Language.FRENCH
    return Language.ENGLISH


class Catalogues(QObject):
    """The translators installed in the application.

    Signals:
        changed: after the language changed; what is already on screen keeps its old words.
    """

    changed = Signal()

    def __init__(self, application: QCoreApplication, chosen: Language) -> None:
        super().__init__(application)
        self._application = application
        self._installed: list[QTranslator] = []
        self.chosen = chosen
        self.locale = QLocale()
        self._install()

    def choose(self, chosen: Language) -> None:
        """Speak another language from now on."""
        self.chosen = chosen
        self._install()
        self.changed.emit()

    def remove(self) -> None:
        """Leave the application without translations."""
        for translator in self._installed:
            self._application.removeTranslator(translator)
            translator.deleteLater()
        self._installed = []

    def _install(self) -> None:
        self.remove()
        language = resolve(self.chosen, QLocale.system())
        self.locale = LOCALES[language]
        QLocale.setDefault(self.locale)
        # Qt's own dialogs first, so that our words win where both have one.
        qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        loaded = (
            self._load(f"{qt_folder}/qtbase_{language}.qm"),
            self._load(f"{files('app.window.i18n')}/{language}.qm"),
        )
        self._installed = [translator for translator in loaded if translator is not None]
        for translator in self._installed:
            self._application.installTranslator(translator)

    def _load(self, path: str) -> QTranslator | None:
        translator = QTranslator(self)
        if translator.load(path):
            return translator
        # English needs no translation of Qt's own dialogs.
        translator.deleteLater()
        return None
