# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finds the pages of the help in a language; imports nothing of Qt."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpPage:
    """A page as Markdown; its first line is its title."""

    number: int
    title: str
    text: str


def help_pages(*, is_french: bool) -> tuple[HelpPage, ...]:
    """Return all pages in their order. Page 4 is the same page in either language."""
    folder = files("app.window.help").joinpath("fr" if is_french else "en")
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".md"))
    pages = []
    for name in found:
        text = folder.joinpath(name).read_text(encoding="utf-8")
        title = text.partition("\n")[0].removeprefix("# ")
        pages.append(HelpPage(number=int(name.partition("-")[0]), title=title, text=text))
    return tuple(pages)
