# SPDX-License-Identifier: AGPL-3.0-or-later
"""Times, sizes and numbers as people write them; imports Qt's core only."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QDate, QLocale, QObject

from crypto_core.wire.ids import UnixMillis

if TYPE_CHECKING:
    from datetime import date


_NOT_DIGITS: Final = re.compile(r"\D+")
_DAY_MILLIS: Final = 86_400_000
_OLDEST: Final = 150
"""Years; nobody has become so old."""


class Clock(Protocol):
    """What time it is, and when something was, where the person sits."""

    def now(self) -> datetime:
        """Return the present local time, aware."""

    def local(self, at: UnixMillis) -> datetime:
        """Return an instant as aware local time."""


class SystemClock:
    """The clock and the time zone of this computer."""

    def now(self) -> datetime:
        """Return the present local time, aware."""
        return datetime.now(UTC).astimezone()

    def local(self, at: UnixMillis) -> datetime:
        """Return an instant as aware local time, with the offset of that day."""
        return datetime.fromtimestamp(at / 1000, UTC).astimezone()


class Formats(QObject):
    """Puts times, sizes and numbers into words of the language in force."""

    def __init__(self, locale: QLocale, clock: Clock) -> None:
        super().__init__()
        self._locale = locale
        self._clock = clock

    @property
    def is_french(self) -> bool:
        """Whether the language is French."""
        return self._locale.language() == QLocale.Language.French

    def time(self, at: UnixMillis) -> str:
        """Return the time of day, as 14:02."""
        return self._clock.local(at).strftime("%H:%M")

    def in_list(self, at: UnixMillis) -> str:
        """Return 14:02 for today, "yesterday", "18 Nov" this year, "18 Nov 2025" before."""
        day = self._clock.local(at).date()
        age = self._age(day)
        if age == 0:
            return self.time(at)
        if age == 1:
            return self.tr("yesterday")
        return self._short_date(day)

    def in_sentence(self, at: UnixMillis) -> str:
        """Return "today at 14:02", "yesterday at 14:02" or "18 November 2026 at 14:02"."""
        day = self._clock.local(at).date()
        age = self._age(day)
        if age == 0:
            return self.tr("today at {time}").format(time=self.time(at))
        if age == 1:
            return self.tr("yesterday at {time}").format(time=self.time(at))
        if age == -1:
            return self.tr("tomorrow at {time}").format(time=self.time(at))
        return self.tr("{date} at {time}").format(date=self._long_date(day), time=self.time(at))

    def shortly(self, at: UnixMillis) -> str:
        """Return what follows a verb, in few letters: "at 14:02", "tomorrow at 08:00" or "18 Nov at 08:00"."""
        day = self._clock.local(at).date()
        age = self._age(day)
        if age == 0:
            return self.tr("at {time}").format(time=self.time(at))
        if age == -1:
            return self.tr("tomorrow at {time}").format(time=self.time(at))
        return self.tr("{date} at {time}").format(date=self._short_date(day), time=self.time(at))

    def now(self) -> datetime:
        """Return the present local time."""
        return self._clock.now()

    def instant(self, wanted: datetime) -> UnixMillis:
        """Return the instant of a local time that is given without its zone, on whatever side of a clock change."""
        guess = wanted.replace(tzinfo=self._clock.now().tzinfo)
        at = round(guess.timestamp() * 1000)
        there = self._clock.local(UnixMillis(at)).replace(tzinfo=None)
        return UnixMillis(at + round((wanted - there).total_seconds() * 1000))

    def milliseconds_since(self, at: UnixMillis) -> int:
        """Return how long ago an instant was."""
        return round(self._clock.now().timestamp() * 1000) - at

    def days_ago(self, days: int) -> UnixMillis:
        """Return the instant of so many days before now."""
        return UnixMillis(round(self._clock.now().timestamp() * 1000) - days * _DAY_MILLIS)

    def day(self, at: UnixMillis) -> str:
        """Return "18 November 2026"."""
        return self._long_date(self._clock.local(at).date())

    def date_of(self, at: UnixMillis) -> date:
        """Return the day of an instant where the person sits."""
        return self._clock.local(at).date()

    def last_day(self, until: UnixMillis) -> str:
        """Return the last day of a time that ends at a moment: the day before, if it ends at midnight."""
        return self.day(UnixMillis(until - 1))

    def dated(self, text: str) -> str:
        """Return a text with the day of today behind it."""
        day = self._long_date(self._clock.now().date())
        return self.tr("{text}, {date}").format(text=text, date=day) if text else day

    def since(self, at: UnixMillis) -> str:
        """Return what follows "since": 14:02, "yesterday at 14:02" or "18 Nov at 14:02"."""
        day = self._clock.local(at).date()
        return self.time(at) if self._age(day) == 0 else self._short_moment(at)

    def reached(self, at: UnixMillis) -> str:
        """Return what follows "reached": "at 14:02", "yesterday at 14:02" or "18 Nov at 14:02"."""
        day = self._clock.local(at).date()
        if self._age(day) == 0:
            return self.tr("at {time}").format(time=self.time(at))
        return self._short_moment(at)

    def moment(self, at: UnixMillis) -> str:
        """Return 14:02 for today, else "18 Nov, 14:02"."""
        day = self._clock.local(at).date()
        if self._age(day) == 0:
            return self.time(at)
        return self.tr("{date}, {time}").format(date=self._short_date(day), time=self.time(at))

    def moment_after(self, at: UnixMillis, earlier: UnixMillis) -> str:
        """Return a moment that is read after another one: the day only where it is another day."""
        if self._clock.local(at).date() == self._clock.local(earlier).date():
            return self.time(at)
        return self.moment(at)

    def birth_date(self, text: str) -> str:
        """Return a date of birth, stored as YYYY-MM-DD, as people write it: 12/03/1961."""
        day = QDate.fromString(text, "yyyy-MM-dd")
        return self._locale.toString(day, "dd/MM/yyyy") if day.isValid() else text

    def long_birth_date(self, text: str) -> str:
        """Return a date of birth in words: 12 March 1961."""
        day = QDate.fromString(text, "yyyy-MM-dd")
        return self._locale.toString(day, "d MMMM yyyy") if day.isValid() else text

    def read_birth_date(self, text: str) -> str | None:
        """Return what somebody typed as a date (12/03/1961, 12.3.1961, 1961-03-12) as YYYY-MM-DD.

        Empty stays empty; None for what is no date, lies in the future or before anybody who lives now.
        """
        numbers = [part for part in _NOT_DIGITS.split(text) if part]
        if not numbers:
            return None if text.strip() else ""
        if len(numbers) == 1 and len(numbers[0]) == 8:
            whole = numbers[0]
            numbers = [whole[:2], whole[2:4], whole[4:]]
        if len(numbers) != 3:
            return None
        if len(numbers[0]) == 4:
            numbers.reverse()
        # Two digits of a year would be a guess about a century.
        if len(numbers[2]) != 4 or max(len(numbers[0]), len(numbers[1])) > 2:
            return None
        day = QDate(int(numbers[2]), int(numbers[1]), int(numbers[0]))
        today = _qdate(self._clock.now().date())
        is_possible = day.isValid() and day <= today and day.year() > today.year() - _OLDEST
        return day.toString("yyyy-MM-dd") if is_possible else None

    def age(self, text: str) -> int | None:
        """Return how old somebody is in years, by a date of birth stored as YYYY-MM-DD."""
        day = QDate.fromString(text, "yyyy-MM-dd")
        if not day.isValid():
            return None
        now = self._clock.now().date()
        had_birthday = (now.month, now.day) >= (day.month(), day.day())
        return now.year - day.year() - (not had_birthday)

    def number(self, value: int) -> str:
        """Return a whole number with its groups."""
        return self._locale.toString(value)

    def size(self, size: int) -> str:
        """Return a file size in decimal units, as 214 KB or 1,8 Mo."""
        units = (
            self.tr("{n} B"),
            self.tr("{n} KB"),
            self.tr("{n} MB"),
            self.tr("{n} GB"),
        )
        value = float(size)
        power = 0
        while round(value) >= 1000 and power < len(units) - 1:
            value /= 1000
            power += 1
        digits = 1 if power > 1 and value < 9.95 else 0
        return units[power].format(n=self._locale.toString(value, "f", digits))

    def _short_moment(self, at: UnixMillis) -> str:
        day = self._clock.local(at).date()
        if self._age(day) == 1:
            return self.tr("yesterday at {time}").format(time=self.time(at))
        return self.tr("{date} at {time}").format(date=self._short_date(day), time=self.time(at))

    def _age(self, day: date) -> int:
        return (self._clock.now().date() - day).days

    def _short_date(self, day: date) -> str:
        pattern = "d MMM" if day.year == self._clock.now().year else "d MMM yyyy"
        return self._locale.toString(_qdate(day), pattern)

    def _long_date(self, day: date) -> str:
        return self._locale.toString(_qdate(day), "d MMMM yyyy")


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
