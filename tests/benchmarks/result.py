# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a benchmark says: a ratio within one run, and whether it is within reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One figure. `value` and `reach` are ratios; `detail` says what was compared, with absolute figures."""

    name: str
    value: float
    reach: float
    ok: bool
    detail: str


def at_most(name: str, value: float, reach: float, detail: str) -> Result:
    """Make the result of a ratio that should be small."""
    return Result(name=name, value=value, reach=reach, ok=value <= reach, detail=detail)


def at_least(name: str, value: float, reach: float, detail: str) -> Result:
    """Make the result of a ratio that should be large."""
    return Result(name=name, value=value, reach=reach, ok=value >= reach, detail=detail)
