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
