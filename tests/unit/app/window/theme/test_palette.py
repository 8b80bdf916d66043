# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tokens reach the palette and the style sheet, and the theme follows its choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QPalette

from app.window.theme.palette import palette, sheet_template, style_sheet
from app.window.theme.theme import Appearance, Contrast, Theme
from app.window.theme.tokens import DARK, DARK_CONTRAST, LIGHT, LIGHT_CONTRAST, Tokens
from app.window.theme.typography import FAMILIES, SCALES, Role, Typography, choose_family

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_palette_carries_the_tokens(qapp: QApplication, tokens: Tokens) -> None:  # noqa: ARG001 - Qt must be there
    made = palette(tokens)
    assert made.color(QPalette.ColorRole.Window) == QColor(tokens.background)
    assert made.color(QPalette.ColorRole.Base) == QColor(tokens.panel)
    assert made.color(QPalette.ColorRole.Text) == QColor(tokens.text)
    assert made.color(QPalette.ColorRole.Highlight) == QColor(tokens.accent)


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
@pytest.mark.parametrize("scale", SCALES)
def test_style_sheet_leaves_no_name_unfilled(tokens: Tokens, scale: float) -> None:
    sheet = style_sheet(sheet_template(), tokens, Typography(family="Inter", scale=scale))
    assert "$" not in sheet.replace("dollar sign", "")
    assert f"{round(14 * scale)}px" in sheet


def test_first_installed_family_is_chosen() -> None:
    assert choose_family({"DejaVu Sans", "Inter"}) == "Inter"
    assert choose_family({"DejaVu Sans"}) == "DejaVu Sans"
    assert choose_family({"Comic Sans MS"}) == ""
    assert FAMILIES[0] == "Inter"


def test_choice_of_colours_and_size_reaches_the_application(
    qapp: QApplication, qtbot: QtBot
) -> None:
    theme = Theme(qapp, appearance=Appearance.LIGHT, text_scale=1.0)
    assert theme.tokens is LIGHT
    with qtbot.waitSignal(theme.changed):
        theme.choose(appearance=Appearance.DARK)
    assert theme.tokens is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.background)
    theme.choose(text_scale=2.0)
    assert theme.font(Role.TEXT).pixelSize() == 28
    assert theme.tokens is DARK


def test_a_system_that_says_nothing_is_light(qapp: QApplication) -> None:
    theme = Theme(qapp, appearance=Appearance.SYSTEM, text_scale=1.0)
    assert theme.tokens is LIGHT


def test_high_contrast_goes_with_either_colours(qapp: QApplication) -> None:
    theme = Theme(qapp, appearance=Appearance.DARK, text_scale=1.0, contrast=Contrast.HIGH)
    assert theme.tokens is DARK_CONTRAST
    theme.choose(appearance=Appearance.LIGHT)
    assert theme.tokens is LIGHT_CONTRAST
    theme.choose(contrast=Contrast.NORMAL)
    assert theme.tokens is LIGHT
