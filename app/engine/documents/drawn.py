# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a format with pages gives: a document that is drawn page by page, as somebody looks at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.engine.documents.parsed import Parsed


class NoPageError(Exception):
    """There is no such page, or no picture can be made of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """A page: three bytes a pixel, red, green, blue, row by row from the top, without padding."""

    width: int
    height: int
    rgb: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """What is written on a page; `boxes` as in `PageText`, one for each letter."""

    text: str = field(default="", repr=False)
    boxes: bytes = field(default=b"", repr=False)


class Drawn(Protocol):
    """An open document with pages."""

    @property
    def parsed(self) -> Parsed:
        """Everything but the pages."""

    @property
    def pages(self) -> int:
        """How many there are; 0 if none can be drawn."""

    @property
    def first_page_size(self) -> tuple[int, int]:
        """Width and height, in points for a PDF, in pixels else."""

    def draw(self, page: int, width: int) -> Pixels:
        """Draw a page about this wide. Raises NoPageError."""

    def letters(self, page: int) -> Letters:
        """Return what is written on a page, where it can be told. Raises NoPageError."""

    def text(self, most: int) -> str:
        """Return the text of all pages, up to `most` characters."""
