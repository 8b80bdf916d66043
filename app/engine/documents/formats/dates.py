# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dates as files write them, as YYYY-MM-DD or YYYY-MM-DDTHH:MM; or unchanged if they make no sense."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Final

from app.engine.documents.formats.texts import one_line

# HL7: 20261120113000+0100, to any precision.
_COMPACT: Final = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{2}))?[0-9.]*(?:[+-][0-9]{4}|Z)?"
)
# FHIR, ISO 8601.
_DASHED: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})[0-9:.]*(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
# French: 20/11/2026, 20.11.26, 20-11-2026, perhaps with a time.
_FRENCH: Final = re.compile(
    r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4}|[0-9]{2})(?:\s+(?:à\s*)?([0-9]{1,2})\s?[:hH]\s?([0-9]{2})[0-9:]*)?"
)
_CENTURY_SPLIT: Final = 40
# In letters: "mar., 5 mars 2024 09:01", "5 Mar 2014", "March 5, 2014 9:01 AM".
_WORDED: Final = re.compile(
    r"(?:[^\W\d_]{1,12}[.,]{0,2}\s+)?(?:([0-9]{1,2})(?:er|st|nd|rd|th)?[\s.-]+([^\W\d_]{3,12})|([^\W\d_]{3,12})\.?\s+([0-9]{1,2}))"
    r"[\s.,-]+([0-9]{4})(?:[\s,]+(?:à\s+)?([0-9]{1,2})\s?[:hH]\s?([0-9]{2})(?::([0-9]{2}))?(?:\s?([AaPp])[Mm])?)?"
    r"(?:\s*(?:UTC|GMT)?\s*([+-])([0-9]{2}):?([0-9]{2}))?(?:\s*\(.{0,40}\)|\s+[A-Z]{2,5})?"
)
_MONTHS: Final = (
    ("jan",),
    ("feb", "fev"),
    ("mar",),
    ("apr", "avr"),
    ("may", "mai"),
    ("jun", "juin"),
    ("jul", "juil"),
    ("aug", "aou"),
    ("sep",),
    ("oct",),
    ("nov",),
    ("dec",),
)


def shown_date(text: str) -> str:
    """Return a date in its ISO form as the place of writing saw it, else the text as it is."""
    text = one_line(text, 64)
    found = _COMPACT.fullmatch(text) or _DASHED.fullmatch(text)
    if found:
        year, month, day, hour, minute = found.groups()
    else:
        found = _FRENCH.fullmatch(text)
        if not found:
            return text
        day, month, year, hour, minute = found.groups()
        if len(year) == 2:
            year = f"{19 if int(year) >= _CENTURY_SPLIT else 20}{year}"
    try:
        date = dt.date(int(year), int(month), int(day)).isoformat()
        if hour is None:
            return date
        return f"{date}T{dt.time(int(hour), int(minute)).isoformat('minutes')}"
    except ValueError:
        return text


def written_date(text: str) -> dt.datetime | None:
    """Return the moment that a letter's head names in words, French or English, or in ISO's form; UTC without a zone.

    For what RFC 5322 does not allow and programs wrote all the same; None if it makes no sense.
    """
    text = one_line(text, 64)
    try:
        return _with_zone(dt.datetime.fromisoformat(text))
    except ValueError:
        pass
    found = _WORDED.fullmatch(text)
    if not found:
        return None
    day, month, month_first, day_after, year, hour, minute, second, half, sign, away, rest = (
        found.groups()
    )
    folded = unicodedata.normalize("NFKD", (month or month_first).casefold())
    name = "".join(each for each in folded if not unicodedata.combining(each))
    number = next((n for n, each in enumerate(_MONTHS, 1) if name.startswith(each)), 0)
    hours = int(hour or 0) % 12 + (12 if half in "Pp" else 0) if half else int(hour or 0)
    try:
        zone = dt.timezone(
            (-1 if sign == "-" else 1) * dt.timedelta(hours=int(away or 0), minutes=int(rest or 0))
        )
        return dt.datetime(
            int(year),
            number,
            int(day or day_after),
            hours,
            int(minute or 0),
            int(second or 0),
            tzinfo=zone,
        )
    except ValueError:
        return None


def _with_zone(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def birth_date(text: str) -> str:
    """Return a day as YYYY-MM-DD, or nothing. A year of two digits says too little for a birth."""
    found = _FRENCH.fullmatch(text.strip())
    if found and len(found.group(3)) == 2:
        return ""
    day = shown_date(text)[:10]
    return day if _DASHED.fullmatch(day) else ""
