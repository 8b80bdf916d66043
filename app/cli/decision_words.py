# SPDX-License-Identifier: AGPL-3.0-or-later
"""The words by which the command line takes what the interface has as numbered names: those that `--json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection
    from enum import IntEnum

E = TypeVar("E", bound="IntEnum")


def words_of(names: type[E], *, but: Collection[E] = ()) -> list[str]:
    """Return the word of each name, in their order."""
    return [_word(each) for each in names if each not in but]


def meant(names: type[E], word: str) -> E:
    """Return the name of a word. Raises KeyError for others."""
    return names[word.replace("-", "_").upper()]


def _word(name: IntEnum) -> str:
    return name.name.lower().replace("_", "-")
