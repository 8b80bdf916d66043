# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dates as files write them, as YYYY-MM-DD or YYYY-MM-DDTHH:MM; or unchanged if they make no sense."""

from __future__ import annotations

import datetime as dt
import re
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


def birth_date(text: str) -> str:
    """Return a day as YYYY-MM-DD, or nothing. A year of two digits says too little for a birth."""
    found = _FRENCH.fullmatch(text.strip())
    if found and len(found.group(3)) == 2:
        return ""
    day = shown_date(text)[:10]
    return day if _DASHED.fullmatch(day) else ""
