# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person chose about the window: language, colours, size of text, and where things stood.

Nothing of the mailbox is kept here: the file is not encrypted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QByteArray, QSettings

from app.window.i18n.catalogues import Language
from app.window.theme.theme import Appearance
from app.window.theme.typography import SCALES

if TYPE_CHECKING:
    from pathlib import Path

Choice = TypeVar("Choice", Language, Appearance)
FILE_NAME: Final = "window.ini"
LEAST_IDLE_MINUTES: Final = 1
IDLE_MINUTES: Final = 10
MOST_IDLE_MINUTES: Final = 120
_FIRST_RUN: Final = "first-run"


class Preferences:
    """Choices in a small file of the profile directory; what is missing or nonsense is the default."""

    def __init__(self, profile: Path) -> None:
        self.folder = profile
        self._settings = QSettings(str(profile / FILE_NAME), QSettings.Format.IniFormat)
        self.first_run = FirstRunNotes(profile)

    @property
    def language(self) -> Language:
        """The chosen language."""
        return _member(Language, self._settings.value("language"), Language.SYSTEM)

    @language.setter
    def language(self, chosen: Language) -> None:
        self._settings.setValue("language", chosen.value)

    @property
    def appearance(self) -> Appearance:
        """Light, dark or as the system."""
        return _member(Appearance, self._settings.value("appearance"), Appearance.SYSTEM)

    @appearance.setter
    def appearance(self, chosen: Appearance) -> None:
        self._settings.setValue("appearance", chosen.value)

    @property
    def text_scale(self) -> float:
        """The size of text as a factor, one of SCALES."""
        stored = self._settings.value("text-scale")
        return next((scale for scale in SCALES if str(scale) == str(stored)), SCALES[0])

    @text_scale.setter
    def text_scale(self, chosen: float) -> None:
        self._settings.setValue("text-scale", str(chosen))

    @property
    def idle_minutes(self) -> int:
        """After how many minutes without a touch the window locks by itself."""
        stored = str(self._settings.value("idle-minutes"))
        minutes = int(stored) if stored.isascii() and stored.isdecimal() else IDLE_MINUTES
        return min(max(minutes, LEAST_IDLE_MINUTES), MOST_IDLE_MINUTES)

    @idle_minutes.setter
    def idle_minutes(self, chosen: int) -> None:
        self._settings.setValue("idle-minutes", chosen)

    @property
    def is_changing_passphrase(self) -> bool:
        """Whether the passphrase was being changed, and nobody heard how that ended."""
        return str(self._settings.value("changing-passphrase")) == "yes"

    @is_changing_passphrase.setter
    def is_changing_passphrase(self, is_changing: bool) -> None:
        if is_changing is not self.is_changing_passphrase:
            self._settings.setValue("changing-passphrase", "yes" if is_changing else "")
            # It is for whoever starts after a sudden end.
            self._settings.sync()

    @property
    def geometry(self) -> QByteArray:
        """Where the window stood, as Qt wrote it; empty at first."""
        return _stored_bytes(self._settings.value("geometry"))

    @geometry.setter
    def geometry(self, state: QByteArray) -> None:
        self._settings.setValue("geometry", state)

    @property
    def splitter(self) -> QByteArray:
        """How wide the list was, as Qt wrote it; empty at first."""
        return _stored_bytes(self._settings.value("splitter"))

    @splitter.setter
    def splitter(self, state: QByteArray) -> None:
        self._settings.setValue("splitter", state)


class FirstRunNotes:
    """Answers of a first run that is not finished, in the same file."""

    def __init__(self, profile: Path) -> None:
        self._settings = QSettings(str(profile / FILE_NAME), QSettings.Format.IniFormat)

    def get(self, name: str) -> str:
        """Return an answer, empty if none was given."""
        return str(self._settings.value(f"{_FIRST_RUN}/{name}") or "")

    def put(self, name: str, answer: str) -> None:
        """Keep an answer."""
        self._settings.setValue(f"{_FIRST_RUN}/{name}", answer)

    def forget(self) -> None:
        """Keep none of them."""
        self._settings.remove(_FIRST_RUN)


def _stored_bytes(stored: object) -> QByteArray:
    return stored if isinstance(stored, QByteArray) else QByteArray()


def _member(kind: type[Choice], stored: object, default: Choice) -> Choice:
    try:
        return kind(str(stored))
    except ValueError:
        return default
