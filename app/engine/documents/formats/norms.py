# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether a laboratory's value is within the norm beside it, and when nobody can tell.

A value that is not understood is never taken for a normal one: it is said to be not compared.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from app.interface.documents import Flag

COMPARED: Final = "*"
"""Beside a norm: its sender did not mark the value, and this program found it beyond the norm."""
_SPACE: Final = "[ \u00a0\u2009\u202f'’]"
"""What stands between thousands."""
_NUMBER: Final = (
    r"[+-]?(?:"
    rf"[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}}){{1,4}}(?:[.,][0-9]{{1,15}})?"
    r"|[0-9]{1,3}(?:\.[0-9]{3}){1,4},[0-9]{1,15}"
    r"|[0-9]{1,3}(?:,[0-9]{3}){1,4}\.[0-9]{1,15}"
    r"|[0-9]{1,3}(?:(?:\.[0-9]{3}){2,4}|(?:,[0-9]{3}){2,4})"
    r"|[0-9]{1,15}(?:[.,][0-9]{1,15})?"
    r")(?:e[+-]?[0-9]{1,2}| ?[x×.*] ?10 ?(?:\^|\*\*) ?-?[0-9]{1,2})?"
)
_BELOW: Final = r"<|inf\.?|inferieure?s?|moins de"
_UP_TO: Final = r"<=|=<|≤|(?:inf\.?|inferieure?s?) ou egale?s?|jusqu'?|au plus|maxi?\.?|maximum"
_ABOVE: Final = r">|sup\.?|superieure?s?|plus de"
_FROM: Final = r">=|=>|≥|(?:sup\.?|superieure?s?) ou egale?s?|a partir de|au moins|mini?\.?|minimum"
_SIDED: Final = re.compile(
    rf"(?:(?P<up_to>{_UP_TO})|(?P<below>{_BELOW})|(?P<from>{_FROM})|(?P<above>{_ABOVE})|=?)"
    rf"(?: ?a(?= ?[0-9]))? ?(?P<number>{_NUMBER})"
)
_RANGE: Final = re.compile(
    rf"(?:(?:entre|de) )?(?P<low>{_NUMBER}) ?(?:-|–|—|/|a|et) ?(?P<high>{_NUMBER})"
)
_EXPONENT: Final = re.compile(r"(?:e| ?[x×.*] ?10 ?(?:\^|\*\*) ?)(?=[+-]?[0-9]{1,2}\Z)")
_MARKED: Final = re.compile(
    r"(?P<before>[*!]{1,3})? ?(?P<value>.*[0-9].*?) ?(?P<after>[*!]{1,3}|\+{1,3}|-{1,3}|[↑↓]{1,2}|\(?[HhLlBb]\)?)?"
)
_HIGH_MARKS: Final = frozenset("+↑H")
_LOW_MARKS: Final = frozenset("-↓LB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is to be said of a value."""

    flag: Flag
    is_compared: bool = False
    """The flag is this program's own: its sender did not mark the value, and it is beyond its sender's bounds."""
    is_open: bool = False
    """Its sender says nothing, a norm is there, and whether the value is within it nobody can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """All numbers between two, without the ends themselves where they are open."""

    low: float = -math.inf
    high: float = math.inf
    is_low_open: bool = False
    is_high_open: bool = False

    def is_within(self, other: _Span) -> bool:
        is_above = self.low > other.low or (
            self.low == other.low and (self.is_low_open or not other.is_low_open)
        )
        is_below = self.high < other.high or (
            self.high == other.high and (self.is_high_open or not other.is_high_open)
        )
        return is_above and is_below

    def is_below(self, other: _Span) -> bool:
        return self.high < other.low or (
            self.high == other.low and (self.is_high_open or other.is_low_open)
        )


def judge(
    value: str,
    low: str,
    high: str,
    *,
    unit: str = "",
    said: Flag | None = None,
    has_thousands: bool = True,
) -> Judgement:
    """Judge a value by what its sender said of it (`said`, None for nothing), by a mark behind it, and by its norm.

    A sender's "normal" beside a value that is beyond the sender's own bounds is not believed.
    """
    bare, mark = _without_mark(value, unit, has_norm=bool(low or high))
    found = compare(bare, low, high, unit=unit, has_thousands=has_thousands)
    if said is None or said is Flag.NONE:
        if mark is not Flag.NONE:
            # A mark that the numbers contradict still says that something is not as it should be.
            is_other = {mark, found} == {Flag.LOW, Flag.HIGH}
            return Judgement(flag=Flag.ABNORMAL if is_other else mark)
        if found is None:
            return Judgement(flag=Flag.NONE, is_open=said is None)
        return Judgement(flag=found, is_compared=found is not Flag.NONE)
    return Judgement(flag=said)


def compare(
    value: str, low: str, high: str, *, unit: str = "", has_thousands: bool = True
) -> Flag | None:
    """Tell where a value lies; NONE within its norm or where there is none, None where nobody can tell.

    `has_thousands`: a point or comma before three digits may stand between thousands.
    """
    fields = [_plain(text, unit) for text in (value, low, high)]
    if not fields[0] or not any(fields[1:]):
        return Flag.NONE
    if fields[0] in fields[1:] and not all(fields[1:]) and not any(map(str.isdigit, fields[0])):
        # "négatif" is what it should be where the norm says "négatif".
        return Flag.NONE
    if not any(sign.isalnum() for sign in fields[1] + fields[2]):
        # A dash stands for no norm beside a number; beside "+" it may be one.
        return Flag.NONE if _SIDED.fullmatch(fields[0]) else None
    # Whether "1.200" is one or a thousand, the row does not always say. What it is not sure of is not told.
    between = frozenset(sign for sign in ".," if has_thousands and not _is_decimal(sign, fields))
    found = {_compared(fields, frozenset()), _compared(fields, between)}
    return found.pop() if len(found) == 1 else None


def is_number(text: str) -> bool:
    """Tell whether a text is a number and nothing else."""
    found = _SIDED.fullmatch(_plain(text))
    return found is not None and found.group("number") == _plain(text)


def _compared(fields: list[str], between: frozenset[str]) -> Flag | None:
    value, norm = _value(fields[0], between), _norm(fields[1], fields[2], between)
    if value is None or norm is None:
        return None
    if value.low == -math.inf and value.high > 0 <= norm.low:
        # What cannot be negative begins at zero.
        value = _Span(low=0, high=value.high, is_high_open=value.is_high_open)
    if value.is_within(norm):
        return Flag.NONE
    if value.is_below(norm):
        return Flag.LOW
    return Flag.HIGH if norm.is_below(value) else None


def _value(text: str, between: frozenset[str]) -> _Span | None:
    found = _SIDED.fullmatch(text)
    if found is None:
        return None
    number = _number(found.group("number"), between)
    return _sided(found, number) or _Span(low=number, high=number)


def _norm(low: str, high: str, between: frozenset[str]) -> _Span | None:
    """Return what is normal; None if it makes no sense."""
    whole = _RANGE.fullmatch(low or high) if not (low and high) else None
    if whole:
        lower, upper = (_number(whole.group(name), between) for name in ("low", "high"))
        spans = [_Span(low=lower), _Span(high=upper)]
    else:
        spans = []
        for text, is_low in ((low, True), (high, False)):
            found = _SIDED.fullmatch(text) if text else None
            if text and not found:
                return None
            if found:
                number = _number(found.group("number"), between)
                bound = _Span(low=number) if is_low else _Span(high=number)
                spans.append(_sided(found, number) or bound)
    lows = [span for span in spans if span.low != -math.inf]
    highs = [span for span in spans if span.high != math.inf]
    if len(lows) > 1 or len(highs) > 1:
        return None
    norm = _Span(
        low=lows[0].low if lows else -math.inf,
        high=highs[0].high if highs else math.inf,
        is_low_open=bool(lows) and lows[0].is_low_open,
        is_high_open=bool(highs) and highs[0].is_high_open,
    )
    # Reversed bounds, and the zeros of software that has to write something.
    return None if norm.low > norm.high or norm.low == norm.high == 0 else norm


def _sided(found: re.Match[str], number: float) -> _Span | None:
    if found.group("up_to"):
        return _Span(high=number)
    if found.group("below"):
        return _Span(high=number, is_high_open=True)
    if found.group("from"):
        return _Span(low=number)
    if found.group("above"):
        return _Span(low=number, is_low_open=True)
    return None


def _number(text: str, between: frozenset[str]) -> float:
    text = re.sub(_SPACE + r"(?=[0-9]{3}(?![0-9]))", "", text)
    mantissa, *power = _EXPONENT.split(text, maxsplit=1)
    signs = [sign for sign in mantissa if sign in ".,"]
    if len(set(signs)) == 2:
        mantissa = mantissa.replace(signs[0], "").replace(signs[-1], ".")
    elif len(signs) > 1 or (
        signs
        and signs[0] in between
        and re.fullmatch(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", mantissa)
    ):
        mantissa = mantissa.replace(signs[0], "")
    return float(mantissa.replace(",", ".") + (f"e{power[0]}" if power else ""))


def _is_decimal(sign: str, fields: list[str]) -> bool:
    """Whether a point or a comma stands before a fraction somewhere in a row."""
    mark = re.escape(sign)
    pattern = rf"(?<![0-9])0{mark}[0-9]|[0-9]{mark}(?:[0-9]{{1,2}}|[0-9]{{4,}})(?![0-9])"
    return any(re.search(pattern, field) for field in fields)


def _plain(text: str, unit: str = "") -> str:
    """Return a text without accents, capitals, brackets around it, and the unit behind it."""
    text = text[:200]
    unit = unit.strip()
    if unit and text.rstrip(" )]").casefold().endswith(unit.casefold()):
        rest = text.rstrip(" )]")[: -len(unit)]
        # The unit must stand alone: "10 g" ends with "g", "10 mg" does not mean grams.
        text = rest if rest[-1:].isspace() or rest[-1:].isdigit() else text
    split = unicodedata.normalize("NFD", text.casefold().replace("\u2212", "-").replace("’", "'"))
    bare = "".join(sign for sign in split if not unicodedata.combining(sign)).strip()
    if bare[:1] + bare[-1:] in {"()", "[]"}:
        bare = bare[1:-1].strip()
    return re.sub(r"\s+", " ", bare)


def _without_mark(value: str, unit: str, *, has_norm: bool) -> tuple[str, Flag]:
    """Return a number without the signs that laboratories put around what is not normal, and what they mean."""
    found = _MARKED.fullmatch(value.strip()[:200])
    if found is None or not (found.group("before") or found.group("after")):
        return value, Flag.NONE
    bare = found.group("value").strip()
    if not _SIDED.fullmatch(_plain(bare, unit)):
        return value, Flag.NONE
    if not has_norm and (found.group("after") or "").strip("()").isalpha():
        # "1,5 L" and "8 h" are amounts.
        return value, Flag.NONE
    signs = set((found.group("after") or "").upper().strip("()"))
    if signs & _HIGH_MARKS:
        return bare, Flag.HIGH
    if signs & _LOW_MARKS:
        return bare, Flag.LOW
    return bare, Flag.ABNORMAL
