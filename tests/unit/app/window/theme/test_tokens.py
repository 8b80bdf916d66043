# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every text can be read on the ground it stands on."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from app.window.theme.tokens import DARK, DARK_CONTRAST, LIGHT, LIGHT_CONTRAST, TONES, Tokens, Tone

WCAG_AA = 4.5
WCAG_AAA = 7.0
WCAG_LINE = 3.0
THEMES = {"light": LIGHT, "dark": DARK}
CONTRASTS = {"light": LIGHT_CONTRAST, "dark": DARK_CONTRAST}
READ_ON = (
    ("text", "background"),
    ("text", "panel"),
    ("text", "selection"),
    ("text", "accent_soft"),
    ("text", "warning_soft"),
    ("text", "danger_soft"),
    ("text", "good_soft"),
    ("secondary", "background"),
    ("secondary", "panel"),
    ("secondary", "selection"),
    ("accent", "background"),
    ("accent", "panel"),
    ("accent", "selection"),
    ("accent", "accent_soft"),
    ("on_accent", "accent"),
    ("warning", "panel"),
    ("warning", "background"),
    ("warning", "selection"),
    ("warning", "warning_soft"),
    ("danger", "panel"),
    ("danger", "background"),
    ("danger", "selection"),
    ("danger", "danger_soft"),
    ("good", "panel"),
    ("good", "background"),
    ("good", "good_soft"),
)
"""Every pair (text, ground) that the style sheet and the delegates use."""


def relative_luminance(colour: str) -> float:
    """Return the relative luminance of #RRGGBB (WCAG 2.2)."""
    channels = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, between 1 and 21 (WCAG 2.2)."""
    first, second = relative_luminance(one), relative_luminance(other)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def test_contrast_of_known_colours() -> None:
    # The extremes, and a grey that WCAG examples give as just enough on white.
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert contrast("#777777", "#FFFFFF") < WCAG_AA


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), READ_ON)
def test_text_reaches_wcag_aa(theme: str, text: str, ground: str) -> None:
    tokens: Tokens = THEMES[theme]
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= WCAG_AA


@pytest.mark.parametrize("theme", CONTRASTS)
def test_high_contrast_reaches_wcag_aaa_and_its_lines_are_seen(theme: str) -> None:
    tokens: Tokens = CONTRASTS[theme]
    weak = [
        (text, ground)
        for text, ground in READ_ON
        if contrast(getattr(tokens, text), getattr(tokens, ground)) < WCAG_AAA
    ]
    assert weak == []
    assert contrast(tokens.line, tokens.panel) >= WCAG_LINE
    assert contrast(tokens.faint, tokens.panel) >= WCAG_LINE


def test_every_tone_is_among_the_pairs_held_to_wcag() -> None:
    assert set(TONES) == set(Tone)
    assert set(TONES.values()) <= set(READ_ON)


def test_every_pair_of_the_style_sheet_is_held_to_wcag() -> None:
    # A rule that sets both colours is a pair; disabled text is exempt from WCAG.
    sheet = files("app.window.theme").joinpath("style.qss").read_text(encoding="utf-8")
    pairs = set()
    for selector, body in re.findall(r"([^{}]+)\{([^}]*)\}", sheet):
        text = re.search(r"(?<![-a-z])color: \$(\w+)", body)
        ground = re.search(r"background: \$(\w+)", body)
        if text and ground and ":disabled" not in selector:
            pairs.add((text.group(1), ground.group(1)))
    assert pairs
    assert pairs <= set(READ_ON)


@pytest.mark.parametrize("theme", THEMES)
def test_borders_of_fields_can_be_seen(theme: str) -> None:
    # WCAG 2.2, 1.4.11: three to one for what shows where a field is.
    tokens = THEMES[theme]
    for ground in ("panel", "background"):
        assert contrast(tokens.accent, getattr(tokens, ground)) >= 3
    assert contrast(tokens.faint, tokens.panel) >= 3
