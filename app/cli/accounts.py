# SPDX-License-Identifier: AGPL-3.0-or-later
"""The accounts of a profile as a list to be shown; of each no more than anybody can read who sees its folder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One account; `name` is what its owner calls it, or empty."""

    number: int
    name: str
    folder: str
    is_listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLines:
    """All of them, by number."""

    rows: tuple[AccountLine, ...]
