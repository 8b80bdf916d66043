# SPDX-License-Identifier: AGPL-3.0-or-later
"""The type scale and the choice of the font; imports Qt's fonts only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QFont

if TYPE_CHECKING:
    from collections.abc import Collection

FAMILIES: Final = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
"""The first installed one is used; none of them comes with the program."""

SCALES: Final = (1.0, 1.25, 1.5, 2.0)
"""Text sizes a person can choose, as a factor."""


class Role(Enum):
    """What a text is for: (size in pixels, weight)."""

    TITLE = (20, 600)
    HEAD = (15, 600)
    TEXT = (14, 400)
    STRONG = (14, 600)
    SECONDARY = (13, 400)
    SMALL = (12, 400)
    BADGE = (11, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typography:
    """A family and a scale."""

    family: str
    scale: float

    def pixels(self, role: Role) -> int:
        """Return the height of a role's type in pixels."""
        return round(role.value[0] * self.scale)

    def font(self, role: Role) -> QFont:
        """Return the font of a role."""
        font = QFont(self.family) if self.family else QFont()
        font.setPixelSize(self.pixels(role))
        font.setWeight(QFont.Weight(role.value[1]))
        return font

    def space(self, distance: int) -> int:
        """Return a distance that grows with the text, in pixels."""
        return round(distance * self.scale)


def choose_family(installed: Collection[str]) -> str:
    """Return the first installed family of the list, or "" for the system's own."""
    return next((family for family in FAMILIES if family in installed), "")
