# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person chose about the window: language, colours, size of text, and where things stood.

Nothing of the mailbox is kept here: the file is not encrypted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QByteArray, QSettings

from app.profiles import FIRST
from app.window.i18n.catalogues import Language
from app.window.theme.theme import Appearance, Contrast
from app.window.theme.typography import SCALES

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

Choice = TypeVar("Choice", Language, Appearance, Contrast)
FILE_NAME: Final = "window.ini"
LEAST_IDLE_MINUTES: Final = 1
IDLE_MINUTES: Final = 10
MOST_IDLE_MINUTES: Final = 120
QUIET_FROM: Final = 20 * 60
QUIET_UNTIL: Final = 7 * 60 + 30
DAY_MINUTES: Final = 24 * 60
SUNDAY: Final = 6
_FIRST_RUN: Final = "first-run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """When, and how much, the desktop says of new mail. Times are minutes since midnight, by this computer's clock."""

    is_wanted: bool = True
    names_sender: bool = False
    """Without it a notice says that there is mail, and nothing else: others may see the screen."""
    is_quiet_at_night: bool = True
    quiet_from: int = QUIET_FROM
    quiet_until: int = QUIET_UNTIL
    """May be before `quiet_from`: then it is on the day after."""
    is_quiet_on_sundays: bool = False

    def is_quiet(self, moment: datetime) -> bool:
        """Return whether nothing is to be said at a local time."""
        if not self.is_wanted or (self.is_quiet_on_sundays and moment.weekday() == SUNDAY):
            return True
        if not self.is_quiet_at_night:
            return False
        minutes = 60 * moment.hour + moment.minute
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= minutes < self.quiet_until
        return minutes >= self.quiet_from or minutes < self.quiet_until


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
    def contrast(self) -> Contrast:
        """Normal, high or as the system."""
        return _member(Contrast, self._settings.value("contrast"), Contrast.SYSTEM)

    @contrast.setter
    def contrast(self, chosen: Contrast) -> None:
        self._settings.setValue("contrast", chosen.value)

    @property
    def notices(self) -> Notices:
        """When, and how much, the desktop says of new mail."""
        return Notices(
            is_wanted=str(self._settings.value("notices") or "yes") == "yes",
            names_sender=str(self._settings.value("notices-name-sender")) == "yes",
            is_quiet_at_night=str(self._settings.value("quiet-hours") or "yes") == "yes",
            quiet_from=_minutes_of(self._settings.value("quiet-from"), QUIET_FROM),
            quiet_until=_minutes_of(self._settings.value("quiet-until"), QUIET_UNTIL),
            is_quiet_on_sundays=str(self._settings.value("quiet-sundays")) == "yes",
        )

    @notices.setter
    def notices(self, chosen: Notices) -> None:
        for name, value in (
            ("notices", chosen.is_wanted),
            ("notices-name-sender", chosen.names_sender),
            ("quiet-hours", chosen.is_quiet_at_night),
            ("quiet-sundays", chosen.is_quiet_on_sundays),
        ):
            self._settings.setValue(name, "yes" if value else "no")
        self._settings.setValue("quiet-from", str(chosen.quiet_from))
        self._settings.setValue("quiet-until", str(chosen.quiet_until))

    @property
    def account(self) -> int:
        """The number of the account that was shown last."""
        stored = str(self._settings.value("account"))
        return int(stored) if stored.isascii() and stored.isdecimal() else FIRST

    @account.setter
    def account(self, shown: int) -> None:
        self._settings.setValue("account", str(shown))

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


def _minutes_of(stored: object, default: int) -> int:
    text = str(stored)
    minutes = int(text) if text.isascii() and text.isdecimal() else default
    return minutes if 0 <= minutes < DAY_MINUTES else default


def _stored_bytes(stored: object) -> QByteArray:
    return stored if isinstance(stored, QByteArray) else QByteArray()


def _member(kind: type[Choice], stored: object, default: Choice) -> Choice:
    try:
        return kind(str(stored))
    except ValueError:
        return default
