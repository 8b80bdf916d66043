# SPDX-License-Identifier: AGPL-3.0-or-later
"""Colours and distances of the window as data; imports nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The colours of one appearance, as #RRGGBB. A `…_soft` colour is the ground of its namesake."""

    is_dark: bool
    background: str
    panel: str
    line: str
    text: str
    secondary: str
    faint: str
    """For borders and decoration only: too pale to be read."""
    accent: str
    on_accent: str
    accent_soft: str
    selection: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    good: str
    good_soft: str


class Tone(Enum):
    """What a chip or banner says by its colour, always together with a word."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    GOOD = "good"
    WARNING = "warning"
    DANGER = "danger"


LIGHT: Final = Tokens(
    is_dark=False,
    background="#F6F7F5",
    panel="#FFFFFF",
    line="#E3E6E2",
    text="#1B2523",
    secondary="#5D6B68",
    faint="#8A9794",
    accent="#0F766E",
    on_accent="#FFFFFF",
    accent_soft="#E1F0EE",
    selection="#EAF3F1",
    warning="#9A5B00",
    warning_soft="#FBF1DF",
    danger="#A3262B",
    danger_soft="#FBE9E9",
    good="#1E6B3A",
    good_soft="#E6F3EA",
)

DARK: Final = Tokens(
    is_dark=True,
    background="#141A19",
    panel="#1B2322",
    line="#2D3836",
    text="#E7EEEC",
    secondary="#A3B2AF",
    faint="#7C8B88",
    accent="#4FBFB2",
    on_accent="#0B1F1C",
    accent_soft="#173834",
    selection="#203330",
    warning="#E6B566",
    warning_soft="#3A2E17",
    danger="#F09A9C",
    danger_soft="#3D2021",
    good="#86CFA0",
    good_soft="#1A3524",
)

LIGHT_CONTRAST: Final = Tokens(
    is_dark=False,
    background="#FFFFFF",
    panel="#FFFFFF",
    line="#4E5B58",
    text="#000000",
    secondary="#2E3936",
    faint="#4E5B58",
    accent="#00504A",
    on_accent="#FFFFFF",
    accent_soft="#D5ECE9",
    selection="#D5ECE9",
    warning="#5E3800",
    warning_soft="#FFF3DC",
    danger="#7A1219",
    danger_soft="#FFE9E9",
    good="#0F4A24",
    good_soft="#E2F4E8",
)
"""For who needs more contrast: every text reaches 7 : 1 (WCAG AAA), and lines are seen as well."""

DARK_CONTRAST: Final = Tokens(
    is_dark=True,
    background="#000000",
    panel="#000000",
    line="#9FB0AD",
    text="#FFFFFF",
    secondary="#D3DEDC",
    faint="#9FB0AD",
    accent="#7FE8DB",
    on_accent="#000000",
    accent_soft="#0E2D2A",
    selection="#12403B",
    warning="#FFD28A",
    warning_soft="#2B1F08",
    danger="#FFB9BA",
    danger_soft="#331214",
    good="#A6EFBD",
    good_soft="#0C2616",
)

TONES: Final[dict[Tone, tuple[str, str]]] = {
    Tone.NEUTRAL: ("secondary", "background"),
    Tone.ACCENT: ("accent", "accent_soft"),
    Tone.GOOD: ("good", "good_soft"),
    Tone.WARNING: ("warning", "warning_soft"),
    Tone.DANGER: ("danger", "danger_soft"),
}
"""Text and ground of each tone."""

# Distances in device-independent pixels at a text scale of 1.
SPACE: Final = 4
NAVIGATION_WIDTH: Final = 200
LIST_WIDTH: Final = 340
READING_MARGIN: Final = 40
READING_WIDTH: Final = 760
FORM_WIDTH: Final = 560
UNLOCK_WIDTH: Final = 400
HEADER_HEIGHT: Final = 62
CARD_WIDTH: Final = 560
RADIUS_BUTTON: Final = 8
RADIUS_CARD: Final = 10
RADIUS_CHIP: Final = 5
NARROW_BELOW: Final = 900
"""Below this window width the list folds into the content."""
