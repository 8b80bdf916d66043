# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tokens to QPalette and to the text of the style sheet: pure functions."""

from __future__ import annotations

from dataclasses import fields
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette

from app.window.theme import tokens as sizes
from app.window.theme.typography import Role

if TYPE_CHECKING:
    from app.window.theme.tokens import Tokens
    from app.window.theme.typography import Typography


def palette(tokens: Tokens) -> QPalette:
    """Return the palette that Fusion paints with."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: tokens.background,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Base: tokens.panel,
        QPalette.ColorRole.AlternateBase: tokens.background,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.PlaceholderText: tokens.secondary,
        QPalette.ColorRole.Button: tokens.panel,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.BrightText: tokens.danger,
        QPalette.ColorRole.ToolTipBase: tokens.panel,
        QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.Highlight: tokens.accent,
        QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.Accent: tokens.accent,
        QPalette.ColorRole.Link: tokens.accent,
        QPalette.ColorRole.LinkVisited: tokens.accent,
        QPalette.ColorRole.Light: tokens.panel,
        QPalette.ColorRole.Midlight: tokens.line,
        QPalette.ColorRole.Mid: tokens.line,
        QPalette.ColorRole.Dark: tokens.faint,
        QPalette.ColorRole.Shadow: tokens.line,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.faint))
    return made


def sheet_template() -> Template:
    """Read the one style sheet of the application, once: a window that is open waits for no disk."""
    return Template(files("app.window.theme").joinpath("style.qss").read_text(encoding="utf-8"))


def style_sheet(template: Template, tokens: Tokens, typography: Typography) -> str:
    """Return the style sheet with colours and sizes filled in."""
    colours = {
        entry.name: getattr(tokens, entry.name)
        for entry in fields(tokens)
        if entry.name != "is_dark"
    }
    text_sizes = {f"size_{role.name.lower()}": f"{typography.pixels(role)}px" for role in Role}
    spaces = {f"space_{n}": f"{typography.space(n)}px" for n in (2, 4, 6, 8, 10, 12, 14, 16, 18)}
    radii = {
        "radius_button": f"{sizes.RADIUS_BUTTON}px",
        "radius_card": f"{sizes.RADIUS_CARD}px",
        "radius_chip": f"{sizes.RADIUS_CHIP}px",
    }
    return template.substitute(colours | text_sizes | spaces | radii)
